"""What was said to Kling about an order, and how often Kling called: read where people decide."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, prefetch_related_objects

from storyboard.models import Call, Generation, Receipt

MOST_CALLS = 5  # of each kind
MOST_COUNTED = 100  # callbacks; more are said as "99+"


def attach_records(orders: Sequence[Generation], can: dict[str, bool]) -> None:
    """Give each order `posts` and `questions`, its newest calls, and `some_receipts` to count.

    Only to those who may see them; the same number of queries however many orders there are.
    """
    if not orders:
        return
    if can["see_calls"]:
        calls = Call.objects.order_by("-pk")
        posts, questions = calls.filter(verb="POST"), calls.exclude(verb="POST")
        prefetch_related_objects(
            orders,
            Prefetch("calls", posts[:MOST_CALLS], to_attr="posts"),
            Prefetch("calls", questions[:MOST_CALLS], to_attr="questions"),
        )
    if can["see_callbacks"]:
        receipts = Receipt.objects.only("generation_id").order_by("-pk")
        counted = Prefetch("receipts", receipts[:MOST_COUNTED], to_attr="some_receipts")
        prefetch_related_objects(orders, counted)
