"""The simulator's command line, shared by `manage.py simulate_kling` and `python -m`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from .desk import Options
from .films import RENDERS
from .gate import Keys
from .server import Server
from .store import StateInUse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the flags on any parser."""
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0: a free one")
    parser.add_argument("--state", type=Path, required=True, help="folder for tasks and films")
    parser.add_argument(
        "--seconds-per-task",
        type=_seconds,
        required=True,
        help="how long a task takes; 0: it succeeds at the first query",
    )
    parser.add_argument("--key", help="the one API key let in; without it any is")
    parser.add_argument("--access-key", help="the one access key whose signed tokens are let in")
    parser.add_argument("--secret-key", help="what those tokens are signed with")
    parser.add_argument("--slots", type=_count, help="tasks in flight per account; default: any")
    parser.add_argument("--rate", type=_rate, help="requests a second per account; default: any")
    parser.add_argument(
        "--callbacks-anywhere",
        action="store_true",
        help="call back addresses other than loopback too",
    )
    parser.add_argument(
        "--charges-twice",
        action="store_true",
        help="take a repeated external_task_id for a new order, which Kling refuses; for tests",
    )
    parser.add_argument("--render", choices=RENDERS, default="normal", help="size of the films")


def run(flags: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Returns 2 where it cannot start."""
    if (flags.access_key is None) != (flags.secret_key is None):
        print("--access-key and --secret-key belong together.", file=sys.stderr)
        return 2
    try:
        server = Server(_options(flags), flags.port)
    except (OSError, OverflowError, StateInUse) as error:
        print(f"The simulator cannot start: {error}", file=sys.stderr)
        return 2
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    server.start()
    print(f"Kling simulator at {server.address}, state in {flags.state}", flush=True)
    ended.wait()
    server.stop()
    sys.stdout.flush()
    # A film still being rendered must not hold up the end; its part file is of no use to anyone.
    os._exit(0)


def _options(flags: argparse.Namespace) -> Options:
    return Options(
        state=flags.state,
        seconds_per_task=flags.seconds_per_task,
        keys=Keys(flags.key, flags.access_key, flags.secret_key),
        slots=flags.slots,
        rate=flags.rate,
        callbacks_anywhere=flags.callbacks_anywhere,
        render=flags.render,
        charges_twice=flags.charges_twice,
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError("must be between 0 and 86400 seconds")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value <= 100_000:
        raise argparse.ArgumentTypeError("must be above 0")
    return value
