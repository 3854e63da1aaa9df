"""`make rabbitmq`: one order with RabbitMQ as the doorbell, and one after it is gone.

    python -m tests.services.on_rabbitmq

Starts a RabbitMQ, a PostgreSQL, a simulator, a web process and a worker of its own, prints what it
saw, and ends what it started.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.journeys.stack import Stack
from tests.services.postgres import Postgres
from tests.services.rabbitmq import RabbitMQ
from tests.services.shared import TEMPLATE, migrate

ENDS_WITHIN = 90.0  # seconds
# An approved revision of which two takes may be ordered.
APPROVED = """
from storyboard.models import Project, Revision, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
board = builders.make_storyboard(Project.start("Bell", team=team, by=owner), by=owner)
builders.approve(builders.make_revision(board, by=owner, takes=2), by=reviewer)
"""
# What a browser does; the view rings through the broker.
PRESS_GENERATE = """
from django.test import Client
from django.urls import reverse
from storyboard.models import Revision, User
browser = Client(headers=dict(host="127.0.0.1"))
browser.force_login(User.objects.get(email="owner@studio.example"))
revision = Revision.objects.get()
answer = browser.post(reverse("generate", args=[revision.key]), dict(slot="{slot}"))
assert answer.status_code == 302, answer.content.decode()
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="greenlight-rabbitmq-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, rabbitmq = Postgres(folder / "postgres"), RabbitMQ(folder / "rabbitmq")
        try:
            postgres.start()
            migrate(postgres.make_database(TEMPLATE), folder / "template")
            say(f"RabbitMQ answers at port {rabbitmq.start().port}.")
            order_twice(Stack(folder, callbacks=True, extra={
                "DATABASE_URL": postgres.make_database("bell", like=TEMPLATE),
                "BROKER_URL": rabbitmq.url(),
            }), rabbitmq)  # fmt: skip
        finally:
            rabbitmq.stop()
            postgres.stop()
    say("RabbitMQ and everything else is ended.")
    return 0


def order_twice(stack: Stack, rabbitmq: RabbitMQ) -> None:
    stack.manage("collectstatic", "--no-input", "--verbosity", "0")
    try:
        stack.start()
        shell(stack, APPROVED.replace("{address}", stack.simulator_address))
        shell(stack, PRESS_GENERATE.replace("{slot}", "1"))
        seconds = wait_for_takes(stack, 1)
        taken = messages_taken(stack)
        assert taken, stack.log("worker")
        say(f"Take 1 is stored after {seconds:.1f} s; the worker took {taken} rings from RabbitMQ.")
        rabbitmq.stop()
        shell(stack, PRESS_GENERATE.replace("{slot}", "2"))
        seconds = wait_for_takes(stack, 2)
        say(f"Take 2, with RabbitMQ gone, is stored after {seconds:.1f} s: the sweep carried it.")
        assert len(stack.ledger) == 2, stack.ledger
        say("The simulator was asked for two films and charged for two.")
    finally:
        stack.end()


def shell(stack: Stack, code: str) -> None:
    stack.manage("shell", "-v", "0", "-c", code)


def wait_for_takes(stack: Stack, wanted: int) -> float:
    """Seconds until so many takes are stored."""
    began = time.monotonic()
    while time.monotonic() - began < ENDS_WITHIN:
        if stored_takes(stack) == wanted:
            return time.monotonic() - began
        time.sleep(0.2)
    raise AssertionError(f"{stored_takes(stack)} of {wanted} takes\n{stack.log('worker')}")


def stored_takes(stack: Stack) -> int:
    with psycopg.connect(stack.extra["DATABASE_URL"]) as connection:
        query = "select count(*) from storyboard_take where stored_at is not null"
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def messages_taken(stack: Stack) -> int:
    """What the worker itself counts, asked for through the broker."""
    printed = stack.run(["-m", "celery", "-A", "kling_web", "inspect", "stats", "--json"])
    [stats] = json.loads(printed).values()
    taken: int = stats["total"].get("storyboard.tasks.step_generation", 0)
    return taken


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
