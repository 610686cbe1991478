"""Fusion with the design's palette and as little style sheet as will do.

Call `apply_theme` before the first window; calling it again changes the running one.
"""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.theme import tokens as tk
from app.theme.fonts import ui_font

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup


def theme_palette(*, high_contrast: bool = False) -> QPalette:
    """Every role, from the tokens. `Mid` carries the hairline, `Midlight` the control border, so that high contrast
    is a palette change that every painted control follows."""
    line, edge, off = (tk.EDGE3,) * 3 if high_contrast else tk.USUAL
    palette = QPalette()
    for role, color in (
        (_Role.Window, tk.PANEL),
        (_Role.WindowText, tk.T1),
        (_Role.Base, tk.TRACK),
        (_Role.AlternateBase, tk.WELL),
        (_Role.Text, tk.T1),
        (_Role.Button, tk.CTL),
        (_Role.ButtonText, tk.T1),
        (_Role.BrightText, tk.ERR),
        (_Role.ToolTipBase, tk.RAISED),
        (_Role.ToolTipText, tk.T1),
        (_Role.PlaceholderText, tk.T3),
        (_Role.Highlight, tk.ACC),
        (_Role.HighlightedText, tk.ON_ACC),
        (_Role.Accent, tk.ACC),
        (_Role.Link, tk.ACC_TEXT),
        (_Role.LinkVisited, tk.ACC_TEXT),
        (_Role.Light, tk.SEL),
        (_Role.Midlight, edge),
        (_Role.Mid, line),
        (_Role.Dark, tk.WINDOW),
        (_Role.Shadow, tk.SEAM),
    ):
        palette.setColor(role, color)
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText, _Role.PlaceholderText):
        palette.setColor(_Group.Disabled, role, off)
    palette.setColor(_Group.Disabled, _Role.Button, tk.CTL_PRESSED)
    return palette


def line_color(widget: QWidget) -> QColor:
    """Hairline; the strong border under high contrast."""
    return widget.palette().color(_Role.Mid)


def edge_color(widget: QWidget) -> QColor:
    """Control border; the strong border under high contrast."""
    return widget.palette().color(_Role.Midlight)


def is_high_contrast(app: QApplication) -> bool:
    return app.palette().color(_Role.Mid) == tk.EDGE3


def apply_theme(app: QApplication, *, high_contrast: bool = False) -> None:
    """Style, palette, font and sheet of the whole application. GUI thread."""
    tk.set_contrast(high=high_contrast)
    app.setStyle("Fusion")
    palette = theme_palette(high_contrast=high_contrast)
    app.setPalette(palette)
    app.setFont(ui_font())
    app.setStyleSheet(_sheet(palette))


def _sheet(palette: QPalette) -> str:
    """Only what Fusion draws against the design: fields, lists, menus, tool tips, scroll bars, and the buttons of Qt's own
    boxes, which are made to look as ours do."""
    line, edge = palette.color(_Role.Mid).name(), palette.color(_Role.Midlight).name()
    names = {name.lower(): value.name() for name, value in vars(tk).items() if isinstance(value, QColor)}
    return _SHEET.format(**{**names, "line": line, "edge": edge})


_SHEET = """
QLineEdit {{ background: {track}; border: 1px solid {line}; border-radius: 3px; padding: 0 7px; color: {t1};
  selection-background-color: {acc}; selection-color: {on_acc}; min-height: 22px; }}
QLineEdit:focus {{ border: 2px solid {acc}; padding: 0 6px; min-height: 20px; }}
QLineEdit:disabled {{ color: {td}; }}
QLineEdit[bare="true"] {{ background: transparent; border: none; padding: 0; min-height: 0; }}
QPlainTextEdit {{ background: {track}; border: 1px solid {line}; border-radius: 3px; padding: 2px 4px; color: {t1};
  selection-background-color: {acc}; selection-color: {on_acc}; }}
QPlainTextEdit:focus {{ border: 2px solid {acc}; padding: 1px 3px; }}
QPushButton {{ background: {ctl}; border: 1px solid {edge}; border-radius: 3px; padding: 0 15px; color: {t1};
  min-height: 26px; }}
QPushButton:hover {{ background: {ctl_hover}; }}
QPushButton:pressed {{ background: {ctl_pressed}; }}
QPushButton:default {{ background: {acc}; border-color: {acc}; color: {on_acc}; }}
QPushButton:focus {{ border: 2px solid {acc}; padding: 0 14px; min-height: 24px; }}
QPushButton:default:focus {{ border-color: {acc_text}; }}
QPushButton:disabled {{ background: {ctl_pressed}; border-color: {usual_line}; color: {td}; }}
QMessageBox[hasMore="true"] #qt_msgbox_label {{ font-weight: bold; }}
QTreeView {{ background: {well}; border: 1px solid {line}; outline: none; }}
QTreeView::item {{ height: 24px; padding: 0 4px; color: {t1}; }}
QTreeView::item:selected {{ background: {sel}; color: {t1}; }}
QTreeView::indicator:unchecked {{ width: 11px; height: 11px; border: 1px solid {edge3}; border-radius: 2px;
  background: {track}; }}
QHeaderView::section {{ background: {header}; color: {t2}; border: none; padding: 4px 6px; }}
QToolTip {{ background: {raised}; color: {t1}; border: 1px solid {edge}; padding: 4px 6px; }}
QMenu {{ background: {raised}; border: 1px solid {edge}; padding: 4px 0; }}
QMenu::item {{ padding: 4px 24px 4px 12px; color: {t1}; }}
QMenu::item:selected {{ background: {sel}; }}
QMenu::item:disabled {{ color: {td}; }}
QMenu::separator {{ height: 1px; background: {edge}; margin: 4px 0; }}
QComboBox {{ combobox-popup: 0; }}
QComboBox QAbstractItemView {{ background: {raised}; border: 1px solid {edge}; outline: none; padding: 4px 0; }}
QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0 8px; color: {t1}; }}
QComboBox QAbstractItemView::item:selected {{ background: {sel}; color: {t1}; }}
QScrollArea {{ background: transparent; border: none; }}
QScrollBar {{ background: transparent; border: none; }}
QScrollBar:vertical {{ width: 8px; }}
QScrollBar:horizontal {{ height: 8px; }}
QScrollBar::handle {{ background: {sel}; border-radius: 2px; margin: 2px; min-height: 24px; min-width: 24px; }}
QScrollBar::handle:hover {{ background: {edge3}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""
