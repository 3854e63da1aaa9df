"""`manage.py run`: one's own installation, web and worker under one supervisor."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storyboard.management import installation
from storyboard.management.machine import FIRST_PORT, LockFile, choose_port
from storyboard.management.merged_log import MergedLog
from storyboard.management.supervisor import Supervisor
from storyboard.management.words import words_for_people

READY = """
Greenlight is ready at {address}

  A team and its owner:  {manage} create_team "Name" owner@mail.example
  Its Kling account:     KLING_API_KEY=… {manage} add_account "Name" Main
  Data:                  {var}
  Log:                   {log}
  Stop:                  Ctrl-C
"""


class Command(BaseCommand):
    help = "Run your own installation: migrate, then web and worker until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        with words_for_people(self):
            lock = LockFile(settings.VAR_DIR / installation.LOCK_NAME)
            lock.take()
            port = choose_port(os.environ.get("PORT"))
            installation.prepare()
            installation.release_connections()
            keep_running(lock, port)


def keep_running(lock: LockFile, port: int) -> None:
    log_path = settings.VAR_DIR / installation.LOG_NAME
    log = MergedLog(["worker", "web"], path=log_path)
    address = f"http://{installation.bound_host()}:{port}/"
    with Supervisor(log, directory=str(settings.BASE_DIR)) as house:
        house.start(installation.worker())
        house.start(installation.web(port))
        if house.wait_until_ready():
            lock.describe(address)
            manage = command_line(port)
            log.say(
                READY.format(address=address, manage=manage, var=settings.VAR_DIR, log=log_path)
            )
            house.watch()
    log.say("Stopped. Everything is kept.")


def command_line(port: int) -> str:
    """How to call a command on this installation from another terminal of this folder."""
    words = [f"VAR_DIR={settings.VAR_DIR}"] if os.environ.get("VAR_DIR") else []
    if not settings.PUBLIC_URL and port != FIRST_PORT:
        words.append(f"PUBLIC_URL=http://localhost:{port}")  # for the link it prints
    return " ".join([*words, ".venv/bin/python manage.py"])
