"""Kling knocks here. A knock is stored and a worker woken; what it says is never believed.

RELIABILITY C2: the address is the secret. One indexed read tells a known token from noise, noise
costs no write, and no answer says more than "heard" or "not here".
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from storyboard.models import Generation, Receipt
from storyboard.models.crash import crash_point
from storyboard.tasks import ring

MOST_BYTES = 64 * 1024
# Beyond this a knock is answered and forgotten: polling finds out by itself.
MOST_STORED_A_MINUTE = 60
# After the end a late knock is still heard for a week; then the address is dead.
ALIVE_AFTER_THE_END = timedelta(days=7)


@csrf_exempt
@require_POST
def kling(request: HttpRequest, token: str) -> HttpResponse:
    """200 whatever the generation's state, 404 for an unknown or dead token, 413 over 64 KiB."""
    generation = _known(token)
    if generation is None:
        return HttpResponseNotFound()
    body = _read(request)
    if body is None:
        return HttpResponse(status=413)
    is_news = _keep_once(generation, body, request.headers.get("webhook-id", ""))
    crash_point("receipt.after_commit")
    if is_news:
        ring(generation.pk)
    return HttpResponse(status=200)


def _known(token: str) -> Generation | None:
    sha256 = hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
    alive = Q(ended_at=None) | Q(ended_at__gt=timezone.now() - ALIVE_AFTER_THE_END)
    return Generation.objects.filter(alive, callback_sha256=sha256).only("pk").first()


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


@transaction.atomic
def _keep_once(generation: Generation, body: bytes, webhook_id: str) -> bool:
    """Store the knock; False for a repeated one, or when this token knocks too often."""
    # The lock lets two knocks at the same instant see each other.
    rows = Generation.objects.select_for_update(no_key=True).only("pk", "status")
    locked = rows.get(pk=generation.pk)
    heard = locked.receipts.aggregate(
        same=Count("pk", filter=Q(body_sha256=hashlib.sha256(body).hexdigest())),
        recent=Count("pk", filter=Q(received_at__gt=timezone.now() - timedelta(minutes=1))),
    )
    if heard["same"] or heard["recent"] >= MOST_STORED_A_MINUTE:
        return False
    Receipt.keep(locked, body, webhook_id=webhook_id)
    crash_point("receipt.before_commit")
    return locked.is_live or locked.status == "held"
