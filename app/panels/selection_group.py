"""What a mask begins with: a rule about the picture or a film, chosen and tuned. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.matte_desk import MatteDesk
from app.theme import tokens as tk
from app.widgets.buttons import Select
from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from core.document.selectors import FARTHEST_M, WHEEL, Range, Selector, SelectorKind
from core.words import inline, msg, tr

_KINDS: Final = (None, *SelectorKind)
_SHARE: Final = (0.0, 1.0)
_SPECS: Final = {
    "hue": ParamSpec("Hue", 0.0, 360.0, 0.0, 1.0, unit="°", wraps=True, help=msg("The middle of the range of hues.")),
    "width": ParamSpec("Hue width", 0.0, 360.0, 60.0, 1.0, unit="°", help=msg("How far the range of hues reaches.")),
    "saturation_low": ParamSpec("Sat. from", *_SHARE, 0.0, 0.01, 100.0, "%", help=msg("The greyest that counts.")),
    "saturation_high": ParamSpec("Sat. to", *_SHARE, 1.0, 0.01, 100.0, "%", help=msg("The most vivid that counts.")),
    "luminance_low": ParamSpec("Luma from", *_SHARE, 0.0, 0.01, 100.0, "%", help=msg("The darkest that counts.")),
    "luminance_high": ParamSpec("Luma to", *_SHARE, 1.0, 0.01, 100.0, "%", help=msg("The brightest that counts.")),
    "depth_low": ParamSpec("From", 0.0, 200.0, 0.0, 0.5, unit="m", help=msg("The nearest that counts.")),
    "depth_high": ParamSpec(
        "To", 0.0, FARTHEST_M, FARTHEST_M, 0.5, unit="m", help=msg("The farthest that counts; 1000 m has no end.")
    ),
    "softness": ParamSpec("Softness", *_SHARE, 0.1, 0.01, 100.0, "%", help=msg("How gently the ranges end.")),
    "start": ParamSpec(
        "Starts at",
        -100_000.0,
        100_000.0,
        0.0,
        1.0,
        help=msg("The frame of the footage at which the imported matte begins."),
    ),
}
_ROWS: Final = {
    SelectorKind.COLOR: (
        "hue",
        "width",
        "saturation_low",
        "saturation_high",
        "luminance_low",
        "luminance_high",
        "softness",
    ),
    SelectorKind.LUMINANCE: ("luminance_low", "luminance_high", "softness"),
    SelectorKind.DEPTH: ("depth_low", "depth_high", "softness"),
    SelectorKind.FILM: ("start",),
}
_SOFT: Final = {"hue": 60.0, "saturation": 0.5, "luminance": 0.5, "depth": 50.0}
"""What a softness of 100 % is of each range, in its own unit."""


class SelectionGroup(Group):
    """Every change goes through the desk; a tool picks colours from the picture."""

    tool_requested = Signal(str)
    """The action of the picker."""

    def __init__(self, desk: MatteDesk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Selection"), "picker", parent, can_reset=False)
        self._desk = desk
        self.kinds = Select()
        self.kinds.setAccessibleName(tr("What the mask begins with"))
        self.kinds.addItems([tr("Nothing: paint and shapes alone"), *(kind.label for kind in SelectorKind)])
        self.pick = BarButton("picker", tr(BY_ID["pick_color"].title), action="pick_color", checkable=True)
        self.strip = RangeStrip()
        self.by_name = {name: self._row(name, spec) for name, spec in _SPECS.items()}
        self._build()
        self.kinds.activated.connect(lambda index: desk.set_kind(_KINDS[index]))
        self.pick.clicked.connect(lambda: self.tool_requested.emit("pick_color"))
        desk.changed.connect(self.refresh)
        self.refresh()

    def _row(self, name: str, spec: ParamSpec) -> ParamRow:
        row = ParamRow(spec, keyable=False, has_slider=name != "start")
        context = self._desk.context
        row.gesture_started.connect(lambda: context.begin(tr("Set mask {property}", property=inline(spec.title))))
        row.value_changed.connect(lambda value: self._set(name, value))
        row.gesture_committed.connect(context.commit)
        row.gesture_cancelled.connect(context.cancel)
        row.reset_requested.connect(lambda: self._set(name, spec.neutral))
        return row

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(tk.PANEL_INSET, 4, tk.PANEL_INSET, 4)
        bar.setSpacing(4)
        bar.addWidget(self.kinds, 1)
        bar.addWidget(self.pick)
        self.rows.addLayout(bar)
        self.hint = text_label("", color=tk.T3, wraps=True)
        self.hint.setContentsMargins(tk.PANEL_INSET, 0, tk.PANEL_INSET, 4)
        for part in (self.hint, self.strip, *self.by_name.values()):
            self.rows.addWidget(part)

    # ---- edits ----

    @property
    def _selector(self) -> Selector | None:
        mask = self._desk.mask
        return mask.selector if mask else None

    def _set(self, name: str, value: float) -> None:
        selector = self._selector
        if selector is None:
            return
        if name == "start":
            self._desk.set_offset(value)
            return
        self._desk.set_selector(_CHANGES[name](selector, value) if name in _CHANGES else _ended(selector, name, value))

    # ---- showing ----

    def refresh(self) -> None:
        mask, selector = self._desk.mask, self._selector
        kind = selector.kind if selector else None
        self.body.setEnabled(mask is not None)
        self.kinds.setCurrentIndex(_KINDS.index(kind))
        self.header.set_summary(kind.label if kind else "")
        self.pick.setVisible(kind in (SelectorKind.COLOR, SelectorKind.LUMINANCE))
        text = _hint(kind)
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.strip.show_selector(selector)
        shown = _ROWS.get(kind, ()) if kind else ()
        for name, row in self.by_name.items():
            row.setVisible(name in shown)
            if selector is not None and name in shown:
                row.show_value(self._value(selector, name))

    def _value(self, selector: Selector, name: str) -> float:
        match name:
            case "hue":
                return ((selector.hue.low + selector.hue.high) / 2.0) % WHEEL
            case "width":
                return selector.hue.high - selector.hue.low
            case "softness":
                field = "hue" if selector.kind is SelectorKind.COLOR else selector.kind.value
                range_: Range = getattr(selector, field)
                return min(1.0, range_.soft / _SOFT[field])
            case "start":
                return round(float(-selector.offset.seconds / self._desk.frame_s.seconds))
        field, end = name.split("_")
        return float(getattr(getattr(selector, field), end))


def _ended(selector: Selector, name: str, value: float) -> Selector:
    """One end of a range moved; it pushes the other along."""
    field, end = name.split("_")
    range_: Range = getattr(selector, field)
    low, high = (value, max(range_.high, value)) if end == "low" else (min(range_.low, value), value)
    moved = replace(range_, low=low, high=high)
    match field:
        case "saturation":
            return replace(selector, saturation=moved)
        case "luminance":
            return replace(selector, luminance=moved)
    return replace(selector, depth=moved)


def _turned(selector: Selector, middle: float) -> Selector:
    half = (selector.hue.high - selector.hue.low) / 2.0
    return replace(selector, hue=replace(selector.hue, low=middle - half, high=middle + half))


def _widened(selector: Selector, width: float) -> Selector:
    middle = (selector.hue.low + selector.hue.high) / 2.0
    return replace(selector, hue=replace(selector.hue, low=middle - width / 2.0, high=middle + width / 2.0))


def _softened(selector: Selector, share: float) -> Selector:
    hue, saturation, luminance, depth = (
        replace(getattr(selector, field), soft=share * whole) for field, whole in _SOFT.items()
    )
    return replace(selector, hue=hue, saturation=saturation, luminance=luminance, depth=depth)


_CHANGES: Final[dict[str, Callable[[Selector, float], Selector]]] = {
    "hue": _turned,
    "width": _widened,
    "softness": _softened,
}


def _hint(kind: SelectorKind | None) -> str:
    match kind:
        case SelectorKind.SKY:
            return tr("The sky as it was found and painted on the Scene page. The brush adds to it or erases.")
        case SelectorKind.GROUND:
            return tr("Road, paths, grass and water as they were found. The brush adds to it or erases.")
        case SelectorKind.FOLIAGE:
            return tr("Grass and leaves as they were found. The brush adds to it or erases.")
        case SelectorKind.DEPTH:
            return tr("By distance along the view, as it was found. The brush adds to it or erases.")
    return ""


_STRIP_H: Final = 14


class RangeStrip(QWidget):
    """What a colour or luminance range takes, over a strip of all that there is. Nothing to operate, so it takes no focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selector: Selector | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedHeight(_STRIP_H + 10)
        self.setVisible(False)

    def sizeHint(self) -> QSize:
        return QSize(200, _STRIP_H + 10)

    def show_selector(self, selector: Selector | None) -> None:
        self._selector = selector
        self.setVisible(selector is not None and selector.kind in (SelectorKind.COLOR, SelectorKind.LUMINANCE))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        selector = self._selector
        if selector is None:
            return
        rect = QRectF(tk.PANEL_INSET, 4, self.width() - 2 * tk.PANEL_INSET, _STRIP_H)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_color = selector.kind is SelectorKind.COLOR
        outline = QPainterPath()
        outline.addRoundedRect(rect, 2, 2)
        painter.setClipPath(outline)
        painter.fillRect(rect, _hues(rect) if is_color else _greys(rect))
        range_, whole = (selector.hue, WHEEL) if is_color else (selector.luminance, 1.0)
        shade = QColor(tk.TRACK)
        shade.setAlphaF(0.82)
        steps = int(rect.width())
        for n in range(steps):
            taken = _taken((n + 0.5) / steps * whole, range_, whole if is_color else 0.0)
            if taken < 1.0:
                shade.setAlphaF(0.82 * (1.0 - taken))
                painter.fillRect(QRectF(rect.left() + n, rect.top(), 1.0, rect.height()), shade)
        painter.setClipping(False)
        painter.setPen(QPen(tk.LINE, 1))
        painter.drawPath(outline)
        painter.end()


def _taken(value: float, range_: Range, turn: float) -> float:
    """How far a range takes a value, 0..1; on a wheel of so many degrees if `turn` is not 0."""
    around = (value - turn, value, value + turn) if turn else (value,)
    away = min(max(range_.low - each, each - range_.high, 0.0) for each in around)
    if away == 0.0:
        return 1.0
    t = max(0.0, 1.0 - away / range_.soft) if range_.soft > 0.0 else 0.0
    return t * t * (3.0 - 2.0 * t)


def _hues(rect: QRectF) -> QLinearGradient:
    gradient = QLinearGradient(rect.topLeft(), rect.topRight())
    for n in range(13):
        gradient.setColorAt(n / 12, QColor.fromHslF((n / 12) % 1.0, 0.75, 0.5))
    return gradient


def _greys(rect: QRectF) -> QLinearGradient:
    gradient = QLinearGradient(rect.topLeft(), rect.topRight())
    gradient.setColorAt(0.0, QColor(0, 0, 0))
    gradient.setColorAt(1.0, QColor(255, 255, 255))
    return gradient
