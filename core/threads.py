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


def engine_threads() -> int:
    """How many threads torch gets on the engine's: half of the cores, for the look-ahead and the writer use the rest.

    Measured on two cores, 960×540, `night`, median of 24 frames: with one thread 72 to 83 ms a frame of an analysed shot
    and 89 to 141 ms of a new one, with two 95 to 105 and 105 to 152, and a preview by itself 96 against 120: the operations
    are too short to be worth a barrier each. At 1080p the same, 271 and 342 ms against 376 and 657.
    """
    return max(1, (os.cpu_count() or 1) // 2)
