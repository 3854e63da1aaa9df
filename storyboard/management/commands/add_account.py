"""manage.py add_account TEAM NAME: a team's contract with Kling, its keys from the environment."""

from __future__ import annotations

import os
from typing import Any, Literal

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from storyboard.kling.guard import AddressRefused, check_base
from storyboard.kling.profiles import OFFICIAL, PROFILES
from storyboard.kling.signatures import is_secret
from storyboard.models import Account, Team

KEY = "KLING_API_KEY"
PAIR = ("KLING_ACCESS_KEY", "KLING_SECRET_KEY")
WEBHOOK_SECRET = "KLING_WEBHOOK_SECRET"  # noqa: S105  (a name)


class Command(BaseCommand):
    help = (
        "Keep a team's account with Kling. Its key is read from KLING_API_KEY in the environment "
        "(with --auth pair from KLING_ACCESS_KEY and KLING_SECRET_KEY, with --webhook-secret also "
        "from KLING_WEBHOOK_SECRET), stored sealed and never printed. The first account becomes "
        "the team's default; a name the team has already gets the new key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("team", help="the team's key or name")
        parser.add_argument("name", help="what people call the account")
        parser.add_argument("--profile", choices=sorted(PROFILES), default=OFFICIAL.name)
        parser.add_argument("--address", default="", help="default: the profile's own")

        parser.add_argument("--auth", choices=Account.Auth.values, default="key")
        parser.add_argument(
            "--reading", choices=Account.Reading.values, default="", help="default: the profile's"
        )
        parser.add_argument("--webhook-secret", action="store_true", help="read it as well")

    def handle(self, *, team: str, name: str, profile: str, address: str, **options: Any) -> None:
        row, auth = _team(team), options["auth"]
        secret = _told(WEBHOOK_SECRET) if options["webhook_secret"] else ""
        known = row.accounts.filter(name=name.strip()).first()
        if known is not None:
            self._replace_key(known, address, auth, secret)
            return
        address = address or PROFILES[profile].default_address
        _check(name, address, profile, auth)
        with transaction.atomic():
            account = row.add_account(
                name.strip(),
                profile=profile,
                address=address,
                credential=_credential(auth),
                auth=auth,
                reading=options["reading"],
                by=None,
            )
            _set_webhook_secret(account, secret)
        default = "the team's default" if row.account == account else "not the team's default"
        self.stdout.write(f"{row} has the account {account} at {account.address}; it is {default}.")
        if account.is_simulator:
            self.stdout.write("This is the simulator: nothing it makes costs money.")

    def _replace_key(
        self, account: Account, address: str, auth: Literal["key", "pair"], secret: str
    ) -> None:
        """The same account with another key; its approvals stay bound to the same address."""
        if address.rstrip("/") not in ("", account.address):
            raise CommandError(
                f"{account} is at {account.address} already. Choose another name for an account "
                "elsewhere. Nothing was changed."
            )
        _check_auth(account.profile, auth)
        with transaction.atomic():
            account.replace_credential(_credential(auth), auth=auth, by=None)
            _set_webhook_secret(account, secret)
        self.stdout.write(f"The key of {account} is replaced; held orders may be released.")


def _team(words: str) -> Team:
    """By key, else by name where only one team has it."""
    if (by_key := Team.objects.filter(key=words).first()) is not None:
        return by_key
    found = list(Team.objects.filter(name=words)[:2])
    if not found:
        raise CommandError(f"There is no team with the key or name {words}. Nothing was added.")
    if len(found) > 1:
        raise CommandError(f"Several teams are named {words}. Give the key. Nothing was added.")
    return found[0]


def _check(name: str, address: str, profile: str, auth: str) -> None:
    _check_auth(profile, auth)
    if not name.strip() or len(name) > 80:
        raise CommandError("An account's name has 1 to 80 characters. Nothing was added.")
    try:
        check_base(address, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS)
    except AddressRefused as refused:
        raise CommandError(
            f"{refused.words} An address inside the network, such as the simulator's, stands as "
            "host:port in ALLOW_PRIVATE_HOSTS. Nothing was added."
        ) from None
    if len(address) > 200:
        raise CommandError("An address has 200 characters at most. Nothing was added.")


def _check_auth(profile: str, auth: str) -> None:
    if auth not in PROFILES[profile].auth:
        raise CommandError(f"An account of {profile} is opened with a key. Nothing was added.")


def _credential(auth: str) -> str:
    """The API key, or `<access key>:<secret key>`."""
    if auth == "key":
        return _told(KEY)
    access_key, secret_key = (_told(name) for name in PAIR)
    if ":" in access_key:
        raise CommandError(f"{PAIR[0]} holds a colon, which no access key has. Nothing was added.")
    return f"{access_key}:{secret_key}"


def _set_webhook_secret(account: Account, secret: str) -> None:
    if secret:
        account.set_webhook_secret(secret, by=None)


def _told(name: str) -> str:
    told = os.environ.get(name, "").strip()
    if not told:
        raise CommandError(f"{name} is not set: put the account's key there. Nothing was added.")
    if name == WEBHOOK_SECRET and not (told.startswith("whsec_") and is_secret(told)):
        raise CommandError(f"{name} is not whsec_ and Base64. Nothing was added.")
    return told
