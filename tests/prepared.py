"""What many tests begin with: made once in a test run, whichever process asks first, and copied."""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Run:
    """Where this run keeps what all its processes share; tests/conftest.py says so."""

    folder: Path | None = None


def once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` filled, to be copied and never changed."""
    run = Run.folder or _of_this_process()
    made = run / f"prepared-{name}"
    with (run / f"{made.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            being_made = run / f"{made.name}.new"
            shutil.rmtree(being_made, ignore_errors=True)
            being_made.mkdir()
            make(being_made)
            being_made.rename(made)
    return made


def lay_installation(var: Path) -> None:
    """An empty, migrated database of SQLite's and the static files, for VAR_DIR=`var`."""
    for made in (_database(), _static()):
        shutil.copytree(made, var, dirs_exist_ok=True)


def lay_database(file: Path) -> None:
    """An empty, migrated database of SQLite's."""
    shutil.copyfile(_database() / "greenlight.sqlite3", file)


def lay_static(folder: Path) -> None:
    """The collected static files, for STATIC_ROOT=`folder`."""
    shutil.copytree(_static() / "static", folder, dirs_exist_ok=True)


def _database() -> Path:
    return once("database", functools.partial(_manage, "migrate"))


def _static() -> Path:
    return once("static", functools.partial(_manage, "collectstatic"))


def _manage(command: str, var: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", command, "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env={**kept, "VAR_DIR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@functools.cache
def _of_this_process() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
