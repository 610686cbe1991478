"""The list of pictures: a name, what draws it, and what must be in sight on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from docs.screenshots.stage import Stage

Draw = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """`shows`: classes that must be in sight on it. Without `has_project` it is drawn before the demo is opened."""

    name: str
    draw: Draw
    shows: tuple[type[QWidget], ...]
    has_project: bool


PICTURES: list[Picture] = []


def picture(*shows: type[QWidget], has_project: bool = True) -> Callable[[Draw], Draw]:
    """The function below is a picture of its name."""

    def add(draw: Draw) -> Draw:
        name = draw.__name__.strip("_").replace("_", "-")
        PICTURES.append(Picture(name, draw, shows, has_project))
        return draw

    return add
