"""manage.py check_worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from storyboard.models import Lease


def test_a_worker_that_sweeps_is_well(db: None) -> None:
    Lease.hold("sweep", owner="somebody", seconds=5)
    call_command("check_worker")


def test_it_is_not_well_when_nobody_sweeps(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="1"):
        call_command("check_worker")
    assert "No worker has looked for work in 30 s." in capsys.readouterr().err


def test_it_is_not_well_after_a_silence(db: None) -> None:
    Lease.hold("sweep", owner="somebody", seconds=5)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=31))
    with pytest.raises(SystemExit, match="1"):
        call_command("check_worker")


def test_it_is_not_well_without_a_database(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    def away(*_arguments: object) -> object:
        raise OperationalError("gone")

    with connection.execute_wrapper(away), pytest.raises(SystemExit, match="1"):
        call_command("check_worker")
    assert "The database does not answer." in capsys.readouterr().err
