"""The optional models: what there is, getting one, adding a file of one's own, removing one. Main thread.

Nothing here blocks: files are read and fetched on a thread of their own, and the licence is shown before anything is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.background import Background
from app.status_bar import size_text
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis
from app.widgets.item_list import Item, ItemList
from app.widgets.parts import Fact, Rule, text_label
from app.widgets.progress_bar import ProgressBar
from app.widgets.scroll import ScrollColumn
from app.widgets.segments import Segments
from core.cancel import CancelToken
from core.errors import ModelError
from core.models.catalogue import ModelEntry
from core.models.store import ModelInfo, ModelRecord, ModelState, ModelStore
from core.models.tasks import Task
from core.progress import Progress, ProgressSink
from core.words import msg, num, tr

TASKS: Final = {Task.DETECTOR: msg("Vehicles"), Task.SEGMENTATION: msg("Surfaces"), Task.DEPTH: msg("Depth")}
_STATES: Final = {
    ModelState.IN_USE: msg("in use"),
    ModelState.INSTALLED: msg("installed, another is in use"),
    ModelState.AVAILABLE: msg("not installed"),
    ModelState.BROKEN: "",
}
_FACTS: Final = msg("For"), msg("Size"), msg("Licence"), msg("Licence text"), msg("Comes from"), msg("Takes")
_BROKEN: Final = msg("Its file is missing or has changed. Remove it and add it again.")
_INTRO: Final = msg(
    "Weathervane finds the scene of a shot without a model. A model can make the first guess better; one of each kind is "
    "in use at a time."
)
_NOTHING, _LICENCE, _TASK, _BUSY = range(4)
Choose = Callable[[QWidget], Path | None]


def choose_model_file(parent: QWidget) -> Path | None:
    chosen, _ = QFileDialog.getOpenFileName(
        parent, tr("Add a model"), "", tr("Models (*.onnx *.tflite);;All files (*)")
    )
    return Path(chosen) if chosen else None


class ModelsWindow(QDialog):
    """A list above, what is known of the chosen one below, and one line for the question or the work at hand. A download goes
    on behind the closed window."""

    told = Signal(str)
    """One sentence for the status bar when something was added or removed."""

    def __init__(self, store: ModelStore, parent: QWidget | None = None, choose: Choose = choose_model_file) -> None:
        super().__init__(parent)
        self._store, self._choose_file = store, choose
        self._accepted: Callable[[], None] = lambda: None
        self._job: Background | None = None
        self._models: tuple[ModelInfo, ...] = ()
        self.setWindowTitle(tr("Models"))
        self.resize(560, 520)
        self.list = ItemList(tr("Models"))
        self.facts = {name: Fact(tr(name)) for name in _FACTS}
        self.get = Button(tr("Download"), height=tk.ACTION_H)
        self.add = Button(tr("Add from file…"), height=tk.ACTION_H)
        self.remove = Button(tr("Remove"), height=tk.ACTION_H)
        self.question = text_label(color=tk.T1, wraps=True)
        self.accept_licence = Button(tr("Accept and go on"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.task = Segments(tr("What the model is for"), tuple(map(tr, TASKS.values())))
        self.add_task = Button(tr("Add"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self.bar = ProgressBar(tr("Model"))
        self.doing = text_label(px=tk.CAPTION_PX)
        self.stop = Button(tr("Cancel"), height=tk.ACTION_H)
        self.problem = text_label(px=tk.CAPTION_PX, wraps=True)
        self.problem.set_ink(tk.ERR)
        self._steps = QStackedWidget()
        self._build()
        self._wire()
        self.refresh()

    # ---- layout ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        intro = text_label(tr(_INTRO), wraps=True)
        intro.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, 8)
        facts = QVBoxLayout()
        facts.setContentsMargins(tk.CARD_INSET, 8, tk.CARD_INSET, 8)
        facts.setSpacing(0)
        for fact in self.facts.values():
            facts.addWidget(fact)
        self._refuse = Button(tr("Cancel"), height=tk.ACTION_H)
        self._leave = Button(tr("Cancel"), height=tk.ACTION_H)
        for step in (
            _line(self.get, self.add, self.remove),
            _column(self.question, _line(self.accept_licence, self._refuse)),
            _column(
                text_label(tr("What is this model for?"), color=tk.T1), self.task, _line(self.add_task, self._leave)
            ),
            _column(self.doing, self.bar, _line(self.stop)),
        ):
            self._steps.addWidget(step)
        foot = QVBoxLayout()
        foot.setContentsMargins(tk.CARD_INSET, 8, tk.CARD_INSET, tk.CARD_INSET)
        foot.setSpacing(8)
        foot.addWidget(self.problem)
        foot.addWidget(self._steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(intro)
        column.addWidget(Rule())
        column.addWidget(ScrollColumn(self.list), 1)
        column.addWidget(Rule())
        column.addLayout(facts)
        column.addLayout(foot)

    def _wire(self) -> None:
        self.list.selected.connect(lambda _id: self._show_chosen())
        self.list.removed.connect(lambda _id: self._remove())
        self.get.clicked.connect(self._download)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        for button in (self.accept_licence, self.add_task):
            button.clicked.connect(self._go_on)
        for button in (self._refuse, self._leave):
            button.clicked.connect(lambda: self._show_step(_NOTHING))
        self.task.chosen.connect(self.task.set_current)
        self.stop.clicked.connect(self._cancel)

    # ---- showing --------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> ModelInfo | None:
        return next((m for m in self._models if m.id == self.list.current), None)

    def refresh(self) -> None:
        """Read the store's folder again."""
        self._models = self._store.models()
        self.list.set_items(
            [
                Item(
                    model.id,
                    model.title,
                    ", ".join(filter(None, (tr(TASKS[model.task]), _size(model.size), _state(model)))),
                    icon="check" if model.state is ModelState.IN_USE else "layers",
                    problem=tr(_BROKEN) if model.state is ModelState.BROKEN else "",
                )
                for model in self._models
            ]
        )
        if self.chosen is None and self._models:
            self.list.set_current(self._models[0].id)
        self._show_chosen()
        self._show_step(_NOTHING)

    def refresh_if_idle(self) -> None:
        """Somebody may have changed the folder from the command line."""
        if self._steps.currentIndex() == _NOTHING:
            self.refresh()

    def _show_chosen(self) -> None:
        model = self.chosen
        entry = model.entry if model else None
        shown = {
            "For": tr(TASKS[model.task]) if model else "",
            "Size": (_size(model.size) or tr("not stated")) if model else "",
            "Licence": tr(model.licence) if model else "",
            "Licence text": entry.licence_address if entry else "",
            "Comes from": entry.address if entry else tr("a file of your own") if model else "",
            "Takes": tr(entry.input) if entry else "",
        }
        for name, value in shown.items():
            self.facts[name].set_value(value)
        is_here = model is not None and model.state is not ModelState.AVAILABLE
        can_be_used = model is not None and model.state is not ModelState.IN_USE
        self.get.setText(tr("Use") if model is not None and model.state is ModelState.INSTALLED else tr("Download"))
        self.get.setEnabled(can_be_used and entry is not None and entry.can_be_fetched)
        hand = tr("No hash is known for this file: get it from its maker, then add it from the file.")
        self.get.setToolTip(hand if entry is not None and not entry.can_be_fetched else "")
        self.remove.setEnabled(is_here)

    def _show_step(self, step: int) -> None:
        self._steps.setCurrentIndex(step)
        if step != _NOTHING:
            self.problem.setText("")
        self.problem.setVisible(bool(self.problem.text()))

    def _show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self._show_step(_NOTHING)

    # ---- doing ----------------------------------------------------------------------------------------------------

    def _ask_licence(self, entry: ModelEntry, accepted: Callable[[], None]) -> None:
        self.question.setText(
            tr(
                "{title} is under {licence}. Its terms are at {address}; read them first.",
                title=entry.title,
                licence=tr(entry.licence),
                address=entry.licence_address,
            )
        )
        self._accepted = accepted
        self._show_step(_LICENCE)

    def _go_on(self) -> None:
        """The question was answered."""
        self._accepted()

    def _download(self) -> None:
        model = self.chosen
        if model is None or model.entry is None:
            return
        id_, entry = model.id, model.entry

        def fetch(progress: ProgressSink, cancel: CancelToken) -> ModelRecord:
            return self._store.fetch(id_, cancel, progress, licence_accepted=True)

        if model.state is ModelState.INSTALLED:
            self._run(tr("Taking {title} into use", title=entry.title), fetch, self._on_added)
        else:
            self._ask_licence(
                entry, lambda: self._run(tr("Downloading {title}", title=entry.title), fetch, self._on_added)
            )

    def _add(self) -> None:
        path = self._choose_file(self)
        if path is not None:
            self._run(
                tr("Reading {name}", name=path.name),
                lambda _progress, _cancel: self._store.entry_of_file(path),
                lambda entry: self._on_read(path, entry),
            )

    def _on_read(self, path: Path, entry: ModelEntry | None) -> None:
        """A file that the catalogue knows has its licence; of any other only its owner knows what it is for."""
        if entry is not None:
            self._ask_licence(entry, lambda: self._copy(path, None))
            return
        self._accepted = lambda: self._copy(path, tuple(TASKS)[self.task.current])
        self._show_step(_TASK)

    def _copy(self, path: Path, task: Task | None) -> None:
        self._run(
            tr("Adding {name}", name=path.name),
            lambda _progress, _cancel: self._store.add_file(path, task, licence_accepted=task is None),
            self._on_added,
        )

    def _on_added(self, record: ModelRecord) -> None:
        self.refresh()
        self.list.set_current(record.id)
        self._show_chosen()
        self.told.emit(tr("{title} is in use from now on.", title=record.title))

    def _remove(self) -> None:
        model = self.chosen
        if model is None or model.state is ModelState.AVAILABLE or self._job is not None:
            return
        try:
            self._store.remove(model.id)
        except (ModelError, OSError) as error:
            self._show_problem(str(error))
            return
        self.refresh()
        self.told.emit(tr("{title} was removed.", title=model.title))

    def _run(self, doing: str, work: Callable[[ProgressSink, CancelToken], Any], done: Callable[[Any], None]) -> None:
        """One piece of work at a time, on its own thread."""
        self.doing.setText(doing)
        self.bar.set_fraction(0.0)
        self.stop.setEnabled(True)
        self._show_step(_BUSY)
        job = self._job = Background(work, self)
        job.progressed.connect(self._on_progress)
        job.done.connect(done)
        job.failed.connect(self._show_problem)
        job.finished.connect(lambda: self._on_finished(job))
        job.start()

    def _on_progress(self, progress: Progress) -> None:
        self.bar.set_fraction(progress.fraction)
        self.doing.setText(
            tr(
                "{stage}, {done} of {total}",
                stage=tr(progress.stage),
                done=size_text(progress.done),
                total=size_text(progress.total),
            )
        )

    def _on_finished(self, job: Background) -> None:
        if self._job is job:
            self._job = None
            if self._steps.currentIndex() == _BUSY:  # cancelled: what has come is kept, and goes on next time
                self._show_step(_NOTHING)
        job.deleteLater()

    def _cancel(self) -> None:
        if self._job is not None:
            self.stop.setEnabled(False)
            self._job.cancel()

    def finish(self) -> None:
        """The program closes: give up the work at hand and wait for its next boundary."""
        if self._job is not None:
            self._job.close()


def _state(model: ModelInfo) -> str:
    by_hand = model.state is ModelState.AVAILABLE and model.entry is not None and not model.entry.can_be_fetched
    return tr("get it from its maker and add the file") if by_hand else tr(_STATES[model.state])


def _size(count: int) -> str:
    return f"{num(count / 1e6, '.1f')} MB" if count else ""


def _line(*parts: QWidget) -> QWidget:
    home = QWidget()
    row = QHBoxLayout(home)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return home


def _column(*parts: QWidget) -> QWidget:
    home = QWidget()
    column = QVBoxLayout(home)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    for part in parts:
        column.addWidget(part)
    return home
