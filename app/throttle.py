"""A leading-and-trailing throttle: the first call at once, then at most one per interval, and always the last."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """Main thread. Scrubbing needs both edges: an answer at once, and the picture where the hand stopped."""

    def __init__(self, run: Callable[[], None], interval_ms: int, parent: QObject) -> None:
        super().__init__(parent)
        self._run = run
        self._is_pending = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    def call(self) -> None:
        if self._timer.isActive():
            self._is_pending = True
        else:
            self._timer.start()
            self._run()

    def flush(self) -> None:
        """Run now what is pending."""
        if self._is_pending:
            self._is_pending = False
            self._run()

    def cancel(self) -> None:
        self._is_pending = False
        self._timer.stop()

    def _on_timeout(self) -> None:
        if self._is_pending:
            self._is_pending = False
            self._timer.start()
            self._run()
