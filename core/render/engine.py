"""The engine: takes requests from any thread, does one unit of work a step on its own, and emits events.

Order of work: previews (the latest only), stills, one frame of the current export, a slice of following the shot on screen,
one frame of its masks that follow, prefetch. A preview comes coarse first, and before its shot was followed it is shown without that.
The first picture of a preview is always finished once begun, so scrubbing never starves; a refinement or a prefetch is
dropped when a newer preview waits that does not want what is being made.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import torch

from core.cancel import Cancelled, CancelToken
from core.document.model import Project
from core.errors import WeathervaneError, is_out_of_memory, traceback_of
from core.ids import ClipId, JobId, MediaId
from core.progress import Progress
from core.render.chains import Chains
from core.render.export import ExportJob
from core.render.grabs import grab, grab_matte, plan_grab, plan_matte_grab
from core.render.lookahead import FRAMES_AHEAD
from core.render.mailbox import AnyStill, Mailbox, WantedToken
from core.render.media_plan import PlanParams, preview_sizes
from core.render.messages import (
    AnalysisProgress,
    CacheChanged,
    EngineFault,
    EngineStatus,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    GrabFailed,
    GrabRequest,
    Layer,
    MatteRequest,
    Picture8,
    PrefetchRequest,
    PreviewFailed,
    PreviewReady,
    PreviewRequest,
    ProbeReady,
    ProbeRequest,
    Quality,
    Request,
    StillReady,
)
from core.render.nodes import FramePlan
from core.render.plan import plan_frame
from core.render.prefetch import Prefetch, Readiness, frame_span
from core.render.renderer import Renderer, place_of
from core.render.services import Analyser, Services
from core.render.shots import Shots
from core.timebase import TimeRange
from core.words import msg, tr

QUALITIES: Final = (Quality.DRAFT, Quality.HALF, Quality.FULL)
LAYERS_IN_ORDER: Final = (
    Layer.FLICKER,
    Layer.RESULT,
    Layer.SOURCE,
    Layer.MATTE,
    Layer.DOUBT,
    Layer.SKY,
    Layer.GROUND,
    Layer.DEPTH,
)
"""Those that look at earlier source frames come first: a decoder reads forward."""

ANALYSING: Final = msg("This shot is being analysed; the source is shown meanwhile.")

TOO_LARGE: Final = msg("The film needs more memory than is free; choose a smaller size or close other programs.")


class Engine:
    """`post` and `stop` from any thread; `step` and `close` on the engine thread, which is the one that steps first.

    `emit` is called on the engine thread with frozen events. No exception of rendering leaves `step`: what a person can
    mend becomes a `…Failed` event, anything else an `EngineFault`, and the engine goes on.
    """

    def __init__(
        self, services: Services, emit: Callable[[Event], None], new_analyser: Callable[[], Analyser] | None = None
    ) -> None:
        """`new_analyser` reads the optional models again, where that can be asked for."""
        self._services = services
        self._emit = emit
        self._new_analyser = new_analyser
        self._mailbox = Mailbox()
        self._stopping = CancelToken()
        # The engine thread's own:
        self._thread: int | None = None
        self._renderer = Renderer(services, self._report_analysis, self._is_urgent)
        self._preview: _PreviewRun | None = None
        self._preview_in_work: PreviewRequest | None = None
        self._shown_meanwhile: int | None = None
        self._clip_in_work: ClipId | None = None
        self._export: _ExportRun | None = None
        self._prefetch: Prefetch | None = None
        self._readiness: Readiness | None = None
        self._watched: tuple[Project, int, Quality] | None = None
        self._last_status: EngineStatus | None = None
        self._last_cache: CacheChanged | None = None
        self._shots = Shots(self._renderer, emit, self._mailbox, self._stopping)
        self._chains = Chains(self._renderer.mattes, emit, self._mailbox, self._stopping)

    # ---- any thread -----------------------------------------------------------------------------------------------

    def post(self, request: Request) -> None:
        """Ask for something; returns at once."""
        self._mailbox.post(request)

    def stop(self) -> None:
        """Give up the work at hand at its next boundary and take no more: call it before `close` to leave quickly."""
        self._stopping.cancel()
        self._mailbox.close()

    # ---- engine thread --------------------------------------------------------------------------------------------

    def step(self, timeout_s: float = 0.0) -> bool:
        """Do one unit of work, waiting up to `timeout_s` for one. False if there was none."""
        self._enter()
        try:
            work = self._next_work()
            if work is None and timeout_s > 0.0:
                self._mailbox.wait(timeout_s)
                work = self._next_work()
            if work is None:
                return False
            work()
        except Cancelled:
            pass
        except Exception as fault:  # the last line: nobody foresaw it, so it is reported whole and the engine goes on
            self._preview = self._prefetch = None
            self._emit(
                EngineFault(tr("Something went wrong while rendering ({fault}).", fault=fault), traceback_of(fault))
            )
        return True

    def close(self) -> None:
        """Release files, translators and memory. Finished segments of an export stay for the next time."""
        self.stop()
        if self._export is not None:
            self._export.steps.close()
            self._end_export(self._export, ExportFailed(self._export.id, tr("Export cancelled."), is_cancelled=True))
        self._renderer.close()

    def _enter(self) -> None:
        here = threading.get_ident()
        if self._thread is None:
            self._thread = here
            if self._services.threads is not None:
                torch.set_num_threads(self._services.threads)
        assert self._thread == here, "the engine is stepped by one thread"

    def _next_work(self) -> Callable[[], None] | None:
        if self._stopping.is_cancelled:
            return None
        if self._export is None and self._mailbox.take_models_changed():
            return self._reload_models
        if (request := self._mailbox.take_preview()) is not None:
            self._preview = _PreviewRun(request, deque(_between(request.first, request.last)))
        if self._preview is not None:
            return self._step_preview
        if (probe := self._mailbox.take_probe()) is not None:
            return lambda: self._do_probe(probe)
        if (still := self._mailbox.take_still()) is not None:
            return lambda: self._do_still(still)
        if self._export is None and (order := self._mailbox.take_export()) is not None:
            self._begin_export(*order)
        if self._export is not None and not self._is_export_held(self._export):
            return self._step_export
        if self._shots.has_short:  # what is made ahead of it would be made again after it
            return self._step_following
        if self._chains.has_work:
            return self._step_carrying
        if (wanted := self._mailbox.take_prefetch()) is not None:
            self._prefetch = self._begin_prefetch(wanted)
        if self._prefetch is not None:
            return self._step_prefetch
        return self._step_following if self._shots.has_any else None

    def _is_export_held(self, run: _ExportRun) -> bool:
        """One that was given up ends all the same."""
        return self._mailbox.is_held and not self._mailbox.is_cancelled(run.id)

    def _is_urgent(self) -> bool:
        """Whether somebody waits. Any thread."""
        return self._stopping.is_cancelled or self._mailbox.has_pending

    def _reload_models(self) -> None:
        """Begin anew with the models that are there now. What was made with others has other names, and stays for them."""
        if self._new_analyser is None:
            return
        analyser = self._new_analyser()
        self._shots.give_up()
        self._renderer.close()
        self._services = replace(self._services, analyser=analyser)
        self._renderer = Renderer(self._services, self._report_analysis, self._is_urgent)
        self._shots = Shots(self._renderer, self._emit, self._mailbox, self._stopping)
        self._chains = Chains(self._renderer.mattes, self._emit, self._mailbox, self._stopping)
        self._prefetch = None
        self._watch_anew()

    # ---- previews -------------------------------------------------------------------------------------------------

    def _step_preview(self) -> None:
        """One quality of the current preview."""
        run = self._preview
        assert run is not None
        request = run.request
        try:
            self._skip_coarse(run)
            quality = run.qualities.popleft()
            if not run.qualities:
                self._preview = None
            self._preview_in_work = request
            self._show(request, quality)
        except WeathervaneError as error:
            self._preview = None
            clip = request.project.video_clip_at(request.time)
            self._emit(PreviewFailed(request.serial, request.time, clip.id if clip else None, error.message))
        except Cancelled:
            self._preview = None
            raise
        finally:
            self._preview_in_work = None

    def _show(self, request: PreviewRequest, quality: Quality) -> None:
        began = time.perf_counter()
        plan = self._plan(request, quality)
        self._move_playhead(plan)
        pictures = self._pictures(plan, request.layers, self._preview_token(request, quality, plan))
        notes = self._notes(plan)
        elapsed_ms = (time.perf_counter() - began) * 1000.0
        is_last = quality is request.last
        self._emit(PreviewReady(request.serial, request.time, quality, is_last, pictures, elapsed_ms, notes))
        if is_last:
            self._shots.look_at(plan, wants_scene=request.wants_scene)
            self._chains.look_at(
                request.project, plan.clip, self._params(request.project, request.height, request.last)
            )
            self._watch(request.project, request.height, request.last)
            self._report_cache()
            self._report_status()
            if request.wants_light:
                self._keep_light(plan)

    def _pictures(
        self, plan: FramePlan, layers: tuple[Layer, ...], cancel: CancelToken
    ) -> tuple[tuple[Layer, Picture8], ...]:
        made: dict[Layer, Picture8] = {}
        for layer in LAYERS_IN_ORDER:
            node = plan.layer(layer) if layer in layers else None
            if node is not None:
                made[layer] = self._renderer.picture(node, cancel)
        return tuple((layer, made[layer]) for layer in layers if layer in made)

    def _notes(self, plan: FramePlan) -> tuple[str, ...]:
        if plan.translation is None:
            return ()
        node = plan.translation.analysis
        tracking = self._renderer.tracking(node, self._stopping)
        models = self._services.analyser.models.notes
        here = tracking.notes(range(node.frame, node.frame + 1), node.facts.first_number) if tracking else ()
        return (*models, *self._renderer.scene(node, self._stopping).notes, *here)

    def _keep_light(self, plan: FramePlan) -> None:
        """Make the frame anew where only its picture was kept. Whoever asks for another instant ends it."""
        token = self._token_while_wanted(plan)
        with suppress(WeathervaneError):  # the picture is there; the probe says that there is no light
            for node in (plan.source, plan.result):
                self._renderer.frame(node, token)

    def _watch(self, project: Project, height: int, quality: Quality) -> None:
        """From now on the cache bar is about this project at this size."""
        seen = project, height, quality
        if self._watched is None or self._watched[0] is not seen[0] or self._watched[1:] != seen[1:]:
            self._watched = seen
            self._readiness = Readiness(project, self._params(*seen))

    def _watch_anew(self) -> None:
        """The same pictures have other names now."""
        if self._watched is not None:
            watched, self._watched = self._watched, None
            self._watch(*watched)
            self._report_cache()

    def _skip_coarse(self, run: _PreviewRun) -> None:
        """Nothing coarse is shown where the best quality costs no translation: it is cached, or there is none to do."""
        if len(run.qualities) > 1:
            plan = self._plan(run.request, run.qualities[-1])
            translation = plan.translation
            if translation is None or self._renderer.has(translation) or self._renderer.has_picture(plan.result):
                run.qualities = deque((run.qualities[-1],))

    def _plan(self, request: PreviewRequest, quality: Quality) -> FramePlan:
        return plan_frame(request.project, request.time, self._params(request.project, request.height, quality))

    def _params(self, project: Project, height: int, quality: Quality) -> PlanParams:
        tall = max(1, round(min(height, project.height) * quality.scale))
        canvas = (max(1, round(tall * project.width / project.height)), tall)
        params = self._renderer.plan_params(preview_sizes(height, quality), canvas, as_known=True)
        if quality is not Quality.DRAFT:
            return params
        proxies = self._mailbox.proxies
        return replace(params, proxy_of=lambda facts: proxies.get(facts.id, ""))

    def _preview_token(self, request: PreviewRequest, quality: Quality, plan: FramePlan) -> CancelToken:
        """A scrub frame is finished, unless its shot must first be analysed; the rest only while somebody wants it."""
        translation = plan.translation
        is_quick = translation is None or self._renderer.has_scene(translation.analysis)
        if quality is request.first and is_quick:
            return self._stopping
        return self._token_while_wanted(plan)

    def _token_while_wanted(self, plan: FramePlan) -> CancelToken:
        costly = self._costly(plan)
        return WantedToken(self._stopping, lambda newer: bool(costly & self._wanted_by(newer)), self._mailbox)

    def _wanted_by(self, request: PreviewRequest) -> set[str]:
        try:
            plans = [self._plan(request, quality) for quality in _between(request.first, request.last)]
        except WeathervaneError:
            return set()
        return set().union(*(self._costly(plan) for plan in plans))

    def _costly(self, plan: FramePlan) -> set[str]:
        """Names of what takes long: the translation, and its shot's scene if that is yet unknown; else the decoding."""
        translation = plan.translation
        if translation is None:
            return {plan.source.key}
        analysis = translation.analysis
        return {translation.key} if self._renderer.has_scene(analysis) else {translation.key, analysis.scene_key}

    def _move_playhead(self, plan: FramePlan) -> None:
        place = place_of(plan.source)
        caches = self._services.cache.results, self._services.cache.pictures
        for cache in caches:
            cache.playhead = cache.shown = place
        self._clip_in_work = plan.clip_id

    # ---- stills ---------------------------------------------------------------------------------------------------

    def _do_still(self, request: AnyStill) -> None:
        try:
            plan = self._plan_still(request)
            self._clip_in_work = plan.clip_id
            token = self._token_while_wanted(plan)
            if isinstance(request, GrabRequest):
                self._emit(grab(request, plan, self._renderer, self._services.color, token))
            elif isinstance(request, MatteRequest):
                self._emit(grab_matte(request, plan, self._renderer, self._stopping))
            elif (node := plan.layer(request.layer)) is not None:
                self._emit(StillReady(request.tag, request.time, self._renderer.picture(node, token)))
        except Cancelled:
            self._mailbox.return_still(request)
        except WeathervaneError as error:
            if isinstance(request, GrabRequest):
                self._emit(GrabFailed(request.tag, error.message))
            # a thumbnail that cannot be made stays empty; the preview of the same clip says why

    def _plan_still(self, request: AnyStill) -> FramePlan:
        if isinstance(request, GrabRequest):
            return plan_grab(request, self._renderer)
        if isinstance(request, MatteRequest):
            return plan_matte_grab(request, self._renderer)
        return plan_frame(request.project, request.time, self._params(request.project, request.height, Quality.FULL))

    def _do_probe(self, request: ProbeRequest) -> None:
        """Light is read where the picture on the screen was made, if that still lies in memory."""
        params = self._params(request.project, request.height, request.quality)
        light: list[tuple[Layer, tuple[float, float, float]]] = []
        with suppress(WeathervaneError):  # the preview of the same instant says what is wrong
            plan = plan_frame(request.project, request.time, params)
            for layer, node in ((Layer.SOURCE, plan.source), (Layer.RESULT, plan.result)):
                if (read := self._renderer.light_at(node, request.u, request.v, request.side)) is not None:
                    light.append((layer, read))
        self._emit(ProbeReady(request.serial, tuple(light)))

    # ---- exports --------------------------------------------------------------------------------------------------

    def _begin_export(self, request: ExportRequest, token: CancelToken) -> None:
        try:
            job = ExportJob(request, self._renderer, self._services, token, self._follow)
        except Exception as fault:  # whoever waits for it must hear that it is over
            self._mailbox.finish_export(request.job)
            self._emit(
                ExportFailed(request.job, tr("The export could not begin because of a fault ({fault}).", fault=fault))
            )
            raise
        self._export = _ExportRun(request.job, job, job.run())

    def _step_export(self) -> None:
        """One frame, or the joining at the end."""
        run = self._export
        assert run is not None
        try:
            self._emit(next(run.steps))
        except StopIteration as end:
            self._end_export(run, end.value)
        except Cancelled:
            if not self._stopping.is_cancelled:  # on the way out the finished pieces stay for the next time
                run.job.discard()
            self._end_export(run, ExportFailed(run.id, tr("Export cancelled."), is_cancelled=True))
        except WeathervaneError as error:
            self._end_export(run, ExportFailed(run.id, error.message))
        except Exception as fault:
            if is_out_of_memory(fault):
                self._end_export(run, ExportFailed(run.id, tr(TOO_LARGE)))
                return
            self._end_export(
                run, ExportFailed(run.id, tr("The export stopped because of a fault ({fault}).", fault=fault))
            )
            raise

    def _end_export(self, run: _ExportRun, outcome: ExportDone | ExportFailed) -> None:
        self._export = None
        run.job.close()
        self._renderer.look_ahead(())
        self._mailbox.finish_export(run.id)
        self._emit(outcome)

    def _follow(self, plan: FramePlan) -> None:
        """What an export or a prefetch makes next is what memory should hold; finished pictures stay those of the viewer."""
        self._services.cache.results.playhead = place_of(plan.source)
        self._clip_in_work = plan.clip_id

    # ---- prefetch -------------------------------------------------------------------------------------------------

    def _begin_prefetch(self, request: PrefetchRequest) -> Prefetch | None:
        params = self._params(request.project, request.height, request.quality)
        try:
            plan = plan_frame(request.project, request.playhead, params)
        except WeathervaneError:
            return None  # a preview of the same instant says why
        self._move_playhead(plan)
        self._watch(request.project, request.height, request.quality)
        width, height = plan.matte.size
        return Prefetch(request, params, self._services.cache.pictures.budget_bytes * 9 // 10 // (width * height * 4))

    def _step_prefetch(self) -> None:
        """One frame."""
        run = self._prefetch
        assert run is not None
        plans = run.upcoming(1 + FRAMES_AHEAD, self._renderer.has_picture)
        self._renderer.look_ahead(plans)
        plan = plans[0] if plans else None
        if plan is None or plan.clip is None or plan.frame is None:
            self._prefetch = None
            self._report_cache()
            return
        facts = run.request.project.media_facts(plan.clip.media)
        self._report_cache(frame_span(plan.clip, plan.frame, self._renderer.index_of(facts)))
        self._follow(plan)
        with suppress(WeathervaneError):  # a preview of the same instant says why
            self._renderer.picture(plan.result, self._token_while_wanted(plan))
        run.drop_first()

    # ---- following shots ------------------------------------------------------------------------------------------

    def _step_following(self) -> None:
        """A slice of following the shot that was looked at last."""
        self._clip_in_work = self._shots.clip
        if self._shots.step():  # what was made without it has other names
            self._watch_anew()

    def _step_carrying(self) -> None:
        """One frame of a mask that follows the picture."""
        self._chains.step(lambda link: self._renderer.index_of(link.source.facts).time_of(link.source.frame))

    # ---- reports --------------------------------------------------------------------------------------------------

    def _report_analysis(self, _: MediaId, progress: Progress) -> None:
        if self._clip_in_work is not None:
            self._emit(AnalysisProgress(self._clip_in_work, progress))
        self._show_source_meanwhile()

    def _show_source_meanwhile(self) -> None:
        """Analysing a shot takes seconds; whoever scrubs meanwhile sees at least where they are."""
        request = self._mailbox.newer_preview() or self._preview_in_work
        if request is None or request.serial == self._shown_meanwhile:
            return
        self._shown_meanwhile = request.serial
        began = time.perf_counter()
        try:
            plan = self._plan(request, Quality.DRAFT)
            picture = self._renderer.picture(plan.source, self._stopping)
        except WeathervaneError:
            return  # the true answer, when it comes, says why
        self._emit(
            PreviewReady(
                serial=request.serial,
                time=request.time,
                quality=Quality.DRAFT,
                is_last=False,
                pictures=((Layer.SOURCE, picture),),
                render_ms=(time.perf_counter() - began) * 1000.0,
                notes=(ANALYSING,),
            )
        )

    def _report_cache(self, working: TimeRange | None = None) -> None:
        if self._readiness is None:
            return
        kept = (place for _, place in self._services.cache.pictures.places())
        change = CacheChanged(self._readiness.spans(kept, self._renderer.has_picture), working)
        if change != self._last_cache:
            self._last_cache = change
            self._emit(change)

    def _report_status(self) -> None:
        caches = self._services.cache.results, self._services.cache.pictures
        used, budget = sum(c.used_bytes for c in caches), sum(c.budget_bytes for c in caches)
        status = EngineStatus(str(self._services.device), used, budget)
        if status != self._last_status:
            self._last_status = status
            self._emit(status)


@dataclass(slots=True)
class _PreviewRun:
    request: PreviewRequest
    qualities: deque[Quality]


@dataclass(frozen=True, slots=True)
class _ExportRun:
    id: JobId
    job: ExportJob
    steps: Generator[ExportProgress, None, ExportDone]


def _between(first: Quality, last: Quality) -> Iterable[Quality]:
    return QUALITIES[QUALITIES.index(first) : QUALITIES.index(last) + 1] or (last,)
