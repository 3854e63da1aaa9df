"""The first page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from storyboard.models import Note, Project, Revision, Take, Team, User
from tests import builders
from tests.conftest import SignedIn


def test_it_needs_a_sign_in(client: Client, db: None) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/"


def test_a_wrong_method_is_refused(signed_in: SignedIn, alice: User) -> None:
    assert signed_in(alice).post("/").status_code == 405


def test_the_first_run_has_one_sentence_and_one_action(
    signed_in: SignedIn, alice: User, team: Team
) -> None:
    page = signed_in(alice).get("/").content.decode()
    assert "Start with six empty frames." in page
    assert page.count("New project") == 1
    assert f'action="/teams/{team.key}/projects/new/"' in page


def test_a_reviewer_of_an_empty_team_gets_words_and_no_button(
    signed_in: SignedIn, bob: User
) -> None:
    page = signed_in(bob).get("/").content.decode()
    assert "New project" not in page
    assert "makes the first project" in page


def test_the_steps_before_the_first_take_follow_what_is_done(
    signed_in: SignedIn, alice: User, team: Team, request: pytest.FixtureRequest
) -> None:
    """One of four is met by a new team; a second member and an account meet two more."""
    members = f'href="/teams/{team.key}/members/">Add</a>'
    page = signed_in(alice).get("/").content.decode()
    assert page.count("<li><span class=") == 4
    assert page.count(">Done</span>") == 1
    assert page.count(members) == 1
    request.getfixturevalue("bob")
    request.getfixturevalue("account")
    page = signed_in(alice).get("/").content.decode()
    assert page.count(">Done</span>") == 3
    assert members not in page


def test_an_author_gets_the_project_but_not_the_members(
    signed_in: SignedIn, team: Team, carol: User
) -> None:
    page = signed_in(carol).get("/").content.decode()
    assert f'action="/teams/{team.key}/projects/new/"' in page
    assert ">Add</a>" not in page


def test_the_six_frames_obey_their_seconds(signed_in: SignedIn, alice: User, team: Team) -> None:
    page = signed_in(alice).get("/").content.decode()
    assert re.findall(r'<li class="s(\d)">', page) == ["3", "2", "3", "2", "2", "2"]
    assert page.count("film/f") == 6


def test_somebody_in_no_team_is_told_what_to_wait_for(signed_in: SignedIn, charlie: User) -> None:
    assert "You are in no team" in signed_in(charlie).get("/").content.decode()


def test_projects_of_ones_own_teams_only(
    signed_in: SignedIn, alice: User, project: Project, other_project: Project
) -> None:
    page = signed_in(alice).get("/").content.decode()
    assert project.name in page
    assert other_project.name not in page


def test_what_waits_leads_to_the_revision(
    signed_in: SignedIn, bob: User, revision: Revision
) -> None:
    page = signed_in(bob).get("/").content.decode()
    assert "Waiting for you" in page
    assert "Review revision 1 of The Lamp, night one" in page
    assert f'href="/revisions/{revision.key}/"' in page


def test_a_mention_leads_to_its_note_until_the_take_is_opened(
    signed_in: SignedIn, alice: User, bob: User, take: Take
) -> None:
    note = Note.add(take, "@Alice Moreau, closer?", at_ms=0, by=bob)
    browser = signed_in(alice)
    page = browser.get("/").content.decode()
    assert "Bob Okafor names you in a note on take 1 of The Lamp, night one" in page
    assert f'href="/takes/{take.key}/?note={note.key}"' in page
    named = re.findall(r' id="([^"]+)"', page)
    assert len(named) == len(set(named))  # the take itself waits too
    assert browser.get(f"/takes/{take.key}/", {"note": note.key}).status_code == 200
    assert "names you" not in browser.get("/").content.decode()


def test_an_open_take_that_hears_of_a_mention_has_shown_it(
    signed_in: SignedIn, alice: User, bob: User, take: Take
) -> None:
    Note.add(take, "@Alice Moreau, closer?", at_ms=0, by=bob)
    browser = signed_in(alice)
    assert browser.get(f"/takes/{take.key}/pulse/", {"after": "0-"}).status_code == 200
    assert "names you" not in browser.get("/").content.decode()


def test_a_project_says_where_one_is_named(
    signed_in: SignedIn, carol: User, bob: User, take: Take
) -> None:
    Note.add(take, "Mine.", at_ms=0, by=carol)  # so that the take itself waits no more
    note = Note.add(take, "@Carol Lindqvist, closer?", at_ms=0, by=bob)
    page = signed_in(carol).get(f"/projects/{take.storyboard.project.key}/").content.decode()
    assert f'href="/takes/{take.key}/?note={note.key}"' in page
    assert "You are named in a note" in page
    assert "Bob Okafor named you in a note on take 1" in page


def test_what_waits_leads_to_the_take_and_shows_its_poster(
    signed_in: SignedIn, alice: User, take: Take
) -> None:
    page = signed_in(alice).get("/").content.decode()
    assert "Look at take 1 of The Lamp, night one" in page
    assert f'src="/takes/{take.key}/poster/"' in page


def test_an_archived_project_stands_apart_with_a_way_back(
    signed_in: SignedIn, alice: User, bob: User, project: Project
) -> None:
    project.archive(by=alice)
    page = signed_in(alice).get("/").content.decode()
    assert "Archived projects" in page
    assert f'action="/projects/{project.key}/restore/"' in page
    assert "/restore/" not in signed_in(bob).get("/").content.decode()


def test_a_hostile_name_is_only_words(signed_in: SignedIn, alice: User, team: Team) -> None:
    Project.start("<script>alert(1)</script>", team=team, by=alice)
    page = signed_in(alice).get("/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize("count", [1, 60])
def test_one_project_or_sixty_cost_the_same(
    signed_in: SignedIn,
    alice: User,
    team: Team,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    builders.many(count, lambda n: Project.start(f"Project {n}", team=team, by=alice))
    browser = signed_in(alice)
    with django_assert_num_queries(12, exact=False):
        page = browser.get("/").content.decode()
    assert page.count('class="card"') == count
