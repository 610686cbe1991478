"""Following with masks, behind everything else: every link of the chains of the clip on screen, one a step. Engine thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from core.cancel import CancelToken
from core.document.model import Clip, Project
from core.errors import WeathervaneError
from core.ids import ClipId, MaskId
from core.render.mailbox import Mailbox, WantedToken
from core.render.matte_plan import plan_chains
from core.render.mattes import Mattes
from core.render.media_plan import PlanParams, decode_at, facts_of
from core.render.messages import Event, MaskCarried
from core.render.nodes import Carried
from core.timebase import Time

SAY_EVERY_S: Final = 0.25


@dataclass(slots=True)
class _Way:
    """One mask of the clip on screen: what is left to make, and what was told of the rest."""

    clip: ClipId
    mask: MaskId
    total: int
    links: deque[tuple[Carried, int]]
    """End of a chain and frame of a link, first the nearest to the root."""
    certainties: dict[Time, float] = field(default_factory=dict)
    is_told: bool = False
    """Whether all that is known was said."""


class Chains:
    """Looks at a clip, makes what its masks need, and says how far it is."""

    def __init__(self, mattes: Mattes, emit: Callable[[Event], None], mailbox: Mailbox, stopping: CancelToken) -> None:
        self._mattes, self._emit, self._mailbox, self._stopping = mattes, emit, mailbox, stopping
        self._looked_at: tuple[str, ...] = ()
        """Names of the ends of what is followed."""
        self._ways: deque[_Way] = deque()
        self._said = 0.0

    @property
    def has_work(self) -> bool:
        return bool(self._ways)

    def look_at(self, project: Project, clip: Clip | None, params: PlanParams) -> None:
        """From now on it is about the masks of this clip. Anything else is given up; what was made of it stays."""
        ends = {} if clip is None else _ends(project, clip, params)
        names = tuple(end.key for each in ends.values() for end in each)
        if names == self._looked_at:
            return
        self._looked_at = names
        self._ways = deque()
        for mask, chains in ends.items():
            assert clip is not None
            links = deque((end, frame) for end in chains for frame in _frames(end))
            self._ways.append(_Way(clip.id, mask, len(links), links))

    def step(self, time_of: Callable[[Carried], Time]) -> None:
        """One link, given up for any preview that waits. Raises `Cancelled`.

        Where one cannot be made, the rest of its mask is left: a preview of the frame says why.
        """
        way = self._ways[0]
        try:
            if way.links:
                end, frame = way.links[0]
                link = end.at(frame)
                made = self._mattes.carried(link, WantedToken(self._stopping, lambda _: False, self._mailbox))
                way.links.popleft()
                way.certainties[time_of(link)] = round(made.certainty, 3)
        except WeathervaneError:
            way.links.clear()
        is_over = not way.links
        if is_over or monotonic() - self._said > SAY_EVERY_S:
            self._say(way)
        if is_over:
            self._ways.popleft()

    def _say(self, way: _Way) -> None:
        self._said = monotonic()
        self._emit(MaskCarried(way.clip, way.mask, tuple(sorted(way.certainties.items())), way.total))


def _ends(project: Project, clip: Clip, params: PlanParams) -> dict[MaskId, tuple[Carried, ...]]:
    """The last links of the masks that follow."""
    following = [mask for mask in clip.masks if mask.is_enabled and mask.follow is not None]
    if not following:
        return {}
    facts = facts_of(project, clip)
    index = params.index_of(facts)
    source, said = decode_at(facts, 0, params), project.scene_edits(clip.media)
    return {mask.id: plan_chains(mask, source, said, index, params, project.media) for mask in following}


def _frames(end: Carried) -> range:
    """From the root, which is not one, to this link."""
    return range(end.root + end.step, end.source.frame + end.step, end.step)
