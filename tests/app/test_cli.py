"""How the command line reads what is typed and shows how far it is."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest
from builders import a_project
from films import number_film
from onnx_files import convolution

from app.cli import BAD_INPUT, CODECS, DONE, USAGE, build_parser, main
from app.cli_listing import rate_of
from app.cli_render import Bar, Input, Lines, _watch, frames_named, reporter, run_export, size_named, span_of, with_look
from core.condition import CLOUD, HAZE, RAIN, Condition
from core.document.model import Curve, Keyframe, Look
from core.document.recipe import Recipe
from core.document.session import new_project
from core.document.storage import encode_project
from core.errors import ExportError, LookError, UsageError
from core.ids import JobId
from core.looks.library import LookLibrary
from core.media.formats import Codec
from core.progress import Progress
from core.render.messages import ExportDone, ExportRequest, ExportSettings
from core.timebase import ZERO, Time, TimeRange

ROOT = Path(__file__).resolve().parents[2]


def asked(*arguments: str) -> object:
    return build_parser().parse_args(["render", "a.mp4", "--out", "b.mp4", *arguments])


@pytest.mark.parametrize(
    ("text", "rate"), [("24", 24), ("24000/1001", Fraction(24000, 1001)), ("12.5", Fraction(25, 2))]
)
def test_a_rate_is_exact(text: str, rate: Fraction) -> None:
    assert rate_of(text) == rate


@pytest.mark.parametrize("text", ["0", "-24", "24/0", "fast", "nan", "100000"])
def test_a_rate_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--rate"):
        rate_of(text)


def test_frames_are_inclusive_and_one_may_stand_alone() -> None:
    assert frames_named("100-140") == (100, 140)
    assert frames_named("7") == (7, 7)
    assert frames_named(None) == (None, None)


@pytest.mark.parametrize("text", ["a-b", "-5", "5-", "", "1-2-3"])
def test_frames_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--frames"):
        frames_named(text)


def test_a_size_is_read_in_either_case() -> None:
    assert size_named("960X540") == (960, 540)


def test_a_width_alone_is_a_size() -> None:
    assert size_named("1280") == (1280, None)


def test_a_size_beyond_what_can_be_written_is_told_the_limits() -> None:
    with pytest.raises(UsageError, match="2 to 16384 pixels, not 99999x99999"):
        size_named("99999x99999")


@pytest.mark.parametrize("text", ["", "960x", "x540", "0x540", "960x540x3", "99999x2", "99999", "wide"])
def test_a_size_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--size"):
        size_named(text)


def test_presets_stack_in_order_and_values_come_last() -> None:
    project = with_look(a_project(), asked("--preset", "overcast", "--preset", "drizzle:0.5", "--set", "rain=9%"))  # type: ignore[arg-type]
    (clip,) = project.clips()
    assert clip.look.base[RAIN] == 0.09
    assert clip.look.base[CLOUD] > 0.0
    assert clip.look.name == "Overcast, Drizzle"


def test_a_value_asked_for_takes_the_place_of_its_curve_and_leaves_the_others() -> None:
    curves = tuple(Curve(axis, (Keyframe(ZERO, 0.5),)) for axis in (HAZE, RAIN))
    project = with_look(a_project(look=Look(curves=curves)), asked("--set", "haze=0.2"))  # type: ignore[arg-type]
    (clip,) = project.clips()
    assert [c.axis for c in clip.look.curves] == [RAIN]
    assert clip.look.base[HAZE] == 0.2


def test_neutral_asked_for_is_neutral_and_takes_its_curve_along() -> None:
    rising = Curve(HAZE, (Keyframe(ZERO, 0.5),))
    look = Look(base=Condition.of({CLOUD: 0.5}), curves=(rising, Curve(CLOUD, (Keyframe(ZERO, 0.2),))))
    (clip,) = with_look(a_project(look=look), asked("--set", "haze=0", "--set", "rain=0.5")).clips()
    assert [curve.axis for curve in clip.look.curves] == [CLOUD]
    assert clip.look.condition_at(ZERO)[HAZE] == 0.0


def test_frames_of_a_project_are_counted_from_its_start_whatever_the_in_point() -> None:
    project = a_project()
    count = len(TimeRange(ZERO, project.duration).frames(project.rate))
    given = Input(replace(project, in_point=Time.from_frame(count // 2, project.rate)), project.rate, "p.wvp")
    span = span_of(given, count - 3, count - 1)
    assert span.end == project.duration
    with pytest.raises(UsageError, match=f"0 to {count - 1}"):
        span_of(given, 0, count)


def test_a_look_from_a_file_lies_under_presets_and_values(tmp_path: Path) -> None:
    library = LookLibrary(tmp_path)
    look = library.add("Dusk", Recipe("Dusk", Condition.of({RAIN: 0.6, HAZE: 0.1}), amount=0.5, seed=9))
    library.export(look.id, tmp_path / "dusk.wvlook")
    (clip,) = with_look(a_project(), asked("--look", str(tmp_path / "dusk.wvlook"), "--set", "haze=0.2")).clips()
    assert (clip.look.base[RAIN], clip.look.base[HAZE]) == (0.6, 0.2)
    assert (clip.look.name, clip.look.amount, clip.look.seed) == ("Dusk", 0.5, 9)


def test_a_look_that_is_not_there_is_named() -> None:
    with pytest.raises(LookError, match=r"gone\.wvlook cannot be read"):
        with_look(a_project(), asked("--look", "gone.wvlook"))


def test_a_project_without_options_keeps_its_look() -> None:
    project = a_project(look=Look(seed=7))
    assert with_look(project, asked()) == project  # type: ignore[arg-type]


def test_the_bar_draws_over_itself_and_says_how_long() -> None:
    out = io.StringIO()
    Bar(out).progress(Progress("Rendering", 10, 40, 5.0))
    assert out.getvalue().startswith("\r")
    assert "10/40 2.0 fps 0:15 left" in out.getvalue()


def test_what_is_said_after_the_bar_has_a_line_of_its_own() -> None:
    out = io.StringIO()
    bar = Bar(out)
    bar.leave()
    assert out.getvalue() == ""
    bar.progress(Progress("Rendering", 10, 40, 5.0))
    bar.leave()
    assert out.getvalue().endswith("left\n")


def test_json_progress_is_an_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines.progress(Progress("Rendering", 1, 4, 1.0))
    lines.finish(ExportDone("job", "o.mp4", 4, 2.0), ExportSettings("o.mp4"))  # type: ignore[arg-type]
    first, last = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (first["event"], first["done"], first["left_s"]) == ("progress", 1, None)
    assert (last["event"], last["frames"]) == ("done", 4)


def test_no_bar_is_drawn_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not isinstance(reporter(None), Bar)


class DyingEngine:
    """Leaves its thread at the first step."""

    def post(self, request: object) -> None:
        return

    def step(self, timeout_s: float) -> bool:
        raise ZeroDivisionError("by zero")

    def close(self) -> None:
        return


def test_an_engine_that_fails_ends_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bootstrap.build_engine", lambda *_: DyingEngine())
    project = a_project()
    request = ExportRequest(JobId("a"), project, project.export_range, ExportSettings(str(tmp_path / "o.mp4")))
    with pytest.raises(ExportError, match="by zero"):
        run_export(request, "cpu", reporter("none"))


def test_a_dead_engine_is_not_waited_for() -> None:
    with pytest.raises(ExportError, match="stopped unexpectedly"):
        _watch(SimpleQueue(), reporter("none"), lambda: False, lambda: False, lambda: None)


@pytest.mark.parametrize("command", ["presets", "conditions"])
def test_the_listings_name_what_may_be_asked_for(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command]) == DONE
    text = capsys.readouterr().out
    assert ("drizzle" in text) if command == "presets" else ("sun_elevation" in text)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to stand in, with a film, a project, a note and a network for depth in it."""
    monkeypatch.chdir(tmp_path)
    number_film(tmp_path / "clip.mp4", 6)
    (tmp_path / "road.wvp").write_bytes(encode_project(new_project("Road"), 1, tmp_path))
    (tmp_path / "notes.mp4").write_text("These are not pictures.")
    (tmp_path / "junk.onnx").write_text("not a network")
    (tmp_path / "near.onnx").write_bytes(convolution(np.ones((1, 3, 1, 1), np.float32), 32))
    return tmp_path


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("presets", DONE),
        ("models list", DONE),
        ("probe clip.mp4", DONE),
        ("paint", USAGE),
        ("render clip.mp4", USAGE),
        ("render clip.mp4 --out o.mp4 --frames 9-20", USAGE),
        ("render clip.mp4 --out o.mp4 --size big", USAGE),
        ("render clip.mp4 --out o.mp4 --size 99999", USAGE),
        ("render clip.mp4 --out o.mp4 --preset monsoon", USAGE),
        ("render clip.mp4 --out o.mp4 --translator nobody", USAGE),
        ("render clip.mp4 --out o.mp4 --codec mp3", USAGE),
        ("render clip.mp4 --out o.mp4 --device abacus", USAGE),
        ("still clip.mp4 --frame 99 --out o.png", USAGE),
        ("probe road.wvp", USAGE),
        ("analyse clip.mp4 --out maps --maps heat", USAGE),
        ("analyse clip.mp4 --out maps --frames 9", USAGE),
        ("models add nonesuch", USAGE),
        ("models add near.onnx", USAGE),
        ("models remove nonesuch", USAGE),
        ("probe gone.mp4", BAD_INPUT),
        ("probe notes.mp4", BAD_INPUT),
        ("render gone.mp4 --out o.mp4", BAD_INPUT),
        ("render gone.wvp --out o.mp4", BAD_INPUT),
        ("render clip.mp4 --out o.xyz", BAD_INPUT),
        ("render clip.mp4 --out no/o.mp4", BAD_INPUT),
        ("render clip.mp4 --out o.mp4 --layers notes.mp4", BAD_INPUT),
        ("still clip.mp4 --frame 0 --out o.jpg", BAD_INPUT),
        ("analyse gone.mp4 --out maps", BAD_INPUT),
        ("analyse clip.mp4 --out notes.mp4", BAD_INPUT),
        ("demo --headless --out notes.mp4", BAD_INPUT),
        ("models add gone.onnx", BAD_INPUT),
        ("models add junk.onnx --task depth", BAD_INPUT),
        ("models add midas-small", BAD_INPUT),
    ],
)
def test_every_command_ends_by_one_rule(line: str, status: int, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in desk.iterdir() if path.is_file()}
    try:
        ended = main(line.split())
    except SystemExit as left:
        ended = int(str(left.code))
    said = capsys.readouterr().err.splitlines()
    assert (ended, len(said)) == (status, 0 if status == DONE else 1), said
    if status != DONE:
        assert {path: path.read_bytes() for path in desk.iterdir() if path.is_file()} == before


def test_every_codec_can_be_asked_for() -> None:
    assert tuple(Codec) == CODECS


def test_an_unknown_command_is_a_usage_error_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["paint"])
    assert ended.value.code == USAGE
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_help_and_listings_load_neither_torch_nor_qt() -> None:
    code = (
        "import sys; from app.cli import main\n"
        "for words in (['presets'], ['conditions'], ['render', '--help']):\n"
        "    try: main(words)\n"
        "    except SystemExit: pass\n"
        "print([m for m in ('torch', 'PySide6', 'cv2', 'av') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.splitlines()[-1] == "[]", run.stderr
