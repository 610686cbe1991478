"""The head of a track's lane: its name, and two switches. Zones and painting read the same rectangles."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.theme import tokens as tk
from app.theme.icons import paint_icon
from app.timeline.layout import HEAD_W, Lane, LaneKind
from core.document.model import Track, TrackKind
from core.document.tracks import shown_name
from core.words import msg, tr

ICON_PX = 14


class Switch(Enum):
    """What a head can switch."""

    ON = "on"
    LOCK = "lock"


def switch_zones(lane: Lane) -> dict[Switch, QRectF]:
    """24 px wide, as high as fits; empty for lanes that are no track."""
    if lane.track is None:
        return {}
    height = min(24.0, lane.height - 1)
    top = lane.top + (lane.height - 1 - height) / 2
    return {
        Switch.LOCK: QRectF(HEAD_W - 54, top, 24, height),
        Switch.ON: QRectF(HEAD_W - 30, top, 24, height),
    }


def switch_at(lane: Lane, x: float, y: float) -> Switch | None:
    return next((switch for switch, zone in switch_zones(lane).items() if zone.contains(x, y)), None)


def paint_switches(painter: QPainter, lane: Lane, track: Track) -> None:
    """A switch that is as it usually is stays quiet; one that is not is lit and has another icon."""
    is_video = track.kind is not TrackKind.AUDIO
    icons = {
        Switch.LOCK: ("lock", tk.T1) if track.is_locked else ("unlock", tk.TD),
        Switch.ON: ("eye" if is_video else "volume", tk.T3)
        if track.is_on
        else ("eye_off" if is_video else "mute", tk.WARN),
    }
    for switch, zone in switch_zones(lane).items():
        name, color = icons[switch]
        paint_icon(painter, name, zone.center().x() - ICON_PX / 2, zone.center().y() - ICON_PX / 2, ICON_PX, color)


def switch_hint(track: Track, switch: Switch) -> str:
    """What a click would do."""
    if switch is Switch.LOCK:
        return (
            tr("Unlock {name}.", name=shown_name(track))
            if track.is_locked
            else tr("Lock {name}: its clips stay as they are.", name=shown_name(track))
        )
    does = {
        (TrackKind.VIDEO, True): msg("Hide {name}."),
        (TrackKind.VIDEO, False): msg("Show {name}."),
        (TrackKind.AUDIO, True): msg("Mute {name}."),
        (TrackKind.AUDIO, False): msg("Unmute {name}."),
        (TrackKind.ADJUSTMENT, True): msg("Switch {name} off: what lies below is as it was."),
        (TrackKind.ADJUSTMENT, False): msg("Switch {name} on."),
    }
    return tr(does[track.kind, track.is_on], name=shown_name(track))


def is_track_lane(lane: Lane) -> bool:
    return lane.kind in (LaneKind.PICTURE, LaneKind.AUDIO, LaneKind.ADJUSTMENT) and lane.track is not None
