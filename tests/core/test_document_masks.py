"""Mattes: what a painter expects of the brush, at any size."""

from __future__ import annotations

from dataclasses import replace
from math import cos, sin

import cv2
import numpy as np
import pytest
from builders import a_mask, a_stroke

from core.document.masks import MATTE_VERSION, Matte, combined, mask_digest, rasterise, told_strokes
from core.document.model import Mask, MaskOperation, Pressing, Stroke, StrokeMode, StrokePoint
from core.ids import MaskId
from core.render.keys import stage_key

SIZES = [(480, 270), (959, 541), (1920, 1080)]

SPIRAL = tuple((0.5 + 0.2 * cos(i / 9) * i / 60, 0.5 + 0.4 * sin(i / 9) * i / 60) for i in range(60))


def at(matte: Matte, x: float, y: float) -> float:
    """The matte where the picture is at (x, y), in picture sizes."""
    height, width = matte.shape
    return float(matte[min(int(y * height), height - 1), min(int(x * width), width - 1)])


def drawn(mask: Mask, size: tuple[int, int] = (480, 270)) -> Matte:
    return rasterise(mask, *size)


@pytest.mark.parametrize("size", SIZES)
def test_a_dab_is_round_full_in_its_core_and_nothing_outside(size: tuple[int, int]) -> None:
    matte = drawn(a_mask(a_stroke(radius=0.2, hardness=0.5)), size)
    assert matte.dtype == np.float32
    assert matte.shape == size[::-1]
    aspect = size[0] / size[1]
    for angle in range(12):
        x, y = cos(angle) / aspect, sin(angle)
        assert at(matte, 0.5 + 0.09 * x, 0.5 + 0.09 * y) == pytest.approx(1.0, abs=0.01)
        assert at(matte, 0.5 + 0.15 * x, 0.5 + 0.15 * y) == pytest.approx(0.5, abs=0.08)
        assert at(matte, 0.5 + 0.21 * x, 0.5 + 0.21 * y) == 0.0


@pytest.mark.parametrize("hardness", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("radius", [0.004, 0.03, 0.15])
def test_a_mask_looks_the_same_at_any_size(hardness: float, radius: float) -> None:
    """But for one pixel in ten thousand, within what smoothing the edge over one pixel may differ."""
    mask = a_mask(a_stroke(*SPIRAL, radius=radius, hardness=hardness))
    large = drawn(mask, (1920, 1080))
    for width, height in ((960, 540), (480, 270)):
        small = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        difference = np.abs(drawn(mask, (width, height)) - small)
        assert (difference > 0.28).mean() < 1e-4
        assert difference.mean() < 0.0015


def test_the_matte_is_where_the_distance_to_the_path_says() -> None:
    """Against brute force: every pixel's distance to a finely cut straight path, in float64."""
    stroke = a_stroke((0.2, 0.3), (0.7, 0.6), radius=0.15, hardness=0.0)
    matte = drawn(a_mask(stroke), (960, 540))
    ys, xs = np.mgrid[0:540, 0:960]
    px, py = (xs + 0.5) / 540, (ys + 0.5) / 540
    (ax, ay), (bx, by) = (0.2 * 960 / 540, 0.3), (0.7 * 960 / 540, 0.6)
    along = np.clip(((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
    distance = np.hypot(px - ax - along * (bx - ax), py - ay - along * (by - ay)) / 0.15
    t = np.clip(1.0 - distance, 0.0, 1.0)
    assert np.abs(matte - t * t * (3 - 2 * t)).max() < 0.03


def test_a_stroke_over_itself_does_not_build_up_and_a_second_stroke_does() -> None:
    cross = a_stroke((0.2, 0.2), (0.8, 0.8), (0.8, 0.2), (0.2, 0.8), radius=0.1, flow=0.5, hardness=1.0)
    once = drawn(a_mask(cross))
    assert once.max() == pytest.approx(0.5)
    assert drawn(a_mask(cross, cross)).max() == pytest.approx(0.75)


def test_an_eraser_takes_away_what_was_painted_before_and_nothing_after() -> None:
    paint, erase = a_stroke(radius=0.3), a_stroke(radius=0.1, hardness=1.0, mode=StrokeMode.ERASE)
    assert at(drawn(a_mask(paint, erase)), 0.5, 0.5) == 0.0
    assert at(drawn(a_mask(erase, paint)), 0.5, 0.5) == 1.0


def test_a_sparse_stroke_runs_smoothly_through_its_points() -> None:
    """Three points on a circle: the middle of the way bulges towards the circle, not along the chord."""
    points = [(0.5 + 0.3 * cos(a) * 9 / 16, 0.5 + 0.3 * sin(a)) for a in (0.0, 0.8, 1.6, 2.4)]
    matte = drawn(a_mask(a_stroke(*points, radius=0.02, hardness=1.0)), (1920, 1080))
    assert all(at(matte, x, y) == 1.0 for x, y in points)
    assert at(matte, 0.5 + 0.3 * cos(1.2) * 9 / 16, 0.5 + 0.3 * sin(1.2)) == 1.0


def test_pressure_narrows_the_brush_without_steps() -> None:
    pen = replace(a_stroke(radius=0.2, hardness=1.0), points=(StrokePoint(0.2, 0.5, 0.2), StrokePoint(0.8, 0.5, 1.0)))
    widths = (drawn(a_mask(pen), (960, 540)) > 0.5).sum(axis=0)[200:760].astype(int)
    assert widths[0] < widths[-1]
    assert np.abs(np.diff(widths)).max() <= 2


def test_drawing_on_leaves_what_was_drawn_before() -> None:
    """While a stroke grows, only the neighbourhood of its end changes: the preview does not swim."""
    so_far = drawn(a_mask(a_stroke(*SPIRAL[:40], radius=0.01)))
    further = drawn(a_mask(a_stroke(*SPIRAL[:50], radius=0.01)))
    x, y = SPIRAL[37][0] * 480, SPIRAL[37][1] * 270
    ys, xs = np.mgrid[0:270, 0:480]
    changed = (np.abs(so_far - further) > 1e-3) & (so_far > 0.5)
    assert np.hypot(xs - x, ys - y)[changed].max(initial=0.0) < 30


def test_points_far_outside_the_picture_draw_nothing_and_do_no_harm() -> None:
    assert drawn(a_mask(a_stroke((-0.9, -0.9), (-0.5, -0.9)))).max() == 0.0
    assert at(drawn(a_mask(a_stroke((-0.5, 0.5), (0.2, 0.5)))), 0.0, 0.5) == 1.0


@pytest.mark.parametrize("feather", [0.002, 0.01, 0.1])
def test_feather_is_a_gaussian_of_the_stated_sigma(feather: float) -> None:
    """A straight edge blurred by sigma has its 16 % and 84 % points one sigma from the middle."""
    half = a_mask(a_stroke((-1.0, 0.0), (2.0, 0.0), radius=0.5, hardness=1.0))
    column = drawn(replace(half, feather=feather), (320, 1000))[:, 160]
    reached = [int(np.argmax(column[250:] < level)) + 250 for level in (0.8413, 0.5, 0.1587)]
    assert reached[1] == pytest.approx(500, abs=2)
    assert (reached[2] - reached[0]) / 2000 == pytest.approx(feather, rel=0.06, abs=0.001)


def test_inversion_and_opacity_act_after_the_strokes() -> None:
    mask = replace(a_mask(), is_inverted=True, opacity=0.7)
    assert at(drawn(mask), 0.5, 0.5) == 0.0
    assert at(drawn(mask), 0.0, 0.0) == pytest.approx(0.7)


def test_an_empty_mask_is_black_and_inverted_white() -> None:
    empty = Mask(MaskId("m"), "Empty")
    assert drawn(empty).max() == 0.0
    assert drawn(replace(empty, is_inverted=True)).min() == 1.0


def test_without_an_enabled_mask_there_is_no_matte() -> None:
    assert combined((), 16, 9) is None
    assert combined((replace(a_mask(), is_enabled=False),), 16, 9) is None
    assert mask_digest((replace(a_mask(), is_enabled=False),)) == ""


def test_masks_add_up_in_any_order() -> None:
    a, b = a_mask(a_stroke((0.49, 0.5), flow=0.5)), a_mask(a_stroke((0.5, 0.5), flow=0.6), number=1)
    one, other = combined((a, b), 64, 36), combined((b, a), 64, 36)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one, other, atol=1e-6)
    assert one.max() == pytest.approx(0.8, abs=0.02)
    assert 0.0 <= one.min() <= one.max() <= 1.0


def test_the_digest_follows_the_matte_and_not_the_names() -> None:
    mask = a_mask()
    digest = mask_digest((mask,))
    assert mask_digest((replace(mask, name="Sky", id=MaskId("other")),)) == digest
    assert mask_digest((mask, replace(mask, is_enabled=False))) == digest
    for changed in (
        replace(mask, opacity=0.999),
        replace(mask, feather=0.0001),
        replace(mask, is_inverted=True),
        a_mask(a_stroke((0.50001, 0.5))),
        a_mask(a_stroke(), a_stroke()),
    ):
        assert mask_digest((changed,)) != digest


def test_drawing_is_deterministic_and_leaves_no_trace() -> None:
    mask = a_mask(a_stroke(*SPIRAL))
    first = drawn(mask)
    first_copy = first.copy()
    first *= 0.0
    np.testing.assert_array_equal(drawn(mask), first_copy)


def dab(x: float, *, number: int = 0, radius: float = 0.2, **changes: object) -> Mask:
    return replace(a_mask(a_stroke((x, 0.5), radius=radius, hardness=1.0), number=number), **changes)  # type: ignore[arg-type]


def test_masks_are_joined_from_the_first_to_the_last() -> None:
    left, right = dab(0.4), dab(0.6, number=1)
    one, other = (rasterise(m, 96, 54) for m in (left, right))
    taken = combined((left, replace(right, operation=MaskOperation.SUBTRACT)), 96, 54)
    common = combined((left, replace(right, operation=MaskOperation.INTERSECT)), 96, 54)
    assert taken is not None
    assert common is not None
    np.testing.assert_allclose(taken, one * (1 - other), atol=1e-6)
    np.testing.assert_allclose(common, one * other, atol=1e-6)
    np.testing.assert_allclose(taken + common, one, atol=1e-6)
    swapped = combined((right, replace(left, operation=MaskOperation.SUBTRACT)), 96, 54)
    assert swapped is not None
    assert float(np.abs(swapped - taken).max()) > 0.5


def test_a_first_mask_that_takes_away_is_taken_from_the_whole_picture() -> None:
    alone = combined((dab(0.5, operation=MaskOperation.SUBTRACT),), 96, 54)
    assert alone is not None
    np.testing.assert_allclose(alone, 1 - rasterise(dab(0.5), 96, 54), atol=1e-6)


@pytest.mark.parametrize("grow", [-0.1, -0.03, 0.02, 0.08, 0.2])
@pytest.mark.parametrize("height", [108, 540])
def test_a_disc_that_grows_is_a_disc_of_that_radius(grow: float, height: int) -> None:
    matte = rasterise(dab(0.5, radius=0.25, grow=grow), height * 16 // 9, height)
    radius = np.sqrt(float(matte.sum()) / np.pi) / height
    assert radius == pytest.approx(0.25 + grow, abs=0.004 + 0.75 / height)


def test_a_mask_of_before_keeps_its_name_and_one_that_joins_otherwise_has_another() -> None:
    plain = dab(0.5)
    assert mask_digest((plain,)) == "a2ae69ee4943a63c641b459c8cb148ca804dda39"
    names = {
        mask_digest((m,)) for m in (plain, replace(plain, grow=0.01), replace(plain, operation=MaskOperation.SUBTRACT))
    }
    assert len(names) == 3


# ---- the pen, and the mirror ---------------------------------------------------------------------------------------


def pressed(*pressures: float, pressing: Pressing) -> Mask:
    """A straight stroke from left to right, pressed like this at even distances."""
    points = tuple(StrokePoint(0.1 + 0.8 * n / (len(pressures) - 1), 0.5, p) for n, p in enumerate(pressures))
    return a_mask(Stroke(points, 0.1, 1.0, pressing=pressing))


def test_pressure_changes_the_size_or_the_opacity_or_nothing() -> None:
    size, opacity, nothing = (drawn(pressed(0.25, 0.5, 1.0, pressing=how)) for how in Pressing)
    assert at(size, 0.5, 0.5) == 1.0
    assert at(size, 0.5, 0.57) == 0.0
    assert at(opacity, 0.5, 0.5) == pytest.approx(0.5, abs=0.02)
    assert at(opacity, 0.5, 0.57) == pytest.approx(0.5, abs=0.02)
    assert at(opacity, 0.15, 0.5) < at(opacity, 0.5, 0.5) < at(opacity, 0.85, 0.5)
    assert at(nothing, 0.15, 0.57) == 1.0


def test_a_stroke_by_opacity_never_builds_up_beyond_its_pressure() -> None:
    points = tuple(StrokePoint(x, 0.5, 0.4) for x in (0.3, 0.7, 0.3, 0.7))
    matte = drawn(a_mask(Stroke(points, 0.1, 1.0, pressing=Pressing.OPACITY)))
    assert matte.max() == pytest.approx(0.4, abs=0.001)


@pytest.mark.parametrize("size", SIZES)
def test_a_mirrored_stroke_is_drawn_on_both_sides_of_its_axis(size: tuple[int, int]) -> None:
    stroke = replace(a_stroke((0.1, 0.2), (0.45, 0.6), radius=0.08), mirror=0.5)
    matte = drawn(a_mask(stroke), size)
    assert np.allclose(matte, matte[:, ::-1], atol=2e-3)
    assert at(matte, 0.9, 0.2) == pytest.approx(1.0, abs=0.01)
    aside = drawn(a_mask(replace(stroke, mirror=0.4)), size)
    assert at(aside, 0.7, 0.2) == pytest.approx(1.0, abs=0.01)


def test_strokes_that_could_be_painted_before_keep_their_name() -> None:
    assert mask_digest((a_mask(a_stroke()),)) == "24cf9181bc3ce2cfe7617ac6becd0ba6afa9c0fb"
    assert (
        stage_key("painting", MATTE_VERSION, told_strokes((a_stroke(),))) == "9af7176d96244c821bb510b34de93693d1351000"
    )
    named = {mask_digest((a_mask(replace(a_stroke(), pressing=how)),)) for how in Pressing}
    assert len(named) == 3
