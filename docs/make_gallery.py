"""Draw the gallery: every preset on every clip as a contact sheet, and as short films with their flicker scores.

make gallery                                  the demo street, and the real clips where their folder is there
python docs/make_gallery.py --clip ROAD.mp4   another clip as well
python docs/make_gallery.py --blind           numbered cells in a random order, the source among them, to be judged

Sheets and films go to `out/gallery`; the demo's sheet is also the one in the user guide.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.threads import wait_without_spinning  # noqa: E402

wait_without_spinning()

import cv2  # noqa: E402
import numpy as np  # noqa: E402

from app.bootstrap import build_services  # noqa: E402
from app.cli_render import Silent, run_export  # noqa: E402
from app.demo import make_demo  # noqa: E402
from core.cancel import CancelToken  # noqa: E402
from core.document.commands import clip_from  # noqa: E402
from core.document.model import Clip, Look, Project  # noqa: E402
from core.document.session import new_project  # noqa: E402
from core.document.storage import load_project  # noqa: E402
from core.ids import JobId  # noqa: E402
from core.media.probe import probe  # noqa: E402
from core.presets import Preset, presets  # noqa: E402
from core.render.media_plan import canvas_sizes  # noqa: E402
from core.render.messages import ExportRequest, ExportSettings  # noqa: E402
from core.render.plan import plan_frame  # noqa: E402
from core.render.renderer import Renderer  # noqa: E402
from core.timebase import Time, TimeRange  # noqa: E402

FOOTAGE: Final = Path(os.environ.get("WEATHERVANE_FOOTAGE") or ROOT.parent / "shared" / "footage")
REAL_CLIPS: Final = ("highway.mp4", "coast.mp4", "waterfall_portrait_c2pa.mp4", "carpark.mp4")
CELL: Final = (640, 400)
"""Room for a picture in a sheet, pixels."""
COLUMNS: Final = 5
CAPTION_PX: Final = 34
FILM_LENGTH: Final = Time(Fraction(2))
FILM_LONG_SIDE: Final = 480
INK, PAPER = (225, 225, 225), (24, 24, 24)
Image = np.ndarray


@dataclass(frozen=True)
class Subject:
    """A clip of the gallery: a project that holds just it, as shot."""

    name: str
    project: Project

    @property
    def clip(self) -> Clip:
        return next(self.project.pictures())

    @property
    def middle(self) -> Time:
        return Time(self.clip.span.duration.seconds / 2)

    def wearing(self, preset: Preset | None) -> Project:
        look = Look() if preset is None else replace(Look(), base=preset.condition, name=preset.title)
        return self.project.with_clip(replace(self.clip, look=look, masks=()))

    def size(self, room: tuple[int, int]) -> tuple[int, int]:
        """The picture's size inside `room`, even sides."""
        scale = min(room[0] / self.project.width, room[1] / self.project.height)
        return int(self.project.width * scale) // 2 * 2, int(self.project.height * scale) // 2 * 2


def subjects(more: Sequence[str]) -> Iterator[Subject]:
    demo = load_project(make_demo(lambda _: None)).project
    clip = next(demo.pictures())
    yield Subject("demo", replace(demo, tracks=(replace(demo.tracks[0], clips=(clip,)),)))
    real = [FOOTAGE / name for name in REAL_CLIPS]
    for path in [p for p in real if p.exists()] + [Path(p) for p in more]:
        facts = probe(path)
        yield Subject(path.stem, clip_from(new_project(path.stem), facts).apply(new_project(path.stem)).project)


# ---- stills ---------------------------------------------------------------------------------------------------


class Stills:
    """Frames through the very plan and renderer of the editor."""

    def __init__(self) -> None:
        self._services = build_services("cpu")
        self._renderer = Renderer(self._services, lambda *_: None)

    def of(self, subject: Subject, preset: Preset | None) -> Image:
        """(H, W, 3) uint8 BGR, the middle of the clip, as large as a cell allows."""
        size = subject.size(CELL)
        params = self._renderer.plan_params(canvas_sizes(size), size)
        plan = plan_frame(subject.wearing(preset), subject.middle, params)
        frame = self._renderer.frame(plan.result, CancelToken())
        return np.ascontiguousarray(self._services.color.to_display(frame)[..., :3])

    def close(self) -> None:
        self._renderer.close()


def sheet(cells: Sequence[tuple[str, Image]]) -> Image:
    """The cells in rows of COLUMNS, each with its caption below."""
    height = max(image.shape[0] for _, image in cells)
    width = max(image.shape[1] for _, image in cells)
    framed = [_framed(caption, image, width, height) for caption, image in cells]
    framed += [np.full_like(framed[0], PAPER[0])] * (-len(framed) % COLUMNS)
    return np.vstack([np.hstack(framed[i : i + COLUMNS]) for i in range(0, len(framed), COLUMNS)])


def _framed(caption: str, image: Image, width: int, height: int) -> Image:
    cell = np.full((height + CAPTION_PX, width + 8, 3), PAPER[0], np.uint8)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2 + 4
    cell[top : top + image.shape[0], left : left + image.shape[1]] = image
    cv2.putText(cell, caption, (left, height + 23), cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 1, cv2.LINE_AA)
    return cell


# ---- films ----------------------------------------------------------------------------------------------------


def film(subject: Subject, preset: Preset, folder: Path) -> str:
    """Write two seconds from the middle of the clip; its flicker beside the source's, as a caption."""
    size = subject.size((FILM_LONG_SIDE, FILM_LONG_SIDE))
    out, report = folder / f"{subject.name}_{preset.id}.mp4", folder / f"{subject.name}_{preset.id}.json"
    end = min(subject.middle + FILM_LENGTH, subject.clip.span.end)
    settings = ExportSettings(str(out), width=size[0], height=size[1], report=str(report), keep_audio=False)
    request = ExportRequest(JobId("gallery"), subject.wearing(preset), TimeRange(subject.middle, end), settings)
    run_export(request, "cpu", Silent())
    flicker = json.loads(report.read_text())["flicker"]
    if flicker is None or flicker["mean"] is None:
        return "flicker not measured"
    return f"flicker {flicker['mean']:.2f} (source {flicker['source_mean']:.2f})"


# ---- the whole ------------------------------------------------------------------------------------------------


def draw(out: Path, more: Sequence[str], *, films: bool, guide: Path | None) -> None:
    """Sheets of all clips, with the scores of their films."""
    stills = Stills()
    for subject in subjects(more):
        cells = [("Source", stills.of(subject, None))]
        for preset in presets():
            score = film(subject, preset, out) if films else ""
            cells.append((f"{preset.title}   {score}".rstrip(), stills.of(subject, preset)))
            print(f"{subject.name:<28} {preset.title:<14} {score}", flush=True)
        picture = sheet(cells)
        cv2.imwrite(str(out / f"{subject.name}.png"), picture)
        if guide is not None and subject.name == "demo":
            cv2.imwrite(str(guide), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    stills.close()


def draw_blind(out: Path, more: Sequence[str], seed: int) -> None:
    """The same cells without names, the source hidden twice among them; `key.json` says which is which."""
    stills, order, key = Stills(), random.Random(seed), {}
    for subject in subjects(more):
        wanted: list[Preset | None] = [*presets(), None, None]
        order.shuffle(wanted)
        cells = [(f"{n}", stills.of(subject, preset)) for n, preset in enumerate(wanted, start=1)]
        cv2.imwrite(str(out / f"blind_{subject.name}.png"), sheet(cells))
        key[subject.name] = {n: "source" if p is None else p.id for n, p in enumerate(wanted, start=1)}
    stills.close()
    (out / "key.json").write_text(json.dumps(key, indent=1) + "\n")


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Draw every preset on every clip.")
    parser.add_argument("--out", default=str(ROOT / "out" / "gallery"), metavar="FOLDER")
    parser.add_argument("--clip", action="append", default=[], metavar="CLIP", help="one more clip; may be repeated")
    parser.add_argument("--no-films", action="store_true", help="sheets only")
    parser.add_argument("--no-guide", action="store_true", help="leave the picture in the user guide alone")
    parser.add_argument("--blind", action="store_true", help="numbered cells in a random order, to be judged")
    parser.add_argument("--seed", type=int, default=1, help="of the blind order")
    asked = parser.parse_args(arguments)
    out = Path(asked.out)
    out.mkdir(parents=True, exist_ok=True)
    if asked.blind:
        draw_blind(out, asked.clip, asked.seed)
    else:
        guide = None if asked.no_guide else ROOT / "docs" / "images" / "gallery.jpg"
        draw(out, asked.clip, films=not asked.no_films, guide=guide)
    print(f"The gallery is in {out}.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
