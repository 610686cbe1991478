"""The menus of a track: of its head, and of the gaps between its clips."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from app.session_bridge import SessionBridge
from core.document.commands import AddTrack, CloseGap, RemoveTrack, SetTrack
from core.document.model import Track, TrackKind
from core.ids import TrackId, new_id
from core.timebase import Time
from core.words import msg, tr, trn

_ADDED: Final = (
    (msg("Add picture track"), TrackKind.VIDEO),
    (msg("Add audio track"), TrackKind.AUDIO),
    (msg("Add adjustment track"), TrackKind.ADJUSTMENT),
)


def track_menu(parent: QWidget, bridge: SessionBridge, track: Track) -> QMenu:
    """Rename, switch, lock, add and remove; the caller shows it and throws it away."""
    menu = QMenu(parent)
    menu.addAction(tr("Rename track…")).triggered.connect(lambda: _rename(parent, bridge, track))
    for text, is_set, command in (
        (tr("On"), track.is_on, SetTrack(track.id, is_on=not track.is_on)),
        (tr("Locked"), track.is_locked, SetTrack(track.id, is_locked=not track.is_locked)),
    ):
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(is_set)
        action.triggered.connect(lambda _=False, command=command: bridge.do(command, parent))
    menu.addSeparator()
    for text, kind in _ADDED:
        menu.addAction(tr(text)).triggered.connect(
            lambda _=False, kind=kind: bridge.do(AddTrack(TrackId(new_id("track")), kind), parent)
        )
    menu.addSeparator()
    count = len(track.clips)
    what = trn("Remove track and its {count} clip", "Remove track and its {count} clips", count)
    remove = menu.addAction(what if count else tr("Remove track"))
    remove.setEnabled(not track.is_locked)
    remove.triggered.connect(lambda: bridge.do(RemoveTrack(track.id), parent))
    return menu


def gap_menu(parent: QWidget, bridge: SessionBridge, track: Track, at: Time) -> QMenu:
    """What can be done to the empty span of a track around an instant; the caller shows it and throws it away."""
    menu = QMenu(parent)
    close = menu.addAction(tr("Close gap"))
    close.setEnabled(not track.is_locked and any(clip.start > at for clip in track.clips))
    close.triggered.connect(lambda: bridge.do(CloseGap(track.id, at), parent))
    return menu


def _rename(parent: QWidget, bridge: SessionBridge, track: Track) -> None:
    name, is_given = QInputDialog.getText(parent, tr("Rename track"), tr("Name"), text=track.name)
    if is_given and name != track.name:
        bridge.do(SetTrack(track.id, name=name), parent)
