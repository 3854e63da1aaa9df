"""manage.py add_account TEAM NAME: a team's contract with Kling, its key from the environment."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from storyboard.kling.guard import AddressRefused, check_address
from storyboard.kling.profiles import OFFICIAL, PROFILES
from storyboard.models import Account, Team

KEY = "KLING_API_KEY"


class Command(BaseCommand):
    help = (
        "Keep a team's account with Kling. Its key is read from KLING_API_KEY in the environment, "
        "stored sealed and never printed. The first account becomes the team's default; a name "
        "the team has already gets the new key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("team", help="the team's key or name")
        parser.add_argument("name", help="what people call the account")
        parser.add_argument("--profile", choices=sorted(PROFILES), default=OFFICIAL.name)
        parser.add_argument("--address", default="", help="default: the profile's own")

    def handle(self, *, team: str, name: str, profile: str, address: str, **options: Any) -> None:
        row = _team(team)
        known = row.accounts.filter(name=name.strip()).first()
        if known is not None:
            self._replace_key(known, address)
            return
        address = address or PROFILES[profile].default_address
        _check(name, address)
        account = row.add_account(
            name.strip(), profile=profile, address=address, credential=_key(), by=None
        )
        default = "the team's default" if row.account == account else "not the team's default"
        self.stdout.write(f"{row} has the account {account} at {account.address}; it is {default}.")
        if account.is_simulator:
            self.stdout.write("This is the simulator: nothing it makes costs money.")

    def _replace_key(self, account: Account, address: str) -> None:
        """The same account with another key; its approvals stay bound to the same address."""
        if address.rstrip("/") not in ("", account.address):
            raise CommandError(
                f"{account} is at {account.address} already. Choose another name for an account "
                "elsewhere. Nothing was changed."
            )
        account.replace_credential(_key(), by=None)
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


def _check(name: str, address: str) -> None:
    if not name.strip() or len(name) > 80:
        raise CommandError("An account's name has 1 to 80 characters. Nothing was added.")
    try:
        check_address(address, allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS)
    except AddressRefused as refused:
        raise CommandError(
            f"{refused.words} An address inside the network, such as the simulator's, stands as "
            "host:port in ALLOW_PRIVATE_HOSTS. Nothing was added."
        ) from None
    if len(address) > 200:
        raise CommandError("An address has 200 characters at most. Nothing was added.")


def _key() -> str:
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise CommandError(f"{KEY} is not set: put the account's key there. Nothing was added.")
    return key
