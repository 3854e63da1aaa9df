"""One server process: started as somebody who is not root, awaited, ended with its group."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_WORDS = 30.0  # seconds a server may take until it answers, on a busy machine
PLAIN_PEOPLE = ("postgres", "redis", "nobody")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port that accepts everybody and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]


def plain_user() -> str | None:
    """Whom a server of the tests runs as: nobody special; None where we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in PLAIN_PEOPLE:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise AssertionError("There is no user but root to run a server as.")


def own(folder: Path, user: str | None) -> Path:
    """Make a folder that belongs to the server's user and can be reached by it."""
    folder.mkdir(parents=True, exist_ok=True)
    if user is None:
        return folder
    shutil.chown(folder, user)
    for above in folder.parents:  # pytest's folders are closed to others
        if above.stat().st_uid == 0 and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    return folder


@dataclass
class Server:
    """A running server; `stop()` ends what `start()` started and nothing else."""

    command: Sequence[str]
    log: Path
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    def start(self, is_ready: Callable[[], bool]) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self.user,
                cwd="/",
                env={**os.environ, **self.environment},
            )
        end = time.monotonic() + FIRST_WORDS
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if is_ready():
                    return
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"{self.command[0]} did not start.\n{self.log.read_text()[-3000:]}")

    def stop(self, number: int = signal.SIGTERM, patience: float = 5.0) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None


def accepts(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True


def find(name: str, *folders: str) -> str:
    """A server's program; Debian keeps some outside PATH."""
    places = [*sorted(folders, reverse=True), os.environ.get("PATH", ""), "/usr/sbin"]
    found = shutil.which(name, path=os.pathsep.join(places))
    assert found, f"{name} is not installed: python3 bin/setup --dev installs it where it may."
    return found
