"""Every way through the machine of paid work that Hypothesis finds, against a Kling in memory.

MOVES_EXAMPLES=20000 walks as many; without it 200, of 60 steps each.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storyboard.models import events as e
from storyboard.models import moves
from storyboard.models.standing import Case, IllegalEvent, Move, Policy
from storyboard.models.statuses import DAY, FREED, HINTED, LEASE_SECONDS, LIVE, MOVES, S
from tests.models.in_memory import Kling, Refused, Row, Table, Task
from tests.models.workers_in_memory import (
    ANSWERS,
    GATES,
    HONEST,
    LATEST,
    TROUBLES,
    Chance,
    House,
)

WORKERS = ("ada", "ben", "cy")
SLOTS = (1, 2)
MOST_ORDERS = 3  # in one example: deep rather than many
# What an account promises, and whether Kling keeps it: where not, the settling time does alone.
WORLDS = {
    "refuses": (Policy(refuses_duplicates=True), True, True),
    "refuses_in_words_only": (Policy(refuses_duplicates=True), False, True),
    "unknown": (Policy(), False, True),
    "unknown_and_blind": (Policy(), False, False),
    "forty_times": (Policy(refuses_duplicates=True, scale=40.0), False, True),
}
FATES = st.builds(
    Chance,
    pick=st.integers(0, 2),
    gate=st.sampled_from(["open"] * 15 + [*GATES]),
    answer=st.sampled_from(ANSWERS),
    is_silent=st.sampled_from([False] * 4 + [True]),
    trouble=st.sampled_from(["none"] * 3 + [*TROUBLES]),
    is_mistaken=st.sampled_from([False] * 15 + [True]),
    late=st.floats(0.0, LATEST),
    lag=st.sampled_from([0.0, 5.0, 59.0]),  # until Kling finds what it has made
)
WORK = st.lists(st.tuples(st.sampled_from(WORKERS), FATES), min_size=4, max_size=12)
PICKS = st.integers(0, MOST_ORDERS - 1)
RARELY = st.sampled_from([False] * 9 + [True])


class PaidWork(RuleBasedStateMachine):
    """Workers that die, sleep and wake; a Kling that answers late; people who press buttons."""

    house: House

    @initialize(world=st.sampled_from(sorted(WORLDS)), chances=WORK)
    def begin(self, world: str, chances: list[tuple[str, Chance]]) -> None:
        policy, refuses, finds = WORLDS[world]
        kling = Kling(refuses_duplicates=refuses, finds_our_names=finds)
        self.house = House(Table(policy), kling)
        self.table, self.kling = self.house.table, kling
        self.table.enqueue(1)
        self.all_work(chances)

    # Workers

    @rule(worker=st.sampled_from(WORKERS), chance=FATES)
    def works(self, worker: str, chance: Chance) -> None:
        self.house.work(worker, chance)

    @rule(chances=WORK)
    def all_work(self, chances: list[tuple[str, Chance]]) -> None:
        """Several instructions in a row, because working is most of what happens."""
        for worker, chance in chances:
            self.house.work(worker, chance)

    @precondition(lambda self: self.house.hands)
    @rule(pick=PICKS, left=st.booleans(), chance=FATES)
    def crash(self, pick: int, left: bool, chance: Chance) -> None:
        workers = list(self.house.hands)
        self.house.kill(workers[pick % len(workers)], left=left, chance=chance)

    @precondition(lambda self: self.house.zombies())
    @rule(pick=PICKS, knows=st.sampled_from(
        [e.Mistake(), e.Found("succeed", has_link=True), e.FilmStored(), e.Sends()]))  # fmt: skip
    def zombie_write(self, pick: int, knows: e.Event) -> None:
        """One whose lease was taken wakes and writes what it had in mind."""
        zombies = self.house.zombies()
        copy = self.house.hands.pop(zombies[pick % len(zombies)]).copy
        before = replace(self.table.row(copy.external_id))
        with pytest.raises((Refused, IllegalEvent)):
            self.table.apply(copy, knows)
        assert self.table.row(copy.external_id) == before

    # People

    @precondition(lambda self: self._may_order())
    @rule(slot=st.sampled_from(SLOTS))
    def enqueue(self, slot: int) -> None:
        self.table.enqueue(slot)

    @rule(slot=st.sampled_from(SLOTS))
    def duplicate_click(self, slot: int) -> None:
        if [row for row in self.table.rows if row.slot == slot and row.status not in FREED]:
            assert self.table.enqueue(slot) is None

    @precondition(lambda self: self.table.at(S.QUEUED))
    @rule(pick=PICKS, is_meant=RARELY)
    def cancel(self, pick: int, is_meant: bool) -> None:
        row = self._one(pick, S.QUEUED)
        if is_meant and row.lease_until <= self.table.now:
            self._press(row, e.Withdrawn())

    @precondition(lambda self: self.table.at(S.HELD))
    @rule(pick=PICKS)
    def human_release(self, pick: int) -> None:
        row = self._one(pick, S.HELD)
        # They look into the old key's contract first, as the words ask them to.
        charged = self.kling.of(row.external_id)
        is_elsewhere = any(task.contract != self.house.contract for task in charged)
        if row.hold_reason != "another_key" or not is_elsewhere:
            self._press(row, e.Released())

    @precondition(lambda self: self.table.at(S.HELD))
    @rule(pick=PICKS)
    def give_up(self, pick: int) -> None:
        self._press(self._one(pick, S.HELD), e.GivenUp())

    @precondition(lambda self: self.table.at(S.SUBMITTING, S.UNCERTAIN))
    @rule(is_another_contract=st.booleans())
    def replace_key(self, is_another_contract: bool) -> None:
        if self.house.key_set_at is None:
            self.house.key_set_at = self.table.now
            self.house.contract += is_another_contract

    # Kling, and time

    @rule(seconds=st.sampled_from([1.0, 2.0, 9.0, 31.0, 91.0, 151.0, 3601.0]))
    def advance_clock(self, seconds: float) -> None:
        self.house.pass_time(self.table.policy.span(seconds))

    @precondition(lambda self: self.table.at(S.UNCERTAIN, S.RUNNING, S.FETCHING, S.HELD))
    @rule(days=st.sampled_from([1, 1, 31]), is_meant=RARELY)
    def advance_by_days(self, days: int, is_meant: bool) -> None:
        if is_meant:
            self.house.pass_time(self.table.policy.span(days * DAY + 1))

    @rule()
    def kling_looks_into_an_old_copy(self) -> None:
        """Once, and for less than the half minute between two absences."""
        if self.kling.blind_until is None:
            self.kling.blind_until = self.table.now + self.table.policy.span(29.0)

    @precondition(lambda self: self._unfinished())
    @rule(pick=PICKS, status=st.sampled_from(["succeed", "succeed", "failed"]))
    def kling_ends(self, pick: int, status: str) -> None:
        tasks = self._unfinished()
        tasks[pick % len(tasks)].status = status

    @precondition(lambda self: self.table.at(*HINTED))
    @rule(pick=PICKS, is_forged=st.booleans(), times=st.sampled_from([1, 2]))
    def callback(self, pick: int, is_forged: bool, times: int) -> None:
        row = self._one(pick, *HINTED)
        tasks = self.kling.of(row.external_id)
        if tasks and not is_forged:
            row.told_id = tasks[0].id  # never believed, only asked for
        for _time in range(times):
            self.table.knock(row)

    # What must always hold

    @invariant()
    def nothing_is_charged_twice(self) -> None:
        for row in self.table.rows:
            assert len(self.kling.of(row.external_id)) <= 1, row

    @invariant()
    def nothing_that_is_charged_is_forgotten(self) -> None:
        for task in self.kling.tasks:
            row = self.table.row(task.external_id)
            assert row.status not in (S.CANCELLED, S.REJECTED), row
            assert row.status != S.FAILED or task.status == "failed", row
            assert row.status != S.STORED or row.kling_task_id == task.id, row
            assert row.status != S.LOST or self._was_kept(row), row

    @invariant()
    def what_ended_stays_as_it_was(self) -> None:
        for name, then in self.table.ended.items():
            assert self.table.row(name) == then

    @invariant()
    def every_edge_is_in_the_table(self) -> None:
        assert all(after in MOVES[before] for before, after in self.table.edges)

    @invariant()
    def fences_grow_by_one(self) -> None:
        for row in self.table.rows:
            fences = [fence for name, fence in self.table.claims if name == row.external_id]
            assert fences == list(range(1, row.fence + 1))

    @invariant()
    def one_worker_at_most_believes_in_its_lease(self) -> None:
        """But for one whose held order a person has just taken out of its hands."""
        copies = [hand.copy for hand in self.house.hands.values() if hand.copy.status != S.HELD]
        alive = [copy.external_id for copy in copies if copy.lease_until > self.table.now]
        assert len(alive) == len(set(alive))

    @invariant()
    def the_same_body_goes_under_the_same_name(self) -> None:
        for task in self.kling.tasks:
            assert task.body == self.table.row(task.external_id).body

    @invariant()
    def the_money_is_klings(self) -> None:
        charged = {task.id: task.units for task in self.kling.tasks}
        for row in self.table.rows:
            assert row.units is None or row.units == charged[row.kling_task_id]

    @invariant()
    def whatever_goes_on_has_its_next_look(self) -> None:
        for row in self.table.rows:
            waits_for_a_person = row.status == S.HELD and not row.standing.may_be_paid
            assert waits_for_a_person or bool(row.next_at) == bool(MOVES[row.status]), row
            assert (row.status == S.HELD) == bool(row.hold_reason), row

    def teardown(self) -> None:
        """All is well again: everything ends or is held, and no film is left behind."""
        if not hasattr(self, "house"):
            return
        for worker in WORKERS:
            self.house.kill(worker, left=True, chance=HONEST)
        for _instruction in range(2000):
            if not self.table.at(*LIVE):
                break
            self._go_on_honestly()
        assert not self.table.at(*LIVE)
        for _look in range(3 * len(self.table.rows)):  # held, found, fetched
            self._go_on_honestly(steps=3)
        self.nothing_is_charged_twice()
        self.nothing_that_is_charged_is_forgotten()
        for task in self.kling.tasks:
            row = self.table.row(task.external_id)
            is_known = self.kling.find(row, self.house.contract, self.table.now) is task
            assert not is_known or row.status in (S.STORED, S.FAILED, S.LOST), row

    def _go_on_honestly(self, steps: int = 1) -> None:
        for task in self._unfinished():
            task.status = "succeed"
        for _step in range(steps):
            self.house.work("ada", HONEST)
        if not self.house.hands and self.table.next_look() is None:
            self.house.pass_time(self.table.policy.span(LEASE_SECONDS))  # the dead ones' end

    def _press(self, row: Row, event: e.Event) -> None:
        copy = replace(row)
        try:
            self.table.apply(copy, event)
        except IllegalEvent:
            assert copy == row

    def _was_kept(self, row: Row) -> bool:
        """Until Kling has cleared the film."""
        sent_at = row.last_post_at or row.status_at
        return self.table.now - sent_at > self.table.policy.span(30 * DAY)

    def _may_order(self) -> bool:
        return len(self.table.rows) < MOST_ORDERS

    def _one(self, pick: int, *statuses: str) -> Row:
        rows = self.table.at(*statuses)
        return rows[pick % len(rows)]

    def _unfinished(self) -> list[Task]:
        return [task for task in self.kling.tasks if task.status == "processing"]


def test_no_way_through_the_machine_pays_twice_or_loses_a_film() -> None:
    examples = int(os.environ.get("MOVES_EXAMPLES", "200"))
    run_state_machine_as_test(PaidWork, settings=_profile(examples))


def _to_the_queue(_case: Case, _event: e.Event) -> Move:
    return Move(S.QUEUED)


def _unsettled(case: Case, event: e.Absent) -> Move:
    long_ago = case.now - case.policy.span(DAY)
    return _ABSENT(replace(case, row=replace(case.row, last_post_at=long_ago)), event)


def _as_if_refused(case: Case, event: e.Absent) -> Move:
    return _ABSENT(replace(case, policy=replace(case.policy, refuses_duplicates=True)), event)


def _sent_with_any_key(case: Case, event: e.Sends) -> Move:
    return _SENDS(replace(case, policy=replace(case.policy, has_another_key=False)), event)


_ABSENT, _SENDS = moves._absent, moves._sends


def _found_with_any_key(case: Case, event: e.Absent) -> Move:
    return _ABSENT(replace(case, policy=replace(case.policy, has_another_key=False)), event)


@pytest.mark.by_hand
@pytest.mark.parametrize(
    ("world", "mistakes"),
    [
        pytest.param("refuses_in_words_only", {"_lease_ended": _to_the_queue},
                     id="a-dead-sender-sent-nothing"),
        pytest.param("refuses_in_words_only", {"_unclear": _to_the_queue},
                     id="silence-is-a-refusal"),
        pytest.param("refuses_in_words_only", {"_absent": _unsettled}, id="nothing-settles"),
        pytest.param("unknown_and_blind", {"_absent": _as_if_refused},
                     id="everybody-refuses-duplicates"),
        pytest.param("refuses_in_words_only",
                     {"_absent": _found_with_any_key, "_sends": _sent_with_any_key},
                     id="any-key-opens-the-account"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_rule_is_found(
    world: str, mistakes: dict[str, moves.Rule], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in WORLDS:
        monkeypatch.setitem(WORLDS, name, WORLDS[world])
    rules = dict(moves._RULES)
    for name, mistaken in mistakes.items():
        right = getattr(moves, name)
        rules |= {case: mistaken for case, rule in rules.items() if rule is right}
        monkeypatch.setattr(moves, name, mistaken)
    monkeypatch.setattr(moves, "_RULES", rules)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(PaidWork, settings=_until_one_is_found())


def _until_one_is_found() -> settings:
    return settings(
        _profile(3000),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        print_blob=False,
    )


def _profile(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
