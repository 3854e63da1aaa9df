"""Whether a callback is signed with the account's webhook secret.

Kling API, callback protocol, since 2026-08-07; it is the Standard Webhooks scheme: the key is the
base64 text after `whsec_`, and HMAC-SHA256 is taken over id, time and raw body, joined by full
stops. While a secret is rotated, several signatures come at once and any of them counts.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping

# A message much older or newer than this is a replay, or comes from a clock nobody can trust.
TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_MOMENT = re.compile(r"[0-9]{1,12}")


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> bool:
    """Whether one of the message's signatures is right and its time within five minutes of `now`.

    `now` is Unix seconds; header names count in any case. False, never an error, for a secret or
    a header that cannot be read.
    """
    key = _key_of(secret)
    told = {name.lower(): value for name, value in headers.items()}
    message_id, moment = told.get(_ID, ""), told.get(_TIMESTAMP, "").strip()
    if key is None or not message_id or not _MOMENT.fullmatch(moment):
        return False
    if abs(now - int(moment)) > TOLERANCE_SECONDS:
        return False
    signed = f"{message_id}.{moment}.".encode("utf-8", "surrogateescape") + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    return _holds(told.get(_SIGNATURE, ""), b"v1," + expected)


def says_signed(headers: Mapping[str, str]) -> bool:
    """Whether the message claims to be signed at all, rightly or not."""
    return any(name.lower() == _SIGNATURE for name in headers)


def is_secret(secret: str) -> bool:
    """Whether a text has the form of a webhook secret."""
    return _key_of(secret) is not None


def _key_of(secret: str) -> bytes | None:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key or None


def _holds(told: str, expected: bytes) -> bool:
    """Compared in constant time, and every one, so that time tells nothing."""
    found = False
    for signature in told.split():
        found |= hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), expected)
    return found
