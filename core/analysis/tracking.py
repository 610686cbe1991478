"""Tracking: one pass over every frame of a medium, and where the camera was at each of them.

`ShotTracker` is fed one frame after the other and keeps of each only what was measured, so that a film of any length needs
little memory and the pass can rest between any two frames. `track_shot` drives it. Engine thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from math import atan, cos, sin
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from core.analysis.appearance import Appearance
from core.analysis.boxes import find_with
from core.analysis.car_shape import find_by_shape
from core.analysis.cuts import CutFinder, colors_of
from core.analysis.egomotion import (
    DETAIL_PX,
    GroundStep,
    Lens,
    Turn,
    detail,
    find_ground_step,
    find_turn,
    follow_points,
    grid,
    ground_before,
)
from core.analysis.flow import FloatImage, Grey8
from core.analysis.level import level_row
from core.analysis.pace import Pause, no_pause
from core.analysis.path import Link, poses_of
from core.analysis.proposals import is_driven, street_lights
from core.analysis.standing import StandFinder
from core.analysis.vehicles import VehicleTracker
from core.camera import Pose
from core.cancel import CancelToken
from core.errors import MediaError
from core.frame import Frame
from core.frame_times import FrameTimes
from core.media.facts import MediaFacts, VideoFacts
from core.models.adapters import Detector
from core.objects import SceneObject
from core.progress import Progress, ProgressSink
from core.scene import Scene, Tracking
from core.words import msg

LONG_SIDE_PX: Final = 640
"""Of the frames that are read: a car eighty metres off is then a dozen pixels wide."""
PATH_SIDE_PX: Final = 320
"""Of the pictures that the camera is followed in."""
SAY_EVERY_S: Final = 0.1
NEAREST_ROW: Final = 0.04
"""Ground is looked at from this far below the horizon, in heights; above, a pixel of pitch is worth more than all speed."""
EDGE_ROW: Final = 0.97
"""And down to here: films often have a dark line at the edge."""
RIDING_MEMORY: Final = 0.1
"""Weight of the newest frame in what is taken to ride along with the camera."""
RIDING_CONTRAST: Final = 1.0
"""Rest, in code values, of what rides along if it is laid over as ground."""
RIDING: Final = 0.4
BESIDE_RIDING: Final = 0.1
"""Share of the neighbourhood that may ride along: detail is what differs from that neighbourhood."""
HEADING_ROW_DOUBT: Final = 0.02
"""How far, in heights, a camera may head above or below its ground: roads rise, cars pitch, drones climb."""
LEVEL_EVERY: Final = 6
"""Frames between two looks for a line between sea and sky."""
LEVEL_DOUBT: Final = 0.008
LOST_AFTER: Final = 12
"""Frames in a row that disagree with the speed so far, after which it is looked for anew."""
NO_SPEED: Final = 0.002
"""Heights a frame."""
STRAY_SPEED: Final = 0.35
"""Disagreement, as a share."""


def tracking_size(video: VideoFacts) -> tuple[int, int]:
    """(width, height) of the frames that tracking looks at: long side 640, or the source's own where that is smaller."""
    return size_of(video, LONG_SIDE_PX)


def size_of(video: VideoFacts, long_side: int) -> tuple[int, int]:
    """(width, height) of a picture with this long side, or the source's own where that is smaller."""
    scale = min(1.0, long_side / max(video.width, video.height))
    return max(1, round(video.width * scale)), max(1, round(video.height * scale))


def track_shot(
    read: Callable[[int], Frame],
    index: FrameTimes,
    facts: MediaFacts,
    scene: Scene,
    cancel: CancelToken,
    progress: ProgressSink,
    detector: Detector | None = None,
) -> Tracking:
    """Where the camera was at every frame, where shots end, what drives on the road. `read` gives a frame at `tracking_size` or larger.

    Vehicles are looked for by their shape, and by a detector where there is one. Frames that cannot be read are passed over.
    Raises `MediaError` when none can, and `Cancelled`.
    """
    tracker = ShotTracker(scene, index, facts.video, detector)
    began = said = time.monotonic()
    damage: MediaError | None = None
    for frame in range(index.count):
        cancel.check()
        now = time.monotonic()
        if now - said >= SAY_EVERY_S:
            progress(Progress(msg("Following the camera"), frame, index.count, now - began))
            said = now
        try:
            tracker.step(frame, read(frame))
        except MediaError as problem:
            damage = problem
    if damage is not None and not tracker.has_seen_any:
        raise damage
    progress(Progress(msg("Following the camera"), index.count, index.count, time.monotonic() - began))
    return tracker.finish(cancel.check)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept of the newest frame until the next has come."""

    number: int
    grey: Grey8
    detail: FloatImage


class ShotTracker:
    """Fed frames in rising order with `step`; `finish` makes the path of what has been seen."""

    def __init__(self, scene: Scene, index: FrameTimes, video: VideoFacts, detector: Detector | None = None) -> None:
        self._scene, self._index = scene, index
        self._read_size = tracking_size(video)
        self._size = width, height = size_of(video, PATH_SIDE_PX)
        self._lens = Lens(scene.camera.focal, width / height)
        self._links: list[Link] = []
        self._cuts, self._stands = CutFinder(), StandFinder()
        self._last: _Seen | None = None
        self._ground = _GroundFollower(scene, self._lens, self._size, self._frame_s(0))
        find = find_by_shape if detector is None else find_with(detector)
        self._vehicles = VehicleTracker(scene.camera, self._read_size, find) if is_driven(scene) else None

    @property
    def has_seen_any(self) -> bool:
        return self._last is not None

    def step(self, frame: int, picture: Frame) -> None:
        """Look at a frame. Numbers rise; those left out could not be read."""
        large = Appearance.of(picture, self._read_size)
        look = large.reduced(self._size)
        here = _Seen(frame, look.grey, detail(look.grey))
        self._links.extend(Link() for _ in range(frame - len(self._links)))
        link, matched = Link(), 1.0
        if self._last is not None:
            link, matched = self._ground.follow(here.grey, here.detail, self._last.grey, self._last.detail)
            if self._last.number != frame - 1:
                link = Link()
        if frame % LEVEL_EVERY == 0 and (row := level_row(look.grey, self._ground.horizon)) is not None:
            link = replace(link, horizons=(*link.horizons, (row, LEVEL_DOUBT)))
        self._cuts.step(frame, colors_of(look.rgb), matched)
        self._stands.step(frame, here.detail)
        self._links.append(link)
        self._last = here
        if self._vehicles is not None:
            self._vehicles.step(frame, large, self._ground.horizon)

    def finish(self, pause: Pause = no_pause) -> Tracking:
        """The path, with a pose for every frame of the index. Empty where nothing has been seen. Raises what `pause` does."""
        if not self.has_seen_any:
            return Tracking()
        cuts = self._cuts.finish()
        self._links.extend(Link() for _ in range(self._index.count - len(self._links)))
        for stood, until in self._stands.finish():
            self._links[stood + 1 : until + 1] = [Link(is_still=True)] * (until - stood)
        poses: list[Pose] = []
        untold: list[tuple[int, int]] = []
        for first, end in zip((0, *cuts), (*cuts, len(self._links)), strict=True):
            seconds = [self._frame_s(frame) for frame in range(first, end)]
            shot, gaps = poses_of(self._links[first:end], seconds, self._scene.camera, first, pause)
            poses += shot
            untold += gaps
        pause()
        return Tracking(tuple(poses), self._objects(poses, cuts), cuts, tuple(untold))

    def _objects(self, poses: Sequence[Pose], cuts: tuple[int, ...]) -> tuple[SceneObject, ...]:
        """Vehicles that were found, and lights that a road like this would have."""
        if self._vehicles is None:
            return ()
        lengths = [self._frame_s(frame) for frame in range(len(poses))]
        starts = [0.0, *accumulate(lengths)][: len(poses)]
        found = self._vehicles.finish(poses, starts, cuts)
        firsts = {frame: poses[frame] for frame in (0, *cuts)}
        return found + street_lights(self._scene, firsts, self._lens.aspect)

    def _frame_s(self, frame: int) -> float:
        return float(self._index.duration_of(frame).seconds)


class _GroundFollower:
    """Keeps what is expected of the next pair: the speed, the heading, the horizon, and what rides along."""

    def __init__(self, scene: Scene, lens: Lens, size: tuple[int, int], frame_s: float) -> None:
        self._lens = lens
        self._has_ground = scene.has_ground
        self._level = scene.camera.horizon
        self._horizon = scene.camera.horizon
        width, height = size
        ys, xs = np.mgrid[0:height, 0:width]
        self._at = np.stack(((xs + 0.5 - width / 2) / height, (ys + 0.5 - height / 2) / height), -1).reshape(-1, 2)
        self._rows = ((np.arange(height) + 0.5) / height)[:, None]
        self._riding, self._looked = np.zeros((height, width), np.float32), 0
        motion, told = scene.motion, scene.motion_confidence >= 0.5
        speed = motion.forward_m_s * frame_s / scene.camera.height_m
        self._sign = -1.0 if speed < 0 else 1.0
        self._side = motion.right_m_s / motion.forward_m_s if told and motion.forward_m_s else 0.0
        self._known: float | None = abs(speed) if told and speed else None
        self._strays = 0

    @property
    def horizon(self) -> float:
        """Row where it is taken to be at the newest frame, a share."""
        return self._horizon

    def follow(self, here: Grey8, mine: FloatImage, before: Grey8, theirs: FloatImage) -> tuple[Link, float]:
        """What is measured between two neighbouring frames, and the share of points that could be followed."""
        ys, xs = grid(*here.shape)
        points = follow_points(here, before, self._riding[ys, xs] > RIDING)
        heading = (self._side * self._lens.focal, self._horizon - 0.5)
        turn = find_turn(points, self._lens, heading, self._sign * (self._known or 0.0))
        self._horizon += turn.pitch * self._lens.focal + 0.05 * (self._level - self._horizon)
        step = self._ground_step(mine, theirs, turn) if self._has_ground else None
        if turn.is_still and step is None:
            return Link(is_still=True), points.followed
        return self._link(turn, step), points.followed

    def _ground_step(self, mine: FloatImage, theirs: FloatImage, turn: Turn) -> GroundStep | None:
        usable = (self._rows > self._horizon + NEAREST_ROW) & (self._rows < EDGE_ROW) & np.ones(mine.shape, np.bool_)
        if self._known:
            rides = self._rides(mine, theirs, turn, self._known)
            fixed = (self._riding > RIDING).astype(np.float32)
            usable &= ~rides & (cv2.blur(fixed, (DETAIL_PX, DETAIL_PX)) < BESIDE_RIDING)
        expected = (self._horizon, self._side, self._sign)
        step = find_ground_step(mine, theirs, usable, turn, self._lens, expected, self._known)
        if step is None:
            return None
        return self._expect(step)

    def _rides(self, mine: FloatImage, theirs: FloatImage, turn: Turn, speed: float) -> npt.NDArray[np.bool_]:
        """(H, W): what has not changed although the ground there would have. Dashboards, bonnets, reflections in the glass."""
        params = np.array(
            [self._sign * speed, self._sign * speed * self._side, turn.pitch, turn.yaw, self._horizon - 0.5]
        )
        height, width = mine.shape
        there = ground_before(self._at, params, turn.roll, self._lens.focal) * height + (
            width / 2 - 0.5,
            height / 2 - 0.5,
        )
        x, y = (there[:, i].reshape(height, width).astype(np.float32) for i in (0, 1))
        moved = cv2.remap(theirs, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        as_moving, as_riding = (cv2.blur(np.abs(mine - other), (5, 5)) for other in (moved, theirs))
        rides = (as_riding < 0.5 * as_moving) & (as_moving > RIDING_CONTRAST)
        rides &= self._rows > self._horizon + NEAREST_ROW
        if turn.is_still:
            return np.asarray(rides, np.bool_)
        self._looked += 1
        self._riding += max(RIDING_MEMORY, 1.0 / self._looked) * (rides - self._riding)
        return np.asarray(rides, np.bool_)

    def _expect(self, step: GroundStep) -> GroundStep | None:
        """Take the speed over into what is expected; one that strays is not believed until it has stayed a while."""
        speed = abs(step.ahead)
        if step.at_bound or speed < NO_SPEED:
            return None
        if self._known is None:
            if step.ahead_doubt < 0.1 * speed:
                self._known, self._strays = speed, 0
            return step
        if abs(speed - self._known) > STRAY_SPEED * self._known:
            self._strays += 1
            if self._strays >= LOST_AFTER:
                self._known, self._strays = None, 0
            return None
        self._strays = 0
        self._known += 0.2 * (speed - self._known)
        return step

    def _link(self, turn: Turn, step: GroundStep | None) -> Link:
        pitch = atan((self._horizon - 0.5) / self._lens.focal)
        yaw = turn.yaw * cos(pitch) - turn.roll * sin(pitch)
        horizons: list[tuple[float, float]] = []
        link = Link(pitch=turn.pitch, yaw=yaw, turn_doubt=turn.doubt)
        if step is None:
            return link
        horizons.append((step.horizon, 2.0 * step.horizon_doubt))
        horizons.append((0.5 + turn.heading[1], max(2.0 * turn.heading_doubt[1], HEADING_ROW_DOUBT)))
        self._horizon += 0.1 * (step.horizon - self._horizon)
        return Link(
            pitch=turn.pitch,
            yaw=yaw,
            turn_doubt=turn.doubt,
            horizons=tuple(horizons),
            ahead=step.ahead,
            ahead_doubt=step.ahead_doubt,
            side=step.right / step.ahead,
            side_doubt=max(step.right_doubt / abs(step.ahead), 0.003),
        )
