"""Mattes that come from the picture, from the plan to the pixels: what is selected, what follows, what is renamed by what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from builders import a_mask, a_media, a_project, a_stroke
from fakes import World, fake_look

from core.cancel import CancelToken
from core.document.commands import AddStroke, FollowMask, LockMatte, SetSelector, SetSteady, StopFollowing
from core.document.masks import combined
from core.document.model import Clip, Mask, Project, StrokeMode
from core.document.selectors import ALL_HUES, Range, Selector, SelectorKind
from core.errors import EditRejected, MediaError
from core.ids import ClipId, JobId, MaskId, MediaId
from core.media.decoder import Decoder
from core.media.picture import Picture
from core.media.probe import probe
from core.render.engine import Engine
from core.render.media_plan import PlanParams, canvas_sizes
from core.render.messages import (
    Event,
    ExportDone,
    ExportRequest,
    ExportSettings,
    Layer,
    MaskCarried,
    MatteReady,
    MatteRequest,
    PreviewReady,
    PreviewRequest,
    Quality,
)
from core.render.nodes import Carried
from core.render.plan import plan_frame
from core.render.renderer import Renderer
from core.render.services import Services
from core.render.stages.carried import packed, unpacked
from core.timebase import Time, TimeRange

FILM = a_media("walk.mp4", frames=24, width=160, height=120)
CLIP, MASK = ClipId("clip-0"), MaskId("mask-0")
SIDE = 40


def corner(frame: int) -> tuple[int, int]:
    """Left and top of the thing that walks through the film."""
    return 20 + 3 * frame, 30 + frame


def scene(frame: int) -> npt.NDArray[np.uint8]:
    """A red, mottled square that walks over grey, mottled ground."""
    rng = np.random.default_rng(5)
    ground = cv2.GaussianBlur(rng.integers(60, 200, (120, 160, 3)).astype(np.float32), (0, 0), 3.0)
    thing = cv2.GaussianBlur(rng.integers(0, 120, (SIDE, SIDE, 3)).astype(np.float32), (0, 0), 2.0)
    thing[..., 0] += 120.0
    x, y = corner(frame)
    ground[y : y + SIDE, x : x + SIDE] = thing
    return np.ascontiguousarray(ground.clip(0, 255), np.uint8)


@dataclass
class WalkingDecoder:
    reads: list[int]
    cut_at: int = 1000

    def read(self, index: int, size: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> Picture:
        self.reads.append(index)
        full = scene(index) if index < self.cut_at else np.asarray(255 - scene(index) // 3, np.uint8)
        if size is not None and size != (160, 120):
            full = np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), np.uint8)
        return Picture(np.ascontiguousarray(full), FILM.video.color, index)

    def close(self) -> None:
        return


@dataclass
class Bench:
    """A renderer over the walking film."""

    services: Services
    renderer: Renderer
    reads: list[int]

    def params(self, *, as_known: bool = False) -> PlanParams:
        return self.renderer.plan_params(canvas_sizes((160, 120)), (160, 120), as_known=as_known)

    def matte(self, project: Project, frame: int) -> npt.NDArray[np.float32]:
        plan = plan_frame(project, at(frame), self.params())
        return self.renderer.mattes.matte(plan.matte, CancelToken())[0].numpy()


def at(frame: int) -> Time:
    return Time(Fraction(frame, 25))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    reads: list[int] = []
    services = replace(World(tmp_path).services(), open_decoder=lambda _: WalkingDecoder(reads))
    renderer = Renderer(services, lambda *_: None)
    yield Bench(services, renderer, reads)
    renderer.close()


def square(frame: int) -> npt.NDArray[np.float32]:
    x, y = corner(frame)
    matte = np.zeros((120, 160), np.float32)
    matte[y : y + SIDE, x : x + SIDE] = 1.0
    return matte


def overlap(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    one, other = a > 0.5, b > 0.5
    return float((one & other).sum() / max(1, (one | other).sum()))


def painted(frame: int = 10) -> Mask:
    """The square of a frame, painted by hand in stripes."""
    x, y = corner(frame)
    lines = [((x + 2) / 160, (y + n) / 120, (x + SIDE - 2) / 160, (y + n) / 120) for n in range(2, SIDE, 3)]
    strokes = (a_stroke((a, b), (c, d), radius=2.5 / 120, hardness=1.0) for a, b, c, d in lines)
    return a_mask(*strokes)


def following(frame: int = 10, first: int = 0, last: int = 23) -> Project:
    project = a_project(media=FILM, masks=[painted(frame)])
    return FollowMask(CLIP, MASK, at(frame), at(first), at(last)).apply(project).project


def selecting(selector: Selector, **rest: object) -> Project:
    mask = replace(a_mask(), strokes=(), selector=selector)
    return a_project(media=FILM, masks=[replace(mask, **rest)])


# ---- rules ----------------------------------------------------------------------------------------------------------


def test_a_color_range_selects_what_has_that_color(bench: Bench) -> None:
    red = Selector(SelectorKind.COLOR, hue=Range(330.0, 390.0, 10.0), saturation=Range(0.35, 1.0, 0.05))
    for frame in (0, 12):
        assert overlap(bench.matte(selecting(red), frame), square(frame)) > 0.9


def test_hues_turn_past_red(bench: Bench) -> None:
    over, under = Range(330.0, 390.0, 10.0), Range(-30.0, 30.0, 10.0)
    made = [bench.matte(selecting(Selector(SelectorKind.COLOR, hue=hue)), 3) for hue in (over, under)]
    assert np.abs(made[0] - made[1]).max() < 1e-3
    assert made[0].max() == 1.0
    assert bench.matte(selecting(Selector(SelectorKind.COLOR, hue=ALL_HUES)), 3).min() == 1.0


def test_a_luminance_range_fades_over_its_softness(bench: Bench) -> None:
    dark = bench.matte(selecting(Selector(SelectorKind.LUMINANCE, luminance=Range(0.0, 0.4, 0.1))), 0)
    luma = scene(0) @ np.array([0.2126, 0.7152, 0.0722], np.float32) / 255.0
    assert dark[luma < 0.39].min() == pytest.approx(1.0)
    assert dark[luma > 0.51].max() == 0.0
    between = (luma > 0.42) & (luma < 0.48)
    assert between.any()
    assert 0.05 < dark[between].min() <= dark[between].max() < 0.95


def test_strokes_are_laid_over_what_a_rule_selects(bench: Bench) -> None:
    erase = a_stroke((0.0, 0.5), (1.0, 0.5), radius=1.0, hardness=1.0, mode=StrokeMode.ERASE)
    all_of_it = Selector(SelectorKind.LUMINANCE)
    assert bench.matte(selecting(all_of_it), 0).min() == 1.0
    assert bench.matte(selecting(all_of_it, strokes=(erase,)), 0).max() == 0.0


def test_a_matte_from_elsewhere_is_read_frame_by_frame_with_its_offset(bench: Bench) -> None:
    other = a_media("matte.mp4", frames=24, width=160, height=120)
    selector = Selector(SelectorKind.FILM, media=other.id, offset=at(2))
    project = a_project(media=FILM, masks=[replace(a_mask(), strokes=(), selector=selector)])
    with pytest.raises(MediaError, match="imported matte"):
        bench.matte(project, 3)
    with_film = replace(project, media=(*project.media, other))
    assert np.abs(bench.matte(with_film, 3) - scene(5)[..., 1] / 255.0).max() < 1e-6


def test_a_film_that_is_not_in_the_project_is_rejected() -> None:
    project = a_project(media=FILM, masks=[a_mask()])
    with pytest.raises(EditRejected):
        SetSelector(CLIP, MASK, Selector(SelectorKind.FILM)).apply(project)
    with pytest.raises(EditRejected):
        SetSelector(CLIP, MASK, Selector(SelectorKind.FILM, media=MediaId("gone"))).apply(project)


def test_a_selection_is_renamed_by_its_own_numbers_alone(bench: Bench) -> None:
    def name(selector: Selector) -> str:
        return plan_frame(selecting(selector), at(0), bench.params()).matte.key

    plain = Selector(SelectorKind.LUMINANCE, luminance=Range(0.0, 0.4))
    assert name(plain) == name(replace(plain, hue=Range(1.0, 2.0)))
    assert name(plain) != name(replace(plain, luminance=Range(0.0, 0.5)))


# ---- following ------------------------------------------------------------------------------------------------------


def test_a_mask_follows_what_it_was_painted_on_both_ways(bench: Bench) -> None:
    project = following(10)
    for frame in (0, 5, 10, 16, 23):
        assert overlap(bench.matte(project, frame), square(frame)) > 0.93, frame


def test_any_frame_first_gives_the_same_bits(bench: Bench, tmp_path: Path) -> None:
    project = following(10)
    late = bench.matte(project, 20)
    in_order = [bench.matte(project, frame) for frame in range(11, 21)]
    assert np.array_equal(in_order[-1], late)
    bench.services.cache.results.clear()
    assert np.array_equal(bench.matte(project, 20), late)  # from disk


def test_beyond_its_span_a_mask_holds_still(bench: Bench) -> None:
    project = following(10, first=8, last=14)
    assert np.array_equal(bench.matte(project, 14), bench.matte(project, 23))
    assert np.array_equal(bench.matte(project, 8), bench.matte(project, 0))


def keys(project: Project, bench: Bench) -> dict[int, str]:
    return {n: plan_frame(project, at(n), bench.params()).matte.key for n in range(24)}


def test_a_correction_renames_what_follows_and_nothing_else(bench: Bench) -> None:
    project = following(10)
    corrected = AddStroke(CLIP, MASK, replace(a_stroke((0.1, 0.1), radius=0.1), at=at(15))).apply(project).project
    before, after = keys(project, bench), keys(corrected, bench)
    assert [n for n in before if before[n] != after[n]] == list(range(15, 24))
    assert bench.matte(corrected, 15)[12, 16] > 0.9
    assert bench.matte(corrected, 18)[12, 16] > 0.9  # it follows too: the ground stands still there
    assert bench.matte(corrected, 14)[12, 16] == 0.0


def test_a_locked_frame_is_what_it_was_locked_as_and_starts_the_rest_anew(bench: Bench) -> None:
    project = following(10)
    full = packed(np.ones((120, 160), np.float32))
    locked = LockMatte(CLIP, MASK, at(15), full).apply(project).project
    assert bench.matte(locked, 15).min() == 1.0
    assert bench.matte(locked, 17).min() > 0.9
    assert np.array_equal(bench.matte(locked, 14), bench.matte(project, 14))
    painted_before = AddStroke(CLIP, MASK, replace(a_stroke((0.1, 0.1)), at=at(12))).apply(locked).project
    before, after = keys(locked, bench), keys(painted_before, bench)
    assert [n for n in before if before[n] != after[n]] == [12, 13, 14]
    with pytest.raises(EditRejected, match="locked"):
        AddStroke(CLIP, MASK, replace(a_stroke(), at=at(15))).apply(locked)


def test_when_it_stops_it_holds_still_as_it_was_painted_first(bench: Bench) -> None:
    project = following(10)
    corrected = AddStroke(CLIP, MASK, replace(a_stroke((0.1, 0.1)), at=at(15))).apply(project).project
    stopped = StopFollowing(CLIP, MASK).apply(corrected).project
    assert stopped == a_project(media=FILM, masks=[painted(10)])


def test_a_trim_or_a_move_renames_no_matte(bench: Bench) -> None:
    project = following(10)
    clip: Clip = project.clip(CLIP)
    moved = project.with_clip(replace(clip, start=at(7)))
    assert plan_frame(project, at(15), bench.params()).matte.key == plan_frame(moved, at(22), bench.params()).matte.key


def test_a_preview_shows_the_nearest_link_that_is_at_hand(bench: Bench) -> None:
    project = following(10)
    bench.matte(project, 14)
    planned = plan_frame(project, at(20), bench.params(as_known=True)).matte.masks[0].under
    assert isinstance(planned, Carried)
    assert planned.source.frame == 14
    exported = plan_frame(project, at(20), bench.params()).matte.masks[0].under
    assert isinstance(exported, Carried)
    assert exported.source.frame == 20


def test_growth_and_feather_are_applied_to_what_was_carried(bench: Bench) -> None:
    project = following(10)
    clip = project.clip(CLIP)
    grown = project.with_clip(replace(clip, masks=(replace(clip.masks[0], grow=0.05),)))
    plain, wide = bench.matte(project, 16), bench.matte(grown, 16)
    assert wide.sum() > plain.sum() * 1.25
    assert (wide >= plain - 1e-6).all()


def test_steadiness_takes_flicker_out_of_a_rule(bench: Bench) -> None:
    """A rule on the edge of the grain: averaging three frames along the motion leaves less to change between frames."""
    rule = Selector(SelectorKind.LUMINANCE, luminance=Range(0.0, 0.47, 0.0))
    steady = SetSteady(CLIP, MASK, 2).apply(selecting(rule)).project
    one, other = (bench.matte(p, 10) for p in (selecting(rule), steady))
    assert other.shape == one.shape
    assert 0.0 < float(np.abs(one - other).mean()) < 0.2
    assert (
        plan_frame(steady, at(10), bench.params()).matte.key
        != plan_frame(selecting(rule), at(10), bench.params()).matte.key
    )


# ---- behind the previews --------------------------------------------------------------------------------------------


def test_the_engine_follows_behind_the_previews_and_says_how_far(tmp_path: Path) -> None:
    reads: list[int] = []
    services = replace(World(tmp_path).services(), open_decoder=lambda _: WalkingDecoder(reads))
    events: list[Event] = []
    engine = Engine(services, events.append)
    project = following(10)
    clip = project.clip(CLIP)
    project = project.with_clip(replace(clip, look=fake_look()))
    layers = (Layer.RESULT, Layer.MATTE)
    engine.post(PreviewRequest(1, project, at(20), 120, layers=layers))
    while engine.step():
        pass
    told = [e for e in events if isinstance(e, MaskCarried)]
    assert told[-1].is_done
    assert [time for time, _ in told[-1].certainties] == [at(n) for n in range(24) if n != 10]
    assert all(0.0 <= certainty <= 1.0 for _, certainty in told[-1].certainties)
    events.clear()
    engine.post(PreviewRequest(2, project, at(20), 120, layers=layers))
    while engine.step():
        pass
    shown = next(e for e in events if isinstance(e, PreviewReady) and e.quality is Quality.FULL)
    matte = shown.picture(Layer.MATTE)
    assert matte is not None
    assert overlap(matte.pixels[..., 1] / np.float32(255.0), square(20)) > 0.93
    engine.close()


def test_an_adjustment_clip_cannot_follow(bench: Bench) -> None:
    project = a_project(media=FILM, masks=[a_mask()])
    clip = project.clip(CLIP)
    floating = project.with_clip(replace(clip, media=MediaId("")))
    with pytest.raises(EditRejected, match="adjustment"):
        FollowMask(CLIP, MASK, at(1), at(0), at(3)).apply(floating)


def test_a_matte_is_handed_out_as_it_was_carried_so_that_it_can_be_locked(tmp_path: Path) -> None:
    services = replace(World(tmp_path).services(), open_decoder=lambda _: WalkingDecoder([]))
    events: list[Event] = []
    engine = Engine(services, events.append)
    project = following(10)
    clip = project.clip(CLIP)
    soft = project.with_clip(replace(clip, masks=(replace(clip.masks[0], feather=0.2, is_inverted=True),)))
    engine.post(MatteRequest("lock", soft, at(18), CLIP, MASK))
    while engine.step():
        pass
    (ready,) = [e for e in events if isinstance(e, MatteReady)]
    assert ready.at == at(18)
    assert overlap(unpacked(ready.png), square(18)) > 0.93
    locked = LockMatte(CLIP, MASK, ready.at, ready.png).apply(project).project
    engine.post(MatteRequest("again", locked, at(18), CLIP, MASK))
    while engine.step():
        pass
    again = [e for e in events if isinstance(e, MatteReady)][-1]
    assert again.png == ready.png
    engine.close()


def test_doubt_begins_where_nothing_is_alike_any_more(bench: Bench) -> None:
    """After a cut to other colours nobody knows where the edge went."""
    services = replace(bench.services, open_decoder=lambda _: WalkingDecoder([], cut_at=16))
    renderer = Renderer(services, lambda *_: None)
    params = renderer.plan_params(canvas_sizes((160, 120)), (160, 120))
    project = following(10)
    plans = {frame: plan_frame(project, at(frame), params) for frame in (14, 18)}
    doubts = {frame: renderer.mattes.doubt(plan.matte, CancelToken()) for frame, plan in plans.items()}
    assert doubts[14].max() < 0.05 < doubts[18].max() <= 1.0
    assert doubts[18][:10, 100:].max() == 0.0  # far from the edge nothing was asked
    still = plan_frame(a_project(media=FILM, masks=[painted(10)]), at(18), params)
    assert renderer.mattes.doubt(still.matte, CancelToken()).max() == 0.0
    seen = plans[18].layer(Layer.DOUBT)
    assert seen is not None
    codes = renderer.picture(seen, CancelToken()).pixels[..., :3].astype(int)
    amber = (codes[..., 2] - codes[..., 0] > 60) & (doubts[18] > 0.1)
    assert amber.sum() > 0.5 * (doubts[18] > 0.1).sum() > 0
    renderer.close()


@pytest.mark.parametrize("ending", ["png", "exr"])
def test_a_matte_is_exported_as_its_own_numbers_and_comes_back_the_same(tmp_path: Path, ending: str) -> None:
    services = replace(World(tmp_path).services(), open_decoder=lambda _: WalkingDecoder([]))
    events: list[Event] = []
    engine = Engine(services, events.append)
    project = a_project(media=FILM, masks=[replace(painted(10), feather=0.05, opacity=0.7)])
    out = tmp_path / f"matte.%04d.{ending}"
    settings = ExportSettings(str(out), shows=Layer.MATTE)
    engine.post(ExportRequest(JobId("job"), project, TimeRange(at(0), at(2)), settings))
    while engine.step():
        pass
    engine.close()
    (done,) = [e for e in events if isinstance(e, ExportDone)] or events[-1:]
    assert isinstance(done, ExportDone), done
    written = sorted(tmp_path.glob(f"matte.*.{ending}"))
    assert len(written) == 2
    facts = probe(out)
    with Decoder(facts) as decoder:
        pixels = decoder.read(0).pixels
    scale = 1.0 if pixels.dtype == np.float32 else 65535.0 if pixels.dtype == np.uint16 else 255.0
    read = pixels[..., 1] / np.float32(scale)
    plan_matte = combined(project.clip(CLIP).masks, 160, 120)
    assert plan_matte is not None
    assert np.abs(read - plan_matte).max() < 1e-3


def test_following_makes_room_for_a_preview_and_goes_on_after_it(tmp_path: Path) -> None:
    services = replace(World(tmp_path).services(), open_decoder=lambda _: WalkingDecoder([]))
    events: list[Event] = []
    engine = Engine(services, events.append)
    project = following(10)
    engine.post(PreviewRequest(1, project, at(10), 120))
    while not any(isinstance(e, MaskCarried) for e in events):
        assert engine.step()
    engine.post(PreviewRequest(2, project, at(3), 120))
    before = len([e for e in events if isinstance(e, MaskCarried)])
    assert engine.step()
    assert len([e for e in events if isinstance(e, MaskCarried)]) == before
    assert any(isinstance(e, PreviewReady) and e.serial == 2 for e in events)
    while engine.step():
        pass
    assert [e for e in events if isinstance(e, MaskCarried)][-1].is_done
    engine.close()
