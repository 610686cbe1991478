"""Typed identifiers. A made id is random and is put into the command that uses it, so replays agree."""

from __future__ import annotations

import secrets
from typing import NewType

ProjectId = NewType("ProjectId", str)
TrackId = NewType("TrackId", str)
ClipId = NewType("ClipId", str)
LinkId = NewType("LinkId", str)
MarkerId = NewType("MarkerId", str)
MaskId = NewType("MaskId", str)
ShapeId = NewType("ShapeId", str)
MediaId = NewType("MediaId", str)
"""Names the content of a media file, not its place: see `core.media.identity`."""
AxisId = NewType("AxisId", str)
TranslatorId = NewType("TranslatorId", str)
JobId = NewType("JobId", str)


def new_id(prefix: str) -> str:
    """A fresh id such as `clip-5f1c9a2b7d30`: unique within any project a person will ever make."""
    return f"{prefix}-{secrets.token_hex(6)}"
