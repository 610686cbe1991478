"""Words: the language a person reads. Sentences stand in English where they are used and are looked up when they are said.

    tr("Open {name}…", name=name)
    trn("{count} frame", "{count} frames", count)
    TITLE: Final = msg("Preferences")        # in a table or a constant: only marked here,
    label.setText(tr(TITLE))                 # and translated where it is shown

The English text is the key, so a sentence that nobody has translated is shown in English. The catalogues are GNU gettext's,
in `resources/locale`; `make words` gathers what is marked (ADR 15).

The language in force is the one thing here that belongs to the process: the editor sets it once, before its window is
built, and every thread reads it. The command line sets none, so what it prints and writes stays English.
"""

from __future__ import annotations

import gettext
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final

from core.resources import resource

DOMAIN: Final = "weathervane"


@dataclass(frozen=True, slots=True)
class Language:
    """One that the interface speaks. `name` is what it calls itself."""

    code: str
    name: str
    decimal: str = "."
    """Between the whole of a number and its fraction."""
    writes_names_small: bool = True
    """Whether a name that begins a label has a small letter within a sentence. German nouns keep theirs."""


ENGLISH: Final = Language("en", "English")
LANGUAGES: Final = (ENGLISH, Language("de", "Deutsch", decimal=",", writes_names_small=False))

_language = ENGLISH
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use_language(code: str) -> None:
    """Speak this language from now on. Raises `KeyError` for one that is not in `LANGUAGES`."""
    global _language, _catalogue
    language = {each.code: each for each in LANGUAGES}[code]
    if language is ENGLISH:
        catalogue = gettext.NullTranslations()
    else:
        with resource(f"locale/{code}/{DOMAIN}.mo").open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
    _language, _catalogue = language, catalogue


def language() -> Language:
    return _language


def msg(text: str) -> str:
    """The text as it is, marked so that the catalogue has it."""
    return text


class Note(str):
    """A sentence with values that is kept, compared and written in English, and can still be said in any language:
    `tr(note)`. For what goes into reports and caches and is shown as well; a value may be a note itself."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Note:
        note = super().__new__(cls, template.format(**values))
        note.template, note.values = template, values
        return note

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.template,), self.values


def tr(text: str, /, **values: Any) -> str:
    """The text in the person's language, with `values` in its places. Fractions get the decimal sign of the language."""
    if isinstance(text, Note):
        return tr(text.template, **{k: tr(v) if isinstance(v, Note) else v for k, v in text.values.items()})
    said = _catalogue.gettext(text) if text else ""  # gettext keeps a catalogue's own header under the empty text
    return _filled(said, values) if values else said


def trn(one: str, many: str, count: int, /, **values: Any) -> str:
    """As `tr`, in the form that goes with `count`, which is also the value `{count}`."""
    return _filled(_catalogue.ngettext(one, many, count), {"count": count, **values})


def inline(label: str) -> str:
    """A label as it is shown, such as the name of a condition, written as within a sentence."""
    return label.lower() if _language.writes_names_small else label


def num(value: float, spec: str = "") -> str:
    """A number as Python formats it, with the decimal sign of the language."""
    text = format(value, spec)
    return text if _language.decimal == "." else text.replace(".", _language.decimal)


class _Places(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        return num(value, format_spec) if isinstance(value, float) else format(value, format_spec)


_places: Final = _Places()


def _filled(text: str, values: dict[str, Any]) -> str:
    return text.format(**values) if _language.decimal == "." else _places.vformat(text, (), values)
