"""Claims of the plugin wall: manifests are read without importing, and foreign code cannot take the program down."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.errors import PluginError
from core.extension.manifest import load_manifest
from core.extension.registry import Registry
from core.extension.spec import MapKind, TemporalKind
from core.ids import TranslatorId

CPU = torch.device("cpu")
GOOD = {
    "id": "'tint'",
    "version": "'3'",
    "title": "'Tint'",
    "entry": "'translator:create'",
    "axes": "['rain', 'haze']",
    "analyses": "['depth', 'sky']",
}
CODE = """
from .helper import Tint
def create(device): return Tint(device)
"""
HELPER = """
class Tint:
    def __init__(self, device): self.device = device
    def translate(self, request, cancel): return request.frame
    def close(self): pass
"""


def plugin(root: Path, id_: str = "tint", code: str = CODE, **keys: str) -> Path:
    """Write a plugin below `root`; `keys` are TOML text that replaces or adds to a good manifest, empty to leave one out."""
    folder = root / id_
    folder.mkdir(parents=True)
    table = {**GOOD, "id": f"'{id_}'", **keys}
    (folder / "plugin.toml").write_text("".join(f"{k} = {v}\n" for k, v in table.items() if v), encoding="utf-8")
    (folder / "translator.py").write_text(code, encoding="utf-8")
    (folder / "helper.py").write_text(HELPER, encoding="utf-8")
    return folder


def test_a_manifest_becomes_a_typed_spec(tmp_path: Path) -> None:
    spec = load_manifest(plugin(tmp_path))
    assert (spec.id, spec.version, spec.title, spec.api) == ("tint", "3", "Tint", 1)
    assert spec.axes == ("haze", "rain"), "in the schema's order, however they were typed"
    assert spec.analyses == (MapKind.SKY, MapKind.DEPTH)
    assert spec.temporal is TemporalKind.FRAME
    assert spec.folder == str(tmp_path / "tint")


@pytest.mark.parametrize(
    ("key", "text", "complaint"),
    [
        ("version", "", "'version' in .* is missing"),
        ("title", "7", "'title' in .* must be text"),
        ("axes", "['rian']", "'axes' in .* has 'rian'; choose from .*rain"),
        ("axes", "[]", "'axes' in .* is empty"),
        ("analyses", "'sky'", "'analyses' in .* must be a list"),
        ("entry", "'translator'", "'entry' in .* write it as module:factory"),
        ("entry", "'../evil:create'", "'entry' in .* write it as module:factory"),
        ("temporal", "'run'", "'temporal' in .* choose from frame"),
        ("size_multiple", "0", "'size_multiple' in .* whole number"),
        ("size_multiple", "true", "'size_multiple' in .* whole number"),
        ("id", "'other'", "'id' in .* must be the folder's name"),
        ("colour", "'red'", "'colour' in .* is not a key"),
        ("api", "2", "'api' in .* is 2, but this version of Weathervane speaks 1"),
        ("title", "'unclosed", "plugin.toml cannot be read"),
    ],
)
def test_a_wrong_manifest_is_told_by_file_and_key(tmp_path: Path, key: str, text: str, complaint: str) -> None:
    with pytest.raises(PluginError, match=f"^tint: .*{complaint}"):
        load_manifest(plugin(tmp_path, **{key: text}))


def test_listing_translators_runs_none_of_their_code_and_needs_no_torch(tmp_path: Path) -> None:
    plugin(tmp_path, code="raise SystemExit('imported')")
    program = (
        "import sys, pathlib; from core.extension.registry import Registry; "
        f"print([s.id for s in Registry([pathlib.Path({str(tmp_path)!r})]).specs()], 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['tint'] False"


def test_a_translator_is_built_with_its_neighbours_modules(tmp_path: Path) -> None:
    plugin(tmp_path)
    translator = Registry([tmp_path]).create(TranslatorId("tint"), CPU)
    assert type(translator).__name__ == "Tint"


def test_two_plugins_of_one_name_do_not_share_code(tmp_path: Path) -> None:
    plugin(tmp_path / "a")
    plugin(tmp_path / "b", code="from .helper import Tint\nclass Other(Tint): pass\ncreate = Other")
    names = [type(Registry([tmp_path / f]).create(TranslatorId("tint"), CPU)).__name__ for f in "ab"]
    assert names == ["Tint", "Other"]


def test_the_first_folder_that_has_an_id_wins(tmp_path: Path) -> None:
    plugin(tmp_path / "user", version="'9'")
    plugin(tmp_path / "built_in")
    assert [s.version for s in Registry([tmp_path / "user", tmp_path / "built_in"]).specs()] == ["9"]


def test_a_module_of_an_importable_package_keeps_its_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "bundled_plugins"
    plugin(root)
    (root / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    translator = Registry([root]).create(TranslatorId("tint"), CPU)
    assert type(translator).__module__ == "bundled_plugins.tint.helper"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import no_such_thing", "ModuleNotFoundError: No module named 'no_such_thing'"),
        ("def create(device: 1/0", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("def create(device): return object()", "no translate()"),
        ("", "no attribute 'create'"),
    ],
)
def test_a_broken_plugin_is_named_with_its_reason_and_stays_off(tmp_path: Path, code: str, reason: str) -> None:
    plugin(tmp_path, code=code)
    plugin(tmp_path, id_="sound")
    registry, tint = Registry([tmp_path]), TranslatorId("tint")
    assert registry.broken() == ()
    for _ in range(2):
        with pytest.raises(PluginError) as caught:
            registry.create(tint, CPU)
        assert caught.value.plugin_id == "tint"
        assert reason in caught.value.message
    assert [id_ for id_, why in registry.broken() if reason in why] == ["tint"]
    assert [spec.id for spec in registry.specs()] == ["sound"]


def test_a_plugin_that_finds_no_memory_is_not_to_blame(tmp_path: Path) -> None:
    plugin(tmp_path, code="def create(device): raise MemoryError")
    registry = Registry([tmp_path])
    with pytest.raises(MemoryError):
        registry.create(TranslatorId("tint"), CPU)
    assert registry.broken() == ()


def test_a_manifest_that_cannot_be_read_is_a_broken_plugin(tmp_path: Path) -> None:
    plugin(tmp_path, api="7")
    ((id_, reason),) = Registry([tmp_path]).broken()
    assert id_ == "tint"
    assert "'api'" in reason


def test_an_unknown_translator_is_told_with_the_known_ones(tmp_path: Path) -> None:
    plugin(tmp_path)
    with pytest.raises(PluginError, match="no such translator; installed: tint"):
        Registry([tmp_path]).create(TranslatorId("tin"), CPU)


def test_a_folder_that_is_not_there_holds_no_plugins(tmp_path: Path) -> None:
    assert Registry([tmp_path / "nowhere"]).specs() == ()
