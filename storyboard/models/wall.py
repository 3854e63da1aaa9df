"""What a project's wall shows of each storyboard: one query per noun, however many cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from storyboard.kling.pricing import quote
from storyboard.models.generations import Generation, Status
from storyboard.models.projects import Project
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import Take
from storyboard.models.waiting import Waiting

# Kling takes the money when it accepts an order and gives it back for one that failed.
_SPENT = (Status.RUNNING, Status.FETCHING, Status.STORED, Status.LOST)
WIDEST = 15  # seconds of the widest block there is a class for


@dataclass(frozen=True)
class Card:
    """A storyboard on the wall. `blocks` are its shots' widths; money in thousandths."""

    storyboard: Storyboard
    stage: str
    take: Take | None
    words: str
    blocks: tuple[int, ...]
    waiting: Waiting | None
    spent_milli: int
    estimate_milli: int | None

    @property
    def need(self) -> str:
        """Which of the three things waits for the viewer, or nothing."""
        return self.waiting.kind.value if self.waiting else ""


def wall_of(project: Project, waiting: Iterable[Waiting]) -> QuerySet[Storyboard]:
    """The project's storyboards: what waits for the viewer first, then the last changed."""
    first = [thing.storyboard.pk for thing in waiting]
    newest = Take.objects.filter(storyboard=OuterRef("pk"), stored_at__isnull=False)
    spent = (
        Generation.objects.filter(order__revision__storyboard=OuterRef("pk"), status__in=_SPENT)
        .order_by()
        .values("order__revision__storyboard")
        .annotate(sum=Sum("money_milli"))
    )
    rows: QuerySet[Storyboard] = (
        Storyboard.objects.filter(project=project, archived_at=None)
        .with_stage()
        .annotate(
            shown_take=Coalesce(
                "picked_take_id", Subquery(newest.order_by("-number").values("pk")[:1])
            ),
            spent_milli=Coalesce(Subquery(spent.values("sum")), 0),
            rank=Case(
                When(pk__in=first, then=Value(0)), default=Value(1), output_field=IntegerField()
            ),
        )
        .select_related("first_frame")
        .prefetch_related("shots", "element_uses__element", "voice_uses__voice")
        .order_by("rank", "-changed_at", "-pk")
    )
    return rows


def cards_of(boards: Iterable[Storyboard], waiting: Iterable[Waiting]) -> list[Card]:
    """Cards for rows of `wall_of`."""
    rows = list(boards)
    shown = [row.shown_take for row in rows if row.shown_take]  # type: ignore[attr-defined]
    takes = Take.objects.defer("sealed_url").in_bulk(shown)
    needs = {thing.storyboard.pk: thing for thing in reversed(list(waiting))}
    return [_card(row, takes, needs.get(row.pk)) for row in rows]


def _card(row: Storyboard, takes: Mapping[int, Take], waiting: Waiting | None) -> Card:
    shots = list(row.shots.all())
    price = quote(row.brief())
    return Card(
        storyboard=row,
        stage=row.stage,
        take=takes.get(row.shown_take or 0),  # type: ignore[attr-defined]
        words=next((shot.prompt for shot in shots if shot.prompt), ""),
        blocks=tuple(max(1, min(shot.seconds, WIDEST)) for shot in shots),
        waiting=waiting,
        spent_milli=row.spent_milli,  # type: ignore[attr-defined]
        estimate_milli=price.money_milli if price.known else None,
    )
