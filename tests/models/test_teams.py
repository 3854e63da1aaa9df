"""Teams, members and accounts."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from storyboard.access import ROLES_BY_VERB, may, visible_to
from storyboard.models import Account, Activity, NotAllowedNow, Project, Role, Team, User
from storyboard.models.base import new_key
from storyboard.models.secrets import open_secret
from tests import builders


def test_whoever_starts_a_team_owns_it(alice: User) -> None:
    team = Team.start("Northlight Films", owner=alice)
    assert team.memberships.get().role == Role.OWNER
    assert Activity.objects.get(team=team).verb == "team.created"


def test_somebody_new_is_added_without_a_password(team: Team, alice: User) -> None:
    membership = team.add_member("New@Example.com", role=Role.AUTHOR, name="Nils", by=alice)
    assert membership.user.email == "new@example.com"
    assert membership.user.name == "Nils"
    assert not membership.user.has_usable_password()


def test_somebody_known_is_added_as_they_are(team: Team, alice: User, charlie: User) -> None:
    membership = team.add_member("CHARLIE@example.com", role=Role.REVIEWER, name="X", by=alice)
    assert membership.user == charlie
    assert membership.user.name == "Charlie Ross"


def test_nobody_is_a_member_twice(team: Team, alice: User, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="already a member"):
        team.add_member(bob.email, role=Role.OWNER, by=alice)
    assert team.memberships.get(user=bob).role == Role.REVIEWER


def test_a_role_is_changed_and_the_history_says_from_what(
    team: Team, alice: User, bob: User
) -> None:
    team.memberships.get(user=bob).change_role(Role.PRODUCER, by=alice)
    assert team.memberships.get(user=bob).role == Role.PRODUCER
    last = Activity.objects.filter(team=team).latest("pk")
    assert last.sentence == "made Bob Okafor producer, before reviewer"


def test_the_last_owner_stays_owner(team: Team, alice: User, bob: User) -> None:
    mine = team.memberships.get(user=alice)
    with pytest.raises(NotAllowedNow, match="owner"):
        mine.change_role(Role.AUTHOR, by=alice)
    with pytest.raises(NotAllowedNow, match="owner"):
        mine.remove(by=alice)
    assert team.memberships.get(user=alice).role == Role.OWNER


def test_an_owner_may_leave_when_another_is_there(team: Team, alice: User, bob: User) -> None:
    team.memberships.get(user=bob).change_role(Role.OWNER, by=alice)
    team.memberships.get(user=alice).remove(by=bob)
    assert not may(alice, team, "see")


def test_a_removed_member_sees_nothing_more(
    project: Project, team: Team, alice: User, bob: User
) -> None:
    assert visible_to(bob, Project).filter(pk=project.pk).exists()
    team.memberships.get(user=bob).remove(by=alice)
    assert not visible_to(bob, Project).filter(pk=project.pk).exists()


def test_the_first_account_is_the_default_and_the_second_is_not(
    team: Team, account: Account, alice: User
) -> None:
    second = team.add_account(
        "Second", profile="official", address="https://a.example", credential="x", by=alice
    )
    team.refresh_from_db()
    assert (team.account, second.team) == (account, team)


def test_a_credential_is_stored_sealed_and_comes_back(account: Account) -> None:
    sealed = bytes(Account.objects.get(pk=account.pk).sealed_credential)
    assert b"test-key" not in sealed
    assert open_secret(sealed) == "test-key"
    assert account.credential == "test-key"


@pytest.mark.parametrize(
    ("address", "is_simulator"),
    [
        ("http://127.0.0.1:9901", True),
        ("http://localhost:9901", True),
        ("http://[::1]:9901", True),
        ("https://api-singapore.klingai.com", False),
        ("http://192.168.1.4", False),
    ],
)
def test_an_account_is_the_simulator_when_its_address_is_loopback(
    address: str, is_simulator: bool
) -> None:
    assert Account(address=address).is_simulator is is_simulator


def test_only_a_simulator_runs_faster(settings: Settings) -> None:
    settings.TIME_SCALE = 10.0
    assert Account(address="http://127.0.0.1:9").scaled(60).total_seconds() == 6
    assert Account(address="https://api.example").scaled(60).total_seconds() == 60


# Roles × verbs of the architecture, written out: access.py must say the same.
_EXPECTED = {
    "see": "owner producer author reviewer",
    "edit": "owner producer author",
    "send_for_review": "owner producer author",
    "withdraw": "owner producer author",
    "generate": "owner producer author",
    "accept_unknown_price": "owner producer",
    "decide": "owner producer reviewer",
    "judge": "owner producer reviewer",
    "pick": "owner producer",
    "note": "owner producer author reviewer",
    "tend_notes": "owner producer",
    "run_project": "owner producer",
    "waive_second_person": "owner",
    "manage_members": "owner",
    "manage_accounts": "owner",
    "see_health": "owner",
    "see_callbacks": "owner",
    "see_calls": "owner producer",
    "release": "owner producer",
    "give_up": "owner producer",
}


def test_every_verb_is_expected_here() -> None:
    assert set(ROLES_BY_VERB) == set(_EXPECTED)


@pytest.mark.parametrize("verb", sorted(_EXPECTED))
@pytest.mark.parametrize("role", list(Role))
def test_roles_by_verbs(team: Team, alice: User, role: Role, verb: str) -> None:
    person = builders.join(team, role, builders.make_person("x@example.com", "Xe"), by=alice)
    assert may(person, team, verb) is (role in _EXPECTED[verb].split())


@pytest.mark.parametrize("verb", sorted(_EXPECTED))
def test_a_stranger_has_no_verb(team: Team, charlie: User, other_team: Team, verb: str) -> None:
    assert not may(charlie, team, verb)


def test_no_key_looks_like_an_option_of_a_command() -> None:
    keys = [new_key() for _ in range(2000)]
    assert {len(key) for key in keys} == {22}
    assert not [key for key in keys if key.startswith("-")]
