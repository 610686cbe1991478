"""A look that is copied from one clip to others, whole or in parts, one undo step each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from builders import a_mask, a_media, a_project
from window_kit import Editor

from core.condition import HAZE, RAIN
from core.document.commands import PasteLook, SetKeyframe, SetValue
from core.document.look_edits import LookPart
from core.document.model import Look, Project
from core.ids import ClipId
from core.timebase import Time, TimeRange

RATE = Fraction(25)
EVERYTHING = tuple(LookPart)
A, B = ClipId("clip-0"), ClipId("clip-1")


def at(frame: int) -> Time:
    return Time.from_frame(frame, RATE)


def two_clips() -> Project:
    """The first from frame 10 of its media, with rain keyed at 12 and 30; the second from frame 20."""
    project = a_project(clips=2, media=a_media(frames=48))
    first, second = project.clips()
    project = project.with_clip(replace(first, source=TimeRange(at(10), at(48)), masks=(a_mask(),)))
    project = project.with_clip(replace(second, source=TimeRange(at(20), at(48)), start=at(48)))
    project = SetValue(A, HAZE, 0.3, None).apply(project).project
    project = SetKeyframe(A, RAIN, at(12), 0.2).apply(project).project
    return SetKeyframe(A, RAIN, at(40), 0.8).apply(project).project


def pasted(*parts: LookPart) -> Project:
    project = two_clips()
    first = project.clip(A)
    return PasteLook((B,), first.look, first.masks, first.source.start, parts).apply(project).project


def test_keyframes_keep_their_distance_from_the_in_point_and_stay_in_the_media() -> None:
    curve = pasted(*EVERYTHING).clip(B).look.curve(RAIN)
    assert curve is not None
    assert [(k.time.to_frame(RATE), k.value) for k in curve.keys] == [(22, 0.2)]


def test_only_the_parts_that_are_ticked_are_pasted() -> None:
    before = two_clips().clip(B)
    conditions = pasted(LookPart.CONDITIONS).clip(B)
    assert conditions.look.base[HAZE] == 0.3
    assert (conditions.look.curves, conditions.masks) == ((), ())
    masks = pasted(LookPart.MASKS).clip(B)
    assert (masks.look, masks.masks) == (before.look, (a_mask(),))


def test_copy_and_paste_look_in_the_window(editor: Editor) -> None:
    first = editor.add_clip(frames=10, name="a.mp4")
    second = editor.add_clip(frames=10, name="b.mp4")
    bridge, canvas = editor.window.bridge, editor.window.timeline.canvas
    bridge.do(SetValue(first.id, RAIN, 0.6, None))
    canvas.select_clips((first.id,))
    editor.act("copy_look")
    canvas.select_clips((second.id,))
    editor.act("paste_look")
    assert bridge.project.clip(second.id).look.base[RAIN] == 0.6
    assert bridge.session.undo_label == "Paste look"
    editor.act("undo")
    assert bridge.project.clip(second.id).look == Look()


def test_the_dialog_begins_without_what_is_not_there(editor: Editor) -> None:
    first = editor.add_clip(frames=10, name="a.mp4")
    second = editor.add_clip(frames=10, name="b.mp4")
    bridge, canvas = editor.window.bridge, editor.window.timeline.canvas
    bridge.do(SetValue(first.id, RAIN, 0.6, None))
    canvas.select_clips((first.id,))
    editor.act("copy_look")
    canvas.select_clips((second.id,))
    editor.act("paste_attributes")
    dialog = editor.window.look_desk.dialog
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.parts == (LookPart.CONDITIONS, LookPart.AMOUNT, LookPart.TRANSLATOR)
    dialog.ticks[LookPart.CONDITIONS].click()
    dialog.accept()
    assert bridge.project.clip(second.id).look.base[RAIN] == 0.0
