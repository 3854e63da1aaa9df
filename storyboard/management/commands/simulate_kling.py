"""`manage.py simulate_kling`: Kling's wire on this machine, without Kling."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from storyboard.kling.simulator import cli


class Command(BaseCommand):
    """Serve the simulator until SIGTERM or SIGINT."""

    help = "Serve Kling's wire on 127.0.0.1, with a ledger and rendered films, without Kling."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the simulator's own flags."""
        cli.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run in the foreground."""
        code = cli.run(argparse.Namespace(**options))
        if code:
            sys.exit(code)
