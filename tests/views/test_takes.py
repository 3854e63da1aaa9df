"""The review room: watching, picking, and what an open page hears."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import Generation, Note, Revision, Status, Storyboard, Take, User
from tests import builders

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
FILES = ["take_video", "take_download", "take_poster", "take_filmstrip"]


def _page(browser: Client, take: Take, query: str = "") -> str:
    response = browser.get(reverse("take", args=[take.key]) + query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def pending(approved: Revision, alice: User) -> Take:
    """Made at Kling, not here yet."""
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    return Take.expect(generation, output_id="v", url="http://127.0.0.1:9/secret.mp4")


def test_the_take_plays_with_its_shots_and_their_prompts(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    page = _page(signed_in(bob), take)
    assert f'<video src="{reverse("take_video", args=[take.key])}"' in page
    shots = re.search(r'data-shots="([^"]+)"', page)
    assert shots is not None
    bounds = json.loads(shots[1].replace("&quot;", '"'))
    assert [shot["position"] for shot in bounds] == [1, 2]
    assert bounds[0]["end_ms"] == bounds[1]["start_ms"] == 3000
    assert bounds[1]["end_ms"] == take.duration_ms
    assert "The keeper winds the lamp, close on his hands." in page
    assert 'class="s3"' in page
    assert f'data-rate-num="{take.rate_num}"' in page


def test_names_stand_for_tokens(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    team = storyboard.project.team
    element = builders.know_element("Aldous", kling_id="17", team=team, by=alice)
    storyboard.attach_element(element, by=alice)
    storyboard.shots.all()[0].rewrite({"prompt": "See <<<element_1>>> climb."}, by=alice)
    revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
    page = _page(signed_in(bob), builders.make_take(revision, by=alice))
    assert "Aldous</span> climb." in page
    assert "element_1" not in page


def test_the_page_opens_at_a_moment(signed_in: SignedIn, take: Take, bob: User) -> None:
    browser = signed_in(bob)
    assert 'data-start-ms="3500"' in _page(browser, take, "?at=3500").split("data-shots")[0]
    assert "data-start-ms" not in _page(browser, take, "?at=x").split("data-shots")[0]


def test_the_strip_says_where_it_comes_from_and_leads_to_all_facts(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    page = _page(signed_in(bob), take)
    strip = page[page.index('id="takes"') :]
    assert reverse("revision", args=[take.revision.key]) in strip
    assert "96 × 54, 6 fps" in strip
    assert f'<a href="{reverse("take_facts", args=[take.key])}">All facts</a>' in strip


def test_a_take_approved_by_its_sender_alone_says_so(
    signed_in: SignedIn, revision: Revision, alice: User, bob: User
) -> None:
    revision.storyboard.project.ask_no_second_person(by=alice)
    revision.review.approve(by=alice)
    decision = _page(signed_in(bob), builders.make_take(revision, by=alice)).partition(
        'id="decide"'
    )[2]
    assert "by Alice Moreau alone: no second person asked" in decision


def test_a_film_on_its_way_is_visibly_unfinished(
    signed_in: SignedIn, pending: Take, alice: User
) -> None:
    page = _page(signed_in(alice), pending)
    assert "is made and on its way here" in page
    assert "<video" not in page
    assert "secret.mp4" not in page
    assert re.search(r'aria-disabled="true"[^>]*>.*?Pick this take', page, re.DOTALL)
    assert reverse("take_download", args=[pending.key]) not in page


@pytest.mark.parametrize("name", FILES)
def test_a_film_on_its_way_has_no_files(
    signed_in: SignedIn, pending: Take, alice: User, name: str
) -> None:
    assert signed_in(alice).get(reverse(name, args=[pending.key])).status_code == 404


def test_a_still_that_is_not_there_is_404(signed_in: SignedIn, take: Take, alice: User) -> None:
    browser = signed_in(alice)
    assert browser.get(reverse("take_still", args=[take.key, 2])).status_code == 200
    for position in (0, 3):
        assert browser.get(reverse("take_still", args=[take.key, position])).status_code == 404


@pytest.mark.parametrize("name", [*FILES, "take", "take_pulse"])
def test_only_the_team_sees_a_take(
    signed_in: SignedIn, take: Take, charlie: User, name: str
) -> None:
    address = reverse(name, args=[take.key])
    assert signed_in(charlie).get(address).status_code == 404
    anonymous = Client().get(address)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*FILES, "take", "take_pulse"])
def test_looking_takes_no_posts(signed_in: SignedIn, take: Take, alice: User, name: str) -> None:
    assert signed_in(alice).post(reverse(name, args=[take.key])).status_code == 405


def test_owners_and_producers_pick(
    signed_in: SignedIn, take: Take, storyboard: Storyboard, paula: User
) -> None:
    browser = signed_in(paula)
    assert "Pick this take" in _page(browser, take)
    response = browser.post(reverse("pick", args=[take.key]))
    assert response.status_code == 302
    storyboard.refresh_from_db()
    assert storyboard.picked_take == take
    page = _page(browser, take)
    assert "Pick this take" not in page
    assert "Picked take" in page


def test_picking_twice_is_picking_once(
    signed_in: SignedIn, take: Take, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    for _time in range(2):
        assert browser.post(reverse("pick", args=[take.key])).status_code == 302
    assert storyboard.activities.filter(verb="take.picked").count() == 1


@pytest.mark.parametrize("role", ["bob", "carol"])
def test_others_see_no_button_and_cannot_pick(
    signed_in: SignedIn,
    take: Take,
    storyboard: Storyboard,
    request: pytest.FixtureRequest,
    role: str,
) -> None:
    browser = signed_in(request.getfixturevalue(role))
    assert "Pick this take" not in _page(browser, take)
    assert browser.post(reverse("pick", args=[take.key])).status_code == 403
    storyboard.refresh_from_db()
    assert storyboard.picked_take is None


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_film_on_its_way_cannot_be_picked(
    signed_in: SignedIn, pending: Take, alice: User, headers: dict[str, str]
) -> None:
    response = signed_in(alice).post(reverse("pick", args=[pending.key]), headers=headers)
    assert response.status_code == 422
    assert "is not stored yet. Pick it when it plays." in response.content.decode()


def test_picking_with_htmx_answers_the_parts(signed_in: SignedIn, take: Take, alice: User) -> None:
    response = signed_in(alice).post(reverse("pick", args=[take.key]), headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert re.search(r'id="decide"[^>]*hx-swap-oob="true"', page)


def test_the_other_takes_stand_in_the_strip(
    signed_in: SignedIn, take: Take, approved: Revision, alice: User
) -> None:
    second = builders.make_take(approved, by=alice)
    Note.add(take, "One", at_ms=0, by=alice)
    page = _page(signed_in(alice), second)
    strip = page[page.index('id="takes"') :]
    assert "1 open note" in strip
    assert re.search(rf'id="take-{second.key}"[^>]*aria-current="page"', strip)
    assert not re.search(rf'id="take-{take.key}"[^>]*aria-current="page"', strip)


def test_a_quiet_page_hears_nothing(signed_in: SignedIn, take: Take, bob: User) -> None:
    browser = signed_in(bob)
    after = re.search(r'<live-pulse[^>]*after="([^"]+)"', _page(browser, take))
    assert after is not None
    pulse = reverse("take_pulse", args=[take.key])
    assert browser.get(pulse, {"after": after[1]}).status_code == 204
    serial = int(after[1].partition("-")[0])
    assert browser.get(pulse, {"after": str(serial)}).status_code == 204
    assert browser.get(pulse, {"after": str(serial + 9)}).status_code == 204


def test_what_happens_in_other_storyboards_is_no_news(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    browser, project = signed_in(bob), take.storyboard.project
    project.refresh_from_db()
    before = str(project.serial)
    pulse = reverse("take_pulse", args=[take.key])
    builders.make_storyboard(project, by=alice, name="Another night")
    project.refresh_from_db()
    assert project.serial > int(before)
    assert browser.get(pulse, {"after": before}).status_code == 204
    project.rename("Another name", by=alice)
    assert browser.get(pulse, {"after": before}).status_code == 200


@pytest.mark.parametrize("after", ["", "0", "x", "-1", "9" * 40])
def test_an_unknown_cursor_gets_everything(
    signed_in: SignedIn, take: Take, bob: User, after: str
) -> None:
    response = signed_in(bob).get(reverse("take_pulse", args=[take.key]), {"after": after})
    assert response.status_code == 200


def test_a_note_reaches_open_pages_and_the_player_stays(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    take.storyboard.project.refresh_from_db()
    before = take.storyboard.project.serial
    Note.add(take, "New words", at_ms=0, by=alice)
    response = browser.get(reverse("take_pulse", args=[take.key]), {"after": before})
    page = response.content.decode()
    assert page.startswith("<live-pulse")
    assert f'after="{before + 1}-"' in page
    assert "New words" in page
    assert re.search(rf'id="stage-{take.key}"[^>]*data-keep', page)
    assert re.search(r'id="composer"[^>]*data-keep', page)
    assert "hx-swap-oob" not in page


def test_a_film_that_arrives_takes_the_place_of_its_words(
    signed_in: SignedIn, pending: Take, alice: User
) -> None:
    browser = signed_in(alice)
    before = re.search(r'after="([^"]+)"', _page(browser, pending))
    assert before is not None
    assert "data-keep" not in _page(browser, pending)
    builders.store_film(pending)
    builders.advance(pending.generation, Status.STORED)
    pending.say_stored()
    response = browser.get(reverse("take_pulse", args=[pending.key]), {"after": before[1]})
    assert response.status_code == 200
    assert "<video" in response.content.decode()


def test_what_the_worker_says_meanwhile_is_news(
    signed_in: SignedIn, pending: Take, alice: User
) -> None:
    browser = signed_in(alice)
    before = re.search(r'after="([^"]+)"', _page(browser, pending))
    assert before is not None
    rows = Generation.objects.filter(pk=pending.generation_id)
    rows.update(words="The disk is full; the film waits at Kling.")
    response = browser.get(reverse("take_pulse", args=[pending.key]), {"after": before[1]})
    assert "The disk is full" in response.content.decode()


def test_what_the_page_costs_does_not_grow(
    signed_in: SignedIn, take: Take, approved: Revision, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    Note.add(take, "First", at_ms=0, by=bob)
    with CaptureQueriesContext(connection) as one:
        _page(browser, take)
    builders.many(30, lambda n: Note.add(take, f"Note {n}", at_ms=100 * n, by=alice))
    builders.many(10, lambda n: Note.add(take, f"N {n}", at_ms=50 * n, by=bob).resolve(by=alice))
    builders.make_take(approved, by=alice)
    with CaptureQueriesContext(connection) as many:
        _page(browser, take)
    assert len(many) == len(one)
