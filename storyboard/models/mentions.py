"""Members named in a note: `@` and the name as it is on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from django.db import models
from django.utils import timezone

from storyboard.models.teams import Team, User

if TYPE_CHECKING:
    from storyboard.models.notes import Note
    from storyboard.models.takes import Take

LONGEST_NAME = 80


class NoteMention(models.Model):
    """A member a note names; it waits for them until they have opened the note's take."""

    note = models.ForeignKey("Note", on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    name = models.CharField(max_length=LONGEST_NAME)  # as it was written, without the @
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["note", "user"], name="one_mention_each")
        ]
        indexes: ClassVar = [models.Index(fields=["user", "seen_at"])]

    def __str__(self) -> str:
        return f"@{self.name}"

    @classmethod
    def renew(cls, note: Note, *, by: User) -> None:
        """The rows become what the words say; who was mentioned before is not told again.

        Nobody is told what they wrote themselves.
        """
        team = note.take.storyboard.project.team
        wanted = {user.pk: (user, name) for user, name in mentioned(note.words, team)}
        wanted.pop(by.pk, None)
        rows = cls.objects.filter(note=note)
        rows.exclude(user__in=wanted).delete()
        known = set(rows.values_list("user", flat=True))
        NoteMention.objects.bulk_create(
            NoteMention(note=note, user=user, name=name)
            for pk, (user, name) in wanted.items()
            if pk not in known
        )

    @classmethod
    def look(cls, take: Take, *, by: User) -> None:
        """The person has the take before them: what names them there waits no more."""
        waiting = cls.objects.filter(note__take=take, user=by, seen_at=None)
        if waiting.exists():  # a page that is only read takes no lock
            waiting.update(seen_at=timezone.now())


class Piece(NamedTuple):
    """A part of a note's words; `is_mention` where it names a member."""

    words: str
    is_mention: bool


def mentioned(words: str, team: Team) -> list[tuple[User, str]]:
    """The active members the words name with an @, each once, in the order of the words.

    Each comes with the name as it was written. Of names that begin alike the longest that fits is
    meant; capitals do not matter.
    """
    if "@" not in words:
        return []
    by_name: dict[str, list[User]] = {}
    for user in User.objects.filter(memberships__team=team, is_active=True).order_by("pk"):
        by_name.setdefault(str(user).casefold(), []).append(user)
    found: dict[int, tuple[User, str]] = {}
    pattern = _pattern(str(user) for users in by_name.values() for user in users)
    for match in pattern.finditer(words) if pattern else ():
        name = match.group()[1:]
        for user in by_name.get(name.casefold(), ()):
            found.setdefault(user.pk, (user, name[:LONGEST_NAME]))
    return list(found.values())


def pieces(words: str, names: Iterable[str]) -> list[Piece]:
    """The words cut where these names are mentioned; joined they are the words again."""
    pattern = _pattern(names)
    if pattern is None:
        return [Piece(words, False)]
    found, at = [], 0
    for match in pattern.finditer(words):
        found += [Piece(words[at : match.start()], False), Piece(match.group(), True)]
        at = match.end()
    return [piece for piece in (*found, Piece(words[at:], False)) if piece.words]


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """An @ that begins a word, then one of the names to the end of a word."""
    longest_first = sorted({name for name in names if name}, key=len, reverse=True)
    if not longest_first:
        return None
    either = "|".join(re.escape(name) for name in longest_first)
    return re.compile(rf"(?<![\w@])@(?:{either})(?!\w)", re.IGNORECASE)
