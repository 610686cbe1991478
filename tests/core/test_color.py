"""Colour: what goes in comes out, highlights live in between, and the closed forms agree with OpenColorIO."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PyOpenColorIO
import pytest
import torch
from footage import footage

from core.color import DISPLAY_TAGS, SHOULDER, WHITE, ColorPipeline
from core.frame import ColorSpace, Frame
from core.media.decoder import Decoder
from core.media.facts import ColorTags
from core.media.picture import Picture, Pixels
from core.media.probe import probe
from core.resources import resource, resource_text

CPU = torch.device("cpu")
REC709 = ColorTags("bt709", "bt709", "bt709", full_range=False)
UNTAGGED = ColorTags()
SMPTE_C = ColorTags("smpte170m", "bt709", "smpte170m", full_range=False)
EBU = ColorTags("bt470bg", "bt709", "bt470bg", full_range=False)
WIDE = ColorTags("bt2020", "bt2020-10", "bt2020nc", full_range=False)
PQ = ColorTags("bt2020", "smpte2084", "bt2020nc", full_range=False)
HLG = ColorTags("bt2020", "arib-std-b67", "bt2020nc", full_range=False)


@pytest.fixture(scope="module")
def color() -> ColorPipeline:
    return ColorPipeline()


@pytest.fixture(scope="module")
def config() -> Any:
    return PyOpenColorIO.Config.CreateFromFile(str(resource("color/weathervane.ocio")))


def working(pipeline: ColorPipeline, pixels: Pixels, tags: ColorTags = REC709) -> Frame:
    return pipeline.to_working(Picture(pixels, tags, 0), CPU)


def light(*rgb: float) -> Frame:
    return Frame(torch.tensor(rgb, dtype=torch.float32).reshape(3, 1, 1))


# ---- in and out ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "tags", [REC709, UNTAGGED, SMPTE_C, EBU, WIDE], ids=["709", "untagged", "smpte-c", "ebu", "2020"]
)
def test_eight_bits_come_back_exactly(color: ColorPipeline, tags: ColorTags) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    pixels[0, :256] = np.arange(256, dtype=np.uint8)[:, None]
    assert (color.to_encoded(working(color, pixels, tags), tags, 8) == pixels).all()


@pytest.mark.parametrize("tags", [REC709, SMPTE_C, WIDE, HLG], ids=["709", "smpte-c", "2020", "hlg"])
def test_ten_bits_come_back_within_a_code(color: ColorPipeline, tags: ColorTags) -> None:
    codes = np.random.default_rng(2).integers(0, 1024, (200, 300, 3))
    back = color.to_encoded(working(color, np.rint(codes * 65535 / 1023).astype(np.uint16), tags), tags, 10)
    assert np.abs(back / 65535 * 1023 - codes).max() <= 1.0


def test_pq_greys_come_back_within_a_ten_bit_code(color: ColorPipeline) -> None:
    codes = np.repeat(np.arange(64, 1024)[None, :, None], 3, axis=2)
    back = color.to_encoded(working(color, np.rint(codes * 65535 / 1023).astype(np.uint16), PQ), PQ, 10)
    assert np.abs(back / 65535 * 1023 - codes).max() <= 1.0


def test_a_linear_picture_is_light_already(color: ColorPipeline) -> None:
    pixels = np.random.default_rng(3).normal(3.0, 9.0, (6, 5, 3)).astype(np.float32)
    frame = working(color, pixels, ColorTags(transfer="linear", matrix="gbr", full_range=True))
    assert (color.to_linear_exr(frame) == pixels).all()


@pytest.mark.footage
@pytest.mark.parametrize("name", ["highway.mp4", "coast.mp4", "odd/rotated_90.mov"])
def test_an_untouched_real_frame_comes_back_exactly(color: ColorPipeline, name: str) -> None:
    facts = probe(footage(name))
    with Decoder(facts) as decoder:
        picture = decoder.read(2)
    assert (color.to_encoded(color.to_working(picture, CPU), facts.video.color, 8) == picture.pixels).all()


@pytest.mark.footage
def test_the_ten_bit_clip_comes_back_within_an_eight_bit_code(color: ColorPipeline) -> None:
    facts = probe(footage("odd/bt2020_10bit.mp4"))
    with Decoder(facts) as decoder:
        picture = decoder.read(2)
    back = color.to_encoded(color.to_working(picture, CPU), facts.video.color, 10).astype(int)
    off = np.abs(back - picture.pixels.astype(int)) / 65535
    assert off.max() * 255 <= 1.2  # saturated PQ primaries at 10000 nits: float32 cannot hold the dark channel better
    assert np.mean(off * 1023 <= 1.0) > 0.99


# ---- light -----------------------------------------------------------------------------------------------------------


def test_clipped_white_becomes_five_and_keeps_living_above_one(color: ColorPipeline) -> None:
    white = working(color, np.full((2, 2, 3), 255, np.uint8))
    assert white.pixels.numpy() == pytest.approx(WHITE, rel=1e-5)
    halved = color.to_encoded(Frame(white.pixels * 0.5), REC709, 16)
    y = 2.5 / (1.0 + SHOULDER * 2.5)
    assert halved / 65535 == pytest.approx(1.055 * y ** (1 / 2.4) - 0.055, abs=1e-4)


def test_wide_gamut_green_is_negative_in_working_light_and_survives(color: ColorPipeline) -> None:
    green = np.zeros((1, 1, 3), np.uint8)
    green[..., 1] = 200
    frame = working(color, green, WIDE)
    assert frame.pixels[0].item() < -0.1
    assert (color.to_encoded(frame, WIDE, 8) == green).all()


def test_primaries_have_the_luminance_of_their_standard(color: ColorPipeline) -> None:
    for tags, weights in (
        (SMPTE_C, (0.2124, 0.7011, 0.0866)),
        (EBU, (0.2220, 0.7067, 0.0713)),
        (WIDE, (0.2627, 0.6780, 0.0593)),
    ):
        unit = working(color, np.full((1, 1, 3), 255, np.uint8), REC709).pixels[0, 0, 0]
        for channel, weight in enumerate(weights):
            pixels = np.zeros((1, 1, 3), np.uint8)
            pixels[..., channel] = 255
            rgb = working(color, pixels, tags).pixels.reshape(3) / unit
            assert float(rgb @ torch.tensor([0.2126, 0.7152, 0.0722])) == pytest.approx(weight, abs=3e-4)


def test_graphics_white_of_hdr_is_one(color: ColorPipeline) -> None:
    for tags, signal in ((PQ, 0.58068888), (HLG, 0.75)):
        grey = np.full((1, 1, 3), round(signal * 65535), np.uint16)
        assert working(color, grey, tags).pixels.numpy() == pytest.approx(1.0, rel=2e-3)


# ---- OpenColorIO -----------------------------------------------------------------------------------------------------


def test_the_configuration_is_valid_without_a_complaint(config: Any, capfd: pytest.CaptureFixture[str]) -> None:
    config.validate()
    assert "Error" not in capfd.readouterr().err


def test_the_shoulder_table_is_the_formula() -> None:
    text = resource_text("color/shoulder.spi1d")
    table = np.array([float(v) for v in text[text.index("{") + 1 : text.index("}")].split()])
    y = np.linspace(0.0, 1.0, len(table))
    assert np.abs(table - y / (1.0 - SHOULDER * y)).max() < 1e-7 * WHITE


def through_ocio(config: Any, values: np.ndarray, name: str) -> np.ndarray:
    transform = config.getNamedTransform(name)
    cpu = config.getProcessor(transform, PyOpenColorIO.TRANSFORM_DIR_INVERSE).getDefaultCPUProcessor()
    pixels = np.repeat(values.astype(np.float32)[:, None], 3, axis=1)
    cpu.apply(PyOpenColorIO.PackedImageDesc(pixels, len(values), 1, 3))
    return pixels[:, 0]


@pytest.mark.parametrize(
    ("tags", "name", "top"),
    [(REC709, "curve_sdr", 5.0), (PQ, "curve_pq", 49.0), (HLG, "curve_hlg", 3.7)],
    ids=["sdr", "pq", "hlg"],
)
def test_the_closed_forms_are_those_of_the_configuration(
    color: ColorPipeline, config: Any, tags: ColorTags, name: str, top: float
) -> None:
    values = np.geomspace(1e-4, top, 4000)
    frame = Frame(torch.from_numpy(np.tile(values, (3, 1, 1)).astype(np.float32)))
    ours = color.to_encoded(frame, ColorTags("bt709", tags.transfer), 16)[0, :, 0] / 65535
    assert np.abs(ours - through_ocio(config, values, name)).max() < 2.5e-4


def test_display_codes_are_those_of_the_configuration(color: ColorPipeline, config: Any) -> None:
    values = np.geomspace(1e-4, 5.0, 4096)
    shown = color.to_display(Frame(torch.from_numpy(np.tile(values, (3, 1, 1)).astype(np.float32))))
    wanted = through_ocio(config, values, "curve_sdr") * 255
    assert np.abs(shown[0, :, 2] - wanted).max() <= 0.56


# ---- display ---------------------------------------------------------------------------------------------------------


def test_the_display_shows_an_untouched_picture_as_it_is(color: ColorPipeline) -> None:
    pixels = np.random.default_rng(4).integers(0, 256, (50, 70, 3)).astype(np.uint8)
    shown = color.to_display(working(color, pixels))
    assert shown.shape == (50, 70, 4)
    assert shown.flags.c_contiguous
    assert (shown[..., 2::-1] == pixels).all()
    assert (shown[..., 3] == 255).all()


def test_a_pixel_that_is_no_number_is_black_and_infinite_light_is_bounded(color: ColorPipeline) -> None:
    pixels = np.full((4, 5, 3), 0.18, np.float32)
    pixels[1, 2] = float("nan"), float("inf"), -float("inf")
    pixels[3, 4, 0] = 3e38
    for tags in (ColorTags(transfer="linear"), ColorTags("bt2020", "linear")):
        assert working(color, pixels, tags).pixels.isfinite().all()
    seen = working(color, pixels, ColorTags(transfer="linear")).pixels
    assert seen[:, 1, 2].tolist() == [0.0, 65504.0, -65504.0]
    assert seen[0, 3, 4] == 65504.0
    assert (np.delete(seen.reshape(3, -1).numpy(), [7, 19], axis=1) == np.float32(0.18)).all()


def test_display_survives_what_light_can_be(color: ColorPipeline) -> None:
    assert color.to_display(light(1e30, -3.0, float("nan")))[0, 0].tolist() == [0, 0, 255, 255]


def test_a_display_frame_is_not_encoded_twice(color: ColorPipeline) -> None:
    frame = Frame(torch.zeros(3, 2, 2), ColorSpace.DISPLAY)
    for encode in (color.to_display, color.to_linear_exr, lambda f: color.to_encoded(f, DISPLAY_TAGS)):
        with pytest.raises(ValueError, match="scene_linear"):
            encode(frame)


# ---- encode ----------------------------------------------------------------------------------------------------------


def test_encoding_never_writes_its_frame(color: ColorPipeline) -> None:
    for tags in (REC709, PQ, HLG, WIDE, ColorTags(transfer="linear")):
        frame = light(0.3, 7.0, -0.2)
        before = frame.pixels.clone()
        color.to_encoded(frame, tags, 10, dither_seed=1)
        assert torch.equal(frame.pixels, before)


def test_dither_follows_from_its_seed_alone_and_keeps_the_mean(color: ColorPipeline) -> None:
    frame = Frame(torch.full((3, 200, 300), 0.0123))
    plain = color.to_encoded(frame, REC709, 16).mean() / 257
    one, again, other = (color.to_encoded(frame, REC709, 8, dither_seed=s) for s in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()
    assert one.mean() == pytest.approx(plain, abs=0.02)
    assert set(np.unique(one)) == {28, 29}


def test_dither_leaves_an_untouched_picture_alone(color: ColorPipeline) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, (256, 256, 3)).astype(np.uint8)
    assert (color.to_encoded(working(color, pixels, SMPTE_C), SMPTE_C, 8, dither_seed=5) == pixels).all()


def test_resources_outside_the_folder_do_not_exist(tmp_path: Path) -> None:
    for name in ("none.txt", "../pyproject.toml", str(tmp_path)):
        with pytest.raises(FileNotFoundError):
            resource(name)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_a_gpu_encodes_as_the_processor_does(color: ColorPipeline) -> None:
    pixels = np.random.default_rng(5).integers(0, 65536, (128, 192, 3)).astype(np.uint16)
    for tags in (REC709, WIDE, HLG):
        frames = [color.to_working(Picture(pixels, tags, 0), d) for d in (CPU, torch.device("cuda"))]
        codes = [color.to_encoded(f, tags, 10, dither_seed=3).astype(int) for f in frames]
        assert np.abs(codes[0] - codes[1]).max() <= 16  # a quarter of a ten-bit code
        assert np.abs(color.to_display(frames[0]).astype(int) - color.to_display(frames[1])).max() <= 1
