"""Previews: an animatic of the draft, or of a revision, drawn by us. It is no take, costs nothing.

The row is the job, as everywhere: a worker claims it, draws outside any transaction, tells how far
it is and ends it. What a killed worker held is free when its lease ends.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models, transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.reviews import Revision
from storyboard.models.showing import Showing
from storyboard.models.storyboards import Storyboard
from storyboard.models.takes import newest_stills
from storyboard.models.teams import User

MOST_SECONDS = 60  # of film; a draft may store more than any model takes
MOST_TRIES = 3
KEPT = 4  # of one storyboard and its revisions
LEASE = timedelta(seconds=20)  # each second of film that is drawn renews it


class AnimaticSet(models.QuerySet["Animatic"]):
    """Newest first, by when each was last asked for."""

    def of_draft(self, board: Storyboard) -> AnimaticSet:
        return self.filter(storyboard=board, revision=None)

    def of_revision(self, revision: Revision) -> AnimaticSet:
        return self.filter(revision=revision)

    def due(self) -> AnimaticSet:
        """What nobody draws: not begun, or begun by a worker that is heard of no more."""
        given_up = Q(status=Animatic.Status.RENDERING, lease_until__lte=timezone.now())
        return self.filter(Q(status=Animatic.Status.WAITING) | given_up).order_by("asked_at")

    def left_over(self) -> AnimaticSet:
        """Beyond the newest few of each storyboard, and those whose storyboard is gone."""
        newest_first = Window(
            RowNumber(), partition_by=F("storyboard"), order_by=F("asked_at").desc()
        )
        old = Q(number__gt=KEPT) | Q(storyboard=None)
        return self.annotate(number=newest_first).filter(old).exclude(status__in=UNDER_WAY)


class Animatic(Keyed):
    """One preview of a draft (`revision` empty) or of a revision.

    `shows` is what it is drawn from (see Showing), `digest` its hash: the same shots are drawn
    once. `done_seconds` of `seconds` are drawn. `words` say why it failed.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", gettext_lazy("Waiting")
        RENDERING = "rendering", gettext_lazy("Being drawn")
        READY = "ready", gettext_lazy("Ready")
        FAILED = "failed", gettext_lazy("Failed")

    # A storyboard that is deleted leaves the row, by which the file is found and deleted.
    storyboard = models.ForeignKey(
        Storyboard, null=True, on_delete=models.SET_NULL, related_name="animatics"
    )
    revision = models.ForeignKey(
        Revision, null=True, on_delete=models.SET_NULL, related_name="animatics"
    )
    shows = models.JSONField()
    digest = models.CharField(max_length=64)
    bounds = models.CharField(max_length=200)
    seconds = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    done_seconds = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=300, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = AnimaticSet.as_manager()

    class Meta:
        ordering = ("-asked_at", "-pk")
        indexes: ClassVar = [
            models.Index(fields=["storyboard", "-asked_at"]),
            models.Index(fields=["status", "asked_at"]),
        ]

    def __str__(self) -> str:
        return f"Preview of {self.storyboard}"

    @classmethod
    @transaction.atomic
    def ask(cls, what: Storyboard | Revision, *, by: User) -> Animatic:
        """The preview of what is shown now: drawn already, under way, or waiting from here on.

        Raises NotAllowedNow for shots without a second among them, or with too many.
        """
        board = what if isinstance(what, Storyboard) else what.storyboard
        board.locked()
        showing = showing_of(what)
        check_length(showing)
        rows = newest_of(what)
        same = rows.filter(digest=showing.digest).exclude(status=cls.Status.FAILED).first()
        if same is not None:
            same.asked_at = timezone.now()
            same.save(update_fields=["asked_at"])
            return same
        rows.filter(status=cls.Status.WAITING).delete()  # nobody waits for how it was before
        row = cls.objects.create(
            storyboard=board,
            revision=what if isinstance(what, Revision) else None,
            shows=showing.as_dict(),
            digest=showing.digest,
            bounds=showing.bounds,
            seconds=showing.seconds,
            made_by=by,
        )
        row._say_asked(by)
        return row

    @property
    def showing(self) -> Showing:
        return Showing.from_dict(self.shows)

    @property
    def file(self) -> str:
        """Its name in the storage, there while it is ready."""
        return f"animatics/{self.key[:2]}/{self.key}.mp4"

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY

    @property
    def is_ready(self) -> bool:
        return self.status == self.Status.READY

    def claim(self, owner: str) -> bool:
        """Take it to draw it; False when another worker has it, or it was cut off too often."""
        if self.tries >= MOST_TRIES:
            self._end(Animatic.objects.due(), self.Status.FAILED, words=_(
                "Drawing the preview was cut off several times. The shots are kept. Draw it again."
            ))  # fmt: skip
            return False
        taken = Animatic.objects.due().order_by().filter(pk=self.pk, tries=self.tries)
        is_ours = taken.update(
            status=self.Status.RENDERING,
            done_seconds=0,
            tries=self.tries + 1,
            lease_owner=owner,
            lease_until=timezone.now() + LEASE,
        )
        if is_ours:
            self.refresh_from_db()
        return bool(is_ours)

    def tell(self, done_seconds: int) -> bool:
        """So many seconds are drawn; False when it is no longer ours, or nobody's any more."""
        self.done_seconds = done_seconds
        until = timezone.now() + LEASE
        return bool(self._ours().update(done_seconds=done_seconds, lease_until=until))

    def finish(self, size_bytes: int) -> bool:
        """Its file is in the storage; False when it is no longer ours."""
        return self._end(self._ours(), self.Status.READY, size_bytes=size_bytes)

    def fail(self, words: str) -> bool:
        """It cannot be drawn, and people read why."""
        return self._end(self._ours(), self.Status.FAILED, words=words[:300])

    def put_back(self) -> None:
        """The worker ends: another one draws it, and this try does not count."""
        self._ours().update(
            status=self.Status.WAITING, tries=F("tries") - 1, lease_owner="", lease_until=None
        )

    def give_away(self) -> bool:
        """Nobody is shown its file from here on, which may go; False when it is wanted again."""
        unasked = Animatic.objects.filter(pk=self.pk, asked_at=self.asked_at)
        unasked = unasked.exclude(status__in=UNDER_WAY)
        return bool(unasked.update(status=self.Status.FAILED, size_bytes=0))

    def _ours(self) -> AnimaticSet:
        return Animatic.objects.filter(
            pk=self.pk,
            status=self.Status.RENDERING,
            lease_owner=self.lease_owner,
            tries=self.tries,
        )

    def _end(self, rows: models.QuerySet[Animatic], status: str, **values: object) -> bool:
        ended = (
            rows.order_by()
            .filter(pk=self.pk)
            .update(
                status=status, ended_at=timezone.now(), lease_owner="", lease_until=None, **values
            )
        )
        if ended:  # else the row is somebody else's, and this is no longer it
            self.refresh_from_db()
        return bool(ended)

    def _say_asked(self, by: User) -> None:
        if self.revision is None:
            Activity.append("storyboard.preview_asked", by=by, storyboard=self.storyboard)
        else:
            Activity.append(
                "revision.preview_asked", by=by, storyboard=self.storyboard,
                revision=self.revision.number, revision_key=self.revision.key,
            )  # fmt: skip


UNDER_WAY = (Animatic.Status.WAITING, Animatic.Status.RENDERING)


def showing_of(what: Storyboard | Revision) -> Showing:
    """What a preview of it would show now."""
    if isinstance(what, Revision):
        return Showing.of_revision(what, newest_stills(what.storyboard).files)
    return Showing.of_draft(what, newest_stills(what).files)


def newest_of(what: Storyboard | Revision) -> AnimaticSet:
    """Its previews, the one asked for last first."""
    if isinstance(what, Revision):
        return Animatic.objects.of_revision(what)
    return Animatic.objects.of_draft(what)


def check_length(showing: Showing) -> None:
    """Raises NotAllowedNow for what has no second, or more than MOST_SECONDS."""
    if not showing.seconds:
        raise NotAllowedNow(
            _("No shot has a second yet, so there is nothing to show. Give a shot its seconds."),
            "preview.empty",
        )
    if showing.seconds > MOST_SECONDS:
        words = _(
            "The shots add up to %(sum)s s; a preview shows %(most)s s at most. Nothing was "
            "drawn. Shorten the shots first."
        )
        raise NotAllowedNow(
            words % {"sum": showing.seconds, "most": MOST_SECONDS}, "preview.too_long"
        )
