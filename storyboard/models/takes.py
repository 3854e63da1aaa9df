"""Takes: the videos made from revisions, kept for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from typing import ClassVar, NamedTuple

from django.db import models, transaction
from django.utils import timezone

from storyboard.models.activity import Activity
from storyboard.models.base import Keyed
from storyboard.models.generations import Generation
from storyboard.models.pins import cast_words
from storyboard.models.reviews import Revision
from storyboard.models.salvaging import draft_redo
from storyboard.models.secrets import open_secret, seal_secret
from storyboard.models.storyboards import Storyboard
from storyboard.models.take_decisions import approve, request_changes, take_back
from storyboard.models.teams import User
from storyboard.models.verdicts import judge, unjudge

DAY = 86400.0
LATE_DAYS = (1, 7)
VOICE_MS = (5_000, 30_000)  # of which Kling makes a voice (Kling API, voice customization)


@dataclass(frozen=True)
class Bound:
    """Where a shot lies in a take, in milliseconds."""

    position: int
    shot_key: str
    prompt: str
    start_ms: int
    end_ms: int


class Still(NamedTuple):
    """A shot's picture in a take: the take's key, the shot's position there, the stored file."""

    take: str
    position: int
    file: str


class Latest(NamedTuple):
    """The newest stored take."""

    key: str
    number: int


class Stills(NamedTuple):
    """Of each shot, by its key, the still of the newest take that shows it."""

    by_shot: dict[str, Still]
    latest: Latest | None

    @property
    def files(self) -> dict[str, str]:
        """Shot key → its still in the storage."""
        return {shot: still.file for shot, still in self.by_shot.items()}


class TakeSet(models.QuerySet["Take"]):
    def films_waiting(self) -> TakeSet:
        """Films Kling made a day or longer ago that are not here yet, the soonest to go first.

        Kling's link to one dies at `generation.result_expires_at`; select_related what is shown.
        """
        late = self.filter(told_late_days__gt=0, generation__ended_at__isnull=True, video="")
        return late.order_by("generation__result_expires_at")

    def that_speak(self) -> TakeSet:
        """Stored ones long enough to make a voice from, with more than silence; newest first."""
        heard = self.filter(stored_at__isnull=False, duration_ms__range=VOICE_MS)
        return heard.exclude(peaks=b"").order_by("-stored_at", "-pk")


class Take(Keyed):
    """One video of a revision, numbered in its storyboard.

    Made when Kling says the film is there. With `video` the original bytes lie in our storage
    under their own hash; unfinished until `stored_at`, when all that is made from them does.
    """

    storyboard = models.ForeignKey(Storyboard, on_delete=models.CASCADE, related_name="takes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="takes")
    generation = models.OneToOneField(Generation, on_delete=models.PROTECT, related_name="take")
    number = models.PositiveIntegerField()
    kling_output_id = models.CharField(max_length=64, blank=True)
    sealed_url = models.BinaryField(default=bytes, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    stored_at = models.DateTimeField(null=True, blank=True)

    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    video = models.CharField(max_length=120, blank=True)
    poster = models.CharField(max_length=120, blank=True)
    filmstrip = models.CharField(max_length=120, blank=True)
    stills = models.JSONField(default=list)
    duration_ms = models.PositiveIntegerField(default=0)
    rate_num = models.PositiveIntegerField(default=24)
    rate_den = models.PositiveIntegerField(default=1)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    video_codec = models.CharField(max_length=20, blank=True)
    audio_codec = models.CharField(max_length=20, blank=True)
    # H.264 and AAC for the player where the original is something else; the original stays.
    playable = models.CharField(max_length=120, blank=True)
    # How loud equal parts of the film are (media/sound.py); empty without sound.
    peaks = models.BinaryField(default=bytes, editable=False)
    # How often what came was no film, or not one to take.
    refusals = models.PositiveSmallIntegerField(default=0)
    # How late people were told that this film is: 0, then each of LATE_DAYS.
    told_late_days = models.PositiveSmallIntegerField(default=0)

    objects = TakeSet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "number"], name="take_number_once")
        ]

    def __str__(self) -> str:
        return f"Take {self.number}"

    @classmethod
    @transaction.atomic
    def expect(cls, generation: Generation, *, output_id: str, url: str) -> Take:
        """The take Kling says exists: numbered once, its link renewed as often as told.

        What came from an older link and was refused counts no more.
        """
        storyboard = generation.storyboard.locked()
        last = storyboard.takes.order_by("-number").values_list("number", flat=True).first() or 0
        take, _made = cls.objects.get_or_create(
            generation=generation,
            defaults={
                "storyboard": storyboard,
                "revision": generation.order.revision,
                "number": last + 1,
                "kling_output_id": output_id,
            },
        )
        take.sealed_url, take.refusals = seal_secret(url), 0
        take.save(update_fields=["sealed_url", "refusals"])
        return take

    @property
    def url(self) -> str:
        """Kling's own link; it dies, and never reaches a browser."""
        return open_secret(bytes(self.sealed_url))

    @property
    def link_dies_at(self) -> datetime | None:
        """When Kling clears the film; None when it was never told."""
        return self.generation.result_expires_at

    @property
    def plays(self) -> str:
        """The file for the player: the original, or the copy browsers play in its place."""
        return self.playable or self.video

    @transaction.atomic
    def say_late(self) -> None:
        """Tell once a day late, and once a week late, that the film is still at Kling."""
        account, until = self.generation.account, self.link_dies_at
        if until is None:
            return
        waited = timezone.now() - self.created_at
        late = max((days for days in LATE_DAYS if waited >= account.scaled(days * DAY)), default=0)
        if not Take.objects.filter(pk=self.pk, told_late_days__lt=late).update(told_late_days=late):
            return
        self.told_late_days = late
        self.generation.say(
            "generation.film_waits", by=None, days=late, until=until.date().isoformat()
        )

    def judge(
        self, shot_key: str, verdict: str, *, by: User, reason: str = "", words: str = ""
    ) -> None:
        """Keep a shot of it, or redo it for a reason; it replaces anybody's word before.

        Raises NotAllowedNow.
        """
        judge(self, shot_key, verdict, reason=reason, words=words, by=by)

    def unjudge(self, shot_key: str, *, by: User) -> None:
        """Nobody has said anything about this shot. Raises NotAllowedNow."""
        unjudge(self, shot_key, by=by)

    def draft_redo(self, name: str, *, by: User) -> Storyboard:
        """A new draft of the shots to redo, as the storyboard has them now.

        Raises NotAllowedNow where it has none of them any more.
        """
        return draft_redo(self, name, by=by)

    def approve(self, *, by: User) -> None:
        """One person's yes; not of who sent its revision, unless the project waives it.

        It orders nothing. Raises NotAllowedNow, as when the take is picked.
        """
        approve(self, by=by)

    def request_changes(self, *, by: User, words: str = "") -> None:
        """One person's no, with words or an open note of theirs on it. Raises as approve."""
        request_changes(self, by=by, words=words)

    def take_back(self, *, by: User) -> None:
        """This person has not decided; until it is picked. Raises NotAllowedNow."""
        take_back(self, by=by)

    def bounds(self) -> list[Bound]:
        """Each shot's part: the planned seconds scaled to the real duration."""
        shots = list(self.revision.shots.all())
        total = sum(shot.seconds for shot in shots) or 1
        ends = [
            round(self.duration_ms * done / total)
            for done in accumulate(shot.seconds for shot in shots)
        ]
        starts = [0, *ends[:-1]]
        return [
            Bound(shot.position, shot.shot_key, shot.prompt, start, end)
            for shot, start, end in zip(shots, starts, ends, strict=True)
        ]

    def shot_at(self, at_ms: int) -> Bound:
        """The shot a moment belongs to; the last one for the very end."""
        bounds = self.bounds()
        return next((bound for bound in bounds if at_ms < bound.end_ms), bounds[-1])

    def at_frame(self, at_ms: int) -> int:
        """The moment moved to the start of its frame, in milliseconds, within the take."""
        return self.start_of(self.frame_at(at_ms))

    def frame_at(self, at_ms: int) -> int:
        """The number of the frame that begins nearest to a moment; past the end one too many."""
        at_ms = max(0, min(at_ms, self.duration_ms))
        return (at_ms * self.rate_num + 500 * self.rate_den) // (1000 * self.rate_den)

    @property
    def last_frame(self) -> int:
        """The number of its last frame; the first is 0.

        Its length is rounded to a millisecond: half of one is given back.
        """
        frames = (2 * self.duration_ms + 1) * self.rate_num // (2000 * self.rate_den)
        return max(0, frames - 1)

    @property
    def last_second(self) -> str:
        """A moment within its last frame, in seconds, for the address of the film."""
        return f"{(self.start_of(self.last_frame) + 2) / 1000:.3f}"

    def start_of(self, frame: int) -> int:
        """When a frame begins, in milliseconds; one beyond the end is the last."""
        return round(min(frame, self.last_frame) * 1000 * self.rate_den / self.rate_num)

    def end_of(self, frame: int) -> int:
        """When a frame ends and the next one would begin, in milliseconds; the last at most."""
        after = min(frame, self.last_frame) + 1
        return round(after * 1000 * self.rate_den / self.rate_num)

    def last_before(self, end_ms: int) -> int:
        """The number of the last frame of a range that ends there."""
        return max(0, self.frame_at(end_ms) - 1)

    def frames_of(self, bound: Bound) -> tuple[int, int]:
        """The first and the last frame that begin within a shot; at least one."""
        first, last = self.frame_at(bound.start_ms), self.frame_at(bound.end_ms)
        if self.start_of(first) < bound.start_ms:
            first += 1
        if last > self.last_frame or self.start_of(last) >= bound.end_ms:
            last -= 1
        return first, max(first, last)

    def say_stored(self) -> None:
        Activity.append(
            "take.stored",
            by=None,
            storyboard=self.storyboard,
            take=self.number,
            take_key=self.key,
            revision=self.revision.number,
            size=f"{self.size_bytes / 1_000_000:.1f} MB",
            cast=cast_words(self.revision.brief),
            money_milli=self.generation.charged_milli,
            film_ms=self.duration_ms,
        )


def newest_stills(board: Storyboard) -> Stills:
    """In one query, however many takes there are."""
    takes = board.takes.filter(stored_at__isnull=False).order_by("number")
    shots = ("revision__shots__shot_key", "revision__shots__position")
    by_shot: dict[str, Still] = {}
    latest = None
    for take, number, stills, shot, position in takes.values_list(
        "key", "number", "stills", *shots
    ):
        latest = Latest(take, number)
        if position <= len(stills):
            by_shot[shot] = Still(take, position, stills[position - 1])
    return Stills(by_shot, latest)
