"""Import direction is law, and the fence itself is tested: a planted forbidden import must turn it red."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FORBIDDEN = [
    ("core/timebase.py", "import PySide6.QtCore"),
    ("core/document/model.py", "import torch"),
    ("core/color.py", "import app.bootstrap"),
    ("app/cli.py", "import PySide6.QtWidgets"),
    ("app/bootstrap.py", "import torch"),
    ("plugins/atmosphere/translator.py", "import core.document.model"),
    ("plugins/atmosphere/translator.py", "import core.places"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("core", "app", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_house_keeps_its_import_contracts(tree: Path) -> None:
    result = lint_imports(tree)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(("module", "planted"), FORBIDDEN)
def test_a_forbidden_import_is_caught(tree: Path, module: str, planted: str) -> None:
    path = tree / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n{planted}\n", encoding="utf-8")
    result = lint_imports(tree)
    assert result.returncode != 0
    assert "BROKEN" in result.stdout


def test_every_package_is_visible_to_the_linter() -> None:
    """import-linter is blind to folders without `__init__.py`, and `packaging/` must not have one."""
    folders = {p.parent for name in ("core", "app", "plugins") for p in (ROOT / name).rglob("*.py")}
    assert [str(f.relative_to(ROOT)) for f in folders if not (f / "__init__.py").exists()] == []
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_what_a_plugin_may_not_name_is_listed_whole() -> None:
    """The contracts are lists of what is forbidden; a new room of core must be put on one of them, or allowed here."""
    seen = {"extension", "frame", "condition", "scene", "camera", "objects"}
    allowed = seen | {"cancel", "progress", "errors", "training", "__init__"}
    rooms = {p.stem if p.is_file() else p.name for p in (ROOT / "core").iterdir() if p.suffix == ".py" or p.is_dir()}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    fenced = {
        m.removeprefix("core.") for c in contracts if c["source_modules"] == ["plugins"] for m in c["forbidden_modules"]
    }
    assert rooms - allowed - fenced - {"__pycache__"} == set()
