"""Receipts are kept for 90 days."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from storyboard.models import Generation, Receipt, Revision, User, calls
from storyboard.models.calls import FORGET_AT_ONCE, KEPT, MOST_BATCHES
from tests import builders


@pytest.fixture
def generation(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


def receive(generation: Generation, count: int, *, days: float) -> None:
    """So many callbacks that came so many days ago."""
    first = Receipt.objects.count()
    Receipt.objects.bulk_create(
        Receipt(
            generation=generation,
            body=b"{}",
            body_sha256=f"{number:064}",
            received_at=timezone.now() - timedelta(days=days),
        )
        for number in range(first, first + count)
    )


def test_2000_old_ones_are_forgotten_in_batches_and_the_others_stay(
    generation: Generation,
) -> None:
    receive(generation, 2000, days=91)
    receive(generation, 20, days=89)
    with CaptureQueriesContext(connection) as seen:
        assert Receipt.forget_old() == 2000
    deletes = [each["sql"] for each in seen.captured_queries if each["sql"].startswith("DELETE")]
    assert [len(re.findall(r"\d+", sql)) for sql in deletes] == [FORGET_AT_ONCE] * 4
    assert Receipt.objects.count() == 20


def test_what_one_call_leaves_the_next_one_takes(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "FORGET_AT_ONCE", 3)
    receive(generation, 3 * MOST_BATCHES + 1, days=91)
    assert [Receipt.forget_old() for _time in range(3)] == [3 * MOST_BATCHES, 1, 0]


def test_the_limit_is_90_days_to_the_minute(generation: Generation) -> None:
    receive(generation, 1, days=90.001)
    receive(generation, 1, days=89.999)
    assert timedelta(days=90) == KEPT
    assert Receipt.forget_old() == 1
    assert Receipt.objects.count() == 1


def test_nothing_old_costs_one_read_of_a_batch(
    generation: Generation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    receive(generation, 1200, days=1)
    with django_assert_num_queries(1) as seen:
        assert Receipt.forget_old() == 0
    assert f"LIMIT {FORGET_AT_ONCE}" in seen.captured_queries[0]["sql"]


def test_the_order_they_were_about_stays(generation: Generation) -> None:
    receive(generation, 3, days=100)
    assert Receipt.forget_old() == 3
    assert Generation.objects.filter(pk=generation.pk).exists()


def test_what_a_wrongly_signed_one_says_is_no_hint(generation: Generation) -> None:
    told = b'{"task_id":"t-77","task_status":"processing"}'
    Receipt.keep_refused(generation.pk, told)
    assert Receipt.task_id_told(generation) == ""
    assert Receipt.keep(generation.pk, told) is False  # queued: stored, and nobody is woken
    assert Receipt.task_id_told(generation) == "t-77"
