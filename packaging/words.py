"""The catalogues of `resources/locale`: gather what is marked in the source, keep what is translated, compile.

    python packaging/dev.py words            bring the catalogues up to date, and list what is not translated yet
    python packaging/dev.py words --check    change nothing; status 1 if something is missing or out of date

The source is parsed and never run; data files of `resources` and the plugins are read by the keys in `DATA`. Babel keeps the
catalogue and compiles it. A message that is used no more is dropped: git remembers it.
"""

from __future__ import annotations

import ast
import io
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

Text = str | tuple[str, ...]
"""A sentence, or its singular and plural."""
ROOT: Final = Path(__file__).resolve().parents[1]
LOCALE: Final = ROOT / "resources" / "locale"
DOMAIN: Final = "weathervane"
SOURCE: Final = ("core", "app", "plugins")
MARKED: Final = {
    "tr": (0,), "msg": (0,), "Note": (0,), "trn": (0, 1), "when": (1,), "ActionSpec": (1,), "ParamSpec": (0,),
}  # fmt: skip
"""Calls whose arguments at these places are for people: one sentence, or its singular and plural."""
DATA: Final = {
    "resources/presets.toml": ("title", "group", "description"),
    "resources/models.toml": ("licence", "input"),
    "plugins/*/plugin.toml": ("title",),
}


def template() -> Catalog:
    """Everything that is marked, with the files it stands in."""
    made = Catalog(project="Weathervane", msgid_bugs_address="", charset="utf-8")
    for folder in SOURCE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for text in marked(path.read_text(encoding="utf-8")):
                made.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    for path, text in _data():
        made.add(text, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return made


def marked(source: str) -> Iterator[Text]:
    """What a module marks, in the order in which it stands there. Only literals count."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        places = MARKED.get(call.func.id, ()) if isinstance(call.func, ast.Name) else ()
        texts = tuple(_text(call.args[place]) for place in places if place < len(call.args))
        if texts and all(texts):
            yield texts[0] if len(texts) == 1 else texts


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _data() -> Iterator[tuple[Path, str]]:
    for pattern, keys in DATA.items():
        for path in sorted(ROOT.glob(pattern)):
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            tables = [content, *(value for value in content.values() if isinstance(value, dict))]
            for table in tables:
                yield from ((path, table[key]) for key in keys if key in table)


def catalogue(language: str) -> Catalog:
    """The stored one. Raises `FileNotFoundError`."""
    with (LOCALE / language / f"{DOMAIN}.po").open("rb") as file:
        made = read_po(file, locale=language)
    made.msgid_bugs_address = ""
    return made


def brought_up_to_date(language: str, wanted: Catalog) -> Catalog:
    """The stored catalogue with what is wanted now, in the order of the source; nothing is guessed."""
    stored = catalogue(language)
    stored.update(wanted, no_fuzzy_matching=True, update_creation_date=False)
    stored.obsolete.clear()
    return stored


def missing(made: Catalog) -> list[Message]:
    """Messages without a translation, or without one for each plural."""
    return [m for m in made if m.id and (m.fuzzy or not (all(m.string) if isinstance(m.string, tuple) else m.string))]


def as_po(made: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, made, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    return out.getvalue()


def as_mo(made: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    only_check = arguments == ["--check"]
    wanted, status = template(), 0
    for folder in sorted(LOCALE.iterdir()):
        made = brought_up_to_date(folder.name, wanted)
        files = {folder / f"{DOMAIN}.po": as_po(made), folder / f"{DOMAIN}.mo": as_mo(made)}
        for path, content in files.items():
            is_current = path.exists() and path.read_bytes() == content
            if only_check and not is_current:
                print(f"{path.relative_to(ROOT)} is out of date; run 'python packaging/dev.py words'.")
                status = 1
            elif not is_current:
                path.write_bytes(content)
        lacking = missing(made)
        for message in lacking:
            text = message.id[0] if isinstance(message.id, tuple) else message.id
            print(f"{folder.name}: {message.locations[0][0]}: {text!r}")
        print(f"{folder.name}: {len(made) - len(lacking)} of {len(made)} messages are translated.")
        status = status or (only_check and bool(lacking))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
