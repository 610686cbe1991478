"""Proxies in the window: which media have one, which is being made, and what the engine is told. Main thread."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from app.background import Background
from app.bin.rows import Work
from app.session_bridge import SessionBridge
from core.cancel import CancelToken
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.media.proxy import ProxyPolicy, ProxyShelf, wants_proxy
from core.places import config_dir
from core.progress import Progress, ProgressSink
from core.render.messages import Request, UseProxies
from core.words import tr

_NICE: Final = 15
"""How far the maker steps back for everything else, where a thread can be told so (POSIX)."""


class _Stored(msgspec.Struct):
    policy: ProxyPolicy = ProxyPolicy.AUTO


class ProxyDesk(QObject):
    """Makes one proxy after the other on a thread of low priority. `set_policy` is what a preference binds to."""

    changed = Signal()
    """`work` or `ready` is new."""
    told = Signal(str)
    """One sentence for the status bar."""

    def __init__(
        self,
        bridge: SessionBridge,
        shelf: ProxyShelf,
        post: Callable[[Request], None],
        is_missing: Callable[[MediaId], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._shelf, self._post, self._is_missing = bridge, shelf, post, is_missing
        self.policy = _load()
        self.ready: dict[MediaId, str] = {}
        """Paths of the proxies in use."""
        self.work: dict[MediaId, Work] = {}
        """What the bin says of media that have a proxy, are getting one or wait for it."""
        self._sent: dict[MediaId, str] = {}
        self._failed: set[MediaId] = set()
        self._making: MediaFacts | None = None
        self._fraction = 0.0
        self._maker: Background | None = None
        self._is_stopped = False
        self._seen: tuple[MediaFacts, ...] = ()
        bridge.changed.connect(lambda *_: self._on_project())
        self._on_project()

    # ---- what a person says ---------------------------------------------------------------------------------------

    def set_policy(self, policy: ProxyPolicy) -> None:
        """From now on, and the next time too."""
        self.policy = policy
        _store(policy)
        self._failed.clear()
        self._is_stopped = False
        self._stop_unwanted()
        self.refresh()

    def stop(self) -> None:
        """Give up what is being made, and make no more until the policy is set anew."""
        self._is_stopped = True
        if self._maker is not None:
            self._maker.cancel()
        self.refresh()

    @property
    def is_making(self) -> bool:
        return self._making is not None

    def close(self) -> None:
        """Cancel, and wait for the next frame boundary."""
        self._is_stopped = True
        if self._maker is not None:
            self._maker.close()

    # ---- what is wanted -------------------------------------------------------------------------------------------

    def _on_project(self) -> None:
        media = self._bridge.project.media
        if media != self._seen:
            self._seen = media
            self._stop_unwanted()
            self.refresh()

    def _stop_unwanted(self) -> None:
        if self._making is not None and self._maker is not None and self._making not in self._wanted():
            self._maker.cancel()

    def _wanted(self) -> tuple[MediaFacts, ...]:
        return tuple(m for m in self._bridge.project.media if wants_proxy(m, self.policy))

    def refresh(self) -> None:
        """See which proxies are there, tell the engine, and make the next."""
        wanted = self._wanted()
        self.ready = {m.id: str(place) for m in wanted if (place := self._shelf.find(m)) is not None}
        if self.ready != self._sent:
            self._sent = dict(self.ready)
            self._post(UseProxies(tuple(self.ready.items())))
        beyond = {*self.ready, *self._failed}
        waiting = [m for m in wanted if m.id not in beyond and not self._is_missing(m.id)]
        if waiting and self._maker is None and not self._is_stopped:
            self._make(waiting[0])
        self._show(waiting)

    def _show(self, waiting: list[MediaFacts]) -> None:
        work = {id_: Work("proxy") for id_ in self.ready}
        if not self._is_stopped:
            work |= {m.id: Work(tr("proxy waits")) for m in waiting}
        if self._making is not None:
            work[self._making.id] = Work(tr("proxy {percent} %", percent=round(self._fraction * 100)), self._fraction)
        if work != self.work:
            self.work = work
            self.changed.emit()

    # ---- making ---------------------------------------------------------------------------------------------------

    def _make(self, facts: MediaFacts) -> None:
        self._making, self._fraction = facts, 0.0
        self._maker = Background(partial(_made, self._shelf, facts), self)
        self._maker.progressed.connect(self._on_progress)
        self._maker.failed.connect(self._on_failed)
        self._maker.finished.connect(self._on_finished)
        self._maker.start(QThread.Priority.LowestPriority)

    def _on_progress(self, progress: Progress) -> None:
        if self._making is not None and int(progress.fraction * 100) != int(self._fraction * 100):
            self._fraction = progress.fraction
            self.work = {
                **self.work,
                self._making.id: Work(tr("proxy {percent} %", percent=int(self._fraction * 100)), self._fraction),
            }
            self.changed.emit()

    def _on_failed(self, message: str) -> None:
        if self._making is not None:
            self._failed.add(self._making.id)
        self.told.emit(message)

    def _on_finished(self) -> None:
        maker, self._maker, self._making = self._maker, None, None
        if maker is not None:
            maker.deleteLater()
        self.refresh()


def _made(shelf: ProxyShelf, facts: MediaFacts, report: ProgressSink, cancel: CancelToken) -> Path:
    """Its own thread: POSIX lets a thread step back, Qt's priority says it elsewhere."""
    if hasattr(os, "setpriority"):
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    return shelf.make(facts, report, cancel)


def _place() -> Path:
    return config_dir() / "proxies.json"


def _load() -> ProxyPolicy:
    """As it was set last; what cannot be read is as if it had never been set."""
    try:
        return msgspec.json.decode(_place().read_bytes(), type=_Stored).policy
    except (OSError, msgspec.DecodeError):
        return ProxyPolicy.AUTO


def _store(policy: ProxyPolicy) -> None:
    with contextlib.suppress(OSError):
        _place().write_bytes(msgspec.json.encode(_Stored(policy)))
