"""The record of an export names every clip of the film and everything that decided its look."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from builders import a_mask, a_project, a_stroke

from core.condition import Condition
from core.document.model import Curve, Keyframe, Look, SceneEdits
from core.extension.spec import TranslatorSpec
from core.ids import AxisId, TranslatorId
from core.render.record import clip_records
from core.scene import Corrections
from core.timebase import ZERO, Time, TimeRange

HAZE = AxisId("haze")


def spec_of(id_: TranslatorId) -> TranslatorSpec:
    return TranslatorSpec(id_, "7", "Weather", "x:create", (HAZE,), ())


def seconds(value: int) -> Time:
    return Time(Fraction(value))


def test_every_clip_of_the_span_is_named_with_its_keys_and_masks() -> None:
    keys = (Keyframe(seconds(0), 0.0), Keyframe(seconds(1), 0.6))
    foggy = Look(name="Fog", base=Condition.of({"rain": 0.4}), curves=(Curve(HAZE, keys),), seed=3)
    project = a_project(clips=2, look=foggy, masks=(a_mask(a_stroke()),))
    records = clip_records(project, TimeRange(ZERO, project.duration), spec_of, lambda _: ("No sky was found.",))
    assert [r.start_s for r in records] == [0.0, records[0].end_s]
    fog, plain = records
    assert (fog.translator, fog.preset, fog.seed, fog.look) == ("atmosphere 7", "Fog", 3, ((AxisId("rain"), 0.4),))
    assert [(k.source_s, k.value) for k in fog.curves[0].keys] == [(0.0, 0.0), (1.0, 0.6)]
    assert (fog.masks[0].strokes, fog.notes) == (1, ("No sky was found.",))
    assert (plain.translator, plain.notes) == ("", ())


def test_times_are_those_of_the_film_and_of_the_source() -> None:
    project = a_project()
    (clip,) = project.clips()
    quarter = Time(clip.span.duration.seconds / 4)
    (record,) = clip_records(project, TimeRange(quarter, clip.span.end), spec_of, lambda _: ())
    assert record.start_s == 0.0
    assert record.end_s == pytest.approx(float(clip.span.duration) * 3 / 4)
    assert record.source_start_s == pytest.approx(float(clip.source.start + quarter))


def test_what_was_said_of_a_scene_is_part_of_what_decided_the_look() -> None:
    project = a_project(clips=2, look=Look(base=Condition.of({"rain": 0.4})))
    media = project.media[0].id
    said = replace(project, scenes=((media, SceneEdits(Corrections(horizon=0.4), (a_stroke(),))),))
    span = TimeRange(ZERO, project.duration)
    rainy, plain = clip_records(said, span, spec_of, lambda _: ())
    assert rainy.scene is not None
    assert (rainy.scene.corrections.horizon, rainy.scene.sky_strokes) == (0.4, 1)
    assert plain.scene is None
    assert all(record.scene is None for record in clip_records(project, span, spec_of, lambda _: ()))
