"""Where the picture stands in the viewer, and the wipe across it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, cos, hypot, pi, remainder, sin
from typing import Final

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

PAD: Final = 8.0
"""Px kept free around a fitted picture, so that its edge is visible."""
MAX_ZOOM: Final = 16.0
MIN_ZOOM: Final = 0.1
_FAR: Final = 20_000.0


@dataclass(frozen=True, slots=True)
class ViewTransform:
    """`zoom` is device pixels per project pixel, None to fit; `center` the picture point in the middle, 0..1."""

    zoom: float | None = None
    center: tuple[float, float] = (0.5, 0.5)

    def scale(self, area: QRectF, size: tuple[int, int], ratio: float) -> float:
        """Logical px per project pixel; `ratio` is the device pixel ratio."""
        if self.zoom is not None:
            return self.zoom / ratio
        width, height = size
        return max(0.01, min((area.width() - 2 * PAD) / width, (area.height() - 2 * PAD) / height))

    def rect(self, area: QRectF, size: tuple[int, int], ratio: float) -> QRectF:
        """The picture in widget px, on whole pixels so that 1:1 is sharp."""
        scale = self.scale(area, size, ratio)
        width, height = size[0] * scale, size[1] * scale
        if self.zoom is None:
            left, top = area.center().x() - width / 2, area.center().y() - height / 2
        else:
            left, top = area.center().x() - self.center[0] * width, area.center().y() - self.center[1] * height
        return QRectF(round(left), round(top), round(width), round(height))

    def zoomed(self, factor: float, at: QPointF, area: QRectF, size: tuple[int, int], ratio: float) -> ViewTransform:
        """Zoomed about the picture point under `at`."""
        now = self.rect(area, size, ratio)
        zoom = min(max(self.scale(area, size, ratio) * ratio * factor, MIN_ZOOM), MAX_ZOOM)
        u, v = (at.x() - now.left()) / now.width(), (at.y() - now.top()) / now.height()
        width, height = size[0] * zoom / ratio, size[1] * zoom / ratio
        return ViewTransform(
            zoom, (u + (area.center().x() - at.x()) / width, v + (area.center().y() - at.y()) / height)
        )

    def panned(self, delta: QPointF, area: QRectF, size: tuple[int, int], ratio: float) -> ViewTransform:
        """Dragged by `delta` widget px; a fitted picture becomes free at the size it has."""
        rect = self.rect(area, size, ratio)
        u = (area.center().x() - rect.left() - delta.x()) / rect.width()
        v = (area.center().y() - rect.top() - delta.y()) / rect.height()
        return ViewTransform(self.scale(area, size, ratio) * ratio, (u, v))


@dataclass(frozen=True, slots=True)
class Wipe:
    """A line across the picture: its middle `x`, `y` in 0..1 of the picture, and `angle_rad` (0 is upright, source left)."""

    x: float = 0.5
    y: float = 0.5
    angle_rad: float = 0.0

    def moved_to(self, u: float, v: float) -> Wipe:
        return replace(self, x=min(1.0, max(0.0, u)), y=min(1.0, max(0.0, v)))

    def shifted(self, share: float, rect: QRectF) -> Wipe:
        """Across itself, towards the result's side, by a share of the picture's diagonal."""
        way = share * hypot(rect.width(), rect.height())
        across = QPointF(cos(self.angle_rad) / rect.width(), sin(self.angle_rad) / rect.height()) * way
        return self.moved_to(self.x + across.x(), self.y + across.y())

    def turned(self, by_rad: float) -> Wipe:
        """Clockwise, about its middle."""
        return replace(self, angle_rad=remainder(self.angle_rad + by_rad, 2 * pi))

    def turned_to(self, point: QPointF, rect: QRectF) -> Wipe:
        """The line runs through `point`; the sides keep their sense."""
        middle = self.middle(rect)
        angle = atan2(point.y() - middle.y(), point.x() - middle.x()) - pi / 2
        while angle - self.angle_rad > pi / 2:
            angle -= pi
        while angle - self.angle_rad < -pi / 2:
            angle += pi
        return replace(self, angle_rad=angle)

    @property
    def is_level(self) -> bool:
        """Whether it runs across rather than up and down."""
        return abs(sin(self.angle_rad)) > abs(cos(self.angle_rad))

    def middle(self, rect: QRectF) -> QPointF:
        return QPointF(rect.left() + self.x * rect.width(), rect.top() + self.y * rect.height())

    def ends(self, rect: QRectF) -> tuple[QPointF, QPointF]:
        """Two far points on the line, top first when upright."""
        middle, along = self.middle(rect), QPointF(-sin(self.angle_rad), cos(self.angle_rad))
        return middle - along * _FAR, middle + along * _FAR

    def distance(self, point: QPointF, rect: QRectF) -> float:
        """Px from the line, positive on the result's side."""
        away = point - self.middle(rect)
        return away.x() * cos(self.angle_rad) + away.y() * sin(self.angle_rad)

    def result_side(self, rect: QRectF) -> QPolygonF:
        """The half plane of the result, as a polygon far larger than any window."""
        top, bottom = self.ends(rect)
        across = QPointF(cos(self.angle_rad), sin(self.angle_rad)) * (2 * _FAR)
        return QPolygonF([top, top + across, bottom + across, bottom])
