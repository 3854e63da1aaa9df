"""Generations: the row is the job. RELIABILITY A4 is its state machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.pricing import money_of, show_money, show_price, show_units
from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.crash import crash_point
from storyboard.models.events import Event, GivenUp, Released, Withdrawn
from storyboard.models.installation import Installation
from storyboard.models.moves import next_move, written
from storyboard.models.reviews import Order
from storyboard.models.standing import IllegalEvent, Move, Policy, Standing
from storyboard.models.statuses import FREED, HINTED, LEASE_SECONDS, LIVE, S, Status
from storyboard.models.teams import User

if TYPE_CHECKING:
    from storyboard.models.storyboards import Storyboard

# What a row keeps of Kling's answers while nothing is wrong.
NO_TROUBLE: dict[str, Any] = {
    "words": "",
    "kling_code": "",
    "kling_message": "",
    "kling_request_id": "",
}

_VERBS: dict[str, str] = {
    S.QUEUED: "generation.queued_again",
    S.SUBMITTING: "generation.sent",
    S.UNCERTAIN: "generation.became_unclear",
    S.RUNNING: "generation.accepted",
    S.FETCHING: "generation.succeeded",
    S.STORED: "generation.stored",
    S.FAILED: "generation.failed",
    S.REJECTED: "generation.refused",
    S.CANCELLED: "generation.withdrawn",
    S.HELD: "generation.held",
    S.LOST: "generation.lost",
}

_HINT = """UPDATE storyboard_generation
SET hinted_at = %s, next_at = CASE WHEN next_at < %s THEN next_at ELSE %s END
WHERE id = %s AND status IN (%s, %s, %s, %s)
"""


class Zombie(Exception):
    """The row moved on without us: stop, write nothing."""


class GenerationSet(models.QuerySet["Generation"]):
    def standing(self) -> GenerationSet:
        """Those that hold their take slot."""
        return self.exclude(status__in=FREED)

    def under_way(self) -> GenerationSet:
        """Those that go on by themselves; what is held waits for a person."""
        return self.filter(status__in=LIVE)

    def due(self) -> GenerationSet:
        """What a worker may claim now: waited long enough, held by nobody."""
        now = timezone.now()
        return self.filter(
            models.Q(status__in=LIVE) | models.Q(status=S.HELD, next_at__isnull=False),
            next_at__lte=now,
            lease_until__lte=now,
        ).order_by("next_at")

    def queue(self, order: Order, *, slot: int | None, by: User) -> Generation:
        """Write the intent to order one take (within the caller's transaction)."""
        free = order.free_slot()
        if free is None or (slot is not None and slot != free):
            raise NotAllowedNow(
                _("Take %(slot)s of this revision is already ordered. Nothing more was ordered.")
                % {"slot": slot or order.most_takes},
                "already_ordered",
            )
        before = order.generations.filter(take_slot=free).order_by("-pk").first()
        row = Generation(order=order, take_slot=free, account=order.account, retry_of=before)
        row.freeze_request()
        row.ordered_by = by
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as refused:  # two at once: the constraint lets one through
            raise NotAllowedNow(_("This take is already ordered."), "already_ordered") from refused
        row.say(
            "generation.ordered", by=by, slot=free,
            price=show_price(order.money_milli, known=order.has_price),
            money_milli=order.money_milli if order.has_price else None,
        )  # fmt: skip
        return row


class Generation(Keyed):
    """One intended charge: one order to Kling for one take of an approved revision."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="generations")
    take_slot = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="generations")
    retry_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    ordered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)

    external_task_id = models.CharField(max_length=64, unique=True)
    endpoint = models.CharField(max_length=20)
    body = models.JSONField()
    units_milli = models.PositiveBigIntegerField()
    money_milli = models.PositiveBigIntegerField()
    callback_sha256 = models.CharField(max_length=64, unique=True)

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    fence = models.PositiveIntegerField(default=0)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(default=timezone.now)
    next_at = models.DateTimeField(default=timezone.now, null=True, db_index=True)
    status_at = models.DateTimeField(default=timezone.now)
    # When it was first found that it cannot be sent yet.
    waits_since = models.DateTimeField(null=True, blank=True)
    crash_count = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=20, blank=True)
    # What a person is told, and Kling's own words apart.
    words = models.CharField(max_length=500, blank=True)
    kling_code = models.CharField(max_length=12, blank=True)
    kling_message = models.CharField(max_length=1000, blank=True)
    kling_request_id = models.CharField(max_length=80, blank=True)

    post_count = models.PositiveSmallIntegerField(default=0)
    last_post_at = models.DateTimeField(null=True, blank=True)
    absent_count = models.PositiveSmallIntegerField(default=0)
    absent_first_at = models.DateTimeField(null=True, blank=True)

    kling_task_id = models.CharField(max_length=64, blank=True)
    kling_status = models.CharField(max_length=20, blank=True)
    kling_updated_ms = models.PositiveBigIntegerField(default=0)
    final_units_milli = models.PositiveBigIntegerField(null=True, blank=True)
    result_expires_at = models.DateTimeField(null=True, blank=True)
    hinted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = GenerationSet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["order", "take_slot"],
                condition=~models.Q(status__in=["failed", "rejected", "cancelled"]),
                name="one_generation_per_take_slot",
            ),
            models.UniqueConstraint(
                fields=["account", "kling_task_id"],
                condition=~models.Q(kling_task_id=""),
                name="one_generation_per_kling_task",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "next_at"])]

    def __str__(self) -> str:
        return f"Generation {self.key} ({self.status})"

    def freeze_request(self) -> None:
        """Give the row its lasting name at Kling and the exact body it will send."""
        self.external_task_id = f"{Installation.head()}-{uuid.uuid4().hex}"
        self.endpoint = self.order.endpoint
        self.body = self.order.revision.brief.payload(lambda ref: f"sha256:{ref.sha256}")
        self.units_milli, self.money_milli = self.order.units_milli, self.order.money_milli
        self.callback_sha256 = hashlib.sha256(self.callback_token.encode()).hexdigest()

    @property
    def callback_token(self) -> str:
        """43 characters, derived from the installation's secret, so only their hash is kept."""
        seed = f"callback:{self.external_task_id}".encode()
        raw = hmac.new(settings.SECRET_KEY.encode(), seed, hashlib.sha256).digest()
        return _urlsafe(raw)

    @transaction.atomic
    def claim(self, owner: str) -> bool:
        """Take the row for one step; False when another worker has it or it is not due."""
        taken = (
            Generation.objects.due()
            .filter(pk=self.pk, fence=self.fence)
            .order_by()
            .update(
                lease_owner=owner,
                lease_until=timezone.now() + self.account.scaled(LEASE_SECONDS),
                fence=models.F("fence") + 1,
                # an owner still written here never ended its step: it died
                crash_count=models.F("crash_count") + (1 if self.lease_owner else 0),
            )
        )
        if taken:
            self.refresh_from_db()
            crash_point("claim.before_commit")
        return bool(taken)

    def renew(self) -> None:
        """Keep a long step's lease; raises Zombie when it is no longer ours."""
        self._update(lease_until=timezone.now() + self.account.scaled(LEASE_SECONDS))

    def apply(self, move: Move, **facts: Any) -> None:
        """Write a decision, with what else was learnt: conditional on status, fence and owner.

        A move appends its activity, a stay does not. Raises Zombie when the row moved on without
        us, ValueError for a move not in MOVES.
        """
        values = written(self.status, move, self.policy, timezone.now())
        values |= facts
        if move.to == self.status:
            self._update(**values)
        else:
            self._write_a_move(move.to, values)

    def move(
        self, to: str, *, wait: float | None = 0.0, keep_lease: bool = False, **fields: Any
    ) -> None:
        """One transition that is decided already; `wait` seconds (scaled) until the next look."""
        if to == self.status:
            raise ValueError(f"{self.status} does not move to {to}")
        self.apply(Move(to, wait, fields=fields, keeps_lease=keep_lease))

    def stay(self, *, wait: float, **fields: Any) -> None:
        """Same status, look again after `wait` seconds (scaled); ends the lease."""
        self.apply(Move(self.status, wait, fields=fields))

    def next_move(self, event: Event, policy: Policy | None = None) -> Move:
        """What becomes of it now that this has happened. Raises IllegalEvent."""
        return next_move(self.standing, event, policy or self.policy, timezone.now())

    @property
    def standing(self) -> Standing:
        """What decides about its next move, as this row was read."""
        return Standing.of(self)

    @property
    def policy(self) -> Policy:
        return self.policy_by(self.account)

    def policy_by(self, account: Account) -> Policy:
        """What its account allows, as that was read.

        Another key may open another account at Kling, whose "not found" says nothing of the first.
        """
        sent_at = self.last_post_at or self.status_at
        return Policy(
            refuses_duplicates=account.dialect.duplicate_policy == "refuses",
            has_another_key=self.post_count > 0 and account.key_set_at >= sent_at,
            scale=account.time_scale,
        )

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Only before anything was sent, and while no worker is about to."""
        try:
            self._lock()
            if self.lease_until > timezone.now():
                raise IllegalEvent("a worker has it")
            self._decide(Withdrawn(), "generation.withdrawn", by, money_milli=0)
        except IllegalEvent as refused:
            raise NotAllowedNow(
                _("The order is already on its way to Kling, and Kling cannot cancel it."),
                "already_sent",
            ) from refused

    @transaction.atomic
    def release(self, *, by: User) -> None:
        """A person lets a held order go on: to the queue if nothing was sent, else ask Kling."""
        self._lock()
        if self.status != Status.HELD:
            return
        if self.hold_reason in ("account", "no_answer"):
            Account.objects.get(pk=self.account_id).resume(by=by)
        self._decide(Released(), "generation.released", by, **NO_TROUBLE)

    @transaction.atomic
    def give_up(self, *, by: User) -> None:
        """A person no longer waits for a held order.

        What was never sent is withdrawn. What Kling may have counts as spent, is asked for daily,
        and comes home if it was made.
        """
        self._lock()
        if self.status == Status.HELD and not self.standing.may_be_paid:
            self._decide(Released(), "generation.released", by)
            self._decide(Withdrawn(), "generation.withdrawn", by, money_milli=0)
            return
        try:
            self._decide(GivenUp(), "generation.given_up", by)
        except IllegalEvent as refused:
            raise NotAllowedNow(
                _("This order is not held any more, or was given up before. Nothing was changed."),
                "not_held",
            ) from refused

    @staticmethod
    def hint(pk: int) -> bool:
        """Kling knocked: look soon. False where nothing is waited for, and nothing was changed."""
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_HINT, [now, now, now, pk, *HINTED])
            return bool(cursor.rowcount)

    def say(self, verb: str, *, by: User | None, **data: Any) -> None:
        revision = self.order.revision
        Activity.append(
            verb,
            by=by,
            storyboard=self.storyboard,
            revision=revision.number,
            revision_key=revision.key,
            generation=self.key,
            **data,
        )

    @property
    def storyboard(self) -> Storyboard:
        return self.order.revision.storyboard

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def has_price(self) -> bool:
        """Whether the list had a price when this was approved."""
        return self.units_milli > 0

    @property
    def counted_otherwise(self) -> str:
        """How Kling's own count differs from the price approved; empty when it does not."""
        if self.final_units_milli is None or self.final_units_milli == self.units_milli:
            return ""
        if not self.has_price:
            return _("The price was unknown; by the list this is %(sum)s.") % {
                "sum": show_money(self.charged_milli)
            }
        more = self.final_units_milli - self.units_milli
        words = _("%(n)s more than approved.") if more > 0 else _("%(n)s less than approved.")
        return words % {"n": show_units(abs(more))}

    @property
    def charged_milli(self) -> int:
        """What it came to: Kling's own count at the order's rate, or the list's where the order
        had no price. Where Kling names none, the price ordered; for an order that ended without
        a film nothing, as far as known."""
        if self.final_units_milli is not None and self.units_milli:
            return -(-self.final_units_milli * self.money_milli // self.units_milli)
        if self.final_units_milli is not None:
            return money_of(self.final_units_milli)
        return 0 if self.status in FREED else self.money_milli

    def _lock(self) -> None:
        """A person decides by what stands now, and no worker in between."""
        self.refresh_from_db(from_queryset=Generation.objects.select_for_update(no_key=True))

    def _decide(self, event: Event, verb: str, by: User, **facts: Any) -> None:
        """A person's word on a locked row; whoever holds its lease finds it taken away."""
        before, money_milli = self.status, facts.pop("money_milli", None)
        move = self.next_move(event)
        self._update(**written(before, move, self.policy, timezone.now()), **facts)
        way = {} if move.to == before else {"before": before, "to": move.to}
        self.say(verb, by=by, money_milli=money_milli, **way)

    @transaction.atomic
    def _write_a_move(self, to: str, values: dict[str, Any]) -> None:
        before = self.status
        self._update(**values)
        own = self.kling_message if to in (Status.FAILED, Status.REJECTED) else ""
        ends_without_take = to in (Status.FAILED, Status.REJECTED, Status.LOST)
        cost = self.charged_milli if ends_without_take else None
        self.say(
            _VERBS[to], by=None, before=before, to=to, words=own or self.words, money_milli=cost
        )

    def _update(self, **values: Any) -> None:
        is_ours = Generation.objects.filter(
            pk=self.pk, status=self.status, fence=self.fence, lease_owner=self.lease_owner
        ).update(**values)
        if not is_ours:
            raise Zombie(self.key)
        for name, value in values.items():
            setattr(self, name, value)


def _urlsafe(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
