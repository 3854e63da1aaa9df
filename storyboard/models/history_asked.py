"""What is asked of a project's history, and what it adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy

from storyboard.models.activity import SENTENCES, Activity
from storyboard.models.history import REACH
from storyboard.models.projects import Project
from storyboard.models.search_words import phrases
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import Take
from storyboard.models.teams import User

MOST_BARS = 30  # days drawn
MOST_BOARDS = 5  # storyboards named beside the sums


class Kind(models.TextChoices):
    DRAFTS = "drafts", gettext_lazy("Drafts")
    REVIEWS = "reviews", gettext_lazy("Reviews")
    ORDERS = "orders", gettext_lazy("Orders")
    TAKES = "takes", gettext_lazy("Takes")
    NOTES = "notes", gettext_lazy("Notes")
    PROJECT = "project", gettext_lazy("Project")


_NOUNS: Mapping[str, tuple[str, ...]] = {
    Kind.DRAFTS: ("storyboard", "shot"),
    Kind.REVIEWS: ("revision", "review"),
    Kind.ORDERS: ("generation",),
    Kind.TAKES: ("take",),
    Kind.NOTES: ("note",),
    Kind.PROJECT: ("project", "creation"),
}
VERBS: Mapping[str, frozenset[str]] = {
    kind: frozenset(verb for verb in SENTENCES if verb.split(".")[0] in nouns)
    for kind, nouns in _NOUNS.items()
}
_ENDED_BADLY = ("generation.failed", "generation.refused", "generation.lost")


@dataclass(frozen=True)
class Asked:
    """The filters of the history; what is empty asks for everything. Days are the viewer's."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    storyboard: Storyboard | None = None
    person: User | None = None
    by_system: bool = False
    first_day: date | None = None
    last_day: date | None = None

    def rows(self, project: Project, *, kinds: tuple[str, ...] | None = None) -> QuerySet[Activity]:
        """The project's activities that answer; `kinds` replaces the kinds asked for."""
        rows = project.activities.all()
        if self.storyboard is not None:
            rows = rows.filter(storyboard=self.storyboard)
        if self.person is not None:
            rows = rows.filter(actor=self.person)
        if self.by_system:
            rows = rows.filter(actor_kind=Activity.Actor.SYSTEM)
        if self.first_day is not None:
            rows = rows.filter(at__gte=_midnight(self.first_day))
        if self.last_day is not None:
            rows = rows.filter(at__lt=_midnight(self.last_day + timedelta(days=1)))
        for phrase in phrases(self.words):
            rows = rows.filter(search_words__contains=phrase)
        chosen = self.kinds if kinds is None else kinds
        if chosen:
            rows = rows.filter(verb__in=frozenset().union(*(VERBS[kind] for kind in chosen)))
        return rows

    def top(self, project: Project) -> int:
        """The newest serial that can answer: the project's, or the last of the days asked for."""
        if self.last_day is None:
            return project.serial
        before = project.activities.filter(at__lt=_midnight(self.last_day + timedelta(days=1)))
        last = before.order_by("-at", "-serial").values_list("serial", flat=True).first()
        # A serial is given a moment after its time is read: those beside it may be of that day.
        return min(project.serial, (last or 0) + 100)


class Counts(NamedTuple):
    """How many activities answer, of each kind and in all; at least so many where `more`."""

    of: Mapping[str, int]
    all: int
    more: bool


class Bar(NamedTuple):
    """What was ordered on one day."""

    day: date
    money_milli: int


@dataclass(frozen=True)
class BoardSum:
    """What was ordered for one storyboard; `take_key` is of the take that stands for it."""

    name: str
    key: str
    money_milli: int
    take_key: str


@dataclass(frozen=True)
class Sums:
    """What the lines found add up to. Money in thousandths, films in milliseconds.

    `unpriced` of the orders had no known price, and so no part in what was ordered.
    """

    orders: int
    ordered_milli: int
    unpriced: int
    takes: int
    stored_milli: int
    film_ms: int
    ended_badly: int
    given_up_milli: int
    picks: int
    boards: list[BoardSum]
    bars: list[Bar]

    @property
    def takes_per_pick(self) -> float | None:
        """None until something is picked."""
        return self.takes / self.picks if self.picks else None


def count_kinds(rows: QuerySet[Activity], *, top: int) -> Counts:
    """Of the last `REACH` activities, each by its kind."""
    near = rows.filter(serial__gt=top - REACH).order_by()
    found = dict(near.values_list("verb").annotate(n=Count("pk")))
    of = {kind: sum(found.get(verb, 0) for verb in verbs) for kind, verbs in VERBS.items()}
    return Counts(of, sum(found.values()), top > REACH)


def add_up(rows: QuerySet[Activity], *, until: date) -> Sums:
    """Three queries over the lines that carry money or takes, however long the history is."""
    money = rows.order_by()
    ordered = money.filter(verb="generation.ordered")
    counted = money.filter(
        verb__in=("generation.ordered", "take.stored", "take.picked", *_ENDED_BADLY)
    ).aggregate(
        orders=Count("pk", filter=Q(verb="generation.ordered")),
        ordered_milli=Sum("money_milli", filter=Q(verb="generation.ordered"), default=0),
        unpriced=Count("pk", filter=Q(verb="generation.ordered", money_milli=None)),
        takes=Count("pk", filter=Q(verb="take.stored")),
        stored_milli=Sum("money_milli", filter=Q(verb="take.stored"), default=0),
        film_ms=Sum("film_ms", filter=Q(verb="take.stored"), default=0),
        ended_badly=Count("pk", filter=Q(verb__in=_ENDED_BADLY)),
        given_up_milli=Sum("money_milli", filter=Q(verb__in=_ENDED_BADLY), default=0),
        picks=Count("storyboard", filter=Q(verb="take.picked"), distinct=True),
    )
    return Sums(**counted, boards=_boards(ordered), bars=_bars(ordered, until))


def people_of(project: Project) -> list[User]:
    """Who has done anything here, members of today or not, by name."""
    acted = Activity.objects.filter(project=project, actor=OuterRef("pk"))
    return sorted(User.objects.filter(Exists(acted)), key=lambda person: str(person).casefold())


def _boards(ordered: QuerySet[Activity]) -> list[BoardSum]:
    """The dearest few, then the rest as one without a key."""
    newest = Take.objects.filter(
        storyboard=OuterRef("storyboard"), stored_at__isnull=False
    ).order_by("-number")
    rows = list(
        ordered.filter(storyboard__isnull=False)
        .values("storyboard__name", "storyboard__key")
        .annotate(sum=Sum("money_milli", default=0), take=Subquery(newest.values("key")[:1]))
        .order_by("-sum", "storyboard__name")
    )
    named = rows if len(rows) <= MOST_BOARDS else rows[: MOST_BOARDS - 1]
    sums = [
        BoardSum(row["storyboard__name"], row["storyboard__key"], row["sum"], row["take"] or "")
        for row in named
    ]
    rest = rows[len(named) :]
    if rest:
        sums.append(BoardSum(str(len(rest)), "", sum(row["sum"] for row in rest), ""))
    return sums


def _bars(ordered: QuerySet[Activity], until: date) -> list[Bar]:
    """The last days up to `until`, also those on which nothing was ordered."""
    first = until - timedelta(days=MOST_BARS - 1)
    rows = ordered.filter(at__gte=_midnight(first))
    days = dict(
        rows.annotate(day=TruncDate("at")).values_list("day").annotate(sum=Sum("money_milli"))
    )
    dates = [first + timedelta(days=n) for n in range(MOST_BARS)]
    return [Bar(day, days.get(day) or 0) for day in dates]


def _midnight(day: date) -> datetime:
    """Where a day begins for the viewer."""
    return timezone.make_aware(datetime.combine(day, time.min))
