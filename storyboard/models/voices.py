"""Voices of the library: recorded, taken from one of our takes, a preset, or known by an id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.accounts import Account
from storyboard.models.base import NotAllowedNow
from storyboard.models.creations import Creation
from storyboard.models.entries import Entry, EntrySet, KeptFile, clean_name, clean_tags
from storyboard.models.teams import Team, User

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.takes import Take


class VoiceKind(models.TextChoices):
    RECORDING = "recording", gettext_lazy("Recording")
    TAKE = "take", gettext_lazy("From a take")
    PRESET = "preset", gettext_lazy("Preset")
    KNOWN = "known", gettext_lazy("Known by its id")


class Voice(Entry):
    """A reusable speaking voice. `recording` and `trial` are files in the storage, "" for none."""

    entry_kind = "voice"

    kind = models.CharField(max_length=10, choices=VoiceKind, default=VoiceKind.KNOWN)
    recording = models.CharField(max_length=120, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    seconds = models.FloatField(default=0.0)
    # How loud the recording is from start to end, see media/sound.py.
    peaks = models.BinaryField(default=bytes, editable=False)
    take = models.ForeignKey(
        "Take", null=True, blank=True, on_delete=models.SET_NULL, related_name="voices"
    )
    # Kling's own sample of it, kept for good.
    trial = models.CharField(max_length=120, blank=True, default="")
    trial_peaks = models.BinaryField(default=bytes, editable=False)

    objects = EntrySet.as_manager()

    @classmethod
    @transaction.atomic
    def record(
        cls, name: str, recording: KeptFile, *, team: Team, by: User, tags: Iterable[str] = (),
        peaks: bytes = b"",
    ) -> Voice:  # fmt: skip
        """From 5 to 30 s of one person speaking, checked and stored."""
        found = {
            "recording": recording.file,
            "sha256": recording.sha256,
            "seconds": recording.seconds,
            "peaks": peaks,
        }
        return cls._add(clean_name(name), VoiceKind.RECORDING, team, by, tags, **found)

    @classmethod
    @transaction.atomic
    def from_take(
        cls, name: str, take: Take, *, team: Team, by: User, tags: Iterable[str] = ()
    ) -> Voice:
        """From one of our takes that has sound, which Kling knows by its own id."""
        if take.storyboard.project.team_id != team.pk or take.stored_at is None:
            raise NotAllowedNow(
                _("This take is not stored yet, so no voice can be made from it. Nothing was "
                  "added."),
                "take",
            )  # fmt: skip
        seconds = take.duration_ms / 1000
        return cls._add(
            clean_name(name), VoiceKind.TAKE, team, by, tags, take=take, seconds=seconds
        )

    @classmethod
    @transaction.atomic
    def know(
        cls, name: str, *, kling_id: str, account: Account, team: Team, by: User,
        tags: Iterable[str] = (),
    ) -> Voice:  # fmt: skip
        """One that is on the account under an id somebody typed."""
        voice = cls._add(name, VoiceKind.KNOWN, team, by, tags)
        Creation.know(voice, account=account, kling_id=kling_id)
        return voice

    @classmethod
    @transaction.atomic
    def from_preset(
        cls, name: str, *, kling_id: str, account: Account, team: Team, by: User,
        tags: Iterable[str] = (),
    ) -> Voice:  # fmt: skip
        """One of Kling's own, as the account lists it."""
        voice = cls._add(name, VoiceKind.PRESET, team, by, tags)
        Creation.know(voice, account=account, kling_id=kling_id)
        return voice

    @property
    def is_preset(self) -> bool:
        return self.kind == VoiceKind.PRESET

    @property
    def is_known(self) -> bool:
        return self.kind == VoiceKind.KNOWN

    @property
    def bound_voice(self) -> Voice | None:
        """A voice is bound to none."""
        return None

    @transaction.atomic
    def rename(self, name: str, *, by: User) -> None:
        """Its name in prompts from here on; at Kling it keeps the one it was made with."""
        self.check_in_library()
        name = clean_name(name)
        if name == self.name:
            return
        before, self.name = self.name, name
        self.note_words()
        self.save(update_fields=["name", "search_words"])
        self._say("renamed", by, before=before)

    def keep_trial(self, name: str, peaks: bytes = b"") -> None:
        """Kling's sample lies in the storage under this name, as loud as `peaks` say."""
        self.trial, self.trial_peaks = name, peaks
        self.save(update_fields=["trial", "trial_peaks"])

    def ask_on(self, account: Account, *, by: User) -> Creation:
        """Have it made on an account; see Creation.ask."""
        return Creation.ask(self, account=account, by=by)

    def creation_on(self, account: Account | None) -> Creation | None:
        return self.creations.filter(account=account).first() if account else None

    def creations_here(self) -> Any:
        return self.creations.all()

    def _detach(self, board: Storyboard, by: User) -> None:
        board.detach_voice(self, by=by)

    @classmethod
    def _add(
        cls, name: str, kind: VoiceKind, team: Team, by: User, tags: Iterable[str], **found: Any
    ) -> Voice:
        voice = cls(team=team, name=name, kind=kind, tags=clean_tags(tags), created_by=by, **found)
        voice.note_words()
        voice.save()
        voice._say("added", by)
        return voice
