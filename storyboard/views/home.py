"""The first page: what waits for the viewer, and their teams' projects."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from storyboard.access import ROLES_BY_VERB, signed_in, teams_allowing, visible_to
from storyboard.models import Project, Take, User
from storyboard.models.waiting import Waiting, waiting_for


@require_safe
@login_required
def show(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    waiting = waiting_for(user, ROLES_BY_VERB)
    projects = _projects(user)
    return render(
        request,
        "storyboard/home/show.html",
        {
            "waiting": waiting,
            "projects": _counted(projects, waiting),
            "archived": list(_archived(user)),
            "makes_in": teams_allowing(user, "edit"),
            "leads_in": {team.pk for team in teams_allowing(user, "run_project")},
        },
    )


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
