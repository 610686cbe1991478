"""Laws that hold for any edit script."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from builders import a_mask, a_project, a_stroke
from command_scripts import KINDS, MEDIA, commands, instants, scripts, what_is_seen
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace as replace_form

from core.condition import RAIN, SUN, SUN_ELEVATION, Condition
from core.document.changes import Aspect, Edit
from core.document.commands import AnyCommand, Command
from core.document.integrity import check_project
from core.document.journal import Did, Journal
from core.document.mask_shapes import EllipseShape, PathPoint, PathShape, Shape, ShapeKey
from core.document.masks import effective_masks, mask_digest
from core.document.matte_edits import PNG
from core.document.model import AMOUNT, Curve, Interpolation, Keyframe, Look, Project, SceneEdits
from core.document.recovery import replay
from core.document.selectors import Follow, LockedMatte
from core.document.session import Session
from core.document.storage import decode_project, encode_project, from_builtins, to_json
from core.errors import EditRejected
from core.ids import ShapeId
from core.objects import Box, ObjectId, ObjectKind, SceneObject, Spot
from core.scene import Corrections, Presence
from core.timebase import RangeSet, Time

ON_DISK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ACCEPTED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
"""Many random commands are rejected, and count for nothing."""
IN_MEMORY = settings(max_examples=150, deadline=None)

ANIMATED = Look(
    name="Dusk",
    base=Condition.of({SUN_ELEVATION: 10.0, RAIN: 0.5}),
    curves=(
        Curve(AMOUNT, (Keyframe(Time(Fraction(2, 25)), 0.4), Keyframe(Time(Fraction(4, 25)), 1.0))),
        Curve(SUN, tuple(Keyframe(Time(Fraction(n, 25)), n / 8, how) for n, how in enumerate(Interpolation, 2))),
    ),
)
SHAPES = (
    Shape(ShapeId("shape-0"), ELLIPSE := EllipseShape(0.5, 0.5, 0.4, 0.3)).with_keys(
        tuple(ShapeKey(Time(Fraction(n, 25)), replace_form(ELLIPSE, x=n / 10)) for n in (1, 3, 5, 7))
    ),
    Shape(ShapeId("shape-1"), PathShape(tuple(PathPoint(x, x * x) for x in (0.0, 0.3, 0.6, 1.0)))),
)
FRAMES = tuple(Time(Fraction(n, 25)) for n in range(8))
MASKS = (
    replace(a_mask(a_stroke((0.1, 0.2), (0.8, 0.9))), shapes=SHAPES),
    a_mask(a_stroke(), number=1),
    replace(
        a_mask(a_stroke(), number=2),
        follow=Follow(FRAMES[2], FRAMES[0], FRAMES[5], tuple(LockedMatte(FRAMES[n], PNG) for n in (1, 3))),
    ),
)

STANDING = tuple(
    SceneObject(ObjectId(f"object-{n}"), kind, (Spot(0, Box(0.4, 0.5, 0.5, 0.6)), Spot(4, Box(0.4, 0.5, 0.6, 0.7))))
    for n, kind in enumerate((ObjectKind.VEHICLE, ObjectKind.STREET_LIGHT))
)
SAID = SceneEdits(Corrections(Presence.PRESENT, 0.4, 60.0, 2.0, None, STANDING, (ObjectId("object-2"),)), (a_stroke(),))
RICH = replace(a_project(clips=2, media=MEDIA[0], look=ANIMATED, masks=MASKS), scenes=((MEDIA[0].id, SAID),))
starts = st.sampled_from(
    [
        a_project(clips=0),
        a_project(clips=2, media=MEDIA[0]),
        a_project(clips=1, media=MEDIA[1]),
        RICH,
    ]
)


def after(project: Project, script: list[AnyCommand]) -> Project:
    for command in script:
        with contextlib.suppress(EditRejected):
            project = command.apply(project).project
    return project


def an_edit(data: st.DataObject, kind: str) -> tuple[Project, Edit]:
    """A random project and a random command of this kind that it accepts."""
    before = after(data.draw(starts | st.just(RICH)), data.draw(st.just([]) | scripts))
    try:
        edit = data.draw(KINDS[kind]).apply(before)
    except EditRejected:
        reject()
    return before, edit


@IN_MEMORY
@given(starts, scripts)
def test_every_edit_keeps_the_laws_of_the_project(project: Project, script: list[AnyCommand]) -> None:
    check_project(after(project, script))


@pytest.mark.parametrize("kind", KINDS)
@ACCEPTED
@given(st.data())
def test_pictures_outside_the_dirty_spans_are_the_same(kind: str, data: st.DataObject) -> None:
    before, edit = an_edit(data, kind)
    dirty = RangeSet(edit.changes.dirty)
    assert RangeSet.of(dirty) == dirty
    for time in instants(before, edit.project):
        if not dirty.contains(time):
            assert what_is_seen(before, time) == what_is_seen(edit.project, time), time


@pytest.mark.parametrize("kind", KINDS)
@ACCEPTED
@given(st.data())
def test_the_aspects_name_what_changed(kind: str, data: st.DataObject) -> None:
    before, edit = an_edit(data, kind)
    now, aspects = edit.project, edit.changes.aspects
    assert (now is before) == (aspects is Aspect.NONE)
    assert now is before or now != before
    assert (now.media != before.media) <= (Aspect.MEDIA in aspects)
    assert ((now.in_point, now.out_point) != (before.in_point, before.out_point)) == (Aspect.RANGE in aspects)
    assert (now.scenes != before.scenes) == (Aspect.SCENE in aspects)
    project_facts = [(p.name, p.rate, p.width, p.height) for p in (before, now)]
    assert (project_facts[0] != project_facts[1]) <= (Aspect.PROJECT in aspects)
    assert (now.markers != before.markers) == (Aspect.MARKERS in aspects)
    tracks = [[(t.id, t.name, t.is_on, t.is_locked) for t in p.tracks] for p in (before, now)]
    assert (tracks[0] != tracks[1]) <= bool(aspects & (Aspect.TRACKS | Aspect.TIMELINE))
    looks, masks, places = [
        [[part(c) for c in p.clips()] for p in (before, now)]
        for part in (lambda c: c.look, lambda c: c.masks, lambda c: (c.id, c.name, c.start, c.source, c.link))
    ]
    assert (places[0] != places[1]) == (Aspect.TIMELINE in aspects)
    if Aspect.TIMELINE not in aspects:
        assert (looks[0] != looks[1]) == (Aspect.CONDITION in aspects)
        assert (masks[0] != masks[1]) == (Aspect.MASK in aspects)


@ON_DISK
@given(starts, scripts)
def test_undoing_everything_gives_back_every_very_project_and_redoing_too(
    start: Project, script: list[AnyCommand]
) -> None:
    session = Session(start)
    seen = [session.project]
    for command in script:
        with contextlib.suppress(EditRejected):
            session.do(command)
        if session.project is not seen[-1]:
            seen.append(session.project)
    for project in reversed(seen[:-1]):
        session.undo()
        assert session.project is project
    assert not session.can_undo
    for project in seen[1:]:
        session.redo()
        assert session.project is project
    session.close()


@ON_DISK
@given(starts, st.lists(commands | st.sampled_from(["undo", "redo", "gesture"]), max_size=25))
def test_replaying_the_journal_gives_the_same_project_and_history(
    start: Project, script: list[AnyCommand | str]
) -> None:
    session, numbers = Session(start), itertools.count()
    for item in script:
        with contextlib.suppress(EditRejected):
            if item == "undo":
                session.undo()
            elif item == "redo":
                session.redo()
            elif item == "gesture":
                with session.gesture(f"Gesture {next(numbers)}"):
                    for command in script:
                        if isinstance(command, Command):
                            with contextlib.suppress(EditRejected):
                                session.do(command)
            elif isinstance(item, Command):
                session.do(item)
    journal = session._here.journal
    if journal is None:
        assert session.project is start
        return
    journal.release()
    again = Journal.take(journal.path)
    found = replay(again.read(), None)
    assert found.project == session.project
    while session.can_undo:
        assert found.history.undo_label == session.undo_label
        session._here.project = session._here.history.undo().before
        found.project = found.history.undo().before
        assert found.project == session.project
    again.discard()


@IN_MEMORY
@given(starts, scripts)
def test_a_project_survives_its_file(start: Project, script: list[AnyCommand]) -> None:
    project = after(start, script)
    assert decode_project(encode_project(project, 2, None), "a.wvp", None).project == project


@IN_MEMORY
@given(commands)
def test_a_command_survives_the_journal(command: AnyCommand) -> None:
    record = Did(command.label, (command,))
    assert from_builtins(msgspec.json.decode(to_json(record)), Did) == record


def test_the_journal_knows_every_command() -> None:
    assert set(get_args(AnyCommand)) == set(Command.__subclasses__())
    assert set(KINDS) == {command.__name__ for command in Command.__subclasses__()}


@IN_MEMORY
@given(starts, scripts, scripts)
def test_masks_have_equal_digests_exactly_when_they_look_the_same_by_cause(
    start: Project, one: list[AnyCommand], two: list[AnyCommand]
) -> None:
    for a, b in zip(after(start, one).clips(), after(start, two).clips(), strict=False):
        assert (mask_digest(a.masks) == mask_digest(b.masks)) == (effective_masks(a.masks) == effective_masks(b.masks))


def test_a_project_folder_is_not_needed_to_read_a_project(tmp_path: Path) -> None:
    content = encode_project(a_project(), 1, tmp_path)
    assert decode_project(content, "a.wvp", None).project == a_project()
