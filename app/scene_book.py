"""What is known of the scene of each medium: what the engine found, and what the document says. Main thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.scene_tracks import thinned
from app.session_bridge import SessionBridge
from core.document.model import Clip, Project, SceneEdits
from core.errors import EditRejected
from core.ids import ClipId, MediaId
from core.media.facts import MediaFacts
from core.objects import ObjectId, SceneObject, Spot
from core.progress import Progress
from core.render.messages import AnalysisProgress, Event, SceneKnown
from core.scene import NO_CORRECTIONS, FrameScene, Scene, Tracking, hidden_objects, scene_at, standing_objects
from core.timebase import Time

if TYPE_CHECKING:
    from core.frame_times import FrameTimes


@dataclass(frozen=True)
class ShotScene:
    """The scene of a medium at this moment. `found` is None until the shot was looked at."""

    media: MediaFacts
    said: SceneEdits
    found: Scene | None = None
    tracking: Tracking | None = None
    index: FrameTimes | None = field(default=None, compare=False, repr=False)
    """When each frame appears; until it is known the frames are taken to come evenly."""

    @property
    def aspect(self) -> float:
        return self.media.video.width / self.media.video.height

    @cached_property
    def scene(self) -> Scene:
        """What was found, or the usual camera, with the person's word laid over it."""
        return (self.found or Scene()).corrected(self.said.corrections, self.aspect)

    @cached_property
    def objects(self) -> tuple[SceneObject, ...]:
        """All of the shot, those that are off too."""
        return standing_objects(self.tracking, self.said.corrections)

    def thing(self, id_: ObjectId | None) -> SceneObject | None:
        return next((t for t in self.objects if t.id == id_), None)

    def is_by_hand(self, id_: ObjectId) -> bool:
        """Added, or found and then changed."""
        return any(t.id == id_ for t in self.said.corrections.objects)

    def was_found(self, id_: ObjectId) -> bool:
        """Found as it is, or found and then changed."""
        said = self.said.corrections
        return id_ in said.removed or not any(thing.id == id_ for thing in said.objects)

    def seen(self, id_: ObjectId) -> Spot | None:
        """Where a vehicle is that stands as it was found: in the middle of its track, by which it is known again."""
        thing = self.thing(id_)
        if thing is None or not thing.kind.moves or self.is_by_hand(id_):
            return None
        return thing.spots[len(thing.spots) // 2]

    @property
    def taken_away(self) -> int:
        """How many found objects were removed and could be restored."""
        changed = {thing.id for thing in self.said.corrections.objects}
        return sum(id_ not in changed for id_ in hidden_objects(self.tracking, self.said.corrections).values())

    @property
    def notes(self) -> tuple[str, ...]:
        both = (self.found.notes if self.found else ()) + (
            self.tracking.notes(first_number=self.media.first_number) if self.tracking else ()
        )
        return tuple(dict.fromkeys(both))

    @property
    def frame_count(self) -> int:
        return self.media.video.frame_count if self.index is None else self.index.count

    def frame_of(self, source_time: Time) -> int:
        """Source frame at a source instant."""
        if self.index is not None:
            return self.index.frame_at(source_time)
        return min(max(source_time.to_frame(self.media.video.rate), 0), self.frame_count - 1)

    @cached_property
    def _seen(self) -> dict[int, FrameScene]:
        return {}

    def at(self, frame: int) -> FrameScene:
        """What a source frame shows, with every object lit, so that those that are off can be seen and chosen."""
        if frame not in self._seen:
            self._seen.clear()  # a hand asks for one frame many times
            self._seen[frame] = self._look(frame)
        return self._seen[frame]

    def _look(self, frame: int) -> FrameScene:
        lit = tuple(replace(thing, is_on=True) for thing in self.objects)
        tracking = replace(self.tracking or Tracking(), objects=lit)
        frame_s = float(1 / self.media.video.rate)
        seconds = frame * frame_s
        if self.index is not None:
            seconds, frame_s = float(self.index.time_of(frame)), float(self.index.duration_of(frame))
        return scene_at(self.scene, tracking, NO_CORRECTIONS, self.aspect, frame, seconds, frame_s)

    def movable(self, id_: ObjectId, frame: int) -> SceneObject | None:
        """The object as a hand takes hold of it at `frame`: a found track with fewer positions."""
        thing = self.thing(id_)
        return thing if thing is None or self.is_by_hand(id_) else thinned(thing, frame)


class SceneBook(QObject):
    """Hears the engine; asked by the Scene page and by the tools over the picture."""

    changed = Signal()
    """Something was found, or a look at a shot has come further."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._known: dict[MediaId, SceneKnown] = {}
        self._progress: dict[MediaId, Progress] = {}
        self._last: ShotScene | None = None

    def on_event(self, event: Event) -> None:
        if isinstance(event, SceneKnown):
            self._known[event.media] = event
            self._progress.pop(event.media, None)
            self.changed.emit()
        elif isinstance(event, AnalysisProgress):
            self._on_progress(event.clip, event.progress)

    def _on_progress(self, clip_id: ClipId, progress: Progress) -> None:
        clip = next((c for c in self._bridge.project.clips() if c.id == clip_id), None)
        if clip is None or self._progress.get(clip.media) == progress:
            return
        if progress.done >= progress.total:
            self._progress.pop(clip.media, None)
        else:
            self._progress[clip.media] = progress
        self.changed.emit()

    def progress(self, media: MediaId) -> Progress | None:
        """How far the look at a shot has come, while it goes on."""
        return self._progress.get(media)

    def shot(self, project: Project, clip: Clip) -> ShotScene | None:
        """The scene of a clip's medium. The same value as long as nothing differs, so that what it works out is kept."""
        try:
            media = project.media_facts(clip.media)
        except EditRejected:
            return None
        shot, known = ShotScene(media, project.scene_edits(clip.media)), self._known.get(clip.media)
        if known is not None:
            shot = replace(shot, found=known.scene, tracking=known.tracking, index=known.index)
        if self._last is None or self._last != shot:
            self._last = shot
        return self._last
