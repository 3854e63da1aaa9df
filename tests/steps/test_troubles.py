"""Troubles with Kling: each on the generation with words, advice, code and request id, and one
line in the log; nothing is ever ordered twice for them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from storyboard.kling import auth
from storyboard.kling.troubles import BY_CODE, FAILED_BY_CONTENT, RETIRED
from storyboard.models import Account, Generation, Receipt, Status
from storyboard.models.statuses import SETTLE
from tests.steps import kling
from tests.steps.conftest import Orders, age, go

pytestmark = pytest.mark.django_db

KEY = "api-key-kling-of-the-simulator"
ACCESS, SECRET = "access-key-of-the-simulator", "secret-key-of-the-simulator"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A simulator that knows one key and one pair, and has retired its old models."""
    flags = ["--key", KEY, "--access-key", ACCESS, "--secret-key", SECRET, "--refuse-retired"]
    with kling.simulator(tmp_path_factory.mktemp("guarded"), *flags) as address:
        yield address


def warnings(caplog: pytest.LogCaptureFixture, row: Generation) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and row.key in record.getMessage()
    ]


def gate(row: Generation, orders: Orders) -> str:
    """What the revision's page says of it."""
    browser = Client()
    browser.force_login(orders.alice)
    page = browser.get(reverse("revision", args=[row.order.revision.key])).content.decode()
    start = page.index('id="gate"')
    return page[start : page.index("</aside>", start)].replace("&#x27;", "'")


def told(row: Generation, orders: Orders) -> str:
    """The page, once it is sure to hold Kling's code and request id."""
    page = gate(row, orders)
    assert row.kling_request_id
    assert f"request {row.kling_request_id}" in page
    assert f"code {row.kling_code}" in page
    return page


def use(orders: Orders, credential: str, how: str = "key") -> None:
    orders.account.refresh_from_db()
    orders.account.auth = how
    orders.account.set_credential(credential)


def test_a_wrong_key(
    orders: Orders, guarded: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row = orders.at(guarded, settings)
    use(orders, "api-key-kling-that-is-wrong")
    row = go(row)
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "account", 0)
    assert (row.kling_code, row.words) == ("1002", BY_CODE[1002].words)
    page = told(row, orders)
    assert "Kling does not know the API key." in page
    assert "Put a valid API key into the account. An owner does that" in page
    assert Account.objects.get(pk=row.account_id).tripped_at
    assert len(warnings(caplog, row)) == 1
    assert row.external_task_id not in {line["external_task_id"] for line in kling.ledger(guarded)}


def test_an_expired_token_is_signed_anew_once_and_then_held(
    orders: Orders,
    guarded: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    signed: list[str] = []

    def expired(access_key: str, secret_key: str, *, now: float) -> str:
        signed.append(access_key)
        return auth_signed_token(access_key, secret_key, now=now - 2 * auth.LIFETIME)

    auth_signed_token = auth.signed_token
    monkeypatch.setattr(auth, "signed_token", expired)
    row = orders.at(guarded, settings)
    use(orders, f"{ACCESS}:{SECRET}", "pair")
    row = go(row)
    assert signed == [ACCESS, ACCESS]
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "account", 0)
    assert row.kling_code == "1004"
    page = told(row, orders)
    assert "Kling says the key has expired." in page
    assert "Check the key and this server's clock." in page
    assert len(warnings(caplog, row)) == 1


def test_a_pair_orders_and_a_token_that_ran_out_on_the_way_is_no_trouble(
    orders: Orders,
    guarded: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    past = iter([2.0 * auth.LIFETIME])

    def once_expired(access_key: str, secret_key: str, *, now: float) -> str:
        return signed_token(access_key, secret_key, now=now - next(past, 0.0))

    signed_token = auth.signed_token
    monkeypatch.setattr(auth, "signed_token", once_expired)
    row = orders.at(guarded, settings)
    use(orders, f"{ACCESS}:{SECRET}", "pair")
    row = go(row)
    assert (row.status, row.post_count) == (Status.RUNNING, 1)
    ordered = [line["external_task_id"] for line in kling.ledger(guarded)]
    assert ordered.count(row.external_task_id) == 1
    assert warnings(caplog, row) == []


def test_an_exhausted_pack(
    orders: Orders, simulator: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row = orders.at(simulator, settings)
    exhausted = {"name": "refuse", "value": "1102", "prefix": row.external_task_id}
    with kling.fault(simulator, **exhausted):
        row = go(row)
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "account", 0)
    assert row.kling_code == "1102"
    page = told(row, orders)
    assert "resource pack is used up or has expired." in page
    assert "Buy a pack in Kling's console." in page
    assert len(warnings(caplog, row)) == 1
    row.release(by=orders.alice)
    assert (row.kling_code, row.kling_message, row.kling_request_id) == ("", "", "")
    assert go(row).status == Status.RUNNING


def test_over_quota_is_one_line_however_often_it_is_tried(
    orders: Orders, tmp_path: Path, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own gate lets five through; the pack has one place."""
    an_hour = {"advance_seconds": 3600}
    with kling.simulator(tmp_path, "--slots", "1", "--seconds-per-task", "3600") as full:
        first, row = orders.at(full, settings), orders.at(full, settings)
        assert go(first).status == Status.RUNNING
        for _try in range(4):
            Account.objects.update(busy_until=None)
            row = go(row)
            assert (row.status, row.post_count, row.kling_code) == (Status.QUEUED, 0, "1303")
        page = told(row, orders)
        assert "as many takes in the making as its pack allows." in page
        assert "it is sent when a place is free." in page
        assert len(warnings(caplog, row)) == 1
        assert row.calls.count() == 4
        httpx.post(f"{full}/_clock", json=an_hour).raise_for_status()
        assert go(first).status == Status.FETCHING
        row = go(row)
        assert len(kling.ledger(full)) == 2
    assert (row.status, row.kling_code, row.kling_message) == (Status.RUNNING, "", "")
    assert "code 1303: " not in gate(row, orders)


def test_a_content_refusal_at_the_door(
    orders: Orders, simulator: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row = go(orders.at(simulator, settings, shots=(("A door [refuse]", 3), ("A hall", 2))))
    assert (row.status, row.kling_code) == (Status.REJECTED, "1301")
    page = told(row, orders)
    assert "content rules turned this down." in page
    assert "Change the prompts or the pictures in the draft" in page
    assert len(warnings(caplog, row)) == 1


def test_a_content_refusal_while_the_film_is_made(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = orders.at(scripted.address, settings)
    why = "Failure to pass the risk control system"
    scripted.script.append(lambda _path, body: kling.task(body))
    named = {"external_task_id": row.external_task_id}
    scripted.script.append(kling.task(named, "failed", task_status_msg=why))
    row = go(row, times=2)
    assert (row.status, row.kling_code, row.kling_message) == (Status.FAILED, "0", why)
    assert row.words == FAILED_BY_CONTENT.words
    page = told(row, orders)
    assert why in page
    assert "stopped the film while it was being made." in page
    assert "Change the prompts or the pictures in the draft" in page
    assert len(warnings(caplog, row)) == 1


def test_a_failed_film_of_the_simulator_has_code_and_request_id_too(
    orders: Orders, simulator: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row = orders.at(simulator, settings, shots=(("A door [fail]", 3), ("A hall", 2)))
    row = go(row, times=2)
    assert row.status == Status.FAILED
    assert row.kling_message in told(row, orders)
    assert len(warnings(caplog, row)) == 1


def test_a_retired_model(
    orders: Orders, guarded: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Approved while Kling still had it, and gone when it is ordered."""
    row = orders.at(guarded, settings, shots=(("Gulls over the pier", 5),), model="kling-v1")
    use(orders, KEY)
    row = go(row)
    assert (row.status, row.words) == (Status.REJECTED, RETIRED.words)
    assert "has been discontinued and is no longer available" in row.kling_message
    page = told(row, orders)
    assert "has retired this model" in page
    assert "Choose another model in the draft" in page
    assert len(warnings(caplog, row)) == 1


def test_a_key_that_stopped_working_while_the_film_is_made(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    scripted.script += [kling.error(1002, "api key not found", 401)] * 3
    row = go(row, times=4)
    assert (row.status, row.kling_code, row.kling_request_id) == (Status.RUNNING, "1002", "r-1")
    assert "Kling does not know the API key." in told(row, orders)
    assert len(warnings(caplog, row)) == 1, "asked three times, told once"
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}, "processing"))
    row = go(row)
    assert (row.kling_code, row.words) == ("", "")
    assert len(scripted.posts) == 1


def test_a_kling_that_cannot_be_reached_is_told_once(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None] * 4
    row = go(row, times=4)
    assert row.status == Status.UNCERTAIN
    assert len(warnings(caplog, row)) == 1
    assert len(scripted.posts) == 1


# What only a callback can tell


def _gateway(orders: Orders, scripted: kling.ScriptedKling, settings: Settings) -> Generation:
    """An unclear order at a gateway of which nobody knows whether it finds our names."""
    Account.objects.update(profile="powertokens")
    orders.account.refresh_from_db()
    row = orders.at(scripted.address, settings)
    scripted.script.append(None)
    assert go(row).status == Status.UNCERTAIN
    return row


def _absent(name: str) -> tuple[int, object]:
    return kling.error(1201, f"Task not found by id/external id: {name}")


@pytest.mark.parametrize(
    "body",
    [b'{"task_id":"t-1","task_status":"processing"}', b'{"id":"t-1","status":"succeeded",'
     b'"outputs":[{"type":"video","url":"https://evil.example/v.mp4"}]}'],
)  # fmt: skip
def test_a_gateway_s_order_is_found_by_the_id_a_callback_told(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, body: bytes
) -> None:
    row = _gateway(orders, scripted, settings)
    Receipt.keep(row.pk, body)
    scripted.script.append(kling.task({}, "processing"))
    row = go(row)
    assert (row.status, row.kling_task_id) == (Status.RUNNING, "t-1"), "our own question's answer"
    assert scripted.asked[-1][1].endswith("/t-1")
    assert len(scripted.posts) == 1


@pytest.mark.parametrize(
    "answer", [_absent("t-9"), kling.error(1203, "no", 404), (200, "<html>"), (502, "")]
)
def test_an_id_that_kling_does_not_confirm_changes_nothing(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, answer: object
) -> None:
    row = _gateway(orders, scripted, settings)
    Receipt.keep(row.pk, b'{"task_id":"t-9","task_status":"failed"}')
    age(row, seconds=SETTLE)
    scripted.script += [answer, _absent(row.external_task_id)]
    row = go(row)
    assert (row.status, row.kling_task_id, row.absent_count) == (Status.UNCERTAIN, "", 1)
    assert [path.rpartition("/")[2] for _verb, path, _body in scripted.asked[-2:]] == [
        "t-9",
        row.external_task_id,
    ]
    assert len(scripted.posts) == 1


def test_where_kling_finds_our_names_no_told_id_is_asked_for(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(None)
    row = go(row)
    Receipt.keep(row.pk, b'{"task_id":"t-9","task_status":"succeed"}')
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}, "processing"))
    row = go(row)
    assert (row.status, row.kling_task_id) == (Status.RUNNING, "t-1")
    assert scripted.asked[-1][1].endswith(row.external_task_id)


def test_a_told_id_that_another_order_has_is_nobody_s_news(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = _gateway(orders, scripted, settings)
    Receipt.keep(row.pk, b'{"task_id":"t-1","task_status":"processing"}')
    assert Receipt.task_id_told(row) == "t-1"
    Generation.objects.filter(pk=_gateway(orders, scripted, settings).pk).update(
        kling_task_id="t-1"
    )
    assert Receipt.task_id_told(row) == ""


def test_of_several_callbacks_the_newest_readable_one_of_ours_tells(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = _gateway(orders, scripted, settings)
    foreign = b'{"task_id":"t-3","task_status":"failed","task_info":{"external_task_id":"x-1"}}'
    for body in (b'{"task_id":"t-1","task_status":"failed"}', foreign, b"not json"):
        Receipt.keep(row.pk, body)
    assert Receipt.task_id_told(row) == "t-1"
