"""What people are told of an element or a voice that Kling does not make, or not yet."""

from __future__ import annotations

from django.utils.translation import gettext as _

from storyboard.kling.errors import AccountTrouble, Busy, KlingError, NotOffered, Refused
from storyboard.kling.troubles import (
    BY_CODE,
    FAILED_BY_CONTENT,
    FAILED_BY_PICTURE,
    of_failure,
)

NO_RIGHT = 1103
_CONTENT = frozenset({1300, 1301})


def of_error(error: KlingError) -> str:
    """What an error of Kling's means to the entry: what happened, what is kept, what to do."""
    if isinstance(error, NotOffered):
        return error.words
    trouble = happened(error)
    if isinstance(error, AccountTrouble):
        return f"{trouble} {_nothing_made()} {_about_account(error)}"
    if isinstance(error, Busy):
        return f"{trouble} {_('It is sent again later.')}"
    if isinstance(error, Refused):
        return f"{trouble} {_nothing_made()} {_about_entry(error)}"
    return f"{trouble} {_('Kling is asked about it before anything is sent again.')}"


def happened(error: KlingError) -> str:
    """What came in the way, in a sentence or more."""
    trouble = BY_CODE.get(error.code or 0)
    if trouble is not None:
        return trouble.happened
    if isinstance(error, AccountTrouble):
        return error.words
    if isinstance(error, Refused):
        return _("Kling turned this down.")
    if error.http is None:
        return _("Kling cannot be reached.")
    return _("Kling's answer is unclear.")


def of_failed(message: str) -> str:
    """A making that Kling took and gave up; `message` is its reason."""
    trouble = of_failure(message)
    if trouble is FAILED_BY_CONTENT:
        told = _("Kling's content rules stopped this while it was being made.")
        advice = _("Change its pictures, its recording or its words, then create it again.")
    elif trouble is FAILED_BY_PICTURE:
        told = trouble.happened
        advice = _("Choose another picture, then create it again.")
    else:
        told = _("Kling took this, worked on it and gave up.")
        advice = _("Try again, or change what Kling's message names.")
    return f"{told} {_kept()} {advice}"


def no_address() -> str:
    """A film or a recording cannot be sent, because Kling fetches it from an address."""
    return _(
        "Kling fetches films and recordings from an address, and this installation has no public "
        "one. Nothing was sent and the entry is kept. An administrator sets PUBLIC_URL, then try "
        "again; pictures and takes need none."
    )


def stopped(account: str, words: str) -> str:
    """The account is stopped, which Kling said before of something else."""
    told = _("The account %(account)s is stopped: %(words)s") % {"account": account, "words": words}
    return f"{told} {_('Nothing was sent and the entry is kept.')}"


def lost() -> str:
    return _(
        "Kling lost this three times after it was sent. The entry is kept. Try again later, or "
        "create it on another account."
    )


def deleted_there() -> str:
    return _("Somebody deleted this at Kling. The entry is kept. Try again to create it anew.")


def no_film() -> str:
    return _(
        "The take this voice comes from is not known to Kling by a film of its own. Nothing was "
        "sent. Choose another take, or a recording."
    )


def _about_account(error: AccountTrouble) -> str:
    trouble = BY_CODE.get(error.code or 0)
    if trouble is None:  # nothing was sent, and its own words said what to do
        return ""
    advice = _("Ask Kling for access.") if error.code == NO_RIGHT else trouble.todo
    return f"{advice} {_('Then try again.')}"


def _about_entry(error: Refused) -> str:
    if error.code in _CONTENT:
        return _("Change its pictures, its recording or its words, then create it again.")
    return _("Read Kling's message, change the entry and create it again.")


def _nothing_made() -> str:
    return _("Nothing was made and the entry is kept.")


def _kept() -> str:
    return _("The entry is kept.")
