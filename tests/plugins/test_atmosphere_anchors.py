"""What stands in the world stands still in it: patterns move with the exact flow of a camera that drives, turns and nods."""

from __future__ import annotations

from dataclasses import replace
from math import cos, sin

import cv2
import numpy as np
import pytest
import torch

from core.camera import Camera, Pose
from core.cancel import CancelToken
from core.condition import Condition
from core.extension.translator import Maps, ShotTime, TranslateRequest
from core.frame import Frame
from core.scene import Scene
from plugins.atmosphere.light import Light
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.tables import Tables
from plugins.atmosphere.translator import Atmosphere

CPU = torch.device("cpu")
SIZE = (640, 360)
USUAL = Camera(focal=0.9, horizon=0.45, height_m=1.4)
FRAME_S = 1 / 25


def pose_at(index: int) -> Pose:
    """A car that drives, weaves, and nods by several pixels a frame."""
    t = index * FRAME_S
    yaw = 0.3 * sin(0.7 * t) + 0.05 * t
    return Pose(0.8 * sin(1.1 * t), 0.0, 12.0 * t, yaw, USUAL.horizon + 0.02 * sin(9.0 * t))


def request(
    index: int, condition: dict[str, float] | None = None, pose: Pose | None = None, seed: int = 1
) -> TranslateRequest:
    """Plain ground below plain sky at a frame of that drive, its maps exact."""
    width, height = SIZE
    here = pose or pose_at(index)
    camera = replace(USUAL, horizon=here.horizon)
    row = ((torch.arange(height, dtype=torch.float32) + 0.5) / height).view(1, height, 1).expand(1, height, width)
    sky = (row < here.horizon).to(torch.float32).contiguous()
    ground = (1.0 - sky).contiguous()
    return TranslateRequest(
        frame=Frame((sky * torch.tensor([0.25, 0.55, 1.3]).view(3, 1, 1) + ground * 0.2).contiguous()),
        maps=Maps(sky=sky, ground=ground, inverse_depth=((row - here.horizon) / 1.26).clamp_min(0.0).contiguous()),
        scene=Scene(camera, sky_confidence=1.0, ground_confidence=1.0),
        condition=Condition.of(condition or {"cloud": 0.5}).effective,
        time=ShotTime(index, index * FRAME_S, FRAME_S),
        seed=seed,
        full_height=height,
        pose=here,
        pose_after=pose or pose_at(index + 1),
    )


def shot(index: int, tables: Tables, pose: Pose | None = None) -> Shot:
    return Shot.of(request(index, pose=pose), tables)


def ground_flow(now: Shot, then: Shot) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel of the grid, on the ground now, was in the grid then: columns and rows, exact."""
    grid = now.grid
    reach = grid.camera.height_m / (-grid.up.double()).clamp_min(1e-9)
    points = torch.stack([grid.right * reach, grid.up * reach, grid.ahead * reach], -1).reshape(-1, 3).numpy()
    c, s = cos(now.pose.yaw_rad), sin(now.pose.yaw_rad)
    world = np.stack(
        [
            now.pose.right_m + points[:, 0] * c + points[:, 2] * s,
            points[:, 1],
            now.pose.ahead_m + points[:, 2] * c - points[:, 0] * s,
        ],
        1,
    )
    before = torch.from_numpy(then.to_camera(world, then.pose))
    column, row, depth = then.grid.project(*before.unbind(1))
    column = torch.where(depth > 0.3, column, torch.full_like(column, -99.0))
    shape = (grid.height, grid.width)
    return column.view(shape).float().numpy() - 0.5, row.view(shape).float().numpy() - 0.5


def left_over(now: torch.Tensor, warped: np.ndarray, seen: np.ndarray) -> float:
    """RMS of what warping leaves, as a share of the pattern's own contrast."""
    a, b = now.numpy()[seen], warped[seen]
    return float(np.sqrt(np.mean((a - b) ** 2)) / np.std(a))


@pytest.mark.parametrize("heading", [0.0, 0.9])
def test_noise_on_the_ground_moves_with_a_camera_that_drives_turns_and_nods(heading: float) -> None:
    tables = Tables(CPU)
    for first, second in ((10, 13), (40, 45)):
        then, now = shot(first, tables), shot(second, tables)
        columns, rows = ground_flow(now, then)
        below = now.grid.ground_range.numpy() < 12.0
        inside = (columns > 1) & (rows > 1) & (columns < now.grid.width - 2) & (rows < now.grid.height - 2) & below
        assert inside.sum() > 5000
        was, here = (s.ground_noise(1.5, 4.0, 3, heading) for s in (then, now))
        warped = cv2.remap(was.numpy(), columns, rows, cv2.INTER_CUBIC)
        assert left_over(here, warped, inside) < 0.12
        assert left_over(here, was.numpy(), inside) > 0.5, "it would also pass if nothing moved"


def test_clouds_low_in_the_sky_are_heaps_and_not_lines() -> None:
    """Their detail up and down is no more than three times as fine as from side to side."""
    seen = shot(0, Tables(CPU), Pose(horizon=0.62))
    heaps = seen.cloud_noise(850.0, 1150.0, 6, (0.0, 0.0), clumps=True)
    up = seen.small_dome.up
    low = heaps[((up > 0.03) & (up < 0.20)).all(1)].numpy()
    assert len(low) > 10
    down, across = (np.abs(np.diff(low, axis=axis)).mean() for axis in (0, 1))
    assert across < down < 3.0 * across


def test_clouds_stand_still_in_the_world_while_the_camera_turns_and_nods() -> None:
    """A pixel's own direction finds the same cloud in both frames."""
    tables = Tables(CPU)
    then, now = (shot(0, tables, pose) for pose in (Pose(horizon=0.62), Pose(yaw_rad=0.35, horizon=0.60)))
    was, here = (s.on_dome(s.cloud_noise(850.0, 1900.0, 4, (0.0, 0.0))[None])[0] for s in (then, now))
    grid = now.grid
    rays = torch.stack([grid.right, grid.up, grid.ahead], -1)[: here.shape[0]].reshape(-1, 3).double().numpy()
    c, s = cos(0.35), sin(0.35)
    turned = torch.from_numpy(
        np.stack([rays[:, 0] * c + rays[:, 2] * s, rays[:, 1], rays[:, 2] * c - rays[:, 0] * s], 1)
    )
    column, row, depth = then.grid.project(*turned.unbind(1))
    columns, rows = (p.view(here.shape).float().numpy() - 0.5 for p in (column, row))
    high = (grid.up[: here.shape[0]].numpy() > 0.12) & (depth.view(here.shape).numpy() > 0)
    seen = (columns > 1) & (rows > 1) & (columns < was.shape[1] - 2) & (rows < was.shape[0] - 2) & high
    assert seen.sum() > 5000
    warped = cv2.remap(was.numpy(), columns, rows, cv2.INTER_LINEAR)
    assert left_over(here, warped, seen) < 0.08
    height = min(len(was), len(here))
    assert left_over(here[:height], was.numpy()[:height], seen[:height]) > 0.5


def test_a_camera_that_comes_back_finds_the_picture_it_left() -> None:
    """Nothing but time and place: another frame number with the same pose and no wind has the same snow on the ground."""
    pose = Pose(3.0, 0.0, 250.0, 1.2, 0.44)
    translator = Atmosphere(CPU)
    looks = [{"snow_cover": 0.5}, {"wetness": 0.8}]
    for look in looks:
        a, b = (
            translator.translate(replace(request(i, look, pose), time=ShotTime(7, 0.28, FRAME_S)), CancelToken()).pixels
            for i in (3, 9)
        )
        assert torch.equal(a, b)


def test_the_sun_stays_where_it_is_while_the_camera_turns() -> None:
    condition = Condition.of({"sun": 1.0, "sun_elevation": 10.0, "sun_azimuth": 40.0})
    world = Light.of(condition).sun
    seen = Shot.of(
        replace(request(0, pose=Pose(yaw_rad=0.5, horizon=0.45)), condition=condition), Tables(CPU)
    ).light.sun
    assert Pose(yaw_rad=0.5).to_world(seen) == pytest.approx(world)


def test_stars_turn_with_the_sky_and_not_with_the_lens() -> None:
    """The brightest points of a night sky are found again where their directions say."""
    night = {"sun": 1.0, "sun_elevation": -18.0}
    poses = Pose(horizon=0.9), Pose(yaw_rad=0.2, horizon=0.9)
    tables = Tables(CPU)
    pictures, shots = [], []
    for pose in poses:
        asked = request(0, night, pose)
        pictures.append(Atmosphere(CPU).translate(asked, CancelToken()).pixels.sum(0).numpy())
        shots.append(Shot.of(asked, tables))
    points = [p - cv2.GaussianBlur(p, (0, 0), 4.0) for p in pictures]
    view = shots[0].view
    found = 0
    for _ in range(12):
        row, column = np.unravel_index(int(points[0][:250].argmax()), points[0][:250].shape)
        points[0][max(0, row - 4) : row + 5, max(0, column - 4) : column + 5] = 0.0
        ray = np.array([[view.right[row, column], view.up[row, column], view.ahead[row, column]]], dtype=np.float64)
        at = shots[1].to_camera(ray, Pose(yaw_rad=0.2))
        x, y, _ = (float(p[0]) for p in shots[1].view.project(*torch.from_numpy(at).unbind(1)))
        if not (4 < x < SIZE[0] - 5 and 4 < y < 250):
            continue
        patch = points[1][int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3]
        assert patch.max() > 4.0 * points[1][:250].std()
        found += 1
    assert found >= 5


def test_the_pose_between_two_frames_lies_between_them() -> None:
    here = shot(10, Tables(CPU))
    assert here.pose_at(0.0) == here.pose
    assert here.pose_at(1.0) == pose_at(11)
    assert here.pose.ahead_m < here.pose_at(0.5).ahead_m < pose_at(11).ahead_m


def test_a_world_point_comes_to_the_same_place_one_by_one_and_all_at_once() -> None:
    here = shot(10, Tables(CPU))
    points = np.array([[1.0, -1.4, 20.0], [-3.0, 2.0, 5.0]])
    for many, one in zip(here.to_camera(points, here.pose), points, strict=True):
        x, y, z = (float(v) for v in one)
        assert tuple(many) == pytest.approx(here.pose.from_world((x, y, z)))


def test_tables_do_not_pile_up_while_the_horizon_moves() -> None:
    translator = Atmosphere(CPU)
    look = {
        "sun": 1.0,
        "sun_elevation": -12.0,
        "practicals": 1.0,
        "cloud": 0.5,
        "wetness": 0.8,
        "rain": 0.5,
        "snow_cover": 0.5,
    }
    translator.translate(request(0, look), CancelToken())
    kept = len(translator._tables)
    for index in range(1, 4):
        translator.translate(request(index, look), CancelToken())
    assert len(translator._tables) == kept
