"""What every page shares: headers, the frame around the page, errors, signing in."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.access import visible_to
from storyboard.models import Project, Storyboard, Team
from storyboard.views.alarms import alarms_of

Answer = Callable[[HttpRequest], HttpResponse]
# What no page may ask a person for; the one that records says otherwise (voices.hears).
ALLOWED_NOTHING = "camera=(), microphone=(), geolocation=(), payment=()"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def headers(answer: Answer) -> Answer:
    """Same-origin everything, no caching of pages, and no unsafe request from another site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if _is_cross_site(request):
            return HttpResponseForbidden("This request came from another site.")
        response = answer(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.setdefault("Permissions-Policy", ALLOWED_NOTHING)
        if not request.path.startswith("/static/"):
            response.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def smaller_pages(answer: Answer) -> Answer:
    """Pages and their parts go compressed; films, pictures and streams as they are.

    Django hides the length of what it compresses and masks each page's token anew, so that
    nothing can be guessed from sizes (BREACH).
    """
    gzip = GZipMiddleware(answer)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not response.streaming:
            gzip.process_response(request, response)
        return response

    return middleware


def own_time_zone(answer: Answer) -> Answer:
    """Times on screen are in the viewer's zone."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with timezone.override(_zone(getattr(request.user, "time_zone", ""))):
            return answer(request)

    return middleware


def shell(request: HttpRequest) -> dict[str, Any]:
    """`viewer`, `teams` and `team` (the page's own, else the viewer's first) for base.html.

    The teams are asked for when a template first looks at them: pages of a project never do.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"viewer": None, "teams": [], "team": None}
    teams = cache(lambda: list(visible_to(user, Team).order_by("name")))
    return {"viewer": user, "teams": teams, "team": lambda: next(iter(teams()), None)}


def frame(project: Project, storyboard: Storyboard | None = None) -> dict[str, Any]:
    """Context of any page inside a project; its alarms are looked for by those that draw them."""
    return {
        "team": project.team,
        "project": project,
        "storyboard": storyboard,
        "alarms": lambda: alarms_of(project.team, project.ordering_account),
    }


class AccountAdapter(DefaultAccountAdapter):
    """People are added by an owner; nobody signs up by themselves."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy(
            "This address and password do not belong together. Write them again, or set a new "
            "password by Forgotten."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    words = getattr(exception, "words", "")
    return render(request, "400.html", {"words": words}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Asks nobody anything: what broke may be the database, and with it who is asking."""
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = _("This page was open too long or in another window. Go back, reload and try again.")
    return render(request, "403.html", {"words": words}, status=403)


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    """A person's zone, kept by zoneinfo after the first time; None (UTC) for no or an odd name."""
    try:
        return zoneinfo.ZoneInfo(name) if name else None
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


def _is_cross_site(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    return request.method not in _SAFE and site not in ("same-origin", "none")
