"""Which language the window speaks."""

from __future__ import annotations

import pytest

from app.cli import main
from app.language import chosen
from core.settings import Settings, save_settings
from core.words import language


@pytest.mark.parametrize(
    ("setting", "system", "code"),
    [
        ("system", ["de-AT", "en"], "de"),
        ("system", ["de_DE"], "de"),
        ("system", ["fr-FR", "de-DE"], "de"),
        ("system", ["en-GB", "de-DE"], "en"),
        ("system", ["fr-FR"], "en"),
        ("system", [], "en"),
        ("de", ["en"], "de"),
        ("en", ["de"], "en"),
        ("klingon", ["de"], "de"),
    ],
)
def test_what_a_person_chose_comes_before_what_the_system_prefers(setting: str, system: list[str], code: str) -> None:
    assert chosen(setting, system) == code


def test_the_command_line_is_english_whatever_the_system_speaks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    save_settings(Settings(language="de"))
    assert main(["presets"]) == 0
    assert "The sun is long gone" in capsys.readouterr().out
    assert language().code == "en"
