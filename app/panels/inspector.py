"""The right column: conditions, masks, scene and clip under one row of tabs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.matte_desk import MatteDesk
from app.panels.clip_panel import ClipPanel
from app.panels.conditions_panel import ConditionsPanel
from app.panels.context import PanelContext
from app.panels.masks_panel import MasksPanel
from app.panels.preset_stills import PresetStills
from app.panels.scene_panel import ScenePanel
from app.scene_desk import SceneDesk
from app.shape_desk import ShapeDesk
from app.widgets.buttons import PanelTabs
from core.words import tr


class Inspector(QWidget):
    """Tabs in the order of `CONDITIONS`, `MASKS`, `SCENE`, `CLIP`."""

    page_changed = Signal()
    """Another page is in sight, or none."""

    CONDITIONS, MASKS, SCENE, CLIP = range(4)

    def __init__(
        self,
        context: PanelContext,
        stills: PresetStills,
        desk: SceneDesk,
        shapes: ShapeDesk,
        mattes: MatteDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.tabs = PanelTabs((tr("Conditions"), tr("Masks"), tr("Scene"), tr("Clip")))
        self.conditions = ConditionsPanel(context, stills)
        self.masks = MasksPanel(context, shapes, mattes)
        self.scene = ScenePanel(desk)
        self.clip = ClipPanel(context)
        self._stack = stacked(self, self.tabs, (self.conditions, self.masks, self.scene, self.clip))
        self.tabs.current_changed.connect(lambda _index: self.page_changed.emit())

    @property
    def page(self) -> int | None:
        """The page in sight; None while the whole column is put away."""
        return self.tabs.current if self.isVisible() else None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.page_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.page_changed.emit()


def stacked(home: QWidget, tabs: PanelTabs, pages: tuple[QWidget, ...]) -> QStackedWidget:
    """Tabs above, one page below."""
    stack = QStackedWidget()
    for page in pages:
        stack.addWidget(page)
    tabs.current_changed.connect(stack.setCurrentIndex)
    layout = QVBoxLayout(home)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(tabs)
    layout.addWidget(stack, 1)
    return stack
