"""What elements and voices have in common: entries of a team's library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.files import files
from storyboard.models.search_words import fold, phrases
from storyboard.models.teams import Team

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User

LONGEST_NAME = 20  # Kling's own, REFERENCE 9
LONGEST_DESCRIPTION = 100
MOST_TAGS = 8
LONGEST_TAG = 20


@dataclass(frozen=True)
class KeptFile:
    """A recording or a video in our storage: its name there, its seconds, the hash of its bytes."""

    file: str
    seconds: float
    sha256: str

    @classmethod
    def keep(cls, path: Path, *, folder: str, seconds: float, sha256: str) -> KeptFile:
        """Move a checked file to its lasting name: `voices/ab/<sha256>.wav` for `folder` voices.

        Raises NotAllowedNow when the storage takes nothing.
        """
        name = f"{folder}/{sha256[:2]}/{sha256}{path.suffix}"
        try:
            files().keep(path, name)
        except OSError as failed:
            words = _("The file cannot be stored: our storage is full or does not answer. Nothing "
                      "was changed. Choose it again later.")  # fmt: skip
            raise NotAllowedNow(words, "no_storage") from failed
        return cls(name, seconds, sha256)


@dataclass(frozen=True)
class Affected:
    """What a removal does: these drafts lose the entry, these revisions keep what they froze.

    `elements` speak with a voice that goes. `takes` were made with the entry and stay.
    """

    drafts: Sequence[Any]
    revisions: Sequence[Any]
    elements: Sequence[Any]
    takes: int


class EntrySet(models.QuerySet[Any]):
    """Elements or voices."""

    def in_library(self) -> Self:
        return self.filter(removed_at=None)

    def found(self, asked: str) -> Self:
        """Those with all the words, in their name, description or tags."""
        rows = self
        for phrase in phrases(asked):
            rows = rows.filter(search_words__contains=phrase)
        return rows

    def tagged(self, tag: str) -> Self:
        return self.filter(search_words__contains=f"#{fold(tag)}#")


class Entry(Keyed):
    """An element or a voice of a team's library."""

    entry_kind: ClassVar[str]

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="%(class)ss")
    # Kling takes 20 characters; names from before this was known are longer.
    name = models.CharField(max_length=40)
    tags = models.JSONField(default=list, blank=True)
    search_words = models.TextField(blank=True, default="", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def entry_key(self) -> str:
        return self.key

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    @property
    def told(self) -> str:
        """What it is besides its name, for the search."""
        return ""

    @transaction.atomic
    def retag(self, tags: Iterable[str], *, by: User) -> None:
        """Other tags: people's own words, of which Kling hears nothing."""
        self.check_in_library()
        cleaned = clean_tags(tags)
        if cleaned == self.tags:
            return
        self.tags = cleaned
        self.note_words()
        self.save(update_fields=["tags", "search_words"])
        self._say("tagged", by, tags=", ".join(cleaned))

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take it out of the library and off every draft; revisions keep what they froze.

        What was made for it at Kling is deleted there, later.
        """
        # All locks before the first activity: a save holds its draft's lock when it asks for that.
        # Then the team's activity, and the projects' in their order, as wherever both are said.
        rows = type(self)._default_manager.select_for_update(of=("self",), no_key=True)
        if rows.get(pk=self.pk).is_removed:
            return
        drafts = self.drafts.select_for_update(of=("self",), no_key=True).order_by(
            "project_id", "pk"
        )
        boards = list(drafts.select_related("project__team"))
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        self._say("removed", by)
        for board in boards:
            self._detach(board, by)
        made = self.creations_here().ready().exclude(external_task_id="")
        made.update(next_at=self.removed_at)

    def check_in_library(self) -> None:
        if self.is_removed:
            raise NotAllowedNow(
                _("%(name)s is not in the library any more. Nothing was changed.")
                % {"name": self.name},
                "removed",
            )

    def note_words(self) -> None:
        """What it is found by, to be saved by the caller."""
        tags = " ".join(f"#{fold(tag)}#" for tag in self.tags)
        self.search_words = fold(f"{self.name} {self.told} {tags}")

    @property
    def drafts(self) -> models.QuerySet[Storyboard]:
        """The storyboards whose draft uses it."""
        boards: models.QuerySet[Storyboard] = self.storyboards  # type: ignore[attr-defined]
        return boards.all()

    def creations_here(self) -> Any:
        """All its creations, on whatever account."""
        raise NotImplementedError

    def _detach(self, board: Storyboard, by: User) -> None:
        raise NotImplementedError

    def _say(self, what: str, by: User | None, **data: Any) -> None:
        verb = f"{self.entry_kind}.{what}"
        Activity.append(verb, by=by, team=self.team, name=self.name, entry=self.key, **data)


def clean_name(name: str) -> str:
    """Raises NotAllowedNow for a name Kling would not take."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise NotAllowedNow(
            _("A name has 1 to %(most)s characters; this one has %(count)s. Nothing was changed.")
            % {"most": LONGEST_NAME, "count": len(name)},
            "name",
        )
    return name


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Each once, in their order. Raises NotAllowedNow for too many, or one too long."""
    cleaned = list(dict.fromkeys(" ".join(re.sub(r"[#,]", " ", tag).split()) for tag in tags))
    cleaned = [tag for tag in cleaned if tag]
    if len(cleaned) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in cleaned):
        raise NotAllowedNow(
            _("There are %(most)s tags at most, each of %(long)s characters. Nothing was changed.")
            % {"most": MOST_TAGS, "long": LONGEST_TAG},
            "tags",
        )
    return cleaned


def check_description(words: str) -> str:
    """Raises NotAllowedNow for a description Kling would not take."""
    words = " ".join(words.split())
    if not words or len(words) > LONGEST_DESCRIPTION:
        raise NotAllowedNow(
            _("A description has 1 to %(most)s characters; this one has %(count)s. Nothing was "
              "changed.") % {"most": LONGEST_DESCRIPTION, "count": len(words)},
            "description",
        )  # fmt: skip
    return words
