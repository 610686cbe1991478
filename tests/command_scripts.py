"""Random edit scripts for property tests: commands that mostly apply, and some that are rejected."""

from __future__ import annotations

from fractions import Fraction

from builders import a_clip, a_mask, a_media
from hypothesis import strategies as st

from core.condition import SCHEMA, Condition
from core.document import commands as c
from core.document.edits import Placement
from core.document.look_edits import LookPart
from core.document.mask_shapes import (
    EllipseShape,
    LinearGradient,
    PathPoint,
    PathShape,
    RadialGradient,
    RectShape,
    Shape,
    ShapeOperation,
    Tween,
)
from core.document.masks import effective_masks, masks_at
from core.document.matte_edits import PNG
from core.document.model import (
    AMOUNT,
    AMOUNT_AXIS,
    Clip,
    Curve,
    Interpolation,
    Keyframe,
    Look,
    MarkerColor,
    MaskOperation,
    Project,
    Stroke,
    StrokeMode,
    StrokePoint,
    TrackKind,
)
from core.document.recipe import Recipe
from core.document.selectors import Range, Selector, SelectorKind
from core.document.shapes import Handle
from core.ids import AxisId, ClipId, LinkId, MarkerId, MaskId, ShapeId, TrackId, TranslatorId
from core.objects import Box, Facing, ObjectId, ObjectKind, SceneObject, Spot
from core.scene import Presence, SunAsShot
from core.timebase import ZERO, Time, TimeRange

MEDIA = (a_media(frames=8), a_media("night.mp4", frames=12, rate=Fraction(24000, 1001)))
STEP = Fraction(1, 50)
"""Half a frame of the first media: instants fall on frames and between them."""

clips = st.sampled_from([ClipId(f"clip-{n}") for n in (0, 0, 0, 1, 1, 2, 9)])
masks = st.sampled_from([MaskId(f"mask-{n}") for n in (0, 0, 1, 2)])
times = st.integers(0, 60).map(lambda n: Time(n * STEP))
source_times = st.integers(0, 16).map(lambda n: Time(n * STEP)) | st.integers(2, 5).map(lambda n: Time(2 * n * STEP))
axes = st.sampled_from([*(a for a in SCHEMA if a.id in ("sun", "sun_elevation", "sun_azimuth", "rain")), AMOUNT_AXIS])
names = st.sampled_from(["Night", "Regen", "夜", "a  b"])


@st.composite
def valued(draw: st.DrawFn) -> tuple[AxisId, float]:
    axis = draw(axes)
    return axis.id, draw(st.floats(axis.low, axis.high) | st.sampled_from([axis.low, axis.neutral, axis.high]))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    values = dict(draw(st.lists(valued(), max_size=3)))
    return Condition.of({axis: value for axis, value in values.items() if axis != AMOUNT})


unit = st.floats(0, 1)
points = st.builds(StrokePoint, st.floats(-0.2, 1.2), st.floats(-0.2, 1.2), unit)
strokes = st.builds(
    Stroke,
    st.lists(points, min_size=1, max_size=4).map(tuple),
    st.floats(0.01, 0.5),
    unit,
    unit,
    st.sampled_from(StrokeMode),
    st.none() | source_times,
)
shape_ids = st.sampled_from([ShapeId(f"shape-{n}") for n in (0, 0, 1)])
places = st.floats(-0.2, 1.2)
offsets = st.just((0.0, 0.0)) | st.tuples(st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
path_points = st.builds(PathPoint, places, places, offsets, offsets)
forms = st.one_of(
    st.builds(EllipseShape, places, places, unit, unit, st.floats(-90, 90), unit),
    st.builds(EllipseShape, places, places, unit, unit),
    st.builds(RectShape, places, places, unit, unit, st.floats(-90, 90), unit, unit),
    st.builds(PathShape, st.lists(path_points, min_size=3, max_size=4).map(tuple), unit),
    st.builds(LinearGradient, places, places, places, places),
    st.builds(RadialGradient, places, places, unit, unit, st.floats(-90, 90), unit),
)
spans = st.tuples(source_times, source_times).map(lambda p: TimeRange(min(p), max(p)))
tracks = st.sampled_from([TrackId("track-0"), TrackId("track-1")])
axis_ids = axes.map(lambda a: a.id)
flags = st.none() | st.booleans()

sound_tracks = st.sampled_from([TrackId("track-2"), TrackId("track-3")])
several = st.lists(clips, min_size=1, max_size=3, unique=True).map(tuple)
lengths = st.integers(-40, 40).map(lambda n: Time(n * STEP))
placements = st.sampled_from(Placement)
markers = st.sampled_from([MarkerId(f"marker-{n}") for n in (0, 0, 1)])
pasted = st.builds(
    lambda media, number, start, source: a_clip(media, number, start=start, source=source and TimeRange(*source)),
    st.sampled_from(MEDIA),
    st.integers(0, 4),
    st.integers(0, 30).map(lambda n: Time(2 * n * STEP)),
    st.none() | st.tuples(st.just(ZERO), st.integers(1, 8).map(lambda n: Time(2 * n * STEP))),
)

handles = st.builds(Handle, st.floats(-0.5, 1.5), st.floats(-2, 2))
keyframes = st.builds(
    Keyframe,
    source_times,
    st.floats(-2, 200),
    st.sampled_from(Interpolation),
    st.none() | handles,
    st.none() | handles,
)

looks = st.builds(
    lambda base, curves, amount: Look(
        name="Copied",
        base=base,
        amount=amount,
        curves=tuple(
            Curve(axis, (Keyframe(Time(2 * STEP), value), Keyframe(Time(9 * STEP), value))) for axis, value in curves
        ),
    ),
    conditions(),
    st.just(()) | st.just(((AxisId("rain"), 0.5),)) | st.just(((AMOUNT, 0.25),)),
    st.sampled_from([0.0, 0.5, 1.0]),
)
recipes = st.builds(
    lambda look, masks, length: Recipe("Kept", look.base, look.amount, look.curves, length, masks, seed=3),
    looks,
    st.none() | st.just(()) | st.just((a_mask(),)),
    lengths,
)
medias = st.sampled_from([m.id for m in MEDIA])
ranges = st.builds(Range, st.floats(-20, 400), st.floats(0, 800), st.floats(-1, 40))
selectors = st.builds(Selector, st.sampled_from(SelectorKind), ranges, ranges, ranges, ranges, st.none() | medias)
shares = st.floats(-0.5, 1.5)
boxes = st.builds(Box, shares, shares, shares, shares)
object_ids = st.sampled_from([ObjectId(f"object-{n}") for n in (0, 0, 1, 2)])
source_frames = st.integers(-1, 8)
objects = st.builds(
    SceneObject,
    object_ids,
    st.sampled_from(ObjectKind),
    st.lists(st.builds(Spot, source_frames, boxes), min_size=1, max_size=3).map(tuple),
    st.sampled_from(Facing),
    st.booleans(),
    st.just(0.0) | st.floats(5, 60),
)
maybe_found = st.none() | objects

KINDS: dict[str, st.SearchStrategy[c.AnyCommand]] = {
    "LiftClips": st.builds(c.LiftClips, several),
    "RippleDelete": st.builds(c.RippleDelete, several),
    "CloseGap": st.builds(c.CloseGap, tracks, times),
    "RippleTrimIn": st.builds(c.RippleTrimIn, clips, times, st.booleans()),
    "RippleTrimOut": st.builds(c.RippleTrimOut, clips, times, st.booleans()),
    "RollCut": st.builds(c.RollCut, clips, times, st.booleans()),
    "SlipClip": st.builds(c.SlipClip, clips, lengths, st.booleans()),
    "SlideClip": st.builds(c.SlideClip, clips, times, st.booleans()),
    "MoveClips": st.builds(c.MoveClips, several, lengths, st.integers(-1, 1), placements),
    "PasteClips": st.builds(
        c.PasteClips, st.lists(st.tuples(tracks, pasted), min_size=1, max_size=2).map(tuple), placements
    ),
    "AddTrack": st.builds(c.AddTrack, tracks | sound_tracks, st.sampled_from(TrackKind)),
    "RemoveTrack": st.builds(c.RemoveTrack, tracks | sound_tracks),
    "SetTrack": st.builds(c.SetTrack, tracks | sound_tracks, st.none() | names, flags, flags),
    "LinkClips": st.builds(c.LinkClips, several, st.none() | st.just(LinkId("link-9"))),
    "AddMarker": st.builds(c.AddMarker, markers, times, st.sampled_from(MarkerColor)),
    "MoveMarker": st.builds(c.MoveMarker, markers, times),
    "SetMarker": st.builds(
        c.SetMarker,
        markers,
        st.none() | names | st.just(""),
        st.none() | names,
        st.none() | st.sampled_from(MarkerColor),
    ),
    "RemoveMarker": st.builds(c.RemoveMarker, markers),
    "AddAdjustment": st.builds(
        c.AddAdjustment,
        clips | st.just(ClipId("clip-9")),
        st.tuples(times, times).map(lambda p: TimeRange(min(p), max(p))),
        st.sampled_from([TrackId("track-8"), TrackId("track-9")]),
    ),
    "AddMedia": st.builds(c.AddMedia, st.sampled_from(MEDIA)),
    "RenameMedia": st.builds(c.RenameMedia, medias, names),
    "RemoveMedia": st.builds(c.RemoveMedia, st.lists(medias, max_size=2, unique=True).map(tuple)),
    "RelinkMedia": st.builds(c.RelinkMedia, st.lists(st.tuples(medias, st.sampled_from(MEDIA)), max_size=2).map(tuple)),
    "AddClip": st.builds(
        lambda media, clip, track, start, source, sounds, how: c.AddClip(
            media, clip, track, start, source, *(sounds or (None, None)), how
        ),
        st.sampled_from(MEDIA),
        clips,
        tracks,
        st.none() | times,
        st.none() | spans,
        st.none() | st.tuples(clips, sound_tracks),
        placements,
    ),
    "RemoveClip": st.builds(c.RemoveClip, clips, st.booleans()),
    "MoveClip": st.builds(c.MoveClip, clips, times, st.booleans()),
    "TrimIn": st.builds(c.TrimIn, clips, times, st.booleans()),
    "TrimOut": st.builds(c.TrimOut, clips, times, st.booleans()),
    "SplitClip": st.builds(c.SplitClip, clips, times, clips, st.booleans()),
    "RenameClip": st.builds(c.RenameClip, clips, names),
    "RenameProject": st.builds(c.RenameProject, names),
    "SetInPoint": st.builds(c.SetInPoint, st.none() | times),
    "SetOutPoint": st.builds(c.SetOutPoint, st.none() | times),
    "SetValue": st.builds(
        lambda clip, v, at: c.SetValue(clip, v[0], v[1], at), clips, valued(), st.none() | source_times
    ),
    "SetValues": st.builds(
        lambda clip, v, at: c.SetValues(clip, tuple(dict(v).items()), at),
        clips,
        st.lists(valued(), max_size=3),
        st.none() | source_times,
    ),
    "ApplyPreset": st.builds(c.ApplyPreset, clips, names, conditions(), unit, st.booleans()),
    "ResetAxes": st.builds(lambda clip, axis: c.ResetAxes(clip, (axis,)), clips, axis_ids),
    "SetKeyframe": st.builds(lambda clip, v, at: c.SetKeyframe(clip, v[0], at, v[1]), clips, valued(), source_times),
    "ToggleKeyframe": st.builds(c.ToggleKeyframe, clips, axis_ids, source_times),
    "RemoveKeyframe": st.builds(c.RemoveKeyframe, clips, axis_ids, source_times),
    "MoveKeyframe": st.builds(c.MoveKeyframe, clips, axis_ids, source_times, source_times),
    "PasteLook": st.builds(
        c.PasteLook,
        several,
        looks,
        st.just(()) | st.just((a_mask(),)),
        source_times,
        st.lists(st.sampled_from(LookPart), min_size=1, unique=True).map(tuple),
    ),
    "ApplyRecipe": st.builds(c.ApplyRecipe, several, recipes, st.booleans()),
    "BlendLooks": st.builds(c.BlendLooks, clips, recipes, recipes, spans, st.sampled_from(Interpolation)),
    "SetHandles": st.builds(c.SetHandles, clips, axis_ids, source_times, st.none() | handles, st.none() | handles),
    "SetCurves": st.builds(
        c.SetCurves,
        clips,
        st.lists(st.tuples(axis_ids, st.lists(keyframes, max_size=4).map(tuple)), max_size=2).map(tuple),
    ),
    "SetInterpolation": st.builds(c.SetInterpolation, clips, axis_ids, source_times, st.sampled_from(Interpolation)),
    "SetSeed": st.builds(c.SetSeed, clips, st.integers(0, 9)),
    "SetTranslator": st.builds(c.SetTranslator, clips, st.sampled_from([TranslatorId("a"), TranslatorId("b")])),
    "AddMask": st.builds(c.AddMask, clips, masks, names),
    "RemoveMask": st.builds(c.RemoveMask, clips, masks),
    "RenameMask": st.builds(c.RenameMask, clips, masks, names),
    "MoveMask": st.builds(c.MoveMask, clips, masks, st.integers(0, 2)),
    "SetMask": st.builds(
        c.SetMask,
        clips,
        masks,
        flags,
        flags,
        st.none() | unit,
        st.none() | unit,
        st.none() | st.sampled_from(MaskOperation),
        st.none() | st.floats(-0.3, 0.3),
    ),
    "AddStroke": st.builds(c.AddStroke, clips, masks, strokes),
    "ClearStrokes": st.builds(c.ClearStrokes, clips, masks),
    "SetSelector": st.builds(c.SetSelector, clips, masks, st.none() | selectors),
    "SetSteady": st.builds(c.SetSteady, clips, masks, st.integers(-1, 4)),
    "FollowMask": st.builds(c.FollowMask, clips, masks, source_times, source_times, source_times),
    "StopFollowing": st.builds(c.StopFollowing, clips, masks),
    "LockMatte": st.builds(c.LockMatte, clips, masks, source_times, st.sampled_from((PNG, PNG + b"grey", b""))),
    "UnlockMatte": st.builds(c.UnlockMatte, clips, masks, source_times),
    "AddShape": st.builds(
        lambda clip, mask, id_, form: c.AddShape(clip, mask, Shape(id_, form)), clips, masks, shape_ids, forms
    ),
    "RemoveShape": st.builds(c.RemoveShape, clips, masks, shape_ids),
    "MoveShape": st.builds(c.MoveShape, clips, masks, shape_ids, st.integers(0, 2)),
    "SetShapeForm": st.builds(c.SetShapeForm, clips, masks, shape_ids, forms, st.none() | source_times),
    "SetShape": st.builds(
        c.SetShape,
        clips,
        masks,
        shape_ids,
        st.none() | st.sampled_from(ShapeOperation),
        st.none() | st.sampled_from(Tween),
    ),
    "SetShapeKey": st.builds(c.SetShapeKey, clips, masks, shape_ids, source_times),
    "RemoveShapeKey": st.builds(c.RemoveShapeKey, clips, masks, shape_ids, source_times),
    "AddShapePoint": st.builds(c.AddShapePoint, clips, masks, shape_ids, st.integers(0, 3), unit),
    "RemoveShapePoint": st.builds(c.RemoveShapePoint, clips, masks, shape_ids, st.integers(0, 4)),
    "SetSkyPresence": st.builds(c.SetSkyPresence, medias, st.sampled_from(Presence)),
    "PaintSky": st.builds(c.PaintSky, medias, strokes),
    "ClearSkyPaint": st.builds(c.ClearSkyPaint, medias),
    "SetHorizon": st.builds(c.SetHorizon, medias, st.none() | shares),
    "SetFieldOfView": st.builds(c.SetFieldOfView, medias, st.none() | st.floats(20, 120)),
    "SetCameraHeight": st.builds(c.SetCameraHeight, medias, st.none() | st.floats(0.5, 100)),
    "SetSunAsShot": st.builds(
        c.SetSunAsShot, medias, st.none() | st.builds(SunAsShot, st.floats(-360, 720), st.floats(-90, 90))
    ),
    "AddObject": st.builds(c.AddObject, medias, objects),
    "ChangeObject": st.builds(c.ChangeObject, medias, objects),
    "PlaceObject": st.builds(c.PlaceObject, medias, object_ids, source_frames, boxes, maybe_found),
    "RemoveSpot": st.builds(c.RemoveSpot, medias, object_ids, source_frames, maybe_found),
    "RemoveObject": st.builds(c.RemoveObject, medias, object_ids),
    "RestoreObjects": st.builds(c.RestoreObjects, medias),
    "ResetScene": st.builds(c.ResetScene, medias),
}
"""How to make each command, by its name."""

commands = st.one_of(*KINDS.values())
scripts = st.lists(commands, max_size=12)


def what_is_seen(project: Project, at: Time) -> object:
    """Everything the picture at a timeline instant may depend on, and nothing else."""
    clip = project.video_clip_at(at)
    if clip is None:
        return None
    source = clip.source_time(at)
    look = clip.look
    amount = look.value_at(AMOUNT, source)
    condition = look.condition_at(source).effective
    matte = effective_masks(masks_at(clip.masks, source))
    over = tuple(_laid_over(each, at) for each in project.adjustments_at(at) if not each.look.is_as_shot)
    if look.is_as_shot and not over:
        return (clip.media, source, matte)
    said = project.scene_edits(clip.media)
    if look.is_as_shot:  # what lies over it is all there is: its own seed and translator have no say
        return (clip.media, source, matte, said, over)
    return (clip.media, source, matte, condition, amount, look.translator, look.seed, said, over)


def _laid_over(clip: Clip, at: Time) -> object:
    look, source = clip.look, clip.source_time(at)
    condition, amount = look.condition_at(source).effective, look.value_at(AMOUNT, source)
    return (effective_masks(masks_at(clip.masks, source)), condition, amount, look.translator, look.seed)


def instants(*projects: Project) -> tuple[Time, ...]:
    """Timeline instants on and between the frames of all of these projects."""
    end = max((p.duration for p in projects), default=ZERO)
    return tuple(Time(n * STEP / 2) for n in range(int(end.seconds / (STEP / 2)) + 2))
