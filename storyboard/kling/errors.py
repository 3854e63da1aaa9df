"""Everything that can go wrong with Kling, as one tree named by what to do about it.

Codes and HTTP statuses: Kling API, error codes, 22 rows read on 2026-09-20. An answer that does
not match a documented row is `Unclear`: after a create nothing may be assumed from it.
No error holds a credential, neither in its text nor as a chained cause.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SHORTEST_SECRET = 12


class KlingError(Exception):
    """Base of the tree.

    `http`, `code`, `message` and `request_id` are Kling's own, where it answered. `words` tell
    people what happened, what is kept and what to do.
    """

    default_words = "Kling could not be used. Nothing is lost."

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

    def hide(self, secret: str) -> None:
        """Take a credential out of the message, should Kling or the network have repeated it.

        Shorter texts than any real key are left, or they would eat ordinary words.
        """
        if len(secret) >= _SHORTEST_SECRET:
            self.message = self.message.replace(secret, "…")
            self.args = (self.message,)

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


class UnreadableAnswer(Unclear):
    """An answer arrived and its shape cannot be trusted."""


@dataclass(frozen=True)
class _Known:
    """One documented error code: its HTTP status, what kind it is, and words for people."""

    http: int
    kind: type[KlingError]
    words: str


_CREDENTIAL = "The order is kept. Put a valid API key into the account, then send it again."
_CHANGE = "Nothing is charged and the revision is kept."

CODES: Mapping[int, _Known] = MappingProxyType(
    {
        1000: _Known(401, AccountTrouble, f"Kling does not accept the API key. {_CREDENTIAL}"),
        1001: _Known(401, AccountTrouble, f"The account has no API key. {_CREDENTIAL}"),
        1002: _Known(401, AccountTrouble, f"Kling does not know the API key. {_CREDENTIAL}"),
        1003: _Known(
            401,
            AccountTrouble,
            "Kling says the key is not valid yet. The order is kept. Check this server's clock, "
            "then send it again.",
        ),
        1004: _Known(
            401,
            AccountTrouble,
            "Kling says the key has expired. The order is kept. Check the key and this server's "
            "clock, then send it again.",
        ),
        1100: _Known(
            429,
            AccountTrouble,
            "Kling reports trouble with the account. The order is kept. Look at the account in "
            "Kling's console, then send it again.",
        ),
        1101: _Known(
            429,
            AccountTrouble,
            "The account owes Kling money. The order is kept. Pay in Kling's console, then send "
            "it again.",
        ),
        1102: _Known(
            429,
            AccountTrouble,
            "The account's resource pack is used up or has expired. The order is kept. Buy a pack "
            "in Kling's console, then send it again.",
        ),
        1103: _Known(
            403,
            AccountTrouble,
            "The account has no right to this model. The order is kept. Ask Kling for access, or "
            "choose another model in the draft.",
        ),
        1200: _Known(
            400,
            Refused,
            f"Kling says the request is wrong. {_CHANGE} Read Kling's message, change the draft "
            "and send it again.",
        ),
        1201: _Known(
            400,
            Refused,
            f"Kling does not take one of the settings. {_CHANGE} Read Kling's message, change "
            "the draft and send it again.",
        ),
        1202: _Known(
            404,
            Refused,
            f"Kling does not know this kind of request. {_CHANGE} Check the account's address "
            "and profile.",
        ),
        1203: _Known(
            404,
            Refused,
            f"Kling does not have what was asked for, often the model. {_CHANGE} Choose another "
            "model in the draft and send it again.",
        ),
        1300: _Known(
            400,
            Refused,
            f"Kling's platform rules turned this down. {_CHANGE} Change the prompts or the "
            "pictures in the draft and send it again.",
        ),
        1301: _Known(
            400,
            Refused,
            f"Kling's content rules turned this down. {_CHANGE} Change the prompts or the "
            "pictures in the draft and send it again.",
        ),
        1302: _Known(
            429, Busy, "Kling asks for fewer requests. The order is kept and sent again later."
        ),
        1303: _Known(
            429,
            Busy,
            "The account has as many takes in the making as its pack allows. The order is kept "
            "and sent when a place is free.",
        ),
        1304: _Known(
            429,
            AccountTrouble,
            "Kling does not accept this server's address. The order is kept. Add the address to "
            "the account's allowed addresses, then send it again.",
        ),
        5000: _Known(500, Unclear, ""),
        5001: _Known(
            503,
            Busy,
            "Kling is closed for maintenance. The order is kept and sent again later.",
        ),
        5002: _Known(504, Unclear, ""),
    }
)

# Measured by others: "External_task_id <id> already exists".
_EXISTS = re.compile(r"\bexternal_?task_?id\b.*\balready exists\b", re.IGNORECASE | re.DOTALL)


def error_of(http: int, code: int | None, message: str, request_id: str = "") -> KlingError:
    """The error a whole answer stands for.

    A documented code counts only with its documented HTTP status (any 4xx for a 4xx code), so a
    gateway's page is never read as Kling's word; everything else is `Unclear`.
    """
    known = CODES.get(code) if code is not None else None
    if known is None or not _is_documented(http, known):
        return Unclear(message, http=http, code=code, request_id=request_id)
    if code == 1201 and _EXISTS.search(message):
        return AlreadyExists(message, http=http, code=code, request_id=request_id)
    return known.kind(message, http=http, code=code, request_id=request_id, words=known.words)


def _is_documented(http: int, known: _Known) -> bool:
    if known.http < 500:
        return 400 <= http < 500
    return http == known.http
