"""Saving, opening, crashing: what was acknowledged is there again."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_media, a_project

from core.condition import HAZE, RAIN, SNOW
from core.document.changes import Aspect
from core.document.commands import RenameProject, SetValue, clip_from
from core.document.journal import Journal, ProjectInUse, journal_folder, journal_path
from core.document.recovery import forget, recoverable
from core.document.session import Session
from core.document.storage import backups, load_project
from core.document.upgrades import SCHEMA
from core.errors import ProjectError
from core.ids import ClipId

CLIP = ClipId("clip-0")


def crash(session: Session) -> None:
    """End a session as a kill does: nothing is closed but what the system closes."""
    journal = session._here.journal
    if journal is not None:
        journal.release()


def saved_session(path: Path) -> Session:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.25))
    session.save_as(path)
    return session


def reopened(path: Path) -> Session:
    session = Session()
    session.open(path)
    return session


def test_save_close_open_brings_everything_back(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    assert not session.is_dirty
    session.close()
    again = reopened(tmp_path / "a.wvp")
    assert again.project == session.project
    assert not again.is_dirty
    assert again.notices == ()
    assert not again.can_undo


def test_the_ending_is_added_and_a_nameless_project_cannot_be_saved_blindly(tmp_path: Path) -> None:
    session = Session(a_project())
    with pytest.raises(ProjectError, match="choose a name"):
        session.save()
    session.save_as(tmp_path / "street v1.2")
    assert session.path == tmp_path / "street v1.2.wvp"
    assert load_project(session.path).project is not None


def test_undo_goes_back_beyond_a_save(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    session.undo()
    assert session.is_dirty
    session.redo()
    assert not session.is_dirty


def test_edits_after_the_last_save_survive_a_crash_with_their_history(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    session.do(SetValue(CLIP, SNOW, 0.5))
    session.do(SetValue(CLIP, HAZE, -0.5))
    session.undo()
    crash(session)
    again = reopened(tmp_path / "a.wvp")
    assert again.project == session.project
    assert again.is_dirty
    assert again.notices == ("Unsaved edits of a.wvp were recovered.",)
    assert (again.undo_label, again.redo_label) == ("Set snowfall", "Set haze")
    again.undo()
    assert not again.is_dirty
    again.undo()
    assert again.project.clip(CLIP).look.base.is_neutral


def test_a_second_crash_loses_nothing_either(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    session.do(SetValue(CLIP, SNOW, 0.5))
    crash(session)
    second = reopened(tmp_path / "a.wvp")
    second.do(SetValue(CLIP, HAZE, 0.5))
    crash(second)
    assert reopened(tmp_path / "a.wvp").project == second.project


def test_a_crash_right_after_a_save_leaves_nothing_unsaved(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    crash(session)
    assert recoverable() == ()
    again = reopened(tmp_path / "a.wvp")
    assert again.notices == ()
    assert not again.is_dirty


def test_a_crash_between_announcing_a_save_and_making_it_keeps_the_edits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = saved_session(tmp_path / "a.wvp")
    session.do(SetValue(CLIP, SNOW, 0.5))

    def killed(path: Path, content: bytes, **_rest: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("core.document.session.save_project", killed)
    with pytest.raises(KeyboardInterrupt):
        session.save()
    crash(session)
    again = reopened(tmp_path / "a.wvp")
    assert again.project == session.project
    assert again.is_dirty


def test_a_project_opened_and_edited_but_never_saved_here_is_recovered(tmp_path: Path) -> None:
    saved_session(tmp_path / "a.wvp").close()
    session = reopened(tmp_path / "a.wvp")
    session.do(RenameProject("Rainy street"))
    crash(session)
    (item,) = recoverable()
    assert (item.name, item.path, item.steps) == ("Rainy street", tmp_path / "a.wvp", 1)
    third = Session()
    third.recover(item)
    assert third.project.name == "Rainy street"
    assert third.path == tmp_path / "a.wvp"


def test_an_untitled_project_is_recovered_with_its_history() -> None:
    session = Session()
    session.do(clip_from(session.project, a_media()))
    session.do(RenameProject("First try"))
    crash(session)
    (item,) = recoverable()
    assert (item.name, item.path, item.steps) == ("First try", None, 2)
    again = Session()
    again.recover(item)
    assert again.project == session.project
    assert again.is_dirty
    again.undo()
    assert again.project.name == "Untitled project"
    assert recoverable() == ()


def test_a_recovered_untitled_project_can_be_saved_and_is_then_no_longer_offered(tmp_path: Path) -> None:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    crash(session)
    again = Session()
    again.recover(recoverable()[0])
    again.save_as(tmp_path / "a.wvp")
    again.close()
    assert recoverable() == ()
    assert load_project(tmp_path / "a.wvp").project == session.project


def test_edits_given_up_are_not_offered_again() -> None:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    crash(session)
    forget(recoverable()[0])
    assert recoverable() == ()
    closed = Session(a_project())
    closed.do(SetValue(CLIP, RAIN, 0.5))
    closed.close()
    assert recoverable() == ()
    assert list(journal_folder().iterdir()) == []


def test_a_project_open_elsewhere_is_refused_or_opened_as_a_copy(tmp_path: Path) -> None:
    first = saved_session(tmp_path / "a.wvp")
    second = Session()
    untouched = second.project
    with pytest.raises(ProjectInUse, match="open in another window"):
        second.open(tmp_path / "a.wvp")
    assert second.project is untouched
    second.open_copy(tmp_path / "a.wvp")
    assert second.project == first.project
    assert second.path is None
    with pytest.raises(ProjectInUse):
        second.save_as(tmp_path / "a.wvp")
    first.close()
    second.save_as(tmp_path / "a.wvp")


def test_a_running_session_is_not_offered_for_recovery(tmp_path: Path) -> None:
    session = saved_session(tmp_path / "a.wvp")
    session.do(SetValue(CLIP, SNOW, 0.5))
    assert recoverable() == ()


def test_a_damaged_file_opens_from_the_newest_good_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    session = saved_session(path)
    session.close()
    path.write_bytes(path.read_bytes()[:-30])
    backups(path)[0].write_bytes(b"also damaged")
    session.save_as(path)
    session.close()
    path.write_bytes(b"")
    again = reopened(path)
    assert again.project == session.project
    assert "backup" in again.notices[0]
    assert again.is_dirty
    again.save()
    assert load_project(path).project == session.project


def test_a_damaged_file_opens_from_the_journal_with_edits_newer_than_any_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    session = saved_session(path)
    session.do(SetValue(CLIP, SNOW, 0.5))
    crash(session)
    path.write_bytes(b"\0" * 100)
    again = reopened(path)
    assert again.project == session.project
    assert "restored from the journal" in again.notices[0]
    again.save()
    assert load_project(path).project == session.project


def test_a_file_damaged_beyond_help_leaves_the_open_project_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    path.write_bytes(b"nonsense")
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    before = session.project
    with pytest.raises(ProjectError, match="not a complete"):
        session.open(path)
    assert session.project is before
    assert session.can_undo
    assert not journal_path(path).exists()


def test_a_newer_file_is_never_replaced_by_an_older_backup(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    saved_session(path).close()
    path.write_bytes(path.read_bytes().replace(f'"schema":{SCHEMA}'.encode(), f'"schema":{SCHEMA + 1}'.encode()))
    with pytest.raises(ProjectError, match="newer Weathervane"):
        reopened(path)


def test_edits_on_a_file_that_was_changed_elsewhere_are_kept_as_a_copy(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    session = saved_session(path)
    original = path.read_bytes()
    session.do(SetValue(CLIP, SNOW, 0.5))
    session.save()
    session.do(SetValue(CLIP, HAZE, 0.5))
    crash(session)
    other = Session(a_project())
    other.do(RenameProject("From another machine"))
    other.save_as(tmp_path / "b.wvp")
    path.write_bytes((tmp_path / "b.wvp").read_bytes())
    again = reopened(path)
    assert again.project.name == "From another machine"
    assert "kept as a copy" in again.notices[0]
    (item,) = recoverable()
    third = Session()
    third.recover(item)
    assert third.project == session.project
    assert original != path.read_bytes()


def test_opening_tells_everything_and_the_pictures_of_both_projects(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    saved_session(path).close()
    session = Session()
    told = []
    session.subscribe(lambda changes, _: told.append(changes))
    session.open(path)
    assert told[0].aspects is Aspect.ALL
    assert told[0].dirty[0].end == session.project.duration


def test_an_edit_that_cannot_be_journalled_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    before = session.project

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.document.journal.os.fsync", full)
    for attempt in (session.undo, lambda: session.do(SetValue(CLIP, SNOW, 0.5)), lambda: drag(session)):
        with pytest.raises(ProjectError, match="no space left"):
            attempt()
        assert session.project is before
        assert session.undo_label == "Set rain"
    monkeypatch.undo()
    session.do(SetValue(CLIP, HAZE, 0.5))
    journal = session._here.journal
    assert journal is not None
    assert len(journal.read()) == 3


def drag(session: Session) -> None:
    with session.gesture("Set snowfall"):
        session.do(SetValue(CLIP, SNOW, 0.7))


def test_a_fresh_session_writes_nothing_until_the_first_edit() -> None:
    Session()
    assert list(journal_folder().iterdir()) == []


def test_a_journal_can_be_held_once(tmp_path: Path) -> None:
    held = Journal.take(tmp_path / "x.wvj")
    with pytest.raises(ProjectInUse):
        Journal.take(tmp_path / "x.wvj")
    held.release()
    Journal.take(tmp_path / "x.wvj").release()


def test_reopening_a_file_that_became_unreadable_leaves_everything_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    session = saved_session(path)
    session.do(SetValue(CLIP, SNOW, 0.5))
    before = session.project
    path.write_bytes(b"nonsense")
    for backup in backups(path):
        backup.unlink()
    with pytest.raises(ProjectError, match="not a complete"):
        session.open(path)
    assert session.project is before
    with pytest.raises(ProjectInUse):
        Session().open(path)
    session.do(SetValue(CLIP, HAZE, 0.5))
    crash(session)
    assert reopened(path).project == session.project


def test_reopening_the_open_file_goes_back_to_what_was_saved_and_keeps_it_owned(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    session = saved_session(path)
    saved = session.project
    session.do(SetValue(CLIP, SNOW, 0.5))
    session.open(path)
    assert session.project == saved
    assert not session.is_dirty
    assert not session.can_undo
    with pytest.raises(ProjectInUse):
        Session().open(path)
    session.do(SetValue(CLIP, HAZE, 0.5))
    crash(session)
    assert reopened(path).project == session.project


def test_opening_in_the_middle_of_a_drag_leaves_the_other_file_free(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    saved_session(path).close()
    session = Session(a_project())
    with session.gesture("Set rain"), pytest.raises(ProjectError, match="Finish the drag"):
        session.open(path)
    reopened(path).close()
