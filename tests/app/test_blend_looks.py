"""The dialog that blends two looks over time."""

from __future__ import annotations

from builders import a_mask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from window_kit import Editor

from app.looks.blend_dialog import BlendDialog
from core.condition import HAZE, RAIN
from core.document.commands import ApplyPreset, SetInPoint, SetOutPoint
from core.document.model import Interpolation
from core.document.recipe import Recipe
from core.presets import preset_named
from core.timebase import Time


def at(editor: Editor, frame: int) -> Time:
    return Time.from_frame(frame, editor.window.bridge.project.rate)


def opened(editor: Editor) -> BlendDialog:
    editor.act("blend_looks")
    dialog = editor.window.looks.blending
    assert dialog is not None
    assert dialog.isVisible()
    return dialog


def spans(dialog: BlendDialog) -> list[str]:
    return [dialog.over.itemText(n).split("   ")[0] for n in range(dialog.over.count())]


def test_a_blend_from_the_clips_look_to_a_preset_is_one_undo_step(editor: Editor) -> None:
    editor.add_clip(frames=20)
    fog = preset_named("fog").condition
    editor.window.bridge.do(ApplyPreset(editor.clip.id, "Fog", fog))
    editor.window.playhead.seek(at(editor, 5))
    dialog = opened(editor)
    assert dialog.before.currentText() == "The clip's look now"
    dialog.after.setCurrentText("Downpour")
    dialog.way.setCurrentText("Linear")
    assert spans(dialog)[0] == "Playhead to the end of the clip"
    QTest.mouseClick(dialog.blend, Qt.MouseButton.LeftButton)
    look = editor.clip.look
    assert look.name == "Fog \u2192 Downpour"
    assert [look.value_at(HAZE, at(editor, n)) for n in (0, 5)] == [fog[HAZE], fog[HAZE]]
    assert look.value_at(RAIN, at(editor, 19)) == preset_named("downpour").condition[RAIN]
    curve = look.curve(RAIN)
    assert curve is not None
    assert curve.keys[0].interpolation is Interpolation.LINEAR
    assert editor.window.bridge.session.undo_label == "Blend looks"
    editor.act("undo")
    assert (editor.clip.look.base, editor.clip.look.curves) == (fog, ())


def test_in_and_out_points_come_first_where_they_are_set(editor: Editor) -> None:
    editor.add_clip(frames=20)
    editor.window.bridge.do(SetInPoint(at(editor, 4)))
    editor.window.bridge.do(SetOutPoint(at(editor, 9)))
    dialog = opened(editor)
    assert spans(dialog) == ["In point to out point", "Playhead to the end of the clip", "Whole clip"]
    assert dialog.command is not None
    assert (dialog.command.span.start, dialog.command.span.end) == (at(editor, 4), at(editor, 9))
    dialog.reject()


def test_the_window_shows_the_blend_until_the_dialog_goes(editor: Editor) -> None:
    editor.add_clip(frames=20)
    before, client = editor.window.bridge.project, editor.window.client
    dialog = opened(editor)
    dialog.after.setCurrentText("Downpour")
    assert client.view is not None
    assert client.view.project.clip(editor.clip.id).look.curve(RAIN) is not None
    assert editor.window.viewer.view.result_name == "As shot \u2192 Downpour"
    assert editor.window.bridge.project is before
    dialog.reject()
    assert client.view.project is before


def test_an_edit_puts_the_dialog_away(editor: Editor) -> None:
    editor.add_clip(frames=20)
    dialog = opened(editor)
    editor.window.bridge.do(SetInPoint(at(editor, 4)))
    assert not dialog.isVisible()
    assert editor.window.client.view is not None
    assert editor.window.client.view.project is editor.window.bridge.project


def test_a_dialog_that_is_gone_ends_no_comparison(editor: Editor) -> None:
    editor.add_clip(frames=20)
    opened(editor).reject()
    window = editor.window
    window.comparison.show_looks(Recipe("A"), "A", None, "")
    editor.until(lambda: window.viewer.view.pictures.reference is not None)
    window.bridge.do(ApplyPreset(editor.clip.id, "Fog", preset_named("fog").condition))
    assert window.comparison.is_on


def test_what_cannot_blend_is_said_before_anything_is_done(editor: Editor) -> None:
    editor.add_clip(frames=20)
    shelf = editor.window.looks.shelf
    shelf._library.add("Masked", Recipe("Masked", masks=(a_mask(),), seed=9))
    shelf.refresh()
    dialog = opened(editor)
    dialog.after.setCurrentText("Masked")
    said = [label.text() for label in (dialog._said, dialog._kept) if label.isVisible()]
    assert said == [
        "Nothing changes from one of these looks to the other.",
        "Seed and masks do not blend; the clip keeps its own.",
    ]
    dialog.reject()


def test_two_picked_looks_are_the_two_ends(editor: Editor) -> None:
    editor.add_clip(frames=20)
    shelf = editor.window.looks.shelf
    ids = [shelf._library.add(name, Recipe(name, preset_named(name).condition)).id for name in ("Night", "Drizzle")]
    shelf.refresh()
    editor.window.browser.looks.mine.grid.pick(*ids)
    dialog = opened(editor)
    assert (dialog.before.currentText(), dialog.after.currentText()) == ("Night", "Drizzle")
    dialog.reject()


def test_a_single_frame_is_too_short(editor: Editor) -> None:
    editor.add_clip(frames=1)
    dialog = opened(editor)
    assert not dialog.blend.isEnabled()
    assert dialog._said.text() == "This clip is too short for a blend."
    dialog.reject()
