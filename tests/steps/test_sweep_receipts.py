"""The sweep tidies up: callbacks are kept for 90 days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.models import Generation, Receipt, Revision, User
from storyboard.steps.sweep import TIDY_EVERY, Sweeper
from tests import builders


@pytest.mark.django_db
def test_the_sweep_forgets_callbacks_after_90_days(approved: Revision, alice: User) -> None:
    row = builders.order(approved, by=alice)
    Generation.objects.filter(pk=row.pk).update(next_at=None)
    for days in (91, 89):
        body = str(days).encode()
        Receipt.keep(row.pk, body)
        came_at = timezone.now() - timedelta(days=days)
        Receipt.objects.filter(body=body).update(received_at=came_at)
    Generation.objects.filter(pk=row.pk).update(next_at=None)
    sweeper = Sweeper()
    sweeper.tidied = -TIDY_EVERY
    sweeper._sweep()
    sweeper.hands.shutdown(wait=True)
    assert [bytes(receipt.body) for receipt in Receipt.objects.all()] == [b"89"]
