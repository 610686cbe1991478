"""Which way surfaces face: the ground up, what stands on it level, as its contact line runs. Never differentiated depth."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from core.analysis.contact import Contact
from core.analysis.flow import FloatImage
from core.camera import LEAST_BELOW, Camera

SPAN: Final = 0.06
"""Half the width, as a share of the picture's, over which the run of the contact line is taken."""
BREAK: Final = 0.7
"""Step of log depth over that span beyond which the line has passed from one thing to another."""


def surface_normals(contact: Contact, sky: FloatImage, camera: Camera) -> FloatImage:
    """(3, H, W) unit normals, right, up, ahead in the level camera frame, fading to zero in the sky."""
    standing = _standing(contact, camera)
    ground = contact.ground[None]
    mixed = ground * np.array([0.0, 1.0, 0.0], np.float32)[:, None, None] + (1.0 - ground) * standing[:, None, :]
    return np.asarray(mixed / np.linalg.norm(mixed, axis=0, keepdims=True) * (1.0 - sky), np.float32)


def facing_normals(sky: FloatImage) -> FloatImage:
    """(3, H, W): towards the camera everywhere, where no ground plane is known."""
    toward = np.array([0.0, 0.0, -1.0], np.float32)[:, None, None]
    return np.asarray(toward * (1.0 - sky), np.float32)


def _standing(contact: Contact, camera: Camera) -> FloatImage:
    """(3, W) level normals: across the contact line where that is one thing's, else towards the camera."""
    height, width = contact.ground.shape
    across = ((np.arange(width) + 0.5) / width - 0.5) * (width / height) / camera.focal
    below = np.maximum(contact.rows - camera.horizon, LEAST_BELOW)
    below = cv2.GaussianBlur(below[None].astype(np.float32), (0, 0), max(0.5, width / 60)).reshape(width)
    ahead = camera.focal / below  # camera heights
    right = across * ahead
    reach = max(1, round(SPAN * width))
    low, high = (np.clip(np.arange(width) + d, 0, width - 1) for d in (-reach, reach))
    run = np.stack((ahead[high] - ahead[low], -(right[high] - right[low])))  # across the line, in plan
    run *= -np.sign(run[0] * right + run[1] * ahead + 1e-9)
    length = np.linalg.norm(run, axis=0)
    run /= np.maximum(length, 1e-6)
    toward = np.stack((-right, -ahead)) / np.hypot(right, ahead)
    whole = np.clip(2.0 - np.abs(np.log(ahead[high] / ahead[low])) / BREAK, 0.0, 1.0) * (length > 1e-6)
    plan = whole * run + (1.0 - whole) * toward
    plan = cv2.GaussianBlur(plan, (0, 0), max(0.5, width / 80), sigmaY=0.01, borderType=cv2.BORDER_REPLICATE)
    plan = plan.reshape(2, width)
    plan /= np.maximum(np.linalg.norm(plan, axis=0), 1e-6)
    return np.asarray(np.stack((plan[0], np.zeros(width), plan[1])), np.float32)
