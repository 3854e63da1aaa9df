"""How the installation is: which workers live, whether the bell rings, what is due for a team."""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from storyboard.models.accounts import Account
from storyboard.models.calls import Receipt
from storyboard.models.generations import Generation
from storyboard.models.installation import LEASE, SILENCE, Lease
from storyboard.models.statuses import IN_FLIGHT, LIVE
from storyboard.models.takes import Take
from storyboard.models.teams import Team

log = logging.getLogger(__name__)

# Seconds between two entries of one process about the bell: thousands of rings say no more.
RING_EVERY = 10.0
# Seconds for which pages of one process go by what one of them has read.
REMEMBERED = 5.0
FORGOTTEN_AFTER = timedelta(days=1)

_said: dict[str, float] = {}
_read: dict[int, tuple[float, Standing]] = {}


class HeartbeatSet(models.QuerySet["Heartbeat"]):
    def living(self) -> HeartbeatSet:
        return self.filter(seen_at__gt=timezone.now() - SILENCE)

    def forget(self) -> int:
        """Take away what was last heard a day ago; how many."""
        return self.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()[0]


class Heartbeat(models.Model):
    """A worker process, written every few seconds while it lives."""

    name = models.CharField(max_length=120, unique=True)
    host = models.CharField(max_length=64)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=20)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = HeartbeatSet.as_manager()

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"

    @classmethod
    def beat(cls, name: str, *, host: str, pid: int, version: str) -> None:
        """This process lives; `name` is its name as the owner of a lease."""
        if cls.objects.filter(name=name).update(seen_at=timezone.now()):
            return
        told = {"host": host[:64], "pid": pid, "version": version[:20]}
        cls.objects.update_or_create(name=name, defaults={**told, "seen_at": timezone.now()})


class Doorbell(models.Model):
    """What is known of the broker: one row, written by whoever rings and by whoever hears it.

    `failing_since` is None unless the last ring failed.
    """

    rung_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "The bell fails" if self.failing_since else "The bell rings"

    @classmethod
    def rang(cls) -> None:
        """A message left for the workers."""
        cls._say("rung", rung_at=timezone.now(), failing_since=None)

    @classmethod
    def failed(cls) -> None:
        """A message could not be left."""
        now = timezone.now()
        cls._say(
            "failed", failed_at=now, failing_since=Coalesce("failing_since", models.Value(now))
        )

    @classmethod
    def heard(cls) -> None:
        """A message reached a worker."""
        cls._say("heard", heard_at=timezone.now())

    @classmethod
    def now(cls) -> Doorbell:
        """The row, or an empty one that is stored nowhere."""
        return cls.objects.filter(pk=1).first() or cls()

    @classmethod
    def _say(cls, outcome: str, **values: object) -> None:
        """Write it, unless this process wrote the same just now. Its own trouble is nobody's."""
        now = time.monotonic()
        if now - _said.get(outcome, 0.0) < RING_EVERY:
            return
        _said[outcome] = now
        try:
            with transaction.atomic():
                if not cls.objects.filter(pk=1).update(**values):
                    cls.objects.get_or_create(pk=1)
                    cls.objects.filter(pk=1).update(**values)
        except Exception as refused:  # the bell was rung all the same
            log.warning("What the doorbell did is not noted (%s).", type(refused).__name__)


class Due(NamedTuple):
    """A team's orders: those under way, those a worker may claim now, since when the oldest."""

    under_way: int
    due: int
    oldest_at: datetime | None


class Standing(NamedTuple):
    """Whether a team's orders move, and how many films are late.

    `swept_at`: when a worker last looked for work; `dies_at`: when the link to the first of the
    late films dies.
    """

    swept_at: datetime | None
    is_under_way: bool
    late_films: int
    dies_at: datetime | None


def swept_at() -> datetime | None:
    """When a worker last looked for due work; None for never."""
    until = Lease.objects.filter(name="sweep").values_list("until", flat=True).first()
    return until - timedelta(seconds=LEASE) if until else None


def due_of(team: Team) -> Due:
    """Two queries, however many orders there are."""
    rows = Generation.objects.filter(order__revision__storyboard__project__team=team)
    due = rows.due().order_by().aggregate(n=Count("pk"), oldest=Min("next_at"))
    return Due(rows.filter(status__in=LIVE).count(), due["n"], due["oldest"])


def accounts_of(team: Team) -> models.QuerySet[Account]:
    """The team's accounts with `in_flight`, their takes in the making, and `knocked_at`, when a
    callback of theirs last came; those switched off last."""
    busy = Count("generations", filter=Q(generations__status__in=IN_FLIGHT))
    knocks = Receipt.objects.filter(generation__account=OuterRef("pk"))
    knocks = knocks.exclude(signature=Receipt.Signature.BAD).order_by("-pk")
    rows = team.accounts.annotate(
        in_flight=busy, knocked_at=Subquery(knocks.values("received_at")[:1])
    )
    return rows.order_by("closed_at", "created_at", "pk")


def standing_of(team: Team) -> Standing:
    """As one query tells it; what this process read within REMEMBERED seconds is as good."""
    now = time.monotonic()
    read = _read.get(team.pk)
    if read is None or now - read[0] >= REMEMBERED:
        read = _read[team.pk] = (now, _standing_of(team))
    return read[1]


def _standing_of(team: Team) -> Standing:
    orders = Generation.objects.filter(
        order__revision__storyboard__project__team=OuterRef("pk"), status__in=LIVE
    )
    films = Take.objects.films_waiting().filter(storyboard__project__team=OuterRef("pk"))
    late = films.order_by().values("storyboard__project__team").annotate(n=Count("pk"))
    until, under_way, count, dies_at = (
        Team.objects.filter(pk=team.pk)
        .values_list(
            Subquery(Lease.objects.filter(name="sweep").values("until")[:1]),
            Exists(orders),
            Coalesce(Subquery(late.values("n")), 0),
            Subquery(films.values("generation__result_expires_at")[:1]),
        )
        .get()
    )
    swept = until - timedelta(seconds=LEASE) if until else None
    return Standing(swept, under_way, count, dies_at)
