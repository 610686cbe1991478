"""What an export is to write, checked before the first frame: a bad target costs a second, not an evening."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from core.color import DISPLAY_TAGS, Curve, Encoding
from core.document.model import Clip, Project
from core.errors import ExportError
from core.media.facts import ColorTags, MediaFacts
from core.media.formats import Codec, FilmFormat, codec_for, film_tags
from core.media.mixdown import Mixdown, SoundCopy
from core.media.output import export_errors
from core.media.sequence import image_path, is_pattern, number_in
from core.render.messages import ExportRequest, ExportSettings
from core.render.sinks import FilmSink, ImageSink, LayerSink, Sink
from core.render.sizes import Size
from core.render.sound import audio_word, plan_sound
from core.timebase import TimeRange
from core.words import Note, tr

HEATMAP_HEIGHT_PX: Final = 540
"""Flicker is measured on a long side of 480; a taller film of it would only be a bigger file."""
BYTES_A_PIXEL: Final = {Codec.H264: 0.05, Codec.H265: 0.05, Codec.PRORES: 0.6, Codec.PNG: 5.0, Codec.EXR: 5.0}
"""What a pixel takes on disk, generously: to tell a disk that is too small beforehand."""


FILE_ENDINGS: Final = (".exr", ".png", ".mp4", ".mov", ".mkv")
LAYER_BYTES_A_PIXEL: Final = 60.0
"""The same of an EXR of every pass; most compress well, noise does not."""


@dataclass(frozen=True, slots=True)
class Target:
    """The outputs of one export. `folder` holds its parts until they are finished."""

    film: Sink
    heatmap: Sink | None
    layers: LayerSink | None
    report: Path | None
    scores: Path | None
    folder: Path
    time_base: Fraction
    canvas: Size
    audio: str
    """How the film gets its sound, for the report: `copied`, `mixed` or `none`."""
    notes: tuple[str, ...] = ()
    """What whoever asked may not expect."""

    @property
    def sinks(self) -> tuple[Sink, ...]:
        return tuple(sink for sink in (self.film, self.heatmap, self.layers) if sink is not None)

    @property
    def measures_flicker(self) -> bool:
        return bool(self.heatmap or self.report or self.scores)


@dataclass(frozen=True, slots=True)
class Footage:
    """What the target has to know of the footage. `clip` only where the span is one clip; `heard` is the film's own span."""

    facts: MediaFacts | None
    clip: Clip | None
    heard: TimeRange
    time_base: Fraction
    rate: Fraction
    numbers: tuple[int, ...]
    """Of the film's frames, as they are written into the names of images."""

    @property
    def count(self) -> int:
        return len(self.numbers)


def open_target(request: ExportRequest, footage: Footage) -> Target:
    """Check every name and the disk, and make the folder of parts. Raises `ExportError` naming what to change."""
    settings, project = request.settings, request.project
    canvas = canvas_of(project, settings)
    out = Path(settings.out)
    codec = _codec(out, settings.codec, footage.count)
    layers = _layers_pattern(Path(settings.layers), footage.count) if settings.layers else None
    others = [Path(p) for p in (settings.heatmap, settings.report, settings.scores, layers) if p]
    _check_names([out, *others], footage.numbers, project)
    heatmap_codec = _heatmap_codec(Path(settings.heatmap)) if settings.heatmap else None
    folder = out.parent / f".{out.name}.parts"
    for path in (out, *others):
        _check_writable(path)
    _check_space(out, canvas, footage.count, BYTES_A_PIXEL[codec])
    if layers is not None:
        _check_space(layers, canvas, footage.count, LAYER_BYTES_A_PIXEL)
    with export_errors(out):
        for kind in ("film", "heatmap", "layers"):  # each its own: they may share a name
            (folder / kind).mkdir(parents=True, exist_ok=True)
    tags = footage.facts.video.color if footage.facts else ColorTags()
    is_heard = settings.keep_audio and not codec.is_sequence
    sound = plan_sound(project, footage.heard, out.suffix) if is_heard else None
    return Target(
        film=_sink(out, folder / "film", codec, canvas, tags, footage, sound),
        heatmap=_heatmap_sink(Path(settings.heatmap), folder / "heatmap", heatmap_codec, canvas, footage)
        if settings.heatmap and heatmap_codec
        else None,
        layers=LayerSink(layers, folder / "layers", Codec.EXR, ColorTags(), canvas) if layers else None,
        report=Path(settings.report) if settings.report else None,
        scores=Path(settings.scores) if settings.scores else None,
        folder=folder,
        time_base=footage.time_base,
        canvas=canvas,
        audio=audio_word(sound),
        notes=_notes(out, codec, canvas, _size_without_bars(project, canvas)),
    )


def _notes(out: Path, codec: Codec, canvas: Size, filled: Size) -> tuple[str, ...]:
    notes = []
    halves_chroma = codec in (Codec.H264, Codec.H265)
    if halves_chroma and (canvas[0] % 2 or canvas[1] % 2):
        notes.append(
            Note(
                "{name} is {width}x{height}: with an odd side its colour is kept whole (4:4:4), which some players "
                "cannot show; even sides play everywhere.",
                name=out.name,
                width=canvas[0],
                height=canvas[1],
            )
        )
    if filled != canvas:
        notes.append(
            Note(
                "{name} is {width}x{height}, which the picture does not fill: it has black bars; "
                "{full_width}x{full_height} has none.",
                name=out.name,
                width=canvas[0],
                height=canvas[1],
                full_width=filled[0],
                full_height=filled[1],
            )
        )
    return tuple(notes)


def _size_without_bars(project: Project, canvas: Size) -> Size:
    """The canvas, or the part of it that a picture of the project's shape fills where more than a rounded pixel is left over."""
    shape = Fraction(project.width, project.height)
    width, height = min(canvas[0], round(canvas[1] * shape)), min(canvas[1], round(canvas[0] / shape))
    is_filled = canvas[0] - width <= 2 and canvas[1] - height <= 2  # a side is often made even by hand
    return canvas if is_filled else (width - width % 2, height - height % 2)


def canvas_of(project: Project, settings: ExportSettings) -> Size:
    """The film's size: as asked, the missing side after the project's shape, or the project's own."""
    width, height = settings.width, settings.height
    shape = Fraction(project.width, project.height)
    if width is None and height is None:
        return project.width, project.height
    found = width or round((height or 0) * shape), height or round((width or 0) / shape)
    if min(found) < 2:
        raise ExportError(
            tr(
                "A film of {width} x {height} pixels cannot be written; ask for a larger size.",
                width=found[0],
                height=found[1],
            )
        )
    return found


def _codec(out: Path, name: str, count: int) -> Codec:
    """As `codec_for`, but a single picture needs no number in its name."""
    single = {".png": Codec.PNG, ".exr": Codec.EXR}.get(out.suffix.lower())
    if single is not None and count == 1 and name in ("", single) and not is_pattern(out):
        return single
    return codec_for(out, name)


def _check_names(paths: list[Path], numbers: tuple[int, ...], project: Project) -> None:
    """No output may stand on another, or on its own source; nor may one image of either."""
    sources = [_resolved(Path(media.path)) for media in project.media]
    taken: set[Path] = set()
    for path in paths:
        out = _resolved(path)
        files = {out, *(image_path(out, n) for n in numbers)} if is_pattern(out) else {out}
        for source in sources:
            if source in files or any(_is_image_of(source, file) for file in files):
                what = (
                    tr("an image of the source {name}", name=source.name) if source != out else tr("the source itself")
                )
                raise ExportError(tr("{path} is {what}; choose another name.", path=path, what=what))
        if taken & files:
            raise ExportError(tr("{path} is asked for twice; give every output its own name.", path=path))
        taken |= files


def _resolved(path: Path) -> Path:
    """Without links or detours. A pattern is not a file, so its folder is."""
    absolute = path.absolute()
    return absolute.parent.resolve() / absolute.name if is_pattern(path) else absolute.resolve()


def _is_image_of(source: Path, file: Path) -> bool:
    return file.parent == source.parent and number_in(source, file.name) is not None


def _check_writable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise ExportError(
            tr(
                "{path} cannot be written: the folder {folder} is not there; create it or choose another.",
                path=path,
                folder=folder,
            )
        )
    if path.is_dir():
        raise ExportError(tr("{path} is a folder; give the file a name of its own.", path=path))
    with export_errors(path):
        descriptor, trial = tempfile.mkstemp(dir=folder, prefix=".weathervane-")
        os.close(descriptor)
        Path(trial).unlink()


def _layers_pattern(out: Path, count: int) -> Path:
    """`layers_%05d.exr` in a folder, which is made where it is missing; or the pattern itself. Raises `ExportError`."""
    if out.suffix.lower() not in FILE_ENDINGS:  # a folder's name may have a dot in it
        with export_errors(out):
            out.mkdir(exist_ok=True)
        return out / "layers_%05d.exr"
    if out.suffix.lower() != ".exr" or not (is_pattern(out) or count == 1):
        raise ExportError(
            tr("{out} cannot hold layers; name a folder, or number the images, such as layers_%05d.exr.", out=out)
        )
    return out


def _check_space(out: Path, canvas: Size, count: int, bytes_a_pixel: float) -> None:
    needed = int(canvas[0] * canvas[1] * count * bytes_a_pixel)
    free = shutil.disk_usage(out.parent).free
    if needed > free:
        raise ExportError(
            tr(
                "{out} needs about {needed:.1f} GB and {free:.1f} GB are free; free some space or choose another disk.",
                out=out,
                needed=needed / 1e9,
                free=free / 1e9,
            )
        )


def _sink(
    out: Path,
    folder: Path,
    codec: Codec,
    size: Size,
    tags: ColorTags,
    footage: Footage,
    sound: SoundCopy | Mixdown | None = None,
) -> Sink:
    if codec.is_sequence:
        return ImageSink(out, folder, codec, image_tags(tags), size)
    color = film_tags(tags, codec, size[1])
    film = FilmFormat(codec, size[0], size[1], footage.rate, footage.time_base, color)
    return FilmSink(out, folder, film, sound)


def image_tags(source: ColorTags) -> ColorTags:
    """What PNGs are in: the source's primaries, so that an untouched frame keeps its codes; of HDR, plain sRGB to look at."""
    if Encoding.of(source).curve is not Curve.SDR or source.primaries == "unknown":
        return DISPLAY_TAGS
    return replace(DISPLAY_TAGS, primaries=source.primaries)


def _heatmap_codec(out: Path) -> Codec:
    if out.suffix.lower() in (".png", ".exr") and not is_pattern(out):
        raise ExportError(
            tr(
                "{out} cannot hold the heatmap of a film; give it a name that ends in .mp4, or number its images, such as "
                "{stem}_%05d{suffix}.",
                out=out,
                stem=out.stem,
                suffix=out.suffix,
            )
        )
    return codec_for(out)


def _heatmap_sink(out: Path, folder: Path, codec: Codec, canvas: Size, footage: Footage) -> Sink:
    height = min(canvas[1], HEATMAP_HEIGHT_PX)
    width = round(canvas[0] * height / canvas[1])
    even = (max(2, width // 2 * 2), max(2, height // 2 * 2))
    return _sink(out, folder, codec, even, DISPLAY_TAGS, footage)
