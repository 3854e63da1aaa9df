"""The stage of a storyboard: computed from its rows, never stored."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy

_LIVE = ("queued", "submitting", "uncertain", "running", "fetching")
_ENDED_BADLY = ("failed", "rejected", "lost", "held")


class Stage(models.TextChoices):
    DRAFT = "draft", gettext_lazy("Draft")
    IN_REVIEW = "in_review", gettext_lazy("In review")
    APPROVED = "approved", gettext_lazy("Approved")
    GENERATING = "generating", gettext_lazy("Generating")
    TAKES = "takes", gettext_lazy("Takes")
    PICKED = "picked", gettext_lazy("Picked take")
    FAILED = "failed", gettext_lazy("Failed")


class StoryboardSet(QuerySet[Any]):
    def with_stage(self) -> StoryboardSet:
        """Annotates what `Storyboard.stage` reads, so that a list costs one query."""
        review = apps.get_model("storyboard", "Review")
        generation = apps.get_model("storyboard", "Generation")
        reviews = (
            review.objects.filter(revision__storyboard=OuterRef("pk"))
            .exclude(state="withdrawn")
            .order_by("-revision__number")
        )
        generations = generation.objects.filter(
            order__revision__storyboard=OuterRef("pk")
        ).order_by("-pk")
        rows: StoryboardSet = self.annotate(
            last_review=Subquery(reviews.values("state")[:1]),
            last_revision=Subquery(reviews.values("revision__number")[:1]),
            last_generation=Subquery(generations.values("status")[:1]),
            last_ordered=Subquery(generations.values("order__revision__number")[:1]),
            is_generating=Exists(generations.filter(status__in=_LIVE)),
            stored_takes=Count("takes", filter=Q(takes__stored_at__isnull=False), distinct=True),
        )
        return rows


def stage_of(row: Any) -> Stage:
    """The stage of a storyboard fetched `with_stage()`."""
    if row.last_review == "open":
        return Stage.IN_REVIEW
    if row.is_generating:
        return Stage.GENERATING
    if row.last_review == "approved":
        if row.last_ordered != row.last_revision or row.last_generation == "cancelled":
            return Stage.APPROVED
        if row.last_generation in _ENDED_BADLY:
            return Stage.FAILED
    if row.picked_take_id:
        return Stage.PICKED
    return Stage.TAKES if row.stored_takes else Stage.DRAFT
