#!/usr/bin/env python3
"""One script behind `make`, for people without make too: set up what is missing, then do what was asked.

    python packaging/dev.py run | test | test-all | lint | bench | screenshots | gallery | words | setup

Standard library only, because it runs before anything is installed. All set-up lives in `.venv` in the project's folder;
delete that folder and the next command makes it again. A stamp in it names what was installed, so a second start costs
nothing and needs no network.

Environment: `WEATHERVANE_TORCH_INDEX` names a package index to take torch from (a CPU or CUDA build of your choice);
`WEATHERVANE_NO_APT=1` leaves system packages alone.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "weathervane-stamp"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
TORCH = "torch==2.13.0"
OLDEST_PYTHON = (3, 11)
NEEDED_DISK_BYTES = 4 << 30

QT_OFFSCREEN = (
    "libgl1",
    "libegl1",
    "libxkbcommon0",
    "libdbus-1-3",
    "libfontconfig1",
    "libglib2.0-0",
    "fonts-dejavu-core",
)
QT_ON_X11 = (
    "libxcb-cursor0", "libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-randr0", "libxcb-render-util0",
    "libxcb-shape0", "libxcb-xkb1", "libxkbcommon-x11-0",
)  # fmt: skip
SOUND = ("libportaudio2",)


class SetupError(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description="Set up Weathervane and run, test or measure it.")
    parser.add_argument("task", choices=sorted(TASKS))
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on (pytest arguments, a clip to open)")
    asked = parser.parse_args(arguments)
    try:
        return TASKS[asked.task](asked.rest)
    except SetupError as error:
        print(f"weathervane: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


# ---- tasks ----------------------------------------------------------------------------------------------------


def run(rest: Sequence[str]) -> int:
    """The editor on the demo project (or on what is named), or the same demo headless where there is no display."""
    has_display = can_show_windows()
    set_up(packages=(*QT_OFFSCREEN, *QT_ON_X11, *SOUND) if has_display else ())
    if rest:
        return python("main.py", *(rest if has_display else ("render", *rest)))
    if not has_display:
        print("There is no display, so the demo is rendered without the editor.", flush=True)
    return python("main.py", "demo", *(() if has_display else ("--headless", "--out", str(ROOT / "out" / "demo"))))


def test(rest: Sequence[str]) -> int:
    return pytest("-m", "not slow", *rest)


def test_all(rest: Sequence[str]) -> int:
    return pytest(*rest)


def lint(_: Sequence[str]) -> int:
    """Everything a machine can say about the code before a person reads it."""
    set_up()
    checks = (
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "mypy"),
        ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    )
    statuses = [python(*check) for check in checks]
    return next((status for status in statuses if status != 0), 0)  # a check that was killed has a negative status


def bench(rest: Sequence[str]) -> int:
    set_up(packages=QT_OFFSCREEN)
    return python("tests/bench/run.py", *rest)


def screenshots(rest: Sequence[str]) -> int:
    set_up(packages=QT_OFFSCREEN)
    return python("docs/make_screenshots.py", *rest, offscreen=True)


def gallery(rest: Sequence[str]) -> int:
    set_up(packages=QT_OFFSCREEN)
    return python("docs/make_gallery.py", *rest)


def words(rest: Sequence[str]) -> int:
    set_up()
    return python("packaging/words.py", *rest)


def setup(_: Sequence[str]) -> int:
    set_up(packages=(*QT_OFFSCREEN, *QT_ON_X11, *SOUND))
    return 0


TASKS = {
    "run": run, "test": test, "test-all": test_all, "lint": lint, "bench": bench, "screenshots": screenshots,
    "gallery": gallery, "words": words, "setup": setup,
}  # fmt: skip


def pytest(*arguments: str) -> int:
    set_up(packages=QT_OFFSCREEN)
    return python("-m", "pytest", *arguments, offscreen=True)


def python(*arguments: str, offscreen: bool = False) -> int:
    """Run the project's interpreter in the project's folder; its exit status. With `offscreen` Qt draws into memory."""
    environment = dict(os.environ)
    if offscreen:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        environment.pop("DISPLAY", None)
        environment.pop("WAYLAND_DISPLAY", None)
    process = subprocess.Popen([str(venv_python()), *arguments], cwd=ROOT, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the child got the same Ctrl-C and is finishing cleanly


def can_show_windows() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# ---- set-up ---------------------------------------------------------------------------------------------------


def set_up(packages: Sequence[str] = ()) -> None:
    """Make `.venv` hold exactly what the project asks for. Does nothing, quickly, when it already does."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(map(str, sys.version_info[:2]))
        raise SetupError(
            f"Python {have} is too old; start this with Python 3.11 or newer, e.g. python3.11 {__file__} run"
        )
    install_system_packages(packages)
    wanted = fingerprint()
    if stamp() == wanted:
        return
    with one_at_a_time():
        if stamp() == wanted:
            return
        if shutil.disk_usage(ROOT).free < NEEDED_DISK_BYTES:
            raise SetupError(f"There is less than 4 GB free on the disk that holds {ROOT}; make room and try again.")
        started = time.monotonic()
        print(
            "Setting up Weathervane in .venv, once. It fetches and unpacks about 2 GB: a few minutes on a fast line and disk, "
            "half an hour or more on slow ones; nothing is shown meanwhile.",
            flush=True,
        )
        make_venv()
        pip("--upgrade", "pip")
        index = os.environ.get("WEATHERVANE_TORCH_INDEX")
        if sys.platform == "linux" and not index and not has_local_torch():
            print("Fetching torch with GPU support from the default index: several GB. "
                  "Set WEATHERVANE_TORCH_INDEX to an index with CPU builds for a smaller one.", flush=True)  # fmt: skip
        pip(TORCH, *(("--index-url", index) if index else ()))
        pip("--constraint", str(CONSTRAINTS), *requirements())
        STAMP.write_text(wanted, encoding="utf-8")
        print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)


def requirements() -> list[str]:
    """The requirement lists of pyproject.toml: the base set with all that the editor and its tests need."""
    import tomllib  # not at the top: an old Python must reach the sentence that says it is old

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    return sorted([*project["dependencies"], *extras["gui"], *extras["fast"], *extras["dev"]])


def fingerprint() -> str:
    """A digest of everything that decides what gets installed, and of nothing else (a lint setting must not reinstall)."""
    parts = [
        CONSTRAINTS.read_text(encoding="utf-8"),
        *requirements(),
        TORCH,
        os.environ.get("WEATHERVANE_TORCH_INDEX", ""),
        f"{sys.version_info[0]}.{sys.version_info[1]}",
        platform.platform(terse=True) if sys.platform != "linux" else platform.machine(),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def stamp() -> str:
    try:
        return STAMP.read_text(encoding="utf-8")
    except OSError:
        return ""


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def make_venv() -> None:
    if venv_python().exists() and not _is_sound(venv_python()):
        shutil.rmtree(VENV)
    if venv_python().exists():
        return
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if "ensurepip" in made.stdout + made.stderr:
        line = f"sudo apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        raise SetupError(f"This Python has no ensurepip, so it cannot make .venv; run: {line}")
    raise SetupError(f"Could not make {VENV}: {last_line(made.stderr) or last_line(made.stdout)}")


def _is_sound(interpreter: Path) -> bool:
    """Whether an existing .venv still runs and is of this Python (a copied or upgraded one is not)."""
    ask = "import sys; print(sys.version_info[:2])"
    answer = subprocess.run([str(interpreter), "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == str(tuple(sys.version_info[:2]))


def has_local_torch() -> bool:
    """Whether pip is configured with a folder that holds the torch wheel we pin."""
    shown = subprocess.run(
        [str(venv_python()), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    folders = [
        word
        for line in shown.splitlines()
        if "find-links" in line
        for word in line.split("=", 1)[1].strip(" '").split()
    ]
    name = TORCH.replace("==", "-")
    return any(Path(folder).is_dir() and any(Path(folder).glob(f"{name}*.whl")) for folder in folders)


def pip(*arguments: str) -> None:
    """Install, quietly; say what went wrong in one sentence."""
    command = [
        str(venv_python()),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stderr + done.stdout
    if "No space left" in said:
        raise SetupError(f"The disk that holds {VENV} filled up while installing; make room (4 GB) and try again.")
    offline = ("Network is unreachable", "name resolution", "Failed to establish", "Max retries", "getaddrinfo")
    if any(sign in said for sign in offline):
        raise SetupError(
            "The package index cannot be reached; check the network or pip's proxy settings and try again."
        )
    errors = [line for line in said.splitlines() if line.startswith("ERROR")]
    raise SetupError(f"pip could not install what is needed: {errors[-1] if errors else last_line(said)}")


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def install_system_packages(packages: Sequence[str]) -> None:
    """Debian and its kin: install the libraries Qt opens at start, where they are missing and we may."""
    if not packages or sys.platform != "linux" or not shutil.which("apt-get") or os.environ.get("WEATHERVANE_NO_APT"):
        return
    missing = [name for name in packages if not is_installed(name)]
    if not missing:
        return
    line = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        if not may_sudo():
            raise SetupError(f"These system packages are missing; run: sudo apt-get install {' '.join(missing)}")
        line.insert(0, "sudo")
    print(f"Installing system packages: {' '.join(missing)}", flush=True)
    update = [*(["sudo"] if line[0] == "sudo" else []), "apt-get", "update", "--quiet"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(update, capture_output=True, env=environment, check=False)
    done = subprocess.run(line, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise SetupError(f"apt-get could not install {' '.join(missing)}: {last_line(done.stderr)}")


def may_sudo() -> bool:
    """Whether sudo lets us through without a password."""
    return (
        bool(shutil.which("sudo"))
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    )


def is_installed(package: str) -> bool:
    """Whether dpkg has the package, or the one that took its place (libglib2.0-0 became libglib2.0-0t64)."""
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}\n", package, f"{package}t64"], capture_output=True, text=True, check=False
    )
    return "install ok installed" in asked.stdout


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two first runs at once: the second waits for the first."""
    with open(ROOT / ".setup.lock", "w", encoding="utf-8") as handle:
        told = False
        while not _lock(handle.fileno()):
            if not told:
                print("Another set-up is running; waiting for it.", flush=True)
                told = True
            time.sleep(0.5)
        yield


def _lock(descriptor: int) -> bool:
    """Take the lock if it is free; the system gives it back when the process ends, however it ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
