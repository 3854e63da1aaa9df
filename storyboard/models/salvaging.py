"""What is left of a take by its verdicts, and the cheapest order that makes the rest again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief, ShotBrief
from storyboard.kling.capabilities import MODELS
from storyboard.kling.pricing import Quote, quote
from storyboard.models.base import NotAllowedNow
from storyboard.models.duplicating import duplicate_shots
from storyboard.models.verdicts import ShotVerdict

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.takes import Take
    from storyboard.models.teams import User


@dataclass(frozen=True)
class Salvage:
    """Positions to keep, to make again and not judged yet.

    `seconds` is what the shots to redo last together, `price` what one take of just them costs by
    today's list, for `ordered_seconds`, the fewest the model takes. One order of all of them is
    never dearer than several: the price goes by the second, and each order has a least length.
    None where there is nothing to redo or where all is.
    """

    keep: tuple[int, ...]
    redo: tuple[int, ...]
    unjudged: tuple[int, ...]
    seconds: int
    ordered_seconds: int
    price: Quote | None


def salvage_of(brief: Brief, verdicts: Iterable[ShotVerdict]) -> Salvage:
    """From a revision's brief and the verdicts on one take of it; asks the database nothing."""
    said = {row.shot_key: row.verdict for row in verdicts}
    keep = tuple(shot.position for shot in brief.shots if said.get(shot.key) == "keep")
    redone = [shot for shot in brief.shots if said.get(shot.key) == "redo"]
    unjudged = tuple(shot.position for shot in brief.shots if shot.key not in said)
    smaller = redo_brief(brief, redone) if redone and len(redone) < len(brief.shots) else None
    return Salvage(
        keep=keep,
        redo=tuple(shot.position for shot in redone),
        unjudged=unjudged,
        seconds=sum(shot.seconds for shot in redone),
        ordered_seconds=smaller.total_seconds if smaller else 0,
        price=quote(smaller) if smaller else None,
    )


def redo_brief(brief: Brief, shots: Iterable[ShotBrief]) -> Brief:
    """The same with these shots alone, of the fewest seconds its model takes for them."""
    rest = tuple(shots)
    first, last = brief.shots[0].position, brief.shots[-1].position
    smaller = replace(
        brief,
        shots=rest,
        shooting=brief.shooting if len(rest) > 1 else "single",
        first_frame=brief.first_frame if rest[0].position == first else None,
        end_frame=brief.end_frame if rest[-1].position == last else None,
        brush=brief.brush if rest[0].position == first else None,
    )
    return replace(smaller, total_seconds=_least_total(smaller))


@transaction.atomic
def draft_redo(take: Take, name: str, *, by: User) -> Storyboard:
    """See Take.draft_redo."""
    said = take.verdicts.filter(verdict=ShotVerdict.Verdict.REDO)
    keys = list(said.values_list("shot_key", flat=True))
    board = take.storyboard.locked()
    board.check_not_archived()
    left = board.shots.filter(key__in=keys)
    if not left.exists():
        words = _("The draft has none of the shots to redo any more. Nothing was made.")
        raise NotAllowedNow(words, "redo.no_shots")
    copy = duplicate_shots(board, name, keys=keys, take=take, by=by)
    _fill(copy)
    return copy


def _fill(copy: Storyboard) -> None:
    """The total is the least the model takes; what the shots lack of it goes to the last one."""
    brief = copy.brief()
    total = _least_total(brief)
    last = copy.shots.get(position=len(brief.shots))
    last.seconds += total - brief.shots_seconds
    last.save(update_fields=["seconds"])
    copy.total_seconds = total
    copy.save(update_fields=["total_seconds"])


def _least_total(brief: Brief) -> int:
    model = MODELS.get(brief.model)
    allowed = model.durations(brief.mode, brief.endpoint) if model else ()
    needed = brief.shots_seconds
    return min((seconds for seconds in allowed if seconds >= needed), default=needed)
