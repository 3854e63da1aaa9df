"""A query compiled once a process asks for the row it is given, whatever was asked before."""

from __future__ import annotations

import pytest
from django.db.models import QuerySet, Value
from pytest_django import DjangoAssertNumQueries

from storyboard.models import Project, Revision, Stage, Storyboard, User
from storyboard.models.prepared import Prepared
from tests import builders

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_answer_from_one_statement(
    project: Project, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    boards = [builders.make_storyboard(project, by=alice, name=f"Night {n}") for n in range(3)]
    built: list[int] = []

    def names(pk: int) -> QuerySet[Storyboard, tuple[str]]:
        built.append(pk)
        return Storyboard.objects.filter(pk=pk).values_list("name")

    prepared = Prepared(names)
    with django_assert_num_queries(4):
        assert [prepared.ask(board.pk) for board in boards] == [
            [("Night 0",)],
            [("Night 1",)],
            [("Night 2",)],
        ]
        assert prepared.ask(0) == []
    assert len(built) == 1


def test_the_key_goes_wherever_the_query_says_it(project: Project, alice: User) -> None:
    one = builders.make_storyboard(project, by=alice)
    other = builders.make_storyboard(project, by=alice)
    twice = Prepared(
        lambda pk: (
            Storyboard.objects.filter(pk=pk)
            .exclude(project__storyboards__pk=pk, project__archived_at__isnull=False)
            .values_list("key")
        )
    )
    assert twice.ask(one.pk) == [(one.key,)]
    assert twice.ask(other.pk) == [(other.key,)]


def test_what_is_no_key_stays_as_it_was_said(project: Project, alice: User) -> None:
    """A percent sign, a quote and a number of the query are values, not part of its words."""
    board = builders.make_storyboard(project, by=alice)
    words = "100 % 'sure' %s"
    prepared = Prepared(
        lambda pk: (
            Storyboard.objects.filter(pk=pk)
            .annotate(words=Value(words), number=Value(7))
            .values_list("words", "number")
        )
    )
    assert prepared.ask(board.pk) == [(words, 7)]


def test_the_stage_is_the_one_the_queryset_gives(revision: Revision, alice: User) -> None:
    """The one use there is: on this database the two ways agree, before and after a change."""
    for stage in (Stage.IN_REVIEW, Stage.DRAFT):
        fresh = Storyboard.objects.get(pk=revision.storyboard_id)
        listed = Storyboard.objects.with_stage().get(pk=revision.storyboard_id)
        assert fresh.stage == listed.stage_now == stage
        if stage == Stage.IN_REVIEW:
            revision.withdraw(by=alice)
