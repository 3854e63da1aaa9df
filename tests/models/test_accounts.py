"""A team's accounts: what they speak, what opens them, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.kling.profiles import PROFILES
from storyboard.models import (
    Account,
    Activity,
    Creation,
    Generation,
    NotAllowedNow,
    Project,
    Revision,
    Status,
    Storyboard,
    Team,
    User,
)
from storyboard.models.accounts import TEST_WITHIN
from tests import builders

Add = Callable[..., Account]


@pytest.fixture
def add(team: Team, alice: User) -> Add:
    def account(name: str = "Main", *, profile: str = "official", **more: str) -> Account:
        told = {"address": "https://a.example", "credential": "first-key", **more}
        return team.add_account(name, profile=profile, by=alice, **told)

    return account


def last_sentence(team: Team) -> str:
    return Activity.objects.filter(team=team).latest("pk").sentence


@pytest.mark.parametrize(
    ("profile", "reading"),
    [("official", "map"), ("powertokens", "documents"), ("gateway004", "documents")],
)
def test_a_gateway_is_held_to_its_documents(add: Add, profile: str, reading: str) -> None:
    assert add(profile=profile).reading == reading


def test_another_reading_may_be_chosen(add: Add) -> None:
    assert add(reading="documents").reading == "documents"


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_only_an_account_that_follows_the_change_has_it_in_its_dialect(profile: str) -> None:
    usual = Account(profile=profile)
    following = Account(profile=profile, follows_end_frame_change=True)
    assert usual.dialect is PROFILES[profile]
    assert not usual.dialect.end_frame_with_shots
    assert following.dialect.end_frame_with_shots
    assert following.dialect.name == profile


def test_a_pair_is_kept_as_one_text(add: Add) -> None:
    account = add(auth="pair", credential="ak:sk")
    account.refresh_from_db()
    assert (account.auth, account.credential) == ("pair", "ak:sk")


def test_another_key_may_be_of_the_other_kind(add: Add, team: Team, alice: User) -> None:
    account = add()
    account.replace_credential("ak:sk", auth="pair", by=alice)
    account.refresh_from_db()
    assert (account.auth, account.credential) == ("pair", "ak:sk")
    assert last_sentence(team) == "replaced the key of the account Main"


def test_the_moment_of_the_key_is_kept(add: Add, alice: User) -> None:
    account = add()
    Account.objects.filter(pk=account.pk).update(key_set_at=timezone.now() - timedelta(days=9))
    account.replace_credential("another", by=alice)
    account.refresh_from_db()
    assert timezone.now() - account.key_set_at < timedelta(minutes=1)


def test_a_webhook_secret_is_sealed_and_can_be_taken_out(add: Add, team: Team, alice: User) -> None:
    account = add()
    assert (account.webhook_secret, account.has_webhook_secret) == ("", False)
    account.set_webhook_secret("whsec_c2VjcmV0", by=alice)
    account.refresh_from_db()
    assert account.webhook_secret == "whsec_c2VjcmV0"
    assert b"c2VjcmV0" not in bytes(account.sealed_webhook_secret)
    account.remove_webhook_secret(by=alice)
    account.refresh_from_db()
    assert (account.webhook_secret, account.has_webhook_secret) == ("", False)
    assert last_sentence(team) == "took the webhook secret out of the account Main"


def test_taking_out_what_is_not_there_is_no_news(add: Add, team: Team, alice: User) -> None:
    account = add()
    account.remove_webhook_secret(by=alice)
    assert last_sentence(team) == "added the account Main at https://a.example"


def test_history_never_tells_a_secret(add: Add, team: Team, alice: User) -> None:
    account = add(credential="canary-key-1")
    account.replace_credential("canary-key-2", by=alice)
    account.set_webhook_secret("whsec_Y2FuYXJ5", by=alice)
    told = " ".join(f"{row.data} {row.search_words}" for row in Activity.objects.all())
    assert "canary" not in told
    assert "whsec" not in told


def test_a_change_names_what_changed(add: Add, team: Team, alice: User) -> None:
    account = add()
    account.rewrite(by=alice, name="Shorts", slots=9, reading="map", follows_end_frame_change=True)
    account.refresh_from_db()
    assert (account.name, account.slots, account.follows_end_frame_change) == ("Shorts", 9, True)
    assert last_sentence(team) == (
        "changed name, takes at once and end frame with several shots of the account Main"
    )


def test_pictures_by_address_are_left_as_they_are_unless_somebody_says_so(
    add: Add, team: Team, alice: User
) -> None:
    account = add()
    as_it_was = {"name": "Main", "slots": 5, "reading": "map", "follows_end_frame_change": False}
    account.rewrite(by=alice, **as_it_was, lends_pictures=True)
    assert last_sentence(team) == "changed pictures by address of the account Main"
    account.rewrite(by=alice, **as_it_was)
    account.refresh_from_db()
    assert account.lends_pictures


def test_no_change_is_no_news(add: Add, team: Team, alice: User) -> None:
    add().rewrite(by=alice, name="Main", slots=5, reading="map", follows_end_frame_change=False)
    assert last_sentence(team).startswith("added")


def test_the_default_is_chosen(add: Add, team: Team, account: Account, alice: User) -> None:
    second = add()
    team.make_default(second, by=alice)
    assert Team.objects.get(pk=team.pk).account == second
    assert last_sentence(team) == "made the account Main the team's default"


def test_an_account_that_has_ordered_nothing_is_removed(
    add: Add, team: Team, alice: User, project: Project
) -> None:
    account = add()
    project.choose_account(account, by=alice)
    account.remove(by=alice)
    assert not team.accounts.exists()
    assert Project.objects.get(pk=project.pk).account is None
    assert last_sentence(team) == "removed the account Main, which never ordered"


def test_an_account_with_orders_stays(revision: Revision, account: Account, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="Switch it off"):
        account.remove(by=alice)
    assert Account.objects.filter(pk=account.pk).exists()


def test_an_account_stays_while_kling_holds_what_it_made(
    account: Account, team: Team, alice: User
) -> None:
    voice = builders.make_voice("Keeper", team=team, by=alice)
    creation = Creation.ask(voice, account=account, by=alice)
    with pytest.raises(NotAllowedNow, match="out of the library first"):
        account.remove(by=alice)
    Creation.objects.filter(pk=creation.pk).update(gone_at=timezone.now())
    account.remove(by=alice)
    assert not Account.objects.filter(pk=account.pk).exists()


def test_nothing_is_sent_for_review_while_the_account_is_off(
    storyboard: Storyboard, account: Account, alice: User
) -> None:
    account.switch_off(by=alice)
    board = Storyboard.objects.get(pk=storyboard.pk)
    with pytest.raises(NotAllowedNow, match="switched off"):
        builders.make_revision(board, by=alice)
    account.switch_on(by=alice)
    assert builders.make_revision(Storyboard.objects.get(pk=board.pk), by=alice)


def test_nothing_approved_is_ordered_while_the_account_is_off(
    approved: Revision, account: Account, alice: User
) -> None:
    account.switch_off(by=alice)
    with pytest.raises(NotAllowedNow, match="switched off"):
        Revision.objects.get(pk=approved.pk).generate(by=alice)
    assert not Generation.objects.exists()


@pytest.mark.parametrize("status", [one for one in Status if one != Status.CANCELLED])
def test_an_account_is_switched_off_only_while_nothing_is_under_way(
    approved: Revision, account: Account, alice: User, status: Status
) -> None:
    builders.bring_to(builders.order(approved, by=alice), status)
    live = {"queued", "submitting", "uncertain", "running", "fetching"}
    if status.value in live:
        with pytest.raises(NotAllowedNow, match="under way"):
            account.switch_off(by=alice)
    else:
        account.switch_off(by=alice)
    account.refresh_from_db()
    assert (account.closed_at is None) is (status.value in live)


def test_a_person_lets_a_stopped_account_order_again(add: Add, team: Team, alice: User) -> None:
    account = add()
    account.tripped_at, account.tripped_words = timezone.now(), "Used up."
    account.save()
    account.resume(by=alice)
    account.refresh_from_db()
    assert (account.tripped_at, account.tripped_words) == (None, "")
    assert last_sentence(team) == "let the account Main order again"


NOW = timezone.now()


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "untested"),
        ({"tested_at": NOW, "tested_ok": True}, "answers"),
        ({"tested_at": NOW, "tested_ok": False}, "refused"),
        ({"tested_at": NOW, "tested_ok": None}, "unsure"),
        ({"tested_at": NOW, "tested_ok": True, "unreachable_since": NOW}, "unreachable"),
        ({"unreachable_since": NOW, "tripped_at": NOW}, "tripped"),
        ({"tripped_at": NOW, "closed_at": NOW}, "off"),
    ],
)
def test_the_state_is_what_matters_most(fields: dict[str, object], state: str) -> None:
    assert Account(**fields).state == state


@pytest.mark.parametrize(("seconds", "waits"), [(0, True), (TEST_WITHIN + 1, False)])
def test_a_test_is_waited_for_and_then_called_late(seconds: float, waits: bool) -> None:
    account = Account(test_asked_at=timezone.now() - timedelta(seconds=seconds))
    assert (account.is_being_tested, account.test_went_unanswered) == (waits, not waits)


def test_asking_anew_forgets_the_last_answer(add: Add, alice: User) -> None:
    account = add()
    account.ask_test(by=alice)
    assert account.begin_test()
    account.record_test(ok=True, words="It answers.", packs=[{"name": "P"}])
    account.refresh_from_db()
    account.ask_test(by=alice)
    account.refresh_from_db()
    assert (account.state, account.tested_words, account.tested_packs) == ("untested", "", [])
    assert account.begin_test()


def test_of_two_workers_one_begins_the_test(add: Add, alice: User) -> None:
    add().ask_test(by=alice)
    first, second = (Account.objects.get(name="Main") for _worker in range(2))
    assert [first.begin_test(), second.begin_test()] == [True, False]


def test_the_outcome_is_told_once(add: Add, team: Team, alice: User) -> None:
    account = add()
    account.ask_test(by=alice)
    account.record_test(ok=False, words="No.", packs=[])
    account.record_test(ok=True, words="Yes.", packs=[])
    account.refresh_from_db()
    assert (account.tested_ok, account.tested_words) == (False, "No.")
    assert last_sentence(team) == "tested the account Main in vain: No."


def test_a_project_chooses_its_account_and_goes_back_to_the_default(
    project: Project, account: Account, add: Add, alice: User
) -> None:
    own = add()
    project.choose_account(own, by=alice)
    assert Project.objects.get(pk=project.pk).ordering_account == own
    project.choose_account(None, by=alice)
    assert Project.objects.get(pk=project.pk).account is None
    said = [row.sentence for row in Activity.objects.filter(project=project).order_by("pk")]
    assert said[-2:] == [
        "ordered with the account Main from then on",
        "ordered with the account Simulator from then on",
    ]
