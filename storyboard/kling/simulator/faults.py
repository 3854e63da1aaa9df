"""The faults there are: their kinds, and how one is written.

A fault is written `NAME[=VALUE][@ENDPOINT][~PREFIX][:COUNT|:SHARE]`, for example
`error-after=5002@create:3`, `callback-drop:30%` or `result-type=png~take-`.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from .refusal import CODES

API = ("create", "query", "list", "account", "library")
ENDPOINTS = (*API, "result", "callback")
BEFORE, AFTER, RESULT, CALLBACK = "before", "after", "result", "callback"
MAKING = "making"
MOST_SECONDS = 86_400.0
_SECONDS = ("seconds",)
_TIMES = ("times",)
_ERRORS = ("5000", "5001", "5002", "502")
_SPEC = re.compile(
    r"(?P<name>[a-z-]+)(?:=(?P<value>.+?))?(?:@(?P<endpoint>[a-z]+))?(?:~(?P<prefix>[^:]+?))?"
    r"(?::(?P<often>\d+|\d*\.\d+|\d+(?:\.\d+)?%))?"
)
_KEYS = {"name", "value", "endpoint", "prefix", "count", "share"}


class Unknown(ValueError):
    """A fault that cannot be set; its text says why."""


@dataclass(frozen=True)
class Kind:
    """A fault's moment, the values it takes (`seconds`: a number; the first is the default, none
    where it is empty) and its line in the help."""

    moment: str
    values: tuple[str, ...]
    words: str
    endpoint: str = ""  # the only one it comes at


KINDS: dict[str, Kind] = {
    "refuse": Kind(BEFORE, CODES, "answer Kling's error of this code and do nothing"),
    "deny": Kind(BEFORE, (), "answer a query as if the task were not there", "query"),
    "error-before": Kind(BEFORE, _ERRORS, "a server error, nothing done; 502: a proxy's HTML page"),
    "error-after": Kind(AFTER, _ERRORS, "do what was asked, then answer the error"),
    "malformed": Kind(
        AFTER,
        ("text", "empty", "no-data", "types"),
        "do it, then answer 200 with no JSON, nothing, no data, or values of wrong types",
    ),
    "hang-before": Kind(BEFORE, _SECONDS, "do nothing and never answer; SECONDS: then close"),
    "hang-after": Kind(AFTER, _SECONDS, "do it and never answer; a film stops half-way"),
    "reset-before": Kind(BEFORE, (), "reset the connection, nothing done"),
    "reset-after": Kind(AFTER, (), "do it, then reset the connection; a film half-way"),
    "delay-before": Kind(BEFORE, _SECONDS, "wait SECONDS (1), then do it"),
    "delay-after": Kind(AFTER, _SECONDS, "do it, answer SECONDS (1) later"),
    "slow-body": Kind(AFTER, _SECONDS, "do it, answer a byte every SECONDS (1)"),
    "result-truncated": Kind(
        RESULT, ("stated", "unstated"), "half a film: Content-Length says the whole, or nothing"
    ),
    "result-type": Kind(RESULT, ("html", "png"), "a page or a picture in place of the film"),
    "result-expired": Kind(RESULT, ("403", "404", "410"), "the link no longer works"),
    "result-redirect": Kind(
        RESULT,
        ("private", "loopback", "metadata", "url"),
        "redirect to 10.0.0.1, 127.0.0.1, 169.254.169.254 or a URL",
    ),
    "result-oversized": Kind(RESULT, ("stated", "unstated"), "2 GiB, said in the head or not"),
    "making-fails": Kind(
        MAKING, (), "take an element or a voice, and fail at making it", "library"
    ),
    "callback-drop": Kind(CALLBACK, (), "send nothing"),
    "callback-duplicate": Kind(CALLBACK, _TIMES, "send it TIMES (1) more"),
    "callback-delay": Kind(CALLBACK, _SECONDS, "send it SECONDS (1) late"),
    "callback-reorder": Kind(
        CALLBACK, _SECONDS, "send it after the next one, waiting SECONDS (5) for that"
    ),
    "callback-forge": Kind(
        CALLBACK,
        ("token", "body", "signature", "old", "huge"),
        "first send one nobody asked for: to a wrong token, about a task that is not there,\n"
        "      saying failed with a wrong signature, signed ten minutes ago, or of 1 MB",
    ),
}
DEFAULT_SECONDS = {"callback-reorder": 5.0, "hang-before": MOST_SECONDS, "hang-after": MOST_SECONDS}


@dataclass(frozen=True)
class Fault:
    """One fault: `count` deliveries at most, or a `share` of what it could hit; neither: all."""

    name: str
    value: str = ""
    endpoint: str = ""
    prefix: str = ""
    count: int | None = None
    share: float | None = None

    @property
    def label(self) -> str:
        """Its kind, as counted: `malformed=types`; how long or how often makes no kind."""
        numbered = KINDS[self.name].values in (_SECONDS, _TIMES)
        return f"{self.name}={self.value}" if self.value and not numbered else self.name

    @property
    def seconds(self) -> float:
        """Its value as a time, or the default."""
        return float(self.value) if self.value else DEFAULT_SECONDS.get(self.name, 1.0)

    def hits(self, moment: str, endpoint: str, named: str) -> bool:
        """Whether it is about this moment of a request concerning `named`, the order's own id."""
        if KINDS[self.name].moment != moment or not named.startswith(self.prefix):
            return False
        if self.endpoint or moment in (RESULT, CALLBACK):
            return endpoint == (self.endpoint or moment)
        return endpoint in API


def help_on_faults() -> str:
    """A line for each kind, and what the parts of a fault mean."""
    lines = ["faults:"]
    for name, kind in KINDS.items():
        values = {(): "", CODES: "=CODE", _SECONDS: "[=SECONDS]", _TIMES: "[=TIMES]"}
        shown = values.get(kind.values, f"[={'|'.join(kind.values)}]")
        lines += [f"  {name}{shown}", f"      {kind.words}"]
    lines += [
        "",
        f"ENDPOINT is one of {', '.join(ENDPOINTS[:-1])};",
        "  without it a fault of answers comes at each but result.",
        "PREFIX limits it to orders whose external_task_id begins so.",
        "COUNT is how often at most (3), SHARE a chance (0.25 or 25%); without either, each time.",
        "  A URL that ends in a port needs one of them after it.",
        "POST /_faults sets and clears faults while it runs; GET /_faults says how often each was",
        '  delivered. POST /_clock {"advance_seconds": N} puts the clock forward.',
    ]
    return "\n".join(lines)


def parse(spec: str) -> Fault:
    """Read a fault as a flag writes it. Raises Unknown."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise Unknown(f"{spec!r} is not NAME[=VALUE][@ENDPOINT][~PREFIX][:COUNT|:SHARE]")
    name, value, endpoint, prefix, often = found.groups(default="")
    return _checked(Fault(name, value, endpoint, prefix, **_often(often)))


def from_json(given: Any) -> Fault:
    """Read a fault as POST /_faults brings it: as a flag's text, or an object of its parts.

    Raises Unknown.
    """
    if isinstance(given, str):
        return parse(given)
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise Unknown("a fault is a text or an object with a name")
    if strange := set(given) - _KEYS:
        raise Unknown(f"a fault has no {min(strange)}")
    texts = {name: str(given.get(name) or "") for name in ("name", "value", "endpoint", "prefix")}
    count, share = given.get("count"), given.get("share")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        raise Unknown("count must be a whole number")
    if share is not None and (isinstance(share, bool) or not isinstance(share, int | float)):
        raise Unknown("share must be a number")
    return _checked(Fault(**texts, count=count, share=share))


def _often(text: str) -> dict[str, Any]:
    if text.endswith("%"):
        return {"share": float(text[:-1]) / 100}
    if "." in text:
        return {"share": float(text)}
    return {"count": int(text)} if text else {}


def _checked(fault: Fault) -> Fault:
    kind = KINDS.get(fault.name)
    if kind is None:
        raise Unknown(f"no fault is named {fault.name}")
    own = kind.endpoint or (kind.moment if kind.moment in (RESULT, CALLBACK) else "")
    if fault.endpoint not in (("", own) if own else ("", *ENDPOINTS[:-1])):
        raise Unknown(f"{fault.name} does not come at {fault.endpoint}")
    if fault.count is not None and fault.count < 1:
        raise Unknown("COUNT must be at least 1")
    if fault.share is not None and not 0 < fault.share <= 1:
        raise Unknown("SHARE must be above 0 and at most 1 (or 100%)")
    if fault.count is not None and fault.share is not None:
        raise Unknown("a fault has a count or a share")
    endpoint = kind.endpoint or fault.endpoint
    return replace(fault, value=_value(fault, kind), endpoint=endpoint)


def _value(fault: Fault, kind: Kind) -> str:
    """The value, checked; where a kind has named values the first stands for none."""
    if kind.values in (_SECONDS, _TIMES):
        plain = re.fullmatch(
            r"\d+(\.\d+)?" if kind.values == _SECONDS else r"[1-9]\d?", fault.value
        )
        if fault.value and (plain is None or float(fault.value) > MOST_SECONDS):
            raise Unknown(f"{fault.name} takes {kind.values[0]}, not {fault.value}")
        return fault.value
    if not fault.value:
        return kind.values[0] if kind.values else ""
    if fault.value in kind.values and fault.value != "url":
        return fault.value
    if "url" in kind.values and fault.value.startswith(("http://", "https://")):
        return fault.value
    raise Unknown(f"{fault.name} takes {', '.join(kind.values) or 'no value'}, not {fault.value}")
