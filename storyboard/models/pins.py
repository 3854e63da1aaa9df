"""What a revision was sent with: the exact versions and voices, pinned beside its frozen brief."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Count, F, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief
from storyboard.models.elements import Element, ElementVersion
from storyboard.models.entries import Affected
from storyboard.models.uses import ElementUse, VoiceUse
from storyboard.models.voices import Voice

if TYPE_CHECKING:
    from storyboard.models.reviews import Revision
    from storyboard.models.storyboards import Storyboard


class RevisionElement(models.Model):
    """An element's version in a revision; its position is the n of <<<element_n>>>."""

    revision = models.ForeignKey("Revision", on_delete=models.CASCADE, related_name="element_pins")
    version = models.ForeignKey(ElementVersion, on_delete=models.CASCADE, related_name="pins")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "position"], name="element_pinned_once")
        ]

    def __str__(self) -> str:
        return f"{self.version}, version {self.version.number}"


class RevisionVoice(models.Model):
    """A voice in a revision; its position is the n of <<<voice_n>>>."""

    revision = models.ForeignKey("Revision", on_delete=models.CASCADE, related_name="voice_pins")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="pins")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["revision", "position"], name="voice_pinned_once")
        ]

    def __str__(self) -> str:
        return str(self.voice)


@dataclass
class Usage:
    """Storyboards whose draft or any revision uses an entry, and the takes made with it."""

    storyboard_ids: set[int] = field(default_factory=set)
    takes: int = 0

    @property
    def storyboards(self) -> int:
        return len(self.storyboard_ids)


def pin(revision: Revision, board: Storyboard) -> None:
    """Everything the draft uses now, as the revision's brief froze it."""
    RevisionElement.objects.bulk_create(
        RevisionElement(revision=revision, version=use.element.latest, position=use.position)
        for use in board.element_uses.all()
    )
    RevisionVoice.objects.bulk_create(
        RevisionVoice(revision=revision, voice=use.voice, position=use.position)
        for use in board.voice_uses.all()
    )


def cast_words(brief: Brief) -> str:
    """What a frozen brief was made with, for the history: "Aldous, version 2; Old sailor"."""
    elements = [
        _("%(name)s, version %(n)s") % {"name": each.name, "n": each.version}
        for each in brief.elements
    ]
    return "; ".join([*elements, *(voice.name for voice in brief.voices)])


def usage_of(entries: Sequence[Element | Voice]) -> dict[int, Usage]:
    """By primary key, for a list of any length in one query."""
    usage = {entry.pk: Usage() for entry in entries}
    if not entries:
        return usage
    used, pinned = _rows(entries[0], list(usage))
    for pk, board, takes in used.union(pinned, all=True):
        usage[pk].storyboard_ids.add(board)
        usage[pk].takes += takes
    return usage


def affected_by_removing(entry: Element | Voice) -> Affected:
    """What its removal does: four queries."""
    pins = _pins(entry, [entry.pk]).order_by("-revision__sent_at", "-revision__pk")
    shown = pins.select_related("revision__storyboard__project", "revision__review")
    revisions = {row.revision_id: row.revision for row in shown}
    elements: list[Any] = []
    if isinstance(entry, Voice):
        elements = list(Element.objects.in_library().filter(latest__voice=entry).order_by("name"))
    return Affected(
        drafts=list(entry.drafts.select_related("project").order_by("project__name", "name")),
        revisions=list(revisions.values()),
        elements=elements,
        takes=usage_of([entry])[entry.pk].takes,
    )


def _rows(entry: Element | Voice, keys: list[int]) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """(entry, storyboard, takes) of the drafts, and of the revisions."""
    none = Value(0, output_field=IntegerField())
    uses: Any = ElementUse if isinstance(entry, Element) else VoiceUse
    name = entry.entry_kind
    used = uses._base_manager.filter(**{f"{name}__in": keys}).annotate(n=none)
    path = "version__element" if isinstance(entry, Element) else "voice"
    stored = Count(
        "revision__takes", filter=Q(revision__takes__stored_at__isnull=False), distinct=True
    )
    pinned = _pins(entry, keys).order_by().values(pk_of=F(f"{path}_id"))
    pinned = pinned.annotate(n=stored)
    return (
        used.order_by().values_list(f"{name}_id", "storyboard_id", "n"),
        pinned.values_list("pk_of", "revision__storyboard_id", "n"),
    )


def _pins(entry: Element | Voice, keys: list[int]) -> QuerySet[Any, Any]:
    if isinstance(entry, Element):
        return RevisionElement.objects.filter(version__element__in=keys)
    return RevisionVoice.objects.filter(voice__in=keys)
