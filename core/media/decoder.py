"""Decoder: frames of one source by number, exact at random as in order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.cancel import CancelToken
from core.errors import MediaError
from core.media.facts import MediaFacts, MediaKind
from core.media.identity import check_unchanged
from core.media.index import FrameIndex, frame_index
from core.media.opening import media_errors, open_container, opened, picture_stream, readable_packets
from core.media.picture import Picture, Pixels
from core.media.planes import rgb_pixels
from core.media.sequence import image_path
from core.words import msg, tr

VERSION: Final = 1
"""Part of the key of every decoded frame; raised whenever decoded pixels change."""

_TURNS: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


class Decoder:
    """Reads one source. Used by one thread at a time, opened on the first read, closed by its owner.

    Pictures come upright, in square pixels, as R'G'B': the stream's matrix and range are undone as tagged; an untagged
    matrix is BT.601 up to 576 lines and BT.709 above, an untagged range is limited. 8-bit sources give uint8, deeper
    ones uint16 with full scale 65535 and every bit kept, EXR gives linear float32. Interlaced material is read as frames.
    """

    def __init__(self, facts: MediaFacts) -> None:
        self._facts = facts
        self._index = frame_index(facts)
        self._number_of = {pts: n for n, pts in enumerate(self._index.pts)}
        self._damaged = set(self._index.damaged)
        self._is_known = False
        """Whether the source was found unchanged since it was opened."""
        self._container: InputContainer | None = None
        self._frames: Iterator[tuple[int, VideoFrame]] = iter(())
        self._ahead: tuple[int, VideoFrame] | None = None
        self._next = -1
        self._landed: int | None = None
        """First frame decoded since the last seek."""

    @property
    def index(self) -> FrameIndex:
        return self._index

    def read(self, index: int, size: tuple[int, int] | None = None, cancel: CancelToken | None = None) -> Picture:
        """Frame `index`, from 0, at `size` (width, height) or as large as it is.

        In order costs one decode; elsewhere decoding starts at the keyframe before. Raises `MediaError` naming file,
        frame and time where the frame cannot be decoded (no other frame is ever given instead), `Cancelled`, and
        `IndexError` outside the film.
        """
        if not 0 <= index < self._index.count:
            raise IndexError(f"frame {index} is outside 0..{self._index.count - 1}")
        if index in self._damaged:
            raise self._undecodable(index)
        if self._facts.kind is MediaKind.SEQUENCE:
            frame = self._image(index)
        else:
            with media_errors(self._facts.path, msg("decoded")):
                try:
                    frame = self._film_frame(index, cancel)
                except OSError:
                    self.close()  # FFmpeg may not read on after an error, so the next try opens anew
                    raise
        with media_errors(self._facts.path, msg("decoded")):
            return Picture(self._upright(frame, size), self._facts.video.color, index)

    def close(self) -> None:
        """Give the file and the decoder's memory back; a later read opens it again."""
        self._frames, self._ahead, self._next, self._is_known = iter(()), None, -1, False
        if self._container is not None:
            self._container.close()
            self._container = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _film_frame(self, index: int, cancel: CancelToken | None) -> VideoFrame:
        if self._ahead is not None and self._ahead[0] == index:
            return self._ahead[1]
        start = self._index.keyframe_before(index)
        if start <= self._next <= index:
            frame = self._advance(index, cancel)
            if frame is not None:
                return frame
        # an open GOP's first frames need the one before; some containers land late; the beginning always works
        for place in dict.fromkeys((start, self._index.keyframe_before(max(0, start - 1)), 0)):
            self._seek(place)
            frame = self._advance(index, cancel)
            if frame is not None:
                return frame
            if self._landed is not None and self._landed <= place:
                break  # decoding did begin where it should: the frame itself is at fault
        self._damaged.add(index)
        raise self._undecodable(index)

    def _advance(self, index: int, cancel: CancelToken | None) -> VideoFrame | None:
        """Decode on until `index`; None when the film passes it by. The frame read last is kept in `_ahead`."""
        for number, frame in self._frames:
            self._ahead, self._next = (number, frame), number + 1
            self._landed = number if self._landed is None else self._landed
            if number >= index:
                return frame if number == index else None
            if cancel is not None:
                cancel.check()
        self._next = -1
        return None

    def _seek(self, keyframe: int) -> None:
        """Place decoding at a keyframe. The beginning is found by opening anew, which every container allows."""
        if keyframe == 0:
            self.close()
        if self._container is None:
            self._expect_unchanged()
            self._container = open_container(self._facts.path)
            picture_stream(self._container, self._facts.path).thread_type = "AUTO"
        stream = picture_stream(self._container, self._facts.path)
        if keyframe:
            self._container.seek(self._index.pts[keyframe], stream=stream)
        self._frames, self._ahead, self._next = self._decoded(self._container, stream), None, keyframe
        self._landed = None

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[tuple[int, VideoFrame]]:
        """Frames from the current place on, with their numbers; what does not decode is left out."""
        for packet in chain(readable_packets(container.demux(stream)), (None,)):
            try:
                frames = stream.codec_context.decode(packet)  # None at the end: what the decoder still holds
            except av.FFmpegError:
                continue
            for frame in frames:
                stamp = frame.pts if frame.pts is not None else frame.dts
                number = self._number_of.get(stamp) if stamp is not None else None
                if number is not None:
                    yield number, frame

    def _image(self, index: int) -> VideoFrame:
        self._expect_unchanged()
        path = image_path(self._facts.path, self._facts.first_number + index)
        with opened(path) as container, media_errors(path, msg("decoded")):
            return next(container.decode(picture_stream(container, path)))

    def _expect_unchanged(self) -> None:
        """Raise `MediaError` where other content lies at the path by now; looked at once per opening."""
        if not self._is_known:
            check_unchanged(self._facts)
            self._is_known = True

    def _upright(self, frame: VideoFrame, size: tuple[int, int] | None) -> Pixels:
        video = self._facts.video
        turned = video.rotation_deg in (90, 270)
        target = size or (video.width, video.height)
        coded = (target[1], target[0]) if turned else target
        wanted = None if coded == (frame.width, frame.height) else coded
        pixels = rgb_pixels(frame, video.color, wanted, centred_chroma=video.codec == "mjpeg")
        turn = _TURNS.get(video.rotation_deg)
        upright: Any = pixels if turn is None else cv2.rotate(pixels, turn)
        return np.ascontiguousarray(upright)

    def _undecodable(self, index: int) -> MediaError:
        at = self._index.time_of(index)
        number = index + self._facts.first_number
        name = Path(self._facts.path).name
        return MediaError(
            tr(
                "Frame {number} of {name}, at {seconds:.2f} s, is missing or damaged and cannot be shown.",
                number=number,
                name=name,
                seconds=float(at),
            )
        )
