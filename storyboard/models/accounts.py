"""A team's accounts: contracts with Kling or a gateway, and what is known of each."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.profiles import OFFICIAL, PROFILES, Profile
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.secrets import open_secret, seal_secret

if TYPE_CHECKING:
    from storyboard.models.teams import User

# Seconds a test waits for a worker and for Kling; after them nobody waits for its outcome.
TEST_WITHIN = 90.0


class Account(Keyed):
    """A team's contract with Kling or a gateway: profile, address, credential, slots.

    `sealed_credential` holds an API key, or for a pair `<access key>:<secret key>`. Profile and
    address stay as they were added, because approvals are bound to them.
    """

    class Auth(models.TextChoices):
        KEY = "key", gettext_lazy("API key")
        PAIR = "pair", gettext_lazy("Access key and secret key")

    class Reading(models.TextChoices):
        MAP = "map", gettext_lazy("The public map of models")
        DOCUMENTS = "documents", gettext_lazy("The documents alone")

    class State(models.TextChoices):
        OFF = "off", gettext_lazy("Switched off")
        TRIPPED = "tripped", gettext_lazy("Stopped")
        UNREACHABLE = "unreachable", gettext_lazy("Cannot be reached")
        REFUSED = "refused", gettext_lazy("Test failed")
        UNSURE = "unsure", gettext_lazy("Answers, key not proved")
        ANSWERS = "answers", gettext_lazy("Answers")
        UNTESTED = "untested", gettext_lazy("Not tested yet")

    team = models.ForeignKey("Team", on_delete=models.CASCADE, related_name="accounts")
    name = models.CharField(max_length=80)
    profile = models.CharField(max_length=32, default="official")
    address = models.CharField(max_length=200)
    auth = models.CharField(max_length=4, choices=Auth, default=Auth.KEY)
    sealed_credential = models.BinaryField(default=bytes, editable=False)
    key_set_at = models.DateTimeField(default=timezone.now)
    sealed_webhook_secret = models.BinaryField(default=bytes, editable=False)
    # When a callback first came rightly signed: from then on an unsigned one is refused.
    callbacks_signed_at = models.DateTimeField(null=True, blank=True)
    slots = models.PositiveSmallIntegerField(default=5)
    reading = models.CharField(max_length=9, choices=Reading, default=Reading.MAP)
    follows_end_frame_change = models.BooleanField(default=False)
    # Kling fetches pictures by address, where there is a PUBLIC_URL; else it gets their bytes.
    lends_pictures = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The breaker: Kling does not answer (unreachable), or says no to the account (tripped).
    failures = models.PositiveIntegerField(default=0)
    unreachable_since = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    tripped_at = models.DateTimeField(null=True, blank=True)
    tripped_words = models.CharField(max_length=500, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    learned_slots = models.PositiveSmallIntegerField(null=True, blank=True)
    # The last test: when it was asked for, when a worker took it, when it ended and how (None: it
    # answers, but nobody can tell whether it takes the key). `tested_packs` is a list of
    # {"name", "state", "left_milli", "total_milli", "until"}, as Kling tells of them.
    test_asked_at = models.DateTimeField(null=True, blank=True)
    test_begun_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    tested_ok = models.BooleanField(null=True, blank=True)
    tested_words = models.CharField(max_length=500, blank=True)
    tested_packs = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name

    def set_credential(self, credential: str) -> None:
        """Store it sealed; it is never shown again. What a test of the old one said is gone."""
        self.sealed_credential = seal_secret(credential)
        self.key_set_at = timezone.now()
        self.tripped_at, self.tripped_words = None, ""
        self._forget_test()
        self.save(
            update_fields=[
                "sealed_credential", "auth", "key_set_at", "tripped_at", "tripped_words",
                *_OF_A_TEST,
            ]
        )  # fmt: skip

    @transaction.atomic
    def replace_credential(
        self, credential: str, *, by: User | None, auth: Literal["key", "pair"] | None = None
    ) -> None:
        """A new key for the same contract: approvals stay, a tripped account goes on."""
        # An order is sent under this lock: it went before `key_set_at`, or goes with the new key.
        Account.objects.select_for_update(no_key=True).get(pk=self.pk)
        self.auth = auth or self.auth
        self.set_credential(credential)
        Activity.append("account.key_replaced", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def set_webhook_secret(self, secret: str, *, by: User | None) -> None:
        """What callbacks are signed with. From the first that is rightly signed on, each must be;
        one wrongly signed is refused at once."""
        self.sealed_webhook_secret = seal_secret(secret)
        self.callbacks_signed_at = None
        self.save(update_fields=["sealed_webhook_secret", "callbacks_signed_at"])
        Activity.append("account.webhook_secret_set", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def remove_webhook_secret(self, *, by: User) -> None:
        if not self.has_webhook_secret:
            return
        self.sealed_webhook_secret = b""
        self.save(update_fields=["sealed_webhook_secret"])
        Activity.append("account.webhook_secret_removed", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def rewrite(
        self, *, by: User, name: str, slots: int, reading: str, follows_end_frame_change: bool,
        lends_pictures: bool | None = None,
    ) -> None:  # fmt: skip
        """Write what differs; orders already approved are not touched by any of it."""
        told = {
            "lends_pictures": self.lends_pictures if lends_pictures is None else lends_pictures,
            "name": name,
            "slots": slots,
            "reading": reading,
            "follows_end_frame_change": follows_end_frame_change,
        }
        changed = [field for field, value in told.items() if getattr(self, field) != value]
        if not changed:
            return
        before = self.name
        for field in changed:
            setattr(self, field, told[field])
        self.save(update_fields=changed)
        Activity.append(
            "account.changed", by=by, team=self.team, name=before, fields=", ".join(changed)
        )

    @transaction.atomic
    def switch_off(self, *, by: User) -> None:
        """Nothing more is ordered with it. Refused while an order of it is under way."""
        if self.closed_at is not None:
            return
        if self.generations.under_way().exists():
            raise NotAllowedNow(
                _(
                    "An order of this account is under way. The account stays on. Switch it off "
                    "when the take is there, or withdraw the order first."
                ),
                "under_way",
            )
        self.closed_at = timezone.now()
        self.save(update_fields=["closed_at"])
        Activity.append("account.switched_off", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def switch_on(self, *, by: User) -> None:
        if self.closed_at is not None:
            self.closed_at = None
            self.save(update_fields=["closed_at"])
            Activity.append("account.switched_on", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def resume(self, *, by: User) -> None:
        """A person has looked at what Kling refused: order with the account again."""
        if self.tripped_at is not None:
            self.tripped_at, self.tripped_words = None, ""
            self.save(update_fields=["tripped_at", "tripped_words"])
            Activity.append("account.resumed", by=by, team=self.team, name=self.name)

    @transaction.atomic
    def remove(self, *, by: User) -> None:
        """Take it away with its key; what chose it falls back to the team's default."""
        if self.has_ordered:
            raise NotAllowedNow(
                _(
                    "An account that has orders stays, because takes and history point to it. "
                    "Nothing was removed. Switch it off instead."
                ),
                "has_ordered",
            )
        if self.keeps_creations:
            raise NotAllowedNow(
                _(
                    "Elements or voices of the library lie on this account at Kling and are "
                    "deleted there with its key alone. Nothing was removed. Take them out of the "
                    "library first, or switch the account off."
                ),
                "keeps_creations",
            )
        Activity.append("account.removed", by=by, team=self.team, name=self.name)
        self.delete()

    @transaction.atomic
    def ask_test(self, *, by: User) -> None:
        """Note that somebody wants to know whether it answers; a worker finds out."""
        self._forget_test()
        self.test_asked_at = timezone.now()
        self.save(update_fields=[*_OF_A_TEST])
        Activity.append("account.test_asked", by=by, team=self.team, name=self.name)

    @classmethod
    def tests_due(cls, *, unheard_for: float) -> models.QuerySet[Account]:
        """Tests asked for and begun by nobody for some seconds, while somebody still waits."""
        now = timezone.now()
        return cls.objects.filter(
            test_asked_at__gt=now - timedelta(seconds=TEST_WITHIN),
            test_asked_at__lte=now - timedelta(seconds=unheard_for),
            test_begun_at=None,
            tested_at=None,
        )

    def begin_test(self) -> bool:
        """Take the test that was asked for; False when another worker has it."""
        waiting = Account.objects.filter(
            pk=self.pk, test_asked_at=self.test_asked_at, test_begun_at=None, tested_at=None
        )
        return self.is_being_tested and bool(waiting.update(test_begun_at=timezone.now()))

    @transaction.atomic
    def record_test(self, *, ok: bool | None, words: str, packs: list[dict[str, Any]]) -> None:
        """What a test found, unless another was asked for or the key was replaced meanwhile."""
        asked_at = self.test_asked_at
        written = Account.objects.filter(pk=self.pk, test_asked_at=asked_at, tested_at=None).update(
            tested_at=timezone.now(), tested_ok=ok, tested_words=words[:500], tested_packs=packs
        )
        if written:
            Activity.append(
                "account.test_failed" if ok is False else "account.tested",
                by=None, team=self.team, name=self.name, words=words,
            )  # fmt: skip

    def check_is_on(self) -> None:
        """NotAllowedNow for an account that is switched off."""
        if self.closed_at is not None:
            raise NotAllowedNow(
                _(
                    "The account %(name)s is switched off. Nothing was sent and everything is "
                    "kept. An owner switches it on, or chooses another account."
                )
                % {"name": self.name},
                "account_off",
            )

    def _forget_test(self) -> None:
        self.test_asked_at = self.test_begun_at = self.tested_at = self.tested_ok = None
        self.tested_words, self.tested_packs = "", []

    @property
    def credential(self) -> str:
        return open_secret(bytes(self.sealed_credential))

    @property
    def webhook_secret(self) -> str:
        """What callbacks are signed with; "" when they are not."""
        return open_secret(bytes(self.sealed_webhook_secret))

    @property
    def has_webhook_secret(self) -> bool:
        return bool(self.sealed_webhook_secret)

    @property
    def has_ordered(self) -> bool:
        return self.orders.exists() or self.generations.exists()

    @property
    def keeps_creations(self) -> bool:
        """Whether Kling has, or may have, entries under this account that we asked it to make."""
        made = self.creations.filter(gone_at=None).exclude(external_task_id="")
        return made.exclude(status="failed", is_unanswered=False).exists()

    @property
    def dialect(self) -> Profile:
        """Its profile, with what this account follows of the change of 2026-05-07."""
        profile = PROFILES[self.profile]
        if self.follows_end_frame_change and not profile.end_frame_with_shots:
            return replace(profile, end_frame_with_shots=True)
        return profile

    @property
    def rules(self) -> Literal["documents", "map"]:
        """The reading its briefs are held to."""
        return "documents" if self.reading == self.Reading.DOCUMENTS else "map"

    @property
    def is_simulator(self) -> bool:
        """Its address is loopback."""
        host = urlsplit(self.address).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @property
    def state(self) -> State:
        """What people should know of it first."""
        if self.closed_at is not None:
            return self.State.OFF
        if self.tripped_at is not None:
            return self.State.TRIPPED
        if self.unreachable_since is not None:
            return self.State.UNREACHABLE
        if self.tested_at is None:
            return self.State.UNTESTED
        return _AFTER_A_TEST[self.tested_ok]

    @property
    def is_being_tested(self) -> bool:
        return self.test_asked_at is not None and self.tested_at is None and not self._test_is_late

    @property
    def test_went_unanswered(self) -> bool:
        """A test was asked for and no worker told its outcome in time."""
        return self.test_asked_at is not None and self.tested_at is None and self._test_is_late

    @property
    def _test_is_late(self) -> bool:
        asked = self.test_asked_at
        return asked is not None and timezone.now() - asked > timedelta(seconds=TEST_WITHIN)

    @property
    def time_scale(self) -> float:
        """What divides the durations of the machine: TIME_SCALE, for a loopback account only."""
        return settings.TIME_SCALE if self.is_simulator else 1.0

    def scaled(self, seconds: float) -> timedelta:
        """A duration of the machine."""
        return timedelta(seconds=seconds / self.time_scale)

    def free_slots_limit(self) -> int:
        """How many tasks may be in flight now (a recent 1303 lowers it for a while)."""
        if self.learned_slots and self.busy_until and self.busy_until > timezone.now():
            return min(self.slots, self.learned_slots)
        return self.slots


_OF_A_TEST = (
    "test_asked_at", "test_begun_at", "tested_at", "tested_ok", "tested_words", "tested_packs",
)  # fmt: skip
_AFTER_A_TEST = {
    True: Account.State.ANSWERS,
    False: Account.State.REFUSED,
    None: Account.State.UNSURE,
}


def usual_reading(profile: str) -> Account.Reading:
    """The map is about the official service; a gateway is held to its own documents."""
    return Account.Reading.MAP if profile == OFFICIAL.name else Account.Reading.DOCUMENTS
