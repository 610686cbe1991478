"""The project: frozen values, tuples all the way down. An edit makes a new one; any thread may read any of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final

from core.condition import AXES, NEUTRAL, Axis, AxisGroup, AxisKind, Condition
from core.document.mask_shapes import Shape
from core.document.selectors import Follow, Selector
from core.document.shapes import Handle, bezier, slopes, smooth_handles
from core.errors import EditRejected
from core.ids import AxisId, ClipId, LinkId, MarkerId, MaskId, MediaId, ProjectId, TrackId, TranslatorId
from core.media.facts import MediaFacts
from core.scene import NO_CORRECTIONS, Corrections, Presence
from core.timebase import ZERO, Time, TimeRange
from core.words import msg, tr

UNTITLED: Final = msg("Untitled project")
"""The name of a project that nobody named yet: stored as it is here, translated where it is shown."""
AMOUNT: Final = AxisId("amount")
"""The strength of a whole look: how far the result replaces the source, mixed in linear light."""

AMOUNT_AXIS: Final = Axis(
    AMOUNT,
    msg("Amount"),
    AxisGroup.LIGHT,
    AxisKind.AMOUNT,
    "",
    0.0,
    1.0,
    1.0,
    0.001,
    msg("How far the result replaces the source."),
)


def animatable_axis(axis: AxisId) -> Axis:
    """The axis a curve may drive: any condition, or the amount. Raises `EditRejected`."""
    found = AMOUNT_AXIS if axis == AMOUNT else AXES.get(axis)
    if found is None:
        raise EditRejected(tr("There is no condition '{axis}'.", axis=axis))
    return found


class Interpolation(StrEnum):
    """How a curve leaves a keyframe."""

    LINEAR = msg("linear")
    SMOOTH = msg("smooth")
    """Ease out and in: zero slope at both ends (smoothstep)."""
    HOLD = msg("hold")
    EASE_OUT = msg("ease out")
    """Leaves slowly and arrives at full speed (t²)."""
    EASE_IN = msg("ease in")
    """Leaves at full speed and arrives slowly (1 - (1 - t)²)."""
    BEZIER = msg("bezier")
    """By the handles of the two keys; those that nobody set never overshoot."""


@dataclass(frozen=True, slots=True, order=True)
class Keyframe:
    """A value at an instant of the *source* media, so that trimming and moving a clip shift nothing."""

    time: Time
    value: float
    interpolation: Interpolation = Interpolation.LINEAR
    into: Handle | None = None
    """How a Bézier curve arrives here; None follows from the keys about it."""
    out: Handle | None = None
    """How it leaves."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Keyframes of one axis, sorted by time, one per instant, never empty."""

    axis: AxisId
    keys: tuple[Keyframe, ...]

    def value_at(self, time: Time) -> float:
        """Value at a source instant; constant before the first key and after the last. Not quantised."""
        keys = self.keys
        after = bisect_right(keys, time, key=lambda k: k.time)
        if after == 0:
            return keys[0].value
        if after == len(keys):
            return keys[-1].value
        left, right = keys[after - 1], keys[after]
        if left.interpolation is Interpolation.HOLD:
            return left.value
        t = float((time.seconds - left.time.seconds) / (right.time.seconds - left.time.seconds))
        axis = animatable_axis(self.axis)
        match left.interpolation:
            case Interpolation.SMOOTH:
                t = t * t * (3.0 - 2.0 * t)
            case Interpolation.EASE_OUT:
                t = t * t
            case Interpolation.EASE_IN:
                t = t * (2.0 - t)
            case Interpolation.BEZIER:
                leaves, arrives = self.handles(after - 1)
                first, last = self._unwound(after - 1)
                return axis.held(bezier(t, (first, last), leaves, arrives))
        return axis.mix(left.value, right.value, t)

    def handles(self, number: int) -> tuple[Handle, Handle]:
        """The handles of the segment that key `number` begins: those that were set, else as the keys about it say."""
        left, right = self.keys[number], self.keys[number + 1]
        if left.out is not None and right.into is not None:
            return left.out, right.into
        about = self.keys[max(0, number - 1) : number + 3]
        at = number - max(0, number - 1)
        times, values = [float(k.time) for k in about], [about[0].value]
        axis = animatable_axis(self.axis)
        for key in about[1:]:  # the short way round, without a jump
            values.append(values[-1] + axis.step(values[-1], key.value))
        slope = slopes(times, values)
        leaves, arrives = smooth_handles(times[at + 1] - times[at], slope[at], slope[at + 1])
        return left.out or leaves, right.into or arrives

    def _unwound(self, number: int) -> tuple[float, float]:
        """Values at both ends of a segment, the second the short way round from the first."""
        left, right = self.keys[number], self.keys[number + 1]
        return left.value, left.value + animatable_axis(self.axis).step(left.value, right.value)

    def key_at(self, time: Time) -> Keyframe | None:
        return next((k for k in self.keys if k.time == time), None)


@dataclass(frozen=True, slots=True)
class Look:
    """How a clip is to be changed: a translator, base values, curves that override them, a seed."""

    translator: TranslatorId = TranslatorId("atmosphere")
    name: str = ""
    """The preset this came from, shown on the clip; empty for as shot."""
    base: Condition = NEUTRAL
    amount: float = 1.0
    curves: tuple[Curve, ...] = ()
    seed: int = 1

    def curve(self, axis: AxisId) -> Curve | None:
        return next((c for c in self.curves if c.axis == axis), None)

    def value_at(self, axis: AxisId, time: Time) -> float:
        """One axis (or `AMOUNT`) at a source instant, quantised."""
        curve = self.curve(axis)
        raw = curve.value_at(time) if curve else (self.amount if axis == AMOUNT else self.base[axis])
        return animatable_axis(axis).quantise(raw)

    def condition_at(self, time: Time) -> Condition:
        """The sampled condition at a source instant: what a translator sees."""
        animated = {c.axis: c.value_at(time) for c in self.curves if c.axis != AMOUNT}
        return Condition.of({**dict(self.base), **animated}) if animated else self.base

    @property
    def is_as_shot(self) -> bool:
        """Whether no frame can differ from the source."""
        return not self.curves and (self.base.is_neutral or self.amount == 0.0)


class StrokeMode(StrEnum):
    ADD = "add"
    ERASE = "erase"


class Pressing(StrEnum):
    """What the pressure of a pen changes."""

    SIZE = "size"
    OPACITY = "opacity"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class StrokePoint:
    """A dab of the brush: `x` in picture widths, `y` in picture heights from the top left, `pressure` 0..1."""

    x: float
    y: float
    pressure: float = 1.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """One drag of the brush. `radius` in picture heights; `hardness` 0 (all feather) .. 1 (hard edge); `flow` 0..1 opacity."""

    points: tuple[StrokePoint, ...]
    radius: float
    hardness: float = 0.5
    flow: float = 1.0
    mode: StrokeMode = StrokeMode.ADD
    at: Time | None = None
    """The source instant it was painted at, where its mask follows the picture; None: where following begins."""
    pressing: Pressing = Pressing.SIZE
    mirror: float | None = None
    """Where an upright axis stands, in picture widths, about which the stroke is drawn a second time; None: drawn once."""


class MaskOperation(StrEnum):
    """How a mask joins those above it in the list."""

    ADD = "add"
    SUBTRACT = "subtract"
    INTERSECT = "intersect"


@dataclass(frozen=True, slots=True)
class Mask:
    """Where a look may act: a selector, strokes and shapes in order. A clip without enabled masks is changed everywhere;
    several are joined from the first to the last, each by its operation."""

    id: MaskId
    name: str
    strokes: tuple[Stroke, ...] = ()
    is_enabled: bool = True
    is_inverted: bool = False
    feather: float = 0.0
    """Gaussian blur of the whole matte, sigma in picture heights."""
    opacity: float = 1.0
    operation: MaskOperation = MaskOperation.ADD
    grow: float = 0.0
    """Picture heights by which what was painted grows before it is softened; below 0 it shrinks."""
    shapes: tuple[Shape, ...] = ()
    """In the order in which they were made, as the strokes are; `Shape.after` says how the two interleave."""
    selector: Selector | None = None
    """What strokes and shapes are laid over; None: nothing."""
    follow: Follow | None = None
    """Along what it moves; None: it holds still in the picture."""
    steady: int = 0
    """Frames before and after whose mattes are averaged into this one, along the motion, against a rule that flickers."""

    @property
    def is_alive(self) -> bool:
        """Whether it depends on the picture, so that only the engine knows it."""
        return self.selector is not None or self.follow is not None


NO_MEDIA: Final = MediaId("")
"""The medium of an adjustment clip."""
ADJUSTMENT_START: Final = Time(Fraction(86_400))
"""Where an adjustment clip begins when it is made, in a time of its own, a day away from both its ends: it can be trimmed
either way, and its keyframes stay where they are."""
ADJUSTMENT_LENGTH: Final = Time(Fraction(2 * 86_400))


@dataclass(frozen=True, slots=True)
class Clip:
    """A span of media on a track. `source` is in source time from the media's first frame; `start` on the timeline.

    An adjustment clip has no media: its look is laid over those of all pictures under it.
    """

    id: ClipId
    media: MediaId
    name: str
    start: Time
    source: TimeRange
    look: Look = Look()
    masks: tuple[Mask, ...] = ()
    link: LinkId | None = None
    """Clips of one link are edited together: a picture and its sound."""

    @property
    def span(self) -> TimeRange:
        """Where it lies on the timeline."""
        return TimeRange(self.start, self.start + self.source.duration)

    @property
    def is_adjustment(self) -> bool:
        return self.media == NO_MEDIA

    def source_time(self, time: Time) -> Time:
        """Source instant shown at a timeline instant."""
        return self.source.start + (time - self.start)

    def timeline_time(self, source_time: Time) -> Time:
        return self.start + (source_time - self.source.start)

    def mask(self, mask_id: MaskId) -> Mask:
        for mask in self.masks:
            if mask.id == mask_id:
                return mask
        raise EditRejected(tr("That mask is no longer in the clip."))


class TrackKind(StrEnum):
    VIDEO = "video"
    AUDIO = "audio"
    ADJUSTMENT = "adjustment"

    @property
    def holds(self) -> str:
        """What its clips are, for people."""
        match self:
            case TrackKind.VIDEO:
                return tr("pictures")
            case TrackKind.AUDIO:
                return tr("sound")
            case TrackKind.ADJUSTMENT:
                return tr("adjustment clips")


@dataclass(frozen=True, slots=True)
class Track:
    """Clips sorted by start, never overlapping."""

    id: TrackId
    kind: TrackKind
    name: str
    clips: tuple[Clip, ...] = ()
    is_on: bool = True
    """Whether its pictures are seen, or its sound is heard."""
    is_locked: bool = False
    """Nothing on a locked track can be edited, moved or rippled."""

    def clip_at(self, time: Time) -> Clip | None:
        number = bisect_right(self.clips, time, key=lambda c: c.start) - 1
        return self.clips[number] if number >= 0 and self.clips[number].span.contains(time) else None


class MarkerColor(StrEnum):
    """What a marker is told apart by; its word stands beside it wherever it is listed."""

    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PINK = "pink"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class Marker:
    """A note at a timeline instant."""

    id: MarkerId
    time: Time
    name: str = ""
    note: str = ""
    color: MarkerColor = MarkerColor.BLUE


@dataclass(frozen=True, slots=True)
class SceneEdits:
    """What a person said of a medium's scene. It belongs to the footage: every clip cut from it has the same."""

    corrections: Corrections = NO_CORRECTIONS
    sky_strokes: tuple[Stroke, ...] = ()
    """Painted over the sky that was found, in order: `ADD` is sky, `ERASE` is not. They hold still in the picture."""

    @property
    def word(self) -> Corrections:
        """The corrections as they count for the shot: sky that was painted is there, even where none was found."""
        paints = any(stroke.mode is StrokeMode.ADD for stroke in self.sky_strokes)
        return replace(self.corrections, sky=Presence.PRESENT) if paints else self.corrections


AS_FOUND: Final = SceneEdits()


@dataclass(frozen=True, slots=True)
class Project:
    """Everything a person made. `rate` and the canvas come from the first clip added.

    Pictures come from the clips of picture tracks, the topmost first; sound from those of audio tracks, all together.
    """

    id: ProjectId
    name: str = UNTITLED
    rate: Fraction = Fraction(25)
    width: int = 1920
    height: int = 1080
    media: tuple[MediaFacts, ...] = ()
    tracks: tuple[Track, ...] = ()
    in_point: Time | None = None
    out_point: Time | None = None
    metadata: tuple[tuple[str, str], ...] = field(default=())
    scenes: tuple[tuple[MediaId, SceneEdits], ...] = ()
    """Sorted by medium; those of which nobody said anything are left out."""
    media_names: tuple[tuple[MediaId, str], ...] = ()
    """What media are called, sorted by medium; those that go by their file's name are left out."""
    markers: tuple[Marker, ...] = ()
    """Sorted by time."""

    def clips(self) -> Iterator[Clip]:
        for track in self.tracks:
            yield from track.clips

    def tracks_of(self, kind: TrackKind) -> tuple[Track, ...]:
        """From the bottom up; audio tracks from the top down."""
        return tuple(track for track in self.tracks if track.kind is kind)

    def pictures(self) -> Iterator[Clip]:
        """The clips that can be seen: of picture tracks that are on."""
        for track in self.tracks_of(TrackKind.VIDEO):
            if track.is_on:
                yield from track.clips

    def sounds(self) -> Iterator[Clip]:
        """The clips that are heard: of audio tracks that are on, with sound in their media."""
        audible = {facts.id for facts in self.media if facts.audio}
        for track in self.tracks_of(TrackKind.AUDIO):
            if track.is_on:
                yield from (clip for clip in track.clips if clip.media in audible)

    def adjustments_at(self, time: Time) -> tuple[Clip, ...]:
        """The adjustment clips over an instant, the lowest first."""
        tracks = (t for t in self.tracks_of(TrackKind.ADJUSTMENT) if t.is_on)
        return tuple(clip for track in tracks if (clip := track.clip_at(time)) is not None)

    def length_of(self, clip: Clip) -> Time:
        """How far the source of a clip reaches. Raises `EditRejected` if its media is gone."""
        return ADJUSTMENT_LENGTH if clip.is_adjustment else self.media_facts(clip.media).video.duration

    def clip(self, clip_id: ClipId) -> Clip:
        """Raises `EditRejected` if it is gone."""
        for clip in self.clips():
            if clip.id == clip_id:
                return clip
        raise EditRejected(tr("That clip is no longer on the timeline."))

    def with_clip(self, changed: Clip) -> Project:
        """The project with the clip of the same id replaced."""
        self.clip(changed.id)
        tracks = tuple(
            replace(
                t, clips=tuple(sorted((changed if c.id == changed.id else c for c in t.clips), key=lambda c: c.start))
            )
            for t in self.tracks
        )
        return replace(self, tracks=tracks)

    def media_facts(self, media_id: MediaId) -> MediaFacts:
        for facts in self.media:
            if facts.id == media_id:
                return facts
        raise EditRejected(tr("That media is not in the project."))

    def scene_edits(self, media_id: MediaId) -> SceneEdits:
        """What was said of a medium's scene."""
        return next((said for media, said in self.scenes if media == media_id), AS_FOUND)

    def video_clip_at(self, time: Time) -> Clip | None:
        """The topmost picture clip on screen at a timeline instant (later tracks lie above)."""
        for track in reversed(self.tracks):
            if track.kind is TrackKind.VIDEO and track.is_on and (clip := track.clip_at(time)) is not None:
                return clip
        return None

    @property
    def duration(self) -> Time:
        return max((c.span.end for c in self.clips()), default=ZERO)

    @property
    def export_range(self) -> TimeRange:
        """From the in point to the out point, or the whole timeline."""
        start = self.in_point or ZERO
        end = self.duration if self.out_point is None else min(self.out_point, self.duration)
        return TimeRange(start, max(start, end))
