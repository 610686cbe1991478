"""Monitor: keeps the viewer, the timeline and the engine in step with the project and the playhead. Main thread.

It is the only listener of engine events that concern pictures; widgets below it only show what they are told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from app.look_names import looks_name
from app.playhead import Playhead
from app.preview_client import PreviewClient, View
from app.session_bridge import SessionBridge
from app.timeline.canvas import TimelineCanvas
from app.viewer.modes import LAYERS, ViewMode
from app.viewer.panel import ViewerPanel
from core.document.changes import Aspect, ChangeSet
from core.document.model import Clip, Look, Mask, Project
from core.ids import ClipId
from core.render.messages import (
    AnalysisProgress,
    CacheChanged,
    EngineFault,
    Event,
    Layer,
    Picture8,
    PreviewFailed,
    PreviewReady,
    SceneKnown,
)
from core.timebase import ZERO, Time, TimeRange, format_timecode
from core.words import tr, trn

SLOW_AFTER_MS = 600
"""A picture that takes longer than this says so; a faster one must not flash a notice."""
LATE_FROM_S = Fraction(1, 4)
"""A picture that lags less than this behind the sound passes for one in time."""
TRY_AFTER_MS = 300
"""How long the pointer rests on a look before it is shown."""


class Monitor(QObject):
    """Owns nothing but the questions. `clip_changed` follows the clip under the playhead or the selection."""

    job_changed = Signal(str, object, str)
    """(name, share done or None, detail) of what the engine is busy with for the viewer; an empty name when idle."""
    failure_changed = Signal(str)
    """The sentence of a picture that cannot be shown, or an empty string."""
    playback_changed = Signal(str, bool)
    """(text, whether frames are being dropped)."""

    def __init__(
        self,
        bridge: SessionBridge,
        playhead: Playhead,
        client: PreviewClient,
        viewer: ViewerPanel,
        canvas: TimelineCanvas,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._playhead, self._client = bridge, playhead, client
        self._viewer, self._canvas = viewer, canvas
        self._is_engine_ready = False
        self._wants_scene = False
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_AFTER_MS)
        self._slow.timeout.connect(self._on_slow)
        self._wished: Look | None = None
        self._trial: Look | None = None
        self._dress: Callable[[Project], Project] | None = None
        self._result_name = ""
        self._also: tuple[Layer, ...] = ()
        self._is_probed = False
        self._tried: ClipId | None = None
        """The clip that wears it; None is the one on screen."""
        self._try = QTimer(self)
        self._try.setSingleShot(True)
        self._try.setInterval(TRY_AFTER_MS)
        self._try.timeout.connect(self._on_try)
        bridge.changed.connect(self._on_changed)
        bridge.settled.connect(lambda: client.release("gesture"))
        playhead.moved.connect(self._on_moved)
        playhead.player.speed_changed.connect(self._on_speed)
        client.shown.connect(self._on_shown)
        client.failed.connect(self._on_failed)
        client.asked.connect(self._slow.start)
        viewer.view.painted.connect(self._on_painted)
        viewer.transport.quality_changed.connect(lambda _quality: self.refresh())
        canvas.seeked.connect(playhead.seek)
        canvas.scrub_changed.connect(self._on_scrub)
        viewer.transport.jog.seeked.connect(playhead.seek)
        viewer.transport.jog.scrub_changed.connect(self._on_scrub)

    # ---- what is wanted -------------------------------------------------------------------------------------------

    @property
    def clip(self) -> Clip | None:
        """The clip on screen."""
        return self._bridge.project.video_clip_at(self._playhead.time)

    def _on_changed(self, changes: ChangeSet, _initiator: object) -> None:
        if Aspect.PROJECT in changes.aspects:
            self._viewer.transport.suggest_quality(self._bridge.project.height)
        self._end_trial()  # an edit, or undo, is seen at once, though the pointer still rests on a look
        if self._bridge.in_gesture:
            self._client.hold("gesture")
        self.refresh()

    def _on_scrub(self, on: bool) -> None:  # noqa: FBT001 - a Qt slot
        self._viewer.view.is_moving = on
        if on:
            self._client.hold("scrub")
        else:
            self._client.release("scrub")

    def _on_moved(self, _time: Time) -> None:
        self.refresh()
        if self._playhead.player.is_playing:
            self._show_timecode()
            self._show_playback()

    def _on_speed(self, speed: int) -> None:
        if speed:
            self._end_trial()
        self._viewer.view.is_moving = speed != 0
        self._viewer.transport.set_speed(speed)
        self._show_timecode()
        self._client.set_playing(speed != 0)
        if not speed:
            self._say_playback("", is_dropping=False)

    def refresh(self) -> None:
        """Show this instant of this project, in the timeline and the transport at once, in the viewer when it comes."""
        project, time = self._bridge.project, self._playhead.time
        view, player = self._viewer.view, self._playhead.player
        self._canvas.set_playhead(time, follow=player.is_playing)
        self._viewer.transport.set_state(time, project.duration, project.export_range, project.rate)
        view.canvas_size = (project.width, project.height)
        clip = self.clip
        trial = self._with_trial(clip)
        self._viewer.set_title(clip.name if clip else "")
        looks = [each.look for each in (trial.clip(clip.id), *trial.adjustments_at(time))] if clip else []
        view.result_name = self._result_name or looks_name(looks, unnamed=tr("Result"))
        if clip is None:
            view.timecode = format_timecode(time.to_frame(project.rate), project.rate)
            view.show_message(tr("No clip at the playhead.") if project.duration > ZERO else "")
        elif not self._is_engine_ready and view.ready is None:
            view.show_message(tr("Starting the renderer…"))
        quality = self._viewer.transport.quality
        scene, light = self._wants_scene, self._is_probed
        self._client.set_view(View(trial, time, self._layers, quality, trial is not project, scene, light))

    def try_look(self, look: Look | None, clip: ClipId | None = None) -> None:
        """Show a clip, by default the one on screen, under another look, after a moment, without touching it; None goes back."""
        self._wished = look
        self._tried = clip
        if look is None:
            self._try.stop()
            self._on_try()
        else:
            self._try.start()

    def set_dress(self, dress: Callable[[Project], Project] | None, result_name: str = "") -> None:
        """Show another project in the place of the one that is worked on, under a name, until None takes it away."""
        self._dress, self._result_name = dress, result_name
        self.refresh()

    def _end_trial(self) -> None:
        self._try.stop()
        self._wished = self._trial = None

    def _on_try(self) -> None:
        if self._wished != self._trial:
            self._trial = self._wished
            self.refresh()

    def _with_trial(self, clip: Clip | None) -> Project:
        project = self._dress(self._bridge.project) if self._dress else self._bridge.project
        worn = next((c for c in project.clips() if c.id == self._tried), clip)
        return project if worn is None or self._trial is None else project.with_clip(replace(worn, look=self._trial))

    @property
    def _layers(self) -> tuple[Layer, ...]:
        shown = LAYERS[self._viewer.view.mode]
        probed = (Layer.SOURCE, Layer.RESULT) if self._is_probed else ()
        clip = self.clip
        living = (Layer.MATTE,) if clip and any(m.is_enabled and m.is_alive for m in clip.masks) else ()
        return tuple(dict.fromkeys((*shown, *self._also, *probed, *living)))

    def living_matte(self) -> tuple[Picture8, tuple[Mask, ...]] | None:
        """The matte on the screen where the picture has a say in it, and the masks that it is of."""
        ready, view = self._viewer.view.ready, self._client.shown_view
        picture = ready.picture(Layer.MATTE) if ready else None
        clip = view.project.video_clip_at(view.time) if view else None
        return None if picture is None or clip is None else (picture, clip.masks)

    def set_wants_scene(self, *, on: bool) -> None:
        """Whether somebody looks at the scene: then it is looked for without a look too."""
        if on != self._wants_scene:
            self._wants_scene = on
            self.refresh()

    def set_also(self, layers: tuple[Layer, ...]) -> None:
        """Layers that somebody beside the viewer looks at."""
        if layers != self._also:
            self._also = layers
            self.refresh()

    def set_probed(self, *, on: bool) -> None:
        """Whether source and result are read under the pointer, whatever is shown."""
        self._is_probed = on
        self.refresh()

    def set_mode(self, mode: ViewMode) -> None:
        self._viewer.view.set_mode(mode)
        self._viewer.show_mode()
        self.refresh()

    # ---- what comes back ------------------------------------------------------------------------------------------

    def on_engine_ready(self) -> None:
        self._is_engine_ready = True
        self.refresh()

    def on_event(self, event: Event) -> None:
        self._client.on_event(event)
        if isinstance(event, CacheChanged):
            self._client.set_ready(event.ready)
            self._canvas.set_cache(event.ready, event.working, self._queued())
            self._show_preview_progress(event)
        elif isinstance(event, EngineFault) and not self._is_engine_ready:
            self._viewer.view.show_message(event.message, is_error=True)
        elif isinstance(event, AnalysisProgress):
            progress = event.progress
            name = self._name_of(event.clip)
            self.job_changed.emit(
                tr("Analysing {name}", name=name),
                progress.fraction,
                tr("{done} of {total}", done=progress.done, total=progress.total),
            )
            if progress.done >= progress.total:
                self.job_changed.emit("", None, "")
            if self._viewer.view.ready is None:
                self._viewer.view.show_message(
                    tr("Analysing {name}, {fraction:.0%}", name=name, fraction=progress.fraction)
                )
        elif isinstance(event, SceneKnown) and event.tracking is not None:
            self._client.ask_again()  # from here on the preview is what an export would show

    def _queued(self) -> TimeRange | None:
        span = self._bridge.project.export_range
        return None if span.is_empty else span

    def _show_preview_progress(self, event: CacheChanged) -> None:
        """How much of the range is ready to be played; nothing once all of it is, or nothing is being made."""
        rate, span = self._bridge.project.rate, self._bridge.project.export_range
        total = len(span.frames(rate))
        done = sum(len(r.intersection(span).frames(rate)) for r in event.ready)
        if event.working is None or done >= total:
            self.job_changed.emit("", None, "")
        else:
            self.job_changed.emit(tr("Preview"), done / total, tr("{done} of {total}", done=done, total=total))

    def _name_of(self, clip_id: ClipId) -> str:
        return next((c.name for c in self._bridge.project.clips() if c.id == clip_id), tr("the shot"))

    def _on_shown(self, ready: PreviewReady) -> None:
        self._slow.stop()
        project = self._bridge.project
        self._viewer.view.show_pictures(ready)
        self._show_timecode()
        clip = project.video_clip_at(ready.time)
        if clip is not None and clip.id in self._canvas.state.failures:
            self._canvas.set_failure(clip.id, None)
            self.failure_changed.emit("")

    def _show_timecode(self) -> None:
        """The picture's own, which in playback may lag behind the transport's: it says by how much once that can be seen."""
        view, rate = self._viewer.view, self._bridge.project.rate
        if view.ready is None:
            return
        shown = view.ready.time.to_frame(rate)
        late = abs(self._playhead.time.to_frame(rate) - shown) if self._playhead.player.is_playing else 0
        text = format_timecode(shown, rate)
        if late > LATE_FROM_S * rate:
            text += "   " + trn("{count} frame late", "{count} frames late", late)
        view.timecode = text
        view.tell()

    def _on_failed(self, failed: PreviewFailed) -> None:
        self._slow.stop()
        self._viewer.view.show_message(failed.message, is_error=True)
        self.failure_changed.emit(failed.message)
        if failed.clip is not None:
            self._canvas.set_failure(failed.clip, failed.message)

    def _on_slow(self) -> None:
        """Only an empty viewer says that it waits; an older picture stays, with its own label."""
        view = self._viewer.view
        if view.ready is None and self.clip is not None and not view.is_error and self._is_engine_ready:
            view.show_message(tr("Rendering the first picture…"))

    def _on_painted(self, time: Time) -> None:
        player = self._playhead.player
        if player.is_playing:
            player.count.shown(time.to_frame(self._bridge.project.rate), monotonic())

    def _show_playback(self) -> None:
        """Painted in the last second, and what was due and never painted."""
        count, rate = self._playhead.player.count, float(self._bridge.project.rate)
        dropped = count.dropped
        text = tr(
            "{fps:.0f} of {rate:.4g} fps   {dropped} dropped", fps=count.fps(monotonic()), rate=rate, dropped=dropped
        )
        self._say_playback(text, is_dropping=dropped > 0)

    def _say_playback(self, text: str, *, is_dropping: bool) -> None:
        """In the picture's corner and in the status bar."""
        self._viewer.view.set_playback(text, is_dropping=is_dropping)
        self.playback_changed.emit(text, is_dropping)
