"""Writing and reading back: segments, joins, sound, tags, and what happens when the disk says no."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import add_tone, number_film
from footage import footage

from core.cancel import Cancelled, CancelToken
from core.errors import ExportError
from core.media.decoder import Decoder
from core.media.encoder import Segment, SegmentWriter
from core.media.facts import ColorTags, MediaFacts
from core.media.formats import Codec, FilmFormat, codec_for, film_tags
from core.media.index import frame_index
from core.media.joiner import join, verify
from core.media.mixdown import SoundCopy
from core.media.output import publish
from core.media.probe import probe
from core.timebase import ZERO, Time, TimeRange

BT709 = ColorTags("bt709", "bt709", "bt709", full_range=False)
TICK = Fraction(1, 90000)


def film_format(codec: Codec = Codec.H264, size: tuple[int, int] = (64, 48), color: ColorTags = BT709) -> FilmFormat:
    return FilmFormat(codec, *size, Fraction(30), TICK, color)


def level(number: int) -> int:
    return 20 + (number * 37) % 200


def write_segments(folder: Path, film: FilmFormat, pts: list[int], end: int, cuts: list[int]) -> list[Segment]:
    """Flat frames, marked by their level, in segments that begin at `cuts`."""
    stamps = [*pts, end]
    segments = []
    for begin, stop in zip(cuts, [*cuts[1:], len(pts)], strict=True):
        with SegmentWriter(folder / f"{begin}.part", film) as writer:
            for n in range(begin, stop):
                picture = np.full((film.height, film.width, 3), level(n), np.uint8)
                writer.write(picture, stamps[n], stamps[n + 1] - stamps[n])
            segments.append(writer.close())
    return segments


def finished(tmp_path: Path, name: str, film: FilmFormat, pts: list[int], end: int, cuts: list[int]) -> MediaFacts:
    out = tmp_path / name
    part = tmp_path / f"{name}.part"
    join(write_segments(tmp_path, film, pts, end, cuts), out, part, film, end)
    verify(part, film, len(pts), Time(end * film.time_base))
    publish(part, out)
    return probe(out)


EVEN = [n * 3000 for n in range(30)]
UNEVEN = [0, 3000, 6001, 9004, 20000, 20500, 29000, 33000, 33100, 45000, 45001, 60000]


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
@pytest.mark.parametrize("cuts", [[0], [0, 7, 8, 20], list(range(30))], ids=["whole", "four", "single frames"])
def test_any_segments_give_every_frame_at_its_instant(tmp_path: Path, ending: str, cuts: list[int]) -> None:
    facts = finished(tmp_path, f"o.{ending}", film_format(), EVEN, 90000, cuts)
    index = frame_index(facts)
    assert [float(index.time_of(n)) for n in range(30)] == pytest.approx([n / 30 for n in range(30)], abs=6e-4)
    with Decoder(facts) as decoder:
        levels = [int(decoder.read(n).pixels[9, 9, 1]) for n in range(30)]
    assert levels == pytest.approx([level(n) for n in range(30)], abs=2)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.PRORES])
@pytest.mark.parametrize("cuts", [[0], [0, 5, 6, 9]], ids=["whole", "cut"])
def test_a_variable_rate_goes_out_as_it_came_in(tmp_path: Path, codec: Codec, cuts: list[int]) -> None:
    facts = finished(tmp_path, "v.mov", film_format(codec), UNEVEN, 66000, cuts)
    index = frame_index(facts)
    assert facts.video.is_variable_rate
    assert [index.time_of(n).seconds / TICK for n in range(12)] == UNEVEN
    assert facts.video.duration == Time(66000 * TICK)


@pytest.mark.parametrize("seed", range(4))
def test_any_rhythm_keeps_its_instants_and_its_length(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    steps = rng.integers(1, 9000, 24).tolist()
    pts = [sum(steps[:n]) for n in range(24)]
    cuts = [0, *sorted(rng.choice(np.arange(1, 24), 3, replace=False).tolist())]
    index = frame_index(finished(tmp_path, "r.mp4", film_format(), pts, sum(steps), cuts))
    assert [index.time_of(n).seconds / TICK for n in range(24)] == pts
    assert index.duration == Time(sum(steps) * TICK)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.PRORES])
@pytest.mark.parametrize(
    "source",
    [
        ColorTags("bt709", "bt709", "bt709", full_range=True),
        ColorTags("smpte170m", "bt709", "smpte170m", full_range=False),
        ColorTags("bt2020", "smpte2084", "bt2020nc", full_range=False),
        ColorTags(),
        ColorTags("bt709", "iec61966-2-1", "gbr", full_range=True),
        ColorTags(transfer="linear", matrix="gbr", full_range=True),
    ],
    ids=["full", "601", "hdr", "untagged", "rgb", "light"],
)
def test_every_film_is_tagged_as_promised(tmp_path: Path, codec: Codec, source: ColorTags) -> None:
    tags = film_tags(source, codec, 48)
    facts = finished(tmp_path, "t.mov", film_format(codec, color=tags), EVEN[:3], 9000, [0])
    assert facts.video.color == tags
    assert tags.transfer != "linear"
    assert "unknown" not in (tags.primaries, tags.transfer, tags.matrix)


@pytest.mark.parametrize("codec", [Codec.H264, Codec.H265, Codec.PRORES])
def test_odd_sides_keep_their_true_size(tmp_path: Path, codec: Codec) -> None:
    facts = finished(tmp_path, "odd.mov", film_format(codec, (67, 49)), EVEN[:4], 12000, [0, 2])
    assert (facts.video.width, facts.video.height) == (67, 49)


def test_ten_bit_codecs_keep_ten_bits(tmp_path: Path) -> None:
    for codec in (Codec.H265, Codec.PRORES):
        assert finished(tmp_path, "d.mov", film_format(codec), EVEN[:2], 6000, [0]).video.bit_depth == 10


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (20, 96, 128, 3)).astype(np.uint8)
    films = []
    for run in range(2):
        with SegmentWriter(tmp_path / f"{run}.part", film_format(size=(128, 96))) as writer:
            for n, picture in enumerate(noise):
                writer.write(picture, n * 3000, 3000)
            films.append(writer.close().path.read_bytes())
    assert films[0] == films[1]


def sound_of(path: str | Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(p) for p in container.demux(container.streams.audio[0]) if p.size]


@pytest.mark.footage
@pytest.mark.parametrize("name", ["highway.mp4", "coast.mp4"])
@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
def test_sound_of_real_clips_passes_bit_for_bit(tmp_path: Path, name: str, ending: str) -> None:
    source = probe(footage(name))
    index = frame_index(source)
    base = index.time_base
    film = FilmFormat(Codec.H264, 64, 48, source.video.rate, base, film_tags(source.video.color, Codec.H264, 48))
    pts = [p - index.pts[0] for p in index.pts]
    end = int(index.duration.seconds / base)
    segments = write_segments(tmp_path, film, pts, end, [0, 100])
    out, part = tmp_path / f"o.{ending}", tmp_path / "o.part"
    join(segments, out, part, film, end, SoundCopy(source, TimeRange(ZERO, index.duration)))
    verify(part, film, index.count, index.duration)
    assert sound_of(part) == sound_of(source.path)
    if ending != "mkv":
        assert probe(part).video.duration == source.video.duration


def test_sound_of_a_span_starts_with_the_film(tmp_path: Path) -> None:
    source = probe(add_tone(number_film(tmp_path / "s.mp4", 40), tmp_path / "tone.mov", sound_first=True))
    film = film_format()
    out, part = tmp_path / "o.mov", tmp_path / "o.part"
    half = Time(Fraction(1, 2))
    segments = write_segments(tmp_path, film, EVEN[:15], 45000, [0])
    join(segments, out, part, film, 45000, SoundCopy(source, TimeRange(half, Time(Fraction(1)))))
    with av.open(str(part)) as container:
        stamps = [p.pts / 48000 for p in container.demux(container.streams.audio[0]) if p.size]
    assert stamps[0] == pytest.approx(0.0, abs=1100 / 48000)
    assert stamps[-1] == pytest.approx(0.5, abs=1100 / 48000)


# ---- what may not be -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec", "wanted"),
    [
        ("a.mp4", "", Codec.H264),
        ("a.MOV", "", Codec.H264),
        ("a.mkv", "prores", Codec.PRORES),
        ("a.mp4", "h265", Codec.H265),
        ("f_%05d.png", "", Codec.PNG),
        ("f_%d.exr", "exr", Codec.EXR),
    ],
)
def test_the_codec_follows_from_the_ending(name: str, codec: str, wanted: Codec) -> None:
    assert codec_for(name, codec) is wanted


@pytest.mark.parametrize(
    ("name", "codec", "words"),
    [
        ("a.avi", "", "needs one of the endings"),
        ("a.mp4", "prores", ".mp4 cannot hold prores"),
        ("a.mp4", "av1", "no codec 'av1'"),
        ("f.png", "", "must number its images, such as f_%05d.png"),
        ("f_%05d.png", "h264", ".png cannot hold h264"),
    ],
)
def test_impossible_pairs_say_what_to_do(name: str, codec: str, words: str) -> None:
    with pytest.raises(ExportError) as caught:
        codec_for(name, codec)
    assert words in caught.value.message


@contextmanager
def small_disk(limit: int) -> Iterator[None]:
    """No file may grow past `limit` bytes: the same refusal to write as a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)

    def overfill() -> None:
        with SegmentWriter(tmp_path / "s.part", film_format(size=(128, 96))) as writer:
            for n in range(80):
                noise = rng.integers(0, 256, (96, 128, 3)).astype(np.uint8)
                writer.write(noise, n * 3000, 3000)
            writer.close()

    with small_disk(100_000), pytest.raises(ExportError, match=r"s\.part cannot be written: the file grew larger"):
        overfill()
    assert not (tmp_path / "s.part").exists()


def test_a_full_disk_while_joining_keeps_the_segments_and_leaves_no_film(tmp_path: Path) -> None:
    film = film_format()
    segments = write_segments(tmp_path, film, EVEN, 90000, [0, 10])
    with small_disk(1000), pytest.raises(ExportError, match=r"o\.mp4 cannot be written"):
        join(segments, tmp_path / "o.mp4", tmp_path / "o.part", film, 90000)
    assert sorted(p.name for p in tmp_path.glob("*.*")) == ["0.part", "10.part"]


def test_an_unwritable_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        SegmentWriter(tmp_path / "file" / "s.part", film_format())
    with pytest.raises(ExportError, match="cannot be written"):
        publish(tmp_path / "none.part", tmp_path / "none.mp4")


def test_an_error_between_frames_removes_the_segment(tmp_path: Path) -> None:
    with pytest.raises(Cancelled), SegmentWriter(tmp_path / "s.part", film_format()) as writer:  # noqa: PT012
        writer.write(np.zeros((48, 64, 3), np.uint8), 0, 3000)
        raise Cancelled
    assert list(tmp_path.glob("*.part")) == []


def test_a_segment_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.mov"
    with SegmentWriter(path, film_format()) as writer:
        for n in range(30):
            writer.write(np.full((48, 64, 3), level(n), np.uint8), n * 3000, 3000)
        assert not path.exists()
        writer.close()
        assert path.exists()
    assert [p.name for p in tmp_path.glob("s*")] == ["s.mov"]
    with SegmentWriter(tmp_path / "left.mov", film_format()) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8), 0, 3000)
    assert list(tmp_path.glob("left*")) == []


def test_a_cancelled_join_leaves_no_film(tmp_path: Path) -> None:
    film, token = film_format(), CancelToken()
    segments = write_segments(tmp_path, film, EVEN[:4], 12000, [0])
    token.cancel()
    with pytest.raises(Cancelled):
        join(segments, tmp_path / "o.mp4", tmp_path / "o.part", film, 12000, cancel=token)
    assert not (tmp_path / "o.part").exists()


def test_verification_finds_a_missing_frame_and_a_wrong_tag(tmp_path: Path) -> None:
    film = film_format()
    part = tmp_path / "o.part"
    join(write_segments(tmp_path, film, EVEN, 90000, [0]), tmp_path / "o.mp4", part, film, 90000)
    second = Time(Fraction(1))
    verify(part, film, 30, second)
    with pytest.raises(ExportError, match="wrong number of frames, 30 instead of 31"):
        verify(part, film, 31, second)
    with pytest.raises(ExportError, match="wrong length"):
        verify(part, film, 30, Time(Fraction(2)))
    with pytest.raises(ExportError, match="wrong colour tags"):
        verify(part, film_format(color=ColorTags("bt709", "bt709", "bt709", full_range=True)), 30, second)
    part.write_bytes(part.read_bytes()[:400])
    with pytest.raises(ExportError, match="cannot be read back"):
        verify(part, film, 30, second)


def test_segments_made_differently_are_not_joined(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    other = write_segments(tmp_path / "a", film_format(size=(80, 64)), EVEN[:3], 9000, [0])
    ours = write_segments(tmp_path, film_format(), EVEN[:3], 9000, [0])
    with pytest.raises(ExportError, match="made differently"):
        join([*ours, *other], tmp_path / "o.mp4", tmp_path / "o.part", film_format(), 18000)
