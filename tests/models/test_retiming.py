"""Seconds of several shots and the total in one step."""

from __future__ import annotations

import pytest

from storyboard.models import (
    Activity,
    Conflict,
    Edit,
    NotAllowedNow,
    Storyboard,
    User,
    digest,
)


def keys(board: Storyboard) -> list[str]:
    return list(board.shots.values_list("key", flat=True))


def seconds(board: Storyboard) -> list[int]:
    return list(board.shots.values_list("seconds", flat=True))


def test_a_border_moves_in_one_step(storyboard: Storyboard, alice: User) -> None:
    first, second = keys(storyboard)
    told, kept = Activity.objects.count(), Edit.objects.count()
    changed = storyboard.retime({first: 1, second: 4}, by=alice)
    assert changed == [f"seconds-{first}", f"seconds-{second}"]
    assert seconds(storyboard) == [1, 4]
    assert (Activity.objects.count(), Edit.objects.count()) == (told + 1, kept + 1)
    last = Activity.objects.latest("pk")
    assert last.verb == "storyboard.retimed"
    assert last.sentence == f"shared out the seconds of {storyboard.name} anew: 1 + 4"
    assert last.data["values"] == {f"seconds-{first}": [3, 1], f"seconds-{second}": [2, 4]}


def test_the_total_comes_along(storyboard: Storyboard, alice: User) -> None:
    first, second = keys(storyboard)
    was = {"total_seconds": digest(5), f"seconds-{first}": digest(3)}
    changed = storyboard.retime({first: 6, second: 2}, total=8, was=was, by=alice)
    assert changed == [f"seconds-{first}", "total_seconds"]
    assert (storyboard.total_seconds, seconds(storyboard)) == (8, [6, 2])
    assert storyboard.changed_by == alice


def test_what_stands_there_already_is_no_step(storyboard: Storyboard, alice: User) -> None:
    first, second = keys(storyboard)
    kept = Edit.objects.count()
    assert storyboard.retime({first: 3, second: 2}, total=5, by=alice) == []
    assert Edit.objects.count() == kept


@pytest.mark.parametrize("what", ["shot", "total"])
def test_one_clash_writes_nothing(
    storyboard: Storyboard, alice: User, carol: User, what: str
) -> None:
    first, second = keys(storyboard)
    was = {
        f"seconds-{first}": digest(3),
        f"seconds-{second}": digest(2),
        "total_seconds": digest(5),
    }
    if what == "shot":
        storyboard.retime({second: 7}, by=carol)
    else:
        storyboard.rewrite({"total_seconds": 7}, by=carol)
    stood = seconds(storyboard)
    with pytest.raises(Conflict) as caught:
        storyboard.retime({first: 1, second: 4}, total=6, was=was, by=alice)
    name, wanted = (f"seconds-{second}", 4) if what == "shot" else ("total_seconds", 6)
    assert caught.value.fields == {name: (7, wanted)}
    assert caught.value.who == "Carol Lindqvist"
    assert seconds(storyboard) == stood


def test_a_shot_removed_meanwhile_is_said(storyboard: Storyboard, alice: User, carol: User) -> None:
    first, second = keys(storyboard)
    storyboard.shots.get(key=second).remove(by=carol)
    with pytest.raises(NotAllowedNow, match="removed meanwhile"):
        storyboard.retime({first: 1, second: 4}, by=alice)
    assert seconds(storyboard) == [3]


def test_a_border_dragged_on_is_one_step(storyboard: Storyboard, alice: User) -> None:
    first, second = keys(storyboard)
    kept = Edit.objects.count()
    storyboard.retime({first: 2, second: 3}, by=alice)
    storyboard.retime({first: 1, second: 4}, by=alice)
    assert Edit.objects.count() == kept + 1
    storyboard.undo(by=alice)
    assert seconds(storyboard) == [3, 2]
