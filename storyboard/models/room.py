"""How much room is left where films arrive: nothing is ordered that could not be kept."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

# Below this nothing new is ordered; films that are made already are still fetched.
RESERVED_BYTES = 2 * 1024**3


class Room(NamedTuple):
    """The disk on which films arrive, also those that are kept elsewhere afterwards."""

    free_bytes: int
    total_bytes: int

    @property
    def is_nearly_full(self) -> bool:
        return self.free_bytes < RESERVED_BYTES


def room() -> Room:
    """As the disk says now; OSError where it cannot be asked."""
    folder = Path(settings.MEDIA_ROOT)
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    return Room(usage.free, usage.total)


def storage_is_nearly_full() -> bool:
    """Whether ordering pauses; a disk that cannot be asked counts as full."""
    try:
        return room().is_nearly_full
    except OSError:
        return True
