"""Snow that lies: on earth and road, on leaves, ledges and vehicles. Albedo, laid over the evened-out surfaces.

Snow on the ground is a depth that noise of the world, the picture's own relief and the softness of the materials make
together; what it covers it also smooths. Nothing here depends on time.
"""

from __future__ import annotations

from math import atan2, cos, sin

import torch

from core.objects import ObjectKind, PlacedObject
from plugins.atmosphere import kernels
from plugins.atmosphere.fields import blur, halve, luma, plane_sum, resize, smooth
from plugins.atmosphere.light import Rgb, step
from plugins.atmosphere.shot import Shot
from plugins.atmosphere.surface import Relief

LANE_M = 3.7
TRACK_M = 0.80
"""Wheel tracks stand this far to either side of a lane's middle."""
FRESH: Rgb = (0.97, 1.00, 1.04)
"""Snow in the units of the picture: a little above a white card, below a bright overcast sky."""
PACKED: Rgb = (0.56, 0.58, 0.61)
"""Snow that wheels have pressed to ice and slush."""
DUSTED = 0.24
"""Share of rock and scrub that lies white where they shed the rest."""
WOODED = 0.42
"""Share of a wooded hill that is white from afar."""
RIME: Rgb = (0.80, 0.84, 0.89)
BARE: Rgb = (0.98, 0.97, 0.94)
"""Tint of leafless twigs, times their brightness."""


def lay_snow(x: torch.Tensor, relief: Relief, shot: Shot) -> torch.Tensor:
    """Everything that lying snow changes, in place."""
    if shot.weather.snow_cover == 0.0:
        return x
    _bare_twigs(x, relief, shot)
    _dust(x, relief, shot)
    first = _first_row(shot)
    if first < shot.grid.height:
        _cover(x[:, 2 * first :], relief.below(2 * first), first, shot)
    for thing in shot.request.objects:
        if thing.kind is ObjectKind.VEHICLE:
            _cap(x, thing, shot)
    return x


def _first_row(shot: Shot) -> int:
    """The topmost row of the grid that has anything for snow to lie on."""
    held = (shot.materials.soil + shot.materials.road).amax(1) > 0.06
    return int(held.nonzero()[0]) if bool(held.any()) else shot.grid.height


def tracks(shot: Shot) -> torch.Tensor:
    """Distance (h, w) in metres to the nearest wheel track of the lanes, the camera in the middle of one."""
    x = _beside_course(shot)
    in_lane = torch.remainder(x + LANE_M / 2, LANE_M) - LANE_M / 2
    return (in_lane.abs() - TRACK_M).abs()


def _beside_course(shot: Shot) -> torch.Tensor:
    """Metres to the right of the line the camera drives on, of each point of the ground, (h, w).

    Lanes run as the car does, round bends too, and stay where they are while the camera only looks about.
    """
    grid = shot.grid
    right, _, ahead = shot.pose.from_world((shot.request.pose_after.right_m, 0.0, shot.request.pose_after.ahead_m))
    turn = max(-0.15, min(0.15, atan2(right, ahead))) if ahead > 0.1 else 0.0
    return (grid.right * cos(turn) - grid.ahead * sin(turn)) * grid.ground_range


def _cover(x: torch.Tensor, relief: Relief, first: int, shot: Shot) -> None:
    """Snow on the ground in the lower part of a picture, in place; `first` is its first row on the grid."""
    below = slice(first, None)
    amount, drive = shot.weather.snow_cover, shot.driving
    stuff = shot.materials
    _, height, width = x.shape
    wide, fine, crumbs = shot.ground_noise(7.0, 11.0, 3), shot.ground_noise(1.3, 2.4, 4), shot.ground_noise(0.2, 0.3, 3)
    far = smooth(0.05, 1.2, shot.grid.footprint)
    soil, road, worn = _soil(shot, wide, fine), _road(shot, wide, fine, drive), _worn(shot, crumbs, drive)

    def full(plane: torch.Tensor) -> torch.Tensor:
        return resize(plane[None, below], height, width)

    # Where a pixel holds many patches it shows their mean; near, the picture's relief and crumbs break the edge.
    soft = 0.30 + 0.30 * (1.0 - amount) + 0.30 * far
    rough = _rough(shot)
    lies = soil - rough * (0.45 + 0.85 * amount) + (0.09 - 0.05 * amount) * crumbs
    cover = full(lies.div_(2.0 * soft).add_(0.5)) + relief.detail * full((0.20 + 0.45 * rough) / soft)
    first_flakes = min(1.0, 4.0 * amount)
    cover = cover.clamp_(0.0, 1.0).mul_(1.0 - DUSTED * amount).add_(DUSTED * amount)  # what sheds it is dusted still
    cover = cover.clamp_(0.0, 1.0 - 0.45 * (1.0 - amount)) * full(smooth(0.10, 0.50, stuff.soil) * first_flakes)
    share = full(smooth(0.25, 0.75, stuff.road) * first_flakes)
    film = full((road * (1.0 - worn) + 0.06 * crumbs * road).clamp_(0.0, 1.0)) * share
    slush = 0.14 + 0.55 * amount * amount + 0.10 * fine + 0.10 * crumbs
    packed = full(worn * slush.clamp_(0.0, 0.8)) * share
    cover = torch.maximum(cover * (1.0 - share), film)
    wet = full((1.0 - smooth(0.75, 1.0, road * (1.0 - worn))) * stuff.road * min(1.0, 3.0 * amount))
    x *= wet.mul_(-0.40).add_(1.0)
    shade = _shade(relief, share, full(rough), full(wide * 0.6 + fine), shot)
    _lay(x, packed, PACKED, shade)
    _lay(x, cover, FRESH, shade)


def _soil(shot: Shot, wide: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
    """Depth of snow on open earth around its edge at 0, (h, w): drifts hold more, what is steep and rough sheds it."""
    amount, stuff = shot.weather.snow_cover, shot.materials
    plane = (
        shot.ground_half[0] * smooth(60.0, 25.0, shot.grid.ground_range) + 0.15
    )  # off the plane its noise would stretch
    drifts = (0.16 * wide + 0.20 * fine) * plane
    depth = drifts.add_(2.3 * amount - 0.62)
    depth -= (0.9 + 0.6 * amount) * (1.0 - smooth(0.05, 0.90, blur(stuff.soil[None], 2.0)[0]))
    depth -= (1.5 + 0.9 * amount) * _steep(shot)
    swash = blur(halve(stuff.water[None], 2), 0.008 * shot.grid.width + 0.5)
    return depth - 1.6 * smooth(
        0.02, 0.30, resize(swash, shot.grid.height, shot.grid.width)[0]
    )  # salt and waves keep it off


def _steep(shot: Shot) -> torch.Tensor:
    """0 level .. 1 a bare cliff, (h, w), where a camera looks down on a coast: no plane of the ground tells of it.

    Bare earth that breaks off to the water shows large relief and no green; its ledges are its lights and stay white.
    """
    grid, stuff = shot.grid, shot.materials
    aloft = step(3.0, 6.0, shot.request.scene.camera.height_m)
    if aloft == 0.0 or float(stuff.water.amax()) < 0.2:
        return torch.zeros_like(stuff.soil)
    small = blur(halve(shot.source_half), 0.006 * grid.width + 0.3)
    bare = smooth(0.035, 0.090, (small[0:1] - small[1:2]) / (small.sum(0, keepdim=True) + 1e-3) * 2.0)
    beside = smooth(0.02, 0.22, blur(halve(stuff.water[None], 2), 0.060 * grid.width + 0.5))
    beside = resize(beside, grid.height, grid.width)[0]
    steep = resize(bare, grid.height, grid.width)[0] * beside * (0.55 + 0.45 * _rough(shot))
    return steep * aloft


def _rough(shot: Shot) -> torch.Tensor:
    """0 smooth .. about 1 broken rock and scrub, (h, w): local contrast of the picture as shot, in stops.

    Seen from high up it tells a cliff from the field above it, which no plane can.
    """
    small = shot.source_half
    stops = torch.log2(small.mean(0, keepdim=True).add_(0.01))
    scale = shot.grid.width / 480.0
    mean = blur(stops, 2.5 * scale + 0.3)
    spread = blur((stops - mean).square_(), 3.5 * scale + 0.3).sqrt_()
    return smooth(0.10, 0.55, spread)[0]


def _road(shot: Shot, wide: torch.Tensor, fine: torch.Tensor, drive: float) -> torch.Tensor:
    """Share of tarmac that snow hides where nobody's wheels go, 0..1 (h, w): blown about first, closed later."""
    amount = shot.weather.snow_cover
    patches = shot.ground_noise(0.7, 1.2 + 1.2 * drive, 3)  # the wake of the traffic draws it along a little
    depth = 2.1 * amount - 0.40 + 0.10 * wide + (0.13 * patches + 0.10 * fine) * (1.0 - 0.7 * amount)
    return smooth(-0.35, 0.75, depth + 0.25 * drive * (tracks(shot) - 0.5).clamp(-0.3, 0.5))


def _worn(shot: Shot, crumbs: torch.Tensor, drive: float) -> torch.Tensor:
    """0..1 (h, w): how far wheels have worn the snow off, in soft-edged tracks that wander with the lane."""
    if drive <= 0.0:
        return torch.zeros_like(crumbs)
    ragged = shot.ground_noise(0.35, 0.8, 3)
    wander = 0.12 * shot.ground_noise(20.0, 45.0, 1) + 0.05 * ragged + 0.04 * crumbs
    press = (0.82 + 0.16 * shot.ground_noise(0.8, 2.2, 3)).clamp_(0.3, 1.0)  # what was pressed breaks off in pieces
    return smooth(0.50, 0.10, (tracks(shot) + wander).abs()) * press * drive * _on_road(shot)


def _on_road(shot: Shot) -> torch.Tensor:
    """Where cars drive: between the kerbs as far as we can guess them, (h, w)."""
    x = _beside_course(shot)
    return smooth(6.4, 5.0, x) * smooth(-22.0, -20.0, x)


def _shade(relief: Relief, share: torch.Tensor, rough: torch.Tensor, lumps: torch.Tensor, shot: Shot) -> torch.Tensor:
    """Brightness of the snow, (1, H, W): shadows that fell on what it hides, that thing's relief softened, and its own.

    On open slopes the picture's own light and shade tell how they lie; on a road they are its stains.
    """
    hidden = 0.50 - 0.42 * share  # a closed cover hides the road's paint and stains
    ground = shot.ground_half[:, shot.grid.height - (int(relief.base.shape[1]) + 1) // 2 :]
    base = halve(relief.base)
    broken = (1.0 - share) * (0.35 + 0.65 * rough)
    seen = float(plane_sum(ground))
    level = float(plane_sum(base * ground)) / seen if seen > 0.02 * ground.numel() else relief.mean
    fallen = torch.minimum((relief.base - level).clamp_min_(-2.5), 0.5 * broken + 0.04).mul_(
        0.10 + 0.32 * share + 0.30 * broken
    )
    own = lumps * (0.035 + 0.05 * shot.light.relit)
    detail = relief.detail.clamp(-1.5, 0.5) * hidden
    return torch.exp2((detail + fallen + own).clamp_(-1.6, 0.20))


def _lay(x: torch.Tensor, share: torch.Tensor, white: Rgb, shade: torch.Tensor) -> None:
    """`white` over `x` by `share`, in place; in shade snow is lit by the sky and turns bluish."""
    blueness = (-0.10, 0.0, 0.16)
    if kernels.fit(x, share, shade):
        kernels.frost(x, share, shade, white, blueness)
        return
    x *= 1.0 - share
    dim = (1.0 - shade).clamp_(0.0, 0.6)
    for plane, level, blue in zip(x, white, blueness, strict=True):
        plane.add_((share * shade * (1.0 + blue * dim))[0], alpha=level)


def _sure(shot: Shot) -> float:
    """How far colour and texture may be trusted to tell what stands: without a ground, water looks like leaves."""
    return 1.0 if shot.request.scene.has_ground else 0.40


def _bare_twigs(x: torch.Tensor, relief: Relief, shot: Shot) -> None:
    """Leaves fall, in place: their lights go and with them their green; dark boughs stay, and grey-brown air between them."""
    amount = shot.weather.snow_cover
    small = halve(x)
    green = (small[1:2] - torch.maximum(small[0:1], small[2:3])).div_(small.sum(0, keepdim=True).add_(1e-3))
    leaf = torch.maximum(smooth(-0.005, 0.055, green), smooth(0.2, 0.8, shot.materials.plant)[None])
    leaf = leaf.mul_(1.0 - shot.sky_half).mul_(min(1.0, 1.25 * amount) * _sure(shot))
    leaf = shot.full(leaf)
    even = (luma(x) * torch.exp2(relief.detail.clamp_min(0.0).mul_(-0.65))).mul_(0.86).add_(0.035)
    for plane, tint in zip(x, BARE, strict=True):
        plane.add_(leaf[0] * (even[0] * tint - plane), alpha=0.85)


def _dust(x: torch.Tensor, relief: Relief, shot: Shot) -> None:
    """Snow caught by twigs, ledges and roofs, in place: it follows the picture's own detail, so it sits still on what moves."""
    amount, stuff = shot.weather.snow_cover, shot.materials
    stands = (1.0 - shot.sky_half) * (1.0 - shot.ground_half)
    green = smooth(0.1, 0.7, stuff.plant)[None]
    sure = _sure(shot)
    most = stands * (0.12 * sure * sure + 0.36 * sure * green)
    most = shot.full(most * (1.0 - 0.8 * stuff.vehicle[None]) * (1.0 - stuff.water[None]))
    fine = relief.detail - 0.75 * shot.full(blur(halve(relief.detail), 0.0025 * shot.grid.width + 0.4))
    held = amount**0.5  # the first snow stays on twigs and blades before it does on the road
    caught = smooth(0.45 - 0.75 * held, 1.30 - 0.65 * held, fine.mul_(1.9).add_(0.25))
    caught = blur(caught, 0.0010 * shot.view.width + 0.3)  # a dusting has no edges
    away = (
        stands[0]
        * smooth(70.0, 220.0, shot.range)
        * (1.0 - stuff.building - stuff.vehicle - stuff.water).clamp_min(0.0)
    )
    wooded = shot.full(away[None] * (WOODED * held))  # from afar twigs and gaps are one grey
    share = caught.mul_(most).mul_(min(1.0, 2.5 * amount)).add_(wooded)
    x *= 1.0 - share
    for plane, level in zip(x, RIME, strict=True):
        plane.add_(share[0], alpha=level)


def _cap(x: torch.Tensor, car: PlacedObject, shot: Shot) -> None:
    """Snow on a vehicle's roof, in place: a band along the upper edge of what is a vehicle in its box, wherever that is.

    A box alone does not tell where the roof ends, and a cap that floats above it is worse than none.
    """
    _, height, width = x.shape
    tall = (car.box.bottom - car.box.top) * height
    rows = slice(max(0, int(car.box.top * height - 0.15 * tall)), max(0, int(car.box.top * height + 0.50 * tall) + 1))
    columns = slice(max(0, int(car.box.left * width)), max(0, int(car.box.right * width) + 1))
    patch = x[:, rows, columns]
    if patch.numel() == 0 or tall < 6.0:
        return
    amount = shot.weather.snow_cover
    body = smooth(0.35, 0.75, shot.full(shot.materials.vehicle[None])[:, rows, columns])
    thick = max(1, round(tall * (0.03 + 0.07 * amount)))
    above = torch.zeros_like(body)
    above[:, thick:] = body[:, :-thick]
    share = (body - above).clamp_min_(0.0).mul_(min(1.0, 1.8 * amount) * car.strength)
    patch *= 1.0 - share
    for plane, level in zip(patch, FRESH, strict=True):
        plane.add_(share[0], alpha=0.86 * level)
