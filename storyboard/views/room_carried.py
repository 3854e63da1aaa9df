"""What a take's page says of notes from earlier takes, and of the changes that answer notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import Q

from storyboard.kling.brief import Brief
from storyboard.models import NoteAnswer, Revision, Storyboard, Take
from storyboard.models.answers import addressed, answers_of
from storyboard.models.carrying import Placed, PlacedNotes
from storyboard.models.changes import changes_between
from storyboard.views.change_words import Told, told


class Opening(NamedTuple):
    """The line a take that carries notes opens with; `elsewhere` are those without a shot here."""

    total: int
    addressed: int
    elsewhere: int


class Answered(NamedTuple):
    """What a note is answered by: in revision `number`, whose `revision_key` is "" as a draft.

    `holds` is whether that part differs, in that revision or in the draft, from what the note
    was left on.
    """

    answer: NoteAnswer
    told: Told
    number: int
    revision_key: str
    holds: bool


def context(take: Take, placed: PlacedNotes, shown: Iterable[Placed]) -> dict[str, Any]:
    """`carried`: an Opening or None; `answers`: an Answered for each of `shown` that has one, by
    the note's primary key. Three queries at most, and those of the draft where it answers one.
    """
    answers = answers_of(each.note.pk for each in placed.every)
    origins = {each.note.pk: each.origin.revision_id for each in shown if each.note.pk in answers}
    return {
        "carried": _opening(take, placed, answers),
        "answers": answered(take.storyboard, answers, origins),
    }


def answered(
    board: Storyboard, answers: Mapping[int, NoteAnswer], origins: Mapping[int, int]
) -> dict[int, Answered]:
    """By each note's primary key its answer in words; `origins` leads to its take's revision."""
    if not origins:
        return {}
    numbers = {answers[note].revision_number for note in origins}
    known = Q(pk__in=set(origins.values())) | Q(number__in=numbers)
    rows = list(board.revisions.filter(known))
    by_number = {row.number: row for row in rows}
    briefs = {row.pk: row.brief for row in rows}
    draft = board.brief() if numbers - set(by_number) else None
    return {
        note: _answered(answers[note], briefs[origin], by_number, briefs, draft)
        for note, origin in origins.items()
    }


def _opening(take: Take, placed: PlacedNotes, answers: Mapping[int, NoteAnswer]) -> Opening | None:
    carried = placed.carried
    if not carried:
        return None
    elsewhere = sum(each.is_elsewhere for each in carried)
    return Opening(len(carried), len(addressed(take, carried, answers)), elsewhere)


def _answered(
    answer: NoteAnswer,
    before: Brief,
    by_number: Mapping[int, Revision],
    briefs: Mapping[int, Brief],
    draft: Brief | None,
) -> Answered:
    revision = by_number.get(answer.revision_number)
    after = briefs[revision.pk] if revision else draft
    assert after is not None  # noqa: S101  (asked for where a revision is missing)
    return Answered(
        answer=answer,
        told=told(answer.change, before, after),
        number=answer.revision_number,
        revision_key=revision.key if revision else "",
        holds=answer.holds(changes_between(before, after)),
    )
