"""The shots on screen: what is known of them is told, and what is not is found out while nobody wants anything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from core.cancel import Cancelled, CancelToken
from core.errors import WeathervaneError
from core.ids import ClipId, MediaId
from core.progress import Progress
from core.render.following import PASSES_KEPT
from core.render.mailbox import Mailbox, WantedToken
from core.render.messages import AnalysisProgress, Event, PreviewRequest, SceneKnown
from core.render.nodes import Analysis, Black, FramePlan
from core.render.renderer import Renderer

SHORT_FRAMES: Final = 3000
"""Shots up to this long are followed before anything is made ahead for playback; longer ones only when that is done."""


@dataclass(slots=True)
class _Unfollowed:
    """A shot that is shown, or was, and is not followed to its end."""

    node: Analysis
    clip: ClipId
    progress: Progress | None = None


class Shots:
    """Engine thread. Follows the shot that was looked at last, and then those before it."""

    def __init__(
        self, renderer: Renderer, emit: Callable[[Event], None], mailbox: Mailbox, stopping: CancelToken
    ) -> None:
        self._renderer = renderer
        self._emit = emit
        self._mailbox = mailbox
        self._stopping = stopping
        self._unfollowed: dict[MediaId, _Unfollowed] = {}
        """The one looked at last at the end."""
        self._unfollowable: set[str] = set()
        """Names of trackings that failed: they are not tried again until somebody exports."""
        self._told: tuple[str, bool] | None = None

    @property
    def has_any(self) -> bool:
        """Whether there is something to follow."""
        return bool(self._unfollowed)

    @property
    def has_short(self) -> bool:
        """Whether it is worth waiting for before frames are made ahead."""
        return self.has_any and self._last.node.facts.video.frame_count <= SHORT_FRAMES

    @property
    def clip(self) -> ClipId | None:
        """The clip through which the next shot to follow was seen."""
        return self._last.clip if self.has_any else None

    @property
    def _last(self) -> _Unfollowed:
        return next(reversed(self._unfollowed.values()))

    def look_at(self, plan: FramePlan, *, wants_scene: bool) -> None:
        """This is on screen. A shot without a look counts only where somebody wants its scene."""
        if plan.clip is None or isinstance(plan.source, Black) or not (plan.translation or wants_scene):
            return
        node = self._renderer.shot_of(plan.source.facts)
        before = self._unfollowed.pop(plan.source.media, None)
        if before is not None or not (self._renderer.is_followed(node) or node.tracking_key in self._unfollowable):
            self._unfollowed[plan.source.media] = _Unfollowed(node, plan.clip.id, before.progress if before else None)
        if self._renderer.has_scene(node):
            self._tell(node)
        for given_up in tuple(self._unfollowed.values())[:-PASSES_KEPT]:
            self._end(given_up)

    def step(self) -> bool:
        """A slice of following the last shot, after its scene was found. True where it is followed to its end.

        Raises `Cancelled`, and what nobody foresaw.
        """
        shot = self._last
        node = shot.node
        try:
            self._renderer.scene(node, self._while_looked_at(node.facts.id))
            self._tell(node)
            progress = self._renderer.follow(node, self._stopping)
        except Cancelled:
            raise
        except Exception as fault:
            self._unfollowable.add(node.tracking_key)
            self._end(shot)
            if isinstance(fault, WeathervaneError):
                return False  # a preview of a damaged frame says why, and an export does
            raise
        if progress is not None:
            shot.progress = progress
            self._emit(AnalysisProgress(shot.clip, progress))
            return False
        self._end(shot)
        self._tell(node)
        return True

    def give_up(self) -> None:
        """Follow none of them any further."""
        for shot in tuple(self._unfollowed.values()):
            self._end(shot)

    def _end(self, shot: _Unfollowed) -> None:
        del self._unfollowed[shot.node.facts.id]
        if shot.progress is not None:  # whoever shows it hears of its end
            self._emit(AnalysisProgress(shot.clip, replace(shot.progress, done=shot.progress.total)))

    def _while_looked_at(self, media: MediaId) -> CancelToken:
        """Finding a scene takes seconds: it goes on only for whoever looks at that shot."""

        def is_about(newer: PreviewRequest) -> bool:
            clip = newer.project.video_clip_at(newer.time)
            return clip is not None and clip.media == media

        return WantedToken(self._stopping, is_about, self._mailbox)

    def _tell(self, node: Analysis) -> None:
        """Once for each shot that comes on screen, and again when it was followed."""
        is_followed = self._renderer.is_followed(node)
        if self._told != (node.scene_key, is_followed):
            self._told = node.scene_key, is_followed
            scene = self._renderer.scene(node, self._stopping)
            tracking = self._renderer.tracking(node, self._stopping) if is_followed else None
            self._emit(SceneKnown(node.facts.id, scene, tracking, self._renderer.index_of(node.facts)))
