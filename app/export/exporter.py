"""One export at a time, from the request to the last message. Main thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.ids import JobId
from core.progress import Progress
from core.render.messages import (
    CancelExport,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    Picture8,
    Request,
)
from core.words import msg, tr, trn


class Phase(Enum):
    """Words for the title; the same verb as on the button."""

    RUNNING = msg("Exporting")
    CANCELLING = msg("Cancelling")
    DONE = msg("Exported")
    CANCELLED = msg("Cancelled")
    FAILED = msg("Stopped")


@dataclass(frozen=True, slots=True)
class ExportState:
    """What is known of the export last asked for."""

    request: ExportRequest
    phase: Phase = Phase.RUNNING
    progress: Progress | None = None
    picture: Picture8 | None = None
    message: str = ""

    @property
    def name(self) -> str:
        return Path(self.request.settings.out).name

    @property
    def is_running(self) -> bool:
        return self.phase in (Phase.RUNNING, Phase.CANCELLING)


class Exporter(QObject):
    """Posts requests and follows their events; the popover and the status bar show `state`."""

    changed = Signal()
    """`state` is new."""
    finished = Signal(str)
    """One sentence for the status bar when an export is done, cancelled or stopped."""

    def __init__(self, post: Callable[[Request], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post = post
        self.state: ExportState | None = None

    @property
    def is_running(self) -> bool:
        return self.state is not None and self.state.is_running

    def start(self, request: ExportRequest) -> None:
        """The dialog gives no request while another export runs."""
        if self.is_running:
            raise RuntimeError("an export is already running")
        self._show(ExportState(request))
        self._post(request)

    def cancel(self) -> None:
        """Stop between two frames; the word comes when the engine has stopped."""
        if self.state is not None and self.state.phase is Phase.RUNNING:
            self._post(CancelExport(self.state.request.job))
            self._show(_with(self.state, phase=Phase.CANCELLING))

    def on_event(self, event: Event) -> None:
        """Feed every engine event; others, and those of other jobs, are ignored."""
        state = self.state
        if state is None or not state.is_running or _job_of(event) != state.request.job:
            return
        match event:
            case ExportProgress(progress=progress, picture=picture):
                self._show(_with(state, progress=progress, picture=picture or state.picture))
            case ExportDone(out=out, frames=frames):
                self._end(
                    state,
                    Phase.DONE,
                    trn(
                        "Exported {count} frame to {name}.",
                        "Exported {count} frames to {name}.",
                        frames,
                        name=Path(out).name,
                    ),
                )
            case ExportFailed(message=message, is_cancelled=is_cancelled):
                phase = Phase.CANCELLED if is_cancelled else Phase.FAILED
                self._end(state, phase, tr("Export of {name} cancelled.", name=state.name) if is_cancelled else message)
            case _:
                pass

    def _end(self, state: ExportState, phase: Phase, message: str) -> None:
        self._show(_with(state, phase=phase, message=message))
        self.finished.emit(message)

    def _show(self, state: ExportState) -> None:
        self.state = state
        self.changed.emit()


def _job_of(event: Event) -> JobId | None:
    return event.job if isinstance(event, (ExportProgress, ExportDone, ExportFailed)) else None


def _with(
    state: ExportState,
    *,
    phase: Phase | None = None,
    progress: Progress | None = None,
    picture: Picture8 | None = None,
    message: str = "",
) -> ExportState:
    """What is given replaces what was."""
    return ExportState(
        state.request,
        phase or state.phase,
        progress or state.progress,
        picture or state.picture,
        message or state.message,
    )
