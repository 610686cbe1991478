"""What crosses the engine's thread: frozen values. Requests carry a project snapshot; events carry finished display bytes.

Importable without torch, so the app can speak to the engine before torch is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.document.model import Project
from core.ids import ClipId, JobId, MaskId, MediaId
from core.media.facts import ColorTags
from core.progress import Progress
from core.scene import Scene, Tracking
from core.timebase import Time, TimeRange

if TYPE_CHECKING:
    from core.frame_times import FrameTimes


class Layer(StrEnum):
    """A picture the engine can deliver for an instant."""

    SOURCE = "source"
    RESULT = "result"
    MATTE = "matte"
    """The combined mask, white where the look acts."""
    DOUBT = "doubt"
    """The source, darkened, with the edge of the mask, and in colour where following left doubt about it."""
    FLICKER = "flicker"
    SKY = "sky"
    """The sky matte as translators are given it, what was painted included: white is sky."""
    GROUND = "ground"
    """The ground matte; white is ground."""
    DEPTH = "depth"
    """How near things are: white at three metres and nearer, black far off."""


class Quality(StrEnum):
    """Size of a preview relative to the size asked for. FULL is, pixel for pixel, what export renders at that size."""

    DRAFT = "draft"
    HALF = "half"
    FULL = "full"

    @property
    def scale(self) -> Fraction:
        return {"draft": Fraction(1, 4), "half": Fraction(1, 2), "full": Fraction(1)}[self.value]


@dataclass(frozen=True, slots=True)
class Picture8:
    """Finished display pixels: (H, W, 4) uint8, B G R 255, C-contiguous, read-only, owned by this message."""

    pixels: npt.NDArray[np.uint8]

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


# ---- requests: app -> engine ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """Show this instant. Latest wins: a newer serial replaces it, except that a picture in work for a scrub is finished.

    The engine answers at each quality from `first` up to `last` with every layer asked for; coarse ones are left out where
    `last` comes at once. While the shot is analysed for the first time it answers once, beforehand, with the source alone.
    """

    serial: int
    project: Project
    time: Time
    height: int
    """Picture height at FULL, in pixels; the width follows the source's shape."""
    layers: tuple[Layer, ...] = (Layer.SOURCE, Layer.RESULT)
    first: Quality = Quality.DRAFT
    last: Quality = Quality.FULL
    wants_scene: bool = False
    """Find the scene of the shot and follow it even where no look needs it: somebody looks at what is found."""
    wants_light: bool = False
    """Keep the frame of the best picture in memory beside its display bytes: somebody reads its light (`ProbeRequest`)."""


@dataclass(frozen=True, slots=True)
class PrefetchRequest:
    """Fill the cache for playback when idle: frames of `span` nearest the playhead first. Replaces the previous one."""

    project: Project
    playhead: Time
    span: TimeRange
    height: int
    quality: Quality


@dataclass(frozen=True, slots=True)
class StillRequest:
    """One small picture outside the preview (a preset thumbnail). Done after previews, in order; a `tag` replaces its older self."""

    tag: str
    project: Project
    time: Time
    height: int
    layer: Layer = Layer.RESULT


@dataclass(frozen=True, slots=True)
class GrabRequest:
    """One picture of the whole canvas, as an export would render it with what is known now. In the order of stills."""

    tag: str
    project: Project
    time: Time
    layer: Layer = Layer.RESULT


@dataclass(frozen=True, slots=True)
class MatteRequest:
    """One mask of a clip as it stands at an instant, before it is grown, softened or turned: what may be locked."""

    tag: str
    project: Project
    time: Time
    clip: ClipId
    mask: MaskId


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What light stands at a point of the picture on the screen, which is of this `quality`. Latest wins; done after
    previews. Nothing is rendered for it: it is read where the frame lies in memory. `u`, `v` in 0..1 of the picture,
    averaged over a square of `side` of its pixels."""

    serial: int
    project: Project
    time: Time
    height: int
    u: float
    v: float
    side: int = 1
    quality: Quality = Quality.FULL


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What to write. Only values; checked by `core.render.export` before the first frame."""

    out: str
    """Film path or image pattern, absolute."""
    codec: str = ""
    """`h264`, `h265`, `prores`, `png`, `exr`; empty: what suits the ending."""
    width: int | None = None
    height: int | None = None
    heatmap: str | None = None
    report: str | None = None
    scores: str | None = None
    """CSV of per-frame flicker scores."""
    keep_audio: bool = True
    layers: str | None = None
    """Pattern or folder for EXRs of every pass, absolute."""
    shows: Layer = Layer.RESULT
    """The result, or the matte as grey numbers that no transform touched."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Ordered; pre-empted between frames by previews. `span` is timeline time."""

    job: JobId
    project: Project
    span: TimeRange
    settings: ExportSettings


@dataclass(frozen=True, slots=True)
class CancelExport:
    job: JobId


@dataclass(frozen=True, slots=True)
class HoldExports:
    """Leave exports lie, the one in work as it stands, so that previews have the engine to themselves; or go on with them."""

    is_held: bool


@dataclass(frozen=True, slots=True)
class ReloadModels:
    """The optional models on this computer have changed: what is asked for after this is made with those that are there now.

    An export under way goes on with those it began with, and so does whatever is asked for until it ends.
    """


@dataclass(frozen=True, slots=True)
class UseProxies:
    """From now on drafts of these media are read from their proxies; everything else from the source, as ever."""

    paths: tuple[tuple[MediaId, str], ...]


Request = (
    PreviewRequest
    | PrefetchRequest
    | StillRequest
    | GrabRequest
    | MatteRequest
    | ProbeRequest
    | ExportRequest
    | CancelExport
    | HoldExports
    | ReloadModels
    | UseProxies
)


# ---- events: engine -> app ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PreviewReady:
    """Pictures of one quality for one request. All layers are of the same instant and the same size."""

    serial: int
    time: Time
    quality: Quality
    is_last: bool
    pictures: tuple[tuple[Layer, Picture8], ...]
    render_ms: float
    notes: tuple[str, ...] = ()

    def picture(self, layer: Layer) -> Picture8 | None:
        return next((p for name, p in self.pictures if name is layer), None)


@dataclass(frozen=True, slots=True)
class PreviewFailed:
    """The instant cannot be shown. `message` is one sentence for the clip."""

    serial: int
    time: Time
    clip: ClipId | None
    message: str


@dataclass(frozen=True, slots=True)
class ProbeReady:
    """Scene-linear R, G, B of source and result at the point that was asked for; a layer that is not in memory is left out."""

    serial: int
    light: tuple[tuple[Layer, tuple[float, float, float]], ...]


@dataclass(frozen=True, slots=True)
class StillReady:
    tag: str
    time: Time
    picture: Picture8


@dataclass(frozen=True, slots=True)
class GrabReady:
    """A picture of the canvas' size. `codes`: (H, W, 3) uint16 R'G'B' of a screen, full scale 65535, in `color`; `light`:
    (H, W, 3) half floats, scene-linear Rec.709. Both read-only."""

    tag: str
    time: Time
    codes: npt.NDArray[np.uint16]
    light: npt.NDArray[np.float16]
    color: ColorTags


@dataclass(frozen=True, slots=True)
class GrabFailed:
    tag: str
    message: str


@dataclass(frozen=True, slots=True)
class MatteReady:
    """`at` is the source instant of its frame; `png` 8 bit grey."""

    tag: str
    clip: ClipId
    mask: MaskId
    at: Time
    png: bytes


@dataclass(frozen=True, slots=True)
class AnalysisProgress:
    """The shot of a clip is being analysed for the first time."""

    clip: ClipId
    progress: Progress


@dataclass(frozen=True, slots=True)
class SceneKnown:
    """What was found of the medium on screen, without a person's word.

    Emitted when it comes on screen with a look (or where a preview `wants_scene`), and anew when every frame was looked at:
    from then on previews show what exports do, so ask for them again.
    """

    media: MediaId
    scene: Scene
    tracking: Tracking | None
    """None until every frame was looked at."""
    index: FrameTimes | None = None
    """When each frame appears, by which places of objects are named; None where nobody said."""


@dataclass(frozen=True, slots=True)
class MaskCarried:
    """How far a mask has followed the picture: previews show it on these frames as exports do, so ask for them again."""

    clip: ClipId
    mask: MaskId
    certainties: tuple[tuple[Time, float], ...]
    """Source instants of the frames that are at hand, sorted, with the mean confidence along the edge, 0..1."""
    total: int
    """Frames that it will reach besides those that were painted or locked."""

    @property
    def is_done(self) -> bool:
        return len(self.certainties) >= self.total


@dataclass(frozen=True, slots=True)
class CacheChanged:
    """Timeline spans of the last preview or prefetch project whose result is in the cache at that request's best quality."""

    ready: tuple[TimeRange, ...]
    working: TimeRange | None = None


@dataclass(frozen=True, slots=True)
class ExportProgress:
    job: JobId
    progress: Progress
    picture: Picture8 | None = None


@dataclass(frozen=True, slots=True)
class ExportDone:
    job: JobId
    out: str
    frames: int
    elapsed_s: float
    notes: tuple[str, ...] = ()
    """What the analysis of the shots warns of: conditions that cannot hold there."""


@dataclass(frozen=True, slots=True)
class ExportFailed:
    job: JobId
    message: str
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """For the status bar."""

    device: str
    cache_bytes: int
    cache_budget_bytes: int


@dataclass(frozen=True, slots=True)
class EngineFault:
    """Something no stage foresaw. `message` for the status bar, `details` for the crash report; the engine goes on."""

    message: str
    details: str


Event = (
    PreviewReady
    | PreviewFailed
    | StillReady
    | GrabReady
    | MatteReady
    | GrabFailed
    | ProbeReady
    | AnalysisProgress
    | SceneKnown
    | MaskCarried
    | CacheChanged
    | ExportProgress
    | ExportDone
    | ExportFailed
    | EngineStatus
    | EngineFault
)
