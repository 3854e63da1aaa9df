"""A shot again, and a storyboard again."""

from __future__ import annotations

import pytest

from storyboard.media.pictures import clean_picture
from storyboard.models import (
    Activity,
    Element,
    NotAllowedNow,
    Picture,
    Project,
    Storyboard,
    Team,
    User,
)
from tests import builders
from tests.models.undoing import can_undo


@pytest.fixture
def rich(storyboard: Storyboard, team: Team, alice: User) -> Storyboard:
    """A draft with something of everything."""
    picture = Picture.keep(clean_picture(builders.png()), team=team)
    storyboard.rewrite(
        {"mode": "pro", "cfg_scale": 0.4, "camera": {"kind": "simple", "pan": 1.0}}, by=alice
    )
    storyboard.set_first_frame(picture, by=alice)
    storyboard.set_end_frame(picture, by=alice)
    for name in ("Boat", "Aldous"):
        storyboard.attach_element(
            builders.know_element(name, kling_id=name, team=team, by=alice), by=alice
        )
    storyboard.attach_voice(
        builders.know_voice("Keeper", kling_id="v", team=team, by=alice), by=alice
    )
    shot = storyboard.shots.get(position=2)
    shot.rewrite({"prompt": "<<<element_2>>> winds the lamp."}, by=alice)
    shot.set_picture(picture, by=alice)
    return Storyboard.objects.get(pk=storyboard.pk)


def told(board: Storyboard) -> tuple[object, ...]:
    row = Storyboard.objects.get(pk=board.pk)
    shots = row.shots.values_list("position", "prompt", "seconds", "picture")
    brief = row.brief().to_dict()
    return [shot.pop("key") for shot in brief["shots"]] and brief, list(shots)


def test_a_shot_is_duplicated_right_after_itself(rich: Storyboard, alice: User) -> None:
    second = rich.shots.get(position=2)
    rich.add_shot(by=alice, prompt="Last")
    copy = second.duplicate(by=alice)
    shots = list(rich.shots.all())
    assert [each.prompt for each in shots][1:] == [second.prompt, second.prompt, "Last"]
    assert shots[2] == copy
    assert (copy.position, copy.seconds, copy.picture) == (3, second.seconds, second.picture)
    assert copy.key != second.key
    rich.refresh_from_db()
    assert rich.total_seconds == 5
    last = Activity.objects.latest("pk")
    assert last.sentence == f"duplicated shot 2 as shot 3 in {rich.name}"


def test_a_seventh_shot_is_refused_here_too(rich: Storyboard, alice: User) -> None:
    for _number in range(4):
        rich.add_shot(by=alice)
    with pytest.raises(NotAllowedNow, match="six shots at most"):
        rich.shots.get(position=1).duplicate(by=alice)
    assert rich.shots.count() == 6


def test_a_picture_is_put_on_a_shot_and_taken_off(rich: Storyboard, alice: User) -> None:
    shot = rich.shots.get(position=1)
    shot.set_picture(rich.first_frame, by=alice)
    last = Activity.objects.latest("pk")
    assert last.sentence == f"put a picture of 640 × 360 px on shot 1 in {rich.name}"
    shot.set_picture(rich.first_frame, by=alice)
    assert Activity.objects.latest("pk") == last
    shot.set_picture(None, by=alice)
    assert rich.shots.get(position=1).picture is None
    assert Activity.objects.latest("pk").sentence == f"took the picture off shot 1 in {rich.name}"


def test_an_end_frame_is_set_and_taken_off(storyboard: Storyboard, team: Team, alice: User) -> None:
    picture = Picture.keep(clean_picture(builders.png()), team=team)
    storyboard.set_end_frame(picture, by=alice)
    row = Storyboard.objects.get(pk=storyboard.pk)
    assert row.brief().end_frame == picture.ref
    assert Activity.objects.latest("pk").verb == "storyboard.end_frame_set"
    storyboard.set_end_frame(None, by=alice)
    assert Activity.objects.latest("pk").verb == "storyboard.end_frame_removed"
    told_so_far = Activity.objects.count()
    storyboard.set_end_frame(None, by=alice)
    assert Activity.objects.count() == told_so_far


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_storyboard_is_duplicated_with_all_it_holds(
    rich: Storyboard, team: Team, alice: User, carol: User, is_archived: bool
) -> None:
    if is_archived:
        rich.archive(by=alice)
    target = Project.start("Second film", team=team, by=alice)
    copy = rich.duplicate("The Lamp, again", project=target, by=carol)
    assert told(copy) == told(rich)
    assert (copy.project, copy.name, copy.changed_by) == (target, "The Lamp, again", carol)
    assert copy.archived_at is None
    mine, theirs = (set(each.shots.values_list("key", flat=True)) for each in (copy, rich))
    assert not mine & theirs
    assert not can_undo(copy, carol)
    last = Activity.objects.filter(project=target).latest("pk")
    assert last.sentence == f"made the storyboard The Lamp, again as a copy of {rich.name}"
    assert last.data["source_key"] == rich.key


def test_a_copy_changes_for_itself(rich: Storyboard, alice: User) -> None:
    before = told(rich)
    copy = rich.duplicate("Again", project=rich.project, by=alice)
    copy.shots.get(position=1).rewrite({"prompt": "Else"}, by=alice)
    copy.detach_element(Element.objects.get(name="Boat"), by=alice)
    assert told(rich) == before
    assert told(copy) != before


def test_an_archived_project_takes_no_copy(rich: Storyboard, team: Team, alice: User) -> None:
    target = Project.start("Second film", team=team, by=alice)
    target.archive(by=alice)
    with pytest.raises(NotAllowedNow, match="archived"):
        rich.duplicate("Again", project=target, by=alice)
    assert target.storyboards.count() == 0


def test_a_take_that_was_picked_stays_with_its_own_storyboard(
    rich: Storyboard, alice: User
) -> None:
    assert rich.duplicate("Again", project=rich.project, by=alice).picked_take is None
