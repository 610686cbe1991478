"""What a picture is made of: a tree of named results, planned from a project and an instant without touching a pixel.

The planner walks back from what is asked for; the renderer walks the same tree and stops wherever a name is already in
the cache. Everything here is a pure function of values, takes microseconds, and knows neither torch nor the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from core.condition import NEUTRAL, Condition
from core.document.model import AMOUNT, Clip, Mask, Project, SceneEdits
from core.errors import PluginError
from core.extension.spec import MapKind, TranslatorSpec
from core.frame_times import FrameTimes
from core.render.keys import stage_key
from core.render.matte_plan import plan_matte, white
from core.render.media_plan import PlanParams, analysis_of, decode_at, digests, facts_of
from core.render.nodes import (
    MAP_LAYERS,
    Black,
    Composite,
    Decode,
    Flicker,
    FramePlan,
    MapView,
    Matte,
    Pixels,
    Sample,
    Translate,
)
from core.timebase import Time
from core.words import tr

COMPOSITE_VERSION: Final = 1
FLICKER_VERSION: Final = 2
"""Bumped by whoever changes that stage's pixels; decoder, translators and analyses carry their own."""


def plan_frame(project: Project, time: Time, params: PlanParams) -> FramePlan:
    """The plan of one timeline instant. Raises `MediaError` or `PluginError` in the user's terms.

    Conditions are sampled at the start of the source frame, so every instant within a frame has one picture.
    """
    clip = project.video_clip_at(time)
    if clip is None:
        black = Black(stage_key("black", 1, params.canvas), params.canvas)
        return FramePlan(time, None, black, black, white(params.canvas), lambda: None, lambda _: None)
    facts = facts_of(project, clip)
    index = params.index_of(facts)
    frame = index.frame_at(clip.source_time(time))
    source = decode_at(facts, frame, params)
    said = project.scene_edits(clip.media)
    over = project.adjustments_at(time)

    def matte_of(masks: tuple[Mask, ...], instant: Time, decode: Decode) -> Matte:
        return plan_matte(masks, instant, decode, said, index, params, project.media)

    result = _result(clip, over, said, source, index, params, matte_of)

    def result_of(decode: Decode) -> Pixels:
        return result if decode is source else _result(clip, over, said, decode, index, params, matte_of)

    return FramePlan(
        time,
        clip,
        source,
        result,
        matte_of(clip.masks, index.time_of(frame), source),
        lambda: _flicker(source, result_of, index, params),
        lambda kind: _map_view(kind, source, said, params),
    )


def _map_view(kind: MapKind, source: Decode, said: SceneEdits, params: PlanParams) -> MapView:
    """All maps of the three come along, for what is painted over the sky changes each of them."""
    analysis = analysis_of(source.facts, source.frame, tuple(MAP_LAYERS.values()), params, said)
    names = tuple(name for _, name in analysis.maps)
    return MapView(stage_key("map view", 1, [kind, analysis.painting], (source.key, *names)), source, analysis, kind)


class _Layer(NamedTuple):
    """A look as it is at one frame."""

    clip: Clip
    instant: Time
    """Of its own source."""
    condition: Condition
    amount: float

    @property
    def masks(self) -> tuple[Mask, ...]:
        return tuple(m for m in self.clip.masks if m.is_enabled)


MatteOf = Callable[[tuple[Mask, ...], Time, Decode], Matte]


def _result(
    clip: Clip,
    over: tuple[Clip, ...],
    said: SceneEdits,
    source: Decode,
    index: FrameTimes,
    params: PlanParams,
    matte_of: MatteOf,
) -> Pixels:
    """The source itself wherever nothing changes it: then neither analysis nor translator is planned.

    The looks of the adjustment clips `over` it are laid over the clip's own before anything is translated: weather is made
    once, by all that is said of it. Where one acts only in part, the picture with it is mixed over the one without.
    """
    time = index.time_of(source.frame)
    shown = clip.timeline_time(time)  # neighbours of a frame may lie outside an adjustment clip: its ends hold there
    at = [(clip, time), *((each, each.source_time(min(max(shown, each.start), each.span.end))) for each in over)]
    layers = [layer for each, instant in at if (layer := _layer(each, instant)) is not None]
    if not layers:
        return source
    translators = {layer.clip.look.translator for layer in layers}
    if len(translators) > 1:
        names = " and ".join(f"“{layer.clip.name}”" for layer in layers)
        raise PluginError(
            layers[-1].clip.look.translator, tr("{names} lie over each other; give them one translator.", names=names)
        )
    spec = params.spec_of(layers[0].clip.look.translator)
    seed = layers[0].clip.look.seed

    def translated(condition: Condition) -> Pixels:
        wanted = Condition(tuple((axis, v) for axis, v in condition.effective if axis in spec.axes)).effective
        return _translate(wanted, spec, seed, said, source, index, params)

    def laid(condition: Condition, rest: list[_Layer]) -> Pixels:
        if not rest:
            return translated(condition)
        layer, *others = rest
        result = laid(condition.overlaid(layer.condition, 1.0) if condition.values else layer.condition, others)
        if layer.amount == 1.0 and not layer.masks:
            return result
        below = laid(condition, others)
        if below.key == result.key:
            return result
        matte = matte_of(layer.masks, layer.instant, source)
        key = stage_key("composite", COMPOSITE_VERSION, [layer.amount, matte.key], (below.key, result.key))
        return Composite(key, source, below, result, layer.amount, matte)

    return laid(NEUTRAL, layers)


def _layer(clip: Clip, time: Time) -> _Layer | None:
    """The look of a clip at an instant of its source; None where it changes nothing."""
    amount, condition = clip.look.value_at(AMOUNT, time), clip.look.condition_at(time)
    if amount == 0.0 or condition.is_neutral:
        return None
    return _Layer(clip, time, condition, amount)


def _translate(
    condition: Condition,
    spec: TranslatorSpec,
    seed: int,
    said: SceneEdits,
    source: Decode,
    index: FrameTimes,
    params: PlanParams,
) -> Pixels:
    """The source under a condition that is effective; the source itself where that is neutral."""
    if condition.is_neutral:
        return source
    time, duration = index.time_of(source.frame), index.duration_of(source.frame)
    analysis = analysis_of(source.facts, source.frame, spec.analyses, params, said)
    key = stage_key(
        "translate",
        spec.version,
        [spec.id, condition.values, seed, time, duration, params.backend, digests(said).whole],
        (source.key, analysis.scene_key, analysis.tracking_key, *(name for _, name in analysis.maps)),
    )
    return Translate(key, source, analysis, spec, condition, seed, time, duration)


def _flicker(source: Decode, result_of: Callable[[Decode], Pixels], index: FrameTimes, params: PlanParams) -> Flicker:
    """Neighbours are those on the source axis, in the handles too, so that a trim changes no score."""

    def sample(decode: Decode) -> Sample:
        pixels = result_of(decode)
        return Sample(stage_key("sample", FLICKER_VERSION, None, (decode.key, pixels.key)), decode, pixels)

    def neighbour(frame: int) -> Sample | None:
        if not 0 <= frame < index.count:
            return None
        return sample(decode_at(source.facts, frame, params))

    before, here, after = neighbour(source.frame - 1), sample(source), neighbour(source.frame + 1)
    names = tuple(s.key if s else "" for s in (before, here, after))
    return Flicker(stage_key("flicker", FLICKER_VERSION, source.size, names), before, here, after, source.size)
