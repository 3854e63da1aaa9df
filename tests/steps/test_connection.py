"""Test connection: what an account learns about itself, and what it never orders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard import tasks
from storyboard.models import Account, Activity, Team, User
from storyboard.models.accounts import TEST_WITHIN
from storyboard.steps import account as accounts
from storyboard.steps.connection import try_out
from storyboard.steps.sweep import Sweeper
from tests.steps import kling

KEY = "sk-of-the-right-kind-0001"
PACK = {
    "resource_pack_id": "p-1",
    "resource_pack_name": "Video generation, 10000 units",
    "resource_pack_type": "decreasing_total",
    "total_quantity": 200.0,
    "remaining_quantity": 118.5,
    "effective_time": 1_700_000_000_000,
    "invalid_time": 1_798_761_600_000,
    "status": "online",
}

Make = Callable[..., Account]


@pytest.fixture
def asked(team: Team, alice: User, settings: Settings) -> Make:
    """An account at an address, which waits for its test."""

    def make(address: str, *, profile: str = "official", key: str = KEY, **more: str) -> Account:
        settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(address).netloc})
        account = team.add_account(
            "Main", profile=profile, address=address, credential=key, by=alice, **more
        )
        account.ask_test(by=alice)
        return account

    return make


def after(account: Account) -> Account:
    assert try_out(account.pk)
    account.refresh_from_db()
    return account


def costs(*packs: object) -> tuple[int, object]:
    told = {"code": 0, "msg": "ok", "resource_pack_subscribe_infos": list(packs)}
    return 200, {"code": 0, "message": "SUCCEED", "request_id": "r-1", "data": told}


def refused(code: int, http: int = 401) -> tuple[int, object]:
    return http, {"code": code, "message": "no", "request_id": "r-9"}


def test_the_packs_are_kept_as_people_count_them(
    asked: Make, scripted: kling.ScriptedKling
) -> None:
    scripted.script = [costs(PACK)]
    account = after(asked(scripted.address))
    assert (account.state, account.tested_words) == ("answers", "It answers and takes the key.")
    assert account.tested_packs == [
        {
            "name": "Video generation, 10000 units",
            "state": "online",
            "left_milli": 118_500,
            "total_milli": 200_000,
            "until": "2027-01-01",
        }
    ]
    [(method, path, _body)] = scripted.asked
    assert (method, path.partition("?")[0]) == ("GET", "/account/costs")


def test_an_account_without_packs_is_told_so(asked: Make, scripted: kling.ScriptedKling) -> None:
    scripted.script = [costs()]
    assert after(asked(scripted.address)).tested_words.endswith("It names no resource pack.")


@pytest.mark.parametrize(
    ("code", "http", "words"),
    [
        (1002, 401, "Replace the key, then test again. (code 1002, request r-9)"),
        (1004, 401, "Check the key and this server's clock, then test again."),
        (1101, 429, "Look at the account in Kling's console, then test again."),
    ],
)
def test_a_refusal_says_what_to_do_and_stops_nothing(
    asked: Make, scripted: kling.ScriptedKling, code: int, http: int, words: str
) -> None:
    scripted.script = [refused(code, http)]
    account = after(asked(scripted.address))
    assert account.state == "refused"
    assert words in account.tested_words
    assert account.tripped_at is None
    assert KEY not in account.tested_words


def test_a_host_that_does_not_answer_like_kling_has_failed(
    asked: Make, scripted: kling.ScriptedKling
) -> None:
    scripted.script = [(200, "<html>It works</html>")]
    account = after(asked(scripted.address))
    assert account.state == "refused"
    assert "not as Kling does" in account.tested_words


def test_a_busy_answer_proves_nothing_about_the_key(
    asked: Make, scripted: kling.ScriptedKling
) -> None:
    scripted.script = [refused(1302, 429)]
    assert after(asked(scripted.address)).state == "unsure"


def test_nobody_at_the_address_counts_for_the_breaker(asked: Make) -> None:
    account = after(asked("http://127.0.0.1:9"))
    assert account.state == "refused"
    assert "http://127.0.0.1:9 cannot be reached" in account.tested_words
    assert account.failures == 1


def test_an_answer_closes_the_breaker(asked: Make, scripted: kling.ScriptedKling) -> None:
    account = asked(scripted.address)
    for _time in range(accounts.BREAKER_FAILURES):
        accounts.silent(account)
    scripted.script = [costs(PACK)]
    assert after(account).unreachable_since is None


def test_an_address_that_may_not_be_called_is_not_called(
    asked: Make, settings: Settings, scripted: kling.ScriptedKling
) -> None:
    account = asked(scripted.address)
    settings.ALLOW_PRIVATE_HOSTS = frozenset()
    assert after(account).state == "refused"
    assert scripted.asked == []


def test_a_key_that_cannot_be_opened_is_told(asked: Make, scripted: kling.ScriptedKling) -> None:
    account = asked(scripted.address)
    Account.objects.filter(pk=account.pk).update(sealed_credential=b"sealed by another file")
    account = after(account)
    assert "cannot be opened" in account.tested_words
    assert scripted.asked == []
    assert account.failures == 0, "nobody set out, so nobody was out of reach"


def test_a_refusal_of_the_old_key_does_not_stop_the_new_one(account: Account, alice: User) -> None:
    as_the_worker_read_it = Account.objects.get(pk=account.pk)
    account.replace_credential("sk-of-the-right-kind-0002", by=alice)
    accounts.trip(as_the_worker_read_it, "Kling does not know the API key.")
    account.refresh_from_db()
    assert account.tripped_at is None
    accounts.trip(account, "Kling does not know the API key.")
    account.refresh_from_db()
    assert account.tripped_at is not None


def test_a_gateway_is_asked_for_one_task_under_the_path_of_its_orders(
    asked: Make, scripted: kling.ScriptedKling
) -> None:
    scripted.script = [(200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": []})]
    account = after(asked(scripted.address, profile="gateway004"))
    assert account.state == "answers"
    assert scripted.asked[0][1] == "/kling/v1/videos/image2video?pageNum=1&pageSize=1"


def test_a_gateway_without_lists_leaves_the_key_unproved(
    asked: Make, scripted: kling.ScriptedKling
) -> None:
    scripted.script = [(404, {"error": "no route"})]
    account = after(asked(scripted.address, profile="powertokens"))
    assert account.state == "unsure"
    assert "which no document promises" in account.tested_words


def test_no_test_orders_anything(asked: Make, scripted: kling.ScriptedKling) -> None:
    scripted.script = [(404, {"error": "no route"})]
    after(asked(scripted.address, profile="powertokens"))
    assert scripted.posts == []


def test_only_one_worker_makes_a_test(asked: Make, scripted: kling.ScriptedKling) -> None:
    account = asked(scripted.address)
    scripted.script = [costs(PACK)]
    assert try_out(account.pk)
    assert not try_out(account.pk)
    assert len(scripted.asked) == 1


def test_a_test_nobody_asked_for_is_not_made(account: Account) -> None:
    assert not try_out(account.pk)
    assert not try_out(0)


def test_what_was_found_with_the_old_key_is_not_said_of_the_new(asked: Make, alice: User) -> None:
    with_the_old = asked("http://127.0.0.1:9")
    assert with_the_old.begin_test()
    Account.objects.get(pk=with_the_old.pk).replace_credential("another", by=alice)
    with_the_old.record_test(ok=False, words="Kling does not know the API key.", packs=[])
    assert Account.objects.get(pk=with_the_old.pk).state == "untested"
    assert not Activity.objects.filter(verb="account.test_failed").exists()


def test_a_ring_that_fails_is_no_trouble(
    asked: Make, monkeypatch: pytest.MonkeyPatch, scripted: kling.ScriptedKling
) -> None:
    def broken(_pk: int) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(tasks.try_account, "delay", broken)
    tasks.ring_for_test(asked(scripted.address).pk)


@pytest.mark.parametrize(("seconds", "is_due"), [(1, False), (3, True), (TEST_WITHIN + 1, False)])
def test_the_sweep_takes_what_no_worker_heard(
    asked: Make, scripted: kling.ScriptedKling, seconds: float, is_due: bool
) -> None:
    account = asked(scripted.address)
    at = timezone.now() - timedelta(seconds=seconds)
    Account.objects.filter(pk=account.pk).update(test_asked_at=at)
    assert Account.tests_due(unheard_for=2).filter(pk=account.pk).exists() is is_due


@pytest.mark.django_db(transaction=True)
def test_the_sweep_makes_a_test_itself(asked: Make, scripted: kling.ScriptedKling) -> None:
    account = asked(scripted.address)
    at = timezone.now() - timedelta(seconds=5)
    Account.objects.filter(pk=account.pk).update(test_asked_at=at)
    scripted.script = [costs(PACK)]
    sweeper = Sweeper()
    sweeper._sweep()
    sweeper.hands.shutdown(wait=True)
    account.refresh_from_db()
    assert account.state == "answers"


def test_against_the_simulator_of_kling(asked: Make, team: Team, tmp_path: Path) -> None:
    flags = ("--key", KEY, "--access-key", "ak-1", "--secret-key", "sk-of-the-pair")
    with kling.simulator(tmp_path, *flags) as address:
        found = {
            key: after(asked(address, key=key, auth=auth))
            for auth, key in (
                ("key", KEY),
                ("key", "sk-somebody-elses"),
                ("pair", "ak-1:sk-of-the-pair"),
                ("pair", "ak-1:sk-of-another-pair"),
            )
        }
        assert kling.ledger(address) == []
    assert [account.state for account in found.values()] == [
        "answers", "refused", "answers", "refused",
    ]  # fmt: skip
    said = " ".join(account.tested_words for account in found.values())
    assert not [part for key in found for part in key.split(":") if part in said]


@pytest.mark.parametrize("profile", ["powertokens", "gateway004"])
def test_against_the_simulator_of_a_gateway(asked: Make, tmp_path: Path, profile: str) -> None:
    with kling.simulator(tmp_path, "--profile", profile, "--key", KEY) as address:
        good = after(asked(address, profile=profile))
        bad = after(asked(address, profile=profile, key="sk-somebody-elses"))
        assert (good.state, bad.state) == ("answers", "refused")
        assert kling.ledger(address) == []
