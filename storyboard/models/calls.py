"""What was said to Kling and by Kling about a generation: the ledger of calls, and callbacks."""

from __future__ import annotations

import hashlib

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from storyboard.models.generations import Generation


class Call(models.Model):
    """One request to Kling about a generation; the row of a POST is written before it leaves."""

    class Outcome(models.TextChoices):
        OPEN = "open", gettext_lazy("No answer yet")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REFUSED = "refused", gettext_lazy("Refused")
        PRESENT = "present", gettext_lazy("Found")
        ABSENT = "absent", gettext_lazy("Not found")
        UNKNOWN = "unknown", gettext_lazy("Unclear")

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="calls")
    fence = models.PositiveIntegerField()
    verb = models.CharField(max_length=8)
    sent_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    http = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=12, blank=True)
    request_id = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)

    def __str__(self) -> str:
        return f"{self.verb} {self.outcome}"

    def answered(
        self, outcome: str, *, http: int | None = None, code: object = "", request_id: str = ""
    ) -> None:
        self.answered_at = timezone.now()
        self.outcome, self.http = outcome, http
        self.code, self.request_id = str(code or "")[:12], request_id[:80]
        self.save(update_fields=["answered_at", "outcome", "http", "code", "request_id"])


class Receipt(models.Model):
    """A callback as it came: stored raw, believed never."""

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="receipts")
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    webhook_id = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Callback {self.received_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    @transaction.atomic
    def keep(cls, generation: Generation, body: bytes, *, webhook_id: str = "") -> Receipt:
        """Store the knock and make the row due."""
        receipt = cls.objects.create(
            generation=generation,
            body=body,
            body_sha256=hashlib.sha256(body).hexdigest(),
            webhook_id=webhook_id[:80],
        )
        generation.hint()
        return receipt
