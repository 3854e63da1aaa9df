"""The editor: everything its page draws, and the answers its small posts get.

The page, the answer to a save and the pulse draw the same parts from the same context.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from storyboard.access import as_key, verbs_of_role, visible_to
from storyboard.forms.drafts import DraftForm
from storyboard.forms.storyboards import NameForm
from storyboard.kling.brief import Brief, Problem
from storyboard.kling.rules.text import utf16_units
from storyboard.models import (
    MOST_SHOTS,
    Conflict,
    Element,
    ElementUse,
    Membership,
    Revision,
    Shot,
    Storyboard,
    User,
    Voice,
    VoiceUse,
    digest,
)
from storyboard.views.controls import Choice, Controls, title_of
from storyboard.views.frozen import SHAPES, Part, Stills, parts_of, settings_of, stills_of
from storyboard.views.gate import Gate, gate_of, members_of
from storyboard.views.shell import frame

_MOST_RULED = 30  # seconds the timeline numbers one by one


@dataclass(frozen=True)
class Clash:
    """Somebody else's value of a field that was changed meanwhile; `now` is its digest."""

    theirs: str
    who: str
    at: datetime | None
    now: str


@dataclass
class Attempt:
    """What a post brought and could not store, drawn where the person typed it.

    `about` is the key of the shot it was about, empty for the settings. `refused` maps a place
    of the page (page, shots, shot, gate, first_frame) to the words of a refusal.
    """

    about: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    clashes: dict[str, Clash] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """200 when all of it was stored."""
        if self.clashes:
            return 409
        return 422 if self.errors or self.refused else 200

    def is_about(self, key: str) -> bool:
        return self.about == key


@dataclass(frozen=True)
class Entry:
    """One field as it is drawn: its value, what it started from, and what is wrong with it.

    `hint` says why it or some of its choices are off, or a caution.
    """

    name: str
    value: Any
    was: str
    errors: list[str]
    refused: bool = False
    clash: Clash | None = None
    choices: tuple[Choice, ...] = ()
    hint: str = ""
    is_off: bool = False


@dataclass(frozen=True)
class Card:
    """One shot as the board draws it; `start` and `end` are seconds from the beginning."""

    shot: Shot
    prompt: Entry
    seconds: Entry
    start: int
    end: int
    picture: str
    has_first_frame: bool
    limit: int
    parts: list[Part]
    refused: str
    is_first: bool
    is_last: bool

    @property
    def units(self) -> int:
        return utf16_units(str(self.prompt.value))

    @property
    def over(self) -> int:
        return max(0, self.units - self.limit)

    @property
    def width(self) -> int:
        """The class s1–s15 of its timeline block."""
        return max(1, min(15, self.shot.seconds))


def save(row: Shot | Storyboard, form: DraftForm, *, by: User) -> Attempt:
    """Store what can be stored; what clashes or cannot be is kept in the attempt."""
    about = row.key if isinstance(row, Shot) else ""
    changes, was = form.changes(), form.was()
    attempt = Attempt(about=about, typed=form.typed(), errors=form.complaints())
    while changes:
        try:
            row.rewrite(changes, by=by, was=was)
            break
        except Conflict as conflict:
            for name, (theirs, _yours) in conflict.fields.items():
                words = _shown(name, theirs)
                attempt.clashes[name] = Clash(words, conflict.who, conflict.at, digest(theirs))
            changes = {name: new for name, new in changes.items() if name not in conflict.fields}
    return attempt


def page(request: HttpRequest, key: str, attempt: Attempt | None = None) -> HttpResponse:
    """The whole page; with an attempt, its status and what the person typed."""
    attempt = attempt or Attempt()
    drawn = context(request, key, attempt)
    return render(request, "storyboard/storyboards/show.html", drawn, status=attempt.status)


def parts(request: HttpRequest, key: str, attempt: Attempt, focus: str = "") -> HttpResponse:
    """Board, timeline, settings and gate: the answer to whatever changes more than one shot.

    `focus` is the id of what the focus goes to; else it stays on what has the same id.
    """
    drawn = context(request, key, attempt) | {"focus": focus}
    return render(request, "storyboard/storyboards/parts.html", drawn, status=attempt.status)


def saved_shot(request: HttpRequest, shot: Shot, attempt: Attempt, *, whole: bool) -> HttpResponse:
    """What a saved shot changes around its fields; `whole` answers with the card itself."""
    drawn = context(request, shot.storyboard.key, attempt) | {"whole": whole}
    drawn["card"] = next(card for card in drawn["cards"] if card.shot.pk == shot.pk)
    return render(request, "storyboard/storyboards/saved_shot.html", drawn, status=attempt.status)


def context(request: HttpRequest, key: str, attempt: Attempt) -> dict[str, Any]:
    """All the page draws, read anew: what it costs does not grow with shots, takes or library."""
    board = _read(request, key)
    members = members_of(board)
    stills = stills_of(board)
    brief = board.brief()
    account = board.project.ordering_account
    controls = Controls(brief, account)
    problems = controls.problems()
    revisions = board.revisions.select_related("review").defer("brief_json")
    latest = revisions.order_by("-number").first()
    return {
        **frame(board.project, board),
        **_rights(request, board, members),
        **_drawn_shots(board, brief, problems, attempt, stills),
        **_drawn_settings(board, controls, problems, attempt),
        **_library(board, controls, problems),
        "serial": board.project.serial,
        "number": latest.number + 1 if latest else 1,
        "latest": latest,
        "wishes": latest.review.wishes() if latest else [],
        "latest_take": stills.latest,
        "page_refused": attempt.refused.get("page", ""),
        "name_form": _name_form(board, attempt),
        "gate": _gate(request.user, board, brief, latest, attempt, members),
    }


def _rights(request: HttpRequest, board: Storyboard, members: list[Membership]) -> dict[str, Any]:
    role = next((each.role for each in members if each.user_id == request.user.pk), None)
    verbs = verbs_of_role(role)
    archived = board.archived_at is not None or board.project.archived_at is not None
    return {"can": verbs, "can_edit": verbs["edit"] and not archived}


def _drawn_shots(
    board: Storyboard,
    brief: Brief,
    problems: tuple[Problem, ...],
    attempt: Attempt,
    stills: Stills,
) -> dict[str, Any]:
    """The board and the timeline."""
    cards = _cards(board, brief, problems, attempt, _pictures(board, stills))
    total = brief.shots_seconds
    return {
        "cards": cards,
        "shape": SHAPES.get(board.aspect_ratio, ""),
        "is_full": len(cards) >= MOST_SHOTS,
        "most_shots": MOST_SHOTS,
        "ruled": range(total if total <= _MOST_RULED else 0),
        "sum_seconds": total,
        "shots_errors": _words(problems, "shots") + _refused(attempt, "shots"),
        "shots_refused": "shots" in attempt.refused,
    }


def _drawn_settings(
    board: Storyboard, controls: Controls, problems: tuple[Problem, ...], attempt: Attempt
) -> dict[str, Any]:
    """The settings, as fields and as plain values, and the first frame's words."""
    mine = attempt if attempt.is_about("") else Attempt()
    return {
        "set": {
            name: _entry(board, name, _words(problems, name), mine, controls)
            for name in Storyboard.SETTINGS
        },
        "allowed": controls.allowed_seconds,
        "values": settings_of(controls.brief),
        "first_frame_errors": _words(problems, "first_frame") + _refused(attempt, "first_frame"),
        "first_frame_refused": "first_frame" in attempt.refused,
    }


def is_script(request: HttpRequest) -> bool:
    """Asked by htmx or auto-save: answer with parts instead of a page."""
    return request.headers.get("HX-Request") == "true"


def _name_form(board: Storyboard, attempt: Attempt) -> NameForm:
    if "name" in attempt.errors:
        return NameForm({"name": attempt.typed["name"]})
    return NameForm.of(board)


def _read(request: HttpRequest, key: str) -> Storyboard:
    """The draft with all that hangs on it, for whoever may see it; Http404 for others."""
    boards = visible_to(request.user, Storyboard)
    boards = boards.select_related("project__team__account", "project__account", "first_frame")
    elements = ElementUse.objects.select_related("element__picture")
    voices = VoiceUse.objects.select_related("voice")
    lists = ("shots", Prefetch("element_uses", elements), Prefetch("voice_uses", voices))
    return get_object_or_404(boards.prefetch_related(*lists), key=as_key(key))


def _cards(
    board: Storyboard, brief: Brief, problems: tuple[Problem, ...], attempt: Attempt,
    pictures: dict[str, str],
) -> list[Card]:  # fmt: skip
    shots = list(board.shots.all())
    ends = list(accumulate(shot.seconds for shot in shots))
    account = board.project.ordering_account
    limit = brief.prompt_limit(account.dialect) if account else brief.prompt_limit()
    return [
        _card(shot, place, ends[place], brief, problems, attempt, pictures, limit)
        for place, shot in enumerate(shots)
    ]


def _card(
    shot: Shot, place: int, end: int, brief: Brief, problems: tuple[Problem, ...],
    attempt: Attempt, pictures: dict[str, str], limit: int,
) -> Card:  # fmt: skip
    mine = attempt if attempt.is_about(shot.key) else Attempt()
    path = f"shots[{place}]"
    return Card(
        shot=shot,
        prompt=_entry(shot, "prompt", _words(problems, f"{path}.prompt"), mine),
        seconds=_entry(shot, "seconds", _words(problems, f"{path}.seconds"), mine),
        start=end - shot.seconds,
        end=end,
        picture=pictures.get("first_frame" if place == 0 else "") or pictures.get(shot.key, ""),
        has_first_frame=place == 0 and brief.first_frame is not None,
        limit=limit,
        parts=list(parts_of(shot.prompt, brief)),
        refused=mine.refused.get("shot", ""),
        is_first=place == 0,
        is_last=place == len(brief.shots) - 1,
    )


def _entry(
    row: Shot | Storyboard,
    name: str,
    errors: list[str],
    attempt: Attempt,
    controls: Controls | None = None,
) -> Entry:
    """The field with what was typed where that could not be stored, else with what is stored."""
    stored = getattr(row, name)
    kept = name in attempt.errors or name in attempt.clashes
    value = attempt.typed.get(name, stored) if kept else stored
    return Entry(
        name=name,
        value=value,
        was=digest(stored) if name not in attempt.clashes else "",
        errors=attempt.errors.get(name, []) or errors,
        refused=kept,
        clash=attempt.clashes.get(name),
        choices=controls.choices(name) if controls else (),
        hint=controls.hint(name) if controls else "",
        is_off=controls.is_off(name) if controls else False,
    )


def _library(
    board: Storyboard, controls: Controls, problems: tuple[Problem, ...]
) -> dict[str, Any]:
    """The team's elements and voices, the attached ones first, with their raw form."""
    elements = {use.element_id: use for use in board.element_uses.all()}
    voices = {use.voice_id: use for use in board.voice_uses.all()}
    team = board.project.team_id
    shelf_of_elements = Element.objects.filter(team=team, removed_at=None).order_by("name")
    shelf_of_voices = Voice.objects.filter(team=team, removed_at=None).order_by("name")
    return {
        "element_uses": list(elements.values()),
        "voice_uses": list(voices.values()),
        "free_elements": [each for each in shelf_of_elements if each.pk not in elements],
        "free_voices": [each for each in shelf_of_voices if each.pk not in voices],
        "element_errors": _words_of_list(problems, "elements"),
        "voice_errors": _words_of_list(problems, "voices"),
        "element_hint": controls.hint("elements"),
        "elements_off": controls.is_off("elements"),
        "voice_hint": controls.hint("voices"),
        "voices_off": controls.is_off("voices"),
    }


def _pictures(board: Storyboard, stills: Stills) -> dict[str, str]:
    """Addresses of pictures: the first frame, and each shot's still of the newest take it is in."""
    found = dict(stills.addresses)
    if board.first_frame is not None:
        found["first_frame"] = reverse("picture", args=[board.first_frame.key])
    return found


def _gate(
    user: User | AnonymousUser, board: Storyboard, brief: Brief, latest: Revision | None,
    attempt: Attempt, members: list[Membership],
) -> Gate:  # fmt: skip
    assert isinstance(user, User)  # noqa: S101  (the views ask for a sign-in)
    return gate_of(
        board, brief, by=user, latest=latest, refused=attempt.refused.get("gate", ""),
        takes=attempt.typed.get("takes", "1"), members=members,
    )  # fmt: skip


def _words(problems: tuple[Problem, ...], *fields: str) -> list[str]:
    """The words of every problem of these fields; advice stands in the gate."""
    return [each.words for each in problems if not each.warning and each.field in fields]


def _words_of_list(problems: tuple[Problem, ...], name: str) -> list[str]:
    """The same for a list and its members: `elements` and `elements[0]`."""
    return _words(problems, name, *(f"{name}[{place}]" for place in range(20)))


def _refused(attempt: Attempt, place: str) -> list[str]:
    return [attempt.refused[place]] if place in attempt.refused else []


def _shown(name: str, value: object) -> str:
    """A stored value as the page calls it."""
    if isinstance(value, bool):
        return "On" if value else "Off"
    return title_of(name, str(value))
