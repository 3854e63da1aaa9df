"""manage.py create_team."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from storyboard.models import Role, Team, User

LINK = re.compile(r"http://localhost:8000(/accounts/password/reset/key/\S+)")


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_team", *arguments, stdout=out)
    return out.getvalue()


def test_a_team_its_owner_and_a_link(db: None) -> None:
    told = run("Northlight", "Ada@Example.com", "--person-name", "Ada")
    team = Team.objects.get()
    member = team.memberships.get()
    assert (team.name, member.role, member.user.name) == ("Northlight", Role.OWNER, "Ada")
    assert not member.user.has_usable_password()
    assert team.key in told
    assert LINK.search(told)


def test_the_link_opens_the_form_for_the_password(db: None) -> None:
    found = LINK.search(run("Northlight", "ada@example.com"))
    assert found is not None
    page = Client().get(found.group(1), follow=True).content.decode()
    assert "password1" in page


def test_the_link_is_where_people_reach_the_product(db: None, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://film.example/"
    assert "https://film.example/accounts/password/reset/key/" in run("X", "ada@example.com")


def test_somebody_known_is_reused_and_keeps_their_password(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENLIGHT_PASSWORD", "another long password")
    told = run("Second", "ALICE@example.com", "--person-name", "Else")
    alice.refresh_from_db()
    assert alice.check_password("correct horse battery")
    assert alice.name == "Alice Moreau"
    assert Team.objects.get(name="Second").memberships.get().user == alice
    assert "Sign in: http://localhost:8000/accounts/login/" in told


def test_a_password_from_the_environment_is_set_and_not_printed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENLIGHT_PASSWORD", "a long and odd password")
    told = run("Northlight", "ada@example.com")
    assert User.objects.get().check_password("a long and odd password")
    assert "odd password" not in told
    assert LINK.search(told) is None


@pytest.mark.parametrize(
    ("arguments", "password", "words"),
    [
        ((" ", "ada@example.com"), "", "needs a name"),
        (("x" * 81, "ada@example.com"), "", "80 characters"),
        (("X", "nobody"), "", "not an e-mail address"),
        (("X", "ada@example.com"), "12345", "GREENLIGHT_PASSWORD"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    db: None, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], password: str, words: str
) -> None:
    monkeypatch.setenv("GREENLIGHT_PASSWORD", password)
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not Team.objects.exists()
    assert not User.objects.exists()
