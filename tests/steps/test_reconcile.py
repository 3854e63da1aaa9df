"""Everything that waits is asked about on demand, by the steps that ask by themselves."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Account, Activity, Call, Generation, Status, Take, Team, User
from storyboard.steps import account as accounts
from storyboard.steps import reconcile as module
from storyboard.steps.machine import step
from storyboard.steps.owner import me
from storyboard.steps.reconcile import Settled, reconcile, waiting
from tests import builders
from tests.steps import kling
from tests.steps.conftest import Orders, age, go

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=3)


def settle(team: Team | None = None, *, patience: float = 0.0) -> list[Settled]:
    return list(reconcile(team, patience=patience))


def not_due(row: Generation) -> Generation:
    """Its own next look is hours away."""
    Generation.objects.filter(pk=row.pk).update(next_at=timezone.now() + LATER)
    return Generation.objects.get(pk=row.pk)


def sent(orders: Orders, scripted: kling.ScriptedKling, settings: Settings) -> Generation:
    """Running at the scripted Kling, asked about hours from now."""
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body, task_id=f"t-{row.pk}"))
    assert go(row).status == Status.RUNNING
    return not_due(row)


def about(row: Generation, status: str = "processing", **more: Any) -> object:
    """What Kling says of it."""
    name = {"external_task_id": row.external_task_id}
    return kling.task(name, status, task_id=f"t-{row.pk}", **more)


def unclear(orders: Orders, scripted: kling.ScriptedKling, settings: Settings) -> Generation:
    """Sent, and the answer was lost."""
    row = orders.at(scripted.address, settings)
    scripted.script.append(None)
    go(row)
    return not_due(row)


def held(row: Generation, reason: str = "no_answer") -> Generation:
    Generation.objects.filter(pk=row.pk).update(
        status=Status.HELD, hold_reason=reason, next_at=timezone.now() + LATER
    )
    return Generation.objects.get(pk=row.pk)


ABSENT = kling.error(1201, "Task not found by id/external id")


def test_an_unclear_order_that_kling_has_comes_home(
    orders: Orders, simulator: str, settings: Settings
) -> None:
    row = orders.at(simulator, settings)
    before = len(kling.ledger(simulator))
    step(row.pk)
    Generation.objects.filter(pk=row.pk).update(
        status=Status.UNCERTAIN, kling_task_id="", next_at=timezone.now() + LATER
    )
    (told,) = settle()
    assert (told.before, told.after, told.trouble) == (Status.UNCERTAIN, Status.STORED, "")
    assert told.has_ended
    assert Take.objects.get().stored_at is not None
    assert len(kling.ledger(simulator)) == before + 1


def test_one_still_at_work_is_asked_once_and_left(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = sent(orders, scripted, settings)
    scripted.script.append(about(row))
    (told,) = settle(patience=30)
    assert (told.before, told.after, told.trouble) == (Status.RUNNING, Status.RUNNING, "")
    assert scripted.script == []


def test_a_held_order_that_may_be_paid_is_asked_about(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = held(sent(orders, scripted, settings))
    scripted.script.append(about(row, "failed", task_status_msg="too dark"))
    (told,) = settle()
    assert (told.before, told.after) == (Status.HELD, Status.FAILED)


def test_what_was_never_sent_is_let_be(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    queued = orders.at(scripted.address, settings)
    stopped = builders.bring_to(orders.at(scripted.address, settings), Status.HELD)
    before = list(Generation.objects.order_by("pk").values())
    assert settle() == []
    assert list(Generation.objects.order_by("pk").values()) == before
    assert {queued.status, stopped.status} == {Status.QUEUED, Status.HELD}
    assert scripted.asked == []


def test_absent_is_not_sent_again_before_the_settling_time(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    unclear(orders, scripted, settings)
    scripted.script += [ABSENT] * 3
    (told,) = settle()
    assert (told.after, told.trouble) == (Status.UNCERTAIN, "")
    (told,) = settle()
    assert told.after == Status.UNCERTAIN
    assert len(scripted.posts) == 1


def test_one_that_is_absent_for_certain_is_followed_until_it_is_sent_again_once(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    age(unclear(orders, scripted, settings), minutes=10)
    scripted.script += [ABSENT] * 2  # three seconds apart
    scripted.script.append(lambda _path, body: kling.task(body))
    (told,) = settle(patience=30)
    assert (told.after, told.trouble) == (Status.RUNNING, "")
    names = {body["external_task_id"] for body in scripted.posts}
    assert (len(scripted.posts), len(names)) == (2, 1)


def test_one_found_sending_by_a_dead_worker_is_settled_too(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    host, boot, _pid, _started, thread = me().rsplit(":", 4)
    row.claim(f"{host}:{boot}:999999:1:{thread}")
    Generation.objects.filter(pk=row.pk).update(
        status=Status.SUBMITTING,
        post_count=1,
        last_post_at=timezone.now(),
        lease_until=timezone.now() + LATER,
    )
    scripted.script.append(about(row))
    (told,) = settle()
    assert (told.before, told.after) == (Status.SUBMITTING, Status.RUNNING)
    assert scripted.posts == []


def test_what_a_living_worker_holds_is_left_to_it(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = sent(orders, scripted, settings)
    Generation.objects.filter(pk=row.pk).update(
        lease_owner=f"{me()}0", lease_until=timezone.now() + LATER
    )
    asked = len(scripted.asked)
    (told,) = settle()
    assert told.after == Status.RUNNING
    assert "A worker is at it" in told.trouble
    assert len(scripted.asked) == asked
    assert Generation.objects.get(pk=row.pk).lease_owner == f"{me()}0"


def test_what_a_worker_asks_meanwhile_counts(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The bell rang for the same order, and a worker was first."""
    row = sent(orders, scripted, settings)
    scripted.script.append(about(row))

    def lost_race(pk: int) -> bool:
        step(pk)
        return False

    monkeypatch.setattr(module, "step", lost_race)
    (told,) = settle(patience=10)
    assert told.trouble == ""
    assert scripted.script == []


def test_silence_is_said_and_evidence_of_nothing(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    unclear(orders, scripted, settings)
    scripted.script.append(kling.error(5000, "internal", 500))
    (told,) = settle()
    assert told.after == Status.UNCERTAIN
    assert "HTTP 500, code 5000, request r-1" in told.trouble
    scripted.script.append(None)
    (told,) = settle()
    assert "Kling could not be reached" in told.trouble


def test_a_broken_connection_is_probed_at_once_and_then_all_are_asked(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    rows = [sent(orders, scripted, settings) for _n in range(3)]
    now = timezone.now()
    Account.objects.update(failures=9, unreachable_since=now, probe_at=now + LATER)
    for row in rows:
        scripted.script.append(about(row))
    assert [told.trouble for told in settle()] == [""] * 3
    assert Account.objects.get(pk=orders.account.pk).unreachable_since is None


def test_while_kling_is_away_one_question_tells_it_and_the_rest_is_not_hammered(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    for _n in range(3):
        sent(orders, scripted, settings)
    asked = len(scripted.asked)
    account = Account.objects.get(pk=orders.account.pk)
    for _n in range(accounts.BREAKER_FAILURES):
        accounts.silent(account)
    scripted.script.append(None)
    told = settle(patience=30)
    assert ["could not be reached" in one.trouble for one in told] == [True] * 3
    assert len(scripted.asked) == asked + 1


def test_an_order_held_for_its_age_is_asked_about_all_the_same(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = sent(orders, scripted, settings)
    age(row, days=2)
    failed = about(row, "failed", task_status_msg="no")
    scripted.script += [failed, failed]
    (told,) = settle(patience=10)
    assert (told.before, told.after) == (Status.RUNNING, Status.FAILED)


def test_a_film_that_does_not_come_is_said(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = sent(orders, scripted, settings)
    url = f"{scripted.address}/film.mp4"
    scripted.script.append(
        about(row, "succeed", task_result={"videos": [{"id": "v", "url": url, "duration": "5"}]})
    )
    scripted.script += [(503, "no")] * 3
    (told,) = settle()
    assert told.after == Status.FETCHING
    assert told.trouble


def test_of_one_team_alone(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, other_team: Team, team: Team
) -> None:
    row = sent(orders, scripted, settings)
    assert list(waiting(other_team)) == []
    assert list(waiting(team)) == [row]
    assert settle(other_team) == []


def test_every_order_is_told_of_once_and_as_soon_as_it_is_over(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    """The unclear one is waited for; the one at work is told of before that."""
    first = unclear(orders, scripted, settings)
    age(first, minutes=10)
    second = sent(orders, scripted, settings)

    def answer(path: str, _body: dict[str, Any]) -> object:
        if path.endswith(first.external_task_id):
            return ABSENT
        return about(second)

    scripted.script += [answer] * 3
    scripted.script.append(lambda _path, body: kling.task(body, task_id="t-0"))
    told = [one.generation.pk for one in settle(patience=30)]
    assert told == [second.pk, first.pk]


def test_it_writes_history_as_any_step_does_and_keeps_its_calls(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, alice: User
) -> None:
    row = sent(orders, scripted, settings)
    scripted.script.append(about(row, "failed", task_status_msg="too dark"))
    settle()
    said = Activity.objects.filter(verb="generation.failed").get()
    assert said.actor_kind == Activity.Actor.SYSTEM
    assert Call.objects.filter(generation=row, verb="GET", outcome="present").count() == 1


@pytest.mark.django_db(transaction=True)
def test_waiting_for_a_worker_ends_when_the_worker_does(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "EVERY", 0.05)
    row = sent(orders, scripted, settings)
    mine = Generation.objects.filter(pk=row.pk)
    mine.update(lease_owner=f"{me()}0", lease_until=timezone.now() + timedelta(seconds=0.6))
    scripted.script.append(about(row))
    began = time.monotonic()
    (told,) = settle(patience=20)
    assert told.trouble == ""
    assert 0.4 < time.monotonic() - began < 10
