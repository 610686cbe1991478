"""Draw the editor offscreen: the guide's pictures, or every panel, dialog and menu to be looked at.

make screenshots                               the pictures of the guide, into docs/images
make screenshots ARGS="--every OUT"            every picture at 1x and 2x, in both themes, as OUT/NAME@2x-contrast.png
make screenshots ARGS="--every OUT --only queue-paused,tour --scale 1"
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.threads import wait_without_spinning  # noqa: E402

wait_without_spinning()

from app.demo import make_demo  # noqa: E402
from docs.screenshots.guide import draw_guide  # noqa: E402
from docs.screenshots.studio import Studio  # noqa: E402

__all__ = ["Studio", "make_demo"]
SCREEN = (2560, 2000)
BOUND_S = 900
"""For one scale. Drawing all takes a few minutes."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=Path, metavar="OUT", help="draw every picture into this folder")
    parser.add_argument("--only", default="", metavar="NAMES", help="these pictures, separated by commas")
    parser.add_argument("--scale", type=int, choices=(1, 2), help="at this scale only")
    parser.add_argument("--here", type=Path, metavar="HOME", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.every is None:
        draw_guide()
        return 0
    if asked.here is not None:
        return _draw_here(asked.every, asked.here, tuple(filter(None, asked.only.split(","))))
    asked.every.mkdir(parents=True, exist_ok=True)
    demo = make_demo()
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(demo.parent, Path(home) / "data" / "demo")
        scales = (asked.scale,) if asked.scale else (1, 2)
        return max(_draw_apart(scale, asked.every, asked.only, Path(home)) for scale in scales)


def _draw_apart(scale: int, out: Path, only: str, home: Path) -> int:
    """In a process of its own, for Qt reads its scale once, and on a screen that holds the widest window: Qt keeps menus and
    boxes within the screen."""
    screen = {"name": "studio", "x": 0, "y": 0, "width": SCREEN[0] * scale, "height": SCREEN[1] * scale, "dpr": 1}
    config = home / "screen.json"
    config.write_text(json.dumps({"screens": [{**screen, "logicalDpi": 96, "logicalBaseDpi": 96}]}), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
        "QT_SCALE_FACTOR": str(scale),
        "WEATHERVANE_HOME": str(home),
    }
    command = [sys.executable, __file__, "--every", str(out), "--here", str(home), "--only", only]
    try:
        return subprocess.run(command, env=environment, timeout=BOUND_S, check=False).returncode
    except subprocess.TimeoutExpired:
        print(f"The pictures at {scale}x took longer than {BOUND_S} s.", file=sys.stderr)
        return 1


def _draw_here(out: Path, home: Path, names: tuple[str, ...]) -> int:
    from docs.screenshots.every import draw_pictures
    from docs.screenshots.stage import Stage

    stage = Stage(out, home)
    stage.settle(2.0)
    problems = draw_pictures(stage, names, make_demo)
    for problem in problems:
        print(problem, file=sys.stderr)
    if stage.window.bridge.session.is_dirty:
        stage.window.documents.save()
    stage.window.close()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
