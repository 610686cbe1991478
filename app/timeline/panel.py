"""The timeline with its bar: tools, snapping, zoom, and a scroll bar underneath. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollBar, QSlider, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.curves.view import CurveView
from app.session_bridge import SessionBridge
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text
from app.timeline.canvas import TimelineCanvas
from app.timeline.layout import HEAD_W
from app.timeline.scale import MAX_PX_PER_FRAME, TimeScale
from app.timeline.state import Thumbnails, Waveforms
from core.condition import AXES
from core.document.model import AMOUNT
from core.ids import AxisId
from core.words import tr

WIDEST_PX_PER_S = 2.0
"""Where the zoom of a short timeline ends: two pixels a second."""
_BAR = (
    ("tool_select", "cursor"),
    ("tool_trim", "trim"),
    ("tool_razor", "razor"),
    ("", ""),
    ("split", "split"),
    ("snap", "magnet"),
    ("linked", "link"),
    ("add_marker", "marker"),
    ("", ""),
    ("previous_key", "chevron_left"),
    ("next_key", "chevron_right"),
    ("curves", "curve"),
)
"""Actions and their icons; an empty one is a gap."""
_ROUND_HANDLE = f"""
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {tk.TRACK.name()}; }}
QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {tk.ACC.name()}; }}
QSlider::handle:horizontal {{ width: 10px; height: 10px; margin: -3px 0; border-radius: 5px; background: {tk.T1.name()}; }}
"""


class TimelinePanel(QWidget):
    """Bar, canvas, scroll bar."""

    asked = Signal(str)
    """The id of an action of the table."""

    def __init__(
        self, bridge: SessionBridge, thumbnails: Thumbnails, waveforms: Waveforms, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._title = ""
        self.canvas = TimelineCanvas(bridge, thumbnails, waveforms)
        self.curves = CurveView(bridge, self.canvas)
        self.curves.hide()
        self._buttons: dict[str, BarButton] = {}
        self._zoom = QSlider(Qt.Orientation.Horizontal)
        self._zoom.setRange(0, 1000)
        self._zoom.setFixedWidth(92)
        self._zoom.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._zoom.setAccessibleName(tr("Timeline zoom"))
        self._zoom.setStyleSheet(_ROUND_HANDLE)
        self._zoom.valueChanged.connect(self._on_zoom)
        self._scroll = QScrollBar(Qt.Orientation.Horizontal)
        self._scroll.setAccessibleName(tr("Scroll the timeline"))
        self._scroll.valueChanged.connect(lambda ms: self.canvas.scroll_to(ms / 1000))
        self._lanes = QScrollBar(Qt.Orientation.Vertical)
        self._lanes.setAccessibleName(tr("Scroll the lanes"))
        self._lanes.hide()
        self._lanes.valueChanged.connect(self.canvas.scroll_lanes_to)
        self.canvas.lanes_scrolled.connect(self._show_lanes)
        self.canvas.scale_changed.connect(self._show_scale)
        self.canvas.curve_wanted.connect(lambda: self.asked.emit("curves"))
        self.canvas.key_menu_wanted.connect(lambda at: self.curves.keys.menu().popup(at))
        bridge.changed.connect(lambda *_: self._show_scale())
        self._lay_out()

    def _lay_out(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(8, 4, 8, 4)
        bar.setSpacing(2)
        for id_, icon in _BAR:
            if id_:
                bar.addWidget(self._button(id_, icon))
            else:
                bar.addSpacing(12)
        bar.addStretch(1)
        for id_, icon in (("zoom_fit", "fit"), ("zoom_out", "minus")):
            bar.addWidget(self._button(id_, icon))
        bar.addWidget(self._zoom)
        bar.addWidget(self._button("zoom_in", "plus"))
        bottom = QHBoxLayout()
        bottom.setContentsMargins(HEAD_W, 0, 0, 0)
        bottom.addWidget(self._scroll)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.canvas, 1)
        middle.addWidget(self.curves, 1)
        middle.addWidget(self._lanes)
        column.addLayout(middle, 1)
        column.addLayout(bottom)

    def _button(self, id_: str, icon: str) -> BarButton:
        spec = BY_ID[id_]
        button = BarButton(icon, spec.title, action=id_, checkable=spec.is_checkable)
        button.clicked.connect(lambda: self.asked.emit(id_))
        self._buttons[id_] = button
        return button

    def show_curves(self, *, on: bool) -> None:
        """The curves in the timeline's place, or the timeline."""
        comes, goes = (self.curves, self.canvas) if on else (self.canvas, self.curves)
        goes.hide()
        comes.show()
        self._lanes.setVisible(not on and self.canvas.overflow > 0)
        comes.setFocus()

    @property
    def shown(self) -> QWidget:
        """The timeline, or the curves that stand in its place."""
        return self.curves if self.canvas.isHidden() else self.canvas

    @property
    def state(self) -> str:
        """What is remembered for another day: the axes whose lanes are folded."""
        return " ".join(sorted(self.canvas.state.folded))

    def restore(self, state: str) -> None:
        """Axes that are gone are passed over."""
        known = {AMOUNT, *AXES}
        self.canvas.state.folded = frozenset(AxisId(word) for word in state.split() if word in known)
        self.canvas.redraw()

    def minimumSizeHint(self) -> QSize:
        return QSize(400, 180)

    def follow_actions(self, actions: Mapping[str, QAction]) -> None:
        """Buttons look as their actions do."""
        for id_, button in self._buttons.items():
            action = actions[id_]

            def show(button: BarButton = button, action: QAction = action) -> None:
                button.setEnabled(action.isEnabled())
                button.setChecked(action.isChecked())

            action.changed.connect(show)
            show()

    @property
    def title(self) -> str:
        return self._title

    def set_title(self, title: str) -> None:
        """What the project is called; empty while it holds nothing."""
        if title != self._title:
            self._title = title
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tk.WINDOW)
        painter.fillRect(QRectF(0, 0, self.width(), self.canvas.y()), tk.HEADER)
        painter.fillRect(QRectF(0, self.canvas.y() - 1, self.width(), 1), tk.SEAM)
        title = QRectF(330, 0, self.width() - 660, self.canvas.y())
        draw_text(painter, title, self._title or tr("Timeline"), tk.T2, ui_font(), Qt.AlignmentFlag.AlignHCenter)
        painter.end()

    # ---- zoom and scroll ------------------------------------------------------------------------------------------

    def _limits(self) -> tuple[float, float]:
        """Of the slider: from the whole timeline, or what is as wide, to a frame."""
        whole = TimeScale.fitting(self._bridge.project.duration, self.canvas.width() - HEAD_W).px_per_s
        return log(min(WIDEST_PX_PER_S, whole)), log(MAX_PX_PER_FRAME * float(self._bridge.project.rate))

    def _on_zoom(self, value: int) -> None:
        low, high = self._limits()
        wanted = exp(low + (high - low) * value / 1000)
        self.canvas.zoom_by(wanted / self.canvas.state.scale.px_per_s)

    def _show_lanes(self) -> None:
        """A scroll bar beside the lanes when they do not all fit."""
        overflow = round(self.canvas.overflow)
        self._lanes.blockSignals(True)
        self._lanes.setRange(0, overflow)
        self._lanes.setPageStep(self.canvas.height())
        self._lanes.setValue(round(self.canvas.state.scroll_y))
        self._lanes.blockSignals(False)
        self._lanes.setVisible(overflow > 0)

    def _show_scale(self) -> None:
        scale, low_high = self.canvas.state.scale, self._limits()
        low, high = low_high
        for widget in (self._zoom, self._scroll):
            widget.blockSignals(True)
        self._zoom.setValue(round(1000 * (log(scale.px_per_s) - low) / (high - low)))
        shown_s = (self.canvas.width() - HEAD_W) / scale.px_per_s
        whole_s = float(self._bridge.project.duration) * 1.02
        self._scroll.setPageStep(max(1, round(shown_s * 1000)))
        self._scroll.setRange(0, max(0, round((whole_s - shown_s) * 1000), round(scale.origin_s * 1000)))
        self._scroll.setValue(round(scale.origin_s * 1000))
        for widget in (self._zoom, self._scroll):
            widget.blockSignals(False)
        self.update()
