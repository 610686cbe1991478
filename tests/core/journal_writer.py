"""A process to be killed: edits a project for ever, and says each edit's number once it is acknowledged.

Run with the project file as its argument; `-` keeps the project untitled.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from builders import a_project

from core.condition import RAIN
from core.document.commands import RenameProject, SetValue
from core.document.session import Session
from core.ids import ClipId


def main(argument: str) -> None:
    session = Session(a_project())
    if argument != "-":
        session.save_as(Path(argument))
    for number in itertools.count(1):
        if number % 7 == 0:
            with session.gesture("Set rain"):
                for step in range(5):
                    session.do(SetValue(ClipId("clip-0"), RAIN, (number + step) % 1000 / 1000))
        session.do(RenameProject(f"Edit {number}"))
        print(number, flush=True)
        if argument != "-" and number % 11 == 0:
            session.save()


main(sys.argv[1])
