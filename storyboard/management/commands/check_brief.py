"""`manage.py check_brief`: would Kling take this? One line of JSON in, one line of JSON out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from storyboard.kling.payloads.lines import MOST_BYTES, Answer, answer, too_long
from storyboard.kling.problems import Problem
from storyboard.kling.rules.case import READINGS, Reading

_HELP = """Judge create bodies and list queries before they are sent.

One JSON object a line on standard input:
  {"endpoint": "image2video", "profile": "official", "payload": {...}}
endpoint: text2video, image2video or list. profile: official, powertokens or gateway004.
Each line is answered at once with one line:
  {"ok": true, "errors": [], "warnings": []}
A line that cannot be read, an empty one too, gets an error; the command ends with 0 at the end of
its input. Nothing is fetched and no database is asked.
"""


class Command(BaseCommand):
    """Ends with 0 at the end of the input, whatever was in it."""

    help = _HELP
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keep the line breaks of the help."""
        kwargs["formatter_class"] = argparse.RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a file to read for people, and the reading."""
        parser.add_argument("file", nargs="?", type=Path, help="print the answers for people")
        parser.add_argument(
            "--reading",
            choices=READINGS,
            default="documents",
            help="documents: what Kling's documents say (default); map: its capability map as well",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer line by line."""
        try:
            if options["file"] is None:
                _answer_lines(options["reading"])
            else:
                _print_file(options["file"], options["reading"])
        except BrokenPipeError:
            # Nobody listens any more; what Python still holds goes nowhere, without a complaint.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            sys.exit(130)


def _answer_lines(reading: Reading) -> None:
    out = sys.stdout.buffer
    for line in _lines(sys.stdin.buffer):
        out.write(_judged(line, reading).line())
        out.flush()


def _print_file(path: Path, reading: Reading) -> None:
    try:
        file = path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        count = bad = 0
        for line in _lines(file):
            count += 1
            told = _judged(line, reading)
            bad += bool(told.errors)
            _print("\n".join(_for_people(count, told)))
    _print(f"{_counted(count, 'line')}, {count - bad} without errors, {bad} with errors.")


def _lines(source: IO[bytes]) -> Iterator[bytes | None]:
    """Each line as soon as it is there, None for one that is too long to be held."""
    while line := source.readline(MOST_BYTES + 1):
        if len(line) <= MOST_BYTES or line.endswith(b"\n"):
            yield line
            continue
        while (rest := source.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _judged(line: bytes | None, reading: Reading) -> Answer:
    if line is None:
        return too_long()
    try:
        return answer(line, reading)
    except Exception as error:  # one line must never stop the others
        sys.stderr.write(f"check_brief: {type(error).__name__} on a line of {len(line)} bytes\n")
        words = "The line could not be judged. This is Greenlight's fault, not the line's."
        return Answer((Problem("line.unjudged", "", words, "Greenlight"),))


def _for_people(number: int, told: Answer) -> Iterator[str]:
    named = f", {told.endpoint} at {told.profile}" if told.endpoint else ""
    errors, warnings = told.errors, told.warnings
    said = _counted(len(errors), "error") if errors else "no errors"
    if warnings:
        said += f", {_counted(len(warnings), 'warning')}"
    yield f"Line {number}{named}: {said}"
    for kind, problems in (("error", errors), ("warning", warnings)):
        for problem in problems:
            field = f"{problem.field}: " if problem.field else ""
            yield f"  {kind:<8} {field}{problem.words}"
            yield f"           {problem.code}; {problem.source}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _print(text: str) -> None:
    # A payload may hold what moves a terminal's cursor, or half a character.
    shown = "".join(
        char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text
    )
    sys.stdout.buffer.write(shown.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.buffer.flush()
