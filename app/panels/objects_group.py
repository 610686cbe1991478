"""The objects of a shot as a list, with what can be said of the selected one. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.actions.button import BarButton
from app.object_names import title
from app.panels.scene_words import ICONS, names, object_line, object_words
from app.scene_book import ShotScene
from app.scene_desk import SceneDesk
from app.scene_tracks import keys
from app.theme import tokens as tk
from app.widgets.buttons import Button, Select
from app.widgets.group import Group
from app.widgets.item_list import ITEM_H, Item, ItemList
from app.widgets.marks import KeyDiamond, KeyState
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from app.widgets.scroll import ScrollColumn
from app.widgets.segments import Segments
from core.document.commands import RestoreObjects
from core.objects import Facing, ObjectId, ObjectKind, SceneObject, strength_at
from core.words import msg, tr, trn

KINDS: Final = tuple(ObjectKind)
FACINGS: Final = tuple(Facing)
_SPACING: Final = ParamSpec(
    "Row spacing",
    0.0,
    60.0,
    0.0,
    0.5,
    unit="m",
    nudge=1.0,
    help=msg("Distance to the next light of the row; 0 is a single one."),
)
_STRENGTH: Final = ParamSpec(
    "Strength",
    0.0,
    1.0,
    1.0,
    0.01,
    100.0,
    unit="%",
    help=msg("How strongly the object shines; 0 is off. The diamond keys it at the playhead."),
)
_DIAMOND_RIGHT: Final = 30
"""Under the diamonds of the rows."""
_ROWS_SHOWN: Final = 6
"""More objects than these scroll, so that what can be said of the selected one stays near."""
_LEAST_SPACING_M: Final = 1.0


class ObjectsGroup(Group):
    """Every change goes through the desk; the tool over the picture shares its selection."""

    tool_requested = Signal()
    """Take the objects tool, or put it down."""

    def __init__(self, desk: SceneDesk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Objects"), "target", parent, can_reset=False)
        self._desk = desk
        self.kind = Select()
        self.kind.setAccessibleName(tr("Kind of object to add"))
        self.kind.addItems([title(kind) for kind in KINDS])
        self.place = BarButton(
            "cursor",
            tr("Place objects"),
            text=tr("Place"),
            action="objects",
            checkable=True,
            filled=True,
        )
        self.list = ItemList(tr("Objects"))
        self._area = ScrollColumn(self.list)
        self.hint = text_label(
            tr("Nothing was found or placed. Choose a kind, press Place, and click in the picture."),
            color=tk.T3,
            wraps=True,
        )
        self.facing = Segments(tr("Facing"), [title(f) for f in FACINGS])
        self.spacing = ParamRow(_SPACING, keyable=False)
        self.strength = ParamRow(_STRENGTH)
        self.position = KeyDiamond(tr("Position"))
        self._positions = text_label(color=tk.T1)
        self.remove = Button(tr("Remove"), icon_name="trash")
        self.restore = Button(tr("Restore removed"))
        self._seen: tuple[ShotScene | None, SceneObject | None, ObjectKind] | None = None
        self._build()
        self._wire()
        self.refresh()
        desk.changed.connect(self.refresh)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(tk.PANEL_INSET, tk.GRID, tk.PANEL_INSET, 8)
        top.setSpacing(8)
        top.addWidget(self.kind, 1)
        top.addWidget(self.place)
        self.hint.setContentsMargins(tk.PANEL_INSET, 0, tk.PANEL_INSET, tk.GRID)
        self._facing_line = QWidget()
        facing = QHBoxLayout(self._facing_line)
        facing.setContentsMargins(tk.PANEL_INSET, tk.GRID, tk.PANEL_INSET, tk.GRID)
        facing.addWidget(text_label(tr("Facing")))
        facing.addStretch(1)
        facing.addWidget(self.facing)
        self.facing.setMaximumWidth(190)
        self._position_line = QWidget()
        position = QHBoxLayout(self._position_line)
        position.setContentsMargins(tk.PANEL_INSET, 0, _DIAMOND_RIGHT, 0)
        position.addWidget(text_label(tr("Position")))
        position.addStretch(1)
        position.addWidget(self._positions)
        position.addSpacing(8)
        position.addWidget(self.position)
        self.position.setFixedSize(16, tk.ROW_H)
        foot = QHBoxLayout()
        foot.setContentsMargins(tk.PANEL_INSET, 8, tk.PANEL_INSET, 0)
        foot.setSpacing(8)
        foot.addWidget(self.remove)
        foot.addWidget(self.restore)
        foot.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(top)
        for part in (self.hint, self._area, self._facing_line, self.strength, self.spacing, self._position_line):
            column.addWidget(part)
        column.addLayout(foot)
        self.rows.addLayout(column)

    def _wire(self) -> None:
        desk = self._desk
        self.kind.activated.connect(lambda index: desk.set_kind(KINDS[index]))
        self.place.clicked.connect(self.tool_requested)
        self.list.selected.connect(lambda id_: desk.select(ObjectId(id_)))
        self.list.toggled.connect(self._toggle)
        self.list.removed.connect(lambda id_: desk.remove(ObjectId(id_)))
        self.facing.chosen.connect(lambda index: self._change(facing=FACINGS[index]))
        self.spacing.gesture_started.connect(lambda: desk.context.begin(tr("Set row spacing")))
        self.spacing.value_changed.connect(self._set_spacing)
        self.spacing.gesture_committed.connect(desk.context.commit)
        self.spacing.gesture_cancelled.connect(desk.context.cancel)
        self.spacing.reset_requested.connect(lambda: self._set_spacing(0.0))
        self.strength.gesture_started.connect(lambda: desk.context.begin(tr("Set strength of object")))
        self.strength.value_changed.connect(desk.set_strength)
        self.strength.gesture_committed.connect(desk.context.commit)
        self.strength.gesture_cancelled.connect(desk.context.cancel)
        self.strength.reset_requested.connect(lambda: self._change(strength=1.0, levels=()))
        self.strength.key_toggled.connect(desk.toggle_strength_key)
        self.position.clicked.connect(desk.toggle_position_key)
        desk.context.playhead_moved.connect(self._show_keys)
        self.remove.clicked.connect(lambda: desk.remove(desk.selected) if desk.selected else None)
        self.restore.clicked.connect(lambda: desk.do(RestoreObjects))

    # ---- editing ----

    def _toggle(self, id_: str) -> None:
        shot = self._desk.shot
        thing = shot.thing(ObjectId(id_)) if shot else None
        if thing is not None:
            self._desk.change(thing.id, is_on=not thing.is_on)

    def _change(self, **changes: object) -> None:
        if self._desk.selected is not None:
            self._desk.change(self._desk.selected, **changes)

    def _set_spacing(self, metres: float) -> None:
        """A row closer than a metre is none."""
        self._change(repeat_m=metres if metres >= _LEAST_SPACING_M else 0.0)

    # ---- showing ----

    def show_tool(self, *, on: bool) -> None:
        """Whether the objects tool is in hand."""
        self.place.setChecked(on)

    def refresh(self) -> None:
        shot, thing = self._desk.shot, self._desk.thing
        if (shot, thing, self._desk.kind) == self._seen:
            return
        self._seen = shot, thing, self._desk.kind
        self.kind.setCurrentIndex(KINDS.index(self._desk.kind))
        things = tuple(sorted(shot.objects, key=_order)) if shot else ()
        named = names(things)
        items = [
            Item(t.id, named[t.id], object_line(shot, t), icon=ICONS[t.kind], is_on=t.is_on) for t in things if shot
        ]
        if tuple(items) != self.list.items:
            self.list.set_items(items)
            self._area.setFixedHeight(min(self.list.height(), _ROWS_SHOWN * ITEM_H))
        self._show_selected(thing.id if thing else "")
        self.hint.setVisible(not things)
        self.header.set_summary(object_words(shot) if shot and things else "")
        self._facing_line.setVisible(thing is not None and thing.kind is ObjectKind.VEHICLE)
        self.spacing.setVisible(thing is not None and thing.kind is ObjectKind.STREET_LIGHT)
        self.remove.setEnabled(thing is not None)
        if thing is not None:
            self.facing.set_current(FACINGS.index(thing.facing))
            self.spacing.show_value(thing.repeat_m)
        self._show_keys()
        away = shot.taken_away if shot else 0
        self.restore.setVisible(away > 0)
        self.restore.setText(tr("Restore {count} removed", count=away))

    def _show_keys(self) -> None:
        """Of the selected object, as they are at the playhead."""
        shot, thing, frame = self._desk.shot, self._desk.thing, self._desk.frame_here
        self.strength.setVisible(thing is not None)
        self._position_line.setVisible(thing is not None)
        if shot is None or thing is None or frame is None:
            return
        self.strength.show_value(strength_at(thing, frame), _key_state((lv.frame for lv in thing.levels), frame))
        own = keys(thing, shot.frame_count) if shot.is_by_hand(thing.id) else ()
        self.position.set_state(_key_state((spot.frame for spot in own), frame))
        self._positions.setText(trn("{count} keyframe", "{count} keyframes", len(own)) if own else tr("As found"))

    def _show_selected(self, id_: str) -> None:
        """Scrolled to when it becomes another one, and not while the list is being scrolled by hand."""
        if id_ != self.list.current:
            self.list.set_current(id_)
            rows = [i for i, item in enumerate(self.list.items) if item.id == id_]
            if rows:
                middle = self.list.row_rect(rows[0]).center()
                self._area.ensureVisible(middle.x(), middle.y(), 0, ITEM_H // 2)


def _order(thing: SceneObject) -> tuple[int, int, str]:
    """By kind, then as they come into the picture: an order, and so a number, that an edit does not change."""
    return KINDS.index(thing.kind), thing.spots[0].frame, thing.id


def _key_state(frames: Iterable[int], frame: int) -> KeyState:
    keyed = set(frames)
    return KeyState.HERE if frame in keyed else KeyState.ELSEWHERE if keyed else KeyState.NONE
