"""Callbacks as they came, for owners: when, about which order, how signed, and what they said."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NoReturn

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import fetch, verbs_of
from storyboard.kling.reports import UnreadableAnswer, parse_callback
from storyboard.models import Generation, Receipt, Team
from storyboard.models.calls import KEPT

PER_PAGE = 20
_ORDER = "generation__order__revision__storyboard"
# Kling's links to films open without a key: people see where they lead, not the links.
_LINK = re.compile(r"(https?:(?:\\?/){2}[^\s\"'\\/?#<>]+)[^\s\"'<>]*", re.IGNORECASE)


@dataclass(frozen=True)
class Shown:
    """One callback as the page draws it. `said`: the status it told, "" where none can be read."""

    receipt: Receipt
    said: str
    body: str

    @property
    def is_refused(self) -> bool:
        return self.receipt.signature == Receipt.Signature.BAD

    @property
    def outcome(self) -> str:
        """What was done about it."""
        ended_at = self.receipt.generation.ended_at
        if self.is_refused:
            return _("Refused: nothing was done. Its beginning is kept.")
        if self.receipt.processed_at is not None:
            at = formats.date_format(timezone.localtime(self.receipt.processed_at), "H:i:s")
            return _("Processed: Kling was asked at %(at)s.") % {"at": at}
        if ended_at is not None:
            return _("Not needed: the order was settled.")
        return _("Not processed yet: Kling is asked at the next look.")


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    """A page of the team's callbacks, newest first; with `order` those of one generation."""
    team = fetch(request, Team, key, "see_callbacks")
    order = _order(request, team)
    rows = Receipt.objects.filter(generation__account__team=team)
    if order is not None:
        rows = rows.filter(generation=order)
    before = _whole(request.GET.get("before", ""))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    related = rows.select_related(_ORDER, "generation__take")
    found = list(related.order_by("-pk")[: PER_PAGE + 1])
    context = {
        "team": team,
        "order": order,
        "shown": [shown_of(receipt) for receipt in found[:PER_PAGE]],
        "older": _older(found, order),
        "is_older": before is not None,
        "days": KEPT.days,
        "is_called": bool(settings.PUBLIC_URL),
        "may": verbs_of(request.user, team),
    }
    return render(request, "storyboard/receipts/show.html", context)


def shown_of(receipt: Receipt) -> Shown:
    body = bytes(receipt.body)
    try:
        said = str(parse_callback(body).status)
    except UnreadableAnswer:
        said = ""
    return Shown(receipt, said, _readable(body, receipt.generation.callback_token))


def _order(request: HttpRequest, team: Team) -> Generation | None:
    """The order asked for; 404 for one that is not this team's."""
    key = request.GET.get("order", "")
    if not key:
        return None
    path = "order__revision__storyboard"
    row = fetch(request, Generation, key, related=(path, "account", "take"))
    if row.account.team_id != team.pk:
        raise Http404
    return row


def _older(found: list[Receipt], order: Generation | None) -> str:
    """The query of the next page; "" on the last."""
    if len(found) <= PER_PAGE:
        return ""
    query = QueryDict(mutable=True)
    query["before"] = str(found[PER_PAGE - 1].pk)
    if order is not None:
        query["order"] = order.key
    return query.urlencode()


def _whole(words: str) -> int | None:
    is_whole = words.isascii() and words.isdecimal() and len(words) < 19
    return int(words) if is_whole else None


def _readable(body: bytes, token: str) -> str:
    """The body for people: indented where that changes nothing of it, without what opens doors."""
    raw = body.decode("utf-8", "replace")
    try:
        told = json.loads(
            raw, object_pairs_hook=_pairs, parse_float=_same_float, parse_constant=_refuse
        )
        pretty = json.dumps(told, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        pretty = raw
    # Deep nesting grows by its indentation; a lone half of a letter cannot be sent.
    text = pretty if len(pretty) <= 2 * len(raw) + 1000 else raw
    text = text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _LINK.sub(r"\1/…", text).replace(token, "…")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _same_float(words: str) -> float:
    if repr(float(words)) != words:
        raise ValueError("a number would be written otherwise")
    return float(words)


def _refuse(_words: str) -> NoReturn:
    raise ValueError("no JSON")
