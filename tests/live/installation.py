"""A web process and a hand: a second process of the same installation that does things."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.prepared import lay_installation
from tests.services.process import free_port

ROOT = Path(__file__).resolve().parents[2]
FIRST_WORDS = 60.0  # seconds a process may take until it answers, on a busy machine
HAND = "from tests.live.hand import main; main()"


@dataclass
class Installation:
    """`prepare()`, then `start()` and `stop()` the web process as often as wanted; `end()`."""

    folder: Path
    extra: dict[str, str]
    port: int = field(default_factory=free_port)
    told: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    hand: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "VAR_DIR": str(self.folder), "PYTHONUNBUFFERED": "1", **self.extra}

    @property
    def is_sqlite(self) -> bool:
        return "DATABASE_URL" not in self.extra

    @property
    def stream(self) -> str:
        return f"/live/projects/{self.told['project']}/"

    @property
    def pulse(self) -> str:
        """A page's question, which needs sign-in, rights and the database: 204."""
        return f"/projects/{self.told['project']}/pulse/?after=999999"

    def cookie(self, person: str) -> str:
        return f"session={self.told['sessions'][person]}"

    def prepare(self) -> None:
        if self.is_sqlite:
            lay_installation(self.folder)
        self.hand = subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", HAND],
            cwd=ROOT, env=self.environment, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.told = self._hear()

    def do(self, *words: str) -> dict[str, Any]:
        """Let the hand do something, see hand.py; returns what it says of it."""
        assert self.hand is not None
        assert self.hand.stdin is not None
        self.hand.stdin.write(" ".join(words) + "\n")
        self.hand.stdin.flush()
        return self._hear()

    def start(self) -> None:
        with (self.folder / "web.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kling_web.serve", "--port", str(self.port)],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + FIRST_WORDS
        while time.monotonic() < end:
            with contextlib.suppress(OSError, HTTPException):
                if self.get("/healthz") == 200:
                    return
            time.sleep(0.1)
        raise AssertionError((self.folder / "web.log").read_text()[-3000:])

    def stop(self) -> float:
        """SIGTERM; the seconds until the process has ended."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process = None
        return time.monotonic() - began

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def end(self) -> None:
        self.kill()
        if self.hand is not None:
            self.hand.kill()
            self.hand.wait()

    def get(self, path: str, person: str = "") -> int:
        """The status of one answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            headers = {"Cookie": self.cookie(person)} if person else {}
            connection.request("GET", path, headers=headers)
            return connection.getresponse().status

    def count_threads(self) -> int:
        return len(list(self._proc("task").iterdir()))

    def count_database_handles(self) -> int:
        """Open descriptors of the SQLite file, or sockets to PostgreSQL."""
        links = []
        for entry in self._proc("fd").iterdir():
            with contextlib.suppress(OSError):
                links.append(os.readlink(entry))
        if self.is_sqlite:
            return sum(link.endswith("greenlight.sqlite3") for link in links)
        ours = {link[8:-1] for link in links if link.startswith("socket:[")}
        return len(ours & sockets_to(int(self.extra["DATABASE_URL"].split(":")[-1].split("/")[0])))

    def _proc(self, name: str) -> Path:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}")

    def _run(self, arguments: Sequence[str]) -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def _hear(self) -> dict[str, Any]:
        assert self.hand is not None
        assert self.hand.stdout is not None
        told: dict[str, Any] = json.loads(self.hand.stdout.readline() or "{}")
        assert told, "the hand has ended"
        return told


def sockets_to(port: int) -> set[str]:
    """Inodes of this machine's TCP sockets whose other end is a port of the loopback address."""
    remote = f"{socket.inet_aton('127.0.0.1')[::-1].hex().upper()}:{port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[2] == remote}
