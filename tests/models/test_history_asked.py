"""Asking the history: words, kinds, storyboards, people, days, and what the answer adds up to."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.models import (
    SENTENCES,
    Activity,
    Note,
    Project,
    Revision,
    Status,
    Storyboard,
    Take,
    User,
)
from storyboard.models.history import read_history
from storyboard.models.history_asked import (
    MOST_BARS,
    VERBS,
    Asked,
    Kind,
    Sums,
    add_up,
    count_kinds,
    people_of,
)
from tests import builders


def verbs(project: Project, asked: Asked) -> list[str]:
    rows = asked.rows(project).order_by("serial")
    return list(rows.values_list("verb", flat=True))


def sums(project: Project, asked: Asked | None = None) -> Sums:
    return add_up((asked or Asked()).rows(project), until=timezone.localdate())


def test_every_verb_of_a_project_has_a_kind() -> None:
    of_the_team = ("team.", "member.", "account.", "element.", "voice.")
    here = {verb for verb in SENTENCES if not verb.startswith(of_the_team)}
    assert frozenset().union(*VERBS.values()) == here
    assert sum(map(len, VERBS.values())) == len(here), "and only one"


def test_words_of_several_people_and_things_must_all_be_found(take: Take, bob: User) -> None:
    project = take.storyboard.project
    Note.add(take, "Closer on the hands.", at_ms=0, by=bob)
    assert verbs(project, Asked(words="BOB hands")) == ["note.added"]
    assert verbs(project, Asked(words="bob feet")) == []
    assert "take.stored" in verbs(project, Asked(words="take 1"))
    assert verbs(project, Asked(words="take 2")) == []


def test_signs_that_mean_something_to_a_database_are_words_here(
    project: Project, alice: User
) -> None:
    project.rename("100 % of _it_", by=alice)
    project.rename("All of it", by=alice)
    assert len(verbs(project, Asked(words="% of _it_"))) == 2, "the new name and the old one"
    assert verbs(project, Asked(words="%%")) == []


def test_kinds_add_to_each_other(take: Take) -> None:
    project = take.storyboard.project
    found = set(verbs(project, Asked(kinds=(Kind.REVIEWS, Kind.TAKES))))
    assert found == {"revision.sent_for_review", "review.approved", "take.stored"}


def test_one_storyboard_one_person_and_the_system(take: Take, alice: User, bob: User) -> None:
    project = take.storyboard.project
    builders.make_storyboard(project, by=alice, name="Second")
    only = Asked(storyboard=take.storyboard)
    assert {row.storyboard_id for row in only.rows(project)} == {take.storyboard_id}
    assert verbs(project, Asked(person=bob)) == ["review.approved"]
    system = Asked(by_system=True).rows(project)
    assert {row.actor_kind for row in system} == {Activity.Actor.SYSTEM}
    assert people_of(project) == [alice, bob]


def test_days_begin_and_end_at_the_viewers_midnight(project: Project, alice: User) -> None:
    builders.many(3, lambda n: project.rename(f"Name {n}", by=alice))
    for serial, hour in ((1, 14), (2, 15), (3, 38), (4, 39)):  # from 18 November, UTC
        at = datetime(2026, 11, 18, tzinfo=UTC) + timedelta(hours=hour)
        Activity.objects.filter(project=project, serial=serial).update(at=at)
    project.refresh_from_db()
    with timezone.override(ZoneInfo("Asia/Tokyo")):  # 15:00 UTC is midnight there
        day = date(2026, 11, 19)
        asked = Asked(first_day=day, last_day=day)
        assert sorted(asked.rows(project).values_list("serial", flat=True)) == [2, 3]
        assert asked.top(project) == 4


def test_days_long_past_are_found_without_reading_what_came_since(
    project: Project, alice: User
) -> None:
    builders.many(300, lambda n: project.rename(f"Name {n}", by=alice))
    Activity.objects.filter(project=project, serial__lte=20).update(
        at=timezone.now() - timedelta(days=50)
    )
    project.refresh_from_db()
    asked = Asked(last_day=timezone.localdate() - timedelta(days=40))
    assert asked.top(project) == 120
    found = read_history(asked.rows(project), top=asked.top(project))
    assert len(found.lines) == 20


def test_each_kind_is_counted(take: Take) -> None:
    project = Project.objects.get(pk=take.storyboard.project_id)
    counts = count_kinds(project.activities.all(), top=project.serial)
    assert counts.all == project.serial
    assert sum(counts.of.values()) == counts.all
    assert counts.of[Kind.REVIEWS] == 2
    assert not counts.more


def test_only_so_many_are_counted(project: Project, alice: User) -> None:
    builders.many(5, lambda n: project.rename(f"Name {n}", by=alice))
    counts = count_kinds(project.activities.all(), top=20_003)
    assert (counts.all, counts.more) == (3, True), "those above serial 3"


def test_the_sums_are_of_the_lines_found(take: Take, alice: User, bob: User) -> None:
    project = take.storyboard.project
    other = builders.make_storyboard(project, by=alice, name="Second")
    revision = builders.approve(builders.make_revision(other, by=alice), by=bob)
    builders.bring_to(builders.order(revision, by=alice), Status.FAILED)
    builders.bring_to(builders.order(revision, by=alice), Status.LOST)
    take.storyboard.pick(take, by=alice)
    found = sums(project)
    price = take.generation.money_milli
    assert (found.orders, found.ordered_milli) == (3, 3 * price)
    assert (found.takes, found.stored_milli, found.film_ms) == (1, price, take.duration_ms)
    assert (found.ended_badly, found.given_up_milli) == (2, price), "a lost film is paid"
    assert (found.picks, found.takes_per_pick) == (1, 1.0)
    only = sums(project, Asked(storyboard=other))
    assert (only.orders, only.takes, only.takes_per_pick) == (2, 0, None)
    assert [(board.name, board.money_milli) for board in only.boards] == [("Second", 2 * price)]


def test_an_order_costs_what_kling_counted_where_it_says_so(
    approved: Revision, alice: User
) -> None:
    row = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    assert row.charged_milli == row.money_milli
    row.final_units_milli = row.units_milli // 2
    assert row.charged_milli == -(-row.money_milli // 2)
    row.final_units_milli, row.status = None, Status.REJECTED
    assert row.charged_milli == 0


def test_a_refused_order_is_told_to_cost_nothing(approved: Revision, alice: User) -> None:
    row = builders.order(approved, by=alice)
    builders.advance(row, Status.SUBMITTING, post_count=1)
    builders.advance(row, Status.REJECTED, words="No.")
    last = Activity.objects.latest("pk")
    assert (last.verb, last.money_milli) == ("generation.refused", 0)


def test_the_dearest_storyboards_are_named_and_the_rest_is_one_line(
    project: Project, alice: User, bob: User, storyboard: Storyboard
) -> None:
    for n in range(7):
        board = builders.make_storyboard(project, by=alice, name=f"Board {n}")
        approved = builders.approve(builders.make_revision(board, by=alice), by=bob)
        builders.order(approved, by=alice)
    boards = sums(project).boards
    assert [board.name for board in boards] == ["Board 0", "Board 1", "Board 2", "Board 3", "3"]
    assert boards[-1].key == ""
    assert boards[-1].money_milli == 3 * boards[0].money_milli


def test_each_day_has_a_bar_also_one_without_orders(take: Take) -> None:
    bars = sums(take.storyboard.project).bars
    assert len(bars) == MOST_BARS
    assert bars[-1].day == timezone.localdate()
    assert bars[-1].money_milli == take.generation.money_milli
    assert sum(bar.money_milli for bar in bars[:-1]) == 0


def plan(sql: str, params: tuple[object, ...]) -> str:
    """How SQLite, the database of the tests, would answer."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return " | ".join(str(row[3]) for row in cursor.fetchall())


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "asked",
    [Asked(), Asked(words="lamp"), Asked(kinds=(Kind.DRAFTS,)), Asked(by_system=True)],
    ids=["everything", "words", "kinds", "system"],
)
def test_a_page_is_read_by_an_index_and_never_sorted(
    project: Project, alice: User, asked: Asked
) -> None:
    builders.many(40, lambda n: project.rename(f"Name {n}", by=alice))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = asked.rows(project).filter(serial__lt=30, serial__gte=0).order_by("-serial")[:2001]
    words = plan(*rows.query.sql_with_params())
    assert "USING INDEX" in words
    assert "SCAN storyboard_activity" not in words


@pytest.mark.sqlite
def test_the_sums_read_only_what_carries_money(take: Take) -> None:
    with CaptureQueriesContext(connection) as asked:
        sums(take.storyboard.project)
    assert len(asked) == 3
    for query in asked.captured_queries:
        words = plan(query["sql"].replace("%", "%%"), ())
        assert "SCAN storyboard_activity" not in words
        assert re.search(r"USING INDEX \w+ \(project_id=\? AND (verb=|at>)\?", words), words
