"""The decision on a whole take: who approved it, who asked for changes, what that comes to.

It says that a take is good. It orders nothing and picks nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.teams import User

if TYPE_CHECKING:
    from storyboard.models.takes import Take

MOST_CHARACTERS = 2000


class Outcome(models.TextChoices):
    OPEN = "open", gettext_lazy("Not decided")
    APPROVED = "approved", gettext_lazy("Approved")
    CHANGES = "changes", gettext_lazy("Changes requested")


class TakeDecision(models.Model):
    """One person's answer about a take; a later one replaces it, both are kept."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", gettext_lazy("Approved")
        CHANGES = "changes", gettext_lazy("Requested changes")
        WAIVE = "waive", gettext_lazy("Approved alone")

    take = models.ForeignKey("Take", on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80)
    verdict = models.CharField(max_length=8, choices=Verdict)
    words = models.TextField(max_length=MOST_CHARACTERS, blank=True)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(verdict__in=["approve", "changes", "waive"]),
                name="take_decision_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_name}: {self.get_verdict_display()}"

    @property
    def is_yes(self) -> bool:
        return self.verdict != self.Verdict.CHANGES

    @property
    def is_alone(self) -> bool:
        """Said by who sent the revision, with no second person asked."""
        return self.verdict == self.Verdict.WAIVE


def last_words(decisions: Iterable[TakeDecision]) -> list[TakeDecision]:
    """Each person's last word that was not taken back, oldest first; the rows oldest first."""
    last: dict[str, TakeDecision] = {}
    for row in decisions:
        if row.taken_back_at is None:
            who = str(row.by_id or row.by_name)
            last.pop(who, None)
            last[who] = row
    return list(last.values())


def outcome_of(said: Iterable[TakeDecision]) -> Outcome:
    """The rule: one approval, and no changes requested by anybody's last word."""
    answers = [row.is_yes for row in said]
    if not all(answers):
        return Outcome.CHANGES
    return Outcome.APPROVED if answers else Outcome.OPEN


@transaction.atomic
def approve(take: Take, *, by: User) -> None:
    """See Take.approve."""
    _check_open(take)
    alone = _is_own(take, by)
    if alone and not take.storyboard.project.waives_second_person:
        words = _("You sent the revision of this take, so somebody else approves it.")
        raise NotAllowedNow(words, "own_revision")
    verdict = TakeDecision.Verdict.WAIVE if alone else TakeDecision.Verdict.APPROVE
    if _last_of(take, by) != (verdict, ""):
        _decide(take, verdict, "", by)
        _say(take, "take.approved", by, kind="alone" if alone else "")


@transaction.atomic
def request_changes(take: Take, *, by: User, words: str) -> None:
    """See Take.request_changes."""
    _check_open(take)
    if _is_own(take, by) and not take.storyboard.project.waives_second_person:
        own = _("You sent the revision of this take. Leave a note, or edit the draft.")
        raise NotAllowedNow(own, "own_revision")
    words = words.strip()[:MOST_CHARACTERS]
    if not words and not take.notes.open().filter(by=by).exists():
        missing = _("Write what to change, or leave a note on the take. Nothing was sent.")
        raise NotAllowedNow(missing, "note_missing")
    if _last_of(take, by) != (TakeDecision.Verdict.CHANGES, words):
        _decide(take, TakeDecision.Verdict.CHANGES, words, by)
        _say(take, "take.changes_requested", by, note=words)


@transaction.atomic
def take_back(take: Take, *, by: User) -> None:
    """See Take.take_back."""
    _check_open(take)
    mine = take.decisions.filter(by=by, taken_back_at=None)
    last = mine.last()
    if last is not None:
        mine.update(taken_back_at=timezone.now())
        _say(take, "take.decision_taken_back", by, before=last.verdict)


def _check_open(take: Take) -> None:
    """It plays, is not picked and nothing is archived; under the storyboard's lock, which picking
    waits for.
    """
    board = take.storyboard.locked()
    board.check_not_archived()
    if take.stored_at is None:
        words = _("Take %(n)s is not stored yet. Nothing was changed. Decide when it plays.")
        raise NotAllowedNow(words % {"n": take.number}, "take.not_stored")
    if board.picked_take_id == take.pk:
        words = _("Take %(n)s is picked, so its decision is closed. Nothing was changed.")
        raise NotAllowedNow(words % {"n": take.number}, "take.picked")


def _is_own(take: Take, user: User) -> bool:
    return take.revision.sent_by_id == user.pk


def _last_of(take: Take, by: User) -> tuple[str, str] | None:
    row = take.decisions.filter(by=by, taken_back_at=None).last()
    return (row.verdict, row.words) if row is not None else None


def _decide(take: Take, verdict: str, words: str, by: User) -> None:
    TakeDecision.objects.create(take=take, by=by, by_name=str(by), verdict=verdict, words=words)


def _say(take: Take, verb: str, by: User, **data: Any) -> None:
    Activity.append(
        verb, by=by, storyboard=take.storyboard, take=take.number, take_key=take.key, **data
    )
