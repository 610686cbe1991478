"""Grabs: one picture at the canvas' full size, as codes for a screen and as light. Engine thread."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.cancel import CancelToken
from core.color import DISPLAY_TAGS
from core.errors import MediaError
from core.render.matte_plan import carry_size
from core.render.media_plan import PlanParams, canvas_sizes
from core.render.messages import GrabReady, GrabRequest, Layer, MatteReady, MatteRequest
from core.render.nodes import Decode, FramePlan
from core.render.plan import plan_frame
from core.render.renderer import Renderer
from core.render.services import Color
from core.render.sizes import Size, centred
from core.render.stages.carried import packed
from core.words import tr

_BITS: Final = 16


def plan_grab(request: GrabRequest, renderer: Renderer) -> FramePlan:
    """As an export would plan it, with what is known of the shot now. Raises `MediaError`, `PluginError`."""
    params = _params(renderer, (request.project.width, request.project.height))
    return plan_frame(request.project, request.time, params)


def _params(renderer: Renderer, canvas: Size) -> PlanParams:
    return renderer.plan_params(canvas_sizes(canvas), canvas, as_known=True)


def grab(request: GrabRequest, plan: FramePlan, renderer: Renderer, color: Color, cancel: CancelToken) -> GrabReady:
    """Source or result of a plan from `plan_grab`. Raises as `Renderer.frame`."""
    canvas = request.project.width, request.project.height
    frame = renderer.frame(plan.source if request.layer is Layer.SOURCE else plan.result, cancel)
    codes = centred(np.asarray(color.to_encoded(frame, DISPLAY_TAGS, _BITS), np.uint16), canvas)
    light = centred(color.to_linear_exr(frame).astype(np.float16), canvas)
    for array in (codes, light):
        array.flags.writeable = False
    return GrabReady(request.tag, request.time, codes, light, DISPLAY_TAGS)


def plan_matte_grab(request: MatteRequest, renderer: Renderer) -> FramePlan:
    """The instant at the size in which mattes are carried. Raises `MediaError`, `PluginError`."""
    params = renderer.plan_params(carry_size, (1, 1))
    return plan_frame(request.project, request.time, params)


def grab_matte(request: MatteRequest, plan: FramePlan, renderer: Renderer, cancel: CancelToken) -> MatteReady:
    """One mask of a plan from `plan_matte_grab`. Raises `MediaError`, also where the clip is not on screen, `Cancelled`."""
    node = next((each for each in plan.matte.masks if each.mask.id == request.mask), None)
    if node is None or plan.clip_id != request.clip or not isinstance(plan.source, Decode):
        raise MediaError(tr("The mask is not on screen; move the playhead onto its clip."))
    plane = renderer.mattes.unfinished(node, plan.source.size, cancel)
    at = renderer.index_of(plan.source.facts).time_of(plan.source.frame)
    return MatteReady(request.tag, request.clip, request.mask, at, packed(plane))
