"""Everything that can go wrong with Kling, as one tree named by what to do about it.

Codes and HTTP statuses: Kling API, error codes, 22 rows read on 2026-09-20. An answer that does
not match a documented row is `Unclear`: after a create nothing may be assumed from it.
No error holds a credential, neither in its text nor as a chained cause.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from .troubles import BY_CODE, RETIRED, of_words, says_retired

_SHORTEST_SECRET = 12


class KlingError(Exception):
    """Base of the tree.

    `http`, `code`, `message` and `request_id` are Kling's own, where it answered. `words` tell
    people what happened, what is kept and what to do. `is_permanent`: the same request would be
    turned down again until a person changes something.
    """

    default_words = "Kling could not be used. Nothing is lost."
    is_permanent: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        http: int | None = None,
        code: int | None = None,
        request_id: str = "",
        words: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.http = http
        self.code = code
        self.request_id = request_id
        self.words = words or self.default_words

    @property
    def advice(self) -> str:
        """What to do, apart from what happened; "" where only the whole words tell."""
        trouble = of_words(self.words)
        return "" if trouble is None else trouble.todo

    def __str__(self) -> str:
        facts = [self.message or self.words]
        if self.http is not None:
            facts.append(f"HTTP {self.http}")
        if self.code is not None:
            facts.append(f"code {self.code}")
        if self.request_id:
            facts.append(f"request {self.request_id}")
        return ", ".join(facts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class Refused(KlingError):
    """Kling turned the request down for good. Nothing was made and nothing is charged."""

    default_words = (
        "Kling turned this down. Nothing is charged and the revision is kept. Read Kling's "
        "message, change the draft and send it again."
    )
    is_permanent = True


class RetiredModel(Refused):
    """Kling no longer makes anything with the model. Nothing was made."""

    default_words = RETIRED.words


class AlreadyExists(KlingError):
    """A task with this external id is already there: the order was accepted before."""

    default_words = "Kling already has this order. It is followed from here; nothing is sent twice."


class Busy(KlingError):
    """A passing refusal. Nothing was made; the same order may be sent later."""

    default_words = "Kling is busy. The order is kept and sent again later."


class AccountTrouble(KlingError):
    """The account, not the order, is at fault. Nothing was made."""

    default_words = (
        "Kling does not accept this account. The order is kept. Check the account, then send it "
        "again."
    )
    is_permanent = True

    @property
    def fresh_token_may_help(self) -> bool:
        """Whether the same request with a newly signed token is worth one try."""
        return self.code in (1003, 1004)


class NotFound(KlingError):
    """Kling says precisely that it knows no task of this id. Only a fetch raises it."""

    default_words = "Kling knows no order of this name."


class Unclear(KlingError):
    """The outcome is not known: after a create, a task may or may not have been made."""

    default_words = (
        "Kling's answer is unclear. The order is kept. Kling is asked for it before anything is "
        "sent again."
    )


class Unreachable(Unclear):
    """No whole answer arrived: no connection, a time-out, a reset."""

    default_words = (
        "Kling cannot be reached. The order is kept. Kling is asked for it as soon as it answers."
    )


class NotOffered(KlingError):
    """The account's dialect has no such request. Nothing was sent."""

    default_words = (
        "This gateway offers no elements, voices or account costs. Nothing was sent. Use an "
        "account with Kling itself for them."
    )
    is_permanent = True


class UnreadableAnswer(Unclear):
    """An answer arrived and its shape cannot be trusted."""


@dataclass(frozen=True)
class Known:
    """One documented error code: its HTTP status, what kind it is, and words for people."""

    http: int
    kind: type[KlingError]
    words: str


CODES: Mapping[int, Known] = MappingProxyType(
    {
        code: Known(http, kind, BY_CODE[code].words)
        for http, kind, codes in (
            (401, AccountTrouble, (1000, 1001, 1002, 1003, 1004)),
            (429, AccountTrouble, (1100, 1101, 1102, 1304)),
            (403, AccountTrouble, (1103,)),
            (400, Refused, (1200, 1201, 1300, 1301)),
            (404, Refused, (1202, 1203)),
            (429, Busy, (1302, 1303)),
            (500, Unclear, (5000,)),
            (503, Busy, (5001,)),
            (504, Unclear, (5002,)),
        )
        for code in codes
    }
)

# Measured by others: "External_task_id <id> already exists".
_EXISTS = re.compile(r"\bexternal_?task_?id\b.*\balready exists\b", re.IGNORECASE | re.DOTALL)


def error_of(http: int, code: int | None, message: str, request_id: str = "") -> KlingError:
    """The error a whole answer stands for.

    A documented code counts only with its documented HTTP status (any 4xx for a 4xx code), so a
    gateway's page is never read as Kling's word; everything else is `Unclear`. A retired model is
    told by its words, because nobody wrote down which code comes with them.
    """
    if code is not None and 400 <= http < 500 and says_retired(message):
        return RetiredModel(message, http=http, code=code, request_id=request_id)
    known = CODES.get(code) if code is not None else None
    if known is None or not _is_documented(http, known):
        return Unclear(message, http=http, code=code, request_id=request_id)
    if code == 1201 and _EXISTS.search(message):
        return AlreadyExists(message, http=http, code=code, request_id=request_id)
    return known.kind(message, http=http, code=code, request_id=request_id, words=known.words)


def _is_documented(http: int, known: Known) -> bool:
    if known.http < 500:
        return 400 <= http < 500
    return http == known.http


def mask(text: str, secrets: Collection[str]) -> str:
    """The text without any of these, should Kling or the network have repeated one.

    Shorter texts than any real key are left, or they would eat ordinary words.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text
