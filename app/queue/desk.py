"""RenderQueue: which export runs, which follow, and what became of them. Main thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.export.exporter import Exporter, Phase
from app.queue import jobs as q
from app.queue.jobs import Job, Jobs, JobState
from app.queue.store import QueueStore
from core.ids import JobId
from core.render.messages import ExportRequest, HoldExports, Request
from core.words import tr

log = logging.getLogger(__name__)

_ENDS = {Phase.DONE: JobState.DONE, Phase.FAILED: JobState.FAILED, Phase.CANCELLED: JobState.CANCELLED}


class RenderQueue(QObject):
    """Gives the exporter one job after the other while it is on. Pausing leaves the engine to previews at once."""

    changed = Signal()
    """`jobs` or `is_on` is new."""
    finished = Signal(str)
    """One sentence when the last job that waited is over."""
    failed = Signal(str)
    """The queue cannot be kept on disk."""

    def __init__(
        self, exporter: Exporter, post: Callable[[Request], None], store: QueueStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._exporter, self._post, self._store = exporter, post, store
        self.jobs: Jobs = ()
        self.is_on = False
        self._was_on = False
        self._dropped: set[JobId] = set()
        self._ended: list[JobState] = []
        exporter.changed.connect(self._on_progress)
        exporter.finished.connect(lambda _text: self._on_end())

    # ---- life -----------------------------------------------------------------------------------------------------

    def load(self) -> None:
        """What an earlier run left. `resume` goes on with it."""
        self.jobs, self._was_on = self._store.load()
        self.changed.emit()

    def resume(self) -> None:
        """Once there is an engine: go on by itself only where the program ended without being asked to."""
        if self._was_on and q.following(self.jobs) is not None:
            self.start()
        self._was_on = False

    def close(self) -> None:
        """The program ends as it should: nothing begins by itself the next time."""
        self.is_on = False
        self._keep()
        self._store.close()

    # ---- what a person does ---------------------------------------------------------------------------------------

    def add(self, request: ExportRequest) -> None:
        """At the end; it runs when its turn comes and the queue is on."""
        self._set(q.added(self.jobs, request))
        self._run_next()

    def export_now(self, request: ExportRequest) -> None:
        """Before all that wait, with the queue on."""
        self._set(q.added(self.jobs, request, is_next=True))
        self.start()

    def start(self) -> None:
        """Begin, or go on where it was paused."""
        self.is_on = True
        self._post(HoldExports(is_held=False))
        self._keep()
        self._run_next()
        self.changed.emit()

    def pause(self) -> None:
        """The job in work stands still with all it has done; no other begins."""
        self.is_on = False
        self._post(HoldExports(is_held=True))
        self._keep()
        self.changed.emit()

    def move(self, job: JobId, by: int) -> None:
        self._set(q.moved(self.jobs, job, by))

    def remove(self, job: JobId) -> None:
        """Out of the list; one that runs is cancelled first."""
        found = q.job_of(self.jobs, job)
        if found is not None and found.state is JobState.RUNNING:
            self._dropped.add(job)
            self._exporter.cancel()
        else:
            self._set(q.without(self.jobs, (job,)))

    def retry(self, job: JobId) -> None:
        """Once more, with the project as it was then."""
        found = q.job_of(self.jobs, job)
        if found is not None and found.state.is_over:
            self._set((*q.without(self.jobs, (job,)), q.again(found)))
            self._run_next()

    def clear_finished(self) -> None:
        """Those that are over go; their files stay."""
        self._set(tuple(job for job in self.jobs if not job.state.is_over))

    @property
    def waiting(self) -> int:
        return sum(job.state is JobState.WAITING for job in self.jobs)

    @property
    def running(self) -> Job | None:
        return next((job for job in self.jobs if job.state is JobState.RUNNING), None)

    # ---- the engine's side ----------------------------------------------------------------------------------------

    def _run_next(self) -> None:
        job = q.following(self.jobs)
        if self.is_on and job is not None and not self._exporter.is_running:
            self._set(q.changed(self.jobs, replace(job, state=JobState.RUNNING, message="")))
            self._exporter.start(job.request)

    def _on_progress(self) -> None:
        state, job = self._exporter.state, self.running
        if state is not None and job is not None and state.request.job == job.id:
            now = q.progressed(job, state.progress)
            if now != job:
                self.jobs = q.changed(self.jobs, now)
                self.changed.emit()

    def _on_end(self) -> None:
        state, job = self._exporter.state, self.running
        if state is None or job is None or state.request.job != job.id:
            self._run_next()
            return
        over = replace(job, state=_ENDS[state.phase], message=state.message, left_s=None)
        self._ended.append(over.state)
        gone = job.id in self._dropped
        self._dropped.discard(job.id)
        self._set(q.without(self.jobs, (job.id,)) if gone else q.changed(self.jobs, over))
        self._run_next()
        if self.running is None and not self.waiting:
            self._tell_end()

    def _tell_end(self) -> None:
        ended, self._ended = self._ended, []
        if len(ended) > 1:
            done = ended.count(JobState.DONE)
            rest = len(ended) - done
            self.finished.emit(
                tr("The render queue is done: {done} exported, {rest} not.", done=done, rest=rest)
                if rest
                else tr("The render queue is done: {done} exported.", done=done)
            )
        else:
            self.finished.emit("")

    def _set(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self._keep()
        self.changed.emit()

    def _keep(self) -> None:
        try:
            self._store.save(self.jobs, is_on=self.is_on)
        except OSError as error:
            log.warning("the queue is not kept: %s", error)
            self.failed.emit(tr("The render queue cannot be kept on disk: {reason}.", reason=error.strerror or error))
