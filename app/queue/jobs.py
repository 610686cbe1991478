"""What the render queue holds. Pure; the order of the tuple is the order of the work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from core.ids import JobId
from core.progress import Progress
from core.render.messages import ExportRequest
from core.words import msg, tr


class JobState(StrEnum):
    """The word a person reads."""

    WAITING = msg("Waiting")
    RUNNING = msg("Exporting")
    DONE = msg("Done")
    FAILED = msg("Stopped")
    CANCELLED = msg("Cancelled")

    @property
    def is_over(self) -> bool:
        return self not in (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Job:
    """One export, with the project as it was when it was added."""

    request: ExportRequest
    state: JobState = JobState.WAITING
    message: str = ""
    done: int = 0
    total: int = 0
    """Frames; 0 until the first is finished."""
    left_s: float | None = None

    @property
    def id(self) -> JobId:
        return self.request.job

    @property
    def out(self) -> Path:
        return Path(self.request.settings.out)

    @property
    def fraction(self) -> float:
        """Share done, 0..1."""
        return 1.0 if self.state is JobState.DONE else min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def frames(self) -> int:
        """Of the timeline in its span."""
        return len(self.request.span.frames(self.request.project.rate))


Jobs = tuple[Job, ...]


def job_of(jobs: Jobs, id_: JobId) -> Job | None:
    return next((job for job in jobs if job.id == id_), None)


def added(jobs: Jobs, request: ExportRequest, *, is_next: bool = False) -> Jobs:
    """With a job at the end, or before all others that wait."""
    job = Job(request)
    at = next((n for n, j in enumerate(jobs) if j.state is JobState.WAITING), len(jobs)) if is_next else len(jobs)
    return (*jobs[:at], job, *jobs[at:])


def moved(jobs: Jobs, id_: JobId, by: int) -> Jobs:
    """With a job so many places later; only jobs that wait change places."""
    waiting = [n for n, job in enumerate(jobs) if job.state is JobState.WAITING]
    here = next((k for k, n in enumerate(waiting) if jobs[n].id == id_), None)
    if here is None:
        return jobs
    there = min(max(here + by, 0), len(waiting) - 1)
    order = list(waiting)
    order.insert(there, order.pop(here))
    placed = dict(zip(waiting, order, strict=True))
    return tuple(jobs[placed.get(n, n)] for n in range(len(jobs)))


def gaps(jobs: Jobs) -> range:
    """Where a job that waits may be put down: before the job of this number, or behind the last that waits."""
    waiting = [n for n, job in enumerate(jobs) if job.state is JobState.WAITING]
    return range(waiting[0], waiting[-1] + 2) if waiting else range(0)


def steps_to(jobs: Jobs, id_: JobId, gap: int) -> int:
    """How many places later a job comes among those that wait when it is put down in a gap; negative for earlier."""
    waiting = [(n, job.id) for n, job in enumerate(jobs) if job.state is JobState.WAITING]
    here = next((k for k, (_, other) in enumerate(waiting) if other == id_), None)
    if here is None:
        return 0
    before = sum(n < gap for n, _ in waiting)
    return before - here - (1 if before > here else 0)


def changed(jobs: Jobs, job: Job) -> Jobs:
    """With the job of the same id replaced."""
    return tuple(job if j.id == job.id else j for j in jobs)


def without(jobs: Jobs, ids: Iterable[JobId]) -> Jobs:
    gone = set(ids)
    return tuple(job for job in jobs if job.id not in gone)


def following(jobs: Jobs) -> Job | None:
    """The next to run; None while one runs or none waits."""
    if any(job.state is JobState.RUNNING for job in jobs):
        return None
    return next((job for job in jobs if job.state is JobState.WAITING), None)


def again(job: Job) -> Job:
    """As if it had just been added. What was finished of it is found and kept by the export."""
    return Job(job.request)


def progressed(job: Job, progress: Progress | None) -> Job:
    if progress is None:
        return job
    return replace(job, done=progress.done, total=progress.total, left_s=progress.left_s)


def interrupted(job: Job) -> Job:
    """A job that ran when the program ended: it waits, and goes on from its finished pieces."""
    if job.state is not JobState.RUNNING:
        return job
    return replace(job, state=JobState.WAITING, message=tr("Interrupted. It goes on where it stopped."), left_s=None)
