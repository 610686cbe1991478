"""The translator's turn: it sees one frame, its maps, the scene and a sampled condition, and gives one frame back."""

from __future__ import annotations

from dataclasses import fields, replace

import torch
from torch.nn import functional

from core.cancel import CancelToken
from core.errors import PluginError
from core.extension.translator import LayerTap, Maps, Pass, ShotTime, TranslateRequest, Translator
from core.frame import Frame
from core.render.nodes import Translate
from core.render.stages.layers import Layers
from core.scene import FrameScene
from core.words import tr


def translate(
    node: Translate, frame: Frame, maps: Maps, shown: FrameScene, translator: Translator, cancel: CancelToken
) -> Frame:
    """The frame under the node's condition, same size. Raises `PluginError` for a result that is not such a frame."""
    request = padded(_request(node, frame, maps, shown), node.spec.size_multiple)
    return _cropped(_run(node, request, translator, cancel), frame)


def layered(
    node: Translate, frame: Frame, maps: Maps, shown: FrameScene, translator: Translator, cancel: CancelToken
) -> Layers:
    """The same frame, taken apart. What the translator does not tell apart is the pass `rest`. Raises `PluginError`."""
    request = padded(_request(node, frame, maps, shown), node.spec.size_multiple)
    tap = LayerTap(request.frame.pixels)
    result = _run(node, replace(request, layers=tap), translator, cancel)
    tap.take(Pass.REST, result.pixels)
    return Layers.of(frame, _cropped(result, frame), tap, maps)


def _request(node: Translate, frame: Frame, maps: Maps, shown: FrameScene) -> TranslateRequest:
    return TranslateRequest(
        frame=frame,
        maps=maps,
        scene=shown.scene,
        condition=node.condition,
        time=ShotTime(node.source.frame, float(node.time), float(node.duration)),
        seed=node.seed,
        full_height=node.source.facts.video.height,
        pose=shown.pose,
        pose_after=shown.pose_after,
        objects=shown.objects,
    )


def _run(node: Translate, request: TranslateRequest, translator: Translator, cancel: CancelToken) -> Frame:
    result = translator.translate(request, cancel)
    if not isinstance(result, Frame) or result.size != request.frame.size:
        raise PluginError(node.spec.id, tr("it gave back a picture of another size; tell whoever made it."))
    return result


def _cropped(result: Frame, frame: Frame) -> Frame:
    """The part of a padded result that is the frame."""
    if result.size == frame.size:
        return result
    return result.with_pixels(result.pixels[:, : frame.height, : frame.width].contiguous())


def padded(request: TranslateRequest, multiple: int) -> TranslateRequest:
    """The request with sides that divide by `multiple`: edges repeated to the right and below, maps alike."""
    frame = request.frame
    right, below = -frame.width % multiple, -frame.height % multiple
    if not (right or below):
        return request

    def pad(plane: torch.Tensor | None) -> torch.Tensor | None:
        return None if plane is None else functional.pad(plane[None], (0, right, 0, below), mode="replicate")[0]

    m = request.maps
    maps = Maps(*(pad(getattr(m, field.name)) for field in fields(Maps)))
    pixels = functional.pad(frame.pixels[None], (0, right, 0, below), mode="replicate")[0]
    return replace(request, frame=frame.with_pixels(pixels), maps=maps)
