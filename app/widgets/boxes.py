"""Message boxes of the design: an icon, what is asked in bold, what there is to know below it. Main thread."""

from __future__ import annotations

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMessageBox, QWidget

from app.theme import tokens as tk
from app.theme.icons import icon_pixmap


def message_box(
    window: QWidget, text: str, more: str = "", *, icon: str = "info", ink: QColor = tk.T2, px: int = 24
) -> QMessageBox:
    """Without buttons yet. The text is bold where more follows it."""
    box = QMessageBox(window)
    box.setIconPixmap(icon_pixmap(icon, px, ink, window.devicePixelRatioF()))
    box.setText(text)
    box.setInformativeText(more)
    box.setProperty("hasMore", bool(more))
    layout = box.layout()
    if layout is not None:
        layout.setContentsMargins(*(tk.CARD_INSET,) * 4)
    return box
