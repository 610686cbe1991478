"""Proxies are small, frame for frame as their source, and never more than their budget."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import level_of, number_film

from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.media.decoder import Decoder
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.media.proxy import ProxyDecoder, ProxyPolicy, ProxyShelf, proxy_size, wants_proxy
from core.progress import Progress, ignore_progress

UNEVEN = [0, 512, 700, 1900, 1930, 4000, 4512, 9000, 9001, 12000, 12800, 14000]


def a_shelf(folder: Path, budget: int = 1 << 30) -> ProxyShelf:
    return ProxyShelf(folder / "proxies", budget)


def made(shelf: ProxyShelf, facts: MediaFacts) -> Path:
    return shelf.make(facts, ignore_progress, CancelToken())


@pytest.mark.parametrize(
    ("name", "film"),
    [
        ("uneven.mp4", {"pts": UNEVEN, "count": len(UNEVEN)}),
        ("reordered.mp4", {"count": 30, "options": {"bf": "3", "g": "30", "x264-params": "b-adapt=0"}}),
        ("ntsc.mp4", {"pts": [n * 1001 for n in range(12)], "count": 12, "time_base": Fraction(1, 24000)}),
        ("late.mp4", {"pts": [n * 512 + 25600 for n in range(10)], "count": 10}),
    ],
)
def test_every_frame_of_a_proxy_is_that_frame_of_its_source(tmp_path: Path, name: str, film: dict[str, object]) -> None:
    facts = probe(number_film(tmp_path / name, **film))  # type: ignore[arg-type]
    place = made(a_shelf(tmp_path), facts)
    proxy, source = ProxyDecoder(facts, place), Decoder(facts)
    order = [*range(facts.video.frame_count), *reversed(range(facts.video.frame_count)), 5, 2, 7]
    for number in order:
        small, full = proxy.read(number, (16, 12)), source.read(number, (16, 12))
        assert small.number == number
        assert np.abs(small.pixels.astype(int) - full.pixels.astype(int)).max() <= 2, number
    with av.open(str(place)) as container:
        times = sorted(p.pts * p.time_base for p in container.demux(video=0) if p.size and p.pts is not None)
    index = source.index
    assert times == [index.time_of(n).seconds for n in range(index.count)]
    assert level_of(1) != level_of(2)
    proxy.close()
    source.close()


def test_deep_pictures_keep_their_codes_within_eight_bits(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "deep.mov", 6, encoder="prores_ks", pixel_format="yuv422p10le"))
    proxy, source = ProxyDecoder(facts, made(a_shelf(tmp_path), facts)), Decoder(facts)
    small, full = proxy.read(3, (32, 24)), source.read(3, (32, 24))
    assert small.pixels.dtype == np.uint8
    assert small.color == full.color
    assert np.abs(small.pixels / 255 - full.pixels / 65535).max() < 0.01
    proxy.close()
    source.close()


def test_big_media_get_proxies_and_light_without_a_ceiling_never(tmp_path: Path) -> None:
    small = probe(number_film(tmp_path / "a.mp4", 3))
    big = replace(small, video=replace(small.video, width=3840, height=2160))
    tall = replace(small, video=replace(small.video, width=1440, height=2560))
    exr = replace(big, video=replace(big.video, codec="exr"))
    assert [wants_proxy(m, ProxyPolicy.AUTO) for m in (small, big, tall, exr)] == [False, True, True, False]
    assert [wants_proxy(m, ProxyPolicy.ALWAYS) for m in (small, big, exr)] == [True, True, False]
    assert not wants_proxy(big, ProxyPolicy.OFF)
    assert proxy_size(big.video) == (960, 540)
    assert proxy_size(tall.video) == (720, 1280)


def test_making_is_given_up_between_frames_and_leaves_nothing(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "a.mp4", 30))
    shelf, cancel, seen = a_shelf(tmp_path), CancelToken(), list[Progress]()

    def report(progress: Progress) -> None:
        seen.append(progress)
        if progress.done == 3:
            cancel.cancel()

    with pytest.raises(Cancelled):
        shelf.make(facts, report, cancel)
    assert [p.done for p in seen] == [1, 2, 3]
    assert list((tmp_path / "proxies").iterdir()) == []
    assert shelf.find(facts) is None


def test_the_budget_drops_what_was_not_used_for_longest(tmp_path: Path) -> None:
    films = [probe(number_film(tmp_path / f"{n}.mp4", 4 + n)) for n in range(3)]
    shelf = a_shelf(tmp_path)
    places = [made(shelf, facts) for facts in films]
    for age, place in zip((300, 200, 100), places, strict=True):
        os.utime(place, (1e9 - age, 1e9 - age))
    assert shelf.find(films[0]) == places[0]
    shelf.budget_bytes = shelf.used_bytes - 1
    shelf.trim()
    assert [shelf.find(facts) is not None for facts in films] == [True, False, True]
    shelf.clear()
    assert shelf.used_bytes == 0


def test_a_proxy_that_is_gone_or_damaged_is_an_error_of_its_own(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "a.mp4", 8))
    place = made(a_shelf(tmp_path), facts)
    place.write_bytes(place.read_bytes()[:200])
    with pytest.raises(MediaError):
        ProxyDecoder(facts, place).read(2, (16, 12))
    place.unlink()
    with pytest.raises(MediaError):
        ProxyDecoder(facts, place).read(2, (16, 12))
