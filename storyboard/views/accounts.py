"""A team's accounts: what each is, whether it answers, and what opens it. For owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard import tasks
from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.accounts import (
    AccountForm,
    AccountSettingsForm,
    CredentialForm,
    WebhookSecretForm,
)
from storyboard.forms.refused import focus_first_error
from storyboard.kling.profiles import PROFILES
from storyboard.models import Account, NotAllowedNow, Team
from storyboard.views.abilities import abilities_of, what_of_unclear
from storyboard.views.pulse import is_current

_VERB = "manage_accounts"
_SECRETS = ("api_key", "access_key", "secret_key", "webhook_secret")


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, _VERB, related=("account",))
    return render(request, "storyboard/accounts/list.html", _list(request, team))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else the list."""
    team = fetch(request, Team, key, _VERB, related=("account",))
    if is_current(request, team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/accounts/pulse.html", _list(request, team))


@sensitive_variables("form")
@sensitive_post_parameters(*_SECRETS)
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    team = fetch(request, Team, key, _VERB, related=("account",))
    form = AccountForm(_data(request), team=team)
    if request.method == "POST" and form.is_valid():
        account = _add(request, team, form.cleaned_data)
        messages.success(request, _("%(name)s is added. Its key is kept sealed.") % _of(account))
        return redirect("account", account.key)
    focus_first_error(form)
    return render(
        request,
        "storyboard/accounts/new.html",
        {"team": team, "form": form, "profiles": _profiles(form)},
        status=422 if request.method == "POST" else 200,
    )


@require_safe
@login_required
def account(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, _fetch(request, key))


@require_safe
@login_required
def state(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else the account's state."""
    row = _fetch(request, key)
    if is_current(request, row.team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/accounts/state.html", {"team": row.team, "account": row})


@require_POST
@login_required
def rewrite(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    form = AccountSettingsForm(request.POST, account=row)
    if not form.is_valid():
        return _page(request, row, settings=form)
    row.rewrite(by=signed_in(request), **form.cleaned_data)
    messages.success(request, _("The settings are saved."))
    return redirect("account", row.key)


@sensitive_variables("form")
@sensitive_post_parameters(*_SECRETS)
@require_POST
@login_required
def replace_key(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    form = CredentialForm(request.POST, account=row)
    if not form.is_valid():
        return _page(request, row, credential=form)
    told = form.cleaned_data
    row.replace_credential(told["credential"], auth=told["auth"], by=signed_in(request))
    messages.success(
        request, _("The key of %(name)s is replaced. Held orders may be released.") % _of(row)
    )
    return redirect("account", row.key)


@sensitive_variables("form")
@sensitive_post_parameters(*_SECRETS)
@require_POST
@login_required
def set_webhook_secret(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    form = WebhookSecretForm(request.POST)
    if not form.is_valid():
        return _page(request, row, webhook=form)
    row.set_webhook_secret(form.cleaned_data["webhook_secret"], by=signed_in(request))
    messages.success(request, _("The webhook secret is kept sealed."))
    return redirect("account", row.key)


@require_POST
@login_required
def remove_webhook_secret(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    row.remove_webhook_secret(by=signed_in(request))
    return redirect("account", row.key)


@require_POST
@login_required
def test(request: HttpRequest, key: str) -> HttpResponse:
    """Ask a worker to try it; the answer comes by the pulse, or by asking for the state."""
    row = _fetch(request, key)
    if not row.is_being_tested:
        row.ask_test(by=signed_in(request))
        transaction.on_commit(lambda: tasks.ring_for_test(row.pk))
    if request.headers.get("HX-Request"):
        context = {"team": row.team, "account": row}
        return render(request, "storyboard/accounts/_state.html", context)
    return redirect("account", row.key)


@require_POST
@login_required
def switch_off(request: HttpRequest, key: str) -> HttpResponse:
    return _tried(request, _fetch(request, key), Account.switch_off)


@require_POST
@login_required
def switch_on(request: HttpRequest, key: str) -> HttpResponse:
    return _tried(request, _fetch(request, key), Account.switch_on)


@require_POST
@login_required
def resume(request: HttpRequest, key: str) -> HttpResponse:
    return _tried(request, _fetch(request, key), Account.resume)


@require_POST
@login_required
def make_default(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    row.team.make_default(row, by=signed_in(request))
    return redirect("account", row.key)


@require_POST
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    row = _fetch(request, key)
    words = _("%(name)s is removed, and its key with it.") % _of(row)
    try:
        row.remove(by=signed_in(request))
    except NotAllowedNow as refused:
        return _page(request, row, refused=refused.words)
    messages.success(request, words)
    return redirect("accounts", row.team.key)


def _fetch(request: HttpRequest, key: str) -> Account:
    return fetch(request, Account, key, _VERB, related=("team__account",))


def _page(
    request: HttpRequest, row: Account, *, refused: str = "", **bound: forms.Form
) -> HttpResponse:
    """The account's page; a form that was refused comes with its words and 422."""
    for form in bound.values():
        focus_first_error(form)
    context = {
        "team": row.team,
        "account": row,
        "settings": AccountSettingsForm(account=row),
        "credential": CredentialForm(account=row),
        "webhook": WebhookSecretForm(),
        "abilities": abilities_of(row.dialect),
        "unclear": what_of_unclear(row.dialect),
        "has_ordered": row.has_ordered,
        "refused": refused,
        "may": verbs_of(request.user, row.team),
    } | bound
    status = 422 if bound or refused else 200
    return render(request, "storyboard/accounts/show.html", context, status=status)


def _list(request: HttpRequest, team: Team) -> dict[str, Any]:
    """What the page and its pulse draw."""
    accounts = list(team.accounts.order_by("closed_at", "created_at", "pk"))
    for row in accounts:
        row.team = team
    return {"team": team, "accounts": accounts, "may": verbs_of(request.user, team)}


def _profiles(form: AccountForm) -> list[tuple[object, list[Any], str]]:
    """Each profile's radio button, with what an account of it can do."""
    return [
        (radio, abilities_of(profile), what_of_unclear(profile))
        for radio, profile in zip(form["profile"], PROFILES.values(), strict=True)
    ]


@sensitive_variables("told")
def _add(request: HttpRequest, team: Team, told: dict[str, Any]) -> Account:
    """Account and webhook secret together or not at all."""
    by = signed_in(request)
    names = (
        "name", "profile", "address", "credential", "auth", "reading", "slots",
        "follows_end_frame_change",
    )  # fmt: skip
    with transaction.atomic():
        row = team.add_account(by=by, **{name: told[name] for name in names})
        if told["webhook_secret"]:
            row.set_webhook_secret(told["webhook_secret"], by=by)
    return row


def _tried(request: HttpRequest, row: Account, verb: Callable[..., None]) -> HttpResponse:
    try:
        verb(row, by=signed_in(request))
    except NotAllowedNow as refused:
        return _page(request, row, refused=refused.words)
    return redirect("account", row.key)


def _of(row: Account) -> dict[str, Account]:
    return {"name": row}


def _data(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None
