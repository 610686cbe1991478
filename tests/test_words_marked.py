"""No sentence for people stands in the source without being marked: what is not marked is never translated.

Two nets. The fine one is for calls that put text before a person's eyes: whatever literal is handed to them has to be marked.
The wide one is for all other literals of the front end that read like words for people: it knows what they are if they are
none (style sheets, patterns, keys, sentences for programmers and for logs), and keeps a short list of the rest.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MARKS = {"tr", "trn", "msg", "Note", "when", "ActionSpec", "ParamSpec"}
NAMING = {"icon", "shown", "shortcut_of", "split"}
"""What they are given is the name of a thing, or a sign to cut at."""
SHOWING = {
    "setText", "setPlainText", "setToolTip", "setStatusTip", "setWindowTitle", "setTitle", "setInformativeText",
    "setPlaceholderText", "setAccessibleName", "setAccessibleDescription", "setHeaderLabels", "addAction", "addMenu",
    "addItem", "addItems", "QLabel", "QAction", "QMenu", "QGroupBox", "QPushButton", "QCheckBox", "Button", "Tick",
    "text_label", "PanelTabs", "PanelHeader", "ItemList", "ProgressBar", "Segments", "Toggle", "Fact", "draw_text",
    "paint_label", "show_message", "set_job", "show_error", "begin_gesture", "getText", "warning", "information",
    "question", "about", "getOpenFileName", "getSaveFileName", "getExistingDirectory",
}  # fmt: skip
"""By name, whoever has them; `warning` of a log is told apart by what it is called on."""
FOR_PROGRAMS = {
    "setObjectName", "setStyleSheet", "setProperty", "property", "strftime", "QKeySequence", "QColor", "NewType", "TypeVar",
    "compile", "fullmatch", "match", "sub", "search", "split", "rpartition", "partition", "startswith", "endswith",
    "removesuffix", "removeprefix", "setFamilies", "QFont", "invokeMethod", "getattr", "setApplicationName",
    "setApplicationDisplayName", "create", "setdefault", "Formatter", "getLogger", "with_suffix", "debug", "exception",
    "critical", "ValueError", "RuntimeError", "AssertionError", "KeyError", "TypeError", "NotImplementedError",
}  # fmt: skip
ALLOWED = {
    "app/panels/media_text.py": {
        *("H.264", "H.265", "ProRes", "Motion JPEG", "AV1", "VP9", "AAC", "MP3", "AC-3", "Opus", "FLAC", "Vorbis"),
        "PCM",
        *("Rec. 709", "Rec. 2020", "SMPTE 170M", "EBU 3213", "P3 D65", "DCI-P3", "PQ", "HLG"),
    },
    "app/export/choices.py": {"{} flicker.mp4", "{} report.json", "{} flicker.csv", "{} layers"},
    "app/tools/object_shapes.py": {"top left", "top right", "bottom left", "bottom right"},
    "app/queue/station.py": {"Weathervane"},
    "app/documents.py": {
        "Weathervane",
        "{}.otio",
        "OpenTimelineIO (*.otio)",
        "EDL, CMX 3600 (*.edl)",
        "Final Cut Pro XML (*.fcpxml)",
    },
    "app/life/about.py": {"GPL-3.0-or-later"},
    "app/preferences/dialog.py": {"CPU", "CUDA"},
}
"""Names that are the same in every language, and names of files."""
FRONT_END = sorted(
    path
    for path in (ROOT / "app").rglob("*.py")
    if not path.name.startswith("cli") and path.name not in ("bootstrap.py", "gui.py")
)
ERRORS = {
    "WeathervaneError", "MediaError", "MemoryShortage", "EditRejected", "ProjectError", "ProjectInUse", "ProjectNewer",
    "ExportError", "LookError", "PluginError", "ModelError", "SettingsError",
}  # fmt: skip


def shape(node: ast.expr) -> str:
    """A literal's own letters; empty for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = node.values if isinstance(node, ast.JoinedStr) else []
    return "".join(p.value if isinstance(p, ast.Constant) and isinstance(p.value, str) else "{}" for p in parts)


def name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def is_of_a_log(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "log"


def literals(node: ast.AST) -> Iterator[ast.expr]:
    """Of an expression, but for what is marked, looked up in or compared with."""
    if isinstance(node, ast.Call) and name_of(node) in NAMING:
        return
    if isinstance(node, ast.Call) and name_of(node) in MARKS:
        for keyword in node.keywords:
            yield from literals(keyword.value)
        return
    if isinstance(node, (ast.Constant, ast.JoinedStr)):
        yield node
        inner = (
            [v.value for v in node.values if isinstance(v, ast.FormattedValue)]
            if isinstance(node, ast.JoinedStr)
            else []
        )
        for part in inner:
            yield from literals(part)
        return
    if isinstance(node, ast.Compare):
        return
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from literals(child)


def unmarked_where_shown(source: str) -> list[str]:
    """The fine net: literals with a word in them, handed to a call that shows them."""
    found = []
    for call in (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)):
        if name_of(call) in SHOWING and not is_of_a_log(call):
            for argument in (*call.args, *(k.value for k in call.keywords if k.arg in (None, "text", "name", "title"))):
                found += [
                    f"{call.lineno}: {t!r}" for t in map(shape, literals(argument)) if re.search("[^\\W\\d_]{3}", t)
                ]
    return found


def sounds_like_words(text: str) -> bool:
    """Two words or a capital, and none of the forms that programs use among themselves."""
    bare = text.strip()
    if not re.search("[A-Za-z]{2}", bare.replace("{}", "")) or re.fullmatch(r"\{\} ?\S{1,3}", bare):
        return False  # a number and its unit
    if re.fullmatch(r"#[0-9A-Fa-f]{3,8}|((Ctrl|Alt|Shift|Meta)\+)*([A-Z][A-Za-z]*|F\d+|\W|\d)|[A-Z_]+|%.*", bare):
        return bool(re.fullmatch("[A-Z][a-z]{4,}", bare)) and bare not in KEYS
    if re.search(r"[{};]\s*(background|border|color|height|width|padding|subcontrol)|QSlider|\\d|\(\?P", bare):
        return False
    return bool(re.match(r"[A-Z“]", bare)) or " " in bare


KEYS = {"Shift", "Backspace", "Space", "Right", "Return", "Escape", "Fusion"}


def unmarked_anywhere(source: str) -> list[str]:
    """The wide net."""
    tree = ast.parse(source)
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name_of(node) in FOR_PROGRAMS | MARKS or is_of_a_log(node)):
            quiet |= {id(part) for part in ast.walk(node)} - {
                id(part) for k in node.keywords for part in ast.walk(k.value) if name_of(node) in MARKS
            }
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            quiet.add(id(node.value))
        elif isinstance(node, ast.Subscript):
            quiet |= {id(part) for part in ast.walk(node.slice)}
        elif isinstance(node, ast.Compare | ast.arg | ast.AnnAssign):
            quiet |= {id(part) for part in ast.walk(node.annotation)} if isinstance(node, ast.AnnAssign) else set()
            quiet |= {id(part) for part in ast.walk(node)} if not isinstance(node, ast.AnnAssign) else set()
        elif isinstance(node, ast.Dict):
            quiet |= {id(key) for key in node.keys if key is not None}
        elif isinstance(node, ast.JoinedStr):
            quiet |= {id(part) for part in node.values if isinstance(part, ast.Constant)}
    return [
        f"{node.lineno}: {shape(node)!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in quiet and sounds_like_words(shape(node))
    ]


@pytest.mark.parametrize("path", FRONT_END, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_shown_is_marked(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    source = path.read_text(encoding="utf-8")
    found = {*unmarked_where_shown(source), *unmarked_anywhere(source)}
    found -= {line for line in found for text in ALLOWED.get(name, ()) if line.endswith(f": {text!r}")}
    assert not found, f"{name}: wrap in tr(), or in msg() where it is only kept:\n" + "\n".join(sorted(found))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_errors_for_people_are_marked(path: Path) -> None:
    """And so are the labels of commands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in ERRORS:
            words = [part for part in literals(node) if re.search("[a-z] [a-z]", shape(part))]
            found += [f"{part.lineno}: {shape(part)!r}" for part in words]
        if isinstance(node, ast.FunctionDef) and node.name == "label":
            returned = (n.value for n in ast.walk(node) if isinstance(n, ast.Return) and n.value is not None)
            found += [
                f"{part.lineno}: {shape(part)!r}" for r in returned for part in literals(r) if shape(part).strip(" +")
            ]
    assert not found, "\n".join(found)


def test_the_fine_net_holds_what_it_should() -> None:
    assert unmarked_where_shown('label.setText("Ready")') == ["1: 'Ready'"]
    assert unmarked_where_shown('label.setText(f"{n} clips" if n else tr("None"))') == ["1: '{} clips'"]
    assert unmarked_where_shown('label.setText(tr("{a}", a=f"{n} of"))') == []
    assert unmarked_where_shown('log.warning("late"); label.setText(WORDS["key"]); label.setText("8 %")') == []


def test_the_wide_net_holds_what_it_should() -> None:
    assert unmarked_anywhere('HINT = "Drag to move."') == ["1: 'Drag to move.'"]
    assert unmarked_anywhere('x = ("Sky", "clock")') == []
    assert unmarked_anywhere('x = {"Amount of it": tr("Amount")}; raise ValueError("a bad call")') == []
    assert unmarked_anywhere('x = "Timeline"') == ["1: 'Timeline'"]
