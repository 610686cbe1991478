"""Workbench: which tool is in hand and what the viewer compares. Workspaces are the same window with other tools near."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.matte_desk import MatteDesk
from app.monitor import Monitor
from app.panels.inspector import Inspector
from app.panels.shapes_group import SHAPE_TOOLS
from app.scene_desk import SceneDesk
from app.shape_desk import ShapeDesk
from app.tools.brush import Brush
from app.tools.horizon import HorizonGuide
from app.tools.objects import ObjectsTool
from app.tools.qualifier import QualifierTool
from app.tools.shadow import ShadowTool
from app.tools.shapes import ShapesTool
from app.tools.surfaces import MaskSurface, SkySurface, Surface
from app.top_bar import TopBar
from app.viewer.modes import ViewMode
from app.viewer.panel import ViewerPanel
from app.viewer.tool import ViewTool
from core.document.mask_shapes import AnyForm
from core.document.model import StrokeMode
from core.ids import ClipId, MaskId
from core.render.messages import Layer, Picture8
from core.timebase import Time
from core.words import msg, tr

TRANSLATE: Final = msg("Translate")
MASK: Final = msg("Mask")
SCENE: Final = msg("Scene")
WORKSPACES: Final = ((TRANSLATE, "weather"), (MASK, "matte"), (SCENE, "scene"))
_PAGES: Final = {TRANSLATE: Inspector.CONDITIONS, MASK: Inspector.MASKS, SCENE: Inspector.SCENE}
_MASK_BRUSHES: Final = (("brush", StrokeMode.ADD), ("eraser", StrokeMode.ERASE))
_SKY_BRUSHES: Final = (("sky_brush", StrokeMode.ADD), ("sky_eraser", StrokeMode.ERASE))
_PAINT_HINT: Final = msg(
    "Paint to add. Alt erases, Shift draws a straight line, Ctrl-drag changes size and hardness. Esc takes a stroke back."
)
_SKY_HINT: Final = msg(
    "Paint what is sky. Alt is what is not, Shift a straight line. Ctrl-drag changes size and hardness. Esc takes back."
)
_FOR_TOOLS: Final = (ViewMode.SOURCE, ViewMode.RESULT, ViewMode.WIPE, ViewMode.SPLIT)
"""Views that objects can be placed in."""


class Workbench(QObject):
    """Main thread."""

    hint_changed = Signal(str)

    def __init__(
        self,
        viewer: ViewerPanel,
        monitor: Monitor,
        desk: SceneDesk,
        shapes: ShapeDesk,
        mattes: MatteDesk,
        top_bar: TopBar,
        inspector: Inspector,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._monitor, self._desk = viewer, monitor, desk
        self._top_bar, self._inspector = top_bar, inspector
        self._actions: Mapping[str, QAction] = {}
        self._compared: ViewMode | None = None
        bridge = desk.context.bridge
        self._masks, self._sky = MaskSurface(desk.context, self), SkySurface(desk)
        self.brush = Brush(bridge, self._masks, self)
        self.objects = ObjectsTool(desk, self._shown, self)
        self.horizon = HorizonGuide(desk, self._shown, self)
        self.shadow = ShadowTool(desk, self._shown, self)
        self.shapes = ShapesTool(shapes, self)
        self.qualifier = QualifierTool(mattes, self._source, self)
        self._masks.living = monitor.living_matte
        self._wire()

    def _wire(self) -> None:
        view, inspector = self._viewer.view, self._inspector
        view.overlay = self.brush.overlay
        view.tool_left.connect(self.put_down)
        for tool in (self.brush, self.objects, self.horizon, self.shadow, self.shapes, self.qualifier):
            tool.changed.connect(view.update)
        for group in (inspector.masks.brush, inspector.scene.brush):
            self.brush.settings_changed.connect(group.show_settings)
            group.changed.connect(self.brush.set_settings)
        self._masks.mask_chosen.connect(inspector.masks.select)
        inspector.masks.mask_selected.connect(lambda id_: self._masks.set_mask(MaskId(id_) if id_ else None))
        inspector.scene.sky_brush_requested.connect(self.use_sky_brush)
        inspector.scene.objects.tool_requested.connect(self.use_objects)
        inspector.scene.shadow_requested.connect(self.use_shadow)
        inspector.page_changed.connect(self._show)
        inspector.masks.selection.tool_requested.connect(lambda _id: self.use_qualifier())
        for pointing in (self.objects, self.shadow, self.qualifier):
            pointing.hinted.connect(self.hint_changed)
        self.shadow.finished.connect(self.put_down)
        self.shapes.hinted.connect(self._show)
        inspector.masks.shapes.tool_requested.connect(self.use_shapes)
        inspector.masks.shapes.picked.connect(partial(self._take_shapes, None))
        self._desk.changed.connect(self._show_hint)
        self._top_bar.workspace_changed.connect(self.set_workspace)

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        """Ticks of the menus follow from here on."""
        self._actions = actions
        self._top_bar.set_workspace(TRANSLATE)
        self._show()

    def set_clip(self, clip: ClipId | None) -> None:
        """The clip whose masks are painted."""
        self._masks.set_clip(clip)
        self._viewer.view.update()

    def _source(self) -> Picture8 | None:
        """The source as it is on the screen."""
        ready = self._viewer.view.ready
        return ready.picture(Layer.SOURCE) if ready else None

    def _shown(self) -> Time | None:
        """The instant of the picture on the screen."""
        ready = self._viewer.view.ready
        return ready.time if ready else None

    # ---- what is in hand ------------------------------------------------------------------------------------------

    @property
    def tool(self) -> ViewTool | None:
        return self._viewer.view.tool

    def _paints(self, surface: Surface) -> bool:
        return self.tool is self.brush and self.brush.surface is surface

    def set_mode(self, mode: ViewMode) -> None:
        """Source, result, wipe, side by side or matte."""
        self._monitor.set_mode(mode)
        self._compared = None
        self._show()

    @property
    def chosen_mode(self) -> ViewMode:
        """What is compared, also while a tool shows something else to work in."""
        return self._compared or self._viewer.view.mode

    def flip(self) -> None:
        """The other of source and result, in the same place."""
        self.set_mode(ViewMode.SOURCE if self._viewer.view.mode is ViewMode.RESULT else ViewMode.RESULT)

    def set_workspace(self, name: str) -> None:
        """Mask comes with the brush in hand, the others without."""
        if name == MASK:
            if not self._paints(self._masks) and self.tool not in (self.shapes, self.qualifier):
                self.use_brush(StrokeMode.ADD)
        elif self.tool is not None:
            self.put_down()
        self._show_workspace(name)

    def _show_workspace(self, name: str) -> None:
        self._top_bar.set_workspace(name)
        self._inspector.tabs.set_current(_PAGES[name])

    def use_brush(self, mode: StrokeMode) -> None:
        """Take the brush for masks in this mode; taking it again puts it down."""
        if self._paints(self._masks) and self.brush.mode is mode:
            self.put_down()
            self._show_workspace(TRANSLATE)
        else:
            self._take_brush(self._masks, mode)
            self._show_workspace(MASK)

    def use_sky_brush(self, mode: StrokeMode) -> None:
        """The same for the sky."""
        if self._paints(self._sky) and self.brush.mode is mode:
            self.put_down()
        else:
            self._take_brush(self._sky, mode)
            self._show_workspace(SCENE)

    def _take_brush(self, surface: Surface, mode: StrokeMode) -> None:
        self.brush.set_surface(surface)
        self.brush.set_mode(mode)
        self._take(self.brush, (ViewMode.MATTE if surface is self._masks else ViewMode.SKY,))

    def use_objects(self) -> None:
        """Take the objects tool, or put it down."""
        self._use_pointing(self.objects)

    def use_shadow(self) -> None:
        """Take the tool that reads the sun from a shadow, or put it down."""
        self.shadow.begin()
        self._use_pointing(self.shadow)

    def _use_pointing(self, tool: ViewTool) -> None:
        if self.tool is tool:
            self.put_down()
        else:
            self.brush.set_surface(self._masks)
            self._take(tool, _FOR_TOOLS)
            self._show_workspace(SCENE)
            self._viewer.view.setFocus()

    def use_shapes(self, id_: str) -> None:
        """Take the shapes tool by the action of what it draws; taking it again puts it down."""
        kind = next(kind for each, kind, _ in SHAPE_TOOLS if each == id_)
        if self.tool is self.shapes and self.shapes.kind is kind:
            self.put_down()
            return
        self._take_shapes(kind)
        self._show_workspace(MASK)
        self._viewer.view.setFocus()

    def _take_shapes(self, kind: type[AnyForm] | None) -> None:
        self.brush.set_surface(self._masks)
        if self.tool is not self.shapes:
            self._take(self.shapes, (ViewMode.MATTE,))
        self.shapes.use(kind)

    def use_qualifier(self) -> None:
        """Take the tool that picks colours for the selection of a mask, over the source; or put it down."""
        if self.tool is self.qualifier:
            self.put_down()
            return
        self.brush.set_surface(self._masks)
        self._take(self.qualifier, (ViewMode.SOURCE, ViewMode.MATTE))
        self._show_workspace(MASK)
        self._viewer.view.setFocus()

    def _take(self, tool: ViewTool, modes: tuple[ViewMode, ...]) -> None:
        """The tool in hand, in a view that it can work in; what was compared before comes back when it is put down."""
        view = self._viewer.view
        self._restore_mode()
        if view.tool is not tool:
            view.set_tool(tool)
        if view.mode not in modes:
            self._compared = view.mode
            self._monitor.set_mode(modes[0])
        self._show()

    def put_down(self) -> None:
        """An empty hand."""
        self._viewer.view.set_tool(None)
        self.brush.set_surface(self._masks)
        self._restore_mode()
        self._show()

    def _restore_mode(self) -> None:
        if self._compared is not None:
            mode, self._compared = self._compared, None
            self._monitor.set_mode(mode)

    # ---- what shows it --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        view = self._viewer.view
        for each in ViewMode:
            self._actions[f"view_{each.value}"].setChecked(each is view.mode)
        for surface, brushes in ((self._masks, _MASK_BRUSHES), (self._sky, _SKY_BRUSHES)):
            for id_, stroke_mode in brushes:
                self._actions[id_].setChecked(self._paints(surface) and self.brush.mode is stroke_mode)
        has_qualifier = self.tool is self.qualifier
        self._actions["pick_color"].setChecked(has_qualifier)
        self._inspector.masks.selection.pick.setChecked(has_qualifier)
        self._inspector.masks.follow.show_doubt(on=view.mode is ViewMode.DOUBT)
        has_objects = self.tool is self.objects
        has_shadow = self.tool is self.shadow
        drawn = next((id_ for id_, kind, _ in SHAPE_TOOLS if self.tool is self.shapes and kind is self.shapes.kind), "")
        for id_, _, _ in SHAPE_TOOLS:
            self._actions[id_].setChecked(id_ == drawn)
        self._inspector.masks.shapes.show_tool(drawn)
        self._actions["objects"].setChecked(has_objects)
        self._actions["sun_by_shadow"].setChecked(has_shadow)
        sky = self.brush.mode if self._paints(self._sky) else None
        self._inspector.scene.show_tools(sky, has_objects=has_objects, has_shadow=has_shadow)
        is_guided = self._inspector.page == Inspector.SCENE and self.tool not in (self.brush, self.shadow, self.shapes)
        self._monitor.set_wants_scene(on=self._inspector.page == Inspector.SCENE)
        if is_guided != (view.guide is not None):
            view.set_guide(self.horizon if is_guided else None)
        self._show_hint()

    def _show_hint(self) -> None:
        if self._paints(self._masks):
            hint = tr(_PAINT_HINT)
        elif self._paints(self._sky):
            hint = tr(_SKY_HINT)
        elif self.tool is self.objects:
            hint = tr(
                "Click to add a {kind}. Drag to move it, right-click for more. Esc puts the tool down.",
                kind=tr(self._desk.kind.value),
            )
        elif self.tool is self.shapes:
            hint = self.shapes.hint
        elif self.tool is self.qualifier:
            hint = self.qualifier.hint
        elif self.tool is self.shadow:
            hint = self.shadow.hint
        else:
            hint = ""
        self.hint_changed.emit(hint)
