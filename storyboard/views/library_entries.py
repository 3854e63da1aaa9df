"""What the pages of elements and voices have in common."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from storyboard import tasks
from storyboard.access import fetch, signed_in
from storyboard.forms.drafts import words_of
from storyboard.forms.library import OnAccountForm
from storyboard.models import (
    Account,
    Affected,
    Element,
    NotAllowedNow,
    Storyboard,
    Team,
    User,
    Voice,
    affected_by_removing,
)
from storyboard.models.shelves import boards_to_use_in

MOST_BOARDS = 60
_WAYS = {
    "element": {
        "new_element": gettext_lazy("From pictures"),
        "new_element_video": gettext_lazy("From a video"),
        "element_presets": gettext_lazy("Kling's presets"),
        "know_element": gettext_lazy("By Kling's id"),
    },
    "voice": {
        "new_voice": gettext_lazy("Recorded"),
        "voice_from_take": gettext_lazy("From a take"),
        "voice_presets": gettext_lazy("Kling's presets"),
        "know_voice": gettext_lazy("By Kling's id"),
    },
}


class Way(NamedTuple):
    """One of the ways an entry comes into the library."""

    url: str
    words: str
    on: bool


def ways_of(team: Team, kind: str, chosen: str) -> list[Way]:
    return [
        Way(reverse(name, args=[team.key]), str(words), name == chosen)
        for name, words in _WAYS[kind].items()
    ]


def ask_on(request: HttpRequest, entry: Element | Voice) -> str:
    """Have an entry made on the account the form names; words where that cannot be."""
    form = OnAccountForm(request.POST, team=entry.team)
    if not form.is_valid():
        return words_of(form.errors["account"])
    try:
        make_on(form.cleaned_data["account"], entry, by=signed_in(request))
    except NotAllowedNow as refusal:
        return refusal.words
    return ""


@transaction.atomic
def make_on(account: Account, entry: Element | Voice, *, by: User) -> None:
    """Have an entry made on an account; a worker is rung when that is committed."""
    creation = entry.ask_on(account, by=by)
    transaction.on_commit(partial(tasks.ring_for_creation, creation.pk))


def use_page(request: HttpRequest, entry: Element | Voice) -> HttpResponse:
    """Choose a draft to attach it to; the draft opens with it."""
    refused = ""
    if request.method == "POST":
        board = fetch(request, Storyboard, request.POST.get("storyboard", ""), "edit")
        try:
            _attach(board, entry, request)
        except NotAllowedNow as refusal:
            refused = refusal.words
        else:
            return redirect(f"{reverse('storyboard', args=[board.key])}#{entry.entry_kind}s")
    boards = boards_to_use_in(entry.team, MOST_BOARDS + 1)
    context = {
        "team": entry.team,
        "name": entry.name,
        "boards": boards[:MOST_BOARDS],
        "is_cut": len(boards) > MOST_BOARDS,
        "used": set(entry.drafts.values_list("pk", flat=True)),
        "back": reverse(entry.entry_kind, args=[entry.key]),
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "storyboard/library/use.html", context, status=status)


def remove_page(request: HttpRequest, entry: Element | Voice) -> HttpResponse:
    """What its removal does, then the removal."""
    if request.method == "POST":
        if not entry.is_removed:
            entry.remove(by=signed_in(request))
            messages.success(
                request, _("%(name)s is not in the library any more.") % {"name": entry}
            )
        return redirect(f"{reverse('library', args=[entry.team.key])}{_kind_query(entry)}")
    affected = affected_by_removing(entry)
    context: dict[str, Any] = {
        "team": entry.team,
        "name": entry.name,
        "drafts": affected.drafts,
        "bound": affected.elements,
        "keeps": _keeps(affected),
        "at_kling": _at_kling(entry),
        "back": reverse(entry.entry_kind, args=[entry.key]),
    }
    return render(request, "storyboard/library/remove.html", context)


def _attach(board: Storyboard, entry: Element | Voice, request: HttpRequest) -> None:
    if board.project.team_id != entry.team_id or entry.is_removed:
        words = _("The library of this storyboard has no such entry any more. Nothing was changed.")
        raise NotAllowedNow(words)
    board.check_not_archived()
    if isinstance(entry, Element):
        board.attach_element(entry, by=signed_in(request))
    else:
        board.attach_voice(entry, by=signed_in(request))


def _kind_query(entry: Element | Voice) -> str:
    return "" if isinstance(entry, Element) else "?kind=voices"


def _keeps(affected: Affected) -> str:
    """What stays, in numbers."""
    n, takes = len(affected.revisions), affected.takes
    if not n:
        return _("No revision was sent with it.")
    revisions = ngettext("%(n)s revision keeps it", "%(n)s revisions keep it", n) % {"n": n}
    if not takes:
        return _("%(revisions)s as it was sent.") % {"revisions": revisions}
    made = ngettext("%(n)s take stays", "%(n)s takes stay", takes) % {"n": takes}
    return _("%(revisions)s as it was sent, and %(takes)s. An approved revision that was not "
             "ordered in full can no longer be ordered with it.") % {
        "revisions": revisions, "takes": made
    }  # fmt: skip


def _at_kling(entry: Element | Voice) -> str:
    if entry.creations_here().exclude(external_task_id="").exists():
        return _("What was made for it at Kling is deleted there too, once no order and no element "
                 "uses it.")  # fmt: skip
    return _("At Kling nothing is deleted: it was not made from here.")
