"""A team's members: who they are, what they may do, and the link for a first password."""

from __future__ import annotations

import logging
from smtplib import SMTPException
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.members import MemberForm, RoleForm
from storyboard.forms.refused import focus_first_error
from storyboard.models import Membership, NotAllowedNow, Role, Team, User
from storyboard.models.set_password import set_password_path
from storyboard.views.pulse import is_current

log = logging.getLogger(__name__)
_LINK = "member_link"  # in the session until it is shown, once


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key)
    return _page(request, team, MemberForm(), link=request.session.pop(_LINK, None))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else the list."""
    team = fetch(request, Team, key)
    if is_current(request, team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/members/pulse.html", _list(request, team))


@require_POST
@login_required
def add(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, "manage_members")
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, team, form, status=422)
    try:
        membership = team.add_member(**_told(form), by=signed_in(request))
    except NotAllowedNow as refused:
        form.add_error("email", refused.words)
        return _page(request, team, form, status=422)
    _tell(request, membership)
    return redirect("members", team.key)


@require_POST
@login_required
def change_role(request: HttpRequest, key: str) -> HttpResponse:
    membership = fetch(request, Membership, key, "manage_members", related=("team", "user"))
    form = RoleForm(request.POST)
    if not form.is_valid():
        return _refused(
            request, membership, _("Choose one of the four roles. Nothing was changed.")
        )
    try:
        membership.change_role(form.cleaned_data["role"], by=signed_in(request))
    except NotAllowedNow as refused:
        return _refused(request, membership, refused.words)
    return redirect("members", membership.team.key)


@require_POST
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    membership = fetch(request, Membership, key, "manage_members", related=("team", "user"))
    try:
        membership.remove(by=signed_in(request))
    except NotAllowedNow as refused:
        return _refused(request, membership, refused.words)
    words = _("%(who)s is no longer a member. What they made stays.") % {"who": membership.user}
    messages.success(request, words)
    if membership.user == request.user:
        return redirect("home")
    return redirect("members", membership.team.key)


@require_POST
@login_required
def new_link(request: HttpRequest, key: str) -> HttpResponse:
    membership = fetch(request, Membership, key, "manage_members", related=("team", "user"))
    if membership.user.has_usable_password():
        words = _("%(who)s has a password already. Forgotten ones are renewed on the sign-in page.")
        return _refused(request, membership, words % {"who": membership.user})
    _tell(request, membership)
    return redirect("members", membership.team.key)


def _page(
    request: HttpRequest,
    team: Team,
    form: MemberForm,
    *,
    link: dict[str, str] | None = None,
    refused: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    focus_first_error(form)
    context = _list(request, team) | {"form": form, "link": link, "refused": refused}
    return render(request, "storyboard/members/show.html", context, status=status)


def _list(request: HttpRequest, team: Team) -> dict[str, Any]:
    """What the page and its pulse draw."""
    return {
        "team": team,
        "memberships": team.memberships.select_related("user").order_by("created_at", "pk"),
        "roles": Role.choices,
        "may": verbs_of(request.user, team),
    }


def _refused(request: HttpRequest, membership: Membership, words: str) -> HttpResponse:
    """The page with the words beside the member they are about."""
    refused = {"key": membership.key, "words": words}
    return _page(request, membership.team, MemberForm(), refused=refused, status=422)


def _told(form: MemberForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("email", "role", "name")}


def _tell(request: HttpRequest, membership: Membership) -> None:
    """Mail the new member; show the owner the link where it opens this team alone."""
    person = membership.user
    is_new = not person.has_usable_password()
    path = set_password_path(person) if is_new else reverse("account_login")
    url = request.build_absolute_uri(path)
    is_sent = _mail(person, membership.team, signed_in(request), url, is_new)
    if is_new and person.memberships.count() == 1:
        request.session[_LINK] = {"url": url, "who": str(person)}
    words = {"who": person, "email": person.email}
    if is_sent:
        messages.success(request, _("A mail is on its way to %(email)s.") % words)
    else:
        messages.warning(
            request, _("The mail to %(email)s could not be sent. Tell them yourself.") % words
        )


def _mail(person: User, team: Team, by: User, url: str, is_new: bool) -> bool:
    subject = _("You are now in the team %(team)s") % {"team": team}
    context = {"person": person, "team": team, "by": by, "url": url, "is_new": is_new}
    body = render_to_string("storyboard/members/mail.txt", context)
    try:
        send_mail(subject, body, None, [person.email])
    except (OSError, SMTPException):
        log.exception("The mail to a new member was not sent")
        return False
    return True
