"""The language of the window: which one, and Qt told of it. Main thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLibraryInfo, QLocale, QTranslator

from core.words import ENGLISH, LANGUAGES, tr, use_language

_CODES: Final = {each.code for each in LANGUAGES}


def chosen(setting: str, system: Iterable[str]) -> str:
    """The code of the language to speak. `system` holds what the system prefers, as `de-AT` or `de_AT`, best first."""
    if setting in _CODES:
        return setting
    spoken = (name.replace("_", "-").partition("-")[0] for name in system)
    return next((code for code in spoken if code in _CODES), ENGLISH.code)


def when(seconds: float, pattern: str) -> str:
    """A moment (seconds since 1970) in the person's time zone; `pattern` is Qt's and has its own order in each language."""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)), tr(pattern))


def speak(application: QCoreApplication, setting: str) -> None:
    """Before the window is built. Numbers and dates go with the words; Qt's own dialogs and names of keys too."""
    code = chosen(setting, QLocale.system().uiLanguages())
    use_language(code)
    if QLocale.system().name().partition("_")[0] != code:
        QLocale.setDefault(QLocale(code))
    translator = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if code != ENGLISH.code and translator.load(f"qtbase_{code}", folder):
        application.installTranslator(translator)
