"""The list query: Kling API, image to video, query task (list)."""

from __future__ import annotations

from typing import Any

from ..profiles import ENDPOINTS
from .reader import Reader, shorten, shown, wrong_type

LIST_FIELDS = ("resource", "pageNum", "pageSize")
MOST_PAGES = 1000
MOST_PER_PAGE = 500
_LONGEST = 18  # digits: more is out of every range


def check_list(reader: Reader) -> None:
    """What is to be said of `{"resource", "pageNum", "pageSize"}`."""
    if reader.profile.ask_by_external_id != "yes":
        words = f"The document of {reader.profile.title} has no list of tasks; it may not answer."
        reader.warn("list.undocumented", "endpoint", words)
    reader.unknown_fields(reader.body, LIST_FIELDS)
    _check_resource(reader, reader.body.get("resource"))
    for name, most in (("pageNum", MOST_PAGES), ("pageSize", MOST_PER_PAGE)):
        value = reader.body.get(name)
        if value is not None:
            _check_number(reader, name, value, most)


def _check_resource(reader: Reader, value: Any) -> None:
    choose = f"Choose {' or '.join(ENDPOINTS)}."
    if value is None:
        reader.refuse("resource.required", "resource", f"resource is missing. {choose}")
    elif not isinstance(value, str):
        reader.refuse("resource.type", "resource", wrong_type("resource", value, "a string"))
    elif value not in ENDPOINTS:
        words = f"resource is “{shorten(value)}”, which has no list here. {choose}"
        reader.refuse("resource.unknown", "resource", words)


def _check_number(reader: Reader, name: str, value: Any, most: int) -> None:
    number = _whole(value)
    if number is None:
        words = wrong_type(name, value, f"a whole number from 1 to {most}")
        reader.refuse(f"{name}.type", name, words)
    elif not 1 <= number <= most:
        words = f"{name} is {shown(value)}. Choose 1 to {most}."
        reader.refuse(f"{name}.out_of_range", name, words)


def _whole(value: Any) -> int | None:
    """A whole number, or one in the digits of a query string."""
    if type(value) is int:
        return value
    if not isinstance(value, str) or not value.isascii():
        return None
    digits = value.removeprefix("-")
    if not digits.isdigit():
        return None
    return int(value) if len(value) <= _LONGEST else 10**_LONGEST
