"""The gallery: stills that were grabbed, each a folder with the picture and what made it. Pure but for the disk; any thread.

    gallery/<project>/<still>/still.json    what it is, and the recipe of its look
                              picture.exr   light: half floats, scene-linear Rec.709
                              picture.png   16 bits, as a screen shows it
                              thumb.png     8 bits, for the gallery

A still appears whole or not at all. What is thrown away goes to `gallery/trash`, which keeps the newest few.
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from core.document.recipe import Recipe
from core.document.storage import flush_folder, reason_of, write_atomically
from core.errors import ExportError, LookError
from core.ids import ProjectId
from core.looks.format import decode_recipe, encode_recipe
from core.media.facts import ColorTags
from core.media.images import write_exr, write_png
from core.media.output import sync
from core.words import Note, tr

FORMAT: Final = 1
THUMB_HEIGHT_PX: Final = 126
TRASH: Final = "trash"
TRASH_KEPT: Final = 20
LEFT_BEHIND_S: Final = 3600.0
"""A still that is not whole after an hour never will be."""
FACTS_KEPT: Final = 2000
"""Stills whose facts are held in memory: a refresh must not stutter."""
_FACTS, _LIGHT, _PICTURE, _THUMB = "still.json", "picture.exr", "picture.png", "thumb.png"


class StillLayer(StrEnum):
    """Which of the two pictures it is."""

    SOURCE = "source"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class StillFacts:
    """What was grabbed. `frame` is the source's own number, `look` the stored names of the looks, `timecode` the timeline's."""

    id: str
    taken: datetime
    layer: StillLayer
    project: ProjectId
    project_name: str
    clip: str
    media: str
    frame: int
    timecode: str
    look: str
    width: int
    height: int
    recipe: Recipe | None = None
    """What its clip wore; None where that is not known here."""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Still:
    folder: Path
    facts: StillFacts

    @property
    def id(self) -> str:
        return self.facts.id

    @property
    def picture(self) -> Path:
        """PNG of 16 bits."""
        return self.folder / _PICTURE

    @property
    def light(self) -> Path:
        """OpenEXR of half floats."""
        return self.folder / _LIGHT

    @property
    def thumb(self) -> Path:
        return self.folder / _THUMB


@dataclass(frozen=True, slots=True)
class Gallery:
    """Stills, the newest first, and a sentence for each that cannot be read."""

    stills: tuple[Still, ...] = ()
    problems: tuple[str, ...] = ()


class ExportKind(StrEnum):
    """What a still can be written as; the value is the ending."""

    PNG = ".png"
    TIFF = ".tif"
    EXR = ".exr"


class _Format(msgspec.Struct):
    still: int


class _Stored(msgspec.Struct):
    weathervane: _Format
    id: str
    taken: datetime
    layer: StillLayer
    project: str
    project_name: str
    clip: str
    media: str
    frame: int
    timecode: str
    look: str
    width: int
    height: int
    recipe: msgspec.Raw = msgspec.Raw(b"null")
    recipe_name: str = ""
    """Of the clip's own look: the viewer's name for it tells of adjustment clips too."""


# ---- reading ------------------------------------------------------------------------------------------------------


def load_gallery(root: Path, project: ProjectId | None = None) -> Gallery:
    """The stills of one project, or of all. Reads no picture."""
    stills, problems = [], []
    for path in root.glob(f"{project or '*'}/*/{_FACTS}"):
        if path.parents[1].name == TRASH or path.parent.name.startswith("."):
            continue
        try:
            stills.append(load_still(path.parent))
        except LookError as error:
            problems.append(error.message)
    return Gallery(tuple(sorted(stills, key=lambda s: s.facts.taken, reverse=True)), tuple(sorted(problems)))


def load_still(folder: Path) -> Still:
    """Read once for each time its facts were written. Raises `LookError`."""
    try:
        facts = (folder / _FACTS).stat()
        return _read_still(folder, facts.st_mtime_ns, facts.st_size)
    except OSError as error:
        reason = reason_of(error)
        raise LookError(tr("The still in {folder} cannot be read: {reason}.", folder=folder, reason=reason)) from None


@lru_cache(FACTS_KEPT)
def _read_still(folder: Path, _written_ns: int, _size: int) -> Still:
    """Raises `LookError`, `OSError`."""
    try:
        stored = msgspec.json.decode((folder / _FACTS).read_bytes(), type=_Stored)
    except (msgspec.MsgspecError, RecursionError):
        raise LookError(tr("The still in {folder} is damaged; delete the folder.", folder=folder)) from None
    if stored.weathervane.still > FORMAT:
        raise LookError(tr("The still in {folder} was grabbed by a newer Weathervane.", folder=folder))
    if stored.taken.tzinfo is None:
        raise LookError(tr("The still in {folder} is damaged; delete the folder.", folder=folder))
    facts = StillFacts(
        stored.id, stored.taken, stored.layer, ProjectId(stored.project), stored.project_name, stored.clip, stored.media,
        stored.frame, stored.timecode, stored.look, stored.width, stored.height,
    )  # fmt: skip
    return Still(folder, _with_recipe(facts, stored))


def _with_recipe(facts: StillFacts, stored: _Stored) -> StillFacts:
    """The facts, with the recipe where it can be used: a picture is worth keeping without."""
    found = msgspec.json.decode(stored.recipe)
    if found is None:
        return facts
    try:
        read = decode_recipe(found, stored.recipe_name)
    except LookError as error:
        return replace(facts, notes=(Note(error.message),))
    return replace(facts, recipe=read.recipe, notes=read.notes)


def read_picture(still: Still) -> npt.NDArray[np.uint8]:
    """What a screen shows of it: (H, W, 4) uint8 B G R 255, read-only. Raises `LookError`."""
    deep = cv2.imread(str(still.picture), cv2.IMREAD_UNCHANGED)
    if deep is None or deep.ndim != 3:
        raise LookError(tr("The picture of the still in {folder} is missing or damaged.", folder=still.folder))
    codes = np.asarray(cv2.convertScaleAbs(deep, alpha=255 / 65535) if deep.dtype == np.uint16 else deep, np.uint8)
    shown = np.dstack((codes[..., :3], np.full(codes.shape[:2], 255, np.uint8)))
    shown.flags.writeable = False
    return shown


# ---- writing ------------------------------------------------------------------------------------------------------


def keep_still(
    root: Path, facts: StillFacts, codes: npt.NDArray[np.uint16], light: npt.NDArray[np.float16], color: ColorTags
) -> Still:
    """A new still, from pictures (H, W, 3) as `GrabReady` has them. Raises `LookError`, and leaves nothing behind."""
    home = root / facts.project
    part = home / f".{facts.id}.part"
    _sweep(home)
    try:
        part.mkdir(parents=True)
        write_exr(part / _LIGHT, light.astype(np.float32))
        write_png(part / _PICTURE, codes, color)
        write_png(part / _THUMB, _thumb(codes), color)
        write_atomically(part / _FACTS, _encoded(facts))
        for name in (_LIGHT, _PICTURE):
            sync(part / name)
        part.rename(home / facts.id)
        flush_folder(home)
    except (OSError, ExportError) as error:
        shutil.rmtree(part, ignore_errors=True)
        reason = reason_of(error) if isinstance(error, OSError) else error.message.rstrip(".")
        raise LookError(tr("The still was not kept in {folder}: {reason}.", folder=home, reason=reason)) from None
    return Still(home / facts.id, facts)


def _sweep(home: Path) -> None:
    """Remove what a crash left half-written."""
    for part in home.glob(".*.part"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > LEFT_BEHIND_S:
                shutil.rmtree(part, ignore_errors=True)


def _thumb(codes: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint8]:
    height = min(THUMB_HEIGHT_PX, codes.shape[0])
    width = max(1, round(codes.shape[1] * height / codes.shape[0]))
    small = cv2.resize(codes, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.convertScaleAbs(small, alpha=255 / 65535), np.uint8)


def _encoded(facts: StillFacts) -> bytes:
    stored = _Stored(
        weathervane=_Format(FORMAT),
        recipe=msgspec.Raw(b"null" if facts.recipe is None else encode_recipe(facts.recipe)),
        recipe_name="" if facts.recipe is None else facts.recipe.name,
        **{
            name: getattr(facts, name)
            for name in _Stored.__struct_fields__
            if hasattr(facts, name) and name != "recipe"
        },
    )
    return msgspec.json.format(msgspec.json.encode(stored), indent=2)


def remove_still(root: Path, still: Still) -> None:
    """Into the trash, where the newest few are kept. Raises `LookError`."""
    _move(still, root / TRASH / still.id)
    with suppress(OSError):
        gone = sorted((root / TRASH).iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True)
        for folder in gone[TRASH_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def removed_stills(root: Path) -> tuple[Still, ...]:
    """What is in the trash, the last one thrown away first."""
    found = []
    for path in (root / TRASH).glob(f"*/{_FACTS}"):
        with suppress(LookError, OSError):
            found.append((path.parent.stat().st_mtime_ns, load_still(path.parent)))
    return tuple(still for _, still in sorted(found, key=lambda each: each[0], reverse=True))


def bring_back_still(root: Path, still: Still) -> None:
    """Out of the trash again. Raises `LookError`."""
    _move(still, root / still.facts.project / still.id)


def _move(still: Still, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        still.folder.rename(target)
        os.utime(target)
    except OSError as error:
        reason = reason_of(error)
        raise LookError(tr("The still was not moved to {folder}: {reason}.", folder=target, reason=reason)) from None


def export_still(still: Still, out: Path) -> Path:
    """A copy as PNG or TIFF of 16 bits, as a screen shows it, or as EXR of light, by the ending. Returns `out`; raises
    `LookError`."""
    endings = {".png": ExportKind.PNG, ".tif": ExportKind.TIFF, ".tiff": ExportKind.TIFF, ".exr": ExportKind.EXR}
    kind = endings.get(out.suffix.lower())
    if kind is None:
        raise LookError(tr("{name} ends in neither .png, .tif nor .exr; choose one of them.", name=out.name))
    part = out.with_name(f".{out.stem}.{secrets.token_hex(4)}{out.suffix}")
    try:
        if kind is ExportKind.TIFF:
            deep = cv2.imread(str(still.picture), cv2.IMREAD_UNCHANGED)
            if deep is None or not cv2.imwrite(str(part), deep):
                raise OSError(tr("the picture cannot be read, or the folder not be written"))
        else:
            shutil.copyfile(still.light if kind is ExportKind.EXR else still.picture, part)
        sync(part)
        part.replace(out)
    except (OSError, cv2.error) as error:
        part.unlink(missing_ok=True)
        reason = reason_of(error) if isinstance(error, OSError) else str(error)
        raise LookError(tr("The still was not written to {path}: {reason}.", path=out, reason=reason)) from None
    return out
