"""The bench: `python tests/bench/run.py [--clip FILM] [--quick] [--out FILE.md]`, or `make bench`.

Every figure is taken in this run on this machine, beside a public yardstick on the same frames: FFmpeg's own `lut3d` and
`gblur` through its filter graph. Read the ratios; the milliseconds belong to the machine named above them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from core.threads import wait_without_spinning  # noqa: E402 - the path comes first

DEFAULT_CLIP = "highway.mp4"
HOW = """## How it is measured
- A look's time runs from the request to the finished screen bytes of frames that were looked at before, as when a dial is
  turned or a film is exported: translation, mix, display transform. No picture is made twice. What a frame costs when it
  is first met (decode, input transform, analysis maps) stands in a row of its own and is added in "first time".
- The engine runs on a thread of its own, as in the application.
- The yardstick decodes the same file through FFmpeg's filters `format=gbrpf32le, lut3d (tetrahedral), gblur, format=bgra`:
  a colour grade with a soft bloom, which knows nothing of sky, depth, lamps or rain.
- The window's figure is the longest wait between two ticks of a 16 ms timer on its thread while the engine's thread exports.
- Scopes count every pixel up to 960×540, of a larger picture every second row and column or fewer; the histograms beside
  them are of the whole picture.
- `--clip` takes any film, `--device auto` the fastest device, `--quick` only shows that everything runs."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure seeking, rendering, exporting and the window's fluidity.")
    parser.add_argument("--clip", type=Path, help="default: highway.mp4 of the footage, else the demo's own street")
    parser.add_argument("--quick", action="store_true", help="two presets and few frames: does it run, not how fast")
    parser.add_argument("--device", default="cpu", choices=("auto", "cpu", "cuda", "mps"))
    parser.add_argument("--out", type=Path, help="write the page here as well")
    asked = parser.parse_args()
    wait_without_spinning()  # as the application does, before anything imports torch
    with tempfile.TemporaryDirectory(prefix="weathervane-bench-") as folder:
        os.environ["WEATHERVANE_HOME"] = str(Path(folder) / "home")
        clip = asked.clip or default_clip()
        with ThreadPoolExecutor(1, thread_name_prefix="engine") as engine:
            measured = engine.submit(lambda: list(page(clip, Path(folder), asked.device, quick=asked.quick)))
            lines = measured.result()
    if asked.out:
        asked.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def default_clip() -> Path:
    from footage import ROOT as FOOTAGE

    if (FOOTAGE / DEFAULT_CLIP).is_file():
        return FOOTAGE / DEFAULT_CLIP
    from app.demo import demo_folder, make_demo

    make_demo()
    return next(demo_folder().glob("*.mp4"))


def page(clip: Path, folder: Path, device: str, *, quick: bool) -> Iterator[str]:
    """The page, line by line, each printed as it is measured."""
    for line in _page(clip, folder, device, quick=quick):
        print(line, flush=True)
        yield line


def _page(clip: Path, folder: Path, device: str, *, quick: bool) -> Iterator[str]:
    from bench import measures, yardstick
    from bench.mask_follow import followed
    from bench.scopes_speed import scopes_speed

    sizes = {540: measures.scaled(clip, folder, 540, 24), 1080: measures.scaled(clip, folder, 1080, 24)}
    bench = measures.Bench(clip, device)
    yield "# Benchmarks"
    yield ""
    yield f"`python tests/bench/run.py{' --quick' if quick else ''}`, {date.today().isoformat()}, on {measures.machine(bench)}."
    yield "Other work on the machine moves every figure; the ratios to the yardstick, taken in the same run, move least."
    yield ""
    yield "| first look at a shot | |"
    yield "|---|---|"
    yield f"| analysis of {clip.name}, once per shot | {bench.analysis_s():.1f} s |"
    for label, preset in (("the source", None), ("`night`, coarse", "night")):
        seek = bench.seek_ms(preset, 6 if quick else 16)
        yield f"| seek to the first picture, {label}, median (worst) | {seek.median:.0f} ms ({seek.worst:.0f}) |"
    yield ""
    yield "| engine, ms a frame (median) | 960×540 | × yardstick | 1920×1080, upscaled | × yardstick | × first time |"
    yield "|---|---|---|---|---|---|"
    count = 4 if quick else 12
    plain = {height: yardstick.lut_and_blur_ms(path, folder, count) for height, path in sizes.items()}
    yield f"| yardstick: FFmpeg decode, float `lut3d`, `gblur` | {plain[540]:.0f} | 1 | {plain[1080]:.0f} | 1 | 1 |"
    benches = {height: measures.Bench(path, device) for height, path in sizes.items()}
    first = {height: made.first_ms(height, count) for height, made in benches.items()}
    cells = " | ".join(f"{first[h]:.0f} | {first[h] / plain[h]:.1f}" for h in sizes)
    yield f"| read, turned to light, maps found: once a frame | {cells} | |"
    for presets in measures.LOOKS[:2] if quick else measures.LOOKS:
        ms = {height: made.look_ms(presets, height, count) for height, made in benches.items()}
        cells = " | ".join(f"{ms[h]:.0f} | {ms[h] / plain[h]:.1f}" for h in sizes)
        yield f"| `{' + '.join(presets)}` | {cells} | {(ms[1080] + first[1080]) / plain[1080]:.1f} |"
    yield ""
    yield "| export and window | |"
    yield "|---|---|"
    frames = 12 if quick else 48
    playing = min(frames, 60)
    yield f"| following {clip.name}, once per shot, behind the previews | {bench.following_s():.1f} s |"
    for name, seed in (("first pass over a shot that was followed", 1), ("once analysed", 2)):
        fps = bench.prefetch_fps("night", 540, 20, playing, seed)
        yield f"| preview frames made for playback, `night`, 960×540, full quality, {name} | {fps:.1f} fps |"
    yield f"| export, `night` + `drizzle:0.7`, {clip.name}, H.264 | {bench.export_fps(folder, frames):.1f} fps |"
    yield f"| the same with heatmap, scores and report | {bench.export_fps(folder, frames, is_measured=True):.1f} fps |"
    gap = measures.window_gaps(clip, folder, frames)
    yield f"| window, 16 ms timer beside that export: p95 gap (worst) | {gap.p95_ms:.0f} ms ({gap.worst_ms:.0f}) |"
    yield f"| window, worst gap while the engine loads | {gap.loading_ms:.0f} ms |"
    yield f"| peak memory of that process, caches included | {gap.peak_gb:.2f} GB |"
    hand = measures.window_hands(clip, 6 if quick else 24)
    for what, ms, gap_of in (
        ("scrubbing to the first picture, p95", "scrub_p95_ms", "scrub_gap_ms"),
        ("a dial to the first picture, median", "dial_ms", "dial_gap_ms"),
        ("a brush to the pixel, p95", "stroke_ms", "stroke_gap_ms"),
    ):
        yield f"| under a hand: {what} (worst gap of a 16 ms timer meanwhile) | {hand[ms]:.0f} ms ({hand[gap_of]:.0f}) |"
    yield f"| timeline of 2,000 clips: repaint, all and a part | {hand['timeline_fit_ms']:.0f}, {hand['timeline_ms']:.0f} ms |"
    yield f"| the same: one clip moved, a trim that ripples through all | {hand['move_ms']:.0f}, {hand['ripple_ms']:.0f} ms |"
    for height, path in sizes.items():
        yield f"| all four scopes of a picture {height} lines high | {scopes_speed(path, 5 if quick else 25).text} |"
    yield f"| a mask that follows {clip.name} | {followed(clip, 12 if quick else 120)} |"
    for each in (bench, *benches.values()):
        each.close()
    yield ""
    yield HOW


if __name__ == "__main__":
    sys.exit(main())
