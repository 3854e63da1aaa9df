"""A Redis of the tests' own, in memory alone."""

from __future__ import annotations

from pathlib import Path

import redis

from tests.services.process import Server, accepts, find, free_port, own, plain_user

DATABASES = 16


class Redis:
    """`Redis(folder)`, `start()`, `url(number)` of one of its 16 databases, `stop()`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.user = plain_user()
        self.server: Server | None = None

    def start(self) -> Redis:
        folder = own(self.folder, self.user)
        self.server = Server(
            [find("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1",
             "--save", "", "--appendonly", "no", "--dir", str(folder)],
            folder / "redis.log",
            self.user,
        )  # fmt: skip
        self.server.start(lambda: accepts(self.port))
        return self

    def stop(self) -> None:
        if self.server:
            self.server.stop()

    def url(self, number: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{number}"

    def empty(self, number: int) -> None:
        with redis.Redis.from_url(self.url(number)) as connection:
            connection.flushdb()
