"""What the clip is: its name, its file's facts, and the seed that decides which rain falls."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.panels.context import PanelContext
from app.panels.media_text import audio_text, codec_text, colour_text, duration_text, frames_text, problem_of, rate_text
from app.theme import tokens as tk
from app.widgets.buttons import Button
from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import Fact, text_label
from app.widgets.scroll import ScrollColumn
from core.document.commands import RenameClip, SetSeed
from core.document.model import Clip
from core.errors import EditRejected
from core.media.facts import MediaFacts
from core.timebase import format_timecode
from core.words import msg, tr

_HIGHEST_SEED: Final = 99_999
_SEED: Final = ParamSpec(
    "Seed",
    0.0,
    float(_HIGHEST_SEED),
    1.0,
    1.0,
    nudge=1.0,
    help=msg("Another seed is another take of the same weather."),
)
_FACTS: Final = (
    msg("File"),
    msg("Size"),
    msg("Rate"),
    msg("Duration"),
    msg("Codec"),
    msg("Colour"),
    msg("Audio"),
    msg("Timeline"),
    msg("Source"),
)


class ClipPanel(QWidget):
    """Facts are read only; name and seed are edits. Main thread."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Clip name"))
        self.name.editingFinished.connect(self._rename)
        self._facts = {name: Fact(tr(name)) for name in _FACTS}
        self._problem = text_label(px=tk.CAPTION_PX, color=tk.ERR, wraps=True)
        self.seed = ParamRow(_SEED, keyable=False, has_slider=False)
        self._wire_seed()
        self._build()
        context.changed.connect(self._refresh)
        self._refresh()

    def _wire_seed(self) -> None:
        self.seed.gesture_started.connect(lambda: self._context.begin(tr("Set seed")))
        self.seed.value_changed.connect(lambda value: self._set_seed(int(value)))
        self.seed.gesture_committed.connect(self._context.commit)
        self.seed.gesture_cancelled.connect(self._context.cancel)
        self.seed.reset_requested.connect(lambda: self._set_seed(int(_SEED.neutral)))
        self.new_seed = Button(tr("Another take"))
        self.new_seed.clicked.connect(lambda: self._set_seed(1 + secrets.randbelow(_HIGHEST_SEED)))

    def _build(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 8)
        head.setSpacing(0)
        head.addWidget(self.name)
        head.addSpacing(8)
        for fact in self._facts.values():
            head.addWidget(fact)
        head.addWidget(self._problem)
        column.addLayout(head)
        take = Group(tr("Randomness"), "seed", can_reset=False)
        seed_line = QHBoxLayout()
        seed_line.setContentsMargins(tk.PANEL_INSET, 0, 0, 0)
        seed_line.addWidget(self.seed)
        button_line = QHBoxLayout()
        button_line.setContentsMargins(tk.PANEL_INSET, tk.GRID, 0, 0)
        button_line.addWidget(self.new_seed)
        button_line.addStretch(1)
        take.rows.addLayout(seed_line)
        take.rows.addLayout(button_line)
        column.addWidget(take)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollColumn(body))

    # ---- showing ----

    def _refresh(self) -> None:
        clip = self._context.clip
        self.setEnabled(clip is not None)
        if clip is None:
            self.name.setText("")
            for fact in self._facts.values():
                fact.set_value("")
            self._problem.hide()
            return
        if not self.name.hasFocus():
            self.name.setText(clip.name)
        self.seed.show_value(float(clip.look.seed))
        if clip.is_adjustment:
            self._show_adjustment(clip)
            return
        try:
            self._show_media(clip, self._context.project.media_facts(clip.media))
        except EditRejected as gone:
            self._show_problem(gone.message)

    def _show_adjustment(self, clip: Clip) -> None:
        for name, fact in self._facts.items():
            fact.set_value({"File": tr("Adjustment clip"), "Timeline": self._timeline_text(clip)}.get(name, ""))
        self._facts["File"].setToolTip(tr("Its look is laid over those of all pictures under it."))
        self._show_problem("")

    def _timeline_text(self, clip: Clip) -> str:
        span, rate = clip.span, self._context.project.rate
        first, last = (format_timecode(t.to_frame(rate), rate) for t in (span.start, span.end))
        return tr("{first} to {last}", first=first, last=last)

    def _show_media(self, clip: Clip, media: MediaFacts) -> None:
        video = media.video
        rate = rate_text(video.rate)
        source = clip.source
        values = {
            "File": Path(media.path).name,
            "Size": f"{video.width} × {video.height}",
            "Rate": tr("{rate}, variable", rate=rate) if video.is_variable_rate else rate,
            "Duration": f"{duration_text(float(video.duration))}, {frames_text(video.frame_count)}",
            "Codec": tr("{codec}, {depth} bit", codec=codec_text(media), depth=video.bit_depth),
            "Colour": colour_text(video),
            "Audio": audio_text(media),
            "Timeline": self._timeline_text(clip),
            "Source": tr(
                "frames {first} to {last}",
                first=source.start.to_frame(video.rate),
                last=source.end.to_frame_ceil(video.rate) - 1,
            ),
        }
        for name, value in values.items():
            self._facts[name].set_value(value)
        self._facts["File"].setToolTip(media.path)
        self._show_problem(problem_of(media))

    def _show_problem(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.set_ink(tk.ERR)
        self._problem.setVisible(bool(problem))

    # ---- editing ----

    def _rename(self) -> None:
        clip, name = self._context.clip, self.name.text().strip()
        if clip is not None and name and name != clip.name:
            self._context.do(RenameClip(clip.id, name))

    def _set_seed(self, seed: int) -> None:
        if (clip := self._context.clip) is not None:
            self._context.do(SetSeed(clip.id, seed))
