"""A team's library: elements as pictures, voices as rows, and every picture it has kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from storyboard.access import as_key, fetch, verbs_of
from storyboard.forms.library import ShelvesForm
from storyboard.models import Account, Element, Picture, Team, Voice
from storyboard.models.shelves import (
    ELEMENTS,
    KINDS,
    PICTURES,
    VOICES,
    elements_of,
    tags_of,
    voices_of,
)
from storyboard.views.library_cards import ElementCard, VoiceRow, element_cards, voice_rows
from storyboard.views.library_makings import accounts_of
from storyboard.views.library_shown import element_shown
from storyboard.views.pulse import is_current

PER_PAGE = 60
MOST_CHIPS = 8  # tags beside a shelf's name; the rest are found by the search
_TABS = {
    "": gettext_lazy("All"),
    ELEMENTS: gettext_lazy("Elements"),
    VOICES: gettext_lazy("Voices"),
    PICTURES: gettext_lazy("Pictures"),
}


class Chip(NamedTuple):
    """A kind or a tag to choose by, and how many rows it shows."""

    value: str
    words: str
    rows: int | None
    query: str
    on: bool


@dataclass(frozen=True)
class Shelf:
    """One kind on the page: `rows` of the page shown, `total` without any filter."""

    rows: list[ElementCard] | list[VoiceRow] | list[Picture]
    page: Page[Any]
    total: int
    chips: list[Chip]
    query: str

    @property
    def count(self) -> int:
        return self.page.paginator.count


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key)
    return render(request, "storyboard/library/show.html", _shown(request, team))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else the shelves as asked for."""
    team = fetch(request, Team, key)
    if is_current(request, team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/library/pulse.html", _shown(request, team))


def _shown(request: HttpRequest, team: Team) -> dict[str, Any]:
    """What the page and its pulse draw: as many queries for five entries as for five hundred."""
    form = ShelvesForm(request.GET)
    asked = form.asked
    accounts = {row.pk: row for row in accounts_of(team)}
    totals = _totals(team)
    drawn: dict[str, Any] = {}
    if asked.shows(ELEMENTS):
        drawn |= _elements(request, team, form, accounts, totals[ELEMENTS])
    if asked.shows(VOICES):
        drawn["voices"] = _voices(request, team, form, accounts, totals[VOICES])
    if asked.shows(PICTURES):
        drawn["pictures"] = _pictures(request, team, form, totals[PICTURES])
    page = request.GET.get("page") if asked.kind else None
    chosen = drawn["detail"].element.key if drawn.get("detail") else None
    return {
        "team": team,
        "form": form,
        "asked": asked,
        "found": sum(drawn[kind].count for kind in KINDS if kind in drawn),
        "tabs": _tabs(form, totals),
        "query": form.query(),
        "sort_query": form.query(sort=None if asked.by_name else "name"),
        "pulse_query": form.query(page=page, element=chosen),
        "may": verbs_of(request.user, team),
        **drawn,
    }


def _elements(
    request: HttpRequest, team: Team, form: ShelvesForm, accounts: dict[int, Account], total: int
) -> dict[str, Any]:
    """The shelf, and the element looked at: the one asked for, else the first on the page."""
    rows = elements_of(team, form.asked)
    page = _page(request, form, ELEMENTS, rows.prefetch_related("latest__others__picture"))
    elements: list[Element] = list(page.object_list)
    chosen = _chosen(request, team, elements)
    shelf = Shelf(
        rows=element_cards(elements, accounts, chosen),
        page=page,
        total=total,
        chips=_chips(form, tags_of(Element, team, form.asked.words), total),
        query=form.query(kind=ELEMENTS),
    )
    detail = element_shown(chosen, list(accounts.values())) if chosen else None
    return {"elements": shelf, "detail": detail}


def _voices(
    request: HttpRequest, team: Team, form: ShelvesForm, accounts: dict[int, Account], total: int
) -> Shelf:
    page = _page(request, form, VOICES, voices_of(team, form.asked))
    is_alone = form.asked.kind == VOICES
    tags = tags_of(Voice, team, form.asked.words) if is_alone else []
    return Shelf(
        rows=voice_rows(list(page.object_list), accounts),
        page=page,
        total=total,
        chips=_chips(form, tags, total) if is_alone else [],
        query=form.query(kind=VOICES),
    )


def _pictures(request: HttpRequest, team: Team, form: ShelvesForm, total: int) -> Shelf:
    rows = team.pictures.order_by("-created_at", "-pk")
    page = _page(request, form, PICTURES, rows)
    return Shelf(list(page.object_list), page, total, [], form.query(kind=PICTURES))


def _page(request: HttpRequest, form: ShelvesForm, kind: str, rows: Any) -> Page[Any]:
    """A page is of one kind: where two are shown together, each shows its first."""
    number = request.GET.get("page") if form.asked.kind == kind else None
    return Paginator(rows, PER_PAGE).get_page(number)


def _chosen(request: HttpRequest, team: Team, elements: list[Element]) -> Element | None:
    key = as_key(request.GET.get("element", ""))
    there = next((element for element in elements if element.key == key), None)
    if key and there is None:
        rows = Element.objects.filter(team=team, removed_at=None)
        there = rows.select_related("latest__frontal").filter(key=key).first()
    return there or next(iter(elements), None)


def _totals(team: Team) -> dict[str, int]:
    return {
        ELEMENTS: team.elements.filter(removed_at=None).count(),
        VOICES: team.voices.filter(removed_at=None).count(),
        PICTURES: team.pictures.count(),
    }


def _tabs(form: ShelvesForm, totals: dict[str, int]) -> list[Chip]:
    """The kinds; a search is kept, a tag belongs to its kind."""
    return [
        Chip(kind, str(words), totals.get(kind), form.query(kind=kind, tag=""), on)
        for kind, words in _TABS.items()
        for on in (form.asked.kind == kind,)
    ]


def _chips(form: ShelvesForm, tags: list[tuple[str, int]], total: int) -> list[Chip]:
    """All, then the tags most rows have; the one asked for always."""
    asked = form.asked.tag
    shown = tags[:MOST_CHIPS]
    if asked and asked.casefold() not in (tag.casefold() for tag, _count in shown):
        count = next((n for tag, n in tags if tag.casefold() == asked.casefold()), 0)
        shown = [*shown, (asked, count)]
    if not shown or not total:
        return []
    first = Chip("", str(_TABS[""]), None, form.query(tag=""), not asked)
    return [
        first,
        *(
            Chip(tag, tag, count, form.query(tag=tag), tag.casefold() == asked.casefold())
            for tag, count in shown
        ),
    ]
