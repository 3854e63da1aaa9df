"""How long a text is for Kling, and whether it can be sent at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..problems import Problem

if TYPE_CHECKING:
    from .case import Case

# Kling does not say what it counts. Its refusals read like a Java size check, which counts UTF-16
# units; one published refusal at 2,495 characters and 2,503 bytes points to UTF-8. So: an error
# by units, advice by bytes.
BYTES_OF_CONCERN = 2500


def utf16_units(text: str) -> int:
    """The length of `text` in UTF-16 units: an emoji counts two. Lone surrogates count one."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf8_bytes(text: str) -> int:
    """The length of `text` in UTF-8 bytes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def is_sendable(text: str) -> bool:
    """Whether `text` holds no NUL and no half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_text(
    case: Case, text: str, *, name: str, field: str, code: str, limit: int, topic: str = ""
) -> Iterator[Problem]:
    """Problems of a text that is there: unreadable characters, too long, long in bytes.

    `name` begins the sentence ("Shot 3"), `code` is the prefix of the problem's code.
    """
    if not is_sendable(text):
        words = f"{name} holds a character that cannot be sent. Delete it and type it again."
        yield Problem(f"{code}_unreadable", field, words, sources.GREENLIGHT)
    over = utf16_units(text) - limit
    if over > 0:
        words = f"{name} is {counted(over, 'character')} over {limit}. Shorten it."
        yield case.rule(f"{code}_too_long", field, words, topic=topic)
    elif (size := utf8_bytes(text)) > BYTES_OF_CONCERN:
        words = (
            f"{name} is {size} bytes long. Kling may count bytes and refuse more "
            f"than {BYTES_OF_CONCERN}. A shorter text is safer."
        )
        yield Problem(f"{code}_bytes", field, words, sources.WIRE_REPORTS, warning=True)


def counted(number: int, noun: str) -> str:
    """`1 character`, `9 characters`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
