"""Looks copied from one clip to others: whole, or what is ticked. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.look_names import look_name
from app.session_bridge import SessionBridge
from app.theme import tokens as tk
from app.timeline.canvas import TimelineCanvas
from app.widgets.buttons import Button, Emphasis, Tick
from app.widgets.parts import text_label
from core.document.commands import PasteLook
from core.document.look_edits import LookPart
from core.document.model import Clip, TrackKind
from core.words import msg, tr, trn

WORDS: Final[Mapping[LookPart, str]] = {
    LookPart.CONDITIONS: msg("Conditions"),
    LookPart.AMOUNT: msg("Amount"),
    LookPart.KEYFRAMES: msg("Keyframes"),
    LookPart.MASKS: msg("Masks"),
    LookPart.TRANSLATOR: msg("Translator and seed"),
}


@dataclass(frozen=True, slots=True)
class _Copied:
    clip: Clip

    def count(self, part: LookPart) -> str:
        """How much there is of a part, for its tick; empty for nothing."""
        keys = sum(len(curve.keys) for curve in self.clip.look.curves)
        curves = len(self.clip.look.curves)
        return {
            LookPart.CONDITIONS: look_name(self.clip.look),
            LookPart.AMOUNT: f"{100 * self.clip.look.amount:.0f} %",
            LookPart.KEYFRAMES: trn("{keys} on {count} axis", "{keys} on {count} axes", curves, keys=keys)
            if keys
            else "",
            LookPart.MASKS: f"{len(self.clip.masks)}" if self.clip.masks else "",
            LookPart.TRANSLATOR: tr(
                "{translator}, seed {seed}", translator=self.clip.look.translator, seed=self.clip.look.seed
            ),
        }[part]


class LookDesk(QObject):
    """Keeps what was copied until the window closes; it stays a value, whatever becomes of its clip."""

    told = Signal(str, bool)
    """A sentence, and whether it is a fault."""

    def __init__(self, bridge: SessionBridge, canvas: TimelineCanvas) -> None:
        super().__init__(canvas)
        self._bridge, self._canvas = bridge, canvas
        self._copied: _Copied | None = None
        self.dialog: PasteDialog | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        return {
            "copy_look": self.copy,
            "paste_look": lambda: self.paste(tuple(LookPart)),
            "paste_attributes": self.ask,
        }

    @property
    def _targets(self) -> tuple[Clip, ...]:
        """The selected clips that can wear a look."""
        project, chosen = self._bridge.project, self._canvas.state.selection
        tracks = (t for t in project.tracks if t.kind is not TrackKind.AUDIO)
        return tuple(c for t in tracks for c in t.clips if c.id in chosen)

    def copy(self) -> None:
        clip = self._canvas.state.clip
        if clip is not None:
            self._copied = _Copied(clip)
            self.told.emit(tr("Copied the look of “{name}”.", name=clip.name), False)

    def paste(self, parts: tuple[LookPart, ...]) -> None:
        """Parts of the copied look onto the selection, in one undo step."""
        if self._copied is None:
            self.told.emit(tr("No look was copied yet."), False)
            return
        targets, clip = self._targets, self._copied.clip
        if targets and parts:
            ids = tuple(c.id for c in targets)
            self._bridge.do(PasteLook(ids, clip.look, clip.masks, clip.source.start, parts), self)

    def ask(self) -> None:
        """Which parts."""
        if self._copied is None:
            self.told.emit(tr("No look was copied yet."), False)
            return
        self.dialog = PasteDialog(self._copied, len(self._targets), self._canvas.window())
        self.dialog.accepted.connect(lambda: self.paste(self.dialog.parts) if self.dialog else None)
        self.dialog.open()


class PasteDialog(QDialog):
    """A tick for each part; those of which there is nothing to paste begin without."""

    def __init__(self, copied: _Copied, count: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Paste attributes"))
        self.ticks: dict[LookPart, Tick] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET, tk.CARD_INSET)
        column.setSpacing(8)
        head = trn(
            "From “{name}” onto {count} selected clip:",
            "From “{name}” onto {count} selected clips:",
            count,
            name=copied.clip.name,
        )
        column.addWidget(text_label(head))
        for part, word in WORDS.items():
            row = QHBoxLayout()
            tick = self.ticks[part] = Tick(tr(word))
            much = copied.count(part)
            tick.setChecked(bool(much))
            row.addWidget(tick)
            row.addStretch(1)
            row.addWidget(text_label(much or tr("none"), px=tk.CAPTION_PX, color=tk.T3))
            column.addLayout(row)
        foot = QHBoxLayout()
        foot.addStretch(1)
        cancel, paste = Button(tr("Cancel")), Button(tr("Paste"), emphasis=Emphasis.PRIMARY)
        cancel.clicked.connect(self.reject)
        paste.clicked.connect(self.accept)
        paste.setEnabled(count > 0)
        foot.addWidget(cancel)
        foot.addWidget(paste)
        column.addSpacing(8)
        column.addLayout(foot)
        self.setMinimumWidth(360)

    @property
    def parts(self) -> tuple[LookPart, ...]:
        return tuple(part for part, tick in self.ticks.items() if tick.isChecked())
