"""What the engine is held against: FFmpeg decoding the same frames through its own float `lut3d` and `gblur`."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import av
import av.filter
import numpy as np
import numpy.typing as npt

BLUR_SIGMA_SHARE = 0.012
"""Of the picture's height: about the reach of a bloom."""


def lut_and_blur_ms(clip: Path, folder: Path, count: int) -> float:
    """Median wall time a frame: decode, grade, blur, and convert to what a screen takes."""
    cube = night_cube(folder / "night.cube")
    with av.open(str(clip)) as film:
        stream = film.streams.video[0]
        stream.thread_type = "AUTO"
        graph = av.filter.Graph()
        sigma = BLUR_SIGMA_SHARE * stream.height
        nodes = [
            graph.add_buffer(template=stream),
            graph.add("format", "gbrpf32le"),
            graph.add("lut3d", f"file={cube}:interp=tetrahedral"),
            graph.add("gblur", f"sigma={sigma:.2f}"),
            graph.add("format", "bgra"),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*nodes).configure()
        spent = []
        began = time.perf_counter()
        for frame in film.decode(stream):
            graph.push(frame)
            graph.pull()
            now = time.perf_counter()
            spent.append((now - began) * 1000.0)
            began = now
            if len(spent) > count:
                break
    return statistics.median(spent[1:])


def histograms_ms(picture: npt.NDArray[np.uint8], count: int) -> float:
    """Median wall time of `numpy.histogram` over the three channels of a picture, the least that any scope counts."""
    spent = []
    for _ in range(count):
        began = time.perf_counter()
        for channel in range(3):
            np.histogram(picture[..., channel], 256, (0, 256))
        spent.append((time.perf_counter() - began) * 1000.0)
    return statistics.median(spent)


def night_cube(path: Path) -> Path:
    """A 33³ look: darker, bluer, as a night grade is."""
    if not path.exists():
        at = np.linspace(0.0, 1.0, 33)
        blue, green, red = np.meshgrid(at, at, at, indexing="ij")
        rows = np.stack([0.35 * red**1.6, 0.45 * green**1.6, 0.7 * blue**1.6], axis=-1).reshape(-1, 3)
        body = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in rows)
        path.write_text(f"LUT_3D_SIZE 33\n{body}\n", encoding="ascii")
    return path
