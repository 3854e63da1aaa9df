"""An installation whose processes die by order: embedded, or on PostgreSQL and Redis."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row

from tests.services.process import free_port

ROOT = Path(__file__).resolve().parents[2]
ANSWERS_WITHIN = 60.0  # seconds a process may take until it answers, on a busy machine
WORKER = ["worker", "-P", "threads", "--concurrency", "2", "--without-mingle"]
WORKER += ["--without-gossip", "-l", "INFO"]


@dataclass
class Child:
    """One real process of its own group, started with a pipe to its standard input."""

    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, arguments: Sequence[str], log: Path, environment: dict[str, str]) -> Child:
        with log.open("ab") as lines:
            return cls(
                subprocess.Popen(
                    [sys.executable, *arguments],
                    cwd=ROOT,
                    env=environment,
                    stdin=subprocess.PIPE,
                    stdout=lines,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            )

    def let_in(self) -> None:
        """The line that a process at the door waits for."""
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass
class Simulator:
    """Kling for many installations: its ledger outlives it, and what comes twice costs twice."""

    folder: Path
    port: int = field(default_factory=free_port)
    child: Child | None = None
    seconds_per_task: float = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, seconds_per_task: float = 0.5) -> None:
        self.seconds_per_task = seconds_per_task
        flags = ["--state", str(self.folder / "kling"), "--render", "tiny", "--charges-twice"]
        flags += ["--seconds-per-task", f"{seconds_per_task:g}", "--port", str(self.port)]
        command = ["-m", "storyboard.kling.simulator", *flags]
        self.child = Child.start(command, self.folder / "simulator.log", dict(os.environ))
        wait_for(lambda: httpx.get(f"{self.address}/healthz").status_code == 200)

    def stop(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child = None

    def charges(self, external_task_id: str) -> list[dict[str, Any]]:
        """What the ledger holds under one name."""
        lines = httpx.get(f"{self.address}/_ledger").json()
        return [line for line in lines if line["external_task_id"] == external_task_id]

    def entries(self, external_task_id: str) -> list[dict[str, Any]]:
        """The elements it holds under one name."""
        lines = httpx.get(f"{self.address}/_library").json()["elements"]
        return [line for line in lines if line["external_task_id"] == external_task_id]

    def film(self, task_id: str) -> bytes:
        return httpx.get(f"{self.address}/_files/{task_id}.mp4").content


@dataclass
class House:
    """A folder, a database, a broker; `services` is what the environment says of the latter two."""

    folder: Path
    simulator: Simulator
    services: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    static: Path | None = None
    children: list[Child] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def media(self) -> Path:
        return self.folder / "var" / "media"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        static = {"STATIC_ROOT": str(self.static), "PUBLIC_URL": self.address}
        return {
            **kept,
            "VAR_DIR": str(self.folder / "var"),
            "TIME_SCALE": "40",
            "ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{self.simulator.port}",
            "PYTHONUNBUFFERED": "1",
            **(static if self.static else {}),
            **self.services,
            **more,
        }

    def worker(self, **environment: str) -> Child:
        command = ["-m", "celery", "-A", "kling_web", *WORKER]
        return self.start(command, "worker", environment)

    def worker_at_the_door(self, **environment: str) -> Child:
        """Loaded and waiting: `let_in()` lets it begin."""
        command = ["-m", "tests.crash.at_the_door", *WORKER]
        return self.start(command, "worker", environment)

    def web(self, **environment: str) -> Child:
        """The web process at `address`, once it answers."""
        child = self.start(
            ["-m", "kling_web.serve"], "web", {"PORT": str(self.port), **environment}
        )
        wait_for(lambda: httpx.get(f"{self.address}/healthz").status_code == 200, self.log)
        return child

    def manage(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def press_generate(self, revision: str, session: str) -> int | None:
        """What a person's browser does; None when the answer never came."""
        page = f"{self.address}/revisions/{revision}/"
        with httpx.Client(cookies={"session": session}, timeout=20) as browser:
            token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(page).text)
            assert token, self.log()
            form = {"csrfmiddlewaretoken": token[1], "slot": "1"}
            try:
                return browser.post(f"{page}generate/", data=form).status_code
            except httpx.TransportError:
                return None

    def rows(self, query: str) -> list[dict[str, Any]]:
        with self._database() as database:
            return [dict(row) for row in database.execute(query).fetchall()]

    def change(self, statement: str) -> None:
        with self._database() as database:
            database.execute(statement)
            database.commit()

    def log(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def end(self) -> None:
        for child in self.children:
            child.kill()

    def start(self, command: Sequence[str], name: str, environment: dict[str, str]) -> Child:
        log = self.folder / f"{name}.log"
        self.children.append(Child.start(command, log, self.environment(**environment)))
        return self.children[-1]

    @contextlib.contextmanager
    def _database(self) -> Iterator[Any]:
        if "DATABASE_URL" in self.services:
            with psycopg.connect(self.services["DATABASE_URL"], row_factory=dict_row) as postgres:
                yield postgres
            return
        path = self.folder / "var" / "greenlight.sqlite3"
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as file:
            file.row_factory = sqlite3.Row
            yield file


def wait_for(
    ready: Callable[[], bool], log: Callable[[], str] = str, seconds: float = ANSWERS_WITHIN
) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if ready():
                return
        time.sleep(0.05)
    raise AssertionError(f"It did not come about in {seconds:g} seconds.\n{log()[-6000:]}")
