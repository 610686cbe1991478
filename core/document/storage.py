"""Storage: the project file. JSON with a schema version and a generation, closed by its own SHA-256.

A save is whole or not at all: written beside, flushed, renamed over, and the folder flushed. Each save is also kept as
a backup in the user's data folder, so a file that was damaged later can be opened from the newest good one.

    {"weathervane": {"schema": 1, "generation": 7}, "relative": {"media-…": "clips/road.mp4"}, "project": {…}}
    #sha256 5f0c…
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any, Final

import msgspec

from core.document.integrity import check_project
from core.document.model import Project
from core.document.upgrades import SCHEMA, upgraded
from core.errors import ProjectError
from core.media.facts import MediaFacts, MediaKind
from core.media.sequence import image_path
from core.places import data_dir
from core.words import msg, tr

SUFFIX: Final = ".wvp"
BACKUPS_KEPT: Final = 8
_FOOTER: Final = b"\n#sha256 "
_FRACTION: Final = re.compile(r"-?\d{1,40}/[1-9]\d{0,39}")


class ProjectNewer(ProjectError):
    """Saved by a later version: whole, but not readable here."""


@dataclass(frozen=True, slots=True)
class StoredProject:
    """A project as read. `digest` names the bytes of the file, `generation` counts its saves."""

    project: Project
    generation: int
    digest: str


# ---- values as JSON -----------------------------------------------------------------------------------------------


def to_json(value: object) -> bytes:
    """Any value of the document, fractions as "n/d"."""
    return msgspec.json.encode(value, enc_hook=_encode_special)


def from_builtins(value: object, kind: Any) -> Any:
    """The typed value of decoded JSON, strictly. Raises `msgspec.ValidationError` with the path of what is wrong."""
    return msgspec.convert(value, kind, dec_hook=_decode_special)


def _encode_special(value: object) -> str:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    raise NotImplementedError(f"a project cannot hold a {type(value).__name__}")


def _decode_special(kind: type, value: object) -> Fraction:
    if kind is Fraction and isinstance(value, str) and _FRACTION.fullmatch(value):
        return Fraction(value)
    raise ValueError(f"expected a fraction such as 24000/1001, not {value!r:.60}")


# ---- the file -----------------------------------------------------------------------------------------------------


def encode_project(project: Project, generation: int, folder: Path | None) -> bytes:
    """The content of a project file that will lie in `folder` (None: nowhere yet), footer included."""
    body = to_json(
        {
            "weathervane": {"schema": SCHEMA, "generation": generation},
            "relative": {} if folder is None else _relative_places(project, folder),
            "project": project,
        }
    )
    return body + _FOOTER + hashlib.sha256(body).hexdigest().encode() + b"\n"


def decode_project(data: bytes, name: str, folder: Path | None) -> StoredProject:
    """Read the content of a project file. Raises `ProjectError`, saying whether it is newer, damaged or wrong, and where."""
    body, found, footer = data.rpartition(_FOOTER)
    if not found:
        raise ProjectError(tr("{name} is not a complete Weathervane project; its end is missing.", name=name))
    digest = digest_of(data)
    try:
        document = msgspec.json.decode(body)
        schema, generation = int(document["weathervane"]["schema"]), int(document["weathervane"]["generation"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        raise ProjectError(tr("{name} is damaged: it is not readable as a project.", name=name)) from None
    if schema > SCHEMA:
        raise ProjectNewer(
            tr(
                "{name} was saved by a newer Weathervane (project format {schema}; this one reads up to {newest}); "
                "update Weathervane to open it.",
                name=name,
                schema=schema,
                newest=SCHEMA,
            )
        )
    if footer.strip().decode("ascii", "replace") != digest:
        raise ProjectError(tr("{name} is damaged: its content does not match its checksum.", name=name))
    try:
        project: Project = from_builtins(upgraded(document["project"], schema), Project)
        check_project(project)
        relative = from_builtins(document.get("relative", {}), dict[str, str])
    except (msgspec.ValidationError, ValueError, KeyError) as error:
        raise ProjectError(tr("{name} cannot be used: {error}.", name=name, error=error)) from None
    return StoredProject(project if folder is None else _relocated(project, relative, folder), generation, digest)


def digest_of(content: bytes) -> str:
    """SHA-256 of a project file without its footer, in hex."""
    return hashlib.sha256(content.rpartition(_FOOTER)[0]).hexdigest()


def project_file(path: Path) -> Path:
    """The place of a project that a person wrote as `path`: the ending is added where it is missing."""
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def load_project(path: Path) -> StoredProject:
    """Read a project file and nothing else. Raises `ProjectError`."""
    return decode_project(_read(path), path.name, path.resolve().parent)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ProjectError(tr("{name} was not found in {folder}.", name=path.name, folder=path.parent)) from None
    except OSError as error:
        raise ProjectError(tr("{name} cannot be read: {reason}.", name=path.name, reason=reason_of(error))) from None


def save_project(path: Path, content: bytes, *, keep: int = BACKUPS_KEPT) -> None:
    """Put `content` (from `encode_project`) under this name, whole or not at all. Raises `ProjectError`; the old file stays.

    `keep` is how many saves are kept as backups, this one included.
    """
    path = path.resolve()
    if path.exists() and not os.access(path, os.W_OK):
        raise ProjectError(tr("{name} is read-only; save the project under another name.", name=path.name))
    if path.exists():
        # Somebody else may have written it since; the last word of anybody is worth a backup.
        with contextlib.suppress(OSError):
            _back_up(path, path.read_bytes(), keep)
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ProjectError(
            tr(
                "{name} cannot be saved: {reason}; the file on disk is unchanged.",
                name=path.name,
                reason=reason_of(error),
            )
        ) from None
    # The save itself has succeeded: a full data folder must not turn it into a failure.
    with contextlib.suppress(OSError):
        _back_up(path, content, keep)


def reason_of(error: OSError) -> str:
    """The system's reason as the middle of a sentence."""
    return tr((error.strerror or str(error)).strip(". ").lower())


COMMON_REASONS: Final = (
    msg("permission denied"),
    msg("no such file or directory"),
    msg("no space left on device"),
    msg("read-only file system"),
    msg("is a directory"),
    msg("not a directory"),
    msg("file exists"),
    msg("input/output error"),
    msg("operation not permitted"),
    msg("disk quota exceeded"),
    msg("file name too long"),
)
"""For the catalogue: what systems say, in small letters."""


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside, flush, rename over, flush the folder. Raises `OSError` and leaves nothing behind."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make a rename or a new file in `folder` survive a power cut. Windows cannot open a folder, and needs not."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# ---- backups ------------------------------------------------------------------------------------------------------


def path_key(path: Path) -> str:
    """A name for everything kept elsewhere about the project file at this place."""
    return hashlib.blake2b(str(path.resolve()).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def backups(path: Path) -> tuple[Path, ...]:
    """Backups of the project file at this place, newest first."""
    return tuple(sorted(_backup_folder(path).glob(f"*{SUFFIX}"), reverse=True))


def _backup_folder(path: Path) -> Path:
    return data_dir() / "backups" / path_key(path)


def _back_up(path: Path, content: bytes, keep: int) -> None:
    folder, kept = _backup_folder(path), backups(path)
    if kept and kept[0].read_bytes() == content:
        return
    folder.mkdir(parents=True, exist_ok=True)
    number = int(kept[0].stem) + 1 if kept else 1
    write_atomically(folder / f"{number:06d}{SUFFIX}", content)
    for old in kept[keep - 1 :]:
        old.unlink(missing_ok=True)


def newest_good_backup(path: Path) -> StoredProject | None:
    """The newest backup that still reads, or None."""
    for backup in backups(path):
        with contextlib.suppress(ProjectError):
            return decode_project(_read(backup), backup.name, path.resolve().parent)
    return None


# ---- where the media lie ------------------------------------------------------------------------------------------


def _relative_places(project: Project, folder: Path) -> dict[str, str]:
    """For media below the project's folder or beside it: the way there, so the whole can be moved or mailed."""
    places: dict[str, str] = {}
    for media in project.media:
        path = Path(media.path)
        if path.is_relative_to(folder):
            places[media.id] = path.relative_to(folder).as_posix()
        elif path.is_relative_to(folder.parent):
            places[media.id] = (PurePosixPath("..") / path.relative_to(folder.parent).as_posix()).as_posix()
    return places


def _relocated(project: Project, relative: Mapping[str, str], folder: Path) -> Project:
    """Media that lie where the relative place says are taken from there: a moved project is whole on its own."""
    return replace(project, media=tuple(_found(m, relative.get(m.id), folder) for m in project.media))


def _found(media: MediaFacts, place: str | None, folder: Path) -> MediaFacts:
    if place is None:
        return media
    path = os.path.normpath(folder / place)
    return replace(media, path=path) if _exists(path, media) else media


def _exists(path: str, media: MediaFacts) -> bool:
    if media.kind is not MediaKind.SEQUENCE:
        return Path(path).is_file()
    return image_path(path, media.first_number).is_file()
