"""The few words at the right of a group header: what the group does to the picture at the playhead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.theme.painting import minus
from core.condition import (
    CLOUD,
    EXPOSURE,
    FOLIAGE,
    HAZE,
    LIGHTNING,
    PRACTICALS,
    RAIN,
    RAIN_ON_LENS,
    SNOW,
    SNOW_COVER,
    SUN,
    SUN_ELEVATION,
    WETNESS,
    WHITE_BALANCE,
    WIND_SPEED,
    AxisGroup,
    Condition,
)
from core.words import num, tr


def _light(c: Condition) -> list[str]:
    words = []
    if c[SUN]:
        elevation = c[SUN_ELEVATION]
        words.append(tr("sun below horizon") if elevation < 0 else tr("sun {elevation:.0f}° up", elevation=elevation))
    if c[PRACTICALS]:
        words.append(tr("lamps on"))
    return words


def _weather(c: Condition) -> list[str]:
    words = []
    if c[RAIN]:
        words.append(tr("drizzle") if c[RAIN] < 0.4 else tr("rain") if c[RAIN] < 0.75 else tr("downpour"))
    if c[RAIN_ON_LENS]:
        words.append(tr("drops on the lens"))
    if c[SNOW]:
        words.append(tr("snow"))
    if c[LIGHTNING]:
        words.append(tr("lightning"))
    if c[HAZE]:
        words.append(tr("haze removed") if c[HAZE] < 0 else tr("fog") if c[HAZE] > 0.5 else tr("haze"))
    if c[CLOUD] and len(words) < 2:
        words.append(tr("overcast") if c[CLOUD] > 0.75 else tr("clouds"))
    if c[WIND_SPEED]:
        words.append(tr("wind {speed:.0f} m/s", speed=c[WIND_SPEED]))
    return words


def _ground(c: Condition) -> list[str]:
    words = []
    if c[WETNESS]:
        words.append(tr("damp") if c[WETNESS] < 0.3 else tr("wet") if c[WETNESS] < 0.8 else tr("standing water"))
    if c[SNOW_COVER]:
        words.append(tr("snow lying"))
    return words


def _season(c: Condition) -> list[str]:
    return [tr("autumn leaves") if c[FOLIAGE] > 0 else tr("fresh leaves")] if c[FOLIAGE] else []


def _camera(c: Condition) -> list[str]:
    words = [minus(f"{num(c[EXPOSURE], '+.2g')} EV")] if c[EXPOSURE] else []
    return [*words, f"{c[WHITE_BALANCE]:.0f} K"] if c[WHITE_BALANCE] != 6500.0 else words


_WORDS: Final[Mapping[AxisGroup, Callable[[Condition], list[str]]]] = {
    AxisGroup.LIGHT: _light,
    AxisGroup.WEATHER: _weather,
    AxisGroup.GROUND: _ground,
    AxisGroup.SEASON: _season,
    AxisGroup.CAMERA: _camera,
}


def summary(group: AxisGroup, condition: Condition) -> str:
    """Sentence case, no full stop; `As shot` where the group does nothing."""
    text = ", ".join(_WORDS[group](condition))
    return text[:1].upper() + text[1:] if text else tr("As shot")
