"""The ground: what its surface looks like in a shot, and where it lies in a frame.

Colour and grain of the ground are learned over the shot, from a wedge ahead of the camera against what stands above the
horizon, and then from the frames' own contact lines. A frame's ground is what lies below its contact line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import GRID, Appearance, ColorTable, color_histogram, color_table, look_up
from core.analysis.contact import Contact, find_contact
from core.analysis.flow import FloatImage
from core.analysis.grain import CELLS, Grain, GrainTable, grain_histogram, grain_table
from core.analysis.pace import Pause, no_pause, with_pauses
from core.analysis.underside import over_undersides

ROUNDS: Final = 3
OF_COLOR, OF_GRAIN, OF_EDGES = 0.8, 0.7, 2.5
"""Weights of the evidence."""
OF_CARS: Final = 2.5
"""Log-odds against the ground over the underside of a car."""
SEED_SHARE: Final = 0.3
"""How far the wedge is believed against the frames' own lines."""


@dataclass(frozen=True, slots=True)
class GroundModel:
    """What the ground of a shot looks like."""

    colors: ColorTable
    grain: GrainTable

    def as_numbers(self) -> tuple[float, ...]:
        return (*self.colors, *self.grain)

    @staticmethod
    def of_numbers(numbers: tuple[float, ...]) -> GroundModel:
        colors = int(np.prod(GRID))
        if len(numbers) != colors + CELLS * CELLS:
            raise ValueError(f"a ground model has {colors + CELLS * CELLS} numbers, not {len(numbers)}")
        return GroundModel(numbers[:colors], numbers[colors:])


def fit_ground(
    samples: Sequence[Appearance], skies: Sequence[FloatImage], horizon: float, pause: Pause = no_pause
) -> GroundModel:
    """Looks of the ground over the shot. `skies` are the sky mattes of the samples."""
    grains = [Grain.of(sample) for sample in with_pauses(samples, pause)]
    seeds = [_seed(sample, horizon) for sample in samples]
    inside = seeds
    outside = [_above(sample, sky, horizon) for sample, sky in zip(samples, skies, strict=True)]
    model = _learned(samples, grains, inside, outside)
    for _ in range(ROUNDS - 1):
        grounds = [
            _contact(sample, grain, model, sky, horizon).ground
            for sample, grain, sky in zip(with_pauses(samples, pause), grains, skies, strict=True)
        ]
        inside = [
            (SEED_SHARE * seed + (1.0 - SEED_SHARE) * ground) * (1.0 - sky)
            for seed, ground, sky in zip(seeds, grounds, skies, strict=True)
        ]
        outside = [
            (1.02 - ground) * (1.0 - sky) * (1.0 - seed)
            for seed, ground, sky in zip(seeds, grounds, skies, strict=True)
        ]
        model = _learned(samples, grains, inside, outside)
    return model


def ground_contact(
    picture: Appearance, model: GroundModel, sky: FloatImage, horizon: float, told: FloatImage | None = None
) -> Contact:
    """The contact line of a frame. `told` are log-odds of ground (H, W) from elsewhere, such as a segmentation."""
    return _contact(picture, Grain.of(picture), model, sky, horizon, told)


def _contact(
    picture: Appearance,
    grain: Grain,
    model: GroundModel,
    sky: FloatImage,
    horizon: float,
    told: FloatImage | None = None,
) -> Contact:
    looks = OF_COLOR * look_up(model.colors, picture) + OF_GRAIN * grain.look_up(model.grain)
    over = over_undersides(picture, looks, horizon)
    odds = (looks + _place(picture, horizon)) * (1.0 - over) - OF_CARS * over
    if told is not None:
        odds = odds + told
    odds = np.asarray(odds * (1.0 - sky) - 6.0 * sky, np.float32)
    return replace(find_contact(odds, OF_EDGES * _steps(picture), horizon), cars=over.max(axis=0))


def _learned(
    samples: Sequence[Appearance], grains: Sequence[Grain], inside: Sequence[FloatImage], outside: Sequence[FloatImage]
) -> GroundModel:
    colors = (
        np.asarray(np.sum([color_histogram(s, w) for s, w in zip(samples, weights, strict=True)], axis=0), np.float32)
        for weights in (inside, outside)
    )
    grain = (
        np.asarray(np.sum([grain_histogram(g, w) for g, w in zip(grains, weights, strict=True)], axis=0), np.float32)
        for weights in (inside, outside)
    )
    return GroundModel(color_table(*colors), grain_table(*grain))


def _seed(picture: Appearance, horizon: float) -> FloatImage:
    """A wedge that opens from the horizon to the bottom edge: in most shots there is ground ahead."""
    below = (picture.rows - horizon) / max(1.0 - horizon, 0.05)
    across = np.abs((np.arange(picture.width, dtype=np.float32) + 0.5) / picture.width - 0.5)[None, :]
    wedge = np.clip((below - 0.12) / 0.08, 0.0, 1.0) * np.clip((0.08 + 0.42 * below - across) / 0.05, 0.0, 1.0)
    return np.asarray(wedge * np.ones((1, picture.width), np.float32), np.float32)


def _above(picture: Appearance, sky: FloatImage, horizon: float) -> FloatImage:
    """What surely is no ground: all above the horizon that is not sky; a little of everything below keeps it honest."""
    above = np.clip((horizon - 0.01 - picture.rows) / 0.02, 0.0, 1.0)
    return np.asarray((above + 0.03) * (1.0 - sky), np.float32)


def _place(picture: Appearance, horizon: float) -> FloatImage:
    """(H, W) log-odds by place. Far to the side, in the camera's own heights, something else is likely to stand."""
    below = picture.rows - horizon
    across = np.abs((np.arange(picture.width, dtype=np.float32) + 0.5 - picture.width / 2) / picture.height)[None, :]
    aside = np.clip(across / np.maximum(below, 0.01) / 6.0 - 1.0, 0.0, 1.0)
    return np.asarray(np.where(below > 0, np.minimum(15.0 * below - 0.3, 2.0), -8.0) - aside, np.float32)


def _steps(picture: Appearance) -> FloatImage:
    """(H, W) 0..2: level edges that stand out from what lies around, as at the foot of things."""
    step = np.zeros((picture.height, picture.width), np.float32)
    for channel in range(3):
        plane = cv2.GaussianBlur(np.ascontiguousarray(picture.lab[..., channel]), (0, 0), 1.0)
        up = np.asarray(cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=1 / 8), np.float32)
        step = np.maximum(step, np.abs(up))
    along, around = (2 * max(1, round(r * picture.scale)) + 1 for r in (4, 30))
    wide = cv2.dilate(cv2.blur(step, (along, 1)), np.ones((3, 1), np.uint8))
    return np.asarray(np.clip(wide / (cv2.blur(wide, (around, around)) + 1.0) - 1.0, 0.0, 2.0), np.float32)
