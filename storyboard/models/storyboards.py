"""Storyboards and their shots: the draft, always editable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.brief import Brief, Camera
from storyboard.kling.capabilities import DEFAULT_MODEL
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.duplicating import duplicate
from storyboard.models.edits import Edit, Undone, recorded, redo, undo
from storyboard.models.elements import Element
from storyboard.models.library import Picture
from storyboard.models.painting import brush_of, paint
from storyboard.models.prepared import Prepared
from storyboard.models.projects import Project
from storyboard.models.retiming import retime
from storyboard.models.rewriting import rewrite_fields
from storyboard.models.shots import STORED_PROMPT, Shot, check_room
from storyboard.models.stages import Stage, StoryboardSet, stage_of
from storyboard.models.teams import User
from storyboard.models.tokens import renumber, without
from storyboard.models.uses import ElementUse, VoiceUse, check_uses, close_up
from storyboard.models.voices import Voice

if TYPE_CHECKING:
    from storyboard.models.takes import Take


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
        "cfg_scale",
        "camera",
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
    end_frame = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cfg_scale = models.FloatField(null=True, blank=True)  # 0 to 1; None leaves it to Kling
    camera = models.JSONField(null=True, blank=True)  # the fields of kling.brief.Camera
    brush = models.JSONField(null=True, blank=True)  # see painting
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
        self.project.check_not_archived()

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
        changed = rewrite_fields(self.locked(), changes, was or {}, by=by)
        if changed:
            values = {name: [before, changes[name]] for name, before in changed.items()}
            fields = ", ".join(changed)
            Activity.append("storyboard.set", by=by, storyboard=self, fields=fields, values=values)
            edit = {f"settings.{name}": value for name, value in values.items()}
            Edit.keep(self, edit, by=by)
        self.refresh_from_db()
        return list(changed)

    @transaction.atomic
    def make_total(self, *, by: User) -> None:
        """Set the total to what the shots add up to."""
        self.locked()
        total = sum(self.shots.values_list("seconds", flat=True))
        self.rewrite({"total_seconds": total}, by=by)

    def retime(
        self,
        seconds: dict[str, int],
        *,
        by: User,
        total: int | None = None,
        was: dict[str, str] | None = None,
    ) -> list[str]:
        """Give shots, by their keys, new seconds, and the storyboard a new total, in one step.

        `was` holds the digests that the fields `seconds-<key>` and `total_seconds` started from; a
        Conflict names them so and writes nothing. Returns the names of the fields that changed.
        """
        changed = retime(self, seconds, total=total, was=was or {}, by=by)
        self.refresh_from_db()
        return changed

    def duplicate(self, name: str, *, project: Project, by: User) -> Storyboard:
        """A new draft like this one, in this or another project of the team, with its own keys."""
        return duplicate(self, name, project=project, by=by)

    def set_first_frame(self, picture: Picture | None, *, by: User) -> None:
        self._set_frame("first_frame", picture, by)

    def set_end_frame(self, picture: Picture | None, *, by: User) -> None:
        self._set_frame("end_frame", picture, by)

    def swap_frames(self, *, by: User) -> None:
        """The video starts from its end frame and ends on its first, in one step."""
        with recorded(self, by=by):
            first, end = self.first_frame, self.end_frame
            self.set_first_frame(end, by=by)
            self.set_end_frame(first, by=by)

    def paint(self, brush: dict[str, Any] | None, *, by: User, was: str = "") -> bool:
        """Put a motion brush (painting.stored_brush) on, or take it off; whether it is another.

        `was` is the digest of the brush the person started from: raises Conflict and writes
        nothing where it is neither that nor the new one by now.
        """
        changed = paint(self, brush, by=by, was=was)
        self.refresh_from_db()
        return changed

    def add_shot(self, *, by: User, prompt: str = "", seconds: int = 1) -> Shot:
        """Append a shot; a seventh is refused."""
        with recorded(self, by=by):
            count = self.shots.count()
            check_room(count)
            shot = Shot.objects.create(
                storyboard=self, position=count + 1, prompt=prompt, seconds=seconds, changed_by=by
            )
            self._touch(by)
            shot._say("shot.added", by)
        return shot

    def attach_element(self, element: Element, *, by: User) -> None:
        """The last of the elements; more than a draft keeps are refused."""
        with recorded(self, by=by):
            if self.element_uses.filter(element=element).exists():
                return
            count = check_uses(self.element_uses.count())
            ElementUse.objects.create(storyboard=self, element=element, position=count + 1)
            self._say("storyboard.element_attached", by, name=element.name)

    def detach_element(self, element: Element, *, by: User) -> None:
        """Take it off; tokens in prompts go on meaning the same entries, its own then nothing."""
        with recorded(self, by=by):
            if self._take_off("element", self.element_uses, by, element=element):
                self._say("storyboard.element_detached", by, name=element.name)

    def attach_voice(self, voice: Voice, *, by: User) -> None:
        """The last of the voices; more than a draft keeps are refused."""
        with recorded(self, by=by):
            if self.voice_uses.filter(voice=voice).exists():
                return
            count = check_uses(self.voice_uses.count())
            VoiceUse.objects.create(storyboard=self, voice=voice, position=count + 1)
            self._say("storyboard.voice_attached", by, name=voice.name)

    def detach_voice(self, voice: Voice, *, by: User) -> None:
        """Take it off; tokens in prompts go on meaning the same entries, its own then nothing."""
        with recorded(self, by=by):
            if self._take_off("voice", self.voice_uses, by, voice=voice):
                self._say("storyboard.voice_detached", by, name=voice.name)

    def detach_elements(self, *, by: User) -> None:
        """Take all of them off in one step."""
        with recorded(self, by=by):
            for use in self.element_uses.select_related("element").order_by("-position"):
                self.detach_element(use.element, by=by)

    def detach_voices(self, *, by: User) -> None:
        """Take all of them off in one step."""
        with recorded(self, by=by):
            for use in self.voice_uses.select_related("voice").order_by("-position"):
                self.detach_voice(use.voice, by=by)

    def undo(self, *, by: User) -> Undone:
        """Take the person's last change back as far as it stands; NotAllowedNow without any."""
        undone = undo(self, by=by)
        self.refresh_from_db()
        return undone

    def redo(self, *, by: User) -> Undone:
        """Make what the person undid last again; NotAllowedNow without any."""
        redone = redo(self, by=by)
        self.refresh_from_db()
        return redone

    @transaction.atomic
    def pick(self, take: Take, *, by: User) -> None:
        """The team has chosen; picking another take later replaces this choice."""
        self.check_not_archived()
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
            end_frame=self.end_frame.ref if self.end_frame else None,
            cfg_scale=self.cfg_scale,
            camera=Camera(**self.camera) if self.camera else None,
            brush=brush_of(self.brush),
            elements=tuple(use.ref for use in self.element_uses.all()),
            voices=tuple(use.ref for use in self.voice_uses.all()),
        )

    @property
    def stage(self) -> Stage:
        """Where it stands; rows fetched without `with_stage()` ask once more."""
        if hasattr(self, "stage_now"):
            return stage_of(self)
        return Stage(_STAGE.ask(self.pk)[0][0])

    @property
    def is_archived(self) -> bool:
        """By itself or with its project."""
        return self.archived_at is not None or self.project.archived_at is not None

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

    @transaction.atomic
    def _set_frame(self, name: str, picture: Picture | None, by: User) -> None:
        row = self.locked()
        before, after = getattr(row, f"{name}_id"), picture.pk if picture else None
        if before == after:
            return
        setattr(self, name, picture)
        self._touch(by, name)
        if picture is None:
            Activity.append(f"storyboard.{name}_removed", by=by, storyboard=self)
        else:
            Activity.append(
                f"storyboard.{name}_set", by=by, storyboard=self, size=str(picture),
                picture=picture.key,
            )  # fmt: skip
        Edit.keep(self, {name: [before, after]}, by=by)

    def _take_off(self, kind: str, uses: Any, by: User, **entry: Element | Voice) -> bool:
        """Delete a use, close the others up, and let the tokens follow; False where none is."""
        use = uses.filter(**entry).first()
        if use is None:
            return False
        mapping = without(use.position, uses.count())
        use.delete()
        close_up(uses.all())
        for shot in self.shots.filter(prompt__contains="<<<"):
            prompt = renumber(shot.prompt, kind, mapping)
            if prompt != shot.prompt:
                shot.prompt, shot.changed_at, shot.changed_by = prompt, timezone.now(), by
                shot.save(update_fields=["prompt", "changed_at", "changed_by"])
        return True

    def _say(self, verb: str, by: User, **data: Any) -> None:
        self._touch(by)
        Activity.append(verb, by=by, storyboard=self, **data)

    def _touch(self, by: User, *fields: str) -> None:
        self.changed_at, self.changed_by = timezone.now(), by
        self.save(update_fields=["changed_at", "changed_by", *fields])


_STAGE = Prepared(lambda pk: Storyboard.objects.with_stage().filter(pk=pk).values_list("stage_now"))
