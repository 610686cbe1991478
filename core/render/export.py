"""An export as a walk over frames that stops after each, so that previews can come between.

It is cut into pieces of a second or two. A finished piece has a sidecar with the digest of everything it was made from, so
a killed export goes on where it was, makes the same film, and an edited project re-makes just the pieces it touched.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final

import cv2
import msgspec
import numpy as np
import torch

from core.cancel import CancelToken
from core.errors import ExportError
from core.evaluation.flicker import FlickerScore
from core.evaluation.heatmap import with_legend
from core.evaluation.report import RenderReport, write_csv, write_json
from core.frame import Frame
from core.ids import MediaId
from core.media.formats import Codec
from core.media.output import export_errors
from core.progress import Progress
from core.render.film import ExportFrame, plan_export, untouched_clip
from core.render.following import FOLLOWING
from core.render.keys import stage_key
from core.render.lookahead import FRAMES_AHEAD
from core.render.media_plan import PlanParams, canvas_sizes
from core.render.messages import ExportDone, ExportProgress, ExportRequest, Layer, Picture8
from core.render.nodes import Analysis, FramePlan
from core.render.plan import plan_frame
from core.render.record import clip_records
from core.render.renderer import Renderer, Samples
from core.render.services import Services
from core.render.sinks import Image, Piece, Shot, Sink
from core.render.sizes import Size, centred
from core.render.stages.layers import Layers
from core.render.targets import Footage, Target, open_target
from core.render.writer import Writer
from core.timebase import TimeRange
from core.version import VERSION
from core.words import msg, tr

EXPORT_VERSION: Final = 2
"""Bumped when the same pictures would be written in another way."""
FINE_BITS: Final = 16
"""Codes so fine that nobody sees them apart: no dither."""
FRAMES_A_PIECE: Final = 48
PICTURE_EVERY_S: Final = 1.0
PICTURE_HEIGHT_PX: Final = 270


class Sidecar(msgspec.Struct, frozen=True):
    """What is known of a finished piece."""

    digest: str
    scores: tuple[FlickerScore, ...]
    render_s: float
    write_s: float


@dataclass(slots=True)
class _Translated:
    """A medium whose frames are translated: the plan of the first of them, its analysis, and from which to which they are."""

    plan: FramePlan
    node: Analysis
    frames: range


@dataclass(slots=True)
class _Clock:
    """Seconds spent, for the report; the two run side by side."""

    render_s: float = 0.0
    """The engine thread's."""
    write_s: float = 0.0
    """The writer's."""


class ExportJob:
    """One export. Engine thread, with a writer's beside it. `run` yields after every frame and returns what was made.

    Raises `ExportError`, `MediaError`, `PluginError` with a sentence for the user, or `Cancelled`. Whatever happens, the
    final name is either untouched or a whole, verified film. Finished pieces stay beside it until `discard`. Whoever
    made the job closes it.
    """

    def __init__(
        self,
        request: ExportRequest,
        renderer: Renderer,
        services: Services,
        cancel: CancelToken,
        on_frame: Callable[[FramePlan], None],
    ) -> None:
        self._request = request
        self._renderer = renderer
        self._services = services
        self._cancel = cancel
        self._on_frame = on_frame
        self._target: Target | None = None
        self._began = time.perf_counter()
        self._pictured = 0.0
        self._clock = _Clock()
        self._writer = Writer()

    def run(self) -> Generator[ExportProgress, None, ExportDone]:
        project = self._request.project
        frames = plan_export(project, self._request.span, self._renderer.index_of)
        if not frames:
            raise ExportError(tr("There is nothing to export between the in and out points; move them or add a clip."))
        footage = self._footage(frames)
        target = self._target = open_target(self._request, footage)
        params = self._renderer.plan_params(canvas_sizes(target.canvas), target.canvas)
        shots = self._shots(frames, params)
        for shot in shots.values():
            yield from self._followed(shot)
        pieces = _pieces(frames, target.time_base)
        scores: list[FlickerScore] = []
        yield self._progress(msg("Rendering"), 0, len(frames), None)
        for piece in pieces:
            scores += yield from self._piece(target, params, piece, frames)
        yield self._progress(msg("Finishing"), len(frames), len(frames), None)
        notes = {media: self._notes(shot) for media, shot in shots.items()}
        self._finish(target, pieces, scores, frames, params, footage, notes)
        elapsed = time.perf_counter() - self._began
        said = self._all_notes(target, notes)
        return ExportDone(self._request.job, str(target.film.out), len(frames), elapsed, said)

    def close(self) -> None:
        """End the writer's thread; what it was writing is given up."""
        self._writer.close()

    def discard(self) -> None:
        """Remove every finished piece: after a cancel nobody comes back for them."""
        if self._target is not None:
            shutil.rmtree(self._target.folder, ignore_errors=True)

    # ---- what it is about -----------------------------------------------------------------------------------------

    def _footage(self, frames: Sequence[ExportFrame]) -> Footage:
        project, span = self._request.project, self._request.span
        clip = untouched_clip(project, span)
        shown = clip or next((c for f in frames if (c := project.video_clip_at(f.time)) is not None), None)
        facts = project.media_facts(shown.media) if shown else None
        heard = TimeRange(frames[0].time, frames[-1].time + frames[-1].duration)
        numbers = tuple(frame.number for frame in frames)
        if clip is None or facts is None:
            return Footage(facts, None, heard, 1 / project.rate, project.rate, numbers)
        index = self._renderer.index_of(facts)
        return Footage(facts, clip, heard, index.time_base, facts.video.rate, numbers)

    # ---- one piece ------------------------------------------------------------------------------------------------

    def _piece(
        self, target: Target, params: PlanParams, piece: Piece, frames: Sequence[ExportFrame]
    ) -> Generator[ExportProgress, None, tuple[FlickerScore, ...]]:
        """Make a piece, or find it made. `frames` are those of the whole export."""
        first, total = piece.number * FRAMES_A_PIECE, len(frames)
        own = frames[first : first + len(piece.shots)]
        plans = [plan_frame(self._request.project, frame.time, params) for frame in own]
        digest = _digest(target, piece, plans, self._request.settings.shows)
        sidecar = target.folder / f"piece-{piece.number:05d}.json"
        sinks = target.sinks
        kept = _read_sidecar(sidecar)
        if kept is not None and kept.digest == digest and all(sink.is_whole(piece) for sink in sinks):
            yield self._progress(msg("Rendering"), first + len(own), total, None)
            return kept.scores
        sidecar.unlink(missing_ok=True)
        before = replace(self._clock)
        scores: list[FlickerScore] = []
        try:
            self._renderer.look_ahead(plans[: 1 + FRAMES_AHEAD])
            for sink in sinks:
                self._writer.put(partial(sink.begin, piece))
            for offset, (plan, shot) in enumerate(zip(plans, piece.shots, strict=True)):
                self._renderer.look_ahead(plans[offset : offset + 1 + FRAMES_AHEAD])
                picture = self._one(target, plan, shot, scores)
                yield self._progress(msg("Rendering"), first + offset + 1, total, picture)
            for sink in sinks:
                self._writer.put(sink.end)
            self._writer.settle()
        except BaseException:
            self._writer.drop()
            for sink in sinks:
                sink.abandon()
            raise
        spent = self._clock.render_s - before.render_s, self._clock.write_s - before.write_s
        _write_sidecar(sidecar, Sidecar(digest, tuple(scores), *spent))
        return tuple(scores)

    def _one(self, target: Target, plan: FramePlan, shot: Shot, scores: list[FlickerScore]) -> Picture8 | None:
        """Render one frame and hand it to the writer, with what its flicker is measured by. Maybe a picture to watch."""
        self._cancel.check()
        self._on_frame(plan)
        began = time.perf_counter()
        node = plan.flicker if target.measures_flicker else None
        layers = self._layers(target, plan)
        samples = self._renderer.samples(node, self._cancel) if node else None
        frame = self._shown(plan)
        rendered = time.perf_counter()
        self._clock.render_s += rendered - began
        self._writer.put(partial(self._written, target, plan, shot, frame, samples, scores))
        if target.layers is not None and layers is not None:
            self._writer.put(partial(target.layers.write_layers, layers.channels(target.canvas), shot))
        return self._picture(plan) if rendered - self._pictured > PICTURE_EVERY_S else None

    def _shown(self, plan: FramePlan) -> Frame:
        """The picture to write; of a matte its numbers, three times."""
        if self._request.settings.shows is not Layer.MATTE:
            return self._renderer.frame(plan.result, self._cancel)
        return Frame(self._renderer.mattes.matte(plan.matte, self._cancel).expand(3, -1, -1).contiguous())

    def _layers(self, target: Target, plan: FramePlan) -> Layers | None:
        """The frame's passes where they are asked for. They are large, so one set at a time: the writer catches up first."""
        if target.layers is None:
            return None
        self._writer.settle()
        return self._renderer.layers(plan.result, self._cancel)

    # ---- writer thread --------------------------------------------------------------------------------------------

    def _written(
        self,
        target: Target,
        plan: FramePlan,
        shot: Shot,
        frame: Frame,
        samples: Samples | None,
        scores: list[FlickerScore],
    ) -> None:
        """Write a frame, and its heat and score where they are asked for."""
        began = time.perf_counter()
        target.film.write(self._image(plan, frame, target.film), shot)
        if target.measures_flicker:
            scores.append(self._score(plan, shot, samples))
        if target.heatmap is not None:
            target.heatmap.write(self._heat(target, target.heatmap, plan, samples, scores[-1]), shot)
        self._clock.write_s += time.perf_counter() - began

    def _score(self, plan: FramePlan, shot: Shot, samples: Samples | None) -> FlickerScore:
        """The frame's flicker, numbered as the film is; nothing known of a frame without a picture."""
        if plan.flicker is None or samples is None:
            return FlickerScore(shot.number, 0.0, 0.0, 0.0, is_cut=False)
        return replace(self._renderer.measured(plan.flicker, samples).score, frame=shot.number)

    def _heat(self, target: Target, sink: Sink, plan: FramePlan, samples: Samples | None, score: FlickerScore) -> Image:
        """The heat picture at the heatmap's size; black without a picture."""
        if plan.flicker is None or samples is None:
            return np.zeros((sink.size[1], sink.size[0], 3), np.uint8)
        inside = _inside(plan.flicker.size, target.canvas, sink.size)
        heat = self._renderer.heatmap(plan.flicker, samples, inside)
        shown = with_legend(centred(heat, sink.size), score.score if score.is_measured else None)
        return self._converted(shown, sink)

    def _converted(self, rgb: Image, sink: Sink) -> Image:
        """Screen codes of 8 bits as the sink takes them."""
        if sink.codec is Codec.EXR:
            return np.asarray(np.square(rgb.astype(np.float32) / 255.0), np.float32)
        return rgb if sink.codec is Codec.H264 else rgb.astype(np.uint16) * np.uint16(257)

    def _image(self, plan: FramePlan, frame: Frame, sink: Sink) -> Image:
        """A frame as the sink takes it, on black where the film has another shape.

        What was translated is dithered, or fog and night skies would band. The noise follows from the source frame, so
        that a film is the same however it is cut up; a frame nobody changed keeps its codes.
        """
        if self._request.settings.shows is Layer.MATTE:
            return centred(_grey(frame, sink), sink.size)
        color, bits = self._services.color, sink.codec.bits
        if sink.codec is Codec.EXR:
            return centred(color.to_linear_exr(frame), sink.size)
        seed = plan.frame if plan.translation and bits < FINE_BITS else None
        return centred(color.to_encoded(frame, sink.color, bits, seed), sink.size)

    # ---- engine thread --------------------------------------------------------------------------------------------

    def _picture(self, plan: FramePlan) -> Picture8:
        """A small picture of the frame for whoever watches."""
        self._pictured = time.perf_counter()
        full = self._services.color.to_display(self._renderer.frame(plan.result, self._cancel))
        height = min(PICTURE_HEIGHT_PX, full.shape[0])
        width = max(1, round(full.shape[1] * height / full.shape[0]))
        small = np.asarray(cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        small.flags.writeable = False
        return Picture8(small)

    def _progress(self, stage: str, done: int, total: int, picture: Picture8 | None) -> ExportProgress:
        elapsed = time.perf_counter() - self._began
        return ExportProgress(self._request.job, Progress(stage, done, total, elapsed), picture)

    # ---- the end --------------------------------------------------------------------------------------------------

    def _finish(
        self,
        target: Target,
        pieces: tuple[Piece, ...],
        scores: Sequence[FlickerScore],
        frames: Sequence[ExportFrame],
        params: PlanParams,
        footage: Footage,
        notes: Mapping[MediaId, tuple[str, ...]],
    ) -> None:
        """Films first, then what is said about them, then the parts go."""
        began = time.perf_counter()
        for sink in reversed(target.sinks):  # the film last
            sink.finish(pieces, self._cancel)
        finish_s = time.perf_counter() - began
        if target.scores is not None:
            write_csv(scores, target.scores)
        if target.report is not None:
            report = self._report(target, scores, frames, params, footage, notes, finish_s)
            write_json(report, target.report)
        self.discard()

    def _shots(self, frames: Sequence[ExportFrame], params: PlanParams) -> dict[MediaId, _Translated]:
        """The media whose frames are translated."""
        found: dict[MediaId, _Translated] = {}
        for frame in frames:
            plan = plan_frame(self._request.project, frame.time, params)
            if plan.translation is not None:
                node = plan.translation.analysis
                shot = found.setdefault(node.facts.id, _Translated(plan, node, range(node.frame, node.frame + 1)))
                shot.frames = range(min(shot.frames[0], node.frame), max(shot.frames[-1], node.frame) + 1)
        return found

    def _followed(self, shot: _Translated) -> Generator[ExportProgress, None, None]:
        """Follow a shot from end to end before the first of its frames is made, unless it was followed before."""
        node = shot.node
        self._on_frame(shot.plan)
        if not self._renderer.is_followed(node):
            yield ExportProgress(self._request.job, Progress(FOLLOWING, 0, node.facts.video.frame_count, 0.0))
        while (progress := self._renderer.follow(node, self._cancel)) is not None:
            yield ExportProgress(self._request.job, progress)
            self._cancel.check()

    def _notes(self, shot: _Translated) -> tuple[str, ...]:
        """What the analysis of a medium warns of in the frames of this film."""
        tracking = self._renderer.tracking(shot.node, self._cancel)
        here = tracking.notes(shot.frames, shot.node.facts.first_number) if tracking else ()
        return (*self._renderer.scene(shot.node, self._cancel).notes, *here)

    def _all_notes(self, target: Target, notes: Mapping[MediaId, tuple[str, ...]]) -> tuple[str, ...]:
        """Each once: of the film, of the models where anything was analysed, of the footage."""
        models = self._services.analyser.models.notes if notes else ()
        return (*target.notes, *models, *_all(notes))

    def _report(
        self,
        target: Target,
        scores: Sequence[FlickerScore],
        frames: Sequence[ExportFrame],
        params: PlanParams,
        footage: Footage,
        notes: Mapping[MediaId, tuple[str, ...]],
        finish_s: float,
    ) -> RenderReport:
        project = self._request.project
        plan = plan_frame(project, frames[0].time, params)
        translation = plan.translation
        look = plan.clip.look if plan.clip else None
        return RenderReport(
            source=footage.facts.path if footage.facts else "",
            media=footage.facts.id if footage.facts else "",
            out=str(target.film.out),
            sha256=_sha256(target.film.out),
            codec=str(target.film.codec),
            translator=f"{translation.spec.id} {translation.spec.version}" if translation else "",
            preset=look.name if look else "",
            look=tuple(translation.condition) if translation else (),
            seed=look.seed if look else 0,
            width=target.canvas[0],
            height=target.canvas[1],
            rate=str(footage.rate),
            first_frame=frames[0].number,
            frames=len(frames),
            device=str(self._services.device),
            elapsed_s=round(time.perf_counter() - self._began, 3),
            timings=(
                ("render_s", round(self._clock.render_s, 3)),
                ("write_s", round(self._clock.write_s, 3)),
                ("finish_s", round(finish_s, 3)),
            ),
            application=f"Weathervane {VERSION}",
            versions=(
                ("python", platform.python_version()),
                ("torch", str(torch.__version__)),
                ("opencv", cv2.__version__),
                ("analyser", params.analyser_version),
            ),
            models=self._services.analyser.models.used if notes else (),
            notes=self._all_notes(target, notes),
            clips=clip_records(project, self._request.span, params.spec_of, lambda media: notes.get(media, ())),
            audio=target.audio,
            scores=tuple(scores),
        )


# ---- pieces and their sidecars --------------------------------------------------------------------------------


def _pieces(frames: Sequence[ExportFrame], time_base: Fraction) -> tuple[Piece, ...]:
    """Frames in ticks of the film, cut into pieces. Rounded to the clock, but no frame is ever shorter than a tick."""
    starts = [round(frame.at.seconds / time_base) for frame in frames]
    for n in range(1, len(starts)):
        starts[n] = max(starts[n], starts[n - 1] + 1)
    end = round((frames[-1].at + frames[-1].duration).seconds / time_base)
    ends = [*starts[1:], max(end, starts[-1] + 1)]
    shots = [Shot(at, until - at, frame.number) for at, until, frame in zip(starts, ends, frames, strict=True)]
    starts_of_pieces = range(0, len(shots), FRAMES_A_PIECE)
    return tuple(Piece(n, tuple(shots[i : i + FRAMES_A_PIECE])) for n, i in enumerate(starts_of_pieces))


def _grey(frame: Frame, sink: Sink) -> Image:
    """A matte as the sink takes it: its numbers, whatever the colours of the film."""
    plane = np.ascontiguousarray(frame.pixels.cpu().numpy().transpose(1, 2, 0))
    if sink.codec is Codec.EXR:
        return plane
    top, kind = (255.0, np.uint8) if sink.codec.bits == 8 else (65535.0, np.uint16)
    return np.asarray(plane * np.float32(top) + np.float32(0.5), kind)


def _digest(target: Target, piece: Piece, plans: Sequence[FramePlan], shows: Layer) -> str:
    """Names a piece by its pictures, when they are shown, and how they are written."""
    sinks = [[sink.out.name, sink.identity] for sink in target.sinks]
    names = [plan.matte.key if shows is Layer.MATTE else plan.result.key for plan in plans]
    if target.measures_flicker:
        names += [plan.flicker.key if plan.flicker else "" for plan in plans]
    return stage_key("piece", EXPORT_VERSION, [sinks, target.canvas, piece, target.measures_flicker], tuple(names))


def _read_sidecar(path: Path) -> Sidecar | None:
    """None where there is none, or it is not whole: then the piece is made again."""
    with suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):
        return msgspec.json.decode(path.read_bytes(), type=Sidecar)
    return None


def _write_sidecar(path: Path, sidecar: Sidecar) -> None:
    part = path.with_suffix(".part")
    with export_errors(path):
        part.write_bytes(msgspec.json.encode(sidecar))
        part.replace(path)


# ---- small pictures of arithmetic -----------------------------------------------------------------------------


def _inside(picture: Size, canvas: Size, heatmap: Size) -> Size:
    """Where a picture fills only part of the canvas, its heat fills the same part of the heatmap."""
    return tuple(max(1, round(p * h / c)) for p, c, h in zip(picture, canvas, heatmap, strict=True))  # type: ignore[return-value]


def _all(notes: Mapping[MediaId, tuple[str, ...]]) -> tuple[str, ...]:
    """Each sentence once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(notes.values())))


def _sha256(path: Path) -> str:
    """Of a finished film; empty for a sequence."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
