"""The translator: layers in the order in which light passes them."""

from __future__ import annotations

import torch

from core.cancel import CancelToken
from core.condition import EXPOSURE, WHITE_BALANCE, WIND_FROM, WIND_SPEED
from core.extension.translator import Pass, TranslateRequest
from core.frame import Frame
from plugins.atmosphere import (
    air,
    dawn,
    drops,
    ground,
    lamps,
    lens,
    particles,
    season,
    snow,
    surface,
    vehicles,
    windows,
)
from plugins.atmosphere.fields import color
from plugins.atmosphere.lightning import TINT, flash_at
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.sky import draw_sky, lay_sky
from plugins.atmosphere.tables import Tables

CAMERA_AXES = frozenset((EXPOSURE, WHITE_BALANCE))
INERT_ALONE = frozenset((WIND_SPEED, WIND_FROM))
"""Wind moves what falls and drifts; with nothing to move it changes nothing."""


def create(device: torch.device) -> Atmosphere:
    """Entry point of the plugin."""
    return Atmosphere(device)


class Atmosphere:
    """Engine thread. Holds tables that follow from sizes, cameras and seeds; nothing of any frame."""

    def __init__(self, device: torch.device) -> None:
        self._tables = Tables(device)

    @torch.no_grad()
    def translate(self, request: TranslateRequest, cancel: CancelToken) -> Frame:
        """See `core.extension.translator.Translator`."""
        cancel.check()
        axes = {axis for axis, _ in request.condition} - INERT_ALONE
        x = request.frame.pixels
        if axes - CAMERA_AXES:
            shot = Shot.of(request, self._tables)
            x = _scene(x, shot, cancel)
            x = lens.camera(x, request.condition) if axes & CAMERA_AXES else x
            x = lens.grain(x, shot)
        else:
            x = lens.camera(x, request.condition)
        cancel.check()
        x = x.clamp_min_(0.0)
        if request.layers is not None:
            request.layers.take(Pass.CAMERA, x)
        return request.frame.with_pixels(x)

    def close(self) -> None:
        self._tables.clear()


def _scene(source: torch.Tensor, shot: Shot, cancel: CancelToken) -> torch.Tensor:
    """The scene under the condition, before the camera's own settings; new tensor (3, H, W)."""

    hidden: torch.Tensor | None = shot.sky if shot.request.scene.has_sky else None

    def took(name: Pass) -> None:
        """Where the picture is wanted in passes: all that was done since the last call belongs to this one."""
        if shot.request.layers is not None:
            shot.request.layers.take(name, x, hidden)

    weather, light = shot.weather, shot.light
    new_sky = 1.0 - (1.0 - light.relit) * (1.0 - weather.cloud)
    if weather.haze < 0.0:
        x = source = air.clear_haze(source, shot)
        took(Pass.AIR)
    x = source = dawn.lift(source, shot)
    took(Pass.LIGHT)
    x = surface.clean_foreground(source, shot, new_sky)
    took(Pass.SKY)
    season.turn_foliage(x, shot)
    took(Pass.COVER)
    relief = surface.relief_of(x, shot)
    surface.even_out(x, relief, shot)
    surface.dim_clipped(x, shot)
    took(Pass.LIGHT)
    ground.wet_albedo(x, shot)
    snow.lay_snow(x, relief, shot)
    took(Pass.COVER)
    cancel.check()
    x *= shot.full(_light(shot, relief))
    windows.draw_windows(x, source, shot)
    tails = vehicles.draw_car_lamps(x, source, shot)
    took(Pass.LIGHT)
    ground.add_sheen(x, shot)
    sky = draw_sky(source, shot) if shot.request.scene.has_sky else None
    cancel.check()
    ground.reflect(x, source, sky, tails, shot)
    took(Pass.COVER)
    x, sky = air.add_haze(x, sky, shot)
    took(Pass.AIR)
    if sky is not None:
        lay_sky(x, source, sky, shot)
    took(Pass.SKY)
    hidden = None
    lamps.draw_lamps(x, shot, air.extinction(shot))
    took(Pass.LIGHT)
    cancel.check()
    x = particles.fall_snow(particles.fall_rain(x, shot), shot)
    x = drops.wet_lens(x, shot)
    took(Pass.PRECIPITATION)
    lens.night_vision(x, shot)
    took(Pass.CAMERA)
    x = lens.bloom(x, shot)
    took(Pass.GLOW)
    return x


def _light(shot: Shot, relief: surface.Relief) -> torch.Tensor:
    """All the light that falls on the foreground, relative to the light as shot (3, h, w)."""
    total = surface.light_on(shot, relief)
    lamp = lamps.lamp_light(shot)
    if lamp is not None:
        total = total + lamp
    total = windows.add_spill(vehicles.add_car_light(total, shot), shot)
    flash = flash_at(shot)
    if flash.strength > 0.0:
        total = total + color(TINT, total) * (0.75 * flash.strength)
    return total
