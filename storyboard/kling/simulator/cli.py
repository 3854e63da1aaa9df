"""The simulator's command line, shared by `manage.py simulate_kling` and `python -m`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from .clock import MOST_SECONDS
from .desk import Options
from .dialects import DIALECTS
from .faults import Fault, Unknown, help_on_faults, parse
from .films import RENDERS
from .gate import Keys
from .judge import READINGS
from .letters import SHAPES, STATUSES, key
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
    parser.add_argument(
        "--profile", choices=tuple(DIALECTS), default="official", help="the dialect it speaks"
    )
    parser.add_argument(
        "--reading",
        choices=READINGS,
        default="documents",
        help="map: also refuse what only the public capability map refuses",
    )
    parser.add_argument(
        "--follows-end-frame-change",
        action="store_true",
        help="take an end frame with multi_shot, as Kling's change of 2026-05-07 says",
    )
    parser.add_argument(
        "--refuse-retired", action="store_true", help="refuse the models retired in 2026-09"
    )
    parser.add_argument(
        "--strict-library",
        action="store_true",
        help="refuse elements and voices that are neither the account's nor Kling's",
    )
    parser.add_argument("--render", choices=RENDERS, default="normal", help="size of the films")
    _add_callback_arguments(parser)
    parser.add_argument(
        "--clock-offset",
        type=_offset,
        metavar="SECONDS",
        help="how far its clock is ahead; default: as the state folder was left",
    )
    parser.add_argument(
        "--fault",
        type=_fault,
        action="append",
        default=[],
        metavar="NAME[=VALUE][@ENDPOINT][~PREFIX][:COUNT|:SHARE]",
        help="something to go wrong, see below; may be given again",
    )
    parser.add_argument("--seed", type=int, default=0, help="what the SHAREs of faults fall by")
    parser.epilog = help_on_faults()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _add_callback_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--webhook-secret",
        type=_secret,
        action="append",
        default=[],
        metavar="whsec_…",
        help="sign callbacks; given twice, with both, as while a secret is changed",
    )
    parser.add_argument(
        "--callback-shape",
        choices=SHAPES,
        default="legacy",
        help="the body of callbacks: as documented for /v1 paths, or for the new generation's",
    )
    parser.add_argument(
        "--callback-statuses",
        type=_statuses,
        default=Options.callback_statuses,
        metavar="STATUS,…",
        help="which of submitted, processing, succeed and failed are called back;"
        " default: all but submitted",
    )


def run(flags: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Returns 2 where it cannot start."""
    if (flags.access_key is None) != (flags.secret_key is None):
        print("--access-key and --secret-key belong together.", file=sys.stderr)
        return 2
    if flags.access_key is not None and not DIALECTS[flags.profile].pairs:
        print(f"{flags.profile} knows no --access-key.", file=sys.stderr)
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
        profile=flags.profile,
        reading=flags.reading,
        follows_end_frame_change=flags.follows_end_frame_change,
        refuse_retired=flags.refuse_retired,
        strict_library=flags.strict_library,
        webhook_secrets=tuple(flags.webhook_secret),
        callback_shape=flags.callback_shape,
        callback_statuses=flags.callback_statuses,
        clock_offset_seconds=flags.clock_offset,
        faults=tuple(flags.fault),
        seed=flags.seed,
    )


def _offset(text: str) -> float:
    value = float(text)
    if not 0 <= value <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"must be between 0 and {MOST_SECONDS} seconds")
    return value


def _fault(text: str) -> Fault:
    try:
        return parse(text)
    except Unknown as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _secret(text: str) -> str:
    try:
        key(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be whsec_ and base64") from None
    return text


def _statuses(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(",")) if text else ()
    if strange := set(chosen) - set(STATUSES):
        raise argparse.ArgumentTypeError(f"no status is called {min(strange)}")
    return chosen


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
