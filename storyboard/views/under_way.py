"""How far the orders of many storyboards are: time so far against the usual time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from storyboard.models import Generation, Storyboard, Team
from storyboard.models.statuses import LIVE
from storyboard.views.progress import sent_at, usual_of
from storyboard.views.spans import long_span


class Running(NamedTuple):
    """The order of a storyboard that moves; `since` is None until it is sent."""

    since: datetime | None
    elapsed_ms: int
    usual_ms: int

    @property
    def so_far(self) -> str:
        """How long it has taken, once that is too long for a running clock; "" before."""
        return long_span(self.elapsed_ms)


def under_way(team: Team, boards: Iterable[Storyboard]) -> dict[int, Running]:
    """Storyboard id → the newest of its orders that moves; two queries, however many do."""
    rows = (
        Generation.objects.filter(order__revision__storyboard__in=list(boards), status__in=LIVE)
        .select_related("order__revision")
        .defer("body", "order__revision__brief_json")
        .order_by("pk")
    )
    live = {row.order.revision.storyboard_id: sent_at(row) for row in rows}
    usual = usual_of(team) if live else None
    usual_ms = int(usual.seconds * 1000) if usual else 0
    return {pk: Running(since, _since_ms(since), usual_ms) for pk, since in live.items()}


def _since_ms(since: datetime | None) -> int:
    return max(0, int((timezone.now() - since).total_seconds() * 1000)) if since else 0
