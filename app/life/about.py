"""What the program is, in a box. Main thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from app.theme import tokens as tk
from app.widgets.boxes import message_box
from core.version import VERSION
from core.words import tr

LICENCE = "GPL-3.0-or-later"


def about_box(window: QWidget) -> QMessageBox:
    """Not shown yet; it throws itself away when it is closed."""
    box = message_box(
        window,
        tr("Weathervane {version}", version=VERSION),
        tr("Turns footage shot under one condition into another.")
        + "\n\n"
        + tr("Free software under {licence}. What you make with it is yours.", licence=LICENCE),
        icon="logo",
        ink=tk.ACC,
        px=44,
    )
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("About Weathervane"))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    return box
