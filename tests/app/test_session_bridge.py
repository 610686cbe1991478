"""The bridge: what cannot be written down is told in a sentence, and the widgets always hear that it is over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from builders import a_project
from pytestqt.qtbot import QtBot
from window_kit import Answers

from app.documents import Documents
from app.session_bridge import SessionBridge
from core.condition import RAIN, SNOW
from core.document.commands import RenameProject, SetValue
from core.document.session import Session
from core.document.storage import load_project
from core.ids import ClipId

CLIP = ClipId("clip-0")


def drag(bridge: SessionBridge) -> None:
    bridge.begin_gesture("Set snowfall")
    bridge.do(SetValue(CLIP, SNOW, 0.5))
    bridge.commit_gesture()


@pytest.mark.parametrize(
    "edit", [lambda bridge: bridge.do(SetValue(CLIP, SNOW, 0.5)), SessionBridge.undo, SessionBridge.redo, drag]
)
def test_an_edit_that_finds_the_disk_full_is_told_and_settles(
    edit: Callable[[SessionBridge], object], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    session.do(SetValue(CLIP, RAIN, 0.6))
    session.undo()
    bridge, before = SessionBridge(session), session.project
    told, settled = list[str](), list[bool]()
    bridge.rejected.connect(told.append)
    bridge.settled.connect(lambda: settled.append(bridge.in_gesture))

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.document.journal.os.fsync", full)
    edit(bridge)
    assert session.project is before
    assert len(told) == 1
    assert "no space left" in told[0]
    assert settled == [False]


@pytest.mark.parametrize("answer", [True, False])
def test_a_project_is_replaced_only_if_the_person_said_so(answer: bool, tmp_path: Path, qtbot: QtBot) -> None:
    """The dialog was asked for `street` and saw no such file; the project it would become is there."""
    theirs = Session(a_project())
    theirs.do(RenameProject("Theirs"))
    theirs.save_as(tmp_path / "street.wvp")
    theirs.close()
    answers = Answers(place=tmp_path / "street", replaces=answer)
    documents = Documents(SessionBridge(Session(a_project())), answers)
    assert documents.save() is answer
    assert answers.asked == ["street.wvp"]
    assert (load_project(tmp_path / "street.wvp").project.name == "Theirs") is not answer


def test_a_new_name_is_not_asked_about(tmp_path: Path, qtbot: QtBot) -> None:
    answers = Answers(place=tmp_path / "street v1.2")
    assert Documents(SessionBridge(Session(a_project())), answers).save()
    assert answers.asked == []
    assert (tmp_path / "street v1.2.wvp").is_file()
