"""What stands where: a street drawn from a seed, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from math import cos, radians, sin

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float32]
Color = tuple[float, float, float]
"""Albedo, scene-linear Rec.709."""


class Surface(IntEnum):
    """What a ray met; the number in the object map."""

    SKY = 0
    HILL = 1
    ROAD = 2
    PAVEMENT = 3
    GRASS = 4
    WALL = 5
    ROOF = 6
    TREE = 7
    PAINT = 8
    GLASS = 9
    RUBBER = 10
    LAMP = 11

    @property
    def is_ground(self) -> bool:
        return self in (Surface.ROAD, Surface.PAVEMENT, Surface.GRASS)


Face = tuple[Vector, Vector, Surface]
"""Outward normal, a point on the face, and what it is made of."""


@dataclass(frozen=True)
class Solid:
    """A convex body as the intersection of half-spaces `normals @ p <= offsets`, moving at a steady velocity."""

    normals: Vector
    """(N, 3), outward, unit length."""
    offsets: Vector
    """(N,), metres, at time 0."""
    surfaces: tuple[Surface, ...]
    """One per face."""
    color: Color
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    """Bounding box at time 0."""
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    seed: int = 0


@dataclass(frozen=True)
class Tree:
    """A picture of a tree on an upright card across the street: exact depth and flow, and leaves that look like leaves."""

    x: float
    z: float
    width: float
    height: float
    kind: int


@dataclass(frozen=True)
class World:
    """A street with its traffic and its camera. All times in seconds from the first frame."""

    seed: int = 7
    rate: int = 24
    speed_m_s: float = 11.0
    camera_height_m: float = 1.45
    focal: float = 0.95
    """In picture heights."""
    sun_elevation_deg: float = 44.0
    sun_azimuth_deg: float = 164.0
    """Clockwise from straight down the street."""
    solids: tuple[Solid, ...] = field(default=(), repr=False)
    trees: tuple[Tree, ...] = field(default=(), repr=False)

    @property
    def to_sun(self) -> Vector:
        e, a = radians(self.sun_elevation_deg), radians(self.sun_azimuth_deg)
        return np.array([sin(a) * cos(e), sin(e), cos(a) * cos(e)], np.float32)

    def camera(self, seconds: float) -> tuple[Vector, Vector]:
        """Position (3,) and rotation (3, 3), rows right, up, forward, at a time. A car on an even road, hands on the wheel."""
        sway = 0.012 * sin(0.9 * seconds) + 0.004 * sin(2.3 * seconds + 1.0)
        pitch = -0.022 + 0.0022 * sin(5.1 * seconds) + 0.0012 * sin(11.7 * seconds)
        position = np.array(
            [1.9 + 0.25 * sin(0.5 * seconds), self.camera_height_m, self.speed_m_s * seconds], np.float32
        )
        cy, sy, cp, sp = cos(sway), sin(sway), cos(pitch), sin(pitch)
        yaw = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
        tilt = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        return position, (tilt @ yaw).astype(np.float32)

    def horizon(self, seconds: float) -> float:
        """Row of the horizon as a share of the height, from the top, at the picture's centre column."""
        forward = self.camera(seconds)[1][2]
        return float(0.5 + self.focal * forward[1] / np.hypot(forward[0], forward[2]))


def convex(
    faces: list[Face], color: Color, velocity: tuple[float, float, float] = (0.0, 0.0, 0.0), seed: int = 0
) -> Solid:
    """A solid from its faces; its bounds come from its corners."""
    normals = np.array([n / np.linalg.norm(n) for n, _, _ in faces], np.float32)
    offsets = np.array([float(n @ p) for n, (_, p, _) in zip(normals, faces, strict=True)], np.float32)
    corners = _corners(normals, offsets)
    low, high = (tuple(float(v) for v in edge) for edge in (corners.min(0), corners.max(0)))
    surfaces = tuple(surface for _, _, surface in faces)
    return Solid(
        normals, offsets, surfaces, color, (low[0], low[1], low[2]), (high[0], high[1], high[2]), velocity, seed
    )


def _corners(normals: Vector, offsets: Vector) -> Vector:
    """Every point where three faces meet and no other cuts it off."""
    found = []
    for i in range(len(normals)):
        for j in range(i + 1, len(normals)):
            for k in range(j + 1, len(normals)):
                m = normals[[i, j, k]].astype(np.float64)
                if abs(np.linalg.det(m)) < 1e-6:
                    continue
                p = np.linalg.solve(m, offsets[[i, j, k]].astype(np.float64))
                if (normals @ p <= offsets + 1e-4).all():
                    found.append(p)
    return np.array(found, np.float32)


def box(
    low: tuple[float, float, float],
    high: tuple[float, float, float],
    surface: Surface,
    color: Color,
    top: Surface | None = None,
    velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
    seed: int = 0,
) -> Solid:
    """An upright block, its upper face of `top` where that is another material."""
    a, b = np.array(low, np.float32), np.array(high, np.float32)
    x, y, z = np.eye(3, dtype=np.float32)
    faces = [
        (-x, a, surface),
        (-y, a, surface),
        (-z, a, surface),
        (x, b, surface),
        (y, b, top or surface),
        (z, b, surface),
    ]
    return convex(faces, color, velocity, seed)


def car(x: float, z: float, color: Color, velocity_z: float, seed: int) -> list[Solid]:
    """A saloon car 4.4 m long with its tail at `z`: hull, cabin of glass and roof, four wheels, lamps at both ends."""
    v = (0.0, 0.0, velocity_z)
    sign = 1.0 if velocity_z >= 0 else -1.0  # an oncoming car shows its nose

    def vec(*xyz: float) -> Vector:
        return np.array(xyz, np.float32)

    def wedge(
        half: float, y0: float, y1: float, z0: float, z1: float, lean: tuple[float, float, float], skin: Surface
    ) -> Solid:
        side, tail, nose = lean
        centre = z + 2.2
        back, front = (z0, z1) if sign > 0 else (4.4 - z1, 4.4 - z0)
        tail, nose = (tail, nose) if sign > 0 else (nose, tail)
        return convex(
            [
                (vec(-1, side, 0), vec(x - half, y0, centre), skin),
                (vec(1, side, 0), vec(x + half, y0, centre), skin),
                (vec(0, tail, -1), vec(x, y0, z + back), skin),
                (vec(0, nose, 1), vec(x, y0, z + front), skin),
                (vec(0, 1, 0), vec(x, y1, centre), Surface.PAINT),
                (vec(0, -1, 0), vec(x, y0, centre), Surface.RUBBER),
            ],
            color,
            velocity=v,
            seed=seed,
        )

    parts = [
        wedge(0.88, 0.30, 0.72, 0.00, 4.40, (-0.05, 0.06, 0.10), Surface.PAINT),
        wedge(0.90, 0.70, 0.90, 0.06, 4.30, (0.55, 0.35, 0.9), Surface.PAINT),
        wedge(0.78, 0.88, 1.42, 0.55, 3.20, (0.30, 0.75, 1.15), Surface.GLASS),
    ]
    for wx in (-0.78, 0.66):
        for wz in (0.72, 3.35):
            parts.append(_wheel(x + wx, z + wz, v, seed))
    tail, nose = (z - 0.02, z + 4.42) if sign > 0 else (z + 4.42, z - 0.02)
    for side in (-0.72, 0.44):
        red, white = (0.34, 0.02, 0.015), (0.80, 0.80, 0.78)
        for end, tint in ((tail, red), (nose, white)):
            parts.append(
                box((x + side, 0.60, end - 0.05), (x + side + 0.28, 0.74, end + 0.05), Surface.LAMP, tint, velocity=v)
            )
    return parts


def _wheel(x: float, z: float, velocity: tuple[float, float, float], seed: int) -> Solid:
    """An eight-sided tyre of radius 0.32 m."""
    centre = np.array([x, 0.32, z], np.float32)
    faces = [
        (np.array([s, 0, 0], np.float32), centre + np.array([0.06 + 0.06 * s, 0, 0], np.float32), Surface.RUBBER)
        for s in (-1, 1)
    ]
    for i in range(8):
        a = np.pi * i / 4
        n = np.array([0, np.sin(a), np.cos(a)], np.float32)
        faces.append((n, centre + 0.32 * n, Surface.RUBBER))
    return convex(faces, (0.02, 0.02, 0.022), velocity=velocity, seed=seed)


WALLS: tuple[Color, ...] = (
    (0.42, 0.27, 0.19),
    (0.52, 0.41, 0.26),
    (0.55, 0.45, 0.33),
    (0.36, 0.18, 0.13),
    (0.46, 0.33, 0.24),
    (0.50, 0.36, 0.20),
    (0.30, 0.20, 0.16),
)


def street(seed: int = 7) -> World:
    """The demo's street: façades on both sides for 260 m, plane trees, parked cars, one car ahead, two oncoming."""
    rng = np.random.default_rng(seed)
    solids: list[Solid] = []
    for side in (-1, 1):
        z = -12.0
        while z < 260.0:
            width, depth = rng.uniform(10, 22), rng.uniform(9, 14)
            height = 3.3 * int(rng.integers(2, 6)) + 0.9
            near = rng.uniform(12.6, 14.2)
            x0, x1 = sorted((side * near, side * (near + depth)))
            wall = WALLS[int(rng.integers(len(WALLS)))]
            solids.append(
                box(
                    (x0, 0, z),
                    (x1, height, z + width),
                    Surface.WALL,
                    wall,
                    top=Surface.ROOF,
                    seed=int(rng.integers(1 << 30)),
                )
            )
            z += width + (rng.uniform(5, 11) if rng.random() < 0.35 else 0.0)
    for x, z, tint, v in (
        (-1.9, 30.0, (0.30, 0.03, 0.03), 9.6),
        (-5.4, 88.0, (0.34, 0.36, 0.38), -10.0),
        (-5.4, 142.0, (0.05, 0.09, 0.20), -11.5),
        (7.1, 21.0, (0.05, 0.08, 0.22), 0.0),
        (7.1, 47.0, (0.06, 0.07, 0.07), 0.0),
        (-8.9, 34.0, (0.08, 0.18, 0.14), 0.0),
        (7.1, 74.0, (0.40, 0.10, 0.05), 0.0),
    ):
        solids += car(x, z, tint, v, seed=int(rng.integers(1 << 30)))
    trees = tuple(
        Tree(
            side * (10.9 + rng.uniform(-0.3, 0.3)),
            z + rng.uniform(-1.5, 1.5),
            rng.uniform(5.5, 7.5),
            rng.uniform(7.0, 9.5),
            int(rng.integers(3)),
        )
        for side in (-1, 1)
        for z in np.arange(9.0 if side > 0 else 16.0, 240.0, 15.0)
    )
    return World(seed=seed, solids=tuple(solids), trees=trees)
