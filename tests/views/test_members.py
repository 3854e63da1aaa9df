"""Members: added by e-mail, let in by a link shown once, and out at once."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from storyboard.models import Membership, Project, Role, Team, User
from tests import builders
from tests.conftest import SignedIn

LINK = re.compile(r"http://testserver(/accounts/password/reset/key/[^<\s]+/)")


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/members/"


def membership(team: Team, person: User) -> Membership:
    return team.memberships.get(user=person)


@pytest.fixture
def newcomer(team: Team, alice: User) -> Membership:
    return team.add_member("new@example.com", role=Role.AUTHOR, name="Nils", by=alice)


def test_everybody_in_the_team_sees_who_is_in_it(
    signed_in: SignedIn, team: Team, bob: User
) -> None:
    page = signed_in(bob).get(page_of(team)).content.decode()
    assert "alice@example.com" in page
    assert "Owner" in page
    assert "Add member" not in page
    assert "Change role" not in page


def test_it_needs_a_sign_in_and_strangers_find_nothing(
    signed_in: SignedIn, team: Team, charlie: User
) -> None:
    assert Client().get(page_of(team)).status_code == 302
    assert signed_in(charlie).get(page_of(team)).status_code == 404
    assert signed_in(charlie).post(f"{page_of(team)}add/", {}).status_code == 404


def add(client: Client, team: Team, **data: str) -> str:
    answer = client.post(f"{page_of(team)}add/", {"role": "author", **data}, follow=True)
    return answer.content.decode()


def test_somebody_new_gets_a_link_that_is_shown_once_and_mailed(
    signed_in: SignedIn, team: Team, alice: User
) -> None:
    browser = signed_in(alice)
    page = add(browser, team, email="new@example.com", name="Nils", role="reviewer")
    found = LINK.search(page)
    assert found is not None
    assert found.group(1) in mail.outbox[0].body
    assert mail.outbox[0].to == ["new@example.com"]
    assert LINK.search(browser.get(page_of(team)).content.decode()) is None
    assert membership(team, User.objects.get(name="Nils")).role == Role.REVIEWER


def test_the_link_sets_a_password_once_and_signs_in(
    signed_in: SignedIn, team: Team, project: Project, alice: User
) -> None:
    found = LINK.search(add(signed_in(alice), team, email="new@example.com"))
    assert found is not None
    browser = Client()
    form = browser.get(found.group(1), follow=True)
    address = form.redirect_chain[-1][0]
    word = "a long and odd password"
    answer = browser.post(address, {"password1": word, "password2": word}, follow=True)
    assert project.name in browser.get("/").content.decode()
    assert answer.status_code == 200
    again = Client().get(found.group(1), follow=True)
    assert "password1" not in again.content.decode()
    signed = Client()
    signed.post("/accounts/login/", {"login": "new@example.com", "password": word})
    assert signed.get("/").status_code == 200


def test_without_a_name_the_address_stands_in(signed_in: SignedIn, team: Team, alice: User) -> None:
    add(signed_in(alice), team, email="nils.holm@example.com")
    assert User.objects.get(email="nils.holm@example.com").name == "nils.holm"


def test_who_has_a_password_is_told_to_sign_in(
    signed_in: SignedIn, team: Team, alice: User, charlie: User
) -> None:
    page = add(signed_in(alice), team, email=charlie.email)
    assert LINK.search(page) is None
    assert "http://testserver/accounts/login/" in mail.outbox[0].body
    assert membership(team, charlie).role == Role.AUTHOR


def test_a_link_that_opens_another_team_too_is_only_mailed(
    signed_in: SignedIn, team: Team, other_team: Team, charlie: User, newcomer: Membership
) -> None:
    """Else whoever owns one team could let themselves into another as the person awaited there."""
    page = add(signed_in(charlie), other_team, email="new@example.com")
    assert LINK.search(page) is None
    assert "/accounts/password/reset/key/" in mail.outbox[0].body


def test_a_mail_that_cannot_be_sent_loses_nobody(
    signed_in: SignedIn, team: Team, alice: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = add(signed_in(alice), team, email="new@example.com")
    assert "could not be sent" in page
    assert LINK.search(page) is not None
    assert team.memberships.count() == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"email": ""}, "e-mail address"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"email": "x@example.com", "role": "king"}, "king"),
        ({"email": "x@example.com", "name": "n" * 81}, "has 81"),
        ({"email": "ALICE@example.com"}, "already a member"),
    ],
)
def test_what_cannot_be_added_is_422_with_the_text_kept(
    signed_in: SignedIn, team: Team, alice: User, data: dict[str, str], words: str
) -> None:
    answer = signed_in(alice).post(f"{page_of(team)}add/", {"role": "author", **data})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert f'value="{data["email"]}"' in page or not data["email"]
    assert "autofocus" in page
    assert team.memberships.count() == 1
    assert not mail.outbox


def test_only_an_owner_adds_and_removes(
    signed_in: SignedIn, team: Team, paula: User, bob: User
) -> None:
    browser, other = signed_in(paula), membership(team, bob)
    data = {"email": "x@example.com", "role": "owner"}
    assert browser.post(f"{page_of(team)}add/", data).status_code == 403
    assert browser.post(f"/members/{other.key}/role/", {"role": "owner"}).status_code == 403
    assert browser.post(f"/members/{other.key}/remove/").status_code == 403
    assert browser.post(f"/members/{other.key}/link/").status_code == 403
    assert team.memberships.count() == 3


def test_a_role_is_changed(signed_in: SignedIn, team: Team, alice: User, bob: User) -> None:
    one = membership(team, bob)
    answer = signed_in(alice).post(f"/members/{one.key}/role/", {"role": "producer"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(team))
    assert membership(team, bob).role == Role.PRODUCER


def test_a_role_there_is_not_is_422(
    signed_in: SignedIn, team: Team, alice: User, bob: User
) -> None:
    answer = signed_in(alice).post(f"/members/{membership(team, bob).key}/role/", {"role": "king"})
    assert answer.status_code == 422
    assert "Choose one of the four roles" in answer.content.decode()
    assert membership(team, bob).role == Role.REVIEWER


@pytest.mark.parametrize(("verb", "data"), [("role", {"role": "author"}), ("remove", {})])
def test_the_last_owner_stays_and_the_page_says_why(
    signed_in: SignedIn, team: Team, alice: User, verb: str, data: dict[str, str]
) -> None:
    answer = signed_in(alice).post(f"/members/{membership(team, alice).key}/{verb}/", data)
    assert answer.status_code == 422
    assert "somebody else owner first" in answer.content.decode()
    assert membership(team, alice).role == Role.OWNER


def test_a_removed_member_loses_access_at_once(
    signed_in: SignedIn, team: Team, project: Project, alice: User, bob: User
) -> None:
    browser = signed_in(bob)
    assert browser.get(f"/projects/{project.key}/").status_code == 200
    signed_in(alice).post(f"/members/{membership(team, bob).key}/remove/")
    assert browser.get(f"/projects/{project.key}/").status_code == 404
    assert browser.get(page_of(team)).status_code == 404
    assert project.name not in browser.get("/").content.decode()


def test_an_owner_who_leaves_lands_on_their_own_page(
    signed_in: SignedIn, team: Team, alice: User, paula: User
) -> None:
    membership(team, paula).change_role(Role.OWNER, by=alice)
    answer = signed_in(alice).post(f"/members/{membership(team, alice).key}/remove/")
    assert answer["Location"] == "/"


def test_a_new_link_for_who_has_not_signed_in_yet(
    signed_in: SignedIn, alice: User, newcomer: Membership
) -> None:
    page = signed_in(alice).post(f"/members/{newcomer.key}/link/", follow=True).content.decode()
    assert LINK.search(page) is not None
    assert len(mail.outbox) == 1


def test_no_link_for_who_has_a_password(
    signed_in: SignedIn, team: Team, alice: User, bob: User
) -> None:
    answer = signed_in(alice).post(f"/members/{membership(team, bob).key}/link/")
    assert answer.status_code == 422
    assert "has a password already" in answer.content.decode()
    assert not mail.outbox


def test_one_member_or_sixty_cost_the_same(
    signed_in: SignedIn, team: Team, alice: User, django_assert_max_num_queries: object
) -> None:
    browser = signed_in(alice)
    builders.many(60, lambda n: team.add_member(f"m{n}@example.com", role=Role.AUTHOR, by=alice))
    assert callable(django_assert_max_num_queries)
    with django_assert_max_num_queries(9):
        page = browser.get(page_of(team)).content.decode()
    assert page.count('<li class="row" id="membership-') == 61


def test_the_list_follows_what_others_change(
    signed_in: SignedIn, team: Team, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    page = browser.get(page_of(team)).content.decode()
    team.refresh_from_db()
    pulse = f"{page_of(team)}pulse/"
    assert f'src="{pulse}" after="{team.serial}" stream="/live/teams/{team.key}/"' in page
    assert browser.get(pulse, {"after": team.serial}).status_code == 204
    before = team.serial
    team.add_member("nils@example.com", role=Role.AUTHOR, name="Nils", by=alice)
    news = browser.get(pulse, {"after": before}).content.decode()
    assert news.startswith(f'<live-pulse src="{pulse}" after="{before + 1}"')
    assert "nils@example.com" in news
    assert "<html" not in news
    assert browser.get(pulse, {"after": "x"}).status_code == 200
