"""Shapes of a mask: what is drawn, at any size and any instant."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import pi

import cv2
import numpy as np
import pytest
from builders import a_mask, a_media, a_project, a_stroke
from msgspec.structs import replace as changed

from core.document.commands import (
    AddShape,
    AddShapePoint,
    ApplyRecipe,
    ClearStrokes,
    PasteLook,
    RemoveShapeKey,
    RemoveShapePoint,
    SetShape,
    SetShapeForm,
    SetShapeKey,
)
from core.document.look_edits import LookPart
from core.document.mask_shapes import (
    AnyForm,
    EllipseShape,
    LinearGradient,
    PathPoint,
    PathShape,
    RadialGradient,
    RectShape,
    Shape,
    ShapeKey,
    ShapeOperation,
    Tween,
    with_point,
)
from core.document.masks import Matte, mask_digest, masks_at, rasterise
from core.document.model import Mask, Project, StrokeMode
from core.document.recipe import Recipe, recipe_of, wears
from core.errors import EditRejected
from core.ids import ClipId, MaskId, ShapeId
from core.timebase import Time, TimeRange

SIZES = [(480, 270), (959, 541), (1920, 1080)]
ASPECT = 16 / 9
ELLIPSE = EllipseShape(0.5, 0.5, 0.6, 0.4)
RECT = RectShape(0.4, 0.55, 0.5, 0.3, 20.0)
TRIANGLE = PathShape((PathPoint(0.2, 0.2), PathPoint(0.8, 0.25), PathPoint(0.45, 0.8)))
LEAF = PathShape(
    (
        PathPoint(0.3, 0.5, (0.0, 0.2), (0.0, -0.25)),
        PathPoint(0.7, 0.4, (-0.05, -0.25), (0.05, 0.25)),
        PathPoint(0.6, 0.75, (0.1, 0.0), (-0.1, 0.0)),
    )
)
RAMP = LinearGradient(0.5, 0.25, 0.5, 0.75)
GLOW = RadialGradient(0.5, 0.5, 0.6, 0.4, 0.0, 0.5)


def a_shape(form: AnyForm, number: int = 0, **rest: object) -> Shape:
    return Shape(ShapeId(f"shape-{number}"), form, **rest)  # type: ignore[arg-type]


def shaped(*shapes: Shape | AnyForm) -> Mask:
    made = (s if isinstance(s, Shape) else a_shape(s, n) for n, s in enumerate(shapes))
    return Mask(MaskId("mask-0"), "Mask 1", shapes=tuple(made))


def drawn(mask: Mask, size: tuple[int, int] = (960, 540)) -> Matte:
    return rasterise(mask, *size)


def area(matte: Matte) -> float:
    """In square picture heights."""
    return float(matte.mean(dtype=np.float64)) * matte.shape[1] / matte.shape[0]


def at(n: int) -> Time:
    return Time(Fraction(n, 25))


# ---- what is drawn -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("softness", [0.0, 0.01, 0.1])
def test_outlines_cover_their_area_whatever_the_size(size: tuple[int, int], softness: float) -> None:
    rounded = 0.5 * 0.3 - (4 - pi) * 0.1**2
    for form, wanted in (
        (replaced(ELLIPSE, softness=softness), pi * 0.3 * 0.2),
        (replaced(RECT, softness=softness), 0.5 * 0.3),
        (replaced(RECT, softness=softness, corner=0.1), rounded),
        (replaced(TRIANGLE, softness=softness), 0.3475 / 2 * ASPECT),
    ):
        # The outline of a soft edge is where half is covered; around corners a little less is.
        assert area(drawn(shaped(form), size)) == pytest.approx(wanted, rel=0.004 if softness < 0.1 else 0.04)


def replaced(form: AnyForm, **change: float) -> AnyForm:
    made: AnyForm = changed(form, **change)
    return made


@pytest.mark.parametrize("form", [ELLIPSE, RECT, TRIANGLE, LEAF, RAMP, GLOW])
@pytest.mark.parametrize("softness", [0.0, 0.08])
def test_a_shape_looks_the_same_at_any_size(form: AnyForm, softness: float) -> None:
    if hasattr(form, "softness"):
        form = replaced(form, softness=softness)
    large = drawn(shaped(form), (1920, 1080))
    for width, height in ((960, 540), (480, 270)):
        small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        difference = np.abs(drawn(shaped(form), (width, height)) - small)
        assert difference.max() < 0.25
        assert difference.mean() < 3e-4


def test_a_hard_edge_takes_one_pixel_and_lies_where_it_was_drawn() -> None:
    matte = drawn(shaped(RectShape(0.5, 0.5, 0.5, 0.5)), (1000, 1000))
    row = matte[500]
    assert (row[249], row[250]) == pytest.approx((0.0, 1.0), abs=1e-4)
    shifted = drawn(shaped(RectShape(0.50025, 0.5, 0.5, 0.5)), (1000, 1000))[500]
    assert shifted[250] == pytest.approx(0.75, abs=0.01)
    assert shifted[750] == pytest.approx(0.25, abs=0.01)


def test_a_soft_edge_is_even_across_its_width() -> None:
    row = drawn(shaped(RectShape(0.5, 0.5, 0.6, 0.6, 0.0, 0.2)), (1000, 1000))[500]
    assert row[199] == pytest.approx(0.5, abs=0.01)
    assert row[99] == pytest.approx(0.0, abs=0.005)
    assert row[300] == pytest.approx(1.0, abs=0.005)
    assert (np.diff(row[90:310]) >= -1e-6).all()


@pytest.mark.parametrize("form", [ELLIPSE, RectShape(0.5, 0.5, 0.6, 0.4), GLOW])
def test_what_is_symmetric_is_drawn_symmetric(form: AnyForm) -> None:
    matte = drawn(shaped(form))
    assert np.allclose(matte, matte[:, ::-1], atol=2e-3)
    assert np.allclose(matte, matte[::-1], atol=2e-3)


def test_a_half_turn_changes_nothing() -> None:
    assert np.allclose(drawn(shaped(RECT)), drawn(shaped(replaced(RECT, rotation=200.0))), atol=2e-3)


def test_rotation_is_clockwise_and_keeps_lengths() -> None:
    standing = drawn(shaped(RectShape(0.5, 0.5, 0.2, 0.6)), (540, 540))
    lying = drawn(shaped(RectShape(0.5, 0.5, 0.6, 0.2, 90.0)), (540, 540))
    assert np.allclose(standing, lying, atol=2e-3)
    tilted = drawn(shaped(RectShape(0.5, 0.5, 0.8, 0.1, 45.0)), (540, 540))
    assert tilted[270 + 100, 270 + 100] == 1.0
    assert tilted[270 - 100, 270 + 100] == 0.0


def test_a_linear_gradient_runs_from_its_first_point_to_its_second() -> None:
    column = drawn(shaped(RAMP), (100, 1000))[:, 50]
    assert (column[:250].min(), column[750:].max()) == (1.0, 0.0)
    assert column[500] == pytest.approx(0.5, abs=0.002)
    assert (np.diff(column) <= 0.0).all()


def test_a_slanted_gradient_is_square_to_its_line_in_any_picture() -> None:
    """Its level lines are at right angles in pixels, not in shares of the picture."""
    matte = drawn(shaped(LinearGradient(0.25, 0.25, 0.75, 0.75)), (1600, 900))
    middle = matte[450, 800]
    assert matte[450 - 160, 800 + 90] == pytest.approx(middle, abs=0.002)


def test_a_radial_gradient_is_whole_inside_and_ends_at_its_ellipse() -> None:
    row = drawn(shaped(GLOW), (1000, 1000))[500]
    assert row[500 - 149 : 500 + 149].min() == 1.0
    assert row[500 + 225] == pytest.approx(0.5, abs=0.01)
    assert row[500 + 300 :].max() == 0.0


def test_what_a_path_runs_around_twice_is_inside() -> None:
    star = PathShape(
        tuple(PathPoint(0.5 + 0.3 * np.sin(n * 0.8 * pi), 0.5 - 0.4 * np.cos(n * 0.8 * pi)) for n in range(5))
    )
    assert drawn(shaped(star))[270, 480] == 1.0


def test_shapes_and_strokes_act_in_the_order_in_which_they_were_made() -> None:
    hole = a_shape(EllipseShape(0.5, 0.5, 0.2, 0.2), 1, operation=ShapeOperation.SUBTRACT)
    matte = drawn(shaped(a_shape(ELLIPSE), hole))
    assert matte[270, 480] == 0.0
    assert area(matte) == pytest.approx(pi * (0.3 * 0.2 - 0.1 * 0.1), rel=0.004)
    over = Mask(MaskId("mask"), "", (a_stroke((0.5, 0.5), radius=0.05),), shapes=(a_shape(ELLIPSE), hole))
    assert drawn(over)[270, 480] == 1.0
    under = replace(over, shapes=tuple(replace(s, after=1) for s in over.shapes))
    assert drawn(under)[270, 480] == 0.0
    erased = replace(over, strokes=(a_stroke((0.35, 0.5), radius=0.05, mode=StrokeMode.ERASE),))
    assert drawn(erased)[270, int(0.35 * 960)] == 0.0


def test_shapes_outside_the_picture_draw_nothing_and_do_no_harm() -> None:
    away = (
        replaced(ELLIPSE, x=-1.5),
        replaced(RECT, y=2.5),
        PathShape(tuple(PathPoint(x, -1.0) for x in (0.0, 1.0, 2.0))),
    )
    assert drawn(shaped(*away)).max() == 0.0


# ---- over time -----------------------------------------------------------------------------------------------------


def keyed(*forms: tuple[int, AnyForm], tween: Tween = Tween.LINEAR) -> Shape:
    return a_shape(forms[0][1], tween=tween).with_keys(tuple(ShapeKey(at(n), form) for n, form in forms))


def test_a_keyed_shape_passes_from_key_to_key_and_holds_outside() -> None:
    shape = keyed((2, ELLIPSE), (6, replaced(ELLIPSE, x=0.7, rotation=40.0)))
    assert shape.at(at(0)) == shape.at(at(2)) == ELLIPSE
    assert shape.at(at(4)) == replaced(ELLIPSE, x=0.6, rotation=20.0)
    assert shape.at(at(6)) == shape.at(at(99)) == replaced(ELLIPSE, x=0.7, rotation=40.0)


def test_a_smooth_passage_has_no_jerk_and_never_overshoots() -> None:
    shape = keyed(
        *((n, replaced(ELLIPSE, x=x)) for n, x in ((0, 0.1), (4, 0.2), (8, 0.8), (12, 0.8))), tween=Tween.SMOOTH
    )
    xs = np.array([shape.at(Time(Fraction(n, 250))).x for n in range(121)])
    assert (np.diff(xs) >= -1e-5).all()
    assert xs.max() <= 0.8
    assert np.abs(np.diff(xs, 2)).max() < 0.002
    even = keyed(*((n, replaced(ELLIPSE, x=n / 20)) for n in (0, 5, 10)), tween=Tween.SMOOTH)
    assert even.at(at(3)).x == pytest.approx(0.15, abs=1e-5)


def test_frames_between_equal_keys_share_a_name_and_others_do_not() -> None:
    mask = shaped(keyed((2, ELLIPSE), (6, ELLIPSE), (8, RECT_LIKE)))
    names = [mask_digest(masks_at((mask,), at(n))) for n in range(10)]
    assert len(set(names[:7])) == 1
    assert len(set(names[6:9])) == 3
    assert names[0] == mask_digest((shaped(ELLIPSE),))


RECT_LIKE = replaced(ELLIPSE, width=0.9)


def test_a_matte_does_not_depend_on_which_instant_was_drawn_before() -> None:
    mask = shaped(keyed((0, LEAF), (9, replaced(LEAF, softness=0.1)), tween=Tween.SMOOTH))
    forth = {n: drawn(masks_at((mask,), at(n))[0], (160, 90)).tobytes() for n in (0, 3, 6, 9)}
    back = {n: drawn(masks_at((mask,), at(n))[0], (160, 90)).tobytes() for n in (9, 6, 3, 0)}
    assert forth == back


def test_masks_without_shapes_keep_the_name_they_always_had() -> None:
    """So that nothing that was rendered before is rendered again."""
    assert mask_digest((a_mask(a_stroke()),)) == "24cf9181bc3ce2cfe7617ac6becd0ba6afa9c0fb"


# ---- edits ---------------------------------------------------------------------------------------------------------

CLIP, MASK, SHAPE = ClipId("clip-0"), MaskId("mask-0"), ShapeId("shape-0")


def project(*shapes: Shape | AnyForm) -> Project:
    return a_project(clips=1, masks=[shaped(*shapes)])


def shape_of(project: Project) -> Shape:
    return project.clip(CLIP).mask(MASK).shapes[0]


def test_an_added_shape_lies_over_the_strokes_that_are_there() -> None:
    before = a_project(clips=1, masks=[a_mask(a_stroke(), a_stroke())])
    after = AddShape(CLIP, MASK, a_shape(ELLIPSE)).apply(before).project
    assert shape_of(after).after == 2
    assert shape_of(ClearStrokes(CLIP, MASK).apply(after).project).after == 0


def test_changing_a_keyed_shape_elsewhere_sets_a_key_there() -> None:
    before = SetShapeKey(CLIP, MASK, SHAPE, at(2)).apply(project(ELLIPSE)).project
    moved = SetShapeForm(CLIP, MASK, SHAPE, RECT_LIKE, at(5)).apply(before).project
    assert [k.time for k in shape_of(moved).keys] == [at(2), at(5)]
    again = SetShapeForm(CLIP, MASK, SHAPE, ELLIPSE, at(5)).apply(moved).project
    assert shape_of(again).keys[1].form == ELLIPSE
    with pytest.raises(EditRejected):
        SetShapeForm(CLIP, MASK, SHAPE, ELLIPSE, None).apply(moved)


def test_a_key_dirties_what_lies_between_the_keys_it_leaves_alone() -> None:
    forms = tuple((n, replaced(ELLIPSE, x=n / 20)) for n in (0, 2, 4, 6, 8))
    for tween, span in ((Tween.LINEAR, TimeRange(at(2), at(6))), (Tween.SMOOTH, TimeRange(at(0), at(8)))):
        edit = SetShapeForm(CLIP, MASK, SHAPE, RECT_LIKE, at(4)).apply(project(keyed(*forms, tween=tween)))
        assert edit.changes.dirty == (span,)


def test_the_last_key_that_is_removed_leaves_the_shape_as_it_had_it() -> None:
    before = project(keyed((2, ELLIPSE), (6, RECT_LIKE)))
    one = RemoveShapeKey(CLIP, MASK, SHAPE, at(2)).apply(before).project
    none = RemoveShapeKey(CLIP, MASK, SHAPE, at(6)).apply(one).project
    assert shape_of(none) == a_shape(RECT_LIKE, tween=Tween.LINEAR)


def test_a_point_more_leaves_the_matte_as_it_was() -> None:
    for segment in range(3):
        more = with_point(LEAF, segment, 0.3)
        assert np.abs(drawn(shaped(more)) - drawn(shaped(LEAF))).max() < 0.06


def test_points_come_and_go_at_every_key() -> None:
    before = project(keyed((2, LEAF), (6, replaced(LEAF, softness=0.1))))
    more = AddShapePoint(CLIP, MASK, SHAPE, 1, 0.5).apply(before).project
    assert [len(k.form.points) for k in shape_of(more).keys if isinstance(k.form, PathShape)] == [4, 4]
    less = RemoveShapePoint(CLIP, MASK, SHAPE, 2).apply(more).project
    assert isinstance(shape_of(less).form, PathShape)
    with pytest.raises(EditRejected):
        RemoveShapePoint(CLIP, MASK, SHAPE, 0).apply(less)


def test_keys_of_another_kind_are_refused() -> None:
    with pytest.raises(EditRejected):
        SetShapeForm(CLIP, MASK, SHAPE, RECT, at(5)).apply(project(keyed((2, ELLIPSE))))


def test_a_shape_that_cuts_away_dirties_the_whole_clip() -> None:
    before = project(keyed((2, ELLIPSE), (6, RECT_LIKE)))
    edit = SetShape(CLIP, MASK, SHAPE, ShapeOperation.SUBTRACT).apply(before)
    assert edit.changes.dirty == (before.clip(CLIP).span,)


# ---- from clip to clip ---------------------------------------------------------------------------------------------


def test_keys_keep_their_distance_from_the_in_point_on_another_clip() -> None:
    """Copied as part of a look, and kept as part of a recipe."""
    first = replace(project(keyed((2, ELLIPSE), (6, RECT_LIKE))).clip(CLIP), source=TimeRange(at(1), at(8)))
    before = a_project(clips=2, media=a_media(frames=40))
    other = before.clip(ClipId("clip-1"))
    before = before.with_clip(replace(other, source=TimeRange(at(11), at(18))))
    recipe = recipe_of(first, "Kept", with_masks=True)
    for command in (
        PasteLook((other.id,), first.look, first.masks, first.source.start, (LookPart.MASKS,)),
        ApplyRecipe((other.id,), recipe, False),
    ):
        after = command.apply(before).project.clip(other.id)
        assert [k.time for k in after.masks[0].shapes[0].keys] == [at(12), at(16)]
    assert wears(after_of(before, recipe), after_of(before, recipe).clip(other.id), recipe)


def after_of(before: Project, recipe: Recipe) -> Project:
    return ApplyRecipe((ClipId("clip-1"),), recipe, False).apply(before).project
