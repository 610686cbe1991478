"""What surfaces are made of, as soft probabilities: colour and grain say which material, the contact line where it lies.

Below the line lie road, path, grass and water, above it plant, building, vehicle and glass; what is none of them, such as rock,
is left over, so the classes of a pixel sum to at most 1. Everything is continuous in the picture, and so steady in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance, logistic
from core.analysis.contact import Contact, Doubles
from core.analysis.depth import feet
from core.analysis.flow import FloatImage
from core.camera import Camera
from core.scene import SurfaceClass

LEVEL: Final = 0.03
"""How far, in heights, the lower border of the sky may lie from the horizon where the sea ends there."""
STRAIGHT: Final = 0.005
"""How far it may depart there from a line."""
BANK: Final = 0.15
"""How far above the foot of a slope, in heights, grass may still grow on it."""
CAR_M: Final = 2.0
"""Height up to which what stands on the road by itself may be a vehicle."""


def surface_classes(
    picture: Appearance, sky: FloatImage, water: FloatImage, contact: Contact | None, camera: Camera
) -> FloatImage:
    """(8, H, W) in the order of `SurfaceClass`. `water` is `open_water`. Without a contact line only what grows is told."""
    look = _Look.of(picture)
    open_share = 1.0 - sky
    growing = logistic(look.growing)
    planes: dict[SurfaceClass, Doubles] = dict.fromkeys(SurfaceClass, np.zeros_like(sky))
    if contact is None:
        planes[SurfaceClass.PLANT] = growing * open_share
        return np.asarray(np.stack([planes[kind] for kind in SurfaceClass]), np.float32)
    ground = contact.ground * open_share
    standing = (1.0 - contact.ground) * open_share
    dry = np.asarray(1.0 - water, np.float32)
    turf = np.asarray(_whole(logistic(look.turf), picture.scale) * dry, np.float32)
    paved = np.asarray(logistic(_paved(picture, contact, camera)) * (dry - turf), np.float32)
    vehicle = _vehicle(picture, contact, camera) * (1.0 - 0.7 * growing)
    bank = turf * np.clip(1.0 - (contact.rows[None, :] - picture.rows) / BANK, 0.0, 1.0)
    rest = (1.0 - growing) * (1.0 - vehicle)
    wall = logistic(look.built) * (1.0 - bank) * rest
    glass = _glass(picture)
    planes[SurfaceClass.WATER] = water * ground
    planes[SurfaceClass.GRASS] = turf * ground + bank * rest * standing
    planes[SurfaceClass.ROAD] = paved * ground
    planes[SurfaceClass.PATH] = (dry - turf - paved) * ground
    planes[SurfaceClass.PLANT] = growing * (1.0 - vehicle) * standing
    planes[SurfaceClass.VEHICLE] = vehicle * (1.0 - glass) * standing
    planes[SurfaceClass.BUILDING] = wall * (1.0 - glass) * standing
    planes[SurfaceClass.GLASS] = (wall + vehicle) * glass * standing
    return np.asarray(np.stack([planes[kind] for kind in SurfaceClass]).clip(0.0, 1.0), np.float32)


def _whole(matte: FloatImage, scale: float) -> FloatImage:
    """A matte without what is thin, such as yellow lines on a road. Eight bits are fine enough, and blurred after."""
    size = 2 * max(1, round(4 * scale)) + 1
    calm = cv2.medianBlur(np.asarray(matte * 255.0 + 0.5, np.uint8), size)
    return np.asarray(cv2.blur(calm.astype(np.float32), (3, 3)) / 255.0, np.float32)


@dataclass(frozen=True, slots=True)
class _Look:
    """Log-odds (H, W) by looks alone."""

    growing: FloatImage
    turf: FloatImage
    built: FloatImage

    @staticmethod
    def of(picture: Appearance) -> _Look:
        size = 2 * max(1, round(2 * picture.scale)) + 1
        r, g, b = (cv2.blur(np.ascontiguousarray(picture.rgb[..., c]), (size, size)) for c in range(3))
        light, a, yellow = (cv2.blur(np.ascontiguousarray(picture.lab[..., c]), (size, size)) for c in range(3))
        total = r + g + b + 0.06
        green, warm, blue = (2.0 * g - r - b) / total, (r - b) / total, (b - g) / total
        chroma = np.hypot(a, yellow)
        busy, squared, direction = _grain(picture)
        rough = np.clip(busy / 4.0, 0.0, 1.0)
        dark = np.clip((32.0 - light) / 15.0, 0.0, 1.0)
        autumn = np.clip((chroma - 15.0) / 8.0, 0.0, 1.0) * np.clip((warm - 0.10) / 0.06, 0.0, 1.0)
        irregular = np.clip((0.84 - squared) / 0.10, 0.0, 1.0)
        cool = np.maximum(blue - 0.005, 0.0)
        hue = np.clip(90.0 * (green - 0.015), -2.5, 5.0)
        growing = (
            hue + 2.2 * rough * irregular + 1.2 * dark * rough + 3.5 * autumn * rough * irregular - 40.0 * cool - 1.6
        )
        turf = 110.0 * (green - 0.008) + 0.3 * (chroma - 11.5) - 40.0 * cool
        one_way = np.clip(np.abs(direction) - 0.6, 0.0, 0.4)  # as a skyline or a kerb is; façades have both
        built = 14.0 * (squared - 0.72) + 0.8 - 12.0 * one_way - 15.0 * cool - 1.5 * dark
        return _Look(*(np.asarray(v, np.float32) for v in (growing, np.clip(turf, -5, 5), built)))


def _grain(picture: Appearance) -> tuple[FloatImage, FloatImage, FloatImage]:
    """How busy (steps of L a pixel), how far along the picture's axes (0.5 .. 1), and along which (-1 level .. 1 upright)."""
    light = np.ascontiguousarray(picture.lab[..., 0])
    across, up = (cv2.Sobel(light, cv2.CV_32F, dx, 1 - dx, scale=1 / 8) for dx in (1, 0))
    size = 2 * max(1, round(8 * picture.scale)) + 1
    energy = cv2.blur(across * across + up * up, (size, size))
    difference = across * across - up * up
    squared = cv2.blur(np.abs(difference), (size, size)) / (energy + 0.05)
    return (
        np.asarray(np.sqrt(energy), np.float32),
        np.asarray(squared, np.float32),
        np.asarray(cv2.blur(difference, (size, size)) / (energy + 0.05), np.float32),
    )


def _paved(picture: Appearance, contact: Contact, camera: Camera) -> FloatImage:
    """Log-odds that the ground is of one piece with what lies ahead of the camera, and grey.

    Lightness counts little: shade, paint and patches change it, hue hardly.
    """
    below = (picture.rows - camera.horizon) / max(1.0 - camera.horizon, 0.05)
    across = np.abs((np.arange(picture.width, dtype=np.float32) + 0.5) / picture.width - 0.5)[None, :]
    ahead = np.clip((below - 0.25) / 0.1, 0.0, 1.0) * np.clip((0.06 + 0.3 * below - across) / 0.05, 0.0, 1.0)
    ahead = ahead * contact.ground + 1e-4
    size = 2 * max(1, round(3 * picture.scale)) + 1
    lab = cv2.blur(picture.lab, (size, size))
    mean = (lab * ahead[..., None]).sum((0, 1)) / ahead.sum()
    apart = np.sqrt(0.09 * np.square(lab[..., 0] - mean[0]) + np.square(lab[..., 1:] - mean[1:]).sum(-1))
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    return np.asarray(0.5 * (7.0 - apart) + 0.35 * (12.0 - chroma), np.float32).clip(-5.0, 5.0)


def open_water(picture: Appearance, sky: FloatImage, camera: Camera) -> FloatImage:
    """(H, W) 0..1, only where the sky comes straight down to the level horizon over a stretch: an open sea or lake.

    From there it reaches down as far as the surface looks the same: cool, with level waves. Wet sand is warmer.
    """
    height, width = sky.shape
    inside = sky > 0.5
    border = ((height - np.argmax(inside[::-1], axis=0)) / height).astype(np.float32)[None]
    run = 2 * max(1, round(0.04 * width)) + 1
    line = cv2.blur(border, (run, 1), borderType=cv2.BORDER_REPLICATE)
    level = np.exp(-np.square((line - camera.horizon) / LEVEL) - np.square((border - line) / STRAIGHT))
    level = np.asarray(level * inside.any(axis=0), np.float32)
    level = cv2.erode(cv2.blur(level, (run // 4 * 2 + 1, 1)), np.ones((1, run), np.uint8)).reshape(1, width)
    share = float(np.clip((level.mean() - 0.06) / 0.08, 0.0, 1.0))
    if share == 0.0:
        return np.zeros_like(sky)
    below = picture.rows - line.reshape(1, width)
    strip = np.clip(1.0 - np.abs(below - 0.04) / 0.03, 0.0, 1.0) * level + 1e-6
    size = 2 * max(1, round(3 * picture.scale)) + 1
    lab = cv2.blur(picture.lab, (size, size))
    mean = (lab * strip[..., None]).sum((0, 1)) / strip.sum()
    apart = np.sqrt(0.05 * np.square(lab[..., 0] - mean[0]) + np.square(lab[..., 1:] - mean[1:]).sum(-1))
    busy, _, direction = _grain(picture)
    waves = np.clip(-2.0 * direction, -1.0, 1.2) * np.clip(busy, 0.0, 1.0)
    odds = 1.2 * (3.2 - apart) + 1.5 * waves - 0.8 * np.maximum(lab[..., 2] - 1.0, 0.0)
    like = np.asarray(logistic(np.asarray(odds, np.float32)) * np.clip(below * height + 1.0, 0.0, 1.0), np.float32)
    cool = float(logistic(np.asarray(2.0 * (0.5 - mean[2]) + 1.0, np.float32)))
    return np.asarray(_reached(like, np.asarray(strip, np.float32)) * (share * cool) * (1.0 - sky), np.float32)


def _reached(like: FloatImage, seed: FloatImage) -> FloatImage:
    """What the seed reaches through what is like it: reconstruction by dilation (Vincent 1993) at a quarter size."""
    height, width = like.shape
    size = width // 4 + 1, height // 4 + 1
    room = cv2.resize(like, size, interpolation=cv2.INTER_AREA)
    reached = np.minimum(cv2.resize(seed, size, interpolation=cv2.INTER_AREA), room)
    for _ in range(sum(size)):
        grown = np.minimum(cv2.dilate(reached, np.ones((3, 3), np.uint8)), room)
        if np.array_equal(grown, reached):
            break
        reached = grown
    return np.minimum(like, np.asarray(cv2.resize(reached, (width, height)), np.float32))


def _vehicle(picture: Appearance, contact: Contact, camera: Camera) -> FloatImage:
    """(H, W) 0..1: what stands on the ground by itself, nearer than most beside it, and is no higher than a van."""
    foot, behind = feet(contact, camera.horizon)
    alone = np.clip((foot - behind - 0.15) / 0.25, 0.0, 1.0)
    rise = (contact.rows[None, :] - picture.rows) / np.exp(foot) * camera.height_m
    low = np.clip((CAR_M - rise) / 0.5, 0.0, 1.0) * np.clip(rise / 0.15, 0.0, 1.0)
    return np.asarray(0.85 * alone * low, np.float32)


def _glass(picture: Appearance) -> FloatImage:
    """(H, W) 0..1: plain grey patches that are darker or bluer than the wall which frames them, as panes are by day."""
    near, far = (2 * max(1, round(r * picture.scale)) + 1 for r in (2, 14))
    planes = [np.ascontiguousarray(picture.lab[..., c]) for c in range(3)]
    light, green, yellow = (cv2.blur(plane, (near, near)) for plane in planes)
    around, _, warm = (cv2.blur(plane, (far, far)) for plane in planes)
    darker = (around - light) / (around + 5.0)
    pane = np.maximum(np.clip((darker - 0.09) / 0.16, 0.0, 1.0), np.clip((warm - yellow - 3.5) / 7.0, 0.0, 1.0))
    pane *= np.clip((darker + 0.12) / 0.08, 0.0, 1.0)
    return np.asarray(0.8 * pane * np.clip((16.0 - np.hypot(green, yellow)) / 8.0, 0.0, 1.0), np.float32)
