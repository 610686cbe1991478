"""The measurements: each drives the real engine through its own messages, as the editor and the command line do."""

from __future__ import annotations

import json
import os
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Final

import av

from app.bootstrap import build_engine
from core.condition import NEUTRAL
from core.document.commands import ApplyPreset, clip_from
from core.document.model import Project
from core.document.session import new_project
from core.ids import JobId
from core.media.probe import probe
from core.presets import parse_preset_argument
from core.render.messages import (
    CacheChanged,
    EngineFault,
    EngineStatus,
    Event,
    ExportDone,
    ExportFailed,
    ExportRequest,
    ExportSettings,
    Layer,
    PrefetchRequest,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    Quality,
)
from core.timebase import Time, TimeRange

LOOKS: Final = (
    ("overcast",),
    ("fog:0.4",),
    ("golden-hour",),
    ("blue-hour",),
    ("night",),
    ("night", "downpour"),
    ("fog",),
    ("downpour",),
    ("snowfall",),
    ("winter",),
)
"""Presets to measure, each stacked as named."""
RAINY_NIGHT: Final = ("night", "drizzle:0.7")


def project_of(clip: Path, *presets: str) -> Project:
    """A project of one clip with these presets (`name` or `name:strength`) stacked."""
    empty = new_project(clip.stem)
    project = clip_from(empty, probe(str(clip))).apply(empty).project
    (only,) = project.pictures()
    look = NEUTRAL
    for text in presets:
        preset, strength = parse_preset_argument(text)
        look = look.overlaid(preset.condition, strength)
    return ApplyPreset(only.id, " + ".join(presets), look).apply(project).project if presets else project


def _dealt_anew(project: Project, seed: int) -> Project:
    """The same look under another seed: every picture is made anew, over the same maps."""
    for clip in tuple(project.pictures()):
        project = project.with_clip(replace(clip, look=replace(clip.look, seed=seed)))
    return project


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    worst: float


class Bench:
    """One engine on one clip."""

    def __init__(self, clip: Path, device: str) -> None:
        self._clip = clip
        self._events: list[Event] = []
        self._engine = build_engine(device, self._events.append)
        self._rate = probe(str(clip)).video.rate
        self._count = probe(str(clip)).video.frame_count
        self._serial = 0

    @property
    def device(self) -> str:
        self._preview(project_of(self._clip), 0, Quality.FULL, (Layer.SOURCE,), 64)
        return next(e.device for e in reversed(self._events) if isinstance(e, EngineStatus))

    def close(self) -> None:
        self._engine.close()

    def analysis_s(self) -> float:
        """The first translated picture ever, less the second: what understanding the shot costs."""
        project = project_of(self._clip, "fog")
        first, second = (self._preview(project, n, Quality.DRAFT, (Layer.RESULT,), 540) for n in (0, 1))
        return (first - second) / 1000.0

    def seek_ms(self, preset: str | None, jumps: int) -> Spread:
        """From asking for a frame anywhere in the clip to its first, coarse picture."""
        project = project_of(self._clip, *([preset] if preset else []))
        layer = Layer.RESULT if preset else Layer.SOURCE
        places = random.Random(1).sample(range(self._count), jumps)
        spent = [self._preview(project, n, Quality.DRAFT, (layer,), 540) for n in places]
        return Spread(statistics.median(spent), max(spent))

    def first_ms(self, height: int, count: int) -> float:
        """What a frame costs before any look: read, turned to light, its maps found. The first look less the second."""
        looks = [project_of(self._clip, "overcast"), _dealt_anew(project_of(self._clip, "overcast"), 2)]
        self._preview(looks[0], 0, Quality.FULL, (Layer.RESULT,), height)
        first, again = (self._frames_ms(look, height, count) for look in looks)
        return first - again

    def look_ms(self, presets: tuple[str, ...], height: int, count: int) -> float:
        """Translation, mix and display of frames whose maps are there, no picture made twice."""
        project = project_of(self._clip, *presets)
        self._preview(project, 0, Quality.FULL, (Layer.RESULT,), height)
        return self._frames_ms(_dealt_anew(project, 3), height, count)

    def _frames_ms(self, project: Project, height: int, count: int) -> float:
        return statistics.median(
            self._preview(project, n, Quality.FULL, (Layer.RESULT,), height) for n in range(1, count + 1)
        )

    def following_s(self) -> float:
        """The pass over every frame that tells where camera and vehicles are, with nothing else to do."""
        project = project_of(self._clip, "fog")
        began = time.perf_counter()
        self._preview(project, 0, Quality.DRAFT, (Layer.RESULT,), 540)
        while self._engine.step(0.0):
            pass
        return time.perf_counter() - began

    def prefetch_fps(self, preset: str, height: int, first: int, count: int, seed: int = 1) -> float:
        """How fast the cache bar fills for playback, with the look-ahead at work. Another seed makes the pictures anew
        over the same analyses."""
        project = _dealt_anew(project_of(self._clip, preset), seed)
        span = TimeRange(Time.from_frame(first, self._rate), Time.from_frame(first + count, self._rate))
        began = time.perf_counter()
        self._engine.post(PrefetchRequest(project, span.start, span, height, Quality.FULL))
        self._until(
            lambda e: isinstance(e, CacheChanged) and any(r.start <= span.start and span.end <= r.end for r in e.ready)
        )
        return count / (time.perf_counter() - began)

    def export_fps(self, folder: Path, frames: int, *, is_measured: bool = False) -> float:
        """A film, from its first frame to the verified file. The shot is already understood, no frame is yet made."""
        first = frames if is_measured else 0
        out = folder / f"export-{is_measured}.mp4"
        extra = {"heatmap": str(folder / "heat.mp4"), "report": str(folder / "report.json")} if is_measured else {}
        self._engine.post(export_request(project_of(self._clip, *RAINY_NIGHT), out, first, frames, **extra))
        done = self._until(lambda e: isinstance(e, ExportDone))
        assert isinstance(done, ExportDone)
        return done.frames / done.elapsed_s

    def _preview(self, project: Project, frame: int, quality: Quality, layers: tuple[Layer, ...], height: int) -> float:
        """Milliseconds from the request to the picture of `quality`."""
        self._serial += 1
        at = Time.from_frame(frame, self._rate)
        began = time.perf_counter()
        self._engine.post(PreviewRequest(self._serial, project, at, height, layers, quality, quality))
        self._until(lambda e: isinstance(e, PreviewReady) and e.serial == self._serial and e.is_last)
        return (time.perf_counter() - began) * 1000.0

    def _until(self, is_it: Callable[[Event], bool]) -> Event:
        del self._events[:]
        while True:
            self._engine.step(0.1)
            for event in self._events:
                if isinstance(event, PreviewFailed | ExportFailed | EngineFault):
                    raise RuntimeError(event.message)
                if is_it(event):
                    return event


def export_request(project: Project, out: Path, first: int, frames: int, **extra: str) -> ExportRequest:
    span = TimeRange.of_frames(first, frames, project.rate)
    return ExportRequest(JobId(out.name), project, span, ExportSettings(out=str(out), **extra))


def scaled(clip: Path, folder: Path, height: int, frames: int) -> Path:
    """The first frames of a film at another size, H.264, so that every contender decodes the same file."""
    out = folder / f"{clip.stem}-{height}.mp4"
    with av.open(str(clip)) as source, av.open(str(out), "w") as target:
        picture = source.streams.video[0]
        stream = target.add_stream("libx264", rate=picture.average_rate, options={"preset": "veryfast", "crf": "14"})
        stream.width, stream.height = round(picture.width * height / picture.height / 2) * 2, height
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1) / (picture.average_rate or 25)
        for n, frame in enumerate(islice(source.decode(picture), frames)):
            pixels = frame.reformat(stream.width, stream.height, "yuv420p").to_ndarray()
            resized = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            resized.pts, resized.time_base = n, stream.codec_context.time_base
            target.mux(stream.encode(resized))
        target.mux(stream.encode(None))
    return out


# ---- the window -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gaps:
    """Between ticks of a 16 ms timer on the window's thread; and the most memory that process held."""

    p95_ms: float
    worst_ms: float
    loading_ms: float
    peak_gb: float


def window_gaps(clip: Path, folder: Path, frames: int) -> Gaps:
    """In a process of its own: the window's event loop beside the engine's thread while it loads and then exports."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("window_gaps.py")), str(clip), str(folder), str(frames)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        check=True,
        capture_output=True,
        text=True,
    )
    return Gaps(**json.loads(run.stdout.splitlines()[-1]))


def window_hands(clip: Path, count: int) -> dict[str, float]:
    """In a process of its own: the real window while a hand scrubs, drags a dial, paints and edits. Milliseconds."""
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("window_hands.py")), str(clip), str(count)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(json.loads(run.stdout.splitlines()[-1]))


# ---- the machine ----------------------------------------------------------------------------------------------


def machine(bench: Bench) -> str:
    """One line on what this ran on."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return (
        f"{_processor()}, {cores} cores in use, {_memory()}, {system}; Python {platform.python_version()}, "
        f"torch {torch.__version__}, engine on {bench.device}"
    )


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> str:
    for line in _lines("/proc/meminfo"):
        if line.startswith("MemTotal"):
            return f"{int(line.split()[1]) / 1e6:.0f} GB"
    return "unknown memory"


def _lines(path: str) -> Iterator[str]:
    if Path(path).exists():
        yield from Path(path).read_text(encoding="utf-8", errors="replace").splitlines()


def peak_gb() -> float:
    """Most memory this process held at once."""
    for line in _lines("/proc/self/status"):  # Linux hands `ru_maxrss` down from the parent; this begins anew
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1e6
    try:
        import resource
    except ImportError:  # Windows has no such counter in the standard library
        return float("nan")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e9 if sys.platform == "darwin" else 1e6)
