"""Kling knocks here. A knock is stored and a worker woken; what it says is never believed.

RELIABILITY C2: the address is the secret. One indexed read tells a known token from noise, noise
costs no write, and no answer says more than "heard" or "not here".
"""

from __future__ import annotations

import hashlib
import logging
import time

from cryptography.fernet import InvalidToken
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from storyboard.kling.signatures import is_signed, says_signed
from storyboard.models import Receipt
from storyboard.models.calls import Addressee
from storyboard.models.crash import crash_point
from storyboard.tasks import ring

log = logging.getLogger(__name__)

MOST_BYTES = 64 * 1024
MOST_DIGITS = 18  # of a length by its own word: Python reads no number of thousands of digits


@csrf_exempt
@require_POST
def kling(request: HttpRequest, token: str) -> HttpResponse:
    """200 whatever the generation's state, 404 for an unknown or dead token, 413 over 64 KiB.

    401 where the account has a webhook secret and the knock is not rightly signed with it.
    """
    sha256 = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    addressee = Receipt.addressee(sha256)
    if addressee is None:
        return HttpResponseNotFound()
    body = _read(request)
    if body is None:
        return HttpResponse(status=413)
    signature = _signature(request, body, addressee)
    if signature == Receipt.Signature.BAD:
        log.warning(
            "generation number %d: a callback without a right signature", addressee.generation
        )
        Receipt.keep_refused(addressee.generation, body)
        return HttpResponse(status=401)
    webhook_id = request.headers.get("webhook-id", "")
    is_news = Receipt.keep(
        addressee.generation,
        body,
        webhook_id=webhook_id,
        is_rung=addressee.is_rung,
        signature=signature,
    )
    crash_point("receipt.after_commit")
    if is_news:
        ring(addressee.generation)
    return HttpResponse(status=200)


def _read(request: HttpRequest) -> bytes | None:
    """The raw body; None when it is too large by its own word or in truth, or was cut off."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and (len(declared) > MOST_DIGITS or int(declared) > MOST_BYTES):
        return None
    try:
        body = request.read(MOST_BYTES + 1)
    except UnreadablePostError:
        return None
    return body if len(body) <= MOST_BYTES else None


def _signature(request: HttpRequest, body: bytes, addressee: Addressee) -> Receipt.Signature:
    """BAD is refused: wrongly signed, or not at all though the account has been seen to sign.

    Whether Kling signs the callbacks of its older paths is not documented (RELIABILITY C2).
    """
    signature = Receipt.Signature
    if not says_signed(request.headers):
        must_sign = addressee.sealed_webhook_secret and addressee.signs
        return signature.BAD if must_sign else signature.ABSENT
    if not addressee.sealed_webhook_secret:
        return signature.UNCHECKED
    try:
        secret = addressee.webhook_secret
    except InvalidToken:
        return signature.BAD
    if not is_signed(secret, request.headers, body, now=time.time()):
        return signature.BAD
    addressee.has_signed()
    return signature.VALID
