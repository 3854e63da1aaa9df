"""Test connection: one free question to Kling with an account's own key. It orders nothing."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from storyboard.kling.errors import AccountTrouble, Busy, KlingError
from storyboard.kling.guard import AddressRefused
from storyboard.kling.library import Pack
from storyboard.kling.troubles import BY_CODE
from storyboard.models import Account
from storyboard.steps import account as accounts

log = logging.getLogger(__name__)

DAYS = 30  # of packs asked about
MOST_PACKS = 20
DAY_MS = 24 * 60 * 60 * 1000
# What to do about an account's trouble, where no order is concerned.
_KEY = frozenset({1000, 1001, 1002})
_CLOCK = frozenset({1003, 1004})


@dataclass(frozen=True)
class Finding:
    """How a test ended; `ok` None: it answers, but nobody can tell whether it takes the key."""

    ok: bool | None
    words: str
    packs: tuple[Pack, ...] = ()


def try_out(pk: int) -> bool:
    """Carry out the test an account waits for; False when nobody waits or another has it."""
    account = Account.objects.filter(pk=pk).first()
    if account is None or not account.begin_test():
        return False
    found = _finding(account)
    packs = [_shown(pack) for pack in found.packs[:MOST_PACKS]]
    account.record_test(ok=found.ok, words=found.words, packs=packs)
    return True


def _finding(account: Account) -> Finding:
    try:
        packs = _ask(account)
    except AddressRefused as refused:
        return Finding(False, refused.words)
    except KlingError as error:
        log.warning("account %s: the test met %s", account.key, error)
        accounts.met(account, error)
        return _met(account, error)
    except Exception:
        log.exception("account %s: the test failed", account.key)
        return Finding(
            False, _("Greenlight failed at the test. Nothing was ordered. Test again later.")
        )
    accounts.answered(account)
    words = _("It answers and takes the key.")
    if account.dialect.has_library and not packs:
        words = f"{words} {_('It names no resource pack.')}"
    return Finding(True, words, packs)


def _ask(account: Account) -> tuple[Pack, ...]:
    """What the account's packs are; of a gateway one page of tasks, which tells none."""
    with accounts.client_for(account) as client:
        if account.dialect.has_library:
            now = int(time.time() * 1000)
            return client.costs(now - DAYS * DAY_MS, now)
        client.list_tasks(account.dialect.endpoints[0], 1, 1)
        return ()


def _met(account: Account, error: KlingError) -> Finding:
    """What stood in the way, with Kling's own code and request id where it gave them."""
    facts = _facts(error)
    if isinstance(error, AccountTrouble):
        return Finding(False, f"{_refused(error)}{facts}")
    if error.http is None:
        words = _("%(address)s cannot be reached. Nothing was ordered. Check it, then test again.")
        return Finding(False, words % {"address": account.address})
    if isinstance(error, Busy):
        words = _("It answers and is busy, so the key is not proved. Test again in a minute.")
        return Finding(None, f"{words}{facts}")
    if account.dialect.has_library:
        words = _("It answers, but not as Kling does. Check the address, then test again.")
        return Finding(False, f"{words}{facts}")
    words = _(
        "It answers, but does not list its tasks, which no document promises. The first order "
        "shows whether it takes the key."
    )
    return Finding(None, f"{words}{facts}")


def _refused(error: AccountTrouble) -> str:
    trouble = BY_CODE.get(error.code or 0)
    if trouble is None:  # nothing was sent: its own words say what to do
        return error.words
    if error.code in _KEY:
        advice = _("Replace the key, then test again.")
    elif error.code in _CLOCK:
        advice = _("Check the key and this server's clock, then test again.")
    else:
        advice = _("Look at the account in Kling's console, then test again.")
    return f"{trouble.happened} {advice}"


def _facts(error: KlingError) -> str:
    told = [_("code %(code)s") % {"code": error.code}] if error.code else []
    told += [f"HTTP {error.http}"] if error.http and not error.code else []
    told += [_("request %(id)s") % {"id": error.request_id[:80]}] if error.request_id else []
    return f" ({', '.join(told)})" if told else ""


def _shown(pack: Pack) -> dict[str, Any]:
    """A pack as the account keeps it: no id, and its end as a date."""
    told = asdict(pack)
    ends = told["ends_ms"]
    return {
        "name": told["name"][:120],
        "state": told["state"][:40],
        "left_milli": told["left_milli"],
        "total_milli": told["total_milli"],
        "until": _day(ends) if ends else "",
    }


def _day(at_ms: int) -> str:
    """A moment as its date in UTC; "" for one no calendar has."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, tz=UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
