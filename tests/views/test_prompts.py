"""What a prompt takes over from the shot before it, and who can be named in one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Shot, Storyboard, Team, User, digest
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def shot(storyboard: Storyboard, team: Team, alice: User) -> Shot:
    """The second shot; the first names the one attached element."""
    element = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(element, by=alice)
    first = storyboard.shots.get(position=1)
    first.rewrite({"prompt": "<<<element_1>>> at the lamp."}, by=alice)
    return storyboard.shots.get(position=2)


def goes_on(shot: Shot) -> str:
    return reverse("continue_shot", args=[shot.key])


def test_a_shot_goes_on_with_whom_the_one_before_shows(
    signed_in: SignedIn, shot: Shot, carol: User
) -> None:
    response = signed_in(carol).post(goes_on(shot))
    assert response.status_code == 302
    page = reverse("storyboard", args=[shot.storyboard.key])
    assert response["Location"] == f"{page}#shot-{shot.key}"
    before = shot.prompt
    shot.refresh_from_db()
    assert shot.prompt.endswith(before)
    assert "<<<element_1>>>" in shot.prompt


def test_words_typed_just_now_are_kept(signed_in: SignedIn, shot: Shot, alice: User) -> None:
    data = {"prompt": "Now the stairs.", "was_prompt": digest(shot.prompt)}
    response = signed_in(alice).post(goes_on(shot), data, headers=SCRIPT)
    assert response.status_code == 200
    shot.refresh_from_db()
    assert shot.prompt.endswith("Now the stairs.")
    drawn = response.content.decode()
    assert "<html" not in drawn
    assert (
        drawn.partition(f'id="shot-{shot.key}-prompt"')[2].partition(">")[0].endswith("autofocus")
    )


def test_words_that_cannot_be_stored_come_back_and_nothing_goes_on(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    before = shot.prompt
    response = signed_in(alice).post(goes_on(shot), {"prompt": "x" * 5001}, headers=SCRIPT)
    assert response.status_code == 422
    assert "x" * 5001 in response.content.decode()
    shot.refresh_from_db()
    assert shot.prompt == before


def test_somebody_elses_words_are_shown_first(
    signed_in: SignedIn, shot: Shot, alice: User, carol: User
) -> None:
    data = {"prompt": "Carol's words.", "was_prompt": digest(shot.prompt)}
    Shot.objects.get(pk=shot.pk).rewrite({"prompt": "Alice's words."}, by=alice)
    response = signed_in(carol).post(goes_on(shot), data, headers=SCRIPT)
    assert response.status_code == 409
    shot.refresh_from_db()
    assert shot.prompt == "Alice's words."


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_the_first_shot_has_none_before_it(
    signed_in: SignedIn, shot: Shot, alice: User, headers: dict[str, str]
) -> None:
    first = shot.storyboard.shots.get(position=1)
    response = signed_in(alice).post(goes_on(first), headers=headers)
    assert response.status_code == 422
    assert "The first shot has none before it." in response.content.decode()


def test_who_may_not_edit_is_told_so(
    signed_in: SignedIn, shot: Shot, alice: User, bob: User, charlie: User
) -> None:
    assert signed_in(bob).post(goes_on(shot)).status_code == 403
    assert signed_in(charlie).post(goes_on(shot)).status_code == 404
    assert signed_in(alice).get(goes_on(shot)).status_code == 405
    assert Client().post(goes_on(shot)).status_code == 302


def cast(client: Client, board: Storyboard) -> str:
    page = client.get(reverse("storyboard", args=[board.key])).content.decode()
    return page.partition('<ul id="cast"')[2].partition("</ul>")[0]


def entry(drawn: str, name: str) -> str:
    """The attributes of the one entry of that name."""
    [found] = [each for each in drawn.split("<li ") if f'data-name="{name}"' in each]
    return found


def test_the_page_names_whom_a_prompt_can_name(
    signed_in: SignedIn, shot: Shot, team: Team, alice: User
) -> None:
    board = shot.storyboard
    builders.know_element("Gull", kling_id="2", team=team, by=alice)
    builders.know_voice("Sailor", kling_id="3", team=team, by=alice)
    drawn = cast(signed_in(alice), board)
    token = 'data-token="&lt;&lt;&lt;element_1&gt;&gt;&gt;"'
    assert token in entry(drawn, "Keeper")
    assert "data-token" not in entry(drawn, "Gull")
    assert "data-why" not in entry(drawn, "Gull")
    assert 'data-why="' in entry(drawn, "Sailor")  # this model has no voices


def test_a_fourth_element_is_said_to_be_one_too_many(
    signed_in: SignedIn, shot: Shot, team: Team, alice: User
) -> None:
    for number, name in enumerate(("Lens", "Boat", "Gull"), start=2):
        element = builders.know_element(name, kling_id=str(number), team=team, by=alice)
        if name != "Gull":
            shot.storyboard.attach_element(element, by=alice)
    drawn = cast(signed_in(alice), shot.storyboard)
    assert "Three elements are attached" in entry(drawn, "Gull")


def test_who_reads_along_sees_names_and_nothing_to_attach(
    signed_in: SignedIn, shot: Shot, team: Team, alice: User, bob: User
) -> None:
    builders.know_element("Gull", kling_id="2", team=team, by=alice)
    drawn = cast(signed_in(bob), shot.storyboard)
    assert 'data-name="Keeper"' in drawn
    assert "Gull" not in drawn
    assert "data-attach" not in drawn
