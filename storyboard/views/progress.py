"""How far an order has come, in words: what happened, what is kept, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from storyboard.kling.pricing import show_units
from storyboard.kling.troubles import Trouble, of_words
from storyboard.models import Activity, Generation, Order, Revision, Status, Take, Team
from storyboard.models.statuses import LIVE
from storyboard.views.costs import cost_of, price_of
from storyboard.views.spans import clock, day, long_span, when
from storyboard.views.told import (
    COUNTED,
    HELD,
    LATE,
    MADE,
    MAYBE_PAID,
    NOT_SENT,
    TAKEN,
    THEN_RELEASE,
    TOLD,
    UNTIL,
    Told,
    Words,
)

LIKE_IT = 20  # the takes whose median is the usual time
LONG = 2.0  # times the usual: the words change (DESIGN, Progress)


class Step(NamedTuple):
    """One step of five; `mark` is done, now, todo or stop."""

    words: Words
    mark: str
    at: datetime | None


_STEPS: tuple[tuple[str, Words], ...] = (
    ("generation.ordered", _("Queued")),
    ("generation.sent", _("Sending to Kling")),
    ("generation.accepted", _("Generating")),
    ("generation.succeeded", _("Fetching")),
    ("generation.stored", _("Stored")),
)
_AT_STEP: dict[str, int] = {
    Status.QUEUED: 0,
    Status.CANCELLED: 0,
    Status.SUBMITTING: 1,
    Status.UNCERTAIN: 1,
    Status.REJECTED: 1,
    Status.RUNNING: 2,
    Status.FAILED: 2,
    Status.FETCHING: 3,
    Status.LOST: 3,
    Status.STORED: 5,
}
# Held orders whose words say all three parts at once; two of them stand in what is told of these.
_TOLD_IN_PARTS = frozenset({"account", "unclear", "posts", "another_key"})
# Where Kling is asked by and by, and a person may wonder when.
_ASKED_LATER = frozenset({Status.UNCERTAIN, Status.HELD})


@dataclass(frozen=True)
class Usual:
    """How long takes like it took, sent to stored: the median of the last `count`."""

    seconds: float
    count: int


@dataclass(frozen=True)
class Progress:
    """One order as the gate tells it."""

    generation: Generation
    number: int
    told: Told
    steps: tuple[Step, ...]
    since: datetime | None
    usual: Usual | None
    take: Take | None

    @property
    def is_live(self) -> bool:
        return self.generation.is_live

    @property
    def is_held(self) -> bool:
        return self.generation.status == Status.HELD

    @property
    def may_withdraw(self) -> bool:
        """Nothing was sent, as far as this page knows; the verb looks again."""
        return self.generation.status == Status.QUEUED and not self.generation.post_count

    @property
    def since_words(self) -> str:
        """Since when it is so, and when Kling is asked next where that is not at once."""
        row = self.generation
        if not self.is_live and not self.is_held:
            return gettext("Ended %(when)s.") % {"when": when(row.ended_at or row.status_at)}
        words = gettext("Since %(when)s.") % {"when": clock(row.status_at)}
        if row.status not in _ASKED_LATER:
            return words
        if row.next_at is None:
            return words + " " + gettext("It waits for a person, without an end.")
        if row.next_at <= timezone.now():
            return words
        return words + " " + gettext("Kling is asked next %(when)s.") % {"when": when(row.next_at)}

    @property
    def so_far(self) -> str:
        """How long it has taken, once that is too long for a running clock; "" before."""
        return long_span(self.elapsed_ms)

    @property
    def is_with_kling(self) -> bool:
        """The time that takes usually need says something of it."""
        return self.generation.status in (Status.SUBMITTING, Status.RUNNING)

    @property
    def elapsed_ms(self) -> int:
        if self.since is None:
            return 0
        return max(0, int((timezone.now() - self.since).total_seconds() * 1000))

    @property
    def usual_ms(self) -> int:
        return int(self.usual.seconds * 1000) if self.usual else 0

    @property
    def is_long(self) -> bool:
        return self.usual is not None and self.elapsed_ms > LONG * self.usual_ms


def progress_of(revision: Revision, order: Order, *, next_number: int) -> list[Progress]:
    """Every order that moves or waits for a person, else the latest one; oldest first."""
    rows = list(order.generations.select_related("take", "account", "ordered_by").order_by("pk"))
    shown = [row for row in rows if row.status in LIVE or row.status == Status.HELD] or rows[-1:]
    times = _times(revision)
    usual = usual_of(revision.storyboard.project.team, revision.brief_json["model"])
    numbers = _numbers(revision, shown)
    return [
        _tell(row, numbers[row.pk], times.get(row.key, {}), usual, revision, next_number)
        for row in shown
    ]


def usual_of(team: Team, model: str = "") -> Usual | None:
    """The team's usual time, for one model or any; None while there is nothing to go by."""
    rows = Generation.objects.filter(body__model_name=model) if model else Generation.objects
    ended = (
        rows.filter(
            order__revision__storyboard__project__team=team,
            status=Status.STORED,
            last_post_at__isnull=False,
            ended_at__isnull=False,
        )
        .order_by("-ended_at")
        .values_list("last_post_at", "ended_at")[:LIKE_IT]
    )
    took = [(end - start).total_seconds() for start, end in ended if start and end]
    return Usual(median(took), len(took)) if took else None


def mark_of(shown: Iterable[Progress]) -> tuple[object, ...]:
    """What these words depend on besides the history: a changed mark is news for open pages."""
    return tuple(
        (one.generation.status, one.generation.words, one.is_long, one.take and one.take.poster)
        for one in shown
    )


def _times(revision: Revision) -> dict[str, dict[str, datetime]]:
    """generation key → verb → when it last happened."""
    lines = Activity.objects.filter(
        storyboard=revision.storyboard,
        verb__startswith="generation.",
        data__revision_key=revision.key,
    ).order_by("pk")
    times: dict[str, dict[str, datetime]] = {}
    for line in lines.values_list("data__generation", "verb", "at"):
        times.setdefault(line[0], {})[line[1]] = line[2]
    return times


def _numbers(revision: Revision, rows: list[Generation]) -> dict[int, int]:
    """The take's number; one that is not made yet gets the number it will have if it is next."""
    last = revision.storyboard.takes.order_by("-number").values_list("number", flat=True).first()
    numbers, expected = {}, last or 0
    for row in rows:
        take = getattr(row, "take", None)
        if take is None:
            expected += 1
        numbers[row.pk] = take.number if take else expected
    return numbers


def _tell(
    row: Generation,
    number: int,
    times: dict[str, datetime],
    usual: Usual | None,
    revision: Revision,
    next_number: int,
) -> Progress:
    take = getattr(row, "take", None)
    facts = {
        "n": number,
        "price": price_of(row),
        "cost": cost_of(row),
        "model": revision.brief_json["model"],
        "next": next_number,
        "counted": show_units(row.final_units_milli or 0),
        **_days(row, take),
    }
    return Progress(
        generation=row,
        number=number,
        told=Told(*(str(part) % facts for part in _told(row, take))),
        steps=_steps(row, times),
        since=sent_at(row),
        usual=usual,
        take=take,
    )


def _days(row: Generation, take: Take | None) -> dict[str, str]:
    """The days that matter to a film: made, cleared by Kling, kept here since."""
    until = row.result_expires_at
    return {
        "made": day(take.created_at) if take else "",
        "until": day(until) if until else gettext("the 30th day after it was made"),
        "kept": clock((take and take.stored_at) or row.ended_at or row.status_at),
    }


def _told(row: Generation, take: Take | None) -> Told:
    told = _of_status(row, take)
    if row.hold_reason == "given_up":  # its words are of what was given up, and told before
        return told
    trouble = of_words(row.words)
    if row.status == Status.FAILED and row.final_units_milli is not None:
        told = told._replace(kept=COUNTED)
    if trouble is not None:
        return told._replace(happened=_safe(trouble.happened), todo=_advice(row, trouble))
    if row.status == Status.FAILED:  # words of another time are these three parts in one
        return told
    happened = row.words
    if row.status == Status.REJECTED or row.hold_reason in _TOLD_IN_PARTS:
        happened = _first_sentence(row.words)  # the other two parts stand in `told`
    return told._replace(happened=_safe(happened) or told.happened)


def _of_status(row: Generation, take: Take | None) -> Told:
    """What the status means, by the reason an order is held for and by how late a film is."""
    told = TOLD[row.status]
    if row.status == Status.HELD:
        held = HELD.get(row.hold_reason)
        told = told._replace(kept=_kept(row), **(held._asdict() if held else {}))
    if row.status == Status.FETCHING and row.result_expires_at is not None:
        is_late = take is not None and take.told_late_days > 0
        told = LATE if is_late else told._replace(kept=UNTIL)
    return told


def _kept(row: Generation) -> Words:
    """What is kept of a held order, and whether it is paid for."""
    if row.result_expires_at is not None:
        return MADE
    if row.kling_task_id:
        return TAKEN
    return MAYBE_PAID if row.post_count else NOT_SENT


def _advice(row: Generation, trouble: Trouble) -> Words:
    """What to do about a trouble; an order that is held goes on only when it is released."""
    todo = _safe(trouble.todo)
    return f"{todo} {THEN_RELEASE}" if row.status == Status.HELD else todo


def _first_sentence(words: str) -> str:
    first, stop, _rest = words.partition(". ")
    return first + stop.rstrip()


def _safe(words: str) -> str:
    return words.replace("%", "%%")


def sent_at(row: Generation) -> datetime | None:
    """From when the time so far counts; None while nothing is under way."""
    if row.status not in LIVE or row.status == Status.QUEUED:
        return None
    return row.last_post_at or row.status_at


def _steps(row: Generation, times: dict[str, datetime]) -> tuple[Step, ...]:
    here = _held_at(times) if row.status == Status.HELD else _AT_STEP[row.status]
    now = "now" if row.status in LIVE else "stop"
    marks = ("done" if n < here else now if n == here else "todo" for n in range(len(_STEPS)))
    return tuple(
        Step(words, mark, times.get(verb) if mark != "todo" else None)
        for (verb, words), mark in zip(_STEPS, marks, strict=True)
    )


def _held_at(times: dict[str, datetime]) -> int:
    return max((n for n, (verb, _words) in enumerate(_STEPS) if verb in times), default=0)
