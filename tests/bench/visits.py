"""P7: what a first visit asks for and weighs, and a repeated one, against the budget."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx

from tests.bench.figures import Condition, Figure, Round
from tests.bench.stacks import Place

BUDGET_KB = 120.0
MOST_REQUESTS = 20
MOST_BLOCKING = 3
MOST_REPEATED_KB = 15.0
# Tags that make a browser ask, with the address each names. Pictures, films and fonts are media.
_ASKS = re.compile(
    r'<(?P<tag>link|script|use)\b(?P<rest>[^>]*?(?:href|src)="(?P<address>[^"#]+)[^>]*)>'
)
_MEDIA = re.compile(r"\.(woff2|jpg|png|webp|mp4)$")
# What our modules ask by themselves once the page stands: its stream, who is here, the first pulse.
_STARTED = ("live-pulse", "here-now")


@dataclass
class Visit:
    """Compressed bytes by address; `blocking` are those the first paint waits for."""

    bytes: dict[str, int] = field(default_factory=dict)
    lasting: set[str] = field(default_factory=set)
    blocking: list[str] = field(default_factory=list)
    started: int = 0

    @property
    def kb(self) -> float:
        return sum(self.bytes.values()) / 1000

    @property
    def repeated_kb(self) -> float:
        """Without what the browser keeps for good."""
        return sum(n for url, n in self.bytes.items() if url not in self.lasting) / 1000

    @property
    def requests(self) -> int:
        return len(self.bytes) + self.started


def measure(place: Place) -> Figure:
    """Kilobytes of the heavier of home and editor; nothing is timed, so one round says it all."""
    address = f"http://127.0.0.1:{place.port}"
    pages = ("/", place.seed["pages"]["editor"])
    visits = [visit(address, path, place.seed["session"]) for path in pages]
    heavy = max(visits, key=lambda one: one.kb)
    return Figure(
        "P7", place.name, "A first visit without media and fonts", "KB",
        [Round(heavy.kb, BUDGET_KB)], 1.0,
        conditions=[
            Condition("requests", max(one.requests for one in visits), MOST_REQUESTS),
            Condition("that block", max(len(one.blocking) for one in visits), MOST_BLOCKING),
            Condition("KB again", max(one.repeated_kb for one in visits), MOST_REPEATED_KB),
        ],
        details={"kb": {path: round(one.kb, 1) for path, one in zip(pages, visits, strict=True)}},
    )  # fmt: skip


def visit(
    address: str, path: str, session: str, transport: httpx.BaseTransport | None = None
) -> Visit:
    """Ask as a browser without anything kept would; the body counts as it travels."""
    found = Visit()
    headers, cookies = {"Accept-Encoding": "gzip"}, {"session": session}
    with httpx.Client(headers=headers, cookies=cookies, transport=transport) as client:
        page = client.get(urljoin(address, path))
        assert page.status_code == 200, page.status_code
        found.bytes[path] = _travelled(page)
        found.started = sum(f"<{name} " in page.text for name in _STARTED)
        for asked in _ASKS.finditer(page.text):
            one = asked["address"]
            if _MEDIA.search(one) or one in found.bytes or not one.startswith("/static/"):
                continue
            answer = client.get(urljoin(address, one))
            found.bytes[one] = _travelled(answer)
            if "immutable" in answer.headers.get("Cache-Control", ""):
                found.lasting.add(one)
            if _is_blocking(asked["tag"], asked["rest"]):
                found.blocking.append(one)
    return found


def _is_blocking(tag: str, rest: str) -> bool:
    if tag == "link":
        return 'rel="stylesheet"' in rest
    return tag == "script" and not re.search(r'\b(?:defer|async)\b|type="module"', rest)


def _travelled(answer: httpx.Response) -> int:
    """Bytes of the body on the wire, and of its head."""
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return answer.num_bytes_downloaded + head
