"""BlendDialog: from one look to another over a stretch of the clip, as keyframes. Main thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.look_names import KINDS
from app.theme import tokens as tk
from app.widgets.buttons import Button, Emphasis, Select
from app.widgets.parts import text_label
from core.document.commands import BlendLooks
from core.document.model import Clip, Interpolation, Project
from core.document.recipe import Recipe, left_by_blend
from core.timebase import Time, TimeRange, format_timecode
from core.words import msg, tr, trn

WAYS: Final = (
    Interpolation.SMOOTH,
    Interpolation.LINEAR,
    Interpolation.EASE_OUT,
    Interpolation.EASE_IN,
    Interpolation.BEZIER,
)
_KEPT: Final = {
    ("translator",): msg("The translator does not blend; the clip keeps its own."),
    ("seed",): msg("The seed does not blend; the clip keeps its own."),
    ("masks",): msg("Masks do not blend; the clip keeps its own."),
    ("translator", "seed"): msg("Translator and seed do not blend; the clip keeps its own."),
    ("translator", "masks"): msg("Translator and masks do not blend; the clip keeps its own."),
    ("seed", "masks"): msg("Seed and masks do not blend; the clip keeps its own."),
    ("translator", "seed", "masks"): msg("Translator, seed and masks do not blend; the clip keeps its own."),
}
Choice = tuple[str, Recipe | None]
"""A look by its name; None draws a line between two groups."""


def stretches(project: Project, clip: Clip, playhead: Time) -> tuple[tuple[str, TimeRange], ...]:
    """Where a blend can run: words, and the span in source time. What reaches the clip's end ends on its last frame."""
    frame = Time.from_frame(1, project.rate)
    last = clip.source.end - frame
    here = clip.source_time(playhead)
    marked_from = clip.start if project.in_point is None else project.in_point
    marked_to = clip.span.end if project.out_point is None else project.out_point
    both = TimeRange(marked_from, max(marked_from, marked_to)).intersection(clip.span)
    has_marks = project.in_point is not None or project.out_point is not None
    found = [
        (msg("In point to out point"), clip.source_time(both.start), clip.source_time(both.end), has_marks),
        (msg("Playhead to the end of the clip"), here, last, True),
        (msg("Start of the clip to the playhead"), clip.source.start, here, True),
        (msg("Whole clip"), clip.source.start, last, True),
    ]
    spans = [(words, start, min(end, last)) for words, start, end, is_offered in found if is_offered]

    def timecode(time: Time) -> str:
        return format_timecode(clip.timeline_time(time).to_frame(project.rate), project.rate)

    return tuple(
        (f"{tr(words)}   {timecode(start)} \u2013 {timecode(end)}", TimeRange(start, end))
        for words, start, end in spans
        if clip.source.start <= start < end
    )


class BlendDialog(QDialog):
    """What cannot lie between two looks is said before anything is done. The window stays usable beside it, and shows the
    blend wherever the playhead goes; an edit puts the dialog away."""

    changed = Signal()
    """Another `command`."""

    def __init__(
        self,
        project: Project,
        clip: Clip,
        playhead: Time,
        choices: Sequence[Choice],
        chosen: tuple[int, int],
        parent: QWidget | None = None,
    ) -> None:
        """`chosen` are the choices to begin with."""
        super().__init__(parent)
        self._project, self._clip = project, clip
        self.setWindowTitle(tr("Blend looks"))
        self.before, self.after, self.over, self.way = Select(), Select(), Select(), Select()
        for select, index in zip((self.before, self.after), chosen, strict=True):
            for name, recipe in choices:
                if recipe is None:
                    select.insertSeparator(select.count())
                else:
                    select.addItem(name, recipe)
            select.setCurrentIndex(index)
        for words, span in stretches(project, clip, playhead):
            self.over.addItem(words, span)
        for way in WAYS:
            self.way.addItem(tr(KINDS[way]))
        self._said = text_label(px=tk.CAPTION_PX, color=tk.T2, wraps=True)
        self._kept = text_label(px=tk.CAPTION_PX, color=tk.T3, wraps=True)
        self.blend = Button(tr("Blend"), emphasis=Emphasis.PRIMARY, height=tk.ACTION_H)
        self._build()
        for select in (self.before, self.after, self.over, self.way):
            select.currentIndexChanged.connect(lambda _index: self._show())
        self._show()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET)
        column.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = ((tr("From"), self.before), (tr("To"), self.after), (tr("Over"), self.over), (tr("Curve"), self.way))
        for number, (words, select) in enumerate(rows):
            label = text_label(words)
            label.setBuddy(select)
            select.setAccessibleName(words)
            grid.addWidget(label, number, 0)
            grid.addWidget(select, number, 1)
        column.addLayout(grid)
        column.addSpacing(4)
        column.addWidget(self._said)
        column.addWidget(self._kept)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        cancel = Button(tr("Cancel"), height=tk.ACTION_H)
        cancel.clicked.connect(self.reject)
        self.blend.clicked.connect(self.accept)
        foot.addWidget(cancel)
        foot.addWidget(self.blend)
        column.addSpacing(8)
        column.addLayout(foot)
        self.setMinimumWidth(420)

    @property
    def command(self) -> BlendLooks | None:
        """What `Blend` does; None where the clip is too short for it."""
        span = self.over.currentData()
        if span is None:
            return None
        before, after = self.before.currentData(), self.after.currentData()
        return BlendLooks(self._clip.id, before, after, span, WAYS[self.way.currentIndex()])

    def _show(self) -> None:
        command = self.command
        self.blend.setEnabled(command is not None)
        if command is None:
            self._said.setText(tr("This clip is too short for a blend."))
            self._kept.hide()
            return
        curves = command.apply(self._project).project.clip(self._clip.id).look.curves
        self._said.setText(
            trn("{count} condition gets keyframes.", "{count} conditions get keyframes.", len(curves))
            if curves
            else tr("Nothing changes from one of these looks to the other.")
        )
        kept = left_by_blend(self._clip, (command.before, command.after))
        self._kept.setText(tr(_KEPT[kept]) if kept else "")
        self._kept.setVisible(bool(kept))
        self.changed.emit()
