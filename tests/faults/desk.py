"""Inside the installation under attack: orders takes by the product's own verbs, and counts.

    python -m tests.faults.desk

Reads one JSON line per question and prints one JSON line per answer. It outlives the database: what
meets a dead connection is asked again with a new one.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from typing import Any

import kling_web  # noqa: F401  (puts the newer SQLite in place before Django loads)

# isort: split
import django
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.test import Client

django.setup()

from storyboard.models import (  # noqa: E402  (models want the settings first)
    MOST_TAKES,
    Account,
    Generation,
    Project,
    Revision,
    Role,
    Status,
    Team,
    User,
)
from storyboard.models.statuses import LIVE  # noqa: E402
from tests import builders  # noqa: E402

PATIENCE = 30.0  # seconds for a database that comes back
OWNER, REVIEWER = "owner@studio.example", "reviewer@studio.example"
PROMPTS = (
    "A lighthouse at dusk, wide from the water.",
    "The keeper winds the lamp, close on his hands.",
    "Storm light over the sea, the gulls leave.",
)


def found(accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A team, its people, an account and a project under each name."""
    owner = builders.make_person(OWNER, "Owner")
    team = Team.start("Northlight", owner=owner)
    builders.join(team, Role.REVIEWER, builders.make_person(REVIEWER, "Reviewer"), by=owner)
    projects = {
        name: _project(name, terms, team=team, owner=owner) for name, terms in accounts.items()
    }
    browser = Client()
    browser.force_login(owner)
    return {
        "session": browser.cookies["session"].value,
        "projects": projects,
    }


def order(account: str, number: int, seed: int) -> list[str]:
    """Order so many takes with an account; the keys of their revisions.

    Storyboards of one to three shots; some takes Kling will fail or refuse.
    """
    chance, owner = random.Random(seed), _person(OWNER)
    project = Project.objects.get(name=account)
    revisions = []
    while number > 0:
        takes = min(number, MOST_TAKES)
        number -= takes
        revision = _approved(project, chance, takes=takes, owner=owner)
        revisions.append(revision.key)
        for _ in range(takes):
            revision.generate(by=owner)
    return revisions


def left() -> dict[str, int]:
    """How many orders have not ended, by status."""
    statuses = Generation.objects.filter(status__in=LIVE).values_list("status", flat=True)
    return dict(Counter(statuses))


def held() -> dict[str, int]:
    """How many wait for a person, by account and reason."""
    rows = Generation.objects.filter(status=Status.HELD)
    return dict(
        Counter(f"{name}: {why}" for name, why in rows.values_list("account__name", "hold_reason"))
    )


def release() -> int:
    """What a person does who has looked: all goes on but what no gateway can answer for."""
    owner = _person(OWNER)
    for account in Account.objects.exclude(tripped_at=None):
        account.resume(by=owner)
    rows = list(Generation.objects.filter(status=Status.HELD))
    mine = [row for row in rows if not _is_open_question(row)]
    for row in mine:
        row.release(by=owner)
    return len(mine)


def addressees() -> list[dict[str, Any]]:
    """Whom forged callbacks may be sent to, newest first."""
    rows = Generation.objects.select_related("account").order_by("-pk")[:120]
    return [
        {
            "token": row.callback_token,
            "external_id": row.external_task_id,
            "task_id": row.kling_task_id,
            "account": row.account.name,
            "has_ended": row.ended_at is not None,
        }
        for row in rows
    ]


def _is_open_question(row: Generation) -> bool:
    asks_in_vain = row.account.dialect.duplicate_policy != "refuses"
    return row.hold_reason == "unclear" and asks_in_vain and not row.kling_task_id


def _project(name: str, terms: dict[str, Any], *, team: Team, owner: User) -> str:
    account = team.add_account(
        name, profile=terms["profile"], address=terms["address"], credential=f"key-of-{name}",
        slots=terms["slots"], by=owner,
    )  # fmt: skip
    if terms["secret"]:
        account.set_webhook_secret(terms["secret"], by=owner)
    project = Project.start(name, team=team, by=owner)
    project.choose_account(account, by=owner)
    return project.key


@transaction.atomic
def _approved(project: Project, chance: random.Random, *, takes: int, owner: User) -> Revision:
    shots = [
        (chance.choice(PROMPTS), chance.choice((3, 4))) for _ in range(chance.choice((1, 2, 3)))
    ]
    shots[0] = (shots[0][0] + chance.choice(("", "", "", "", "", "", "", " [fail]")), shots[0][1])
    board = builders.make_storyboard(project, by=owner, name="The Lamp", shots=shots)
    return builders.approve(
        builders.make_revision(board, by=owner, takes=takes), by=_person(REVIEWER)
    )


def _person(email: str) -> User:
    return User.objects.get(email=email)


VERBS = {each.__name__: each for each in (found, order, left, held, release, addressees)}


def answer(about: dict[str, Any]) -> Any:
    """Ask until the database is there; what was begun within a transaction was not done."""
    verb, end = VERBS[about.pop("verb")], time.monotonic() + PATIENCE
    while True:
        try:
            return verb(**about)
        except (DatabaseError, InterfaceError):
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
