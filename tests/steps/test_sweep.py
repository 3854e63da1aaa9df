"""The sweep alone carries an order: the bell rings into an empty room."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Doorbell, Generation, Heartbeat, Lease, Status, health
from storyboard.models.files import parts_folder
from storyboard.models.installation import VERSION
from storyboard.steps import sweep
from storyboard.steps.owner import host, me, take_over_from_the_dead
from storyboard.steps.store import PART_SECONDS, sweep_parts
from storyboard.steps.sweep import BEAT_EVERY, Due, Sweeper
from tests import builders
from tests.steps import kling
from tests.steps.conftest import Orders


@pytest.mark.django_db(transaction=True)
def test_without_any_worker_listening_the_sweep_steps_the_row_itself(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    sweeper = Sweeper()
    sweeper.start()
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and not scripted.posts:
            time.sleep(0.1)
    finally:
        sweeper.stop()
        sweeper.join(10)
        sweeper.hands.shutdown(wait=True)
    assert Generation.objects.get(pk=row.pk).status == Status.RUNNING
    assert len(scripted.posts) == 1


@pytest.mark.django_db
def test_a_bell_that_failed_is_let_alone_while_the_sweep_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A broker that takes seconds to fail would take them for each of fifty rows."""
    rung: list[int] = []
    stepped: list[int] = []
    monkeypatch.setattr(sweep, "_send", lambda _task, pk: rung.append(pk))
    monkeypatch.setitem(sweep.STEPS, "step_generation", stepped.append)
    sweeper = Sweeper()
    for pk in (1, 2, 3):
        sweeper._wake(Due("step_generation", pk), 0)
    sweeper.rest_until = 0.0
    sweeper._wake(Due("step_generation", 4), 0)
    sweeper.hands.shutdown(wait=True)
    assert rung == [1, 4]
    assert sorted(stepped) == [1, 2, 3, 4]


@pytest.mark.django_db
def test_one_sweeper_at_a_time() -> None:
    assert Lease.hold("sweep", owner="one", seconds=5)
    assert not Lease.hold("sweep", owner="two", seconds=5)
    assert Lease.hold("sweep", owner="one", seconds=5)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert Lease.hold("sweep", owner="two", seconds=5)


@pytest.mark.django_db
def test_what_a_dead_process_of_this_machine_held_is_taken_over_at_once(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    dead, living = (orders.at(scripted.address, settings) for _ in range(2))
    host, boot, _pid, _started, thread = me().rsplit(":", 4)
    dead.claim(f"{host}:{boot}:999999:1:{thread}")
    living.claim(me())
    assert take_over_from_the_dead() == 1
    assert list(Generation.objects.due().values_list("pk", flat=True)) == [dead.pk]


@pytest.mark.django_db
def test_the_duty_of_a_dead_process_is_free_at_once_and_a_living_ones_is_not() -> None:
    host, boot, _pid, _started, thread = me().rsplit(":", 4)
    assert Lease.hold("sweep", owner=f"{host}:{boot}:999999:1:{thread}", seconds=3600)
    assert Lease.hold("other", owner=f"{me()}0", seconds=3600)
    take_over_from_the_dead()
    assert Lease.hold("sweep", owner=me(), seconds=5)
    assert not Lease.hold("other", owner=me(), seconds=5)


@pytest.mark.django_db
def test_another_host_and_another_boot_are_none_of_our_business(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    far = orders.at(scripted.address, settings)
    host, boot, rest = me().split(":", 2)
    far.claim(f"elsewhere:{boot}:{rest}")
    assert Lease.hold("sweep", owner=f"{host}:00000000:999999:1:1", seconds=3600)
    assert take_over_from_the_dead() == 0
    assert not Generation.objects.due().exists()
    assert not Lease.hold("sweep", owner=me(), seconds=5)


@pytest.mark.django_db
def test_a_process_that_ended_and_was_not_collected_is_dead(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    child = subprocess.Popen(["sleep", "60"])
    try:
        started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
        host, boot, _rest = me().split(":", 2)
        row.claim(f"{host}:{boot}:{child.pid}:{started}:1")
        assert take_over_from_the_dead() == 0
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert take_over_from_the_dead() == 1
    finally:
        child.kill()
        child.wait()


@pytest.mark.sqlite  # which needs no descriptor for an answer
@pytest.mark.django_db
def test_whoever_cannot_be_looked_at_is_not_taken_for_dead(
    orders: Orders, settings: Settings
) -> None:
    row = orders.at(builders.SIMULATOR, settings)  # a server of ours would need descriptors too
    child = subprocess.Popen(["sleep", "60"])
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        started = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()[19]
        host, boot, _rest = me().split(":", 2)
        row.claim(f"{host}:{boot}:{child.pid}:{started}:1")
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))  # no descriptor is left to open
        assert take_over_from_the_dead() == 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        child.kill()
        child.wait()


def test_old_parts_are_swept_and_young_ones_stay(settings: Settings) -> None:
    old, young = parts_folder() / "old.part", parts_folder() / "young.part"
    for path in (old, young):
        path.write_bytes(b"x")
    past = time.time() - PART_SECONDS - 60
    os.utime(old, (past, past))
    sweep_parts()
    assert [path.name for path in parts_folder().iterdir()] == ["young.part"]


@pytest.mark.django_db(transaction=True)
def test_each_worker_says_that_it_lives_also_while_another_sweeps() -> None:
    assert Lease.hold("sweep", owner="another", seconds=60)
    sweeper = Sweeper()
    try:
        sweeper._look()
        row = Heartbeat.objects.get()
        assert (row.host, row.pid, row.version) == (host(), os.getpid(), VERSION)
        assert me().startswith(f"{row.name}:")
        Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
        sweeper._look()  # said a moment ago
        assert not Heartbeat.objects.living().exists()
        sweeper.beaten -= BEAT_EVERY
        sweeper._look()
        assert Heartbeat.objects.living().count() == 1
    finally:
        sweeper.hands.shutdown(wait=True)


class AtOnce:
    """Hands that work where they are asked to: no two threads in one database of a test."""

    def submit(self, work: Callable[..., object], *args: object) -> Future[object]:
        done: Future[object] = Future()
        done.set_result(work(*args))
        return done


@pytest.fixture
def sweeper(monkeypatch: pytest.MonkeyPatch) -> Sweeper:
    made = Sweeper()
    made.hands.shutdown()
    monkeypatch.setattr(made, "hands", AtOnce())
    return made


@pytest.mark.django_db(transaction=True)
def test_who_sweeps_tries_the_bell_also_while_there_is_no_work(
    sweeper: Sweeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "RING_EVERY", 0.0)
    monkeypatch.setattr(health, "_said", {})
    rung: list[str] = []

    class Bell:
        def send_task(self, name: str, **_more: object) -> None:
            rung.append(name)

    monkeypatch.setattr(sweep, "current_app", Bell())
    sweeper._look()
    sweeper._look()  # tried a moment ago
    assert rung == ["storyboard.tasks.hear_bell"]
    assert Doorbell.now().rung_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_bell_that_is_broken_is_noted_and_the_sweep_goes_on(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, sweeper: Sweeper,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(health, "RING_EVERY", 0.0)
    monkeypatch.setattr(health, "_said", {})

    class Broken:
        def send_task(self, *_args: object, **_more: object) -> None:
            raise ConnectionRefusedError

    monkeypatch.setattr(sweep, "current_app", Broken())
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    sweeper._look()
    assert Doorbell.now().failing_since is not None
    assert Generation.objects.get(pk=row.pk).status == Status.RUNNING


@pytest.mark.django_db(transaction=True)
def test_who_sweeps_forgets_workers_that_are_gone_for_a_day(sweeper: Sweeper) -> None:
    Heartbeat.beat("old", host="gone", pid=1, version=VERSION)
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(days=2))
    sweeper._look()
    assert list(Heartbeat.objects.values_list("pid", flat=True)) == [os.getpid()]
