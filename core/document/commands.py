"""Commands: edits by name. Each holds every value and id its edit needs, so a replay gives the very same project.

A command is what the journal keeps and what the undo menu shows. `subject` says which commands of one gesture replace
one another: of a slider dragged through fifty values, only the last is kept.
"""

from __future__ import annotations

from core.document.command import Command
from core.document.look_commands import (
    ApplyPreset,
    MoveKeyframe,
    PasteLook,
    RemoveKeyframe,
    ResetAxes,
    SetCurves,
    SetHandles,
    SetInterpolation,
    SetKeyframe,
    SetSeed,
    SetTranslator,
    SetValue,
    SetValues,
    ToggleKeyframe,
)
from core.document.mask_commands import (
    AddMask,
    AddStroke,
    ClearStrokes,
    MoveMask,
    RemoveMask,
    RenameMask,
    SetMask,
)
from core.document.mask_shape_commands import (
    AddShape,
    AddShapePoint,
    MoveShape,
    RemoveShape,
    RemoveShapeKey,
    RemoveShapePoint,
    SetShape,
    SetShapeForm,
    SetShapeKey,
)
from core.document.matte_commands import (
    FollowMask,
    LockMatte,
    SetSelector,
    SetSteady,
    StopFollowing,
    UnlockMatte,
)
from core.document.media_commands import RelinkMedia, RemoveMedia, RenameMedia
from core.document.recipe_commands import ApplyRecipe, BlendLooks
from core.document.scene_commands import (
    AddObject,
    ChangeObject,
    ClearSkyPaint,
    PaintSky,
    PlaceObject,
    RemoveObject,
    RemoveSpot,
    ResetScene,
    RestoreObjects,
    SetCameraHeight,
    SetFieldOfView,
    SetHorizon,
    SetSkyPresence,
    SetSunAsShot,
)
from core.document.timeline_commands import (
    AddAdjustment,
    AddClip,
    AddMedia,
    MoveClip,
    RemoveClip,
    RenameClip,
    RenameProject,
    SetInPoint,
    SetOutPoint,
    SplitClip,
    TrimIn,
    TrimOut,
    clip_from,
)
from core.document.track_commands import (
    AddMarker,
    AddTrack,
    CloseGap,
    LiftClips,
    LinkClips,
    MoveClips,
    MoveMarker,
    PasteClips,
    RemoveMarker,
    RemoveTrack,
    RippleDelete,
    RippleTrimIn,
    RippleTrimOut,
    RollCut,
    SetMarker,
    SetTrack,
    SlideClip,
    SlipClip,
)

AnyCommand = (
    AddMedia
    | AddAdjustment
    | AddClip
    | RemoveClip
    | MoveClip
    | TrimIn
    | TrimOut
    | SplitClip
    | RenameClip
    | RenameProject
    | RenameMedia
    | RemoveMedia
    | RelinkMedia
    | SetInPoint
    | SetOutPoint
    | SetValue
    | SetValues
    | ApplyPreset
    | ResetAxes
    | SetKeyframe
    | ToggleKeyframe
    | RemoveKeyframe
    | MoveKeyframe
    | PasteLook
    | ApplyRecipe
    | BlendLooks
    | SetCurves
    | SetHandles
    | SetInterpolation
    | SetSeed
    | SetTranslator
    | AddMask
    | RemoveMask
    | RenameMask
    | MoveMask
    | SetMask
    | AddStroke
    | SetSelector
    | SetSteady
    | FollowMask
    | StopFollowing
    | LockMatte
    | UnlockMatte
    | ClearStrokes
    | AddShape
    | AddShapePoint
    | MoveShape
    | RemoveShape
    | RemoveShapeKey
    | RemoveShapePoint
    | SetShape
    | SetShapeForm
    | SetShapeKey
    | SetSkyPresence
    | PaintSky
    | ClearSkyPaint
    | SetHorizon
    | SetFieldOfView
    | SetCameraHeight
    | SetSunAsShot
    | AddObject
    | ChangeObject
    | PlaceObject
    | RemoveSpot
    | RemoveObject
    | RestoreObjects
    | ResetScene
    | LiftClips
    | RippleDelete
    | CloseGap
    | RippleTrimIn
    | RippleTrimOut
    | RollCut
    | SlipClip
    | SlideClip
    | MoveClips
    | PasteClips
    | AddTrack
    | RemoveTrack
    | SetTrack
    | LinkClips
    | AddMarker
    | MoveMarker
    | SetMarker
    | RemoveMarker
)
"""Every command, for the journal: decoding anything else fails."""

__all__ = [
    "AnyCommand",
    "Command",
    "clip_from",
    "AddMedia",
    "AddAdjustment",
    "AddClip",
    "RemoveClip",
    "MoveClip",
    "TrimIn",
    "TrimOut",
    "SplitClip",
    "RenameClip",
    "RenameProject",
    "RenameMedia",
    "RemoveMedia",
    "RelinkMedia",
    "SetInPoint",
    "SetOutPoint",
    "SetValue",
    "SetValues",
    "ApplyPreset",
    "ResetAxes",
    "SetKeyframe",
    "ToggleKeyframe",
    "RemoveKeyframe",
    "MoveKeyframe",
    "PasteLook",
    "ApplyRecipe",
    "BlendLooks",
    "SetCurves",
    "SetHandles",
    "SetInterpolation",
    "SetSeed",
    "SetTranslator",
    "AddMask",
    "RemoveMask",
    "RenameMask",
    "MoveMask",
    "SetMask",
    "AddStroke",
    "SetSelector",
    "SetSteady",
    "FollowMask",
    "StopFollowing",
    "LockMatte",
    "UnlockMatte",
    "ClearStrokes",
    "AddShape",
    "AddShapePoint",
    "MoveShape",
    "RemoveShape",
    "RemoveShapeKey",
    "RemoveShapePoint",
    "SetShape",
    "SetShapeForm",
    "SetShapeKey",
    "SetSkyPresence",
    "PaintSky",
    "ClearSkyPaint",
    "SetHorizon",
    "SetFieldOfView",
    "SetCameraHeight",
    "SetSunAsShot",
    "AddObject",
    "ChangeObject",
    "PlaceObject",
    "RemoveSpot",
    "RemoveObject",
    "RestoreObjects",
    "ResetScene",
    "LiftClips",
    "RippleDelete",
    "CloseGap",
    "RippleTrimIn",
    "RippleTrimOut",
    "RollCut",
    "SlipClip",
    "SlideClip",
    "MoveClips",
    "PasteClips",
    "AddTrack",
    "RemoveTrack",
    "SetTrack",
    "LinkClips",
    "AddMarker",
    "MoveMarker",
    "SetMarker",
    "RemoveMarker",
]
