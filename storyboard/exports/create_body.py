"""A create body as text for people: the file, and the line that sends it from a terminal."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

# What one argument of a command may hold: Linux takes 128 KiB, and people scroll before that.
MOST_INLINE = 32 * 1024


def as_json(body: Mapping[str, Any]) -> str:
    """The body, indented, in its own order, every character as itself."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, indent=2)


def is_small(body: Mapping[str, Any]) -> bool:
    """Whether the body fits on the line that sends it."""
    return len(_on_one_line(body).encode()) <= MOST_INLINE


def curl_with_body(url: str, body: Mapping[str, Any]) -> str:
    """The command for a POSIX shell that sends `body`, which stands in it.

    The key is not in it: the shell puts in what its variable KLING_TOKEN holds.
    """
    return f"{_head(url)} \\\n  --data-raw {shlex.quote(_on_one_line(body))}"


def curl_with_file(url: str, file_name: str) -> str:
    """The same with the body in a file of the folder the shell is in."""
    return f"{_head(url)} \\\n  --data-binary {shlex.quote(f'@{file_name}')}"


def _head(url: str) -> str:
    return (
        f"curl {shlex.quote(url)} \\\n"
        '  -H "Authorization: Bearer $KLING_TOKEN" \\\n'
        "  -H 'Content-Type: application/json'"
    )


def _on_one_line(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, allow_nan=False)
