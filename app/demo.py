"""The demo: our own street, drawn once, and a project that turns it into a rainy night and then into fog."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Final

from core.cancel import CancelToken
from core.condition import CLOUD, PRACTICALS, RAIN, SUN, SUN_ELEVATION, WETNESS
from core.document.commands import (
    AddClip,
    AddMask,
    AddStroke,
    AnyCommand,
    ApplyPreset,
    RenameClip,
    RenameProject,
    SetInterpolation,
    SetKeyframe,
    SetMask,
    SplitClip,
)
from core.document.model import Interpolation, Project, Stroke, StrokePoint
from core.document.session import new_project
from core.document.storage import encode_project, save_project
from core.ids import AxisId, ClipId, MaskId, TrackId
from core.media.facts import ColorTags, MediaFacts
from core.media.probe import probe
from core.places import data_dir
from core.presets import preset_named
from core.progress import Progress, ProgressSink, ignore_progress
from core.timebase import Time
from core.words import msg, tr

FRAMES: Final = 84
WIDTH: Final = 640
HEIGHT: Final = 360
VERSION: Final = "4"
"""Named in the files: a changed street or a changed story makes new ones."""

_RATE: Final = 24
_TAGS: Final = ColorTags("bt709", "bt709", "bt709", full_range=False)
_CUT: Final = 56
"""Frame at which the second clip begins."""


def demo_folder() -> Path:
    """Where the demo lives: in the user's data, since it may be edited and kept."""
    folder = data_dir() / "demo"
    folder.mkdir(exist_ok=True)
    return folder


def make_demo(progress: ProgressSink = ignore_progress, cancel: CancelToken | None = None) -> Path:
    """The demo project's file, named in the person's language, made on first use (some forty seconds on two
    cores). Raises `Cancelled`, `ExportError`."""
    folder = demo_folder()
    clip, project = folder / f"street-{VERSION}.mp4", folder / tr("Demo street {version}.wvp", version=VERSION)
    if not clip.exists():
        draw_street(clip, FRAMES, WIDTH, HEIGHT, progress, cancel or CancelToken())
    if not project.exists():
        save_project(project, encode_project(demo_project(probe(clip)), 1, folder))
    return project


def draw_street(out: Path, frames: int, width: int, height: int, progress: ProgressSink, cancel: CancelToken) -> None:
    """Render the procedural street into a film with its sound. Nothing is left under its name unless it is whole."""
    from core.color import ColorPipeline  # late: brings torch, and the caller may only want to open what is there
    from core.frame import Frame
    from core.media.encoder import SegmentWriter
    from core.media.formats import Codec, FilmFormat
    from core.media.joiner import join
    from core.media.output import publish
    from core.world.film import render_film
    from core.world.model import street
    from core.world.sound import ambience

    world = street()
    color, rate = ColorPipeline(), Fraction(_RATE)
    film = FilmFormat(Codec.H264, width, height, rate, 1 / rate, _TAGS)
    started = time.monotonic()
    with SegmentWriter(out.with_suffix(".segment.mov"), film) as writer:
        for number, drawn in enumerate(render_film(world, frames, width, height, cancel)):
            light = Frame.of_array(drawn.rgb)
            writer.write(color.to_encoded(light, _TAGS), number, 1)
            progress(Progress(msg("Drawing the demo street"), number + 1, frames, time.monotonic() - started))
        segment = writer.close()
    part = out.with_suffix(".part.mp4")
    join([segment], out, part, film, frames, ambience(world, frames / _RATE))
    publish(part, out)
    segment.path.unlink()


def demo_project(street: MediaFacts) -> Project:
    """Two clips of one shot: day into a rainy night over keyframes, then fog that a painted mask keeps to the far street."""
    project = new_project(tr("Demo street"))
    for command in _story(street):
        project = command.apply(project).project
    return project


def _story(street: MediaFacts) -> Iterator[AnyCommand]:
    night, fog, mask = ClipId("clip-night"), ClipId("clip-fog"), MaskId("mask-far")
    yield RenameProject(tr("Demo street"))
    yield AddClip(
        street, night, TrackId("track-picture"), sound=ClipId("clip-night-sound"), sound_track=TrackId("track-sound")
    )
    yield SplitClip(night, _at(_CUT), fog)
    yield RenameClip(night, tr("Street, night falls"))
    yield RenameClip(fog, tr("Street, fog"))
    rainy = preset_named("night").condition.overlaid(preset_named("drizzle").condition, 0.8)
    yield ApplyPreset(night, tr("Night, drizzle"), rainy)
    falls: tuple[tuple[AxisId, float], ...] = ((SUN, 0.0), (PRACTICALS, 0.0), (RAIN, 0.0), (WETNESS, 0.0), (CLOUD, 0.0))
    for axis, before in falls:
        yield SetKeyframe(night, axis, _at(6), before)
        yield SetKeyframe(night, axis, _at(40), rainy[axis])
        yield SetInterpolation(night, axis, _at(6), Interpolation.SMOOTH)
    yield SetKeyframe(night, SUN_ELEVATION, _at(6), 12.0)
    yield SetKeyframe(night, SUN_ELEVATION, _at(40), rainy[SUN_ELEVATION])
    yield ApplyPreset(fog, "Fog", preset_named("fog").condition)
    yield AddMask(fog, mask, tr("Far street"))
    sweep = tuple(StrokePoint(x / 20, 0.40 + 0.03 * (x % 2)) for x in range(-1, 22))
    yield AddStroke(fog, mask, Stroke(sweep, radius=0.34, hardness=0.25))
    yield SetMask(fog, mask, feather=0.04)


def _at(frame: int) -> Time:
    return Time.from_frame(frame, Fraction(_RATE))
