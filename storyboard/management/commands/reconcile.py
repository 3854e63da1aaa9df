"""manage.py reconcile: settle everything that waits; reconcile --account: Kling's list and ours."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from storyboard.management import reconciled
from storyboard.management.words import INTERRUPTED
from storyboard.models import Account, Team
from storyboard.steps.listing import compare
from storyboard.steps.reconcile import PATIENCE, reconcile, waiting

MOST_DAYS = 3650


class Command(BaseCommand):
    help = (
        "Ask Kling now about every order that waits for it, and print what came of each. Nothing "
        "is ordered that a worker would not send; web and workers may run or not. With --account "
        "read Kling's own list of that account's tasks instead and show which are not ours; that "
        "writes nothing. Ends with 0, or with 1 when something could not be asked."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--team", default="", metavar="KEY", help="this team's orders alone")
        parser.add_argument("--dry-run", action="store_true", help="say what would be asked")
        parser.add_argument(
            "--wait", type=float, default=PATIENCE, metavar="SECONDS",
            help="how long to follow what is not clear at once; default %(default)d",
        )  # fmt: skip
        parser.add_argument(
            "--account", default="", metavar="NAME|KEY", help="compare with its list"
        )
        parser.add_argument(
            "--days", type=int, default=30, help="with --account: how far back; default %(default)d"
        )
        parser.add_argument("--json", action="store_true", help="with --account: for a program")

    def handle(self, *, team: str, account: str, **options: Any) -> None:
        row = _team(team) if team else None
        if account:
            self._compare(_account(account, row), options["days"], as_json=options["json"])
        elif options["json"]:
            raise CommandError("--json goes with --account. Nothing was asked.")
        elif options["dry_run"]:
            self._say_what_waits(row)
        else:
            self._settle(row, options["wait"])

    def _say_what_waits(self, team: Team | None) -> None:
        rows = list(waiting(team))
        for row in rows:
            self.stdout.write(reconciled.waits(row))
        self.stdout.write(reconciled.would_be_asked(len(rows)))

    def _settle(self, team: Team | None, patience: float) -> None:
        patience = max(0.0, patience)
        self.stdout.write(reconciled.begins(waiting(team).count(), patience))
        settled = []
        try:
            for one in reconcile(team, patience=patience):
                settled.append(one)
                self.stdout.write("\n".join(reconciled.lines(one)))
        except KeyboardInterrupt:
            self.stderr.write("Stopped. What was learnt is kept, and workers go on with the rest.")
            sys.exit(INTERRUPTED)
        if settled:
            self.stdout.write(reconciled.summary(settled))
        if any(one.trouble for one in settled):
            sys.exit(1)

    def _compare(self, account: Account, days: int, *, as_json: bool) -> None:
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days is 1 to {MOST_DAYS}. Nothing was asked.")
        found = compare(account, days=days)
        if as_json:
            self.stdout.write(json.dumps(reconciled.as_data(found), indent=2))
        else:
            self.stdout.write("\n".join(reconciled.table(found)))
        if any(reading.trouble for reading in found.readings):
            sys.exit(1)


def _team(key: str) -> Team:
    row = Team.objects.filter(key=key).first()
    if row is None:
        raise CommandError(f"There is no team with the key {key}. Nothing was asked.")
    return row


def _account(words: str, team: Team | None) -> Account:
    """By key, else by name where only one account has it."""
    rows = Account.objects.filter(Q(key=words) | Q(name=words))
    rows = rows.filter(team=team) if team is not None else rows
    found = sorted(rows.select_related("team")[:3], key=lambda row: row.key != words)
    if not found:
        raise CommandError(f"There is no account with the key or name {words}. Nothing was asked.")
    if len(found) > 1 and found[0].key != words:
        raise CommandError(f"Several accounts are named {words}. Give the key. Nothing was asked.")
    return found[0]
