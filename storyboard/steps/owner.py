"""Who holds a lease: host, boot, process and its start, so that a dead owner is known dead."""

import hashlib
import os
import secrets
import socket
import threading
from functools import cache
from pathlib import Path

from django.utils import timezone

from storyboard.models import Animatic, Creation, Generation, Lease, Status
from storyboard.models.statuses import LIVE


@cache
def process() -> str:
    """This process's name, of which its threads' begin."""
    return f"{_here()}{os.getpid()}:{_started(os.getpid())}"


def me() -> str:
    """This thread's name as a lease owner."""
    return f"{process()}:{threading.get_ident()}"


def take_over_from_the_dead() -> int:
    """End at once the leases of processes of this host and boot that are gone; how many."""
    now = timezone.now()
    duties = Lease.objects.filter(owner__startswith=_here(), until__gt=now)
    rows = Generation.objects.filter(
        status__in=(*LIVE, Status.HELD), lease_owner__startswith=_here(), lease_until__gt=now
    )
    drawn = Animatic.objects.filter(lease_owner__startswith=_here(), lease_until__gt=now)
    made = Creation.objects.filter(claimed_by__startswith=_here(), claimed_until__gt=now)
    owners = {
        *duties.values_list("owner", flat=True),
        *rows.values_list("lease_owner", flat=True),
        *drawn.values_list("lease_owner", flat=True),
        *made.values_list("claimed_by", flat=True),
    }
    dead = [owner for owner in owners if not _lives(owner)]
    if not dead:
        return 0
    # By owner once more: a row that a living worker has claimed meanwhile is that worker's.
    duties.filter(owner__in=dead).update(until=now)
    drawn.filter(lease_owner__in=dead).update(lease_until=now)
    made.filter(claimed_by__in=dead).update(claimed_until=now)
    return rows.filter(lease_owner__in=dead).update(lease_until=now)


def host() -> str:
    """The machine, as people know it; of a long name its head."""
    return socket.gethostname()[:40]


@cache
def _here() -> str:
    return f"{host()}:{_boot()}:"


def _lives(owner: str) -> bool:
    """True also when it cannot be known, as without a free descriptor to look with."""
    pid, started = owner.rsplit(":", 3)[1:3]
    try:
        return _started(int(pid)) == started
    except (OSError, ValueError, IndexError):
        return True


def _boot() -> str:
    """This boot and, in containers, this one's own numbering of processes.

    Where the kernel does not tell, a word of this process alone: it takes over from nobody.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return hashlib.sha256(f"{boot} {os.readlink('/proc/self/ns/pid')}".encode()).hexdigest()[:8]
    except OSError:
        return secrets.token_hex(4)


def _started(pid: int) -> str:
    """The kernel's start time of a process; empty when there is none, or only its remains."""
    try:
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else rest[18]
    except (FileNotFoundError, ProcessLookupError):
        return ""
