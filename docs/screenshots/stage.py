"""Stage: a studio that draws in both themes, checks what it drew, and puts the room in order after each picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from app.main_window import MainWindow
from app.panels.browser import Browser
from app.panels.inspector import Inspector
from app.viewer.modes import ViewMode
from app.widgets.popover import Popover
from app.workbench import SCENE, TRANSLATE
from core.document.model import Clip
from core.settings import Theme
from docs.screenshots.studio import Studio, cut_off, empty_queue

PAINT_S = 0.35
"""For fades, the shadow of a popover, and what is painted one event later."""
NIGHT_FRAME = 30
THEMES = ((Theme.NORMAL, ""), (Theme.HIGH_CONTRAST, "-contrast"))


class Stage(Studio):
    """`night` and `fog` are the demo's clips, from `enter_demo` on."""

    def __init__(self, out: Path, home: Path, window: MainWindow | None = None) -> None:
        """Pictures go to `out`; what has to lie on a disk for them to `home`."""
        super().__init__(window)
        self.out, self.home = out, home
        self.name = ""
        self.seen: set[type[QWidget]] = set()
        """Classes that were on the pictures of this name."""
        self.cut: set[str] = set()
        """Words on them that have too little room."""
        self.night: Clip | None = None
        self.fog: Clip | None = None

    # ---- pictures -------------------------------------------------------------------------------------------------

    def shoot(self, widget: QWidget | None = None) -> None:
        """The widget, or the window, in both themes."""
        target = widget or self.window
        ratio = self.window.devicePixelRatioF()
        scale = f"@{ratio:g}x" if ratio != 1.0 else ""
        for theme, ending in THEMES:
            self.window.house.preferences.set(theme=theme)
            self.settle(PAINT_S)
            self.shot(target).save(str(self.out / f"{self.name}{scale}{ending}.png"))
            self.cut |= set(cut_off(target))
            self.seen |= {type(w) for w in (target, *target.findChildren(QWidget)) if w.isVisible()}
        self.window.house.preferences.set(theme=Theme.NORMAL)

    def pop_up(self, menu: QMenu | None) -> None:
        """A menu, as it opens."""
        if menu is None:
            raise ValueError("there is no menu here")
        menu.popup(self.window.mapToGlobal(self.window.rect().center()))
        self.shoot(menu)
        menu.close()

    def during(self, ask: Callable[[], object]) -> None:
        """What `ask` opens, whether it waits for it or not: a message box, a menu."""
        failed: list[Exception] = []
        is_over = False

        def look() -> None:
            nonlocal is_over
            box = QApplication.activeModalWidget() or QApplication.activePopupWidget()
            try:
                if box is None:
                    raise ValueError("nothing was opened")
                self.shoot(box)
            except ValueError as error:
                failed.append(error)
            if box is not None:
                box.close()
            is_over = True

        QTimer.singleShot(200, self.window, look)
        ask()
        self.until(lambda: is_over)
        if failed:
            raise failed[0]

    # ---- the room -------------------------------------------------------------------------------------------------

    def enter_demo(self, project: Path) -> None:
        self.night, self.fog = self.open(project)[:2]
        self.window.house.tour.stop()
        self.show_frame(self.night, NIGHT_FRAME)
        self.rest()
        self.tidy()

    def tidy(self) -> None:
        """As every picture finds it: the night, undivided attention, no dialog, no edit, no tool."""
        window = self.window
        for widget in QApplication.topLevelWidgets():
            if widget is not window and widget.isVisible():
                widget.close()
        for popover in window.findChildren(Popover):
            popover.hide()
        window.house.tour.stop()
        if window.queue.jobs:
            empty_queue(self)
        if window.actions_by_id["curves"].isChecked():
            window.actions_by_id["curves"].trigger()
        while window.bridge.session.can_undo:
            window.bridge.undo()
        window.status.show_message("")
        if self.night is None:
            return
        window.resize(1600, 1000)
        window.inspector.setFocus()
        self.settle(0.05)
        window.browser.tabs.set_current(Browser.LOOKS)
        window.scopes.show_all()
        window.workbench.set_workspace(TRANSLATE)
        window.workbench.set_mode(ViewMode.WIPE)
        window.inspector.tabs.set_current(Inspector.CONDITIONS)
        window.timeline.canvas.zoom_to_fit()
        self.show_frame(self.night, NIGHT_FRAME)

    def show_fog(self) -> None:
        assert self.fog is not None
        self.show_frame(self.fog, 64)

    def enter_scene(self) -> None:
        """The scene workspace, once the shot is followed."""
        desk = self.window.desk
        self.window.workbench.set_workspace(SCENE)
        self.until(lambda: desk.shot is not None and desk.shot.tracking is not None)
        self.await_picture()
