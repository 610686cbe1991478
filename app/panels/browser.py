"""The left column: the project's media, the looks to choose from, and stills."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.looks.gallery_panel import GalleryPanel
from app.looks.my_looks import MyLooks
from app.media_host import MediaHost
from app.panels.context import PanelContext
from app.panels.inspector import stacked
from app.panels.looks_panel import LooksPanel
from app.panels.media_panel import MediaPanel
from app.panels.preset_stills import PresetStills
from app.widgets.buttons import PanelTabs
from core.words import tr


class Browser(QWidget):
    """Tabs in the order of `MEDIA`, `LOOKS`, `GALLERY`; opens on the looks, which are where a translation begins."""

    MEDIA, LOOKS, GALLERY = range(3)

    def __init__(
        self,
        context: PanelContext,
        stills: PresetStills,
        media: MediaHost,
        mine: MyLooks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.tabs = PanelTabs((tr("Media"), tr("Looks"), tr("Gallery")))
        self.media = MediaPanel(context, media)
        self.looks = LooksPanel(context, stills, mine)
        self.gallery = GalleryPanel()
        self._stack = stacked(self, self.tabs, (self.media, self.looks, self.gallery))
        self.tabs.set_current(self.LOOKS)
