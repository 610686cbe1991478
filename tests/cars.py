"""Cars on a grey road, drawn where geometry puts them."""

from __future__ import annotations

import cv2
import numpy as np

from core.analysis.appearance import Appearance
from core.camera import Camera
from core.objects import Box

SIZE = WIDTH, HEIGHT = 640, 360
CAMERA = Camera(focal=1.1, horizon=0.5, height_m=1.4)
ROAD, DARK = 0.42, 0.05


def car_box(distance: float, aside: float) -> Box:
    """Where the rear of a car stands in the picture; `aside` metres to the right."""
    scale = CAMERA.focal / distance
    x, bottom = 0.5 + scale * aside * HEIGHT / WIDTH, CAMERA.horizon + scale * CAMERA.height_m
    half, tall = 0.9 * scale * HEIGHT / WIDTH, 1.48 * scale
    return Box(x - half, bottom - tall, x + half, bottom)


def street(*cars: Box, seed: int = 3) -> Appearance:
    """A grey road under a sky, with cars: a body of texture, a dark underside, two red lamps."""
    rng = np.random.default_rng(seed)
    picture = np.full((HEIGHT, WIDTH, 3), 0.75, np.float32)
    picture[int(CAMERA.horizon * HEIGHT) :] = ROAD
    picture += rng.normal(0.0, 0.004, picture.shape).astype(np.float32)
    for number, box in enumerate(sorted(cars, key=lambda b: b.bottom)):
        x0, y0 = round(box.left * WIDTH), round(box.top * HEIGHT)
        x1, y1 = round(box.right * WIDTH), round(box.bottom * HEIGHT)
        body = np.random.default_rng(number).uniform(0.2, 0.9, (6, 6, 1)).repeat(3, 2).astype(np.float32)
        body = np.maximum(body, body[:, ::-1])
        face = cv2.resize(body, (x1 - x0, y1 - y0), interpolation=cv2.INTER_NEAREST)
        h, w = face.shape[:2]
        face[-max(2, h // 8) :] = DARK
        for left in (0.04, 0.78):
            face[int(0.35 * h) : int(0.5 * h), int(left * w) : int((left + 0.18) * w)] = (0.8, 0.1, 0.1)
        _paste(picture, face, x0, y0)
    return Appearance(np.clip(cv2.GaussianBlur(picture, (0, 0), 0.6), 0.0, 1.0))


def _paste(picture: np.ndarray, face: np.ndarray, x0: int, y0: int) -> None:
    a, b = max(0, x0), min(WIDTH, x0 + face.shape[1])
    c, d = max(0, y0), min(HEIGHT, y0 + face.shape[0])
    picture[c:d, a:b] = face[c - y0 : d - y0, a - x0 : b - x0]
