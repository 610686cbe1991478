"""How far the export is: picture, frame, speed, time left, and a Cancel that works."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.export.choices import time_left_text
from app.export.exporter import Exporter, ExportState, Phase
from app.theme import tokens as tk
from app.theme.painting import draw_picture, fill_box, painting
from app.viewer.images import held
from app.widgets.buttons import Button, IconButton
from app.widgets.parts import text_label
from app.widgets.popover import Popover
from app.widgets.progress_bar import ProgressBar
from core.words import msg, tr

_FACTS = (msg("Frame"), msg("Speed"), msg("Time left"))
_TITLES = {
    Phase.RUNNING: msg("Exporting {name}"),
    Phase.CANCELLING: msg("Cancelling {name}"),
    Phase.DONE: msg("Exported {name}"),
    Phase.CANCELLED: msg("Cancelled {name}"),
    Phase.FAILED: msg("Stopped {name}"),
}
_NOTHING = "\u2013"
"""Of an export that ended before its first frame."""
_ENDS = {Phase.DONE: msg("Done"), Phase.CANCELLED: msg("Cancelled"), Phase.FAILED: msg("Stopped")}
_INKS = {Phase.FAILED: tk.ERR, Phase.CANCELLED: tk.T2}


class _Picture(QWidget):
    """The frame that was finished last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setFixedSize(128, 72)
        self.setAccessibleName(tr("Last finished frame"))

    def set_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            if self._image is None:
                fill_box(p, QRectF(self.rect()), tk.WELL, radius=tk.RADIUS_THUMB)
            else:
                draw_picture(p, QRectF(self.rect()), self._image)


class ExportPopover(Popover):
    """Opens by itself when an export starts; the minus puts it away and the status bar goes on telling. Main thread."""

    def __init__(self, exporter: Exporter, anchor: QWidget, window: QWidget) -> None:
        super().__init__(window)
        self._exporter, self._anchor = exporter, anchor
        self._job = ""
        self._is_paused = False
        self.title = text_label(px=tk.TITLE_PX, color=tk.T1, bold=True)
        self.picture = _Picture()
        self.facts: dict[str, QLabel] = {name: text_label(color=tk.T1) for name in _FACTS}
        self.bar = ProgressBar(tr("Export"))
        self.stage = text_label(px=tk.CAPTION_PX, color=tk.T3, wraps=True)
        self.cancel = Button(tr("Cancel export"), height=tk.ACTION_H)
        self.show_folder = Button(tr("Show in folder"), height=tk.ACTION_H)
        self._build()
        self.setFixedWidth(424)
        exporter.changed.connect(self._refresh)

    def _build(self) -> None:
        close = IconButton("minus", tr("Put away. The export goes on."))
        close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        for row, (name, value) in enumerate(self.facts.items()):
            grid.addWidget(text_label(tr(name)), row, 0)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addLayout(grid)
        right.addStretch(1)
        right.addWidget(self.bar)
        middle = QHBoxLayout()
        middle.setSpacing(tk.CARD_INSET)
        middle.addWidget(self.picture)
        middle.addLayout(right, 1)
        self.cancel.clicked.connect(self._exporter.cancel)
        self.show_folder.clicked.connect(self._open_folder)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.cancel)
        foot.addWidget(self.show_folder)
        foot.addStretch(1)
        self.content.addLayout(head)
        self.content.addLayout(middle)
        self.content.addWidget(self.stage)
        self.content.addLayout(foot)

    def _refresh(self) -> None:
        state = self._exporter.state
        if state is None:
            return
        self._show_state(state)
        if state.request.job != self._job:
            self._job = state.request.job
            self.picture.set_image(None)
            self.show_above(self._anchor)
        elif self.isVisible():
            self.adjustSize()

    def show_paused(self, *, on: bool) -> None:
        """Whether the export at work stands still."""
        if on != self._is_paused:
            self._is_paused = on
            self._refresh()

    def _show_state(self, state: ExportState) -> None:
        paused = self._is_paused and state.phase is Phase.RUNNING
        self.title.setText(tr(msg("Paused {name}") if paused else _TITLES[state.phase], name=state.name))
        progress = state.progress
        rate = progress.rate_hz if progress else None
        ended = not state.is_running
        self.facts["Frame"].setText(
            tr("{done} of {total}", done=progress.done, total=progress.total)
            if progress
            else _NOTHING
            if ended
            else tr("Starting")
        )
        self.facts["Speed"].setText(tr("{rate:.2f} fps", rate=rate) if rate else _NOTHING if ended else tr("Measuring"))
        over = msg("Paused") if paused else _ENDS.get(state.phase, "")
        left = tr(over) if over else time_left_text(progress.left_s if progress else None)
        self.facts["Time left"].setText(left)
        fraction = 1.0 if state.phase is Phase.DONE else progress.fraction if progress else 0.0
        ink: QColor = tk.WARN if paused else _INKS.get(state.phase, tk.ACC)
        self.bar.set_fraction(fraction, ink)
        stage = tr(progress.stage if progress else msg("Preparing"))
        self.stage.setText(
            state.message if ended else tr("{stage}. You can keep working; previews come first.", stage=stage)
        )
        self.stage.set_ink(_INKS.get(state.phase, tk.T2))
        self.cancel.setVisible(state.is_running)
        self.cancel.setEnabled(state.phase is Phase.RUNNING)
        self.show_folder.setVisible(state.phase is Phase.DONE)
        if state.picture is not None:
            self.picture.set_image(held(state.picture).image.copy())

    def _open_folder(self) -> None:
        if self._exporter.state is not None:
            folder = Path(self._exporter.state.request.settings.out).parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
