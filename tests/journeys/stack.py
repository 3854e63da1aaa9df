"""A whole installation in a folder of its own, in two shapes, all of it real processes.

`Stack`: SQLite, a broker of files, one web process, one worker. `ServicesStack`: PostgreSQL, Redis,
two web processes, one live process, two workers, nginx as the one origin in front.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.prepared import lay_installation, lay_static
from tests.services.nginx import Nginx
from tests.services.process import free_port
from tests.services.shared import Services

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "nine-hundred-steps"
FIRST_WORDS = 90.0  # seconds a process may take until it answers, on a busy machine
# One interpreter for all; what stands behind it is what every shape uses.
GUNICORN = ("-m", "gunicorn", "-c", "python:kling_web.gunicorn_conf", "kling_web.wsgi:application")
SERVE = ("-m", "kling_web.serve")
WORKER = (
    *("-m", "celery", "-A", "kling_web", "worker", "-P", "threads", "--concurrency", "4"),
    *("--without-mingle", "--without-gossip", "-l", "INFO"),
)


@dataclass(kw_only=True)
class Stack:
    """Start with `running()`; every process is one of its own group and ends with the test."""

    folder: Path = field(kw_only=False)
    callbacks: bool
    seconds_per_task: float = 1.0
    port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
    simulator_flags: tuple[str, ...] = ()
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_address(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {
            **kept,
            "VAR_DIR": str(self.folder / "var"),
            "TIME_SCALE": "10",
            "ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{self.simulator_port}",
            "PUBLIC_URL": self.address if self.callbacks else "",
            "PYTHONUNBUFFERED": "1",
            **self.extra,
        }

    @contextlib.contextmanager
    def running(self) -> Iterator[Stack]:
        self.prepare()
        try:
            self.start()
            yield self
        finally:
            self.end()

    def prepare(self) -> None:
        """An empty, migrated installation with its static files."""
        lay_installation(self.folder / "var")

    def start(self) -> None:
        self.start_simulator()
        self.start_web()
        self.start_worker()

    def end(self) -> None:
        for name in list(self.children):
            self.kill(name)

    @property
    def workers(self) -> list[str]:
        return [name for name in self.children if name.startswith("worker")]

    def start_simulator(self) -> None:
        flags = ["--state", str(self.folder / "kling"), "--render", "small"]
        flags += ["--seconds-per-task", f"{self.seconds_per_task:g}", *self.simulator_flags]
        command = ["manage.py", "simulate_kling", "--port", str(self.simulator_port), *flags]
        self._start("simulator", command)
        self._wait_for(f"{self.simulator_address}/_ledger")

    def start_web(self) -> None:
        self._start("web", SERVE, PORT=str(self.port))
        self._wait_for(f"{self.address}/healthz")

    def start_worker(self, name: str = "worker") -> None:
        """Its name goes into Celery's node name, for no two may be the same."""
        self._start(name, [*WORKER, "-n", f"{name}@%h"])

    def terminate(self, *names: str, patience: float = 20.0) -> dict[str, float]:
        """SIGTERM to these processes at once, to no group; seconds each took to end by itself."""
        began = time.monotonic()
        waited = {name: self.children[name] for name in names}
        for child in waited.values():
            child.terminate()
        took: dict[str, float] = {}
        while len(took) < len(waited) and time.monotonic() - began < patience:
            for name, child in waited.items():
                if name not in took and child.poll() is not None:
                    took[name] = time.monotonic() - began
            time.sleep(0.02)
        for name in names:
            self.kill(name)
        return took

    def kill(self, name: str) -> None:
        """SIGKILL: the way a machine loses power."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run one management command and return what it printed."""
        return self.run(["manage.py", *arguments], **environment)

    def run(self, arguments: Sequence[str], **environment: str) -> str:
        """The same for any command of Python's, to its end."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def first_link(self, printed: str) -> str:
        """The one-time link in a command's or a page's words, at this stack's address."""
        found = re.search(r"/accounts/password/reset/key/\S+", printed)
        assert found, printed
        return self.address + found.group()

    @property
    def ledger(self) -> list[dict[str, Any]]:
        """What the simulator charged for."""
        rows: list[dict[str, Any]] = httpx.get(f"{self.simulator_address}/_ledger").json()
        return rows

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _start(self, name: str, arguments: Sequence[str], **environment: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**self.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait_for(self, address: str) -> None:
        """Until it answers 200."""
        end = time.monotonic() + FIRST_WORDS
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(address).status_code == 200:
                    return
            time.sleep(0.2)
        logs = "\n".join(self.log(name)[-2000:] for name in self.children)
        raise AssertionError(f"{address} does not answer.\n{logs}")


@dataclass(kw_only=True)
class ServicesStack(Stack):
    """The second shape; `port` is nginx's, behind it web-1, web-2, live, worker-1, worker-2."""

    services: Services
    web_ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    live_port: int = field(default_factory=free_port)
    nginx: Nginx | None = None

    def __post_init__(self) -> None:
        self.extra = {
            **self.services.fresh(),
            "ACCEL_REDIRECT": "/_media/",
            "TRUST_PROXY": "true",
            "HOST": "127.0.0.1",
            "WEB_PROCESSES": "1",
            **self.extra,
        }

    def prepare(self) -> None:
        """The database is a migrated copy already."""
        lay_static(self.folder / "var" / "static")

    def start_web(self) -> None:
        media = self.folder / "var" / "media"
        media.mkdir(parents=True, exist_ok=True)
        for number, port in enumerate(self.web_ports, start=1):
            self._start(f"web-{number}", GUNICORN, PORT=str(port))
        self._start("live", SERVE, PORT=str(self.live_port))
        for port in (*self.web_ports, self.live_port):
            self._wait_for(f"http://127.0.0.1:{port}/healthz")
        self.nginx = Nginx(
            self.folder / "nginx",
            web=self.web_ports,
            live=self.live_port,
            media=media,
            port=self.port,
        ).start()
        assert self.nginx.server
        assert self.nginx.server.process
        self.children["nginx"] = self.nginx.server.process
        self._wait_for(f"{self.address}/healthz")

    def start(self) -> None:
        self.start_simulator()
        self.start_web()
        self.start_worker("worker-1")
        self.start_worker("worker-2")

    def log(self, name: str) -> str:
        folder = self.folder / "nginx" if name == "nginx" else self.folder
        return (folder / f"{name}.log").read_text()
