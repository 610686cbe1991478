"""Edits of the media bin: what is kept there, under which name, and which file stands for it. Pure; see `edits`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import TypeVar

from core.document.changes import Aspect, Edit
from core.document.edits import checked_name, edited
from core.document.model import Project
from core.document.tracks import difference
from core.errors import EditRejected
from core.ids import MediaId
from core.media.facts import MediaFacts
from core.words import tr, trn

T = TypeVar("T")


def file_name(facts: MediaFacts) -> str:
    """The name of a medium's file, whichever system it was probed on."""
    return facts.path.replace("\\", "/").rsplit("/", 1)[-1]


def media_name(project: Project, facts: MediaFacts) -> str:
    """What a medium is called in this project: as a person named it, else as its file."""
    return next((name for media, name in project.media_names if media == facts.id), file_name(facts))


def uses(project: Project) -> dict[MediaId, int]:
    """How many clips use each medium, as footage or as a matte; a picture and the sound linked to it count once."""
    seen: dict[MediaId, set[str]] = {}
    for clip in project.clips():
        films = (mask.selector.media for mask in clip.masks if mask.selector is not None)
        for media in (clip.media, *(film for film in films if film is not None)):
            seen.setdefault(media, set()).add(clip.link or clip.id)
    return {media: len(places) for media, places in seen.items()}


def rename_media(project: Project, media: MediaId, name: str) -> Edit:
    """Call a medium something else in this project; its file and the clips keep their names."""
    facts = project.media_facts(media)
    tidy = checked_name(name)
    others = tuple(pair for pair in project.media_names if pair[0] != media)
    names = others if tidy == file_name(facts) else tuple(sorted((*others, (media, tidy))))
    return edited(project, replace(project, media_names=names), Aspect.MEDIA)


def remove_media(project: Project, media: Collection[MediaId]) -> Edit:
    """Take media out of the bin, and what was said of their scenes. Raises `EditRejected` where a clip uses one."""
    used = uses(project)
    for id_ in media:
        facts = project.media_facts(id_)
        if count := used.get(id_, 0):
            raise EditRejected(
                trn(
                    "{name} stays: {count} clip uses it. Remove it from the timeline first.",
                    "{name} stays: {count} clips use it. Remove them from the timeline first.",
                    count,
                    name=media_name(project, facts),
                )
            )
    changed = replace(
        project,
        media=tuple(m for m in project.media if m.id not in media),
        scenes=tuple(pair for pair in project.scenes if pair[0] not in media),
        media_names=tuple(pair for pair in project.media_names if pair[0] not in media),
    )
    return edited(project, changed, _aspects(project, changed))


def _aspects(before: Project, now: Project) -> Aspect:
    return Aspect.MEDIA | (Aspect.SCENE if now.scenes != before.scenes else Aspect.NONE)


def relink_media(project: Project, found: Iterable[tuple[MediaId, MediaFacts]]) -> Edit:
    """Let files stand for media of the project, all in one.

    The same content keeps its id, and with it every analysis. Other content takes over the clips, the name and what was
    said of the scene. Raises `EditRejected` where a clip would reach beyond its new file.
    """
    changed = project
    for media, facts in found:
        changed = _with_relinked(changed, media, facts)
    return edited(project, changed, _aspects(project, changed), *difference(project, changed))


def _with_relinked(project: Project, media: MediaId, facts: MediaFacts) -> Project:
    old = project.media_facts(media)
    if problem := relink_problem(project, old, facts):
        raise EditRejected(problem)
    kept = [facts if m.id in (media, facts.id) else m for m in project.media]
    places = {m.id: m for m in kept}  # other content may be in the project already: then both become one
    if facts.id == media:
        return replace(project, media=tuple(places.values()))
    tracks = tuple(
        replace(t, clips=tuple(replace(c, media=facts.id) if c.media == media else c for c in t.clips))
        for t in project.tracks
    )
    return replace(
        project,
        media=tuple(places.values()),
        tracks=tracks,
        scenes=_taken_over(project.scenes, media, facts.id),
        media_names=_taken_over(project.media_names, media, facts.id),
    )


def _taken_over(pairs: tuple[tuple[MediaId, T], ...], old: MediaId, new: MediaId) -> tuple[tuple[MediaId, T], ...]:
    """Sorted pairs with the old medium's under the new id, where that has none of its own."""
    known = dict(pairs)
    if old in known:
        value = known.pop(old)
        known.setdefault(new, value)
    return tuple(sorted(known.items(), key=lambda pair: pair[0]))


def relink_problem(project: Project, old: MediaFacts, facts: MediaFacts) -> str:
    """Why a file cannot stand for a medium, in one sentence; empty when it can."""
    longest = max((c.source.end for c in project.clips() if c.media == old.id), default=None)
    if longest is not None and longest > facts.video.duration:
        return tr(
            "{name} is {length:.2f} s long; the timeline needs {needed:.2f} s of it.",
            name=file_name(facts),
            length=float(facts.video.duration),
            needed=float(longest),
        )
    return ""
