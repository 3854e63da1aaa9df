"""What a note said before it was edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.base import NotAllowedNow

if TYPE_CHECKING:
    from storyboard.models.notes import Note

MOST_WORDINGS = 100


class NoteWording(models.Model):
    """Words a note no longer says; the first is number 1. `at` is when they were written."""

    note = models.ForeignKey("Note", on_delete=models.CASCADE, related_name="wordings")
    number = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "number"], name="wording_number_once")
        ]

    def __str__(self) -> str:
        return self.words[:40]

    @classmethod
    def keep(cls, note: Note) -> None:
        """Keep what the note says now, under the note's lock, before it says something else."""
        number = cls.objects.filter(note=note).count() + 1
        if number > MOST_WORDINGS:
            words = _("This note was edited %(n)s times, which is the most. It stays as it was. "
                      "Write a reply instead.") % {"n": MOST_WORDINGS}  # fmt: skip
            raise NotAllowedNow(words, "note.wordings")
        cls.objects.create(
            note=note, number=number, words=note.words, at=note.edited_at or note.created_at
        )
