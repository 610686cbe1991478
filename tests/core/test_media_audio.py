"""Sound: where it lies in time, to the sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import add_tone, number_film
from footage import footage

from core.cancel import Cancelled, CancelToken
from core.errors import MediaError
from core.media.audio import AudioReader, audio_packets, waveform
from core.media.facts import MediaFacts
from core.media.probe import probe
from core.timebase import ZERO, Time, TimeRange


def film_with_tone(tmp_path: Path, seconds: float = 1.0) -> MediaFacts:
    film = number_film(tmp_path / "silent.mp4", 40)
    return probe(add_tone(film, tmp_path / "tone.mov", seconds=seconds))


def tone(first: int, count: int) -> np.ndarray:
    n = np.arange(first, first + count)
    return (0.5 * 32767 * np.sin(2 * np.pi * 440 * n / 48000)).astype(np.int16) / 32768.0


def test_samples_come_back_where_they_belong(tmp_path: Path) -> None:
    with AudioReader(film_with_tone(tmp_path)) as reader:
        for first in (0, 1000, 1024, 30000, 200, 47000):
            out = reader.read(Time(Fraction(first, 48000)), 777)
            assert out.shape == (777, 2)
            assert np.abs(out[:, 0] - tone(first, 777)).max() < 1e-4
            assert (out[:, 1] == 0).all()


def test_playing_on_does_not_seek_and_has_no_seams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeks: list[int] = []
    seek = AudioReader._seek
    monkeypatch.setattr(AudioReader, "_seek", lambda self, first: (seeks.append(first), seek(self, first))[1])
    with AudioReader(film_with_tone(tmp_path)) as reader:
        out = np.concatenate([reader.read(Time(Fraction(n * 500, 48000)), 500) for n in range(60)])
    assert np.abs(out[:, 0] - tone(0, 30000)).max() < 1e-4
    assert seeks == [0]


def test_there_is_silence_before_and_after_the_sound(tmp_path: Path) -> None:
    with AudioReader(film_with_tone(tmp_path, seconds=0.5)) as reader:
        assert (reader.read(Time(Fraction(-1)), 4800) == 0).all()
        assert (reader.read(Time(Fraction(2)), 4800) == 0).all()
        across = reader.read(Time(Fraction(1, 2) - Fraction(100, 48000)), 200)[:, 0]
        assert np.abs(across[:100] - tone(23900, 100)).max() < 1e-4
        assert (across[110:] == 0).all()


def test_the_waveform_shows_how_loud_it_is_when(tmp_path: Path) -> None:
    shape = waveform(film_with_tone(tmp_path, seconds=0.8), bins_per_second=50)
    assert shape.shape == (80, 2)
    assert shape.dtype == np.float32
    assert shape[5:35, 1] == pytest.approx(0.354, abs=0.03)  # left at 0.5, right silent, mixed at equal power
    assert shape[5:35, 0] == pytest.approx(-0.354, abs=0.03)
    assert (shape[42:] == 0).all()


def test_a_silent_film_has_an_empty_waveform_and_no_reader(tmp_path: Path) -> None:
    facts = probe(number_film(tmp_path / "s.mp4"))
    assert waveform(facts).shape == (0, 2)
    with pytest.raises(MediaError, match="no sound"):
        AudioReader(facts)


def test_a_waveform_can_be_cancelled(tmp_path: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        waveform(film_with_tone(tmp_path), cancel=token)


@pytest.mark.footage
def test_packets_of_a_span_are_those_that_sound_in_it() -> None:
    facts = probe(footage("coast.mp4"))
    span = TimeRange(Time(Fraction(2)), Time(Fraction(3)))
    with av.open(facts.path) as container:
        kept = [(p.pts, bytes(p)) for p in audio_packets(container, facts, span)]
    with av.open(facts.path) as container:
        every = [(p.pts, bytes(p)) for p in container.demux(container.streams.audio[0]) if p.size]
    assert kept == [(pts, data) for pts, data in every if 2 * 48000 - 1024 < pts < 3 * 48000]
    with av.open(facts.path) as container:
        whole = [(p.pts, bytes(p)) for p in audio_packets(container, facts, TimeRange(ZERO, facts.video.duration))]
    assert whole == every


@pytest.mark.footage
def test_compressed_sound_is_the_same_after_a_seek() -> None:
    facts = probe(footage("coast.mp4"))
    with AudioReader(facts) as in_order, AudioReader(facts) as at_random:
        ordered = np.concatenate([in_order.read(Time(Fraction(n, 10)), 4800) for n in range(40)])
        for first in (150000, 20000, 90000):
            assert (
                np.abs(at_random.read(Time(Fraction(first, 48000)), 4800) - ordered[first : first + 4800]).max() < 1e-4
            )
