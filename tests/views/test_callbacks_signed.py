"""Knocks at an account with a webhook secret: signed ones are heard, forged ones change nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import Account, Generation, Receipt, Revision, Status, User
from storyboard.models.calls import MOST_REFUSED_AN_HOUR, MOST_STORED_A_MINUTE, REFUSED_BYTES
from storyboard.views.callbacks import MOST_BYTES
from tests import builders

SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
OLD_SECRET = "whsec_" + base64.b64encode(b"the secret before this one").decode()
KNOCK = b'{"task_id":"task-1","task_status":"succeed"}'


def signature(body: bytes, *, secret: str = SECRET, message: str = "msg-1", at: int = 0) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message}.{at or int(time.time())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed(body: bytes, *, message: str = "msg-1", late: int = 0) -> dict[str, str]:
    at = int(time.time()) - late
    return {
        "webhook-id": message,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(body, message=message, at=at),
    }


@pytest.fixture
def running(approved: Revision, alice: User) -> Generation:
    row = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    row.account.set_webhook_secret(SECRET, by=alice)
    return row


def knock(row: Generation, body: bytes = KNOCK, **headers: str) -> int:
    response = Client(enforce_csrf_checks=True).post(
        reverse("kling_callback", args=[row.callback_token]),
        body,
        content_type="application/json",
        headers=headers,
    )
    assert response.content == b""
    return int(response.status_code)


def nothing_changed(row: Generation) -> bool:
    """The order stands as before, and nothing is kept that could ever be read as a knock."""
    before = (row.status, row.next_at, row.hinted_at, row.fence)
    row.refresh_from_db()
    now = (row.status, row.next_at, row.hinted_at, row.fence)
    return before == now and not heard() and Receipt.task_id_told(row) == ""


def heard() -> int:
    """Receipts of knocks that counted."""
    return Receipt.objects.exclude(signature=Receipt.Signature.BAD).count()


def test_a_rightly_signed_knock_is_heard(running: Generation) -> None:
    assert knock(running, **signed(KNOCK)) == 200
    receipt = Receipt.objects.get()
    assert (receipt.webhook_id, receipt.signature) == ("msg-1", Receipt.Signature.VALID)
    running.refresh_from_db()
    assert running.hinted_at is not None


WRONG: dict[str, Callable[[], dict[str, str]]] = {
    "no such signature": lambda: {"webhook-signature": "v1,AAAA"},
    "an empty one": lambda: {"webhook-signature": ""},
    "of another message": lambda: {**signed(KNOCK), "webhook-id": "msg-2"},
    "of another body": lambda: signed(KNOCK + b" "),
    "too old": lambda: signed(KNOCK, late=330),
    "too new": lambda: signed(KNOCK, late=-330),
    "without its time": lambda: {**signed(KNOCK), "webhook-timestamp": ""},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
def test_a_wrongly_signed_knock_is_401_and_only_noted(
    running: Generation,
    headers: Callable[[], dict[str, str]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    with CaptureQueriesContext(connection) as seen:
        assert knock(running, **headers()) == 401
    assert [query["sql"][:6] for query in seen.captured_queries] == ["SELECT", "SELECT", "INSERT"]
    assert nothing_changed(running)
    assert Receipt.objects.get().signature == Receipt.Signature.BAD
    (line,) = [each.getMessage() for each in caplog.records if each.name.startswith("storyboard")]
    assert running.callback_token not in line


def test_a_forged_copy_that_came_first_does_not_keep_the_true_one_out(running: Generation) -> None:
    assert knock(running, **{"webhook-id": "msg-1", "webhook-signature": "v1,AAAA"}) == 401
    assert knock(running, **signed(KNOCK)) == 200
    assert heard() == 1
    running.refresh_from_db()
    assert running.hinted_at is not None


def test_of_wrongly_signed_ones_a_few_an_hour_are_noted_and_their_beginning(
    running: Generation,
) -> None:
    for number in range(MOST_REFUSED_AN_HOUR + 3):
        body = str(number).encode() * REFUSED_BYTES * 2
        assert knock(running, body, **{"webhook-signature": "v1,AAAA"}) == 401
    noted = Receipt.objects.all()
    assert [len(each.body) for each in noted] == [REFUSED_BYTES] * MOST_REFUSED_AN_HOUR
    noted.update(received_at=timezone.now() - timedelta(minutes=61))
    assert knock(running, **{"webhook-signature": "v1,AAAA"}) == 401
    assert Receipt.objects.count() == MOST_REFUSED_AN_HOUR + 1


def test_wrongly_signed_ones_do_not_use_up_what_is_stored_a_minute(running: Generation) -> None:
    Receipt.objects.bulk_create(
        Receipt(
            generation=running,
            body=b"{}",
            body_sha256=f"{number:064}",
            signature=Receipt.Signature.BAD,
        )
        for number in range(MOST_STORED_A_MINUTE)
    )
    assert knock(running, **signed(KNOCK)) == 200
    assert heard() == 1


def test_while_a_secret_is_rotated_either_signature_will_do(running: Generation) -> None:
    headers = signed(KNOCK)
    at = int(headers["webhook-timestamp"])
    old = signature(KNOCK, secret=OLD_SECRET, at=at)
    headers["webhook-signature"] = f"{old} {headers['webhook-signature']}"
    assert knock(running, **headers) == 200
    assert knock(running, KNOCK, **{**headers, "webhook-signature": old}) == 401


def test_until_kling_was_seen_to_sign_an_unsigned_knock_is_a_hint(running: Generation) -> None:
    """Whether callbacks of the older paths are ever signed is not documented."""
    assert knock(running, b"1") == 200
    assert knock(running, b"2", **signed(b"2")) == 200
    assert knock(running, b"3") == 401
    assert knock(running, b"3", **{"webhook-id": "msg-1"}) == 401
    told = Receipt.objects.order_by("pk").values_list("signature", flat=True)
    assert list(told) == ["absent", "valid", "bad", "bad"]


def test_a_forged_signature_does_not_make_kling_one_that_signs(running: Generation) -> None:
    assert knock(running, b"1", **{"webhook-signature": "v1,AAAA"}) == 401
    assert knock(running, b"2") == 200


def test_a_new_secret_is_waited_for_anew(running: Generation, alice: User) -> None:
    assert knock(running, b"1", **signed(b"1")) == 200
    running.account.set_webhook_secret(OLD_SECRET, by=alice)
    assert knock(running, b"2", **signed(b"2")) == 401
    assert knock(running, b"2") == 200


def test_without_a_secret_nothing_is_judged(running: Generation, alice: User) -> None:
    running.account.remove_webhook_secret(by=alice)
    assert knock(running, b"1", **{"webhook-signature": "v1,AAAA"}) == 200
    assert Receipt.objects.get().signature == Receipt.Signature.UNCHECKED


def test_a_secret_that_cannot_be_opened_lets_no_signature_pass(running: Generation) -> None:
    Account.objects.update(sealed_webhook_secret=b"sealed by another file")
    assert knock(running, **signed(KNOCK)) == 401
    assert nothing_changed(running)


def test_another_account_s_secret_counts_for_nothing(
    running: Generation, alice: User, account: Account
) -> None:
    other = account.team.add_account(
        "Second", profile="official", address=builders.SIMULATOR, credential="key-2", by=alice
    )
    other.set_webhook_secret(OLD_SECRET, by=alice)
    at = int(time.time())
    headers = {"webhook-id": "m", "webhook-timestamp": str(at)}
    headers["webhook-signature"] = signature(KNOCK, secret=OLD_SECRET, message="m", at=at)
    assert knock(running, **headers) == 401


def test_a_webhook_id_is_heard_once_whatever_its_body(running: Generation) -> None:
    for body in (b"1", b"1", b"2"):
        assert knock(running, body, **signed(body)) == 200
    assert Receipt.objects.count() == 1
    assert knock(running, b"2", **signed(b"2", message="msg-2")) == 200
    assert Receipt.objects.count() == 2


def test_an_unknown_address_is_not_told_about_signatures(running: Generation) -> None:
    other = reverse("kling_callback", args=["x" * 43])
    assert Client().post(other, KNOCK, content_type="application/json").status_code == 404


def test_too_much_is_413_before_it_is_judged(running: Generation) -> None:
    assert knock(running, b"x" * (MOST_BYTES + 1)) == 413


def test_a_signature_costs_no_statement_more(running: Generation, alice: User) -> None:
    assert knock(running, b"0", **signed(b"0", message="msg-0")) == 200
    with CaptureQueriesContext(connection) as with_secret:
        assert knock(running, b"1", **signed(b"1")) == 200
    running.account.remove_webhook_secret(by=alice)
    Generation.objects.update(hinted_at=running.hinted_at)
    with CaptureQueriesContext(connection) as without:
        assert knock(running, b"2") == 200
    assert len(with_secret) <= len(without)
