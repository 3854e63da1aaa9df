"""When each step of a take happened, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from storyboard.models import Activity, Review, Take
from storyboard.views.spans import length


class _Moment(NamedTuple):
    """A step before it is measured; `at` is None where it is not known or did not happen."""

    words: str
    at: datetime | None
    by: str = ""


@dataclass(frozen=True)
class Step:
    """One step as the page tells it; `took` is the time since the last known step before it."""

    words: str
    at: datetime | None
    by: str
    took: str


@dataclass(frozen=True)
class Times:
    """All steps, and what they add up to; each sum is "" where an end of it is not known.

    `people`: asked to ordered. `kling`: sent to made. `ours`: made to stored.
    """

    steps: tuple[Step, ...]
    people: str
    kling: str
    ours: str


def times_of(take: Take, rows: Iterable[Activity]) -> Times:
    """`rows` are the take's activities, oldest first: the last of a kind is when it happened."""
    row = take.generation
    last = {activity.verb: activity.at for activity in rows}
    review = take.revision.review
    moments = [
        _Moment(_("Review asked for"), take.revision.sent_at, str(take.revision.sent_by or "")),
        _Moment(_("Approved"), _approved_at(review)),
        _Moment(_("Ordered"), row.ordered_at, str(row.ordered_by or "")),
        _Moment(_("Sent to Kling"), row.last_post_at or last.get("generation.sent")),
        _Moment(_("Taken by Kling"), last.get("generation.accepted")),
        _Moment(_("Heard that it is made"), take.created_at),
        _Moment(_("Fetched and stored"), take.stored_at),
    ]
    asked, _approved, ordered, sent, _taken, made, stored = moments
    return Times(
        steps=tuple(_measured(moments)),
        people=_between(asked, ordered),
        kling=_between(sent, made),
        ours=_between(made, stored),
    )


def _approved_at(review: Review) -> datetime | None:
    return review.closed_at if review.is_approved else None


def _measured(moments: Iterable[_Moment]) -> Iterator[Step]:
    before: datetime | None = None
    for moment in moments:
        took = length((moment.at - before).total_seconds()) if moment.at and before else ""
        yield Step(moment.words, moment.at, moment.by, took)
        before = moment.at or before


def _between(first: _Moment, last: _Moment) -> str:
    return length((last.at - first.at).total_seconds()) if first.at and last.at else ""
