"""Going through shapes and their points by Tab, and saying where one stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.document.mask_shapes import PathShape, Shape, kind_name
from core.ids import ShapeId
from core.words import tr

Stop = tuple[ShapeId, int | None]
"""A shape, or one of its points."""


def next_stop(shapes: Sequence[Shape], selected: Shape | None, point: int | None, step: int) -> Stop | None:
    """The next shape or point that Tab goes to; None beyond the last, where Tab leaves the picture."""
    stops: list[Stop] = []
    for shape in shapes:
        stops.append((shape.id, None))
        if isinstance(shape.form, PathShape):
            stops += [(shape.id, n) for n in range(len(shape.form.points))]
    if selected is None:
        return (stops[0] if step > 0 else stops[-1]) if stops else None
    number = stops.index((selected.id, point)) + step
    return stops[number] if 0 <= number < len(stops) else None


def said_of(shapes: Sequence[Shape], id_: ShapeId, point: int | None) -> str:
    """In words where the keyboard stands."""
    number = next(n for n, shape in enumerate(shapes) if shape.id == id_)
    form, name = shapes[number].form, kind_name(shapes[number].form)
    if point is not None and isinstance(form, PathShape):
        return tr("{kind}, point {n} of {count}", kind=name, n=point + 1, count=len(form.points))
    return tr("{kind}, shape {n} of {count}", kind=name, n=number + 1, count=len(shapes))
