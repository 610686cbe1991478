"""The session: one signal, exact undo, gestures that are whole or nothing."""

from __future__ import annotations

import threading
from fractions import Fraction

import pytest
from builders import a_media, a_project, a_stroke

from core.condition import RAIN, SUN
from core.document.changes import Aspect, ChangeSet
from core.document.commands import (
    AddMask,
    AddStroke,
    MoveClip,
    RenameProject,
    SetCurves,
    SetValue,
    clip_from,
)
from core.document.model import Keyframe
from core.document.recovery import replay
from core.document.session import Session
from core.errors import EditRejected, ProjectError
from core.ids import ClipId, MaskId
from core.timebase import Time, TimeRange

CLIP = ClipId("clip-0")


class Heard:
    """A listener that remembers."""

    def __init__(self, session: Session) -> None:
        self.changes: list[ChangeSet] = []
        self.initiators: list[object] = []
        self.end = session.subscribe(self)

    def __call__(self, changes: ChangeSet, initiator: object) -> None:
        self.changes.append(changes)
        self.initiators.append(initiator)


def test_undo_returns_the_very_same_project_value() -> None:
    session = Session(a_project())
    before = session.project
    session.do(SetValue(CLIP, RAIN, 0.5))
    after = session.project
    session.undo()
    assert session.project is before
    session.redo()
    assert session.project is after


def test_an_edit_is_told_once_with_what_changed_and_who_asked() -> None:
    session = Session(a_project())
    heard, me = Heard(session), object()
    session.do(SetValue(CLIP, RAIN, 0.5), me)
    assert heard.changes == [ChangeSet(Aspect.CONDITION, (session.project.clip(CLIP).span,))]
    assert heard.initiators == [me]
    heard.end()
    session.undo()
    assert len(heard.changes) == 1


def test_an_edit_without_effect_makes_no_undo_step_and_no_signal() -> None:
    session = Session(a_project())
    heard = Heard(session)
    session.do(SetValue(CLIP, RAIN, 0.0))
    assert not session.can_undo
    assert heard.changes == []


def test_a_rejected_edit_changes_nothing() -> None:
    session = Session(a_project(clips=2))
    before = session.project
    with pytest.raises(EditRejected, match="overlap"):
        session.do(MoveClip(CLIP, Time(Fraction(1))))
    assert session.project is before
    assert not session.can_undo


def test_a_new_edit_forgets_what_was_undone() -> None:
    session = Session(a_project())
    session.do(SetValue(CLIP, RAIN, 0.5))
    session.undo()
    session.do(SetValue(CLIP, SUN, 1.0))
    assert session.redo_label is None
    assert session.undo_label == "Set relight"


def test_a_slider_drag_is_shown_at_every_value_and_is_one_undo_step() -> None:
    session = Session(a_project())
    before, heard = session.project, Heard(session)
    with session.gesture("Set rain"):
        for value in (0.1, 0.2, 0.3):
            session.do(SetValue(CLIP, RAIN, value))
            assert session.project.clip(CLIP).look.base[RAIN] == value
    assert session.undo_label == "Set rain"
    assert [c.aspects for c in heard.changes] == [Aspect.CONDITION] * 3 + [Aspect.NONE]
    session.undo()
    assert session.project is before
    assert not session.can_undo


def test_a_cancelled_gesture_restores_the_very_same_project() -> None:
    session = Session(a_project())
    before, heard = session.project, Heard(session)

    def escaped() -> None:
        with session.gesture("Set rain"):
            session.do(SetValue(CLIP, RAIN, 0.9))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        escaped()
    assert session.project is before
    assert not session.can_undo
    assert heard.changes[-1].dirty == (before.clip(CLIP).span,)


def test_a_drag_that_ends_where_it_began_is_no_edit() -> None:
    session = Session(a_project())
    before = session.project
    with session.gesture("Set rain"):
        session.do(SetValue(CLIP, RAIN, 0.4))
        session.do(SetValue(CLIP, RAIN, 0.0))
    assert session.project is before
    assert not session.can_undo
    assert not session.is_dirty


def test_a_drag_of_keyframes_is_the_command_it_ends_with() -> None:
    def keys(second: int) -> tuple[Keyframe, ...]:
        frames = sorted((4, second, 30, 44))
        return tuple(Keyframe(Time.from_frame(f, Fraction(25)), f / 100) for f in frames)

    session = Session(a_project())
    session.do(SetCurves(CLIP, ((RAIN, keys(12)),)))
    before, heard = session.project, Heard(session)
    with session.gesture("Move keyframes"):
        for frame in (20, 46, 40, 16):
            session.do(SetCurves(CLIP, ((RAIN, keys(frame)),)))
    session.undo()
    assert session.project is before
    assert heard.changes[-1].dirty == (TimeRange(Time.from_frame(4, Fraction(25)), Time.from_frame(30, Fraction(25))),)


def test_a_clip_dragged_over_another_and_back_takes_one_step() -> None:
    session = Session(a_project(clips=2))
    with session.gesture("Move clip"):
        session.do(MoveClip(CLIP, Time(Fraction(8))))
        with pytest.raises(EditRejected):
            session.do(MoveClip(CLIP, Time(Fraction(2))))
        session.do(MoveClip(CLIP, Time(Fraction(6))))
    assert session.project.clip(CLIP).start == Time(Fraction(6))


def test_a_stroke_drawn_live_is_one_stroke() -> None:
    session = Session(a_project())
    points = [(0.1, 0.1), (0.2, 0.2), (0.3, 0.3)]
    with session.gesture("Paint mask"):
        session.do(AddMask(CLIP, MaskId("m")))
        for count in (1, 2, 3):
            session.do(AddStroke(CLIP, MaskId("m"), a_stroke(*points[:count])))
    (stroke,) = session.project.clip(CLIP).mask(MaskId("m")).strokes
    assert len(stroke.points) == 3
    session.undo()
    assert session.project.clip(CLIP).masks == ()


def test_a_listener_that_edits_is_heard_after_everybody_heard_the_first_change() -> None:
    session = Session(a_project())
    order: list[Aspect] = []

    def answering(changes: ChangeSet, _: object) -> None:
        if changes.aspects is Aspect.CONDITION:
            session.do(RenameProject("Rainy"))

    session.subscribe(answering)
    session.subscribe(lambda changes, _: order.append(changes.aspects))
    session.do(SetValue(CLIP, RAIN, 0.5))
    assert order == [Aspect.CONDITION, Aspect.PROJECT]


def test_a_session_refuses_another_thread() -> None:
    session = Session(a_project())
    caught: list[BaseException] = []

    def other() -> None:
        try:
            session.do(RenameProject("Elsewhere"))
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_undoing_back_to_the_saved_state_is_clean_again() -> None:
    session = Session()
    session.do(clip_from(session.project, a_media()))
    assert session.is_dirty
    session.undo()
    assert not session.is_dirty


def test_saving_in_the_middle_of_a_drag_is_refused() -> None:
    session = Session(a_project())
    with session.gesture("Set rain"), pytest.raises(ProjectError, match="drag"):
        session.close()


def test_a_listener_that_fails_after_a_gesture_leaves_project_and_journal_agreeing() -> None:
    session = Session(a_project())

    def fail_at_the_end(changes: ChangeSet, _: object) -> None:
        if changes.aspects is Aspect.NONE:
            raise ValueError("the widget is gone")

    session.subscribe(fail_at_the_end)
    with pytest.raises(ValueError, match="widget"), session.gesture("Set rain"):
        session.do(SetValue(CLIP, RAIN, 0.5))
    journal = session._here.journal
    assert journal is not None
    assert replay(journal.read(), None).project == session.project
    assert session.project.clip(CLIP).look.base[RAIN] == 0.5
    assert session.undo_label == "Set rain"
