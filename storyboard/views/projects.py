"""A project: the wall of its storyboards, and its settings."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard.access import (
    ROLES_BY_VERB,
    fetch,
    signed_in,
    teams_allowing,
    verbs_of,
)
from storyboard.forms.projects import ProjectForm, ProjectSettingsForm, WallForm
from storyboard.models import NotAllowedNow, Project, Stage, Team
from storyboard.models.waiting import waiting_for
from storyboard.models.wall import WAITING, Card, cards_of, count_stages, sums_of, wall_of
from storyboard.views import history
from storyboard.views.pulse import is_current
from storyboard.views.shell import frame
from storyboard.views.under_way import Running, under_way

PER_PAGE = 60
_RELATED = ("team__account", "account")
# What the chips say; a stage that is not named here is called as on its badge.
_CHIP_WORDS = {
    "": gettext_lazy("All"),
    WAITING: gettext_lazy("Waiting for you"),
    Stage.TAKES: gettext_lazy("Takes to look at"),
    Stage.PICKED: gettext_lazy("Picked"),
}


class Chip(NamedTuple):
    """One filter of the wall and how many storyboards it shows."""

    value: str
    words: str
    boards: int
    query: str
    on: bool


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, "edit")
    user = signed_in(request)
    form = ProjectForm(_data(request), team=team, teams=teams_allowing(user, "edit"))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data.get("team", team)
        project = Project.start(form.cleaned_data["name"], team=chosen, by=user)
        return redirect("project", project.key)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "storyboard/projects/new.html", {"form": form, "team": team}, status=status
    )


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, related=_RELATED)
    archived = project.storyboards.exclude(archived_at=None).order_by("-archived_at")
    context = {**_wall(request, project), "archived": list(archived)}
    return render(request, "storyboard/projects/show.html", context)


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 when nothing is newer than `?after=`, else the cursor and the wall (or the history)."""
    project = fetch(request, Project, key, related=_RELATED)
    if is_current(request, project.serial):
        return HttpResponse(status=204)
    if request.GET.get("on") == "history":
        drawn = history.context_of(request, project)
        return render(request, "storyboard/history/pulse.html", drawn)
    return render(request, "storyboard/projects/pulse.html", _wall(request, project))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, "run_project", related=_RELATED)
    may_waive = verbs_of(request.user, project.team)["waive_second_person"]
    form = ProjectSettingsForm(_data(request), project=project, may_waive=may_waive)
    if request.method == "POST" and form.is_valid() and _saved(request, project, form):
        messages.success(request, _("The settings are saved."))
        return redirect("project_settings", project.key)
    context = {**frame(project), "form": form, "may": verbs_of(request.user, project.team)}
    status = 422 if request.method == "POST" else 200
    return render(request, "storyboard/projects/settings.html", context, status=status)


@require_POST
@login_required
def archive(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, "run_project", related=_RELATED)
    project.archive(by=signed_in(request))
    words = _("%(name)s is archived. It is kept under Archived projects.") % {"name": project}
    messages.success(request, words)
    return redirect("home")


@require_POST
@login_required
def restore(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, "run_project", related=_RELATED)
    project.restore(by=signed_in(request))
    return redirect("project", project.key)


def _wall(request: HttpRequest, project: Project) -> dict[str, Any]:
    form, waiting = (
        WallForm(request.GET),
        waiting_for(signed_in(request), ROLES_BY_VERB, project=project),
    )
    counts = count_stages(project, form.asked.words, waiting)
    boards = wall_of(project, waiting, form.asked)
    page = Paginator(boards, PER_PAGE).get_page(request.GET.get("page"))
    cards = cards_of(page.object_list, waiting)
    return {
        **frame(project),
        "form": form,
        "asked": form.asked,
        "query": form.query(),
        "sort_query": form.query(sort=None if form.asked.by_name else "name"),
        "pulse_query": form.query(page=page.number if page.number > 1 else None),
        "page": page,
        "chips": _chips(form, counts),
        "cards": _with_running(project.team, cards),
        "sums": sums_of(project),
        "board_count": project.storyboards.filter(archived_at=None).count(),
        "may": verbs_of(request.user, project.team),
    }


def _with_running(team: Team, cards: list[Card]) -> list[tuple[Card, Running | None]]:
    running = under_way(team, [card.storyboard for card in cards])
    return [(card, running.get(card.storyboard.pk)) for card in cards]


def _chips(form: WallForm, counts: dict[str, int]) -> list[Chip]:
    """Every stage, also those at which nothing stands, so that a chip never moves."""
    return [
        Chip(
            value=value or "all",
            words=str(_CHIP_WORDS.get(value, Stage(value).label if value in Stage else "")),
            boards=counts.get(value, 0),
            query=form.query(stage=value),
            on=form.asked.stage == value,
        )
        for value in ("", WAITING, *Stage.values)
    ]


def _saved(request: HttpRequest, project: Project, form: ProjectSettingsForm) -> bool:
    """Rename, choose and switch together or not at all; False with the words in the form."""
    user = signed_in(request)
    wish = form.cleaned_data.get("no_second_person", project.no_second_person)
    try:
        with transaction.atomic():
            project.rename(form.cleaned_data["name"], by=user)
            if "account" in form.fields:
                project.choose_account(form.cleaned_data["account"], by=user)
            if wish:
                project.ask_no_second_person(by=user)
            else:
                project.ask_second_person(by=user)
    except NotAllowedNow as refused:
        form.add_error("no_second_person", refused.words)
        project.refresh_from_db()
        return False
    return True


def _data(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
