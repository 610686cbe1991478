"""Rendering from the command line: the same engine as the editor's, on a thread of its own, watched from the main one."""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, Final, TextIO

from app.cli_listing import PROJECT_SUFFIX, absolute, counted, rate_of
from core.cancel import Cancelled, CancelToken
from core.condition import Condition, axis_named, parse_value
from core.document.commands import clip_from
from core.document.model import Clip, Project
from core.document.recipe import dressed
from core.document.session import new_project
from core.errors import ExportError, UsageError
from core.ids import JobId, TranslatorId
from core.media.facts import MediaKind
from core.presets import parse_preset_argument
from core.progress import Progress
from core.render.messages import (
    AnalysisProgress,
    CancelExport,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
)
from core.timebase import ZERO, TimeRange

DONE: Final = 0
_JOB: Final = JobId("command-line")
SMALLEST_SIDE_PX, LARGEST_SIDE_PX = 2, 16384


# ---- what is asked for ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Input:
    """What is to be rendered. `first` is the number people give the first frame of the span that `project` shows."""

    project: Project
    rate: Fraction | None
    """None for a single clip, whose frames are counted in its own frame table."""
    name: str


def load_input(asked: argparse.Namespace) -> Input:
    """A project, or a project made of one clip. Raises `MediaError`, `ProjectError`, `UsageError`."""
    if Path(asked.clip).suffix.lower() == PROJECT_SUFFIX:
        from core.document.storage import load_project

        if asked.rate:
            raise UsageError("--rate is for image patterns; a project has its own rate.")
        project = load_project(Path(absolute(asked.clip))).project
        return Input(with_look(project, asked), project.rate, Path(asked.clip).name)
    from core.media.probe import probe

    facts = probe(absolute(asked.clip), rate_of(asked.rate))
    if asked.rate and facts.kind is MediaKind.FILM:
        raise UsageError(f"--rate is for image patterns; {Path(asked.clip).name} has a rate of its own.")
    project = new_project(Path(asked.clip).stem)
    project = clip_from(project, facts).apply(project).project
    return Input(with_look(project, asked), None, Path(asked.clip).name)


def with_look(project: Project, asked: argparse.Namespace) -> Project:
    """The project with every clip in the look asked for, and the presets and values laid over it, in order.

    Raises `UsageError`, `LookError`, and `PluginError` for a translator that is not there.
    """
    if asked.translator:
        _check_translator(TranslatorId(asked.translator))  # a name that is wrong is said even where nothing is changed
    if asked.look:
        project = _dressed(project, Path(absolute(asked.look)))
    parsed = [parse_preset_argument(text) for text in asked.presets]
    values = dict(_assignment(text) for text in asked.settings)
    name = ", ".join(preset.title for preset, _ in parsed)
    asked_for = {*values, *(axis for preset, _ in parsed for axis, _ in preset.condition)}

    def changed(clip: Clip) -> Clip:
        look, base = clip.look, clip.look.base
        for preset, strength in parsed:
            base = base.overlaid(preset.condition, strength)
        base = Condition.of({**dict(base), **values})
        return replace(
            clip,
            look=replace(
                look,
                base=base,
                name=name or look.name,
                curves=tuple(c for c in look.curves if c.axis not in asked_for),
                translator=TranslatorId(asked.translator) if asked.translator else look.translator,
                seed=look.seed if asked.seed is None else asked.seed,
            ),
        )

    for clip in tuple(project.pictures()):
        project = project.with_clip(changed(clip))
    return project


def _dressed(project: Project, path: Path) -> Project:
    """Every picture clip in a look from a file. What of it is not known here is said on stderr."""
    from core.looks.library import read_look

    newest = read_look(path).newest
    for note in newest.notes:
        print(f"note     {note}", file=sys.stderr)
    _check_translator(newest.recipe.translator)
    for clip in tuple(project.pictures()):
        project = dressed(project, clip.id, newest.recipe)
    return project


def _check_translator(id_: TranslatorId) -> None:
    """Raises `UsageError` for a name that nobody has, and `PluginError` for a translator that cannot be used."""
    from app.bootstrap import build_registry

    registry = build_registry()
    installed = [spec.id for spec in registry.specs()]
    if id_ not in (*installed, *(broken for broken, _ in registry.broken())):
        raise UsageError(f"There is no translator '{id_}'; installed: {', '.join(installed)}.")
    registry.spec(id_)


def _assignment(text: str) -> tuple[Any, float]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--set needs AXIS=VALUE such as haze=0.4, not '{text}'.")
    axis = axis_named(name.strip())
    return axis.id, parse_value(axis, value)


def span_of(given: Input, first: int | None, last: int | None) -> TimeRange:
    """Timeline span of frames `first` … `last`, both included; all of it for None. Raises `UsageError`."""
    project = given.project
    if first is None or last is None:
        return project.export_range
    if given.rate is not None:
        span = TimeRange.of_frames(first, last - first + 1, given.rate)
        count = len(TimeRange(ZERO, project.duration).frames(given.rate))
        _check_frames(given, first, last, 0, count)
        return span
    from core.media.index import frame_index

    (clip,) = project.pictures()
    facts = project.media_facts(clip.media)
    index = frame_index(facts)
    _check_frames(given, first, last, facts.first_number, index.count)
    a, b = first - facts.first_number, last - facts.first_number
    return TimeRange(index.time_of(a), index.time_of(b) + index.duration_of(b))


def _check_frames(given: Input, first: int, last: int, lowest: int, count: int) -> None:
    highest = lowest + count - 1
    if first > last or first < lowest or last > highest:
        asked = f"{first}" if first == last else f"{first}-{last}"
        raise UsageError(f"{given.name} has frames {lowest} to {highest}, not {asked}.")


def frames_named(text: str | None) -> tuple[int | None, int | None]:
    """First and last frame of `A-B` or `A`, both included. Raises `UsageError`."""
    if text is None:
        return None, None
    first, dash, last = text.partition("-")
    if not (first.isdecimal() and (last.isdecimal() if dash else True)):
        raise UsageError(f"--frames needs two numbers such as 100-140, not '{text}'.")
    if dash and int(last) < int(first):
        raise UsageError(f"--frames {text} ends before it begins; write {last}-{first}.")
    return int(first), int(last or first)


def size_named(text: str | None) -> tuple[int | None, int | None]:
    """Width and height of `WxH`, or the width alone: the height then follows from the picture's shape. Raises `UsageError`."""
    if text is None:
        return None, None
    width, cross, height = text.lower().partition("x")
    if not (width.isdecimal() and (height.isdecimal() if cross else True)):
        raise UsageError(f"--size needs WIDTHxHEIGHT such as 960x540, or a width such as 960, not '{text}'.")
    sides = [int(side) for side in (width, height) if side]
    if not all(SMALLEST_SIDE_PX <= side <= LARGEST_SIDE_PX for side in sides):
        raise UsageError(f"--size takes sides of {SMALLEST_SIDE_PX} to {LARGEST_SIDE_PX} pixels, not {text}.")
    return sides[0], sides[1] if cross else None


def _absolute(path: str | None) -> str | None:
    return absolute(path) if path else None


# ---- the commands ---------------------------------------------------------------------------------------------


def render(asked: argparse.Namespace) -> int:
    """`render`: a film or a sequence, with what is measured about it."""
    first, last = frames_named(asked.frames)
    width, height = size_named(asked.size)
    given = load_input(asked)
    settings = ExportSettings(
        out=absolute(asked.out),
        codec=asked.codec,
        width=width,
        height=height,
        heatmap=_absolute(asked.heatmap),
        report=_absolute(asked.report),
        scores=_absolute(asked.scores),
        keep_audio=not asked.no_audio,
        layers=_absolute(asked.layers),
    )
    shown = reporter(asked.progress)
    done = run_export(ExportRequest(_JOB, given.project, span_of(given, first, last), settings), asked.device, shown)
    shown.finish(done, settings)
    return DONE


def still(asked: argparse.Namespace) -> int:
    """`still`: frame N through the very export that `render` runs, so it is that film's frame."""
    width, height = size_named(asked.size)
    if Path(asked.out).suffix.lower() not in (".png", ".exr"):
        raise ExportError(f"{asked.out} cannot hold a still; give it a name that ends in .png or .exr.")
    given = load_input(asked)
    settings = ExportSettings(out=absolute(asked.out), width=width, height=height)
    request = ExportRequest(_JOB, given.project, span_of(given, asked.frame, asked.frame), settings)
    done = run_export(request, asked.device, Silent())
    print(f"still    {done.out}")
    _say_notes(done)
    return DONE


def _say_notes(done: ExportDone) -> None:
    for note in done.notes:
        print(f"note     {note}")


def render_demo(folder: str | None) -> int:
    """`demo --headless`: the demo project as a film, its heatmap and its report."""
    from app.demo import make_demo
    from core.document.storage import load_project
    from core.media.output import export_errors

    out = Path(absolute(folder or "weathervane-demo"))
    with export_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    print(
        "Drawing the demo street, the first time, then rendering it: a minute or two on a fast computer, several on a slow one.",
        flush=True,
    )
    shown = reporter(None)
    project = load_project(make_demo(shown.progress)).project
    settings = ExportSettings(
        out=str(out / "demo.mp4"), heatmap=str(out / "demo-flicker.mp4"), report=str(out / "demo-report.json")
    )
    done = run_export(ExportRequest(_JOB, project, project.export_range, settings), "auto", shown)
    shown.finish(done, settings)
    return DONE


# ---- the engine, watched --------------------------------------------------------------------------------------


def run_export(request: ExportRequest, device: str, shown: Reporter) -> ExportDone:
    """Export on an engine thread. Ctrl-C cancels cleanly, a second one ends at once.

    Raises `Cancelled`, `ExportError` or another `WeathervaneError` with the sentence to say.
    """
    from app.bootstrap import build_engine

    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    engine = build_engine(device, events.put)
    engine.post(request)
    over = CancelToken()

    def work() -> None:
        try:
            while not over.is_cancelled:
                engine.step(0.2)
        except Exception as fault:  # the engine lets none out; were it broken itself, one line still says so
            events.put(ExportFailed(request.job, f"The renderer stopped because of a fault ({fault})."))
        engine.close()

    thread = threading.Thread(target=work, name="engine", daemon=True)
    with interrupted() as asked_to_stop:
        thread.start()
        try:
            stop = partial(engine.post, CancelExport(request.job))
            return _watch(events, shown, thread.is_alive, asked_to_stop, stop)
        finally:
            over.cancel()
            shown.leave()
            thread.join()


def _watch(
    events: queue.SimpleQueue[Event],
    shown: Reporter,
    is_alive: Callable[[], bool],
    asked_to_stop: Callable[[], bool],
    stop: Callable[[], None],
) -> ExportDone:
    """Show events until the export ends, or the engine's thread does; `stop` it once if asked to."""
    is_stopping = False
    while True:
        was_alive = is_alive()  # asked first: what it said before it went is then heard
        if asked_to_stop() and not is_stopping:
            is_stopping = True
            stop()
        try:
            event = events.get(timeout=0.1)  # a wait without an end would not see Ctrl-C on every system
        except queue.Empty:
            if not was_alive:
                raise ExportError("The renderer stopped unexpectedly; run the command again.") from None
            continue
        match event:
            case AnalysisProgress() | ExportProgress():
                shown.progress(event.progress)
            case ExportDone():
                return event
            case ExportFailed(is_cancelled=True):
                raise Cancelled
            case ExportFailed():
                raise ExportError(event.message)
            case _:
                pass


@contextmanager
def interrupted() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C (or SIGTERM) came since; the second one ends the process at once."""
    calls = 0

    def on_signal(_number: int, _frame: object) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            os._exit(130)

    kept = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: calls > 0
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


# ---- progress -------------------------------------------------------------------------------------------------


class Silent:
    """Says nothing."""

    def progress(self, now: Progress) -> None:
        """Somewhere in the job."""

    def leave(self) -> None:
        """No more progress, whatever the outcome."""

    def finish(self, done: ExportDone, settings: ExportSettings) -> None:
        """All is written."""


class Plain(Silent):
    """Only the outcome, for logs."""

    def finish(self, done: ExportDone, settings: ExportSettings) -> None:
        named = (
            ("film", settings.out),
            ("heatmap", settings.heatmap),
            ("layers", settings.layers),
            ("scores", settings.scores),
            ("report", settings.report),
        )
        for name, path in named:
            if path:
                print(f"{name:<8} {path}")
        _say_notes(done)
        print(
            f"{counted(done.frames)} in {done.elapsed_s:.1f} s, {done.frames / max(done.elapsed_s, 1e-9):.1f} a second"
        )


class Bar(Plain):
    """A line on a terminal that is drawn over."""

    WIDTH: Final = 28

    def __init__(self, out: TextIO = sys.stderr) -> None:
        self._out = out
        self._stage = ""

    def progress(self, now: Progress) -> None:
        if self._stage not in ("", now.stage):
            self._out.write("\n")
        self._stage = now.stage
        filled = round(now.fraction * self.WIDTH)
        bar = "█" * filled + "░" * (self.WIDTH - filled)
        rate = f" {now.rate_hz:.1f} fps" if now.rate_hz else ""
        left = f" {_left(now.left_s)} left" if now.left_s is not None and now.done < now.total else ""
        self._out.write(f"\r\x1b[K{now.stage} {bar} {now.done}/{now.total}{rate}{left}")
        self._out.flush()

    def leave(self) -> None:
        """What is said next stands on a line of its own."""
        if self._stage:
            self._out.write("\n")
            self._out.flush()


class Lines(Silent):
    """A JSON object a line on stdout, for programs."""

    def progress(self, now: Progress) -> None:
        self.put(event="progress", stage=now.stage, done=now.done, total=now.total, fps=now.rate_hz, left_s=now.left_s)

    def finish(self, done: ExportDone, settings: ExportSettings) -> None:
        self.put(
            event="done",
            out=done.out,
            frames=done.frames,
            elapsed_s=done.elapsed_s,
            heatmap=settings.heatmap,
            layers=settings.layers,
            scores=settings.scores,
            report=settings.report,
            notes=done.notes,
        )

    def put(self, **values: Any) -> None:
        """One line."""
        print(json.dumps(values), flush=True)


Reporter = Silent


def reporter(kind: str | None) -> Reporter:
    """What `--progress` names; by default a bar where a person watches."""
    if kind is None:
        kind = "bar" if sys.stderr.isatty() else "plain"
    kinds: dict[str, type[Reporter]] = {"bar": Bar, "json": Lines, "none": Silent, "plain": Plain}
    return kinds[kind]()


def _left(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}" if seconds < 600 else f"about {round(seconds / 60)} min"
