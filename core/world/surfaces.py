"""What a ray finds, and what light it sends back: road, façades, paint, leaves and sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.world.model import Solid, Surface, Tree, Vector, World
from core.world.textures import noise, sample, tree_picture

Plane = npt.NDArray[np.float32]

SUN = np.array([2.10, 1.86, 1.50], np.float32)
"""Irradiance of the sun on a card that faces it; with the sky it puts a level white card a little above 1.0."""
SKY_FILL = np.array([0.30, 0.38, 0.50], np.float32)
GROUND_FILL = np.array([0.20, 0.18, 0.155], np.float32)
AIR = np.array([0.80, 0.98, 1.22], np.float32)
AIR_LENGTH_M = 1100.0
FAR_M = 4000.0
ROAD_X = (-10.0, 8.2)
PAVEMENT_X = (-12.5, 12.4)


@dataclass
class Hits:
    """The nearest surface along every ray: arrays over (H, W). `distance` is along the optical axis, in metres."""

    origin: Vector
    direction: Plane
    distance: Plane
    normal: Plane
    surface: npt.NDArray[np.uint8]
    owner: npt.NDArray[np.int32]
    """Index of the solid, or -1: the last row of a velocity table."""
    albedo: Plane

    @staticmethod
    def open(origin: Vector, direction: Plane) -> Hits:
        """Rays that have met nothing yet."""
        shape = direction.shape[:2]
        distance = np.full(shape, np.float32(1e9))
        normal = np.zeros_like(direction)
        return Hits(
            origin,
            direction,
            distance,
            normal,
            np.zeros(shape, np.uint8),
            np.full(shape, -1, np.int32),
            np.zeros_like(direction),
        )

    def points(self) -> Plane:
        """Where the rays end, world space."""
        return self.origin + self.direction * np.minimum(self.distance, np.float32(1e5))[..., None]

    def add_ground(self) -> None:
        """The street's floor, and hills where it would run past the horizon."""
        down = self.direction[..., 1]
        with np.errstate(divide="ignore"):
            t = np.where(down < -1e-6, -self.origin[1] / down, np.inf)
        azimuth = np.arctan2(self.direction[..., 0], self.direction[..., 2])
        rise = down / np.hypot(self.direction[..., 0], self.direction[..., 2])
        ridge = 0.030 + 0.011 * sample(noise(11, 5), azimuth * 0.5 + 0.37, np.zeros_like(azimuth))
        hill = (rise < ridge) & (t > 1500.0)
        near = t <= 1500.0
        x = self.origin[0] + self.direction[..., 0] * np.where(near, t, 0.0)
        kind = np.where((x > PAVEMENT_X[0]) & (x < PAVEMENT_X[1]), Surface.PAVEMENT, Surface.GRASS)
        kind = np.where((x > ROAD_X[0]) & (x < ROAD_X[1]), Surface.ROAD, kind)
        self.surface[near] = kind[near]
        self.surface[hill] = Surface.HILL
        self.distance[near] = t[near]
        self.distance[hill] = FAR_M
        self.normal[near | hill] = (0.0, 1.0, 0.0)

    def add_solid(self, index: int, solid: Solid, displacement: Vector, rect: tuple[slice, slice]) -> None:
        """Where a convex body is nearer than what was met before."""
        direction = self.direction[rect]
        origin = self.origin - displacement
        enter = np.full(direction.shape[:2], -np.inf, np.float32)
        leave = np.full(direction.shape[:2], np.inf, np.float32)
        face = np.zeros(direction.shape[:2], np.intp)
        for number, (normal, offset) in enumerate(zip(solid.normals, solid.offsets, strict=True)):
            towards = direction @ normal
            gap = np.float32(offset - origin @ normal)
            with np.errstate(divide="ignore", invalid="ignore"):
                t = gap / towards
            closer = (towards < 0) & (t > enter)
            enter[closer], face[closer] = t[closer], number
            leave = np.where(towards > 0, np.minimum(leave, t), leave)
        hit = (enter < leave) & (enter > 0.05) & (enter < self.distance[rect])
        self.distance[rect][hit] = enter[hit]
        self.normal[rect][hit] = solid.normals[face[hit]]
        self.surface[rect][hit] = np.array(solid.surfaces, np.uint8)[face[hit]]
        self.owner[rect][hit] = index

    def add_tree(self, tree: Tree, rect: tuple[slice, slice]) -> None:
        """Where the card of a tree shows leaf or bark in front of what was met before."""
        direction = self.direction[rect]
        t = (np.float32(tree.z) - self.origin[2]) / direction[..., 2]
        x = self.origin[0] + direction[..., 0] * t
        y = self.origin[1] + direction[..., 1] * t
        picture = tree_picture(tree.kind)
        side = picture.shape[0]
        u, v = (x - tree.x) / tree.width + 0.5, 1.0 - y / tree.height
        hit = (t > 0.3) & (t < self.distance[rect]) & (u >= 0) & (u < 1) & (v >= 0) & (v < 1)
        texel = picture[(v[hit] * side).astype(np.intp), (u[hit] * side).astype(np.intp)]
        solid = texel[:, 3] > 0
        rows, columns = np.nonzero(hit)
        rows, columns = rows[solid], columns[solid]
        self.distance[rect][rows, columns] = t[rows, columns]
        self.normal[rect][rows, columns] = (0.0, 0.45, -0.893)
        self.surface[rect][rows, columns] = Surface.TREE
        self.owner[rect][rows, columns] = -1
        self.albedo[rect][rows, columns] = texel[solid, :3]


def sky_light(world: World, direction: Plane, seconds: float, *, clouds: bool = True) -> Plane:
    """Radiance of the sky along unit directions (…, 3): a blue gradient, a warm glow by the sun, fair-weather cumulus."""
    up = np.clip(direction[..., 1], 0.0, 1.0)[..., None]
    zenith, horizon = np.array([0.13, 0.32, 0.82], np.float32), np.array([0.92, 1.16, 1.46], np.float32)
    base = zenith + (horizon - zenith) * np.exp(-up / 0.20)
    towards = np.clip(direction @ world.to_sun, 0.0, 1.0)[..., None]
    base = base + np.array([1.0, 0.86, 0.62], np.float32) * (0.30 * towards**6 + 0.9 * towards**60)
    if not clouds:
        return np.asarray(base, np.float32)
    reach = 1.0 / np.maximum(direction[..., 1] + 0.10, 0.03)
    u = direction[..., 0] * reach * 0.16 + 0.0010 * seconds + 0.72
    v = direction[..., 2] * reach * 0.16 + 0.43
    cover = _cumulus(u, v)
    behind = _cumulus(u + 0.018 * world.to_sun[0], v + 0.018 * world.to_sun[2])
    shade = np.clip(1.02 - 0.55 * behind + 0.10 * (1 - cover), 0.45, 1.1)[..., None]
    white = np.array([2.5, 2.44, 2.34], np.float32) * shade + np.array([0.14, 0.19, 0.28], np.float32)
    veil = (cover * np.clip(direction[..., 1] / 0.07, 0, 1))[..., None]
    return np.asarray(base + (white - base) * veil, np.float32)


def _cumulus(u: Plane, v: Plane) -> Plane:
    """Cover 0..1: big cells that decide where a cloud stands, small ones that fray its edge."""
    cells = sample(noise(3, 4), u * 0.6, v * 0.6) + 0.40 * sample(noise(5, 6), u * 2.2, v * 2.2)
    return np.asarray(_smooth(0.45, 1.55, cells), np.float32)


def shade_all(world: World, seconds: float, hits: Hits, shadow: Plane) -> Plane:
    """(H, W, 3) light that reaches the lens."""
    unit = hits.direction / np.linalg.norm(hits.direction, axis=-1, keepdims=True)
    points = hits.points()
    out = np.zeros_like(hits.direction)
    is_sky = hits.surface == Surface.SKY
    out[is_sky] = sky_light(world, unit[is_sky], seconds)
    mirror = np.zeros_like(out)
    fresnel = np.zeros(hits.distance.shape, np.float32)
    for surface in Surface:
        chosen = hits.surface == surface
        if surface in (Surface.SKY, Surface.TREE) or not chosen.any():
            continue
        hits.albedo[chosen] = _albedo(world, hits, chosen, surface, points[chosen])
    _facades(world, hits, points, unit, fresnel)
    _polish(hits, unit, fresnel)
    polished = fresnel > 0
    reflected = unit - 2 * (unit * hits.normal).sum(-1, keepdims=True) * hits.normal
    mirror[polished] = sky_light(world, reflected[polished], seconds, clouds=False)
    street = np.clip(1.0 - reflected[..., 1] / 0.22, 0.0, 1.0)[..., None]  # low reflections see the houses opposite
    mirror = mirror * (1 - 0.8 * street) + 0.8 * street * np.array([0.16, 0.145, 0.13], np.float32)
    lit = np.clip(hits.normal @ world.to_sun, 0.0, None) * shadow
    lit[hits.surface == Surface.TREE] = 0.62 * shadow[hits.surface == Surface.TREE] + 0.10
    fill = GROUND_FILL + (SKY_FILL - GROUND_FILL) * (0.5 + 0.5 * hits.normal[..., 1:2])
    body = hits.albedo * (SUN * lit[..., None] + fill * _contact(world, hits, points, seconds)[..., None])
    highlight = np.clip((reflected @ world.to_sun), 0, 1) ** 180 * (fresnel > 0) * shadow * 6.0
    body = body * (1 - fresnel[..., None]) + mirror * fresnel[..., None] + highlight[..., None] * SUN
    thin = np.exp(-np.minimum(hits.distance, FAR_M) / AIR_LENGTH_M)[..., None]
    body = body * thin + AIR * (1 - thin)
    return np.asarray(np.where(is_sky[..., None], out, body), np.float32)


def _albedo(world: World, hits: Hits, chosen: npt.NDArray[np.bool_], surface: Surface, p: Plane) -> Plane:
    """(N, 3) colour of the plain surfaces; façades are drawn over walls afterwards."""
    x, z = p[:, 0], p[:, 2]
    depth = hits.distance[chosen]
    fine = 1.0 - _smooth(8.0, 40.0, depth)
    if surface is Surface.ROAD:
        return _asphalt(x, z, depth, fine)
    if surface is Surface.PAVEMENT:
        slab = np.where((np.abs(x % 0.75 - 0.375) > 0.365) | (np.abs(z % 0.75 - 0.375) > 0.365), 1.0, 0.0) * (
            1 - _smooth(6, 22, depth)
        )
        kerb = (np.abs(x - ROAD_X[1] - 0.08) < 0.08) | (np.abs(x - ROAD_X[0] + 0.08) < 0.08)
        value = (
            0.30
            + 0.03 * sample(noise(21), x / 9, z / 9)
            + 0.03 * fine * sample(noise(22), x / 1.5, z / 1.5)
            - 0.10 * slab
        )
        value = np.where(kerb, 0.42, value)
        return _grey(value, (1.0, 0.97, 0.92))
    if surface is Surface.GRASS:
        value = 1 + 0.22 * sample(noise(31), x / 14, z / 14) + 0.28 * fine * sample(noise(32), x / 1.1, z / 1.1)
        return _grey(value, (0.085, 0.120, 0.040))
    if surface is Surface.HILL:
        azimuth = np.arctan2(hits.direction[chosen][:, 0], hits.direction[chosen][:, 2])
        rise = hits.direction[chosen][:, 1]
        return _grey(1 + 0.25 * sample(noise(41), azimuth * 4, rise * 9), (0.07, 0.095, 0.045))
    colors = np.array([s.color for s in world.solids], np.float32)
    base = colors[hits.owner[chosen]]
    if surface is Surface.ROOF:
        return np.broadcast_to(np.array([0.22, 0.19, 0.17], np.float32), base.shape)
    if surface is Surface.GLASS:
        return np.broadcast_to(np.array([0.018, 0.022, 0.024], np.float32), base.shape)
    if surface is Surface.RUBBER:
        return np.broadcast_to(np.array([0.022, 0.022, 0.024], np.float32), base.shape)
    return base


def _asphalt(x: Plane, z: Plane, depth: Plane, fine: Plane) -> Plane:
    """Worn asphalt with patches, wheel tracks, and paint: a double centre line, lane dashes, edge lines."""
    grain = 0.5 * sample(noise(52, 3), x / 0.8, z / 0.8) + 0.6 * (1 - _smooth(4.0, 16.0, depth)) * sample(
        noise(56, 3), x / 0.11, z / 0.11
    )
    value = 0.128 + 0.006 * sample(noise(51, 3), x / 16, z / 55) + 0.007 * fine * grain
    for lane in (1.9, -1.8, -5.4):
        for rut in (-0.8, 0.8):
            value = value + 0.010 * np.exp(-(((x - lane - rut) / 0.28) ** 2))
        value = value - 0.014 * np.exp(-(((x - lane) / 0.45) ** 2)) * (0.6 + 0.4 * sample(noise(53), x / 3, z / 60))
    crack = np.abs(sample(noise(54), x / 6.0 + 0.2, z / 9.0)) < 0.022
    value = np.where(crack & (depth < 30), value * 0.72, value)
    color = _grey(value, (1.0, 0.985, 0.96))
    wear = 0.80 + 0.20 * np.clip(0.6 + 0.5 * sample(noise(55, 7), x / 1.7, z / 1.7), 0, 1)

    def line(centre: float, half: float) -> npt.NDArray[np.bool_]:
        return np.asarray(np.abs(x - centre) < half)

    white = (line(0.05, 0.075) & (z % 9.0 < 3.2)) | line(5.85, 0.06) | line(-7.25, 0.06)
    yellow = line(-3.72, 0.07) | line(-3.48, 0.07)
    color = np.where(white[:, None], np.array([0.66, 0.66, 0.64], np.float32) * wear[:, None], color)
    return np.asarray(
        np.where(yellow[:, None], np.array([0.58, 0.42, 0.10], np.float32) * wear[:, None], color), np.float32
    )


def _facades(world: World, hits: Hits, points: Plane, unit: Plane, fresnel: Plane) -> None:
    """Windows, sills, cornices and shop fronts on every wall, from the house's own seed."""
    chosen = hits.surface == Surface.WALL
    if not chosen.any():
        return
    owner = hits.owner[chosen]
    seeds = np.array([s.seed for s in world.solids], np.int64)[owner]
    tops = np.array([s.high[1] for s in world.solids], np.float32)[owner]
    p, n = points[chosen], hits.normal[chosen]
    u = np.where(np.abs(n[:, 0]) > 0.5, p[:, 2], p[:, 0])
    y = p[:, 1]
    pitch = (2.3 + (seeds % 97) / 97.0 * 1.0).astype(np.float32)
    floor = np.float32(3.3)
    column, row = np.floor(u / pitch), np.floor(y / floor)
    cell_u, cell_v = u / pitch - column, y / floor - row
    ground_floor = row == 0
    half = np.where(ground_floor, 0.40, 0.19 + (seeds % 31) / 31.0 * 0.13)
    low, high = np.where(ground_floor, 0.10, 0.27), np.where(ground_floor, 0.80, 0.86)
    below_cornice = y < tops - 0.7
    window = (np.abs(cell_u - 0.5) < half) & (cell_v > low) & (cell_v < high) & below_cornice
    border = np.float32(0.022)
    glass = (np.abs(cell_u - 0.5) < half - border) & (cell_v > low + border) & (cell_v < high - border) & below_cornice
    mullion = np.abs(cell_u - 0.5) < 0.010
    sill = (
        (np.abs(cell_u - 0.5) < half + 0.03) & (cell_v > low - 0.05) & (cell_v <= low) & ~ground_floor & below_cornice
    )
    dice = ((column.astype(np.int64) * 73856093) ^ (row.astype(np.int64) * 19349663) ^ seeds) % 1009 / 1009.0
    albedo = hits.albedo[chosen]
    albedo = albedo * (1 + 0.07 * sample(noise(61), u / 7, y / 7) + 0.05 * sample(noise(62), u / 0.9, y / 0.4))[:, None]
    albedo *= (0.80 + 0.20 * _smooth(0.0, 1.6, y))[:, None]
    albedo[ground_floor & (seeds % 3 == 0)] *= 0.55
    albedo[~below_cornice] = albedo[~below_cornice] * 0.5 + 0.26
    albedo[sill | (window & ~glass)] = (0.46, 0.44, 0.41)
    curtain = (dice < 0.42) & (cell_v > high - 0.26 * (0.4 + dice)) & ~ground_floor
    inside = np.where(
        curtain[:, None], np.array([0.30, 0.28, 0.24], np.float32), np.array([0.025, 0.027, 0.03], np.float32)
    )
    pane = glass & ~mullion
    albedo[pane] = inside[pane]
    hits.albedo[chosen] = albedo
    cosine = np.abs((unit[chosen] * n).sum(-1))
    fresnel[chosen] = np.where(pane, 0.10 + 0.80 * (1 - cosine) ** 4, 0.0)


def _polish(hits: Hits, unit: Plane, fresnel: Plane) -> None:
    """Clear coat and car glass mirror the sky more the flatter the view (Schlick 1994)."""
    for surface, straight in ((Surface.PAINT, 0.05), (Surface.GLASS, 0.09), (Surface.LAMP, 0.06)):
        chosen = hits.surface == surface
        cosine = np.abs((unit[chosen] * hits.normal[chosen]).sum(-1))
        fresnel[chosen] = straight + (1 - straight) * (1 - cosine) ** 5


def _contact(world: World, hits: Hits, points: Plane, seconds: float) -> Plane:
    """(H, W) share of sky that reaches a point: less under cars and at the foot of houses."""
    open_sky = np.ones(hits.distance.shape, np.float32)
    ground = np.isin(hits.surface, (Surface.ROAD, Surface.PAVEMENT, Surface.GRASS)) & (hits.distance < 120)
    p = points[ground]
    amount = np.ones(len(p), np.float32)
    side = np.minimum(np.abs(p[:, 0] - 13.4), np.abs(p[:, 0] + 13.4))
    amount *= 0.55 + 0.45 * _smooth(0.0, 4.0, side)
    for solid in world.solids:
        if Surface.RUBBER not in solid.surfaces or solid.low[1] > 0.35 or solid.high[0] - solid.low[0] < 1.0:
            continue
        z0, z1 = (solid.low[2] + solid.velocity[2] * seconds, solid.high[2] + solid.velocity[2] * seconds)
        dx = np.maximum(np.maximum(solid.low[0] - p[:, 0], p[:, 0] - solid.high[0]), 0.0)
        dz = np.maximum(np.maximum(z0 - p[:, 2], p[:, 2] - z1), 0.0)
        amount *= 0.22 + 0.78 * _smooth(-0.15, 0.7, np.hypot(dx, dz) - 0.15)
    open_sky[ground] = amount
    return open_sky


def _smooth(low: float, high: float, x: Plane) -> Plane:
    t = np.clip((x - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _grey(value: Plane, tint: tuple[float, float, float]) -> Plane:
    return np.asarray(value[:, None] * np.array(tint, np.float32), np.float32)
