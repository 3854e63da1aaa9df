"""Several processes under one roof: started, watched, logged together and ended together.

Knows nothing of Django. Linux only in one place: the leash by which a child dies with its parent.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from storyboard.management.merged_log import MergedLog

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The web process takes two seconds at most, a worker half a second more; we are given five.
STOP_GRACE_SECONDS = 3.5
READY_SECONDS = 60.0
LOOK_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
# A child that falls this often before it was ever ready will not get better by itself.
FALLS_AT_START = 3
# A child that ran this long before it fell is started again without delay.
STEADY_SECONDS = 60.0

_Handler = Callable[[int, FrameType | None], object] | int | None

# Runs before the child itself: asks the kernel for SIGKILL on the parent's death (prctl(2),
# PR_SET_PDEATHSIG = 1), then checks that the parent did not die in between. Set this way and not
# in a preexec_fn, which is unsafe beside threads. The request survives execve.
LEASH = """
import ctypes, os, sys
parent = int(sys.argv[1])
ctypes.CDLL(None, use_errno=True).prctl(1, 9, 0, 0, 0)
if os.getppid() != parent:
    os._exit(1)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class ChildFailed(Exception):
    """A child ended, or never became ready; the message is for people."""


@dataclass(frozen=True)
class Child:
    """What to run. `vital`: its end ends everything; any other child is started again."""

    name: str
    command: Sequence[str]
    is_ready: Callable[[], bool] | None = None
    vital: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


class Supervisor:
    """Use as a context manager; leaving it, by whatever way, ends every child.

    with Supervisor(log) as house:
        house.start(Child("web", [...], is_ready=...))
        house.wait_until_ready()
        sys.exit(house.watch())
    """

    def __init__(
        self, log: MergedLog, *, directory: str | None = None, grace: float = STOP_GRACE_SECONDS
    ) -> None:
        self.log = log
        self._directory = directory
        self._grace = grace
        self._running: list[_Running] = []
        self._requests_to_stop = 0
        self._before: dict[int, _Handler] = {}

    def __enter__(self) -> Supervisor:
        for number in STOP_SIGNALS:
            self._before[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def is_stopping(self) -> bool:
        return self._requests_to_stop > 0

    def start(self, child: Child) -> None:
        """Start from the main thread only: the leash is tied to the thread that forks."""
        running = _Running(child)
        self._running.append(running)
        self._launch(running)

    def wait_until_ready(self, *, seconds: float = READY_SECONDS) -> bool:
        """True when every child is ready at once; False when asked to stop meanwhile.

        Raises ChildFailed when a vital child ends, another one keeps falling, or the time is over.
        """
        deadline = time.monotonic() + seconds
        while not self.is_stopping:
            self._look_after_all()
            waiting = [one for one in self._running if not one.is_ready()]
            if not waiting:
                return True
            fallen = [one for one in self._running if one.falls >= FALLS_AT_START]
            if fallen:
                raise ChildFailed(f"{_names(fallen)} keeps falling. See the log above.")
            if time.monotonic() > deadline:
                raise ChildFailed(
                    f"Not ready after {seconds:.0f} s: {_names(waiting)}. See the log."
                )
            time.sleep(LOOK_SECONDS)
        return False

    def watch(self) -> int:
        """Keep everything running until asked to stop (0). Raises ChildFailed."""
        while not self.is_stopping:
            self._look_after_all()
            time.sleep(LOOK_SECONDS)
        return 0

    def stop(self) -> None:
        """TERM to each child, KILL to every process group after the grace; safe to call again."""
        for running in self._running:
            running.terminate()
        deadline = time.monotonic() + self._grace
        asked = self._requests_to_stop
        while any(one.is_alive() for one in self._running) and time.monotonic() < deadline:
            if self._requests_to_stop > asked:  # whoever waits has lost patience
                break
            time.sleep(0.02)
        for running in self._running:
            running.kill_group()
        self._running.clear()

    def _look_after_all(self) -> None:
        for running in self._running:
            if running.is_alive():
                continue
            if running.next_start is None:
                self._notice_end(running)
            elif time.monotonic() >= running.next_start:
                self._launch(running)

    def _notice_end(self, running: _Running) -> None:
        name = running.child.name
        words = describe_end(running.exit_code)
        running.kill_group()
        if running.child.vital:
            self.log.write(name, words)
            raise ChildFailed(f"{name} {words}, so everything was ended. See the log above.")
        pause = running.plan_restart()
        again = "at once" if pause == 0 else f"in {pause:.0f} s"
        self.log.write(name, f"{words}; it is started again {again}")

    def _launch(self, running: _Running) -> None:
        running.launch(directory=self._directory)
        reader = threading.Thread(
            target=self.log.follow,
            args=(running.child.name, running.process.stdout),
            name=f"log of {running.child.name}",
            daemon=True,
        )
        reader.start()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._requests_to_stop += 1


class _Running:
    """One child's process, and when it may be started again."""

    process: subprocess.Popen[bytes]

    def __init__(self, child: Child) -> None:
        self.child = child
        self.next_start: float | None = None
        self._started = 0.0
        self.falls = 0

    @property
    def exit_code(self) -> int:
        return self.process.wait()

    def launch(self, *, directory: str | None) -> None:
        leash = [sys.executable, "-I", "-S", "-c", LEASH, str(os.getpid())]
        self.process = subprocess.Popen(
            [*leash, *self.child.command],
            cwd=directory,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a terminal's Ctrl-C reaches the supervisor alone
        )
        self.next_start = None
        self._started = time.monotonic()

    def is_ready(self) -> bool:
        return self.is_alive() and (self.child.is_ready is None or self.child.is_ready())

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def plan_restart(self) -> float:
        """Seconds to wait: 0 after a steady run, else 1, 2, 4 … up to 30."""
        steady = time.monotonic() - self._started >= STEADY_SECONDS
        self.falls = 0 if steady else self.falls + 1
        pause = min(2.0 ** (self.falls - 1), LONGEST_PAUSE_SECONDS) if self.falls else 0.0
        self.next_start = time.monotonic() + pause
        return pause

    def terminate(self) -> None:
        if self.is_alive():
            self.process.terminate()

    def kill_group(self) -> None:
        """End whatever is left of the child and of the processes it started itself."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _names(running: Sequence[_Running]) -> str:
    return ", ".join(one.child.name for one in running)


def describe_end(exit_code: int) -> str:
    """`ended with 1`, or for a signal (negative, as subprocess gives it) `was ended by SIGKILL`."""
    if exit_code >= 0:
        return f"ended with {exit_code}"
    try:
        return f"was ended by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"was ended by signal {-exit_code}"
