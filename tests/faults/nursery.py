"""Workers by the dozen: loads the product once and forks a worker for each line it reads.

    python -m tests.faults.nursery

Each line on standard input is a worker's name; the answer is the worker's process id, which is its
process group too. A worker that is loaded anew takes seconds, and a campaign kills a hundred.
"""

from __future__ import annotations

import os
import signal
import sys

import django
from celery.bin.worker import worker as _command  # noqa: F401  (what a worker imports late)

from kling_web.celery import app
from tests.faults import worker

THREADS = 4
ARGUMENTS = (
    *("worker", "-P", "threads", "--concurrency", str(THREADS)),
    *("--without-mingle", "--without-gossip", "-l", "INFO"),
)


def main() -> None:
    django.setup()
    app.loader.import_default_modules()
    # The dead are buried by the kernel; nobody here waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        born = os.fork()
        if born == 0:
            be_a_worker(line.strip())
        print(born, flush=True)


def be_a_worker(name: str) -> None:
    """Never returns. What it prints goes to the log alone."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    worker.use_strategy()
    app.worker_main([*ARGUMENTS, "-n", f"{name}@%h"])
    os._exit(0)


if __name__ == "__main__":
    main()
