"""Which language the window speaks."""

from __future__ import annotations

import pytest

from app.language import chosen


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
