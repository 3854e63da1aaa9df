"""Named instructions at which a process can be made to die, to prove that it costs nothing.

CRASH_AT names one of POINTS; reaching it ends the process by SIGKILL, as a power cut would.
"Before commit" is the last instruction inside a transaction, "after commit" the first outside it.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings

POINTS = (
    # web: a person orders a take
    "order.before_commit",
    "order.after_commit",
    # worker: a step begins
    "claim.before_commit",
    "claim.after_commit",
    # worker: the order leaves
    "intent.before_commit",
    "intent.after_commit",
    "send.before_first_byte",
    "send.between_bytes",
    "send.after_last_byte",
    "send.after_answer",
    "accepted.before_commit",
    "accepted.after_commit",
    "refused.before_commit",
    "refused.after_commit",
    # worker: nobody knows whether Kling took it
    "unclear.before_commit",
    "unclear.after_commit",
    "absent.before_commit",
    "absent.after_commit",
    # worker: Kling is asked
    "ask.before_commit",
    "ask.after_commit",
    "ask.before_first_byte",
    "ask.after_last_byte",
    "ask.after_answer",
    "answer.after_commit",
    "waiting.after_commit",
    "record.before_commit",
    "record.after_commit",
    # web: Kling knocks
    "receipt.before_commit",
    "receipt.after_commit",
    # worker: the film comes home
    "download.before_first_byte",
    "download.between_bytes",
    "download.after_last_byte",
    "store.before_rename",
    "store.after_rename",
    "store.after_fsync",
    "original.after_commit",
    "poster.after_commit",
    "pictures.after_rename",
    "store.before_commit",
    "store.after_commit",
    # worker: an element or a voice is made
    "creation.after_claim",
    "creation.after_intent",
    "creation.after_last_byte",
    "creation.after_answer",
    "creation.after_accept",
    "creation.before_ready",
    "creation.after_ready",
)


def crash_point(name: str) -> None:
    """Die here if CRASH_AT says so."""
    if name == settings.CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
