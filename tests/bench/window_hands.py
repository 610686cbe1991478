"""A process of its own: the real window under a hand that scrubs, drags a dial, paints and edits; prints JSON.

Every gap is between two ticks of a 16 ms timer on the window's thread while the engine renders behind it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "app")]

from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer  # noqa: E402 - the path comes first
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

_LEFT = Qt.MouseButton.LeftButton
PAUSE_MS = 12
"""Between two events of a hand: a mouse tells of itself about this often."""
TIMEOUT_S = 60.0


class Clock:
    """Gaps of a 16 ms timer, by what the hand does."""

    def __init__(self) -> None:
        self._gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer()
        self._timer.setInterval(16)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000.0)
        self._last = now

    @contextmanager
    def watching(self) -> Iterator[list[float]]:
        """The gaps of what happens inside."""
        self._gaps, self._last = [], time.perf_counter()
        gaps = self._gaps
        yield gaps
        self._gaps = []


def main(clip: Path, count: int) -> int:
    from app.gui import build_engine
    from app.main_window import MainWindow
    from app.theme.style import apply_theme
    from core.document.session import Session

    application = QApplication([])
    apply_theme(application)
    window = MainWindow(Session(), build_engine)
    window.show()
    window.begin(str(clip))
    found = Hands(window).measured(count)
    print(json.dumps({name: round(value, 2) for name, value in found.items()}), flush=True)
    window.engine.close()
    return 0


class Hands:
    def __init__(self, window: object) -> None:
        from app.main_window import MainWindow

        assert isinstance(window, MainWindow)
        self.window, self.view, self.clock = window, window.viewer.view, Clock()

    def measured(self, count: int) -> dict[str, float]:
        from core.document.commands import SetValue
        from core.timebase import Time

        window = self.window
        self._until(lambda: any(True for _ in window.bridge.project.clips()))
        clip = next(window.bridge.project.pictures())
        window.bridge.do(SetValue(clip.id, "practicals", 0.6, None))
        window.bridge.do(SetValue(clip.id, "haze", 0.3, None))
        self._until(self._stands)
        rate, last = window.bridge.project.rate, window.bridge.project.duration.to_frame(window.bridge.project.rate) - 1
        found: dict[str, float] = {}

        frames = [(37 * n) % last for n in range(1, count + 1)]
        waits = []
        with self.clock.watching() as gaps:
            for frame in frames:
                began = time.perf_counter()
                window.playhead.seek(Time.from_frame(frame, rate))
                at = window.playhead.time
                self._until(lambda at=at: self.view.ready is not None and self.view.ready.time == at)
                waits.append((time.perf_counter() - began) * 1000.0)
        found["scrub_p95_ms"], found["scrub_gap_ms"] = _p95(waits), max(gaps)

        waits = []
        with self.clock.watching() as gaps:
            window.bridge.begin_gesture("Set haze")
            for step in range(count):
                before = self.view.ready
                began = time.perf_counter()
                window.bridge.do(SetValue(clip.id, "haze", 0.3 + 0.5 * step / count, None))
                self._until(lambda before=before: self.view.ready is not before)
                waits.append((time.perf_counter() - began) * 1000.0)
            window.bridge.commit_gesture()
        found["dial_ms"], found["dial_gap_ms"] = median(waits), max(gaps)

        window.actions_by_id["brush"].trigger()
        waits = []
        with self.clock.watching() as gaps:
            rect = self.view.picture_rect
            spot = QPointF(rect.left() + 0.2 * rect.width(), rect.center().y())
            QTest.mousePress(self.view, _LEFT, pos=spot.toPoint())
            for _ in range(3 * count):
                spot += QPointF(0.5 * rect.width() / (3 * count), 0.4)
                began = time.perf_counter()
                QTest.mouseMove(self.view, spot.toPoint())
                QApplication.processEvents()
                self.view.repaint()
                waits.append((time.perf_counter() - began) * 1000.0)
                QTest.qWait(PAUSE_MS)
            QTest.mouseRelease(self.view, _LEFT, pos=spot.toPoint())
        found["stroke_ms"], found["stroke_gap_ms"] = _p95(waits), max(gaps)
        return found | self._timeline()

    def _timeline(self) -> dict[str, float]:
        """Repaints and edits of a timeline of 2,000 clips, milliseconds."""
        from builders import a_media, a_project

        from app.session_bridge import SessionBridge
        from app.timeline.canvas import TimelineCanvas
        from core.document.commands import MoveClip, RippleTrimOut
        from core.document.session import Session
        from core.timebase import Time

        bridge = SessionBridge(Session(a_project(clips=2000, media=a_media(frames=48))))
        canvas = TimelineCanvas(bridge, lambda *_: None, lambda _: None)
        canvas.resize(1500, 300)
        canvas.show()
        canvas.zoom_to_fit()
        rate, clips = bridge.project.rate, bridge.project.tracks[0].clips
        found = {"timeline_fit_ms": _mean(lambda _: (canvas.redraw(), canvas.grab()))}
        canvas.zoom_by(200.0)
        found["timeline_ms"] = _mean(lambda _: (canvas.redraw(), canvas.grab()))
        end = clips[-1].span.end.to_frame(rate)
        found["move_ms"] = _mean(lambda n: bridge.do(MoveClip(clips[-1].id, Time.from_frame(end + n, rate))))
        out = clips[3].span.end
        found["ripple_ms"] = _mean(lambda n: bridge.do(RippleTrimOut(clips[3].id, out - Time.from_frame(1 + n, rate))))
        canvas.close()
        return found

    def _stands(self) -> bool:
        ready = self.view.ready
        return ready is not None and ready.quality is self.window.viewer.transport.quality

    def _until(self, condition: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not condition():
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)  # the timer wakes it
            if time.monotonic() - began > TIMEOUT_S:
                raise TimeoutError("the window did not get there")


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def _mean(do: Callable[[int], object], times: int = 12) -> float:
    do(0)
    began = time.perf_counter()
    for number in range(1, times + 1):
        do(number)
    return (time.perf_counter() - began) * 1000.0 / times


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["WEATHERVANE_HOME"] = home
        status = main(Path(sys.argv[1]), int(sys.argv[2]))
    os._exit(status)
