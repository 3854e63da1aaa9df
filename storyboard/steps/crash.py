"""Named instructions at which a worker can be made to die, to prove that dying there costs nothing.

CRASH_AT names one of POINTS; reaching it ends the process by SIGKILL, as a power cut would.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings

POINTS = (
    "intent.before_commit",
    "intent.after_commit",
    "send.after_answer",
    "send.after_commit",
    "ask.before_sending",
    "ask.after_answer",
    "record.before_commit",
    "record.after_commit",
    "download.before_first_byte",
    "download.between_bytes",
    "download.before_fsync",
    "download.after_fsync",
    "store.before_rename",
    "store.after_rename",
    "store.before_commit",
    "store.after_commit",
)


def crash_point(name: str) -> None:
    """Die here if CRASH_AT says so."""
    if name == settings.CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
