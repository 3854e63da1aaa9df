"""What was said to Kling and by Kling about a generation: the ledger of calls, and callbacks."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, ClassVar, NamedTuple

from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy

from storyboard.kling.reports import UnreadableAnswer, parse_callback
from storyboard.models.accounts import Account
from storyboard.models.crash import crash_point
from storyboard.models.generations import Generation
from storyboard.models.secrets import open_secret
from storyboard.models.statuses import HINTED

# Beyond this a knock is answered and forgotten: polling finds out by itself.
MOST_STORED_A_MINUTE = 60
# After the end a late knock is still heard for a week; then the address is dead.
ALIVE_AFTER_THE_END = timedelta(days=7)
# For this long a bell counts as on its way; the sweep rings for due rows each second anyhow.
ON_ITS_WAY = timedelta(seconds=10)
# The newest callbacks that are read for a hint.
MOST_READ = 5
# What nobody asks about any more: Kling itself keeps its results for 30 days.
KEPT = timedelta(days=90)
FORGET_AT_ONCE = 500
MOST_BATCHES = 10
# Wrongly signed knocks are kept so that owners see them: a few an hour, and their beginning.
MOST_REFUSED_AN_HOUR = 5
REFUSED_BYTES = 2000

# A burst of knocks is answered as fast as they are stored (`make bench`, P3), so their SQL is said
# once and nothing is built around it.
_ADDRESSEE = """SELECT generation.id,
    status IN (%s, %s, %s, %s) AND next_at <= %s AND lease_until <= %s AND hinted_at > %s,
    account.id, account.sealed_webhook_secret, account.callbacks_signed_at IS NOT NULL
FROM storyboard_generation AS generation
JOIN storyboard_account AS account ON account.id = generation.account_id
WHERE callback_sha256 = %s AND (ended_at IS NULL OR ended_at > %s)
"""
_STORE = """INSERT INTO storyboard_receipt
(generation_id, body, body_sha256, webhook_id, received_at, signature)
SELECT %s, %s, %s, %s, %s, %s
WHERE (
    SELECT COUNT(*) FROM storyboard_receipt
    WHERE generation_id = %s AND received_at > %s AND signature <> 'bad'
) < %s
ON CONFLICT DO NOTHING
"""


class Addressee(NamedTuple):
    """Whom a knock is for. `is_rung`: due already by an earlier knock, and nobody has begun yet.

    `signs`: a knock of this account has come rightly signed, so from then on each must be.
    """

    generation: int
    is_rung: bool
    account: int
    sealed_webhook_secret: bytes
    signs: bool

    @property
    def webhook_secret(self) -> str:
        """What the knock is to be signed with; "" where the account has none.

        Raises InvalidToken for a secret that this installation's key file does not open.
        """
        return open_secret(self.sealed_webhook_secret)

    def has_signed(self) -> None:
        """The first right signature of the account: unsigned knocks are over."""
        now = timezone.now()
        if not self.signs:
            rows = Account.objects.filter(pk=self.account, callbacks_signed_at=None)
            rows.update(callbacks_signed_at=now)


class Call(models.Model):
    """One request to Kling about a generation; the row of a POST is written before it leaves."""

    class Outcome(models.TextChoices):
        OPEN = "open", gettext_lazy("No answer yet")
        ACCEPTED = "accepted", gettext_lazy("Accepted")
        REFUSED = "refused", gettext_lazy("Refused")
        PRESENT = "present", gettext_lazy("Found")
        ABSENT = "absent", gettext_lazy("Not found")
        UNKNOWN = "unknown", gettext_lazy("Unclear")

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="calls")
    fence = models.PositiveIntegerField()
    verb = models.CharField(max_length=8)
    sent_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    http = models.PositiveSmallIntegerField(null=True, blank=True)
    code = models.CharField(max_length=12, blank=True)
    request_id = models.CharField(max_length=80, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.OPEN)

    def __str__(self) -> str:
        return f"{self.verb} {self.outcome}"

    def answered(
        self, outcome: str, *, http: int | None = None, code: object = "", request_id: str = ""
    ) -> None:
        self.answered_at = timezone.now()
        self.outcome, self.http = outcome, http
        self.code, self.request_id = str(code or "")[:12], request_id[:80]
        self.save(update_fields=["answered_at", "outcome", "http", "code", "request_id"])


class Receipt(models.Model):
    """A callback as it came: stored raw, believed never, forgotten after 90 days.

    One with a bad signature was answered 401: it was no knock, and only its beginning is kept.
    """

    class Signature(models.TextChoices):
        VALID = "valid", gettext_lazy("Valid signature")
        ABSENT = "absent", gettext_lazy("Not signed")
        UNCHECKED = "unchecked", gettext_lazy("Signature not checked")
        BAD = "bad", gettext_lazy("Not rightly signed")

    generation = models.ForeignKey(Generation, on_delete=models.CASCADE, related_name="receipts")
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    webhook_id = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    # Empty for one that came before signatures were noted.
    signature = models.CharField(max_length=9, choices=Signature, blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            # A forged one must not keep out the true one with the same body.
            models.UniqueConstraint(
                fields=["generation", "body_sha256"],
                condition=~models.Q(signature="bad"),
                name="one_receipt_per_body",
            ),
            models.UniqueConstraint(
                fields=["generation", "webhook_id"],
                condition=~models.Q(webhook_id=""),
                name="one_receipt_per_webhook_id",
            ),
        ]

    def __str__(self) -> str:
        return f"Callback {self.received_at:%Y-%m-%d %H:%M:%S}"

    @staticmethod
    def addressee(callback_sha256: str) -> Addressee | None:
        """Whom this token calls; one read, no lock.

        None for a token nobody has, and for one whose generation ended a week ago.
        """
        now = timezone.now()
        at = _moment(now)
        moments = [at, at, _moment(now - ON_ITS_WAY)]
        ended_since = _moment(now - ALIVE_AFTER_THE_END)
        with connection.cursor() as cursor:
            cursor.execute(_ADDRESSEE, [*HINTED, *moments, callback_sha256, ended_since])
            row = cursor.fetchone()
        if row is None:
            return None
        generation, is_rung, account, secret, signs = row
        return Addressee(generation, bool(is_rung), account, bytes(secret), bool(signs))

    @staticmethod
    @transaction.atomic
    def keep(
        generation: int,
        body: bytes,
        *,
        webhook_id: str = "",
        is_rung: bool = False,
        signature: str = Signature.ABSENT,
    ) -> bool:
        """Store the knock and make the row due; whether a worker is to be woken for it.

        A repeated body or webhook id and what is beyond MOST_STORED_A_MINUTE change nothing; with
        `is_rung` the row is due already.
        """
        now = timezone.now()
        sha256 = hashlib.sha256(body).hexdigest()
        row = [generation, body, sha256, webhook_id[:80], _moment(now), str(signature)]
        a_minute_ago = _moment(now - timedelta(minutes=1))
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [*row, generation, a_minute_ago, MOST_STORED_A_MINUTE])
            is_new = cursor.rowcount == 1
        is_hinted = is_new and not is_rung and Generation.hint(generation)
        crash_point("receipt.before_commit")
        return is_hinted

    @classmethod
    def keep_refused(cls, generation: int, body: bytes) -> None:
        """Note a wrongly signed knock for owners to see; nothing is woken and no row changes."""
        now = timezone.now()
        refused = cls.objects.filter(generation=generation, signature=cls.Signature.BAD)
        recent = refused.filter(received_at__gt=now - timedelta(hours=1))
        if recent.count() < MOST_REFUSED_AN_HOUR:
            cls.objects.create(
                generation_id=generation,
                body=body[:REFUSED_BYTES],
                body_sha256=hashlib.sha256(body).hexdigest(),
                received_at=now,
                signature=cls.Signature.BAD,
            )

    @classmethod
    def forget_old(cls) -> int:
        """Delete those older than 90 days, the oldest first and not all at once; how many it were.

        Each batch is a transaction of its own, so that nobody waits for it; call it now and then.
        """
        forgotten = 0
        for _batch in range(MOST_BATCHES):
            forgotten += (number := cls._forget_batch())
            if number < FORGET_AT_ONCE:
                break
        return forgotten

    @classmethod
    def _forget_batch(cls) -> int:
        """They are found by their number, which rises with time: no index is kept for it."""
        limit = timezone.now() - KEPT
        oldest = cls.objects.order_by("pk").values_list("pk", "received_at")[:FORGET_AT_ONCE]
        old = [pk for pk, received_at in oldest if received_at < limit]
        return cls.objects.filter(pk__in=old).delete()[0] if old else 0

    @classmethod
    def task_id_told(cls, generation: Generation) -> str:
        """The task id of the newest readable callback; "" for none. A hint, never a fact.

        An id that another generation of the account holds already is nobody's news.
        """
        heard = cls.objects.filter(generation=generation).exclude(signature=cls.Signature.BAD)
        for receipt in heard.order_by("-pk")[:MOST_READ]:
            try:
                report = parse_callback(bytes(receipt.body))
            except UnreadableAnswer:
                continue
            if report.external_task_id not in (None, generation.external_task_id):
                continue
            others = Generation.objects.filter(account=generation.account_id)
            if not others.filter(kling_task_id=report.task_id).exists():
                return report.task_id
        return ""


def _moment(at: datetime) -> Any:
    """A moment as this database takes it in SQL of our own."""
    return connection.ops.adapt_datetimefield_value(at)
