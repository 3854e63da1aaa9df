"""Many at once against one database file, as web and worker have it: run by test_rush.py.

    VAR_DIR=... python -m tests.steps.rush 50

Prints one line of JSON. A process of its own, because a test database in memory has one writer.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
django.setup()

from django.conf import settings  # noqa: E402  (models can be imported only after setup)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from storyboard.models import (  # noqa: E402
    Activity,
    Generation,
    Membership,
    NotAllowedNow,
    Project,
    Revision,
    Role,
    Team,
    User,
)
from storyboard.steps.machine import step  # noqa: E402
from tests import builders  # noqa: E402
from tests.steps import kling  # noqa: E402

WORKERS = 8


def main() -> None:
    setup_test_environment()
    call_command("migrate", verbosity=0)
    with kling.scripted() as server:
        settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(server.address).netloc})
        revision = _approved(server.address)
        answers = _press_generate(revision, int(sys.argv[1]))
        server.script.append(lambda _path, body: kling.task(body))
        steps = _step_at_once()
        posts = len(server.posts)
    sys.stdout.write(
        json.dumps(
            {
                "answers": sorted(set(answers)),
                "orders": Generation.objects.count(),
                "said": Activity.objects.filter(verb="generation.ordered").count(),
                "steps": steps.count(True),
                "posts": posts,
                "status": Generation.objects.get().status,
                "removals": _remove_one_shot(revision),
                "owners": _remove_each_other(revision.storyboard.project.team),
            }
        )
    )


def _approved(address: str) -> Revision:
    """A revision of which up to four takes may be ordered."""
    owner = builders.make_person("alice@example.com", "Alice")
    team = Team.start("Northlight", owner=owner)
    bob = builders.join(
        team, Role.REVIEWER, builders.make_person("bob@example.com", "Bob"), by=owner
    )
    team.add_account("Kling", profile="official", address=address, credential="k" * 20, by=owner)
    board = builders.make_storyboard(Project.start("P", team=team, by=owner), by=owner)
    return builders.approve(builders.make_revision(board, by=owner, takes=4), by=bob)


def _press_generate(revision: Revision, presses: int) -> list[int]:
    person = revision.sent_by
    assert person is not None
    session = _session_of(person)
    address = reverse("generate", args=[revision.key])

    def press() -> int:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        return int(client.post(address, {"slot": "1"}).status_code)

    return _at_once(press, presses)


def _step_at_once() -> list[bool]:
    pk = Generation.objects.get().pk
    return _at_once(lambda: step(pk), WORKERS)


def _remove_each_other(team: Team) -> int:
    """Two owners take each other out at the same moment; how many are left."""
    first = Membership.objects.get(team=team, role=Role.OWNER)
    dora = builders.make_person("dora@example.com", "Dora")
    builders.join(team, Role.OWNER, dora, by=first.user)
    second = Membership.objects.get(team=team, user=dora)
    pairs = [(first, second.user), (second, first.user)]

    def remove() -> None:
        leaves, by = pairs.pop()
        try:
            leaves.remove(by=by)
        except NotAllowedNow:
            return

    _at_once(remove, 2)
    return Membership.objects.filter(team=team, role=Role.OWNER).count()


def _remove_one_shot(revision: Revision) -> list[int]:
    """The answers to pressing *Remove shot* on the same shot several times at once."""
    board = revision.storyboard
    person = revision.sent_by
    assert person is not None
    address = reverse("remove_shot", args=[board.add_shot(by=person).key])
    session = _session_of(person)

    def press() -> int:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        return int(client.post(address).status_code)

    return sorted(_at_once(press, WORKERS))


def _session_of(person: User) -> str:
    browser = Client()
    browser.force_login(person)
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def _at_once(work: Callable[[], Any], times: int) -> list[Any]:
    """Run it in as many threads, each with its own connection, all let go at one moment."""
    gate = threading.Barrier(times)

    def one(_number: int) -> Any:
        connection.ensure_connection()
        gate.wait(30)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as hands:
        return list(hands.map(one, range(times)))


if __name__ == "__main__":
    main()
