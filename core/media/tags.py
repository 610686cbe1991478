"""Colour tags between FFmpeg's numbers (ITU-T H.273) and the names `ColorTags` carries."""

from __future__ import annotations

from typing import Final

from core.media.facts import ColorTags

PRIMARIES: Final = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "film",
    9: "bt2020",
    10: "smpte428",
    11: "smpte431",
    12: "smpte432",
    22: "ebu3213",
}
TRANSFERS: Final = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    9: "log100",
    10: "log316",
    11: "iec61966-2-4",
    12: "bt1361e",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    17: "smpte428",
    18: "arib-std-b67",
}
MATRICES: Final = {
    0: "gbr",
    1: "bt709",
    4: "fcc",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "ycgco",
    9: "bt2020nc",
    10: "bt2020c",
    14: "ictcp",
}
FULL_RANGE: Final = 2

UNTAGGED_SD_HEIGHT: Final = 576
"""Untagged pictures up to this height are taken as BT.601, taller ones as BT.709, as players do."""

_LUMA_WEIGHTS: Final = {
    "bt709": (0.2126, 0.0722),
    "bt470bg": (0.299, 0.114),
    "smpte170m": (0.299, 0.114),
    "fcc": (0.30, 0.11),
    "smpte240m": (0.212, 0.087),
    "bt2020nc": (0.2627, 0.0593),
    "bt2020c": (0.2627, 0.0593),
}


def tags_from_codes(primaries: int, transfer: int, matrix: int, *, full_range: bool) -> ColorTags:
    return ColorTags(
        PRIMARIES.get(primaries, "unknown"),
        TRANSFERS.get(transfer, "unknown"),
        MATRICES.get(matrix, "unknown"),
        full_range,
    )


def code_of(table: dict[int, str], name: str) -> int:
    """FFmpeg's number for a name; 2 (unspecified) where there is none."""
    return next((code for code, known in table.items() if known == name), 2)


def luma_weights(matrix: str, height: int) -> tuple[float, float]:
    """(Kr, Kb) of H.273 for a matrix name; what is untagged or unsupported goes by the coded height.

    Constant-luminance BT.2020 (never seen from a camera) is read with the non-constant weights.
    """
    if matrix in _LUMA_WEIGHTS:
        return _LUMA_WEIGHTS[matrix]
    return _LUMA_WEIGHTS["smpte170m" if height <= UNTAGGED_SD_HEIGHT else "bt709"]
