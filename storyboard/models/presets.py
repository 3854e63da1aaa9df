"""Kling's own elements and voices, as an account was last told of them.

Nobody asks Kling while a page loads: a person asks for the list, a worker reads it, the page shows
what is stored here and of when it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.teams import User

# Seconds a reading waits for a worker and for Kling; after them it may be asked for again.
READ_WITHIN = 300.0


@dataclass(frozen=True)
class Preset:
    """One of Kling's own. `description` is an element's, `trial_url` a voice's; else ""."""

    kling_id: str
    name: str
    description: str = ""
    trial_url: str = ""

    def has(self, words: str) -> bool:
        """Whether each of the words is in what it says of itself."""
        text = f"{self.name} {self.description}".casefold()
        return all(word in text for word in words.casefold().split())


class PresetList(models.Model):
    """What Kling offers on one account: read at `read_at`, None before the first time.

    `words` say why the last reading failed; what was read before stays.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="preset_list")
    told_elements = models.JSONField(default=list)
    told_voices = models.JSONField(default=list)
    asked_at = models.DateTimeField(null=True, blank=True)
    begun_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"Presets of {self.account}"

    @classmethod
    def of(cls, account: Account) -> PresetList:
        """The account's list; an empty one that is stored nowhere before anybody asked."""
        return cls.objects.filter(account=account).first() or cls(account=account)

    @classmethod
    @transaction.atomic
    def ask(cls, account: Account, *, by: User) -> PresetList:
        """Have a worker read the list anew; one that is being read is not asked for twice.

        Raises NotAllowedNow where the account is off or offers no library.
        """
        account.check_is_on()
        if not account.dialect.has_library:
            words = _("%(account)s goes by a gateway that offers no library. Nothing was sent. "
                      "Choose an account with Kling itself.")  # fmt: skip
            raise NotAllowedNow(words % {"account": account}, "no_library")
        row, _made = cls.objects.select_for_update(no_key=True).get_or_create(account=account)
        if row.is_being_read:
            return row
        row.asked_at, row.begun_at, row.words = timezone.now(), None, ""
        row.save(update_fields=["asked_at", "begun_at", "words"])
        Activity.append("account.presets_asked", by=by, team=account.team, name=account.name)
        return row

    @classmethod
    def due(cls, *, unheard_for: float) -> models.QuerySet[PresetList]:
        """Asked for and begun by nobody for some seconds."""
        now = timezone.now()
        return cls.objects.filter(
            begun_at=None,
            asked_at__gt=now - timedelta(seconds=READ_WITHIN),
            asked_at__lte=now - timedelta(seconds=unheard_for),
        )

    @property
    def is_being_read(self) -> bool:
        """Somebody waits for it, and not for too long."""
        asked = self.asked_at
        return asked is not None and timezone.now() - asked < timedelta(seconds=READ_WITHIN)

    @property
    def elements(self) -> list[Preset]:
        return [Preset(**told) for told in self.told_elements]

    @property
    def voices(self) -> list[Preset]:
        return [Preset(**told) for told in self.told_voices]

    def found(self, kind: str, words: str = "") -> list[Preset]:
        """Those of a kind, `elements` or `voices`, that have all the words; in Kling's order."""
        listed = self.elements if kind == "elements" else self.voices
        return [preset for preset in listed if preset.has(words)]

    def get(self, kind: str, kling_id: str) -> Preset | None:
        """The one with this id, None where Kling listed none."""
        return next((one for one in self.found(kind) if one.kling_id == kling_id), None)

    def begin(self) -> bool:
        """Take the reading that was asked for; False when another worker has it."""
        if not self.is_being_read:
            return False
        waiting = PresetList.objects.filter(pk=self.pk, asked_at=self.asked_at, begun_at=None)
        return bool(waiting.update(begun_at=timezone.now()))

    @transaction.atomic
    def record(self, elements: Iterable[Preset], voices: Iterable[Preset]) -> None:
        """What Kling listed, unless the list was asked for anew meanwhile."""
        told_elements, told_voices = [asdict(one) for one in elements], [asdict(v) for v in voices]
        written = self._end(
            told_elements=told_elements, told_voices=told_voices, read_at=timezone.now(), words=""
        )
        if written:
            Activity.append(
                "account.presets_read", by=None, team=self.account.team, name=self.account.name,
                elements=len(told_elements), voices=len(told_voices),
            )  # fmt: skip

    @transaction.atomic
    def fail(self, words: str) -> None:
        """It could not be read, and people are told why."""
        if self._end(words=words[:500]):
            Activity.append(
                "account.presets_failed", by=None, team=self.account.team, name=self.account.name,
                words=words,
            )  # fmt: skip

    def _end(self, **values: object) -> bool:
        ours = PresetList.objects.filter(pk=self.pk, asked_at=self.asked_at)
        return bool(ours.update(asked_at=None, begun_at=None, **values))
