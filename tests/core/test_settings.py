"""The preferences' file: typed, whole, forgiving."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.places import cache_dir
from core.settings import (
    Binding,
    Device,
    Settings,
    SettingsError,
    Theme,
    load_settings,
    save_settings,
    settings_path,
)


def test_what_was_saved_is_read_again() -> None:
    wanted = Settings(
        device=Device.CPU,
        memory_mib=2048,
        cache_folder="/somewhere/cache",
        theme=Theme.HIGH_CONTRAST,
        shortcuts=(Binding("play", ("Ctrl+P", "Space")), Binding("stop", ())),
        tour_seen=True,
    )
    save_settings(wanted)
    assert load_settings().settings == wanted
    assert load_settings().notice == ""


def test_without_a_file_there_are_defaults_and_nothing_is_said() -> None:
    loaded = load_settings()
    assert loaded.settings == Settings()
    assert loaded.notice == ""
    assert loaded.settings.cache_place == cache_dir()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"device": "abacus"}',
        b'{"memory_mib": 1}',
        b'{"memory_mib": "lots"}',
        b"\xff\xfe",
        b"[" * 9999,
    ],
)
def test_a_damaged_file_is_said_once_kept_aside_and_replaced_by_defaults(content: bytes) -> None:
    settings_path().write_bytes(content)
    loaded = load_settings()
    assert loaded.settings == Settings()
    assert "defaults" in loaded.notice
    assert settings_path().with_suffix(".damaged.json").read_bytes() == content
    assert str(settings_path().with_suffix(".damaged.json")) in loaded.notice
    assert load_settings().notice == ""


def test_what_a_later_version_wrote_besides_is_passed_over() -> None:
    settings_path().write_text('{"theme": "high-contrast", "aura": "violet"}', encoding="utf-8")
    assert load_settings().settings == replace(Settings(), theme=Theme.HIGH_CONTRAST)


def test_a_folder_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("core.settings.config_dir", lambda: tmp_path / "nowhere")
    with pytest.raises(SettingsError, match="not saved"):
        save_settings(Settings())
