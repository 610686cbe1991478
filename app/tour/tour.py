"""Tour: a ring around a part of the window and a card beside it. The window goes on working. Main thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.theme import tokens as tk
from app.theme.painting import painting
from app.tour.steps import STEPS, Step
from app.widgets.buttons import Button, Emphasis
from app.widgets.parts import fit_height, text_label
from app.widgets.popover import Popover
from core.words import tr

if TYPE_CHECKING:
    from app.main_window import MainWindow

CARD_W: Final = 340
ALONE: Final = "viewer_alone"
"""With the picture alone on the screen nothing is left to be shown around in, and nothing may lie over the picture."""
_GAP: Final = 14
_OWN_KEYS: Final = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Space)


class Ring(QWidget):
    """Drawn over the window; the pointer goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as p:
            for color, width in ((tk.SEAM, 3.0), (tk.ACC, 2.0)):
                p.setPen(QPen(color, width))
                p.drawRoundedRect(
                    QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), tk.RADIUS_POPOVER, tk.RADIUS_POPOVER
                )


class Card(Popover):
    """What is said, and the way on. Right and Enter go on, Left goes back, Esc ends it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.title = text_label(px=tk.TITLE_PX, color=tk.T1, bold=True)
        self.text = text_label(wraps=True)
        self.count = text_label(px=tk.CAPTION_PX, color=tk.T3)
        self.skip = Button(tr("Skip"))
        self.back = Button(tr("Back"))
        self.next = Button(tr("Next"), emphasis=Emphasis.PRIMARY)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.count)
        line.addStretch(1)
        for button in (self.skip, self.back, self.next):
            line.addWidget(button)
        self.content.addWidget(self.title)
        self.content.addWidget(self.text)
        self.content.addLayout(line)
        self.setFixedWidth(CARD_W)

    def event(self, event: QEvent) -> bool:
        """The arrows are the card's before they step through the clip."""
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and Qt.Key(event.key()) in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next.click()
        elif key == Qt.Key.Key_Left:
            self.back.click()
        else:
            super().keyPressEvent(event)


class Tour(QObject):
    """One at a time; begins anew each time."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._at = -1
        self.ring: Ring | None = None
        self.card: Card | None = None
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.timeout.connect(self._place)

    @property
    def step(self) -> Step | None:
        return STEPS[self._at] if self._at >= 0 else None

    def start(self) -> None:
        if self.card is None or self.ring is None:
            self.ring, self.card = Ring(self._window), Card(self._window)
            self.card.next.clicked.connect(lambda: self._go(self._at + 1))
            self.card.back.clicked.connect(lambda: self._go(self._at - 1))
            self.card.skip.clicked.connect(self.stop)
            self.card.closed.connect(self.stop)
            self._window.installEventFilter(self)
            self._window.actions_by_id[ALONE].toggled.connect(self.stop)
        if self._window.is_on(ALONE):  # what is shown has to be there
            self._window.actions_by_id[ALONE].trigger()
        self._go(0)
        self.card.next.setFocus(Qt.FocusReason.TabFocusReason)

    def stop(self) -> None:
        if self.card is not None and self.ring is not None and self._at >= 0:
            self._at = -1
            self._follow.stop()
            self.card.hide()
            self.ring.hide()

    def _go(self, at: int) -> None:
        card = self.card
        assert card is not None
        if at >= len(STEPS):
            self.stop()
            return
        self._at = max(0, at)
        step = STEPS[self._at]
        card.title.setText(tr(step.title))
        card.text.setText(tr(step.text))
        card.count.setText(tr("{at} of {count}", at=self._at + 1, count=len(STEPS)))
        card.back.setEnabled(self._at > 0)
        is_last = self._at == len(STEPS) - 1
        card.next.setText(tr("Done") if is_last else tr("Next"))
        card.skip.setVisible(not is_last)
        card.setAccessibleName(tr("Tour, {at}: {title}", at=card.count.text(), title=tr(step.title)))
        card.setAccessibleDescription(tr(step.text))
        step.point(self._window)
        self._follow.start(0)  # once a panel that was just shown has its place

    def _place(self) -> None:
        step, card, ring = self.step, self.card, self.ring
        if step is None or card is None or ring is None:
            return
        widget, part = step.point(self._window)
        target = QRect(widget.mapTo(self._window, part.topLeft()), part.size()).intersected(self._window.rect())
        ring.setGeometry(target.adjusted(-3, -3, 3, 3).intersected(self._window.rect()))
        ring.show()
        ring.raise_()
        fit_height(card.text, CARD_W - 2 * tk.CARD_INSET)
        card.adjustSize()
        card.move(card_place(target, card.size(), self._window.size()))
        card.show()
        card.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self._at >= 0:
            self._follow.start(0)
        return super().eventFilter(watched, event)


def card_place(target: QRect, card: QSize, window: QSize) -> QPoint:
    """Beside the target where there is room: right, left, above, below; inside it at the bottom else."""
    middle = target.center().y() - card.height() // 2
    centre = target.center().x() - card.width() // 2
    right, left = target.right() + _GAP, target.left() - _GAP - card.width()
    above, below = target.top() - _GAP - card.height(), target.bottom() + _GAP
    if target.bottom() < window.height() // 6:  # a bar at the top: below it, so that nothing of it is covered
        x, y = centre, below
    elif right + card.width() <= window.width() - 8 and target.width() < window.width() // 3:
        x, y = right, middle
    elif left >= 8 and target.width() < window.width() // 3:
        x, y = left, middle
    elif above >= window.height() // 8:
        x, y = centre, above
    elif below + card.height() <= window.height() - 8:
        x, y = centre, below
    else:
        x, y = centre, target.bottom() - card.height() - 3 * _GAP
    return QPoint(
        max(8, min(x, window.width() - card.width() - 8)), max(8, min(y, window.height() - card.height() - 8))
    )
