"""Who is asking, and how fast: authorization (codes 1001 to 1004) and the request rate (1302)."""

import base64
import binascii
import hashlib
import hmac
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from .refusal import too_fast, unauthorized


@dataclass(frozen=True)
class Keys:
    """The credentials let in. Without any, every Bearer value is its own account."""

    key: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    @property
    def open(self) -> bool:
        """Whether anybody with any value is let in."""
        return self.key is None and self.access_key is None


def account_of(authorization: str | None, keys: Keys, *, pairs: bool = True) -> str:
    """Return the account asking: the API key itself, or a JWT's issuer. Raises Refusal.

    Without `pairs` a token is a key like any other, as at a gateway.
    """
    if not authorization or not authorization.strip():
        raise unauthorized(1001, "Authorization is empty")
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise unauthorized(1002, "Authorization is invalid")
    claims = _claims(token) if pairs else None
    if keys.open:
        return str(claims["iss"]) if claims else token
    if keys.key is not None and hmac.compare_digest(token.encode(), keys.key.encode()):
        return token
    if keys.access_key is None:
        raise unauthorized(1002, "api key not found")
    return _issuer(token, claims, keys)


def _issuer(token: str, claims: dict[str, Any] | None, keys: Keys) -> str:
    if claims is None:
        parts = token.count(".") + 1 if "." in token else 0
        if parts == 3:
            raise unauthorized(1002, "Authorization is invalid")
        raise unauthorized(1002, f"The token was expected to have 3 parts, but got {parts}")
    signed, _, signature = token.rpartition(".")
    secret = (keys.secret_key or "").encode()
    expected = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    if claims["iss"] != keys.access_key or not hmac.compare_digest(expected, _raw(signature)):
        raise unauthorized(1002, "Authorization signature is invalid")
    now = time.time()
    if _number(claims.get("nbf"), 0) > now:
        raise unauthorized(1003, "Authorization is not yet valid")
    if _number(claims.get("exp"), 0) <= now:
        raise unauthorized(1004, "Authorization has expired")
    return str(claims["iss"])


def _claims(token: str) -> dict[str, Any] | None:
    """Read a well-formed HS256 JWT's claims, unverified; anything else gives None."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = json.loads(_raw(parts[0])), json.loads(_raw(parts[1]))
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or header.get("alg") != "HS256":
        return None
    if not isinstance(claims, dict) or not isinstance(claims.get("iss"), str):
        return None
    return claims if claims["iss"] else None


def _raw(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""


def _number(value: Any, default: float) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain else default


@dataclass
class Pace:
    """A bucket of requests per account: `rate` a second, None for no limit."""

    rate: float | None
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, account: str) -> None:
        """Count one request of the account. Raises Refusal when it comes too soon."""
        if self.rate is None:
            return
        most, now = max(self.rate, 1.0), time.monotonic()
        with self._lock:
            left, since = self._left.get(account, (most, now))
            left = min(most, left + (now - since) * self.rate)
            self._left[account] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            raise too_fast("Too many requests, exceeding the rate limit")
