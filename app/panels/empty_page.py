"""The window before there is a clip: where to drop one, the demo, and the projects of late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QImage,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.icons import paint_icon
from app.theme.painting import draw_picture, fill_box, inset, painting
from app.theme.style import edge_color
from app.widgets.buttons import Button, Emphasis
from app.widgets.item_list import Item, ItemList
from app.widgets.parts import PanelHeader, text_label
from app.widgets.scroll import ScrollColumn
from core.resources import resource
from core.words import tr

_CARD_W = 760
_PICTURE_W = 210


@dataclass(frozen=True, slots=True)
class Recent:
    """A project that was open; `detail` says when and how much."""

    path: Path
    detail: str = ""


class _DropZone(QWidget):
    """A dashed frame; solid accent while files hang over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_target = False
        self.choose = Button(tr("Choose files…"), emphasis=Emphasis.PRIMARY, height=tk.HERO_H)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 104, 24, 40)
        layout.setSpacing(10)
        centre = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(text_label(tr("Drop clips here"), px=tk.DISPLAY_PX, color=tk.T1), 0, centre)
        layout.addWidget(text_label(tr("Films and numbered images. Files stay where they are.")), 0, centre)
        layout.addSpacing(10)
        layout.addWidget(self.choose, 0, centre)
        layout.addStretch(1)

    def sizeHint(self) -> QSize:
        return QSize(_CARD_W, 272)

    def paintEvent(self, _event: QPaintEvent) -> None:
        box = inset(self.rect(), 1)
        with painting(self) as p:
            pen = QPen(tk.ACC if self.is_target else tk.EDGE3, 2.0 if self.is_target else 1.5)
            if not self.is_target:
                pen.setDashPattern([7.0, 4.0])
            p.setPen(pen)
            p.setBrush(tk.ACC_DIM if self.is_target else tk.WINDOW)
            p.drawRoundedRect(box, tk.RADIUS_POPOVER, tk.RADIUS_POPOVER)
            paint_icon(p, "import", (self.width() - 44) // 2, 44, 44, tk.ACC_TEXT if self.is_target else tk.T2)


class _DemoCard(QWidget):
    """The way in for who has no clip at hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Frame 36 of the street, and what the atmosphere translator makes of it under the preset Downpour.
        self._image = QImage(str(resource("demo/card.png")))
        self.open = Button(tr("Open demo"), height=tk.ACTION_H)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_PICTURE_W + 2 * tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET)
        layout.setSpacing(8)
        layout.addWidget(text_label(tr("Try the demo project"), px=tk.TITLE_PX, color=tk.T1, bold=True))
        layout.addWidget(
            text_label(
                tr("A short drive through a street that Weathervane draws itself. Nothing to download."), wraps=True
            )
        )
        layout.addStretch(1)
        layout.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)

    def sizeHint(self) -> QSize:
        return QSize(_CARD_W, 150)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            fill_box(p, QRectF(self.rect()), tk.PANEL, edge_color(self), radius=tk.RADIUS_POPOVER)
            box = QRectF(tk.CARD_INSET, tk.CARD_INSET, _PICTURE_W, self.height() - 2 * tk.CARD_INSET)
            draw_picture(p, box, self._image)


class EmptyPage(QWidget):
    """Asks; opens nothing itself. Accepts dropped files anywhere on the page. Main thread."""

    choose_requested = Signal()
    demo_requested = Signal()
    open_requested = Signal()
    """Open a project; a dialog follows."""
    recent_chosen = Signal(str)
    files_dropped = Signal(list)
    """Absolute paths, as text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(True)
        self.zone = _DropZone()
        self.demo = _DemoCard()
        self.recent = ItemList(tr("Recent projects"), opens_on_click=True)
        self.open_project = Button(tr("Open project…"), icon_name="folder")
        self._none_yet = text_label(tr("Projects you save appear here."), color=tk.T3)
        self._none_yet.setContentsMargins(tk.PANEL_INSET, tk.PANEL_INSET, tk.PANEL_INSET, 0)
        self.zone.choose.clicked.connect(self.choose_requested)
        self.demo.open.clicked.connect(self.demo_requested)
        self.open_project.clicked.connect(self.open_requested)
        self.recent.activated.connect(self.recent_chosen)
        self._build()
        self.set_recent(())

    def _build(self) -> None:
        side = QWidget()
        side.setFixedWidth(300)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(PanelHeader(tr("Recent")))
        body = QWidget()
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 4, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._none_yet)
        rows.addWidget(self.recent)
        line = QHBoxLayout()
        line.setContentsMargins(tk.PANEL_INSET, tk.CARD_INSET, tk.PANEL_INSET, tk.PANEL_INSET)
        line.addWidget(self.open_project)
        rows.addLayout(line)
        rows.addStretch(1)
        column.addWidget(ScrollColumn(body), 1)
        centre = QVBoxLayout()
        centre.setSpacing(20)
        centre.addStretch(2)
        for card in (self.zone, self.demo):
            card.setFixedHeight(card.sizeHint().height())
            card.setMaximumWidth(_CARD_W)
            card.setMinimumWidth(480)
            centre.addWidget(card)
        centre.addStretch(3)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(side)
        across.addStretch(1)
        across.addLayout(centre, 6)
        across.addStretch(1)

    def set_recent(self, projects: Sequence[Recent]) -> None:
        self._none_yet.setVisible(not projects)
        self.recent.set_items(
            [Item(str(r.path), r.path.stem, r.detail or str(r.path.parent), icon="clock") for r in projects]
        )

    # ---- dropping ----

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            self._aim(on=True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._aim(on=False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._aim(on=False)
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.files_dropped.emit(paths)

    def _aim(self, *, on: bool) -> None:
        self.zone.is_target = on
        self.zone.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            p.fillRect(self.rect(), tk.VIEWER)
            p.fillRect(0, 0, 300, self.height(), tk.PANEL)
            p.fillRect(300, 0, 1, self.height(), tk.SEAM)
