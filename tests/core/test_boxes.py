"""A detector's boxes become the faces that lamps hang on; what it is blind to is still found by shape."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
import torch
from builders import a_media
from cars import CAMERA, HEIGHT, WIDTH, car_box, street
from fakes import FakeIndex

from core.analysis.analyser import Analyser
from core.analysis.appearance import Appearance
from core.analysis.boxes import find_with, rear_face
from core.analysis.vehicles import find_by_shape
from core.camera import Motion
from core.cancel import CancelToken
from core.errors import ModelError
from core.frame import Frame
from core.models.adapters import Detection, ModelSet, Picture8
from core.objects import Box
from core.progress import ignore_progress
from core.scene import Scene

ASPECT = WIDTH / HEIGHT
HORIZON, LENS_M = CAMERA.horizon, CAMERA.height_m


@dataclass
class SeesReds:
    """A detector that boxes what is painted pure red, in whatever it is shown."""

    looked: list[tuple[int, int]] = field(default_factory=list)
    label: str = "car"

    def detect(self, rgb: Picture8) -> tuple[Detection, ...]:
        height, width = rgb.shape[:2]
        self.looked.append((width, height))
        ys, xs = np.nonzero((rgb[..., 0] > 200) & (rgb[..., 1] < 50))
        if not len(xs):
            return ()
        edges = xs.min() / width, ys.min() / height, (xs.max() + 1) / width, (ys.max() + 1) / height
        return (Detection(Box(*map(float, edges)), self.label, 0.8),)


def painted(box: Box) -> Appearance:
    look = street()
    y0, y1, x0, x1 = (round(v) for v in (box.top * HEIGHT, box.bottom * HEIGHT, box.left * WIDTH, box.right * WIDTH))
    look.rgb[max(0, y0) : y1, max(0, x0) : x1] = (1.0, 0.0, 0.0)
    return look


def with_flank(face: Box, share: float) -> Box:
    """A face and, towards the vanishing point, so much of its width as flank."""
    more = share * face.width
    if face.center[0] < 0.5:
        return Box(face.left, face.top, face.right + more, face.bottom)
    return Box(face.left - more, face.top, face.right, face.bottom)


@pytest.mark.parametrize("aside", [-4.0, 4.0])
@pytest.mark.parametrize("flank", [0.0, 0.5])
def test_the_flank_is_left_out_and_lies_towards_the_vanishing_point(aside: float, flank: float) -> None:
    face = car_box(14.0, aside)
    found = rear_face(Detection(with_flank(face, flank), "car", 0.9), HORIZON, LENS_M, ASPECT)
    assert found is not None
    assert found.overlap(face) > 0.97


@pytest.mark.parametrize(
    ("box", "why"),
    [
        (Box(0.4, 0.30, 0.6, 0.48), "it ends above the horizon"),
        (Box(0.45, 0.53, 0.47, 0.75), "it is narrower than anything that drives"),
        (Box(0.2, 0.10, 0.5, 0.70), "it is as tall as a house"),
        (Box(0.3, 0.66, 0.5, 0.70), "it is as low as paint on the road"),
        (Box(0.0, 0.45, 0.2, 0.70), "its face lies beyond the edge of the picture"),
    ],
)
def test_what_cannot_stand_there_as_a_vehicle_is_refused(box: Box, why: str) -> None:
    assert rear_face(Detection(box, "car", 0.9), HORIZON, LENS_M, ASPECT) is None, why


def test_a_bus_may_be_wider_and_taller_than_a_car() -> None:
    car = car_box(14.0, -4.0)
    bus = Box(car.left, car.bottom - 2.2 * car.height, car.left + 2.5 / 1.8 * car.width, car.bottom)
    assert rear_face(Detection(bus, "bus", 0.9), HORIZON, LENS_M, ASPECT) == bus
    assert rear_face(Detection(bus, "car", 0.9), HORIZON, LENS_M, ASPECT) is None


def test_the_distance_is_looked_at_again_enlarged_and_each_thing_is_found_once() -> None:
    detector, face = SeesReds(), car_box(30.0, -3.0)
    found = find_with(detector)(painted(face), HORIZON, LENS_M)
    assert detector.looked[0] == (WIDTH, HEIGHT)
    assert set(detector.looked[1:]) == {(WIDTH // 2, HEIGHT // 2)}
    (best,) = (c for c in found if c.box.overlap(face) > 0.3)
    assert best.box.overlap(face) > 0.8


def test_cars_too_small_for_a_detector_are_found_by_their_shape() -> None:
    near, far = car_box(20.0, 3.0), car_box(60.0, -2.0)
    found = find_with(SeesReds())(street(near, far), HORIZON, LENS_M)
    assert max((c.box.overlap(far) for c in found), default=0.0) > 0.5
    assert max((c.box.overlap(near) for c in found), default=0.0) < 0.3, "what is large is the detector's to judge"


class Fails:
    """A network that loads and then cannot be run."""

    def detect(self, rgb: Picture8) -> tuple[Detection, ...]:
        raise ModelError("The detector could not be run.")


def test_a_detector_that_fails_on_a_frame_leaves_it_to_the_shape() -> None:
    picture = street(car_box(20.0, 3.0), car_box(60.0, -2.0))
    by_shape = find_by_shape(picture, HORIZON, LENS_M)
    assert by_shape
    assert find_with(Fails())(picture, HORIZON, LENS_M) == by_shape


def test_a_detector_of_the_models_in_use_is_asked_while_a_drive_is_followed() -> None:
    facts = replace(a_media(), video=replace(a_media().video, width=WIDTH, height=HEIGHT))
    driven = Scene(
        CAMERA, Motion(forward_m_s=15.0), ground_confidence=1.0, horizon_confidence=1.0, motion_confidence=1.0
    )
    frame = Frame(torch.from_numpy(street().rgb.transpose(2, 0, 1).copy()))
    detector = SeesReds()
    Analyser(ModelSet(detector=detector)).track(
        lambda _: frame, FakeIndex.steady(5), facts, driven, CancelToken(), ignore_progress
    )
    assert detector.looked
