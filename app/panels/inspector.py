"""The right column: conditions, masks and clip under one row of tabs."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.panels.clip_panel import ClipPanel
from app.panels.conditions_panel import ConditionsPanel
from app.panels.context import PanelContext
from app.panels.masks_panel import MasksPanel
from app.panels.preset_stills import PresetStills
from app.widgets.buttons import PanelTabs


class Inspector(QWidget):
    """Tabs in the order of `CONDITIONS`, `MASKS`, `CLIP`."""

    CONDITIONS, MASKS, CLIP = range(3)

    def __init__(self, context: PanelContext, stills: PresetStills, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tabs = PanelTabs(("Conditions", "Masks", "Clip"))
        self.conditions = ConditionsPanel(context, stills)
        self.masks = MasksPanel(context)
        self.clip = ClipPanel(context)
        self._stack = stacked(self, self.tabs, (self.conditions, self.masks, self.clip))


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
