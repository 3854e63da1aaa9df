"""The review room's verdicts: on each shot, on the take, and on the takes of the strip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.access import ROLES_BY_VERB
from storyboard.models import (
    Bound,
    Membership,
    Outcome,
    RedoReason,
    ShotVerdict,
    Status,
    Storyboard,
    Take,
    TakeDecision,
    User,
)
from storyboard.models.activity import listed
from storyboard.models.note_sets import is_open
from storyboard.models.salvaging import Salvage, salvage_of
from storyboard.models.statuses import LIVE
from storyboard.models.take_decisions import last_words, outcome_of
from storyboard.views.frozen import Part, parts_of

MOST_FACES = 6


class JudgedShot(NamedTuple):
    """A shot of the take, its prompt in `parts`, and the last word on it, if any."""

    bound: Bound
    seconds: int
    parts: tuple[Part, ...]
    verdict: ShotVerdict | None


class Answer(NamedTuple):
    """Who decides or has decided; `mark` is yes, no or wait."""

    person: User | None
    mark: str


class StripTake(NamedTuple):
    """One take of the strip: `level` colours its words, `icon` stands before them.

    `kept` and `redone` count its shots.
    """

    take: Take
    words: str
    level: str
    icon: str
    is_current: bool
    kept: int
    redone: int


@dataclass(frozen=True)
class Decide:
    """The decision on the take as this person sees it.

    `said` is each person's last word; `mine` this person's. `why_not` says why they do not
    decide, "" where they may.
    """

    answers: tuple[Answer, ...]
    said: tuple[TakeDecision, ...]
    mine: TakeDecision | None
    outcome: Outcome
    why_not: str
    has_own_note: bool

    @property
    def more(self) -> int:
        """Faces that are not shown."""
        return max(0, len(self.answers) - MOST_FACES)

    @property
    def faces(self) -> tuple[Answer, ...]:
        return self.answers[:MOST_FACES]

    @property
    def is_approved(self) -> bool:
        return self.outcome == Outcome.APPROVED

    @property
    def may(self) -> bool:
        return not self.why_not

    @property
    def is_your_turn(self) -> bool:
        return self.may and self.mine is None


def context(
    take: Take, viewer: User, can: dict[str, bool], members: Iterable[Membership]
) -> dict[str, Any]:
    """What the page draws of verdicts and decisions: the same few queries for any number.

    `members` are the active ones of the team.
    """
    verdicts = list(take.verdicts.select_related("by"))
    rows = list(_decisions(take.storyboard))
    strip = _strip(take, rows)
    picked = take.storyboard.picked_take_id
    mine = [row for row in rows if row.take_id == take.pk]
    return {
        "strip": strip,
        "picked": next((one.take for one in strip if one.take.pk == picked), None),
        "judged": _judged(take, verdicts),
        "reasons": RedoReason.choices,
        "salvage": _salvage(take, verdicts),
        "decide": _decide(take, viewer, can, members, last_words(mine)),
    }


def plan_words(salvage: Salvage) -> str:
    """`Keep 1, 2 and 5. Redo 3 and 4 (7 s). Not judged: 6.`"""
    parts = []
    if salvage.keep:
        parts.append(_("Keep %(shots)s.") % {"shots": _numbers(salvage.keep)})
    if salvage.redo:
        shots = {"shots": _numbers(salvage.redo), "seconds": salvage.seconds}
        parts.append(_("Redo %(shots)s (%(seconds)s s).") % shots)
    if salvage.unjudged and parts:
        parts.append(_("Not judged: %(shots)s.") % {"shots": _numbers(salvage.unjudged)})
    return " ".join(parts)


def counted(kept: int, redone: int) -> str:
    """`4 keep, 2 redo`; "" of a take nobody has judged."""
    words = []
    if kept:
        words.append(_("%(n)s keep") % {"n": kept})
    if redone:
        words.append(_("%(n)s redo") % {"n": redone})
    return ", ".join(words)


def _numbers(positions: Iterable[int]) -> str:
    return listed([str(position) for position in positions])


def _judged(take: Take, verdicts: Iterable[ShotVerdict]) -> list[JudgedShot]:
    said = {row.shot_key: row for row in verdicts}
    shots, brief = take.revision.shots.all(), take.revision.brief
    return [
        JudgedShot(
            bound,
            shot.seconds,
            tuple(parts_of(bound.prompt, brief)),
            said.get(bound.shot_key),
        )
        for bound, shot in zip(take.bounds(), shots, strict=True)
    ]


def _salvage(take: Take, verdicts: Iterable[ShotVerdict]) -> dict[str, Any]:
    found = salvage_of(take.revision.brief, verdicts)
    return {"plan": found, "words": plan_words(found)}


def _decisions(board: Storyboard) -> QuerySet[TakeDecision]:
    rows = TakeDecision.objects.filter(take__storyboard=board, taken_back_at=None)
    return rows.select_related("by").order_by("pk")


def _decide(
    take: Take, viewer: User, can: dict[str, bool], members: Iterable[Membership],
    said: list[TakeDecision],
) -> Decide:  # fmt: skip
    waives = take.storyboard.project.waives_second_person
    mine = next((row for row in said if row.by_id == viewer.pk), None)
    return Decide(
        answers=_answers(take, said, members, waives=waives),
        said=tuple(said),
        mine=mine,
        outcome=outcome_of(said),
        why_not=_why_not(take, viewer, can, waives=waives),
        has_own_note=take.notes.filter(is_open(), by=viewer).exists(),
    )


def _answers(
    take: Take, said: list[TakeDecision], members: Iterable[Membership], *, waives: bool
) -> tuple[Answer, ...]:
    """Those who have answered, then those who may and have not; never the sender, but alone."""
    answered = [Answer(row.by, "yes" if row.is_yes else "no") for row in said]
    known = {row.by_id for row in said}
    people = [one.user for one in members if one.role in ROLES_BY_VERB["decide"]]
    sender = None if waives else take.revision.sent_by_id
    waiting = [one for one in people if one.pk not in known and one.pk != sender]
    return (*answered, *(Answer(one, "wait") for one in waiting))


def _why_not(take: Take, viewer: User, can: dict[str, bool], *, waives: bool) -> str:
    board, number = take.storyboard, take.number
    if board.archived_at is not None:
        return _("This storyboard is archived. Takes and notes stay. Restore it to go on.")
    if board.is_archived:
        return _("This project is archived. Takes and notes stay. Restore the project to go on.")
    if take.stored_at is None:
        return _("It can be decided and picked when it is stored and plays.")
    if board.picked_take_id == take.pk:
        return _("Take %(n)s is picked, so its decision is closed.") % {"n": number}
    if not can["decide"]:
        return _("Owners, producers and reviewers decide. Your notes count.")
    if take.revision.sent_by_id == viewer.pk and not waives:
        words = _("You sent revision %(n)s, so somebody else decides.")
        return words % {"n": take.revision.number}
    return ""


def _strip(current: Take, rows: list[TakeDecision]) -> list[StripTake]:
    board = current.storyboard
    waiting = Count("notes", filter=is_open("notes__"))
    takes: QuerySet[Take] = board.takes.select_related("generation", "revision")
    verdicts = _counts(board)
    outcomes = {
        pk: outcome_of(last_words(row for row in rows if row.take_id == pk))
        for pk in {row.take_id for row in rows}
    }
    found = []
    for take in takes.annotate(open_notes=waiting).order_by("number"):
        kept, redone = verdicts[take.pk, "keep"], verdicts[take.pk, "redo"]
        outcome = outcomes.get(take.pk, Outcome.OPEN)
        shown = _standing(take, board, outcome, counted(kept, redone))
        found.append(StripTake(take, *shown, take.pk == current.pk, kept, redone))
    return found


def _counts(board: Storyboard) -> Counter[tuple[int, str]]:
    """How many shots of each take have each verdict."""
    rows = ShotVerdict.objects.filter(take__storyboard=board).values_list("take", "verdict")
    return Counter({(take, verdict): n for take, verdict, n in rows.annotate(n=Count("pk"))})


def _standing(take: Any, board: Storyboard, outcome: str, judged: str) -> tuple[str, str, str]:
    """Words, colour and icon of a take in the strip."""
    status = take.generation.status
    if take.stored_at is None:
        is_moving = status in LIVE
        words = Status(status).label if status != Status.STORED else _("On its way")
        return str(words), "gen" if is_moving else "bad", "spark" if is_moving else "badc"
    if take.pk == board.picked_take_id:
        return _("Picked take"), "vio", "star"
    if outcome == Outcome.CHANGES:
        return _("Changes requested"), "bad", "badc"
    if outcome == Outcome.APPROVED:
        return _("Approved"), "ok", "okc"
    if judged:
        return judged, "info", "half"
    if take.open_notes:
        words = ngettext("%(n)s open note", "%(n)s open notes", take.open_notes)
        return words % {"n": take.open_notes}, "info", "chat"
    return _("Revision %(n)s") % {"n": take.revision.number}, "", "film"
