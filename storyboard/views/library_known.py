"""Entries that are at Kling already: known by their id, or Kling's own presets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard import tasks
from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.library import KnownForm, PresetForm
from storyboard.forms.refused import focus_first_error
from storyboard.models import Account, Creation, Element, NotAllowedNow, Team, Voice
from storyboard.models.presets import Preset, PresetList
from storyboard.views.library_entries import ways_of
from storyboard.views.library_makings import library_accounts
from storyboard.views.pulse import is_current

PER_PAGE = 60
Kind = Literal["element", "voice"]
_NOUNS: dict[Kind, type[Element] | type[Voice]] = {"element": Element, "voice": Voice}
_TITLES = {"element": gettext_lazy("New element"), "voice": gettext_lazy("New voice")}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def know_element(request: HttpRequest, key: str) -> HttpResponse:
    return _know(request, key, "element")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def know_voice(request: HttpRequest, key: str) -> HttpResponse:
    return _know(request, key, "voice")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def element_presets(request: HttpRequest, key: str) -> HttpResponse:
    return _presets(request, key, "element")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def voice_presets(request: HttpRequest, key: str) -> HttpResponse:
    return _presets(request, key, "voice")


@require_safe
@login_required
def presets_pulse(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else the list as it stands."""
    noun = _kind(kind)
    team = fetch(request, Team, key, "edit", related=("account",))
    if is_current(request, team.serial):
        return HttpResponse(status=204)
    drawn = _listed(request, team, noun)
    return render(request, "storyboard/library/presets_pulse.html", drawn)


@require_POST
@login_required
def read_presets(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Have a worker ask Kling for its list; the page shows it by itself."""
    noun = _kind(kind)
    team = fetch(request, Team, key, "edit", related=("account",))
    account = _account(request, team)
    if account is None:
        return _presets_page(request, team, noun, refused=_("Choose an account first."))
    try:
        with transaction.atomic():
            row = PresetList.ask(account, by=signed_in(request))
            transaction.on_commit(partial(tasks.ring_for_presets, row.pk))
    except NotAllowedNow as refusal:
        return _presets_page(request, team, noun, refused=refusal.words)
    return redirect(f"{reverse(f'{noun}_presets', args=[team.key])}?account={account.key}")


def _kind(words: str) -> Kind:
    """What an address names; 404 for anything else."""
    for kind in _NOUNS:
        if words == kind:
            return kind
    raise Http404(words)


def _know(request: HttpRequest, key: str, kind: Kind) -> HttpResponse:
    team = fetch(request, Team, key, "edit", related=("account",))
    form = KnownForm(request.POST or None, accounts=library_accounts(team))
    if request.method == "POST" and form.is_valid():
        try:
            entry = _NOUNS[kind].know(**form.cleaned_data, team=team, by=signed_in(request))
            return redirect(kind, entry.key)
        except NotAllowedNow as refusal:
            form.add_error("kling_id", refusal.words)
    focus_first_error(form)
    context = {
        "team": team,
        "form": form,
        "title": _TITLES[kind],
        "ways": ways_of(team, kind, f"know_{kind}"),
        "words": _("One that was made elsewhere, by the id Kling shows for it. Nothing is sent."),
        "button": _("Add to the library"),
        "back": reverse("library", args=[team.key]),
        "may": verbs_of(request.user, team),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "storyboard/library/known.html", context, status=status)


def _presets(request: HttpRequest, key: str, kind: Kind) -> HttpResponse:
    team = fetch(request, Team, key, "edit", related=("account",))
    if request.method != "POST":
        return _presets_page(request, team, kind)
    form = PresetForm(request.POST)
    account = _account(request, team)
    preset = None
    if account is not None and form.is_valid():
        preset = PresetList.of(account).get(f"{kind}s", form.cleaned_data["preset"])
    if account is None or preset is None:
        words = _("Kling's list has no such preset any more. Nothing was added. Read it again.")
        return _presets_page(request, team, kind, refused=words)
    try:
        more = {"description": preset.description[:100]} if kind == "element" else {}
        entry = _NOUNS[kind].from_preset(
            preset.name[:40] or preset.kling_id[:40],
            kling_id=preset.kling_id, account=account, team=team, by=signed_in(request), **more,
        )  # fmt: skip
    except NotAllowedNow as refusal:
        return _presets_page(request, team, kind, refused=refusal.words)
    _ring_for_sample(entry, account)
    messages.success(request, _("%(name)s is in the library.") % {"name": entry})
    return redirect(kind, entry.key)


def _ring_for_sample(entry: Element | Voice, account: Account) -> None:
    """What one of Kling's own voices sounds like is copied here by a worker."""
    row = entry.creation_on(account) if isinstance(entry, Voice) else None
    if row is not None:
        transaction.on_commit(partial(tasks.ring_for_trial, row.pk))


def _presets_page(
    request: HttpRequest, team: Team, kind: Kind, *, refused: str = ""
) -> HttpResponse:
    context = _listed(request, team, kind) | {
        "title": _TITLES[kind],
        "ways": ways_of(team, kind, f"{kind}_presets"),
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "storyboard/library/presets.html", context, status=status)


def _listed(request: HttpRequest, team: Team, kind: Kind) -> dict[str, Any]:
    """What the page and its pulse draw: one account's list as it was last read."""
    accounts, account = library_accounts(team), _account(request, team)
    listed = PresetList.of(account) if account else None
    form = PresetForm(request.GET)
    words = form.words
    found = listed.found(f"{kind}s", words) if listed else []
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return {
        "team": team,
        "kind": kind,
        "accounts": accounts,
        "account": account,
        "listed": listed,
        "words": words,
        "query": form.query(account=account.key if account else ""),
        "page": page,
        "rows": _rows(kind, account, list(page.object_list)),
        "may": verbs_of(request.user, team),
    }


def _rows(
    kind: Kind, account: Account | None, presets: Sequence[Preset]
) -> list[tuple[Preset, str]]:
    """Each with the key of the entry that is in the library with its id, or "": one query."""
    of = {"element": "version__element", "voice": "voice"}[kind]
    ids = [preset.kling_id for preset in presets]
    made = Creation.objects.filter(account=account, kling_id__in=ids).exclude(**{of: None})
    made = made.filter(**{f"{of}__removed_at": None})
    keys = dict(made.values_list("kling_id", f"{of}__key"))
    return [(preset, keys.get(preset.kling_id, "")) for preset in presets]


def _account(request: HttpRequest, team: Team) -> Account | None:
    """The one asked for, else the first."""
    asked = request.POST.get("account") or request.GET.get("account")
    accounts = library_accounts(team)
    return next((row for row in accounts if row.key == asked), next(iter(accounts), None))
