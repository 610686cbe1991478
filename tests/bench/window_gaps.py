"""A process of its own: a Qt event loop with a 16 ms timer beside `EngineHost`; prints the gaps as JSON."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PySide6.QtCore import QTimer  # noqa: E402 - the path comes first
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.engine_host import EngineHost  # noqa: E402
from app.gui import build_engine  # noqa: E402


def main(clip: Path, folder: Path, frames: int) -> int:
    application = QApplication([])
    host = EngineHost(build_engine)
    loading: list[float] = []
    exporting: list[float] = []
    state = {"now": loading, "last": time.perf_counter()}

    def tick() -> None:
        now = time.perf_counter()
        state["now"].append((now - state["last"]) * 1000.0)
        state["last"] = now

    def on_ready() -> None:
        from bench.measures import RAINY_NIGHT, export_request, project_of

        request = export_request(project_of(clip, *RAINY_NIGHT), folder / "window.mp4", 0, frames)
        state["now"], state["last"] = exporting, time.perf_counter()
        host.post(request)

    def on_event(event: object) -> None:
        from core.render.messages import EngineFault, ExportDone, ExportFailed

        if isinstance(event, ExportFailed | EngineFault):
            print(event.message, file=sys.stderr)
            application.exit(1)
        if isinstance(event, ExportDone):
            application.exit(0)

    timer = QTimer()
    timer.setInterval(16)
    timer.timeout.connect(tick)
    host.ready.connect(on_ready)
    host.happened.connect(on_event)
    timer.start()
    host.start()
    status = application.exec()
    host.close()
    from bench.measures import peak_gb

    exporting.sort()
    p95 = exporting[int(0.95 * (len(exporting) - 1))]
    gaps = {"p95_ms": p95, "worst_ms": exporting[-1], "loading_ms": max(loading)}
    print(json.dumps(gaps | {"peak_gb": peak_gb()}))
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
