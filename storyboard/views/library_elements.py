"""One element of the library: its page, making it, changing it, and on which accounts it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from storyboard import tasks
from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.elements import SLOTS, ElementChangeForm, ElementForm, Slot, Slots
from storyboard.forms.pictures import body_refused
from storyboard.forms.refused import focus_first_error
from storyboard.models import Element, Look, NotAllowedNow, Picture, Team
from storyboard.views.editor import is_script
from storyboard.views.library_entries import ask_on, make_on, remove_page, use_page, ways_of
from storyboard.views.library_makings import accounts_of, library_accounts
from storyboard.views.library_shown import element_shown, versions_of
from storyboard.views.pulse import is_current
from storyboard.views.uploads import picture_of

_RELATED = ("team__account", "latest__frontal", "latest__voice")


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    return _page(request, fetch(request, Element, key, related=_RELATED))


@require_safe
@login_required
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing happened in the team since `after`, else what the page shows of it."""
    element = fetch(request, Element, key, related=_RELATED)
    if is_current(request, element.team.serial):
        return HttpResponse(status=204)
    return render(request, "storyboard/library/element_pulse.html", _drawn(request, element))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, key: str) -> HttpResponse:
    """From pictures: one from the front and one to three others."""
    team = fetch(request, Team, key, "edit", related=("account",))
    accounts = library_accounts(team)
    form = ElementForm(request.POST or None, team=team, accounts=accounts)
    slots, refused = Slots(_asked_pictures(request, team)), ""
    if request.method == "POST":
        try:
            is_whole = slots.read(request.POST, request.FILES, team=team)
            if form.is_valid() and is_whole:
                return redirect("element", _add(request, team, form, slots).key)
        except NotAllowedNow as refusal:
            refused = refusal.words
    focus_first_error(form)
    context = {
        "title": _("New element"),
        "ways": ways_of(team, "element", "new_element"),
        "button": _("Create element"),
        "back": reverse("library", args=[team.key]),
        "note": ""
        if accounts
        else _("No account keeps a library yet. The element is kept here and created later."),
    }
    return _form(request, team, form, context, slots=slots, refused=refused)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Other words, pictures or voice: the next version."""
    element = fetch(request, Element, key, "edit", related=_RELATED)
    form = ElementChangeForm(request.POST or None, element=element)
    slots, refused = _slots_of(element), ""
    if request.method == "POST":
        try:
            is_whole = slots is None or slots.read(request.POST, request.FILES, team=element.team)
            if form.is_valid() and is_whole:
                _change(request, element, form, slots)
                return redirect("element", element.key)
        except NotAllowedNow as refusal:
            refused = refusal.words
    focus_first_error(form)
    context = {
        "title": _("Edit %(name)s") % {"name": element},
        "button": _("Save"),
        "back": reverse("element", args=[element.key]),
        "note": _("Another name, description, picture or voice makes version %(n)s and creates it "
                  "again where this one is. Revisions keep the version they were sent with.")
        % {"n": element.latest.number + 1},
    }  # fmt: skip
    return _form(request, element.team, form, context, slots=slots, refused=refused)


@csrf_exempt  # looked at after the declared size: the check itself reads the whole body
@require_POST
@login_required
def picture(request: HttpRequest, key: str, slot: str) -> HttpResponse:
    """A picture for one place of a form that is being written: kept, and drawn in its slot."""
    team = fetch(request, Team, key, "edit")
    if slot not in SLOTS:
        raise Http404(slot)
    if words := body_refused(request):
        return _slot(request, team, Slot(slot, errors=[words]))
    return _keep(request, team, slot)


@require_POST
@login_required
def create(request: HttpRequest, key: str) -> HttpResponse:
    """Have it made on an account, or once more where that failed."""
    element = fetch(request, Element, key, "edit", related=_RELATED)
    if refused := ask_on(request, element):
        return _page(request, element, refused=refused)
    return redirect("element", element.key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use(request: HttpRequest, key: str) -> HttpResponse:
    return use_page(request, fetch(request, Element, key, "edit", related=("team",)))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest, key: str) -> HttpResponse:
    return remove_page(request, fetch(request, Element, key, "edit", related=("team",)))


@csrf_protect
def _keep(request: HttpRequest, team: Team, slot: str) -> HttpResponse:
    try:
        return _slot(request, team, Slot(slot, picture_of(request, team)))
    except NotAllowedNow as refusal:
        return _slot(request, team, Slot(slot, errors=[refusal.words]))


def _slot(request: HttpRequest, team: Team, slot: Slot) -> HttpResponse:
    """For a script the slot; else the form with it, whose words are then written anew."""
    status = 422 if slot.errors else 200
    if is_script(request) or slot.errors:
        context = {"team": team, "slot": slot}
        return render(request, "storyboard/library/_slot.html", context, status=status)
    assert slot.picture is not None  # noqa: S101  (no errors)
    return redirect(f"{reverse('new_element', args=[team.key])}?{slot.name}={slot.picture.key}")


def _asked_pictures(request: HttpRequest, team: Team) -> dict[str, Picture]:
    """Pictures the address names for slots, as the page without scripts comes back with them."""
    keys = {name: request.GET.get(name, "").replace("\0", "") for name in SLOTS}
    if not any(keys.values()):
        return {}
    found = {row.key: row for row in team.pictures.filter(key__in=keys.values())}
    return {name: found[key] for name, key in keys.items() if key in found}


def _add(request: HttpRequest, team: Team, form: ElementForm, slots: Slots) -> Element:
    """The element, and its making where an account was chosen: both or neither."""
    by, said = signed_in(request), form.cleaned_data
    look = Look(
        said["name"], said["description"], (slots.frontal, *slots.others), voice=said.get("voice")
    )
    with transaction.atomic():
        element = Element.add(look, team=team, by=by, tags=said["tags"])
        if account := said.get("account"):
            make_on(account, element, by=by)
    messages.success(request, _("%(name)s is in the library.") % {"name": element})
    return element


def _change(
    request: HttpRequest, element: Element, form: ElementChangeForm, slots: Slots | None
) -> None:
    by, said, before = signed_in(request), form.cleaned_data, element.look
    look = replace(
        before,
        name=said["name"],
        description=said["description"],
        pictures=(slots.frontal, *slots.others) if slots else before.pictures,
        voice=said.get("voice"),
    )
    with transaction.atomic():
        element.retag(said["tags"], by=by)
        version = element.change(look, by=by)
        for creation in version.creations.coming():
            transaction.on_commit(partial(tasks.ring_for_creation, creation.pk))


def _slots_of(element: Element) -> Slots | None:
    """None for a version that is made of no pictures."""
    pictures = element.latest.pictures()
    return Slots(dict(zip(SLOTS, pictures, strict=False))) if pictures else None


def _form(
    request: HttpRequest,
    team: Team,
    form: ElementForm,
    context: dict[str, Any],
    *,
    slots: Slots | None,
    refused: str,
) -> HttpResponse:
    context |= {
        "team": team,
        "form": form,
        "slots": slots.slots if slots else [],
        "slot_errors": slots.errors if slots else [],
        "refused": refused,
        "may": verbs_of(request.user, team),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "storyboard/library/element_form.html", context, status=status)


def _page(request: HttpRequest, element: Element, *, refused: str = "") -> HttpResponse:
    context = _drawn(request, element) | {"refused": refused}
    status = 422 if refused else 200
    return render(request, "storyboard/library/element.html", context, status=status)


def _drawn(request: HttpRequest, element: Element) -> dict[str, Any]:
    return {
        "team": element.team,
        "shown": element_shown(element, accounts_of(element.team)),
        "versions": versions_of(element),
        "may": verbs_of(request.user, element.team),
    }
