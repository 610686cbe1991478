"""The export dialog: where to, as what, how much of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.export.choices import (
    FORMATS,
    Format,
    default_path,
    of_width,
    problem_of,
    range_choices,
    settings_for,
    size_choices,
    width_range,
    with_format,
)
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis, Select, Tick
from app.widgets.parts import Rule, text_label
from core.document.model import Project
from core.ids import JobId, new_id
from core.render.messages import ExportRequest
from core.words import msg, tr

_LABEL_W = 72
_WIDTH_W = 84


class ExportDialog(QDialog):
    """Works on the project as it was when opened. `start` gets the request when Export is pressed. Main thread."""

    def __init__(
        self,
        project: Project,
        folder: Path,
        start: Callable[[ExportRequest], None],
        parent: QWidget | None = None,
        *,
        enqueue: Callable[[ExportRequest], None] | None = None,
    ) -> None:
        """With `enqueue` it offers to add the request to the render queue instead."""
        super().__init__(parent)
        self._project, self._start, self._enqueue = project, start, enqueue
        self._ranges = range_choices(project)
        self._sizes = size_choices(project)
        self.setWindowTitle(tr("Export"))
        self.setMinimumWidth(520)
        self.out = QLineEdit(str(default_path(project, folder, FORMATS[0])))
        self.format = _select(tr("Format"), [tr(f.title) for f in FORMATS])
        names = {0: msg("Full, {size}"), 1: msg("Half, {size}")}
        self.frame_size = _select(
            tr("Size"),
            [
                *(tr(names.get(i, "{size}"), size=f"{w} × {h}") for i, (w, h) in enumerate(self._sizes)),
                tr("Custom width"),
            ],
        )
        self.width_px = QSpinBox()
        self._height_px = text_label()
        self.span = _select(tr("Range"), [name for name, _ in self._ranges])
        self.heatmap = Tick(tr("Flicker heatmap as a film"))
        self.report = Tick(tr("Flicker report and scores per frame"))
        self.layers = Tick(tr("Layers as EXR: every pass, mattes and depth"))
        self.sound = Tick(tr("Sound"))
        self.note = text_label(px=tk.CAPTION_PX, wraps=True)
        self.export = Button(tr("Export"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.queue = Button(tr("Add to queue"), height=tk.ACTION_H)
        self._build()
        self.queue.setVisible(enqueue is not None)
        self._wire_width()
        self.out.textChanged.connect(self._check)
        self.out.returnPressed.connect(self.accept)
        self.format.currentIndexChanged.connect(self._on_format)
        self._on_format(0)

    def _wire_width(self) -> None:
        self.width_px.setRange(*width_range(self._project))
        self.width_px.setSingleStep(2)
        self.width_px.setSuffix(" px")
        self.width_px.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.width_px.setFrame(False)
        self.width_px.setFixedWidth(_WIDTH_W)
        self.width_px.setAccessibleName(tr("Width"))
        self.width_px.setValue(self._sizes[1][0])
        self.frame_size.currentIndexChanged.connect(self._show_size)
        self.width_px.valueChanged.connect(self._show_size)
        self._show_size()

    # ---- layout ----

    def _build(self) -> None:
        self.out.setAccessibleName(tr("File"))
        self.sound.setChecked(True)
        has_sound = any(m.audio for m in self._project.media)
        self.sound.setVisible(has_sound)
        choose = Button(tr("Choose…"))
        choose.clicked.connect(self._choose)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, _LABEL_W)
        grid.setColumnStretch(1, 1)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.out, 1)
        line.addWidget(choose)
        grid.addWidget(text_label(tr("File"), px=tk.TITLE_PX, color=tk.T1, bold=True), 0, 0)
        grid.addWidget(text_label(tr("Name")), 1, 0)
        grid.addLayout(line, 1, 1)
        grid.addWidget(self.note, 2, 1)
        grid.addWidget(text_label(tr("Format")), 3, 0)
        grid.addWidget(self.format, 3, 1)
        grid.setRowMinimumHeight(4, 12)
        grid.addWidget(text_label(tr("Picture"), px=tk.TITLE_PX, color=tk.T1, bold=True), 5, 0)
        grid.addWidget(text_label(tr("Range")), 6, 0)
        grid.addWidget(self.span, 6, 1)
        grid.addWidget(text_label(tr("Size")), 7, 0)
        size_line = QHBoxLayout()
        size_line.setSpacing(8)
        size_line.addWidget(self.frame_size, 1)
        size_line.addWidget(self.width_px)
        size_line.addWidget(self._height_px)
        grid.addLayout(size_line, 7, 1)
        grid.setRowMinimumHeight(8, 12)
        grid.addWidget(text_label(tr("Beside it"), px=tk.TITLE_PX, color=tk.T1, bold=True), 9, 0)
        for row, tick in enumerate((self.heatmap, self.report, self.layers, self.sound), 10):
            grid.addWidget(tick, row, 1)
        cancel = Button(tr("Cancel"), height=tk.ACTION_H)
        cancel.clicked.connect(self.reject)
        self.export.clicked.connect(self.accept)
        self.queue.clicked.connect(self._add_to_queue)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.queue)
        foot.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(tk.CARD_INSET,) * 4)
        layout.setSpacing(tk.CARD_INSET)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(Rule())
        layout.addLayout(foot)

    # ---- state ----

    @property
    def _format(self) -> Format:
        return FORMATS[self.format.currentIndex()]

    @property
    def path(self) -> Path:
        return Path(self.out.text().strip()).expanduser()

    @property
    def picture_size(self) -> tuple[int, int]:
        """Of the picture, in pixels."""
        index = self.frame_size.currentIndex()
        return self._sizes[index] if index < len(self._sizes) else of_width(self._project, self.width_px.value())

    def _show_size(self) -> None:
        is_custom = self.frame_size.currentIndex() == len(self._sizes)
        self.width_px.setVisible(is_custom)
        self._height_px.setVisible(is_custom)
        self._height_px.setText("{} × {}".format(*self.picture_size))

    def _on_format(self, _index: int) -> None:
        self.out.setText(str(with_format(self.path, self._format)))
        film = not self._format.codec.is_sequence
        self.sound.setEnabled(film)
        self._check()

    def _check(self) -> None:
        """Say what is wrong where it is typed; a file that will be replaced is worth a word, not a question."""
        problem = problem_of(self.path, self._format, self._project)
        empty = not self._ranges[self.span.currentIndex()][1].frames(self._project.rate)
        if empty:
            problem = tr("There is nothing between the in and the out point; choose the whole timeline.")
        replaces = not problem and self.path.exists()
        self.note.setText(
            problem or (tr("{name} exists and will be replaced.", name=self.path.name) if replaces else "")
        )
        self.note.set_ink(tk.ERR if problem else tk.WARN)
        self.export.setEnabled(not problem)
        self.queue.setEnabled(not problem)

    def _choose(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Export as"), str(self.path), options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            self.out.setText(str(with_format(Path(chosen), self._format)))

    # ---- result ----

    def request(self) -> ExportRequest:
        """What Export would start now."""
        settings = settings_for(
            self.path,
            self._format,
            self.picture_size,
            self._project,
            heatmap=self.heatmap.isChecked(),
            report=self.report.isChecked(),
            layers=self.layers.isChecked(),
            keep_audio=self.sound.isEnabled() and self.sound.isChecked(),
        )
        span = self._ranges[self.span.currentIndex()][1]
        return ExportRequest(JobId(new_id("export")), self._project, span, settings)

    def accept(self) -> None:
        self._check()
        if self.export.isEnabled():
            self._start(self.request())
            super().accept()

    def _add_to_queue(self) -> None:
        self._check()
        if self._enqueue is not None and self.queue.isEnabled():
            self._enqueue(self.request())
            super().accept()


def _select(name: str, items: list[str]) -> Select:
    select = Select()
    select.addItems(items)
    select.setAccessibleName(name)
    return select
