"""How long a scrub of 2160p footage takes, read from the source and from its proxy, in one run.

.venv/bin/python tests/bench/proxy_scrub.py
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import av  # noqa: E402
import cv2  # noqa: E402
import numpy as np  # noqa: E402

FRAMES, RATE, SCRUBS = 100, 25, 16


def a_film(path: Path) -> Path:
    """A pan over noise, a keyframe every two seconds, as cameras write them."""
    noise = np.random.default_rng(1).integers(0, 256, (270, 480, 3), np.uint8)
    big = cv2.resize(noise, (3840 + 4 * FRAMES, 2160), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "g": "50"})
        stream.width, stream.height, stream.pix_fmt = 3840, 2160, "yuv420p"
        for n in range(FRAMES):
            picture = np.ascontiguousarray(big[:, 4 * n : 4 * n + 3840])
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        out.mux(stream.encode(None))
    return path


def main() -> None:
    """Drafts of 540 lines at random places: what a person sees while they drag the playhead."""
    from app.bootstrap import build_services, proxy_shelf
    from core.cancel import CancelToken
    from core.condition import RAIN
    from core.document.commands import SetValue, clip_from
    from core.document.session import new_project
    from core.media.probe import probe
    from core.progress import ignore_progress
    from core.render.engine import Engine
    from core.render.messages import Event, PreviewReady, PreviewRequest, Quality, UseProxies
    from core.timebase import Time

    with tempfile.TemporaryDirectory() as home:
        os.environ["WEATHERVANE_HOME"] = home
        facts = probe(a_film(Path(home) / "uhd.mp4"))
        began = time.perf_counter()
        proxy = proxy_shelf().make(facts, ignore_progress, CancelToken())
        print(f"{'making the proxy':>24} {FRAMES / (time.perf_counter() - began):6.1f} frames a second")
        project = clip_from(new_project(), facts).apply(new_project()).project
        looked = SetValue(next(project.pictures()).id, RAIN, 0.6).apply(project).project
        for name, shown in (("as shot", project), ("with a look", looked)):
            for place in ("source", "proxy"):
                events: list[Event] = []
                engine = Engine(build_services("cpu"), events.append)
                if place == "proxy":
                    engine.post(UseProxies(((facts.id, str(proxy)),)))
                dice, spent = random.Random(3), []
                for serial in range(SCRUBS + 1):  # the first warms up, and finds the scene
                    events.clear()
                    at = Time(Fraction(dice.randrange(FRAMES), RATE))
                    start = time.perf_counter()
                    engine.post(PreviewRequest(serial, shown, at, 540, first=Quality.DRAFT, last=Quality.DRAFT))
                    while not any(isinstance(e, PreviewReady) and e.is_last for e in events):
                        engine.step()
                    spent.append((time.perf_counter() - start) * 1000.0)
                engine.close()
                middle, late = np.percentile(spent[1:], (50, 95))
                print(f"{name + ', ' + place:>24} {middle:6.0f} ms median {late:6.0f} ms p95")


if __name__ == "__main__":
    main()
