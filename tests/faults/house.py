"""The installation under attack: web, workers, broker and database of one shape, three providers.

Everything is a real process on a free port of the loopback address, started and ended here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.faults import fullness, worker
from tests.faults.accounts import ACCOUNTS, Terms
from tests.journeys.stack import GUNICORN, ROOT, SERVE, ServicesStack, Stack
from tests.services.postgres import Postgres
from tests.services.process import free_port
from tests.services.redis import Redis
from tests.services.shared import TEMPLATE, Services, migrate

SHAPES = ("sqlite", "postgres")
WORKERS = ("worker-1", "worker-2")
TASK_SECONDS = 1.2
MOST_FILM_BYTES = 8 * 1024 * 1024
ANSWERS_WITHIN = 60.0  # seconds a process may take until it answers, on a busy machine


@dataclass
class Kling:
    """One provider. Its ledger outlives it; what it delivered is remembered across its ends."""

    folder: Path
    terms: Terms
    seed: int
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    before: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        flags = ["--state", str(self.folder), "--render", "tiny", "--seed", str(self.seed)]
        flags += ["--seconds-per-task", f"{TASK_SECONDS:g}", "--port", str(self.port)]
        flags += ["--profile", self.terms.profile]
        if self.terms.secret:
            flags += ["--webhook-secret", self.terms.secret]
        if self.terms.charges_twice:
            flags += ["--charges-twice"]
        self.process = _start(
            ["-m", "storyboard.kling.simulator", *flags],
            self.folder.with_suffix(".log"),
            dict(os.environ),
        )
        wait_for(f"{self.address}/healthz")

    def end(self) -> None:
        """Refuses connections from now on."""
        if self.process is None:
            return
        self.before = self.delivered()
        kill(self.process)
        self.process = None

    def place(self, *faults: str, clear: bool = False) -> None:
        """Put faults on; with `clear` those that are go off first."""
        answer = httpx.post(f"{self.address}/_faults", json={"clear": clear, "set": list(faults)})
        assert answer.status_code == 200, answer.text

    def delivered(self) -> dict[str, int]:
        """How often each kind took effect so far."""
        counts = dict(self.before)
        if self.process is not None:
            for kind, count in self.ask("/_faults")["delivered"].items():
                counts[kind] = counts.get(kind, 0) + count
        return counts

    def ask(self, path: str) -> Any:
        return httpx.get(f"{self.address}{path}", timeout=20).json()


class Nursery:
    """Forks workers; see tests.faults.nursery."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        with log.open("ab") as lines:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=lines, text=True, start_new_session=True,
            )  # fmt: skip

    def bear(self, name: str) -> int:
        """A worker's process id."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        kill(self._process)


@dataclass
class House:
    """`House.standing(shape, folder, seed)` gives one with everything running but the workers.

    `database_down`, `web_down`: from when until when (seconds of the epoch), by our doing.
    """

    shape: str
    stack: Stack
    klings: dict[str, Kling]
    services: Services | None
    strategy: str = ""
    workers: dict[str, int] = field(default_factory=dict)
    nursery: Nursery | None = None
    database_down: list[tuple[float, float]] = field(default_factory=list)
    web_down: list[tuple[float, float]] = field(default_factory=list)
    ended_by_themselves: int = 0
    _web: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    @contextlib.contextmanager
    def standing(cls, shape: str, folder: Path, *, seed: int, strategy: str) -> Iterator[House]:
        folder.mkdir()
        klings = {
            name: Kling(folder / f"kling-{name}", terms, seed) for name, terms in ACCOUNTS.items()
        }
        with contextlib.ExitStack() as ended:
            services = _services(folder, ended) if shape == "postgres" else None
            house = cls(shape, _stack(folder, klings, services), klings, services, strategy)
            ended.callback(house.end)
            house.build()
            yield house

    @property
    def folder(self) -> Path:
        return self.stack.folder

    @property
    def media(self) -> Path:
        return self.folder / "var" / "media"

    @property
    def full(self) -> Path:
        """While this file exists the storage is full; see tests.faults.fullness."""
        return self.folder / "full"

    @property
    def live_address(self) -> str:
        port = getattr(self.stack, "live_port", self.stack.port)
        return f"http://127.0.0.1:{port}"

    def build(self) -> None:
        """Start what answers; several at once, for each takes seconds."""
        starting = [threading.Thread(target=kling.start) for kling in self.klings.values()]
        for one in starting:
            one.start()
        self.stack.prepare()
        self.nursery = Nursery(
            self.folder / "workers.log",
            {**self.stack.environment, worker.STRATEGY: self.strategy},
        )
        self.stack.start_web()
        for one in starting:
            one.join()

    def end(self) -> None:
        for name in list(self.workers):
            self.kill_worker(name)
        if self.nursery is not None:
            self.nursery.close()
        self.stack.end()
        for kling in self.klings.values():
            if kling.process is not None:
                kill(kling.process)

    def start_worker(self, name: str) -> None:
        assert self.nursery is not None
        self.workers[name] = self.nursery.bear(name)

    def kill_worker(self, name: str) -> None:
        """SIGKILL to it and to what it started: the way a machine loses power."""
        pid = self.workers.pop(name)
        if not _lives(pid):
            self.ended_by_themselves += 1
        signal_group(pid, signal.SIGKILL)

    def stop_worker(self, name: str) -> None:
        """It sleeps in the middle of whatever it does, and knows nothing of it."""
        signal_group(self.workers[name], signal.SIGSTOP)

    def wake_worker(self, name: str) -> None:
        signal_group(self.workers[name], signal.SIGCONT)

    def restart_web(self) -> None:
        """Kill a process that answers browsers and callbacks, and start it again."""
        began = time.time()
        with self._web:
            if isinstance(self.stack, ServicesStack):
                self.stack.kill("web-1")
                self.stack._start("web-1", GUNICORN, PORT=str(self.stack.web_ports[0]))
                wait_for(f"http://127.0.0.1:{self.stack.web_ports[0]}/healthz")
            else:
                self.stack.kill("web")
                self.stack.start_web()
        self.web_down.append((began, time.time()))

    def restart_all(self) -> None:
        """Kill web, live and workers at one instant, and start them again."""
        names, began = list(self.workers), time.time()
        for name in names:
            self.kill_worker(name)
        with self._web:
            if isinstance(self.stack, ServicesStack):
                _behind_nginx(self.stack)
            else:
                self.stack.kill("web")
                self.stack.start_web()
        self.web_down.append((began, time.time()))
        for name in names:
            self.start_worker(name)

    def restart_database(self) -> None:
        """PostgreSQL, immediately: as after a power cut. A file has no server to restart."""
        assert self.services is not None
        began = time.time()
        self.services.postgres.stop()
        self.services.postgres.start()
        self.database_down.append((began, time.time()))

    def restart_broker(self) -> None:
        """It comes back empty: every message is lost."""
        if self.services is not None:
            redis = self.services.redis
            assert redis.server is not None
            redis.server.stop(signal.SIGKILL)
            redis.start()
            return
        for message in (self.folder / "var" / "broker").rglob("*"):
            if message.is_file():
                message.unlink(missing_ok=True)


def _behind_nginx(stack: ServicesStack) -> None:
    """Kill both web processes and the live one before the first of them starts again."""
    for name in ("web-1", "web-2", "live"):
        stack.kill(name)
    for name, port in zip(("web-1", "web-2"), stack.web_ports, strict=True):
        stack._start(name, GUNICORN, PORT=str(port))
    stack._start("live", SERVE, PORT=str(stack.live_port))
    for port in (*stack.web_ports, stack.live_port):
        wait_for(f"http://127.0.0.1:{port}/healthz")


def wait_for(address: str) -> None:
    """Until it answers 200."""
    end = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(address).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(f"{address} does not answer.")


def kill(process: subprocess.Popen[Any]) -> None:
    signal_group(process.pid, signal.SIGKILL)
    process.wait()


def signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _start(arguments: list[str], log: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as lines:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT, env=environment, stdout=lines, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip


def _services(folder: Path, ended: contextlib.ExitStack) -> Services:
    postgres = Postgres(folder / "postgres").start()
    ended.callback(postgres.stop)
    redis = Redis(folder / "redis").start()
    ended.callback(redis.stop)
    migrate(postgres.make_database(TEMPLATE), folder / "template")
    return Services(postgres, redis)


def _stack(folder: Path, klings: dict[str, Kling], services: Services | None) -> Stack:
    extra = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "TIME_SCALE": "40",
        "ALLOW_PRIVATE_HOSTS": ",".join(f"127.0.0.1:{one.port}" for one in klings.values()),
        "MAX_FILM_BYTES": str(MOST_FILM_BYTES),
        fullness.VARIABLE: str(folder / "full"),
    }
    if services is None:
        return Stack(folder, callbacks=True, extra=extra)
    return ServicesStack(folder, callbacks=True, services=services, extra=extra)
