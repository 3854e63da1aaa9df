"""The accounts of a team: seen, added, tested and changed by its owners alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from storyboard import tasks
from storyboard.models import Account, Activity, Project, Revision, Team, User
from storyboard.models.accounts import TEST_WITHIN
from tests.conftest import SignedIn

SECRET = "whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnk="
HTMX = {"HX-Request": "true"}


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/accounts/"


def at(account: Account, *verb: str) -> str:
    return "/".join(["/accounts", account.key, *verb, ""])


@pytest.fixture
def owner(signed_in: SignedIn, alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Accounts for whose test a worker was rung."""
    heard: list[int] = []
    monkeypatch.setattr(tasks.try_account, "delay", heard.append)
    return heard


def test_a_team_without_accounts_is_told_what_one_is(owner: Client, team: Team) -> None:
    page = owner.get(page_of(team)).content.decode()
    assert "No account yet" in page
    assert f"{page_of(team)}new/" in page


def test_the_list_says_what_each_account_is(
    owner: Client, team: Team, account: Account, alice: User
) -> None:
    team.add_account(
        "Gateway", profile="powertokens", address="https://api.powertokens.ai", credential="k",
        by=alice, slots=9, follows_end_frame_change=True,
    ).set_webhook_secret(SECRET, by=alice)  # fmt: skip
    page = owner.get(page_of(team)).content.decode()
    for words in (
        "Default", account.address, "PowerTokens", "https://api.powertokens.ai", "The documents",
        "Allowed", "Not tested yet", "Key set",
    ):  # fmt: skip
        assert words in page
    assert re.findall(r"<dt>Webhook secret</dt><dd>(.*?)</dd>", page) == ["Not set", "Set"]
    assert page.count(">Simulator</span>") == 1
    assert "test-key" not in page
    assert "whsec_" not in page


def test_thirty_accounts_cost_no_more_questions_than_one(
    owner: Client, team: Team, account: Account, alice: User
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert owner.get(page_of(team)).status_code == 200
        return len(queries)

    one = asked()
    for number in range(29):
        team.add_account(
            f"A{number}", profile="official", address="https://a.example", credential="k", by=alice
        )
    assert asked() == one


@pytest.mark.parametrize("role", ["bob", "carol", "paula"])
def test_only_owners_have_a_way_there(
    request: pytest.FixtureRequest, signed_in: SignedIn, team: Team, account: Account, role: str
) -> None:
    browser = signed_in(request.getfixturevalue(role))
    assert page_of(team) not in browser.get(f"/teams/{team.key}/members/").content.decode()
    assert browser.get(page_of(team)).status_code == 403
    assert browser.get(at(account)).status_code == 403


def test_an_owner_finds_it_beside_the_members(owner: Client, team: Team) -> None:
    assert page_of(team) in owner.get(f"/teams/{team.key}/members/").content.decode()


def test_an_account_is_added_and_its_secrets_are_on_no_page(owner: Client, team: Team) -> None:
    told = {
        "name": "Main", "profile": "official", "auth": "pair", "access_key": "canary-ak",
        "secret_key": "canary-sk", "slots": "7", "webhook_secret": SECRET,
    }  # fmt: skip
    answer = owner.post(f"{page_of(team)}new/", told, follow=True)
    account = team.accounts.get()
    assert answer.redirect_chain[-1][0] == at(account)
    assert (account.credential, account.auth, account.slots) == ("canary-ak:canary-sk", "pair", 7)
    assert account.webhook_secret == SECRET
    for path in (at(account), page_of(team), f"{at(account)}state/", f"{page_of(team)}pulse/"):
        page = owner.get(path).content.decode()
        assert "canary" not in page
        assert SECRET not in page
    assert "canary" not in answer.content.decode()


def test_a_refused_account_keeps_what_was_typed_but_no_secret(owner: Client, team: Team) -> None:
    told = {
        "name": "Main", "profile": "powertokens", "place": "elsewhere", "api_key": "canary-key",
        "address": "http://10.0.0.8", "slots": "7", "webhook_secret": SECRET,
    }  # fmt: skip
    answer = owner.post(f"{page_of(team)}new/", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="http://10.0.0.8"' in page
    assert 'value="Main"' in page
    assert re.search(r'value="powertokens"[^>]*checked', page)
    assert page.count("Type it again") == 2
    assert "canary" not in page
    assert SECRET not in page
    assert not team.accounts.exists()


def test_the_form_says_what_each_profile_can_do(owner: Client, team: Team) -> None:
    page = owner.get(f"{page_of(team)}new/").content.decode()
    assert "No video from text" in page
    assert "3 models, kling-v1 to kling-v1-6, 5 or 10 s" in page
    assert page.count("held for a person and never sent again by itself") == 2
    assert page.count("assumed, its document does not say so") == 2


def test_the_page_of_a_gateway_says_what_becomes_of_an_unclear_order(
    owner: Client, account: Account
) -> None:
    assert "held for a person" not in owner.get(at(account)).content.decode()
    Account.objects.filter(pk=account.pk).update(profile="gateway004")
    page = owner.get(at(account)).content.decode()
    assert "held for a person and never sent again by itself" in page
    assert "/kling/v1/videos/image2video" in page
    assert "Secret key" not in page


def test_settings_are_changed(owner: Client, account: Account) -> None:
    told = {
        "name": "Shorts", "slots": "3", "reading": "documents", "follows_end_frame_change": "on",
        "lends_pictures": "on",
    }  # fmt: skip
    assert owner.post(at(account, "settings"), told).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.slots, account.reading) == ("Shorts", 3, "documents")
    assert account.dialect.end_frame_with_shots
    assert account.lends_pictures
    page = owner.get(at(account)).content.decode()
    assert "By address" in page


def test_refused_settings_keep_what_was_typed(owner: Client, account: Account) -> None:
    told = {"name": "Shorts", "slots": "900", "reading": "map"}
    answer = owner.post(at(account, "settings"), told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="900"' in page
    assert "from 1 to 200" in page
    account.refresh_from_db()
    assert account.name == "Simulator"


def test_a_key_is_replaced_and_a_stopped_account_goes_on(owner: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(tripped_at=timezone.now(), tripped_words="No.")
    told = {"auth": "key", "api_key": "canary-new"}
    page = owner.post(at(account, "key"), told, follow=True).content.decode()
    account.refresh_from_db()
    assert (account.credential, account.tripped_at) == ("canary-new", None)
    assert "canary-new" not in page


def test_an_empty_key_is_refused(owner: Client, account: Account) -> None:
    answer = owner.post(at(account, "key"), {"auth": "pair", "access_key": "canary"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Type the secret key" in page
    assert "Type it again" in page
    assert "canary" not in page
    assert Account.objects.get(pk=account.pk).credential == "test-key"


def test_a_webhook_secret_is_set_replaced_and_removed(owner: Client, account: Account) -> None:
    page = owner.post(
        at(account, "webhook-secret"), {"webhook_secret": SECRET}, follow=True
    ).content.decode()
    assert "Replace secret" in page
    assert SECRET not in page
    assert Account.objects.get(pk=account.pk).webhook_secret == SECRET
    refused = owner.post(at(account, "webhook-secret"), {"webhook_secret": "canary"})
    assert refused.status_code == 422
    assert "canary" not in refused.content.decode()
    owner.post(at(account, "webhook-secret", "remove"))
    assert Account.objects.get(pk=account.pk).webhook_secret == ""


def test_asking_for_a_test_rings_a_worker_and_shows_that_it_waits(
    owner: Client, account: Account, rung: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        answer = owner.post(at(account, "test"), headers=HTMX)
    page = answer.content.decode()
    assert "Testing" in page
    assert 'hx-trigger="every 2s"' in page
    assert "<html" not in page
    assert rung == [account.pk]
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(at(account, "test"))
    assert rung == [account.pk]


def test_the_outcome_comes_with_the_pulse(owner: Client, team: Team, account: Account) -> None:
    owner.post(at(account, "test"))
    team.refresh_from_db()
    state, pulse = f"{at(account)}state/", f"{page_of(team)}pulse/"
    for path in (state, pulse):
        assert owner.get(path, {"after": team.serial}).status_code == 204
    account.refresh_from_db()
    pack = {
        "name": "Pack", "state": "online", "left_milli": 417_500, "total_milli": 1_000_000,
        "until": "2027-01-28",
    }  # fmt: skip
    account.record_test(ok=True, words="It answers and takes the key.", packs=[pack])
    for path in (state, pulse):
        page = owner.get(path, {"after": team.serial}).content.decode()
        assert "It answers and takes the key." in page
        assert "417.5 of 1000 units left" in page
        assert "every 2s" not in page


def test_a_test_nobody_made_is_told(owner: Client, account: Account) -> None:
    late = timezone.now() - timedelta(seconds=TEST_WITHIN + 1)
    Account.objects.filter(pk=account.pk).update(test_asked_at=late)
    page = owner.get(at(account)).content.decode()
    assert "No worker made the test in time" in page
    assert "every 2s" not in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"unreachable_since": timezone.now()}, "It cannot be reached since"),
        ({"tripped_at": timezone.now(), "tripped_words": "The pack is used up."}, "is used up."),
        ({"closed_at": timezone.now()}, "Nothing is ordered with it."),
        ({"tested_at": timezone.now(), "tested_ok": False, "tested_words": "No key."}, "No key."),
    ],
)
def test_the_state_is_said_in_words(
    owner: Client, team: Team, account: Account, fields: dict[str, object], words: str
) -> None:
    Account.objects.filter(pk=account.pk).update(**fields)
    assert words in owner.get(page_of(team)).content.decode()
    assert words in owner.get(at(account)).content.decode()


def test_it_is_switched_off_and_on(owner: Client, account: Account) -> None:
    page = owner.post(at(account, "off"), follow=True).content.decode()
    assert "Switched off on" in page
    assert Account.objects.get(pk=account.pk).closed_at is not None
    owner.post(at(account, "on"))
    assert Account.objects.get(pk=account.pk).closed_at is None


def test_it_stays_on_while_an_order_is_under_way(
    owner: Client, account: Account, approved: Revision, alice: User
) -> None:
    approved.generate(by=alice)
    answer = owner.post(at(account, "off"))
    assert answer.status_code == 422
    assert "An order of this account is under way" in answer.content.decode()


def test_one_that_ordered_nothing_is_removed(owner: Client, team: Team, account: Account) -> None:
    page = owner.post(at(account, "remove"), follow=True).content.decode()
    assert "is removed" in page
    assert not team.accounts.exists()


def test_one_with_orders_is_not(owner: Client, account: Account, revision: Revision) -> None:
    assert at(account, "remove") not in owner.get(at(account)).content.decode()
    answer = owner.post(at(account, "remove"))
    assert answer.status_code == 422
    assert "Switch it off instead" in answer.content.decode()


def test_another_becomes_the_default(
    owner: Client, team: Team, account: Account, alice: User
) -> None:
    second = team.add_account(
        "Second", profile="official", address="https://a.example", credential="k", by=alice
    )
    owner.post(at(second, "default"))
    assert Team.objects.get(pk=team.pk).account == second


def test_a_person_lets_it_order_again(owner: Client, account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(tripped_at=timezone.now(), tripped_words="No.")
    assert "Order with it again" in owner.get(at(account)).content.decode()
    owner.post(at(account, "resume"))
    assert Account.objects.get(pk=account.pk).tripped_at is None


def test_the_history_of_the_team_tells_it_all_without_a_secret(
    owner: Client, team: Team, account: Account
) -> None:
    owner.post(at(account, "key"), {"auth": "key", "api_key": "canary-key-0002"})
    owner.post(at(account, "webhook-secret"), {"webhook_secret": SECRET})
    owner.post(at(account, "test"))
    owner.post(at(account, "off"))
    rows = Activity.objects.filter(team=team, verb__startswith="account.").order_by("pk")
    assert [row.verb for row in rows] == [
        "account.added", "account.key_replaced", "account.webhook_secret_set",
        "account.test_asked", "account.switched_off",
    ]  # fmt: skip
    told = " ".join(f"{row} {row.data}" for row in rows)
    assert "canary" not in told
    assert SECRET not in told


def test_a_project_chooses_among_the_accounts_that_are_on(
    owner: Client, team: Team, account: Account, project: Project, alice: User
) -> None:
    named = {
        name: team.add_account(
            name, profile="official", address="https://a.example", credential="k", by=alice
        )
        for name in ("Second", "Closed")
    }
    named["Closed"].switch_off(by=alice)
    settings = f"/projects/{project.key}/settings/"
    page = owner.get(settings).content.decode()
    assert "default, Simulator" in page
    assert named["Second"].key in page
    assert named["Closed"].key not in page
    owner.post(settings, {"name": project.name, "account": named["Second"].key})
    assert Project.objects.get(pk=project.pk).account == named["Second"]
    refused = owner.post(settings, {"name": project.name, "account": named["Closed"].key})
    assert refused.status_code == 422
    owner.post(settings, {"name": project.name, "account": ""})
    assert Project.objects.get(pk=project.pk).account is None


def test_the_first_run_leads_an_owner_to_the_form(owner: Client, team: Team) -> None:
    assert f"{page_of(team)}new/" in owner.get("/").content.decode()
