"""The command line: what may be asked for, and the exit status it ends with. No Qt; torch only where a picture is made.

Exit status, of every command: 0 done; 2 something typed is wrong, such as an option, a value, a name or a frame that the clip
does not have; 3 a file or a folder cannot be read, used or written; 130 cancelled. With each of the last three exactly one line
on stderr says what is wrong and what to do. 1 is a fault of the program itself, with a traceback.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from typing import Final, NoReturn

from app.cli_models import add_models_parser
from app.cli_timeline import add_timeline_parser
from core.cancel import Cancelled
from core.errors import UsageError, WeathervaneError, on_one_line

DONE: Final = 0
USAGE: Final = 2
BAD_INPUT: Final = 3
CANCELLED: Final = 130
CODECS: Final = ("h264", "h265", "prores", "png", "exr")
"""Those of `core.media.formats`, which --help need not load."""


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for; the exit status."""
    try:
        asked = build_parser().parse_args(list(arguments) or ["open"])
        if asked.run is not run_open:
            _hush()
        return int(asked.run(asked))
    except UsageError as error:
        return _say(error.message, USAGE)
    except WeathervaneError as error:
        return _say(error.message, BAD_INPUT)
    except ModuleNotFoundError as error:
        return _say(
            f"{error.name} is not installed for this Python; run 'make run' once, then .venv/bin/python main.py.",
            BAD_INPUT,
        )
    except (KeyboardInterrupt, Cancelled):
        return _say("Cancelled.", CANCELLED)
    except BrokenPipeError:  # `… | head`: the reader had enough
        sys.stderr.close()
        return DONE
    except OSError as error:
        return _say(f"{error.filename or 'The system'}: {error.strerror or error}.", BAD_INPUT)


def _hush() -> None:
    """Keep libraries off the terminal: what a person must know is one sentence, and comes from us."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
    logging.getLogger().addHandler(logging.NullHandler())
    if not sys.warnoptions:
        warnings.simplefilter("ignore")


def _say(text: str, status: int) -> int:
    print(f"weathervane: {on_one_line(text)}", file=sys.stderr)
    return status


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where to look, instead of a page."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"weathervane: {on_one_line(message)} (see {self.prog} --help)\n")


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="main.py",
        description="Turn footage shot under one condition into the same footage under another.",
        epilog="Without a command the editor opens. CLIP is a film, or an image pattern such as f_%05d.png.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)

    opening = commands.add_parser("open", help="the editor, with a project or a clip")
    opening.add_argument("path", nargs="?", metavar="PROJECT_OR_CLIP")
    opening.set_defaults(run=run_open)

    probing = commands.add_parser("probe", help="what is in a file")
    probing.add_argument("clip", metavar="CLIP")
    probing.add_argument("--json", action="store_true", help="everything, as JSON")
    _add_rate(probing)
    probing.set_defaults(run=run_probe)

    still = commands.add_parser("still", help="one frame, as the film would have it")
    still.add_argument("clip", metavar="CLIP_OR_PROJECT")
    still.add_argument("--frame", type=int, required=True, metavar="N", help="number of the source frame")
    still.add_argument("--out", required=True, metavar="X.png", help=".png or .exr")
    _add_look(still)
    _add_rendering(still)
    still.set_defaults(run=run_still)

    render = commands.add_parser("render", help="a film or an image sequence")
    render.add_argument("clip", metavar="CLIP_OR_PROJECT")
    render.add_argument(
        "--out", required=True, metavar="OUT", help="film (.mp4 .mov .mkv) or pattern (f_%%05d.png, .exr)"
    )
    render.add_argument(
        "--codec", default="", choices=CODECS, metavar="NAME", help=f"{', '.join(CODECS)}; default: what suits OUT"
    )
    render.add_argument("--frames", metavar="A-B", help="only these frames, both included")
    render.add_argument("--heatmap", metavar="OUT.mp4", help="a film of where the edit flickers")
    render.add_argument(
        "--layers", metavar="FOLDER", help="EXRs of every pass, mattes and depth; or a pattern (l_%%05d.exr)"
    )
    render.add_argument("--scores", metavar="OUT.csv", help="flicker of every frame")
    render.add_argument("--report", metavar="OUT.json", help="settings, versions and scores")
    render.add_argument("--no-audio", action="store_true", help="leave the sound out")
    _add_progress(render)
    _add_look(render)
    _add_rendering(render)
    render.set_defaults(run=run_render)

    analysing = commands.add_parser(
        "analyse",
        help="what the renderer knows of a clip, as files",
        description="Find the scene of a clip and the maps of its frames, and write them. Rendering then finds them cached.",
        epilog="Written for each source frame N: sky_N.png and ground_N.png (16-bit grey, white is yes), depth_N.exr "
        "(inverse depth, 0 at infinity), class_NAME_N.png for each of eight surfaces, normals_N.exr (right, up, ahead), "
        "flow_N.exr (pixels to the frame before: R across, G down); and scene.json.",
    )
    analysing.add_argument("clip", metavar="CLIP")
    analysing.add_argument("--out", required=True, metavar="FOLDER", help="made where it is missing")
    analysing.add_argument("--frames", metavar="A-B", help="only these frames, both included")
    analysing.add_argument(
        "--maps", metavar="LIST", help="of sky,ground,depth,flow,classes,normals; default: sky,depth,ground"
    )
    analysing.add_argument("--no-models", action="store_true", help="find everything without downloaded models")
    analysing.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    _add_progress(analysing)
    _add_rate(analysing)
    analysing.set_defaults(run=run_analyse)

    demo = commands.add_parser("demo", help="the editor on the demo project")
    demo.add_argument("--headless", action="store_true", help="render it instead of opening it")
    demo.add_argument("--out", metavar="FOLDER", help="where a headless demo goes")
    demo.set_defaults(run=run_demo)

    commands.add_parser("presets", help="the named conditions").set_defaults(run=run_presets)
    commands.add_parser("conditions", help="every axis with its unit and range").set_defaults(run=run_conditions)
    add_models_parser(commands, Parser)
    add_timeline_parser(commands, Parser)
    return parser


def _add_rate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rate", metavar="R", help="frames a second of an image pattern, such as 24 or 24000/1001; 25 if not given"
    )


def _add_progress(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--progress", choices=("bar", "json", "none"), help="default: a bar on a terminal; json: lines on stdout"
    )


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", dest="settings", action="append", default=[], metavar="AXIS=V", help="e.g. haze=0.4, haze=40%%"
    )
    parser.add_argument(
        "--preset", dest="presets", action="append", default=[], metavar="NAME[:STRENGTH]", help="stack presets"
    )
    parser.add_argument("--look", metavar="FILE", help="a look that was exported, under presets and values")
    parser.add_argument("--translator", metavar="ID", help="default: atmosphere")
    parser.add_argument("--seed", type=int, metavar="N", help="where rain falls and clouds stand; default 1")


def _add_rendering(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--size", metavar="WxH", help="or a width alone, which keeps the shape; default: the source's size"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    _add_rate(parser)


# ---- commands: each imports what it needs, so that --help is instant ------------------------------------------


def run_open(asked: argparse.Namespace) -> int:
    if not has_display():
        raise UsageError("There is no display for the editor; use 'render', or see --help.")
    from app.gui import run

    return run(asked.path)


def run_probe(asked: argparse.Namespace) -> int:
    from app.cli_listing import probe_text

    print(probe_text(asked.clip, asked.rate, as_json=asked.json))
    return DONE


def run_presets(_: argparse.Namespace) -> int:
    from app.cli_listing import presets_text

    print(presets_text())
    return DONE


def run_conditions(_: argparse.Namespace) -> int:
    from app.cli_listing import conditions_text

    print(conditions_text())
    return DONE


def run_still(asked: argparse.Namespace) -> int:
    from app.cli_render import still

    return still(asked)


def run_render(asked: argparse.Namespace) -> int:
    from app.cli_render import render

    return render(asked)


def run_analyse(asked: argparse.Namespace) -> int:
    from app.cli_analyse import analyse

    return analyse(asked)


def run_demo(asked: argparse.Namespace) -> int:
    if not asked.headless and has_display():
        from app.gui import run_demo as open_demo

        return open_demo()
    from app.cli_render import render_demo

    return render_demo(asked.out)


def has_display() -> bool:
    """Whether a window can be seen. `QT_QPA_PLATFORM` set by hand is somebody's decision and counts."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
