"""A frozen revision: read, decided, ordered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from storyboard.access import fetch, require, verbs_of
from storyboard.forms.reviews import ChangesForm, OrderForm
from storyboard.models import Account, Decision, Generation, NotAllowedNow, Revision, User
from storyboard.tasks import ring
from storyboard.views.alarms import alarms_of
from storyboard.views.editor import is_script
from storyboard.views.frozen import (
    SHAPES,
    Gate,
    cards_of,
    gate_of,
    settings_of,
    stage_of,
)
from storyboard.views.previews import preview_of
from storyboard.views.progress import mark_of
from storyboard.views.pulse import is_current
from storyboard.views.records import attach_records
from storyboard.views.shell import frame

_RELATED = (
    "storyboard__project__team__account",
    "storyboard__project__account",
    "first_frame",
    "review",
    "sent_by",
)


@login_required
@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The frozen shots and settings, and the gate as it stands for this person."""
    return _page(request, _fetch(request, key))


@login_required
@require_GET
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing is newer than `after`, else the parts of the page that can change."""
    revision = _fetch(request, key)
    context = _context(request, revision)
    if is_current(request, context["cursor"]):
        return HttpResponse(status=204)
    return render(request, "storyboard/revisions/pulse.html", context)


@login_required
@require_POST
def approve(request: HttpRequest, key: str) -> HttpResponse:
    """One person's yes; saying it twice is saying it once."""
    revision = _fetch(request, key, "decide")
    if revision.review.is_approved and _said_yes(revision, _person(request)):
        return _done(request, revision)
    return _try(request, revision, lambda: revision.review.approve(by=_person(request)))


@login_required
@require_POST
def request_changes(request: HttpRequest, key: str) -> HttpResponse:
    """One person's no, with what to change."""
    revision = _fetch(request, key, "decide")
    form = ChangesForm(request.POST)
    if not form.is_valid():
        return _page(request, revision, status=422, changes=form)
    note = form.cleaned_data["note"]
    verb = revision.review.request_changes
    return _try(request, revision, lambda: verb(by=_person(request), note=note), changes=form)


@login_required
@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take a review back that nobody has decided."""
    revision = _fetch(request, key, "withdraw")
    return _try(request, revision, lambda: revision.withdraw(by=_person(request)))


@login_required
@require_POST
def generate(request: HttpRequest, key: str) -> HttpResponse:
    """Order the take that stood on the button; pressing it twice orders one."""
    revision = _fetch(request, key, "generate")
    form = OrderForm(request.POST)
    if not form.is_valid():
        words = _("The page named no take of this revision. Nothing was ordered. Reload it.")
        return _page(request, revision, status=422, refused=words)
    slot, by = form.cleaned_data["slot"], _person(request)
    verb = revision.generate
    if form.cleaned_data["price_unknown"]:
        require(request, revision.storyboard.project.team, "accept_unknown_price")
        verb = revision.generate_at_unknown_price
    return _try(request, revision, lambda: _order(verb, revision, slot, by))


@login_required
@require_POST
def withdraw_order(request: HttpRequest, key: str) -> HttpResponse:
    """Only before anything went to Kling."""
    generation = _generation(request, key, "withdraw")
    revision = _fetch(request, generation.order.revision.key)
    return _try(request, revision, lambda: generation.withdraw(by=_person(request)))


@login_required
@require_POST
def release(request: HttpRequest, key: str) -> HttpResponse:
    """Let a held order go on, which may lead to a second payment."""
    generation = _generation(request, key, "release")
    revision = _fetch(request, generation.order.revision.key)
    return _try(request, revision, lambda: _let_go(generation, _person(request)))


@login_required
@require_POST
def give_up(request: HttpRequest, key: str) -> HttpResponse:
    """No longer wait for a held order; one that may be paid is still asked about."""
    generation = _generation(request, key, "give_up")
    revision = _fetch(request, generation.order.revision.key)
    return _try(request, revision, lambda: generation.give_up(by=_person(request)))


def _order(verb: Callable[..., Generation], revision: Revision, slot: int | None, by: User) -> None:
    try:
        ring(verb(by=by, slot=slot).pk)
    except NotAllowedNow:
        if not _ordered_just_now(revision, slot, by):
            raise


def _let_go(generation: Generation, by: User) -> None:
    generation.release(by=by)
    ring(generation.pk)


def _try(
    request: HttpRequest, revision: Revision, verb: Callable[[], object], **kept: Any
) -> HttpResponse:
    """Call one verb; what it refuses is said on the same page, with what was typed."""
    try:
        verb()
    except NotAllowedNow as refused:
        again = _fetch(request, revision.key)
        return _page(request, again, status=422, refused=refused.words, **kept)
    return _done(request, revision)


def _done(request: HttpRequest, revision: Revision) -> HttpResponse:
    if is_script(request):
        return _page(request, _fetch(request, revision.key))
    return redirect(reverse("revision", args=[revision.key]) + "#gate")


def _page(
    request: HttpRequest, revision: Revision, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The whole page, or with htmx the parts that can change, to be placed by their ids."""
    context = _context(request, revision) | more
    if is_script(request):
        return render(
            request, "storyboard/revisions/parts.html", context | {"oob": True}, status=status
        )
    return render(request, "storyboard/revisions/show.html", context, status=status)


def _context(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    board, brief = revision.storyboard, revision.brief
    latest = board.revisions.order_by("-number").values_list("number", flat=True)[0]
    gate = gate_of(revision, _person(request), next_number=latest + 1)
    takes = list(revision.takes.order_by("number"))
    stage, stage_words = stage_of(gate, revision, [take for take in takes if take.stored_at])
    account = gate.order.account
    can = verbs_of(request.user, board.project.team)
    attach_records([one.generation for one in gate.orders], can)
    return {
        **frame(board.project, board),
        "alarms": alarms_of(board.project.team, account),
        "revision": revision,
        "next_number": latest + 1,
        "is_latest": revision.number == latest,
        "brief": brief,
        "cards": cards_of(revision, brief),
        "settings": settings_of(brief),
        "preview": preview_of(revision),
        "shape": SHAPES.get(brief.aspect_ratio, ""),
        "ruled": range(brief.shots_seconds),
        "gate": gate,
        "account": account,
        "takes": takes,
        "stage": stage,
        "stage_words": stage_words,
        "can": can,
        "cursor": _cursor(board.project.serial, gate, account),
    }


def _cursor(serial: int, gate: Gate, account: Account) -> str:
    """The serial, and a mark of what changes without a line in this project's history."""
    seen = (mark_of(gate.orders), account.unreachable_since, account.tripped_at, gate.blocked)
    return f"{serial}-{hashlib.sha256(repr(seen).encode()).hexdigest()[:8]}"


def _said_yes(revision: Revision, person: User) -> bool:
    last = [one for one in revision.review.last_decisions() if one.by_id == person.pk]
    return bool(last) and last[0].verdict != Decision.Verdict.CHANGES


def _ordered_just_now(revision: Revision, slot: int | None, person: User) -> bool:
    """The take on the button stands already, and this person ordered it: a double press."""
    standing = revision.order.generations.standing()
    return slot is not None and standing.filter(take_slot=slot, ordered_by=person).exists()


def _fetch(request: HttpRequest, key: str, verb: str = "see") -> Revision:
    return fetch(request, Revision, key, verb, related=_RELATED)


def _generation(request: HttpRequest, key: str, verb: str) -> Generation:
    path = "order__revision__storyboard__project__team"
    return fetch(request, Generation, key, verb, related=(path, "account"))


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  (login_required)
    return request.user
