"""Small films made in code, written with PyAV alone so that they test our writer and reader and do not share their faults."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

LEVELS = 200


def level_of(number: int) -> int:
    """The luma code that marks frame `number`: neighbours differ by far more than any codec's error."""
    return 16 + (number * 37) % LEVELS


def number_film(
    path: Path,
    count: int = 40,
    *,
    pts: Sequence[int] | None = None,
    time_base: Fraction = Fraction(1, 12800),
    size: tuple[int, int] = (64, 48),
    encoder: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    codes: tuple[int, int] = (128, 128),
    tags: tuple[int, int, int, int] | None = None,
    rotation: int = 0,
) -> Path:
    """A film whose frame n is flat, luma `level_of(n)` and chroma `codes`. `tags`: primaries, transfer, matrix, range."""
    stamps = list(pts) if pts is not None else [n * 512 for n in range(count)]
    scale = str(time_base.denominator)
    boxed = path.suffix in (".mp4", ".mov")
    clock = {"video_track_timescale": scale, "movie_timescale": scale} if boxed else {}
    with av.open(str(path), "w", container_options=clock) as out:
        stream = out.add_stream(encoder, rate=25, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        stream.codec_context.time_base = stream.time_base = time_base
        if tags:
            context = stream.codec_context
            context.color_primaries, context.color_trc, context.colorspace, context.color_range = tags
        if rotation:
            stream.set_display_rotation(rotation)
        deep = 4 if "10" in pixel_format else 1
        for number, stamp in enumerate(stamps):
            frame = av.VideoFrame(*size, pixel_format)
            for plane, code in zip(frame.planes, (level_of(number), *codes), strict=True):
                np.frombuffer(plane, np.uint16 if deep == 4 else np.uint8)[:] = code * deep
            frame.pts, frame.time_base = stamp, time_base
            following = (
                stamps[number + 1] if number + 1 < len(stamps) else stamp + (stamps[1] - stamps[0] if count > 1 else 1)
            )
            frame.duration = following - stamp
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def add_tone(path: Path, out: Path, *, hz: float = 440.0, seconds: float = 1.0, sound_first: bool = False) -> Path:
    """A copy of a film with a 48 kHz stereo PCM tone: left at 0.5, right silent."""
    n = np.arange(round(48000 * seconds))
    left = (0.5 * 32767 * np.sin(2 * np.pi * hz * n / 48000)).astype(np.int16)
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        video_in = source.streams.video[0]
        if sound_first:
            sound = target.add_stream("pcm_s16le", rate=48000)
        video = target.add_stream_from_template(video_in)
        if not sound_first:
            sound = target.add_stream("pcm_s16le", rate=48000)
        sound.codec_context.layout = "stereo"
        for packet in source.demux(video_in):
            if packet.size:
                packet.stream = video
                target.mux(packet)
        for at in range(0, len(n), 1024):
            block = np.stack((left[at : at + 1024], np.zeros_like(left[at : at + 1024])), axis=1).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
            target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
    return out


def add_sound(path: Path, out: Path, samples: np.ndarray, codec: str = "pcm_s16le") -> Path:
    """A copy of a film with 48 kHz sound: (n, 1) or (n, 2) in -1..1."""
    layout = "mono" if samples.shape[1] == 1 else "stereo"
    deep = {"pcm_s16le": "s16", "pcm_s24le": "s32", "pcm_s24be": "s32", "aac": "fltp"}[codec]
    with av.open(str(path)) as source, av.open(str(out), "w") as target:
        video_in = source.streams.video[0]
        video = target.add_stream_from_template(video_in)
        sound = target.add_stream(codec, rate=48000)
        sound.codec_context.layout, sound.codec_context.format = layout, deep
        for packet in source.demux(video_in):
            if packet.size:
                packet.stream = video
                target.mux(packet)
        for at in range(0, len(samples), 1024):
            block = samples[at : at + 1024]
            if codec == "aac":
                values = np.ascontiguousarray(block.T.astype(np.float32))
            else:
                scale, kind = (2**15, np.int16) if deep == "s16" else (2**31, np.int32)
                values = np.clip(np.rint(block * scale), -scale, scale - 1).astype(kind).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(values, format=deep, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = 48000, at, Fraction(1, 48000)
            target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
    return out


def shot_film(path: Path, *lengths: int) -> Path:
    """A film of shots, each a pan over blocks in colours of its own, 160 x 96 at 25 frames a second."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number, length in enumerate(lengths):
            rng = np.random.default_rng(number)
            blocks = np.kron(rng.random((12, 40, 3)), np.ones((8, 8, 1))) * rng.random(3)
            for frame in range(length):
                codes = np.ascontiguousarray(blocks[:, frame : frame + 160] * 255).astype(np.uint8)
                out.mux(stream.encode(av.VideoFrame.from_ndarray(codes, format="rgb24")))
        out.mux(stream.encode(None))
    return path
