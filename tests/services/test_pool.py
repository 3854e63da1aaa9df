"""A pool of connections to PostgreSQL outlives the server they were made to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.shared import ROOT, Services

# Leaves a connection in the pool, ends its other side, and asks once more.
ASK_AGAIN = """
import django
django.setup()
import psycopg
from django.db import connection
def ask(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        [found] = cursor.fetchone()
    connection.close()
    return found
backend = ask("select pg_backend_pid()")
with psycopg.connect("{url}", autocommit=True) as other:
    other.execute("select pg_terminate_backend(%s, 5000)", [backend])
print("found", ask("select 42"))
"""


@pytest.mark.services
def test_a_connection_that_died_in_the_pool_is_given_to_nobody(
    services: Services, tmp_path: Path
) -> None:
    """Else each of them is one page that answers 500 after a restart of the server."""
    fresh = services.fresh()
    url = fresh["DATABASE_URL"].replace("postgres://", "postgresql://")
    done = subprocess.run(
        [sys.executable, "-c", ASK_AGAIN.replace("{url}", url)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "kling_web.settings",
            "VAR_DIR": str(tmp_path),
            **fresh,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "found 42" in done.stdout, done.stderr
