"""An account's client, its breaker, and what its troubles mean for everyone."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.client import KlingClient, Trace
from storyboard.kling.errors import AccountTrouble, KlingError
from storyboard.models import Account, Activity
from storyboard.models.statuses import POST_TOTAL

BREAKER_FAILURES = 5
PROBE_SECONDS = 30.0
BUSY_SECONDS = 60.0


def client_for(account: Account, *, trace: Trace | None = None) -> KlingClient:
    """The only place that makes one; time-outs follow TIME_SCALE.

    Raises AccountTrouble for a key that cannot be opened or sent, AddressRefused for an address
    that may not be used: nothing has left then.
    """
    try:
        credential = account.credential
    except InvalidToken:
        raise AccountTrouble(
            "the credential cannot be opened",
            words=_(
                "The account's key cannot be opened with this installation's key file. Nothing "
                "was sent. Put the account's key in again."
            ),
        ) from None
    return KlingClient(
        account.dialect,
        account.address,
        credential,
        auth="pair" if account.auth == Account.Auth.PAIR else "key",
        connect_timeout=account.scaled(5).total_seconds(),
        total_timeout=account.scaled(POST_TOTAL).total_seconds(),
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
        trace=trace,
    )


def may_ask(account: Account) -> bool:
    """Closed breaker: yes. Open: one probe each half minute, for whoever comes first."""
    if account.unreachable_since is None:
        return True
    now = timezone.now()
    return bool(
        Account.objects.filter(pk=account.pk, probe_at__lte=now).update(
            probe_at=now + account.scaled(PROBE_SECONDS)
        )
    )


def is_out_of_reach(account: Account) -> bool:
    """As `may_ask` would refuse, without taking the probe from whoever has something to ask."""
    is_open = account.unreachable_since is not None
    return is_open and account.probe_at is not None and account.probe_at > timezone.now()


def met(account: Account, error: KlingError) -> None:
    """What an error says of the way to Kling; nothing where our own key let nothing be sent."""
    if error.http is not None:
        answered(account)
    elif not isinstance(error, AccountTrouble):
        silent(account)


def answered(account: Account) -> None:
    """Kling spoke, whatever it said: the breaker closes."""
    Account.objects.filter(pk=account.pk, failures__gt=0).update(
        failures=0, unreachable_since=None, probe_at=None
    )


def silent(account: Account) -> None:
    """Kling could not be reached; after five in a row the breaker opens."""
    now = timezone.now()
    Account.objects.filter(pk=account.pk).update(failures=F("failures") + 1)
    Account.objects.filter(
        pk=account.pk, failures__gte=BREAKER_FAILURES, unreachable_since=None
    ).update(unreachable_since=now, probe_at=now + account.scaled(PROBE_SECONDS))


@transaction.atomic
def trip(account: Account, words: str) -> None:
    """Kling refuses the account itself: nobody orders with it until a person looks.

    Not when its key was replaced since `account` was read: the refusal was of the old one.
    """
    of_this_key = Account.objects.filter(pk=account.pk, key_set_at=account.key_set_at)
    tripped = of_this_key.filter(tripped_at=None).update(
        tripped_at=timezone.now(), tripped_words=words[:500]
    )
    if tripped:
        Activity.append(
            "account.tripped", by=None, team=account.team, name=account.name, words=words
        )


def crowded(account: Account, in_flight: int) -> None:
    """Kling allows fewer at once than we thought: fewer for a minute."""
    Account.objects.filter(pk=account.pk).update(
        learned_slots=max(1, in_flight), busy_until=timezone.now() + account.scaled(BUSY_SECONDS)
    )
