"""The editor: everything its page draws, and the answers its small posts get.

The page, the answer to a save and the pulse draw the same parts from the same context.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from storyboard.access import as_key, verbs_of_role, visible_to
from storyboard.forms.drafts import DraftForm
from storyboard.forms.storyboards import NameForm
from storyboard.models import (
    Conflict,
    Element,
    Membership,
    Revision,
    Shot,
    Storyboard,
    User,
    Voice,
    digest,
    steps_of,
)
from storyboard.models.answers import change_counts
from storyboard.views.attempts import Attempt as Attempt  # also known as editor.Attempt
from storyboard.views.attempts import Clash
from storyboard.views.cards import drawn_shots
from storyboard.views.cast import shelves
from storyboard.views.controls import Controls, title_of
from storyboard.views.frozen import stills_of
from storyboard.views.gate import Gate, gate_of, members_of
from storyboard.views.inspector import drawn_settings
from storyboard.views.layouts import LAYOUTS, layout_of
from storyboard.views.previews import preview_of_draft
from storyboard.views.shell import frame


class Toast(NamedTuple):
    """What an answer says at the bottom of the page; `undo` is the address that takes it back."""

    words: str
    level: str = "success"
    undo: str = ""


def save(row: Shot | Storyboard, form: DraftForm, *, by: User) -> Attempt:
    """Store what can be stored; what clashes or cannot be is kept in the attempt."""
    about = row.key if isinstance(row, Shot) else ""
    changes, was = form.changes(), form.was()
    attempt = Attempt(about=about, typed=form.typed(), errors=form.complaints())
    while changes:
        try:
            row.rewrite(changes, by=by, was=was)
            break
        except Conflict as conflict:
            for name, (theirs, _yours) in conflict.fields.items():
                words = title_of(name, theirs)
                attempt.clashes[name] = Clash(words, conflict.who, conflict.at, digest(theirs))
            changes = {name: new for name, new in changes.items() if name not in conflict.fields}
    return attempt


def page(request: HttpRequest, key: str, attempt: Attempt | None = None) -> HttpResponse:
    """The whole page; with an attempt, its status and what the person typed."""
    attempt = attempt or Attempt()
    drawn = context(request, key, attempt)
    return render(request, "storyboard/storyboards/show.html", drawn, status=attempt.status)


def parts(
    request: HttpRequest, key: str, attempt: Attempt, focus: str = "", *, toast: Toast | None = None
) -> HttpResponse:
    """Board, timeline, settings and gate: the answer to whatever changes more than one shot.

    `focus` is the id of what the focus goes to; else it stays on what has the same id.
    """
    drawn = context(request, key, attempt) | {"focus": focus, "toast": toast}
    return render(request, "storyboard/storyboards/parts.html", drawn, status=attempt.status)


def saved_shot(request: HttpRequest, shot: Shot, attempt: Attempt, *, whole: bool) -> HttpResponse:
    """What a saved shot changes around its fields; `whole` answers with the card itself."""
    drawn = context(request, shot.storyboard.key, attempt)
    drawn |= {"whole": whole, "with_seconds": "seconds" in attempt.typed}
    drawn["card"] = next(card for card in drawn["cards"] if card.shot.pk == shot.pk)
    return render(request, "storyboard/storyboards/saved_shot.html", drawn, status=attempt.status)


def retimed(request: HttpRequest, board: Storyboard, attempt: Attempt) -> HttpResponse:
    """What new seconds change around their fields, never the fields themselves."""
    drawn = context(request, board.key, attempt) | {"retimed": attempt.rows}
    name = "storyboard/storyboards/saved_seconds.html"
    return render(request, name, drawn, status=attempt.status)


def context(request: HttpRequest, key: str, attempt: Attempt) -> dict[str, Any]:
    """All the page draws, read anew: what it costs does not grow with shots, takes or library."""
    board = _read(request, key)
    members = members_of(board)
    stills = stills_of(board)
    brief = board.brief()
    account = board.project.ordering_account
    controls = Controls(brief, account)
    problems = controls.problems()
    revisions = board.revisions.select_related("review").defer("brief_json")
    latest = revisions.order_by("-number").first()
    shelved = shelves(board, controls, problems)
    free = [*shelved["free_elements"], *shelved["free_voices"]]
    return {
        **frame(board.project, board),
        **_rights(request, board, members),
        **drawn_shots(board, brief, problems, attempt, stills),
        **drawn_settings(board, controls, problems, attempt),
        **shelved,
        "serial": board.project.serial,
        "number": latest.number + 1 if latest else 1,
        "latest": latest,
        "wishes": latest.review.wishes() if latest else [],
        "latest_take": stills.latest,
        "preview": preview_of_draft(board, stills),
        "layout": layout_of(request),
        "layouts": LAYOUTS,
        "page_refused": attempt.refused.get("page", ""),
        "name_form": _name_form(board, attempt),
        "gate": _gate(request.user, board, controls, latest, attempt, members, free),
    }


def _rights(request: HttpRequest, board: Storyboard, members: list[Membership]) -> dict[str, Any]:
    role = next((each.role for each in members if each.user_id == request.user.pk), None)
    verbs = verbs_of_role(role)
    return {"can": verbs, "can_edit": verbs["edit"] and not board.is_archived}


def is_script(request: HttpRequest) -> bool:
    """Asked by htmx or auto-save: answer with parts instead of a page."""
    return request.headers.get("HX-Request") == "true"


def _name_form(board: Storyboard, attempt: Attempt) -> NameForm:
    if "name" in attempt.errors:
        return NameForm({"name": attempt.typed["name"]})
    return NameForm.of(board)


def _read(request: HttpRequest, key: str) -> Storyboard:
    """The draft with all that hangs on it, for whoever may see it; Http404 for others."""
    boards = visible_to(request.user, Storyboard)
    boards = boards.select_related(
        "project__team__account", "project__account", "first_frame", "end_frame"
    )
    assert isinstance(request.user, User)  # noqa: S101  (the views ask for a sign-in)
    boards = boards.annotate(**steps_of(request.user), **change_counts())
    shots = Prefetch("shots", Shot.objects.select_related("picture"))
    boards = boards.prefetch_related(shots, "element_uses", "voice_uses")
    return get_object_or_404(boards, key=as_key(key))


def _gate(
    user: User | AnonymousUser, board: Storyboard, controls: Controls, latest: Revision | None,
    attempt: Attempt, members: list[Membership], free: list[Element | Voice],
) -> Gate:  # fmt: skip
    assert isinstance(user, User)  # noqa: S101  (the views ask for a sign-in)
    return gate_of(
        board, controls, by=user, latest=latest, refused=attempt.refused.get("gate", ""),
        takes=attempt.typed.get("takes", "1"), members=members, free=free,
    )  # fmt: skip
