"""The places the palette leads to: projects, storyboards, the library, settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import ROLES_BY_VERB, signed_in, visible_to
from storyboard.models import Element, Membership, Project, Storyboard, User, Voice
from storyboard.models.search_words import fold

Named = TypeVar("Named", Storyboard, Project, Element, Voice)

MOST_PLACES = 20
MOST_CHARACTERS = 80
MOST_WORDS = 8
# Of each kind at most, so that one crowded noun leaves room for the others.
MOST_BOARDS = 8
MOST_PROJECTS = 4
MOST_ENTRIES = 2  # elements, and as many voices


@dataclass(frozen=True)
class Place:
    """A page one can go to; `where` tells those of one name apart, `stage` is a storyboard's."""

    name: str
    url: str
    icon: str
    where: str = ""
    stage: str = ""


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    """Places whose names have all the words of `q`, the newest first; for htmx the list alone."""
    asked = request.GET.get("q", "").replace("\0", "")[:MOST_CHARACTERS]
    places = list(islice(_places(signed_in(request), asked.split()), MOST_PLACES))
    name = "_places" if request.headers.get("HX-Request") else "show"
    return render(request, f"storyboard/palette/{name}.html", {"places": places, "asked": asked})


def _places(user: User, words: list[str]) -> Iterator[Place]:
    words = words[:MOST_WORDS]
    yield from _storyboards(user, words)
    yield from _projects(user, words)
    if words:
        yield from _entries(user, words)
    yield from (page for page in _pages(user) if _has(page, words))


def _storyboards(user: User, words: list[str]) -> Iterator[Place]:
    rows = _named(visible_to(user, Storyboard), words)
    live = rows.filter(archived_at=None, project__archived_at=None).select_related("project")
    for board in live.with_stage().order_by("-changed_at", "-pk")[:MOST_BOARDS]:  # type: ignore[attr-defined]
        url = reverse("storyboard", args=[board.key])
        yield Place(board.name, url, "doc", board.project.name, board.stage_now)


def _projects(user: User, words: list[str]) -> Iterator[Place]:
    rows = _named(visible_to(user, Project), words).filter(archived_at=None)
    for project in rows.select_related("team").order_by("-created_at", "-pk")[:MOST_PROJECTS]:
        yield Place(project.name, reverse("project", args=[project.key]), "film", project.team.name)


def _entries(user: User, words: list[str]) -> Iterator[Place]:
    """Only when asked for by name: nobody opens a library's entry by chance."""
    yield from _of_library(_named(visible_to(user, Element), words), "element", "img")
    yield from _of_library(_named(visible_to(user, Voice), words), "voice", "mic")


def _of_library(rows: QuerySet[Element] | QuerySet[Voice], kind: str, icon: str) -> Iterator[Place]:
    there = rows.filter(removed_at=None).select_related("team")
    for entry in there.order_by("-pk")[:MOST_ENTRIES]:
        url = reverse(kind, args=[entry.key])
        where = _("Library of %(team)s") % {"team": entry.team}
        yield Place(entry.name, url, icon, where)


def _pages(user: User) -> Iterator[Place]:
    """What a person may see of each of their teams, and what is their own."""
    yield Place(_("Projects"), reverse("home"), "home")
    yield Place(_("Your settings"), reverse("account_settings"), "gear")
    rows = Membership.objects.filter(user=user).select_related("team")
    for membership in rows.order_by("team__name", "pk"):
        team = membership.team
        pages = (
            ("library", _("Library"), "lib", "see"),
            ("members", _("Members"), "people", "see"),
            ("accounts", _("Accounts"), "link", "manage_accounts"),
            ("health", _("Health"), "refresh", "see_health"),
            ("callbacks", _("Callbacks"), "mail", "see_callbacks"),
        )
        for address, name, icon, verb in pages:
            if membership.role in ROLES_BY_VERB[verb]:
                yield Place(name, reverse(address, args=[team.key]), icon, team.name)


def _named(rows: QuerySet[Named], words: Iterable[str]) -> QuerySet[Named]:
    for word in words:
        rows = rows.filter(name__icontains=word)
    return rows


def _has(page: Place, words: list[str]) -> bool:
    name = fold(f"{page.name} {page.where}")
    return all(fold(word) in name for word in words)
