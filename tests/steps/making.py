"""Elements and voices on their way at a Kling that runs: step them, and let time pass."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Account, Creation
from storyboard.steps.library import create

REMEMBERED = ("asked_at", "begun_at", "sent_at", "status_at")
PUBLIC_URL = "https://greenlight.example"


def at(address: str, account: Account, settings: Settings) -> Account:
    """The account with another address, which may be asked."""
    settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(address).netloc})
    Account.objects.filter(pk=account.pk).update(address=address)
    account.refresh_from_db()
    return account


def go(row: Creation, times: int = 1) -> Creation:
    """Take steps as if each wait were over; returns the row as it stands."""
    for _each in range(times):
        free(row)
        create(row.pk)
    return Creation.objects.get(pk=row.pk)


def free(row: Creation) -> None:
    """Nobody holds it and its wait is over."""
    now = timezone.now()
    Creation.objects.filter(pk=row.pk, next_at__isnull=False).update(next_at=now, claimed_until=now)


def age(row: Creation, **delta: float) -> None:
    """Let time pass for a row: everything it remembers happened earlier by this much."""
    past = timedelta(**delta)
    row.refresh_from_db()
    told = {name: getattr(row, name) - past for name in REMEMBERED if getattr(row, name)}
    Creation.objects.filter(pk=row.pk).update(**told)


def entries(address: str, row: Creation) -> list[dict[str, Any]]:
    """What the simulator's ledger holds of a row's name."""
    told: dict[str, list[dict[str, Any]]] = httpx.get(f"{address}/_library").json()
    lines = [*told["elements"], *told["voices"]]
    return [line for line in lines if line["external_task_id"] == row.external_task_id]
