"""Callbacks and calls: what Kling was asked, and what it said unasked."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from storyboard.models import Call, Generation, Receipt, Role, Status, Team, User
from tests import builders

if TYPE_CHECKING:
    from tests.screens.seed import Seed

MANY = 60
TOO_LONG = {
    "nested": [{"line": f"One more line of what Kling says, number {n}"} for n in range(40)]
}


class Knocks:
    """Sixty callbacks of every kind, and an order that waits for a person though it may be paid."""

    def __init__(self, seed: Seed) -> None:
        self.seed = seed
        self.now = timezone.now()

    def run(self) -> None:
        seed = self.seed
        if not User.objects.filter(email="producer@demo.example").exists():
            producer = builders.make_person("producer@demo.example", "Paula Stern")
            User.objects.filter(pk=producer.pk).update(password=seed.owner.password)
            builders.join(seed.team, Role.PRODUCER, producer, by=seed.owner)
        held = self.held()
        seed.note("held paid", "revision", held.order.revision.key)
        other = builders.order(seed.approved("Called about sixty times"), by=seed.author)
        for number in range(MANY):
            self.knock(held if number % 12 == 2 else other, number)
        seed.note("callbacks", "callbacks", seed.team.key)
        page = reverse("callbacks", args=[seed.team.key])
        seed.places["callbacks of one order"] = f"{page}?order={held.key}"
        stranger = User.objects.get(email="stranger@demo.example")
        seed.note("callbacks empty", "callbacks", Team.objects.get(memberships__user=stranger).key)

    def held(self) -> Generation:
        """A day without an answer: sent twice, asked often."""
        row = builders.order(self.seed.approved("A day without an answer"), by=self.seed.author)
        builders.bring_to(row, Status.RUNNING)
        words = "Kling has been at this for a day without a result."
        builders.advance(row, Status.HELD, wait=86400.0, hold_reason="no_answer", words=words)
        told: list[tuple[str, str, int | None, str]] = [
            ("POST", "unknown", None, ""),
            ("GET", "absent", 400, "1201"),
            ("POST", "accepted", 200, "0"),
            *[("GET", "present", 200, "0")] * 4,
            ("GET", "unknown", 503, "5001"),
        ]
        for number, (verb, outcome, http, code) in enumerate(told):
            at = self.now - timedelta(hours=30 - number)
            call = Call.objects.create(generation=row, fence=number, verb=verb, sent_at=at)
            call.answered(outcome, http=http, code=code, request_id=f"b7c1e0f2-{number:04}-4c1d")
        return row

    def knock(self, row: Generation, number: int) -> None:
        signature = ("valid", "absent", "unchecked", "bad", "")[number % 5]
        body = self.body(row, number)
        at = self.now - timedelta(minutes=7 * (MANY - number))
        Receipt.objects.create(
            generation=row,
            body=body,
            body_sha256=hashlib.sha256(body).hexdigest(),
            received_at=at,
            processed_at=at + timedelta(seconds=1) if number % 4 else None,
            signature=signature,
        )

    def body(self, row: Generation, number: int) -> bytes:
        if number % 9 == 4:
            return b"<html><body>502 Bad Gateway, %d</body></html>" % number
        told: dict[str, Any] = {
            "task_id": f"8296116433694{number:05}",
            "task_status": ("submitted", "processing", "succeed", "failed")[number % 4],
            "task_info": {"external_task_id": row.external_task_id},
            "updated_at": number,
        }
        if number % 4 == 2:
            link = "https://v1-kling.klingai.example/a/b/c.mp4?sign=0123456789"
            told["task_result"] = {"videos": [{"id": "v", "url": link, "duration": "5.1"}]}
        return json.dumps(told | (TOO_LONG if number == MANY - 2 else {})).encode()
