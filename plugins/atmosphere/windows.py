"""Windows and signs: panes with rooms behind them, and faces that shine.

A room is found by following the ray behind the pane to the first of its five walls (interior mapping, van Dongen 2008); which
rooms are lit follows from the object's id and the room's place in its own façade, so nothing swims or changes.
"""

from __future__ import annotations

from math import ceil, cos, floor, sin
from typing import Final
from zlib import crc32

import torch

from core.objects import ObjectKind, PlacedObject
from core.scene import SurfaceClass
from plugins.atmosphere.fields import blur, color, halve, luma, resize, smooth
from plugins.atmosphere.lamps import NIGHT_GAIN, adaptation
from plugins.atmosphere.light import Rgb, step
from plugins.atmosphere.noise import unit_hash
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.streetlights import unhidden

ROOM_M: Final = (4.6, 3.3, 5.0)
"""Width, height, depth."""
MULLION_M, FRAME_M = 1.53, 0.07
OCCUPIED: Final = 0.70
WARM: Rgb = (1.0, 0.70, 0.40)
COOL: Rgb = (0.90, 0.93, 0.90)
WALLS, PANEL, FLOOR = 0.42, 2.4, 0.16
EXPOSURE: Final = 0.20
"""Brighter, panes clip to grey cards and the rooms are lost."""
UNLIT: Rgb = (0.010, 0.012, 0.017)
SPILL: Final = 0.42
SPILL_M: Final = 9.0
BUILDING, GLASS, PLANT, VEHICLE = (
    tuple(SurfaceClass).index(kind)
    for kind in (SurfaceClass.BUILDING, SurfaceClass.GLASS, SurfaceClass.PLANT, SurfaceClass.VEHICLE)
)
SIGN_GAIN: Final = 1.5
SIGN_WHITE: Rgb = (1.0, 0.95, 0.86)


def draw_windows(x: torch.Tensor, source: torch.Tensor, shot: Shot) -> None:
    """Panes and faces of signs into the picture, in place, hidden behind what stands nearer. `source` is as shot."""
    shown = shot.weather.practicals * adaptation(shot)
    if shown <= 0.0:
        return
    _draw_found_panes(x, shot, shown)
    for thing in shot.request.objects:
        if thing.kind is ObjectKind.WINDOW and thing.at[2] > 0.5:
            _draw_panes(x, shot, thing, shown * thing.strength)
        elif thing.kind is ObjectKind.SIGN and thing.at[2] > 0.5:
            _draw_sign(x, source, shot, thing, shown * thing.strength)


def _draw_found_panes(x: torch.Tensor, shot: Shot, shown: float) -> None:
    """Glass that the classes find in walls, lit as a street is: some rooms more, some not at all.

    Too small to show rooms; which are lit follows from where they are in the world, softly, so that rough depth makes
    nothing flash. Glass near the ground may be a car's, and stays dark; so does little glass on a road out of town.
    """
    classes, first = shot.request.maps.classes, max(2, shot.grid.rows_above.stop)
    if classes is None or first >= shot.grid.height:
        return
    walls, panes = classes[BUILDING : BUILDING + 1, :first], classes[GLASS : GLASS + 1, :first]
    rows = slice(0, int(panes.shape[1]))
    raised = smooth(0.012, 0.035, shot.grid.up[rows])[None]
    wide = 0.02 * shot.grid.width + 0.5
    around = resize(blur(halve(walls + panes, 2), wide / 4.0), *panes.shape[1:])
    sure = panes * raised * smooth(0.30, 0.60, around) * (1.0 - shot.sky_half[:, rows])
    town = step(0.002, 0.008, float(sure.mean()) * rows.stop / shot.grid.height)
    shown *= 1.0 - shot.driving * (1.0 - town)
    if shown <= 0.0 or float(sure.amax()) < 0.1:
        return
    right, up, ahead = (plane[rows] for plane in shot.position)
    pose = shot.pose
    c, s = cos(pose.yaw_rad), sin(pose.yaw_rad)
    east, north = pose.right_m + right * c + ahead * s, pose.ahead_m + ahead * c - right * s
    u, v = (north + 0.6 * east) / ROOM_M[0], (up + pose.up_m) / ROOM_M[1] + 0.31 * east / ROOM_M[0]
    luck = shot.noise.over(u.contiguous(), v.contiguous(), torch.full_like(u, 0.05), 1)
    lit = smooth(-0.45, 0.75, luck).mul_(1.15).add_(0.03)
    inside = shot.full_rows((lit[None] * EXPOSURE * NIGHT_GAIN).contiguous())
    cover = shot.full_rows(smooth(0.06, 0.30, sure))
    cover *= _darker(shot, int(cover.shape[1]))
    cover *= min(1.0, 2.0 * shown)
    part = x[:, : inside.shape[1]]
    for plane, warm, dark in zip(part, WARM, UNLIT, strict=True):
        plane.add_((inside[0] * (warm * shown) + dark - plane) * cover[0])


def _darker(shot: Shot, rows: int) -> torch.Tensor:
    """Whether each pixel of the upper rows is as dark as a pane beside its wall, softly, (1, rows, W).

    The classes are coarse; panes have the edges of the picture.
    """
    y = luma(shot.request.frame.pixels[:, :rows])
    wall = resize(blur(halve(y, 2), 0.016 * shot.view.width / 4 + 0.4), rows, shot.view.width)
    return smooth(1.02, 0.88, y / wall.clamp_min(1e-4))


def add_spill(total: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Light that falls out of panes, and off signs, onto the ground before them: `total` (3, h, w) with it."""
    gain = shot.weather.practicals * adaptation(shot) * NIGHT_GAIN
    faces = [t for t in shot.request.objects if t.kind in (ObjectKind.WINDOW, ObjectKind.SIGN) and t.at[2] > 0.5]
    if gain <= 0.0 or not faces or not shot.request.scene.has_ground:
        return total
    total = total.expand(3, *shot.ground_half.shape[1:]).clone()
    for thing in faces:
        _spill(total, shot, thing, gain * thing.strength)
    return total


def _spill(total: torch.Tensor, shot: Shot, thing: PlacedObject, gain: float) -> None:
    """Form factor of an upright face seen from the ground before it (d metres away, as tall as the face)."""
    grid = shot.grid
    x, foot, z = thing.at
    wide, tall = _size_m(thing, shot)
    ground_y = -shot.request.scene.camera.height_m
    near = max(0.8, z - SPILL_M)
    rows = slice(
        max(0, floor(grid.pixel(x, ground_y, z + 0.5)[1])), min(grid.height, ceil(grid.pixel(x, ground_y, near)[1]) + 1)
    )
    if rows.start >= rows.stop:
        return
    px, _, pz = (plane[rows] for plane in shot.position)
    ground = shot.ground_half[0, rows]
    before = z - pz
    tall_seen = foot + tall - ground_y
    factor = 0.5 * (1.0 - before / torch.sqrt(before * before + tall_seen * tall_seen))
    beside = ((px - x).abs() - wide / 2).clamp_min_(0.0)
    light = factor * torch.exp(-((beside / (0.6 + 0.5 * before.clamp_min(0.0))) ** 2))
    light *= smooth(-0.3, 0.3, before) * smooth(SPILL_M, 0.4 * SPILL_M, before) * ground
    share = 1.0 if thing.kind is ObjectKind.SIGN else OCCUPIED
    tint = SIGN_WHITE if thing.kind is ObjectKind.SIGN else WARM
    for plane, level in zip(total, tint, strict=True):
        plane[rows].add_(light, alpha=SPILL * gain * share * level)


def _size_m(thing: PlacedObject, shot: Shot) -> tuple[float, float]:
    metre = thing.at[2] / shot.view.focal_px
    return thing.box.width * shot.view.width * metre, thing.box.height * shot.view.height * metre


def _draw_panes(x: torch.Tensor, shot: Shot, thing: PlacedObject, shown: float) -> None:
    window = _inside(shot, thing)
    if window is None:
        return
    rows, columns = window
    view = shot.view
    wide, tall = (max(0.3, side) for side in _size_m(thing, shot))
    across, up = max(1, round(wide / ROOM_M[0])), max(1, round(tall / ROOM_M[1]))
    cell_w, cell_h = wide / across, tall / up
    u = (torch.arange(columns.start, columns.stop, device=x.device) + 0.5) / view.width - thing.box.left
    v = thing.box.bottom - (torch.arange(rows.start, rows.stop, device=x.device) + 0.5) / view.height
    u, v = u * (wide / thing.box.width), v * (tall / thing.box.height)  # metres from the lower left corner
    i, j = (u / cell_w).floor().clamp_(0, across - 1), (v / cell_h).floor().clamp_(0, up - 1)
    lit, tint = _rooms(thing, across, up, x.device)
    lit, tint = (part[..., j.long()[:, None], i.long()[None, :]] for part in (lit, tint))
    # The ray behind the pane, per metre of depth.
    ahead = view.ahead[rows, columns].clamp_min(0.05)
    slope_x, slope_y = view.right[rows, columns] / ahead, view.up[rows, columns] / ahead
    room = _room(
        (u - i * cell_w)[None, :].expand_as(ahead),
        (v - j * cell_h)[:, None].expand_as(ahead),
        slope_x,
        slope_y,
        cell_w,
        cell_h,
    )
    inside = color(WARM, x) * (1.0 - tint)[None] + color(COOL, x) * tint[None]
    inside = inside * (room * lit * (EXPOSURE * NIGHT_GAIN))[None] + color(UNLIT, x)
    pitch = wide / max(1, round(wide / MULLION_M))
    pixel = thing.at[2] / view.focal_px
    frames = torch.maximum(_bars(u, pitch, pixel)[None, :], _bars(v, cell_h, pixel)[:, None])
    inside = inside * (1.0 - 0.85 * frames)[None]
    patch = x[:, rows, columns]
    cover = _glass(shot, thing, rows, columns) * unhidden(shot, rows, columns, thing.at[2]) * min(1.0, 2.5 * shown)
    patch += (inside * shown + patch * (1.0 - shown) * 0.5 - patch) * cover


def _rooms(thing: PlacedObject, across: int, up: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """How bright each room is, 0 where nobody is in, and how cool its lamps are; (up, across) each."""
    seed = crc32(thing.id.encode())
    luck = torch.tensor([[[unit_hash(seed, i, j, k) for i in range(across)] for j in range(up)] for k in range(3)])
    alone = across * up == 1  # a window someone drew is meant to be lit
    lit = torch.where((luck[0] < OCCUPIED) | torch.tensor(alone), 0.55 + 0.75 * luck[1], torch.zeros_like(luck[1]))
    return lit.to(device), (luck[2] > 0.72).to(torch.float32).to(device)


def _room(
    x: torch.Tensor, y: torch.Tensor, dx: torch.Tensor, dy: torch.Tensor, width: float, height: float
) -> torch.Tensor:
    """Radiance of the wall, ceiling or floor that the ray through a pane at (x, y) meets; slopes are per metre of depth."""
    depth = ROOM_M[2]
    aside = torch.where(dx > 0.0, (width - x) / dx.clamp_min(1e-4), x / (-dx).clamp_min(1e-4))
    over = torch.where(dy > 0.0, (height - y) / dy.clamp_min(1e-4), y / (-dy).clamp_min(1e-4))
    reach = torch.minimum(torch.minimum(aside, over), torch.full_like(aside, depth))
    hit_x, hit_y = x + dx * reach, y + dy * reach
    inner = 1.0 - 0.45 * reach / depth
    walls = WALLS * (0.75 + 0.5 * (hit_y / height)) * torch.where(aside < over, inner, torch.full_like(inner, 0.85))
    rows_of_lamps = smooth(0.62, 0.45, ((reach % 2.5) - 1.25).abs()) * smooth(0.75, 0.55, (hit_x - width / 2).abs())
    ceiling = WALLS * 0.9 + PANEL * rows_of_lamps
    flat = torch.where(dy > 0.0, ceiling, torch.full_like(ceiling, FLOOR))
    return torch.where((over <= aside) & (over < depth), flat, walls)


def _bars(at: torch.Tensor, pitch: float, pixel: float) -> torch.Tensor:
    """Cover of bars at every multiple of a pitch, metres; thinner than a pixel, they only dim."""
    half = max(FRAME_M / 2, pixel / 2)
    away = ((at / pitch + 0.5) % 1.0 - 0.5).abs() * pitch
    return ((half + pixel / 2 - away) / pixel).clamp_(0.0, 1.0) * min(1.0, FRAME_M / (2.0 * half))


def _glass(shot: Shot, thing: PlacedObject, rows: slice, columns: slice) -> torch.Tensor:
    """Share (1, ·, ·) of each pixel of a box that is pane: what grows or drives before it is not."""
    view = shot.view
    u = torch.arange(columns.start, columns.stop, device=shot.device) + 0.5
    v = torch.arange(rows.start, rows.stop, device=shot.device) + 0.5
    left, right = thing.box.left * view.width, thing.box.right * view.width
    top, bottom = thing.box.top * view.height, thing.box.bottom * view.height
    edge = torch.minimum((u - left).minimum(right - u)[None, :], (v - top).minimum(bottom - v)[:, None])
    cover = (edge + 0.5).clamp_(0.0, 1.0)[None]
    classes = shot.request.maps.classes
    if classes is not None:
        y, x = (slice(s.start // 2, (s.stop + 1) // 2) for s in (rows, columns))
        before = resize(classes[PLANT : PLANT + 1, y, x] + classes[VEHICLE : VEHICLE + 1, y, x], *cover.shape[1:])
        cover = cover * (1.0 - before).clamp_(0.0, 1.0)
    return cover * (1.0 - shot.sky[:, rows, columns])


def _draw_sign(x: torch.Tensor, source: torch.Tensor, shot: Shot, thing: PlacedObject, shown: float) -> None:
    """A face that shines in its own colours: what was bright by day is lit, its letters stay dark."""
    window = _inside(shot, thing)
    if window is None:
        return
    rows, columns = window
    face = source[:, rows, columns]
    top = face.amax((1, 2)).amax().clamp_min(0.05)
    glow = (face / top).square() * color(SIGN_WHITE, x) * (SIGN_GAIN * shown)
    cover = _glass(shot, thing, rows, columns) * unhidden(shot, rows, columns, thing.at[2])
    x[:, rows, columns] += glow * cover


def _inside(shot: Shot, thing: PlacedObject) -> tuple[slice, slice] | None:
    view, box = shot.view, thing.box
    rows = slice(max(0, floor(box.top * view.height)), min(view.height, ceil(box.bottom * view.height)))
    columns = slice(max(0, floor(box.left * view.width)), min(view.width, ceil(box.right * view.width)))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None
