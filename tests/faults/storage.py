"""The product's own storage on a disk that is full while a file says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from storyboard.models.files import DiskFiles
from tests.faults.fullness import VARIABLE, tally


class MayBeFull(DiskFiles):
    """Keeps nothing while the flag is there."""

    def keep(self, path: Path, name: str, *, each_step: Callable[[], None] | None = None) -> None:
        flag = Path(os.environ[VARIABLE])
        if flag.exists():
            with tally(flag).open("ab") as refusals:
                refusals.write(b".")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        super().keep(path, name, each_step=each_step)
