"""The viewer with its header and the transport. Main thread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.theme import tokens as tk
from app.theme.fonts import ui_font
from app.theme.painting import draw_text
from app.viewer.geometry import ViewTransform
from app.viewer.guides import Guide
from app.viewer.modes import ViewMode
from app.viewer.pictures import GAINS
from app.viewer.reference import Reference
from app.viewer.surround import SURROUNDS
from app.viewer.transport import Transport
from app.viewer.view import ViewerView
from core.words import tr

MODE_ICONS: Final = {
    ViewMode.SOURCE: "source",
    ViewMode.RESULT: "result",
    ViewMode.WIPE: "wipe",
    ViewMode.SPLIT: "split",
    ViewMode.FLICKER: "flicker",
    ViewMode.MATTE: "matte",
}
MORE: Final = (
    (ViewMode.BUTTERFLY, ViewMode.DIFFERENCE, ViewMode.SIGNED),
    (ViewMode.SKY, ViewMode.GROUND, ViewMode.DEPTH, ViewMode.DOUBT),
)
"""Behind one button: rarer comparisons, and what the renderer knows of a frame."""
LABELS_FROM_PX: Final = 1150
"""Below this width only the active mode is named."""


class ViewerPanel(QWidget):
    """Header, picture, transport."""

    asked = Signal(str)
    changed = Signal()
    """Guides or surround are others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ViewerView()
        self.transport = Transport()
        self.transport.asked.connect(self.asked)
        self._title = ""
        self._actions: Mapping[str, QAction] = {}
        self._modes = {mode: self._mode_button(mode) for mode in MODE_ICONS}
        self._maps = BarButton(
            "layers", tr("More views: butterfly, differences, sky, ground, depth, doubt"), checkable=True
        )
        self._maps.clicked.connect(self._show_maps_menu)
        self.guides = BarButton("grid", tr("Guides and surround"))
        self.guides.clicked.connect(self._show_guides_menu)
        self.end_comparison = BarButton("close", tr("End the comparison"), text=tr("End comparison"))
        self.end_comparison.clicked.connect(lambda: self.asked.emit("compare_still"))
        self.end_comparison.hide()
        self._zoom = BarButton("", tr("Zoom"), text=tr("Fit"))
        self._zoom.clicked.connect(self._show_zoom_menu)
        self.view.transform_changed.connect(self._show_zoom)
        header = self._header = QHBoxLayout()
        header.setContentsMargins(8, 3, 8, 3)
        header.setSpacing(2)
        for button in self._modes.values():
            header.addWidget(button)
        header.addWidget(self._maps)
        header.addStretch(1)
        header.addWidget(self.end_comparison)
        header.addWidget(self.guides)
        header.addWidget(self._zoom)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header)
        column.addWidget(self.view, 1)
        column.addWidget(self.transport)
        self.show_mode()

    def minimumSizeHint(self) -> QSize:
        return QSize(480, 360)

    def _mode_button(self, mode: ViewMode) -> BarButton:
        id_ = f"view_{mode.value}"
        button = BarButton(MODE_ICONS[mode], BY_ID[id_].title, action=id_, checkable=True)
        button.clicked.connect(lambda: self.asked.emit(id_))
        return button

    def show_mode(self) -> None:
        """The buttons after the view's mode or the width changed."""
        for mode, button in self._modes.items():
            chosen = mode is self.view.mode
            button.setChecked(chosen)
            named = chosen or self.width() >= LABELS_FROM_PX
            button.setText(BY_ID[f"view_{mode.value}"].title if named else "")
            button.updateGeometry()
        in_maps = any(self.view.mode in group for group in MORE)
        self._maps.setChecked(in_maps)
        word = BY_ID[f"view_{self.view.mode.value}"].title if in_maps else tr("More")
        self._maps.setText(word if in_maps or self.width() >= LABELS_FROM_PX else "")
        self._maps.updateGeometry()
        self._show_zoom()

    def set_title(self, title: str) -> None:
        if title != self._title:
            self._title = title
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_mode()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        header = QRectF(0, 0, self.width(), self.view.y())
        painter.fillRect(header, tk.HEADER)
        painter.fillRect(QRectF(0, header.bottom() - 1, self.width(), 1), tk.SEAM)
        left = self._maps.geometry().right() + 12
        right = (self.guides if self.end_comparison.isHidden() else self.end_comparison).x() - 12
        wanted = QFontMetricsF(ui_font()).horizontalAdvance(self._title) + 2
        x = max(left, min((self.width() - wanted) / 2, right - wanted))  # in the middle where there is room
        draw_text(painter, QRectF(x, 0, min(wanted, right - x), header.height()), self._title, tk.T2, ui_font())
        painter.end()

    def follow_actions(self, actions: Mapping[str, QAction]) -> None:
        """The transport looks as its actions do; the menus of the header are made of them."""
        self._actions = actions
        actions["play"].changed.connect(lambda: self.transport.set_usable(actions["play"].isEnabled()))
        actions["loop"].toggled.connect(self.transport.set_looping)
        self.transport.set_looping(actions["loop"].isChecked())

    def _pop_up(self, under: QWidget, *groups: tuple[str, ...]) -> QMenu:
        """Actions with their keys and ticks, a line between groups."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for number, group in enumerate(groups):
            if number:
                menu.addSeparator()
            menu.addActions([self._actions[id_] for id_ in group])
        menu.popup(under.mapToGlobal(QPointF(0, under.height()).toPoint()))
        return menu

    def _show_maps_menu(self) -> None:
        self.show_mode()  # the press has ticked it
        menu = self._pop_up(self._maps, *(tuple(f"view_{mode.value}" for mode in group) for group in MORE))
        menu.addSeparator()
        for gain in GAINS:
            action = menu.addAction(tr("Difference {gain}×", gain=gain))
            action.setCheckable(True)
            action.setChecked(self.view.pictures.gain == gain)
            action.triggered.connect(lambda _=False, gain=gain: self.view.set_gain(gain))

    def next_gain(self) -> None:
        """The next stronger difference, then the plain one again."""
        here = GAINS.index(self.view.pictures.gain)
        self.view.set_gain(GAINS[(here + 1) % len(GAINS)])

    def toggle_guide(self, guide: Guide) -> None:
        """One frame of another format at a time; the others add up."""
        others = {g for g in self.view.guides if guide.aspect is None or g.aspect is None}
        self.set_guides(frozenset(others - {guide} if guide in self.view.guides else others | {guide}))

    def set_guides(self, guides: frozenset[Guide]) -> None:
        self.view.set_guides(guides)
        self.changed.emit()

    def set_surround(self, color: QColor) -> None:
        self.view.set_surround(color)
        self.changed.emit()

    def _show_guides_menu(self) -> None:
        self._pop_up(self.guides, tuple(guide.action for guide in Guide), tuple(each.action for each in SURROUNDS))

    # ---- memory ---------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """Guides, surround and gain, to be remembered."""
        guides = ",".join(sorted(self.view.guides))
        return f"{guides}|{self.view.surround.name()}|{self.view.pictures.gain}"

    def restore(self, state: str) -> None:
        """What `state` said; what it cannot read it leaves as it is."""
        parts = state.split("|")
        if len(parts) != 3:
            return
        known = {guide.value for guide in Guide}
        self.set_guides(frozenset(Guide(g) for g in parts[0].split(",") if g in known))
        if QColor.isValidColorName(parts[1]):
            self.set_surround(QColor(parts[1]))
        if parts[2].isdigit() and int(parts[2]) in GAINS:
            self.view.set_gain(int(parts[2]))

    def show_chrome(self, *, on: bool) -> None:
        """Header and transport; without them the picture is alone."""
        self.view.is_alone = not on
        for button in (*self._modes.values(), self._maps, self.guides, self._zoom, self.transport):
            button.setVisible(on)
        self.end_comparison.setVisible(on and self.view.pictures.reference is not None)
        margins = (8, 3, 8, 3) if on else (0, 0, 0, 0)
        self._header.setContentsMargins(*margins)
        self.update()

    def set_reference(self, reference: Reference | None) -> None:
        """Compare with a picture, or with the source again; the header has a way to end it."""
        self.view.set_reference(reference)
        self.end_comparison.setVisible(reference is not None and self.guides.isVisibleTo(self))
        self.update()

    # ---- zoom -----------------------------------------------------------------------------------------------------

    def _show_zoom(self) -> None:
        percent = f"{self.view.zoom_percent:.0f} %"
        self._zoom.setText(tr("Fit {percent}", percent=percent) if self.view.transform.zoom is None else percent)
        self._zoom.updateGeometry()

    def fit(self) -> None:
        self.view.set_transform(ViewTransform())

    def zoom_to(self, zoom: float) -> None:
        """1.0 is one picture pixel on one device pixel."""
        self.view.set_transform(ViewTransform(zoom, self.view.transform.center))

    def _show_zoom_menu(self) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Fit")).triggered.connect(self.fit)
        for percent in (25, 50, 100, 200, 400):
            menu.addAction(f"{percent} %").triggered.connect(lambda _=False, p=percent: self.zoom_to(p / 100))
        menu.exec(self._zoom.mapToGlobal(QPointF(0, self._zoom.height()).toPoint()))
        menu.deleteLater()
