"""`timeline export` and `timeline import`: projects as the timelines of other programs, and back. No Qt."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.errors import UsageError


def add_timeline_parser(commands: argparse._SubParsersAction[Any], kind: type[argparse.ArgumentParser]) -> None:
    """Under `commands` of the whole command line; `kind` is the class of its parsers."""
    parser = commands.add_parser("timeline", help="projects as OTIO, EDL or Final Cut Pro XML, and back")
    actions = parser.add_subparsers(metavar="ACTION", required=True, parser_class=kind)
    out = actions.add_parser("export", help="write a project as a timeline")
    out.add_argument("project", metavar="PROJECT")
    out.add_argument("out", metavar="OUT", help=".otio keeps everything; .edl and .fcpxml say what they cannot hold")
    out.set_defaults(run=run_export)
    into = actions.add_parser("import", help="make a project of a timeline")
    into.add_argument("timeline", metavar="TIMELINE", help=".otio, .edl or .fcpxml")
    into.add_argument("out", metavar="OUT.wvp")
    into.add_argument("--rate", metavar="R", help="frames a second of an EDL, such as 24 or 24000/1001")
    into.set_defaults(run=run_import)


def run_export(asked: argparse.Namespace) -> int:
    """What is lost is said before the file is written."""
    from core.document.storage import load_project
    from core.interchange.formats import format_of, losses, write_timeline

    out = Path(asked.out).absolute()
    kind = format_of(out)
    project = load_project(Path(asked.project).absolute()).project
    for loss in losses(project, kind):
        print(f"note     {kind.title} does not hold {loss}.")
    write_timeline(project, out)
    print(f"{out} written.")
    return 0


def run_import(asked: argparse.Namespace) -> int:
    """What did not come along is said in notes."""
    from core.document.storage import encode_project, project_file, save_project
    from core.interchange.formats import read_timeline

    out = project_file(Path(asked.out).absolute())
    if out.exists():
        raise UsageError(f"{out} exists; choose another name.")
    imported = read_timeline(Path(asked.timeline).absolute(), _rate(asked.rate))
    for note in imported.notes:
        print(f"note     {note}")
    save_project(out, encode_project(imported.project, 1, out.parent))
    clips = sum(1 for _ in imported.project.clips())
    print(f"{out} written, {clips} clip{'' if clips == 1 else 's'}.")
    return 0


def _rate(text: str | None) -> Fraction | None:
    """Raises `UsageError`."""
    if text is None:
        return None
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise UsageError(f"'{text}' is no frame rate; write it as 24 or 24000/1001.")
    return rate
