"""Proxies are made beside the window's work, told of in the bin, and handed to the engine."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from films import number_film
from window_kit import Editor

from app.proxies import ProxyDesk
from core.document.commands import AddMedia, RemoveMedia
from core.media.probe import probe
from core.media.proxy import ProxyPolicy, ProxyShelf
from core.render.messages import Request, UseProxies


def a_desk(editor: Editor, folder: Path) -> tuple[ProxyDesk, list[Request]]:
    """A desk of its own over the window's project, and what it told the engine."""
    posted: list[Request] = []
    shelf = ProxyShelf(folder / "shelf", 1 << 30)
    desk = ProxyDesk(editor.window.bridge, shelf, posted.append, editor.window.media.problems.__contains__)
    return desk, posted


def test_always_makes_a_proxy_of_each_medium_and_off_uses_none(editor: Editor, tmp_path: Path) -> None:
    clip = editor.add_clip()
    desk, posted = a_desk(editor, tmp_path)
    assert desk.work == {}
    desk.set_policy(ProxyPolicy.ALWAYS)
    assert desk.is_making
    editor.until(lambda: clip.media in desk.ready)
    assert desk.work[clip.media].note == "proxy"
    assert posted == [UseProxies(((clip.media, desk.ready[clip.media]),))]
    desk.set_policy(ProxyPolicy.OFF)
    assert posted[-1] == UseProxies(())
    assert desk.work == {}
    again, told = a_desk(editor, tmp_path)
    assert again.policy is ProxyPolicy.OFF
    again.set_policy(ProxyPolicy.ALWAYS)
    assert told == [posted[0]]
    assert not again.is_making
    desk.close()
    again.set_policy(ProxyPolicy.AUTO)
    again.close()


def test_a_medium_that_is_taken_out_is_not_given_a_proxy(editor: Editor, tmp_path: Path) -> None:
    desk, posted = a_desk(editor, tmp_path)
    desk.set_policy(ProxyPolicy.ALWAYS)
    facts = probe(number_film(tmp_path / "long.mp4", 3000))
    editor.window.bridge.do(AddMedia(facts))
    assert desk.is_making
    editor.window.bridge.do(RemoveMedia((facts.id,)))
    editor.until(lambda: not desk.is_making)
    assert posted == []
    assert list((tmp_path / "shelf").iterdir()) == []
    desk.set_policy(ProxyPolicy.AUTO)
    desk.close()


def test_stopping_gives_up_and_a_new_policy_begins_again(editor: Editor, tmp_path: Path) -> None:
    desk, _ = a_desk(editor, tmp_path)
    desk.set_policy(ProxyPolicy.ALWAYS)
    facts = probe(number_film(tmp_path / "long.mp4", 3000))
    editor.window.bridge.do(AddMedia(facts))
    desk.stop()
    editor.until(lambda: not desk.is_making)
    assert desk.work == {}
    desk.set_policy(ProxyPolicy.ALWAYS)
    assert desk.is_making
    desk.set_policy(ProxyPolicy.AUTO)
    desk.close()


def test_a_file_that_cannot_be_read_is_said_once_and_passed_by(editor: Editor, tmp_path: Path) -> None:
    desk, _ = a_desk(editor, tmp_path)
    heard: list[str] = []
    desk.told.connect(heard.append)
    facts = probe(number_film(tmp_path / "bad.mp4", 10))
    changed = dataclasses.replace(facts, path=str(tmp_path / "other.mp4"))
    number_film(tmp_path / "other.mp4", 4)
    editor.window.bridge.do(AddMedia(changed))
    desk.set_policy(ProxyPolicy.ALWAYS)
    editor.until(lambda: bool(heard))
    editor.until(lambda: not desk.is_making)
    assert heard == ["other.mp4 has changed on disk since it was added; add it again."]
    desk.set_policy(ProxyPolicy.AUTO)
    desk.close()


def test_the_bin_offers_the_policies(editor: Editor) -> None:
    panel = editor.window.browser.media
    editor.add_clip()
    menu = panel.arrange_menu()
    action = next(a for a in menu.actions() if a.text() == "Proxies for all media")
    action.trigger()
    assert editor.window.proxies.policy is ProxyPolicy.ALWAYS
    editor.until(lambda: bool(editor.window.proxies.ready))
    assert [row.detail for row in panel.model.rows] == ["H.264, 1 clip, proxy"]
    editor.window.proxies.set_policy(ProxyPolicy.AUTO)
