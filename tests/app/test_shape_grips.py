"""What a drag makes of a shape: laws of the geometry, whatever the shape, its turn and the picture."""

from __future__ import annotations

from math import atan2, cos, degrees, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tools.shape_grips import (
    BODY,
    At,
    BoxForm,
    Grip,
    Held,
    Part,
    contains,
    distance_to,
    dragged,
    drawn_box,
    frame_of,
    grips,
    is_smooth,
    nearest_on_path,
    toggled,
    turn_grip,
)
from core.document.mask_shapes import (
    AnyForm,
    EllipseShape,
    LinearGradient,
    PathPoint,
    PathShape,
    RadialGradient,
    RectShape,
)

ASPECT = 16 / 9
NOTHING, EVEN, FREE = Held(), Held(even=True), Held(free=True)
TRIANGLE = PathShape((PathPoint(0.2, 0.2), PathPoint(0.8, 0.25), PathPoint(0.45, 0.8)))
LEAF = PathShape(
    (
        PathPoint(0.3, 0.5, (0.0, 0.2), (0.0, -0.25)),
        PathPoint(0.7, 0.4, (-0.05, -0.25), (0.05, 0.25)),
        PathPoint(0.6, 0.75),
    )
)
FORMS: tuple[AnyForm, ...] = (
    EllipseShape(0.5, 0.5, 0.6, 0.4, 20.0),
    RectShape(0.4, 0.55, 0.5, 0.3, -35.0),
    RadialGradient(0.5, 0.5, 0.6, 0.4, 60.0),
    LinearGradient(0.3, 0.3, 0.7, 0.6),
    TRIANGLE,
    LEAF,
)
ways = st.builds(At, st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
boxes = st.builds(
    lambda kind, rotation: kind(0.5, 0.5, 0.6, 0.4, rotation),
    st.sampled_from([EllipseShape, RectShape, RadialGradient]),
    st.floats(-180, 180),
)


def grip_at(form: AnyForm, grip: Grip, selected: int | None = None) -> At:
    return dict(grips(form, ASPECT, selected, 0.05))[grip]


@pytest.mark.parametrize("form", FORMS)
@given(by=ways)
def test_a_shape_that_is_moved_and_moved_back_is_as_it_was(form: AnyForm, by: At) -> None:
    there = dragged(form, BODY, At(0, 0), by, ASPECT, NOTHING)
    back = dragged(there, BODY, by, At(0, 0), ASPECT, NOTHING)
    assert back.exact == form.exact


@given(form=boxes, index=st.integers(0, 3), by=ways)
def test_a_corner_follows_the_hand_and_the_opposite_one_stays(form: BoxForm, index: int, by: At) -> None:
    mine, opposite = Grip(Part.CORNER, index), Grip(Part.CORNER, (index + 2) % 4)
    start, stays = grip_at(form, mine), grip_at(form, opposite)
    pulled = dragged(form, mine, start, start.plus(by), ASPECT, NOTHING)
    assert grip_at(pulled, mine) == pytest.approx(start.plus(by), abs=1e-6)
    assert grip_at(pulled, opposite) == pytest.approx(stays, abs=1e-6)


@given(form=boxes, index=st.integers(0, 3), by=ways)
def test_a_free_corner_keeps_the_middle_and_an_even_one_the_proportions(form: BoxForm, index: int, by: At) -> None:
    grip = Grip(Part.CORNER, index)
    start = grip_at(form, grip)
    free = dragged(form, grip, start, start.plus(by), ASPECT, FREE)
    even = dragged(form, grip, start, start.plus(by), ASPECT, EVEN)
    middle, frame = frame_of(free, ASPECT), frame_of(even, ASPECT)
    assert middle is not None
    assert frame is not None
    assert middle.middle == pytest.approx((0.5 * ASPECT, 0.5), abs=1e-9)
    assert frame.width / frame.height == pytest.approx(1.5)


@given(form=boxes, index=st.integers(0, 3), by=ways)
def test_a_side_changes_one_length_only(form: BoxForm, index: int, by: At) -> None:
    grip = Grip(Part.SIDE, index)
    start = grip_at(form, grip)
    pulled = dragged(form, grip, start, start.plus(by), ASPECT, NOTHING)
    assert isinstance(pulled, EllipseShape | RectShape | RadialGradient)
    assert (pulled.height if index % 2 else pulled.width) == (form.height if index % 2 else form.width)


@pytest.mark.parametrize("form", [f for f in FORMS if not isinstance(f, LinearGradient)])
@pytest.mark.parametrize("angle", [30.0, 90.0, -135.0])
def test_the_turning_grip_turns_about_the_middle(form: AnyForm, angle: float) -> None:
    frame = frame_of(form, ASPECT)
    assert frame is not None
    start = turn_grip(frame, 0.1)
    now = frame.middle.plus((start - frame.middle).turned(radians(angle)))
    turned = dragged(form, Grip(Part.TURN), start, now, ASPECT, NOTHING)
    if isinstance(form, PathShape):
        assert isinstance(turned, PathShape)
        for before, after in zip(form.points, turned.points, strict=True):
            was, is_ = (At(p.x * ASPECT, p.y) - frame.middle for p in (before, after))
            assert is_ == pytest.approx(was.turned(radians(angle)), abs=1e-9)
    else:
        assert not isinstance(turned, PathShape | LinearGradient)
        assert (turned.rotation - frame.rotation) % 360.0 == pytest.approx(angle % 360.0)


def test_shift_turns_in_steps_and_keeps_the_ends_of_a_gradient_at_angles() -> None:
    form = RectShape(0.5, 0.5, 0.4, 0.4, 7.0)
    start = grip_at(form, Grip(Part.TURN))
    turned = dragged(form, Grip(Part.TURN), start, start.plus(At(0.2, 0.1)), ASPECT, EVEN)
    assert isinstance(turned, RectShape)
    assert turned.rotation / 15.0 == pytest.approx(round(turned.rotation / 15.0))
    assert turned.rotation != 0.0
    ramp = dragged(FORMS[3], Grip(Part.END, 1), At(0, 0), At(1.0, 0.62), ASPECT, EVEN)
    assert isinstance(ramp, LinearGradient)
    angle = degrees(atan2(ramp.y1 - ramp.y0, (ramp.x1 - ramp.x0) * ASPECT))
    assert angle / 15.0 == pytest.approx(round(angle / 15.0))


def test_the_other_handle_turns_along_until_it_is_broken() -> None:
    smooth = toggled(TRIANGLE, 1, ASPECT)
    grip = Grip(Part.OUT, 1)
    start = grip_at(smooth, grip, selected=1)
    pulled = dragged(smooth, grip, start, start.plus(At(0.05, 0.1)), ASPECT, NOTHING)
    broken = dragged(smooth, grip, start, start.plus(At(0.05, 0.1)), ASPECT, FREE)
    assert isinstance(pulled, PathShape)
    assert isinstance(broken, PathShape)

    def arms(form: PathShape) -> tuple[At, At]:
        point = form.points[1]
        return At(point.into[0] * ASPECT, point.into[1]), At(point.out[0] * ASPECT, point.out[1])

    assert is_smooth(*arms(pulled))
    assert arms(pulled)[0].length == pytest.approx(arms(smooth)[0].length)
    assert arms(broken)[0] == arms(smooth)[0]
    again = dragged(broken, Grip(Part.INTO, 1), At(0, 0), At(1.2, 0.1), ASPECT, NOTHING)
    assert isinstance(again, PathShape)
    assert arms(again)[1] == pytest.approx(arms(broken)[1])  # what was broken stays so


def test_a_corner_made_smooth_and_sharp_again_is_the_corner() -> None:
    assert toggled(toggled(TRIANGLE, 2, ASPECT), 2, ASPECT) == TRIANGLE


@pytest.mark.parametrize("form", FORMS[:3])
def test_the_middle_is_inside_and_the_rim_is_near(form: AnyForm) -> None:
    frame = frame_of(form, ASPECT)
    assert frame is not None
    assert contains(form, frame.middle, ASPECT)
    assert not contains(form, frame.at((1.2, 0)), ASPECT)
    assert distance_to(form, frame.at((1, 0)), ASPECT) < 1e-3


def test_a_gradient_has_no_inside() -> None:
    assert not contains(FORMS[3], At(0.5 * ASPECT, 0.45), ASPECT)
    assert distance_to(FORMS[3], At(0.5 * ASPECT, 0.45), ASPECT) == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("segment", [0, 1, 2])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_the_nearest_place_of_a_path_is_found_where_it_is(segment: int, share: float) -> None:
    a, d = LEAF.points[segment], LEAF.points[(segment + 1) % 3]
    s, t = 1.0 - share, share
    corners = ((a.x, a.y), (a.x + a.out[0], a.y + a.out[1]), (d.x + d.into[0], d.y + d.into[1]), (d.x, d.y))
    weights = (s**3, 3 * s * s * t, 3 * s * t * t, t**3)
    x, y = (sum(w * c[axis] for w, c in zip(weights, corners, strict=True)) for axis in (0, 1))
    away, found, where = nearest_on_path(LEAF, At(x * ASPECT, y), ASPECT)
    assert (away, found, where) == (pytest.approx(0.0, abs=1e-3), segment, pytest.approx(share, abs=0.01))


@given(to=ways)
def test_an_even_ellipse_is_a_circle_in_the_picture(to: At) -> None:
    made = drawn_box(EllipseShape, At(0.8, 0.5), At(0.8, 0.5).plus(to), ASPECT, EVEN)
    assert made.width == made.height
    assert cos(radians(made.rotation)) == 1.0
