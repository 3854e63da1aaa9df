"""The library: elements and voices by their Kling id."""

from __future__ import annotations

import pytest
from django.test import Client

from storyboard.models import Element, Storyboard, Team, User, Voice
from tests import builders
from tests.conftest import SignedIn

NOUNS = pytest.mark.parametrize(("noun", "path"), [(Element, "elements"), (Voice, "voices")])

PLACES = ("elements-count", "elements-list", "voices-count", "voices-list")


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/library/"


def test_it_needs_a_sign_in_and_strangers_find_nothing(
    signed_in: SignedIn, team: Team, charlie: User
) -> None:
    assert Client().get(page_of(team)).status_code == 302
    assert signed_in(charlie).get(page_of(team)).status_code == 404
    assert signed_in(charlie).post(page_of(team)).status_code == 405


def test_an_empty_library_says_what_will_be_there(
    signed_in: SignedIn, team: Team, bob: User
) -> None:
    page = signed_in(bob).get(page_of(team)).content.decode()
    assert "No elements yet" in page
    assert "No voices yet" in page
    assert "Add element" not in page


@NOUNS
def test_one_is_added_by_name_and_id(
    signed_in: SignedIn, team: Team, carol: User, noun: type[Element] | type[Voice], path: str
) -> None:
    browser = signed_in(carol)
    answer = browser.post(f"{page_of(team)}{path}/", {"name": "Aldous", "kling_id": "8298-a_B"})
    assert answer.status_code == 302
    row = noun.objects.get()
    assert (row.name, row.kling_id, row.team) == ("Aldous", "8298-a_B", team)
    page = browser.get(page_of(team)).content.decode()
    assert "8298-a_B" in page
    assert "Not used yet" in page


@NOUNS
@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "", "kling_id": "1"}, "Write a name"),
        ({"name": "x" * 41, "kling_id": "1"}, "has 41"),
        ({"name": "Kept", "kling_id": ""}, "Write the id"),
        ({"name": "Kept", "kling_id": "x" * 65}, "has 65"),
        ({"name": "Kept", "kling_id": "<<<1>>>"}, "letters, digits"),
        ({"name": "Kept", "kling_id": "two words"}, "letters, digits"),
        ({"name": "Kept", "kling_id": "٣"}, "letters, digits"),
        ({"name": "Kept", "kling_id": "there"}, "First has this id already"),
    ],
)
def test_what_cannot_be_added_is_422_with_the_text_kept(
    signed_in: SignedIn,
    team: Team,
    alice: User,
    noun: type[Element] | type[Voice],
    path: str,
    data: dict[str, str],
    words: str,
) -> None:
    noun.add("First", kling_id="there", team=team, by=alice)
    answer = signed_in(alice).post(f"{page_of(team)}{path}/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="Kept"' in page or data["name"] != "Kept"
    assert noun.objects.count() == 1


@NOUNS
def test_a_removed_one_leaves_and_its_id_is_free_again(
    signed_in: SignedIn, team: Team, alice: User, noun: type[Element] | type[Voice], path: str
) -> None:
    row = noun.add("Aldous", kling_id="1", team=team, by=alice)
    browser = signed_in(alice)
    assert browser.post(f"/{path}/{row.key}/remove/").status_code == 302
    assert browser.post(f"/{path}/{row.key}/remove/").status_code == 302
    assert "Aldous" not in browser.get(page_of(team)).content.decode().replace("Aldous@", "")
    assert (
        browser.post(f"{page_of(team)}{path}/", {"name": "New", "kling_id": "1"}).status_code == 302
    )
    verb = f"{noun.__name__.lower()}.removed"
    assert team.activities.filter(verb=verb).count() == 1


@NOUNS
def test_a_reviewer_changes_nothing(
    signed_in: SignedIn,
    team: Team,
    alice: User,
    bob: User,
    charlie: User,
    noun: type[Element] | type[Voice],
    path: str,
) -> None:
    row = noun.add("Aldous", kling_id="1", team=team, by=alice)
    data = {"name": "New", "kling_id": "2"}
    assert signed_in(bob).post(f"{page_of(team)}{path}/", data).status_code == 403
    assert signed_in(bob).post(f"/{path}/{row.key}/remove/").status_code == 403
    assert signed_in(charlie).post(f"/{path}/{row.key}/remove/").status_code == 404
    assert signed_in(alice).get(f"/{path}/{row.key}/remove/").status_code == 405
    assert noun.objects.filter(removed_at=None).count() == 1


def test_the_same_id_in_another_team_is_no_obstacle(
    signed_in: SignedIn, team: Team, other_team: Team, alice: User, charlie: User
) -> None:
    Element.add("Theirs", kling_id="1", team=other_team, by=charlie)
    data = {"name": "Ours", "kling_id": "1"}
    assert signed_in(alice).post(f"{page_of(team)}elements/", data).status_code == 302


def test_it_says_how_many_storyboards_use_one(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    team = storyboard.project.team
    storyboard.attach_element(Element.add("A", kling_id="1", team=team, by=alice), by=alice)
    assert "1 storyboard<" in signed_in(alice).get(page_of(team)).content.decode()


def test_an_element_shows_its_picture_when_it_has_one(
    signed_in: SignedIn, team: Team, storyboard: Storyboard, alice: User
) -> None:
    element = Element.add("Aldous", kling_id="1", team=team, by=alice)
    element.picture = builders.give_first_frame(storyboard, by=alice)
    element.save(update_fields=["picture"])
    page = signed_in(alice).get(page_of(team)).content.decode()
    assert f'<img src="/pictures/{element.picture.key}/"' in page


def test_the_lists_follow_what_others_add(
    signed_in: SignedIn, team: Team, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    page = browser.get(page_of(team)).content.decode()
    team.refresh_from_db()
    pulse = f"{page_of(team)}pulse/"
    assert f'src="{pulse}" after="{team.serial}" stream="/live/teams/{team.key}/"' in page
    assert browser.get(pulse, {"after": team.serial}).status_code == 204
    Element.add("Aldous", kling_id="1", team=team, by=alice)
    Voice.add("Keeper", kling_id="v1", team=team, by=alice)
    news = browser.get(pulse, {"after": team.serial}).content.decode()
    assert f'after="{team.serial + 2}"' in news
    assert all(f'id="{place}"' in page for place in PLACES)
    assert all(f'id="{place}"' in news for place in PLACES)
    assert "Aldous" in news
    assert "Keeper" in news
    assert "<form class" not in news, "what somebody writes into the forms stays"
