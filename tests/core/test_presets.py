"""Presets: data that keeps to the schema, found however a person spells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.condition import RAIN
from core.errors import UsageError
from core.presets import Preset, load_presets, parse_preset_argument, preset_named, presets

NAMES = "night, blue hour, golden hour, overcast, fog, drizzle, downpour, snowfall, winter, storm, autumn, clear up"


@pytest.mark.parametrize("name", NAMES.split(", "))
def test_every_promised_preset_changes_the_picture(name: str) -> None:
    preset = preset_named(name)
    assert preset.title.casefold() == name
    assert not preset.condition.is_neutral
    assert preset.condition.effective == preset.condition
    assert preset.description.endswith(".")


@pytest.mark.parametrize("spelling", ["blue-hour", "blue_hour", "Blue Hour", "BLUEHOUR"])
def test_a_preset_is_found_however_it_is_spelled(spelling: str) -> None:
    assert preset_named(spelling).id == "blue-hour"


def test_ids_are_unique() -> None:
    assert len({p.id for p in presets()}) == len(presets()) == 12


@pytest.mark.parametrize(("text", "strength"), [("drizzle", 1.0), ("drizzle:0.7", 0.7), ("Drizzle:70%", 0.7)])
def test_an_argument_names_a_preset_and_its_strength(text: str, strength: float) -> None:
    assert parse_preset_argument(text) == (preset_named("drizzle"), pytest.approx(strength))


@pytest.mark.parametrize("text", ["drizzle:", "drizzle:much", "drizzle:1.5", "drizzle:nan", "drizzel:0.5"])
def test_a_wrong_argument_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_preset_argument(text)


def test_an_unknown_preset_is_refused_with_the_choices() -> None:
    with pytest.raises(UsageError, match="golden-hour"):
        preset_named("sharknado")


def a_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_preset_file_of_ones_own_can_be_read(tmp_path: Path) -> None:
    text = '[mist]\ntitle = "Mist"\ngroup = "Weather"\ndescription = "Thin."\n[mist.condition]\nhaze = 0.2\n'
    (mist,) = load_presets(a_file(tmp_path, text))
    assert isinstance(mist, Preset)
    assert mist.condition[RAIN] == 0.0


@pytest.mark.parametrize(
    "broken", ['title = "Mist"', 'title = "M"\ngroup = ""\ndescription = ""\ncondition = {moon = 1}']
)
def test_a_broken_preset_is_named(tmp_path: Path, broken: str) -> None:
    with pytest.raises(UsageError, match=r"Preset 'mist' in mine\.toml"):
        load_presets(a_file(tmp_path, f"[mist]\n{broken}\n"))
