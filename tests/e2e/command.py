"""Runs `main.py` as a person does: another process, its exit status, and what it said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"OMP_NUM_THREADS": "2"}


def weathervane(
    *arguments: str | Path, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. No display unless `environment` brings one."""
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *map(str, arguments)],
        cwd=cwd,
        env=headless(environment),
        capture_output=True,
        text=True,
        timeout=540,
    )


def headless(more: dict[str, str]) -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {k: v for k, v in os.environ.items() if k not in hidden} | ENVIRONMENT | more


def succeeded(run: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """The run, which must have ended well and without a word of complaint."""
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run


def complaint(run: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line on stderr of a run that must have ended with `status`."""
    assert run.returncode == status, run.stderr
    (line,) = run.stderr.splitlines()
    return line


def image(path: Path) -> npt.NDArray[np.generic]:
    """The numbers in an image, whatever their depth."""
    read = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    return read
