"""The first page: what waits for the viewer, and their teams' projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import ROLES_BY_VERB, may, signed_in, teams_allowing, visible_to
from storyboard.models import Account, Membership, Project, Take, Team, User
from storyboard.models.waiting import Waiting, waiting_for

# The six empty frames of the first run, in seconds, and the stills of a film cut like them.
FIRST_SECONDS = (3, 2, 3, 2, 2, 2)
FIRST_STILLS = tuple(f"film/f{number}-s.jpg" for number in range(1, 7))


@dataclass(frozen=True)
class Step:
    """One of the things to do before the first take; `url` only for who may do it."""

    what: str
    how: str
    is_met: bool
    url: str = ""
    verb: str = ""


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    waiting = waiting_for(user, ROLES_BY_VERB)
    projects = _counted(_projects(user), waiting)
    makes_in = teams_allowing(user, "edit")
    return render(
        request,
        "storyboard/home/show.html",
        {
            "waiting": waiting,
            "projects": projects,
            "archived": list(_archived(user)),
            "makes_in": makes_in,
            "first": None if projects or waiting else _first_run(user, makes_in),
            "leads_in": {team.pk for team in teams_allowing(user, "run_project")},
        },
    )


def _first_run(user: User, makes_in: list[Team]) -> dict[str, Any] | None:
    """What the page shows a team without a project; None for somebody in no team."""
    team = next(iter(makes_in), None) or visible_to(user, Team).order_by("name", "pk").first()
    if team is None:
        return None
    return {"seconds": FIRST_SECONDS, "stills": FIRST_STILLS, "steps": _first_steps(user, team)}


def _first_steps(user: User, team: Team) -> list[Step]:
    account = Account.objects.filter(team=team).order_by("pk").first()
    has_members = Membership.objects.filter(team=team).count() > 1
    connects = account is None and may(user, team, "manage_accounts")
    adds = not has_members and may(user, team, "manage_members")
    return [
        Step(_("Make the team"), team.name, is_met=True),
        Step(
            _("Ask somebody to review"),
            _("One approval, and nobody approves their own revision"),
            is_met=has_members,
            url=reverse("members", args=[team.key]) if adds else "",
            verb=_("Add"),
        ),
        Step(
            _("Connect Kling"),
            account.name if account else _("The team's account: an address and a key"),
            is_met=account is not None,
            url=reverse("new_account", args=[team.key]) if connects else "",
            verb=_("Connect"),
        ),
        Step(_("Write a storyboard"), _("One to six shots, in a project"), is_met=False),
    ]


def _projects(user: User) -> QuerySet[Project]:
    newest = Take.objects.filter(
        storyboard__project=OuterRef("pk"),
        storyboard__archived_at=None,
        stored_at__isnull=False,
    ).order_by("-stored_at")
    live = Q(storyboards__archived_at=None)
    return (
        visible_to(user, Project)
        .filter(archived_at=None)
        .select_related("team")
        .annotate(
            boards=Count("storyboards", filter=live, distinct=True),
            shown_take=Subquery(newest.values("key")[:1]),
        )
        .order_by("-created_at", "-pk")
    )


def _archived(user: User) -> QuerySet[Project]:
    rows = visible_to(user, Project).filter(archived_at__isnull=False)
    return rows.select_related("team").order_by("-archived_at")


def _counted(projects: QuerySet[Project], waiting: list[Waiting]) -> list[dict[str, Any]]:
    """Each project with how much of it waits for the viewer."""
    return [
        {
            "project": project,
            "waiting": sum(thing.storyboard.project_id == project.pk for thing in waiting),
        }
        for project in projects
    ]
