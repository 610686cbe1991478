"""The catalogues say all that the source says: nothing missing, nothing left over, the same values in every sentence."""

from __future__ import annotations

import string
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "packaging"))

import words

LANGUAGES = sorted(folder.name for folder in words.LOCALE.iterdir())
SHORTENED = {"Sun elev.", "Sun azim.", "White bal."}
"""Their full stop is no sentence's."""
REFRESH = "run 'python packaging/dev.py words' and translate what it lists"


def places(text: str) -> set[str]:
    """Names of the values in a sentence, with their formats."""
    return {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def wanted() -> words.Catalog:
    return words.template()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_sentence_is_translated(language: str, wanted: words.Catalog) -> None:
    made = words.brought_up_to_date(language, wanted)
    lacking = [f"{m.locations[0][0]}: {m.id}" for m in words.missing(made)]
    assert not lacking, f"{REFRESH}:\n" + "\n".join(lacking)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stored_catalogue_has_what_the_source_has_and_is_compiled(language: str, wanted: words.Catalog) -> None:
    made = words.brought_up_to_date(language, wanted)
    folder = words.LOCALE / language
    assert (folder / "weathervane.po").read_bytes() == words.as_po(made), REFRESH
    assert (folder / "weathervane.mo").read_bytes() == words.as_mo(made), REFRESH


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_values_of_its_sentence(language: str) -> None:
    wrong = []
    for message in words.catalogue(language):
        if not message.id:
            continue
        plural = isinstance(message.id, tuple)
        originals = message.id if plural else (message.id,)
        said = message.string if plural else (message.string,)
        allowed, needed = set.union(*map(places, originals)), set.intersection(*map(places, originals))
        wrong += [(text, originals) for text in said if text and not needed <= places(text) <= allowed]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_sentence_does(language: str) -> None:
    """A full stop, an ellipsis or a space belongs to the place where a text stands, and not to the language."""
    wrong = []
    for message in words.catalogue(language):
        if not message.id:
            continue
        original = message.id[-1] if isinstance(message.id, tuple) else message.id
        if original in SHORTENED:
            continue
        for text in message.string if isinstance(message.id, tuple) else (message.string,):
            same = all(text.endswith(end) == original.endswith(end) for end in (".", "…", ":", "?", " "))
            if text and not (same and text.startswith(" ") == original.startswith(" ")):
                wrong.append((original, text))
    assert not wrong


def test_only_literals_are_gathered() -> None:
    source = (
        'tr("a"); tr(name); trn("b", "c", n); tr("d" "e", x=tr("f")); other("g"); msg(f"h{1}"); ActionSpec("i", "j")'
    )
    assert list(words.marked(source)) == ["a", ("b", "c"), "de", "f", "j"]


def test_a_message_that_is_lacking_is_told(wanted: words.Catalog) -> None:
    wanted.add("A sentence that nobody has translated")
    lacking = words.missing(words.brought_up_to_date(LANGUAGES[0], wanted))
    wanted.delete("A sentence that nobody has translated")
    assert [m.id for m in lacking if m.id == "A sentence that nobody has translated"]
