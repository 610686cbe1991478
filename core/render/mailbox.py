"""What the engine was asked and has not begun: the only thing that two threads touch.

Latest wins for previews and prefetch; stills are in order, a newer tag replacing its older self; exports are in order.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping

from core.cancel import Cancelled, CancelToken
from core.ids import JobId, MediaId
from core.render.messages import (
    CancelExport,
    ExportRequest,
    GrabRequest,
    HoldExports,
    MatteRequest,
    PrefetchRequest,
    PreviewRequest,
    ProbeRequest,
    ReloadModels,
    Request,
    StillRequest,
    UseProxies,
)

AnyStill = StillRequest | GrabRequest | MatteRequest


class Mailbox:
    """`post` and `close` from any thread; the rest on the engine thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # Under the lock:
        self._preview: PreviewRequest | None = None
        self._probe: ProbeRequest | None = None
        self._stills: dict[str, AnyStill] = {}
        self._exports: deque[ExportRequest] = deque()
        self._tokens: dict[JobId, CancelToken] = {}
        self._prefetch: PrefetchRequest | None = None
        self._models_changed = False
        self._proxies: Mapping[MediaId, str] = {}
        self._is_held = self._has_news = False
        self._is_closed = False

    def post(self, request: Request) -> None:
        """Ignored once closed."""
        with self._changed:
            if self._is_closed:
                return
            match request:
                case PreviewRequest():
                    self._preview = request
                case ProbeRequest():
                    self._probe = request
                case StillRequest() | GrabRequest() | MatteRequest():
                    self._stills.pop(request.tag, None)
                    self._stills[request.tag] = request
                case PrefetchRequest():
                    self._prefetch = request
                case ExportRequest():
                    self._tokens[request.job] = CancelToken()
                    self._exports.append(request)
                case CancelExport():
                    if (token := self._tokens.get(request.job)) is not None:
                        token.cancel()
                        self._has_news = True
                case HoldExports(is_held=is_held):
                    self._is_held, self._has_news = is_held, True
                case ReloadModels():
                    self._models_changed = True
                case UseProxies():
                    self._proxies = dict(request.paths)
            self._changed.notify_all()

    def close(self) -> None:
        """Wake the engine, forget what is pending and stop every export at its next boundary."""
        with self._changed:
            self._is_closed = True
            self._preview = self._prefetch = self._probe = None
            self._stills.clear()
            self._exports.clear()
            for token in self._tokens.values():
                token.cancel()
            self._changed.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Until something is pending, the mailbox is closed, or the time is up."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_closed or self._models_changed or self._has_news or self._has_pending(), timeout_s
            )
            self._has_news = False

    def newer_preview(self) -> PreviewRequest | None:
        """The preview that waits, left where it is."""
        with self._changed:
            return self._preview

    def take_models_changed(self) -> bool:
        """Once for any number of changes."""
        with self._changed:
            taken, self._models_changed = self._models_changed, False
            return taken

    @property
    def is_held(self) -> bool:
        """Whether exports are to lie."""
        with self._changed:
            return self._is_held

    def is_cancelled(self, job: JobId) -> bool:
        """Whether somebody gave an export up that has not ended yet."""
        with self._changed:
            token = self._tokens.get(job)
            return token is not None and token.is_cancelled

    @property
    def proxies(self) -> Mapping[MediaId, str]:
        """The proxies that drafts are read from, by medium. Replaced whole, never changed."""
        with self._changed:
            return self._proxies

    def take_preview(self) -> PreviewRequest | None:
        with self._changed:
            taken, self._preview = self._preview, None
            return taken

    def take_probe(self) -> ProbeRequest | None:
        with self._changed:
            taken, self._probe = self._probe, None
            return taken

    def take_still(self) -> AnyStill | None:
        with self._changed:
            return self._stills.pop(next(iter(self._stills))) if self._stills else None

    def return_still(self, request: AnyStill) -> None:
        """It was not finished: it comes next again, unless a newer one of its tag waits."""
        with self._changed:
            if not self._is_closed and request.tag not in self._stills:
                self._stills = {request.tag: request, **self._stills}

    def take_export(self) -> tuple[ExportRequest, CancelToken] | None:
        """The next export and its token, which may already be set. None while exports are held, but for one given up."""
        with self._changed:
            if not self._exports or (self._is_held and not self._tokens[self._exports[0].job].is_cancelled):
                return None
            request = self._exports.popleft()
            return request, self._tokens[request.job]

    def finish_export(self, job: JobId) -> None:
        with self._changed:
            self._tokens.pop(job, None)

    def take_prefetch(self) -> PrefetchRequest | None:
        with self._changed:
            taken, self._prefetch = self._prefetch, None
            return taken

    @property
    def has_pending(self) -> bool:
        """Whether anything was asked for and not begun. Any thread."""
        with self._changed:
            return self._has_pending()

    def _has_pending(self) -> bool:
        waits = self._exports and not self._is_held
        return bool(self._preview or self._probe or self._stills or waits or self._prefetch)


class WantedToken(CancelToken):
    """Set as soon as a newer preview waits that does not want what is being made. Checked on the engine thread."""

    __slots__ = ("_answers", "_is_wanted_by", "_mailbox", "_stopping")

    def __init__(self, stopping: CancelToken, is_wanted_by: Callable[[PreviewRequest], bool], mailbox: Mailbox) -> None:
        super().__init__()
        self._stopping = stopping
        self._is_wanted_by = is_wanted_by
        self._mailbox = mailbox
        self._answers: tuple[PreviewRequest, bool] | None = None

    @property
    def is_cancelled(self) -> bool:
        if self._stopping.is_cancelled:
            return True
        newer = self._mailbox.newer_preview()
        if newer is None:
            return False
        if self._answers is None or self._answers[0] is not newer:
            self._answers = newer, self._is_wanted_by(newer)
        return not self._answers[1]

    def check(self) -> None:
        if self.is_cancelled:
            raise Cancelled
