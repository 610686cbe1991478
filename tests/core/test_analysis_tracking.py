"""Claims of `core.analysis.tracking`: a camera whose way over a plain is known is followed, whatever else is in the picture."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import cos, exp, radians, sin

import cv2
import numpy as np
import pytest
import torch
from builders import a_media
from fakes import FakeIndex
from footage import footage

from core.analysis.analyser import Analyser
from core.analysis.appearance import Appearance
from core.analysis.cuts import CutFinder, colors_of
from core.analysis.egomotion import detail, ground_before
from core.analysis.tracking import ShotTracker, track_shot
from core.camera import Camera, Motion, Pose
from core.cancel import Cancelled, CancelToken
from core.color import ColorPipeline
from core.errors import MediaError
from core.frame import Frame
from core.media.decoder import Decoder
from core.media.index import frame_index
from core.media.probe import probe
from core.progress import Progress, ignore_progress
from core.scene import Scene, Tracking
from core.world.model import Vector, World, street
from core.world.render import render

WIDTH, HEIGHT, RATE = 320, 180, 24
CAMERA = Camera(focal=0.95, horizon=0.48, height_m=1.4)
ON_GROUND = Scene(camera=CAMERA, ground_confidence=1.0, horizon_confidence=1.0)
FACTS = replace(a_media(), video=replace(a_media().video, width=WIDTH, height=HEIGHT))


def index_of(count: int) -> FakeIndex:
    return FakeIndex(tuple(Fraction(i, RATE) for i in range(count)), Fraction(1, RATE))


def noise(seed: int) -> np.ndarray:
    picture = np.random.default_rng(seed).random((512, 512), np.float32) - 0.5
    fine, coarse = (cv2.GaussianBlur(picture, (0, 0), s) for s in (1.5, 6.0))
    return np.asarray(fine / fine.std() + coarse / coarse.std(), np.float32)


FLOOR, HILLS = noise(1), noise(2)


def there_and_back(at: np.ndarray) -> np.ndarray:
    """Coordinates in a texture of 512 that goes on for ever without a seam."""
    return np.asarray(np.abs((at + 100.0) % 1022 - 511), np.float32)


def seen(pose: Pose, floor: np.ndarray = FLOOR, hills: np.ndarray = HILLS) -> Frame:
    """A textured plain, and far hills all round from the horizon up, as a camera with this pose sees them."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    right = (xs + 0.5 - WIDTH / 2) / HEIGHT / CAMERA.focal
    up = (HEIGHT / 2 - ys - 0.5) / HEIGHT / CAMERA.focal
    pitch = replace(CAMERA, horizon=pose.horizon).pitch_rad
    up, ahead = up * cos(pitch) + sin(pitch), cos(pitch) - up * sin(pitch)
    c, s = cos(pose.yaw_rad), sin(pose.yaw_rad)
    right, ahead = right * c + ahead * s, ahead * c - right * s
    reach = CAMERA.height_m / np.maximum(-up, 1e-4)
    x, z = pose.right_m + right * reach, pose.ahead_m + ahead * reach
    floor = cv2.remap(floor, there_and_back(x * 20), there_and_back(z * 20), cv2.INTER_LINEAR)
    calm = np.clip(4.0 / reach, 0.0, 1.0)
    hills = cv2.remap(HILLS, there_and_back(np.arctan2(right, ahead) * 170), there_and_back(up * 170), cv2.INTER_LINEAR)
    light = np.where(up < -0.004, 0.25 + 0.05 * floor * calm, 0.5 + 0.1 * hills).astype(np.float32)
    return Frame(torch.from_numpy(np.maximum(light, 0.01))[None].expand(3, -1, -1).contiguous())


def tracked(frames: list[Frame], scene: Scene = ON_GROUND) -> Tracking:
    return track_shot(frames.__getitem__, index_of(len(frames)), FACTS, scene, CancelToken(), ignore_progress)


def drive(count: int, speed_m_s: float = 8.0) -> list[Pose]:
    """Straight ahead, nodding and swaying a little."""
    return [
        Pose(0.0, 0.0, speed_m_s * i / RATE, 0.01 * sin(0.11 * i), 0.48 + 0.004 * sin(0.5 * i)) for i in range(count)
    ]


def moved(a: Pose, b: Pose) -> float:
    return float(np.hypot(b.ahead_m - a.ahead_m, b.right_m - a.right_m))


# ---- following -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [2.0, 8.0])
def test_a_drive_over_a_plain_is_followed(speed: float) -> None:
    true = drive(30, speed)
    found = tracked([seen(pose) for pose in true])
    assert (found.cuts, found.untold) == ((), ())
    for here, there in zip(found.poses, true, strict=True):
        assert here.horizon == pytest.approx(there.horizon, abs=0.004)
        assert here.yaw_rad == pytest.approx(there.yaw_rad, abs=0.004)
    for (a, b), (c, d) in zip(pairwise(found.poses), pairwise(true), strict=True):
        assert moved(a, b) == pytest.approx(moved(c, d), rel=0.05)
    assert found.poses[-1].ahead_m == pytest.approx(true[-1].ahead_m, rel=0.02)


def test_a_camera_that_backs_away_goes_backwards() -> None:
    backwards = replace(ON_GROUND, motion=Motion(forward_m_s=-5.0), motion_confidence=1.0)
    found = tracked([seen(pose) for pose in drive(16, -5.0)], backwards)
    assert found.poses[-1].ahead_m == pytest.approx(-5.0 * 15 / RATE, rel=0.03)


def test_a_camera_that_only_turns_does_not_travel() -> None:
    true = [Pose(yaw_rad=0.01 * i, horizon=0.48) for i in range(24)]
    found = tracked([seen(pose) for pose in true])
    assert found.poses[-1].yaw_rad == pytest.approx(0.23, rel=0.03)
    assert abs(found.poses[-1].ahead_m) < 0.1


def test_a_dashboard_does_not_hold_the_camera_back() -> None:
    true = drive(30)
    board = torch.from_numpy(np.maximum(0.1 + 0.05 * noise(5)[: HEIGHT // 4, :WIDTH], 0.01).astype(np.float32))
    frames = []
    for pose in true:
        pixels = seen(pose).pixels.clone()
        pixels[:, -HEIGHT // 4 :] = board
        frames.append(Frame(pixels))
    found = tracked(frames, replace(ON_GROUND, motion=Motion(forward_m_s=7.0), motion_confidence=1.0))
    assert found.poses[-1].ahead_m == pytest.approx(true[-1].ahead_m, rel=0.03)
    assert max(abs(a.horizon - b.horizon) for a, b in zip(found.poses, true, strict=True)) < 0.004


def test_without_ground_there_is_a_turn_but_no_way() -> None:
    nowhere = Scene(camera=CAMERA)
    found = tracked([seen(pose) for pose in drive(12)], nowhere)
    assert found.poses[-1].ahead_m == 0.0
    assert found.poses[-1].yaw_rad == pytest.approx(0.01 * sin(0.11 * 11), abs=0.003)
    assert found.untold == ()


def test_a_camera_that_stands_keeps_one_pose_whatever_drives_past() -> None:
    still = seen(Pose(horizon=0.48)).pixels
    car = torch.from_numpy(np.maximum(0.4 + 0.2 * noise(7)[:110, :140], 0.01).astype(np.float32))
    frames = []
    for i in range(120):
        pixels = still.clone() + 0.002 * torch.randn(still.shape, generator=torch.Generator().manual_seed(i))
        left = 4 * (i - 40)
        if 0 <= left < WIDTH - 140:
            pixels[:, 60:170, left : left + 140] = car
        frames.append(Frame(pixels.clamp(min=0.0)))
    assert len(set(tracked(frames).poses)) == 1


# ---- reading -------------------------------------------------------------------------------------------------------


def test_frames_that_cannot_be_read_are_passed_over() -> None:
    true = drive(24)
    frames = [seen(pose) for pose in true]

    def read(frame: int) -> Frame:
        if frame in (9, 10):
            raise MediaError("damaged")
        return frames[frame]

    found = track_shot(read, index_of(24), FACTS, ON_GROUND, CancelToken(), ignore_progress)
    assert len(found.poses) == 24
    assert found.poses[-1].ahead_m == pytest.approx(true[-1].ahead_m, rel=0.03)


def test_a_film_that_cannot_be_read_at_all_says_so() -> None:
    def read(_: int) -> Frame:
        raise MediaError("damaged")

    with pytest.raises(MediaError):
        track_shot(read, index_of(4), FACTS, ON_GROUND, CancelToken(), ignore_progress)


def test_tracking_can_be_dropped_and_says_how_far_it_is() -> None:
    told: list[Progress] = []
    token = CancelToken()
    frame = seen(Pose(horizon=0.48))

    def read(number: int) -> Frame:
        if number == 3:
            token.cancel()
        return frame

    with pytest.raises(Cancelled):
        track_shot(read, index_of(9), FACTS, ON_GROUND, token, told.append)
    tracked([frame] * 3)
    track_shot(lambda _: frame, index_of(3), FACTS, ON_GROUND, CancelToken(), told.append)
    assert told[-1].fraction == 1.0


def test_a_lone_frame_has_a_pose() -> None:
    assert len(tracked([seen(Pose(horizon=0.48))]).poses) == 1


def test_stepping_by_hand_is_the_same_pass() -> None:
    frames = [seen(pose) for pose in drive(8)]
    tracker = ShotTracker(ON_GROUND, index_of(8), FACTS.video)
    for number, frame in enumerate(frames):
        tracker.step(number, frame)
    assert tracker.finish() == tracked(frames)


def test_the_path_of_a_long_shot_is_made_with_rests_and_can_be_dropped() -> None:
    tracker = ShotTracker(ON_GROUND, index_of(3), FACTS.video)
    for number, pose in enumerate(drive(3)):
        tracker.step(number, seen(pose))
    rests: list[None] = []
    tracker.finish(lambda: rests.append(None))
    assert len(rests) >= 4
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        tracker.finish(token.check)


@pytest.mark.parametrize(("width", "height"), [(16, 9), (33, 200), (1, 1)])
def test_pictures_of_any_size_are_taken(width: int, height: int) -> None:
    facts = replace(FACTS, video=replace(FACTS.video, width=width, height=height))
    frames = [Frame(torch.rand((3, height, width), generator=torch.Generator().manual_seed(i))) for i in range(4)]
    found = track_shot(frames.__getitem__, index_of(4), facts, ON_GROUND, CancelToken(), ignore_progress)
    assert len(found.poses) == 4
    assert all(np.isfinite(pose.horizon + pose.ahead_m + pose.yaw_rad) for pose in found.poses)


# ---- cuts ----------------------------------------------------------------------------------------------------------


def test_poses_start_anew_at_a_cut() -> None:
    blocks = np.kron(np.random.default_rng(3).random((3, 12, 20)), np.ones((15, 16))).astype(np.float32)
    other = Frame(torch.from_numpy(blocks * np.array([0.9, 0.4, 0.1], np.float32)[:, None, None]))
    found = tracked([seen(pose) for pose in drive(14)] + [other] * 14)
    assert found.cuts == (14,)
    assert found.poses[13].ahead_m > 3.0
    assert len({replace(pose, horizon=0.0) for pose in found.poses[14:]}) == 1
    assert found.poses[14].ahead_m == found.poses[14].yaw_rad == 0.0


def test_a_flash_is_not_a_cut() -> None:
    frames = [seen(pose) for pose in drive(16)]
    for i in (7, 8):
        frames[i] = Frame(frames[i].pixels + 4.0)
    assert tracked(frames).cuts == ()


def test_a_fast_pan_is_not_a_cut() -> None:
    assert tracked([seen(Pose(yaw_rad=0.12 * i, horizon=0.48)) for i in range(16)]).cuts == ()


@pytest.mark.footage
def test_cuts_between_real_clips_are_found_and_no_others() -> None:
    names = ("highway.mp4", "coast.mp4", "carpark.mp4", "waterfall_portrait_c2pa.mp4")
    color, finder, number, true = ColorPipeline(), CutFinder(), 0, []
    for name in names:
        facts = probe(footage(name))
        with Decoder(facts) as decoder:
            for frame in range(0, 40):
                picture = color.to_working(decoder.read(frame, (160, 90)), torch.device("cpu"))
                matched = 0.1 if frame == 0 else 0.9
                finder.step(number, colors_of(picture.pixels.permute(1, 2, 0).clamp(0, 1).numpy()), matched)
                number += 1
        true.append(number)
    assert finder.finish() == tuple(true[:-1])


@cache
def followed(name: str, frames: int) -> tuple[tuple[Frame, ...], Scene, Tracking]:
    """The beginning of a real clip at the work size, understood and followed."""
    analyser, color, facts = Analyser(), ColorPipeline(), probe(footage(name))
    index = frame_index(facts)
    size = analyser.tracking_size(facts.video)
    with Decoder(facts) as decoder:

        def read(frame: int) -> Frame:
            return color.to_working(decoder.read(frame, size), torch.device("cpu"))

        scene = analyser.analyse_shot(read, index, facts, CancelToken(), ignore_progress)
        pictures = tuple(read(frame) for frame in range(frames))
    start = FakeIndex(tuple(index.time_of(i).seconds for i in range(frames)), index.duration_of(frames).seconds)
    found = track_shot(pictures.__getitem__, start, facts, scene, CancelToken(), ignore_progress)
    return pictures, scene, found


@pytest.mark.slow
@pytest.mark.footage
def test_the_road_of_a_real_drive_is_laid_over_itself_better_than_by_even_motion() -> None:
    pictures, scene, found = followed("highway.mp4", 90)
    assert (found.cuts, found.untold) == ((), ())
    details = [detail(Appearance.of(picture, (WIDTH, HEIGHT)).grey) for picture in pictures]
    camera, back = scene.camera, 2
    by_path, by_even, by_none = [], [], []
    for i in range(20, 90, 5):
        here, before = found.poses[i], found.poses[i - back]
        right, _, ahead = (-v / camera.height_m for v in here.from_world((before.right_m, 0.0, before.ahead_m)))
        pitch = replace(camera, horizon=here.horizon).pitch_rad - replace(camera, horizon=before.horizon).pitch_rad
        path = (ahead, right, pitch, here.yaw_rad - before.yaw_rad, here.horizon - 0.5)
        even = scene.motion.forward_m_s * back / 25 / camera.height_m
        level = camera.horizon - 0.5
        by_path.append(rest_of_road(details[i], details[i - back], path, camera))
        by_even.append(rest_of_road(details[i], details[i - back], (even, 0.0, 0.0, 0.0, level), camera))
        by_none.append(rest_of_road(details[i], details[i - back], (0.0, 0.0, 0.0, 0.0, level), camera))
    assert np.mean(by_path) < 0.93 * np.mean(by_even) < np.mean(by_none)
    speeds = [moved(a, b) * 25 for a, b in pairwise(found.poses)]
    assert 14.0 < min(speeds) < max(speeds) < 1.2 * min(speeds)


def rest_of_road(here: np.ndarray, before: np.ndarray, params: tuple[float, ...], camera: Camera) -> float:
    """Mean absolute rest, code values, of the textured road ahead when the frame before is laid over it."""
    ys, xs = np.mgrid[0:HEIGHT, 0:WIDTH]
    at = np.stack(((xs + 0.5 - WIDTH / 2) / HEIGHT, (ys + 0.5 - HEIGHT / 2) / HEIGHT), -1).reshape(-1, 2)
    there = ground_before(at, np.array(params), 0.0, camera.focal) * HEIGHT + (WIDTH / 2 - 0.5, HEIGHT / 2 - 0.5)
    x, y = (there[:, i].reshape(HEIGHT, WIDTH).astype(np.float32) for i in (0, 1))
    below = (ys + 0.5) / HEIGHT - camera.horizon
    slope = np.abs(cv2.Sobel(here, cv2.CV_32F, 1, 0)) + np.abs(cv2.Sobel(here, cv2.CV_32F, 0, 1))
    road = (below > 0.06) & (ys < 0.97 * HEIGHT) & (np.abs(at[:, 0].reshape(HEIGHT, WIDTH)) < 0.15 + 1.2 * below)
    road &= (slope > 16.0) & (x > 0) & (x < WIDTH - 1) & (y > 0) & (y < HEIGHT - 1)
    return float(np.abs(cv2.remap(before, x, y, cv2.INTER_LINEAR) - here)[road].mean())


@pytest.mark.slow
@pytest.mark.footage
def test_a_camera_over_a_car_park_goes_nowhere() -> None:
    _, _, found = followed("carpark.mp4", 110)
    assert (found.cuts, found.untold) == ((), ())
    assert len(set(found.poses[:60])) == 1
    assert all(pose.ahead_m == pose.right_m == 0.0 and abs(pose.yaw_rad) < radians(1.0) for pose in found.poses)


# ---- the procedural world, whose camera is known to the bit ------------------------------------------------------------


class Turning(World):
    """The same street along a gentle curve."""

    def camera(self, seconds: float) -> tuple[Vector, Vector]:
        at = np.linspace(0.0, seconds, 2 + int(200 * abs(seconds)))
        course = 0.1 * np.sin(0.9 * at)
        x, z = (6.0 * float(np.trapezoid(f(course), at)) for f in (np.sin, np.cos))
        return np.array([0.9 + x, 1.45, z], np.float32), rotation(float(course[-1]), -0.015 + 0.002 * sin(4 * seconds))


class Bump(World):
    """The same street, faster and faster, and over a bump that tips the camera by a degree and a half."""

    def camera(self, seconds: float) -> tuple[Vector, Vector]:
        t = seconds
        tip = 0.026 * exp(-(((t - 1.0) / 0.12) ** 2)) - 0.012 * exp(-(((t - 1.3) / 0.15) ** 2))
        rise = 0.04 * exp(-(((t - 1.0) / 0.12) ** 2))
        return np.array([1.9, 1.45 + rise, 8 * t + 0.75 * t * t], np.float32), rotation(0.01 * sin(t), tip - 0.02)


def rotation(yaw: float, pitch: float) -> Vector:
    cy, sy, cp, sp = cos(yaw), sin(yaw), cos(pitch), sin(pitch)
    turn, tilt = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]]), np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    return (tilt @ turn).astype(np.float32)


def world(kind: type[World], seed: int) -> World:
    made = street(seed)
    return kind(seed=seed, solids=made.solids, trees=made.trees)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "seed"), [(World, 7), (Turning, 5), (Bump, 11)])
def test_the_camera_of_the_world_is_followed(kind: type[World], seed: int) -> None:
    street_, count = world(kind, seed), 32
    camera = Camera(street_.focal, float(np.median([street_.horizon(i / RATE) for i in range(count)])), 1.45)
    scene = replace(ON_GROUND, camera=camera)
    frames = [Frame.of_array(render(street_, i, WIDTH, HEIGHT).rgb) for i in range(count)]
    found = tracked(frames, scene)
    assert (found.cuts, found.untold) == ((), ())
    spots, turns = zip(*(street_.camera(i / RATE) for i in range(count)), strict=True)
    yaw = [float(np.arctan2(turn[2][0], turn[2][2])) for turn in turns]
    for i, pose in enumerate(found.poses):
        assert pose.horizon == pytest.approx(street_.horizon(i / RATE), abs=0.004)
        assert pose.yaw_rad == pytest.approx(yaw[i] - yaw[0], abs=radians(0.7))
    for i, (a, b) in enumerate(pairwise(found.poses)):
        assert moved(a, b) == pytest.approx(float(np.linalg.norm((spots[i + 1] - spots[i])[[0, 2]])), rel=0.03)
