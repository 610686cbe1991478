"""The scene on its way through the engine: shown before it was followed, followed when idle, exact where it counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from builders import a_clip, a_media, a_project, a_stroke
from fakes import (
    FOLLOWED,
    FOUND_CAR,
    SMALL,
    CountingTranslator,
    PlacingTranslator,
    World,
    fake_look,
    fake_spec,
    pixels_of,
)

from core.document.commands import AddObject, AnyCommand, PaintSky, RemoveObject, SetHorizon, SetSkyPresence
from core.document.model import Look, Project, StrokeMode
from core.errors import MediaError
from core.extension.spec import MapKind
from core.ids import JobId, MediaId
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.render.engine import Engine
from core.render.following import PASSES_KEPT
from core.render.messages import (
    AnalysisProgress,
    CacheChanged,
    CancelExport,
    EngineFault,
    Event,
    ExportDone,
    ExportFailed,
    ExportProgress,
    ExportRequest,
    ExportSettings,
    Layer,
    PrefetchRequest,
    PreviewReady,
    PreviewRequest,
    Quality,
    SceneKnown,
)
from core.scene import Presence
from core.timebase import Time, TimeRange

RATE = Fraction(25)
POLE = SceneObject(ObjectId("pole"), ObjectKind.STREET_LIGHT, (Spot(0, Box(0.6, 0.2, 0.65, 0.8)),), repeat_m=3.0)
CAR = SceneObject(
    ObjectId("car"), ObjectKind.VEHICLE, (Spot(1, Box(0.2, 0.6, 0.4, 0.8)), Spot(8, Box(0.3, 0.6, 0.4, 0.7)))
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    analyses = (MapKind.SKY, MapKind.FLOW, MapKind.DEPTH, MapKind.GROUND)
    return World(tmp_path, translator=PlacingTranslator(), spec=fake_spec(analyses=analyses))


Start = Callable[[World], tuple[Engine, list[Event]]]


@pytest.fixture
def start() -> Iterator[Start]:
    engines: list[Engine] = []

    def build(world: World) -> tuple[Engine, list[Event]]:
        events: list[Event] = []
        engines.append(Engine(world.services(), events.append))
        return engines[-1], events

    yield build
    for engine in engines:
        engine.close()


def a_road(*said: AnyCommand) -> Project:
    project = a_project(media=SMALL, look=fake_look())
    for command in said:
        project = command.apply(project).project
    return project


def ask(shown: Project, frame: int = 3, serial: int = 1, **rest: object) -> PreviewRequest:
    rest = {"first": Quality.FULL, **rest}
    return PreviewRequest(serial, shown, Time.from_frame(frame, RATE), 32, **rest)  # type: ignore[arg-type]


def run(engine: Engine) -> None:
    while engine.step():
        pass


def pictures(events: list[Event]) -> list[npt.NDArray[np.uint8]]:
    shown = [e.picture(Layer.RESULT) for e in events if isinstance(e, PreviewReady) and e.is_last]
    return [pixels_of(p) for p in shown]


def known(events: list[Event]) -> list[SceneKnown]:
    return [e for e in events if isinstance(e, SceneKnown)]


def seen(world: World, start: Start, project: Project, frame: int = 3) -> npt.NDArray[np.uint8]:
    """The picture of a frame once its shot was followed."""
    engine, events = start(world)
    engine.post(ask(project, frame))
    run(engine)
    engine.post(ask(project, frame, serial=2))
    run(engine)
    return pictures(events)[-1]


# ---- before and after a shot was followed -------------------------------------------------------------------------


def test_the_first_preview_does_not_wait_for_a_pass_over_every_frame(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(a_road()))
    assert engine.step()
    assert len(pictures(events)) == 1
    assert world.analyser.followed == []
    run(engine)
    assert world.analyser.followed == list(range(10))


def test_what_is_known_is_told_before_and_after(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(a_road()))
    run(engine)
    before, after = known(events)
    assert before.index is not None
    assert [before.index.frame_at(Time.from_frame(n, RATE)) for n in (0, 3, 9)] == [0, 3, 9]
    assert (before.media, before.scene.has_sky, before.tracking) == (SMALL.id, True, None)
    assert after.scene == before.scene
    assert after.tracking is not None
    assert [thing.id for thing in after.tracking.objects] == [FOUND_CAR]
    engine.post(ask(a_road(), serial=2))
    run(engine)
    assert len(known(events)) == 2


def test_a_preview_asked_for_again_shows_what_was_followed(world: World, start: Start) -> None:
    engine, events = start(world)
    for serial in (1, 2):
        engine.post(ask(a_road(), serial=serial))
        run(engine)
    first, second = pictures(events)
    assert not np.array_equal(first, second)
    notes = [e.notes for e in events if isinstance(e, PreviewReady)]
    assert [FOLLOWED in n for n in notes] == [False] * (len(notes) - 1) + [True]


def test_a_shot_that_was_followed_costs_nothing_more(world: World, start: Start) -> None:
    engine, _ = start(world)
    engine.post(ask(a_road()))
    run(engine)
    engine.post(ask(a_road(), serial=2))
    assert engine.step()
    assert not engine.step()


def test_what_was_made_ahead_of_a_long_shot_is_not_ready_any_more_once_it_was_followed(
    world: World, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.render.shots.SHORT_FRAMES", 5)
    engine, events = start(world)
    engine.post(ask(a_road(), layers=(Layer.RESULT,)))
    engine.post(PrefetchRequest(a_road(), Time.from_frame(3, RATE), TimeRange.of_frames(0, 10, RATE), 32, Quality.FULL))
    run(engine)
    ready = [e.ready for e in events if isinstance(e, CacheChanged)]
    assert (TimeRange.of_frames(0, 10, RATE),) in ready
    assert ready[-1] == ()


def test_a_short_shot_is_followed_before_anything_is_made_ahead(world: World, start: Start) -> None:
    engine, events = start(world)
    engine.post(ask(a_road(), layers=(Layer.RESULT,)))
    engine.post(PrefetchRequest(a_road(), Time.from_frame(3, RATE), TimeRange.of_frames(0, 10, RATE), 32, Quality.FULL))
    run(engine)
    assert isinstance(world.translator, PlacingTranslator)
    assert len(world.translator.calls) == 1 + 10
    assert [e.ready for e in events if isinstance(e, CacheChanged)][-1] == (TimeRange.of_frames(0, 10, RATE),)


def test_a_preview_comes_between_two_frames_of_following_and_nothing_is_looked_at_twice(
    world: World, start: Start
) -> None:
    engine, events = start(world)
    shown_after: list[int] = []

    def scrub(frame: int) -> None:
        engine.post(ask(a_road(), frame, serial=2 + frame, last=Quality.FULL))

    def heard(event: Event) -> None:
        events.append(event)
        if isinstance(event, PreviewReady):
            shown_after.append(len(world.analyser.followed))

    engine._emit = engine._shots._emit = heard
    world.analyser.on_follow = scrub
    engine.post(ask(a_road()))
    run(engine)
    assert world.analyser.followed == list(range(10))
    assert shown_after[-10:] == list(range(1, 11))


def test_a_shot_without_a_look_is_followed_only_where_somebody_looks_at_its_scene(world: World, start: Start) -> None:
    engine, events = start(world)
    bare = a_project(media=SMALL, look=Look())
    engine.post(ask(bare))
    run(engine)
    assert (world.analyser.shots, known(events)) == (0, [])
    engine.post(ask(bare, serial=2, wants_scene=True))
    run(engine)
    assert [k.tracking is None for k in known(events)] == [True, False]
    assert world.analyser.followed == list(range(10))


def test_a_shot_that_is_left_is_followed_to_its_end_when_idle(world: World, start: Start) -> None:
    engine, events = start(world)
    other = a_media("other.mp4", frames=10, width=48, height=32)
    project = a_road()
    clip = replace(a_clip(other, 1, start=Time.from_frame(10, RATE)), look=fake_look())
    track = replace(project.tracks[0], clips=(*project.tracks[0].clips, clip))
    project = replace(project, media=(SMALL, other), tracks=(track,))
    waiting = [ask(project, 13, serial=2)]
    world.analyser.on_follow = lambda frame: engine.post(waiting.pop()) if waiting else None
    engine.post(ask(project))
    run(engine)
    assert sorted(world.analyser.followed) == sorted([*range(10), *range(10)])
    assert {k.media for k in known(events) if k.tracking} == {SMALL.id, other.id}


def test_of_a_shot_that_is_given_up_for_newer_ones_nobody_is_shown_progress_any_more(
    world: World, start: Start
) -> None:
    engine, events = start(world)
    names = [f"{number}.mp4" for number in range(PASSES_KEPT + 1)]
    roads = [replace(a_media(name, frames=10, width=48, height=32), id=MediaId(name)) for name in names]
    clips = [
        replace(a_clip(facts, n + 1, start=Time.from_frame(10 * n, RATE)), look=fake_look())
        for n, facts in enumerate(roads)
    ]
    project = a_project(media=SMALL)
    track = replace(project.tracks[0], clips=tuple(clips))
    project = replace(project, media=tuple(roads), tracks=(track,))
    waiting = [ask(project, 10 * n + 3, serial=n + 1) for n in reversed(range(len(roads)))]
    world.analyser.on_follow = lambda frame: engine.post(waiting.pop()) if waiting and frame == 3 else None
    engine.post(waiting.pop())
    run(engine)
    first = [e.progress for e in events if isinstance(e, AnalysisProgress) and e.clip == clips[0].id]
    assert roads[0].id not in {k.media for k in known(events) if k.tracking}
    assert first
    assert first[-1].done == first[-1].total


@pytest.mark.parametrize("problem", [MediaError("small.mp4 cannot be read."), ZeroDivisionError("a bug")], ids=repr)
def test_a_shot_that_cannot_be_followed_is_tried_once_and_shown_without(
    world: World, start: Start, problem: Exception
) -> None:
    def fails(frame: int) -> None:
        raise problem

    world.analyser.on_follow = fails
    engine, events = start(world)
    for serial in (1, 2):
        engine.post(ask(a_road(), serial=serial))
        run(engine)
    assert len(pictures(events)) == 2
    assert world.analyser.followed == [0]
    assert len([e for e in events if isinstance(e, EngineFault)]) == isinstance(problem, ZeroDivisionError)


# ---- what was said ------------------------------------------------------------------------------------------------


def test_a_hand_placed_object_and_a_removed_one_show_in_the_picture(world: World, start: Start) -> None:
    as_found = seen(world, start, a_road())
    placed = seen(world, start, a_road(AddObject(SMALL.id, POLE)))
    removed = seen(world, start, a_road(RemoveObject(SMALL.id, FOUND_CAR)))
    assert not np.array_equal(as_found, placed)
    assert not np.array_equal(as_found, removed)
    assert world.analyser.shots == 1
    assert world.analyser.followed == list(range(10))


def test_painted_sky_is_sky_and_erased_sky_is_not(world: World, start: Start) -> None:
    """The fake translator halves the light where there is sky, and only there."""
    world.translator = CountingTranslator()
    everywhere = a_stroke((0.0, 0.5), (1.0, 0.5), radius=2.0, hardness=1.0)
    source = seen(world, start, a_project(media=SMALL))
    erased = seen(world, start, a_road(PaintSky(SMALL.id, replace(everywhere, mode=StrokeMode.ERASE))))
    painted = seen(world, start, a_road(PaintSky(SMALL.id, everywhere)))
    assert np.array_equal(erased, source)
    assert np.abs(painted - source * 0.75).max() <= 1


def test_the_maps_can_be_looked_at_with_what_was_painted_and_without_a_look(world: World, start: Start) -> None:
    everywhere = a_stroke((0.5, 0.5), radius=2.0, hardness=1.0)
    layers = (Layer.SKY, Layer.GROUND, Layer.DEPTH)

    def views(*said: AnyCommand) -> list[npt.NDArray[np.uint8]]:
        engine, events = start(world)
        project = a_project(media=SMALL)
        for command in said:
            project = command.apply(project).project
        engine.post(ask(project, layers=layers))
        run(engine)
        (ready,) = (e for e in events if isinstance(e, PreviewReady) and e.is_last)
        return [pixels_of(ready.picture(layer)) for layer in layers]

    sky, ground, depth = views(PaintSky(SMALL.id, everywhere))
    assert int(sky[..., :3].min()) == 255
    assert int(ground[..., :3].max()) == 0
    assert int(depth[..., :3].max()) == 0
    found = views()[0]
    assert 0 < int(found[..., 0].mean()) < 255


def test_the_maps_are_fitted_with_the_camera_of_their_frame(world: World, start: Start) -> None:
    horizons: list[float] = []
    maps = world.analyser.maps

    def watched(*given: object) -> object:
        horizons.append(given[2].camera.horizon)  # type: ignore[attr-defined]
        return maps(*given)  # type: ignore[arg-type]

    world.analyser.maps = watched  # type: ignore[method-assign,assignment]
    seen(world, start, a_road(SetHorizon(SMALL.id, 0.25), SetSkyPresence(SMALL.id, Presence.PRESENT)))
    assert horizons == [0.25, 0.25]


# ---- exports ------------------------------------------------------------------------------------------------------


def film(world: World, start: Start, project: Project, out: Path, span: TimeRange) -> list[Event]:
    engine, events = start(world)
    request = ExportRequest(JobId("job"), project, span, ExportSettings(str(out)))
    engine.post(request)
    run(engine)
    assert isinstance(events[-1], ExportDone), events[-1]
    return events


SAID = (AddObject(SMALL.id, POLE), AddObject(SMALL.id, CAR), SetHorizon(SMALL.id, 0.4), PaintSky(SMALL.id, a_stroke()))


def test_an_export_follows_first_and_says_so(world: World, start: Start, tmp_path: Path) -> None:
    events = film(world, start, a_road(), tmp_path / "f_%03d.png", TimeRange.of_frames(0, 10, RATE))
    stages = [e.progress.stage for e in events if isinstance(e, ExportProgress)]
    assert stages[0] == "Following the camera"
    assert stages.index("Rendering") > max(n for n, stage in enumerate(stages) if stage == "Following the camera")
    assert FOLLOWED in events[-1].notes  # type: ignore[union-attr]
    assert world.analyser.followed == list(range(10))


def test_an_export_is_cancelled_while_it_follows_and_leaves_nothing(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    settings = ExportSettings(str(tmp_path / "f_%03d.png"))
    world.analyser.on_follow = lambda frame: engine.post(CancelExport(JobId("job"))) if frame == 0 else None
    engine.post(ExportRequest(JobId("job"), a_road(), TimeRange.of_frames(0, 4, RATE), settings))
    run(engine)
    (failed,) = (e for e in events if isinstance(e, ExportFailed))
    assert failed.is_cancelled
    assert not list(tmp_path.glob("f_*"))


def test_an_export_goes_on_where_following_for_the_viewer_stopped(world: World, start: Start, tmp_path: Path) -> None:
    engine, events = start(world)
    request = ExportRequest(
        JobId("job"), a_road(), TimeRange.of_frames(0, 4, RATE), ExportSettings(str(tmp_path / "f_%03d.png"))
    )
    world.analyser.on_follow = lambda frame: engine.post(request) if frame == 4 else None
    engine.post(ask(a_road()))
    run(engine)
    assert any(isinstance(e, ExportDone) for e in events)
    assert world.analyser.followed == list(range(10))


def test_a_still_and_any_part_of_a_film_have_the_pixels_of_the_film(world: World, start: Start, tmp_path: Path) -> None:
    """Tracked, with objects placed by hand, a horizon said and sky painted, in worlds that share nothing but the cause."""
    project = a_road(*SAID)

    def images(name: str, first: int, count: int) -> dict[str, bytes]:
        apart = replace(world, folder=tmp_path / name, analyser=type(world.analyser)())
        folder = tmp_path / f"film-{name}"
        folder.mkdir()
        film(apart, start, project, folder / "f_%03d.png", TimeRange.of_frames(first, count, RATE))
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.png"))}

    whole = images("whole", 0, 10)
    assert len(whole) == 10
    assert len(set(whole.values())) == 10
    still = images("still", 6, 1)
    assert still == {name: whole[name] for name in still}
    parts = images("head", 0, 3) | images("tail", 3, 7)
    assert parts == whole


def test_the_preview_of_a_followed_shot_is_the_frame_of_its_film(world: World, start: Start, tmp_path: Path) -> None:
    project = a_road(*SAID)
    shown = seen(world, start, project, 6)
    film(world, start, project, tmp_path / "f_%03d.png", TimeRange.of_frames(0, 10, RATE))
    codes = cv2.imread(str(tmp_path / "f_006.png"), cv2.IMREAD_UNCHANGED)
    assert codes is not None
    assert np.abs(codes[..., ::-1].astype(float) / 257.0 - shown).max() <= 0.5
