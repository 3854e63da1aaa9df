"""What the bench measures on, made by the product's own verbs; prints the addresses as JSON.

    python -m tests.bench.seed

Told by the environment where (VAR_DIR, DATABASE_URL), and always the same: nothing here is random
but keys.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import kling_web  # noqa: F401  (puts the newer SQLite in place before Django loads)

# isort: split
import django
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction

django.setup()

from storyboard.models import (  # noqa: E402  (models want the settings first)
    Element,
    Generation,
    Note,
    Project,
    Role,
    Shooting,
    Status,
    Storyboard,
    Team,
    User,
    Voice,
)
from tests import builders  # noqa: E402
from tests.bench import floors  # noqa: E402

FILM = "The Lighthouse Keeper"
SEED = 7  # only named in the report: the data never differs
VIEWERS = 200
KNOCKED = 320  # generations that callbacks come for: each token may be knocked 60 times a minute
ELEMENTS, VOICES = 500, 60  # of the library that is searched
AWAITED = 24  # generations at Kling whose news the viewers wait for
SIX_SHOTS = tuple(
    (f"Shot {n}: the keeper climbs the tower, lamp in hand, storm light over the sea behind.", 2)
    for n in range(1, 7)
)
TAKES, NOTES = 4, 30


def main() -> None:
    seeded = {**board(), **burst(), **audience()}
    analyse()
    json.dump(seeded, sys.stdout)


@transaction.atomic
def board() -> dict[str, Any]:
    """P1: a storyboard of six shots, four takes and thirty notes, in a team of four."""
    owner = person("owner")
    team, project = house("Northlight Films", owner)
    reviewer = person("reviewer")
    for role, one in ((Role.REVIEWER, reviewer), (Role.PRODUCER, person("producer")),
                      (Role.AUTHOR, person("author"))):  # fmt: skip
        builders.join(team, role, one, by=owner)
    for number in range(1, 4):
        builders.know_element(f"Element {number}", kling_id=str(number), team=team, by=owner)
    one = six_shots(project, owner)
    builders.give_first_frame(one, by=owner)
    revision = builders.approve(builders.make_revision(one, by=owner, takes=TAKES), by=reviewer)
    takes = [builders.make_take(revision, by=owner) for _ in range(TAKES)]
    for number in range(NOTES):
        words = f"Note {number}: hold this a little longer before the cut."
        Note.add(takes[number % TAKES], words, at_ms=number * 350, by=reviewer)
    return {
        "session": session(owner),
        "save": f"/shots/{one.shots.get(position=1).key}/",
        "pages": {
            "editor": f"/storyboards/{one.key}/",
            "revision": f"/revisions/{revision.key}/",
            "take": f"/takes/{takes[-1].key}/",
            "search": shelf(owner),
        },
    }


def shelf(owner: User) -> str:
    """P1d: where a full library is searched, and half of it is found; a team of its own."""
    team, project = house("Wide Shore Pictures", owner)
    account = project.ordering_account
    assert account
    told = {"account": account, "team": team, "by": owner}
    for number in range(ELEMENTS):
        prop = "Lantern" if number % 2 else "Anchor"
        Element.know(f"{prop} {number}", kling_id=f"{number + 1}", **told)
    for number in range(VOICES):
        Voice.know(f"Narrator {number}", kling_id=f"voice-{number}", **told)
    return f"/teams/{team.key}/library/?q=lantern"


def burst() -> dict[str, Any]:
    """P3: generations at Kling, and the secret each callback's address ends with."""
    owner, reviewer = person("burst-owner"), person("burst-reviewer")
    team, project = house("Tidewater Pictures", owner)
    builders.join(team, Role.REVIEWER, reviewer, by=owner)
    running = at_kling(project, KNOCKED, owner, reviewer)
    return {"tokens": [generation.callback_token for generation in running]}


def audience() -> dict[str, Any]:
    """P4: two hundred people on one revision's page, and the generations they wait for."""
    owner, reviewer = person("audience-owner"), person("audience-reviewer")
    team, project = house("Harbour Lights", owner)
    builders.join(team, Role.REVIEWER, reviewer, by=owner)
    running = list(at_kling(project, AWAITED, owner, reviewer))
    return {
        "viewers": crowd(team, owner),
        "project": project.key,
        "watched": f"/revisions/{running[0].order.revision.key}/",
        "awaited": [generation.pk for generation in running],
    }


@transaction.atomic
def crowd(team: Team, owner: User) -> list[str]:
    """The sessions of two hundred people who joined the team."""
    sessions = []
    for number in range(VIEWERS):
        viewer = person(f"viewer-{number}")
        builders.join(team, Role.REVIEWER, viewer, by=owner)
        sessions.append(session(viewer))
    return sessions


def person(name: str) -> User:
    """Nobody signs in by password here, so none is hashed."""
    email = f"{name}@bench.example"
    return User.objects.create_user(email, name=name.replace("-", " ").title(), hue=len(name))


def house(name: str, owner: User) -> tuple[Team, Project]:
    team = Team.start(name, owner=owner)
    team.add_account(
        "Main", profile="official", address=builders.SIMULATOR, credential="bench", by=owner
    )
    return team, Project.start(FILM, team=team, by=owner)


def six_shots(project: Project, by: User) -> Storyboard:
    made = builders.make_storyboard(project, by=by, shots=SIX_SHOTS)
    made.rewrite({"shooting": Shooting.CUSTOM, "mode": "pro"}, by=by)
    return Storyboard.objects.get(pk=made.pk)


def at_kling(project: Project, count: int, owner: User, reviewer: User) -> Iterator[Generation]:
    """`count` generations that Kling is working on, four to a storyboard."""
    for number in range(count // TAKES):
        yield from four_at_kling(project, f"Night {number + 1}", owner, reviewer)


@transaction.atomic
def four_at_kling(project: Project, name: str, owner: User, reviewer: User) -> list[Generation]:
    """One transaction each: PostgreSQL keeps every state of a row that one transaction rewrites."""
    one = builders.make_storyboard(project, by=owner, name=name)
    revision = builders.make_revision(one, by=owner, takes=TAKES)
    revision = builders.approve(revision, by=reviewer)
    orders = [builders.order(revision, by=owner) for _ in range(TAKES)]
    return [builders.bring_to(each, Status.RUNNING) for each in orders]


def session(user: User) -> str:
    """The value of the session cookie of somebody who has signed in."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def analyse() -> None:
    with connection.cursor() as cursor:
        blob = "bytea" if connection.vendor == "postgresql" else "blob"
        cursor.execute(floors.CREATE.format(blob=blob))
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
