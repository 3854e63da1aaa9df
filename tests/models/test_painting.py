"""The motion brush of a draft: stored, undone, copied, frozen and sent."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from storyboard.kling.brief import Brief
from storyboard.models import (
    Activity,
    Conflict,
    Mask,
    NotAllowedNow,
    Picture,
    Storyboard,
    Team,
    User,
    digest,
)
from storyboard.models.files import files
from storyboard.models.painting import masks_of, painted_on, stored_brush, stored_mask
from storyboard.steps.submit import wire_body
from tests import builders

PATH = [[279, 219], [417, 65]]


@pytest.fixture
def board(storyboard: Storyboard, alice: User) -> Storyboard:
    """One shot of five seconds from a picture, on a model that has the brush."""
    storyboard.shots.get(position=2).remove(by=alice)
    storyboard.shots.get().rewrite({"seconds": 5}, by=alice)
    storyboard.rewrite({"model": "kling-v1", "mode": "pro", "shooting": "single"}, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    return Storyboard.objects.get(pk=storyboard.pk)


@pytest.fixture
def brush(team: Team) -> dict[str, Any]:
    still, moving = builders.make_mask(team=team, box=(0, 0, 9, 9)), builders.make_mask(team=team)
    found = stored_brush(stored_mask(still), [(stored_mask(moving), PATH)])
    assert found is not None
    return found


def fresh(board: Storyboard) -> Storyboard:
    return Storyboard.objects.get(pk=board.pk)


def test_nothing_painted_is_no_brush() -> None:
    assert stored_brush(None) is None
    assert masks_of(None) == []
    assert painted_on(None) is None


def test_a_brush_is_stored_and_in_the_brief_without_asking_for_its_masks(
    board: Storyboard, alice: User, brush: dict[str, Any], django_assert_num_queries: Any
) -> None:
    assert board.paint(brush, by=alice)
    assert not board.paint(brush, by=alice)  # the same again is no change
    row = Storyboard.objects.select_related("first_frame").get(pk=board.pk)
    row.brush, painted = None, row.brush
    with django_assert_num_queries(3):  # shots, elements, voices
        plain = row.brief()
    row.brush = painted
    with django_assert_num_queries(3):
        brief = row.brief()
    assert plain.brush is None
    assert brief.brush is not None
    assert brief.brush.painted_on == (640, 360)
    assert brief.brush.strokes[0].points == ((279, 219), (417, 65))
    assert Brief.from_dict(brief.to_dict()) == brief
    last = Activity.objects.latest("pk")
    assert last.sentence == f"painted the motion brush of {board.name}: areas that move 1, still 1"


def test_what_somebody_else_painted_meanwhile_is_not_overwritten(
    board: Storyboard, alice: User, brush: dict[str, Any]
) -> None:
    seen = digest(board.brush)
    board.paint(brush, by=alice)
    with pytest.raises(Conflict):
        fresh(board).paint(stored_brush(brush["static"]), by=alice, was=seen)
    assert fresh(board).brush == brush


def test_undo_and_redo_turn_it_as_a_whole(
    board: Storyboard, alice: User, brush: dict[str, Any]
) -> None:
    board.paint(brush, by=alice)
    assert board.undo(by=alice).done == "Undone: the motion brush."
    assert board.brush is None
    assert board.redo(by=alice).done == "Redone: the motion brush."
    assert board.brush == brush
    board.paint(None, by=alice)
    assert Activity.objects.latest("pk").sentence == f"took the motion brush off {board.name}"


def test_a_copy_has_it_too(board: Storyboard, alice: User, brush: dict[str, Any]) -> None:
    board.paint(brush, by=alice)
    assert board.duplicate("Again", project=board.project, by=alice).brief().brush == (
        board.brief().brush
    )


def test_masks_are_no_pictures_to_choose(team: Team) -> None:
    mask = builders.make_mask(team=team)
    assert list(Mask.objects.filter(team=team)) == [mask]
    assert not Picture.objects.filter(pk=mask.pk).exists()
    assert not team.pictures.exists()
    assert builders.make_mask(team=team) == mask  # once for the same bytes


def test_a_frozen_brush_is_sent_with_the_bytes_of_its_masks(
    board: Storyboard, alice: User, bob: User, brush: dict[str, Any]
) -> None:
    board.paint(brush, by=alice)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    board.paint(None, by=alice)  # the revision keeps its own
    body = wire_body(builders.order(revision, by=alice))
    still, moving = (
        Mask.objects.get(key=mask["key"]) for mask in (brush["static"], brush["dynamic"][0]["mask"])
    )
    sent = {"static": body["static_mask"], "moving": body["dynamic_masks"][0]["mask"]}
    for mask, given in ((still, sent["static"]), (moving, sent["moving"])):
        with files().open(mask.file, "rb") as file:
            assert base64.b64decode(given) == file.read()
    assert body["dynamic_masks"][0]["trajectories"] == [{"x": 279, "y": 219}, {"x": 417, "y": 65}]


def test_a_mask_that_is_no_longer_what_was_approved_is_not_ordered(
    board: Storyboard, alice: User, bob: User, brush: dict[str, Any]
) -> None:
    board.paint(brush, by=alice)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    revision.order.check_matches()
    mask = Mask.objects.get(key=brush["static"]["key"])
    files().put(builders.mask_png((50, 50, 59, 59)), mask.file)
    with pytest.raises(NotAllowedNow):
        revision.order.check_matches()
