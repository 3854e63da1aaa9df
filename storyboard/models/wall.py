"""What a project's wall shows of each storyboard: one query per noun, however many cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower

from storyboard.kling.brief import Brief
from storyboard.kling.pricing import quote
from storyboard.models.generations import Generation
from storyboard.models.note_sets import is_open
from storyboard.models.projects import Project
from storyboard.models.redo_reasons import RedoReason
from storyboard.models.reviews import Decision, FrozenShot, Revision
from storyboard.models.statuses import Status
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import Take
from storyboard.models.uses import VoiceUse
from storyboard.models.verdicts import ShotVerdict
from storyboard.models.waiting import Waiting

# Kling takes the money when it accepts an order and gives it back for one that failed.
_SPENT = (Status.RUNNING, Status.FETCHING, Status.STORED, Status.LOST)
WIDEST = 15  # seconds of the widest block there is a class for
MOST_LARGE = 2  # cards twice as large: one full row of the wall
WAITING = "waiting"  # the filter beside the stages: what waits for the viewer


@dataclass(frozen=True)
class WallAsked:
    """What is shown of a wall: words of a name, one stage (or `WAITING`), by name or by change."""

    words: str = ""
    stage: str = ""
    by_name: bool = False

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.stage)


@dataclass(frozen=True)
class Card:
    """A storyboard on the wall. `blocks` are its shots' widths; money in thousandths.

    `asked` is the revision a large card asks about, with the last word of each who decided.
    """

    storyboard: Storyboard
    stage: str
    take: Take | None
    words: str
    blocks: tuple[int, ...]
    waiting: Waiting | None
    is_large: bool
    spent_milli: int
    estimate_milli: int | None
    stored_takes: int
    open_notes: int
    asked: Revision | None
    decisions: tuple[Decision, ...]

    @property
    def need(self) -> str:
        """Which of the three things waits for the viewer, or nothing."""
        return self.waiting.kind.value if self.waiting else ""

    @property
    def stills(self) -> range:
        """Positions of the take's stills; empty where a poster has nothing to play."""
        return range(1, len(self.take.stills) + 1) if self.take else range(0)


@dataclass(frozen=True)
class ShotSums:
    """How the shots of all stored takes were judged.

    `made` counts each shot once a take, `reason` is the commonest to redo one, "" without any.
    """

    made: int
    kept: int
    redone: int
    reason: str

    @property
    def attempts(self) -> float:
        """How often a shot was made for each that was kept; 0 while none is."""
        return self.made / self.kept if self.kept else 0.0

    @property
    def reason_words(self) -> str:
        return str(RedoReason(self.reason).label).lower() if self.reason else ""


@dataclass(frozen=True)
class WallSums:
    """What the project has: stored takes and their length, what was spent, and what one take
    each of the storyboards never ordered would cost by today's list. `unpriced` of them have no
    row there, and so no part in the estimate."""

    takes: int
    film_ms: int
    spent_milli: int
    estimate_milli: int
    unpriced: int
    shots: ShotSums


def wall_of(
    project: Project, waiting: Iterable[Waiting], asked: WallAsked | None = None
) -> QuerySet[Storyboard]:
    """The storyboards asked for: what waits for the viewer first, then the last changed."""
    asked = asked or WallAsked()
    first = [thing.storyboard.pk for thing in waiting]
    newest = Take.objects.filter(storyboard=OuterRef("pk"), stored_at__isnull=False)
    rows: QuerySet[Storyboard] = _found(project, asked.words).annotate(
        shown_take=Coalesce(
            "picked_take_id", Subquery(newest.order_by("-number").values("pk")[:1])
        ),
        spent_milli=Coalesce(Subquery(_spent_on(OuterRef("pk"))), 0),
        rank=Case(When(pk__in=first, then=Value(0)), default=Value(1), output_field=IntegerField()),
    )
    if asked.stage:
        only = Q(pk__in=first) if asked.stage == WAITING else Q(stage_now=asked.stage)
        rows = rows.filter(only)
    order = (Lower("name"), "pk") if asked.by_name else ("rank", "-changed_at", "-pk")
    return (
        rows.select_related("first_frame")
        .prefetch_related("shots", "element_uses__element", "voice_uses__voice")
        .order_by(*order)
    )


def cards_of(boards: Iterable[Storyboard], waiting: Iterable[Waiting]) -> list[Card]:
    """Cards for rows of `wall_of`; the first few that wait for the viewer are large."""
    rows = list(boards)
    needs = {thing.storyboard.pk: thing for thing in reversed(list(waiting))}
    large = [row.pk for row in rows if row.pk in needs][:MOST_LARGE]
    takes = _takes(row.shown_take for row in rows)  # type: ignore[attr-defined]
    keys = [needs[pk].key for pk in large]
    asked, said = _revisions(keys), _last_words(keys)
    return [
        _card(row, takes, needs.get(row.pk), asked, said, is_large=row.pk in large) for row in rows
    ]


def count_stages(project: Project, words: str, waiting: Iterable[Waiting]) -> dict[str, int]:
    """How many of these names stand at each stage, wait for the viewer, and are there (`""`)."""
    rows: QuerySet[Any] = _found(project, words).order_by()
    found = dict(rows.values_list("stage_now").annotate(n=Count("pk")))
    waits = {thing.storyboard.pk for thing in waiting}
    if words:
        named = Storyboard.objects.filter(pk__in=waits, name__icontains=words)
        waits = set(named.values_list("pk", flat=True))
    return {**found, WAITING: len(waits), "": sum(found.values())}


def sums_of(project: Project) -> WallSums:
    """Of the whole project, archived storyboards too: what was spent stays spent."""
    takes = Take.objects.filter(storyboard__project=project, stored_at__isnull=False).aggregate(
        takes=Count("pk"), film_ms=Sum("duration_ms", default=0)
    )
    spent = Generation.objects.filter(
        order__revision__storyboard__project=project, status__in=_SPENT
    ).aggregate(sum=Sum("money_milli", default=0))
    estimate, unpriced = _estimate(project)
    return WallSums(
        **takes, spent_milli=spent["sum"], estimate_milli=estimate, unpriced=unpriced,
        shots=shots_of(project),
    )  # fmt: skip


def shots_of(project: Project) -> ShotSums:
    """Two queries; of reasons named equally often the first of the list."""
    stored = FrozenShot.objects.filter(
        revision__takes__storyboard__project=project, revision__takes__stored_at__isnull=False
    )
    said = ShotVerdict.objects.filter(take__storyboard__project=project)
    counts = {
        (verdict, reason): n
        for verdict, reason, n in said.values_list("verdict", "reason").annotate(n=Count("pk"))
    }
    reasons = [reason for reason in RedoReason.values if ("redo", reason) in counts]
    return ShotSums(
        made=stored.count(),
        kept=counts.get(("keep", ""), 0),
        redone=sum(counts["redo", reason] for reason in reasons),
        reason=max(reasons, key=lambda reason: counts["redo", reason], default=""),
    )


def _found(project: Project, words: str) -> QuerySet[Any]:
    rows = Storyboard.objects.filter(project=project, archived_at=None)
    if words:
        rows = rows.filter(name__icontains=words)
    return rows.with_stage()


def _spent_on(storyboard: OuterRef) -> QuerySet[Any, Any]:
    return (
        Generation.objects.filter(order__revision__storyboard=storyboard, status__in=_SPENT)
        .order_by()
        .values("order__revision__storyboard")
        .annotate(sum=Sum("money_milli"))
        .values("sum")
    )


def _estimate(project: Project) -> tuple[int, int]:
    """What they come to, and how many have no known price.

    Storyboards of the same settings cost the same; only spoken voices need their words.
    """
    ordered = Generation.objects.filter(order__revision__storyboard=OuterRef("pk"))
    voices = VoiceUse.objects.filter(storyboard=OuterRef("pk"))
    rows = Storyboard.objects.filter(~Exists(ordered), project=project, archived_at=None)
    silent = rows.filter(~(Q(sound=True) & Exists(voices))).order_by()
    settings = ("model", "mode", "sound", "total_seconds")
    briefs = [
        (_like(*row[:4]), row[4]) for row in silent.values_list(*settings).annotate(n=Count("pk"))
    ]
    spoken = rows.filter(Exists(voices), sound=True).prefetch_related(
        "shots", "element_uses__element", "voice_uses__voice"
    )
    briefs += [(row.brief(), 1) for row in spoken.select_related("first_frame", "end_frame")]
    prices = [(quote(brief), count) for brief, count in briefs]
    estimate = sum(price.money_milli * count for price, count in prices)
    return estimate, sum(count for price, count in prices if not price.known)


def _like(model: str, mode: str, sound: bool, total_seconds: int) -> Brief:
    """A brief that is priced as one of these settings without a voice."""
    return Brief(
        shots=(),
        shooting="custom",
        total_seconds=total_seconds,
        model=model,
        mode=mode,
        aspect_ratio="16:9",
        sound=sound,
    )


def _takes(shown: Iterable[int | None]) -> Mapping[int, Take]:
    """The takes on the cards, each with `open_notes`."""
    unresolved = Count("notes", filter=is_open("notes__"))
    rows = Take.objects.defer("sealed_url").annotate(open_notes=unresolved)
    return rows.in_bulk([pk for pk in shown if pk])


def _revisions(keys: Iterable[str]) -> Mapping[str, Revision]:
    """The revisions the large cards ask about, by key."""
    rows = Revision.objects.filter(key__in=list(keys)).select_related("sent_by").defer("brief_json")
    return {row.key: row for row in rows}


def _last_words(keys: Iterable[str]) -> Mapping[str, tuple[Decision, ...]]:
    """Revision key → each person's last word in its review, oldest first."""
    rows = Decision.objects.filter(review__revision__key__in=list(keys))
    last: dict[str, dict[int | None, Decision]] = {}
    for row in rows.select_related("by", "review__revision").order_by("pk"):
        said = last.setdefault(row.review.revision.key, {})
        said.pop(row.by_id, None)
        said[row.by_id] = row
    return {key: tuple(said.values()) for key, said in last.items()}


def _card(
    row: Storyboard,
    takes: Mapping[int, Take],
    waiting: Waiting | None,
    revisions: Mapping[str, Revision],
    said: Mapping[str, tuple[Decision, ...]],
    *,
    is_large: bool,
) -> Card:
    shots = list(row.shots.all())
    price = quote(row.brief())
    take = takes.get(row.shown_take or 0)  # type: ignore[attr-defined]
    key = waiting.key if waiting else ""
    return Card(
        storyboard=row,
        stage=row.stage,
        take=take,
        words=next((shot.prompt for shot in shots if shot.prompt), ""),
        blocks=tuple(max(1, min(shot.seconds, WIDEST)) for shot in shots),
        waiting=waiting,
        is_large=is_large,
        spent_milli=row.spent_milli,  # type: ignore[attr-defined]
        estimate_milli=price.money_milli if price.known else None,
        stored_takes=row.stored_takes,  # type: ignore[attr-defined]
        open_notes=take.open_notes if take else 0,  # type: ignore[attr-defined]
        asked=revisions.get(key),
        decisions=said.get(key, ()),
    )
