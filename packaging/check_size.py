"""Refuse a commit that adds a large file: footage and weights are read in place, never kept here."""

from __future__ import annotations

import sys
from pathlib import Path

LIMIT_BYTES = 1_500_000

if __name__ == "__main__":
    large = [name for name in sys.argv[1:] if Path(name).is_file() and Path(name).stat().st_size > LIMIT_BYTES]
    for name in large:
        print(f"{name} is larger than {LIMIT_BYTES / 1e6:.1f} MB; keep footage and weights outside the repository.")
    sys.exit(bool(large))
