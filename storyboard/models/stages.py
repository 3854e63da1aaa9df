"""The stage of a storyboard: computed from its rows, never stored."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models import Value as V
from django.db.models.functions import Coalesce
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
        """Annotates `stage_now`, a value of Stage, and `stored_takes`; a list costs one query."""
        review = apps.get_model("storyboard", "Review")
        generation = apps.get_model("storyboard", "Generation")
        take = apps.get_model("storyboard", "Take")
        reviews = (
            review.objects.filter(revision__storyboard=OuterRef("pk"))
            .exclude(state="withdrawn")
            .order_by("-revision__number")
        )
        generations = generation.objects.filter(
            order__revision__storyboard=OuterRef("pk")
        ).order_by("-pk")
        takes = take.objects.filter(storyboard=OuterRef("pk"), stored_at__isnull=False).order_by()
        rows: StoryboardSet = self.annotate(
            last_review=Subquery(reviews.values("state")[:1]),
            last_revision=Subquery(reviews.values("revision__number")[:1]),
            last_generation=Subquery(generations.values("status")[:1]),
            last_ordered=Subquery(generations.values("order__revision__number")[:1]),
            is_generating=Exists(generations.filter(status__in=_LIVE)),
            stored_takes=Coalesce(
                Subquery(takes.values("storyboard").annotate(n=Count("pk")).values("n")), 0
            ),
        ).annotate(stage_now=_STAGE)
        return rows


# The one place that says which stage it is; what is read here, `with_stage` annotates.
_ORDERED = Q(last_ordered=F("last_revision")) & ~Q(last_generation="cancelled")
_STAGE = Case(
    When(last_review="open", then=V(Stage.IN_REVIEW.value)),
    When(is_generating=True, then=V(Stage.GENERATING.value)),
    When(Q(last_review="approved") & Q(last_ordered=None), then=V(Stage.APPROVED.value)),
    When(Q(last_review="approved") & ~_ORDERED, then=V(Stage.APPROVED.value)),
    When(last_review="approved", last_generation__in=_ENDED_BADLY, then=V(Stage.FAILED.value)),
    When(picked_take__isnull=False, then=V(Stage.PICKED.value)),
    When(stored_takes__gt=0, then=V(Stage.TAKES.value)),
    default=V(Stage.DRAFT.value),
    output_field=CharField(),
)


def stage_of(row: Any) -> Stage:
    """The stage of a storyboard fetched `with_stage()`."""
    return Stage(row.stage_now)
