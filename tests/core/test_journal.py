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
from core.document.journal import Did, Journal, Opened, journal_path
from core.document.recovery import recoverable, replay
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


def test_an_edit_that_no_longer_applies_keeps_those_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wvp"
    content = encode_project(a_project(), 1, tmp_path)
    path.write_bytes(content)
    stored = decode_project(content, "a.wvp", tmp_path)
    journal = Journal.take(journal_path(path))
    journal.append(Opened(SCHEMA, str(path), stored.digest, content.decode()))
    journal.append(Did("Set rain", (SetValue(CLIP, RAIN, 0.5),)))
    journal.append(Did("Set snowfall", (SetValue(ClipId("gone"), SNOW, 0.5),)))
    journal.release()
    session = Session()
    session.open(path)
    assert session.project.clip(CLIP).look.base[RAIN] == 0.5
    assert "“Set snowfall” and later edits could not be done again" in session.notices[0]
    assert session.is_dirty
