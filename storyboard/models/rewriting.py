"""Writing named fields without overwriting what somebody else wrote meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.base import Conflict, digest

if TYPE_CHECKING:
    from storyboard.models.shots import Shot
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User


def rewrite_fields(
    row: Storyboard | Shot, changes: dict[str, Any], was: dict[str, str], *, by: User
) -> dict[str, Any]:
    """Write the fields that differ; returns each one's former value. Raises Conflict, writes none.

    A field is in conflict when its stored value is neither what the form started from nor what
    it wants.
    """
    stored = {name: getattr(row, name) for name in changes}
    conflicts = {
        name: (stored[name], value)
        for name, value in changes.items()
        if stored[name] != value and name in was and was[name] != digest(stored[name])
    }
    if conflicts:
        raise Conflict(conflicts, str(row.changed_by or _("Somebody")), row.changed_at)
    before = {name: stored[name] for name, value in changes.items() if stored[name] != value}
    for name in before:
        setattr(row, name, changes[name])
    if before:
        row.changed_at, row.changed_by = timezone.now(), by
        row.save(update_fields=[*before, "changed_at", "changed_by"])
    return before
