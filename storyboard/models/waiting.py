"""What waits for a person: reviews to decide, approvals to order from, takes to look at."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy

from storyboard.models.activity import Activity
from storyboard.models.generations import Generation
from storyboard.models.mentions import NoteMention
from storyboard.models.notes import Note
from storyboard.models.projects import Project
from storyboard.models.reviews import Review
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import Take
from storyboard.models.teams import Team, User

MOST_MENTIONS = 500  # looked through, whatever was written while somebody was away

Roles = Mapping[str, Collection[str]]


class Kind(models.TextChoices):
    REVIEW = "review", gettext_lazy("Review to decide")
    APPROVED = "approved", gettext_lazy("Approved, to generate")
    TAKE = "take", gettext_lazy("Take to look at")
    MENTION = "mention", gettext_lazy("You are named in a note")


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: `key` and `number` are the revision's, or else the take's.

    A mention has the key of the note in whose thread it is, and the name of who wrote it.
    """

    kind: Kind
    key: str
    number: int
    storyboard: Storyboard
    since: datetime
    note_key: str = ""
    who: str = ""


def waiting_for(user: User, roles: Roles, *, project: Project | None = None) -> list[Waiting]:
    """Everything that waits for this person, the oldest first; in one project, or in all.

    `roles` says which roles have a verb (access.ROLES_BY_VERB). Five queries, however much waits.
    """
    boards = Storyboard.objects.filter(archived_at=None, project__archived_at=None)
    if project is not None:
        boards = boards.filter(project=project)
    found = [
        *_reviews(boards.filter(_in_role(user, roles["decide"])), user),
        *_approvals(boards.filter(_in_role(user, roles["generate"]))),
        *_takes(boards.filter(_in_role(user, roles["note"])), user, roles["pick"]),
        *_mentions(boards.filter(_in_role(user, roles["note"])), user),
    ]
    return sorted(found, key=lambda waiting: waiting.since)


def _in_role(user: User, roles: Collection[str]) -> Q:
    """Storyboards of the teams in which the person has one of these roles."""
    teams = Team.objects.filter(memberships__user=user, memberships__role__in=list(roles))
    return Q(project__team__in=teams)


def _reviews(boards: models.QuerySet[Storyboard], user: User) -> Iterator[Waiting]:
    reviews = (
        Review.objects.filter(state=Review.State.OPEN, revision__storyboard__in=boards)
        .select_related(
            "revision__storyboard__project__account",
            "revision__storyboard__project__team__account",
        )
        .order_by("opened_at")
    )
    alone = set(_teams_of_one(user))
    for review in reviews:
        board = review.revision.storyboard
        if not review.is_own(user) or _waives(board.project, alone):
            yield Waiting(
                Kind.REVIEW, review.revision.key, review.revision.number, board, review.opened_at
            )


def _teams_of_one(user: User) -> models.QuerySet[Team, int]:
    """The person's teams that have one active member."""
    mine = Team.objects.filter(pk__in=user.memberships.values("team"))
    counted = mine.annotate(people=Count("memberships", filter=Q(memberships__user__is_active=1)))
    return counted.filter(people=1).values_list("pk", flat=True)


def _waives(project: Project, alone: set[int]) -> bool:
    """`Project.waives_second_person`, without a question to the database per project."""
    if not project.no_second_person:
        return False
    account = project.ordering_account
    return project.team_id in alone or (account is not None and account.is_simulator)


def _approvals(boards: models.QuerySet[Storyboard]) -> Iterator[Waiting]:
    """The newest review of a storyboard is an approval, and no order stands on it."""
    newest = (
        Review.objects.filter(revision__storyboard=OuterRef("revision__storyboard"))
        .exclude(state=Review.State.WITHDRAWN)
        .order_by("-revision__number")
    )
    standing = Generation.objects.standing().filter(order__revision=OuterRef("revision"))
    reviews = (
        Review.objects.filter(
            ~Exists(standing),
            pk=Subquery(newest.values("pk")[:1]),
            state=Review.State.APPROVED,
            revision__storyboard__in=boards,
        )
        .select_related("revision__storyboard__project")
        .order_by("closed_at")
    )
    for review in reviews:
        revision = review.revision
        since = review.closed_at or review.opened_at
        yield Waiting(Kind.APPROVED, revision.key, revision.number, revision.storyboard, since)


def _takes(
    boards: models.QuerySet[Storyboard], user: User, leaders: Collection[str]
) -> Iterator[Waiting]:
    """The newest stored take, until one is picked after it came.

    Who cannot pick has looked at it when they left a note.
    """
    newest = (
        Take.objects.filter(storyboard=OuterRef("storyboard"), stored_at__isnull=False)
        .order_by("-number")
        .values("pk")[:1]
    )
    picked = Activity.objects.filter(
        storyboard=OuterRef("storyboard"), verb="take.picked", at__gte=OuterRef("stored_at")
    )
    picks = _in_role(user, leaders)
    noted = Note.objects.filter(take=OuterRef("pk"), by=user)
    takes = (
        Take.objects.filter(~Exists(picked), pk=Subquery(newest), storyboard__in=boards)
        .filter(Q(storyboard__in=boards.filter(picks)) | ~Exists(noted))
        .select_related("storyboard__project")
        .order_by("stored_at")
    )
    for take in takes:
        if take.stored_at is not None:
            yield Waiting(Kind.TAKE, take.key, take.number, take.storyboard, take.stored_at)


def _mentions(boards: models.QuerySet[Storyboard], user: User) -> Iterator[Waiting]:
    """The first note that names the person on each take they have not opened since."""
    rows = (
        NoteMention.objects.filter(user=user, seen_at=None, note__take__storyboard__in=boards)
        .select_related("note__take__storyboard__project", "note__parent")
        .defer(
            "note__drawing", "note__parent__drawing", "note__take__peaks", "note__take__sealed_url"
        )
        .order_by("created_at", "pk")
    )
    told: set[int] = set()
    for row in rows[:MOST_MENTIONS]:
        note, take = row.note, row.note.take
        if take.pk not in told:
            told.add(take.pk)
            thread, who = note.parent or note, note.by_name
            place = (take.key, take.number, take.storyboard, row.created_at)
            yield Waiting(Kind.MENTION, *place, note_key=thread.key, who=who)
