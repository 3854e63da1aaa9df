"""Kling knocks here. A knock is stored and a worker woken; what it says is never believed.

RELIABILITY C2: the address is the secret. One indexed read tells a known token from noise, noise
costs no write, and no answer says more than "heard" or "not here".
"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from storyboard.models import Receipt
from storyboard.models.crash import crash_point
from storyboard.tasks import ring

MOST_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def kling(request: HttpRequest, token: str) -> HttpResponse:
    """200 whatever the generation's state, 404 for an unknown or dead token, 413 over 64 KiB."""
    sha256 = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    addressee = Receipt.addressee(sha256)
    if addressee is None:
        return HttpResponseNotFound()
    body = _read(request)
    if body is None:
        return HttpResponse(status=413)
    webhook_id = request.headers.get("webhook-id", "")
    is_news = Receipt.keep(
        addressee.generation, body, webhook_id=webhook_id, is_rung=addressee.is_rung
    )
    crash_point("receipt.after_commit")
    if is_news:
        ring(addressee.generation)
    return HttpResponse(status=200)


def _read(request: HttpRequest) -> bytes | None:
    """The raw body; None when it is too large by its own word or in truth, or was cut off."""
    declared = request.headers.get("Content-Length", "")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        return None
    try:
        body = request.read(MOST_BYTES + 1)
    except UnreadablePostError:
        return None
    return body if len(body) <= MOST_BYTES else None
