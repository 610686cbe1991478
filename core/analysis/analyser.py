"""The analyser: first a shot is understood as a whole, then each frame is mapped by itself.

`analyse_shot` reads a few pairs of frames spread over the shot and finds what is constant: horizon, camera, motion, and the
colours of sky and ground. `maps` is then a function of one frame and that scene, so it can be asked in any order. Both work
at `work_size`, whatever the size of a preview. Engine thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch

from core.analysis.appearance import Appearance
from core.analysis.flow import FloatImage, Grey8
from core.analysis.ground import GroundModel, fit_ground
from core.analysis.level import level_row
from core.analysis.mapping import flow_map, still_maps
from core.analysis.motion import GroundSpeed, Heading, Track, find_ground_speed, find_heading
from core.analysis.pace import Pause, with_pauses
from core.analysis.sky import SkyModel, fit_sky, sky_matte
from core.analysis.sun import find_sun
from core.analysis.tracking import size_of, track_shot, tracking_size
from core.camera import Camera, Motion
from core.cancel import CancelToken
from core.errors import MediaError
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.frame import Frame
from core.frame_times import FrameTimes
from core.media.facts import MediaFacts, VideoFacts
from core.models.adapters import NONE, ModelSet
from core.models.tasks import Task
from core.progress import Progress, ProgressSink
from core.scene import Scene, Tracking
from core.words import msg

VERSION: Final = "15"
LONG_SIDE_PX: Final = 480
PAIRS: Final = 12
PAUSES: Final = 246
SAY_EVERY_S: Final = 0.1
"""Whoever scrubs meanwhile is shown where they are at this pace."""
USUAL_HORIZON: Final = 0.47
LANDSCAPE_FOCAL, PORTRAIT_FOCAL = 1.1, 0.7
"""Focal lengths in picture heights that are assumed; no lens is measured yet."""
WIDE_FOCAL: Final = 0.6
"""The same in picture widths, for pictures so wide that this is more."""
LEVEL_CONFIDENCE: Final = 0.9
"""How sure a horizon is that is seen as a line."""
EYE_HEIGHT_M: Final = 1.4
OVERLOOK: Final = 0.03
"""Share of the height that things may rise above the horizon of a camera that is taken to stand above them."""
OVERLOOK_HEIGHT_M: Final = 10.0
HOVER_SPEED_M_S: Final = 7.0
"""Speed of a camera that overlooks its ground and moves: it flies."""
HIGHEST_M: Final = 40.0
DARK_CODE: Final = 45
"""Grey value, 0 to 255, below which half of a shot is when it was taken in the dark."""
DARK_NOTE: Final = msg(
    "This shot was taken in the dark: a day's light lifts it three stops at most, and where it is black it stays so."
)

TASKS_OF: Final[Mapping[MapKind | None, tuple[Task, ...]]] = {
    None: (Task.DETECTOR,),
    MapKind.SKY: (Task.SEGMENTATION,),
    MapKind.GROUND: (Task.SEGMENTATION,),
    MapKind.DEPTH: (Task.SEGMENTATION, Task.DEPTH),
    MapKind.CLASSES: (Task.SEGMENTATION,),
    MapKind.NORMALS: (Task.SEGMENTATION,),
    MapKind.FLOW: (),
}
"""The models that each map is made with, and the tracking under None."""
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pair:
    """A frame of the shot, the one before it (None at a lone frame), and the seconds between them."""

    here: Appearance
    before: Appearance | None
    seconds: float


class Analyser:
    """Finds sky, ground, depth, surfaces, flow, horizon and motion by itself; `models` that are at hand refine the maps."""

    def __init__(self, models: ModelSet = NONE) -> None:
        self._models = models

    @property
    def version(self) -> str:
        """Of what is found without any model: the scene of a shot."""
        return VERSION

    @property
    def models(self) -> ModelSet:
        return self._models

    def models_of(self, finding: MapKind | None) -> str:
        """Digest of the models that feed a map, or the tracking: what was found with others is another finding."""
        return self._models.digest(*TASKS_OF[finding])

    def work_size(self, video: VideoFacts) -> Size:
        """(width, height): long side 480, or the source's own size where that is smaller."""
        return size_of(video, LONG_SIDE_PX)

    def tracking_size(self, video: VideoFacts) -> Size:
        """(width, height) of the frames that are followed: every one is read, so they are smaller."""
        return tracking_size(video)

    def sample_frames(self, count: int, damaged: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Frames read, each with the one before, of a shot of `count` frames: evenly spread, clear of both ends.

        Images that are numbered in steps leave most frames out; then it is those that are there.
        """
        missing = frozenset(damaged)
        there = [frame for frame in range(count) if frame not in missing] or [0]
        followed = [frame for frame in there if frame - 1 >= 0 and frame - 1 not in missing]
        whole = followed if 2 * len(followed) >= len(there) - 1 and followed else there
        return tuple(sorted({whole[int((i + 0.5) * len(whole) / PAIRS)] for i in range(PAIRS)}))

    def analyse_shot(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Scene:
        """The shot as understood. `read` gives a frame at the work size.

        Frames that cannot be read are passed over. Raises `MediaError` when none can, and `Cancelled`.
        """
        frames = self.sample_frames(index.count, index.damaged)
        missing = frozenset(index.damaged)
        steps = _Steps(2 * len(frames), cancel, progress)
        size = self.work_size(facts.video)
        pairs: list[Pair] = []
        damage: MediaError | None = None
        for done, frame in enumerate(frames):
            steps.reached(done)
            try:
                before = Appearance.of(read(frame - 1), size) if frame and frame - 1 not in missing else None
                here = Appearance.of(read(frame), size)
            except MediaError as problem:
                damage = problem
                continue
            pairs.append(Pair(here, before, float(index.duration_of(max(0, frame - 1)))))
        if damage is not None and not pairs:
            raise damage
        scene = understand(pairs, steps.pause)
        steps.reached(2 * len(frames))
        return scene

    def track(
        self,
        read: Callable[[int], Frame],
        index: FrameTimes,
        facts: MediaFacts,
        scene: Scene,
        cancel: CancelToken,
        progress: ProgressSink,
    ) -> Tracking:
        """Where the camera was at every frame. `read` gives a frame at `tracking_size`, and is asked in order.

        Frames that cannot be read are passed over. Raises `MediaError` when none can, and `Cancelled`.
        """
        return track_shot(read, index, facts, scene, cancel, progress, self._models.detector)

    def maps(
        self, frame: Frame, previous: Frame | None, scene: Scene, kinds: tuple[MapKind, ...], cancel: CancelToken
    ) -> Maps:
        """The maps asked for, at the size and on the device of `frame`. Raises `Cancelled`.

        Without a `previous` frame the flow is zero.
        """
        picture = Appearance.of(frame, frame.size)
        cancel.check()
        found = still_maps(picture, scene, kinds, self._models)
        if MapKind.FLOW in kinds:
            cancel.check()
            found[MapKind.FLOW] = flow_map(picture, None if previous is None else Appearance.of(previous, frame.size))
        cancel.check()
        planes = {kind: torch.from_numpy(plane).to(frame.device) for kind, plane in found.items()}
        return Maps(
            sky=planes.get(MapKind.SKY),
            ground=planes.get(MapKind.GROUND),
            inverse_depth=planes.get(MapKind.DEPTH),
            flow=planes.get(MapKind.FLOW),
            classes=planes.get(MapKind.CLASSES),
            normals=planes.get(MapKind.NORMALS),
        )


class _Steps:
    """How far the analysis of a shot is: one step a frame read, and as many for understanding what was read.

    The latter are an estimate from the pauses: most shots take about PAUSES of them, none is told to be done before it is.
    """

    def __init__(self, total: int, cancel: CancelToken, progress: ProgressSink) -> None:
        self._total, self._cancel, self._progress = total, cancel, progress
        self._began = time.monotonic()
        self._said = 0.0
        self._pauses = 0

    def reached(self, done: int) -> None:
        """Raises `Cancelled`."""
        self._cancel.check()
        self._said = time.monotonic()
        self._progress(Progress(msg("Analysing the shot"), done, self._total, self._said - self._began))

    def pause(self) -> None:
        """Raises `Cancelled`."""
        self._cancel.check()
        self._pauses += 1
        if time.monotonic() - self._said >= SAY_EVERY_S:
            half = self._total // 2
            self.reached(half + min(half - 1, half * self._pauses // PAUSES))


# ---- the shot -----------------------------------------------------------------------------------------------------


def understand(pairs: Sequence[Pair], pause: Pause) -> Scene:
    """The scene of a shot from pairs at the work size, at least one. Raises what `pause` does."""
    samples = [pair.here for pair in pairs]
    aspect = samples[0].width / samples[0].height
    focal = _focal(aspect)
    greys = [(pair.here.grey, pair.before.grey) for pair in pairs if pair.before is not None]
    tracks = [Track.of(here, before) for here, before in with_pauses(greys, pause)]
    heading = find_heading(tracks, focal, aspect, pause)
    guess = heading.row if heading.confidence >= 0.5 else USUAL_HORIZON + 0.03
    model, sky_confidence = fit_sky(samples, guess, heading.confidence, pause)
    skies = [np.zeros((s.height, s.width), np.float32) for s in samples]
    if sky_confidence >= 0.5:
        skies = [sky_matte(sample, model, guess, heading.confidence) for sample in with_pauses(samples, pause)]
    horizon, horizon_confidence = _level(samples, *_horizon(heading, skies), pause)
    if horizon_confidence < 0.5:
        camera = Camera(focal=focal, horizon=USUAL_HORIZON, height_m=EYE_HEIGHT_M)
        ground = fit_ground(samples, skies, USUAL_HORIZON, pause)  # for whoever sets a horizon by hand
        scene = _scene(camera, Motion(), sky_confidence, model, horizon_confidence, ground)
        return _in_its_light(scene, samples, skies)
    speed = _speed(greys, heading, horizon, focal, pause)
    seconds = float(np.mean([pair.seconds for pair in pairs]))
    rate = speed.heights_per_frame / seconds if speed.confidence >= 0.5 and seconds > 0 else 0.0
    height = _height(rate, overlooks=_overlooks(skies, horizon))
    camera = Camera(focal=focal, horizon=round(horizon, 4), height_m=round(height, 2))
    motion = _motion(rate * height, heading, aspect, focal)
    ground = fit_ground(samples, skies, horizon, pause)
    scene = _scene(camera, motion, sky_confidence, model, horizon_confidence, ground, speed)
    return _in_its_light(scene, samples, skies)


def _in_its_light(scene: Scene, samples: Sequence[Appearance], skies: Sequence[FloatImage]) -> Scene:
    """The scene with the sun as shot, and a note where it was shot without one."""
    dark = float(np.median([np.median(sample.grey) for sample in samples])) < DARK_CODE
    notes = (*scene.notes, DARK_NOTE) if dark else scene.notes
    return replace(scene, sun=find_sun(samples, skies, scene.camera), notes=notes)


def _focal(aspect: float) -> float:
    """Focal length in heights that is assumed: very wide pictures are cut from higher ones, so that it follows the width."""
    return max(LANDSCAPE_FOCAL, WIDE_FOCAL * aspect) if aspect >= 1.0 else PORTRAIT_FOCAL


def _level(samples: Sequence[Appearance], row: float, confidence: float, pause: Pause) -> tuple[float, float]:
    """The horizon and how sure it is, by the line between sea or plain and sky where one is seen often enough."""
    seen = [found for sample in with_pauses(samples, pause) if (found := level_row(sample.grey, row)) is not None]
    if 3 * len(seen) < len(samples):
        return row, confidence
    return float(np.median(seen)), max(confidence, LEVEL_CONFIDENCE)


def _horizon(heading: Heading, skies: Sequence[FloatImage]) -> tuple[float, float]:
    """Row of the horizon as a share of the height, and how sure: the heading, else the lower border of the sky.

    A border that runs level over the picture is the horizon itself; any other only says that the horizon is not above it.
    """
    borders = [rows for sky in skies if (rows := _lower_border(sky)).size]
    if not borders:
        return (heading.row, heading.confidence) if heading.confidence >= 0.5 else (USUAL_HORIZON, 0.0)
    lowest = float(np.median([np.percentile(rows, 90) for rows in borders]))
    if heading.confidence >= 0.5:
        return max(heading.row, lowest - 0.015), heading.confidence
    spread = float(np.median([np.subtract(*np.percentile(rows, (80, 30))) for rows in borders]))
    if spread < 0.02 and 0.08 < lowest < 0.92:
        return lowest, 0.8
    return max(USUAL_HORIZON, lowest), 0.6


def _overlooks(skies: Sequence[FloatImage], horizon: float) -> bool:
    """Whether next to nothing rises above the horizon: then the camera stands higher than what it sees."""
    borders = [rows for sky in skies if (rows := _lower_border(sky)).size]
    return bool(borders) and float(np.median([horizon - np.median(rows) for rows in borders])) < OVERLOOK


def _lower_border(sky: FloatImage) -> FloatImage:
    """Lowest sky row of each column that has sky, as shares of the height; empty where few columns have any."""
    inside = sky > 0.5
    rows = inside.shape[0] - np.argmax(inside[::-1], axis=0)
    rows = rows[inside.any(axis=0)]
    return np.asarray(rows / inside.shape[0] if rows.size >= 0.25 * inside.shape[1] else [], np.float32)


def _speed(
    greys: Sequence[tuple[Grey8, Grey8]], heading: Heading, horizon: float, focal: float, pause: Pause
) -> GroundSpeed:
    if heading.confidence < 0.5:
        return GroundSpeed()
    return find_ground_speed(greys[::2], heading, horizon, focal, pause)


def _height(rate: float, *, overlooks: bool) -> float:
    """Height of the lens in metres. Pictures know no scale, so it is a guess; `rate` is speed in heights a second."""
    if not overlooks:
        return EYE_HEIGHT_M
    return min(max(HOVER_SPEED_M_S / rate, EYE_HEIGHT_M), HIGHEST_M) if rate > 0.0 else OVERLOOK_HEIGHT_M


def _motion(speed_m_s: float, heading: Heading, aspect: float, focal: float) -> Motion:
    forward = speed_m_s if heading.is_forward else -speed_m_s
    side = (heading.column - 0.5) * aspect / focal
    return Motion(forward_m_s=round(forward, 3), right_m_s=round(forward * side, 3))


def _scene(
    camera: Camera,
    motion: Motion,
    sky_confidence: float,
    model: SkyModel,
    horizon_confidence: float,
    ground: GroundModel,
    speed: GroundSpeed | None = None,
) -> Scene:
    speed = speed or GroundSpeed()
    notes = []
    if sky_confidence < 0.5:
        notes.append(msg("No sky was found in this shot."))
    if horizon_confidence < 0.5:
        notes.append(msg("No ground plane was found: rain and snow only veil this shot, and haze is even."))
    elif speed.confidence < 0.5:
        notes.append(msg("The camera's speed could not be measured and is taken as zero."))
    if speed.at_bound:
        notes.append(msg("The camera moves faster than can be measured; its speed is a lower bound."))
    return Scene(
        camera=camera,
        motion=motion,
        sky_confidence=round(sky_confidence, 3),
        ground_confidence=round(horizon_confidence, 3),
        sky_model=model.as_numbers(),
        ground_model=ground.as_numbers(),
        horizon_confidence=round(horizon_confidence, 3),
        motion_confidence=round(speed.confidence, 3),
        notes=tuple(notes),
    )
