"""The whole window in German: opened, used by hand, and read from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from films import number_film
from PySide6.QtCore import QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QMenu,
    QMessageBox,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from window_kit import Editor

from app.demo import FRAMES, demo_project
from app.documents import Choice, QtDialogs
from app.language import speak
from app.look_names import look_name
from app.panels.browser import Browser
from app.panels.inspector import Inspector
from app.preferences.dialog import SHORTCUTS, PreferencesDialog
from app.theme.fonts import ui_font
from app.tour.tour import Card
from app.widgets.param_row import ParamRow
from core.document.storage import encode_project, save_project
from core.media.probe import probe
from core.settings import Settings
from core.words import tr, use_language

ENGLISH = re.compile(
    r"\b(the|of|and|with|from|for|this|that|not|is|are|to|add|open|save|close|cancel|remove|delete|reset|copy|paste|undo|redo"
    r"|cut|split|trim|source|light|weather|ground|season|sky|sun|rain|snow|haze|frames?|tracks?|mask|masks|picture|size|length"
    r"|choose|search|playback|play|view|edit|help|file|files|queue|settings|preferences|keys|shortcuts|marker name|sound"
    r"|found|unknown|range|width|name of|opacity|feather|hardness|seed|none|everything|animated)\b",
    re.IGNORECASE,
)
SAME_IN_BOTH = re.compile(
    r"https?:\S+|\S+\.(mp4|wvp|onnx|tflite)|Seed|MiDaS 2.1 small|DeepLab for Cityscapes|/\S*|No ground was found.*"
)
"""Addresses, files, what is called so in every language, and what the fake analyser says."""


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    speak(qapp, "de")
    yield
    use_language("en")
    QLocale.setDefault(before)
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


@pytest.fixture
def window(german: None, qtbot: QtBot, tmp_path: Path) -> Iterator[Editor]:
    opened = Editor.open(qtbot, tmp_path)
    yield opened
    opened.close()


def texts(widget: QWidget) -> Iterator[str]:
    """All that a widget and those in it say to eyes, pointers and readers."""
    for each in (widget, *widget.findChildren(QWidget)):
        for name in (
            "text",
            "title",
            "windowTitle",
            "toolTip",
            "placeholderText",
            "accessibleName",
            "accessibleDescription",
        ):
            say = getattr(each, name, None)
            if callable(say) and isinstance(said := say(), str) and said:
                yield said
        if isinstance(each, QComboBox):
            yield from (each.itemText(row) for row in range(each.count()))
        for action in each.actions():
            yield from (action.text(), action.toolTip())


def english(widget: QWidget) -> set[str]:
    """What in it has an English word."""
    return {said for said in texts(widget) if ENGLISH.search(SAME_IN_BOTH.sub("", said))}


def cut_short(widget: QWidget) -> list[str]:
    """Words in it that have less room than they need."""
    found = []
    for each in (widget, *widget.findChildren(QWidget)):
        if not each.isVisible():
            continue
        is_label = isinstance(each, QLabel) and not each.wordWrap() and not each.pixmap()
        if is_label or (isinstance(each, QAbstractButton) and not isinstance(each, QToolButton)):
            wanted = each.sizeHint().width() if each.text() else 0
        elif isinstance(each, QComboBox):
            wanted = each.fontMetrics().horizontalAdvance(each.currentText()) + 28
        else:
            continue
        if each.width() < wanted - 1:
            said = each.currentText() if isinstance(each, QComboBox) else each.text()
            found.append(f"{type(each).__name__} {said!r}: {each.width()} of {wanted} px")
    return found


def test_the_window_says_nothing_in_english(window: Editor) -> None:
    assert not english(window.window)
    clip = window.add_clip()
    window.window.timeline.canvas.select(clip.id)
    for workspace in ("Mask", "Scene", "Translate"):
        tab = window.window.top_bar.tab(workspace)
        window.qtbot.mouseClick(tab, Qt.MouseButton.LeftButton)
        assert tab.isChecked()
        window.wait_for_picture()
        assert not english(window.window)


def test_the_demo_is_told_in_german(window: Editor) -> None:
    """Its story on a film of its length: drawing the street takes a minute."""
    film = number_film(window.folder / "street.mp4", FRAMES)
    place = window.folder / "Demo-Straße.wvp"
    save_project(place, encode_project(demo_project(probe(film)), 1, window.folder))
    window.window.documents.open(place)
    state = window.window.timeline.canvas.state
    window.until(lambda: any(True for _ in state.project.pictures()))
    looks = [look_name(clip.look) for clip in state.project.pictures()]
    assert looks == ["Nacht, Nieselregen", "Nebel"]
    assert [lane.label for lane in state.rows if lane.code] == ["Bedingung", "Maske", "Video 1", "Ton 1"]
    assert not english(window.window)
    window.qtbot.keyClick(window.window, Qt.Key.Key_Right)
    window.wait_for_picture()
    assert not english(window.window)
    window.window.house.tour.stop()


def test_every_page_of_the_columns_has_room_for_its_words(window: Editor) -> None:
    clip = window.add_clip()
    window.window.timeline.canvas.select(clip.id)
    window.act("scopes")
    for page in (Inspector.CONDITIONS, Inspector.MASKS, Inspector.SCENE, Inspector.CLIP):
        window.window.inspector.tabs.set_current(page)
        window.wait_for_picture()
        assert not cut_short(window.window)
    for page in (Browser.MEDIA, Browser.LOOKS):
        window.window.browser.tabs.set_current(page)
        assert not cut_short(window.window)


def test_the_rows_of_conditions_have_room_for_their_names(window: Editor) -> None:
    metrics = QFontMetricsF(ui_font())
    rows = window.window.findChildren(ParamRow)
    tight = [row.spec.title for row in rows if row.groove and metrics.horizontalAdvance(row.spec.title) > 84]
    assert rows
    assert not tight


def test_menus_show_german_words_and_german_keys(window: Editor) -> None:
    bar = window.window.menuBar()
    assert [action.text() for action in bar.actions()][:3] == ["Datei", "Bearbeiten", "Clip"]
    save = window.window.actions_by_id["save"]
    assert save.text() == "Speichern"
    assert save.shortcut().toString(save.shortcut().SequenceFormat.NativeText) == "Strg+S"
    for menu in bar.findChildren(QMenu):
        assert not english(menu)


def test_the_buttons_of_a_question_have_room_for_their_words(window: Editor) -> None:
    """Also the first, whose letters are bold: Qt reckons its width without."""
    tight, seen = [], []

    def look() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        seen.extend(button.text() for button in box.buttons())
        for button in box.buttons():
            metrics = QFontMetricsF(ui_font(bold=isinstance(button, QPushButton) and button.isDefault()))
            tight.extend([button.text()] if button.width() < metrics.horizontalAdvance(button.text()) + 16 else [])
        box.close()

    QTimer.singleShot(0, look)
    assert QtDialogs(window.window).confirm_save("Hafen") is Choice.CANCEL
    assert sorted(seen) == ["Abbrechen", "Nicht speichern", "Speichern"]
    assert not tight


@pytest.mark.parametrize("id_", ["preferences", "shortcuts", "export", "models", "render_queue", "palette", "tour"])
def test_what_an_action_opens_is_german_and_has_room(window: Editor, id_: str) -> None:
    window.add_clip()
    window.wait_for_picture()
    before = {w for w in QApplication.topLevelWidgets() if w.isVisible()}
    window.act(id_)
    opened = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w not in before]
    opened += window.window.findChildren(Card)
    assert opened
    for widget in opened:
        assert not english(widget)
        assert not cut_short(widget)
        if widget is not window.window:
            widget.close()


def test_every_page_of_the_preferences_has_room(window: Editor) -> None:
    window.act("preferences")
    dialog = window.window.findChild(PreferencesDialog)
    for page in range(SHORTCUTS + 1):
        dialog.open_page(page)
        assert not english(dialog)
        assert not cut_short(dialog)
    dialog.close()


def test_the_language_is_chosen_in_the_preferences_and_waits_for_the_next_start(window: Editor) -> None:
    preferences = window.window.house.preferences
    window.act("preferences")
    dialog = window.window.findChild(PreferencesDialog)
    assert [dialog.language.itemText(i) for i in range(dialog.language.count())] == [
        "Wie das System",
        "English",
        "Deutsch",
    ]
    dialog.language.setFocus()
    window.qtbot.keyClick(dialog.language, Qt.Key.Key_Down)
    assert preferences.settings.language == "en"
    assert dialog.windowTitle() == "Einstellungen"
    preferences.use(Settings())
    dialog.close()


def test_an_edit_that_is_rejected_says_so_in_german(window: Editor) -> None:
    clip = window.add_clip()
    window.window.timeline.canvas.select(clip.id)
    window.act("link")
    assert "mindestens zwei Clips" in window.window.status.text


def test_undo_names_the_edit_in_german(window: Editor) -> None:
    clip = window.add_clip()
    window.window.timeline.canvas.select(clip.id)
    window.act("split")
    window.act("add_marker")
    assert window.window.bridge.session.undo_label == "Marker hinzufügen"


def test_numbers_are_read_and_typed_with_a_comma(window: Editor) -> None:
    clip = window.add_clip()
    window.window.timeline.canvas.select(clip.id)
    row = next(r for r in window.window.findChildren(ParamRow) if r.spec.label == "Exposure")
    row.field.start_typing()
    window.qtbot.keyClicks(row.field.findChild(QWidget), "1,5")
    window.qtbot.keyClick(row.field.findChild(QWidget), Qt.Key.Key_Return)
    assert dict(window.clip.look.base.values) == {"exposure": 1.5}
    assert row.spec.text(1.5) == "1,50"


def test_english_is_as_it_stands_in_the_source() -> None:
    assert tr("Open project…") == "Open project…"
