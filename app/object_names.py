"""What kinds of objects are called. Pure."""

from __future__ import annotations

from core.objects import Facing, ObjectKind
from core.words import tr, trn


def title(kind: ObjectKind | Facing) -> str:
    """As a label: `Street light`, `Rear`."""
    name = tr(kind.value)
    return name[:1].upper() + name[1:]


def counted(kind: ObjectKind, count: int) -> str:
    """`3 street lights`."""
    match kind:
        case ObjectKind.VEHICLE:
            return trn("{count} vehicle", "{count} vehicles", count)
        case ObjectKind.STREET_LIGHT:
            return trn("{count} street light", "{count} street lights", count)
        case ObjectKind.BOLLARD:
            return trn("{count} bollard", "{count} bollards", count)
        case ObjectKind.WINDOW:
            return trn("{count} window", "{count} windows", count)
        case ObjectKind.SIGN:
            return trn("{count} sign", "{count} signs", count)
