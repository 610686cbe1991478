"""The theme: greys stay grey, text stays readable, icons stay sharp, and painting never wears out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.theme import tokens as tk
from app.theme.fonts import mono_font, ui_font
from app.theme.icons import icon, icon_names, icon_pixmap, paint_icon
from app.theme.painting import fill_box, focus_ring, hatch, minus
from app.theme.style import apply_theme, edge_color, theme_palette
from app.widgets.parts import text_label

GREYS = [
    "SEAM", "TRACK", "VIEWER", "WELL", "WINDOW", "PANEL", "HEADER", "CTL_PRESSED", "RAISED", "LINE", "ROW_SELECTED",
    "CTL", "CTL_HOVER", "SEL", "EDGE", "EDGE3", "T1", "T2", "T3", "TD",
]  # fmt: skip


def luminance(color: QColor) -> float:
    """Relative luminance, WCAG 2.1."""

    def linear(c: float) -> float:
        return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF())


def contrast(a: QColor, b: QColor) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", GREYS)
def test_every_grey_has_equal_red_green_and_blue(name: str) -> None:
    color = getattr(tk, name)
    assert color.red() == color.green() == color.blue()


INKS = ("T1", "T2", "T3", "ACC_TEXT", "WARN", "ERR", "KEY")
BEDS = ("PANEL", "HEADER", "RAISED", "WINDOW", "WELL", "TRACK", "ROW_SELECTED")


@pytest.fixture(params=[False, True], ids=["normal", "contrast"])
def is_strong(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Each theme in turn."""
    strong = bool(request.param)
    tk.set_contrast(high=strong)
    yield strong
    tk.set_contrast(high=False)


@pytest.mark.parametrize(("ink", "bed"), list(product(INKS, BEDS)))
def test_text_reaches_the_contrast_of_small_print(ink: str, bed: str, is_strong: bool) -> None:
    assert contrast(getattr(tk, ink), getattr(tk, bed)) >= 4.5


@pytest.mark.parametrize(
    ("ink", "bed"),
    [("T1", "SEL"), ("T2", "SEL"), ("ACC_TEXT", "SEL"), ("T2", "CTL"), ("T1", "ACC_DIM"), ("ACC_TEXT", "ACC_DIM"),
     ("ERR", "ERR_DIM")],
)  # fmt: skip
def test_text_on_what_is_lit_reaches_it_too(ink: str, bed: str) -> None:
    assert contrast(getattr(tk, ink), getattr(tk, bed)) >= 4.5


@pytest.mark.parametrize("bed", ["PANEL", "HEADER", "RAISED", "WELL", "TRACK"])
def test_high_contrast_lets_borders_and_what_is_off_be_seen(bed: str, is_strong: bool) -> None:
    seen = {name: contrast(getattr(tk, name), getattr(tk, bed)) >= 3.0 for name in ("LINE", "EDGE", "TD")}
    assert all(seen.values()) == is_strong


def test_controls_that_must_stand_out_reach_three_to_one() -> None:
    assert contrast(tk.EDGE3, tk.PANEL) >= 3.0
    assert contrast(tk.ON_ACC, tk.ACC) >= 4.5


def test_high_contrast_replaces_the_faint_borders_and_nothing_else() -> None:
    usual, strong = theme_palette(), theme_palette(high_contrast=True)
    for role in (QPalette.ColorRole.Mid, QPalette.ColorRole.Midlight):
        assert usual.color(role) != tk.EDGE3
        assert strong.color(role) == tk.EDGE3
    assert usual.color(QPalette.ColorRole.Window) == strong.color(QPalette.ColorRole.Window)


def test_painted_controls_follow_the_theme_of_the_application(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp, high_contrast=True)
    field = QLineEdit()
    qtbot.addWidget(field)
    assert edge_color(field) == tk.EDGE3
    apply_theme(qapp)
    assert edge_color(field) == tk.EDGE


def test_a_label_keeps_its_ink_when_the_theme_changes(qapp: QApplication, qtbot: QtBot) -> None:
    apply_theme(qapp)
    label = text_label("stopped", color=tk.T3)
    qtbot.addWidget(label)
    label.show()
    label.set_ink(tk.ERR)
    for high in (True, False):
        apply_theme(qapp, high_contrast=high)
        assert label.palette().color(label.foregroundRole()) == tk.ERR


def test_figures_are_equally_wide(qapp: QApplication) -> None:
    for font in (ui_font(), ui_font(tk.SMALL_PX, bold=True), mono_font(14)):
        metrics = QFontMetricsF(font)
        assert len({round(metrics.horizontalAdvance(d), 3) for d in "0123456789"}) == 1


def test_every_icon_draws_in_its_colour_at_every_ratio(qapp: QApplication) -> None:
    assert len(icon_names()) > 60
    for name in icon_names():
        image = icon_pixmap(name, 16, tk.T1, 2.0).toImage()
        assert image.width() == 32
        inked = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() > 200]
        assert inked, name
        assert all(abs(c.red() - tk.T1.red()) < 8 and abs(c.red() - c.blue()) < 3 for c in inked), name


def test_a_disabled_icon_is_grey_and_a_checked_one_bright(qapp: QApplication) -> None:
    made = icon("eye", 16, tk.T3, on=tk.T1)

    def brightest(image: QImage) -> int:
        return max(image.pixelColor(x, y).red() for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha())

    on, off = (made.pixmap(16, 16, made.Mode.Normal, s).toImage() for s in (made.State.On, made.State.Off))
    disabled = made.pixmap(16, 16, made.Mode.Disabled, made.State.Off).toImage()
    assert brightest(on) > brightest(off) > brightest(disabled)


def test_an_icon_without_a_drawing_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        icon_pixmap("no_such_icon")


def test_numbers_carry_a_true_minus() -> None:
    assert minus("-9.0") == "\u22129.0"


def test_twenty_thousand_strokes_of_the_painter_do_no_harm(qapp: QApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None in every call that returns nothing, and aborts."""
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(tk.PANEL)
    painter = QPainter(image)
    for n in range(20_000):
        painter.setPen(tk.T1 if n % 2 else tk.ACC)
        painter.drawRect(n % 60, n % 50, 3, 3)
    fill_box(painter, QRectF(0, 0, 40, 20), tk.TRACK, tk.EDGE)
    focus_ring(painter, QRectF(4, 4, 20, 20))
    painter.fillRect(QRectF(30, 30, 30, 30), hatch(tk.WARN))
    paint_icon(painter, "sun", 40, 10)
    painter.end()
    assert image.pixelColor(1, 10) == tk.TRACK
