"""One's own settings."""

from __future__ import annotations

import pytest
from django.test import Client

from storyboard.models import Team, User
from tests.conftest import SignedIn

GOOD = {"name": "Alice M.", "theme": "light", "time_zone": "Europe/Oslo"}


def test_it_needs_a_sign_in(db: None) -> None:
    assert Client().get("/settings/").status_code == 302
    assert Client().post("/settings/", GOOD).status_code == 302


def test_a_wrong_method_is_refused(signed_in: SignedIn, alice: User) -> None:
    assert signed_in(alice).put("/settings/").status_code == 405


def test_name_theme_and_zone_are_saved(signed_in: SignedIn, alice: User, team: Team) -> None:
    browser = signed_in(alice)
    assert browser.post("/settings/", GOOD)["Location"] == "/settings/"
    person = User.objects.get(pk=alice.pk)
    assert (person.name, person.theme, person.time_zone) == ("Alice M.", "light", "Europe/Oslo")
    assert 'data-theme="light"' in browser.get("/").content.decode()


def test_single_letter_keys_can_be_switched_off_and_on(
    signed_in: SignedIn, alice: User, team: Team
) -> None:
    browser = signed_in(alice)
    assert "data-keys" not in browser.get("/").content.decode()
    browser.post("/settings/", GOOD)
    assert User.objects.get(pk=alice.pk).single_keys is False
    assert (
        '<html lang="en" data-theme="light" data-keys="off">' in browser.get("/").content.decode()
    )
    browser.post("/settings/", GOOD | {"single_keys": "on"})
    assert "data-keys" not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Write the name others see."),
        ({"name": "n" * 81}, "has 81"),
        ({"theme": "pink"}, "pink"),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
    ],
)
def test_what_cannot_be_saved_is_422_and_changes_nothing(
    signed_in: SignedIn, alice: User, wrong: dict[str, str], words: str
) -> None:
    answer = signed_in(alice).post("/settings/", GOOD | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert User.objects.get(pk=alice.pk).name == "Alice Moreau"


def test_it_leads_to_another_password(signed_in: SignedIn, alice: User) -> None:
    page = signed_in(alice).get("/settings/").content.decode()
    assert 'href="/accounts/password/change/"' in page
    assert "alice@example.com" in page


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../../etc/passwd", "Europe/Oslo"])
def test_an_odd_zone_in_the_database_breaks_no_page(
    signed_in: SignedIn, alice: User, zone: str
) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone=zone)
    assert signed_in(alice).get("/").status_code == 200
