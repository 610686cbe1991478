"""What a film sounds like, planned from the project: packets of one source, a mixdown of several, or nothing."""

from __future__ import annotations

from dataclasses import replace

from core.document.model import Project
from core.media.joiner import can_hold
from core.media.mixdown import Mixdown, SoundCopy, Stretch
from core.timebase import Time, TimeRange


def plan_sound(project: Project, heard: TimeRange, ending: str) -> SoundCopy | Mixdown | None:
    """The sound of the timeline span `heard` for a film of this `ending` (`.mp4`). None where none of its clips has any.

    Clips of all audio tracks that are on are heard together. Where one source
    sounds from end to end, split or not, its packets are copied if this kind of file can hold them.
    """
    stretches = _stretches(project, heard)
    if not stretches:
        return None
    only = stretches[0]
    missing = heard.duration.seconds - only.span.duration.seconds
    fills = len(stretches) == 1 and only.span.start.seconds == 0 and missing * project.rate < 1
    if fills and can_hold(ending, only.facts.audio[0].codec):
        return SoundCopy(only.facts, TimeRange(only.source, only.source + only.span.duration))
    return Mixdown(stretches)


def _stretches(project: Project, heard: TimeRange) -> tuple[Stretch, ...]:
    """Clips with sound inside `heard`, those that go on in the source where another ends made one with it."""
    start = heard.start
    found: list[Stretch] = []
    for clip in project.sounds():
        facts = project.media_facts(clip.media)
        if clip.span.overlaps(heard) and not clip.span.is_empty:
            within = clip.span.intersection(heard)
            span = TimeRange(within.start - start, within.end - start)
            found.append(Stretch(facts, span, clip.source_time(within.start)))
    joined: list[Stretch] = []
    for stretch in sorted(found, key=lambda s: (s.facts.id, s.source - s.span.start, s.span)):
        if joined and _continues(joined[-1], stretch):
            joined[-1] = replace(joined[-1], span=TimeRange(joined[-1].span.start, stretch.span.end))
        else:
            joined.append(stretch)
    return tuple(sorted(joined, key=lambda s: (s.span, s.facts.id, s.source)))


def _continues(left: Stretch, right: Stretch) -> bool:
    source_end: Time = left.source + left.span.duration
    return left.facts.id == right.facts.id and left.span.end == right.span.start and source_end == right.source


def audio_word(sound: SoundCopy | Mixdown | None) -> str:
    """How a film gets its sound, in the report's word."""
    match sound:
        case SoundCopy():
            return "copied"
        case Mixdown():
            return "mixed"
        case None:
            return "none"
