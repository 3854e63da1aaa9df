"""Celery tasks: wake up, take one step. Losing, doubling or reordering them is harmless."""

import logging
from typing import Any

from celery import current_app, shared_task

from storyboard.models import Doorbell
from storyboard.steps.animatic import EASEL
from storyboard.steps.connection import try_out
from storyboard.steps.library import create, discard
from storyboard.steps.machine import step
from storyboard.steps.presets import read_presets
from storyboard.steps.trials import fetch_trial

log = logging.getLogger(__name__)

# Seconds for one of the two tries a question to the broker has.
BROKER_SECONDS = 0.9


@shared_task
def step_generation(pk: int) -> None:
    """Take the next step of a generation, if it is due and nobody else has it."""
    step(pk)


@shared_task
def try_account(pk: int) -> None:
    """Find out whether an account answers, if somebody asked and no other worker did."""
    try_out(pk)


@shared_task
def draw_animatic(pk: int) -> None:
    """Have a preview drawn beside the steps, if nobody draws it."""
    EASEL.draw_soon(pk)


@shared_task
def step_creation(pk: int) -> None:
    """Take the next step of making an element or a voice, if it is due and nobody has it."""
    create(pk)


@shared_task
def discard_creation(pk: int) -> None:
    """Delete at Kling what the library let go of, if nobody did."""
    discard(pk)


@shared_task
def read_preset_list(pk: int) -> None:
    """Read what Kling offers on an account, if somebody waits for it."""
    read_presets(pk)


@shared_task
def fetch_voice_trial(pk: int) -> None:
    """Copy the sample of a ready voice, by its creation, if it is not here."""
    fetch_trial(pk)


@shared_task
def hear_bell() -> None:
    """Say that a message came through; there is nothing else to do."""
    Doorbell.heard()


def ring(pk: int) -> None:
    """Wake a worker for a generation; a bell nobody hears costs one sweep second."""
    _wake(step_generation, pk)


def ring_for_test(pk: int) -> None:
    """Wake a worker for an account's test; what it does not hear the sweep takes."""
    _wake(try_account, pk)


def ring_for_preview(pk: int) -> None:
    """Wake a worker for a preview; what it does not hear the sweep takes."""
    _wake(draw_animatic, pk)


def ring_for_creation(pk: int) -> None:
    """Wake a worker for an element or a voice; what it does not hear the sweep takes."""
    _wake(step_creation, pk)


def ring_for_presets(pk: int) -> None:
    """Wake a worker for an account's list of presets; what it does not hear the sweep takes."""
    _wake(read_preset_list, pk)


def ring_for_trial(pk: int) -> None:
    """Wake a worker for the sample of a voice, by its creation; the sweep looks after it too."""
    _wake(fetch_voice_trial, pk)


def _wake(task: Any, pk: int) -> None:
    try:
        task.delay(pk)
    except Exception as refused:  # the broker is only a doorbell: any trouble of its is the same
        log.warning("The doorbell is broken (%s); the sweep steps in.", type(refused).__name__)
        Doorbell.failed()
    else:
        Doorbell.rang()


def broker_answers() -> bool:
    """Can a worker be rung? Known after two seconds at the latest."""
    impatient = {"socket_connect_timeout": BROKER_SECONDS, "socket_timeout": BROKER_SECONDS}
    try:
        with current_app.connection_for_write(
            connect_timeout=BROKER_SECONDS, transport_options=impatient
        ) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception as refused:  # of as many kinds as there are brokers
        log.warning("The broker does not answer (%s).", type(refused).__name__)
        return False
    return True
