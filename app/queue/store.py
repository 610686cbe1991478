"""The queue on disk: one small list, and beside it each job's project as it was added."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from app.queue.jobs import Job, Jobs, JobState, interrupted
from core.document.storage import decode_project, encode_project, from_builtins, to_json, write_atomically
from core.errors import ProjectError
from core.file_lock import FileLock
from core.ids import JobId
from core.render.messages import ExportRequest, ExportSettings
from core.timebase import TimeRange

log = logging.getLogger(__name__)

_LIST: Final = "queue.json"


class _Entry(msgspec.Struct):
    job: JobId
    span: TimeRange
    settings: ExportSettings
    state: JobState = JobState.WAITING
    message: str = ""
    done: int = 0
    total: int = 0


class _List(msgspec.Struct):
    is_on: bool = False
    jobs: tuple[_Entry, ...] = ()


class QueueStore:
    """Main thread. One window has the stored queue; a second one's is its own and ends with it. Raises `OSError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / "queue.lock")

    def close(self) -> None:
        """Let the next window have it."""
        self._lock.close()

    def load(self) -> tuple[Jobs, bool]:
        """The jobs, and whether the queue was on. A job that ran waits again; one whose project is lost is dropped."""
        try:
            if not self._lock.take():
                return (), False
            stored = from_builtins(msgspec.json.decode((self._folder / _LIST).read_bytes()), _List)
        except (OSError, msgspec.MsgspecError, ValueError):
            return (), False
        assert isinstance(stored, _List)
        jobs = (self._job(entry) for entry in stored.jobs)
        return tuple(job for job in jobs if job is not None), stored.is_on

    def _job(self, entry: _Entry) -> Job | None:
        place = self._place(entry.job)
        try:
            project = decode_project(place.read_bytes(), place.name, None).project
        except (OSError, ProjectError) as error:
            log.warning("an export in the queue is lost: %s", error)
            return None
        request = ExportRequest(entry.job, project, entry.span, entry.settings)
        return interrupted(Job(request, entry.state, entry.message, entry.done, entry.total))

    def save(self, jobs: Jobs, *, is_on: bool) -> None:
        """All of it: a project is written once, when its job is new, and deleted with it."""
        if not self._lock.take():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        wanted = {self._place(job.id): job for job in jobs}
        for place, job in wanted.items():
            if not place.exists():
                write_atomically(place, encode_project(job.request.project, 1, None))
        entries = tuple(
            _Entry(j.id, j.request.span, j.request.settings, j.state, j.message, j.done, j.total) for j in jobs
        )
        write_atomically(self._folder / _LIST, to_json(_List(is_on, entries)))
        for place in self._folder.glob("*.wvp"):
            if place not in wanted:
                with suppress(OSError):
                    place.unlink()

    def _place(self, job: JobId) -> Path:
        return self._folder / f"{job}.wvp"
