"""The real window over fake media: everything but the pixels is what a person gets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from fakes import World, fake_spec
from films import number_film
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.documents import Choice
from app.main_window import MainWindow
from core.document.model import Clip
from core.document.recovery import Recoverable
from core.document.session import Session
from core.ids import TranslatorId
from core.render.engine import Engine


@dataclass
class Answers:
    """Answers dialogs in a person's place, and remembers what was said."""

    place: Path | None = None
    project: Path | None = None
    clips: list[str] = field(default_factory=list)
    save: Choice = Choice.DISCARD
    recovery: Choice = Choice.CANCEL
    stops_export: bool = True
    replaces: bool = False
    timeline: Path | None = None
    target: Path | None = None
    loses: bool = False
    folder: Path | None = None
    losses: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def choose_project(self) -> Path | None:
        return self.project

    def choose_place(self, name: str) -> Path | None:
        return self.place

    def confirm_replace(self, name: str) -> bool:
        self.asked.append(name)
        return self.replaces

    def choose_clips(self) -> list[str]:
        return self.clips

    def confirm_save(self, name: str) -> Choice:
        self.asked.append(name)
        return self.save

    def confirm_recovery(self, item: Recoverable) -> Choice:
        self.asked.append(item.name)
        return self.recovery

    def confirm_copy(self, message: str) -> bool:
        self.asked.append(message)
        return True

    def confirm_stop(self) -> bool:
        self.asked.append("export")
        return self.stops_export

    def choose_timeline(self) -> Path | None:
        return self.timeline

    def choose_target(self, name: str) -> Path | None:
        return self.target

    def confirm_losses(self, title: str, losses: tuple[str, ...]) -> bool:
        self.losses.append((title, losses))
        return self.loses

    def choose_folder(self, title: str) -> Path | None:
        return self.folder

    def choose_file(self, title: str, kinds: str) -> Path | None:
        return self.target

    def choose_new_file(self, title: str, name: str, kinds: str) -> Path | None:
        return self.target

    def show_error(self, message: str) -> None:
        self.errors.append(message)


def a_world(folder: Path, **rest: object) -> World:
    """Fake services that answer to the translator a new clip has."""
    spec = replace(fake_spec(), id=TranslatorId("atmosphere"))
    return World(folder, spec=spec, **rest)  # type: ignore[arg-type]


@dataclass
class Editor:
    """A window, and the hands in front of it."""

    window: MainWindow
    answers: Answers
    qtbot: QtBot
    folder: Path

    @staticmethod
    def open(qtbot: QtBot, folder: Path, world: World | None = None, session: Session | None = None) -> Editor:
        services = (world or a_world(folder)).services
        answers = Answers()
        window = MainWindow(session or Session(), lambda emit: Engine(services(), emit), answers)
        qtbot.addWidget(window)
        window.resize(1600, 1000)
        window.show()
        window.begin()
        return Editor(window, answers, qtbot, folder)

    def close(self) -> None:
        self.answers.save, self.answers.stops_export = Choice.DISCARD, True
        self.window.close()

    def until(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=30_000)

    def add_clip(self, frames: int = 20, name: str = "tiny.mp4") -> Clip:
        """A film of flat frames, laid at the end."""
        film = number_film(self.folder / name, frames)
        before = sum(1 for _ in self.window.bridge.project.clips())
        self.window.documents.open_paths([str(film)])
        self.until(lambda: sum(1 for _ in self.window.bridge.project.clips()) == before + 1)
        return max(self.window.bridge.project.clips(), key=lambda c: c.start)

    @property
    def clip(self) -> Clip:
        clip = self.window.timeline.canvas.state.clip
        assert clip is not None
        return clip

    def act(self, id_: str) -> None:
        self.window.actions_by_id[id_].trigger()

    def wait_for_picture(self) -> None:
        """Until the viewer shows the best picture of the instant under the playhead."""
        view, window = self.window.viewer.view, self.window

        def stands() -> bool:
            ready = view.ready
            wanted = window.viewer.transport.quality
            return ready is not None and ready.quality is wanted and ready.time == window.playhead.time

        self.until(stands)


def send(widget: QWidget, kind: QMouseEvent.Type, at: QPointF, *, down: bool, keys: Qt.KeyboardModifier) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QMouseEvent.Type.MouseMove else left
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, left if down else none, keys)
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget,
    start: QPointF,
    *stops: QPointF,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    release: bool = True,
) -> None:
    """Press at `start`, move through `stops`, let go at the last."""
    send(widget, QMouseEvent.Type.MouseButtonPress, start, down=True, keys=keys)
    for stop in stops:
        send(widget, QMouseEvent.Type.MouseMove, stop, down=True, keys=keys)
    if release:
        send(widget, QMouseEvent.Type.MouseButtonRelease, (start, *stops)[-1], down=False, keys=keys)


def middle(widget: QWidget) -> QPoint:
    return widget.rect().center()
