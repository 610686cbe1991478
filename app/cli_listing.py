"""What the command line tells about files, presets and conditions, as text."""

from __future__ import annotations

import json
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from core.condition import SCHEMA, Axis, AxisKind
from core.errors import UsageError
from core.media.facts import MediaFacts
from core.presets import presets

PROJECT_SUFFIX: Final = ".wvp"


def rate_of(text: str | None) -> Fraction | None:
    """A frame rate as typed: `24`, `23.976`, `24000/1001`. Raises `UsageError`."""
    if text is None:
        return None
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= 1000:
        raise UsageError(f"--rate needs frames a second such as 24 or 24000/1001, not '{text}'.")
    return rate


def absolute(path: str) -> str:
    """Where a path that was typed leads, as it is said to people: without detours."""
    here = Path(path).absolute()
    return str(here.resolve() if ".." in here.parts else here)


def counted(frames: int) -> str:
    return "1 frame" if frames == 1 else f"{frames} frames"


def probe_text(clip: str, rate: str | None, *, as_json: bool) -> str:
    """What is in a file. Raises `MediaError`, `UsageError`."""
    from core.media.probe import probe

    if Path(clip).suffix.lower() == PROJECT_SUFFIX and Path(clip).is_file():
        raise UsageError(f"{Path(clip).name} is a project; probe one of its clips.")
    facts = probe(absolute(clip), rate_of(rate))
    return json.dumps(_plain(asdict(facts)), indent=2, ensure_ascii=False) if as_json else "\n".join(_lines(facts))


def _plain(value: Any) -> Any:
    """Fractions as `n/d` beside nothing else JSON does not know."""
    match value:
        case dict():
            if value.keys() == {"seconds"}:
                return {"exact": str(value["seconds"]), "seconds": float(value["seconds"])}
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case Fraction():
            return str(value)
    return value


def _lines(facts: MediaFacts) -> list[str]:
    video = facts.video
    timing = "variable, about " if video.is_variable_rate else ""
    swing = f", turned {video.rotation_deg}°" if video.rotation_deg else ""
    tags = video.color
    lines = [
        f"{facts.path}",
        f"  {facts.container}, {counted(video.frame_count)}, {float(video.duration):.3f} s",
        f"  video  {video.codec} {video.width}x{video.height}{swing}, {timing}{float(video.rate):.3f} fps, {video.pixel_format}",
        f"  colour primaries {tags.primaries}, transfer {tags.transfer}, matrix {tags.matrix}, "
        f"{'full' if tags.full_range else 'limited'} range",
    ]
    lines += [f"  audio  {a.codec}, {a.channels} ch, {a.rate_hz} Hz, {float(a.duration):.3f} s" for a in facts.audio]
    return [*lines, f"  damage {facts.damage}"] if facts.damage else lines


def presets_text() -> str:
    width = max(len(p.id) for p in presets())
    return "\n".join(f"{p.id:<{width}}  {p.description}" for p in presets())


def conditions_text() -> str:
    width = max(len(axis.id) for axis in SCHEMA)
    return "\n".join(f"{axis.id:<{width}}  {_range(axis):<24} {axis.help}" for axis in SCHEMA)


def _range(axis: Axis) -> str:
    if axis.kind is AxisKind.AMOUNT:
        return f"{axis.low:g} … {axis.high:g}"
    return f"{axis.low:g} … {axis.high:g} {axis.unit}, neutral {axis.neutral:g}"
