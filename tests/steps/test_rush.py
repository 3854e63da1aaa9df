"""Everybody at the same moment: one order, one POST, one owner left, one shot removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.services.postgres import Postgres

ROOT = Path(__file__).resolve().parents[2]


def test_fifty_presses_order_once_and_eight_workers_send_once(tmp_path: Path) -> None:
    rush(tmp_path, presses=50)


def test_the_same_on_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    """Eight, for all of them and the one who let them go hold a connection of the pool's ten."""
    rush(tmp_path, presses=8, DATABASE_URL=postgres.make_database("rush"))


def rush(tmp_path: Path, *, presses: int, **environment: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "tests.steps.rush", str(presses)],
        cwd=ROOT,
        env={**kept, "VAR_DIR": str(tmp_path / "var"), "DEBUG": "1", "LOG_LEVEL": "ERROR"}
        | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {
        "answers": [302],
        "orders": 1,
        "said": 1,
        "steps": 1,
        "posts": 1,
        "status": "running",
        "owners": 1,
        "removals": [302, 404, 404, 404, 404, 404, 404, 404],
    }
