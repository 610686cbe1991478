"""What a plan may depend on besides project and instant, and the names of what depends on media: pictures, scenes, maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from core.document.masks import MATTE_VERSION, told_strokes
from core.document.model import AS_FOUND, Clip, Project, SceneEdits
from core.errors import EditRejected, MediaError
from core.extension.spec import MapKind, TranslatorSpec
from core.frame_times import FrameTimes
from core.ids import TranslatorId
from core.media.facts import MediaFacts, VideoFacts
from core.media.proxy import VERSION as PROXY_VERSION
from core.render.keys import canonical, stage_key
from core.render.messages import Quality
from core.render.nodes import Analysis, Decode
from core.render.sizes import Size, preview_size, size_inside
from core.words import tr


@dataclass(frozen=True, slots=True)
class PlanParams:
    """All that a plan may depend on besides project and instant."""

    index_of: Callable[[MediaFacts], FrameTimes]
    """Raises `MediaError` for a medium that cannot be opened."""
    spec_of: Callable[[TranslatorId], TranslatorSpec]
    """Raises `PluginError` for a translator that is missing or broken."""
    analyser_version: str
    source_version: str
    """Of whatever turns a file into light: decoder and input transform."""
    size_of: Callable[[VideoFacts], Size]
    canvas: Size
    """Size of an instant without a clip."""
    backend: str = "cpu-float32"
    """Device kind and precision: another backend's bits are another result."""
    is_tracked: Callable[[MediaFacts], bool] = lambda _: True
    """Whether a shot is shown with its tracking. A preview that does not wait for it says no until it is at hand."""
    proxy_of: Callable[[MediaFacts], str] = lambda _: ""
    """The path of the proxy to read a medium from; empty to read its source, as all but drafts do."""
    is_carried: Callable[[str], bool] = lambda _: True
    """Whether a carried matte is at hand, by name. A preview that does not wait for it shows the nearest that is."""
    models_of: Callable[[MapKind | None], str] = lambda _: ""
    """Digest of the optional models that feed a map, or the tracking for None; empty without any."""


def preview_sizes(height: int, quality: Quality) -> Callable[[VideoFacts], Size]:
    """`PlanParams.size_of` for a viewer of this height."""
    return lambda video: preview_size(video, height, quality)


def canvas_sizes(canvas: Size) -> Callable[[VideoFacts], Size]:
    """`PlanParams.size_of` for a film of this size."""
    return lambda video: size_inside(video, canvas)


def facts_of(project: Project, clip: Clip) -> MediaFacts:
    """The medium of a clip. Raises `MediaError`."""
    try:
        return project.media_facts(clip.media)
    except EditRejected:
        raise MediaError(
            tr("The media of '{name}' is not in the project; add the file again.", name=clip.name)
        ) from None


def decode_at(facts: MediaFacts, frame: int, params: PlanParams) -> Decode:
    return decode_of(facts, frame, params.size_of(facts.video), params.source_version, params.proxy_of(facts))


def decode_of(facts: MediaFacts, frame: int, size: Size, source_version: str, proxy: str = "") -> Decode:
    """A source frame at a size, by name; read from a proxy it is another picture with another name."""
    version = f"{source_version}/proxy {PROXY_VERSION}" if proxy else source_version
    return Decode(stage_key("decode", version, [facts.id, frame, size]), facts, frame, size, proxy)


def analysis_of(
    facts: MediaFacts, frame: int, kinds: tuple[MapKind, ...], params: PlanParams, said: SceneEdits = AS_FOUND
) -> Analysis:
    """The analyses of a frame, by name. Also what analysing a whole clip ahead of time asks for.

    The rate is named too: images keep their id when they are taken at another rate, yet the speed of the camera changes.
    """
    scene_key = scene_key_of(facts, params)
    tracking_key = tracking_key_of(facts, params) if params.is_tracked(facts) else ""
    digest = digests(said)
    proxy = params.proxy_of(facts)

    def name(kind: MapKind) -> str:
        version = _version(kind, params) + (f"/proxy {PROXY_VERSION}" if proxy else "")
        if kind is MapKind.FLOW:  # between two pictures, whatever stands in them
            return stage_key("map", version, [kind, frame], (scene_key,))
        return stage_key("map", version, [kind, frame, digest.of_maps], (scene_key, tracking_key))

    maps = tuple((kind, name(kind)) for kind in sorted(set(kinds)))
    return Analysis(scene_key, tracking_key, maps, facts, frame, said, digest.painting, proxy)


def scene_key_of(facts: MediaFacts, params: PlanParams) -> str:
    """The name of what a look at a few frames of a medium tells."""
    return stage_key("scene", params.analyser_version, [facts.id, facts.video.rate, params.source_version])


def tracking_key_of(facts: MediaFacts, params: PlanParams) -> str:
    """The name of what following the camera and the objects through all of a medium tells."""
    return stage_key("tracking", _version(None, params), None, (scene_key_of(facts, params),))


def _version(finding: MapKind | None, params: PlanParams) -> str:
    """Of a map, or the tracking for None: that of the analyser, and of the models that it asks for just that."""
    models = params.models_of(finding)
    return f"{params.analyser_version}/{models}" if models else params.analyser_version


class Digests(NamedTuple):
    """What was said of a scene, by name."""

    whole: str
    of_maps: str
    """Of the part that maps depend on."""
    painting: str


def _told(said: SceneEdits) -> dict[str, object]:
    """What was said, its strokes as they are named."""
    told = canonical(said)
    assert isinstance(told, dict)
    return {**told, "sky_strokes": told_strokes(said.sky_strokes)}


@lru_cache(maxsize=64)
def digests(said: SceneEdits) -> Digests:
    strokes = said.sky_strokes
    return Digests(
        stage_key("said", 1, _told(said)),
        stage_key("said of maps", 1, said.corrections.of_maps),
        stage_key("painting", MATTE_VERSION, told_strokes(strokes)) if strokes else "",
    )
