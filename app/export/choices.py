"""What can be chosen for an export, and what it comes to. Pure: no widget, no engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from app.look_names import said
from app.panels.media_text import frames_text
from core.document.model import UNTITLED, Project
from core.errors import ExportError
from core.media.formats import Codec, codec_for
from core.media.sequence import is_pattern
from core.render.messages import ExportSettings
from core.timebase import ZERO, TimeRange
from core.words import inline, msg, tr


@dataclass(frozen=True, slots=True)
class Format:
    """`ending` is what a new name gets; films may keep another ending that can hold the codec."""

    codec: Codec
    title: str
    ending: str


FORMATS: Final = (
    Format(Codec.H264, msg("H.264, 8 bit"), ".mp4"),
    Format(Codec.H265, msg("H.265, 10 bit"), ".mp4"),
    Format(Codec.PRORES, msg("ProRes 422 HQ, 10 bit"), ".mov"),
    Format(Codec.PNG, msg("PNG sequence, 16 bit"), ".png"),
    Format(Codec.EXR, msg("EXR sequence, half float, linear"), ".exr"),
)
_HEIGHTS: Final = (2160, 1440, 1080, 720, 540)
NARROWEST: Final = 64
"""No codec takes much less."""


def size_choices(project: Project) -> tuple[tuple[int, int], ...]:
    """The project's own size first, then half of it, then smaller ones of its shape with even sides."""
    own = project.width, project.height
    half = of_width(project, project.width / 2)
    smaller = [of_width(project, project.width * h / project.height) for h in _HEIGHTS if h < project.height]
    return tuple(dict.fromkeys((own, half, *smaller)))


def of_width(project: Project, width: float) -> tuple[int, int]:
    """The picture in a width, its shape kept as far as even sides allow."""
    return _even(width), _even(width * project.height / project.width)


def _even(side: float) -> int:
    return max(2, round(side / 2) * 2)


def width_range(project: Project) -> tuple[int, int]:
    """The least and the greatest width that can be asked for; footage is never enlarged."""
    return min(NARROWEST, project.width), project.width


def range_choices(project: Project) -> tuple[tuple[str, TimeRange], ...]:
    """In to out where either is set, then the whole timeline; each says how many frames it has."""
    whole = TimeRange(ZERO, project.duration)
    choices = [(tr("Whole timeline"), whole)]
    if project.export_range != whole:
        choices.insert(0, (tr("In to out"), project.export_range))
    return tuple((f"{name}, {frames_text(len(span.frames(project.rate)))}", span) for name, span in choices)


def default_path(project: Project, folder: Path, format_: Format) -> Path:
    """Project and look in the name, safe on every system: `Harbour road downpour.mp4`."""
    clip = next(project.pictures(), None)
    look = inline(said(clip.look.name)) if clip else ""
    stem = Path(clip.name).stem if clip and project.name == UNTITLED else project.name
    name = re.sub(r'[<>:"/\\|?*%\s\x00-\x1f]+', " ", f"{stem} {look}").strip(" .") or "export"
    return with_format(folder / f"{name}.mp4", format_)


def with_format(path: Path, format_: Format) -> Path:
    """The same name with an ending, and a frame number, that suit the format."""
    stem = re.sub(r"[ _]?%0?\d*d$", "", path.stem)
    if format_.codec.is_sequence:
        return path.with_name(f"{stem}_%05d{format_.ending}")
    keeps = path.suffix if not is_pattern(path) and _holds(path, format_.codec) else format_.ending
    return path.with_name(f"{stem}{keeps}")


def _holds(path: Path, codec: Codec) -> bool:
    try:
        return codec_for(path, codec) is codec
    except ExportError:
        return False


def problem_of(path: Path, format_: Format, project: Project) -> str:
    """Why this name cannot be written, in one sentence; empty when it can. Looks at the disk."""
    if not path.name or not path.is_absolute():
        return tr("Give the file a name and a folder.")
    if not path.parent.is_dir():
        return tr("The folder {folder} is not there; create it or choose another.", folder=path.parent)
    if not _is_writable(path.parent):
        return tr("Nothing can be written in {folder}; choose another folder.", folder=path.parent)
    if path.is_dir():
        return tr("{name} is a folder; give the file a name of its own.", name=path.name)
    if any(Path(m.path) == path for m in project.media):
        return tr("{name} is the source itself; choose another name.", name=path.name)
    try:
        codec_for(path, format_.codec)
    except ExportError as refused:
        return refused.message
    return ""


def _is_writable(folder: Path) -> bool:
    """Tried and not asked: permissions are not all that can forbid it, and not every system tells them truly."""
    try:
        TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def settings_for(
    path: Path,
    format_: Format,
    size: tuple[int, int],
    project: Project,
    *,
    heatmap: bool,
    report: bool,
    layers: bool,
    keep_audio: bool,
) -> ExportSettings:
    """Heatmap, report and the folder of layers stand beside the film under its name."""
    stem = re.sub(r"[ _]?%0?\d*d$", "", path.stem)
    own = size == (project.width, project.height)
    return ExportSettings(
        out=str(path),
        codec=format_.codec.value,
        width=None if own else size[0],
        height=None if own else size[1],
        heatmap=str(path.with_name(f"{stem} flicker.mp4")) if heatmap else None,
        report=str(path.with_name(f"{stem} report.json")) if report else None,
        scores=str(path.with_name(f"{stem} flicker.csv")) if report else None,
        keep_audio=keep_audio,
        layers=str(path.with_name(f"{stem} layers")) if layers else None,
    )


def time_left_text(seconds: float | None) -> str:
    """`4:40` under ten minutes, then `about 21 min`; says so while it is not known."""
    if seconds is None:
        return tr("Measuring")
    if seconds < 600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return tr("about {minutes} min", minutes=round(seconds / 60))
