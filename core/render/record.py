"""The record of an export: every clip that is in the film, adjustment clips too, and all that decided how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from core.document.masks import mask_digest
from core.document.model import AS_FOUND, Clip, Project, TrackKind
from core.evaluation.report import ClipRecord, CurveRecord, KeyRecord, MaskRecord, SceneRecord
from core.extension.spec import TranslatorSpec
from core.ids import MediaId, TranslatorId
from core.timebase import TimeRange


def clip_records(
    project: Project,
    span: TimeRange,
    spec_of: Callable[[TranslatorId], TranslatorSpec],
    notes_of: Callable[[MediaId], Sequence[str]],
) -> tuple[ClipRecord, ...]:
    """The picture clips of a span in order of appearance. `notes_of` says what the analysis warned of; empty where unasked.

    Raises `PluginError` for a translator that is missing, as rendering would have.
    """
    return tuple(_record(project, clip, span, spec_of, notes_of) for clip in _clips_in(project, span))


def _clips_in(project: Project, span: TimeRange) -> Iterator[Clip]:
    over = (clip for track in project.tracks_of(TrackKind.ADJUSTMENT) if track.is_on for clip in track.clips)
    found = [clip for clip in (*project.pictures(), *over) if clip.span.overlaps(span)]
    yield from sorted(found, key=lambda clip: clip.start)


def _record(
    project: Project,
    clip: Clip,
    span: TimeRange,
    spec_of: Callable[[TranslatorId], TranslatorSpec],
    notes_of: Callable[[MediaId], Sequence[str]],
) -> ClipRecord:
    facts, look = None if clip.is_adjustment else project.media_facts(clip.media), clip.look
    shown = clip.span.intersection(span)
    spec = None if look.is_as_shot else spec_of(look.translator)
    said = project.scene_edits(clip.media)
    return ClipRecord(
        name=clip.name,
        source=facts.path if facts else "",
        media=clip.media,
        start_s=float(shown.start - span.start),
        end_s=float(shown.end - span.start),
        source_start_s=float(clip.source_time(shown.start)) if facts else 0.0,
        translator=f"{spec.id} {spec.version}" if spec else "",
        preset=look.name,
        seed=look.seed,
        amount=look.amount,
        look=tuple(look.base),
        curves=tuple(
            CurveRecord(c.axis, tuple(KeyRecord(float(k.time), k.value, k.interpolation) for k in c.keys))
            for c in look.curves
        ),
        masks=tuple(
            MaskRecord(
                m.name,
                len(m.strokes),
                m.is_inverted,
                m.feather,
                m.opacity,
                mask_digest((m,)),
                m.operation,
                m.grow,
                len(m.shapes),
                m.selector.kind if m.selector else "",
                m.follow is not None,
                len(m.follow.locked) if m.follow else 0,
                m.steady,
            )
            for m in clip.masks
            if m.is_enabled
        ),
        notes=tuple(notes_of(facts.id)) if spec and facts else (),
        scene=SceneRecord(said.word, len(said.sky_strokes)) if spec and said != AS_FOUND else None,
    )
