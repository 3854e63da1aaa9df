"""Duplicating a storyboard: a new draft with the same shots, or some, settings, frames, library."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from storyboard.models.activity import Activity
from storyboard.models.base import new_key

if TYPE_CHECKING:
    from storyboard.models.projects import Project
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.takes import Take
    from storyboard.models.teams import User


@transaction.atomic
def duplicate(board: Storyboard, name: str, *, project: Project, by: User) -> Storyboard:
    """See Storyboard.duplicate. An archived storyboard may be the source, no archived project
    the target: NotAllowedNow.
    """
    assert project.team_id == board.project.team_id  # noqa: S101  (views offer the team's own)
    project.check_not_archived()
    source = board.locked()
    copy = _begin(source, name, project, by)
    _copy_rows(source.shots.all(), copy, by)
    Activity.append(
        "storyboard.duplicated", by=by, storyboard=copy, name=name, source=board.name,
        source_key=board.key, source_project=board.project.name,
    )  # fmt: skip
    return copy


@transaction.atomic
def duplicate_shots(
    board: Storyboard, name: str, *, keys: Collection[str], take: Take, by: User
) -> Storyboard:
    """A new draft of those shots alone, as the draft has them now, to make them again.

    `take` is what they are redone of. A frame that no longer begins or ends the video stays away.
    """
    board.project.check_not_archived()
    source = board.locked()
    shots = list(source.shots.all())
    chosen = [shot for shot in shots if shot.key in keys]
    copy = _begin(source, name, source.project, by)
    if chosen[0] != shots[0]:
        copy.first_frame, copy.brush = None, None
    if chosen[-1] != shots[-1]:
        copy.end_frame = None
    if len(chosen) == 1:
        copy.shooting = "single"
    copy.save(update_fields=["first_frame", "brush", "end_frame", "shooting"])
    positions = ", ".join(str(shot.position) for shot in chosen)
    for position, shot in enumerate(chosen, start=1):
        shot.position = position
    _copy_rows(chosen, copy, by)
    Activity.append(
        "storyboard.duplicated", by=by, storyboard=copy, name=name, source=board.name,
        source_key=board.key, source_project=board.project.name, kind="redo", take=take.number,
        positions=positions,
    )  # fmt: skip
    return copy


def _begin(source: Storyboard, name: str, project: Project, by: User) -> Storyboard:
    """The row with its settings and what it uses of the library, without shots."""
    copy = type(source).objects.create(
        project=project,
        name=name,
        changed_by=by,
        first_frame=source.first_frame,
        end_frame=source.end_frame,
        brush=source.brush,
        **{field: getattr(source, field) for field in source.SETTINGS},
    )
    for rows in (source.element_uses, source.voice_uses):
        _copy_rows(rows.all(), copy, by)
    return copy


def _copy_rows(rows: Iterable[Any], copy: Storyboard, by: User) -> None:
    """The rows again, of another storyboard; those with a key get a new one."""
    copies = list(rows)
    for row in copies:
        row.pk, row.storyboard = None, copy
        row._state.adding = True
        if hasattr(row, "key"):
            row.key, row.changed_at, row.changed_by = new_key(), timezone.now(), by
    if copies:
        type(copies[0])._default_manager.bulk_create(copies)
