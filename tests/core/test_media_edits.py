"""What can be done to the media of a project."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_mask, a_media, a_project

from core.document.changes import Aspect
from core.document.commands import AddMedia, RelinkMedia, RemoveMedia, RenameMedia, SetHorizon, SetSelector
from core.document.media_edits import media_name, uses
from core.document.model import Project
from core.document.selectors import Selector, SelectorKind
from core.errors import EditRejected
from core.ids import ClipId, MaskId, MediaId
from core.media.facts import MediaFacts


def a_bin() -> tuple[Project, MediaFacts, MediaFacts]:
    """A project with a medium that is cut from and one that is not."""
    project = a_project()
    spare = a_media("spare.mp4")
    return AddMedia(spare).apply(project).project, project.media[0], spare


def test_a_medium_is_called_by_its_file_until_someone_names_it() -> None:
    project, road, spare = a_bin()
    named = RenameMedia(spare.id, "  Night   plate ").apply(project).project
    assert media_name(named, spare) == "Night plate"
    assert media_name(named, road) == "road.mp4"
    assert RenameMedia(spare.id, "spare.mp4").apply(named).project == project


def test_only_media_that_no_clip_uses_can_be_removed() -> None:
    project, road, spare = a_bin()
    assert uses(project) == {road.id: 1}
    without = RemoveMedia((spare.id,)).apply(RenameMedia(spare.id, "x").apply(project).project).project
    assert without.media == (road,)
    assert without.media_names == ()
    with pytest.raises(EditRejected, match=r"road\.mp4 stays: 1 clip uses it"):
        RemoveMedia((spare.id, road.id)).apply(project)


def test_the_same_content_from_another_place_changes_nothing_but_the_place() -> None:
    project, road, _ = a_bin()
    moved = replace(road, path="/archive/road.mp4")
    edit = RelinkMedia(((road.id, moved),)).apply(project)
    assert edit.project == replace(project, media=(moved, project.media[1]))
    assert Aspect.MEDIA in edit.changes.aspects


def test_other_content_takes_over_clips_name_and_scene() -> None:
    project, road, _ = a_bin()
    project = SetHorizon(road.id, 0.4).apply(RenameMedia(road.id, "Plate").apply(project).project).project
    graded = replace(road, id=MediaId("media-graded"), path="/archive/road.mp4")
    edit = RelinkMedia(((road.id, graded),)).apply(project)
    assert {c.media for c in edit.project.clips()} == {graded.id}
    assert media_name(edit.project, graded) == "Plate"
    assert edit.project.scene_edits(graded.id) == project.scene_edits(road.id)
    assert edit.changes.dirty


def test_two_media_relinked_to_one_file_become_one() -> None:
    project, road, spare = a_bin()
    edit = RelinkMedia(((road.id, spare),)).apply(project)
    assert edit.project.media == (spare,)
    assert {c.media for c in edit.project.clips()} == {spare.id}


def test_a_file_too_short_for_its_clips_is_refused_whole() -> None:
    project, road, spare = a_bin()
    short = a_media("short.mp4", frames=5)
    moved = replace(spare, path="/archive/spare.mp4")
    with pytest.raises(EditRejected, match=r"short\.mp4 is 0\.20 s long; the timeline needs"):
        RelinkMedia(((spare.id, moved), (road.id, short))).apply(project)


def test_a_film_that_is_a_matte_stays_in_the_bin() -> None:
    film = a_media("matte.mp4")
    project = a_project(media=a_media("a.mp4"), masks=[a_mask()])
    with_film = replace(project, media=(*project.media, film))
    selector = Selector(SelectorKind.FILM, media=film.id)
    matted = SetSelector(ClipId("clip-0"), MaskId("mask-0"), selector).apply(with_film).project
    with pytest.raises(EditRejected, match=r"matte\.mp4 stays"):
        RemoveMedia((film.id,)).apply(matted)
    RemoveMedia((film.id,)).apply(with_film)
