"""Every action of the window as one row: menus, shortcuts, tool tips, the bars and the shortcut list are read from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.words import msg, tr


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One row. `keys` are portable key sequences, the first is shown; `menu` is where it stands, empty for keys only.
    `text` is gathered for the catalogue from its place in the row.

    `group` numbers the stretch of its menu; a separator stands between two groups. `needs` disables the action until
    the named thing is there.
    """

    id: str
    text: str
    menu: str = ""
    group: int = 0
    keys: tuple[str, ...] = ()
    is_checkable: bool = False
    needs: str = ""
    """`clip` (a picture clip selected), `clips` (any clip selected), `media` (a clip on the timeline), `bin` (a medium
    selected), `undo`, `redo`, `mask`, `saved` (the project has a file), or empty."""
    in_text_too: bool = False
    """Works also while a text field has the focus."""
    in_menu: bool = True
    """Whether the menu bar has it; keys, palette and the list of shortcuts have every row."""
    submenu: str = ""
    """Of its menu, where it stands in one."""

    @property
    def title(self) -> str:
        """What it does, in the person's language, without the dots that announce a dialog."""
        return tr(self.text).rstrip("…")


MENUS: Final = (
    msg("File"), msg("Edit"), msg("Clip"), msg("Look"), msg("Keyframes"), msg("Tools"), msg("Playback"), msg("Viewer"),
    msg("View"), msg("Help"),
)  # fmt: skip
GUIDES: Final = msg("Guides")
SURROUND: Final = msg("Surround")

ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("new", "New project", "File", 0, ("Ctrl+N",), in_text_too=True),
    ActionSpec("open", "Open project…", "File", 0, ("Ctrl+O",), in_text_too=True),
    ActionSpec("open_version", "Open version…", "File", 0, needs="saved"),
    ActionSpec("open_demo", "Open demo", "File", 0),
    ActionSpec("import", "Add clips…", "File", 1, ("Ctrl+Shift+I",), in_text_too=True),
    ActionSpec("relink", "Relink media…", "File", 1),
    ActionSpec("remove_unused", "Remove unused media", "File", 1),
    ActionSpec("import_timeline", "Import timeline…", "File", 1),
    ActionSpec("save", "Save", "File", 2, ("Ctrl+S",), in_text_too=True),
    ActionSpec("save_as", "Save as…", "File", 2, ("Ctrl+Shift+S",), in_text_too=True),
    ActionSpec("export", "Export…", "File", 3, ("Ctrl+E",), needs="media"),
    ActionSpec("render_queue", "Render queue", "File", 3, ("Ctrl+Shift+E",)),
    ActionSpec("export_timeline", "Export timeline…", "File", 3, needs="media"),
    ActionSpec("quit", "Quit", "File", 4, ("Ctrl+Q",), in_text_too=True),
    ActionSpec("undo", "Undo", "Edit", 0, ("Ctrl+Z",), needs="undo"),
    ActionSpec("redo", "Redo", "Edit", 0, ("Ctrl+Shift+Z", "Ctrl+Y"), needs="redo"),
    ActionSpec("cut", "Cut", "Edit", 1, ("Ctrl+X",), needs="clips"),
    ActionSpec("copy", "Copy", "Edit", 1, ("Ctrl+C",), needs="clips"),
    ActionSpec("paste", "Paste", "Edit", 1, ("Ctrl+V",), needs="media"),
    ActionSpec("paste_insert", "Paste and insert", "Edit", 1, ("Ctrl+Shift+V",), needs="media"),
    ActionSpec("delete", "Delete", "Edit", 2, ("Del", "Backspace"), needs="clips"),
    ActionSpec("ripple_delete", "Ripple delete", "Edit", 2, ("Shift+Del", "Shift+Backspace"), needs="clips"),
    ActionSpec("select_all", "Select all clips", "Edit", 3, ("Ctrl+A",), needs="media"),
    ActionSpec("palette", "Find command…", "Edit", 9, ("Ctrl+Shift+P",), in_text_too=True),
    ActionSpec("preferences", "Preferences…", "Edit", 9, ("Ctrl+,",), in_text_too=True),
    ActionSpec("tool_select", "Select tool", "Clip", 0, ("A",), is_checkable=True),
    ActionSpec("tool_trim", "Trim tool", "Clip", 0, ("T",), is_checkable=True),
    ActionSpec("tool_razor", "Razor tool", "Clip", 0, ("R",), is_checkable=True),
    ActionSpec("split", "Split at playhead", "Clip", 0, ("Ctrl+B", "Ctrl+\\"), needs="media"),
    ActionSpec("trim_start", "Ripple trim start to playhead", "Clip", 0, ("Shift+[", "Q"), needs="media"),
    ActionSpec("trim_end", "Ripple trim end to playhead", "Clip", 0, ("Shift+]", "W"), needs="media"),
    ActionSpec("nudge_left", "Nudge one frame left", "Clip", 0, (",",), needs="clips"),
    ActionSpec("nudge_right", "Nudge one frame right", "Clip", 0, (".",), needs="clips"),
    ActionSpec("link", "Link or unlink clips", "Clip", 1, ("Ctrl+Alt+L",), needs="clips"),
    ActionSpec("linked", "Linked selection", "Clip", 1, ("Ctrl+Shift+L",), is_checkable=True),
    ActionSpec("bin_insert", "Insert medium at playhead", "Clip", 7, ("F9",), needs="bin"),
    ActionSpec("bin_overwrite", "Overwrite with medium at playhead", "Clip", 7, ("F10",), needs="bin"),
    ActionSpec("bin_append", "Append medium", "Clip", 7, ("Shift+F12",), needs="bin"),
    ActionSpec("add_video_track", "Add picture track", "Clip", 6),
    ActionSpec("add_audio_track", "Add audio track", "Clip", 6),
    ActionSpec("split_at_shots", "Cut into shots", "Clip", 0, ("Ctrl+Alt+B",), needs="clip"),
    ActionSpec("add_adjustment", "Add adjustment clip", "Clip", 6, ("Ctrl+Alt+A",), needs="media"),
    ActionSpec("snap", "Snapping", "Clip", 1, ("N",), is_checkable=True),
    ActionSpec("copy_look", "Copy look", "Look", 2, ("Ctrl+Alt+C",), needs="clip"),
    ActionSpec("paste_look", "Paste look", "Look", 2, ("Ctrl+Alt+V",), needs="clips"),
    ActionSpec("paste_attributes", "Paste attributes…", "Look", 2, ("Alt+V",), needs="clips"),
    ActionSpec("save_look", "Save look…", "Look", 2, ("Ctrl+Alt+S",), needs="clip"),
    ActionSpec("blend_looks", "Blend looks…", "Look", 2, ("Ctrl+Alt+D",), needs="clip"),
    ActionSpec("import_look", "Import look…", "Look", 2),
    ActionSpec("reset_look", "Reset conditions", "Look", 2, needs="clip"),
    ActionSpec("curves", "Curves", "Keyframes", 0, ("Ctrl+K",), is_checkable=True),
    ActionSpec("add_key", "Set keyframe at playhead", "Keyframes", 1, ("Shift+K",), needs="clip"),
    ActionSpec("remove_key", "Delete keyframe at playhead", "Keyframes", 1, ("Alt+K",), needs="clip"),
    ActionSpec("previous_key", "Previous keyframe", "Keyframes", 1, ("[",), needs="clip"),
    ActionSpec("next_key", "Next keyframe", "Keyframes", 1, ("]",), needs="clip"),
    ActionSpec("select_keys_here", "Select keyframes at playhead", "Keyframes", 2, ("Alt+Return",), needs="clip"),
    ActionSpec("select_key_left", "Select keyframe before", "Keyframes", 2, needs="clip"),
    ActionSpec("select_key_right", "Select keyframe after", "Keyframes", 2, needs="clip"),
    ActionSpec("select_key_up", "Select keyframe of curve above", "Keyframes", 2, needs="clip"),
    ActionSpec("select_key_down", "Select keyframe of curve below", "Keyframes", 2, needs="clip"),
    ActionSpec("reach_key_left", "Extend keyframes left", "Keyframes", 2, needs="clip", in_menu=False),
    ActionSpec("reach_key_right", "Extend keyframes right", "Keyframes", 2, needs="clip", in_menu=False),
    ActionSpec("reach_key_up", "Extend keyframes up", "Keyframes", 2, needs="clip", in_menu=False),
    ActionSpec("reach_key_down", "Extend keyframes down", "Keyframes", 2, needs="clip", in_menu=False),
    ActionSpec("key_linear", "Linear keyframes", "Keyframes", 3, ("Alt+L",), needs="clip"),
    ActionSpec("key_smooth", "Smooth keyframes", "Keyframes", 3, ("Alt+S",), needs="clip"),
    ActionSpec("key_hold", "Hold keyframes", "Keyframes", 3, ("Alt+H",), needs="clip"),
    ActionSpec("key_ease_in", "Ease in keyframes", "Keyframes", 3, ("Alt+E",), needs="clip"),
    ActionSpec("key_ease_out", "Ease out keyframes", "Keyframes", 3, ("Alt+Shift+E",), needs="clip"),
    ActionSpec("key_bezier", "Bézier keyframes", "Keyframes", 3, ("Alt+B",), needs="clip"),
    ActionSpec("next_handle", "Take next handle", "Keyframes", 3, ("G",), needs="clip"),
    ActionSpec("smooth_handles", "Smooth handles", "Keyframes", 3, ("Alt+G",), needs="clip"),
    ActionSpec("nudge_key_left", "Nudge keyframes left", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("nudge_key_right", "Nudge keyframes right", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("nudge_key_up", "Nudge keyframes up", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("nudge_key_down", "Nudge keyframes down", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("push_key_left", "Nudge keyframes ten frames left", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("push_key_right", "Nudge keyframes ten frames right", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("push_key_up", "Nudge keyframes far up", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("push_key_down", "Nudge keyframes far down", "Keyframes", 4, needs="clip", in_menu=False),
    ActionSpec("scale_key_left", "Shorten keyframes", "Keyframes", 4, ("Ctrl+Alt+Left",), needs="clip", in_menu=False),
    ActionSpec(
        "scale_key_right", "Stretch keyframes", "Keyframes", 4, ("Ctrl+Alt+Right",), needs="clip", in_menu=False
    ),
    ActionSpec("scale_key_up", "Heighten keyframes", "Keyframes", 4, ("Ctrl+Alt+Up",), needs="clip", in_menu=False),
    ActionSpec("scale_key_down", "Flatten keyframes", "Keyframes", 4, ("Ctrl+Alt+Down",), needs="clip", in_menu=False),
    ActionSpec("axis_above", "Choose curve above", "Keyframes", 5, ("Ctrl+PgUp",), needs="clip"),
    ActionSpec("axis_below", "Choose curve below", "Keyframes", 5, ("Ctrl+PgDown",), needs="clip"),
    ActionSpec("hide_curve", "Hide or show curve", "Keyframes", 5, ("Y",), needs="clip"),
    ActionSpec("show_all_curves", "Show all curves", "Keyframes", 5, ("Shift+Y",), needs="clip"),
    ActionSpec("fold_lane", "Fold keyframe lane", "Keyframes", 5, ("F",), needs="clip"),
    ActionSpec("fold_lanes", "Fold all keyframe lanes", "Keyframes", 5, ("Alt+F",)),
    ActionSpec("fit_keys", "Fit all keyframes", "Keyframes", 6, ("Alt+Z",), needs="clip"),
    ActionSpec("fit_chosen_keys", "Fit selected keyframes", "Keyframes", 6, ("Alt+Shift+Z",), needs="clip"),
    ActionSpec("values_in", "Zoom values in", "Keyframes", 6, ("Ctrl+Alt+=",), needs="clip"),
    ActionSpec("values_out", "Zoom values out", "Keyframes", 6, ("Ctrl+Alt+-",), needs="clip"),
    ActionSpec("values_up", "See higher values", "Keyframes", 6, ("Alt+PgUp",), needs="clip"),
    ActionSpec("values_down", "See lower values", "Keyframes", 6, ("Alt+PgDown",), needs="clip"),
    ActionSpec("brush", "Paint mask", "Tools", 4, ("B",), is_checkable=True, needs="clip"),
    ActionSpec("eraser", "Erase mask", "Tools", 4, ("E",), is_checkable=True, needs="clip"),
    ActionSpec("shape_edit", "Edit shapes", "Tools", 4, ("Shift+A",), is_checkable=True, needs="clip"),
    ActionSpec("shape_path", "Draw polygon or Bézier path", "Tools", 4, ("Shift+P",), is_checkable=True, needs="clip"),
    ActionSpec("shape_ellipse", "Draw ellipse", "Tools", 4, ("Shift+E",), is_checkable=True, needs="clip"),
    ActionSpec("shape_rectangle", "Draw rectangle", "Tools", 4, ("Shift+R",), is_checkable=True, needs="clip"),
    ActionSpec("shape_linear", "Draw linear gradient", "Tools", 4, ("Shift+G",), is_checkable=True, needs="clip"),
    ActionSpec("shape_radial", "Draw radial gradient", "Tools", 4, ("Shift+H",), is_checkable=True, needs="clip"),
    ActionSpec("pick_color", "Pick colours for mask", "Tools", 4, ("Shift+C",), is_checkable=True, needs="clip"),
    ActionSpec("follow_back", "Follow back with mask", "Tools", 6, ("Alt+,",), needs="clip"),
    ActionSpec("follow_both", "Follow both ways with mask", "Tools", 6, ("Alt+M",), needs="clip"),
    ActionSpec("follow_ahead", "Follow ahead with mask", "Tools", 6, ("Alt+.",), needs="clip"),
    ActionSpec("lock_matte", "Lock or unlock matte on this frame", "Tools", 6, ("Shift+L",), needs="clip"),
    ActionSpec("stop_following", "Stop following with mask", "Tools", 6, needs="clip"),
    ActionSpec("import_matte", "Import matte…", "Tools", 7, needs="clip"),
    ActionSpec("export_matte", "Export matte…", "Tools", 7, needs="clip"),
    ActionSpec("sky_brush", "Paint sky", "Tools", 5, ("S",), is_checkable=True, needs="media"),
    ActionSpec("sky_eraser", "Take sky away", "Tools", 5, ("Shift+S",), is_checkable=True, needs="media"),
    ActionSpec("objects", "Place objects", "Tools", 5, ("P",), is_checkable=True, needs="media"),
    ActionSpec("sun_by_shadow", "Read sun from a shadow", "Tools", 5, is_checkable=True, needs="media"),
    ActionSpec("play", "Play or pause", "Playback", 0, ("Space",), needs="media"),
    ActionSpec("reverse", "Play backwards", "Playback", 0, ("J",), needs="media"),
    ActionSpec("stop", "Stop", "Playback", 0, ("K",), needs="media"),
    ActionSpec("forward", "Play forwards", "Playback", 0, ("L",), needs="media"),
    ActionSpec("loop", "Loop", "Playback", 1, ("Ctrl+/",), is_checkable=True),
    ActionSpec("step_back", "Previous frame", "Playback", 2, ("Left",), needs="media"),
    ActionSpec("step_on", "Next frame", "Playback", 2, ("Right",), needs="media"),
    ActionSpec("second_back", "Back one second", "Playback", 2, ("Shift+Left",), needs="media"),
    ActionSpec("second_on", "On one second", "Playback", 2, ("Shift+Right",), needs="media"),
    ActionSpec("to_start", "To the start", "Playback", 3, ("Home",), needs="media"),
    ActionSpec("to_end", "To the end", "Playback", 3, ("End",), needs="media"),
    ActionSpec("previous_cut", "Previous cut", "Playback", 3, ("Up",), needs="media"),
    ActionSpec("next_cut", "Next cut", "Playback", 3, ("Down",), needs="media"),
    ActionSpec("add_marker", "Add marker", "Playback", 5, ("M",), needs="media"),
    ActionSpec("previous_marker", "Previous marker", "Playback", 5, ("Shift+Up",), needs="media"),
    ActionSpec("next_marker", "Next marker", "Playback", 5, ("Shift+Down",), needs="media"),
    ActionSpec("set_in", "Set in point", "Playback", 4, ("I",), needs="media"),
    ActionSpec("set_out", "Set out point", "Playback", 4, ("O",), needs="media"),
    ActionSpec("clear_marks", "Clear in and out points", "Playback", 4, ("Alt+X",), needs="media"),
    ActionSpec("view_source", "Source", "Viewer", 0, ("1",), is_checkable=True),
    ActionSpec("view_result", "Result", "Viewer", 0, ("2",), is_checkable=True),
    ActionSpec("view_wipe", "Wipe", "Viewer", 0, ("3", "Ctrl+W"), is_checkable=True),
    ActionSpec("view_split", "Side by side", "Viewer", 0, ("4",), is_checkable=True),
    ActionSpec("view_butterfly", "Butterfly", "Viewer", 0, ("Shift+4",), is_checkable=True),
    ActionSpec("view_difference", "Difference", "Viewer", 0, ("Shift+5",), is_checkable=True),
    ActionSpec("view_signed", "Signed difference", "Viewer", 0, ("Alt+Shift+5",), is_checkable=True),
    ActionSpec("view_flicker", "Flicker", "Viewer", 0, ("5",), is_checkable=True),
    ActionSpec("view_matte", "Matte", "Viewer", 0, ("6",), is_checkable=True),
    ActionSpec("view_sky", "Sky", "Viewer", 1, ("7",), is_checkable=True),
    ActionSpec("view_ground", "Ground", "Viewer", 1, ("8",), is_checkable=True),
    ActionSpec("view_depth", "Depth", "Viewer", 1, ("9",), is_checkable=True),
    ActionSpec("view_doubt", "Doubt about mask", "Viewer", 1, ("Shift+6",), is_checkable=True),
    ActionSpec("flip", "Flip source and result", "Viewer", 2, ("\\",)),
    ActionSpec("peek", "Source while held", "Viewer", 2, ("H",), is_checkable=True),
    ActionSpec("difference_gain", "Stronger difference", "Viewer", 2, ("Alt+5",)),
    ActionSpec("wipe_left", "Move wipe left", "Viewer", 3, ("Alt+Left",), in_menu=False),
    ActionSpec("wipe_right", "Move wipe right", "Viewer", 3, ("Alt+Right",), in_menu=False),
    ActionSpec("wipe_turn_left", "Turn wipe left", "Viewer", 3, ("Alt+Up",), in_menu=False),
    ActionSpec("wipe_turn_right", "Turn wipe right", "Viewer", 3, ("Alt+Down",), in_menu=False),
    ActionSpec("wipe_center", "Centre wipe", "Viewer", 3, ("Alt+Home",)),
    ActionSpec("grab_still", "Grab still", "Viewer", 4, ("Ctrl+Alt+G",), needs="media"),
    ActionSpec("compare_still", "Compare with still", "Viewer", 4, ("Ctrl+Alt+W",), is_checkable=True),
    ActionSpec("restore_still", "Restore look of still", "Viewer", 4, needs="clip"),
    ActionSpec("probe", "Pixel probe", "Viewer", 5, ("Alt+I",), is_checkable=True),
    ActionSpec("probe_size", "Probe more pixels", "Viewer", 5, ("Alt+Shift+I",)),
    ActionSpec("probe_left", "Move probe left", "Viewer", 5, ("Ctrl+Alt+Shift+Left",), in_menu=False),
    ActionSpec("probe_right", "Move probe right", "Viewer", 5, ("Ctrl+Alt+Shift+Right",), in_menu=False),
    ActionSpec("probe_up", "Move probe up", "Viewer", 5, ("Ctrl+Alt+Shift+Up",), in_menu=False),
    ActionSpec("probe_down", "Move probe down", "Viewer", 5, ("Ctrl+Alt+Shift+Down",), in_menu=False),
    ActionSpec("overlays", "Labels over the picture", "Viewer", 6, ("U",), is_checkable=True),
    ActionSpec("guide_center", "Centre cross", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_thirds", "Thirds", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_safe", "Action and title safe", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_cinema", "Frame 2.39:1", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_flat", "Frame 1.85:1", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_classic", "Frame 4:3", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_square", "Frame 1:1", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("guide_portrait", "Frame 9:16", "Viewer", 6, is_checkable=True, submenu=GUIDES),
    ActionSpec("surround_default", "Default surround", "Viewer", 6, is_checkable=True, submenu=SURROUND),
    ActionSpec("surround_black", "Black surround", "Viewer", 6, is_checkable=True, submenu=SURROUND),
    ActionSpec("surround_grey", "18 % grey surround", "Viewer", 6, is_checkable=True, submenu=SURROUND),
    ActionSpec("viewer_alone", "Picture alone", "Viewer", 7, ("Ctrl+F",), is_checkable=True),
    ActionSpec("fit", "Fit picture", "Viewer", 7, ("Shift+F",)),
    ActionSpec("one_to_one", "Picture at 100 %", "Viewer", 7, ("Ctrl+1",)),
    ActionSpec("picture_in", "Zoom picture in", "Viewer", 7, ("Alt+=", "Alt++")),
    ActionSpec("picture_out", "Zoom picture out", "Viewer", 7, ("Alt+-",)),
    ActionSpec("pan_left", "Look further left", "Viewer", 7, ("Ctrl+Shift+Left",), in_menu=False),
    ActionSpec("pan_right", "Look further right", "Viewer", 7, ("Ctrl+Shift+Right",), in_menu=False),
    ActionSpec("pan_up", "Look further up", "Viewer", 7, ("Ctrl+Shift+Up",), in_menu=False),
    ActionSpec("pan_down", "Look further down", "Viewer", 7, ("Ctrl+Shift+Down",), in_menu=False),
    ActionSpec("zoom_in", "Zoom timeline in", "View", 4, ("Ctrl+=", "Ctrl++")),
    ActionSpec("zoom_out", "Zoom timeline out", "View", 4, ("Ctrl+-",)),
    ActionSpec("zoom_fit", "Fit timeline", "View", 4, ("Shift+Z",)),
    ActionSpec("zoom_selection", "Fit selection", "View", 4, ("Ctrl+Alt+Z",)),
    ActionSpec("left_panel", "Left panel", "View", 5, ("Ctrl+Alt+1",), is_checkable=True),
    ActionSpec("bottom_panel", "Timeline", "View", 5, ("Ctrl+Alt+2",), is_checkable=True),
    ActionSpec("right_panel", "Right panel", "View", 5, ("Ctrl+Alt+3",), is_checkable=True),
    ActionSpec("scopes", "Scopes", "View", 5, ("Ctrl+Alt+4",), is_checkable=True),
    ActionSpec("next_scope", "Next scope", "View", 5, ("Ctrl+Alt+5",)),
    ActionSpec("scopes_layer", "Scopes of source or result", "View", 5, ("Ctrl+Alt+6",)),
    ActionSpec("reset_layout", "Reset layout", "View", 6),
    ActionSpec("next_panel", "Next panel", "View", 6, ("F6",), in_text_too=True),
    ActionSpec("fullscreen", "Full screen", "View", 6, ("F11",), is_checkable=True, in_text_too=True),
    ActionSpec("models", "Models…", "Help", 0),
    ActionSpec("tour", "Take the tour", "Help", 0),
    ActionSpec("shortcuts", "Keyboard shortcuts", "Help", 0, ("F1",), in_text_too=True),
    ActionSpec("about", "About Weathervane", "Help", 1),
)

BY_ID: Final = {spec.id: spec for spec in ACTIONS}


def shortcut_of(id_: str) -> str:
    """The first key of an action as shown to a person, or an empty string."""
    keys = BY_ID[id_].keys
    return keys[0] if keys else ""
