"""Rays into the street: one picture with its exact depth, flow, mattes and normals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from core.world.model import Solid, Surface, Tree, Vector, World
from core.world.surfaces import Hits, shade_all
from core.world.textures import tree_picture

Plane = npt.NDArray[np.float32]
NEAR_M = 0.3


@dataclass(frozen=True)
class WorldFrame:
    """One frame of a world; arrays are (H, W) or (H, W, 3), float32 unless said.

    rgb:     scene-linear Rec.709, 1.0 a sunlit white card, box-filtered over the pixel.
    sky:     share of the pixel that is sky, 0..1.
    ground:  share of the pixel that is road, pavement or grass.
    depth:   metres along the optical axis at the pixel's centre, infinite for sky.
    flow:    (H, W, 2), pixels (x, y) from this frame to the one before: the point seen at p was at p + flow(p).
    visible: (H, W) bool, whether that point could be seen in the frame before.
    normal:  world space, unit; zero for sky.
    surface: uint8, `Surface` at the pixel's centre.
    """

    rgb: Plane
    sky: Plane
    ground: Plane
    depth: Plane
    flow: Plane
    visible: npt.NDArray[np.bool_]
    normal: Plane
    surface: npt.NDArray[np.uint8]


def render(world: World, frame: int, width: int, height: int, samples: int = 2) -> WorldFrame:
    """Frame number `frame` at `width` x `height`, with `samples` x `samples` rays a pixel for the picture and the mattes."""
    seconds = frame / world.rate
    fine = _trace(world, seconds, width * samples, height * samples)
    rgb = shade_all(world, seconds, fine, shadow=_shadow(world, seconds, fine))
    ground = np.isin(fine.surface, [s for s in Surface if s.is_ground])
    rgb, sky, ground_share = (_box_filter(a, samples) for a in (rgb, fine.surface == Surface.SKY, ground))
    centre = fine if samples == 1 else _trace(world, seconds, width, height)
    flow, visible = _flow(world, frame, centre)
    depth = np.where(centre.surface == Surface.SKY, np.float32(np.inf), centre.distance)
    return WorldFrame(rgb, sky, ground_share, depth, flow, visible, centre.normal, centre.surface)


def _box_filter(fine: npt.NDArray[Any], samples: int) -> Plane:
    """Mean over each pixel's rays."""
    h, w = fine.shape[0] // samples, fine.shape[1] // samples
    blocks = fine.reshape(h, samples, w, samples, *fine.shape[2:])
    return np.asarray(blocks.mean((1, 3), dtype=np.float32))


def rays(world: World, seconds: float, width: int, height: int) -> tuple[Vector, Plane]:
    """Camera position (3,) and directions (H, W, 3) scaled so that a hit's parameter is its depth along the axis."""
    position, rotation = world.camera(seconds)
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / (world.focal * height)
    y = (height / 2 - np.arange(height, dtype=np.float32) - 0.5) / (world.focal * height)
    d = rotation[2] + x[None, :, None] * rotation[0] + y[:, None, None] * rotation[1]
    return position, d.astype(np.float32)


def _trace(world: World, seconds: float, width: int, height: int) -> Hits:
    """The nearest thing along every ray."""
    origin, d = rays(world, seconds, width, height)
    hits = Hits.open(origin, d)
    hits.add_ground()
    for index, solid in enumerate(world.solids):
        rect = _screen_rect(world, seconds, _bounds(solid, seconds), width, height)
        if rect is not None:
            hits.add_solid(index, solid, _displacement(solid, seconds), rect)
    for tree in world.trees:
        low = (tree.x - tree.width / 2, 0.0, tree.z)
        rect = _screen_rect(world, seconds, (low, (tree.x + tree.width / 2, tree.height, tree.z)), width, height)
        if rect is not None:
            hits.add_tree(tree, rect)
    return hits


def _displacement(solid: Solid, seconds: float) -> Vector:
    return np.array(solid.velocity, np.float32) * np.float32(seconds)


def _bounds(solid: Solid, seconds: float) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    move = _displacement(solid, seconds)
    low, high = np.array(solid.low) + move, np.array(solid.high) + move
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def _screen_rect(
    world: World,
    seconds: float,
    bounds: tuple[tuple[float, float, float], tuple[float, float, float]],
    width: int,
    height: int,
) -> tuple[slice, slice] | None:
    """Rows and columns that the box may cover; None when it is behind the camera or out of view."""
    position, rotation = world.camera(seconds)
    corners = np.array([[bounds[i][0], bounds[j][1], bounds[k][2]] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    view = (corners - position) @ rotation.T
    if view[:, 2].max() < NEAR_M:
        return None
    front = np.maximum(view[:, 2], NEAR_M)  # what straddles the lens may be anywhere on its side
    scale = world.focal * height
    x = view[:, 0] / front * scale + width / 2
    y = height / 2 - view[:, 1] / front * scale
    x0, x1 = max(0, int(x.min()) - 1), min(width, int(x.max()) + 2)
    y0, y1 = max(0, int(y.min()) - 1), min(height, int(y.max()) + 2)
    return (slice(y0, y1), slice(x0, x1)) if x0 < x1 and y0 < y1 else None


def _shadow(world: World, seconds: float, hits: Hits) -> Plane:
    """(H, W) share of sun that arrives, 0 or 1 before the pixel's box filter; leaves let a little through."""
    sun = world.to_sun
    h, w = hits.distance.shape
    light = np.ones((h, w), np.float32)
    points = hits.points() + hits.normal * 0.02
    facing = (hits.normal @ sun > 0) & (hits.distance < 200.0)
    for index, solid in enumerate(world.solids):
        low, high = _bounds(solid, seconds)
        rect = _screen_rect(world, seconds, _with_shadow(low, high, sun), w, h)
        if rect is None:
            continue
        todo = facing[rect] & (light[rect] > 0) & (hits.owner[rect] != index)
        if not todo.any():
            continue
        p = points[rect][todo] - _displacement(solid, seconds)
        enter, leave = _slab(solid, p, np.broadcast_to(sun, p.shape))
        light[rect][todo] *= ~((leave > np.maximum(enter, 0.0)) & (leave > 1e-3))
    for tree in world.trees:
        low = (tree.x - tree.width / 2, 0.0, tree.z)
        rect = _screen_rect(
            world, seconds, _with_shadow(low, (tree.x + tree.width / 2, tree.height, tree.z), sun), w, h
        )
        if rect is None:
            continue
        todo = facing[rect] & (light[rect] > 0) & (hits.surface[rect] != Surface.TREE)
        if not todo.any():
            continue
        p = points[rect][todo]
        t = (tree.z - p[:, 2]) / sun[2]
        alpha = np.where(t > 0, _tree_matte(tree, p[:, 0] + t * sun[0], p[:, 1] + t * sun[1]), 0.0)
        light[rect][todo] *= 1.0 - 0.93 * alpha
    return light


def _with_shadow(
    low: tuple[float, float, float], high: tuple[float, float, float], sun: Vector
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Bounds of a thing and of its shadow on the ground."""
    reach = high[1] / sun[1]
    dx, dz = -sun[0] * reach, -sun[2] * reach
    return (
        (low[0] + min(0.0, dx), low[1], low[2] + min(0.0, dz)),
        (high[0] + max(0.0, dx), high[1], high[2] + max(0.0, dz)),
    )


def _slab(solid: Solid, origin: Plane, direction: Plane) -> tuple[Plane, Plane]:
    """Where rays (N, 3) enter and leave a convex solid at its place at time 0; `enter` > `leave` is a miss."""
    enter = np.full(len(origin), -np.inf, np.float32)
    leave = np.full(len(origin), np.inf, np.float32)
    for normal, offset in zip(solid.normals, solid.offsets, strict=True):
        towards = direction @ normal
        gap = offset - origin @ normal
        with np.errstate(divide="ignore", invalid="ignore"):
            t = gap / towards
        enter = np.where(towards < -1e-9, np.maximum(enter, t), enter)
        leave = np.where(towards > 1e-9, np.minimum(leave, t), leave)
        leave = np.where((np.abs(towards) <= 1e-9) & (gap < 0), -np.inf, leave)
    return enter, leave


def _tree_matte(tree: Tree, x: Plane, y: Plane) -> Plane:
    """1 where the card at world (x, y) shows leaf or bark."""
    picture = tree_picture(tree.kind)
    side = picture.shape[0]
    u = (x - tree.x) / tree.width + 0.5
    v = 1.0 - y / tree.height
    inside = (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
    i = np.clip((u * side).astype(np.int64), 0, side - 1)
    j = np.clip((v * side).astype(np.int64), 0, side - 1)
    return np.asarray(np.where(inside, picture[j, i, 3], 0.0), np.float32)


def _flow(world: World, frame: int, hits: Hits) -> tuple[Plane, npt.NDArray[np.bool_]]:
    """Exact displacement of every centre ray's point to the frame before, and whether it was in plain sight there."""
    h, w = hits.distance.shape
    before, now = (frame - 1) / world.rate, frame / world.rate
    points = hits.points()
    velocities = np.array([s.velocity for s in world.solids] + [(0.0, 0.0, 0.0)], np.float32)
    points = points - velocities[hits.owner] * np.float32(now - before)
    position, rotation = world.camera(before)
    offset = np.where(
        (hits.surface <= Surface.HILL)[..., None], hits.direction, points - position
    )  # far things only turn
    view = offset @ rotation.T
    scale = world.focal * h
    with np.errstate(divide="ignore", invalid="ignore"):
        x = view[..., 0] / view[..., 2] * scale + w / 2 - 0.5
        y = h / 2 - view[..., 1] / view[..., 2] * scale - 0.5
    grid_y, grid_x = np.mgrid[0:h, 0:w].astype(np.float32)
    flow = np.stack([x - grid_x, y - grid_y], -1).astype(np.float32)
    earlier = _trace(world, before, w, h)
    seen = cv2.remap(np.minimum(earlier.distance, 1e4), x.astype(np.float32), y.astype(np.float32), cv2.INTER_NEAREST)
    inside = (x >= 0) & (x <= w - 1) & (y >= 0) & (y <= h - 1) & (view[..., 2] > NEAR_M)
    depth = np.where(hits.surface <= Surface.HILL, np.minimum(hits.distance, 1e4), view[..., 2])
    visible = inside & (np.abs(seen - depth) < 0.05 * depth + 0.2)
    return flow, visible
