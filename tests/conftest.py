"""People, a team, and one of each noun. Alice owns, Bob reviews, Charlie is a stranger."""

from __future__ import annotations

import base64
import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from storyboard.models import (
    Account,
    Project,
    Revision,
    Role,
    Storyboard,
    Take,
    Team,
    User,
    health,
)
from tests import builders
from tests.prepared import Run, lay_database

# Servers that start once a run, for those tests alone that ask for them.
pytest_plugins = ["tests.services.shared", "tests.buckets"]

SERVERS = frozenset({"postgres", "redis_server", "services"})

SignedIn = Callable[[User], Client]

_CREDENTIAL_KEY = base64.urlsafe_b64encode(b"for tests only".ljust(32)).decode()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what starts PostgreSQL, Redis or nginx; bin/test leaves it out where one is missing.

    What takes long is run with BY_HAND=1 alone, as `make slow` and `make crash` say it.
    """
    for item in items:
        if SERVERS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.services)
    if os.environ.get("BY_HAND") != "1":
        left_out = [item for item in items if item.get_closest_marker("by_hand")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("by_hand")]


def pytest_collection_finish() -> None:
    """Thousands of tests are there to stay: looking for garbage among them costs a tenth."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def _shared_by_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One folder for what all processes of a run prepare once; theirs stand side by side in it."""
    own = tmp_path_factory.getbasetemp()
    Run.folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Each process has a copy of a database that was migrated once, in this run's own folder."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
    tmp_path_factory: pytest.TempPathFactory,
    _shared_by_the_run: None,
) -> None:
    """SQLite in a file, as the product has it: one in memory lets no two threads write."""
    own = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        lay_database(file)
        own["NAME"] = str(file)
    else:
        own["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(autouse=True)
def _own_world(settings: Settings, tmp_path: Path) -> None:
    """Media in a folder of the test's own, a quick hash for passwords, no collected files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path
    settings.CREDENTIAL_KEYS = [_CREDENTIAL_KEY]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page goes by what another one read, and rings are noted only where a test asks for it."""
    monkeypatch.setattr(health, "REMEMBERED", 0.0)
    monkeypatch.setattr(health, "RING_EVERY", float("inf"))


@pytest.fixture
def alice(db: None) -> User:
    """Owner of the team."""
    return builders.make_person("alice@example.com", "Alice Moreau")


@pytest.fixture
def team(alice: User) -> Team:
    return Team.start("Northlight Films", owner=alice)


@pytest.fixture
def bob(team: Team, alice: User) -> User:
    """Reviewer of the team."""
    person = builders.make_person("bob@example.com", "Bob Okafor")
    return builders.join(team, Role.REVIEWER, person, by=alice)


@pytest.fixture
def carol(team: Team, alice: User) -> User:
    """Author of the team."""
    person = builders.make_person("carol@example.com", "Carol Lindqvist")
    return builders.join(team, Role.AUTHOR, person, by=alice)


@pytest.fixture
def paula(team: Team, alice: User) -> User:
    """Producer of the team."""
    person = builders.make_person("paula@example.com", "Paula Stern")
    return builders.join(team, Role.PRODUCER, person, by=alice)


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: owner of another team."""
    return builders.make_person("charlie@example.com", "Charlie Ross")


@pytest.fixture
def other_team(charlie: User) -> Team:
    return Team.start("Tidewater Pictures", owner=charlie)


@pytest.fixture
def account(team: Team, alice: User) -> Account:
    """The team's account: a simulator nobody runs."""
    return team.add_account(
        "Simulator",
        profile="official",
        address=builders.SIMULATOR,
        credential="test-key",
        by=alice,
    )


@pytest.fixture
def project(team: Team, alice: User) -> Project:
    return Project.start("The Lighthouse Keeper", team=team, by=alice)


@pytest.fixture
def other_project(other_team: Team, charlie: User) -> Project:
    """A project of the strangers' team, with an account."""
    other_team.add_account(
        "Theirs", profile="official", address=builders.SIMULATOR, credential="k", by=charlie
    )
    return Project.start("Harbour Lights", team=other_team, by=charlie)


@pytest.fixture
def storyboard(project: Project, account: Account, alice: User) -> Storyboard:
    """A draft of two shots, five seconds, ready to send; Alice wrote it."""
    return builders.make_storyboard(project, by=alice)


@pytest.fixture
def revision(storyboard: Storyboard, alice: User) -> Revision:
    """Sent for review by Alice, up to two takes, not decided."""
    return builders.make_revision(storyboard, by=alice, takes=2)


@pytest.fixture
def approved(revision: Revision, bob: User) -> Revision:
    """The revision, approved by Bob; nothing is ordered yet."""
    return builders.approve(revision, by=bob)


@pytest.fixture
def take(approved: Revision, alice: User) -> Take:
    """A stored take with a tiny real film."""
    return builders.make_take(approved, by=alice)


@pytest.fixture
def signed_in() -> SignedIn:
    """A browser in which a person has signed in; CSRF is checked only where a test asks for it."""

    def browser(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return browser
