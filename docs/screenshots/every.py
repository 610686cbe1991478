"""Every panel, page, popover, dialog, menu and empty state of the editor, drawn and checked.

A picture names the classes that must be on it, so that one that is put away, renamed or forgotten is told and not drawn
without. `uncovered` says which classes of the editor are on no picture.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

import app
from docs.screenshots import of_columns, of_house, of_jobs, of_window
from docs.screenshots.book import PICTURES, Picture
from docs.screenshots.stage import Stage

__all__ = ["PICTURES", "of_columns", "of_house", "of_jobs", "of_window"]


def draw_pictures(stage: Stage, names: Sequence[str], open_demo: Callable[[], Path]) -> list[str]:
    """Those of these names, or all; what went wrong, a line each."""
    chosen = [p for p in PICTURES if not names or p.name in names]
    problems = [f"{name}: there is no such picture" for name in names if name not in {p.name for p in chosen}]
    for has_project in (False, True):
        part = [p for p in chosen if p.has_project is has_project]
        if has_project and part:
            stage.enter_demo(open_demo())
        for each in part:
            problems += draw_one(stage, each)
    return problems


def draw_one(stage: Stage, wanted: Picture) -> list[str]:
    """What is wrong with it: nothing, as a rule."""
    stage.name, stage.seen, stage.cut = wanted.name, set(), set()
    try:
        wanted.draw(stage)
    except (ValueError, AttributeError, AssertionError, LookupError) as error:
        return [f"{wanted.name}: {type(error).__name__}, {error}"]
    finally:
        stage.tidy()
    print(wanted.name, flush=True)
    if not stage.seen:
        return [f"{wanted.name}: nothing was drawn"]
    return [
        *(f"{wanted.name}: {c.__name__} is not in sight" for c in wanted.shows if c not in stage.seen),
        *(f"{wanted.name}: “{text}” is cut off" for text in sorted(stage.cut)),
    ]


def widget_classes() -> Iterator[type[QWidget]]:
    """Every widget that a person sees as a thing of its own: the editor's public ones but the controls of `app.widgets`,
    which are parts of all others."""
    for found in pkgutil.walk_packages(app.__path__, "app."):
        if found.name.startswith(("app.widgets", "app.cli")):
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            is_own = isinstance(value, type) and value.__module__ == found.name
            if is_own and issubclass(value, QWidget) and not name.startswith("_"):
                yield value


def uncovered() -> list[str]:
    """Names of the classes that are on no picture."""
    shown = {base for each in PICTURES for cls in each.shows for base in cls.__mro__}
    return sorted(f"{c.__module__}.{c.__name__}" for c in widget_classes() if c not in shown)
