"""Where the driver says that the storage is full, and the storage says how often it was."""

from __future__ import annotations

from pathlib import Path

# The environment's name for the flag: a file that is there while nothing can be kept.
VARIABLE = "FAULTS_FULL"


def tally(flag: Path) -> Path:
    """A file with a byte for each refusal."""
    return flag.with_suffix(".refusals")
