"""The pen: a path on its way, point by point, before it is a shape of the project."""

from __future__ import annotations

from app.tools.shape_grips import At, Held, place, stepped
from core.document.mask_shapes import FEWEST_POINTS, PathPoint, PathShape

_STEP_DEG = 45.0
"""Between the directions that Shift holds the next point to."""


class Pen:
    """A press sets a point, a drag bends it, a press on the first point closes."""

    def __init__(self) -> None:
        self.points: tuple[PathPoint, ...] = ()
        self.is_pulling = False
        self._closing = False

    def closes_at(self, at: At, aspect: float, reach: float) -> bool:
        """Whether a press here would close the path."""
        if len(self.points) < FEWEST_POINTS:
            return False
        away = at - place(self.points[0], aspect)
        return max(abs(away.x), abs(away.y)) <= reach

    def press(self, at: At, aspect: float, held: Held, reach: float) -> None:
        self.is_pulling = True
        self._closing = self.closes_at(at, aspect, reach)
        if not self._closing:
            if held.even and self.points:
                last = place(self.points[-1], aspect)
                at = last.plus(stepped(at - last, _STEP_DEG))
            self.points = (*self.points, PathPoint(at.x / aspect, at.y))

    def move(self, at: At, aspect: float, held: Held) -> None:
        """Bend the point under the hand; `free` leaves its other side straight."""
        index = 0 if self._closing else len(self.points) - 1
        point = self.points[index]
        way = at - place(point, aspect)
        if held.even:
            way = stepped(way)
        out = (way.x / aspect, way.y)
        back = (-out[0], -out[1])
        if self._closing:
            bent = PathPoint(point.x, point.y, back, point.out if held.free else out)
        else:
            bent = PathPoint(point.x, point.y, point.into if held.free else back, out)
        self.points = (*self.points[:index], bent, *self.points[index + 1 :])

    def release(self) -> PathShape | None:
        """The path, where that press closed it."""
        self.is_pulling = False
        return self.close() if self._closing else None

    def close(self) -> PathShape | None:
        """None while there are too few points."""
        if len(self.points) < FEWEST_POINTS:
            return None
        path = PathShape(self.points)
        self.clear()
        return path

    def take_back(self) -> None:
        """The last point."""
        self.points = self.points[:-1]

    def clear(self) -> bool:
        """Whether there was anything."""
        had = bool(self.points)
        self.points, self.is_pulling, self._closing = (), False, False
        return had
