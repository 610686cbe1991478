"""The report of a render: what was made from what, and how it scored. Typed here; JSON and CSV only at the door."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.errors import ExportError
from core.evaluation.flicker import FlickerScore
from core.models.adapters import UsedModel
from core.scene import Corrections
from core.words import tr

REPORT_VERSION: Final = 2
NOTICEABLE_CODES: Final = 0.6
"""Score from which a frame is counted as flickering, measured before encoding."""


@dataclass(frozen=True, slots=True)
class FlickerSummary:
    """The whole film in a few numbers, code values of 255, over measured frames; None where none was measured."""

    frames: int
    measured_frames: int
    cuts: tuple[int, ...]
    mean: float | None
    p95: float | None
    worst: float | None
    worst_frame: int | None
    source_mean: float | None
    noticeable_frames: int
    measured_share: float
    """Mean over measured frames of the part of the picture that could be judged."""


def summarise(scores: Iterable[FlickerScore]) -> FlickerSummary:
    """The film's summary from its frames' scores."""
    scores = tuple(scores)
    known = [s for s in scores if s.is_measured]
    cuts = tuple(s.frame for s in scores if s.is_cut)
    if not known:
        return FlickerSummary(len(scores), 0, cuts, None, None, None, None, None, 0, 0.0)
    values = np.array([s.score for s in known])
    worst = max(known, key=lambda s: s.score)
    return FlickerSummary(
        frames=len(scores),
        measured_frames=len(known),
        cuts=cuts,
        mean=round(float(values.mean()), 4),
        p95=round(float(np.percentile(values, 95)), 4),
        worst=worst.score,
        worst_frame=worst.frame,
        source_mean=round(float(np.mean([s.source_score for s in known])), 4),
        noticeable_frames=int((values >= NOTICEABLE_CODES).sum()),
        measured_share=round(float(np.mean([s.measured_share for s in known])), 4),
    )


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A keyframe, in seconds of the source."""

    source_s: float
    value: float
    interpolation: str


@dataclass(frozen=True, slots=True)
class CurveRecord:
    axis: str
    keys: tuple[KeyRecord, ...]


@dataclass(frozen=True, slots=True)
class MaskRecord:
    """An enabled mask. `digest` names its strokes, shapes and settings; `feather` and `grow` in picture heights."""

    name: str
    strokes: int
    is_inverted: bool
    feather: float
    opacity: float
    digest: str
    operation: str = "add"
    grow: float = 0.0
    shapes: int = 0
    selection: str = ""
    """What it begins with: a colour, luminance or depth range, sky, ground, foliage, a film; empty for nothing."""
    follows: bool = False
    """Whether it was carried along the picture."""
    locked: int = 0
    """Frames on which it was held fast."""
    steady: int = 0
    """Frames on either side that were averaged in."""


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """What a person said of a clip's scene."""

    corrections: Corrections
    sky_strokes: int


@dataclass(frozen=True, slots=True)
class ClipRecord:
    """One clip of the film: where it is, in seconds of the film, where it comes from, and its look."""

    name: str
    source: str
    media: str
    """Id of the source's content."""
    start_s: float
    end_s: float
    source_start_s: float
    translator: str
    """Id and version; empty for a clip as shot."""
    preset: str
    seed: int
    amount: float
    look: tuple[tuple[str, float], ...]
    """Base values, neutral ones left out; a curve overrides its axis."""
    curves: tuple[CurveRecord, ...]
    masks: tuple[MaskRecord, ...]
    notes: tuple[str, ...]
    """What the analysis of the shot warns of."""
    scene: SceneRecord | None = None
    """None for a clip as shot, and where all is as it was found."""


@dataclass(frozen=True, slots=True)
class RenderReport:
    """One finished export."""

    source: str
    out: str
    translator: str
    """Id and version."""
    look: tuple[tuple[str, float], ...]
    """The condition at the first frame, axis by axis, neutral ones left out; `clips` has the whole film's."""
    seed: int
    width: int
    height: int
    rate: str
    """Frames a second, as an exact fraction such as `30000/1001`."""
    first_frame: int
    frames: int
    device: str
    elapsed_s: float
    application: str
    """Name and version of what wrote it."""
    notes: tuple[str, ...] = ()
    scores: tuple[FlickerScore, ...] = ()
    media: str = ""
    """Id of the source's content."""
    sha256: str = ""
    """Of the written film; empty for an image sequence."""
    codec: str = ""
    audio: str = "none"
    """`copied` packet by packet, `mixed` from the clips, or `none`."""
    preset: str = ""
    timings: tuple[tuple[str, float], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    models: tuple[UsedModel, ...] = ()
    """Optional models that the analysis of these frames could ask; `sha256` names each one's file."""
    clips: tuple[ClipRecord, ...] = ()


def write_json(report: RenderReport, path: Path) -> None:
    """Write a report, whole or not at all. Raises `ExportError`."""
    frames = report.scores
    content: dict[str, Any] = {"version": REPORT_VERSION, **asdict(report)}
    content |= {name: dict(getattr(report, name)) for name in ("look", "timings", "versions")}
    for clip in content["clips"]:
        clip["look"] = dict(clip["look"])
    content["scores"] = [_row(score) for score in frames]
    content["flicker"] = asdict(summarise(frames)) if frames else None
    content["unit"] = "code values of 255, display-encoded luma, before encoding"
    _replace(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def write_csv(scores: Iterable[FlickerScore], path: Path) -> None:
    """Write per-frame scores with a header row; fields of frames that were not measured are empty. Raises `ExportError`."""
    text = io.StringIO()
    rows = csv.DictWriter(text, ("frame", "score", "source_score", "measured_share", "is_cut"), lineterminator="\n")
    rows.writeheader()
    rows.writerows(_row(score) for score in scores)
    _replace(path, text.getvalue())


def _row(score: FlickerScore) -> dict[str, object]:
    """A score as it is written: unknown is null, never zero."""
    known = score.is_measured
    return {
        "frame": score.frame,
        "score": score.score if known else None,
        "source_score": score.source_score if known else None,
        "measured_share": score.measured_share,
        "is_cut": score.is_cut,
    }


def _replace(path: Path, text: str) -> None:
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        reason = error.strerror or tr("the disk refused")
        raise ExportError(
            tr("{path} cannot be written ({reason}); choose another place.", path=path, reason=reason.lower())
        ) from error
