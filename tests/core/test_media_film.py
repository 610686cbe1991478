"""Probe, index and decoder on films: those made here, and the real clips where they are at hand."""

from __future__ import annotations

import errno
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from films import add_tone, level_of, number_film
from footage import footage

from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.ids import MediaId
from core.media import decoder as decoder_module
from core.media import index as index_module
from core.media.decoder import Decoder
from core.media.facts import ColorTags
from core.media.identity import identify
from core.media.images import write_png
from core.media.index import frame_index
from core.media.opening import readable_packets
from core.media.probe import probe, upright_size
from core.places import cache_dir
from core.timebase import Time

LOSSLESS = {"qp": "0", "preset": "ultrafast"}
REORDERED = {"crf": "1", "g": "12", "bf": "3", "x264-params": "open-gop=1:b-pyramid=normal:scenecut=0"}


def shown_levels(decoder: Decoder, numbers: list[int]) -> list[int]:
    """Luma codes as read back from full-range grey films."""
    return [int(decoder.read(n).pixels[4, 4, 1]) for n in numbers]


def grey_film(path: Path, **how: object) -> Path:
    return number_film(path, tags=(1, 1, 1, 2), **how)  # type: ignore[arg-type]


# ---- what is in a file -----------------------------------------------------------------------------------------------

CLIPS = {
    "highway.mp4": (221, (960, 540), "221/25", ColorTags("smpte170m", "bt709", "smpte170m", False)),
    "coast.mp4": (362, (854, 480), "181181/15000", ColorTags("bt709", "bt709", "bt709", True)),
    "carpark.mp4": (377, (768, 432), "754/25", ColorTags("smpte170m", "smpte170m", "smpte170m", False)),
    "waterfall_portrait_c2pa.mp4": (60, (720, 1280), "2", ColorTags("bt709", "bt709", "bt709", False)),
    "bunny_1080p.mp4": (720, (1920, 1080), "30", ColorTags()),
    "odd/rotated_90.mov": (3, (320, 568), "1/10", ColorTags("bt709", "bt709", "bt709", False)),
    "odd/bt2020_10bit.mp4": (60, (320, 240), "2", ColorTags("bt2020", "smpte2084", "bt2020nc", False)),
    "odd/corrupted.mp4": (50, (1280, 720), "5", ColorTags()),
}


@pytest.mark.footage
@pytest.mark.parametrize("name", CLIPS)
def test_real_clips_are_what_they_are(name: str) -> None:
    video = probe(footage(name)).video
    assert (video.frame_count, (video.width, video.height), str(video.duration.seconds), video.color) == CLIPS[name]
    assert not video.is_variable_rate


@pytest.mark.footage
def test_highway_has_its_sound_first_and_its_picture_is_still_found() -> None:
    facts = probe(footage("highway.mp4"))
    assert [a.index for a in facts.audio] == [0]
    assert facts.video.codec == "h264"
    assert facts.damage == ""


def test_the_frame_count_is_counted_not_read_from_the_header(tmp_path: Path) -> None:
    assert probe(grey_film(tmp_path / "a.mkv", count=17)).video.frame_count == 17


def test_odd_sizes_and_ten_bits_are_kept(tmp_path: Path) -> None:
    film = number_film(tmp_path / "odd.mkv", 3, size=(33, 27), encoder="ffv1", pixel_format="yuv420p10le")
    facts = probe(film)
    assert (facts.video.width, facts.video.height, facts.video.bit_depth) == (33, 27, 10)
    with Decoder(facts) as decoder:
        picture = decoder.read(1)
    assert picture.pixels.shape == (27, 33, 3)
    assert picture.pixels.dtype == np.uint16


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_is_undone(tmp_path: Path, turn: int) -> None:
    facts = probe(grey_film(tmp_path / "t.mp4", count=3, options=LOSSLESS, rotation=-turn))
    assert facts.video.rotation_deg == turn
    assert (facts.video.width, facts.video.height) == ((48, 64) if turn != 180 else (64, 48))
    with Decoder(facts) as decoder:
        assert decoder.read(0, (24, 32) if turn != 180 else (32, 24)).pixels.shape[:2] == (
            (32, 24) if turn != 180 else (24, 32)
        )


def test_pixels_that_are_not_square_are_made_square(tmp_path: Path) -> None:
    facts = probe(grey_film(tmp_path / "wide.mp4", count=3, options={"x264-params": "sar=4/3"}))
    assert facts.video.sample_aspect == Fraction(4, 3)
    assert (facts.video.width, facts.video.height) == (85, 48)
    with Decoder(facts) as decoder:
        assert decoder.read(0).pixels.shape == (48, 85, 3)


# ---- what cannot be read -------------------------------------------------------------------------------------------


def bad_media(tmp_path: Path) -> dict[str, Path]:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("This is not a film.\n" * 40)
    whole = grey_film(tmp_path / "whole.mp4")
    (tmp_path / "headless.mp4").write_bytes(whole.read_bytes()[:600])
    tone = add_tone(whole, tmp_path / "tone.mov")
    with av.open(str(tone)) as source, av.open(str(tmp_path / "sound.wav"), "w") as out:
        sound = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.size:
                packet.stream = sound
                out.mux(packet)
    return {
        "does not exist": tmp_path / "none.mp4",
        "is a folder": tmp_path,
        "is empty": tmp_path / "empty.mp4",
        "is not a film": tmp_path / "text.mp4",
        "headless.mp4": tmp_path / "headless.mp4",
        "no picture stream": tmp_path / "sound.wav",
        "No image matches": tmp_path / "f_%05d.png",
    }


def test_every_bad_input_gets_one_sentence_that_names_it(tmp_path: Path) -> None:
    for words, path in bad_media(tmp_path).items():
        with pytest.raises(MediaError) as caught:
            probe(path)
        message = caught.value.message
        assert words in message
        assert path.name in message
        assert message.endswith(".")
        assert "\n" not in message


@pytest.mark.footage
def test_pixels_that_a_scaler_left_nearly_square_are_not_resampled() -> None:
    assert upright_size((1242, 375), Fraction(5584, 5589), 0) == (1242, 375)
    assert upright_size((720, 576), Fraction(16, 15), 0) == (768, 576)
    assert upright_size((720, 576), Fraction(16, 15), 90) == (576, 768)


def test_a_header_without_a_time_scale_is_refused() -> None:
    with pytest.raises(MediaError, match="time scale"):
        probe(footage("odd/no_timescale.mp4"))


def test_random_damage_is_an_error_or_a_picture_never_a_crash(tmp_path: Path) -> None:
    whole = bytearray(grey_film(tmp_path / "w.mp4", count=12).read_bytes())
    rng = random.Random(5)
    messages: list[str] = []
    for _ in range(40):
        broken = bytearray(whole[: rng.randrange(200, len(whole))] if rng.random() < 0.3 else whole)
        for _ in range(rng.randrange(1, 12)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        path = tmp_path / "b.mp4"
        path.write_bytes(broken)
        try:
            with Decoder(probe(path)) as decoder:
                for n in range(min(decoder.index.count, 12)):
                    decoder.read(n)
        except MediaError as error:
            messages.append(error.message)
    assert messages
    assert all(m.endswith(".") and "b.mp4" in m for m in messages)


def test_a_damaged_length_that_asks_for_too_much_memory_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise av.error.MemoryError(errno.ENOMEM, "Cannot allocate memory")

    path = footage("highway.mp4")
    monkeypatch.setattr(av, "open", refused)
    with pytest.raises(MediaError, match=r"highway\.mp4 cannot be opened: it asks for more memory"):
        probe(path)


class Glitch:
    """A network drive that fails in the middle of a film until it is mended: `demux` of any container raises."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
        self.is_on = True
        self._after = after
        for module in (decoder_module, index_module):
            monkeypatch.setattr(module, "readable_packets", lambda packets: readable_packets(self._failing(packets)))

    def _failing(self, packets: Iterator[Any]) -> Iterator[Any]:
        for number, packet in enumerate(packets):
            if self.is_on and number == self._after:
                packet.is_corrupt = True  # as FFmpeg gives what it had of it
                yield packet
                raise av.error.OSError(errno.EIO, "Input/output error")
            yield packet


def test_a_film_that_could_not_be_read_to_its_end_is_not_called_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    glitch = Glitch(monkeypatch, after=10)
    film = grey_film(tmp_path / "n.mp4", options={"bf": "0"})
    with pytest.raises(
        MediaError, match=r"^n\.mp4 could not be read: input/output error; try again, or copy it anew\.$"
    ):
        probe(film)
    glitch.is_on = False
    facts = probe(film)
    assert (facts.video.frame_count, facts.damage) == (40, "")


def test_a_frame_that_could_not_be_read_is_read_once_the_drive_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = probe(grey_film(tmp_path / "n.mp4", options={"bf": "0", "g": "99", "x264-params": "scenecut=0"}))
    glitch = Glitch(monkeypatch, after=10)
    with Decoder(facts) as decoder:
        for _ in range(2):
            with pytest.raises(MediaError, match="try again"):
                decoder.read(30)
        glitch.is_on = False
        assert shown_levels(decoder, [10, 30]) == pytest.approx([level_of(10), level_of(30)], abs=8)


def test_a_film_cut_off_says_where_and_shows_the_rest(tmp_path: Path) -> None:
    film = number_film(tmp_path / "cut.mov", 40, options={"qp": "0", "bf": "0"}, encoder="libx264", size=(160, 120))
    import av

    with (
        av.open(str(film)) as source,
        av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "faststart"}) as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    data = (tmp_path / "fast.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) - len(data) // 6])
    facts = probe(tmp_path / "cut.mp4")
    assert facts.video.frame_count < 40
    assert "cut.mp4" in facts.damage
    assert facts.damage.endswith("missing.") or facts.damage.endswith("cannot be shown.")
    with Decoder(facts) as decoder:
        assert decoder.read(5).number == 5


@pytest.mark.footage
def test_a_damaged_frame_is_named_and_never_replaced_by_another() -> None:
    facts = probe(footage("odd/corrupted.mp4"))
    assert "Frame 30 of corrupted.mp4" in facts.damage
    with Decoder(facts) as decoder:
        before = decoder.read(29)
        with pytest.raises(MediaError, match=r"Frame 30 of corrupted.mp4, at 3.00 s"):
            decoder.read(30)
        assert decoder.read(31).number == 31
        assert (decoder.read(29).pixels == before.pixels).all()


# ---- identity --------------------------------------------------------------------------------------------------------


def test_a_moved_film_keeps_its_id_and_a_changed_one_loses_it(tmp_path: Path) -> None:
    film = grey_film(tmp_path / "a.mp4")
    moved = shutil.copy(film, tmp_path / "b.mov")
    assert identify(film) == identify(moved)
    data = bytearray(film.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "c.mp4").write_bytes(data)
    assert identify(tmp_path / "c.mp4") != identify(film)


def test_a_film_of_constant_frame_size_is_named_by_more_than_its_ends(tmp_path: Path) -> None:
    whole = bytearray(np.random.default_rng(3).bytes(4_000_000))
    (tmp_path / "a.avi").write_bytes(whole)
    ids = {identify(tmp_path / "a.avi")}
    for place in (300_000, 1_000_000, 2_800_000, 3_700_000):
        other = whole.copy()
        other[place : place + 200_000] = bytes(200_000)
        (tmp_path / "a.avi").write_bytes(other)
        ids.add(identify(tmp_path / "a.avi"))
    assert len(ids) == 5


def test_a_film_replaced_since_it_was_added_is_refused(tmp_path: Path) -> None:
    facts = probe(grey_film(tmp_path / "a.mp4"))
    with Decoder(facts) as decoder:
        decoder.read(0)
        decoder.close()
        grey_film(tmp_path / "a.mp4", codes=(90, 90))
        with pytest.raises(MediaError, match=r"^a\.mp4 has changed on disk since it was added; add it again\.$"):
            decoder.read(0)


def test_the_index_of_a_replaced_film_is_never_kept_under_the_old_name(tmp_path: Path) -> None:
    facts = probe(grey_film(tmp_path / "a.mp4"))
    (stored,) = (cache_dir() / "index").iterdir()
    stored.unlink()
    grey_film(tmp_path / "a.mp4", count=12)
    with pytest.raises(MediaError, match="changed on disk"):
        frame_index(facts)
    assert not stored.exists()


def test_media_named_in_an_older_way_are_taken_as_they_are(tmp_path: Path) -> None:
    facts = replace(probe(grey_film(tmp_path / "a.mp4")), id=MediaId("media-0123"))
    with Decoder(facts) as decoder:
        assert decoder.read(3).number == 3


# ---- time ------------------------------------------------------------------------------------------------------------

UNEVEN = [0, 512, 1024, 2500, 2600, 4000, 4512, 9000, 9512, 10024]


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
def test_a_variable_rate_keeps_every_instant(tmp_path: Path, ending: str) -> None:
    scale = Fraction(1, 12800) if ending != "mkv" else Fraction(1, 1000)
    facts = probe(grey_film(tmp_path / f"v.{ending}", pts=UNEVEN, time_base=scale, options=REORDERED))
    index = frame_index(facts)
    assert facts.video.is_variable_rate
    assert [index.time_of(n).seconds / scale for n in range(10)] == UNEVEN
    assert index.duration_of(3) == Time(100 * scale)
    assert index.frame_at(Time(2599 * scale)) == 3
    assert index.frame_at(Time(2600 * scale)) == 4
    with Decoder(facts) as decoder:
        levels = shown_levels(decoder, [7, 2, 9, 0, 5])
    assert levels == pytest.approx([level_of(n) for n in (7, 2, 9, 0, 5)], abs=2)


def test_instants_outside_the_film_give_its_first_and_last_frame(tmp_path: Path) -> None:
    index = frame_index(probe(grey_film(tmp_path / "f.mp4", count=5)))
    assert index.frame_at(Time(Fraction(-1))) == 0
    assert index.frame_at(Time(Fraction(99))) == 4
    with pytest.raises(IndexError):
        index.time_of(5)


def test_time_counts_from_the_first_frame_whatever_the_container_says(tmp_path: Path) -> None:
    late = [5000 + n * 512 for n in range(6)]
    facts = probe(grey_film(tmp_path / "late.mkv", pts=late, time_base=Fraction(1, 1000)))
    assert facts.video.start == Time(Fraction(5))
    assert frame_index(facts).time_of(0) == Time(Fraction(0))


def test_frames_an_edit_list_cuts_away_are_not_counted(tmp_path: Path) -> None:
    trimmed = [n * 512 for n in range(-4, 8)]
    facts = probe(grey_film(tmp_path / "trim.mp4", pts=trimmed, options={"g": "1", "qp": "0"}))
    assert facts.video.frame_count == 8
    with Decoder(facts) as decoder:
        assert shown_levels(decoder, [0, 3]) == pytest.approx([level_of(4), level_of(7)], abs=2)


def test_the_index_is_read_from_the_cache_and_survives_a_broken_one(tmp_path: Path) -> None:
    facts = probe(grey_film(tmp_path / "c.mp4", count=6))
    (stored,) = (cache_dir() / "index").iterdir()
    Path(facts.path).unlink()
    first = frame_index(facts)
    assert first.count == 6
    grey_film(tmp_path / "c.mp4", count=6)
    stored.write_bytes(b"\x93garbage")
    assert frame_index(facts) == first


# ---- frames ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_any_frame_at_any_time_is_the_frame_in_order(tmp_path: Path, ending: str) -> None:
    film = grey_film(tmp_path / f"f.{ending}", count=60, time_base=Fraction(1, 25), pts=range(60), options=REORDERED)
    facts = probe(film)
    assert len(frame_index(facts).keyframes) > 3
    wanted = random.Random(1).sample(range(60), 60)
    with Decoder(facts) as in_order, Decoder(facts) as at_random:
        ordered = [in_order.read(n).pixels for n in range(60)]
        assert [int(p[4, 4, 1]) for p in ordered] == pytest.approx([level_of(n) for n in range(60)], abs=2)
        for n in wanted:
            assert (at_random.read(n).pixels == ordered[n]).all()


@pytest.mark.footage
@pytest.mark.parametrize("name", [n for n in CLIPS if "bunny" not in n])
def test_real_clips_give_the_same_pixels_at_random_as_in_order(name: str) -> None:
    facts = probe(footage(name))
    count = min(facts.video.frame_count, 70)
    small = (facts.video.width // 4, facts.video.height // 4)
    damaged = set(frame_index(facts).damaged)
    numbers = [n for n in range(count) if n not in damaged]
    with Decoder(facts) as decoder:
        ordered = {n: decoder.read(n, small).pixels for n in numbers}
        for n in random.Random(2).sample(numbers, min(len(numbers), 8)):
            assert (decoder.read(n, small).pixels == ordered[n]).all(), n


def test_reading_in_order_never_seeks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeks: list[int] = []
    seek = Decoder._seek
    monkeypatch.setattr(Decoder, "_seek", lambda self, keyframe: (seeks.append(keyframe), seek(self, keyframe))[1])
    with Decoder(probe(grey_film(tmp_path / "s.mp4", count=40, options=REORDERED))) as decoder:
        for n in [*range(40), 39]:
            decoder.read(n)
    assert seeks == [0]


def test_a_cancelled_read_stops(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with Decoder(probe(grey_film(tmp_path / "x.mp4"))) as decoder, pytest.raises(Cancelled):
        decoder.read(30, cancel=token)


def test_a_read_cancelled_half_way_loses_no_frame(tmp_path: Path) -> None:
    class CancelledAfter(CancelToken):
        left = 5

        def check(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise Cancelled

    with Decoder(
        probe(grey_film(tmp_path / "h.mp4", options={"bf": "0", "g": "99", "x264-params": "scenecut=0"}))
    ) as decoder:
        with pytest.raises(Cancelled):
            decoder.read(20, cancel=CancelledAfter())
        assert shown_levels(decoder, [5, 6, 7, 20]) == pytest.approx([level_of(n) for n in (5, 6, 7, 20)], abs=8)


def test_a_frame_that_will_not_decode_costs_one_try(tmp_path: Path) -> None:
    class Faulty(Decoder):
        seeks = 0

        def _seek(self, keyframe: int) -> None:
            self.seeks += 1
            super()._seek(keyframe)

        def _decoded(self, container: object, stream: object) -> object:  # type: ignore[override]
            return (item for item in super()._decoded(container, stream) if item[0] != 25)  # type: ignore[arg-type]

    film = grey_film(tmp_path / "d.mp4", options={"bf": "0", "x264-params": "keyint=10:min-keyint=10:scenecut=0"})
    with Faulty(probe(film)) as decoder:
        for _ in range(3):
            with pytest.raises(MediaError, match=r"Frame 25 of d\.mp4, at 1\.00 s"):
                decoder.read(25)
        assert decoder.seeks == 1
        assert decoder.read(26).number == 26


@pytest.mark.parametrize(
    ("name", "encoder", "options"),
    [
        ("a.avi", "mpeg4", {"q": "2"}),
        ("a.ts", "libx264", REORDERED),
        ("a.webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "0"}),
        ("a.mkv", "ffv1", {}),
        ("a.mov", "prores_ks", {}),
        ("a.mp4", "libx265", {"x265-params": "log-level=none:keyint=10"}),
        ("a.m4v", "mpeg4", {"bf": "2"}),
    ],
)
def test_other_containers_and_codecs_are_exact_too(
    tmp_path: Path, name: str, encoder: str, options: dict[str, str]
) -> None:
    form = "yuv422p10le" if encoder == "prores_ks" else "yuv420p"
    film = number_film(
        tmp_path / name,
        30,
        encoder=encoder,
        options=options,
        pixel_format=form,
        time_base=Fraction(1, 25),
        pts=range(30),
        size=(96, 64),
    )
    facts = probe(film)
    assert facts.video.frame_count == 30
    assert not facts.video.is_variable_rate
    assert facts.video.rate == 25
    assert float(facts.video.duration) == pytest.approx(1.2, abs=0.002)
    with Decoder(facts) as decoder, Decoder(facts) as at_random:
        ordered = [decoder.read(n).pixels for n in range(30)]
        assert all((a != b).any() for a, b in pairwise(ordered))
        for n in random.Random(4).sample(range(30), 30):
            assert (at_random.read(n).pixels == ordered[n]).all()


def test_a_single_picture_is_a_film_of_one_frame(tmp_path: Path) -> None:
    write_png(tmp_path / "one.png", np.full((6, 4, 3), 77, np.uint8), ColorTags())
    facts = probe(tmp_path / "one.png")
    assert facts.video.frame_count == 1
    with Decoder(facts) as decoder:
        assert (decoder.read(0).pixels == 77).all()


def test_a_film_that_went_away_is_an_error_and_a_closed_decoder_opens_again(tmp_path: Path) -> None:
    facts = probe(grey_film(tmp_path / "g.mp4"))
    with Decoder(facts) as decoder:
        first = decoder.read(3).pixels
        decoder.close()
        assert (decoder.read(3).pixels == first).all()
    gone = replace(facts, path=str(tmp_path / "gone.mp4"))
    with Decoder(gone) as decoder, pytest.raises(MediaError, match=r"gone.mp4 does not exist"):
        decoder.read(0)
