"""All that is known of a take: where it comes from, what was asked, what it cost, who said what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.kling.brief import Brief, PictureRef
from storyboard.kling.pricing import quote
from storyboard.models import Activity, ShotVerdict, Take
from storyboard.models.answers import addressed, answers_of
from storyboard.models.carrying import placed_notes
from storyboard.models.history import Line
from storyboard.views.frozen import settings_of
from storyboard.views.history import by_day
from storyboard.views.history_events import event_of
from storyboard.views.records import attach_records
from storyboard.views.shell import frame
from storyboard.views.take_request import request_of
from storyboard.views.take_times import times_of

MOST_EVENTS = 60
_OF_A_TAKE = (
    "storyboard__project__team",
    "revision__review",
    "revision__sent_by",
    "revision__first_frame",
    "revision__end_frame",
    "generation__order",
    "generation__account",
    "generation__ordered_by",
)
_TIMED = ("generation.sent", "generation.accepted", "take.picked")


@dataclass(frozen=True)
class Sum:
    """One line of what it cost; `units_milli` and `money_milli` are None where nobody knows."""

    words: str
    units_milli: int | None
    money_milli: int | None
    note: str


@dataclass(frozen=True)
class Still:
    """A frame the take was made from; `key` is "" for one that lies elsewhere."""

    words: str
    key: str
    told: str
    sha256: str


@dataclass(frozen=True)
class Member:
    """An element or a voice as it was sent; `url` is "" where the library has forgotten it."""

    name: str
    version: int | None
    kling_id: str
    url: str


class Judged(NamedTuple):
    """A shot of the take, and the last word on it."""

    position: int
    verdict: ShotVerdict | None


@dataclass(frozen=True)
class NoteSums:
    """How many notes were left on this take, and how many came to it from earlier ones.

    Of those that came its revision answers `addressed`, and `elsewhere` are of a shot it lacks.
    """

    own_open: int
    own_resolved: int
    carried_open: int
    carried_resolved: int
    addressed: int
    elsewhere: int


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The facts of one take, also while its film is on its way or after it was lost."""
    take = fetch(request, Take, key, related=_OF_A_TAKE)
    return render(request, "storyboard/takes/facts.html", context(request, take))


def context(request: HttpRequest, take: Take) -> dict[str, Any]:
    """All the page draws, in a number of queries that nothing makes grow."""
    board, row, revision = take.storyboard, take.generation, take.revision
    brief = revision.brief
    can = verbs_of(request.user, board.project.team)
    attach_records([row], can)
    timed = list(_activities(take).filter(verb__in=_TIMED).order_by("pk"))
    return {
        **frame(board.project, board),
        "take": take,
        "revision": revision,
        "row": row,
        "settings": settings_of(brief),
        "stills": list(_stills(take, brief)),
        "elements": _elements(take, brief),
        "voices": _voices(take, brief),
        "sent": request_of(row, brief, knocked=row.receipts.exists()),
        "sums": _sums(take, brief),
        "times": times_of(take, timed),
        "zone": timezone.get_current_timezone_name(),
        "decisions": revision.review.decisions.select_related("by").order_by("pk"),
        "take_decisions": take.decisions.select_related("by").order_by("pk"),
        "judged": _judged(take),
        "picks": [each for each in timed if each.verb == "take.picked"],
        "is_picked": board.picked_take_id == take.pk,
        "notes": _note_sums(take),
        "can": can,
        **_history(request, take),
    }


def _activities(take: Take) -> QuerySet[Activity]:
    """What happened to the take and to its order."""
    rows = Activity.objects.filter(storyboard=take.storyboard_id)
    mine = Q(data__take_key=take.key) | Q(data__generation=take.generation.key)
    return rows.filter(mine).select_related("storyboard").defer("search_words")


def _history(request: HttpRequest, take: Take) -> dict[str, Any]:
    """The newest steps, and the address of all of them."""
    viewer, board = signed_in(request), take.storyboard
    rows = list(_activities(take).order_by("-pk")[: MOST_EVENTS + 1])
    # Its own still would say nothing new here.
    events = [replace(event_of(Line([row]), viewer), take_key="") for row in rows[:MOST_EVENTS]]
    address = reverse("project_history", args=[board.project.key])
    return {
        "days": by_day(events, timezone.localdate()),
        "shown": len(events),
        "has_older": len(rows) > MOST_EVENTS,
        "whole_history": f"{address}?{urlencode({'storyboard': board.key})}",
    }


def _sums(take: Take, brief: Brief) -> list[Sum]:
    """What was approved, what the list says today, what Kling counted, what it came to."""
    row, order, now = take.generation, take.generation.order, quote(brief)
    unknown = _("The list had no row for it, so its price was unknown.")
    counted = row.final_units_milli
    return [
        Sum(
            _("Approved estimate"),
            row.units_milli if row.has_price else None,
            row.money_milli if row.has_price else None,
            _("By the list of %(day)s.") % {"day": order.priced_on} if row.has_price else unknown,
        ),
        Sum(
            _("By today's list"),
            now.units_milli if now.known else None,
            now.money_milli if now.known else None,
            _("The list of %(day)s.") % {"day": now.listed_on}
            if now.known
            else _("The list has no row for it."),
        ),
        Sum(
            _("Kling counted"),
            counted,
            None,
            row.counted_otherwise if counted is not None else _("Kling has named no count."),
        ),
        Sum(
            _("It came to"),
            None,
            row.charged_milli if counted is not None or row.has_price else None,
            _("Kling's count at the approved rate.")
            if counted is not None
            else _("As approved, because Kling has named no count."),
        ),
    ]


def _judged(take: Take) -> list[Judged]:
    """Every shot in order, judged or not."""
    said = {verdict.shot_key: verdict for verdict in take.verdicts.select_related("by")}
    return [Judged(shot.position, said.get(shot.shot_key)) for shot in take.revision.shots.all()]


def _note_sums(take: Take) -> NoteSums:
    placed = placed_notes(take)
    own = [each.note.is_open for each in placed.every if not each.is_carried]
    carried = [each.note.is_open for each in placed.carried]
    answers = answers_of(each.note.pk for each in placed.carried)
    return NoteSums(
        own_open=sum(own),
        own_resolved=len(own) - sum(own),
        carried_open=sum(carried),
        carried_resolved=len(carried) - sum(carried),
        addressed=len(addressed(take, placed.carried, answers)),
        elsewhere=len(placed.elsewhere),
    )


def _stills(take: Take, brief: Brief) -> Iterator[Still]:
    revision = take.revision
    for words, told, stored in (
        (_("First frame"), brief.first_frame, revision.first_frame),
        (_("End frame"), brief.end_frame, revision.end_frame),
    ):
        if isinstance(told, PictureRef):
            yield Still(words, stored.key if stored else "", _size_of(told), told.sha256)
        elif told is not None:
            yield Still(words, "", told.url, "")


def _size_of(picture: PictureRef) -> str:
    size = filesizeformat(picture.size_bytes)
    return f"{picture.width} × {picture.height} px, {picture.format.upper()}, {size}"


def _elements(take: Take, brief: Brief) -> list[Member]:
    pins = take.revision.element_pins.select_related("version__element")
    urls = {pin.position: reverse("element", args=[pin.version.element.key]) for pin in pins}
    return [
        Member(each.name, each.version, each.kling_id, urls.get(position, ""))
        for position, each in enumerate(brief.elements, start=1)
    ]


def _voices(take: Take, brief: Brief) -> list[Member]:
    pins = take.revision.voice_pins.select_related("voice")
    urls = {pin.position: reverse("voice", args=[pin.voice.key]) for pin in pins}
    return [
        Member(each.name, None, each.kling_id, urls.get(position, ""))
        for position, each in enumerate(brief.voices, start=1)
    ]
