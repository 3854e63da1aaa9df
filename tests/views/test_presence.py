"""Presence: said by a post, answered with the others as the page draws them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import Activity, Presence, Revision, Role, Storyboard, Take, Team, User
from tests import builders

SignedIn = Callable[[User], Client]
MOST_QUERIES = 7  # session, person, page, said, others, what stops the orders, a storyboard's shots


@pytest.fixture
def places(take: Take, storyboard: Storyboard) -> dict[str, str]:
    """Address of the presence of each kind of page."""
    revision, project = take.revision, storyboard.project
    keys = {
        "storyboard_presence": storyboard.key,
        "revision_presence": revision.key,
        "take_presence": take.key,
        "project_presence": project.key,
        "history_presence": project.key,
    }
    return {name: reverse(name, args=[key]) for name, key in keys.items()}


def of(board: Storyboard) -> str:
    return reverse("storyboard_presence", args=[board.key])


def say(browser: Client, address: str, **said: str) -> str:
    response = browser.post(address, said)
    assert response.status_code == 200
    return response.content.decode()


def names(html: str) -> list[str]:
    """What the avatars and chips are called."""
    return re.findall(r'role="img" aria-label="([^"]+)"', html)


def test_two_people_on_each_kind_of_page_see_each_other(
    signed_in: SignedIn, places: dict[str, str], alice: User, bob: User
) -> None:
    for address in places.values():
        assert names(say(signed_in(alice), address)) == []
        assert names(say(signed_in(bob), address)) == ["Alice Moreau"]
        assert names(say(signed_in(alice), address)) == ["Bob Okafor"]


def test_each_page_posts_to_its_own_address(
    signed_in: SignedIn, places: dict[str, str], bob: User
) -> None:
    for name, address in places.items():
        page = address.replace("presence/", "")
        html = signed_in(bob).get(page).content.decode()
        assert f'<here-now src="{address}"><span id="here"></span></here-now>' in html, name


def test_who_writes_in_a_shot_is_named_on_it_and_in_the_top_bar(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, carol: User
) -> None:
    shot = storyboard.shots.get(position=2)
    say(signed_in(carol), of(storyboard), writing=shot.key)
    html = say(signed_in(alice), of(storyboard))
    assert names(html) == ["Carol Lindqvist, writing shot 2"]
    tag = re.search(r"<span class=\"tag bl who h(\d+)\"([^>]*)>([^<]*)</span>", html)
    assert tag is not None
    assert tag[1] == str(carol.hue)
    assert tag[2] == f' id="shot-{shot.key}-who" data-into="shot-{shot.key}-frame"'
    assert tag[3] == "Carol is writing"
    page = signed_in(alice).get(reverse("storyboard", args=[storyboard.key])).content.decode()
    assert f'id="shot-{shot.key}-frame"' in page, "the place of the words"
    assert f'data-writing="{shot.key}"' in page, "what the form says of itself"


def test_two_writers_of_one_shot_are_counted(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, carol: User, paula: User
) -> None:
    shot = storyboard.shots.get(position=1)
    for person in (carol, paula):
        say(signed_in(person), of(storyboard), writing=shot.key)
    html = say(signed_in(alice), of(storyboard))
    assert '<span class="tag bl who" id=' in html, "nobody's hue"
    assert html.count("data-into") == 1
    assert ">2 people are writing<" in html


def test_who_writes_a_note_is_named_above_the_composer(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    address = reverse("take_presence", args=[take.key])
    say(signed_in(bob), address, writing="note")
    html = say(signed_in(alice), address)
    assert names(html) == ["Bob Okafor, writing a note"]
    assert re.search(r'data-into="note-writers">Bob is writing a note</p>', html)
    page = signed_in(alice).get(reverse("take", args=[take.key])).content.decode()
    assert 'id="note-writers"' in page
    assert 'data-writing="note"' in page


def test_two_writers_of_notes_are_counted(
    signed_in: SignedIn, take: Take, alice: User, bob: User, carol: User
) -> None:
    address = reverse("take_presence", args=[take.key])
    for person in (bob, carol):
        say(signed_in(person), address, writing="note")
    assert ">2 people write notes<" in say(signed_in(alice), address)


def test_a_shot_of_elsewhere_or_gone_is_not_named(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, carol: User
) -> None:
    elsewhere = builders.make_storyboard(storyboard.project, by=alice, name="Other")
    say(signed_in(carol), of(storyboard), writing=elsewhere.shots.all()[0].key)
    html = say(signed_in(alice), of(storyboard))
    assert names(html) == ["Carol Lindqvist"]
    assert "data-into" not in html


def test_who_leaves_is_gone_at_once(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    say(signed_in(bob), of(storyboard))
    response = signed_in(bob).post(of(storyboard), {"leaving": "1"})
    assert (response.status_code, response.content) == (204, b"")
    assert names(say(signed_in(alice), of(storyboard))) == []


def test_who_says_nothing_for_thirty_seconds_is_gone(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    say(signed_in(bob), of(storyboard))
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert names(say(signed_in(alice), of(storyboard))) == []


def test_more_than_four_are_gathered_with_their_names(
    signed_in: SignedIn, team: Team, storyboard: Storyboard, alice: User
) -> None:
    crowd(team, storyboard, 6)
    html = say(signed_in(alice), of(storyboard))
    *avatars, more, count = names(html)
    assert avatars == [f"Person {n}" for n in range(1, 5)]
    assert more == "2 more: Person 5; Person 6"
    assert count == "6 people: " + "; ".join(f"Person {n}" for n in range(1, 7))


def test_a_name_is_never_markup(
    signed_in: SignedIn, team: Team, storyboard: Storyboard, alice: User
) -> None:
    crowd(team, storyboard, 5, name='<i title="x">')
    assert "<i" not in say(signed_in(alice), of(storyboard))


def test_it_is_no_activity_and_moves_no_serial(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    project = storyboard.project
    project.refresh_from_db()
    before = project.serial, Activity.objects.count()
    say(signed_in(bob), of(storyboard), writing=storyboard.shots.all()[0].key)
    project.refresh_from_db()
    assert (project.serial, Activity.objects.count()) == before


def test_it_costs_the_same_with_one_person_and_with_forty(
    signed_in: SignedIn, team: Team, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    say(browser, of(storyboard))
    crowd(team, storyboard, 1)
    with CaptureQueriesContext(connection) as one:
        say(browser, of(storyboard))
    crowd(team, storyboard, 40)
    with CaptureQueriesContext(connection) as forty:
        html = say(browser, of(storyboard))
    assert "+37" in html
    assert len(one) == len(forty) <= MOST_QUERIES


def test_the_answer_is_kept_nowhere(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    assert signed_in(alice).post(of(storyboard)).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("writing", ["x" * 23, "a\0b"])
def test_what_no_page_of_ours_says_is_refused(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, writing: str
) -> None:
    response = signed_in(alice).post(of(storyboard), {"writing": writing})
    assert response.status_code == 422
    assert not Presence.objects.exists()


def test_a_stranger_finds_none_of_the_pages_and_leaves_no_trace(
    signed_in: SignedIn, places: dict[str, str], charlie: User, other_team: Team
) -> None:
    answers = [signed_in(charlie).post(address) for address in places.values()]
    assert {answer.status_code for answer in answers} == {404}
    assert not Presence.objects.exists()


def test_it_needs_a_sign_in_and_a_post(
    client: Client, signed_in: SignedIn, places: dict[str, str], alice: User
) -> None:
    answers: list[HttpResponse] = []
    for address in places.values():
        answers.append(client.post(address))
        assert signed_in(alice).get(address).status_code == 405
    assert {answer.status_code for answer in answers} == {302}


def test_it_needs_the_token(storyboard: Storyboard, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(of(storyboard)).status_code == 403


def test_a_removed_member_is_told_nothing(
    signed_in: SignedIn, team: Team, revision: Revision, alice: User, bob: User
) -> None:
    browser = signed_in(bob)
    address = reverse("revision_presence", args=[revision.key])
    say(browser, address)
    team.memberships.get(user=bob).remove(by=alice)
    assert browser.post(address).status_code == 404


def crowd(team: Team, board: Storyboard, count: int, *, name: str = "Person") -> None:
    """So many more people on the storyboard."""
    known = User.objects.count()
    for n in range(1, count + 1):
        person = builders.make_person(f"{known}-{n}@example.com", f"{name} {n}")
        builders.join(team, Role.REVIEWER, person, by=team.memberships.all()[0].user)
        Presence.say(Presence.Page.STORYBOARD, board.key, by=person)
