"""Reading the history: newest first, saves folded, paged by key."""

from __future__ import annotations

from datetime import timedelta

from storyboard.models import Activity, Project, Storyboard, User
from storyboard.models.history import LINES, Line, read_history
from tests import builders


def lines(project: Project, before: int | None = None) -> list[Line]:
    return read_history(project.activities.all(), before=before).lines


def save(board: Storyboard, by: User, words: str, position: int = 1) -> Activity:
    board.shots.get(position=position).rewrite({"prompt": words}, by=by)
    return Activity.objects.latest("pk")


def test_saves_of_one_shot_fold_into_one_line(
    storyboard: Storyboard, project: Project, alice: User
) -> None:
    storyboard.archive(by=alice)
    storyboard.restore(by=alice)
    for words in ("a", "b", "c", "d"):
        save(storyboard, alice, words)
    first, second = lines(project)[:2]
    assert first.saves == 4
    assert first.sentence == "changed prompt of shot 1 in The Lamp, night one"
    assert (second.saves, second.latest.verb) == (0, "storyboard.restored")


def test_saves_of_several_things_fold_and_name_them(
    storyboard: Storyboard, project: Project, alice: User
) -> None:
    storyboard.archive(by=alice)
    save(storyboard, alice, "a", 2)
    save(storyboard, alice, "b", 1)
    assert lines(project)[0].sentence == "changed shots 1 and 2 of The Lamp, night one"
    storyboard.rewrite({"mode": "pro"}, by=alice)
    assert lines(project)[0].sentence == (
        "changed shots 1 and 2 and the settings of The Lamp, night one"
    )
    assert lines(project)[0].saves == 3


def test_saves_of_two_people_stay_apart_though_they_take_turns(
    storyboard: Storyboard, project: Project, alice: User, carol: User
) -> None:
    storyboard.archive(by=alice)
    for n in range(3):
        save(storyboard, alice, f"a{n}", 1)
        save(storyboard, carol, f"c{n}", 2)
    hers, mine = lines(project)[:2]
    assert (hers.latest.actor, hers.saves) == (carol, 3)
    assert (mine.latest.actor, mine.saves) == (alice, 3)


def test_a_save_half_an_hour_older_stands_alone(
    storyboard: Storyboard, project: Project, alice: User
) -> None:
    storyboard.archive(by=alice)
    old = save(storyboard, alice, "a")
    new = save(storyboard, alice, "b")
    Activity.objects.filter(pk=old.pk).update(at=new.at - timedelta(minutes=31))
    assert [line.saves for line in lines(project)[:2]] == [0, 0]


def test_saves_before_and_after_sending_stay_apart(
    storyboard: Storyboard, project: Project, alice: User
) -> None:
    save(storyboard, alice, "before")
    builders.make_revision(storyboard, by=alice)
    save(storyboard, alice, "after")
    verbs = [line.latest.verb for line in lines(project)[:3]]
    assert verbs == ["shot.rewritten", "revision.sent_for_review", "shot.rewritten"]
    assert lines(project)[0].saves == 0


def test_saves_of_two_storyboards_stay_apart(
    storyboard: Storyboard, project: Project, alice: User
) -> None:
    other = builders.make_storyboard(project, by=alice, name="Second")
    save(storyboard, alice, "a")
    save(other, alice, "b")
    assert [line.latest.storyboard for line in lines(project)[:2]] == [other, storyboard]


def test_every_activity_is_read_once_over_all_pages(
    project: Project, storyboard: Storyboard, alice: User, carol: User
) -> None:
    for n in range(LINES):
        project.rename(f"Name {n}", by=alice)
        save(storyboard, alice, f"a{n}")
        save(storyboard, carol, f"c{n}", 2)
    read: list[int] = []
    before: int | None = None
    while True:
        page = read_history(project.activities.all(), before=before)
        assert len(page.lines) <= LINES
        read += [row.serial for line in page.lines for row in line.rows]
        if page.older is None:
            break
        before = page.older
    assert len(read) == len(set(read)) == project.activities.count()
