"""Cards, list, timeline: asked for by address, kept in the browser's cookie."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Storyboard, User

SignedIn = Callable[[User], Client]


def at(board: Storyboard) -> str:
    return reverse("storyboard", args=[board.key])


def test_cards_are_what_a_new_browser_sees(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).get(at(storyboard))
    assert '<div class="ed" data-view="cards">' in response.content.decode()
    assert "view" not in response.cookies


@pytest.mark.parametrize("view", ["list", "timeline", "cards"])
def test_a_view_that_the_address_asks_for_stays_in_this_browser(
    signed_in: SignedIn, storyboard: Storyboard, bob: User, view: str
) -> None:
    client = signed_in(bob)
    asked = client.get(at(storyboard), {"view": view})
    assert f'data-view="{view}"' in asked.content.decode()
    assert asked.cookies["view"]["samesite"] == "Lax"
    again = client.get(at(storyboard)).content.decode()
    assert f'data-view="{view}"' in again
    assert f'name="view" value="{view}" checked' in again


def test_a_view_nobody_knows_is_not_kept(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    asked = client.get(at(storyboard), {"view": '"><b>'})
    assert 'data-view="cards"' in asked.content.decode()
    assert "view" not in asked.cookies
    client.cookies["view"] = "grid"
    assert 'data-view="cards"' in client.get(at(storyboard)).content.decode()


def test_the_cookie_of_a_secure_page_is_sent_to_secure_pages_alone(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    assert client.get(at(storyboard), {"view": "list"}, secure=True).cookies["view"]["secure"]
    assert not client.get(at(storyboard), {"view": "list"}).cookies["view"]["secure"]
