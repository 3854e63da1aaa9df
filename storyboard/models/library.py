"""The team's pictures."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.brief import PictureRef
from storyboard.media.pictures import CleanPicture, small_jpeg
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.files import files
from storyboard.models.teams import Team

log = logging.getLogger(__name__)

_ENDINGS = {"jpeg": "jpg", "png": "png"}


class Pictures(models.Manager["Picture"]):
    """Those people choose from: masks are none of them."""

    def get_queryset(self) -> models.QuerySet[Picture]:
        return super().get_queryset().filter(is_mask=False)


class Masks(models.Manager["Mask"]):
    def get_queryset(self) -> models.QuerySet[Mask]:
        return super().get_queryset().filter(is_mask=True)


class Picture(Keyed):
    """A still, re-encoded when it came and stored under its own hash."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="pictures")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    file = models.CharField(max_length=120)
    is_mask = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Any]] = Pictures()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "sha256"], name="one_picture_per_hash")
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} px"

    @classmethod
    def keep(cls, clean: CleanPicture, *, team: Team) -> Self:
        """Store the bytes (before the row, outside any transaction), then the row.

        Raises NotAllowedNow when the storage takes nothing.
        """
        name = f"pictures/{clean.sha256[:2]}/{clean.sha256}.{_ENDINGS[clean.format]}"
        try:
            if not _is_whole(name, len(clean.data)):
                files().put(clean.data, name)
        except OSError as failed:
            log.warning("a picture cannot be stored: %s", failed)
            words = _("The picture cannot be stored: our storage is full or does not answer. "
                      "Nothing was changed. Choose it again later.")  # fmt: skip
            raise NotAllowedNow(words, "no_storage") from failed
        picture: Self
        picture, _made = cls.objects.get_or_create(
            team=team,
            sha256=clean.sha256,
            defaults={
                "width": clean.width,
                "height": clean.height,
                "size_bytes": len(clean.data),
                "file": name,
                "is_mask": cls is Mask,
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
            format=self.format,
        )

    @property
    def format(self) -> str:
        """`jpeg` or `png`, as its file was written."""
        return "png" if self.file.endswith(".png") else "jpeg"

    @property
    def content_type(self) -> str:
        return f"image/{self.format}"

    @property
    def small_file(self) -> str:
        """Where its small JPEG lies once somebody has looked at it."""
        return f"{self.file.rpartition('.')[0]}-s.jpg"

    def make_small(self) -> None:
        """Write the small JPEG, if it is not there. Raises OSError."""
        if files().exists(self.small_file):
            return
        with files().open(self.file, "rb") as file:
            files().put(small_jpeg(file.read()), self.small_file)


class Mask(Picture):
    """A mask of the motion brush, kept as a picture is."""

    objects: ClassVar[models.Manager[Any]] = Masks()

    class Meta:
        proxy = True


def _is_whole(name: str, size_bytes: int) -> bool:
    """Whether the file is there in full: a process that ended while writing left it short."""
    return files().exists(name) and files().size(name) == size_bytes
