"""One PostgreSQL and one Redis for a whole test run; each test gets an installation of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from tests.prepared import once
from tests.services.postgres import Postgres
from tests.services.redis import DATABASES, Redis

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "migrated"


@dataclass
class Services:
    """The servers, and how many installations have been handed out."""

    postgres: Postgres
    redis: Redis
    handed_out: Iterator[int] = field(default_factory=count)

    def fresh(self) -> dict[str, str]:
        """DATABASE_URL (migrated, empty), BROKER_URL and CACHE_URL of one more installation."""
        number = next(self.handed_out)
        broker, cache = (2 * number) % DATABASES, (2 * number + 1) % DATABASES
        for one in (broker, cache):
            self.redis.empty(one)
        return {
            "DATABASE_URL": self.postgres.make_database(f"installation_{number}", like=TEMPLATE),
            "BROKER_URL": self.redis.url(broker),
            "CACHE_URL": self.redis.url(cache),
        }


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A running cluster with a migrated, empty database to copy: `like=TEMPLATE`."""
    folder = tmp_path_factory.mktemp("postgres")
    # As it is owned: by the server's own user.
    subprocess.run(["cp", "-a", f"{once('cluster', make_cluster)}/.", folder], check=True)
    server = Postgres(folder).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    server = Redis(tmp_path_factory.mktemp("redis")).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def services(postgres: Postgres, redis_server: Redis) -> Services:
    return Services(postgres, redis_server)


def make_cluster(folder: Path) -> None:
    """A cluster at rest, with a migrated, empty database."""
    server = Postgres(folder).start()
    try:
        migrate(server.make_database(TEMPLATE), folder)
    finally:
        server.rest()


def migrate(database_url: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(folder), "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
