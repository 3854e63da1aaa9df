"""A whole installation in a folder of its own: simulator, worker and web as real processes."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "nine-hundred-steps"
FIRST_WORDS = 90.0  # seconds a process may take until it answers, on a busy machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@dataclass
class Stack:
    """Start with `running()`; every process is one of its own group and ends with the test."""

    folder: Path
    callbacks: bool
    seconds_per_task: float = 1.0
    port: int = field(default_factory=free_port)
    simulator_port: int = field(default_factory=free_port)
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
        self.manage("migrate", "--verbosity", "0")
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        try:
            self.start_simulator()
            self.start_web()
            self.start_worker()
            yield self
        finally:
            for name in list(self.children):
                self.kill(name)

    def start_simulator(self) -> None:
        flags = ["--state", str(self.folder / "kling"), "--render", "small"]
        flags += ["--seconds-per-task", f"{self.seconds_per_task:g}"]
        command = ["manage.py", "simulate_kling", "--port", str(self.simulator_port), *flags]
        self._start("simulator", command)
        self._wait(lambda: httpx.get(f"{self.simulator_address}/_ledger").status_code == 200)

    def start_web(self) -> None:
        self._start("web", ["-m", "kling_web.serve", "--port", str(self.port)])
        self._wait(lambda: httpx.get(f"{self.address}/healthz").status_code == 200)

    def start_worker(self) -> None:
        flags = ["-P", "threads", "--concurrency", "2", "--without-mingle", "--without-gossip"]
        command = ["-m", "celery", "-A", "kling_web", "worker", "-l", "INFO", *flags]
        self._start("worker", command)

    def kill(self, name: str) -> None:
        """SIGKILL: the way a machine loses power."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run one management command and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
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

    def _start(self, name: str, arguments: list[str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _wait(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + FIRST_WORDS
        while time.monotonic() < end:
            with contextlib.suppress(httpx.HTTPError):
                if ready():
                    return
            time.sleep(0.2)
        logs = "\n".join(self.log(name)[-2000:] for name in self.children)
        raise AssertionError(f"The stack did not start.\n{logs}")
