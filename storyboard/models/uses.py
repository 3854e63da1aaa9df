"""Which elements and voices of the library a storyboard uses, and in which order."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from storyboard.models.base import NotAllowedNow
from storyboard.models.library import Element, Voice

MOST_USES = 20  # of a kind a draft keeps, though Kling takes fewer


class ElementUse(models.Model):
    """An element attached to a storyboard; its position is the n of <<<element_n>>>."""

    storyboard = models.ForeignKey(
        "Storyboard", on_delete=models.CASCADE, related_name="element_uses"
    )
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="uses")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "element"], name="element_used_once")
        ]

    def __str__(self) -> str:
        return f"<<<element_{self.position}>>>"


class VoiceUse(models.Model):
    """A voice attached to a storyboard; its position is the n of <<<voice_n>>>."""

    storyboard = models.ForeignKey(
        "Storyboard", on_delete=models.CASCADE, related_name="voice_uses"
    )
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="uses")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "voice"], name="voice_used_once")
        ]

    def __str__(self) -> str:
        return f"<<<voice_{self.position}>>>"


def check_uses(count: int) -> int:
    """The count of what is attached; NotAllowedNow where no more fits."""
    if count >= MOST_USES:
        raise NotAllowedNow(
            _("A draft keeps %(most)s of a kind at most. Take one off first.")
            % {"most": MOST_USES},
            "uses.too_many",
        )
    return count


def close_up(uses: models.QuerySet[Any]) -> None:
    for position, use in enumerate(uses, start=1):
        if use.position != position:
            use.position = position
            use.save(update_fields=["position"])
