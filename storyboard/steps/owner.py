"""Who holds a lease: host, boot, process and its start, so that a dead owner is known dead."""

import os
import socket
import threading
from functools import cache
from pathlib import Path

from django.utils import timezone

from storyboard.models import Generation


@cache
def _process() -> str:
    return f"{socket.gethostname()}:{_boot()}:{os.getpid()}:{_started(os.getpid())}"


def me() -> str:
    """This thread's name as a lease owner."""
    return f"{_process()}:{threading.get_ident()}"


def take_over_from_the_dead() -> int:
    """End at once the leases of processes of this host and boot that are gone; how many."""
    here = f"{socket.gethostname()}:{_boot()}:"
    held = Generation.objects.filter(lease_owner__startswith=here, lease_until__gt=timezone.now())
    dead = [pk for pk, owner in held.values_list("pk", "lease_owner") if not _lives(owner)]
    return Generation.objects.filter(pk__in=dead).update(lease_until=timezone.now())


def _lives(owner: str) -> bool:
    pid, started = owner.rsplit(":", 3)[1:3]
    return _started(int(pid)) == started


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()[:8]
    except OSError:
        return "boot"


def _started(pid: int) -> str:
    """The kernel's start time of a process; empty when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
