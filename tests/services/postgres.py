"""A PostgreSQL cluster of the tests' own: durable as in production, thrown away at the end."""

from __future__ import annotations

import signal
import subprocess
from glob import glob
from pathlib import Path

import psycopg

from tests.services.process import Server, find, free_port, own, plain_user

OWNER = "greenlight"


class Postgres:
    """`Postgres(folder)`, `start()`, `make_database(name)` → its DATABASE_URL, `stop()`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.user = plain_user()
        self.server: Server | None = None

    def start(self) -> Postgres:
        data = own(self.folder, self.user) / "data"
        if not data.exists():
            self._init(data)
        self.server = Server(
            [_program("postgres"), "-D", str(data), "-p", str(self.port), "-k", "",
             "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"],
            self.folder / "postgres.log",
            self.user,
        )  # fmt: skip
        self.server.start(self._answers)
        return self

    def stop(self) -> None:
        """Immediately: nothing here is worth a checkpoint."""
        if self.server:
            self.server.stop(signal.SIGQUIT)

    def rest(self) -> None:
        """With everything written, so that its files can be copied."""
        if self.server:
            self.server.stop(signal.SIGINT)

    def make_database(self, name: str, *, like: str = "template1") -> str:
        """A fresh database, or a copy of another one; its address for DATABASE_URL."""
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')  # type: ignore[call-overload]
        return self.url(name)

    def url(self, name: str) -> str:
        return f"postgres://{OWNER}@127.0.0.1:{self.port}/{name}"

    def _dsn(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={OWNER} dbname={name} connect_timeout=2"

    def _init(self, data: Path) -> None:
        command = [_program("initdb"), "-D", str(data), "-U", OWNER, "-A", "trust", "-E", "UTF8"]
        done = subprocess.run(
            [*command, "--locale=C.UTF-8", "--no-sync"],
            user=self.user, cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True


def _program(name: str) -> str:
    return find(name, *glob("/usr/lib/postgresql/*/bin"))
