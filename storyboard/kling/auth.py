"""What goes into Authorization: an API key, or a token signed with a pair of keys.

Kling API, authentication: HS256 over `iss` (the access key), `exp` half an hour ahead and `nbf`
five seconds back; no `iat`. Signed here with the standard library: one algorithm, never read.
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any

from .errors import AccountTrouble
from .profiles import Auth

LIFETIME = 1800
EARLIER = 5
# A token this close to its end is not sent any more: the request itself takes its time.
MARGIN = 120
_SENDABLE = re.compile(r"[!-~]+")
_HEADER = {"alg": "HS256", "typ": "JWT"}


class Bearer:
    """One account's Authorization. Prints no secret.

    `credential` is the API key, or for a pair `<access key>:<secret key>`. Raises AccountTrouble
    for one that cannot be sent.
    """

    def __init__(
        self, credential: str, auth: Auth = "key", *, clock: Callable[[], float] = time.time
    ) -> None:
        self._credential = credential
        self._access_key, self._secret_key = _checked(credential, auth)
        self._clock = clock
        self._token = "" if self._secret_key else credential
        self._ends = 0.0
        self._minted: list[str] = []

    def __repr__(self) -> str:
        return f"Bearer({'pair' if self._secret_key else 'key'})"

    @property
    def token(self) -> str:
        """The key, or a token that is good for some minutes more."""
        if self._secret_key and self._clock() > self._ends - MARGIN:
            self._mint()
        return self._token

    def renew(self) -> bool:
        """Sign a new token; False where a key is sent, which no renewing changes."""
        if self._secret_key:
            self._mint()
        return bool(self._secret_key)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that may be repeated to nobody, the longest first."""
        signatures = (token.rpartition(".")[2] for token in self._minted)
        own = (self._credential, self._access_key, self._secret_key)
        every = {*own, *self._minted, *signatures}
        return tuple(sorted(filter(None, every), key=len, reverse=True))

    def _mint(self) -> None:
        now = self._clock()
        self._token = signed_token(self._access_key, self._secret_key, now=now)
        self._ends = now + LIFETIME
        self._minted = [*self._minted[-1:], self._token]


def signed_token(access_key: str, secret_key: str, *, now: float) -> str:
    """A JWT good from five seconds before `now` (Unix seconds) for half an hour."""
    claims = {"iss": access_key, "exp": int(now) + LIFETIME, "nbf": int(now) - EARLIER}
    signed = f"{_part(_HEADER)}.{_part(claims)}"
    signature = hmac.new(secret_key.encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_urlsafe(signature)}"


def _checked(credential: str, auth: Auth) -> tuple[str, str]:
    """Access key and secret key; both empty for an API key."""
    access_key, secret_key = "", ""
    if auth == "pair":
        access_key, _colon, secret_key = credential.partition(":")
        if not (access_key and secret_key):
            raise AccountTrouble(
                "the pair is incomplete",
                words="The account needs an access key and a secret key. Nothing was sent. Put "
                "both into the account.",
            )
    if not _SENDABLE.fullmatch(credential):
        raise AccountTrouble(
            "the credential cannot be sent",
            words="The account's API key is empty or holds characters no key has. Nothing was "
            "sent. Put a valid API key into the account.",
        )
    return access_key, secret_key


def _part(facts: dict[str, Any]) -> str:
    return _urlsafe(json.dumps(facts, separators=(",", ":")).encode())


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
