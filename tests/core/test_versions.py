"""Earlier saves of a project: which there are, and how one is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import a_project

from core.condition import SNOW
from core.document.commands import SetValue
from core.document.session import Session
from core.document.versions import versions
from core.errors import ProjectError
from core.ids import ClipId
from core.timebase import ZERO

CLIP = ClipId("clip-0")


def saved_often(path: Path, times: int, **rest: int) -> Session:
    session = Session(a_project())
    for name, value in rest.items():
        setattr(session, name, value)
    session.save_as(path)
    for n in range(1, times):
        session.do(SetValue(CLIP, SNOW, n / 100, ZERO))
        session.save()
    return session


def test_every_save_is_a_version_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "street.wvp"
    saved_often(path, 3)
    found = versions(path)
    assert [v.number for v in found] == [3, 2, 1]
    assert all(v.size == v.path.stat().st_size for v in found)


def test_as_many_versions_are_kept_as_were_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "street.wvp"
    saved_often(path, 7, versions_kept=4)
    assert [v.number for v in versions(path)] == [7, 6, 5, 4]


def test_a_version_opens_as_an_untitled_copy_and_leaves_the_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "street.wvp"
    session = saved_often(path, 3)
    content = path.read_bytes()
    session.open_version(versions(path)[1], path)
    assert session.project.clip(CLIP).look.value_at(SNOW, ZERO) == pytest.approx(0.01)
    assert session.path is None
    assert session.is_dirty
    assert session.project.name == "street (version 2)"
    assert path.read_bytes() == content


def test_a_version_that_is_gone_is_said_and_nothing_changes(tmp_path: Path) -> None:
    path = tmp_path / "street.wvp"
    session = saved_often(path, 2)
    version, before = versions(path)[1], session.project
    version.path.unlink()
    with pytest.raises(ProjectError, match="Version 1 of street"):
        session.open_version(version, path)
    assert session.project is before
