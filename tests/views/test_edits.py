"""Undo and redo through the browser's own requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import Edit, Shot, Storyboard, User

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}
BOTH = pytest.mark.parametrize("way", ["undo", "redo"])


@pytest.fixture
def board(storyboard: Storyboard) -> Storyboard:
    """A draft of two shots in which nobody can undo anything."""
    Edit.objects.all().delete()
    return storyboard


def at(way: str, board: Storyboard) -> str:
    return reverse(way, args=[board.key])


def toast_of(drawn: str) -> str:
    return drawn.partition('<li class="toast')[2].partition("</li>")[0]


def test_a_removed_shot_comes_back_and_the_page_is_at_it(
    signed_in: SignedIn, board: Storyboard, carol: User
) -> None:
    shot = board.shots.get(position=1)
    client = signed_in(carol)
    client.post(reverse("remove_shot", args=[shot.key]))
    response = client.post(at("undo", board))
    page = reverse("storyboard", args=[board.key])
    assert (response.status_code, response["Location"]) == (302, f"{page}#shot-{shot.key}")
    assert board.shots.get(position=1).prompt == shot.prompt
    assert "Undone: removing shot 1." in client.get(page).content.decode()


def test_a_script_gets_the_parts_with_the_focus_on_what_came_back(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    shot = board.shots.get(position=2)
    client = signed_in(alice)
    client.post(reverse("remove_shot", args=[shot.key]), headers=SCRIPT)
    response = client.post(at("undo", board), headers=SCRIPT)
    drawn = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in drawn
    for part in ("board", "timeline", "steps", "settings", "gate-head"):
        assert f'id="{part}"' in drawn
    card = drawn.partition(f'id="shot-{shot.key}"')[2].partition(">")[0]
    assert "autofocus" in card
    assert "Undone: removing shot 2." in toast_of(drawn)
    redone = client.post(at("redo", board), headers=SCRIPT).content.decode()
    assert f'id="shot-{shot.key}"' not in redone
    assert "Redone: removing shot 2." in toast_of(redone)


def test_what_somebody_changed_since_is_said(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    board.rewrite({"mode": "pro"}, by=alice)
    board.rewrite({"mode": "4k"}, by=carol)
    drawn = signed_in(alice).post(at("undo", board), headers=SCRIPT).content.decode()
    said = toast_of(drawn)
    assert "Left as it stands, because it was changed since: the mode." in said
    assert said.startswith(" info")


@BOTH
def test_nothing_to_take_back_is_422_in_words(
    signed_in: SignedIn, board: Storyboard, alice: User, way: str
) -> None:
    client = signed_in(alice)
    for headers in ({}, SCRIPT):
        response = client.post(at(way, board), headers=headers)
        assert response.status_code == 422
        assert f"There is nothing to {way}" in response.content.decode()


@BOTH
def test_who_may_not_edit_takes_nothing_back(
    signed_in: SignedIn, board: Storyboard, bob: User, charlie: User, way: str
) -> None:
    assert signed_in(bob).post(at(way, board)).status_code == 403
    assert signed_in(charlie).post(at(way, board)).status_code == 404
    anonymous = Client().post(at(way, board))
    assert anonymous.status_code == 302
    assert reverse("account_login") in anonymous["Location"]


@BOTH
def test_only_a_post_takes_back(
    signed_in: SignedIn, board: Storyboard, alice: User, way: str
) -> None:
    assert signed_in(alice).get(at(way, board)).status_code == 405


@BOTH
def test_an_archived_draft_stays_as_it_is(
    signed_in: SignedIn, board: Storyboard, alice: User, way: str
) -> None:
    shot = board.shots.get(position=1)
    shot.rewrite({"prompt": "Uno"}, by=alice)
    board.archive(by=alice)
    response = signed_in(alice).post(at(way, board))
    assert response.status_code == 422
    assert "archived" in response.content.decode()
    assert Shot.objects.get(pk=shot.pk).prompt == "Uno"


def test_the_page_offers_what_this_person_can_do(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    def blocked(person: User) -> list[bool]:
        page = signed_in(person).get(reverse("storyboard", args=[board.key])).content.decode()
        buttons = [page.partition(f'id="{way}-button"')[2].partition(">")[0] for way in WAYS]
        return ["aria-disabled" in button for button in buttons]

    assert blocked(alice) == [True, True]
    board.rewrite({"mode": "pro"}, by=alice)
    assert (blocked(alice), blocked(carol)) == ([False, True], [True, True])
    board.undo(by=alice)
    assert blocked(alice) == [True, False]


def test_undo_costs_the_same_for_two_shots_and_for_six(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    def cost() -> int:
        board.refresh_from_db()
        board.rewrite({"watermark": not board.watermark}, by=alice)
        with CaptureQueriesContext(connection) as asked:
            assert client.post(at("undo", board), headers=SCRIPT).status_code == 200
        return len(asked)

    client = signed_in(alice)
    before = cost()
    for _number in range(4):
        board.add_shot(by=alice)
    assert cost() == before


WAYS = ("undo", "redo")
