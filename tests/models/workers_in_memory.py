"""Workers that take steps on orders in memory: claim, do what the status asks for, write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from storyboard.models import events as e
from storyboard.models.moves import first_move, next_move
from storyboard.models.standing import Policy
from storyboard.models.statuses import S
from tests.models.in_memory import Kling, Refused, Row, Table

# A POST of ours leaves within 10 s of its intent and lives 60 s.
LEAVES_WITHIN = 10.0
LATEST = 70.0

# One of fourteen answers to a POST. What was not made:
NOT_MADE: Mapping[str, e.Event] = {
    "busy_1302": e.IsBusy(0.75),
    "busy_1303": e.IsBusy(1.25),
    "refused": e.Refused(),
    "account": e.AccountRefused(),
    "never_left": e.NeverLeft(),
    "reset_before": e.Unclear(),
    "error_before": e.Unclear(),
}
# What was made, and what its sender heard of it:
MADE: Mapping[str, e.Event] = {
    "accepted": e.Accepted(),
    "exists": e.Accepted(),  # it did not exist
    "other_name": e.Accepted(is_ours=False),
    "answer_lost": e.Unclear(),
    "error_after": e.Unclear(),
    "malformed": e.Unclear(),
}
ANSWERS = (*MADE, "arrives_late", *NOT_MADE)
GATES: Mapping[str, e.Event] = {
    "places": e.MustWait("places"),
    "unreachable": e.MustWait("unreachable"),
    "disk": e.MustWait("disk"),
    "tripped": e.AccountStopped(),
    "changed": e.NoLongerApproved(),
}
TROUBLES: Mapping[str, e.Event] = {
    "fresh_link": e.NotFetched("fresh_link"),
    "no_link": e.NotFetched("no_link"),
    "cut": e.NotFetched("cut"),
    "disk": e.NotFetched("disk"),
    "mishap": e.NoFilm("no_film", 1),
    "no_film": e.NoFilm("no_film", 6),
    "host": e.HostRefused(),
}


@dataclass(frozen=True)
class Chance:
    """What fate has in store for a worker's next instruction."""

    pick: int = 0
    gate: str = "open"
    answer: str = "accepted"
    is_silent: bool = False
    trouble: str = "none"
    is_mistaken: bool = False
    late: float = 0.0
    lag: float = 0.0


HONEST = Chance()


@dataclass
class Hand:
    """A worker in the middle of a step: its own copy of the row, and whether it sends."""

    copy: Row
    sends: bool = False
    contract: int = 0


@dataclass
class House:
    """One table, one Kling, some workers. `contract`: whose key the account holds now."""

    table: Table
    kling: Kling
    hands: dict[str, Hand] = field(default_factory=dict)
    contract: int = 0
    key_set_at: datetime | None = None

    @property
    def policy(self) -> Policy:
        return self.table.policy

    def pass_time(self, span: timedelta) -> None:
        self.table.now += span
        self.kling.deliver(self.table.now)

    def work(self, worker: str, chance: Chance) -> None:
        """A worker's next instruction: the claim, or what follows."""
        hand = self.hands.get(worker)
        if hand is None:
            self._claim(worker, chance)
        elif hand.sends:
            self._hear(worker, hand, chance)
        else:
            self._step(worker, hand, chance)

    def kill(self, worker: str, *, left: bool, chance: Chance) -> None:
        """SIGKILL; what it was sending may have left."""
        hand = self.hands.pop(worker, None)
        if hand is not None and hand.sends and left:
            self._arrives_late(hand, chance)

    def senders(self) -> list[str]:
        return [worker for worker, hand in self.hands.items() if hand.sends]

    def zombies(self) -> list[str]:
        """Workers whose rows moved on without them, and who do not know it yet."""
        return [worker for worker, hand in self.hands.items() if not self.table.owns(hand.copy)]

    def _claim(self, worker: str, chance: Chance) -> None:
        """The next that is due; a worker with nothing to do waits for it."""
        look = self.table.next_look()
        if look is None:
            return
        self.pass_time(max(look - self.table.now, timedelta(0)))
        due = self.table.due()
        copy = self.table.claim(due[chance.pick % len(due)], worker)
        self.hands[worker] = Hand(copy)
        decided = first_move(copy.standing, self.policy, self.table.now)
        if decided is not None:
            self._end(worker, lambda: self.table.write(copy, decided))

    def _step(self, worker: str, hand: Hand, chance: Chance) -> None:
        copy = hand.copy
        if chance.is_mistaken and copy.status != S.SUBMITTING:
            self._end(worker, lambda: self.table.apply(copy, e.Mistake()))
        elif copy.status == S.QUEUED:
            self._end(worker, lambda: self._intend(worker, hand, chance))
        elif copy.status == S.SUBMITTING:
            self._end(worker, lambda: self.table.apply(copy, e.LeaseEnded()))
        elif copy.status == S.FETCHING:
            event = TROUBLES.get(chance.trouble, e.FilmStored())
            self._end(worker, lambda: self.table.apply(copy, event))
        else:
            self._end(worker, lambda: self._ask(worker, hand, chance))

    def _intend(self, worker: str, hand: Hand, chance: Chance) -> None:
        """T1, or what stands in its way."""
        event = GATES.get(chance.gate, e.Sends())
        move = self.table.apply(hand.copy, event, self._policy_of(hand.copy))
        if move.to == S.SUBMITTING:
            self.hands[worker] = replace(hand, sends=True, contract=self.contract)

    def _ask(self, worker: str, hand: Hand, chance: Chance) -> None:
        copy, now = hand.copy, self.table.now
        task = None if chance.is_silent else self.kling.find(copy, self.contract, now)
        event: e.Event = e.Unanswered() if chance.is_silent else e.Absent()
        facts: dict[str, Any] = {}
        if task is not None:
            event = e.Found(task.status, has_link=task.status == "succeed")
            facts = {"kling_task_id": task.id, "units": task.units}
        policy = self._policy_of(copy)
        if next_move(copy.standing, event, policy, now).to == S.SUBMITTING:
            self._intend(worker, hand, chance)
        else:
            self.table.apply(copy, event, policy, **facts)

    def _policy_of(self, copy: Row) -> Policy:
        sent_at = copy.last_post_at or copy.status_at
        is_newer = self.key_set_at is not None and self.key_set_at >= sent_at
        return replace(self.policy, has_another_key=is_newer)

    def _hear(self, worker: str, hand: Hand, chance: Chance) -> None:
        """The POST, and what its sender hears; one who was paused sends nothing."""
        sent_at = hand.copy.last_post_at or self.table.now
        if self.table.now - sent_at > self.policy.span(LEAVES_WITHIN):
            self.hands.pop(worker)
            return
        event, facts = self._post(hand, chance)
        self._end(worker, lambda: self.table.apply(hand.copy, event, **facts))

    def _post(self, hand: Hand, chance: Chance) -> tuple[e.Event, dict[str, Any]]:
        exists = bool(self.kling.of(hand.copy.external_id))
        if exists and (chance.answer == "exists" or self.kling.refuses_duplicates):
            return e.AlreadyExists(), {}
        if chance.answer == "arrives_late":
            self._arrives_late(hand, chance)
            return e.Unclear(), {}
        if chance.answer in NOT_MADE:
            return NOT_MADE[chance.answer], {}
        lag = self.policy.span(chance.lag)
        task = self.kling.accept(hand.copy, hand.contract, self.table.now, lag)
        event = MADE[chance.answer]
        told = event == e.Accepted() and task is not None
        return event, {"kling_task_id": task.id} if told and task else {}

    def _arrives_late(self, hand: Hand, chance: Chance) -> None:
        sent_at = hand.copy.last_post_at or self.table.now
        arrives = max(self.table.now, sent_at + self.policy.span(chance.late))
        if arrives - sent_at > self.policy.span(LATEST):
            return  # its sender was gone before it could leave
        lag = self.policy.span(chance.lag)
        self.kling.on_the_way.append((arrives, hand.copy, hand.contract, lag))
        self.kling.deliver(self.table.now)

    def _end(self, worker: str, write: Callable[[], object]) -> None:
        """The end of a step, unless it begins to send; a zombie stops."""
        hand = self.hands.pop(worker)
        is_ours = self.table.owns(hand.copy)
        try:
            write()
        except Refused:
            assert not is_ours
        else:
            assert is_ours, "a stale fence wrote"
