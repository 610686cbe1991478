"""Comparison: a still, or one look with another, on the two sides of the viewer; the project is never touched. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.monitor import Monitor
from app.panels.context import PanelContext
from app.viewer.images import HeldImage, held
from app.viewer.modes import ViewMode
from app.viewer.panel import ViewerPanel
from app.viewer.reference import SIDES, Reference
from app.viewer.view import ViewerView
from app.workbench import Workbench
from core.document.changes import Aspect, ChangeSet
from core.document.model import Project
from core.document.recipe import Recipe, dressed
from core.ids import ClipId
from core.render.messages import Event, Request, StillReady, StillRequest
from core.timebase import ZERO, format_timecode

_TAG: Final = "compare:"
_SETTLE_MS: Final = 60
"""How long the playhead rests before the other side follows it."""


@dataclass(frozen=True, slots=True)
class _Looks:
    """`left` is drawn beside the picture; `right` is worn by the picture itself, None for the look as it is."""

    clip: ClipId
    left: Recipe
    left_name: str
    right: Recipe | None


class Comparison(QObject):
    """One at a time. A still stays while the clip is edited: that is how a look is matched to it; two looks do not."""

    changed = Signal()

    def __init__(
        self,
        viewer: ViewerPanel,
        workbench: Workbench,
        monitor: Monitor,
        context: PanelContext,
        post: Callable[[Request], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._workbench, self._monitor = viewer, workbench, monitor
        self._context, self._post = context, post
        self._still = ""
        self._looks: _Looks | None = None
        self._shown = ZERO
        """The instant of the frame under the left look."""
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        viewer.view.escaped.connect(self.end)
        context.playhead_moved.connect(self._follow)
        viewer.transport.quality_changed.connect(self._follow)
        context.bridge.changed.connect(self._on_edit)

    @property
    def view(self) -> ViewerView:
        """Where it is seen."""
        return self._viewer.view

    @property
    def still(self) -> str:
        """The still on the screen, or an empty string."""
        return self._still

    @property
    def is_on(self) -> bool:
        return bool(self._still) or self._looks is not None

    def show_still(self, id_: str, name: str, picture: HeldImage) -> None:
        """Beside the clip, in a view that has two sides."""
        self._leave_looks()
        self._still = id_
        self._stand(Reference(picture, name))

    def show_looks(self, left: Recipe, left_name: str, right: Recipe | None, right_name: str) -> None:
        """Two looks on the clip of the panels, at the playhead wherever it goes."""
        clip = self._context.clip
        if clip is None:
            return
        self.end()
        self._looks = _Looks(clip.id, left, left_name, right)
        dress = None if right is None else lambda project: dressed(project, clip.id, right)
        self._monitor.set_dress(dress, right_name)
        self._ask()

    def preview(self, dress: Callable[[Project], Project] | None, name: str = "") -> None:
        """Show what an edit would come to, under a name; None shows the project again."""
        self.end()
        self._monitor.set_dress(dress, name)

    def end(self) -> None:
        """Source and result again."""
        if not self.is_on:
            return
        self._still = ""
        self._leave_looks()
        self._viewer.set_reference(None)
        self.changed.emit()

    def _leave_looks(self) -> None:
        if self._looks is not None:
            self._looks = None
            self._monitor.set_dress(None)

    def _stand(self, reference: Reference) -> None:
        self._viewer.set_reference(reference)
        if self._viewer.view.mode not in SIDES:
            self._workbench.set_mode(ViewMode.WIPE)
        self.changed.emit()

    # ---- the other look -------------------------------------------------------------------------------------------

    def _follow(self, *_: object) -> None:
        """While the playhead is elsewhere the frame beside it says which it is."""
        reference = self._viewer.view.pictures.reference
        if self._looks is None or reference is None:
            return
        self._settle.start()
        if reference.name == self._looks.left_name:
            rate = self._context.project.rate
            shown = format_timecode(self._shown.to_frame(rate), rate)
            self._viewer.set_reference(replace(reference, name=f"{self._looks.left_name}   {shown}"))

    def _ask(self) -> None:
        if self._looks is None:
            return
        project = dressed(self._context.project, self._looks.clip, self._looks.left)
        height = round(project.height * self._viewer.transport.quality.scale)
        self._post(StillRequest(f"{_TAG}left", project, self._context.playhead, height))

    def _on_edit(self, changes: ChangeSet, _initiator: object) -> None:
        """Where both looks are kept ones an edit would not be seen; where the clip is gone there is nothing to see."""
        looks = self._looks
        if looks is None:
            return
        is_gone = all(clip.id != looks.clip for clip in self._context.project.clips())
        is_unseen = looks.right is not None and changes.aspects & (Aspect.CONDITION | Aspect.MASK | Aspect.TIMELINE)
        if is_gone or is_unseen:
            self.end()

    def on_event(self, event: Event) -> None:
        """Feed every engine event."""
        if isinstance(event, StillReady) and event.tag == f"{_TAG}left" and self._looks is not None:
            self._shown = event.time
            self._stand(Reference(held(event.picture), self._looks.left_name))
