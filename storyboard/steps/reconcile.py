"""Settling on demand: what waits is asked about now, by the same steps that ask by themselves.

Nothing here speaks to Kling or moves an order: each look is a claimed step, so a living worker
keeps what it holds, and nothing is sent that a worker would not send.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models import Account, Call, Generation, Status, Team
from storyboard.steps.machine import step
from storyboard.steps.owner import take_over_from_the_dead

# Real seconds: an unclear order is absent for certain after 150 and 30 more (RELIABILITY A4).
PATIENCE = 240.0
EVERY = 0.5
_ANSWERS = (Call.Outcome.ACCEPTED, Call.Outcome.REFUSED, Call.Outcome.PRESENT, Call.Outcome.ABSENT)
_MAY_BE_AT_KLING = (Status.SUBMITTING, Status.UNCERTAIN, Status.RUNNING, Status.FETCHING)
_RELATED = ("account", "order__revision__storyboard__project")


@dataclass(frozen=True)
class Settled:
    """What became of one order. `trouble`: why nothing could be learnt of it; "" where it was."""

    generation: Generation
    before: str
    trouble: str = ""

    @property
    def after(self) -> str:
        return self.generation.status

    @property
    def has_ended(self) -> bool:
        return self.generation.ended_at is not None


def waiting(team: Team | None = None) -> QuerySet[Generation]:
    """Every order of which Kling may know more than we do, oldest first: in flight, being fetched,
    or held though it may be paid."""
    held = Q(status=Status.HELD) & (Q(post_count__gt=0) | ~Q(kling_task_id=""))
    rows = Generation.objects.filter(Q(status__in=_MAY_BE_AT_KLING) | held)
    if team is not None:
        rows = rows.filter(order__revision__storyboard__project__team=team)
    return rows.select_related(*_RELATED).order_by("pk")


def reconcile(team: Team | None = None, *, patience: float = PATIENCE) -> Iterator[Settled]:
    """Ask about all that waits, and tell of each order once nothing more can be learnt of it now.

    Each is asked at once. One that is unclear, or whose film is not here yet, is then followed
    when its own next look is due, for `patience` seconds in all.
    """
    take_over_from_the_dead()
    until = timezone.now() + timedelta(seconds=patience)
    rows = [_Asked(row) for row in waiting(team)]
    _let_probe({row.generation.account_id for row in rows})
    for one in rows:
        one.ask_now()
        if one.is_over(until):
            yield one.told()
    left = [one for one in rows if not one.is_told]
    while left and timezone.now() < until:
        time.sleep(EVERY)
        for one in left:
            one.look_again()
            if one.is_over(until):
                yield one.told()
        left = [one for one in left if not one.is_told]
    yield from (one.told() for one in left)


def _let_probe(accounts: set[int]) -> None:
    """A person wants to know now: for an account that cannot be reached the next question is the
    probe that would have come within half a minute."""
    silent = Account.objects.filter(pk__in=accounts, unreachable_since__isnull=False)
    silent.update(probe_at=timezone.now())


class _Asked:
    """One order on its way to being settled."""

    def __init__(self, row: Generation) -> None:
        self.generation = row
        self.before = row.status
        self.is_told = False
        self._calls_before = row.calls.aggregate(last=Max("pk"))["last"] or 0
        self._started = timezone.now()

    def ask_now(self) -> None:
        """Make it due, whenever it would have been, and step it unless a worker has it."""
        Generation.hint(self.generation.pk)
        self._step()

    def look_again(self) -> None:
        self._refresh()
        if self.generation.status == Status.HELD and not self._call():
            Generation.hint(self.generation.pk)  # held before it was asked: by its age
            self._step()
        elif self._is_due:
            self._step()

    def is_over(self, until: datetime) -> bool:
        """Whether waiting until then teaches nothing more."""
        row = self.generation
        if self._is_held_by_a_worker:
            return False
        if row.status == Status.FETCHING:
            return row.next_at is None or row.next_at > until
        if row.ended_at is not None or row.status == Status.QUEUED or self._cannot_be_reached:
            return True
        if row.status in (Status.RUNNING, Status.HELD):
            return self._call() is not None or not (row.post_count or row.kling_task_id)
        return row.next_at is not None and row.next_at > until

    def told(self) -> Settled:
        self.is_told = True
        return Settled(self.generation, self.before, self._trouble())

    def _step(self) -> None:
        """Its steps, as long as the next is due at once and it has come further."""
        while True:
            before = self.generation.status
            taken = step(self.generation.pk)
            self._refresh()
            if not taken or self.generation.status == before or not self._is_due:
                return

    def _refresh(self) -> None:
        self.generation = Generation.objects.select_related(*_RELATED).get(pk=self.generation.pk)

    @property
    def _is_due(self) -> bool:
        now, row = timezone.now(), self.generation
        return row.next_at is not None and row.next_at <= now and row.lease_until <= now

    @property
    def _is_held_by_a_worker(self) -> bool:
        return self.generation.lease_until > timezone.now()

    @property
    def _cannot_be_reached(self) -> bool:
        accounts = Account.objects.filter(pk=self.generation.account_id)
        return accounts.filter(unreachable_since__isnull=False).exists()

    def _call(self) -> Call | None:
        """The newest question or order since we began, whoever sent it."""
        return self.generation.calls.filter(pk__gt=self._calls_before).order_by("-pk").first()

    def _trouble(self) -> str:
        row = self.generation
        if row.ended_at is not None or row.status == Status.QUEUED:
            return ""
        if self._is_held_by_a_worker:
            return _("A worker is at it at this moment. Ask again in a minute.")
        if row.status == Status.FETCHING:
            return row.words or _("The film is not here yet.")
        return self._silence(self._call())

    def _silence(self, call: Call | None) -> str:
        if call is not None and call.outcome in _ANSWERS:
            return ""
        if call is not None and call.http is not None:
            facts = [f"HTTP {call.http}"]
            facts += [_("code %(code)s") % {"code": call.code}] if call.code else []
            facts += [_("request %(id)s") % {"id": call.request_id}] if call.request_id else []
            return _("Kling's answer says nothing about it (%(facts)s).") % {
                "facts": ", ".join(facts)
            }
        if call is not None or self._cannot_be_reached:
            return _("Kling could not be reached. Nothing is lost; it is asked again by itself.")
        return _("Nobody came to ask about it in this time. It is asked again by itself.")
