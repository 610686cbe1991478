"""A survey: what the analysis knows of a clip, as files that other programs read.

Everything comes through `Sources`, so a survey fills the caches that rendering reads, and shows what rendering would use.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from math import atan, degrees
from pathlib import Path
from time import monotonic
from typing import Any, Final

import numpy as np
import torch

from core.cancel import CancelToken
from core.errors import MediaError
from core.extension.spec import MapKind
from core.extension.translator import Maps
from core.media.facts import MediaFacts
from core.media.images import write_exr, write_grey_exr, write_grey_png
from core.media.output import export_errors
from core.media.sequence import image_path
from core.models.adapters import NONE, ModelSet
from core.objects import ObjectKind, SceneObject, Spot
from core.progress import Progress, ProgressSink
from core.render.media_plan import PlanParams, analysis_of, decode_of
from core.render.nodes import Analysis
from core.render.services import Services
from core.render.sources import Sources
from core.render.stages.analyse import with_whole_surfaces
from core.scene import NO_CORRECTIONS, Scene, SurfaceClass, Tracking, scene_at

Write = Callable[[], None]
SCENE_NAME: Final = "scene.json"
NAMES: Final = {
    MapKind.SKY: ("sky_%05d.png",),
    MapKind.GROUND: ("ground_%05d.png",),
    MapKind.DEPTH: ("depth_%05d.exr",),
    MapKind.CLASSES: tuple(f"class_{kind}_%05d.png" for kind in SurfaceClass),
    MapKind.NORMALS: ("normals_%05d.exr",),
    MapKind.FLOW: ("flow_%05d.exr",),
}
"""Files of each kind of map, by source frame number."""
BEHIND: Final = 8
"""Files that may wait to be written."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was surveyed. `frames` count from 0, as in the medium's frame table."""

    facts: MediaFacts
    frames: range
    scene: Scene
    tracking: Tracking | None
    passed_over: tuple[int, ...]
    """Those of `frames` that are missing or damaged, and have no maps."""
    elapsed_s: float
    models: ModelSet = NONE

    @property
    def notes(self) -> tuple[str, ...]:
        """Plain sentences on what does not hold."""
        notes = self.models.notes + self.scene.notes
        if self.tracking is not None:
            notes += self.tracking.notes(self.frames, self.facts.first_number)
        if self.passed_over:
            count = f"{len(self.passed_over)} of {len(self.frames)} frames"
            notes += (f"{count} are missing or damaged and were passed over.",)
        return notes


def survey(
    services: Services,
    facts: MediaFacts,
    frames: range,
    kinds: tuple[MapKind, ...],
    out: Path,
    cancel: CancelToken,
    progress: ProgressSink,
) -> Survey:
    """Find the scene of a clip and the maps of some of its frames, and write them into the folder `out`.

    Frames that cannot be read are passed over; where none can, that is an error. On whatever thread may own the services'
    device. Raises `MediaError`, `ExportError`, `Cancelled`.
    """
    with export_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    with closing(Sources(services, lambda _, now: progress(now))) as sources, _Writer() as writer:
        first = _analysis(services, sources, facts, frames[0], kinds)
        scene = sources.scene(first, cancel)
        tracking = sources.tracking(first, cancel)
        mapping = monotonic()
        passed_over: list[int] = []
        for done, frame in enumerate(frames):
            cancel.check()
            progress(Progress("Mapping", done, len(frames), monotonic() - mapping))
            node = _analysis(services, sources, facts, frame, kinds)
            video = facts.video
            source = decode_of(facts, frame, (video.width, video.height), sources.version)
            try:
                maps = with_whole_surfaces(sources.maps(node, source, cancel), source.size)
            except MediaError:
                passed_over.append(frame)
                if len(passed_over) == len(frames):
                    raise
                continue
            writer.write(_files(maps, kinds, out, facts.first_number + frame))
        writer.finish()
        progress(Progress("Mapping", len(frames), len(frames), monotonic() - mapping))
        found = Survey(
            facts, frames, scene, tracking, tuple(passed_over), monotonic() - began, services.analyser.models
        )
        with export_errors(out / SCENE_NAME):
            text = json.dumps(described(found, sources, kinds), indent=1, ensure_ascii=False)
            (out / SCENE_NAME).write_text(text + "\n", encoding="utf-8")
    return found


def _analysis(
    services: Services, sources: Sources, facts: MediaFacts, frame: int, kinds: tuple[MapKind, ...]
) -> Analysis:
    """By the very names that rendering gives."""
    size = facts.video.width, facts.video.height
    params = PlanParams(
        index_of=sources.index_of,
        spec_of=services.translators.spec,
        analyser_version=services.analyser.version,
        models_of=services.analyser.models_of,
        source_version=sources.version,
        size_of=lambda _: size,
        canvas=size,
    )
    return analysis_of(facts, frame, kinds, params)


# ---- files ----------------------------------------------------------------------------------------------------


class _Writer:
    """Writes files on a thread of its own, so that the next frame is mapped meanwhile."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="survey")
        self._waiting: list[Future[None]] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def write(self, files: Iterable[Write]) -> None:
        """Raises what an earlier file failed with."""
        self._waiting += [self._pool.submit(file) for file in files]
        while len(self._waiting) > BEHIND:
            self._waiting.pop(0).result()

    def finish(self) -> None:
        """Wait for all. Raises `ExportError`."""
        while self._waiting:
            self._waiting.pop(0).result()


def _files(maps: Maps, kinds: tuple[MapKind, ...], out: Path, number: int) -> list[Write]:
    """How each file of a frame is written."""
    files: list[Write] = []
    for kind in kinds:
        paths = [image_path(out / name, number) for name in NAMES[kind]]
        match kind:
            case MapKind.SKY | MapKind.GROUND:
                plane = maps.sky if kind is MapKind.SKY else maps.ground
                files.append(partial(write_grey_png, paths[0], _planes(plane)[0]))
            case MapKind.DEPTH:
                files.append(partial(write_grey_exr, paths[0], _planes(maps.inverse_depth)[0]))
            case MapKind.CLASSES:
                files += [
                    partial(write_grey_png, path, plane)
                    for path, plane in zip(paths, _planes(maps.classes), strict=True)
                ]
            case MapKind.NORMALS:
                files.append(partial(write_exr, paths[0], _as_image(_planes(maps.normals)), is_half=False))
            case MapKind.FLOW:
                flow = _planes(maps.flow)
                files.append(
                    partial(write_exr, paths[0], _as_image(np.stack((*flow, np.zeros_like(flow[0])))), is_half=False)
                )
    return files


def _planes(tensor: torch.Tensor | None) -> np.ndarray:
    assert tensor is not None, "every kind that was asked for is there"
    return np.asarray(tensor.cpu().numpy(), np.float32)


def _as_image(planes: np.ndarray) -> np.ndarray:
    """(C, H, W) as (H, W, C)."""
    return np.ascontiguousarray(planes.transpose(1, 2, 0))


# ---- the scene in words and numbers ---------------------------------------------------------------------------


def described(found: Survey, sources: Sources, kinds: tuple[MapKind, ...]) -> dict[str, Any]:
    """`scene.json`. Rows are shares of the height from the top, boxes shares of width and height, angles degrees."""
    scene, facts, camera = found.scene, found.facts, found.scene.camera
    video = facts.video
    aspect = video.width / video.height
    things = found.tracking.objects if found.tracking else ()
    return {
        "clip": facts.path,
        "size": [video.width, video.height],
        "rate": float(video.rate),
        "maps": {str(kind): list(NAMES[kind]) for kind in kinds},
        "sky": {"is_present": scene.has_sky, "confidence": scene.sky_confidence},
        "ground": {"is_present": scene.has_ground, "confidence": scene.ground_confidence},
        "horizon": {
            "row": camera.horizon,
            "confidence": scene.horizon_confidence,
            "is_measured": scene.horizon_confidence >= 0.5,
        },
        "camera": {
            "focal_heights": camera.focal,
            "field_of_view_deg": round(degrees(2 * atan(0.5 * aspect / camera.focal)), 2),
            "pitch_deg": round(degrees(camera.pitch_rad), 3),
            "height_m": camera.height_m,
            "is_measured": {
                "focal_heights": False,  # assumed by the picture's shape
                "field_of_view_deg": False,
                "pitch_deg": scene.horizon_confidence >= 0.5,
                "height_m": False,  # pictures know no scale
            },
        },
        "motion": {
            **asdict(scene.motion),
            "confidence": scene.motion_confidence,
            "is_measured": scene.motion_confidence >= 0.5,
        },
        "sun": asdict(scene.sun) if scene.sun else None,
        "vehicles": [_object(thing, found) for thing in things if thing.kind is ObjectKind.VEHICLE],
        "lights": [_object(thing, found) for thing in things if thing.kind is not ObjectKind.VEHICLE],
        "cuts": [facts.first_number + cut for cut in found.tracking.cuts] if found.tracking else [],
        "models": [asdict(model) for model in found.models.used],
        "notes": list(found.notes),
        "frames": [_frame(found, sources, f, aspect) for f in found.frames if f not in found.passed_over],
    }


def _frame(found: Survey, sources: Sources, frame: int, aspect: float) -> dict[str, Any]:
    """The camera as it is at one frame."""
    index = sources.index_of(found.facts)
    seconds, frame_s = float(index.time_of(frame)), float(index.duration_of(frame))
    here = scene_at(found.scene, found.tracking, NO_CORRECTIONS, aspect, frame, seconds, frame_s)
    pose = {name: round(value, 5) for name, value in asdict(here.pose).items()}
    horizon = pose.pop("horizon")
    return {
        "frame": found.facts.first_number + frame,
        "horizon": horizon,
        "is_tracked": bool(found.tracking and found.tracking.poses),
        "pose": pose,
    }


def _object(thing: SceneObject, found: Survey) -> dict[str, Any]:
    first_number, count = found.facts.first_number, found.facts.video.frame_count
    cuts = found.tracking.cuts if found.tracking else ()
    return {
        "id": thing.id,
        "kind": str(thing.kind),
        "facing": str(thing.facing),
        "repeat_m": thing.repeat_m,
        "confidence": thing.confidence,
        "boxes": [
            {"frame": first_number + spot.frame, **asdict(spot.box)} for spot in _spots_inside(thing, cuts, count)
        ],
    }


def _spots_inside(thing: SceneObject, cuts: tuple[int, ...], count: int) -> tuple[Spot, ...]:
    """The spots of a thing without those beyond its shot, which only keep its lamps from fading where the shot begins and ends."""
    spots = thing.spots
    if not thing.kind.moves:
        return spots
    starts, ends = {0, *cuts}, {count - 1, *(cut - 1 for cut in cuts)}
    since = 1 if len(spots) > 1 and spots[1].frame in starts else 0
    until = -1 if len(spots) > 1 and spots[-2].frame in ends else None
    return spots[since:until]
