"""PreviewClient: turns a changed project, a moved playhead and a busy hand into few and current requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.throttle import Throttle
from core.document.model import Project
from core.render.messages import (
    Event,
    Layer,
    PrefetchRequest,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    Quality,
    Request,
)
from core.timebase import ZERO, Time, TimeRange

SCRUB_INTERVAL_MS: Final = 15
"""Short enough for 60 frames a second; the engine drops what it cannot begin."""
REFINE_AFTER_MS: Final = 150
PREFETCH_AFTER_MS: Final = 400
SCRUB_BUDGET_MS: Final = 60.0
"""A hand that drags feels a slower picture than this as lag."""
TOO_SLOW_TO_PLAY_MS: Final = 200.0
"""When even a draft takes this long, playback shows the source until the result is in the cache."""
CACHED_BELOW_MS: Final = 5.0
"""A faster answer came from the cache and says nothing about the cost of rendering."""


@dataclass(frozen=True, slots=True)
class View:
    """What is asked for: comparable, so that asking twice for the same is seen and skipped."""

    project: Project
    time: Time
    layers: tuple[Layer, ...]
    quality: Quality
    """The best quality wanted when nothing moves."""
    is_trial: bool = False
    """A look under the pointer, not yet applied: shown, but nothing is made ahead for it."""
    wants_scene: bool = False
    """Whether the scene of the shot is looked at, though no look may need it."""
    wants_light: bool = False
    """Whether the light of the picture is read, once nothing moves."""


class PreviewClient(QObject):
    """Main thread. While a hand is on something (`hold`), or it plays, one picture is asked for at a time, throttled, as good
    as can come in time and a draft until that is known; when it lets go the picture refines. Late answers are dropped
    by serial: while something moves an older picture is better than none, as long as pictures never go backwards; when
    still, only the answer to the last question counts."""

    shown = Signal(object)
    """A `PreviewReady` that belongs on the screen."""
    failed = Signal(object)
    """A `PreviewFailed` for the instant on the screen."""
    asked = Signal()
    """A new question is under way."""

    def __init__(self, post: Callable[[Request], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post = post
        self._view: View | None = None
        self._sent: tuple[View, Quality, Quality] | None = None
        self._serial = 0
        self._shown_serial = 0
        self._asked: dict[int, View] = {}
        """What each question was about, from the one on the screen on."""
        self._cost_ms: dict[Quality, float] = {}
        self._holds: set[str] = set()
        self._is_playing = False
        self._ready: tuple[TimeRange, ...] = ()
        self._throttle = Throttle(self._ask, SCRUB_INTERVAL_MS, self)
        self._refine = self._single_shot(REFINE_AFTER_MS, self._throttle.call)
        self._prefetch = self._single_shot(PREFETCH_AFTER_MS, self._ask_prefetch)

    def _single_shot(self, after_ms: int, run: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(after_ms)
        timer.timeout.connect(run)
        return timer

    # ---- what is wanted -------------------------------------------------------------------------------------------

    @property
    def view(self) -> View | None:
        """What is wanted on the screen."""
        return self._view

    @property
    def shown_view(self) -> View | None:
        """What the picture on the screen is of: while something moves, a little less than what is wanted."""
        return self._asked.get(self._shown_serial)

    def set_view(self, view: View) -> None:
        """Show this; asking for what is already shown or under way costs nothing."""
        if view == self._view:
            return
        moved_only = self._view is not None and replace(view, time=self._view.time) == self._view
        self._view = view
        self._throttle.call()
        if not view.is_trial and not (moved_only and self._is_playing):
            self._prefetch.start()

    def hold(self, reason: str) -> None:
        """A hand is on something: quick pictures only until every reason is released."""
        self._holds.add(reason)
        self._refine.stop()

    def release(self, reason: str) -> None:
        """The full pass starts shortly after the last hand lets go."""
        self._holds.discard(reason)
        if not self._holds and self._view is not None:
            self._refine.start()

    def set_playing(self, playing: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._is_playing = playing
        if self._view is not None:
            self._ask_prefetch()
            if not playing:
                self._refine.start()

    def set_ready(self, ready: tuple[TimeRange, ...]) -> None:
        """Which spans the engine holds finished, so that playback asks for no more than can come in time."""
        self._ready = ready

    def ask_again(self) -> None:
        """After a failure, or when a new engine stands."""
        self._sent = None
        self._throttle.call()

    @property
    def is_moving(self) -> bool:
        return bool(self._holds) or self._is_playing

    # ---- questions ------------------------------------------------------------------------------------------------

    def _span(self, view: View) -> tuple[Quality, Quality]:
        """Qualities from the first to the last wanted."""
        if self._is_playing:
            frame_ms = 1000.0 / float(view.project.rate)
            best = view.quality if self._is_ready(view.time) else self._best_within(frame_ms, view.quality)
            return best, best
        if self._holds:
            best = self._best_within(SCRUB_BUDGET_MS, view.quality)
            return best, best
        return Quality.DRAFT, view.quality

    def _best_within(self, budget_ms: float, wanted: Quality) -> Quality:
        """The best quality, not above `wanted`, that has lately been rendered in time."""
        order = tuple(Quality)
        for quality in reversed(order[: order.index(wanted) + 1]):
            if self._cost_ms.get(quality, budget_ms + 1.0) <= budget_ms:
                return quality
        return Quality.DRAFT

    def _is_ready(self, time: Time) -> bool:
        return any(r.contains(time) for r in self._ready)

    def _is_too_slow(self, view: View) -> bool:
        """No quality can be made in time; a draft is never slower than a better picture."""
        is_slow = min(self._cost_ms.values(), default=0.0) > TOO_SLOW_TO_PLAY_MS
        return self._is_playing and is_slow and not self._is_ready(view.time)

    def _learn(self, ready: PreviewReady) -> None:
        """Down at once, up slowly: a first picture that paid for an analysis or a warm-up says little of the next."""
        if ready.render_ms > CACHED_BELOW_MS and ready.picture(Layer.RESULT) is not None:
            before = self._cost_ms.get(ready.quality, ready.render_ms)
            self._cost_ms[ready.quality] = min(ready.render_ms, before + 0.3 * (ready.render_ms - before))

    def _ask(self) -> None:
        view = self._view
        if view is None or view.project.video_clip_at(view.time) is None:
            return
        view = replace(view, wants_light=view.wants_light and not self.is_moving)
        first, last = self._span(view)
        if self._sent == (view, first, last):
            return
        self._sent = (view, first, last)
        self._serial += 1
        self._asked[self._serial] = view
        layers = (Layer.SOURCE,) if self._is_too_slow(view) else view.layers
        height, scene, light = view.project.height, view.wants_scene, view.wants_light
        self._post(PreviewRequest(self._serial, view.project, view.time, height, layers, first, last, scene, light))
        self.asked.emit()

    def _ask_prefetch(self) -> None:
        view = self._view
        if view is None or view.is_trial or view.project.duration == ZERO:
            return
        span = view.project.export_range
        self._post(PrefetchRequest(view.project, view.time, span, view.project.height, view.quality))

    # ---- answers --------------------------------------------------------------------------------------------------

    def on_event(self, event: Event) -> None:
        if isinstance(event, PreviewReady):
            self._learn(event)
            if self._belongs(event.serial):
                self._take(event.serial)
                self.shown.emit(event)
        elif isinstance(event, PreviewFailed) and self._belongs(event.serial):
            self._take(event.serial)
            self.failed.emit(event)

    def _take(self, serial: int) -> None:
        self._shown_serial = serial
        self._asked = {asked: view for asked, view in self._asked.items() if asked >= serial}

    def _belongs(self, serial: int) -> bool:
        return serial >= self._shown_serial if self.is_moving else serial == self._serial
