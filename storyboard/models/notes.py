"""Notes: what people say about a take, pinned to a moment and its shot."""

from __future__ import annotations

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.media.timecode import timecode
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.takes import Take
from storyboard.models.teams import User

MOST_CHARACTERS = 4000


class Note(Keyed):
    """One person's words at a timecode; it keeps its shot's lasting key."""

    take = models.ForeignKey(Take, on_delete=models.CASCADE, related_name="notes")
    shot_key = models.CharField(max_length=22, blank=True)
    at_ms = models.PositiveIntegerField()
    words = models.TextField(max_length=MOST_CHARACTERS)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("at_ms", "pk")

    def __str__(self) -> str:
        return self.words[:40]

    @classmethod
    @transaction.atomic
    def add(cls, take: Take, words: str, *, at_ms: int, by: User) -> Note:
        """Leave words at a moment; the moment moves to the start of its frame."""
        if not words.strip():
            raise NotAllowedNow(_("A note needs words. Nothing was added."), "note.empty")
        at_ms = take.at_frame(at_ms)
        note = cls.objects.create(
            take=take,
            at_ms=at_ms,
            shot_key=take.shot_at(at_ms).shot_key,
            words=words.strip(),
            by=by,
            by_name=str(by),
        )
        note._say("note.added", by, words=note.words[:200])
        return note

    @transaction.atomic
    def resolve(self, *, by: User) -> None:
        if self.resolved_at is None:
            self.resolved_at, self.resolved_by = timezone.now(), by
            self.save(update_fields=["resolved_at", "resolved_by"])
            self._say("note.resolved", by)

    @transaction.atomic
    def reopen(self, *, by: User) -> None:
        if self.resolved_at is not None:
            self.resolved_at, self.resolved_by = None, None
            self.save(update_fields=["resolved_at", "resolved_by"])
            self._say("note.reopened", by)

    @property
    def timecode(self) -> str:
        return timecode(self.at_ms, self.take.rate_num, self.take.rate_den)

    def _say(self, verb: str, by: User, words: str = "") -> None:
        Activity.append(
            verb,
            by=by,
            storyboard=self.take.storyboard,
            take=self.take.number,
            take_key=self.take.key,
            note_key=self.key,
            timecode=self.timecode,
            words=words,
        )
