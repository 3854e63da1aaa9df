"""Reading one field of a request, with Kling's words for what is wrong with it."""

from typing import Any
from urllib.parse import urlsplit

from .refusal import invalid


def length(text: str) -> int:
    """Count as Kling's server does, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def given(body: dict[str, Any], field: str) -> bool:
    """Whether a field says anything: the vendor's own examples send "" for what they leave out."""
    return body.get(field) not in (None, "")


def text(body: dict[str, Any], field: str, most: int | None = None) -> str:
    """A text of at most `most` units; "" where there is none."""
    value = body.get(field)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise invalid(f"{field} must be a string")
    if most is not None and length(value) > most:
        raise invalid(f"{field}: size must be between 0 and {most}")
    return value


def required_text(body: dict[str, Any], field: str, most: int) -> str:
    """A text that says something, of at most `most` units."""
    value = text(body, field, most)
    if not value.strip():
        raise invalid(f"{field} must not be empty")
    return value


def choice(body: dict[str, Any], field: str, choices: tuple[str, ...], default: str) -> str:
    """One of the choices, or the default where nothing is said."""
    value = text(body, field) or default
    if value not in choices and value != default:
        raise invalid(f"{field} value '{value}' is invalid")
    if value and value not in choices:
        raise invalid(f"{field} value '{value}' is not supported by the current model")
    return value


def flag(body: dict[str, Any], field: str) -> bool:
    """True or false; absent is false."""
    value = body.get(field)
    # One of the vendor's own examples sends the word instead of the boolean.
    if value in ("true", "false"):
        return bool(value == "true")
    if value is not None and not isinstance(value, bool):
        raise invalid(f"{field} must be a boolean")
    return bool(value)


def listed(body: dict[str, Any], field: str, most: int | None) -> list[Any]:
    """A list of at most `most` entries; empty where there is none."""
    value = body.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(f"{field} must be a list")
    if most is not None and len(value) > most:
        raise invalid(f"{field} must be a list of at most {most}")
    return value


def external_id(body: dict[str, Any]) -> str | None:
    """The caller's own id for the task, None where there is none."""
    value = text(body, "external_task_id")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid("external_task_id is not valid text") from None
    return value or None


def address(field: str, value: Any, endings: tuple[str, ...] = ()) -> str:
    """An http address, judged by its form and never fetched.

    With `endings`, a path that names a kind of file must name one of those.
    """
    if not isinstance(value, str):
        raise invalid(f"{field} must be a string")
    try:
        parts = urlsplit(value)
        known = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise invalid(f"{field}: the URL is not valid")
    name = parts.path.rpartition("/")[2].lower()
    if endings and "." in name and not name.endswith(endings):
        raise invalid(f"{field}: only {', '.join(endings)} are supported")
    return value
