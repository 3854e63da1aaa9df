"""`manage.py demo`: the product with a demo team and a simulated Kling, all on this machine.

Settings are read once, at start. So the command first takes the lock, chooses the ports and starts
itself again in an environment of its own, under <VAR_DIR>/demo; what the shell says about a real
installation (its database, its keys) cannot reach the demo.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import webbrowser
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from storyboard.management import demo_data, installation
from storyboard.management.machine import LockFile, choose_port, is_free, next_free_port
from storyboard.management.merged_log import MergedLog
from storyboard.management.supervisor import Supervisor
from storyboard.management.words import words_for_people

TIME_SCALE = "10"
SECONDS_PER_TASK = 20.0
FIRST_SIMULATOR_PORT = 9901
PLAN_VARIABLE = "GREENLIGHT_DEMO_PLAN"
# What a real installation may have in its environment, and the demo must not see.
FOREIGN_SETTINGS = (
    "ACCEL_REDIRECT",
    "ALLOWED_HOSTS",
    "BROKER_URL",
    "CACHE_URL",
    "CRASH_AT",
    "CREDENTIAL_KEYS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "DEFAULT_FROM_EMAIL",
    "EMAIL_URL",
    "HOST",
    "HTTPS",
    "MAX_FILM_BYTES",
    "PUBLIC_URL",
    "RESULT_HOSTS",
    "S3_ACCESS_KEY_ID",
    "S3_BUCKET",
    "S3_ENDPOINT_URL",
    "S3_REGION",
    "S3_SECRET_ACCESS_KEY",
    "SECRET_KEY",
    "STATIC_ROOT",
    "TRUST_PROXY",
    "WEB_PROCESSES",
)


@dataclass(frozen=True)
class Plan:
    """What was decided before the settings were read again."""

    lock: int
    port: int
    simulator_port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator_address(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port}"


class Command(BaseCommand):
    help = "Run the product with a demo team and a simulated Kling until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="remove the demo's data and end")
        parser.add_argument(
            "--seconds-per-task",
            type=float,
            default=SECONDS_PER_TASK,
            help="how long the simulated Kling takes for a video (default %(default)g)",
        )
        parser.add_argument(
            "--no-callbacks", action="store_true", help="leave PUBLIC_URL out: polling alone"
        )
        parser.add_argument("--no-browser", action="store_true", help="open no browser window")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.VAR_DIR / "demo"
        noted = os.environ.pop(PLAN_VARIABLE, None)
        with words_for_people(self):
            if noted:
                keep_running(Plan(**json.loads(noted)), options)
            elif options["reset"]:
                reset(folder)
            else:
                start_again(folder, callbacks=not options["no_callbacks"])


def reset(folder: Path) -> None:
    """Remove the demo's data. Raises Refused while the demo runs."""
    if not folder.exists():
        print("There is no demo data. Nothing was changed.")
        return
    LockFile(folder / installation.LOCK_NAME).take()
    shutil.rmtree(folder)
    print(f"The demo's data in {folder} is removed; the next make demo starts over.")


def start_again(folder: Path, *, callbacks: bool) -> None:
    """Replace this process by one whose settings are the demo's. Raises Refused."""
    lock = LockFile(folder / installation.LOCK_NAME)
    lock.take()
    simulator_port = choose_simulator_port(folder / "simulator-port")
    port = choose_port(os.environ.get("PORT"), taken=frozenset({simulator_port}))
    plan = Plan(lock.keep_over_exec(), port, simulator_port)
    sys.stdout.flush()
    environment = demo_environment(os.environ, plan, folder, callbacks=callbacks)
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def choose_simulator_port(note: Path) -> int:
    """The same port at each start, for the demo's account holds the address.

    Another one only when somebody else has taken it; the account's address then follows. Beside
    a port that was named, so that two demos started at once do not want the same one.
    """
    noted = int(note.read_text()) if note.exists() else 0
    if noted and is_free(noted):
        return noted
    named = os.environ.get("PORT", "")
    port = next_free_port(int(named) + 1 if named.isdecimal() else FIRST_SIMULATOR_PORT)
    note.write_text(str(port))
    return port


def demo_environment(
    around: Mapping[str, str], plan: Plan, folder: Path, *, callbacks: bool
) -> dict[str, str]:
    kept = {name: value for name, value in around.items() if name not in FOREIGN_SETTINGS}
    own = {
        "VAR_DIR": str(folder),
        "TIME_SCALE": TIME_SCALE,
        "ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{plan.simulator_port}",
        "PORT": str(plan.port),
        PLAN_VARIABLE: json.dumps(asdict(plan)),
    }
    return {**kept, **own, **({"PUBLIC_URL": plan.address} if callbacks else {})}


def keep_running(plan: Plan, options: Mapping[str, Any]) -> None:
    lock = LockFile(settings.VAR_DIR / installation.LOCK_NAME)
    lock.adopt(plan.lock)
    print("Preparing the demo; the first time it draws its films.", flush=True)
    installation.prepare()
    sign_ins = demo_data.load(simulator_address=plan.simulator_address)
    installation.release_connections()
    log = MergedLog(["simulator", "worker", "web"], path=settings.VAR_DIR / installation.LOG_NAME)
    with Supervisor(log, directory=str(settings.BASE_DIR)) as house:
        house.start(
            installation.simulator(
                plan.simulator_port,
                state=settings.VAR_DIR / "simulator",
                seconds_per_task=options["seconds_per_task"],
            )
        )
        house.start(installation.worker())
        house.start(installation.web(plan.port))
        if house.wait_until_ready():
            lock.describe(plan.address)
            log.say(ready_words(plan, sign_ins))
            if not options["no_browser"]:
                open_browser(plan.address)
            house.watch()
    log.say("Stopped. Everything is kept; make demo goes on from here.")


def ready_words(plan: Plan, sign_ins: Sequence[demo_data.SignIn]) -> str:
    """One block: where it is, who can sign in, where things lie, how to end it."""
    width = max(len(one.email) for one in sign_ins)
    people = [f"    {one.email:<{width}}  {one.password}  {one.role}" for one in sign_ins]
    log = settings.VAR_DIR / installation.LOG_NAME
    lines = [
        "",
        f"Greenlight is ready at {plan.address}/",
        "",
        "  Sign in as (email, password, role):",
        *people,
        "",
        f"  Data:       {settings.VAR_DIR}",
        f"  Log:        {log}",
        f"  Kling:      simulated at {plan.simulator_address}; nothing is paid",
        "  Stop:       Ctrl-C    Start over: make demo-reset",
        "",
    ]
    return "\n".join(lines)


def open_browser(address: str) -> None:
    """Only for a person at a desktop: never from a script, a container or over ssh."""
    has_desktop = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if sys.stdout.isatty() and (has_desktop or sys.platform == "darwin"):
        webbrowser.open(address)
