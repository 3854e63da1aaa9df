"""Keys set through the UI are looked for everywhere they must not be, after everything they do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import logging
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery.signals import before_task_publish
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from storyboard.kling import auth
from storyboard.models import Account, Generation, Receipt, Status, Team
from storyboard.steps.account import client_for
from storyboard.steps.connection import try_out
from tests.steps import kling
from tests.steps.conftest import Orders, go

pytestmark = pytest.mark.django_db

API_KEY = "canary4api5key6kling7one"
NEXT_KEY = "canary4api5key6kling7two"
ACCESS = "canary4access5key6kling"
SECRET = "canary4secret5key6kling"
WEBHOOK = "whsec_" + base64.b64encode(b"canary of the webhook secret").decode()
MOST_PAGES = 30


class Watch:
    """Everything that was said anywhere, and the secrets that must not be in it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.tokens: list[str] = []

    def hear(self, where: str, said: object) -> None:
        raw = bytes(said) if isinstance(said, bytes | bytearray | memoryview) else b""
        self.heard.append((where, raw.decode("latin-1") if raw else str(said)))

    @property
    def needles(self) -> list[str]:
        plain = [API_KEY, NEXT_KEY, ACCESS, SECRET, WEBHOOK, WEBHOOK.removeprefix("whsec_")]
        hidden = [base64.b64encode(secret.encode()).decode().rstrip("=") for secret in plain[:4]]
        parts = [part for token in self.tokens for part in token.split(".")[1:]]
        return [*plain, *hidden, "canary of the webhook secret", *self.tokens, *parts]

    def found(self) -> set[str]:
        return {where for where, said in self.heard for needle in self.needles if needle in said}


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Listens to every logger at its lowest level and to every message for a worker."""
    watching = Watch()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            watching.hear(f"log of {record.name}", self.format(record))

    def message(headers: object, body: object, properties: object = None, **_more: Any) -> None:
        watching.hear("task message", (headers, body, properties))

    signed_token = auth.signed_token

    def remembered(access_key: str, secret_key: str, *, now: float) -> str:
        watching.tokens.append(signed_token(access_key, secret_key, now=now))
        return watching.tokens[-1]

    monkeypatch.setattr(auth, "signed_token", remembered)
    ear = Ear()
    noisy = [logging.getLogger(name) for name in ("", "httpx", "httpcore", "celery", "django")]
    levels = [logger.level for logger in noisy]
    for logger in noisy:
        logger.setLevel(logging.DEBUG)
    noisy[0].addHandler(ear)
    before_task_publish.connect(message, weak=False)
    yield watching
    before_task_publish.disconnect(message)
    noisy[0].removeHandler(ear)
    for logger, level in zip(noisy, levels, strict=True):
        logger.setLevel(level)


class Owner:
    """Alice's browser; whatever it is answered is heard."""

    def __init__(self, orders: Orders, watch: Watch) -> None:
        self.browser = Client(raise_request_exception=False)
        self.browser.force_login(orders.alice)
        self.watch = watch
        self.seen: set[str] = set()

    def post(self, name: str, key: str, /, **fields: str) -> HttpResponse:
        response = self.browser.post(reverse(name, args=[key]), fields)
        self._hear(f"answer of {name}", response)
        return response

    def crawl(self, *starts: str) -> None:
        """Every page that can be reached by links."""
        todo = list(starts)
        while todo and len(self.seen) < MOST_PAGES:
            path = todo.pop(0)
            if path in self.seen or "logout" in path or path.startswith("/static/"):
                continue
            self.seen.add(path)
            response = self.browser.get(path)
            self._hear(f"page {path}", response)
            if not response.streaming:
                todo += re.findall(r'href="(/[^"#?]*)', response.content.decode("utf-8", "replace"))

    def _hear(self, where: str, response: HttpResponse) -> None:
        self.watch.hear(where, dict(response.headers))
        if not response.streaming:
            self.watch.hear(where, response.content)


def _account(owner: Owner, team: Team, address: str, name: str, /, **keys: str) -> Account:
    fields = {"name": name, "profile": "official", "place": "elsewhere", "address": address}
    response = owner.post(
        "new_account", team.key, **fields, slots="5", webhook_secret=WEBHOOK, **keys
    )
    assert response.status_code == 302, response.content
    return Account.objects.get(name=name)


def _order_with(orders: Orders, account: Account, settings: Settings) -> Generation:
    orders.project.refresh_from_db()
    if orders.project.account != account:
        orders.project.choose_account(account, by=orders.alice)
    orders.account = account
    return orders.at(account.address, settings)


def _signed_knock(row: Generation) -> int:
    at, body = str(int(time.time())), b'{"task_id":"t-1","task_status":"succeed"}'
    key = base64.b64decode(WEBHOOK.removeprefix("whsec_"))
    mac = hmac.new(key, f"m-1.{at}.".encode() + body, hashlib.sha256).digest()
    headers = {"webhook-id": "m-1", "webhook-timestamp": at}
    headers["webhook-signature"] = f"v1,{base64.b64encode(mac).decode()}"
    address = reverse("kling_callback", args=[row.callback_token])
    return Client().post(address, body, "application/json", headers=headers).status_code


def _dump(watch: Watch) -> None:
    """Every cell of every table, and what Django itself would export."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for line in cursor.fetchall():
                for cell in line:
                    watch.hear(f"table {table}", cell)
    exported = io.StringIO()
    call_command("dumpdata", "storyboard", stdout=exported)
    watch.hear("dumpdata", exported.getvalue())


def _boom(*_arguments: object, **_options: object) -> None:
    raise RuntimeError("boom")


def test_no_key_is_found_anywhere(
    orders: Orders,
    simulator: str,
    scripted: kling.ScriptedKling,
    settings: Settings,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = frozenset(
        address.partition("//")[2] for address in (simulator, scripted.address)
    )
    team, owner = orders.project.team, Owner(orders, watch)
    one = _account(owner, team, simulator, "One key", auth="key", api_key=API_KEY)
    two = _account(
        owner, team, simulator, "A pair", auth="pair", access_key=ACCESS, secret_key=SECRET
    )
    owner.post("replace_key", one.key, auth="key", api_key=NEXT_KEY)
    owner.post("webhook_secret", one.key, webhook_secret=WEBHOOK)
    # Forms that are refused
    wrong = {
        "api_key": API_KEY,
        "webhook_secret": WEBHOOK,
        "access_key": ACCESS,
        "secret_key": SECRET,
    }
    assert owner.post("new_account", team.key, name="", **wrong).status_code == 422
    assert owner.post("replace_key", one.key, auth="key", api_key=f"{API_KEY} x").status_code == 422
    # What the keys are for
    for account in (one, two):
        owner.post("try_account", account.key)
        assert try_out(account.pk)
        row = _order_with(orders, account, settings)
        assert go(row).status == Status.RUNNING
        assert _signed_knock(row) == 200
        assert go(row, times=2).status == Status.STORED
    assert len(watch.tokens) >= 3
    assert Receipt.objects.count() == 2
    # A Kling that repeats what it was sent
    Account.objects.filter(pk=two.pk).update(address=scripted.address)
    two.refresh_from_db()
    row = _order_with(orders, two, settings)
    scripted.script.append(lambda _path, _body: _echo(scripted))
    row = go(row)
    assert scripted.authorization.endswith(watch.tokens[-1])
    assert (row.status, row.kling_message) == (Status.REJECTED, "Bearer … … … …")
    # Pages that fail
    for debug in (False, True):
        settings.DEBUG = debug
        with monkeypatch.context() as patched:
            patched.setattr(Account, "replace_credential", _boom)
            patched.setattr(Account, "set_webhook_secret", _boom)
            failed = [
                owner.post("replace_key", one.key, auth="key", api_key=API_KEY),
                owner.post(
                    "replace_key", two.key, auth="pair", access_key=ACCESS, secret_key=SECRET
                ),
                owner.post("webhook_secret", one.key, webhook_secret=WEBHOOK),
            ]
        assert [page.status_code for page in failed] == [500] * 3
        assert all((b"boom" in page.content) is debug for page in failed)
    settings.DEBUG = False
    # And everything that may be looked at
    owner.crawl("/", *(reverse("account", args=[account.key]) for account in (one, two)))
    assert len(owner.seen) > 10
    with client_for(two) as client:
        for thing in (one, two, client, client._connection._bearer, row, Receipt.objects.first()):
            watch.hear(f"repr of {type(thing).__name__}", repr(thing) + str(thing))
    _dump(watch)
    places = {where.partition(" ")[0] for where, _said in watch.heard}
    assert places == {"answer", "dumpdata", "log", "page", "repr", "table", "task"}
    assert watch.found() == set()


def _echo(scripted: kling.ScriptedKling) -> tuple[int, object]:
    return kling.error(1201, f"{scripted.authorization} {ACCESS} {SECRET} {ACCESS}:{SECRET}")


@pytest.mark.parametrize("where", ["log", "answer", "table"])
def test_the_watch_would_find_one(watch: Watch, where: str, orders: Orders) -> None:
    """A canary that cannot sing proves nothing."""
    if where == "log":
        logging.getLogger("storyboard").info("sent with %s", SECRET)
    elif where == "answer":
        watch.hear("answer", f"<p>{API_KEY}</p>".encode())
    else:
        Account.objects.update(tested_words=f"opened with {ACCESS}")
        _dump(watch)
    assert {found.partition(" ")[0] for found in watch.found()} >= {where}
