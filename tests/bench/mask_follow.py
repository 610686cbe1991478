"""How fast a mask follows a film, beside OpenCV's own optical flow on the same pictures, and what memory it takes on the way.

.venv/bin/python tests/bench/mask_follow.py [FILM] [FRAMES]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from core.threads import wait_without_spinning  # noqa: E402 - the path comes first

FIRST = 24
"""Links after which memory is read for the first time."""


def main() -> None:
    """A disc in the middle of the first frame, carried as far as asked for."""
    from footage import ROOT as FOOTAGE

    film = Path(sys.argv[1]) if len(sys.argv) > 1 else FOOTAGE / "highway.mp4"
    wait_without_spinning()
    with tempfile.TemporaryDirectory() as home:
        os.environ["WEATHERVANE_HOME"] = home
        print(followed(film, int(sys.argv[2]) if len(sys.argv) > 2 else 200))


def followed(film: Path, frames: int) -> str:
    """Speed and memory of a disc carried so many frames of a film, as one line."""
    from app.bootstrap import build_services
    from core.analysis.appearance import Appearance
    from core.analysis.flow import FlowPreset, dis_flow
    from core.cancel import CancelToken
    from core.document.commands import AddMask, AddStroke, FollowMask, clip_from
    from core.document.model import Stroke, StrokePoint
    from core.document.session import new_project
    from core.ids import MaskId
    from core.media.probe import probe
    from core.render.matte_plan import carry_size
    from core.render.media_plan import canvas_sizes
    from core.render.nodes import Carried
    from core.render.plan import plan_frame
    from core.render.renderer import Renderer
    from core.timebase import ZERO, Time

    facts = probe(film)
    project = clip_from(new_project(), facts).apply(new_project()).project
    clip, mask = next(project.pictures()).id, MaskId("mask")
    disc = Stroke((StrokePoint(0.5, 0.5),), 0.2, 0.8)
    for command in (
        AddMask(clip, mask),
        AddStroke(clip, mask, disc),
        FollowMask(clip, mask, ZERO, ZERO, facts.video.duration),
    ):
        project = command.apply(project).project
    renderer = Renderer(build_services("cpu"), lambda *_: None)
    params = renderer.plan_params(canvas_sizes((960, 540)), (960, 540))
    last = min(frames, facts.video.frame_count - 1)
    plan = plan_frame(project, Time.from_frame(last, project.rate), params)
    end = plan.matte.masks[0].under
    assert isinstance(end, Carried)
    began, early_mb = time.perf_counter(), 0.0
    for frame in range(1, end.source.frame + 1):
        renderer.mattes.carried(end.at(frame), CancelToken())
        if frame == FIRST:
            early_mb = _resident_mb()
    spent_s = (time.perf_counter() - began) / end.source.frame
    late_mb = _resident_mb()
    size = carry_size(facts.video)
    pictures = [Appearance.of(renderer.frame(end.at(n).source, CancelToken()), size).grey for n in (1, 2)]
    began = time.perf_counter()
    for _ in range(8):
        dis_flow(pictures[1], pictures[0], FlowPreset.MEDIUM)
    flow_s = (time.perf_counter() - began) / 8
    renderer.close()
    return (
        f"{1.0 / spent_s:.1f} frames a second at {size[0]}×{size[1]}, {spent_s / flow_s:.1f} × the time of OpenCV's DIS flow; "
        f"memory {early_mb:.0f} MB after {FIRST} frames, {late_mb:.0f} MB after {end.source.frame}"
    )


def _resident_mb() -> float:
    """Of this process, now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
