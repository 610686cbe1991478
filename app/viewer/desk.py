"""ViewerDesk: every action over the picture, its ticks, and what of it is remembered. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import pi
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QAction

from app.actions.actions import Handler
from app.monitor import Monitor
from app.preview_client import View
from app.viewer.geometry import Wipe
from app.viewer.guides import Guide
from app.viewer.modes import ViewMode
from app.viewer.panel import ViewerPanel
from app.viewer.peek import Peek
from app.viewer.probe import Probe
from app.viewer.surround import SURROUNDS
from app.workbench import Workbench
from core.render.messages import Request

WIPE_STEP: Final = 0.01
"""Of the picture's diagonal; a held key repeats."""
WIPE_TURN_RAD: Final = pi / 36
PAN_STEP: Final = 0.1
"""Of what is in sight."""
ZOOM_STEP: Final = 1.25
WAYS: Final = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class Memory(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """How the viewer was left. Every field has a default: an older program wrote fewer."""

    mode: str = ViewMode.WIPE.value
    is_probed: bool = False
    has_labels: bool = True
    panel: str = ""
    """Guides, surround and gain, as `ViewerPanel.state` writes them."""


class ViewerDesk(QObject):
    """What is compared, how the picture stands, what lies over it and around it."""

    def __init__(
        self,
        viewer: ViewerPanel,
        monitor: Monitor,
        bench: Workbench,
        post: Callable[[Request], None],
        shown: Callable[[], View | None],
        parent: QObject | None = None,
    ) -> None:
        """`post` asks the engine; `shown` says what the picture on the screen is of."""
        super().__init__(parent)
        self._viewer, self._monitor, self._bench = viewer, monitor, bench
        self.probe = Probe(post, shown, viewer.view, self)
        self._actions: Mapping[str, QAction] = {}
        self._peek: Peek | None = None
        self._before: ViewMode | None = None
        viewer.changed.connect(self._show_ticks)

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        """Ticks follow from here on."""
        self._actions = actions
        self._peek = Peek(actions["peek"], self._show_other)
        self._show_ticks()

    def handlers(self) -> dict[str, Handler]:
        view, viewer, bench = self._viewer.view, self._viewer, self._bench
        return {
            **{f"view_{mode.value}": partial(bench.set_mode, mode) for mode in ViewMode},
            "flip": bench.flip,
            "peek": self._follow_peek,
            "difference_gain": viewer.next_gain,
            "wipe_left": lambda: self._move_wipe(-1),
            "wipe_right": lambda: self._move_wipe(1),
            "wipe_turn_left": lambda: self._turn_wipe(-1),
            "wipe_turn_right": lambda: self._turn_wipe(1),
            "wipe_center": lambda: self._set_wipe(Wipe()),
            "probe": self._set_probe,
            "probe_size": self.probe.next_side,
            **{f"probe_{way}": partial(self.probe.step, *by) for way, by in WAYS.items()},
            "overlays": lambda: view.show_overlays(on=self._is_on("overlays")),
            **{guide.action: partial(viewer.toggle_guide, guide) for guide in Guide},
            **{surround.action: partial(viewer.set_surround, surround.color) for surround in SURROUNDS},
            "fit": viewer.fit,
            "one_to_one": lambda: viewer.zoom_to(1.0),
            "picture_in": lambda: self._zoom(ZOOM_STEP),
            "picture_out": lambda: self._zoom(1 / ZOOM_STEP),
            **{f"pan_{way}": partial(self._pan, *by) for way, by in WAYS.items()},
        }

    def _is_on(self, id_: str) -> bool:
        return self._actions[id_].isChecked()

    def _show_ticks(self) -> None:
        if not self._actions:
            return
        for guide in Guide:
            self._actions[guide.action].setChecked(guide in self._viewer.view.guides)
        for surround in SURROUNDS:
            self._actions[surround.action].setChecked(self._viewer.view.surround == surround.color)

    # ---- what is compared -----------------------------------------------------------------------------------------

    def _follow_peek(self) -> None:
        if self._peek is not None:
            self._peek.follow()

    def _show_other(self, is_on: bool) -> None:  # noqa: FBT001 - what Peek calls
        """The source while a key is held, or the result where the source is shown; what was compared comes back."""
        mode = self._viewer.view.mode
        if is_on:
            self._before = mode
            self._monitor.set_mode(ViewMode.RESULT if mode is ViewMode.SOURCE else ViewMode.SOURCE)
        elif self._before is not None:
            if mode in (ViewMode.SOURCE, ViewMode.RESULT):  # else another view was asked for meanwhile
                self._monitor.set_mode(self._before)
            self._before = None

    def _set_wipe(self, wipe: Wipe) -> None:
        """Seen at once, whatever was compared."""
        if self._viewer.view.mode is not ViewMode.WIPE:
            self._bench.set_mode(ViewMode.WIPE)
        self._viewer.view.set_wipe(wipe)

    def _move_wipe(self, sign: int) -> None:
        view = self._viewer.view
        self._set_wipe(view.wipe.shifted(sign * WIPE_STEP, view.picture_rect))

    def _turn_wipe(self, sign: int) -> None:
        self._set_wipe(self._viewer.view.wipe.turned(sign * WIPE_TURN_RAD))

    def _set_probe(self) -> None:
        """It reads source and result, whichever of them is shown."""
        self._monitor.set_probed(on=self._is_on("probe"))
        self.probe.set_on(on=self._is_on("probe"))

    # ---- how the picture stands -----------------------------------------------------------------------------------

    def _zoom(self, factor: float) -> None:
        """About the middle of what is in sight."""
        view = self._viewer.view
        ratio = view.devicePixelRatioF()
        view.set_transform(view.transform.zoomed(factor, view.area.center(), view.area, view.shown_size, ratio))

    def _pan(self, across: int, down: int) -> None:
        """Look further to that side: the picture moves the other way."""
        view = self._viewer.view
        by = QPointF(-across * view.area.width() * PAN_STEP, -down * view.area.height() * PAN_STEP)
        view.set_transform(view.transform.panned(by, view.area, view.shown_size, view.devicePixelRatioF()))

    # ---- memory ---------------------------------------------------------------------------------------------------

    @property
    def state(self) -> str:
        """To be remembered."""
        mode = self._before or self._bench.chosen_mode
        memory = Memory(
            mode=mode.value,
            is_probed=self._is_on("probe"),
            has_labels=self._is_on("overlays"),
            panel=self._viewer.state,
        )
        return msgspec.json.encode(memory).decode()

    def restore(self, state: str) -> None:
        """What `state` said; what cannot be read leaves everything as it is."""
        try:
            memory = msgspec.json.decode(state.encode(), type=Memory)
        except msgspec.DecodeError:
            return
        self._viewer.restore(memory.panel)
        if memory.mode in {mode.value for mode in ViewMode}:
            self._bench.set_mode(ViewMode(memory.mode))
        for id_, is_on in (("probe", memory.is_probed), ("overlays", memory.has_labels)):
            if self._is_on(id_) != is_on:
                self._actions[id_].trigger()
