"""Words: sentences in the person's language, and what stays English whatever is set."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

import pytest

from core.words import LANGUAGES, Note, inline, language, msg, num, tr, trn, use_language


@pytest.fixture
def german() -> Iterator[None]:
    use_language("de")
    yield
    use_language("en")


def test_english_is_what_stands_in_the_source() -> None:
    assert language().code == "en"
    assert tr("Open {name}…", name="a.wvp") == "Open a.wvp…"
    assert (trn("{count} clip", "{count} clips", 1), trn("{count} clip", "{count} clips", 2)) == ("1 clip", "2 clips")


@pytest.mark.usefixtures("german")
def test_a_sentence_is_looked_up() -> None:
    assert tr("Night") == "Nacht"


@pytest.mark.usefixtures("german")
def test_what_nobody_translated_is_english() -> None:
    assert tr("A sentence {n} that nobody wrote", n=3) == "A sentence 3 that nobody wrote"


@pytest.mark.usefixtures("german")
def test_no_text_is_no_text() -> None:
    """gettext keeps the header of its catalogue under the empty text."""
    assert tr("") == ""


def test_braces_in_a_value_are_left_alone() -> None:
    assert tr("Open {name}…", name="{x}") == "Open {x}…"


@pytest.mark.usefixtures("german")
def test_fractions_have_the_sign_of_the_language() -> None:
    assert num(0.5, ".2f") == "0,50"
    assert tr("{size:.1f} of {whole}", size=1.25, whole=3) == "1,2 of 3"
    assert tr("{path}", path="a.b") == "a.b"


@pytest.mark.usefixtures("german")
def test_german_nouns_are_capital_within_a_sentence() -> None:
    assert inline("Dunst") == "Dunst"


def test_english_labels_are_small_within_a_sentence() -> None:
    assert inline("Sun elevation") == "sun elevation"


@pytest.mark.usefixtures("german")
def test_a_note_is_english_as_a_value_and_german_as_said() -> None:
    note = Note("{count} GB", count=1.5)
    assert (note, str(note), tr(note)) == ("1.5 GB", "1.5 GB", "1,5 GB")
    assert tr(pickle.loads(pickle.dumps(note))) == "1,5 GB"


@pytest.mark.usefixtures("german")
def test_a_note_is_written_in_english_and_may_hold_another() -> None:
    note = Note("{name} runs from {low}", name=Note("Night"), low=1)
    assert json.loads(json.dumps([note])) == ["Night runs from 1"]
    assert tr(note).startswith("Nacht")


def test_a_mark_changes_nothing() -> None:
    assert msg("Night") == "Night"


def test_an_unknown_language_is_refused_and_nothing_changes() -> None:
    with pytest.raises(KeyError):
        use_language("xx")
    assert language().code == "en"


@pytest.mark.parametrize("code", [each.code for each in LANGUAGES])
def test_every_language_can_be_used(code: str) -> None:
    use_language(code)
    assert language().code == code
    use_language("en")
