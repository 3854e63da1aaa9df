"""The team's pictures, elements and voices."""

from __future__ import annotations

import hashlib
import logging
from typing import ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.brief import ElementRef, PictureRef, VoiceRef
from storyboard.media.pictures import CleanPicture
from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.files import files
from storyboard.models.teams import Team, User

log = logging.getLogger(__name__)


class Picture(Keyed):
    """A still, re-encoded when it came and stored under its own hash."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    file = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "sha256"], name="one_picture_per_hash")
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} px"

    @classmethod
    def keep(cls, clean: CleanPicture, *, team: Team) -> Picture:
        """Store the bytes (before the row, outside any transaction), then the row.

        Raises NotAllowedNow when the storage takes nothing.
        """
        name = f"pictures/{clean.sha256[:2]}/{clean.sha256}.jpg"
        try:
            if not _is_whole(name, len(clean.data)):
                files().put(clean.data, name)
        except OSError as failed:
            log.warning("a picture cannot be stored: %s", failed)
            words = _("The picture cannot be stored: our storage is full or does not answer. "
                      "Nothing was changed. Choose it again later.")  # fmt: skip
            raise NotAllowedNow(words, "no_storage") from failed
        picture, _made = cls.objects.get_or_create(
            team=team,
            sha256=clean.sha256,
            defaults={
                "width": clean.width,
                "height": clean.height,
                "size_bytes": len(clean.data),
                "file": name,
            },
        )
        return picture

    def stored_sha256(self) -> str:
        """Of the bytes in the storage now, not of what the row says; "missing" without any.

        Raises OSError where the storage does not answer.
        """
        if not files().exists(self.file):
            return "missing"
        with files().open(self.file, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def ref(self) -> PictureRef:
        return PictureRef(
            sha256=self.sha256,
            width=self.width,
            height=self.height,
            size_bytes=self.size_bytes,
            format="jpeg",
        )


class Element(Keyed):
    """A reusable character, prop or place, known to Kling by an id."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="elements")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=40)
    kling_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    picture = models.ForeignKey(Picture, null=True, blank=True, on_delete=models.SET_NULL)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "kling_id"],
                condition=models.Q(removed_at__isnull=True),
                name="one_element_per_kling_id",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, name: str, *, kling_id: str, team: Team, by: User) -> Element:
        element = cls.objects.create(team=team, name=name, kling_id=kling_id)
        Activity.append("element.added", by=by, team=team, name=name)
        return element

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take it out of the library and off every draft; revisions keep what they froze."""
        # All locks before the first activity: a save holds its draft's lock when it asks for that.
        # By project, so that two removals ask for the projects' activities in the same order.
        drafts = self.storyboards.select_for_update(of=("self",), no_key=True).order_by(
            "project_id", "pk"
        )
        for board in drafts.select_related("project__team"):
            board.detach_element(self, by=by)
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        Activity.append("element.removed", by=by, team=self.team, name=self.name)

    @property
    def ref(self) -> ElementRef:
        return ElementRef(kling_id=self.kling_id, name=self.name, version=self.version)


class Voice(Keyed):
    """A reusable speaking voice, known to Kling by an id."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="voices")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=40)
    kling_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["team", "kling_id"],
                condition=models.Q(removed_at__isnull=True),
                name="one_voice_per_kling_id",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def add(cls, name: str, *, kling_id: str, team: Team, by: User) -> Voice:
        voice = cls.objects.create(team=team, name=name, kling_id=kling_id)
        Activity.append("voice.added", by=by, team=team, name=name)
        return voice

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take it out of the library and off every draft; revisions keep what they froze."""
        # All locks before the first activity: a save holds its draft's lock when it asks for that.
        # By project, so that two removals ask for the projects' activities in the same order.
        drafts = self.storyboards.select_for_update(of=("self",), no_key=True).order_by(
            "project_id", "pk"
        )
        for board in drafts.select_related("project__team"):
            board.detach_voice(self, by=by)
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        Activity.append("voice.removed", by=by, team=self.team, name=self.name)

    @property
    def ref(self) -> VoiceRef:
        return VoiceRef(kling_id=self.kling_id, name=self.name)


def _is_whole(name: str, size_bytes: int) -> bool:
    """Whether the file is there in full: a process that ended while writing left it short."""
    return files().exists(name) and files().size(name) == size_bytes
