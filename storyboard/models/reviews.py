"""Frozen revisions, what they would order, and who said yes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.kling.brief import Brief, Problem
from storyboard.kling.pricing import Quote, quote
from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import Keyed, NotAllowedNow
from storyboard.models.binding import fingerprint_today
from storyboard.models.crash import crash_point
from storyboard.models.library import Mask, Picture
from storyboard.models.painting import masks_by_sha256
from storyboard.models.storyboards import Storyboard
from storyboard.models.teams import User

if TYPE_CHECKING:
    from storyboard.models.generations import Generation

MOST_TAKES = 4


class NotReady(NotAllowedNow):
    """The draft has problems; nothing was frozen."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            _("The storyboard is not ready to send. Nothing was frozen; what you typed is kept."),
            "not_ready",
        )
        self.problems = problems


class Revision(Keyed):
    """A numbered, frozen brief; never edited."""

    storyboard = models.ForeignKey(Storyboard, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    brief_json = models.JSONField()
    first_frame = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_frame = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("number",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["storyboard", "number"], name="revision_number_once")
        ]

    def __str__(self) -> str:
        return f"Revision {self.number}"

    @property
    def brief(self) -> Brief:
        return Brief.from_dict(self.brief_json)

    def frames(self) -> dict[str, Picture | None]:
        """The stored stills by their fields in the create body."""
        return {"image": self.first_frame, "image_tail": self.end_frame}

    def masks(self) -> dict[str, Mask]:
        """The stored masks of its motion brush by the SHA-256 the brief names them by."""
        return masks_by_sha256(self.brief.brush, team_id=self.storyboard.project.team_id)

    @property
    def order(self) -> Order:
        """The one order of a revision (a draft-to-final ladder has two, later)."""
        return self.orders.all()[0]

    @transaction.atomic
    def withdraw(self, *, by: User) -> None:
        """Take back a review nobody has decided; the draft stays."""
        review = Review.objects.select_for_update(no_key=True).get(revision=self)
        if review.state != Review.State.OPEN:
            raise NotAllowedNow(
                _("This review is decided, so it cannot be withdrawn. Edit the draft instead."),
                "review.decided",
            )
        review.close(Review.State.WITHDRAWN)
        Activity.append(
            "revision.withdrawn", by=by, storyboard=self.storyboard, revision=self.number,
            revision_key=self.key,
        )  # fmt: skip

    def generate(self, *, by: User, slot: int | None = None) -> Generation:
        """Order one take; see Order.generate."""
        return self.order.generate(by=by, slot=slot)

    def generate_at_unknown_price(self, *, by: User, slot: int | None = None) -> Generation:
        """Order one take whose price nobody knows; see Order.generate_at_unknown_price."""
        return self.order.generate_at_unknown_price(by=by, slot=slot)


class FrozenShot(models.Model):
    """A shot as the revision froze it, under the shot's lasting key."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="shots")
    shot_key = models.CharField(max_length=22, db_index=True)
    position = models.PositiveSmallIntegerField()
    prompt = models.TextField()
    seconds = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"Shot {self.position}"


class Order(Keyed):
    """What a revision would ask of Kling: the exact body, its price, its fingerprint."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="orders")
    position = models.PositiveSmallIntegerField(default=1)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="orders")
    most_takes = models.PositiveSmallIntegerField(default=1)
    form = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    units_milli = models.PositiveBigIntegerField()
    money_milli = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3, default="USD")
    priced_on = models.DateField()

    class Meta:
        ordering = ("position",)

    def __str__(self) -> str:
        return f"Order {self.fingerprint[:8]}"

    def generate(self, *, by: User, slot: int | None = None) -> Generation:
        """Order one take of exactly what was approved.

        `slot` is the take the person saw on the button: pressing it twice orders one.
        Raises NotAllowedNow when the review is not approved, the order no longer matches, the
        takes are used up, today's price is higher or nobody knows the price.
        """
        if not self.is_price_known:
            raise NotAllowedNow(
                _(
                    "The price list has no row for this order, so its price is unknown. Nothing "
                    "was ordered. An owner or a producer confirms that, then it can be ordered."
                ),
                "price_unknown",
            )
        return self._order_take(by, slot)

    def generate_at_unknown_price(self, *, by: User, slot: int | None = None) -> Generation:
        """Order one take although no list names its price; `by` has confirmed exactly that.

        Kept in the history. Whose word counts is for the caller: see access. Raises as generate.
        """
        return self._order_take(by, slot)

    def _order_take(self, by: User, slot: int | None) -> Generation:
        try:
            self.check_matches()
        except OSError as failed:
            raise NotAllowedNow(
                _("The first frame cannot be read: our storage does not answer. Nothing was "
                  "ordered. Generate again in a minute."),
                "no_storage",
            ) from failed  # fmt: skip
        with transaction.atomic():
            generation = self._queue_take(by, slot)
        crash_point("order.after_commit")
        return generation

    def _queue_take(self, by: User, slot: int | None) -> Generation:
        locked = Order.objects.select_for_update(no_key=True).get(pk=self.pk)
        locked.check_may_order()
        generation = locked.generations.queue(locked, slot=slot, by=by)
        if not locked.is_price_known:
            generation.say("generation.price_unknown_confirmed", by=by, slot=generation.take_slot)
        crash_point("order.before_commit")
        return generation

    def check_may_order(self) -> None:
        """Approved, not archived, its account on, and not dearer today than approved."""
        self.revision.storyboard.check_not_archived()
        self.account.check_is_on()
        if not self.revision.review.is_approved:
            raise NotAllowedNow(
                _("This revision is not approved. Nothing was ordered. Ask for a review first."),
                "not_approved",
            )
        now = self.price_today()
        if now.known and not self.has_price:
            raise NotAllowedNow(
                _(
                    "The price is known now and was not when this was approved. Nothing was "
                    "ordered. Send the storyboard for review again."
                ),
                "price_known",
            )
        if now.units_milli > self.units_milli or now.money_milli > self.money_milli:
            raise NotAllowedNow(
                _(
                    "The price rose since the approval. Nothing was ordered. "
                    "Send the storyboard for review again."
                ),
                "price_rose",
            )

    def check_matches(self) -> None:
        """What it is bound to is as it was approved, down to the bytes of the stored pictures.

        Raises NotAllowedNow, and OSError where the storage does not answer.
        """
        self._check_bound(Picture.stored_sha256)

    def check_described(self) -> None:
        """As check_matches, but taking the rows' word for the pictures: the storage is not asked.

        For a page to look at; what orders or sends calls check_matches. Raises NotAllowedNow.
        """
        self._check_bound(lambda picture: picture.sha256)

    def _check_bound(self, sha256_of: Callable[[Picture], str]) -> None:
        if fingerprint_today(self, sha256_of) != self.fingerprint:
            raise NotAllowedNow(
                _(
                    "Something this approval was bound to has changed since: the account, an "
                    "element, a voice or the stored picture. Nothing was ordered. Send the "
                    "storyboard for review again."
                ),
                "fingerprint",
            )

    @property
    def has_price(self) -> bool:
        """Whether the list had a row when this was approved: nothing on it is free."""
        return self.units_milli > 0

    @property
    def is_price_known(self) -> bool:
        """By the list at the approval and by today's."""
        return self.has_price and self.price_today().known

    def price_today(self) -> Quote:
        return quote(self.revision.brief)

    @property
    def endpoint(self) -> str:
        """`text2video` or `image2video`."""
        return self.revision.brief.endpoint

    def taken_slots(self) -> set[int]:
        """Takes ordered and not ended as failed, refused or withdrawn."""
        return set(self.generations.standing().values_list("take_slot", flat=True))

    def free_slot(self) -> int | None:
        """The next take that may be ordered, counted from 1; None when all are."""
        taken = self.taken_slots()
        return next((n for n in range(1, self.most_takes + 1) if n not in taken), None)


class Review(Keyed):
    """One round of asking about a revision."""

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("In review")
        APPROVED = "approved", gettext_lazy("Approved")
        CHANGES = "changes", gettext_lazy("Changes requested")
        WITHDRAWN = "withdrawn", gettext_lazy("Withdrawn")

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="review")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    waived = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Review of {self.revision}"

    @property
    def is_approved(self) -> bool:
        return self.state == self.State.APPROVED

    @transaction.atomic
    def approve(self, *, by: User) -> None:
        """One person's yes. Nobody approves their own revision, unless the project waives it."""
        review = self._locked()
        if review.is_own(by):
            review._waive(by)
        else:
            review._decide(Decision.Verdict.APPROVE, "", by)
            review._said("review.approved", by)
        self.refresh_from_db()

    @transaction.atomic
    def request_changes(self, *, by: User, note: str) -> None:
        """One person's no, with what to change."""
        review = self._locked()
        if review.is_own(by):
            raise NotAllowedNow(
                _("You sent this revision. Withdraw it, or edit the draft."), "own_revision"
            )
        if not note.strip():
            raise NotAllowedNow(_("Write what to change. Nothing was sent."), "note_missing")
        review._decide(Decision.Verdict.CHANGES, note.strip(), by)
        review._said("review.changes_requested", by, note=note.strip())
        self.refresh_from_db()

    def outcome(self) -> str:
        """The rule: one approval, and no changes requested by anybody's last word."""
        verdicts = [decision.verdict for decision in self.last_decisions()]
        if Decision.Verdict.CHANGES in verdicts:
            return self.State.CHANGES
        if Decision.Verdict.APPROVE in verdicts or Decision.Verdict.WAIVE in verdicts:
            return self.State.APPROVED
        return self.State.OPEN

    def last_decisions(self) -> list[Decision]:
        """Each person's last word, oldest first."""
        said = self.decisions.select_related("by").order_by("pk")
        last = {decision.by_id: decision for decision in said}
        return sorted(last.values(), key=lambda decision: decision.pk)

    def wishes(self) -> list[Decision]:
        """The changes requested that still stand; none once it is approved or withdrawn."""
        if self.state != self.State.CHANGES:
            return []
        asked = Decision.Verdict.CHANGES
        return [decision for decision in self.last_decisions() if decision.verdict == asked]

    def is_own(self, user: User) -> bool:
        return self.revision.sent_by_id == user.pk

    def close(self, state: str) -> None:
        self.state = state
        self.closed_at = None if state == self.State.OPEN else timezone.now()
        self.save(update_fields=["state", "closed_at", "waived"])

    def _waive(self, by: User) -> None:
        if not self.revision.storyboard.project.waives_second_person:
            raise NotAllowedNow(
                _("You sent this revision, so somebody else approves it."), "own_revision"
            )
        self.waived = True
        self._decide(Decision.Verdict.WAIVE, "", by)
        self._said("review.waived", by)

    def _decide(self, verdict: str, note: str, by: User) -> None:
        Decision.objects.create(review=self, verdict=verdict, note=note, by=by)
        self.close(self.outcome())

    def _said(self, verb: str, by: User, **data: Any) -> None:
        revision = self.revision
        Activity.append(
            verb, by=by, storyboard=revision.storyboard, revision=revision.number,
            revision_key=revision.key, **data,
        )  # fmt: skip

    def _locked(self) -> Review:
        review = Review.objects.select_for_update(no_key=True).get(pk=self.pk)
        if review.state in (self.State.APPROVED, self.State.WITHDRAWN):
            raise NotAllowedNow(
                _("This review is closed: %(state)s. Nothing was changed.")
                % {"state": review.get_state_display().lower()},
                "review.closed",
            )
        return review


class Decision(models.Model):
    """One person's answer in a review; a later one replaces it, both are kept."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", gettext_lazy("Approved")
        CHANGES = "changes", gettext_lazy("Requested changes")
        WAIVE = "waive", gettext_lazy("Approved alone")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.by}: {self.verdict}"
