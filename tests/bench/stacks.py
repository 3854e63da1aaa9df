"""The two shapes the figures are measured on, seeded and serving, with the floors beside them."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.journeys.stack import GUNICORN, ROOT, SERVE, ServicesStack, Stack
from tests.services.postgres import Postgres
from tests.services.redis import Redis
from tests.services.shared import TEMPLATE, Services, migrate

NAMES = ("sqlite", "postgres")
OURS = {"DJANGO_SETTINGS_MODULE": "tests.bench.settings", "TIME_SCALE": "1", "LOG_LEVEL": "WARNING"}


@dataclass
class Place:
    """One shape: where it answers, what is in it, and which processes answer for it."""

    name: str
    stack: Stack

    @property
    def port(self) -> int:
        return self.stack.port

    @property
    def web(self) -> list[int]:
        """The sessions of the processes that draw pages and take callbacks."""
        names = (name for name in self.stack.children if name.startswith("web"))
        return [self.stack.children[name].pid for name in names]

    @cached_property
    def seed(self) -> dict[str, Any]:
        """The addresses and secrets of what was made."""
        seeded: dict[str, Any] = json.loads(_module(self.stack, "tests.bench.seed"))
        return seeded

    @cached_property
    def awaited(self) -> Iterator[int]:
        """Generations that Kling works on; each makes news once."""
        return iter(self.seed["awaited"])

    def restart(self) -> None:
        """End the processes that pages and streams come from, and start them again."""
        if not isinstance(self.stack, ServicesStack):
            self.stack.terminate("web")
            self.stack.start_web()
            return
        self.stack.terminate("live", "web-1")
        port = self.stack.web_ports[0]
        self.stack._start("web-1", GUNICORN, PORT=str(port))
        self.stack._start("live", SERVE, PORT=str(self.stack.live_port))
        for each in (port, self.stack.live_port):
            self.stack._wait_for(f"http://127.0.0.1:{each}/healthz")


class Desk:
    """A process of the same installation that makes news and counts: `tests.bench.desk`.

    `module` names another that answers in the same way.
    """

    def __init__(self, stack: Stack, module: str = "tests.bench.desk") -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT, env=stack.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip

    def ask(self, verb: str, **about: Any) -> Any:
        self.tell(verb, **about)
        return self.hear()

    def tell(self, verb: str, **about: Any) -> None:
        """Ask, and do something else before the answer is heard."""
        assert self._child.stdin
        self._child.stdin.write(json.dumps({"verb": verb, **about}) + "\n")
        self._child.stdin.flush()

    def hear(self) -> Any:
        assert self._child.stdout
        return json.loads(self._child.stdout.readline())

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(10)


@contextlib.contextmanager
def serving(name: str, folder: Path) -> Iterator[tuple[Place, Desk]]:
    """A seeded shape and its desk, in a folder of its own; everything ends with the block."""
    with shape(name, folder) as stack:
        stack.prepare()
        place = Place(name, stack)
        assert place.seed
        try:
            stack.start_web()
            desk = Desk(stack)
            try:
                yield place, desk
            finally:
                desk.close()
        finally:
            stack.end()


@contextlib.contextmanager
def shape(name: str, folder: Path, **more: Any) -> Iterator[Stack]:
    """An installation that is neither prepared nor started; `more` is what a stack can be told."""
    folder.mkdir()
    more = {"callbacks": False, "extra": dict(OURS), **more}
    if name == "sqlite":
        yield Stack(folder, **more)
        return
    with contextlib.ExitStack() as ended:
        postgres = Postgres(folder / "postgres").start()
        ended.callback(postgres.stop)
        redis = Redis(folder / "redis").start()
        ended.callback(redis.stop)
        migrate(postgres.make_database(TEMPLATE), folder / "template")
        services = Services(postgres, redis)
        yield ServicesStack(folder, services=services, **more)


def _module(stack: Stack, name: str, *arguments: str) -> str:
    command: Sequence[str] = [sys.executable, "-m", name, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=stack.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
