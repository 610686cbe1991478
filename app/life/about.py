"""What the program is, in a box. Main thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.theme import tokens as tk
from app.theme.icons import icon_pixmap
from core.version import VERSION
from core.words import tr

LICENCE = "GPL-3.0-or-later"


def about_box(window: QWidget) -> QMessageBox:
    """Not shown yet; it throws itself away when it is closed."""
    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("About Weathervane"))
    box.setIconPixmap(icon_pixmap("logo", 44, tk.ACC, window.devicePixelRatioF()))
    box.setText(tr("Weathervane {version}", version=VERSION))
    box.setInformativeText(
        tr("Turns footage shot under one condition into another.")
        + "\n\n"
        + tr("Free software under {licence}. What you make with it is yours.", licence=LICENCE)
    )
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.setProperty("asks", True)
    return box
