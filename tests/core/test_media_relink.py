"""Lost media are found again, by content first and by name second."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from films import number_film

from core.cancel import Cancelled, CancelToken
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.media.presence import is_present
from core.media.probe import probe
from core.media.relink import Found, Match, find_lost
from core.progress import Progress


def search(folder: Path, *lost: MediaFacts) -> tuple[Found, ...]:
    return find_lost(lost, folder, lambda _: None, CancelToken())


def test_a_renamed_and_moved_file_is_found_by_its_content(tmp_path: Path) -> None:
    film = number_film(tmp_path / "road.mp4", 8)
    facts = probe(film)
    deep = tmp_path / "archive" / "2024" / "B"
    deep.mkdir(parents=True)
    film.rename(deep / "A001_C003.mp4")
    number_film(tmp_path / "archive" / "road.mp4", 5)
    assert not is_present(facts)
    assert search(tmp_path, facts) == (
        Found(facts.id, replace(facts, path=str(deep / "A001_C003.mp4")), Match.CONTENT),
    )


def test_a_file_of_the_same_name_says_what_differs(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "road.mp4", 8))
    Path(facts.path).unlink()
    (tmp_path / "new").mkdir()
    number_film(tmp_path / "new" / "ROAD.mp4", 5, size=(32, 24))
    (found,) = search(tmp_path, facts)
    assert found.match is Match.NAME
    assert found.differences == ("5 frames instead of 8", "32 × 24 instead of 64 × 48")


def test_damaged_files_and_other_kinds_are_passed_over(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "road.mp4", 8))
    Path(facts.path).write_bytes(b"no film at all")
    shutil.copy(number_film(tmp_path / "other.mp4", 6), tmp_path / "road.txt")
    assert search(tmp_path, facts) == ()


def test_a_sequence_is_found_by_its_pattern(tmp_path: Path) -> None:
    cv2 = pytest.importorskip("cv2")
    import numpy as np

    old = tmp_path / "old"
    old.mkdir()
    for n in range(3):
        cv2.imwrite(str(old / f"f_{n:03d}.png"), np.full((8, 8, 3), 40 * n, np.uint8))
    facts = probe(old / "f_%03d.png")
    (tmp_path / "x").mkdir()
    old.rename(tmp_path / "x" / "new")
    (found,) = search(tmp_path, facts)
    assert found.match is Match.CONTENT
    assert found.facts.path == str(tmp_path / "x" / "new" / "f_%03d.png")


def test_a_search_is_given_up_between_two_files(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "road.mp4", 8))
    number_film(tmp_path / "other.mp4", 6)
    cancel, seen = CancelToken(), list[Progress]()

    def report(progress: Progress) -> None:
        seen.append(progress)
        cancel.cancel()

    with pytest.raises(Cancelled):
        find_lost([replace(facts, id=MediaId(facts.id + "x"))], tmp_path, report, cancel)
    assert len(seen) == 1
