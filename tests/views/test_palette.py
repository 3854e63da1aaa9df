"""The places the palette leads to."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import Project, Storyboard, Team, User
from storyboard.views.palette import MOST_PLACES
from tests import builders
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}


def places(browser: Client, words: str = "") -> list[tuple[str, str]]:
    """Name and address of each place, in order."""
    answer = browser.get("/palette/", {"q": words}, headers=HTMX)
    assert answer.status_code == 200
    page = answer.content.decode()
    found = re.findall(r'class="place" href="([^"]+)".*?class="what clip">([^<]+)<', page, re.S)
    return [(name, url) for url, name in found]


def names(browser: Client, words: str = "") -> list[str]:
    return [name for name, _url in places(browser, words)]


def test_it_needs_a_sign_in(client: Client, db: None) -> None:
    assert client.get("/palette/")["Location"] == "/accounts/login/?next=/palette/"


def test_a_wrong_method_is_refused(signed_in: SignedIn, alice: User) -> None:
    assert signed_in(alice).post("/palette/").status_code == 405


def test_without_words_the_newest_come_first(
    signed_in: SignedIn, alice: User, storyboard: Storyboard, project: Project
) -> None:
    newest = Storyboard.start("Harbour", project=project, by=alice)
    found = places(signed_in(alice))
    assert found[:3] == [
        ("Harbour", f"/storyboards/{newest.key}/"),
        (storyboard.name, f"/storyboards/{storyboard.key}/"),
        (project.name, f"/projects/{project.key}/"),
    ]
    assert ("Your settings", "/settings/") in found


def test_every_word_has_to_be_in_the_name(
    signed_in: SignedIn, alice: User, project: Project
) -> None:
    Storyboard.start("Night on the pier", project=project, by=alice)
    Storyboard.start("Night in town", project=project, by=alice)
    browser = signed_in(alice)
    assert names(browser, "PIER night") == ["Night on the pier"]
    assert names(browser, "night") == ["Night in town", "Night on the pier"]
    assert names(browser, "sett") == ["Your settings"]
    assert names(browser, "nowhere at all") == []


def test_a_storyboard_shows_its_stage_and_its_project(
    signed_in: SignedIn, alice: User, approved: object, project: Project
) -> None:
    page = signed_in(alice).get("/palette/", headers=HTMX).content.decode()
    assert '<span class="badge approved">' in page
    assert f'class="where clip">{project.name}<' in page


def test_the_library_is_found_by_name_and_only_then(
    signed_in: SignedIn, alice: User, team: Team
) -> None:
    keeper = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    gone = builders.know_element("Keeper of old", kling_id="2", team=team, by=alice)
    gone.remove(by=alice)
    voice = builders.know_voice("Keeper's voice", kling_id="v1", team=team, by=alice)
    browser = signed_in(alice)
    assert places(browser, "keeper") == [
        ("Keeper", f"/elements/{keeper.key}/"),
        ("Keeper&#x27;s voice", f"/voices/{voice.key}/"),
    ]
    assert "Keeper" not in names(browser)


def test_what_is_archived_is_no_place(
    signed_in: SignedIn, alice: User, storyboard: Storyboard, project: Project
) -> None:
    storyboard.archive(by=alice)
    assert names(signed_in(alice), storyboard.name) == []
    Storyboard.start("Harbour", project=project, by=alice)
    project.archive(by=alice)
    assert names(signed_in(alice), "Harbour") == []
    assert names(signed_in(alice), project.name) == []


def test_a_stranger_finds_nothing_of_another_team(
    signed_in: SignedIn, charlie: User, other_team: Team, storyboard: Storyboard, team: Team
) -> None:
    found = signed_in(charlie).get("/palette/", headers=HTMX).content.decode()
    assert other_team.key in found
    assert team.key not in found
    assert names(signed_in(charlie), storyboard.name) == []


def test_pages_of_owners_are_places_of_owners_alone(
    signed_in: SignedIn, alice: User, carol: User
) -> None:
    assert {"Accounts", "Health", "Callbacks"} <= set(names(signed_in(alice)))
    assert not {"Accounts", "Health", "Callbacks"} & set(names(signed_in(carol)))
    assert "Library" in names(signed_in(carol))


def test_sixty_storyboards_cost_as_much_as_one_and_fill_no_more_than_the_list(
    signed_in: SignedIn, alice: User, storyboard: Storyboard, project: Project
) -> None:
    browser = signed_in(alice)
    browser.get("/palette/", headers=HTMX)
    costs = []
    for number in (0, 60):
        for each in range(number):
            Storyboard.start(f"Scene {each}", project=project, by=alice)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = names(browser)
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert len(found) <= MOST_PLACES


@pytest.mark.parametrize("words", ["\0", "%", "_", "x" * 5000, "z " * 500, "' or 1=1 --", "\ud83d"])
def test_odd_words_find_nothing_and_break_nothing(
    signed_in: SignedIn, alice: User, storyboard: Storyboard, words: str
) -> None:
    safe = words.encode("utf-8", "replace").decode()
    answer = signed_in(alice).get("/palette/", {"q": safe}, headers=HTMX)
    assert answer.status_code == 200
    assert "".join(safe.split()).strip("\0") == "" or storyboard.name not in answer.content.decode()


def test_without_scripts_it_is_a_page_of_links(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    page = signed_in(alice).get("/palette/", {"q": "nothing here"}).content.decode()
    assert '<main id="main"' in page
    assert 'value="nothing here"' in page
    assert "No place has these words in its name." in page
    page = signed_in(alice).get("/palette/").content.decode()
    assert f'href="/storyboards/{storyboard.key}/"' in page
    assert 'href="/palette/" data-palette' in page


def test_nobody_signed_in_gets_no_palette(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert 'id="palette"' not in page


def test_a_person_of_two_teams_finds_the_pages_of_both(
    signed_in: SignedIn, alice: User, charlie: User, other_team: Team
) -> None:
    builders.join(other_team, "reviewer", alice, by=charlie)
    urls = {url for name, url in places(signed_in(alice), "library")}
    assert f"/teams/{other_team.key}/library/" in urls
