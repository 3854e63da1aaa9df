"""What the library's page draws of each element and voice: one query a noun, however many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.models import Account, Creation, Element, ElementVersion, Picture, Voice
from storyboard.models.elements import ElementKind
from storyboard.models.pins import Usage, usage_of
from storyboard.models.voices import VoiceKind
from storyboard.views.library_makings import Making, making_of_card


@dataclass(frozen=True)
class ElementCard:
    """`used` and `made_of` are words; `making` is there when something is to be said of it."""

    element: Element
    picture: Picture | None
    video_seconds: int
    tag: str
    used: str
    made_of: str
    making: Making | None
    on: bool


@dataclass(frozen=True)
class Sound:
    """Something to play: `words` say what, `id` tells several on one page apart.

    `peaks` are how loud it is from start to end (media/sound.py), empty where nobody knows.
    """

    url: str
    words: str
    id: str
    seconds: float
    peaks: bytes = b""


@dataclass(frozen=True)
class VoiceRow:
    voice: Voice
    sound: Sound | None
    tags: str
    used: str
    ms: int
    making: Making | None


def element_cards(
    elements: Sequence[Element], accounts: dict[int, Account], chosen: Element | None
) -> list[ElementCard]:
    """For rows with `latest__frontal` and `latest__others__picture`; `accounts` by primary key."""
    usage = usage_of(elements)
    made = _made("version", [element.latest.pk for element in elements])
    return [
        ElementCard(
            element=element,
            picture=element.picture,
            video_seconds=round(element.latest.seconds) if element.latest.video else 0,
            tag=element.tags[0] if element.tags else "",
            used=used_words(usage[element.pk]),
            made_of=made_of(element.latest),
            making=making_of_card(made.get(element.latest.pk, []), accounts, element.latest),
            on=element == chosen,
        )
        for element in elements
    ]


def voice_rows(voices: Sequence[Voice], accounts: dict[int, Account]) -> list[VoiceRow]:
    usage = usage_of(voices)
    made = _made("voice", [voice.pk for voice in voices])
    return [
        VoiceRow(
            voice=voice,
            sound=next(iter(sounds_of(voice)), None),
            tags=", ".join(voice.tags) or str(VoiceKind(voice.kind).label),
            used=used_words(usage[voice.pk]),
            ms=round(voice.seconds * 1000),
            making=making_of_card(made.get(voice.pk, []), accounts, voice),
        )
        for voice in voices
    ]


def used_words(usage: Usage) -> str:
    """ "7 storyboards, 12 takes"; the takes where there are any."""
    if not usage.storyboards:
        return _("Not used yet")
    n, takes = usage.storyboards, usage.takes
    boards = ngettext("%(n)s storyboard", "%(n)s storyboards", n) % {"n": n}
    if not takes:
        return boards
    return f"{boards}, {ngettext('%(n)s take', '%(n)s takes', takes) % {'n': takes}}"


def made_of(version: ElementVersion) -> str:
    """What a version is made of, in words."""
    if version.kind == ElementKind.VIDEO:
        return _("Video, %(n)s s") % {"n": round(version.seconds)}
    if version.kind == ElementKind.PICTURES:
        n = len(version.pictures())
        return ngettext("%(n)s picture", "%(n)s pictures", n) % {"n": n}
    return str(ElementKind(version.kind).label)


def sounds_of(voice: Voice) -> list[Sound]:
    """What can be heard of it: how Kling speaks with it first, then what it was made from."""
    found = []
    if voice.trial:
        url = reverse("voice_trial", args=[voice.key])
        found.append(
            Sound(url, _("Kling's sample of it"), f"trial-{voice.key}", 0, bytes(voice.trial_peaks))
        )
    if voice.recording:
        url = reverse("voice_recording", args=[voice.key])
        found.append(
            Sound(
                url, _("The recording"), f"recording-{voice.key}", voice.seconds, bytes(voice.peaks)
            )
        )
    return found


def _made(of: str, ids: Sequence[int]) -> dict[int, list[Creation]]:
    """The creations of these versions or voices, by those: one query."""
    rows: dict[int, list[Creation]] = {}
    for row in Creation.objects.filter(**{f"{of}__in": ids}).order_by("pk"):
        rows.setdefault(getattr(row, f"{of}_id"), []).append(row)
    return rows
