"""How a command ends: in words for the person at the terminal, never with a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand

from storyboard.management.machine import Refused
from storyboard.management.supervisor import ChildFailed

REFUSED = 2
FAILED = 1
INTERRUPTED = 130  # what shells give for Ctrl-C


@contextmanager
def words_for_people(command: BaseCommand) -> Iterator[None]:
    """Ends the process with 2 when the start is refused, with 1 when a child failed."""
    try:
        yield
    except Refused as refused:
        command.stderr.write(str(refused))
        sys.exit(REFUSED)
    except ChildFailed as failed:
        command.stderr.write(str(failed))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        command.stderr.write("Stopped before it was ready. Start again to go on.")
        sys.exit(INTERRUPTED)
