"""Celery: the doorbell. The rows say what is wanted; a message only says "look now"."""

import logging
import os
import threading
import time
from typing import Any

from celery import Celery, bootsteps
from celery.signals import worker_init, worker_shutting_down
from django.utils.module_loading import import_string
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")

TRANSPORT_ALIASES["filesystem"] = "kling_web.doorbell:Transport"

# A step under way gets this long to end after a request to stop; a step may wait for 90 s.
GRACE_SECONDS = 2.5

_ending = threading.Event()


@worker_init.connect
def wait_for_the_end(**kwargs: Any) -> None:
    """A thread of its own from the start: a signal handler had better start none."""
    threading.Thread(target=_end_hard, name="end", daemon=True).start()


@worker_shutting_down.connect
def begin_the_end(**kwargs: Any) -> None:
    _ending.set()


def _end_hard() -> None:
    """Ends the worker although a step is under way: its row says what the next one must do."""
    _ending.wait()
    time.sleep(GRACE_SECONDS)
    logging.shutdown()
    os._exit(0)


class SweepStep(bootsteps.StartStopStep):
    """Starts the sweep thread in each worker.

    It needs the pool but not the consumer, so it runs while the broker is away.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self.sweeper: Any = None

    def start(self, worker: Any) -> None:
        # By name: this module is imported before Django's models may be.
        self.sweeper = import_string("storyboard.steps.sweep.Sweeper")()
        self.sweeper.start()

    def stop(self, worker: Any) -> None:
        if self.sweeper is not None:
            self.sweeper.stop()

    def terminate(self, worker: Any) -> None:
        self.stop(worker)


app = Celery("kling_web")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["storyboard"])
app.steps["worker"].add(SweepStep)
