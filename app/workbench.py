"""Workbench: which tool is in hand and what the viewer compares. Workspaces are the same window with other tools near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.monitor import Monitor
from app.panels.inspector import Inspector
from app.tools.brush import Brush
from app.top_bar import TopBar
from app.viewer.panel import ViewerPanel
from app.viewer.view import ViewMode
from core.document.model import StrokeMode
from core.ids import MaskId

TRANSLATE: Final = "Translate"
MASK: Final = "Mask"
WORKSPACES: Final = ((TRANSLATE, "weather"), (MASK, "matte"))
_BRUSHES: Final = (("brush", StrokeMode.ADD), ("eraser", StrokeMode.ERASE))


class Workbench(QObject):
    """Main thread."""

    hint_changed = Signal(str)

    def __init__(
        self,
        viewer: ViewerPanel,
        monitor: Monitor,
        brush: Brush,
        top_bar: TopBar,
        inspector: Inspector,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._monitor, self._brush = viewer, monitor, brush
        self._top_bar, self._inspector = top_bar, inspector
        self._actions: Mapping[str, QAction] = {}
        self._compared = ViewMode.WIPE
        masks = inspector.masks
        viewer.view.overlay = brush.overlay
        brush.changed.connect(viewer.view.update)
        brush.settings_changed.connect(masks.set_brush)
        brush.mask_chosen.connect(masks.select)
        masks.brush_changed.connect(brush.set_settings)
        masks.mask_selected.connect(lambda id_: brush.set_mask(MaskId(id_) if id_ else None))
        top_bar.workspace_changed.connect(self.set_workspace)

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        """Ticks of the menus follow from here on."""
        self._actions = actions
        self._top_bar.set_workspace(TRANSLATE)
        self._show()

    @property
    def has_brush(self) -> bool:
        return self._viewer.view.tool is self._brush

    def set_mode(self, mode: ViewMode) -> None:
        """Source, result, wipe, side by side or matte."""
        self._monitor.set_mode(mode)
        self._show()

    def set_workspace(self, name: str) -> None:
        """Mask comes with the brush in hand, Translate without."""
        if name == MASK:
            if not self.has_brush:
                self.use_brush(StrokeMode.ADD)
        elif self.has_brush:
            self._put_brush_down()
        self._show_workspace(name)

    def _show_workspace(self, name: str) -> None:
        self._top_bar.set_workspace(name)
        self._inspector.tabs.set_current(Inspector.MASKS if name == MASK else Inspector.CONDITIONS)

    def use_brush(self, mode: StrokeMode) -> None:
        """Take the brush in this mode; taking it again puts it down."""
        if self.has_brush and self._brush.mode is mode:
            self._put_brush_down()
            self._show_workspace(TRANSLATE)
            return
        self._brush.set_mode(mode)
        if not self.has_brush:
            self._compared = self._viewer.view.mode
            self._viewer.view.set_tool(self._brush)
            self._monitor.set_mode(ViewMode.MATTE)
            self._show_workspace(MASK)
        self._show()

    def _put_brush_down(self) -> None:
        self._viewer.view.set_tool(None)
        self._monitor.set_mode(self._compared)
        self._show()

    def _show(self) -> None:
        mode = self._viewer.view.mode
        for each in ViewMode:
            self._actions[f"view_{each.value}"].setChecked(each is mode)
        for id_, stroke_mode in _BRUSHES:
            self._actions[id_].setChecked(self.has_brush and self._brush.mode is stroke_mode)
        hint = "Paint to add. Hold Alt to erase. Ctrl-drag changes size and hardness. Esc takes a stroke back."
        self.hint_changed.emit(hint if self.has_brush else "")
