"""What the page of one element or voice draws, and the panel beside the library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.models import Account, Element, ElementVersion, Picture, Take, User, Voice
from storyboard.models.elements import ElementKind
from storyboard.models.pins import usage_of
from storyboard.models.shelves import BoardUse, boards_with
from storyboard.models.voices import VoiceKind
from storyboard.views.library_cards import Sound, made_of, sounds_of, used_words
from storyboard.views.library_makings import Making, makings_of


@dataclass(frozen=True)
class Used:
    """A storyboard that uses the entry; `where` says which shots, `picture` is a key or ""."""

    key: str
    name: str
    picture: str
    where: str


@dataclass(frozen=True)
class ElementShown:
    """`pictures` are those of the newest version, the frontal one first."""

    element: Element
    version: ElementVersion
    pictures: list[Picture]
    makings: list[Making]
    used: str
    boards: list[Used]

    @property
    def frontal(self) -> Picture | None:
        return self.version.frontal

    @property
    def number(self) -> int:
        return self.version.number

    @property
    def video(self) -> str:
        return self.version.video

    @property
    def seconds(self) -> int:
        return round(self.version.seconds)

    @property
    def voice(self) -> Voice | None:
        return self.version.voice

    @property
    def made_of(self) -> str:
        return made_of(self.version)

    @property
    def troubles(self) -> list[Making]:
        """Where something is to be told or done; nothing where it is ready everywhere."""
        return [making for making in self.makings if not making.is_ready]


@dataclass(frozen=True)
class VersionRow:
    """One version: who made it and when, and what is different from the one before."""

    number: int
    by: User | None
    at: datetime
    pictures: list[Picture]
    words: str


@dataclass(frozen=True)
class VoiceShown:
    """`sounds` can be played; `silent` says why there are none."""

    voice: Voice
    sounds: list[Sound]
    makings: list[Making]
    used: str
    boards: list[Used]
    elements: list[Element]

    @property
    def take(self) -> Take | None:
        return self.voice.take

    @property
    def made_of(self) -> str:
        if self.voice.take:
            return _("Take %(n)s of %(storyboard)s") % {
                "n": self.voice.take.number,
                "storyboard": self.voice.take.storyboard,
            }
        label = str(VoiceKind(self.voice.kind).label)
        return f"{label}, {round(self.voice.seconds)} s" if self.voice.seconds else label

    @property
    def silent(self) -> str:
        return _("There is nothing to play yet. Kling gives a sample when the voice is made there.")


def element_shown(element: Element, accounts: list[Account]) -> ElementShown:
    """Seven queries, whatever the element."""
    version = element.latest
    return ElementShown(
        element=element,
        version=version,
        pictures=version.pictures(),
        makings=makings_of(version, accounts, version.creations.all()),
        used=used_words(usage_of([element])[element.pk]),
        boards=[_used(use) for use in boards_with(element)],
    )


def versions_of(element: Element) -> list[VersionRow]:
    """The newest first: three queries."""
    rows = list(
        element.versions.select_related("frontal", "voice", "created_by")
        .prefetch_related("others__picture")
        .order_by("number")
    )
    before: list[ElementVersion | None] = [None, *rows]
    shown = [_version(row, former) for row, former in zip(rows, before, strict=False)]
    return shown[::-1]


def voice_shown(voice: Voice, accounts: list[Account]) -> VoiceShown:
    elements = Element.objects.filter(latest__voice=voice, removed_at=None).order_by("name", "pk")
    return VoiceShown(
        voice=voice,
        sounds=sounds_of(voice),
        makings=makings_of(voice, accounts, voice.creations.all()),
        used=used_words(usage_of([voice])[voice.pk]),
        boards=[_used(use) for use in boards_with(voice)],
        elements=list(elements),
    )


def _used(use: BoardUse) -> Used:
    board = use.storyboard
    picture = board.first_frame.key if board.first_frame else ""
    return Used(board.key, board.name, picture, _where(use))


def _where(use: BoardUse) -> str:
    if not use.in_draft:
        return _("In revisions only")
    if not use.shots:
        return _("Attached, not in a prompt")
    shots = ", ".join(map(str, use.shots))
    return ngettext("Shot %(shots)s", "Shots %(shots)s", len(use.shots)) % {"shots": shots}


def _version(row: ElementVersion, before: ElementVersion | None) -> VersionRow:
    return VersionRow(
        number=row.number,
        by=row.created_by,
        at=row.created_at,
        pictures=row.pictures() or [still for still in (row.frontal,) if still],
        words=_difference(row, before) if before else made_of(row),
    )


def _difference(row: ElementVersion, before: ElementVersion) -> str:
    """What changed, as words between commas."""
    said = []
    if row.name != before.name:
        said.append(_("named %(name)s, before %(before)s") % {"name": row, "before": before})
    if row.description != before.description:
        said.append(_("another description"))
    if [each.pk for each in row.pictures()] != [each.pk for each in before.pictures()]:
        said.append(_("other pictures"))
    if row.sha256 != before.sha256 and row.kind == ElementKind.VIDEO:
        said.append(_("another video"))
    if row.voice_id != before.voice_id:
        said.append(
            _("speaks as %(voice)s") % {"voice": row.voice} if row.voice else _("no voice bound")
        )
    words = ", ".join(said)
    return f"{words[:1].upper()}{words[1:]}"
