"""The store: models in the user's data folder, each a file and a record of what was said of it when it was added.

A model is known by an id, used only while its file has the recorded hash, and one of each task is in use at a time. No
picture ever waits for the network: only `fetch` goes there, and only when a person asked for it and accepted the licence.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from core.cancel import CancelToken
from core.errors import ModelError
from core.models.adapters import NONE
from core.models.catalogue import ModelEntry, catalogue
from core.models.download import fetch, file_hash
from core.models.tasks import Task
from core.progress import ProgressSink
from core.words import msg, tr

SUFFIXES: Final[Mapping[Task, tuple[str, ...]]] = {
    Task.DETECTOR: (".onnx",),
    Task.SEGMENTATION: (".tflite",),
    Task.DEPTH: (".onnx",),
}


class ModelState(StrEnum):
    IN_USE = "in use"
    INSTALLED = "installed"
    """There, while another of its task is in use."""
    AVAILABLE = "available"
    """In the catalogue, not here."""
    BROKEN = "broken"
    """Here, but its file is missing or has changed."""


class ModelRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept beside a model's file, as JSON."""

    id: str
    title: str
    task: Task
    file: str
    sha256: str
    size: int
    licence: str
    is_in_use: bool = True


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A row of the model manager."""

    id: str
    title: str
    task: Task
    state: ModelState
    sha256: str
    size: int
    licence: str
    entry: ModelEntry | None
    """What the catalogue says of it; None for a file of the user's own."""


class ModelStore:
    """Models in one folder. Main thread or command line; reading is safe from any."""

    def __init__(self, folder: Path, known: tuple[ModelEntry, ...] | None = None) -> None:
        self._folder = folder
        self._known = catalogue() if known is None else known

    # ---- what there is --------------------------------------------------------------------------------------------

    def models(self) -> tuple[ModelInfo, ...]:
        """Everything known or added: the catalogue in its order, then files of the user's own by id.

        Whether a file has changed is told by its size here; its hash is checked whenever it is loaded.
        """
        records = {record.id: record for record in self.records()}
        entries = {entry.id: entry for entry in self._known}
        own = sorted(records.keys() - entries.keys())
        return tuple(self._info(id_, entries.get(id_), records.get(id_)) for id_ in (*entries, *own))

    def records(self) -> tuple[ModelRecord, ...]:
        """Of every model that was added. A record that cannot be read counts as none: the model can be added again."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=ModelRecord))
            except (msgspec.DecodeError, OSError):
                continue
        return tuple(found)

    def digest(self) -> str:
        """Names the files of the models in use, whatever their task; empty without any."""
        files = sorted(record.sha256 for record in self.records() if record.is_in_use)
        return hashlib.sha256("".join(files).encode()).hexdigest()[:16] if files else ""

    def verified(self, record: ModelRecord) -> Path:
        """The file of a model, after its hash was checked. Raises `ModelError` if it is missing or has changed."""
        path = self.path_of(record)
        if not path.is_file():
            raise ModelError(tr("{path} is missing; add the model again, or remove it.", path=path))
        if _hash_of(path) != record.sha256:
            raise ModelError(tr("{path} has changed since it was added; remove the model and add it again.", path=path))
        return path

    def path_of(self, record: ModelRecord) -> Path:
        """Where its file belongs."""
        return self._folder / record.file

    def entry(self, id_: str) -> ModelEntry:
        """Of the catalogue. Raises `ModelError`."""
        for entry in self._known:
            if entry.id == id_:
                return entry
        raise ModelError(
            tr("There is no model '{id}'; known are {known}.", id=id_, known=", ".join(e.id for e in self._known))
        )

    def _info(self, id_: str, entry: ModelEntry | None, record: ModelRecord | None) -> ModelInfo:
        if record is not None:
            path = self.path_of(record)
            if entry is not None and entry.sha256 != record.sha256:
                entry = None  # what the catalogue says is true of its own file alone
            whole = path.is_file() and path.stat().st_size == record.size
            state = ModelState.IN_USE if record.is_in_use else ModelState.INSTALLED
            state = state if whole else ModelState.BROKEN
            return ModelInfo(id_, record.title, record.task, state, record.sha256, record.size, record.licence, entry)
        assert entry is not None
        return ModelInfo(
            id_, entry.title, entry.task, ModelState.AVAILABLE, entry.sha256, entry.size, entry.licence, entry
        )

    # ---- adding and removing --------------------------------------------------------------------------------------

    def entry_of_file(self, path: Path) -> ModelEntry | None:
        """The model of the catalogue that a file is, by its hash. Raises `ModelError` for one that cannot be read."""
        digest = _hash_of(path)
        return next((entry for entry in self._known if entry.sha256 == digest), None)

    def add_file(self, path: Path, task: Task | None = None, *, licence_accepted: bool = False) -> ModelRecord:
        """Take a copy of a file into the store and into use. Raises `ModelError`.

        A file that the catalogue knows by its hash needs its licence accepted. Any other is the user's own, whatever its
        name: it needs a task, must be a network for it, and never takes the place or the name of a catalogued one.
        """
        digest = _hash_of(path)
        entry = next((e for e in self._known if e.sha256 == digest), None)
        if entry is not None:
            _insist_on_licence(entry, accepted=licence_accepted)
            if task not in (None, entry.task):
                raise ModelError(
                    tr(
                        "{name} is {title}, a {task} model, not a {other} model.",
                        name=path.name,
                        title=entry.title,
                        task=tr(entry.task.value),
                        other=tr(task.value),
                    )
                )
            record = _record_of(entry)
        elif task is None:
            raise ModelError(
                tr(
                    "{name} is not in the catalogue by its hash; say what it is for: {tasks}.",
                    name=path.name,
                    tasks=", ".join(Task),
                )
            )
        else:
            if path.suffix.lower() not in SUFFIXES[task]:
                raise ModelError(
                    tr(
                        "A {task} model is a {endings} file, not {name}.",
                        task=tr(task.value),
                        endings=tr(" or ").join(SUFFIXES[task]),
                        name=path.name,
                    )
                )
            _try(path, task)
            id_ = self._free_id(path.stem, digest)
            size = path.stat().st_size
            record = ModelRecord(id_, path.name, task, id_ + path.suffix.lower(), digest, size, msg("not stated"))
        self._folder.mkdir(parents=True, exist_ok=True)
        beside = self._folder / (record.file + ".part")
        shutil.copyfile(path, beside)
        beside.replace(self._folder / record.file)
        return self._take_into_use(record)

    def fetch(
        self, id_: str, cancel: CancelToken, progress: ProgressSink, *, licence_accepted: bool = False
    ) -> ModelRecord:
        """Download a model of the catalogue and take it into use; one that is here already is only taken into use.

        Raises `ModelError`, `Cancelled`.
        """
        for record in self.records():
            if record.id == id_ and self._is_whole(record):
                return self._take_into_use(record)
        entry = self.entry(id_)
        if not entry.can_be_fetched:
            raise ModelError(
                tr(
                    "No hash is known for {title}, so it is not fetched: get {address} yourself, "
                    "and add the file as a {task} model.",
                    title=entry.title,
                    address=entry.address,
                    task=tr(entry.task.value),
                )
            )
        _insist_on_licence(entry, accepted=licence_accepted)
        record = _record_of(entry)
        self._folder.mkdir(parents=True, exist_ok=True)
        fetch(entry.address, self._folder / record.file, entry.sha256, entry.size, cancel, progress)
        return self._take_into_use(record)

    def remove(self, id_: str) -> None:
        """Delete a model and its record. Raises `ModelError` if it is not here."""
        record = next((r for r in self.records() if r.id == id_), None)
        if record is None:
            raise ModelError(tr("Model '{id}' is not installed.", id=id_))
        (self._folder / f"{id_}.json").unlink(missing_ok=True)
        (self._folder / record.file).unlink(missing_ok=True)

    def _is_whole(self, record: ModelRecord) -> bool:
        path = self._folder / record.file
        return path.is_file() and file_hash(path) == record.sha256

    def _take_into_use(self, record: ModelRecord) -> ModelRecord:
        """Write its record, and rest the others of its task."""
        for other in self.records():
            if other.task is record.task and other.id != record.id and other.is_in_use:
                self._write(msgspec.structs.replace(other, is_in_use=False))
        used = msgspec.structs.replace(record, is_in_use=True)
        self._write(used)
        return used

    def _write(self, record: ModelRecord) -> None:
        beside = self._folder / f"{record.id}.json.part"
        beside.write_bytes(msgspec.json.format(msgspec.json.encode(record)))
        beside.replace(self._folder / f"{record.id}.json")

    def _free_id(self, stem: str, digest: str) -> str:
        """An id for a file of the user's own: its name, told apart from what has it already."""
        name = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "model"
        others = {r.id for r in self.records() if r.sha256 != digest} | {e.id for e in self._known}
        return name if name not in others else f"{name}-{digest[:8]}"


def _record_of(entry: ModelEntry) -> ModelRecord:
    file = entry.id + entry.suffix
    return ModelRecord(entry.id, entry.title, entry.task, file, entry.sha256, entry.size, entry.licence)


def _insist_on_licence(entry: ModelEntry, *, accepted: bool) -> None:
    if not accepted:
        raise ModelError(
            tr(
                "{title} is under {licence} ({address}); accept that to add it.",
                title=entry.title,
                licence=entry.licence,
                address=entry.licence_address,
            )
        )


def _try(path: Path, task: Task) -> None:
    """Raises `ModelError` unless the file is a network for the task."""
    from core.models.networks import with_network

    try:
        with_network(NONE, task, path, path.name)
    except ModelError:
        raise
    except Exception as problem:  # a library that meets a strange file may raise anything
        raise ModelError(
            tr(
                "{name} could not be loaded as a {task} model ({error}).",
                name=path.name,
                task=tr(task.value),
                error=type(problem).__name__,
            )
        ) from None


def _hash_of(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError as error:
        raise ModelError(tr("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)) from None
