"""How far an order has come, in words: what happened, what is kept, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storyboard.kling.pricing import show_units
from storyboard.kling.troubles import Trouble, of_words
from storyboard.models import Activity, Generation, Order, Revision, Status, Take, Team
from storyboard.models.generations import LIVE
from storyboard.views.costs import cost_of, price_of

LIKE_IT = 20  # the takes whose median is the usual time
LONG = 2.0  # times the usual: the words change (DESIGN, Progress)

Words = str | Promise


class Told(NamedTuple):
    """The three parts; each may hold %(n)s, %(price)s, %(model)s, %(next)s."""

    heading: Words
    happened: Words
    kept: Words
    todo: Words
    level: str = ""


class Step(NamedTuple):
    """One step of five; `mark` is done, now, todo or stop."""

    words: Words
    mark: str
    at: datetime | None


_LEAVE = _("You can leave. The take comes here, and to Waiting for you on the first page.")
_NOT_SENT = _("Nothing was sent and nothing is charged.")
_MAYBE_PAID = _(
    "Kling may have the order, so the %(price)s may be charged. Its name at Kling stays the same, "
    "so it is never ordered twice."
)
TOLD: dict[str, Told] = {
    Status.QUEUED: Told(
        _("Take %(n)s waits to be sent"),
        _("The order is queued and goes to Kling as soon as there is a place."),
        _("Nothing is sent and nothing is charged yet."),
        _("Withdraw it while it waits, or leave: it goes by itself."),
        "gen",
    ),
    Status.SUBMITTING: Told(
        _("Take %(n)s is being sent"),
        _("The order is on its way to Kling, which cannot cancel it."),
        _("The %(price)s counts as ordered from here on."),
        _LEAVE,
        "gen",
    ),
    Status.UNCERTAIN: Told(
        _("Unclear: does Kling have take %(n)s?"),
        _("Kling did not say clearly whether it took the order."),
        _MAYBE_PAID,
        _("Nothing to do: Kling is asked for this order until it is clear. You can leave."),
        "warn",
    ),
    Status.RUNNING: Told(
        _("Take %(n)s is being made"),
        _("%(model)s is generating."),
        _("The order stands: %(price)s."),
        _LEAVE,
        "gen",
    ),
    Status.FETCHING: Told(
        _("Take %(n)s is made and on its way here"),
        _("Kling has made the film; it is being copied to our own storage."),
        _("The film stays at Kling for 30 days, so there is time. The order stands: %(price)s."),
        _LEAVE,
        "gen",
    ),
    Status.STORED: Told(
        _("Take %(n)s is here"),
        _("Kling made the film, and it is stored."),
        _("The original is kept for good. It cost %(cost)s."),
        _("Watch it, leave notes, pick it."),
        "ok",
    ),
    Status.FAILED: Told(
        _("Kling could not make take %(n)s"),
        _("Kling took the order, worked on it and gave up."),
        _(
            "Revision, approval and price stay. What Kling charges for a failed film stands in "
            "its bill; as far as known that is nothing."
        ),
        _(
            "Generate once more, or change what Kling's message names in the draft of "
            "revision %(next)s and send that for review."
        ),
        "bad",
    ),
    Status.REJECTED: Told(
        _("%(model)s turned this down"),
        _("Kling refused the order before starting on it."),
        _("Nothing is made and nothing is charged. Revision and approval stay."),
        _(
            "Change what Kling's message names in the draft of revision %(next)s and send that "
            "for review, or generate once more."
        ),
        "bad",
    ),
    Status.CANCELLED: Told(
        _("The order was withdrawn"),
        _("It was withdrawn before anything went to Kling."),
        _NOT_SENT,
        _("Generate orders it after all; the approval stays."),
    ),
    Status.HELD: Told(
        _("Take %(n)s is held"),
        _("The order stopped and waits for a person."),
        _NOT_SENT,
        _("Put right what is named here, then release the order."),
        "bad",
    ),
    Status.LOST: Told(
        _("The film of take %(n)s is lost"),
        _("Kling made it, but it could not be fetched before Kling cleared it."),
        _("Kling may have charged the %(price)s. Revision, approval and history stay."),
        _(
            "An owner asks Kling with the task id below. To have the film again, send the "
            "storyboard for review and order another take."
        ),
        "bad",
    ),
}
# Where Kling tells what it counted for a failed film.
_COUNTED = _("Revision, approval and price stay. Kling counted %(counted)s for it.")
# After the advice on a trouble with the account.
_THEN_RELEASE = _("An owner does that; then release the order and it goes on.")
# What to do about a held order, by the reason it is held for.
HELD_TODO: dict[str, Words] = {
    "account": _("An owner puts the account right; then release the order and it goes on."),
    "address": _(
        "Whoever runs Greenlight looks at where the account's address leads; then release the "
        "order. The address itself stays: for another one an owner adds an account, and the "
        "storyboard is sent for review again."
    ),
    "crashes": _(
        "Release the order to try again. If it stops again, tell whoever runs Greenlight."
    ),
    "unknown_host": _(
        "Whoever runs Greenlight checks where Kling keeps this film and allows that host; then "
        "release the order. The film stays at Kling for 30 days."
    ),
    "no_film": _(
        "Look at the film in Kling's own console. It is fetched again once a day; release the "
        "order to fetch it now. It stays at Kling for 30 days."
    ),
    "changed": _(
        "Nothing more goes to Kling under this approval. Send the storyboard for review again."
    ),
    "no_answer": _("Release the order to keep asking Kling, or leave it: it is asked once a day."),
    "posts": _("Look into Kling's own list of tasks; release the order to send it again."),
    "unclear": _("Look into Kling's own list of tasks; release the order to ask again."),
    "another_key": _(
        "Look into the list of tasks of the old key's account at Kling. If both keys are of one "
        "account, release the order: Kling is asked again, and it is sent when Kling has none."
    ),
    "given_up": _("Kling is still asked once a day for 30 days. Release the order to ask now."),
}
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
    return tuple((one.generation.status, one.generation.words, one.is_long) for one in shown)


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
    facts = {
        "n": number,
        "price": price_of(row),
        "cost": cost_of(row),
        "model": revision.brief_json["model"],
        "next": next_number,
        "counted": show_units(row.final_units_milli or 0),
    }
    return Progress(
        generation=row,
        number=number,
        told=Told(*(str(part) % facts for part in _told(row))),
        steps=_steps(row, times),
        since=sent_at(row),
        usual=usual,
        take=getattr(row, "take", None),
    )


def _told(row: Generation) -> Told:
    told = TOLD[row.status]
    trouble = of_words(row.words)
    if row.status == Status.HELD:
        todo = HELD_TODO.get(row.hold_reason, told.todo)
        told = told._replace(todo=todo, kept=_MAYBE_PAID if row.post_count else told.kept)
    if row.status == Status.FAILED and row.final_units_milli is not None:
        told = told._replace(kept=_COUNTED)
    if trouble is not None:
        return told._replace(happened=_safe(trouble.happened), todo=_advice(row, trouble))
    if row.status == Status.FAILED:  # words of another time are these three parts in one
        return told
    happened = row.words
    if row.status == Status.REJECTED or row.hold_reason == "account":
        happened = _first_sentence(row.words)  # the other two parts stand in `told`
    return told._replace(happened=_safe(happened) or told.happened)


def _advice(row: Generation, trouble: Trouble) -> Words:
    """What to do about a trouble; an order that is held goes on only when it is released."""
    todo = _safe(trouble.todo)
    return f"{todo} {_THEN_RELEASE}" if row.status == Status.HELD else todo


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
