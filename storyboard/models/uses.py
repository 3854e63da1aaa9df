"""Which elements and voices of the library a storyboard uses, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from storyboard.kling.brief import ElementRef, VoiceRef
from storyboard.models.accounts import Account
from storyboard.models.base import NotAllowedNow
from storyboard.models.creations import Creation
from storyboard.models.elements import Element
from storyboard.models.making import COMING, CreationStatus
from storyboard.models.voices import Voice

MOST_USES = 20  # of a kind a draft keeps, though Kling takes fewer
_PROJECT = "storyboard__project"


def _where_it_stands(**of: OuterRef) -> dict[str, Any]:
    """What the account that orders the storyboard has of an entry: in the query of the uses."""
    account = Coalesce(F(f"{_PROJECT}__account"), F(f"{_PROJECT}__team__account"))
    there = Creation.objects.filter(account=OuterRef("account_id_now"), **of)
    return {
        "account_id_now": account,
        "account_name": Coalesce(
            F(f"{_PROJECT}__account__name"), F(f"{_PROJECT}__team__account__name")
        ),
        "kling_id": Subquery(there.values("kling_id")[:1]),
        "creation_status": Subquery(there.values("status")[:1]),
    }


class ElementUses(models.Manager["ElementUse"]):
    def get_queryset(self) -> models.QuerySet[ElementUse]:
        rows = super().get_queryset().select_related("element__latest__frontal")
        there = _where_it_stands(version=OuterRef("element__latest"))
        return rows.alias(account_id_now=there.pop("account_id_now")).annotate(**there)


class VoiceUses(models.Manager["VoiceUse"]):
    def get_queryset(self) -> models.QuerySet[VoiceUse]:
        there = _where_it_stands(voice=OuterRef("voice"))
        rows = super().get_queryset().select_related("voice")
        return rows.alias(account_id_now=there.pop("account_id_now")).annotate(**there)


class Use(models.Model):
    """An entry attached to a storyboard.

    As read, it knows how the account that orders has the entry: `kling_id` and `creation_status`
    are None where nobody asked for it there, `account_name` is None without an account.
    """

    position = models.PositiveSmallIntegerField()

    kling_id: str | None
    creation_status: str | None
    account_name: str | None

    class Meta:
        abstract = True

    @property
    def ref(self) -> Any:
        """What a brief names it by."""
        raise NotImplementedError

    @property
    def is_there(self) -> bool:
        """The account can be ordered from with it."""
        return self.creation_status == CreationStatus.READY

    @property
    def is_coming(self) -> bool:
        return self.creation_status in COMING

    def _standing(self) -> dict[str, Any]:
        """What a ref says of where the entry is."""
        if self.is_there:
            return {"kling_id": self.kling_id}
        missing_on = self.account_name or ""
        return {"kling_id": "", "missing_on": missing_on, "is_coming": self.is_coming}


class ElementUse(Use):
    """An element attached to a storyboard; its position is the n of <<<element_n>>>."""

    storyboard = models.ForeignKey(
        "Storyboard", on_delete=models.CASCADE, related_name="element_uses"
    )
    element = models.ForeignKey(Element, on_delete=models.CASCADE, related_name="uses")

    objects = ElementUses()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "element"], name="element_used_once")
        ]

    def __str__(self) -> str:
        return f"<<<element_{self.position}>>>"

    @property
    def ref(self) -> ElementRef:
        """Its newest version on the account that orders; without an id where it is not ready."""
        latest = self.element.latest
        return ElementRef(name=latest.name, version=latest.number, **self._standing())


class VoiceUse(Use):
    """A voice attached to a storyboard; its position is the n of <<<voice_n>>>."""

    storyboard = models.ForeignKey(
        "Storyboard", on_delete=models.CASCADE, related_name="voice_uses"
    )
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="uses")

    objects = VoiceUses()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "voice"], name="voice_used_once")
        ]

    def __str__(self) -> str:
        return f"<<<voice_{self.position}>>>"

    @property
    def ref(self) -> VoiceRef:
        """On the account that orders; without an id where it is not ready."""
        return VoiceRef(name=self.voice.name, **self._standing())


def refs_on(
    entries: Sequence[Element] | Sequence[Voice], account: Account | None
) -> tuple[Any, ...]:
    """What a brief names entries by that are not attached yet, in their order: one query."""
    if not entries:
        return ()
    things = [entry.latest if isinstance(entry, Element) else entry for entry in entries]
    field = "version" if isinstance(entries[0], Element) else "voice"
    rows = Creation.objects.filter(account=account, **{f"{field}__in": things})
    found = {getattr(row, f"{field}_id"): row for row in rows}
    uses: list[Use] = []
    for entry in entries:
        use = ElementUse(element=entry) if isinstance(entry, Element) else VoiceUse(voice=entry)
        row = found.get(entry.latest_id if isinstance(entry, Element) else entry.pk)
        use.kling_id, use.creation_status = (row.kling_id, row.status) if row else (None, None)
        use.account_name = account.name if account else None
        uses.append(use)
    return tuple(use.ref for use in uses)


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
