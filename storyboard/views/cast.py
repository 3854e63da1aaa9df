"""Who can be named in a draft: what is attached, and what else the team's library has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import CharField, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief, Problem
from storyboard.kling.rules.tokens import TOKEN
from storyboard.models import Account, Creation, Element, ElementUse, Storyboard, Voice, VoiceUse
from storyboard.models.making import COMING, CreationStatus
from storyboard.views.attempts import words_about_list
from storyboard.views.controls import Controls

MOST_TOGETHER = {"element": 3, "voice": 2}


class Shelved(NamedTuple):
    """An attached entry: its token, in how many shots a prompt names it, and where it is not."""

    entry: Element | Voice
    token: str
    shots: int
    away: str


class Free(NamedTuple):
    """An entry that is not attached, as the two nouns are read together.

    `picture` is a key, `status` that of its creation on the account that orders, `sound` the name
    of the address where it is heard.
    """

    kind: str
    key: str
    name: str
    picture: str | None
    version: int
    status: str | None
    recording: str
    trial: str


class Named(NamedTuple):
    """One line of the list that @ opens: `why` it cannot be used, `away` where it is not yet made,
    `way` the page where that is done, `sound` what it sounds like. Empty ones are not drawn.
    """

    kind: str
    key: str
    name: str
    token: str = ""
    picture: str = ""
    version: str = ""
    sound: str = ""
    why: str = ""
    away: str = ""
    way: str = ""


def shelves(board: Storyboard, controls: Controls, problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The team's elements and voices, the attached ones first, with where they are used."""
    elements = list(board.element_uses.all())
    voices = list(board.voice_uses.all())
    account = board.project.ordering_account
    free = _free(board, account)
    return {
        "cast": [*_attached([*elements, *voices]), *_others(free, board, controls, account)],
        "element_shelf": [_shelved(controls.brief, "element", use) for use in elements],
        "voice_shelf": [_shelved(controls.brief, "voice", use) for use in voices],
        "free_elements": [each for each in free if each.kind == "element"],
        "free_voices": [each for each in free if each.kind == "voice"],
        "element_errors": words_about_list(problems, "elements"),
        "voice_errors": words_about_list(problems, "voices"),
        "element_hint": controls.hint("elements"),
        "elements_off": controls.is_off("elements"),
        "voice_hint": controls.hint("voices"),
        "voices_off": controls.is_off("voices"),
    }


def _attached(uses: Sequence[ElementUse | VoiceUse]) -> Iterator[Named]:
    for use in uses:
        entry = entry_of(use)
        away = _away(use.creation_status, use.account_name)
        yield Named(
            kind=entry.entry_kind,
            key=entry.key,
            name=entry.name,
            token=str(use),
            away=away,
            way=_page(entry.entry_kind, entry.key) if away else "",
            **_look(use),
        )


def _others(
    free: Sequence[Free], board: Storyboard, controls: Controls, account: Account | None
) -> Iterator[Named]:
    against = {
        "element": _against(controls, "elements", len(board.element_uses.all())),
        "voice": _against(controls, "voices", len(board.voice_uses.all())),
    }
    for each in free:
        why = against[each.kind]
        # Where none of its kind can be used, making it there would not help.
        away = "" if why else _away(each.status, account.name if account else None)
        yield Named(
            kind=each.kind,
            key=each.key,
            name=each.name,
            picture=reverse("picture", args=[each.picture]) if each.picture else "",
            version=_version(each.version) if each.version else "",
            sound=_sound(each.key, trial=each.trial, recording=each.recording),
            why=why,
            away=away,
            way=_page(each.kind, each.key) if away else "",
        )


def _against(controls: Controls, name: str, attached: int) -> str:
    """Why no further one can be attached; "" where it can."""
    if controls.is_off(name):
        return controls.hint(name)
    if name == "elements" and attached >= MOST_TOGETHER["element"]:
        return _("Three elements are attached, the most there can be. Take one off first.")
    if name == "voices" and attached >= MOST_TOGETHER["voice"]:
        return _("Two voices are attached, the most there can be. Take one off first.")
    return ""


def _look(use: ElementUse | VoiceUse) -> dict[str, str]:
    if isinstance(use, VoiceUse):
        voice = use.voice
        return {"sound": _sound(voice.key, trial=voice.trial, recording=voice.recording)}
    latest = use.element.latest
    picture = reverse("picture", args=[latest.frontal.key]) if latest.frontal else ""
    return {"picture": picture, "version": _version(latest.number)}


def _version(number: int) -> str:
    return _("Version %(n)s") % {"n": number}


def _sound(key: str, *, trial: str, recording: str) -> str:
    """How Kling speaks with it first, else what it was made from."""
    if not trial and not recording:
        return ""
    return reverse("voice_trial" if trial else "voice_recording", args=[key])


def _away(status: str | None, account: str | None) -> str:
    """What is missing before the account can be ordered from with it; "" where nothing is."""
    if account is None or status == CreationStatus.READY:
        return ""
    words = _("Not on %(account)s yet")
    if status in COMING:
        words = _("Being created on %(account)s")
    elif status == CreationStatus.FAILED:
        words = _("Could not be created on %(account)s")
    return words % {"account": account}


def _page(kind: str, key: str) -> str:
    return reverse(kind, args=[key])


def _free(board: Storyboard, account: Account | None) -> list[Free]:
    """What the team's library has besides, by name: both kinds are one question."""
    own: dict[str, Any] = {"team": board.project.team_id, "removed_at": None}
    there = Creation.objects.filter(account=account)
    none = Value("", output_field=CharField())
    elements = Element.objects.filter(**own).exclude(uses__storyboard=board)
    voices = Voice.objects.filter(**own).exclude(uses__storyboard=board)
    rows: list[QuerySet[Any, Any]] = [
        elements.values_list(
            Value("element", output_field=CharField()),
            "key",
            "name",
            F("latest__frontal__key"),
            F("latest__number"),
            Subquery(there.filter(version=OuterRef("latest")).values("status")[:1]),
            none,
            none,
        ),
        voices.values_list(
            Value("voice", output_field=CharField()),
            "key",
            "name",
            none,
            Value(0, output_field=IntegerField()),
            Subquery(there.filter(voice=OuterRef("pk")).values("status")[:1]),
            "recording",
            "trial",
        ),
    ]
    return [Free(*row) for row in rows[0].union(rows[1], all=True).order_by("name")]


def entry_of(use: ElementUse | VoiceUse) -> Element | Voice:
    return use.element if isinstance(use, ElementUse) else use.voice


def _shelved(brief: Brief, kind: str, use: ElementUse | VoiceUse) -> Shelved:
    place = (kind, str(use.position))
    shots = sum(place in TOKEN.findall(shot.prompt) for shot in brief.shots)
    away = _away(use.creation_status, use.account_name)
    return Shelved(entry_of(use), str(use), shots, away)
