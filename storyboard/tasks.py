"""Celery tasks: wake up, take one step. Losing, doubling or reordering them is harmless."""

import logging

from celery import shared_task

from storyboard.steps.machine import step

log = logging.getLogger(__name__)


@shared_task
def step_generation(pk: int) -> None:
    """Take the next step of a generation, if it is due and nobody else has it."""
    step(pk)


def ring(pk: int) -> None:
    """Wake a worker for a generation; a bell nobody hears costs one sweep second."""
    try:
        step_generation.delay(pk)
    except Exception as refused:  # the broker is only a doorbell: any trouble of its is the same
        log.warning("The doorbell is broken (%s); the sweep steps in.", type(refused).__name__)
