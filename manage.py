#!/usr/bin/env python3
"""Django's command line for Greenlight."""

import os
import sys

import kling_web  # noqa: F401  (puts the newer SQLite in place before Django loads)

# isort: split
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kling_web.settings")
    execute_from_command_line(sys.argv)
