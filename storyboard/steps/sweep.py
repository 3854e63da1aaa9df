"""The sweep: one thread a worker finds due rows each second, with or without a broker."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from celery import current_app
from django.db import close_old_connections, connection
from django.db.models import QuerySet

from storyboard.models import (
    Account,
    Animatic,
    Creation,
    Doorbell,
    Generation,
    Heartbeat,
    Lease,
    PresetList,
    Receipt,
)
from storyboard.models.installation import LEASE, VERSION
from storyboard.steps.animatic import EASEL, discard_left_over
from storyboard.steps.connection import try_out
from storyboard.steps.library import create, discard
from storyboard.steps.machine import step
from storyboard.steps.owner import host, me, process, take_over_from_the_dead
from storyboard.steps.presets import read_presets
from storyboard.steps.store import sweep_parts
from storyboard.steps.trials import fetch_trial, without_trial

log = logging.getLogger(__name__)

EVERY = 1.0
PATIENCE = 2.0  # how long a rung row may stay unclaimed before the sweep steps it itself
BELL_REST = 10.0  # how long a bell that failed is let alone: each try may take seconds
AT_ONCE = 50
TIDY_EVERY = 600.0
BEAT_EVERY = 5.0
BELL_EVERY = 30.0
TASKS = "storyboard.tasks."
BELL = "storyboard.tasks.hear_bell"


class Due(NamedTuple):
    """One row that is due: the task that is rung for it, and its number."""

    task: str
    pk: int


class Sweeper(threading.Thread):
    """Runs until `stop()`; any trouble is logged and the next second tries again."""

    def __init__(self) -> None:
        super().__init__(name="sweep", daemon=True)
        self.stopping = threading.Event()
        self.rung: dict[Due, tuple[int, float]] = {}
        self.tidied = 0.0
        self.beaten = 0.0
        self.tried_bell = 0.0
        self.rest_until = 0.0
        self.hands = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sweep-step")

    def run(self) -> None:
        log.info("sweep started")
        EASEL.start()
        self._look()
        while not self.stopping.wait(EVERY):
            self._look()
        self.hands.shutdown(wait=False, cancel_futures=True)
        connection.close()

    def stop(self) -> None:
        self.stopping.set()
        EASEL.stop()

    def _look(self) -> None:
        self._carefully(self._beat)
        self._carefully(self._take_over)
        self._carefully(self._sweep)

    def _beat(self) -> None:
        if time.monotonic() - self.beaten >= BEAT_EVERY:
            self.beaten = time.monotonic()
            Heartbeat.beat(process(), host=host(), pid=os.getpid(), version=VERSION)

    def _take_over(self) -> None:
        taken = take_over_from_the_dead()
        if taken:
            log.info("took over %d orders from a worker that ended", taken)

    def _sweep(self) -> None:
        if not Lease.hold("sweep", owner=me(), seconds=LEASE):
            return
        due = _due()
        rung = self.rung.copy()  # a hand that is done takes its row out meanwhile
        self.rung = {row: rung[row] for row in due if row in rung}
        for row, fence in due.items():
            self._wake(row, fence)
        for pk in Account.tests_due(unheard_for=PATIENCE).values_list("pk", flat=True)[:AT_ONCE]:
            self.hands.submit(_in_own_connection, try_out, pk)
        for pk in Animatic.objects.due().values_list("pk", flat=True)[:AT_ONCE]:
            EASEL.draw_soon(pk)
        for pk in PresetList.due(unheard_for=PATIENCE).values_list("pk", flat=True)[:AT_ONCE]:
            self.hands.submit(_in_own_connection, read_presets, pk)
        if time.monotonic() - self.tried_bell > BELL_EVERY:
            self.tried_bell = time.monotonic()
            self.hands.submit(_in_own_connection, _try_bell, 0)
        if time.monotonic() - self.tidied > TIDY_EVERY:
            self.tidied = time.monotonic()
            sweep_parts()
            self.hands.submit(_in_own_connection, _discard, 0)
            for pk in without_trial().values_list("pk", flat=True)[:AT_ONCE]:
                self.hands.submit(_in_own_connection, fetch_trial, pk)
            Heartbeat.objects.forget()
            Receipt.forget_old()

    def _wake(self, row: Due, fence: int) -> None:
        """Ring once; what nobody claims within two seconds is stepped here."""
        rung = self.rung.get(row)
        if rung is None or rung[0] != fence:
            self.rung[row] = (fence, time.monotonic())
            if self._ring(row):
                return
        elif time.monotonic() - rung[1] < PATIENCE:
            return
        self.rung[row] = (fence, time.monotonic() + 3600)
        done = self.hands.submit(_in_own_connection, STEPS[row.task], row.pk)
        done.add_done_callback(lambda _done: self.rung.pop(row, None))

    def _ring(self, row: Due) -> bool:
        if time.monotonic() < self.rest_until:
            return False
        if _send(f"{TASKS}{row.task}", row.pk):
            return True
        self.rest_until = time.monotonic() + BELL_REST
        return False

    def _carefully(self, work: object) -> None:
        try:
            close_old_connections()
            work()  # type: ignore[operator]
        except Exception:
            log.exception("sweep failed; it tries again in a second")
            connection.close()


# What is done about a row nobody claims, by the task that was rung for it.
STEPS: dict[str, Callable[[int], object]] = {
    "step_generation": step,
    "step_creation": create,
    "discard_creation": discard,
}


def _due() -> dict[Due, int]:
    """Whatever waits, with its fence: at most AT_ONCE of each kind, the longest due first."""
    rows: dict[str, QuerySet[Any]] = {
        "step_generation": Generation.objects.due(),
        "step_creation": Creation.objects.due(),
        "discard_creation": Creation.objects.to_delete(),
    }
    return {
        Due(task, pk): fence
        for task, waiting in rows.items()
        for pk, fence in waiting.values_list("pk", "fence")[:AT_ONCE]
    }


def _in_own_connection(work: Callable[[int], object], pk: int) -> None:
    """Work in a thread of the sweep's own, whose connection does not outlive it."""
    close_old_connections()
    try:
        work(pk)
    finally:
        close_old_connections()


def _discard(_pk: int) -> None:
    discard_left_over()


def _try_bell(_pk: int) -> bool:
    """Ring for nothing: also while there is no work people may read whether the bell is heard."""
    return _send(BELL)


def _send(task: str, *args: int) -> bool:
    try:
        current_app.send_task(task, args=args, retry=False)
    except Exception as refused:
        log.warning("The doorbell is broken (%s).", type(refused).__name__)
        Doorbell.failed()
        return False
    Doorbell.rang()
    return True
