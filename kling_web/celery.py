"""Celery: the doorbell. The rows say what is wanted; a message only says "look now"."""

import os
from typing import Any

from celery import Celery, bootsteps
from django.utils.module_loading import import_string
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")

TRANSPORT_ALIASES["filesystem"] = "kling_web.doorbell:Transport"


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
