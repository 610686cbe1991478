"""Whether the file of a medium is where it was. Looks at the disk, opens nothing."""

from __future__ import annotations

from pathlib import Path

from core.media.facts import MediaFacts, MediaKind
from core.media.sequence import number_in


def is_present(facts: MediaFacts) -> bool:
    """Whether the file of a medium, or any image of it, is where it was. Looks at the disk; does not read it."""
    path = Path(facts.path)
    try:
        if facts.kind is MediaKind.SEQUENCE:
            return any(number_in(path, entry.name) is not None for entry in path.parent.iterdir())
        return path.is_file()
    except OSError:
        return False
