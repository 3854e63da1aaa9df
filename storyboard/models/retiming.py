"""Giving several shots and the total new seconds in one step: the verb behind the timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.activity import Activity
from storyboard.models.base import Conflict, NotAllowedNow, digest
from storyboard.models.draft_state import Changes
from storyboard.models.edits import Edit

if TYPE_CHECKING:
    from storyboard.models.shots import Shot
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User

TOTAL = "total_seconds"

# By the field's name, `seconds-<key>` or TOTAL.
Seconds = dict[str, int]


@transaction.atomic
def retime(
    board: Storyboard,
    seconds: dict[str, int],
    *,
    total: int | None,
    was: dict[str, str],
    by: User,
) -> list[str]:
    """See Storyboard.retime. NotAllowedNow when one of the shots was removed meanwhile."""
    row = board.locked()
    shots = {f"seconds-{shot.key}": shot for shot in row.shots.select_related("changed_by")}
    wanted = {f"seconds-{key}": value for key, value in seconds.items()}
    if not wanted.keys() <= shots.keys():
        words = _("A shot was removed meanwhile. The seconds stay as they were.")
        raise NotAllowedNow(words, "shots.gone")
    if total is not None:
        wanted[TOTAL] = total
    stored = {name: shots[name].seconds if name in shots else row.total_seconds for name in wanted}
    _check_same(row, shots, stored, wanted, was)
    changed = [name for name in wanted if wanted[name] != stored[name]]
    for name in changed:
        _write(shots.get(name, row), wanted[name], by)
    if changed:
        _tell(board, {name: [stored[name], wanted[name]] for name in changed}, shots, by)
    return changed


def _check_same(
    row: Storyboard, shots: dict[str, Shot], stored: Seconds, wanted: Seconds, was: dict[str, str]
) -> None:
    clashes: dict[str, tuple[object, object]] = {
        name: (stored[name], value)
        for name, value in wanted.items()
        if stored[name] != value and name in was and was[name] != digest(stored[name])
    }
    if clashes:
        theirs = shots.get(next(iter(clashes)), row)
        raise Conflict(clashes, str(theirs.changed_by or _("Somebody")), theirs.changed_at)


def _write(row: Storyboard | Shot, seconds: int, by: User) -> None:
    name = "seconds" if hasattr(row, "seconds") else TOTAL
    setattr(row, name, seconds)
    row.changed_at, row.changed_by = timezone.now(), by
    row.save(update_fields=[name, "changed_at", "changed_by"])


def _tell(board: Storyboard, changes: Changes, shots: dict[str, Shot], by: User) -> None:
    spoken = " + ".join(str(shot.seconds) for shot in shots.values())
    Activity.append("storyboard.retimed", by=by, storyboard=board, seconds=spoken, values=changes)
    edit = {
        f"shot.{shots[name].key}.seconds" if name in shots else f"settings.{name}": value
        for name, value in changes.items()
    }
    Edit.keep(board, edit, by=by)
