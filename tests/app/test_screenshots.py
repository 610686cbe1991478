"""The list of pictures: it knows every panel and dialog, and it fails aloud where one is not drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot
from window_kit import Editor

from app.queue.window import QueueWindow
from app.tour.tour import Card
from docs.screenshots.book import PICTURES, Picture
from docs.screenshots.every import draw_one, draw_pictures, uncovered, widget_classes
from docs.screenshots.stage import Stage
from docs.screenshots.studio import cut_off, is_blank


@pytest.fixture
def stage(editor: Editor, tmp_path: Path) -> Stage:
    (tmp_path / "out").mkdir()
    return Stage(tmp_path / "out", tmp_path, editor.window)


def no_demo() -> Path:
    raise AssertionError("these pictures are drawn without a project")


def test_every_panel_and_dialog_of_the_editor_is_on_a_picture() -> None:
    assert uncovered() == [], "draw these in docs/screenshots/of_*.py"


def test_the_packages_are_searched_to_the_bottom() -> None:
    dialogs = {c.__name__ for c in widget_classes() if issubclass(c, QDialog)}
    assert {"PreferencesDialog", "RelinkDialog", "PasteDialog", "CommandPalette", "ModelsWindow"} <= dialogs


def test_no_two_pictures_have_one_name() -> None:
    names = [p.name for p in PICTURES]
    assert len(set(names)) == len(names)


def test_a_picture_is_drawn_in_both_themes_and_they_differ(stage: Stage) -> None:
    assert draw_pictures(stage, ("queue-empty",), no_demo) == []
    usual, strong = (QImage(str(stage.out / f"queue-empty{e}.png")) for e in ("", "-contrast"))
    assert not is_blank(usual)
    assert usual.size() == strong.size()
    assert usual != strong


def test_a_panel_that_is_not_in_sight_is_named(stage: Stage) -> None:
    wanted = Picture("window", lambda s: s.shoot(), (Card,), has_project=False)
    assert draw_one(stage, wanted) == ["window: Card is not in sight"]


def test_what_is_put_away_cannot_be_drawn(stage: Stage) -> None:
    def draw(s: Stage) -> None:
        s.shoot(QueueWindow(s.window.queue, s.window))

    assert draw_one(stage, Picture("queue", draw, (), has_project=False)) == [
        "queue: ValueError, QueueWindow is not on the screen"
    ]


def test_an_unknown_name_is_said(stage: Stage) -> None:
    assert draw_pictures(stage, ("no-such",), no_demo) == ["no-such: there is no such picture"]


@pytest.mark.parametrize(("dots", "blank"), [(0, True), (1, False)])
def test_a_flat_picture_is_blank(dots: int, blank: bool) -> None:
    image = QImage(31, 7, QImage.Format.Format_RGB888)
    image.fill(QColor(34, 34, 34))
    for n in range(dots):
        image.setPixelColor(30, n, QColor(90, 90, 90))
    assert is_blank(image) is blank


@pytest.mark.parametrize(("width", "cut"), [(200, []), (40, ["Restore defaults"])])
def test_words_without_room_are_told(qtbot: QtBot, width: int, cut: list[str]) -> None:
    home = QWidget()
    qtbot.addWidget(home)
    label = QLabel("Restore defaults", home)
    label.setFixedWidth(width)
    home.show()
    assert cut_off(home) == cut


def test_a_sentence_without_room_below_is_told(qtbot: QtBot) -> None:
    home = QWidget()
    qtbot.addWidget(home)
    label = QLabel("One sentence that takes three lines where it has so little room.", home)
    label.setWordWrap(True)
    label.setFixedSize(160, 20)
    home.show()
    assert cut_off(home) == [label.text()]
