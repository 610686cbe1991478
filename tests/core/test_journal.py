"""The journal under real kills and torn tails: every acknowledged edit is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from builders import a_project

from core.condition import HAZE, RAIN, SNOW
from core.document.commands import RenameProject, SetValue
from core.document.journal import Did, Journal, Opened, Undid, framed, journal_path
from core.document.recovery import recover, recoverable, replay
from core.document.session import Session
from core.document.storage import decode_project, encode_project
from core.document.upgrades import SCHEMA
from core.errors import ProjectError
from core.ids import ClipId

ROOT = Path(__file__).parents[2]
CLIP = ClipId("clip-0")


def acknowledged_before_kill(argument: str, acks: int) -> int:
    """Run the writer, kill it without mercy once it has acknowledged so many edits, and tell the last it acknowledged."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    command = [sys.executable, str(ROOT / "tests" / "core" / "journal_writer.py"), argument]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(acks)]
        process.kill()
        said += process.stdout.readlines()
        assert process.wait() == -signal.SIGKILL
    return int(said[-1])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("acks", [1, 6, 7, 10, 11, 12, 29, 61])
def test_a_killed_process_loses_no_acknowledged_edit(tmp_path: Path, acks: int) -> None:
    """Acknowledgements 7, 14, … follow a gesture; 11, 22, … come right before a save."""
    path = tmp_path / "a.wvp"
    last = acknowledged_before_kill(str(path), acks)
    assert last >= acks
    session = Session()
    session.open(path)
    assert int(session.project.name.split()[1]) >= last
    while session.can_undo:
        session.undo()
    assert session.project == a_project()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_untitled_project_is_recovered() -> None:
    last = acknowledged_before_kill("-", 20)
    (item,) = recoverable()
    session = Session()
    session.recover(item)
    assert int(session.project.name.split()[1]) >= last


@pytest.fixture
def written() -> tuple[Path, list[int]]:
    """A journal of four steps, and its length after each."""
    session, lengths = Session(a_project()), list[int]()
    for command in (
        SetValue(CLIP, RAIN, 0.5),
        SetValue(CLIP, SNOW, 0.5),
        RenameProject("X"),
        SetValue(CLIP, HAZE, 0.1),
    ):
        session.do(command)
        journal = session._here.journal
        assert journal is not None
        lengths.append(len(journal.content()))
    journal.release()
    return journal.path, lengths


def test_a_tail_torn_at_any_byte_loses_only_the_torn_record(written: tuple[Path, list[int]], tmp_path: Path) -> None:
    source, lengths = written
    content = source.read_bytes()
    target = tmp_path / "torn.wvj"
    for cut in range(lengths[0], len(content) + 1):
        target.write_bytes(content[:cut])
        journal = Journal.take(target)
        records = journal.read()
        journal.release()
        whole = sum(length <= cut for length in lengths)
        assert len(records) == 1 + whole
        assert target.stat().st_size == lengths[whole - 1]


def kept_copies(journal: Path) -> list[bytes]:
    return [copy.read_bytes() for copy in journal.parent.glob("*.damaged")]


def test_a_torn_tail_is_no_damage(written: tuple[Path, list[int]]) -> None:
    path, lengths = written
    path.write_bytes(path.read_bytes()[: lengths[-1] - 5])
    recover(recoverable()[0])
    assert kept_copies(path) == []


@pytest.mark.parametrize("at", [2, 8, 40], ids=["length", "payload", "later"])
def test_damage_in_the_middle_recovers_what_precedes_it_and_keeps_the_rest(
    written: tuple[Path, list[int]], at: int
) -> None:
    path, lengths = written
    content = bytearray(path.read_bytes())
    content[lengths[1] + at] ^= 0x40
    path.write_bytes(content)
    (item,) = recoverable()
    assert path.read_bytes() == content
    opened = recover(item)
    look = opened.project.clip(CLIP).look.base
    assert (look[RAIN], look[SNOW], look[HAZE]) == (0.5, 0.5, 0.0)
    assert opened.history.undo_label == "Set snowfall"
    assert kept_copies(path) == [content]
    (notice,) = opened.notices
    assert "damaged" in notice
    assert opened.journal is not None
    opened.journal.append(Did("Rename project", (RenameProject("After the damage"),)))
    assert replay(opened.journal.read(), None).project.name == "After the damage"
    opened.journal.release()


def test_a_journal_damaged_at_its_very_beginning_is_not_thrown_away(written: tuple[Path, list[int]]) -> None:
    path, _ = written
    content = bytearray(path.read_bytes())
    content[20] ^= 0x40
    path.write_bytes(content)
    assert recoverable() == ()
    assert path.read_bytes() == content


def test_a_damaged_journal_of_a_project_is_told_of_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    path.write_bytes(encode_project(a_project(), 1, tmp_path))
    journal_path(path).write_bytes(content := framed(Undid()).replace(b"Undid", b"Undix") + framed(Undid()))
    session = Session()
    session.open(path)
    assert "damaged" in session.notices[0]
    assert kept_copies(journal_path(path)) == [content]
    session.do(RenameProject("Goes on"))
    assert session.is_dirty


def test_a_damaged_journal_stays_as_it_is_where_no_copy_can_be_made(
    written: tuple[Path, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lengths = written
    content = bytearray(path.read_bytes())
    content[lengths[1] + 40] ^= 0x40
    path.write_bytes(content)
    (item,) = recoverable()

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.document.journal.write_atomically", full)
    with pytest.raises(ProjectError, match="no space left"):
        recover(item)
    assert path.read_bytes() == content


@pytest.mark.parametrize("junk", [b"\0" * 64, b"\xff" * 3, b"\x10\0\0\0\0\0\0\0" + b"a" * 16])
def test_edits_go_on_after_a_torn_tail(written: tuple[Path, list[int]], junk: bytes) -> None:
    path, _ = written
    path.write_bytes(path.read_bytes() + junk)
    journal = Journal.take(path)
    journal.read()
    journal.append(Did("Rename project", (RenameProject("After the tear"),)))
    journal.release()
    again = Journal.take(path)
    assert replay(again.read(), None).project.name == "After the tear"
    again.release()


def test_a_journal_is_refused_if_it_does_not_begin_with_a_project(tmp_path: Path) -> None:
    journal = Journal.take(tmp_path / "x.wvj")
    journal.append(Did("Rename project", (RenameProject("X"),)))
    with pytest.raises(ProjectError, match="journal cannot be read"):
        journal.read()
    journal.release()


def test_a_journal_of_a_newer_version_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    path.write_bytes(encode_project(a_project(), 1, tmp_path))
    journal = Journal.take(journal_path(path))
    journal.append(Opened(SCHEMA + 1, str(path), "", path.read_text()))
    journal.release()
    before = journal.path.read_bytes()
    with pytest.raises(ProjectError, match="newer Weathervane"):
        Session().open(path)
    assert journal.path.read_bytes() == before


def journal_with(path: Path, *steps: Did) -> Path:
    """A project and the journal that a crash left of it."""
    content = encode_project(a_project(), 1, path.parent)
    path.write_bytes(content)
    stored = decode_project(content, path.name, path.parent)
    journal = Journal.take(journal_path(path))
    for record in (Opened(SCHEMA, str(path), stored.digest, content.decode()), *steps):
        journal.append(record)
    journal.release()
    return journal.path


RAINS = Did("Set rain", (SetValue(CLIP, RAIN, 0.5),))
REJECTED = Did("Set snowfall", (SetValue(ClipId("gone"), SNOW, 0.5),))


def test_an_edit_that_no_longer_applies_keeps_those_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    journal = journal_with(path, RAINS, REJECTED)
    content = journal.read_bytes()
    session = Session()
    session.open(path)
    assert session.project.clip(CLIP).look.base[RAIN] == 0.5
    assert "“Set snowfall” and later edits could not be done again" in session.notices[0]
    assert session.is_dirty
    assert session.undo_label == "Set rain"
    assert kept_copies(journal) == [content]
    session.do(RenameProject("Goes on"))
    held = session._here.journal
    assert held is not None
    assert replay(held.read(), path).project == session.project


def test_a_journal_whose_first_edit_no_longer_applies_is_offered_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    journal = journal_with(path, REJECTED)
    content = journal.read_bytes()
    (item,) = recoverable()
    opened = recover(item)
    assert opened.project is opened.saved
    assert "“Set snowfall”" in opened.notices[0]
    assert kept_copies(journal) == [content]
    assert opened.journal is not None
    opened.journal.release()
    assert recoverable() == ()
