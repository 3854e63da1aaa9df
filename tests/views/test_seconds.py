"""The seconds of several shots in one post: given, spread evenly, fitted to a new total."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Activity, Project, Shot, Storyboard, User, digest
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def board(project: Project, alice: User) -> Storyboard:
    """Three shots of 3, 2 and 4 seconds, nine in all."""
    shots = [(f"Shot number {n}.", each) for n, each in enumerate((3, 2, 4), start=1)]
    return builders.make_storyboard(project, by=alice, name="Three", shots=shots)


def at(board: Storyboard) -> str:
    return reverse("retime", args=[board.key])


def keys(board: Storyboard) -> list[str]:
    return list(board.shots.values_list("key", flat=True))


def seconds(board: Storyboard) -> list[int]:
    return list(board.shots.values_list("seconds", flat=True))


def total(board: Storyboard) -> int:
    return Storyboard.objects.get(pk=board.pk).total_seconds


def given(board: Storyboard, *values: int) -> dict[str, str]:
    """What the page posts for the first shots, with what each started from."""
    posted = {}
    for shot, value in zip(board.shots.all(), values, strict=False):
        posted[f"seconds-{shot.key}"] = str(value)
        posted[f"was_seconds-{shot.key}"] = digest(shot.seconds)
    return posted


def test_two_shots_trade_a_second_in_one_post_and_one_activity(
    signed_in: SignedIn, board: Storyboard, carol: User
) -> None:
    response = signed_in(carol).post(at(board), given(board, 2, 3))
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('storyboard', args=[board.key])}#timeline"
    assert (seconds(board), total(board)) == ([2, 3, 4], 9)
    assert Activity.objects.filter(verb="storyboard.retimed", actor=carol).count() == 1


def test_a_script_gets_what_stands_around_the_fields_and_never_a_field(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    response = signed_in(alice).post(at(board), given(board, 2, 3), headers=SCRIPT)
    assert response.status_code == 200
    drawn = response.content.decode()
    first, second, third = keys(board)
    for part in ("was", "seconds-errors", "tc"):
        assert f'id="shot-{first}-{part}"' in drawn
    assert f'id="shot-{third}-tc"' in drawn  # its time moved
    assert f'id="shot-{third}-was"' not in drawn  # its seconds were not in the post
    for part in ("timeline", "sum-seconds", "total-was", "gate-rules", "gate-price"):
        assert f'id="{part}"' in drawn
    for name in (f"shot-{first}-seconds", f"shot-{second}-seconds", "set-total_seconds"):
        assert f'id="{name}"' not in drawn
    assert f'name="was_seconds" value="{digest(2)}"' in drawn
    assert "<html" not in drawn


def test_seconds_and_the_total_are_stored_together(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    posted = {**given(board, 4), "total_seconds": "10", "was_total_seconds": digest(9)}
    response = signed_in(alice).post(at(board), posted, headers=SCRIPT)
    assert response.status_code == 200
    assert (seconds(board), total(board)) == ([4, 2, 4], 10)
    assert f'name="was_total_seconds" value="{digest(10)}"' in response.content.decode()


def test_the_total_is_spread_evenly(signed_in: SignedIn, board: Storyboard, alice: User) -> None:
    assert signed_in(alice).post(at(board), {"spread": "1"}).status_code == 302
    assert (seconds(board), total(board)) == ([3, 3, 3], 9)


def test_the_shots_are_fitted_to_a_new_total(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    posted = {"fit": "1", "total_seconds": "15", "was_total_seconds": digest(9)}
    assert signed_in(alice).post(at(board), posted).status_code == 302
    assert (sum(seconds(board)), total(board)) == (15, 15)
    assert seconds(board) == [5, 3, 7]


@pytest.mark.parametrize("way", ["spread", "fit"])
def test_a_total_without_a_second_for_each_shot_is_refused_in_words(
    signed_in: SignedIn, board: Storyboard, alice: User, way: str
) -> None:
    response = signed_in(alice).post(at(board), {way: "1", "total_seconds": "2"})
    assert response.status_code == 422
    assert "3 shots need at least 3 seconds, the total is 2." in response.content.decode()
    assert (seconds(board), total(board)) == ([3, 2, 4], 9)


def test_a_clash_keeps_both_numbers_and_stores_the_rest(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    posted = given(board, 2, 3)
    board.shots.get(position=2).rewrite({"seconds": 5}, by=carol)
    response = signed_in(alice).post(at(board), posted, headers=SCRIPT)
    assert response.status_code == 409
    assert seconds(board) == [2, 5, 4]
    drawn = response.content.decode()
    place = f'id="shot-{keys(board)[1]}-seconds-errors"'
    errors = drawn.partition(place)[2].partition("<div id")[0]
    assert "data-refused" in errors.partition(">")[0]
    assert "Carol Lindqvist changed this" in errors
    assert '<div class="theirs">5</div>' in errors
    assert f'name="now_seconds" value="{digest(5)}"' in errors
    assert 'name="keep" value="seconds"' in errors


def test_a_clash_about_the_total_stands_beside_the_total(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    posted = {"total_seconds": "10", "was_total_seconds": digest(9)}
    board.rewrite({"total_seconds": 12}, by=carol)
    response = signed_in(alice).post(at(board), posted)
    assert response.status_code == 409
    assert total(board) == 12
    drawn = response.content.decode()
    assert 'name="total_seconds" value="10"' in drawn  # what was typed stays
    errors = drawn.partition('id="set-total_seconds-errors"')[2].partition("<button")[0]
    assert '<div class="theirs">12</div>' in errors


def test_keeping_mine_ends_a_clash(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    shot: Shot = board.shots.get(position=2)
    shot.rewrite({"seconds": 5}, by=carol)
    posted = {"keep": "seconds", "seconds": "3", "now_seconds": digest(5)}
    response = signed_in(alice).post(
        reverse("rewrite_shot", args=[shot.key]), posted, headers=SCRIPT
    )
    assert response.status_code == 200
    assert seconds(board) == [3, 3, 4]


@pytest.mark.parametrize("typed", ["", "soon", "100", "-1", "2.5"])
def test_what_is_no_number_of_seconds_is_said_beside_the_field_and_the_rest_is_stored(
    signed_in: SignedIn, board: Storyboard, alice: User, typed: str
) -> None:
    first, second, _third = keys(board)
    posted = {f"seconds-{first}": typed, f"seconds-{second}": "6", "total_seconds": "11"}
    response = signed_in(alice).post(at(board), posted)
    assert response.status_code == 422
    drawn = response.content.decode()
    errors = drawn.partition(f'id="shot-{first}-seconds-errors"')[2].partition("</div>")[0]
    assert "Not saved: seconds are a whole number from 0 to 99." in errors
    assert f'id="shot-{first}-seconds" type="number" name="seconds" value="{typed}"' in drawn
    assert (seconds(board), total(board)) == ([3, 6, 4], 11)


@pytest.mark.parametrize("way", ["spread", "fit"])
def test_shots_are_not_divided_by_what_is_no_total(
    signed_in: SignedIn, board: Storyboard, carol: User, way: str
) -> None:
    board.rewrite({"total_seconds": 12}, by=carol)
    response = signed_in(carol).post(at(board), {way: "1", "total_seconds": "many"}, headers=SCRIPT)
    assert response.status_code == 422
    assert (seconds(board), total(board)) == ([3, 2, 4], 12)


def test_seconds_of_a_shot_that_is_gone_are_left_out(
    signed_in: SignedIn, board: Storyboard, alice: User, carol: User
) -> None:
    posted = given(board, 2, 3)
    board.shots.get(position=2).remove(by=carol)
    response = signed_in(alice).post(at(board), posted, headers=SCRIPT)
    assert response.status_code == 200
    assert seconds(board) == [2, 4]


def test_seconds_of_another_storyboard_are_not_reached(
    signed_in: SignedIn, board: Storyboard, storyboard: Storyboard, alice: User
) -> None:
    before = seconds(storyboard)
    assert signed_in(alice).post(at(board), given(storyboard, 9, 9)).status_code == 302
    assert (seconds(storyboard), seconds(board)) == (before, [3, 2, 4])


def test_an_archived_storyboard_keeps_its_seconds(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    board.archive(by=alice)
    response = signed_in(alice).post(at(board), given(board, 2, 3), headers=SCRIPT)
    assert response.status_code == 422
    assert "This storyboard is archived." in response.content.decode()
    assert seconds(board) == [3, 2, 4]


def test_one_who_reads_along_gets_no_edges_and_no_form(
    signed_in: SignedIn, board: Storyboard, bob: User
) -> None:
    client = signed_in(bob)
    page = client.get(reverse("storyboard", args=[board.key])).content.decode()
    assert 'role="slider"' not in page
    assert 'id="seconds-form"' not in page
    assert client.post(at(board), given(board, 2, 3)).status_code == 403
    assert seconds(board) == [3, 2, 4]


def test_the_timeline_has_an_edge_at_the_end_of_each_shot_and_of_all(
    signed_in: SignedIn, board: Storyboard, alice: User
) -> None:
    page = signed_in(alice).get(reverse("storyboard", args=[board.key])).content.decode()
    first, second, third = keys(board)
    assert f'id="edge-{first}"' in page
    assert f'id="edge-{second}"' in page
    assert f'id="edge-{third}"' not in page
    assert 'id="edge-end"' in page
    assert 'data-totals="3 4 5 6 7 8 9 10 11 12 13 14 15"' in page
    assert "total, 3–15 allowed" in page
