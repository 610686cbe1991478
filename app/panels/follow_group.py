"""Following: a mask carried along the picture, how far it is, how sure, and where it is held fast. Main thread."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QWidget

from app.actions.button import BarButton
from app.actions.table import BY_ID
from app.matte_desk import MatteDesk
from app.theme import tokens as tk
from app.theme.painting import focus_ring
from app.widgets.focus import KeyboardFocus
from app.widgets.group import Group
from app.widgets.param_row import ParamRow
from app.widgets.param_spec import ParamSpec
from app.widgets.parts import text_label
from core.timebase import ZERO, Time, TimeRange
from core.words import msg, tr, trn

_STEADY: Final = ParamSpec(
    "Steadiness",
    0.0,
    3.0,
    0.0,
    1.0,
    help=msg("Frames before and after that are averaged in, against a selection that flickers."),
)
_ACTIONS: Final = (
    ("follow_back", "step_back"),
    ("follow_both", "swap"),
    ("follow_ahead", "step_forward"),
    ("lock_matte", "lock"),
    ("stop_following", "stop"),
    ("view_doubt", "eye"),
)


class FollowGroup(Group):
    """Buttons ask for actions; the strip asks to go to a frame."""

    asked = Signal(str)
    seek_wanted = Signal(object)
    """A timeline instant."""

    def __init__(self, desk: MatteDesk, parent: QWidget | None = None) -> None:
        super().__init__(tr("Follow"), "link", parent, can_reset=False)
        self._desk = desk
        self.buttons = {id_: self._button(id_, icon) for id_, icon in _ACTIONS}
        self.strip = FollowStrip()
        self.state = text_label("", color=tk.T3, wraps=True)
        self.steady = ParamRow(_STEADY, keyable=False)
        self._build()
        self.strip.chosen.connect(self._seek)
        context = desk.context
        self.steady.gesture_started.connect(lambda: context.begin(tr("Steady mask")))
        self.steady.value_changed.connect(desk.set_steady)
        self.steady.gesture_committed.connect(context.commit)
        self.steady.gesture_cancelled.connect(context.cancel)
        self.steady.reset_requested.connect(lambda: desk.set_steady(0))
        desk.changed.connect(self.refresh)
        desk.moved.connect(self._on_moved)
        self.refresh()

    def _button(self, id_: str, icon: str) -> BarButton:
        button = BarButton(icon, tr(BY_ID[id_].title), action=id_, checkable=id_ in ("lock_matte", "view_doubt"))
        button.clicked.connect(lambda: self.asked.emit(id_))
        return button

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(tk.PANEL_INSET - 6, 4, tk.PANEL_INSET - 6, 4)
        bar.setSpacing(2)
        for id_, button in self.buttons.items():
            if id_ == "lock_matte":
                bar.addSpacing(8)
            if id_ == "view_doubt":
                bar.addStretch(1)
            bar.addWidget(button)
        self.rows.addLayout(bar)
        self.state.setContentsMargins(tk.PANEL_INSET, 0, tk.PANEL_INSET, 6)
        for part in (self.strip, self.state, self.steady):
            self.rows.addWidget(part)

    def _seek(self, source: Time) -> None:
        clip = self._desk.clip
        if clip is not None:
            self.seek_wanted.emit(clip.timeline_time(source))

    def show_doubt(self, *, on: bool) -> None:
        """Whether the view of doubt is on screen."""
        self.buttons["view_doubt"].setChecked(on)

    # ---- showing ----

    def _on_moved(self) -> None:
        """Another frame; in playback only what is in sight and follows is drawn anew."""
        mask = self._desk.mask
        if self.isVisible() and mask is not None and mask.follow is not None:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        desk = self._desk
        clip, mask, carried = desk.clip, desk.mask, desk.carried
        follow = mask.follow if mask else None
        can_follow = clip is not None and not clip.is_adjustment and mask is not None
        self.body.setEnabled(mask is not None)
        for id_ in ("follow_back", "follow_both", "follow_ahead"):
            self.buttons[id_].setEnabled(can_follow)
        for id_ in ("lock_matte", "stop_following", "view_doubt"):
            self.buttons[id_].setEnabled(follow is not None)
        self.buttons["lock_matte"].setChecked(desk.lock is not None)
        self.strip.setVisible(follow is not None)
        done = len(carried.certainties) if carried else 0
        if clip is None or mask is None or follow is None:
            self.state.setText(
                tr("Paint the mask on one frame, then let it follow the picture back, ahead or both ways.")
            )
            self.header.set_summary("")
        else:
            made = carried.certainties if carried else ()
            painted = tuple({s.at for s in mask.strokes if s.at is not None} | {follow.start})
            locked = tuple(each.time for each in follow.locked)
            self.strip.show_way(clip.source, desk.frame_s, made, painted, locked, desk.time)
            text = _said(done, carried.total if carried else 0, made)
            self.state.setText(text)
            self.header.set_summary(tr("on"))
        self.steady.setEnabled(mask is not None and mask.is_alive)
        self.steady.show_value(float(mask.steady) if mask else 0.0)


def _said(done: int, total: int, made: tuple[tuple[Time, float], ...]) -> str:
    """How far, how sure; and what to do about it."""
    if done < total or total == 0:
        return tr("Following: {done} of {total} frames.", done=done, total=total)
    doubtful = sum(1 for _, certainty in made if certainty < DOUBTFUL_BELOW)
    if not doubtful:
        return trn("Followed {count} frame, sure of all.", "Followed {count} frames, sure of all.", total)
    return trn(
        "Followed {total} frames, {count} of them in doubt: correct the first and what follows is done anew.",
        "Followed {total} frames, {count} of them in doubt: correct the first and what follows is done anew.",
        doubtful,
        total=total,
    )


DOUBTFUL_BELOW: Final = 0.75
_H: Final = 34
_STEPS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right)


class FollowStrip(KeyboardFocus, QWidget):
    """The clip from end to end: certainty as a curve, amber where in doubt; diamonds where it was painted, squares where
    it is locked. A click goes to a frame; the arrows go from one that was painted, locked or first in doubt to the next."""

    chosen = Signal(object)
    """A source instant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._span = TimeRange(ZERO, ZERO)
        self._frame = self._here = ZERO
        self._made: tuple[tuple[Time, float], ...] = ()
        self._painted: tuple[Time, ...] = ()
        self._locked: tuple[Time, ...] = ()
        self.setFixedHeight(_H)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Certainty of the mask along the clip"))

    def sizeHint(self) -> QSize:
        return QSize(240, _H)

    def show_way(
        self,
        span: TimeRange,
        frame: Time,
        made: tuple[tuple[Time, float], ...],
        painted: tuple[Time, ...],
        locked: tuple[Time, ...],
        here: Time,
    ) -> None:
        """All in source time. `made`: frames that are at hand and how sure each is, 0..1."""
        self._span, self._frame, self._here = span, frame, here
        self._made, self._painted, self._locked = made, painted, locked
        sure = next((certainty for time, certainty in made if time <= here < time + frame), None)
        text = "" if sure is None else tr("{certainty:.0%} sure on this frame", certainty=sure)
        self.setAccessibleDescription(text)
        self.update()

    @property
    def stops(self) -> tuple[Time, ...]:
        """Where the arrows go: what was painted, what is locked, where doubt begins."""
        doubtful = {time for time, certainty in self._made if certainty < DOUBTFUL_BELOW}
        begins = {time for time in doubtful if time - self._frame not in doubtful}
        inside = {*self._painted, *self._locked, *begins}
        return tuple(sorted(time for time in inside if self._span.contains(time)))

    # ---- where ----

    def _area(self) -> QRectF:
        return QRectF(tk.PANEL_INSET, 4, max(1, self.width() - 2 * tk.PANEL_INSET), _H - 12)

    def _x(self, time: Time) -> float:
        area, length = self._area(), float(self._span.duration.seconds) or 1.0
        return area.left() + area.width() * float((time - self._span.start).seconds) / length

    def _time_at(self, x: float) -> Time:
        area = self._area()
        share = min(max((x - area.left()) / area.width(), 0.0), 1.0)
        frames = int(self._span.duration.seconds / self._frame.seconds) if self._frame.seconds else 0
        number = min(int(share * frames), max(0, frames - 1))
        return self._span.start + Time(number * self._frame.seconds)

    # ---- hand ----

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self._time_at(event.position().x()))
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.chosen.emit(self._time_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stops = self.stops
        match event.key():
            case Qt.Key.Key_Right:
                later = [time for time in stops if time > self._here]
                wanted = later[0] if later else None
            case Qt.Key.Key_Left:
                earlier = [time for time in stops if time < self._here]
                wanted = earlier[-1] if earlier else None
            case _:
                return super().keyPressEvent(event)
        if wanted is not None:
            self.chosen.emit(wanted)
        return None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            event.accept()
            return True
        if isinstance(event, QHelpEvent):
            time = self._time_at(event.pos().x())
            sure = next((c for t, c in self._made if t <= time < t + self._frame), None)
            text = tr("Not followed here") if sure is None else tr("{certainty:.0%} sure", certainty=sure)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    # ---- painting ----

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        painter.fillRect(area, tk.TRACK)
        frame_px = max(1.0, self._x(self._span.start + self._frame) - area.left())
        columns: dict[int, float] = {}
        for time, certainty in self._made:  # of many frames in one column the least sure one shows
            column = int(self._x(time))
            columns[column] = min(certainty, columns.get(column, 1.0))
        for column, certainty in columns.items():
            if area.left() <= column + frame_px and column <= area.right():
                color = QColor(tk.ACC if certainty >= DOUBTFUL_BELOW else tk.WARN)
                high = area.height() * max(0.12, certainty)
                painter.fillRect(QRectF(column, area.bottom() - high, frame_px + 1.0, high), color)
        painter.setPen(QPen(tk.EDGE, 1))
        y = area.bottom() - area.height() * DOUBTFUL_BELOW
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tk.T1)
        for time in self._painted:
            x, low = self._x(time) + frame_px / 2, area.bottom() + 4
            painter.drawPolygon(
                QPolygonF([QPointF(x, low - 4), QPointF(x + 4, low), QPointF(x, low + 4), QPointF(x - 4, low)])
            )
        for time in self._locked:
            x = self._x(time) + frame_px / 2
            painter.drawRect(QRectF(x - 3, area.bottom() + 1, 6, 6))
        x = self._x(self._here) + 0.5
        painter.setPen(QPen(tk.T1, 1))
        painter.drawLine(QPointF(x, area.top() - 3), QPointF(x, area.bottom() + 3))
        if self._shows_focus:
            focus_ring(painter, QRectF(self.rect()), radius=2, gap=-tk.FOCUS_W)
        painter.end()
