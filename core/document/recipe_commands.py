"""Commands that put recipes on clips. Each holds the whole of them: a replay needs no library."""

from __future__ import annotations

from core.document.changes import Edit
from core.document.command import Command
from core.document.model import Interpolation, Project
from core.document.recipe import Recipe, apply_recipe, blend
from core.ids import ClipId
from core.timebase import TimeRange
from core.words import tr


class ApplyRecipe(Command, frozen=True):
    """Have clips wear a recipe. `stretched` spreads its keyframes over the length of each clip."""

    clips: tuple[ClipId, ...]
    recipe: Recipe
    stretched: bool = False

    def apply(self, project: Project) -> Edit:
        return apply_recipe(project, self.clips, self.recipe, stretched=self.stretched)

    @property
    def label(self) -> str:
        return tr("Apply {look}", look=self.recipe.name) if self.recipe.name else tr("Apply look")


class BlendLooks(Command, frozen=True):
    """Pass from one recipe to another between two source instants of a clip."""

    clip: ClipId
    before: Recipe
    after: Recipe
    span: TimeRange
    interpolation: Interpolation = Interpolation.SMOOTH

    def apply(self, project: Project) -> Edit:
        return blend(project, self.clip, (self.before, self.after), self.span, self.interpolation)

    @property
    def label(self) -> str:
        return tr("Blend looks")
