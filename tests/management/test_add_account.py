"""manage.py add_account."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from storyboard.models import Account, Team, User

KEY = "kling-secret-value"
WEBHOOK = "whsec_c2VjcmV0LWNhbmFyeQ=="


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLING_API_KEY", KEY)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("add_account", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("by", ["key", "name"])
def test_the_first_account_is_the_default_and_its_key_is_sealed(team: Team, by: str) -> None:
    told = run(getattr(team, by), "Kling")
    account = Account.objects.get()
    assert (account.name, account.address) == ("Kling", "https://api-singapore.klingai.com")
    assert account.credential == KEY
    assert Team.objects.get().account == account
    assert "the team's default" in told
    assert KEY not in told


def test_a_second_account_is_not_the_default(team: Team, account: Account) -> None:
    assert "not the team's default" in run(team.key, "Second")
    assert Team.objects.get().account == account


def test_a_simulator_is_named_as_such_where_its_address_is_allowed(
    team: Team, settings: Settings
) -> None:
    settings.ALLOW_PRIVATE_HOSTS = frozenset({"127.0.0.1:9901"})
    told = run(team.key, "Simulator", "--address", "http://127.0.0.1:9901/")
    assert "This is the simulator" in told
    assert Account.objects.get().address == "http://127.0.0.1:9901"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9901",
        "http://api.example",
        "https://10.0.0.8",
        "https://user:word@api.example",
        "ftp://api.example",
        "https://api.example/v1",
        "https://api.example?",
        "nonsense",
    ],
)
def test_an_address_that_must_not_be_spoken_to_is_refused(team: Team, address: str) -> None:
    with pytest.raises(CommandError, match="Nothing was added"):
        run(team.key, "Kling", "--address", address)
    assert not Account.objects.exists()


def test_without_the_key_in_the_environment_nothing_is_added(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KLING_API_KEY")
    with pytest.raises(CommandError, match="KLING_API_KEY is not set"):
        run(team.key, "Kling")
    assert not Account.objects.exists()


def test_a_team_there_is_not_and_a_name_two_have(team: Team, alice: User) -> None:
    with pytest.raises(CommandError, match="There is no team"):
        run("Nobody", "Kling")
    Team.start(team.name, owner=alice)
    with pytest.raises(CommandError, match="Give the key"):
        run(team.name, "Kling")
    assert not Account.objects.exists()


def test_a_name_the_team_has_gets_the_new_key(team: Team, account: Account) -> None:
    account.tripped_words = "no"
    account.save()
    told = run(team.key, account.name)
    account.refresh_from_db()
    assert account.credential == KEY
    assert account.tripped_at is None
    assert "replaced" in told
    assert KEY not in told
    assert Account.objects.count() == 1


def test_the_same_name_elsewhere_is_refused(team: Team, account: Account) -> None:
    with pytest.raises(CommandError, match="already"):
        run(team.key, account.name, "--address", "https://api-beijing.klingai.com")
    account.refresh_from_db()
    assert account.credential != KEY


def test_a_pair_and_a_webhook_secret_come_from_the_environment(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_ACCESS_KEY", "ak-canary")
    monkeypatch.setenv("KLING_SECRET_KEY", "sk-canary")
    monkeypatch.setenv("KLING_WEBHOOK_SECRET", WEBHOOK)
    told = run(team.key, "Kling", "--auth", "pair", "--webhook-secret", "--reading", "documents")
    account = Account.objects.get()
    assert (account.auth, account.credential) == ("pair", "ak-canary:sk-canary")
    assert (account.webhook_secret, account.reading) == (WEBHOOK, "documents")
    assert "canary" not in told
    assert WEBHOOK not in told


def test_without_its_option_no_webhook_secret_is_read(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_WEBHOOK_SECRET", WEBHOOK)
    run(team.key, "Kling")
    assert not Account.objects.get().has_webhook_secret


@pytest.mark.parametrize(
    ("environment", "options", "words"),
    [
        ({"KLING_ACCESS_KEY": "ak"}, ("--auth", "pair"), "KLING_SECRET_KEY is not set"),
        (
            {"KLING_ACCESS_KEY": "a:k", "KLING_SECRET_KEY": "sk"},
            ("--auth", "pair"),
            "holds a colon",
        ),
        ({}, ("--auth", "pair", "--profile", "powertokens"), "opened with a key"),
        ({}, ("--webhook-secret",), "KLING_WEBHOOK_SECRET is not set"),
        ({"KLING_WEBHOOK_SECRET": "canary"}, ("--webhook-secret",), "is not whsec_ and Base64"),
    ],
)
def test_what_does_not_fit_adds_nothing_and_names_no_secret(
    team: Team,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    options: tuple[str, ...],
    words: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CommandError, match=words) as refused:
        run(team.key, "Kling", *options)
    assert "canary" not in str(refused.value)
    assert not Account.objects.exists()


def test_a_known_account_gets_the_pair(
    team: Team, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KLING_ACCESS_KEY", "ak")
    monkeypatch.setenv("KLING_SECRET_KEY", "sk")
    run(team.key, account.name, "--auth", "pair")
    account.refresh_from_db()
    assert (account.auth, account.credential) == ("pair", "ak:sk")


def test_a_gateway_is_held_to_its_documents(team: Team) -> None:
    run(team.key, "Gateway", "--profile", "powertokens")
    account = Account.objects.get()
    assert (account.reading, account.address) == ("documents", "https://api.powertokens.ai")
