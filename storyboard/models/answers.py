"""Notes answered by a change: which part of the next revision does what a note asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief
from storyboard.models.base import NotAllowedNow
from storyboard.models.carrying import Placed
from storyboard.models.changes import Change, Part, changes_between
from storyboard.models.notes import Note
from storyboard.models.reviews import Revision
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import Take
from storyboard.models.teams import User


class NoteAnswer(models.Model):
    """One part of a storyboard, changed since the note's take, that answers the note.

    It was pointed out in the draft of revision `revision_number`. What the part says is not kept
    here: the take's revision has it as it was, and that revision, or the draft until then, as it
    is.
    """

    note = models.OneToOneField(Note, on_delete=models.CASCADE, related_name="answer")
    revision_number = models.PositiveIntegerField()
    part = models.CharField(max_length=16, choices=Part)
    shot_key = models.CharField(max_length=22, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(part__in=[value for value, _label in Part.choices]),
                name="answer_part_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}, revision {self.revision_number}"

    @classmethod
    @transaction.atomic
    def give(cls, note: Note, change: Change, *, by: User) -> NoteAnswer:
        """Point at the change that answers a note; a later answer replaces the former.

        Raises NotAllowedNow where the draft has no such change, for replies and removed notes.
        """
        board = note.take.storyboard.locked()
        board.check_not_archived()
        note._whole(_("Nothing was answered."))
        if change not in changes_between(note.take.revision.brief, board.brief()):
            raise NotAllowedNow(
                _("The draft has no such change any more. Nothing was answered. Choose another."),
                "answer.no_change",
            )
        answer, _made = cls.objects.update_or_create(
            note=note,
            defaults={
                "revision_number": next_number(board),
                "part": change.part,
                "shot_key": change.shot_key,
                "by": by,
                "by_name": str(by),
                "at": timezone.now(),
            },
        )
        answer._say("note.answered", by)
        return answer

    @transaction.atomic
    def take_back(self, *, by: User) -> None:
        """The note waits for an answer again; twice is once. Raises NotAllowedNow."""
        self.note.take.storyboard.check_not_archived()
        # Before its row, as whoever removes the note with its answer does.
        Note.objects.select_for_update(no_key=True).filter(pk=self.note_id).first()
        gone, _rows = NoteAnswer.objects.filter(pk=self.pk).delete()
        if gone:
            self._say("note.answer_taken_back", by)

    @property
    def change(self) -> Change:
        return Change(Part(self.part), self.shot_key)

    def holds(self, changes: Iterable[Change]) -> bool:
        """Whether its part is among these, or gone with its whole shot."""
        found = set(changes)
        return self.change in found or Change(Part.REMOVED, self.shot_key) in found

    def _say(self, verb: str, by: User) -> None:
        self.note._say(verb, by, revision=self.revision_number, fields=self.part)


def next_number(board: Storyboard) -> int:
    """The number of the revision the draft will become."""
    last = board.revisions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def answers_of(notes: Iterable[int]) -> dict[int, NoteAnswer]:
    """Of the notes with these primary keys, by them; one query."""
    found = NoteAnswer.objects.filter(note__in=list(notes)).select_related("by")
    return {answer.note_id: answer for answer in found}


def addressed(
    take: Take, carried: Iterable[Placed], answers: Mapping[int, NoteAnswer]
) -> frozenset[int]:
    """Primary keys of the carried notes that this take's revision answers; one query.

    It is the revision they were answered in or a later one, and differs there indeed from the
    revision of the take they were left on.
    """
    now = take.revision
    told = [each for each in carried if each.note.pk in answers]
    in_time = [each for each in told if answers[each.note.pk].revision_number <= now.number]
    changes = _changes_since({each.origin.revision_id for each in in_time}, now.brief)
    return frozenset(
        each.note.pk
        for each in in_time
        if answers[each.note.pk].holds(changes[each.origin.revision_id])
    )


def waiting_changes(board_pk: Any) -> QuerySet[Note]:
    """The open notes of a storyboard that stand among its changes to make."""
    return Note.objects.open().filter(take__storyboard=board_pk, wanted_at__isnull=False)


def change_counts() -> dict[str, Any]:
    """Annotations for storyboards: `to_make` such changes, `to_make_left` without an answer."""
    wanted = waiting_changes(OuterRef("pk"))
    return {"to_make": _count(wanted), "to_make_left": _count(wanted.filter(answer=None))}


def _count(notes: QuerySet[Note]) -> Any:
    each = notes.order_by().values("take__storyboard")
    return Coalesce(Subquery(each.annotate(n=Count("pk")).values("n")), 0)


def _changes_since(revisions: set[int], now: Brief) -> dict[int, list[Change]]:
    """By each revision's primary key what changed from it."""
    if not revisions:
        return {}
    rows = Revision.objects.filter(pk__in=revisions)
    return {row.pk: changes_between(row.brief, now) for row in rows}
