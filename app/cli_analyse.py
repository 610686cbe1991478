"""Analysing from the command line: the scene of a clip and the maps of its frames, as files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cli_listing import absolute, counted, rate_of
from app.cli_render import DONE, Lines, Plain, frames_named, interrupted, reporter
from core.cancel import CancelToken
from core.errors import UsageError
from core.extension.spec import MapKind
from core.media.facts import MediaFacts
from core.progress import Progress

if TYPE_CHECKING:
    from core.render.survey import Survey

USUAL_MAPS: Final = (MapKind.SKY, MapKind.DEPTH, MapKind.GROUND)


def analyse(asked: argparse.Namespace) -> int:
    """`analyse`: fills the caches that rendering reads, and writes what they hold."""
    kinds = maps_named(asked.maps)
    out = Path(absolute(asked.out))
    first, last = frames_named(asked.frames)
    from core.media.probe import probe

    facts = probe(absolute(asked.clip), rate_of(asked.rate))
    frames = _frames_of(facts, first, last)
    from app.bootstrap import build_services
    from core.render.survey import survey

    shown = reporter(asked.progress)
    cancel = CancelToken()
    with interrupted() as asked_to_stop:

        def report(now: Progress) -> None:
            if asked_to_stop():
                cancel.cancel()
            shown.progress(now)

        try:
            services = build_services(asked.device, with_models=not asked.no_models)
            done = survey(services, facts, frames, kinds, out, cancel, report)
        finally:
            shown.leave()
    match shown:
        case Plain():
            _say(done, out)
        case Lines():
            shown.put(
                event="done",
                out=str(out),
                frames=len(done.frames) - len(done.passed_over),
                elapsed_s=done.elapsed_s,
            )
    return DONE


def maps_named(text: str | None) -> tuple[MapKind, ...]:
    """The kinds in a list such as `sky,depth`, each once, in the order of `MapKind`. Raises `UsageError`."""
    if text is None:
        return USUAL_MAPS
    names = [name.strip().lower() for name in text.split(",")]
    for name in names:
        if name not in list(MapKind):
            raise UsageError(f"--maps knows {', '.join(MapKind)}, not '{name}'.")
    return tuple(kind for kind in MapKind if kind in names)


def _frames_of(facts: MediaFacts, first: int | None, last: int | None) -> range:
    """Frames of the medium, from 0, for the numbers people give them. Raises `UsageError`, `MediaError`."""
    from core.media.index import frame_index

    count, lowest = frame_index(facts).count, facts.first_number
    if first is None or last is None:
        return range(count)
    if not lowest <= first <= last < lowest + count:
        asked = f"{first}" if first == last else f"{first}-{last}"
        raise UsageError(f"{Path(facts.path).name} has frames {lowest} to {lowest + count - 1}, not {asked}.")
    return range(first - lowest, last - lowest + 1)


def _say(done: Survey, out: Path) -> None:
    print(f"maps     {out}")
    print(f"scene    {out / 'scene.json'}")
    for note in done.notes:
        print(f"note     {note}")
    count = len(done.frames) - len(done.passed_over)
    print(f"{counted(count)} in {done.elapsed_s:.1f} s, {count / max(done.elapsed_s, 1e-9):.1f} a second")
