"""Scopes of what the viewer shows: waveform, parade, vectorscope and histogram, of the result or of the source. Main thread."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.scopes.views import Mark, Scope, ScopeSettings, ScopeView
from app.scopes.worker import ScopeWorker
from app.theme import tokens as tk
from app.theme.painting import painting
from app.viewer.tool import Pointer
from app.widgets.parts import text_label
from app.widgets.segments import Segments
from core.evaluation.scopes import Traces
from core.render.messages import Layer, PreviewReady
from core.words import msg, tr

ROOMY_H: Final = 230
"""Height from which four scopes fit."""
GAINS: Final = {0.25: msg("Dim trace"), 1.0: msg("Normal trace"), 4.0: msg("Bright trace")}
NAMES: Final[Mapping[Layer, str]] = {Layer.RESULT: msg("Result"), Layer.SOURCE: msg("Source")}


@dataclass(frozen=True, slots=True)
class _State:
    layer: str = Layer.RESULT
    scope: str = Scope.WAVEFORM
    is_single: bool = False
    in_codes: bool = False
    in_channels: bool = False
    zoom: int = 1
    gain: float = 1.0


class ScopesPanel(QWidget):
    """All four where there is room, else one and tabs. `layer` is what it wants to be shown of."""

    layer_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer = Layer.RESULT
        self.settings = ScopeSettings()
        self.is_single = False
        self.scope = Scope.WAVEFORM
        """The one that is shown alone."""
        self._counted: tuple[Traces, Layer] | None = None
        self._ready: PreviewReady | None = None
        self._worker = ScopeWorker(self)
        self._worker.counted.connect(self._on_counted)
        self.views = {scope: ScopeView(scope) for scope in Scope}
        self.of = text_label(tr("Result"), px=tk.CAPTION_PX, color=tk.T3)
        self.tabs = Segments(tr("Scope"), tuple(scope.tab for scope in Scope))
        self.grid_button = BarButton("grid", tr("All scopes, or one"), checkable=True)
        self.more = BarButton("more", tr("What scopes show"))
        self._build()
        self._arrange()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(tk.PANEL_INSET, 0, tk.GRID, 0)
        head.setSpacing(8)
        title = QLabel(tr("Scopes"))
        head.addWidget(title)
        head.addWidget(self.of)
        head.addStretch(1)
        head.addWidget(self.grid_button)
        head.addWidget(self.more)
        self._head = QWidget()
        self._head.setFixedHeight(tk.PANEL_HEADER_H)
        self._head.setLayout(head)
        self._tabs_row = QWidget()
        row = QHBoxLayout(self._tabs_row)
        row.setContentsMargins(8, 6, 8, 2)
        row.addWidget(self.tabs)
        self._grid = QGridLayout()
        self._grid.setSpacing(1)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for number, view in enumerate(self.views.values()):
            self._grid.addWidget(view, number // 2, number % 2)
            view.enlarged.connect(lambda scope=view.scope: self._toggle(scope))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head)
        layout.addWidget(self._tabs_row)
        layout.addLayout(self._grid, 1)
        self.grid_button.clicked.connect(lambda: self._toggle(self.scope))
        self.more.clicked.connect(self._show_menu)
        self.tabs.chosen.connect(lambda index: self.show_alone(tuple(Scope)[index]))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, tk.PANEL_HEADER_H + 90)

    # ---- what is shown --------------------------------------------------------------------------------------------

    def show_pictures(self, ready: PreviewReady) -> None:
        """Count the layer that is wanted, or the one that came instead; nothing while nobody sees it."""
        self._ready = ready
        self._count()

    def _count(self) -> None:
        if self.isVisible() and (picture := self._picture) is not None:
            layer, codes = picture
            self._worker.count(codes, layer)

    @property
    def _picture(self) -> tuple[Layer, npt.NDArray[np.uint8]] | None:
        """The layer on the screen that is wanted, or that came instead, and its B G R codes."""
        come = dict(self._ready.pictures) if self._ready is not None else {}
        layer = self.layer if self.layer in come else next((x for x in NAMES if x in come), None)
        return None if layer is None else (layer, come[layer].pixels)

    def _on_counted(self, traces: Traces, layer: Layer) -> None:
        self._counted = traces, layer
        self._refresh()

    def point_at(self, pointer: Pointer | None) -> None:
        """Mark what lies under the pointer over the picture; None where it has left."""
        picture, mark = self._picture, None
        if pointer is not None and picture is not None and 0.0 <= pointer.u < 1.0 and 0.0 <= pointer.v < 1.0:
            codes = picture[1]
            height, width = codes.shape[:2]
            blue, green, red = codes[int(pointer.v * height), int(pointer.u * width), :3].tolist()
            mark = Mark(pointer.u, (red, green, blue))
        for view in self.views.values():
            view.show_mark(mark)

    def _refresh(self) -> None:
        traces, layer = self._counted or (None, self.layer)
        self.of.setText(tr(NAMES[layer]))
        for view in self.views.values():
            view.show_traces(traces, tr(NAMES[layer]), self.settings)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._count()

    def close_worker(self) -> None:
        self._worker.close()

    # ---- memory ---------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """What is shown and how, as JSON, for another day."""
        return json.dumps(
            {"layer": self.layer, "scope": self.scope, "is_single": self.is_single, **asdict(self.settings)}
        )

    def restore(self, state: str) -> None:
        """What `state` once said; a word of another version changes nothing."""
        try:
            told = _State(**json.loads(state)) if state else _State()
            layer, scope = Layer(told.layer), Scope(told.scope)
        except (TypeError, ValueError):
            return
        self.scope, self.is_single = scope, bool(told.is_single)
        zoom = 2 if told.zoom == 2 else 1
        gain = next((gain for gain in GAINS if gain == told.gain), 1.0)
        self.set_settings(ScopeSettings(bool(told.in_codes), bool(told.in_channels), zoom, gain))
        self._arrange()
        self.set_layer(layer)

    # ---- how ------------------------------------------------------------------------------------------------------

    def set_layer(self, layer: Layer) -> None:
        if layer is not self.layer:
            self.layer = layer
            self._count()
            self.layer_changed.emit()

    def swap_layer(self) -> None:
        """Result or source."""
        self.set_layer(Layer.SOURCE if self.layer is Layer.RESULT else Layer.RESULT)

    def set_settings(self, settings: ScopeSettings) -> None:
        self.settings = settings
        self._refresh()

    def next_scope(self) -> None:
        """The following one alone."""
        every = tuple(Scope)
        self.show_alone(every[(every.index(self.scope) + 1) % len(every)] if self.is_single else self.scope)

    def show_alone(self, scope: Scope) -> None:
        self.scope, self.is_single = scope, True
        self._arrange()

    def show_all(self) -> None:
        self.is_single = False
        self._arrange()

    def _toggle(self, scope: Scope) -> None:
        if self.is_single:
            self.show_all()
        else:
            self.show_alone(scope)

    @property
    def _shows_one(self) -> bool:
        return self.is_single or self.height() < ROOMY_H

    def _arrange(self) -> None:
        alone = self._shows_one
        self.grid_button.setChecked(not alone)
        self.grid_button.setEnabled(self.height() >= ROOMY_H)
        self._tabs_row.setVisible(alone)
        self.tabs.set_current(tuple(Scope).index(self.scope))
        for scope, view in self.views.items():
            view.is_named = not alone
            view.setVisible(not alone or scope is self.scope)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _show_menu(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        settings = self.settings
        choices = (
            ((tr("Result"), self.layer is Layer.RESULT, lambda: self.set_layer(Layer.RESULT)),
             (tr("Source"), self.layer is Layer.SOURCE, lambda: self.set_layer(Layer.SOURCE))),
            ((tr("Waveform of luma"), not settings.in_channels, lambda: self.set_settings(replace(settings, in_channels=False))),
             (tr("Waveform of R, G and B"), settings.in_channels, lambda: self.set_settings(replace(settings, in_channels=True)))),
            ((tr("Levels in per cent"), not settings.in_codes, lambda: self.set_settings(replace(settings, in_codes=False))),
             (tr("Levels in 10-bit codes"), settings.in_codes, lambda: self.set_settings(replace(settings, in_codes=True)))),
            ((tr("Vectorscope 1×"), settings.zoom == 1, lambda: self.set_settings(replace(settings, zoom=1))),
             (tr("Vectorscope 2×"), settings.zoom == 2, lambda: self.set_settings(replace(settings, zoom=2)))),
            tuple((tr(text), settings.gain == gain, lambda gain=gain: self.set_settings(replace(settings, gain=gain)))
                  for gain, text in GAINS.items()),
        )  # fmt: skip
        for number, group in enumerate(choices):
            if number:
                menu.addSeparator()
            together = QActionGroup(menu)
            for text, is_on, do in group:
                action = menu.addAction(text)
                action.setCheckable(True)
                action.setChecked(is_on)
                action.triggered.connect(do)
                together.addAction(action)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), tk.SEAM)
            painter.fillRect(0, 0, self.width(), tk.PANEL_HEADER_H, tk.HEADER)
            painter.fillRect(0, tk.PANEL_HEADER_H - 1, self.width(), 1, tk.SEAM)
