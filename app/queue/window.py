"""The render queue as a window: what waits, runs and is done, and what can be done about it. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QUrl,
)
from PySide6.QtGui import QColor, QDesktopServices, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.export.choices import FORMATS, time_left_text
from app.panels.media_text import frames_text
from app.queue import jobs as q
from app.queue.desk import RenderQueue
from app.queue.jobs import Job, JobState
from app.queue.view import JOB, ROW_H, QueueView
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.icons import paint_icon
from app.theme.painting import draw_text, focus_ring
from app.widgets.buttons import Button, Emphasis, IconButton
from app.widgets.parts import Rule, text_label
from core.ids import JobId
from core.words import tr

Index = QModelIndex | QPersistentModelIndex
_SIDE_W: Final = 150
_ICONS: Final[dict[JobState, tuple[str, QColor]]] = {
    JobState.WAITING: ("clock", tk.T2),
    JobState.RUNNING: ("deliver", tk.ACC),
    JobState.DONE: ("check", tk.ACC),
    JobState.FAILED: ("error", tk.ERR),
    JobState.CANCELLED: ("close", tk.T3),
}


def settings_text(job: Job) -> str:
    """`H.264, 1920 × 1080, 120 frames`."""
    settings, project = job.request.settings, job.request.project
    width, height = settings.width or project.width, settings.height or project.height
    title = next((tr(f.title) for f in FORMATS if f.codec.value == settings.codec), job.out.suffix.lstrip(".").upper())
    codec = title.partition(",")[0]
    return f"{codec}, {width} × {height}, {frames_text(job.frames)}"


def state_text(job: Job, *, is_on: bool) -> str:
    """What stands at the right of a job."""
    if job.state is not JobState.RUNNING:
        return tr(job.state.value)
    if not is_on:
        return tr("Paused")
    return (
        tr("Starting")
        if not job.total
        else tr("{time} left", time=time_left_text(job.left_s))
        if job.left_s is not None
        else tr("Measuring")
    )


class QueueModel(QAbstractListModel):
    """The jobs in their order."""

    def __init__(self, queue: RenderQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._shown: Sequence[Job] = queue.jobs

    def refresh(self) -> None:
        """Anew where the order is another; else only what the rows say."""
        before, self._shown = self._shown, self._queue.jobs
        if [j.id for j in before] != [j.id for j in self._shown]:
            self.beginResetModel()
            self.endResetModel()
        elif self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        job = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return job.out.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(line for line in (str(job.out), settings_text(job), job.message) if line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            state = state_text(job, is_on=self._queue.is_on)
            return f"{job.out.name}, {state}, {round(job.fraction * 100)} %. {job.message}".strip()
        return job if role == JOB else None


class QueueDelegate(QStyledItemDelegate):
    def __init__(self, is_on: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_on = is_on

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(400, ROW_H)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job = index.data(JOB)
        if not isinstance(job, Job):
            return
        rect, state = QRect(option.rect), option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, tk.ROW_SELECTED)
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), tk.ACC)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, tk.HEADER)
        name, ink = _ICONS[job.state]
        if job.state is JobState.RUNNING and not self._is_on():
            name, ink = "pause", tk.WARN
        paint_icon(painter, name, rect.left() + tk.PANEL_INSET, rect.top() + 12, 16, ink)
        left, right = rect.left() + 40, rect.right() - tk.PANEL_INSET - _SIDE_W
        caption = ui_font(tk.CAPTION_PX)
        line = QRectF(left, rect.top() + 7, right - left - 8, 17)
        draw_text(painter, line, job.out.name, tk.T1, ui_font())
        counted = (
            tr("{done} of {total}", done=job.done, total=job.total)
            if job.total and job.state is not JobState.DONE
            else ""
        )
        said = job.message if job.state is JobState.FAILED else f"{settings_text(job)}, {job.out.parent}"
        below = line.translated(0, 17)
        if not counted:
            below.setRight(rect.right() - tk.PANEL_INSET)
        draw_text(painter, below, said, tk.ERR if job.state is JobState.FAILED else tk.T3, caption)
        side = QRectF(right, rect.top() + 7, _SIDE_W, 17)
        align = Qt.AlignmentFlag.AlignRight
        draw_text(painter, side, state_text(job, is_on=self._is_on()), ink, ui_font(), align)
        draw_text(painter, side.translated(0, 17), counted, tk.T3, caption, align)
        if job.state is JobState.RUNNING or 0 < job.done < job.total:
            bar = QRectF(left, rect.bottom() - 9, rect.right() - tk.PANEL_INSET - left, 4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tk.TRACK)
            painter.drawRoundedRect(bar, 2, 2)
            painter.setBrush(ink)
            painter.drawRoundedRect(QRectF(bar.left(), bar.top(), bar.width() * job.fraction, 4), 2, 2)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            focus_ring(painter, QRectF(rect).adjusted(1, 1, -1, -1), gap=-2)
        painter.restore()


class QueueWindow(QDialog):
    """Not modal: editing goes on. A drag, or Alt with up and down, reorders; Delete removes, Enter opens what was made."""

    def __init__(self, queue: RenderQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self.setWindowTitle(tr("Render queue"))
        self.resize(720, 420)
        self.setMinimumSize(560, 300)
        self.model = QueueModel(queue, self)
        self.view = QueueView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(QueueDelegate(lambda: queue.is_on, self.view))
        self.run = Button(tr("Start"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.up = IconButton("chevron_up", tr("Earlier (Alt+Up)"))
        self.down = IconButton("chevron_down", tr("Later (Alt+Down)"))
        self.retry = Button(tr("Retry"), height=tk.ACTION_H)
        self.reveal = Button(tr("Show in folder"), height=tk.ACTION_H)
        self.remove = Button(tr("Remove"), height=tk.ACTION_H)
        self.clear = Button(tr("Clear finished"), height=tk.ACTION_H)
        self.note = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self.empty = text_label(
            tr("No exports. Choose Export and then Add to queue; several wait here and run one after the other."),
            color=tk.T3,
            wraps=True,
        )
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.run)
        head.addWidget(self.note, 1)
        head.addWidget(self.up)
        head.addWidget(self.down)
        foot.setSpacing(8)
        for button in (self.reveal, self.retry, self.remove):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(tk.CARD_INSET,) * 4)
        layout.setSpacing(tk.PANEL_INSET)
        layout.addLayout(head)
        layout.addWidget(self.empty, 1)
        layout.addWidget(self.view, 1)
        layout.addWidget(Rule())
        layout.addLayout(foot)

    def _connect(self) -> None:
        queue = self._queue
        self.run.clicked.connect(lambda: queue.pause() if queue.is_on else queue.start())
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.retry.clicked.connect(lambda: self._with_current(queue.retry))
        self.remove.clicked.connect(lambda: self._with_current(queue.remove))
        self.reveal.clicked.connect(self._reveal)
        self.clear.clicked.connect(queue.clear_finished)
        self.view.gaps = lambda: q.gaps(queue.jobs)
        self.view.moved = self._move
        self.view.put_down = lambda job, gap: queue.move(job, q.steps_to(queue.jobs, job, gap))
        self.view.removed = lambda: self._with_current(queue.remove)
        self.view.activated.connect(lambda _index: self._open())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        queue.changed.connect(self._refresh)

    # ---- the job at hand ------------------------------------------------------------------------------------------

    @property
    def current(self) -> Job | None:
        job = self.view.currentIndex().data(JOB)
        return job if isinstance(job, Job) else None

    def select(self, id_: JobId | None) -> None:
        for row, job in enumerate(self._queue.jobs):
            if job.id == id_:
                self.view.setCurrentIndex(self.model.index(row))

    def _with_current(self, act: Callable[[JobId], None]) -> None:
        if self.current is not None:
            act(self.current.id)

    def _move(self, by: int) -> None:
        if self.current is not None:
            self._queue.move(self.current.id, by)

    def _reveal(self) -> None:
        if self.current is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.current.out.parent)))

    def _open(self) -> None:
        job = self.current
        if job is not None and job.state is JobState.DONE:
            place = job.out if job.out.exists() else job.out.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))

    # ---- state ----------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        chosen = self.current.id if self.current is not None else None
        self.model.refresh()
        self.select(chosen)
        if self.current is None and self._queue.jobs:
            self.view.setCurrentIndex(self.model.index(0))
        self.empty.setVisible(not self._queue.jobs)
        self.view.setVisible(bool(self._queue.jobs))
        self._show_buttons()

    def _show_buttons(self) -> None:
        queue, job = self._queue, self.current
        over = job is not None and job.state.is_over
        waits = job is not None and job.state is JobState.WAITING
        has_work = queue.running is not None or queue.waiting > 0
        self.run.setText(tr("Pause") if queue.is_on and has_work else tr("Resume") if queue.running else tr("Start"))
        self.run.setEnabled(has_work)
        self.run.updateGeometry()
        self.up.setEnabled(waits)
        self.down.setEnabled(waits)
        self.retry.setEnabled(over)
        self.reveal.setEnabled(job is not None)
        self.remove.setEnabled(job is not None)
        self.clear.setEnabled(any(j.state.is_over for j in queue.jobs))
        self.note.setText(tr("{count} waiting", count=queue.waiting) if queue.waiting else "")
