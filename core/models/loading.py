"""From files in the store to the set of models in use. What cannot be used is left out and said; nothing is ever required."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.errors import ModelError
from core.models.adapters import NONE, LeftOut, ModelSet, UsedModel
from core.models.networks import with_network
from core.models.store import ModelRecord, ModelStore
from core.words import Note, tr


def load_models(store: ModelStore) -> ModelSet:
    """The models in use, each verified and tried on an empty picture. Takes as long as reading their files. Never raises."""
    models = NONE
    for record in store.records():
        if not record.is_in_use:
            continue
        try:
            models = with_network(models, record.task, store.verified(record), record.title)
        except ModelError as problem:
            models = _without(models, record, _with_path(problem.message, store.path_of(record)))
        except Exception as problem:  # a library that meets a strange file may raise anything; the others still work
            reason = tr("{path} could not be loaded ({name})", path=store.path_of(record), name=type(problem).__name__)
            models = _without(models, record, tr("{reason}; remove it and add it again.", reason=reason))
        else:
            used = UsedModel(record.id, record.title, record.task, record.sha256)
            models = replace(models, used=(*models.used, used))
    return models


def _with_path(message: str, path: Path) -> str:
    """A network's complaint names its model; a person must know which file that is, and what to do about it."""
    return (
        message
        if str(path) in message
        else tr("{message}; remove it, or add another file than {path}.", message=message.rstrip("."), path=path)
    )


def _without(models: ModelSet, record: ModelRecord, reason: str) -> ModelSet:
    note = Note("The model {id} is left out: {reason}", id=record.id, reason=reason)
    return replace(models, left_out=(*models.left_out, LeftOut(record.id, note)))
