"""The cache keeps what the playhead is near, and a damaged file is only a miss."""

from __future__ import annotations

import ast
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.ids import MediaId
from core.render import cache
from core.render.cache import DiskCache, MemoryCache, Place

A = MediaId("a")


def a_cache(budget: int, playhead: int | None = 10) -> MemoryCache[bytes]:
    cache = MemoryCache[bytes](budget, len)
    cache.playhead = None if playhead is None else Place(A, playhead)
    return cache


def fill(cache: MemoryCache[bytes], *frames: int) -> None:
    for frame in frames:
        cache.put(str(frame), b"1234567890", Place(A, frame))


def test_the_farthest_from_the_playhead_goes_first() -> None:
    cache = a_cache(30)
    fill(cache, 10, 30, 11, 12)
    assert [str(n) in cache for n in (10, 11, 12, 30)] == [True, True, True, False]
    assert cache.used_bytes == 30


def test_a_frame_behind_goes_before_one_as_far_ahead() -> None:
    cache = a_cache(20)
    fill(cache, 5, 15, 10)
    assert "5" not in cache
    assert "15" in cache


def test_another_medium_goes_before_any_frame_of_this_one() -> None:
    cache = a_cache(20)
    cache.put("b", b"1234567890", Place(MediaId("b"), 10))
    fill(cache, 500, 10)
    assert "b" not in cache


def test_without_a_playhead_the_one_unused_for_longest_goes() -> None:
    cache = a_cache(20, playhead=None)
    fill(cache, 1, 2)
    cache.get("1")
    fill(cache, 3)
    assert [str(n) in cache for n in (1, 2, 3)] == [True, False, True]


def test_what_is_farther_than_everything_kept_is_not_kept() -> None:
    cache = a_cache(20)
    fill(cache, 10, 11)
    assert not cache.put("99", b"1234567890", Place(A, 99))
    assert "10" in cache
    assert "11" in cache


def test_putting_a_name_again_counts_it_once() -> None:
    cache = a_cache(100)
    fill(cache, 1, 1)
    assert cache.used_bytes == 10
    cache.clear()
    assert (len(cache), cache.used_bytes) == (0, 0)


PLANE = np.arange(1000, dtype=np.float16)


def test_an_array_comes_back_from_disk_bit_for_bit(tmp_path: Path) -> None:
    DiskCache(tmp_path, 1 << 20).put("abcd", {"map": PLANE})
    back = DiskCache(tmp_path, 1 << 20).get("abcd")
    assert back is not None
    assert np.array_equal(back["map"], PLANE)
    assert back["map"].dtype == np.float16


def test_a_damaged_file_is_a_miss_and_is_removed(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 1 << 20)
    cache.put("abcd", {"map": PLANE})
    (file,) = tmp_path.glob("*/*.npz")
    whole = file.read_bytes()
    for damaged in (b"", b"not a zip", whole[: len(whole) // 2], whole[:40] + bytes(40) + whole[80:]):
        file.write_bytes(damaged)
        assert cache.get("abcd") is None
        assert not cache.has("abcd")


def test_the_disk_keeps_to_its_budget_and_drops_the_oldest(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 10_000)
    for age, key in enumerate(("aa1", "bb2", "cc3")):
        cache.put(key, {"map": PLANE})
        os.utime(tmp_path / key[:2] / f"{key}.npz", (1000 + age, 1000 + age))
    cache.get("aa1")
    for key in ("dd4", "ee5"):
        cache.put(key, {"map": PLANE})
    kept = sum(p.stat().st_size for p in tmp_path.glob("*/*.npz"))
    assert kept <= 10_000
    assert cache.has("aa1")
    assert not cache.has("bb2")


def test_a_folder_that_cannot_be_written_costs_only_the_saving(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("")
    cache = DiskCache(tmp_path / "in the way", 1 << 20)
    cache.put("abcd", {"map": PLANE})
    assert cache.get("abcd") is None


def test_two_threads_never_lose_count() -> None:
    cache = a_cache(2000)

    def work(first: int) -> None:
        for frame in range(first, first + 400):
            fill(cache, frame)
            cache.get(str(frame - 5))
            list(cache.places())

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.used_bytes == 10 * len(cache) <= 2000


def test_arrays_are_parsed_by_one_thread_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = DiskCache(tmp_path, 1 << 20)
    disk.put("abcd", {"map": PLANE})
    alone: list[bool] = []

    def watched(text: str, parse: Callable[[str], object] = ast.literal_eval) -> object:
        alone.append(cache._parsing.locked())
        return parse(text)

    monkeypatch.setattr("ast.literal_eval", watched)
    assert disk.get("abcd") is not None
    assert alone == [True]
