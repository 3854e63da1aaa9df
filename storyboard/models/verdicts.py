"""Keep or redo: the last word on each shot of a take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.redo_reasons import RedoReason
from storyboard.models.teams import User

if TYPE_CHECKING:
    from storyboard.models.takes import Take

MOST_WORDS = 300


class ShotVerdict(models.Model):
    """The last word on one shot of a take; the words it replaced stand in the history."""

    class Verdict(models.TextChoices):
        KEEP = "keep", gettext_lazy("Keep")
        REDO = "redo", gettext_lazy("Redo")

    take = models.ForeignKey("Take", on_delete=models.CASCADE, related_name="verdicts")
    shot_key = models.CharField(max_length=22)
    verdict = models.CharField(max_length=4, choices=Verdict)
    reason = models.CharField(max_length=10, choices=RedoReason, blank=True)
    words = models.CharField(max_length=MOST_WORDS, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["take", "shot_key"], name="verdict_once_per_shot"),
            models.CheckConstraint(
                condition=Q(verdict="keep", reason="")
                | Q(verdict="redo", reason__in=list(RedoReason.values)),
                name="verdict_reason_of_redo",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.by_name}"

    @property
    def is_keep(self) -> bool:
        return self.verdict == self.Verdict.KEEP

    def says(self, verdict: str, reason: str, words: str, by: User) -> bool:
        """Whether this person has said exactly that."""
        return (self.verdict, self.reason, self.words, self.by_id) == (
            verdict, reason, words, by.pk,
        )  # fmt: skip


@transaction.atomic
def judge(take: Take, shot_key: str, verdict: str, *, reason: str, words: str, by: User) -> None:
    """See Take.judge."""
    take.storyboard.locked().check_not_archived()
    position = _position_in(take, shot_key)
    reason, words = _checked(verdict, reason, words)
    before = take.verdicts.filter(shot_key=shot_key).first()
    if before is not None and before.says(verdict, reason, words, by):
        return
    said = {"verdict": verdict, "reason": reason, "words": words, "by": by, "by_name": str(by)}
    take.verdicts.update_or_create(shot_key=shot_key, defaults={**said, "at": timezone.now()})
    replaced = _told(before) if before is not None else {}
    kind = f"{verdict}_instead" if before is not None else verdict
    _say(take, "shot.judged", by, position, kind=kind, reason=reason, note=words, **replaced)


@transaction.atomic
def unjudge(take: Take, shot_key: str, *, by: User) -> None:
    """See Take.unjudge."""
    take.storyboard.locked().check_not_archived()
    before = take.verdicts.filter(shot_key=shot_key).first()
    if before is None:
        return
    before.delete()
    _say(take, "shot.unjudged", by, _position_in(take, shot_key), **_told(before))


def _position_in(take: Take, shot_key: str) -> int:
    """Where the shot stands in the take; NotAllowedNow without it or without a film to judge."""
    if take.stored_at is None:
        words = _("Take %(n)s is not stored yet. Nothing was changed. Judge it when it plays.")
        raise NotAllowedNow(words % {"n": take.number}, "take.not_stored")
    shot = take.revision.shots.filter(shot_key=shot_key).first()
    if shot is None:
        words = _("Take %(n)s has no such shot. Nothing was changed. Reload the page.")
        raise NotAllowedNow(words % {"n": take.number}, "verdict.no_shot")
    return int(shot.position)


def _checked(verdict: str, reason: str, words: str) -> tuple[str, str]:
    if verdict == ShotVerdict.Verdict.KEEP:
        return "", ""
    if reason not in RedoReason.values:
        words = _("Say why the shot is to be made again. Nothing was changed. Choose a reason.")
        raise NotAllowedNow(words, "verdict.no_reason")
    return reason, words.strip()[:MOST_WORDS]


def _told(before: ShotVerdict) -> dict[str, Any]:
    """Whose word it was and what they had said, for the history."""
    return {
        "who": before.by_name,
        "before": before.verdict,
        "before_reason": before.reason,
        "before_words": before.words,
    }


def _say(take: Take, verb: str, by: User, position: int, **data: Any) -> None:
    Activity.append(
        verb, by=by, storyboard=take.storyboard, take=take.number, take_key=take.key,
        position=position, **data,
    )  # fmt: skip
