"""Run one command on a PostgreSQL that lives as long as it does.

    python -m tests.services python -m pytest tests/steps

Its database is migrated: pytest's own are copies of it.
Ends with the command's own exit code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.services.postgres import Postgres
from tests.services.shared import migrate


def main(command: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="greenlight-postgres-") as folder:
        server = Postgres(Path(folder) / "cluster").start()
        try:
            address = server.make_database("greenlight")
            migrate(address, Path(folder))
            environment = {**os.environ, "DATABASE_URL": address}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
