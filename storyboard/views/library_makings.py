"""What people read of an element or a voice being made on each of the team's accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.profiles import PROFILES
from storyboard.models import Account, Creation, CreationStatus, ElementVersion, Team, Voice

# status → (class of the badge, icon, how its words are coloured where there is no badge)
_LOOKS = {
    "": ("", "draft", "warn"),
    CreationStatus.QUEUED: ("gen", "clock", "warn"),
    CreationStatus.SENDING: ("gen", "send", "warn"),
    CreationStatus.MAKING: ("gen", "spark", "warn"),
    CreationStatus.UNCERTAIN: ("gen", "help", "warn"),
    CreationStatus.READY: ("approved", "okc", ""),
    CreationStatus.FAILED: ("fail", "badc", "bad"),
}
_WORDS: dict[str, Promise] = {
    CreationStatus.QUEUED: gettext_lazy("It waits to be sent. You can leave this page."),
    CreationStatus.SENDING: gettext_lazy("It is on its way to Kling."),
    CreationStatus.MAKING: gettext_lazy(
        "Kling is making it; most take half a minute. You can leave this page."
    ),
    CreationStatus.UNCERTAIN: gettext_lazy(
        "Kling did not answer when it was sent. Kling is asked whether it has it, before anything "
        "is sent again."
    ),
}
# What a card tells of several accounts: the first of these that there is.
_RANK = (
    CreationStatus.FAILED,
    CreationStatus.UNCERTAIN,
    CreationStatus.MAKING,
    CreationStatus.SENDING,
    CreationStatus.QUEUED,
)


@dataclass(frozen=True)
class Making:
    """One entry on one account. `since` is set while it is under way; milliseconds so far.

    `action` is "create", "retry" or "" for nothing to press; `said` are Kling's own words.
    """

    account: Account
    status: str
    title: str
    css: str
    icon: str
    tone: str
    words: str
    code: str
    said: str
    kling_id: str
    since: datetime | None
    elapsed_ms: int
    action: str

    @property
    def is_ready(self) -> bool:
        return self.status == CreationStatus.READY

    @property
    def is_bad(self) -> bool:
        return self.status == CreationStatus.FAILED


def makings_of(
    what: ElementVersion | Voice, accounts: Iterable[Account], creations: Iterable[Creation]
) -> list[Making]:
    """One for each account that keeps a library, or has kept this entry; no query."""
    by_account = {row.account_id: row for row in creations}
    return [
        _making(account, by_account.get(account.pk), what)
        for account in accounts
        if account.pk in by_account or keeps_library(account)
    ]


def making_of_card(
    creations: Iterable[Creation], accounts: dict[int, Account], what: ElementVersion | Voice
) -> Making | None:
    """What deserves words on a card: a failure, one under way, or that it is nowhere ready."""
    rows = [row for row in creations if row.account_id in accounts]
    for status in _RANK:
        for row in rows:
            if row.status == status:
                return _making(accounts[row.account_id], row, what)
    if not rows and accounts:
        return _making(next(iter(accounts.values())), None, what)
    return None


def accounts_of(team: Team) -> list[Account]:
    """The team's accounts that are on, the default first: one query."""
    rows = team.accounts.filter(closed_at=None).order_by("created_at", "pk")
    return sorted(rows, key=lambda row: row.pk != team.account_id)


def library_accounts(team: Team) -> list[Account]:
    """Those of them on which elements and voices can be made."""
    return [row for row in accounts_of(team) if keeps_library(row)]


def keeps_library(account: Account) -> bool:
    """Whether elements and voices can be made on it."""
    profile = PROFILES.get(account.profile)
    return profile is not None and profile.has_library


def _making(account: Account, row: Creation | None, what: ElementVersion | Voice) -> Making:
    status = row.status if row else ""
    css, icon, tone = _LOOKS[status]
    is_coming = row is not None and row.is_coming
    return Making(
        account=account,
        status=status,
        title=str(CreationStatus(status).label) if status else _("Not created yet"),
        css=css,
        icon=icon,
        tone=tone,
        words=_words(row),
        code=row.code if row else "",
        said=row.said if row else "",
        kling_id=row.kling_id if row else "",
        since=row.asked_at if row and is_coming else None,
        elapsed_ms=_elapsed_ms(row.asked_at) if row and is_coming else 0,
        action=_action(account, row, what),
    )


def _words(row: Creation | None) -> str:
    """Ours where the worker wrote some; else what the status means."""
    if row is None:
        return _("Create it there before a storyboard on this account uses it.")
    return row.words or str(_WORDS.get(row.status, ""))


def _elapsed_ms(since: datetime) -> int:
    return max(0, int((timezone.now() - since).total_seconds() * 1000))


def _action(account: Account, row: Creation | None, what: ElementVersion | Voice) -> str:
    if account.closed_at is not None or not keeps_library(account):
        return ""
    if row is None:
        return "" if what.is_known else "create"
    return "retry" if row.has_failed else ""
