"""What a person is told about a decision of the machine, by its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.errors import KlingError
from storyboard.models import Status
from storyboard.models.standing import Move

WORDS: Mapping[str, Promise] = {
    # not sent yet
    "places": gettext_lazy("All places at Kling are taken; it goes next."),
    "unreachable": gettext_lazy("Kling cannot be reached. Nothing is lost."),
    "disk": gettext_lazy("The disk is nearly full, so nothing new is ordered."),
    "storage": gettext_lazy("Our storage is full or does not answer, so nothing is sent."),
    "waited": gettext_lazy("This order has waited a day to be sent."),
    # nobody knows whether Kling has it
    "worker_ended": gettext_lazy("A worker ended while sending."),
    "another_name": gettext_lazy("Kling answered with another order's name."),
    "exists": gettext_lazy("Kling says it has this order already."),
    "unclear": gettext_lazy(
        "It has been unclear for a day whether Kling took this order. The money counts as spent "
        "until that is known. Look it up in Kling's console, then release the order."
    ),
    "cannot_tell": gettext_lazy(
        "This account cannot be asked safely, so a person decides whether to order again."
    ),
    "another_key": gettext_lazy(
        "The account's key was replaced after this was sent, and with the new key Kling knows "
        "no such order. If the old key is of another account at Kling, the take may be paid "
        "for there. Nothing was sent again."
    ),
    "posts": gettext_lazy(
        "Kling lost this order three times, so it waits for a person. Nothing was charged "
        "as far as Kling tells."
    ),
    # Kling has it
    "no_answer": gettext_lazy(
        "Kling has been at this for a day without a result. The order stands; it is asked "
        "again each day for 30 days."
    ),
    "never_answered": gettext_lazy("Kling never answered, and keeps films for 30 days only."),
    "not_known": gettext_lazy(
        "Kling has not known this order for 30 days, and keeps films no longer."
    ),
    "cleared": gettext_lazy(
        "The film could not be fetched within Kling's 30 days, and Kling has cleared it."
    ),
    # ourselves
    "crashes": gettext_lazy(
        "Our own worker stopped at this five times, so it waits for a person. Nothing is lost."
    ),
}


def told(move: Move) -> dict[str, Any]:
    """The words a decision brings with it; none where the words so far stay."""
    return {"words": str(WORDS[move.reason])} if move.reason in WORDS else {}


def told_of_waiting(move: Move, why: str) -> dict[str, Any]:
    """As `told`, with `why` it could not be sent."""
    if move.to != Status.HELD:
        return {"words": why}
    nothing = "" if move.wait is not None else _("Nothing was sent.")
    return {"words": " ".join(filter(None, [str(WORDS["waited"]), why, nothing]))[:500]}


def said(error: KlingError) -> dict[str, Any]:
    """What the row keeps of Kling's own answer."""
    return {
        "words": error.words[:500],
        "kling_code": "" if error.code is None else str(error.code)[:12],
        "kling_message": (error.message or "")[:1000],
        "kling_request_id": (error.request_id or "")[:80],
    }
