"""What every public noun has."""

import hashlib
import secrets
from datetime import datetime

from django.db import models


def new_key() -> str:
    """22 characters nobody can guess; the only name of a row that leaves the server.

    The first is no hyphen, which a command line would take for an option.
    """
    while (key := secrets.token_urlsafe(16)).startswith("-"):
        continue
    return key


def digest(value: object) -> str:
    """16 hex characters of a stored value: what a form says it started from."""
    return hashlib.sha256(str(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Keyed(models.Model):
    """A noun with a public key; the integer id stays inside."""

    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)

    class Meta:
        abstract = True


class NotAllowedNow(Exception):
    """A verb was refused; `words` say what happened, what is kept and what to do."""

    def __init__(self, words: str, code: str = "not_now") -> None:
        super().__init__(words)
        self.words = words
        self.code = code


class Conflict(NotAllowedNow):
    """Somebody else changed a field meanwhile.

    `fields` maps each field's name to (theirs, yours); nothing was written.
    """

    def __init__(
        self, fields: dict[str, tuple[object, object]], who: str, at: datetime | None
    ) -> None:
        super().__init__("Somebody else changed this meanwhile. Both texts are here.", "conflict")
        self.fields = fields
        self.who = who
        self.at = at
