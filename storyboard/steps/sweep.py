"""The sweep: one thread a worker finds due rows each second, with or without a broker."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from django.db import close_old_connections, connection

from storyboard.models import Account, Animatic, Doorbell, Generation, Heartbeat, Lease, Receipt
from storyboard.models.installation import LEASE, VERSION
from storyboard.steps.animatic import EASEL, discard_left_over
from storyboard.steps.connection import try_out
from storyboard.steps.machine import step
from storyboard.steps.owner import host, me, process, take_over_from_the_dead
from storyboard.steps.store import sweep_parts

log = logging.getLogger(__name__)

EVERY = 1.0
PATIENCE = 2.0  # how long a rung row may stay unclaimed before the sweep steps it itself
BELL_REST = 10.0  # how long a bell that failed is let alone: each try may take seconds
AT_ONCE = 50
TIDY_EVERY = 600.0
BEAT_EVERY = 5.0
BELL_EVERY = 30.0
TASK = "storyboard.tasks.step_generation"
BELL = "storyboard.tasks.hear_bell"


class Sweeper(threading.Thread):
    """Runs until `stop()`; any trouble is logged and the next second tries again."""

    def __init__(self) -> None:
        super().__init__(name="sweep", daemon=True)
        self.stopping = threading.Event()
        self.rung: dict[int, tuple[int, float]] = {}
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
        due = list(Generation.objects.due().values_list("pk", "fence")[:AT_ONCE])
        rung = self.rung.copy()  # a hand that is done takes its row out meanwhile
        self.rung = {pk: rung[pk] for pk, _fence in due if pk in rung}
        for pk, fence in due:
            self._wake(pk, fence)
        for pk in Account.tests_due(unheard_for=PATIENCE).values_list("pk", flat=True)[:AT_ONCE]:
            self.hands.submit(_in_own_connection, try_out, pk)
        for pk in Animatic.objects.due().values_list("pk", flat=True)[:AT_ONCE]:
            EASEL.draw_soon(pk)
        if time.monotonic() - self.tried_bell > BELL_EVERY:
            self.tried_bell = time.monotonic()
            self.hands.submit(_in_own_connection, _try_bell, 0)
        if time.monotonic() - self.tidied > TIDY_EVERY:
            self.tidied = time.monotonic()
            sweep_parts()
            self.hands.submit(_in_own_connection, _discard, 0)
            Heartbeat.objects.forget()
            Receipt.forget_old()

    def _wake(self, pk: int, fence: int) -> None:
        """Ring once; what nobody claims within two seconds is stepped here."""
        rung = self.rung.get(pk)
        if rung is None or rung[0] != fence:
            self.rung[pk] = (fence, time.monotonic())
            if self._ring(pk):
                return
        elif time.monotonic() - rung[1] < PATIENCE:
            return
        self.rung[pk] = (fence, time.monotonic() + 3600)
        done = self.hands.submit(_in_own_connection, step, pk)
        done.add_done_callback(lambda _done: self.rung.pop(pk, None))

    def _ring(self, pk: int) -> bool:
        if time.monotonic() < self.rest_until:
            return False
        if _send(TASK, pk):
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
