"""Previews on the pages: asked by everybody who sees the storyboard, told how far, played."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import Animatic, Revision, Storyboard, Team, User
from storyboard.steps.animatic import draw
from storyboard.views import animatics
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def rung(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whom a worker was woken for."""
    bells: list[int] = []
    monkeypatch.setattr(animatics, "ring_for_preview", bells.append)
    return bells


@pytest.fixture(params=["storyboard", "revision"])
def thing(request: pytest.FixtureRequest) -> Storyboard | Revision:
    """A draft, then a revision: whatever holds for one holds for the other."""
    row: Storyboard | Revision = request.getfixturevalue(request.param)
    return row


def at(thing: Storyboard | Revision) -> str:
    name = "revision_preview" if isinstance(thing, Revision) else "storyboard_preview"
    return reverse(name, args=[thing.key])


def page_of(thing: Storyboard | Revision) -> str:
    name = "revision" if isinstance(thing, Revision) else "storyboard"
    return reverse(name, args=[thing.key])


def part(browser: Client, thing: Storyboard | Revision) -> str:
    response = browser.get(at(thing), headers=SCRIPT)
    assert response.status_code == 200
    return response.content.decode()


def test_a_script_asks_and_gets_the_part(
    signed_in: SignedIn, thing: Storyboard | Revision, bob: User, rung: list[int]
) -> None:
    response = signed_in(bob).post(at(thing), headers=SCRIPT)
    row = Animatic.objects.get()
    assert response.status_code == 200
    assert response.content.decode().startswith('<shot-preview class="preview" id="preview"')
    assert "under-way" in response.content.decode()
    assert (row.made_by, rung) == (bob, [row.pk])


def test_without_scripts_one_comes_back_to_the_page_which_says_how_far_it_is(
    signed_in: SignedIn, thing: Storyboard | Revision, bob: User
) -> None:
    browser = signed_in(bob)
    assert 'id="preview-ask"' in browser.get(page_of(thing)).content.decode()
    response = browser.post(at(thing))
    assert (response.status_code, response["Location"]) == (302, page_of(thing))
    page = browser.get(page_of(thing)).content.decode()
    assert "The preview is drawn in a moment." in page
    assert "Look again" in page
    assert browser.get(at(thing))["Location"] == page_of(thing)


def test_it_is_told_second_by_second(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User
) -> None:
    row = Animatic.ask(thing, by=alice)
    row.claim("one")
    row.tell(2)
    told = part(signed_in(alice), thing)
    assert "Drawing the preview: 2 of 5 s" in told
    assert '<progress class="bar" value="2" max="5"' in told


def test_one_that_nobody_draws_says_so(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User
) -> None:
    Animatic.ask(thing, by=alice)
    Animatic.objects.update(asked_at=timezone.now() - timedelta(minutes=1))
    assert "waits for a worker" in part(signed_in(alice), thing)


def test_one_that_is_ready_is_played(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User
) -> None:
    row = builders.make_preview(thing, by=alice)
    for words in (
        part(signed_in(alice), thing),
        signed_in(alice).get(page_of(thing)).content.decode(),
    ):
        assert reverse("animatic_video", args=[row.key]) in words
        assert f'data-bounds="{row.bounds}"' in words
        assert " current" in words.partition('id="preview"')[2].partition(">")[0]
        assert 'id="preview-ask"' not in words


def test_after_a_change_it_says_so_and_can_be_drawn_again(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    old = builders.make_preview(storyboard, by=alice)
    storyboard.shots.get(position=1).rewrite({"prompt": "A boat."}, by=alice)
    browser = signed_in(alice)
    for words in (part(browser, storyboard), browser.get(page_of(storyboard)).content.decode()):
        assert "The shots have changed since this preview." in words
        assert "Draw it again" in words
        assert reverse("animatic_video", args=[old.key]) in words
    browser.post(at(storyboard), headers=SCRIPT)
    assert Animatic.objects.of_draft(storyboard).count() == 2


def test_a_change_of_the_draft_changes_no_revisions_preview(
    signed_in: SignedIn, revision: Revision, alice: User
) -> None:
    builders.make_preview(revision, by=alice)
    revision.storyboard.shots.get(position=1).rewrite({"prompt": "A boat."}, by=alice)
    assert "have changed" not in part(signed_in(alice), revision)


def test_asking_for_what_is_ready_wakes_nobody(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User, rung: list[int]
) -> None:
    builders.make_preview(thing, by=alice)
    signed_in(alice).post(at(thing), headers=SCRIPT)
    assert rung == []
    assert Animatic.objects.count() == 1


def test_one_that_failed_says_why_and_can_be_asked_for_again(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User, rung: list[int]
) -> None:
    row = Animatic.ask(thing, by=alice)
    row.claim("one")
    row.fail("Our storage is full. The shots are kept. Draw it again in a minute.")
    told = part(signed_in(alice), thing)
    assert "Our storage is full." in told
    assert 'role="alert"' in told
    assert "Draw it again</button>" in told
    assert "under-way" in signed_in(alice).post(at(thing), headers=SCRIPT).content.decode()
    assert len(rung) == 1


def test_a_refusal_is_said_where_one_pressed(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, rung: list[int]
) -> None:
    for shot in storyboard.shots.all():
        shot.rewrite({"seconds": 40}, by=alice)
    browser = signed_in(alice)
    response = browser.post(at(storyboard), headers=SCRIPT)
    assert response.status_code == 422
    assert "The shots add up to 80 s" in response.content.decode()
    page = browser.post(at(storyboard), follow=True).content.decode()
    assert "The shots add up to 80 s" in page
    assert rung == []


def test_the_film_is_sent_whole_and_by_ranges(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    row = Animatic.ask(storyboard, by=bob)
    draw(row.pk)
    row.refresh_from_db()
    browser, address = signed_in(bob), reverse("animatic_video", args=[row.key])
    whole = browser.get(address)
    assert whole["Content-Type"] == "video/mp4"
    assert len(b"".join(whole.streaming_content)) == row.size_bytes  # type: ignore[attr-defined]
    assert "the-lamp-night-one-preview.mp4" in whole["Content-Disposition"]
    some = browser.get(address, headers={"Range": "bytes=0-99"})
    assert (some.status_code, some["Content-Range"]) == (206, f"bytes 0-99/{row.size_bytes}")
    assert browser.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304


def test_there_is_no_film_before_it_is_drawn_and_after_it_went(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    row = Animatic.ask(storyboard, by=alice)
    address = reverse("animatic_video", args=[row.key])
    assert signed_in(alice).get(address).status_code == 404
    draw(row.pk)
    assert signed_in(alice).get(address).status_code == 200
    row.refresh_from_db()
    row.give_away()
    assert signed_in(alice).get(address).status_code == 404


def test_strangers_and_nobody_see_none_of_it(
    signed_in: SignedIn, thing: Storyboard | Revision, charlie: User, other_team: Team, alice: User
) -> None:
    film = reverse("animatic_video", args=[builders.make_preview(thing, by=alice).key])
    for address in (at(thing), film):
        assert signed_in(charlie).get(address).status_code == 404
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
    assert signed_in(charlie).post(at(thing)).status_code == 404
    assert Animatic.objects.count() == 1


def test_other_methods_are_refused(
    signed_in: SignedIn, thing: Storyboard | Revision, alice: User
) -> None:
    film = reverse("animatic_video", args=[builders.make_preview(thing, by=alice).key])
    assert signed_in(alice).delete(at(thing)).status_code == 405
    assert signed_in(alice).post(film).status_code == 405


def test_a_preview_costs_the_page_one_question_however_many_there_are(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    browser.get(page_of(storyboard))
    with CaptureQueriesContext(connection) as none:
        browser.get(page_of(storyboard))
    for n in range(3):
        storyboard.shots.get(position=1).rewrite({"prompt": f"Boat {n}.", "seconds": 1}, by=alice)
        builders.make_preview(storyboard, by=alice)
    with CaptureQueriesContext(connection) as three:
        browser.get(page_of(storyboard))
    assert len(three) == len(none)


def test_it_is_no_take(signed_in: SignedIn, revision: Revision, alice: User, bob: User) -> None:
    builders.make_preview(revision, by=alice)
    take = builders.make_take(builders.approve(revision, by=bob), by=alice)
    assert take.number == 1
    assert revision.storyboard.takes.count() == 1
