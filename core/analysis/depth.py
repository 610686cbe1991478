"""Depth of a scene that stands on a level ground, and the directions its surfaces face.

The pop-up of Hoiem, Efros, Hebert ("Automatic Photo Pop-up", 2005), softened: below the contact line depth is the ground
plane's, above it that of the line, receding a little. What is narrow and near (a car, a person) ends at its own height; what
is seen above it stands farther off, on the line that its neighbours show.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from core.analysis.appearance import Appearance
from core.analysis.contact import Contact
from core.analysis.flow import FloatImage
from core.analysis.guided import Guide
from core.camera import LEAST_BELOW, Camera

RECEDES_BELOW, RECEDES_ABOVE = 0.003, 0.001
"""Share by which a standing thing recedes per row of a 270-row picture: it hides small errors of the line."""
LOW_M, TALL_M = 1.7, 2.8
"""Heights, for a lens at usual height, up to which and from which a narrow thing does and does not reach."""
CAR_M: Final = 1.45
"""Up to which a car does, and no farther than LOW_M."""
DEEP: Final = 4.0
"""Of the distance to its foot, how much farther what no one built is seen on the whole, once well above the horizon."""
DEEP_UP: Final = 0.045
"""Tangent of the angle above the horizon from which that holds in full."""
TOWN: Final = 0.30
"""Share of houses among what stands from which none of it does: then there is a street, not a landscape."""
DEEP_FROM, DEEP_AT = 9.0, 28.0
"""Distances of the foot, in heights of the lens, from which it begins to and does: a hedge by the road is no hill."""
FAR_M: Final = 1500.0
"""Where hills lie that the air has made blue."""
HILLS: Final = 0.2
"""How far above the horizon, in heights, such hills may rise; what is higher is a crown or a roof against the sky."""
NARROW: Final = 0.2
"""Width, as a share of the picture's, that what stands there makes up for half of: so much is not narrow."""
BORDER: Final = 0.02
"""Width beside a car, as a share of the picture's, in which the line still runs down to it."""
BESIDE: Final = 0.06
"""How far beside a car, as a share of the picture's width, it is seen what stands behind it."""


def standing_depth(
    picture: Appearance, contact: Contact, sky: FloatImage, camera: Camera, solid: FloatImage
) -> FloatImage:
    """(H, W) inverse depth, 1/metre, 0 in the sky. `solid` is the share (H, W) of houses and vehicles."""
    near = np.log(pop_up(contact, camera))
    near -= np.log1p(_deep(near, contact, camera, solid, 1.0 - sky))
    weight = np.square(1.0 - sky) + 1e-3
    edges = Guide(picture.rgb, weight, max(2, round(8 * picture.scale)), eps=4e-3)
    smooth = np.clip(edges.smooth(near), near.min(), near.max())
    far = far_hills(picture, sky, camera.horizon)
    smooth += far * np.minimum(-np.log(FAR_M) - smooth, 0.0)
    return np.asarray(np.exp(smooth) * (1.0 - sky), np.float32)


def far_hills(picture: Appearance, sky: FloatImage, horizon: float) -> FloatImage:
    """(H, W) 0..1: what lies above the horizon and right below the sky, blue and of little contrast by the air before it.

    The aerial perspective of He, Sun, Tang ("Single Image Haze Removal", 2009): the blue of the air is added to all that is
    far, so nothing there stays dark or green. What is thinner than a hill is the soft border of the sky.
    """
    size = 2 * max(1, round(picture.scale)) + 1
    r, g, b = (cv2.blur(np.ascontiguousarray(picture.rgb[..., c]), (size, size)) for c in range(3))
    blue = np.clip(((b - np.maximum(r, g)) / (r + g + b + 0.02) - 0.01) / 0.03, 0.0, 1.0)
    light = np.ascontiguousarray(picture.lab[..., 0])
    mean = cv2.blur(light, (size, size))
    rough = np.sqrt(np.maximum(cv2.blur(light * light, (size, size)) - mean * mean, 0.0))
    plain = np.clip(2.0 - rough / 4.0, 0.0, 1.0)
    rise = horizon - picture.rows
    above = np.clip((rise + 0.01) / 0.02, 0.0, 1.0) * np.clip((HILLS - rise) / 0.05, 0.0, 1.0)
    hazy = np.asarray(blue * plain * above, np.float32)
    closed = cv2.morphologyEx(np.maximum(hazy, sky), cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    reached = np.minimum.accumulate(closed, axis=0) * (sky.max(axis=0) > 0.5)
    kernel = np.ones((2 * size - 1, 4 * size + 1), np.uint8)
    hills = cv2.morphologyEx(np.asarray(reached * (1.0 - sky) * above, np.float32), cv2.MORPH_OPEN, kernel)
    return np.asarray(hills.reshape(sky.shape), np.float32)


def pop_up(contact: Contact, camera: Camera) -> FloatImage:
    """(H, W) inverse depth, 1/metre, never 0: what is sky the caller knows.

    On the ground 1/Z = (row - horizon) / (focal · height), rows and focal length in picture heights.
    """
    height, _ = contact.ground.shape
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    plane = np.log(np.maximum(rows - camera.horizon, LEAST_BELOW))
    foot, behind = feet(contact, camera.horizon)
    rise = np.maximum(contact.rows[None, :] - rows, 0.0)
    lens = rise / np.maximum(np.exp(foot), LEAST_BELOW)  # how high above its foot, in heights of the lens
    stays = np.clip((TALL_M - 1.4 * lens) / (TALL_M - LOW_M), 0.0, 1.0)
    if contact.cars is not None:
        stays *= 1.0 - contact.cars * np.clip((1.4 * lens - CAR_M) / (LOW_M - CAR_M), 0.0, 1.0)
    thing = behind + (foot - behind) * stays
    above = np.minimum(rise, np.maximum(camera.horizon - rows, 0.0))
    thing = thing - 270.0 * (RECEDES_BELOW * (rise - above) + RECEDES_ABOVE * above)
    mixed = contact.ground * plane + (1.0 - contact.ground) * np.maximum(thing, np.log(LEAST_BELOW))
    return np.asarray(np.exp(mixed) / (camera.focal * camera.height_m), np.float32)


def _deep(near: FloatImage, contact: Contact, camera: Camera, solid: FloatImage, open_share: FloatImage) -> FloatImage:
    """How much farther than its foot each thing is, as a share of that distance, (H, W); `near` is log inverse depth.

    A pop-up stands all of a column on its lowest foot. Houses and vehicles do stand there; but woods are many trees deep,
    and the hills above them lie far behind. Between houses trees stand as the houses do.
    """
    height, _ = near.shape
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    up = np.clip((camera.horizon - rows) / (camera.focal * DEEP_UP), 0.0, 1.0)
    away = np.clip((np.exp(-near) / camera.height_m - DEEP_FROM) / (DEEP_AT - DEEP_FROM), 0.0, 1.0)
    standing = (1.0 - contact.ground) * (up > 0.0) * open_share
    town = min(1.0, float((solid * standing).sum()) / (TOWN * float(standing.sum()) + 1.0))
    loose = np.clip(1.0 - solid, 0.0, 1.0) * (1.0 - contact.ground)
    share = cv2.blur(np.asarray(loose, np.float32), (5, 5)) * (1.0 - town)
    return np.asarray(DEEP * share * up * up * (3.0 - 2.0 * up) * away, np.float32)


def feet(contact: Contact, horizon: float) -> tuple[FloatImage, FloatImage]:
    """(1, W) each: log rows below the horizon of what stands in each column, and of what stands behind what is narrow."""
    near = np.log(np.maximum(contact.rows - horizon, LEAST_BELOW))[None, :].astype(np.float32)
    width = near.shape[1]
    size = 2 * max(1, round(NARROW * width / 2)) + 1
    line = near[0] if contact.cars is None else _past(near[0], contact.cars)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(line, size // 2, mode="edge"), size)
    behind = np.median(windows, axis=1).astype(np.float32)[None]
    behind = np.asarray(cv2.GaussianBlur(behind, (0, 0), max(0.5, width / 60), borderType=cv2.BORDER_REPLICATE))
    return near, np.asarray(np.minimum(behind.reshape(1, width), near), np.float32)


def _past(line: FloatImage, cars: FloatImage) -> FloatImage:
    """(W,): the line as the columns without cars show it (normalised convolution, Knutsson and Westin 1993)."""
    width = len(line)
    around = np.ones((1, 2 * round(BORDER * width) + 1), np.uint8)
    wider = cv2.blur(cv2.dilate(cars[None], around), around.shape[::-1], borderType=cv2.BORDER_REPLICATE)
    cars = np.asarray(wider.reshape(width), np.float32)
    free = np.square(1.0 - cars) + 1e-6
    parts = np.stack((line * free, free)).astype(np.float32)
    beside, wide = (
        cv2.GaussianBlur(parts, (0, 0), max(1.0, share * width), sigmaY=0.01, borderType=cv2.BORDER_REPLICATE)
        for share in (BESIDE, 2.5 * BESIDE)  # a car may fill more of the picture than lies beside it
    )
    past = (beside[0] + 1e-3 * wide[0] / wide[1]) / (beside[1] + 1e-3)
    return np.asarray(cars * past + (1.0 - cars) * line, np.float32)
