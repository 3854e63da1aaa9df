"""Storyboards and their shots: the draft, always editable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.brief import Brief, ShotBrief
from storyboard.kling.capabilities import DEFAULT_MODEL
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.library import Element, Picture, Voice
from storyboard.models.prepared import Prepared
from storyboard.models.projects import Project
from storyboard.models.rewriting import rewrite_fields
from storyboard.models.stages import Stage, StoryboardSet, stage_of
from storyboard.models.teams import User
from storyboard.models.uses import ElementUse, VoiceUse, close_up

if TYPE_CHECKING:
    from storyboard.models.takes import Take

MOST_SHOTS = 6
STORED_PROMPT = 5000  # characters a draft keeps, though Kling takes fewer


class Shooting(models.TextChoices):
    CUSTOM = "custom", gettext_lazy("Custom shots")
    INTELLIGENT = "intelligent", gettext_lazy("Let Kling cut it")
    SINGLE = "single", gettext_lazy("Single shot")


class Storyboard(Keyed):
    """One to six shots that become one video."""

    SETTINGS: ClassVar[tuple[str, ...]] = (
        "model",
        "mode",
        "aspect_ratio",
        "sound",
        "watermark",
        "negative_prompt",
        "shooting",
        "total_seconds",
    )

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="storyboards")
    name = models.CharField(max_length=80)
    total_seconds = models.PositiveSmallIntegerField(default=5)
    model = models.CharField(max_length=40, default=DEFAULT_MODEL)
    mode = models.CharField(max_length=8, default="std")
    aspect_ratio = models.CharField(max_length=8, default="16:9")
    sound = models.BooleanField(default=False)
    watermark = models.BooleanField(default=False)
    negative_prompt = models.TextField(max_length=STORED_PROMPT, blank=True)
    shooting = models.CharField(max_length=12, choices=Shooting, default=Shooting.CUSTOM)
    first_frame = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    picked_take = models.ForeignKey(
        "Take", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    elements: models.ManyToManyField[Element, Any] = models.ManyToManyField(
        Element, through="ElementUse", related_name="storyboards"
    )
    voices: models.ManyToManyField[Voice, Any] = models.ManyToManyField(
        Voice, through="VoiceUse", related_name="storyboards"
    )

    objects = StoryboardSet.as_manager()

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def start(cls, name: str, *, project: Project, by: User) -> Storyboard:
        """A new draft with one empty shot of five seconds."""
        board = cls.objects.create(project=project, name=name, changed_by=by)
        Shot.objects.create(storyboard=board, position=1, seconds=board.total_seconds)
        Activity.append("storyboard.created", by=by, storyboard=board, name=name)
        return board

    @transaction.atomic
    def rename(self, name: str, *, by: User) -> None:
        if name == self.name:
            return
        before, self.name = self.name, name
        self.save(update_fields=["name"])
        Activity.append("storyboard.renamed", by=by, storyboard=self, before=before, to=name)

    @transaction.atomic
    def archive(self, *, by: User) -> None:
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self.save(update_fields=["archived_at"])
            Activity.append("storyboard.archived", by=by, storyboard=self)

    @transaction.atomic
    def restore(self, *, by: User) -> None:
        if self.archived_at is not None:
            self.archived_at = None
            self.save(update_fields=["archived_at"])
            Activity.append("storyboard.restored", by=by, storyboard=self)

    def check_not_archived(self) -> None:
        """Archived things are read, not changed and not paid for."""
        if self.archived_at is not None:
            raise NotAllowedNow(
                _("This storyboard is archived. Nothing was changed. Restore it to go on."),
                "archived",
            )
        if self.project.archived_at is not None:
            raise NotAllowedNow(
                _("This project is archived. Nothing was changed. Restore the project to go on."),
                "archived",
            )

    @transaction.atomic
    def delete_draft(self, *, by: User) -> None:
        """Only what was never sent can go for good; everything else is archived."""
        self.locked()
        if self.was_sent:
            raise NotAllowedNow(
                _("%(name)s was sent for review, so its history stays. Archive it instead.")
                % {"name": self.name},
                "was_sent",
            )
        Activity.append("storyboard.deleted", by=by, project=self.project, name=self.name)
        self.delete()

    @transaction.atomic
    def rewrite(
        self, changes: dict[str, Any], *, by: User, was: dict[str, str] | None = None
    ) -> list[str]:
        """Change settings; `was` holds the digest each field started from. Returns what changed."""
        row = self.locked()
        changed = rewrite_fields(row, changes, was or {}, by=by)
        if changed:
            Activity.append(
                "storyboard.set",
                by=by,
                storyboard=row,
                fields=", ".join(changed),
                values={name: [before, changes[name]] for name, before in changed.items()},
            )
        self.refresh_from_db()
        return list(changed)

    @transaction.atomic
    def make_total(self, *, by: User) -> None:
        """Set the total to what the shots add up to."""
        total = sum(shot.seconds for shot in self.shots.all())
        self.rewrite({"total_seconds": total}, by=by)

    @transaction.atomic
    def set_first_frame(self, picture: Picture | None, *, by: User) -> None:
        self.first_frame = picture
        self._touch(by, "first_frame")
        if picture is None:
            Activity.append("storyboard.first_frame_removed", by=by, storyboard=self)
        else:
            Activity.append(
                "storyboard.first_frame_set", by=by, storyboard=self, size=str(picture),
                picture=picture.key,
            )  # fmt: skip

    @transaction.atomic
    def add_shot(self, *, by: User, prompt: str = "", seconds: int = 1) -> Shot:
        """Append a shot; a seventh is refused."""
        self.locked()
        count = self.shots.count()
        if count >= MOST_SHOTS:
            raise NotAllowedNow(
                _("A storyboard holds six shots at most. Put the seventh in another storyboard."),
                "shots.too_many",
            )
        shot = Shot.objects.create(
            storyboard=self, position=count + 1, prompt=prompt, seconds=seconds, changed_by=by
        )
        self._touch(by)
        Activity.append("shot.added", by=by, storyboard=self, position=shot.position, shot=shot.key)
        return shot

    @transaction.atomic
    def attach_element(self, element: Element, *, by: User) -> None:
        self.locked()
        _use, made = ElementUse.objects.get_or_create(
            storyboard=self, element=element, defaults={"position": self.element_uses.count() + 1}
        )
        if made:
            self._touch(by)
            Activity.append(
                "storyboard.element_attached", by=by, storyboard=self, name=element.name
            )

    @transaction.atomic
    def detach_element(self, element: Element, *, by: User) -> None:
        self.locked()
        if self.element_uses.filter(element=element).delete()[0]:
            close_up(self.element_uses.all())
            self._touch(by)
            Activity.append(
                "storyboard.element_detached", by=by, storyboard=self, name=element.name
            )

    @transaction.atomic
    def attach_voice(self, voice: Voice, *, by: User) -> None:
        self.locked()
        _use, made = VoiceUse.objects.get_or_create(
            storyboard=self, voice=voice, defaults={"position": self.voice_uses.count() + 1}
        )
        if made:
            self._touch(by)
            Activity.append("storyboard.voice_attached", by=by, storyboard=self, name=voice.name)

    @transaction.atomic
    def detach_voice(self, voice: Voice, *, by: User) -> None:
        self.locked()
        if self.voice_uses.filter(voice=voice).delete()[0]:
            close_up(self.voice_uses.all())
            self._touch(by)
            Activity.append("storyboard.voice_detached", by=by, storyboard=self, name=voice.name)

    @transaction.atomic
    def pick(self, take: Take, *, by: User) -> None:
        """The team has chosen; picking another take later replaces this choice."""
        if take.stored_at is None:
            raise NotAllowedNow(
                _("Take %(n)s is not stored yet. Pick it when it plays.") % {"n": take.number},
                "take.not_stored",
            )
        if self.picked_take_id == take.pk:
            return
        self.picked_take = take
        self.save(update_fields=["picked_take"])
        Activity.append("take.picked", by=by, storyboard=self, take=take.number, take_key=take.key)

    def brief(self) -> Brief:
        """Everything Kling must be told, as the draft stands now."""
        return Brief(
            shots=tuple(shot.brief() for shot in self.shots.all()),
            shooting=self.shooting,  # type: ignore[arg-type]
            total_seconds=self.total_seconds,
            model=self.model,
            mode=self.mode,
            aspect_ratio=self.aspect_ratio,
            sound=self.sound,
            watermark=self.watermark,
            negative_prompt=self.negative_prompt,
            first_frame=self.first_frame.ref if self.first_frame else None,
            elements=tuple(use.element.ref for use in self.element_uses.all()),
            voices=tuple(use.voice.ref for use in self.voice_uses.all()),
        )

    @property
    def stage(self) -> Stage:
        """Where it stands; rows fetched without `with_stage()` ask once more."""
        if hasattr(self, "stage_now"):
            return stage_of(self)
        return Stage(_STAGE.ask(self.pk)[0][0])

    @property
    def was_sent(self) -> bool:
        return self.revisions.exists()

    @property
    def sum_seconds(self) -> int:
        return sum(shot.seconds for shot in self.shots.all())

    def locked(self) -> Storyboard:
        """This row under its lock, as it stands in the database."""
        row: Storyboard = Storyboard.objects.select_for_update(no_key=True).get(pk=self.pk)
        return row

    def _touch(self, by: User, *fields: str) -> None:
        self.changed_at, self.changed_by = timezone.now(), by
        self.save(update_fields=["changed_at", "changed_by", *fields])


class Shot(Keyed):
    """One continuous run of camera: a prompt and a duration."""

    storyboard = models.ForeignKey(Storyboard, on_delete=models.CASCADE, related_name="shots")
    position = models.PositiveSmallIntegerField()
    prompt = models.TextField(max_length=STORED_PROMPT, blank=True)
    seconds = models.PositiveSmallIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("position",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=MOST_SHOTS),
                name="shot_position_1_to_6",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__lte=99), name="shot_seconds_storable"
            ),
        ]

    def __str__(self) -> str:
        return f"Shot {self.position}"

    def brief(self) -> ShotBrief:
        return ShotBrief(
            key=self.key, position=self.position, prompt=self.prompt, seconds=self.seconds
        )

    @transaction.atomic
    def rewrite(
        self, changes: dict[str, Any], *, by: User, was: dict[str, str] | None = None
    ) -> list[str]:
        """Change prompt or seconds; raises Conflict when somebody else did meanwhile."""
        rows = Shot.objects.select_for_update(of=("self",), no_key=True).select_related(
            "changed_by"
        )
        row = rows.get(pk=self.pk)
        changed = rewrite_fields(row, changes, was or {}, by=by)
        if changed:
            Activity.append(
                "shot.rewritten",
                by=by,
                storyboard=self.storyboard,
                position=row.position,
                shot=row.key,
                fields=", ".join(changed),
                values={name: [before, changes[name]] for name, before in changed.items()},
            )
        self.refresh_from_db()
        return list(changed)

    @transaction.atomic
    def move(self, to: int, *, by: User) -> None:
        """Put the shot at another position; the others close up."""
        self.storyboard.locked()
        self.refresh_from_db()
        shots = list(self.storyboard.shots.all())
        before = self.position
        to = max(1, min(to, len(shots)))
        if to == before:
            return
        shots.insert(to - 1, shots.pop(before - 1))
        _renumber(shots)
        self.refresh_from_db()
        Activity.append(
            "shot.moved", by=by, storyboard=self.storyboard, shot=self.key,
            before=before, to=to,
        )  # fmt: skip

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take the shot out; its words stay in the history."""
        self.storyboard.locked()
        if self.storyboard.shots.count() == 1:
            raise NotAllowedNow(
                _("A storyboard keeps at least one shot. Rewrite this one instead."),
                "shots.last",
            )
        self.refresh_from_db()
        Activity.append(
            "shot.removed", by=by, storyboard=self.storyboard, position=self.position,
            shot=self.key, prompt=self.prompt, seconds=self.seconds,
        )  # fmt: skip
        self.delete()
        _renumber(list(self.storyboard.shots.all()))


def _renumber(shots: list[Shot]) -> None:
    for position, shot in enumerate(shots, start=1):
        if shot.position != position:
            shot.position = position
            shot.save(update_fields=["position"])


_STAGE = Prepared(lambda pk: Storyboard.objects.with_stage().filter(pk=pk).values_list("stage_now"))
