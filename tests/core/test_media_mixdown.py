"""The mixdown: every sample where the timeline has it, no seam where none was cut, and nothing above full scale."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from builders import a_project
from films import add_sound, number_film

from core.cancel import Cancelled, CancelToken
from core.document.model import Clip, Project, Track, TrackKind
from core.ids import ClipId, TrackId
from core.media.audio import Samples
from core.media.encoder import SegmentWriter
from core.media.facts import ColorTags, MediaFacts
from core.media.formats import Codec, FilmFormat
from core.media.joiner import join, verify
from core.media.mixdown import Mixdown, SoundCopy, Stretch, mixed
from core.media.probe import probe
from core.render.sound import plan_sound
from core.timebase import Time, TimeRange

HZ = 48000
RATE = Fraction(25)


def at(seconds: str | int) -> Time:
    return Time(Fraction(seconds))


def span(start: str | int, end: str | int) -> TimeRange:
    return TimeRange(at(start), at(end))


def sounding(folder: Path, name: str, samples: np.ndarray, codec: str = "pcm_s16le") -> MediaFacts:
    """A film of 40 frames (1.6 s) with this sound, (n, 2) in -1..1."""
    film = folder / "silent.mp4"
    return probe(add_sound(film if film.exists() else number_film(film, 40), folder / name, samples, codec))


def tone(seconds: float = 1.6, hz: float = 440.0, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * HZ)) / HZ)
    return np.stack((wave, wave), axis=1)


def clicks(*places: int) -> np.ndarray:
    """Single samples in silence."""
    samples = np.zeros((round(1.6 * HZ), 2))
    samples[list(places)] = 0.8
    return samples


def film_of(folder: Path, name: str, sound: SoundCopy | Mixdown | Samples, codec: Codec, frames: int = 40) -> Path:
    tags = ColorTags("bt709", "bt709", "bt709", full_range=False)
    film = FilmFormat(codec, 64, 48, RATE, 1 / RATE, tags)
    with SegmentWriter(folder / "segment.mov", film) as writer:
        for n in range(frames):
            writer.write(np.full((48, 64, 3), 20 + n, np.uint8), n, 1)
        segment = writer.close()
    join([segment], folder / name, folder / f"{name}.part", film, frames, sound)
    verify(folder / f"{name}.part", film, frames, Time(frames / RATE))
    return (folder / f"{name}.part").replace(folder / name)


def heard(path: Path) -> np.ndarray:
    """All sound of a film as a player would hear it, (n, 2) from the film's zero, by PyAV alone."""
    whole = np.zeros((0, 2))
    with av.open(str(path)) as container:
        resampler = av.AudioResampler("flt", "stereo", HZ)
        for frame in container.decode(container.streams.audio[0]):
            first = round(float(frame.time or 0) * HZ)
            blocks = np.concatenate([o.to_ndarray().reshape(-1, 2) for o in resampler.resample(frame)])
            assert abs(first - len(whole)) <= (0 if path.suffix != ".mkv" else HZ // 1000)
            whole = np.concatenate((whole, blocks))
    return whole


def summed(*stretches: Stretch, samples: int = round(1.6 * HZ)) -> np.ndarray:
    return np.concatenate(list(mixed(stretches, samples)))


# ---- placing --------------------------------------------------------------------------------------------------


def test_every_sample_lies_where_the_timeline_has_it(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", clicks(10000, 30000))
    out = summed(
        Stretch(source, span(0, "0.4"), at("0.1")),
        Stretch(source, span("0.4", "1.2"), at("0.5")),
    )
    assert np.flatnonzero(out[:, 0] > 0.4).tolist() == [10000 - 4800, 30000 - 24000 + 19200]


def test_a_stretch_sounds_from_its_first_sample_and_not_at_its_end(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", np.full((76800, 2), 0.5))
    out = summed(Stretch(source, span("0.2", "0.7"), at("0.3")))
    assert np.flatnonzero(out[:, 0])[[0, -1]].tolist() == [9600, 33599]
    assert np.allclose(out[9600 + 192 : 33600 - 192], 0.5, atol=1e-4)


def test_a_cut_fades_within_milliseconds_and_never_jumps(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", np.full((76800, 2), 0.5))
    out = summed(Stretch(source, span(0, "0.5"), at("0.3")), Stretch(source, span("0.5", 1), at("0.4")))
    assert np.abs(np.diff(out[:48000, 0])).max() < 0.5 * np.pi / 2 / 192 * 1.01
    assert np.allclose(out[24000 + 192 : 47000, 0], 0.5, atol=1e-4)


def test_the_source_s_own_start_is_not_faded(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", clicks(0))
    assert summed(Stretch(source, span(0, 1), at(0)))[0, 0] == pytest.approx(0.8, abs=1e-4)


def test_sound_of_clips_above_each_other_adds_up(tmp_path: Path) -> None:
    low, high = sounding(tmp_path, "a.mov", tone(hz=300)), sounding(tmp_path, "b.mov", tone(hz=1000, level=0.25))
    out = summed(Stretch(low, span(0, "1.6"), at(0)), Stretch(high, span(0, "1.6"), at(0)))
    assert np.abs(out - tone(hz=300) - tone(hz=1000, level=0.25)).max() < 1e-3


def test_compressed_sources_are_placed_as_exactly(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mp4", clicks(40000), "aac")
    out = summed(Stretch(source, span(0, "0.8"), at("0.5")))
    assert int(np.abs(out[:, 0]).argmax()) == 40000 - 24000


def test_mono_keeps_its_level_on_both_sides(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", tone()[:, :1])
    assert np.abs(summed(Stretch(source, span(0, "1.6"), at(0))) - tone()).max() < 1e-3


# ---- level ----------------------------------------------------------------------------------------------------


def test_sound_below_full_scale_is_not_touched(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", tone(level=0.5))
    one = Stretch(source, span(0, "1.6"), at(0))
    assert np.array_equal(summed(one, one), 2 * summed(one))


def test_what_would_clip_is_held_down_smoothly_and_only_there(tmp_path: Path) -> None:
    swell = tone(hz=200, level=0.9)
    swell[:30000], swell[50000:] = swell[:30000] * 0.3, swell[50000:] * 0.3
    source = sounding(tmp_path, "a.mov", swell)
    one = Stretch(source, span(0, "1.6"), at(0))
    out, raw = summed(one, one), 2 * summed(one)
    assert np.abs(out).max() <= 1.0
    assert np.abs(out[31000:49000]).max() > 0.98
    quiet = np.r_[0 : 30000 - 961, 50000 + 961 : 76800]
    assert np.array_equal(out[quiet], raw[quiet])
    gain = out[:, 0] / np.where(np.abs(raw[:, 0]) > 0.05, raw[:, 0], np.nan)
    assert np.nanmax(np.abs(np.diff(gain))) < 0.002


# ---- files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("o.mp4", Codec.H264, "aac"),
        ("o.mov", Codec.H265, "aac"),
        ("o.mkv", Codec.H264, "aac"),
        ("p.mov", Codec.PRORES, "pcm_s24le"),
        ("p.mkv", Codec.PRORES, "pcm_s24le"),
    ],
)
def test_a_click_is_heard_at_its_instant_in_the_film(tmp_path: Path, name: str, codec: Codec, sound: str) -> None:
    source = sounding(tmp_path, "a.mov", clicks(10000, 50000))
    cuts = (Stretch(source, span(0, "0.6"), at("0.1")), Stretch(source, span("0.6", "1.6"), at("0.6")))
    path = film_of(tmp_path, name, Mixdown(cuts), codec)
    facts = probe(path)
    assert facts.audio[0].codec == sound
    out = heard(path)[:, 0]
    peaks = [int(np.abs(out[a:b]).argmax()) + a for a, b in ((0, 24000), (24000, 76800))]
    slack = 1 if path.suffix != ".mkv" else HZ // 1000
    assert np.abs(np.subtract(peaks, [10000 - 4800, 50000])).max() <= slack
    assert 76800 - slack <= len(out) <= 76800 + (1024 if path.suffix == ".mkv" else slack)


@pytest.mark.parametrize(("name", "codec"), [("o.mp4", Codec.H264), ("o.mov", Codec.H265), ("p.mov", Codec.PRORES)])
def test_sound_lasts_as_long_as_the_picture_to_the_sample(tmp_path: Path, name: str, codec: Codec) -> None:
    source = sounding(tmp_path, "a.mov", tone())
    path = film_of(tmp_path, name, Mixdown((Stretch(source, span(0, "1.2"), at("0.1")),)), codec, frames=37)
    assert probe(path).audio[0].duration == probe(path).video.duration == at("1.48")


def test_samples_can_be_written_as_they_are(tmp_path: Path) -> None:
    drawn = tone().astype(np.float32)
    assert np.abs(heard(film_of(tmp_path, "p.mov", drawn, Codec.PRORES)) - drawn).max() < 2.0**-22


def test_deep_sound_keeps_twenty_four_bits(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", tone(level=0.01), "pcm_s24le")
    path = film_of(tmp_path, "p.mov", Mixdown((Stretch(source, span(0, "1.6"), at(0)),)), Codec.PRORES)
    assert np.abs(heard(path) - tone(level=0.01)).max() < 2.0**-22


def test_the_same_cut_gives_the_same_bytes(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", tone())
    cuts = Mixdown((Stretch(source, span(0, 1), at("0.2")), Stretch(source, span("0.3", 1), at("0.1"))))
    first, second = (film_of(tmp_path, name, cuts, Codec.H264).read_bytes() for name in ("1.mp4", "2.mp4"))
    assert first == second


def test_a_mixdown_stops_where_it_is_told_to(tmp_path: Path) -> None:
    source, token = sounding(tmp_path, "a.mov", tone()), CancelToken()
    blocks = mixed([Stretch(source, span(0, "1.6"), at(0))], 76800, token)
    next(blocks)
    token.cancel()
    with pytest.raises(Cancelled):
        list(blocks)


# ---- planning -------------------------------------------------------------------------------------------------


def timeline(*tracks: list[tuple[MediaFacts, str, str, str]]) -> Project:
    """Tracks of (media, timeline start, source start, source end)."""
    media = {facts.id: facts for track in tracks for facts, *_ in track}
    made = []
    for n, track in enumerate(tracks):
        clips = tuple(
            Clip(ClipId(f"{n}-{start}"), facts.id, "clip", at(start), span(begin, end))
            for facts, start, begin, end in track
        )
        made.append(Track(TrackId(f"t{n}"), TrackKind.AUDIO, "Audio", clips))
    return Project(a_project().id, rate=RATE, media=tuple(media.values()), tracks=tuple(made))


def test_a_split_alone_still_copies_the_packets(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mp4", tone(), "aac")
    project = timeline([(source, "0", "0", "0.8"), (source, "0.8", "0.8", "1.6")])
    assert plan_sound(project, project.export_range, ".mp4") == SoundCopy(source, span(0, "1.6"))


def test_a_split_beside_other_clips_is_one_stretch_without_a_fade(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", tone())
    other = sounding(tmp_path, "b.mov", clicks(5))
    project = timeline([(source, "0", "0", "0.4"), (source, "0.4", "0.4", "1")], [(other, "1", "0", "0.5")])
    sound = plan_sound(project, project.export_range, ".mov")
    assert isinstance(sound, Mixdown)
    assert sound.stretches == (Stretch(source, span(0, 1), at(0)), Stretch(other, span(1, "1.5"), at(0)))
    out = summed(*sound.stretches)
    assert np.abs(out[: 48000 - 192] - tone()[: 48000 - 192]).max() < 1e-4


def test_clips_without_sound_are_silence(tmp_path: Path) -> None:
    mute = probe(number_film(tmp_path / "silent.mp4", 40))
    source = sounding(tmp_path, "a.mov", tone())
    assert plan_sound(timeline([(mute, "0", "0", "1")]), span(0, 1), ".mp4") is None
    project = timeline([(mute, "0", "0", "1"), (source, "1", "0", "0.5")])
    sound = plan_sound(project, project.export_range, ".mp4")
    assert isinstance(sound, Mixdown)
    out = summed(*sound.stretches, samples=72000)
    assert not out[:48000].any()
    assert np.abs(out[48500:71000]).max() > 0.4


def test_a_span_begins_with_the_sound_under_it(tmp_path: Path) -> None:
    source = sounding(tmp_path, "a.mov", clicks(60000))
    project = timeline([(source, "0", "0", "0.4"), (source, "0.5", "0.6", "1.6")])
    sound = plan_sound(project, span("0.2", "1.5"), ".mp4")
    assert isinstance(sound, Mixdown)
    assert int(summed(*sound.stretches)[:, 0].argmax()) == 60000 - 28800 + 24000 - 9600


@pytest.mark.parametrize(
    ("codec", "ending", "fits"),
    [("mp3float", ".mp4", True), ("pcm_u8", ".mov", True), ("pcm_u8", ".mp4", False), ("vorbis", ".mov", False)],
)
def test_sound_a_file_cannot_hold_is_mixed_for_it(tmp_path: Path, codec: str, ending: str, fits: bool) -> None:
    source = sounding(tmp_path, "a.mov", tone())
    source = replace(source, audio=(replace(source.audio[0], codec=codec),))
    project = timeline([(source, "0", "0", "1.6")])
    assert isinstance(plan_sound(project, span(0, "1.6"), ending), SoundCopy if fits else Mixdown)


def test_of_two_sources_end_to_end_each_has_its_half(tmp_path: Path) -> None:
    low, high = sounding(tmp_path, "a.mov", tone(hz=300)), sounding(tmp_path, "b.mov", tone(hz=1000))
    project = timeline([(low, "0", "0.2", "1"), (high, "0.8", "0.2", "1")])
    sound = plan_sound(project, project.export_range, ".mp4")
    assert isinstance(sound, Mixdown)
    path = film_of(tmp_path, "o.mp4", sound, Codec.H264)
    out = heard(path)[:, 0]
    for begin, hz in ((4000, 300), (43000, 1000)):
        spectrum = np.abs(np.fft.rfft(out[begin : begin + 24000] * np.hanning(24000)))
        assert int(spectrum.argmax()) * 2 == hz
