"""Creations: an element or a voice being made on one account. The row is the job, as everywhere.

Nothing is reserved for it, yet one asking makes one entry at Kling: after a sending nobody
answered, Kling is asked for the row's own `external_task_id` before anything is sent again.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.models.accounts import Account
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.installation import Installation
from storyboard.models.making import (
    COMING,
    CREATION_MOVES,
    CreationSet,
    CreationStatus,
    S,
    check_in_library,
    check_may_ask,
    say,
    words_when_over,
)
from storyboard.models.statuses import HOUR, LEASE_SECONDS
from storyboard.models.teams import Team

if TYPE_CHECKING:
    from storyboard.models.elements import ElementVersion
    from storyboard.models.teams import User
    from storyboard.models.voices import Voice

MOST_DELETES = 5  # tries to delete at Kling what the library no longer has


class Creation(Keyed):
    """One making of an element's version, or of a voice, on one account.

    `kling_id` is the entry's id at Kling, "" until it is ready. `words` say to people what went
    wrong, `code` and `said` are Kling's own. While `is_unanswered`, Kling may have taken what was
    sent. `next_at` of a ready row is when it is deleted at Kling, if the library let go of it.
    """

    version = models.ForeignKey(
        "ElementVersion", null=True, on_delete=models.CASCADE, related_name="creations"
    )
    voice = models.ForeignKey(
        "Voice", null=True, on_delete=models.CASCADE, related_name="creations"
    )
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="creations")
    status = models.CharField(max_length=10, choices=CreationStatus, default=S.QUEUED)
    kling_id = models.CharField(max_length=64, blank=True)
    external_task_id = models.CharField(max_length=64, blank=True)
    kling_task_id = models.CharField(max_length=64, blank=True)
    words = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=12, blank=True)
    said = models.CharField(max_length=1000, blank=True)
    is_unanswered = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)  # sendings since it was last asked for
    absences = models.PositiveSmallIntegerField(default=0)  # times Kling did not know its name
    deletes = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_until = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now, null=True)
    asked_by = models.ForeignKey("User", null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    # When a worker first took it since: its hour begins here, not while no worker runs.
    begun_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    status_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = CreationSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["version", "account"],
                condition=Q(version__isnull=False),
                name="one_creation_per_version_and_account",
            ),
            models.UniqueConstraint(
                fields=["voice", "account"],
                condition=Q(voice__isnull=False),
                name="one_creation_per_voice_and_account",
            ),
            models.UniqueConstraint(
                fields=["external_task_id"],
                condition=~Q(external_task_id=""),
                name="one_creation_per_external_task",
            ),
            models.CheckConstraint(
                condition=Q(version__isnull=True) ^ Q(voice__isnull=True),
                name="creation_of_one_thing",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status", "next_at"]),
            models.Index(fields=["account", "kling_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.what} on {self.account}"

    @classmethod
    @transaction.atomic
    def ask(cls, what: ElementVersion | Voice, *, account: Account, by: User | None) -> Creation:
        """Have it made on an account: there already, under way, or waiting from here on.

        What failed is asked for again. A voice bound to an element is asked for with it. Raises
        NotAllowedNow where the account offers no library, or is off, or the entry was removed or
        is known by an id alone.
        """
        check_in_library(what)
        _lock(account)
        row = cls.objects.filter(account=account, **{_field(what): what}).first()
        if row is not None:
            if row.status == S.FAILED:
                row.retry(by=by)
            return row
        check_may_ask(what, account)
        if what.is_preset:
            return cls._adopt(what, account, by)
        _ask_for_voice(what, account, by)
        row = cls.objects.create(
            account=account, external_task_id=_new_name(), asked_by=by, **{_field(what): what}
        )
        say(row, "creation.asked", by)
        return row

    @classmethod
    @transaction.atomic
    def know(cls, what: ElementVersion | Voice, *, account: Account, kling_id: str) -> Creation:
        """It is on the account under an id that somebody typed or Kling lists. Raises NotAllowedNow
        where another entry of the library has that id there, or this one has another.
        """
        _lock(account)
        field = _field(what)
        other = _entry_with(kling_id, field, account)
        if other is not None and other.entry_key != what.entry_key:
            words = _("%(name)s has this id already. Nothing was added.")
            raise NotAllowedNow(words % {"name": other.what}, "twice")
        row, made = cls.objects.get_or_create(
            account=account,
            **{field: what},
            defaults={"status": S.READY, "kling_id": kling_id, "next_at": None,
                      "ended_at": timezone.now()},
        )  # fmt: skip
        if not made and row.kling_id != kling_id:
            words = _("%(name)s is on %(account)s under another id. Nothing was changed.")
            raise NotAllowedNow(words % {"name": what, "account": account}, "another_id")
        return row

    @transaction.atomic
    def retry(self, *, by: User | None) -> None:
        """Ask again for what failed. What Kling may have after all is looked for first."""
        _lock(self.account)
        row = Creation.objects.select_for_update(no_key=True).get(pk=self.pk)
        if row.status != S.FAILED:
            raise NotAllowedNow(
                _("This did not fail, so there is nothing to try again. Nothing was changed."),
                "not_failed",
            )
        check_may_ask(row.what, row.account)
        _ask_for_voice(row.what, row.account, by)
        to = S.UNCERTAIN if row.is_unanswered else S.QUEUED
        now = timezone.now()
        values: dict[str, Any] = {
            "asked_at": now, "begun_at": None, "asked_by": by, "ended_at": None, "attempts": 0,
            "absences": 0, "kling_task_id": "", **_told("", "", ""),
        }  # fmt: skip
        if not row.is_unanswered:  # Kling never takes a name twice
            values["external_task_id"] = _new_name()
        row._write(to, 0.0, values)
        say(row, "creation.asked", by)
        self.refresh_from_db()

    @property
    def what(self) -> ElementVersion | Voice:
        """The element's version or the voice that is made."""
        thing = self.version or self.voice
        assert thing is not None  # noqa: S101  (a constraint of the table)
        return thing

    @property
    def entry_key(self) -> str:
        """The key of the element or the voice."""
        return self.what.entry_key

    @property
    def is_ready(self) -> bool:
        return self.status == S.READY

    @property
    def is_coming(self) -> bool:
        return self.status in COMING

    @property
    def has_failed(self) -> bool:
        return self.status == S.FAILED

    @property
    def is_over(self) -> bool:
        """It was begun an hour ago, and nobody goes on waiting."""
        begun = self.begun_at
        return begun is not None and timezone.now() - begun >= self.account.scaled(HOUR)

    def claim(self, owner: str) -> bool:
        """Take it for one step; False when another worker has it, or its hour is over.

        What a worker was sending when it ended is unclear from here on.
        """
        if not self._claim(owner, Creation.objects.due()):
            return False
        if self.is_over:
            # What Kling has, or may have, is looked for when somebody asks again.
            may_be_there = self.is_unanswered or self.status == S.MAKING
            words = words_when_over(self)
            told = {**_told(words, "", ""), "is_unanswered": may_be_there}
            self._end(S.FAILED, told, "creation.failed", words=words)
            return False
        if self.status == S.SENDING:
            return self.unclear()
        return True

    def claim_to_delete(self, owner: str) -> bool:
        """Take it to delete it at Kling; False when another worker has it, or it stays."""
        return self._claim(owner, Creation.objects.to_delete())

    def begin(self) -> bool:
        """Written before the first byte leaves: from here on Kling may have it. Keeps the claim.

        This and the following answer False when the row is no longer ours: stop, write nothing.
        They raise ValueError for a move not in CREATION_MOVES.
        """
        now = timezone.now()
        told = {"attempts": self.attempts + 1, "is_unanswered": True, "sent_at": now, "absences": 0}
        return self._move(S.SENDING, 0.0, told, keep_claim=True)

    def accepted(self, task_id: str, *, wait: float) -> bool:
        """Kling took it, or has it as it turns out; look again after `wait` seconds (scaled)."""
        told = {"kling_task_id": task_id, "is_unanswered": False, "words": ""}
        return self._move(S.MAKING, wait, told)

    def unclear(self, words: str = "", *, wait: float = 0.0) -> bool:
        """Nobody knows whether Kling took it. With no wait the claim is kept, to ask at once."""
        return self._move(S.UNCERTAIN, wait, {"words": words[:500]}, keep_claim=not wait)

    def absent(self, *, wait: float) -> bool:
        """Kling does not know its name, as far as this once tells: `absences` counts."""
        return self.wait(wait, absences=self.absences + 1)

    def queue_again(self, *, wait: float, words: str = "", code: str = "", said: str = "") -> bool:
        """It is not at Kling, which was busy or did not know it: send it after `wait` seconds."""
        told = {"is_unanswered": False, **_told(words, code, said)}
        return self._move(S.QUEUED, wait, told)

    def wait(self, seconds: float, **fields: Any) -> bool:
        """Same status, look again after so many seconds (scaled); ends the claim."""
        return self._update(self._values(seconds) | fields)

    def renew(self) -> bool:
        """Keep a long step's claim."""
        until = timezone.now() + self.account.scaled(LEASE_SECONDS)
        return self._update({"claimed_until": until})

    @transaction.atomic
    def ready(self, kling_id: str) -> bool:
        """Kling made it, under this id; it is deleted there if the library let go of it."""
        told = {"kling_id": kling_id, "is_unanswered": False, **_told("", "", "")}
        if not self._end(S.READY, told, "creation.ready"):
            return False
        # It has said so under the team's lock: a removal is over by now, or will find it ready.
        if Creation.objects.filter(pk=self.pk).let_go().exists():
            self.wait(0.0)
        return True

    def fail(self, words: str, *, code: str = "", said: str = "") -> bool:
        """It will not be made, and people read why; asking again is theirs to do."""
        told: dict[str, Any] = _told(words, code, said)
        if code or said:  # Kling has answered: it does not have it
            told["is_unanswered"] = False
        return self._end(S.FAILED, told, "creation.failed", words=words)

    def gone(self) -> bool:
        """It was deleted at Kling, or was not there any more."""
        return self._update(self._values(None) | {"gone_at": timezone.now()})

    def delete_later(self, *, wait: float) -> bool:
        """Kling did not delete it now; after a few tries nobody tries again."""
        values = self._values(wait) | {"deletes": self.deletes + 1}
        if self.deletes + 1 >= MOST_DELETES:
            values["next_at"] = None
        return self._update(values)

    @classmethod
    def _adopt(cls, what: ElementVersion | Voice, account: Account, by: User | None) -> Creation:
        """A preset is Kling's own: it is on every account at the same address, under one id."""
        known = what.creations.ready().filter(account__address=account.address).first()
        if known is None:
            words = _("%(name)s is a preset of another address. Nothing was changed. Choose one "
                      "of the presets of %(account)s.")  # fmt: skip
            raise NotAllowedNow(words % {"name": what, "account": account}, "preset_elsewhere")
        row = cls.know(what, account=account, kling_id=known.kling_id)
        say(row, "creation.ready", by)
        return row

    def _claim(self, owner: str, rows: CreationSet) -> bool:
        until = timezone.now() + self.account.scaled(LEASE_SECONDS)
        taken = (
            Creation.objects.filter(pk__in=rows.order_by().values("pk"))
            .filter(pk=self.pk, fence=self.fence)
            .update(
                claimed_by=owner,
                claimed_until=until,
                fence=F("fence") + 1,
                begun_at=Coalesce("begun_at", timezone.now()),
            )
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def _move(
        self, to: str, wait: float | None, fields: dict[str, Any], *, keep_claim: bool = False
    ) -> bool:
        """One legal move; `wait` seconds (scaled) until the next look, None for none."""
        if to not in CREATION_MOVES[self.status]:
            raise ValueError(f"{self.status} does not move to {to}")
        return self._write(to, wait, fields, keep_claim=keep_claim)

    def _write(
        self, to: str, wait: float | None, fields: dict[str, Any], *, keep_claim: bool = False
    ) -> bool:
        values = {} if keep_claim else self._values(wait)
        return self._update({**values, "status": to, "status_at": timezone.now(), **fields})

    @transaction.atomic
    def _end(self, to: str, fields: dict[str, Any], verb: str, **said: Any) -> bool:
        fields |= {"ended_at": timezone.now()}
        if not self._move(to, None, fields):
            return False
        say(self, verb, None, **said)
        return True

    def _values(self, wait: float | None) -> dict[str, Any]:
        """What ends a claim."""
        now = timezone.now()
        next_at = None if wait is None else now + self.account.scaled(wait)
        return {"next_at": next_at, "claimed_until": now, "claimed_by": ""}

    def _update(self, values: dict[str, Any]) -> bool:
        ours = Creation.objects.filter(pk=self.pk, status=self.status, fence=self.fence)
        if not ours.update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        return True


def _field(what: ElementVersion | Voice) -> str:
    return "voice" if what.entry_kind == "voice" else "version"


def _lock(account: Account) -> None:
    """Two who ask at once ask one after the other: under the lock that a team's history takes."""
    Team.objects.select_for_update(no_key=True).get(pk=account.team_id)


def _new_name() -> str:
    return f"{Installation.head()}-{uuid.uuid4().hex}"


def _entry_with(kling_id: str, field: str, account: Account) -> Creation | None:
    """What the library has on the account under this id."""
    path = "voice" if field == "voice" else "version__element"
    rows = Creation.objects.ready().on(account).filter(kling_id=kling_id)
    return rows.filter(**{f"{field}__isnull": False, f"{path}__removed_at": None}).first()


def _ask_for_voice(what: ElementVersion | Voice, account: Account, by: User | None) -> None:
    """The voice an element is to speak with has to be there first."""
    voice = what.bound_voice
    if voice is not None and not voice.is_removed:
        Creation.ask(voice, account=account, by=by)


def _told(words: str, code: str, said: str) -> dict[str, Any]:
    return {"words": words[:500], "code": code[:12], "said": said[:1000]}
