"""Managing optional models from the command line: what there is, fetching or adding one, removing one."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.bootstrap import model_store
from app.cli_listing import absolute
from core.cancel import CancelToken
from core.errors import ModelError, UsageError
from core.models.catalogue import ModelEntry
from core.models.tasks import Task
from core.progress import Progress

if TYPE_CHECKING:
    from core.models.store import ModelInfo, ModelRecord, ModelStore

DONE: Final = 0


def add_models_parser(commands: argparse._SubParsersAction[Any], kind: type[argparse.ArgumentParser]) -> None:
    """`models list | add | remove`, for the command line's parser, in parsers of its `kind`."""
    models = commands.add_parser("models", help="optional models: what there is, add one, remove one")
    verbs = models.add_subparsers(metavar="VERB", required=True, parser_class=kind)

    listing = verbs.add_parser("list", help="models that are known or installed")
    listing.add_argument("--json", action="store_true", help="everything, as JSON")
    listing.set_defaults(run=list_models)

    adding = verbs.add_parser(
        "add", help="install a model and take it into use, from a file or by its name in the list"
    )
    adding.add_argument("model", metavar="FILE_OR_ID")
    adding.add_argument("--task", choices=tuple(Task), help="what a file that is not in the list is for")
    adding.add_argument("--accept-licence", action="store_true", help="you have read the licence that list shows")
    adding.set_defaults(run=add_model)

    removing = verbs.add_parser("remove", help="delete a model from this computer")
    removing.add_argument("id", metavar="ID")
    removing.set_defaults(run=remove_model)


def list_models(asked: argparse.Namespace) -> int:
    """What is known and installed, and why something installed is not used."""
    store = model_store()
    models, problems = store.models(), _problems(store)
    if asked.json:
        described = [{**_as_json(model), "problem": problems.get(model.id)} for model in models]
        print(json.dumps(described, indent=2, ensure_ascii=False))
        return DONE
    print("\n".join(line for model in models for line in _lines(model, is_left_out=model.id in problems)))
    for problem in problems.values():
        print(f"note     {problem}")
    return DONE


def _problems(store: ModelStore) -> dict[str, str]:
    """Why models that are in use could not be used, by id."""
    if not store.records():
        return {}
    from core.models.loading import load_models

    return {model.id: model.note for model in load_models(store).left_out}


def add_model(asked: argparse.Namespace) -> int:
    """Raises `ModelError`, `UsageError`, `Cancelled`."""
    store = model_store()
    record = _added(store, asked)
    problem = _problems(store).get(record.id)
    is_known = next(model for model in store.models() if model.id == record.id).entry is not None
    whose = "" if is_known else ", a file of your own: by its hash it is none of the catalogue's"
    print(f"{record.id} is {'left out' if problem else 'in use'}{whose}.")
    if problem:
        print(f"note     {problem}")
    return DONE


def remove_model(asked: argparse.Namespace) -> int:
    """Raises `ModelError`, `UsageError`."""
    store = model_store()
    if asked.id not in {record.id for record in store.records()}:
        raise UsageError(f"Model '{asked.id}' is not installed; 'models list' says what is.")
    store.remove(asked.id)
    print(f"{asked.id} was removed.")
    return DONE


def _added(store: ModelStore, asked: argparse.Namespace) -> ModelRecord:
    path = Path(absolute(asked.model))
    task = Task(asked.task) if asked.task else None
    if path.is_file():
        entry = store.entry_of_file(path)
        if entry is None and task is None:
            raise UsageError(
                f"{path.name} is not in the catalogue by its hash; say what it is for: --task {'|'.join(Task)}."
            )
        if entry is not None and task not in (None, entry.task):
            raise UsageError(f"{path.name} is {entry.title}, a {entry.task} model; leave --task out.")
        accepted = entry is not None and _accepts(entry, asked.accept_licence)
        return store.add_file(path, task, licence_accepted=accepted)
    if Path(asked.model).suffix or Path(asked.model).parent != Path():
        raise ModelError(f"{path} is not there, or is no file; check the name.")
    if task is not None:
        raise UsageError("--task is for files; the list says what its models are for.")
    known = {model.id: model.entry for model in store.models()}
    entry = known.get(asked.model)
    if entry is None:
        names = ", ".join(id_ for id_, listed in known.items() if listed)
        raise UsageError(f"There is no model '{asked.model}'; known are {names}.")
    here = any(record.id == entry.id for record in store.records())
    accepted = here or not entry.can_be_fetched or _accepts(entry, asked.accept_licence)
    return store.fetch(entry.id, CancelToken(), _Meter().show, licence_accepted=accepted)


def _accepts(entry: ModelEntry, given: bool) -> bool:  # noqa: FBT001 — straight from the parsed arguments
    """Show the licence and the hash, and ask whoever sits at a terminal."""
    print(f"{entry.title}, {entry.size / 1e6:.1f} MB, SHA-256 {entry.sha256}")
    print(f"Licence: {entry.licence} ({entry.licence_address})", flush=True)
    if given:
        return True
    if not sys.stdin.isatty():
        raise UsageError("Read the licence, then add --accept-licence.")
    return input("Do you accept it? [y/N] ").strip().lower() in ("y", "yes")


class _Meter:
    """Percents of a download on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        self._last = -1

    def show(self, now: Progress) -> None:
        percent = int(100 * now.fraction)
        if percent != self._last and sys.stderr.isatty():
            end = "\n" if percent == 100 else ""
            print(f"\r{now.stage} {percent:3} %", end=end, file=sys.stderr, flush=True)
        self._last = percent


def _lines(model: ModelInfo, *, is_left_out: bool) -> list[str]:
    size = f", {model.size / 1e6:.1f} MB" if model.size else ""
    state = "left out" if is_left_out else model.state
    lines = [f"{model.id}: {model.title}; {model.task}, {state}{size}", f"  licence: {model.licence}"]
    if model.entry is not None:
        lines[1] += f" ({model.entry.licence_address})"
        lines += [f"  from: {model.entry.address}", f"  takes: {model.entry.input}"]
    else:
        lines.append("  from: a file of your own, none of the catalogue's")
    return [*lines, f"  SHA-256: {model.sha256 or 'not known; the file is added by hand'}"]


def _as_json(model: ModelInfo) -> dict[str, object]:
    entry = model.entry
    return {
        "id": model.id,
        "title": model.title,
        "task": model.task,
        "state": model.state,
        "size": model.size or None,
        "sha256": model.sha256 or None,
        "licence": model.licence,
        "licence_address": entry.licence_address if entry else None,
        "address": entry.address if entry else None,
        "input": entry.input if entry else None,
    }
