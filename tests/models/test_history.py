"""Reading the history: newest first, saves folded, paged by key."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storyboard.models import Activity, Project, Revision, Status, Storyboard, User
from storyboard.models import history as module
from storyboard.models.history import LINES, Line, Page, Place, read_history
from tests import builders


def page(project: Project, place: Place | None = None) -> Page:
    project.refresh_from_db()
    return read_history(project.activities.all(), top=project.serial, place=place)


def lines(project: Project, place: Place | None = None) -> list[Line]:
    return page(project, place).lines


def every_page(project: Project) -> list[Page]:
    pages = [page(project)]
    while pages[-1].older is not None:
        pages.append(page(project, pages[-1].older))
    return pages


def serials(found: list[Line]) -> list[list[int]]:
    return [[row.serial for row in line.rows] for line in found]


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


def test_borders_dragged_fold_too(storyboard: Storyboard, project: Project, alice: User) -> None:
    storyboard.archive(by=alice)
    first, second = storyboard.shots.values_list("key", flat=True)
    storyboard.retime({first: 2, second: 3}, by=alice)
    storyboard.retime({first: 1, second: 4}, by=alice)
    line = lines(project)[0]
    assert (line.sentence, line.saves) == (
        "shared out the seconds of The Lamp, night one anew: 1 + 4", 2
    )  # fmt: skip
    save(storyboard, alice, "a", 2)
    assert lines(project)[0].sentence == ("changed shot 2 and the settings of The Lamp, night one")


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
    pages = every_page(project)
    read = [row.serial for each in pages for line in each.lines for row in line.rows]
    assert len(pages) > 1
    assert all(len(each.lines) <= LINES for each in pages)
    assert len(read) == len(set(read)) == project.activities.count()


def test_a_line_is_the_same_wherever_a_page_ends(
    project: Project,
    storyboard: Storyboard,
    alice: User,
    carol: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for n in range(30):
        save(storyboard, alice, f"a{n}")
        save(storyboard, carol, f"c{n}", 2)
        project.rename(f"Name {n}", by=alice)
        if n % 9 == 0:
            builders.make_storyboard(project, by=carol, name=f"Board {n}")
    whole = serials(lines(project))
    assert max(map(len, whole)) == 30, "two people's saves fold across everything between"
    for size in (1, 2, 3, 7):
        monkeypatch.setattr(module, "LINES", size)
        paged = [
            [row.serial for row in line.rows] for each in every_page(project) for line in each.lines
        ]
        assert paged == whole


def test_so_many_that_fold_are_cut_without_loss(
    project: Project,
    storyboard: Storyboard,
    alice: User,
    carol: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LINES", 2)
    monkeypatch.setattr(module, "MOST_READ", 5)
    for n in range(12):
        save(storyboard, alice, f"a{n}")
        save(storyboard, carol, f"c{n}", 2)
    read = [row.serial for each in every_page(project) for line in each.lines for row in line.rows]
    assert sorted(read, reverse=True) == list(range(project.serial, 0, -1))


def test_one_page_looks_through_a_bounded_part_and_the_next_goes_on(
    project: Project, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REACH", 10)
    project.archive(by=alice)
    builders.many(25, lambda n: project.rename(f"Name {n}", by=alice))
    archived = project.activities.filter(verb="project.archived")
    project.refresh_from_db()
    first = read_history(archived, top=project.serial)
    assert first == Page([], Place(project.serial - 9))
    found, place, asked = [], first.older, 1
    while place is not None:
        each = read_history(archived, top=project.serial, place=place)
        found, place, asked = found + each.lines, each.older, asked + 1
    assert [line.latest.verb for line in found] == ["project.archived"]
    assert asked == 3


def test_what_the_machine_does_with_one_order_is_one_line(
    project: Project, approved: Revision, alice: User
) -> None:
    builders.bring_to(builders.order(approved, by=alice), Status.STORED)
    machine, ordered = lines(project)[:2]
    assert (machine.latest.verb, machine.steps, machine.saves) == ("generation.stored", 4, 0)
    assert ordered.latest.verb == "generation.ordered"


def test_two_orders_under_way_stay_apart(project: Project, approved: Revision, alice: User) -> None:
    first, second = builders.order(approved, by=alice), builders.order(approved, by=alice)
    builders.bring_to(first, Status.RUNNING)
    builders.bring_to(second, Status.RUNNING)
    assert [line.steps for line in lines(project)[:2]] == [2, 2]


def test_the_machine_at_work_does_not_part_a_persons_saves(
    project: Project, approved: Revision, alice: User
) -> None:
    save(approved.storyboard, alice, "a")
    order = builders.order(approved, by=alice)
    save(approved.storyboard, alice, "b")
    builders.bring_to(order, Status.RUNNING)
    save(approved.storyboard, alice, "c")
    assert lines(project)[0].saves == 2
