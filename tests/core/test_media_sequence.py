"""Image sequences: found, read and written."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.errors import ExportError, MediaError
from core.media.decoder import Decoder
from core.media.facts import ColorTags, MediaKind
from core.media.identity import identify
from core.media.images import write_exr, write_png
from core.media.index import frame_index
from core.media.probe import probe
from core.media.sequence import find_sequence, image_path, pattern_around
from core.timebase import Time

SRGB = ColorTags("bt709", "iec61966-2-1", "gbr", full_range=True)


def pngs(folder: Path, numbers: list[int], dtype: type = np.uint8) -> Path:
    for n in numbers:
        top = 255 if dtype is np.uint8 else 65535
        pixels = np.random.default_rng(n).integers(0, top, (7, 9, 3), endpoint=True).astype(dtype)
        write_png(folder / f"f_{n:05d}.png", pixels, SRGB)
    return folder / "f_%05d.png"


def test_a_sequence_starts_at_the_number_found_on_disk(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [101, 102, 103]), Fraction(24))
    assert facts.kind is MediaKind.SEQUENCE
    assert (facts.first_number, facts.video.frame_count, facts.video.rate) == (101, 3, 24)
    assert frame_index(facts).time_of(2) == Time(Fraction(2, 24))
    with Decoder(facts) as decoder:
        wanted = np.random.default_rng(102).integers(0, 255, (7, 9, 3), endpoint=True)
        assert (decoder.read(1).pixels == wanted).all()


def test_a_sequence_without_a_rate_says_that_one_was_assumed(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [1]))
    assert facts.video.rate == 25
    assert dict(facts.metadata)["rate"] == "assumed"


def test_sixteen_bits_come_back_bit_for_bit(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [4], np.uint16))
    assert facts.video.bit_depth == 16
    assert facts.video.color.transfer == "iec61966-2-1"
    with Decoder(facts) as decoder:
        assert (decoder.read(0).pixels == np.random.default_rng(4).integers(0, 65535, (7, 9, 3), endpoint=True)).all()


def test_a_hole_is_named_and_never_filled(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [10, 11, 13]))
    assert facts.video.frame_count == 4
    assert "Frame 12 of f_%05d.png" in facts.damage
    with Decoder(facts) as decoder, pytest.raises(MediaError, match="Frame 12"):
        decoder.read(2)


def test_an_image_removed_later_is_missed_by_its_own_number(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [10, 11, 12]))
    (tmp_path / "f_00010.png").unlink()
    with Decoder(facts) as decoder:
        assert (decoder.read(1).pixels == np.random.default_rng(11).integers(0, 255, (7, 9, 3), endpoint=True)).all()
        with pytest.raises(MediaError, match=r"Frame 10 of f_%05d\.png"):
            decoder.read(0)


def test_numbers_of_another_width_are_not_part_of_it(tmp_path: Path) -> None:
    pattern = pngs(tmp_path, [1, 2])
    (tmp_path / "f_003.png").write_bytes((tmp_path / "f_00002.png").read_bytes())
    assert find_sequence(pattern).numbers == (1, 2)
    assert image_path(pattern, 7).name == "f_00007.png"


@pytest.mark.parametrize(
    ("stray", "numbers"), [(30_000_000, (1, 2, 3)), (10**30, (1,)), (1, (9_000_001, 9_000_002, 9_000_003))]
)
def test_an_image_numbered_far_from_the_others_is_named_and_refused(
    tmp_path: Path, stray: int, numbers: tuple[int, ...]
) -> None:
    for n in (stray, *numbers):
        (tmp_path / f"a_{n}.png").touch()
    with pytest.raises(MediaError, match=rf"^a_{stray}\.png is numbered far from .* a_%d\.png"):
        find_sequence(tmp_path / "a_%d.png")


def test_frames_rendered_far_apart_are_still_a_sequence(tmp_path: Path) -> None:
    for n in (1, 5000, 10_000):
        (tmp_path / f"a_{n}.png").touch()
    assert len(find_sequence(tmp_path / "a_%d.png").span) == 10_000


def test_probing_looks_through_the_folder_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pattern = pngs(tmp_path, [1, 2])
    looks: list[Path] = []
    iterdir = Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda self: (looks.append(self), iterdir(self))[1])
    probe(pattern)
    assert looks == [tmp_path]


def test_exr_light_comes_back_beyond_white_and_below_black(tmp_path: Path) -> None:
    light = np.random.default_rng(1).normal(2.0, 6.0, (5, 8, 3)).astype(np.float32)
    write_exr(tmp_path / "full_1.exr", light, is_half=False)
    write_exr(tmp_path / "half_1.exr", light)
    for kind, near in (("full", 0.0), ("half", 2.0**-11)):
        with Decoder(probe(tmp_path / f"{kind}_%d.exr")) as decoder:
            picture = decoder.read(0)
        assert picture.pixels.dtype == np.float32
        assert (np.abs(picture.pixels - light) <= near * np.abs(light)).all()


def test_a_changed_image_changes_the_id(tmp_path: Path) -> None:
    pattern = pngs(tmp_path, [1, 2, 3])
    before = identify(pattern)
    write_png(tmp_path / "f_00003.png", np.zeros((7, 9, 3), np.uint8), SRGB)
    assert identify(pattern) != before


def raw_images(folder: Path, count: int) -> Path:
    """Images as BMP, DPX and plain EXR keep them: one size, whatever they show."""
    for n in range(1, count + 1):
        (folder / f"r_{n}.bmp").write_bytes(np.random.default_rng(n).bytes(40_000))
    return folder / "r_%d.bmp"


def test_one_image_replaced_within_a_sequence_of_one_size_changes_the_id(tmp_path: Path) -> None:
    pattern = raw_images(tmp_path, 5)
    before = identify(pattern)
    (tmp_path / "r_2.bmp").write_bytes(np.random.default_rng(77).bytes(40_000))
    assert identify(pattern) != before


def test_a_copied_sequence_keeps_its_id(tmp_path: Path) -> None:
    before = identify(raw_images(tmp_path, 3))
    moved = shutil.copytree(tmp_path, tmp_path / "moved", copy_function=shutil.copyfile)
    assert identify(moved / "r_%d.bmp") == before


def test_the_work_of_naming_a_long_sequence_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.media.identity._MOST_IMAGES", 3)
    pattern = raw_images(tmp_path, 9)
    opened: list[str] = []
    open_file = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *how, **more: (opened.append(self.name), open_file(self, *how, **more))[1]
    )
    identify(pattern)
    assert opened == ["r_1.bmp", "r_5.bmp", "r_9.bmp"]


def test_images_replaced_since_they_were_added_are_refused(tmp_path: Path) -> None:
    facts = probe(pngs(tmp_path, [1, 2, 3]))
    write_png(tmp_path / "f_00002.png", np.zeros((7, 9, 3), np.uint8), SRGB)
    with Decoder(facts) as decoder, pytest.raises(MediaError, match=r"^f_%05d\.png has changed on disk since it was"):
        decoder.read(0)


def test_an_image_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        write_png(tmp_path / "file" / "a.png", np.zeros((2, 2, 3), np.uint8), SRGB)
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_zero_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="frame rate above 0"):
        probe(pngs(tmp_path, [1]), Fraction(0))


def test_one_image_stands_for_the_sequence_it_is_part_of(tmp_path: Path) -> None:
    for name in ("f_0007.png", "f_0008.png", "take2_1.exr", "take2_2.exr", "alone_12.png", "film_1.mp4", "film_2.mp4"):
        (tmp_path / name).touch()
    around = {p.name: pattern_around(p).name for p in tmp_path.iterdir()}
    assert around["f_0007.png"] == around["f_0008.png"] == "f_%04d.png"
    assert around["take2_1.exr"] == "take2_%d.exr"
    assert around["alone_12.png"] == "alone_12.png"
    assert around["film_1.mp4"] == "film_1.mp4"
