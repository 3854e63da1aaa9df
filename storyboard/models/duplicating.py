"""Duplicating a storyboard: a new draft with the same shots, settings, frames and library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from storyboard.models.activity import Activity
from storyboard.models.base import new_key

if TYPE_CHECKING:
    from storyboard.models.projects import Project
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User


@transaction.atomic
def duplicate(board: Storyboard, name: str, *, project: Project, by: User) -> Storyboard:
    """See Storyboard.duplicate. An archived storyboard may be the source, no archived project
    the target: NotAllowedNow.
    """
    assert project.team_id == board.project.team_id  # noqa: S101  (views offer the team's own)
    project.check_not_archived()
    source = board.locked()
    copy = type(board).objects.create(
        project=project,
        name=name,
        changed_by=by,
        first_frame=source.first_frame,
        end_frame=source.end_frame,
        brush=source.brush,
        **{field: getattr(source, field) for field in source.SETTINGS},
    )
    for rows in (source.shots, source.element_uses, source.voice_uses):
        _copy_rows(rows.all(), copy, by)
    Activity.append(
        "storyboard.duplicated", by=by, storyboard=copy, name=name, source=board.name,
        source_key=board.key, source_project=board.project.name,
    )  # fmt: skip
    return copy


def _copy_rows(rows: models.QuerySet[Any], copy: Storyboard, by: User) -> None:
    """The rows again, of another storyboard; those with a key get a new one."""
    copies = list(rows)
    for row in copies:
        row.pk, row.storyboard = None, copy
        row._state.adding = True
        if hasattr(row, "key"):
            row.key, row.changed_at, row.changed_by = new_key(), timezone.now(), by
    rows.model._default_manager.bulk_create(copies)
