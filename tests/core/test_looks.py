"""Looks that are kept: recipes, the commands that put them on clips, and the library on disk."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from builders import a_mask, a_media, a_project
from command_scripts import recipes
from hypothesis import given

from core.condition import RAIN, SUN, SUN_AZIMUTH, SUN_ELEVATION, WIND_FROM, WIND_SPEED, Condition
from core.document.commands import ApplyRecipe, BlendLooks, SetKeyframe, SetSeed
from core.document.model import AMOUNT, Clip, Interpolation, Look, Project
from core.document.recipe import Recipe, left_by_blend, recipe_of, wears
from core.errors import EditRejected, LookError
from core.ids import ClipId, TranslatorId
from core.looks.format import ReadRecipe, decode_recipe, encode_recipe
from core.looks.library import LookLibrary
from core.timebase import Time, TimeRange

RATE = Fraction(25)
A, B = ClipId("clip-0"), ClipId("clip-1")
RAINY = Recipe("Rainy", Condition.of({RAIN: 0.6}))
DUSK = Recipe("Dusk", Condition.of({SUN: 1.0, SUN_ELEVATION: -4.0, SUN_AZIMUTH: 350.0}))


def at(frame: int) -> Time:
    return Time.from_frame(frame, RATE)


def trimmed(project: Project, clip: ClipId, first: int, last: int) -> Project:
    return project.with_clip(replace(project.clip(clip), source=TimeRange(at(first), at(last))))


def two_clips() -> Project:
    """The first from frame 10 to 40 of its media, with rain keyed at 12 and 36; the second from frame 20 to 35."""
    project = trimmed(a_project(clips=2, media=a_media(frames=48)), A, 10, 40)
    project = trimmed(project, B, 20, 35)
    project = SetKeyframe(A, RAIN, at(12), 0.2).apply(project).project
    return SetKeyframe(A, RAIN, at(36), 0.8).apply(project).project


def frames(clip: Clip) -> list[tuple[int, float]]:
    curve = clip.look.curve(RAIN)
    return [(k.time.to_frame(RATE), k.value) for k in curve.keys] if curve else []


# ---- on clips ----------------------------------------------------------------------------------------------------


def test_a_recipe_counts_keys_from_the_in_point_and_pins_what_leaves_the_media() -> None:
    project = two_clips()
    recipe = recipe_of(project.clip(A), "Rain", with_masks=False)
    assert frames(ApplyRecipe((B,), recipe).apply(project).project.clip(B)) == [(22, 0.2), (46, 0.8)]
    late = trimmed(project, B, 36, 48)
    assert frames(ApplyRecipe((B,), recipe).apply(late).project.clip(B)) == [(38, 0.2), (48, 0.45)]


def test_stretched_keys_lie_at_the_same_share_of_a_shorter_clip() -> None:
    project = two_clips()
    recipe = recipe_of(project.clip(A), "Rain", with_masks=False)
    worn = ApplyRecipe((B,), recipe, stretched=True).apply(project).project.clip(B)
    assert frames(worn) == [(21, 0.2), (33, 0.8)]


def test_masks_come_along_only_where_the_recipe_has_them() -> None:
    project = two_clips()
    own = project.with_clip(replace(project.clip(B), masks=(a_mask(number=3),)))
    kept = ApplyRecipe((B,), RAINY).apply(own).project.clip(B)
    assert kept.masks == (a_mask(number=3),)
    assert ApplyRecipe((B,), replace(RAINY, masks=())).apply(own).project.clip(B).masks == ()


def test_one_command_dresses_several_clips_and_names_their_look() -> None:
    project = ApplyRecipe((A, B), RAINY).apply(two_clips()).project
    assert [c.look.name for c in project.pictures()] == ["Rainy", "Rainy"]
    assert [c.look.base[RAIN] for c in project.pictures()] == [0.6, 0.6]


# ---- blends ------------------------------------------------------------------------------------------------------


def blended(
    before: Recipe, after: Recipe, project: Project | None = None, how: Interpolation = Interpolation.LINEAR
) -> Look:
    start = project or trimmed(a_project(media=a_media(frames=48)), A, 10, 40)
    span = TimeRange(at(15), at(35))
    return BlendLooks(A, before, after, span, how).apply(start).project.clip(A).look


def test_a_blend_is_one_look_before_and_the_other_behind() -> None:
    look = blended(RAINY, replace(RAINY, base=Condition.of({RAIN: 0.2}), amount=0.5))
    assert [look.value_at(RAIN, at(n)) for n in (10, 15, 25, 35, 40)] == pytest.approx([0.6, 0.6, 0.4, 0.2, 0.2])
    assert look.value_at(AMOUNT, at(25)) == pytest.approx(0.75)


def test_directions_blend_the_short_way_round() -> None:
    windy = [Recipe("W", Condition.of({WIND_SPEED: 5.0, WIND_FROM: angle})) for angle in (350.0, 30.0)]
    assert blended(*windy).value_at(WIND_FROM, at(20)) == pytest.approx(0.0)


def test_a_sun_that_shines_in_one_look_alone_does_not_travel() -> None:
    look = blended(RAINY, DUSK)
    assert look.curve(SUN) is not None
    assert look.curve(SUN_ELEVATION) is None
    assert look.value_at(SUN_ELEVATION, at(16)) == -4.0


def test_keys_before_and_behind_a_blend_stay() -> None:
    project = two_clips()
    keyed = recipe_of(project.clip(A), "Keyed", with_masks=False)
    look = blended(keyed, RAINY, project)
    curve = look.curve(RAIN)
    assert curve is not None
    assert [(k.time.to_frame(RATE), k.value) for k in curve.keys] == [(12, 0.2), (15, 0.275), (35, 0.6)]


def test_seed_translator_and_masks_do_not_blend_and_are_named() -> None:
    project = SetSeed(A, 7).apply(trimmed(a_project(media=a_media(frames=48)), A, 10, 40)).project
    other = replace(DUSK, translator=TranslatorId("other"), masks=(a_mask(),))
    assert left_by_blend(project.clip(A), (RAINY, other)) == ("translator", "seed", "masks")
    assert blended(RAINY, other, project).seed == 7
    assert left_by_blend(project.clip(A), (replace(RAINY, seed=7), replace(DUSK, seed=7))) == ()


def test_a_blend_outside_the_clip_is_rejected() -> None:
    project = trimmed(a_project(media=a_media(frames=48)), A, 10, 40)
    with pytest.raises(EditRejected, match="inside the clip"):
        BlendLooks(A, RAINY, DUSK, TimeRange(at(5), at(20))).apply(project)


# ---- the library -------------------------------------------------------------------------------------------------


@pytest.fixture
def library(tmp_path: Path) -> LookLibrary:
    return LookLibrary(tmp_path / "looks")


def the_file(folder: Path) -> Path:
    (found,) = (folder / "looks").glob("*.json")
    return found


def test_a_saved_look_comes_back_whole(library: LookLibrary, tmp_path: Path) -> None:
    project = two_clips()
    clip = replace(project.clip(A), masks=(a_mask(),))
    recipe = recipe_of(clip, "Wet dusk", with_masks=True, version="1.9", weights="ab12")
    library.add("Wet dusk", recipe, "for the bridge")
    (look,) = LookLibrary(tmp_path / "looks").shelf().looks
    assert look.newest.recipe == recipe
    assert (look.newest.number, look.newest.note) == (1, "for the bridge")


def test_saves_are_numbered_and_none_is_overwritten(library: LookLibrary) -> None:
    look = library.add("Rainy", RAINY)
    library.add_version(look.id, replace(RAINY, seed=2), "more")
    look = library.restore(look.id, 1)
    assert [(v.number, v.recipe.seed, v.note, v.again) for v in look.versions] == [
        (3, 1, "", 1),
        (2, 2, "more", 0),
        (1, 1, "", 0),
    ]


def test_a_damaged_file_is_one_sentence_and_the_others_still_work(library: LookLibrary, tmp_path: Path) -> None:
    library.add("Rainy", RAINY)
    (tmp_path / "looks" / "broken.json").write_text('{"weathervane": {"look": 1}, "id": ')
    shelf = library.shelf()
    assert [look.name for look in shelf.looks] == ["Rainy"]
    assert shelf.problems == (f"The look broken.json is damaged; move it out of {tmp_path / 'looks'} or replace it.",)


def test_what_is_not_known_is_said_and_stays_in_the_file(library: LookLibrary, tmp_path: Path) -> None:
    look = library.add("Rainy", RAINY)
    path = the_file(tmp_path)
    content = json.loads(path.read_text())
    content["versions"][0]["recipe"]["condition"]["volcano"] = 0.5
    content["versions"][0]["recipe"]["condition"]["rain"] = 1.5
    path.write_text(json.dumps(content))
    read = library.look(look.id).newest
    assert read.recipe.base[RAIN] == 1.0
    assert [str(note) for note in read.notes] == [
        "This Weathervane has no condition “volcano”; it is left out and stays in the file.",
        "Rain lay outside its range and is held at 1.",
    ]
    library.rename(look.id, "Ash")
    library.add_version(look.id, RAINY)
    assert json.loads(path.read_text())["versions"][0]["recipe"]["condition"]["volcano"] == 0.5


def test_a_look_of_a_newer_program_says_so(library: LookLibrary, tmp_path: Path) -> None:
    library.add("Rainy", RAINY)
    path = the_file(tmp_path)
    path.write_text(path.read_text().replace('"look": 1', '"look": 2'))
    assert "newer Weathervane" in library.shelf().problems[0]


def test_a_removed_look_can_be_brought_back(library: LookLibrary) -> None:
    look = library.add("Rainy", RAINY)
    library.remove(look.id)
    assert library.shelf().looks == ()
    assert [gone.name for gone in library.trash().looks] == ["Rainy"]
    library.bring_back(look.id)
    assert library.look(look.id).newest.recipe == RAINY


def test_an_exported_look_comes_in_beside_its_twin(library: LookLibrary, tmp_path: Path) -> None:
    look = library.add("Rainy", RAINY)
    library.export(look.id, tmp_path / "mail.wvlook")
    taken = library.take_in(tmp_path / "mail.wvlook")
    assert taken.id != look.id
    assert [each.newest.recipe for each in library.shelf().looks] == [RAINY, RAINY]


def test_a_file_that_is_no_look_is_not_taken_in(library: LookLibrary, tmp_path: Path) -> None:
    other = tmp_path / "song.wvlook"
    other.write_bytes(b"\x00\x01\x02")
    with pytest.raises(LookError, match=r"song\.wvlook is damaged"):
        library.take_in(other)
    assert library.shelf().looks == ()


# ---- laws --------------------------------------------------------------------------------------------------------


@given(recipes)
def test_a_recipe_comes_back_from_json_as_it_was(recipe: Recipe) -> None:
    whole = replace(recipe, length=Time(abs(recipe.length.seconds)), version="1.9")
    stored = msgspec.json.decode(encode_recipe(whole))
    assert decode_recipe(stored, whole.name) == ReadRecipe(whole)


@given(recipes, recipes)
def test_a_blend_shows_each_look_at_its_end(before: Recipe, after: Recipe) -> None:
    project = trimmed(a_project(media=a_media(frames=48)), A, 4, 40)
    span = TimeRange(at(10), at(30))
    look = BlendLooks(A, before, after, span).apply(project).project.clip(A).look
    first, last = (ApplyRecipe((A,), r).apply(project).project.clip(A).look for r in (before, after))
    for time, own in ((at(4), first), (at(10), first), (at(30), last), (at(39), last)):
        assert look.condition_at(time).effective == own.condition_at(time).effective
        assert look.value_at(AMOUNT, time) == own.value_at(AMOUNT, time)


@given(recipes)
def test_a_clip_wears_what_was_applied_to_it(recipe: Recipe) -> None:
    project = ApplyRecipe((A,), recipe).apply(trimmed(a_project(media=a_media(frames=48)), A, 4, 40)).project
    assert wears(project, project.clip(A), recipe)
