"""Upgrades: how a project or journal record of an older schema becomes one of the next, as plain dictionaries.

Schema 2 brought what is said of the scene of a medium, schema 3 where found vehicles were seen that were removed or changed,
and how strongly an object shines; the schemas before say nothing of it, which needs no step: such vehicles go by their ids.
Schema 4 brought sound as clips of its own, linked to the pictures it was shot with; before, it followed them. Schemas 5 and
6 only add: fields with defaults that say what was meant before. Whoever changes
the stored shape of a project or a command raises `SCHEMA`, adds the step that leads from the version before, and keeps a
golden file of it in `tests/data`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

SCHEMA: Final = 6
"""Version of the project as it is written today."""

Step = Callable[[dict[str, Any]], dict[str, Any]]


def _with_sound_clips(project: dict[str, Any]) -> dict[str, Any]:
    """Every picture clip whose media has sound gets a clip of it, on an audio track that goes with its picture track."""
    audible = {media["id"] for media in project["media"] if media.get("audio")}
    pictures: list[dict[str, Any]] = []
    sounds: list[dict[str, Any]] = []
    for track in project["tracks"]:
        heard = [clip for clip in track["clips"] if clip["media"] in audible]
        links = {clip["id"]: f"{clip['id']}.link" for clip in heard}
        pictures.append(
            {**track, "clips": [{**c, "link": links[c["id"]]} if c["id"] in links else c for c in track["clips"]]}
        )
        if heard:
            kept = ("media", "name", "start", "source")
            clips = [{"id": sound_of(c["id"]), "link": links[c["id"]], **{key: c[key] for key in kept}} for c in heard]
            name = f"Audio {len(sounds) + 1}"
            sounds.append({"id": f"{track['id']}.sound", "kind": "audio", "name": name, "clips": clips})
    return {**project, "tracks": pictures + sounds}


def _with_sound_added(record: dict[str, Any]) -> dict[str, Any]:
    """Clips that a record of before lays on the timeline bring their sound along, as they did then."""
    commands = record.get("commands")
    if not commands:
        return record
    return {**record, "commands": [_sounding(c) if c.get("type") == "AddClip" else c for c in commands]}


def _sounding(command: dict[str, Any]) -> dict[str, Any]:
    if not command["media"].get("audio"):
        return command
    return {**command, "sound": sound_of(command["clip"]), "sound_track": f"{command['track']}.sound"}


def sound_of(clip_id: str) -> str:
    """The id of the sound that goes with a picture clip."""
    return f"{clip_id}.sound"


PROJECT_STEPS: Final[Mapping[int, Step]] = {3: _with_sound_clips}
"""Schema n -> the function that takes a project from n to n + 1."""
RECORD_STEPS: Final[Mapping[int, Step]] = {3: _with_sound_added}
"""Schema n -> the function that takes a journal record from n to n + 1."""


def upgraded(
    value: dict[str, Any], schema: int, *, to: int = SCHEMA, steps: Mapping[int, Step] = PROJECT_STEPS
) -> dict[str, Any]:
    """The dictionary brought from `schema` to `to`, one step at a time. A version without a step keeps its shape."""
    for version in range(schema, to):
        if version in steps:
            value = steps[version](value)
    return value
