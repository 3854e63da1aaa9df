"""Kling knocks: stored, answered, never believed (RELIABILITY C2)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import AsyncRequestFactory, Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from storyboard.models import Generation, Receipt, Revision, Status, User, calls
from storyboard.models.calls import MOST_STORED_A_MINUTE
from storyboard.views import callbacks
from storyboard.views.callbacks import MOST_BYTES, kling
from tests import builders

KNOCK = b'{"task_id":"task-1","task_status":"succeed"}'


@pytest.fixture
def running(approved: Revision, alice: User) -> Generation:
    return builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)


@pytest.fixture
def address(running: Generation) -> str:
    return reverse("kling_callback", args=[running.callback_token])


def _knock(address: str, body: bytes = KNOCK, **headers: str) -> int:
    browser = Client(enforce_csrf_checks=True)
    response = browser.post(
        address, body, content_type="application/json", headers=dict(headers.items())
    )
    assert response.content == b""
    assert "Location" not in response
    return int(response.status_code)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def test_a_knock_is_stored_raw_and_makes_the_row_due(address: str, running: Generation) -> None:
    Generation.objects.filter(pk=running.pk).update(next_at=timezone.now() + timedelta(hours=1))
    assert _knock(address, **{"webhook-id": "msg_1"}) == 200
    receipt = Receipt.objects.get()
    assert bytes(receipt.body) == KNOCK
    assert receipt.webhook_id == "msg_1"
    running.refresh_from_db()
    assert running.status == Status.RUNNING
    assert running.next_at is not None
    assert running.next_at <= timezone.now()
    assert running.hinted_at is not None


def test_without_the_slash_it_is_the_same_and_no_redirect(
    address: str, running: Generation
) -> None:
    assert _knock(address.rstrip("/")) == 200
    assert Receipt.objects.filter(generation=running).count() == 1


def test_an_unknown_token_is_404_after_one_read_and_no_write(
    address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1) as seen:
        assert _knock(reverse("kling_callback", args=["x" * 43])) == 404
    assert seen.captured_queries[0]["sql"].startswith("SELECT")
    assert not Receipt.objects.exists()


def test_a_flood_of_junk_leaves_no_row(running: Generation) -> None:
    browser = Client()
    before = Generation.objects.filter(pk=running.pk).values().get()
    for number in range(1000):
        address = reverse("kling_callback", args=[f"{number:043}"])
        answer = browser.post(address, b"x" * 100, content_type="application/json")
        assert answer.status_code == 404
    assert not Receipt.objects.exists()
    assert Generation.objects.filter(pk=running.pk).values().get() == before


def test_the_hash_of_the_token_is_no_token(running: Generation) -> None:
    assert _knock(reverse("kling_callback", args=[running.callback_sha256])) == 404


@pytest.mark.parametrize("body", [b"", b"not json", b"\x00\xff\xfe", b"[" * 1000])
def test_junk_with_a_valid_token_is_a_knock_too(address: str, body: bytes) -> None:
    assert _knock(address, body) == 200
    assert bytes(Receipt.objects.get().body) == body


def test_the_same_body_is_stored_once(address: str) -> None:
    assert [_knock(address) for _n in range(3)] == [200, 200, 200]
    assert Receipt.objects.count() == 1
    assert _knock(address, KNOCK + b" ") == 200
    assert Receipt.objects.count() == 2


def test_the_database_itself_keeps_a_body_once(running: Generation) -> None:
    """Two knocks at the same instant do not see each other; the constraint sees both."""
    Receipt.keep(running.pk, KNOCK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(generation=running, body=b"", body_sha256=_sha256(KNOCK))
    assert not Receipt.keep(running.pk, KNOCK)
    assert Receipt.objects.count() == 1


def test_what_is_stored_says_whose_and_when(address: str, running: Generation) -> None:
    before = timezone.now()
    _knock(address)
    receipt = Receipt.objects.get()
    assert before <= receipt.received_at <= timezone.now()
    assert (receipt.generation_id, receipt.body_sha256) == (running.pk, _sha256(KNOCK))
    assert (receipt.webhook_id, receipt.processed_at) == ("", None)
    assert receipt.signature == Receipt.Signature.ABSENT
    running.refresh_from_db()
    assert running.hinted_at is not None
    assert before <= running.hinted_at <= timezone.now()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations a worker was woken for."""
    found: list[int] = []
    monkeypatch.setattr(callbacks, "ring", found.append)
    return found


def test_a_worker_is_woken_for_what_is_new_and_waited_for(
    address: str, running: Generation, rung: list[int]
) -> None:
    assert [_knock(address, body) for body in (b"1", b"1")] == [200, 200]
    assert rung == [running.pk]
    builders.advance(running, Status.FAILED)
    assert _knock(address, b"2") == 200
    assert len(rung) == 1


def test_a_burst_rings_once_until_somebody_begins(
    address: str, running: Generation, rung: list[int]
) -> None:
    for body in (b"1", b"2", b"3"):
        assert _knock(address, body) == 200
    assert rung == [running.pk]
    assert Receipt.objects.count() == 3
    assert running.claim(builders.WORKER)
    assert _knock(address, b"while it is asked") == 200
    running.stay(wait=60)
    assert _knock(address, b"after it was asked") == 200
    assert len(rung) == 3
    assert Generation.objects.due().count() == 1


def test_a_bell_nobody_heard_is_rung_again(
    address: str, running: Generation, rung: list[int]
) -> None:
    _knock(address, b"1")
    long_ago = timezone.now() - calls.ON_ITS_WAY - timedelta(seconds=1)
    Generation.objects.filter(pk=running.pk).update(hinted_at=long_ago)
    _knock(address, b"2")
    assert rung == [running.pk, running.pk]


def test_a_repeated_knock_hints_nothing(address: str, running: Generation) -> None:
    later = timezone.now() + timedelta(hours=1)
    _knock(address)
    Generation.objects.filter(pk=running.pk).update(next_at=later, hinted_at=None)
    _knock(address)
    row = Generation.objects.get()
    assert (row.next_at, row.hinted_at) == (later, None)


def test_a_row_that_waits_for_a_person_is_looked_at_after_a_knock(running: Generation) -> None:
    """Held orders have no next look of their own."""
    Generation.objects.filter(pk=running.pk).update(status=Status.HELD, next_at=None)
    assert Receipt.keep(running.pk, KNOCK)
    assert Generation.objects.due().count() == 1


def test_64_kib_are_heard_and_one_byte_more_is_413(address: str) -> None:
    assert _knock(address, b"x" * MOST_BYTES) == 200
    assert _knock(address, b"x" * (MOST_BYTES + 1)) == 413
    assert Receipt.objects.count() == 1


def test_too_much_is_refused_by_its_own_word_before_it_is_read(address: str) -> None:
    assert _knock(address, KNOCK, **{"Content-Length": str(MOST_BYTES + 1)}) == 413
    assert _knock(address, KNOCK, **{"Content-Length": "9" * 5000}) == 413
    assert not Receipt.objects.exists()


def test_too_much_that_says_nothing_of_its_length_is_refused_too(running: Generation) -> None:
    requests = AsyncRequestFactory()
    token = running.callback_token
    for size, status in ((MOST_BYTES, 200), (MOST_BYTES + 1, 413)):
        request = requests.post("/", b"x" * size, content_type="application/json")
        del request.META["CONTENT_LENGTH"]
        assert kling(request, token).status_code == status
    assert Receipt.objects.count() == 1


def test_a_token_that_knocks_too_often_is_answered_and_not_stored(
    address: str, running: Generation
) -> None:
    for number in range(MOST_STORED_A_MINUTE):
        Receipt.keep(running.pk, str(number).encode())
    assert _knock(address) == 200
    assert Receipt.objects.count() == MOST_STORED_A_MINUTE
    Receipt.objects.update(received_at=timezone.now() - timedelta(minutes=2))
    assert _knock(address) == 200
    assert Receipt.objects.count() == MOST_STORED_A_MINUTE + 1


@pytest.mark.parametrize(
    "status", [Status.STORED, Status.FAILED, Status.REJECTED, Status.LOST, Status.CANCELLED]
)
def test_after_the_end_it_is_stored_answered_and_changes_nothing(
    approved: Revision, alice: User, status: Status
) -> None:
    generation = builders.order(approved, by=alice)
    if status == Status.CANCELLED:
        builders.cancel(generation, by=alice)
    else:
        builders.bring_to(generation, status)
    before = Generation.objects.filter(pk=generation.pk).values().get()
    assert _knock(reverse("kling_callback", args=[generation.callback_token])) == 200
    assert Receipt.objects.count() == 1
    assert Generation.objects.filter(pk=generation.pk).values().get() == before


def test_seven_days_after_the_end_the_token_is_dead(approved: Revision, alice: User) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FAILED)
    address = reverse("kling_callback", args=[generation.callback_token])
    end = Generation.objects.filter(pk=generation.pk)
    end.update(ended_at=timezone.now() - timedelta(days=6, hours=23))
    assert _knock(address, b"late") == 200
    end.update(ended_at=timezone.now() - timedelta(days=7, minutes=1))
    assert _knock(address, b"too late") == 404
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_only_post_is_heard(address: str, method: str) -> None:
    assert getattr(Client(), method)(address).status_code == 405
    assert not Receipt.objects.exists()


def test_no_session_is_made_or_read(address: str) -> None:
    browser = Client()
    response = browser.post(address, KNOCK, content_type="application/json")
    assert response.status_code == 200
    assert not response.cookies
