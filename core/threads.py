"""How the process shares the machine's cores. Importable before torch, because it must be called before torch."""

from __future__ import annotations

import os


def wait_without_spinning() -> None:
    """Let torch's workers sleep at a barrier instead of spinning. Call it before anything imports torch.

    By default OpenMP threads burn their core while they wait for each other. Beside a decoder, a window or another
    program that made a frame five times slower on two cores; asleep they cost a few per cent on an idle machine.
    A setting the user made stays.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
