"""A frozen revision as its page draws it: shot cards, settings, and the gate beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import accumulate
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from storyboard.access import may, may_decide
from storyboard.forms.brush import brush_words
from storyboard.forms.camera import camera_words
from storyboard.kling.brief import Brief
from storyboard.kling.capabilities import MODELS
from storyboard.kling.profiles import OFFICIAL
from storyboard.models import (
    Account,
    Decision,
    NotAllowedNow,
    Order,
    Review,
    Revision,
    Shooting,
    Stage,
    Status,
    Storyboard,
    Take,
    User,
)
from storyboard.models.takes import Latest, newest_stills
from storyboard.views.progress import Progress, progress_of

_TOKEN = re.compile(r"<<<(element|voice)_(\d{1,9})>>>")
SHAPES = {"9:16": "tall", "1:1": "square"}


class Part(NamedTuple):
    """A run of a prompt's words, or (`kind` element or voice) what a token in it names.

    `picture` is the address of an element's own, where the page has it at hand.
    """

    words: str
    kind: str = ""
    picture: str = ""


class Stills(NamedTuple):
    """`addresses`: shot key → its picture in the newest take that shows it; `files`: as stored."""

    addresses: dict[str, str]
    files: dict[str, str]
    latest: Latest | None


class Card(NamedTuple):
    """One frozen shot; `start` and `end` are seconds from the beginning."""

    key: str
    position: int
    seconds: int
    start: int
    end: int
    prompt: str
    parts: list[Part]
    picture: str
    has_first_frame: bool

    @property
    def opening(self) -> str:
        """The prompt as a person says it, for a shot without a picture."""
        return "".join(part.words for part in self.parts)

    @property
    def width(self) -> int:
        """The class s1–s15 of its timeline block."""
        return max(1, min(15, self.seconds))


@dataclass(frozen=True)
class Gate:
    """Who said what, what one take costs, how the orders stand, and which buttons there are."""

    review: Review
    order: Order
    decisions: list[Decision]
    orders: list[Progress]
    rate: str
    slot: int | None
    blocked: str
    asks_about_price: bool
    seller: str
    decides: bool
    undecided: str

    @property
    def state(self) -> str:
        return self.review.state

    @property
    def is_open(self) -> bool:
        return self.state == Review.State.OPEN

    @property
    def awaits_words(self) -> bool:
        """Somebody may still answer: the first time, or otherwise than before."""
        return self.state in (Review.State.OPEN, Review.State.CHANGES)

    @property
    def last(self) -> Progress | None:
        return self.orders[-1] if self.orders else None

    @property
    def heading(self) -> str:
        if self.last is not None:
            return str(self.last.told.heading)
        return str(
            {
                Review.State.OPEN: _("Waits for a decision"),
                Review.State.APPROVED: _("Approved, nothing ordered yet"),
                Review.State.CHANGES: _("Changes requested"),
                Review.State.WITHDRAWN: _("Withdrawn from review"),
            }[Review.State(self.state)]
        )

    @property
    def icon(self) -> str:
        if self.last is not None:
            return {"bad": "badc", "ok": "okc", "gen": "spark"}.get(self.last.told.level, "info")
        return {Review.State.OPEN: "half", Review.State.APPROVED: "okc"}.get(
            Review.State(self.state), "badc"
        )

    @property
    def total_milli(self) -> int:
        """The price of every take that may be ordered."""
        return self.order.money_milli * self.order.most_takes

    @property
    def has_film(self) -> bool:
        """The take that came last can be watched, so watching comes first."""
        return self.last is not None and self.last.generation.status == Status.STORED

    @property
    def was_refused(self) -> bool:
        """Kling would refuse the same again: the draft comes before another order."""
        return self.last is not None and self.last.generation.status == Status.REJECTED

    @property
    def invites(self) -> bool:
        """Generate is what to do here: no film waits to be watched, and no order is open."""
        is_open = any(one.is_live or one.is_held for one in self.orders)
        return not (is_open or self.has_film or self.was_refused)

    @property
    def wants_a_draft(self) -> bool:
        """Something here can only go on in the draft."""
        if self.state in (Review.State.CHANGES, Review.State.WITHDRAWN):
            return True
        ended = (Status.FAILED, Status.REJECTED, Status.LOST)
        return self.last is not None and self.last.generation.status in ended

    @property
    def is_done(self) -> bool:
        return bool(self.orders) and not any(one.is_live for one in self.orders)


def gate_of(revision: Revision, user: User, *, next_number: int) -> Gate:
    """The gate as this person sees it."""
    order = revision.order
    slot = order.free_slot()
    leads = may(user, revision.storyboard.project.team, "accept_unknown_price")
    return Gate(
        review=revision.review,
        order=order,
        decisions=revision.review.last_decisions(),
        orders=progress_of(revision, order, next_number=next_number),
        rate=_rate(order, revision.brief_json["total_seconds"]),
        slot=slot,
        blocked=_blocked(order, slot) or _unpriced(order, leads=leads),
        asks_about_price=not order.is_price_known,
        seller=seller_of(order.account),
        decides=may_decide(user, revision),
        undecided=_undecided(revision, user),
    )


def seller_of(account: Account | None) -> str:
    """Who sells at prices of its own: a gateway's name; empty for Kling itself."""
    if account is None or account.profile == OFFICIAL.name:
        return ""
    return account.dialect.title


def stage_of(gate: Gate, revision: Revision, takes: list[Take]) -> tuple[Stage, str]:
    """Where this revision stands, and the word that replaces the stage's own."""
    if gate.state != Review.State.APPROVED:
        return {
            Review.State.OPEN: (Stage.IN_REVIEW, ""),
            Review.State.CHANGES: (Stage.IN_REVIEW, _("Changes requested")),
            Review.State.WITHDRAWN: (Stage.DRAFT, _("Withdrawn")),
        }[Review.State(gate.state)]
    status = gate.last.generation.status if gate.last else None
    if any(one.is_live for one in gate.orders):
        return Stage.GENERATING, ""
    if status in (Status.FAILED, Status.REJECTED, Status.HELD, Status.LOST) and gate.last:
        return Stage.FAILED, gate.last.generation.get_status_display()
    if revision.storyboard.picked_take_id in {take.pk for take in takes}:
        return Stage.PICKED, ""
    return (Stage.TAKES if takes else Stage.APPROVED), ""


def cards_of(revision: Revision, brief: Brief) -> list[Card]:
    """The frozen shots with the best picture there is of each."""
    pictures = stills_of(revision.storyboard).addresses
    ends = list(accumulate(shot.seconds for shot in brief.shots))
    return [
        Card(
            key=shot.key,
            position=shot.position,
            seconds=shot.seconds,
            start=end - shot.seconds,
            end=end,
            prompt=shot.prompt,
            parts=list(parts_of(shot.prompt, brief)),
            picture=_picture(revision, shot.position, pictures.get(shot.key, "")),
            has_first_frame=shot.position == 1 and revision.first_frame is not None,
        )
        for shot, end in zip(brief.shots, ends, strict=True)
    ]


def settings_of(brief: Brief) -> list[tuple[str, str]]:
    """The values beside the shots, label and words."""
    mode = MODELS[brief.model].mode(brief.mode) if brief.model in MODELS else None
    yes, no = _("On"), _("Off")
    negative = [(_("Negative prompt"), brief.negative_prompt)] if brief.negative_prompt else []
    strength = (
        [(_("Prompt strength"), f"{brief.cfg_scale:.2f}")] if brief.cfg_scale is not None else []
    )
    camera = [(_("Camera"), camera_words(asdict(brief.camera)))] if brief.camera else []
    brush = [(_("Motion brush"), brush_words(brief.brush))] if brief.brush else []
    return [
        (_("Model"), brief.model),
        (_("Mode"), mode.title if mode else brief.mode),
        (_("Aspect ratio"), brief.aspect_ratio),
        (_("Sound"), yes if brief.sound else no),
        (_("Shooting"), str(Shooting(brief.shooting).label)),
        (_("Total seconds"), _("%(n)s s") % {"n": brief.total_seconds}),
        (_("Watermark"), yes if brief.watermark else no),
        *negative,
        *strength,
        *camera,
        *brush,
    ]


def _rate(order: Order, seconds: int) -> str:
    """The sum behind the price, exact: `14 s × $0.168 = $2.352`; "" where there is none."""
    if not order.has_price:
        return ""
    each, whole = (_exact(milli) for milli in (order.money_milli // seconds, order.money_milli))
    return f"{seconds} s × {each} = {whole}"


def _exact(milli: int) -> str:
    return f"${milli // 1000:,}.{milli % 1000:03d}"


def _blocked(order: Order, slot: int | None) -> str:
    """Why *Generate* cannot be pressed; empty when it can."""
    if slot is None:
        words = _("All %(n)s takes of this revision are ordered. For more, send a new revision.")
        one = _("The one take of this revision is ordered. For another, send a new revision.")
        return words % {"n": order.most_takes} if order.most_takes > 1 else one
    try:
        order.check_may_order()
        order.check_described()
    except NotAllowedNow as refused:
        return refused.words
    return ""


def _unpriced(order: Order, *, leads: bool) -> str:
    """Why this person may not order what has no price; empty when they may, or it has one."""
    if leads or order.is_price_known:
        return ""
    return _("The price is unknown. An owner or a producer confirms that and orders.")


def _undecided(revision: Revision, user: User) -> str:
    """Why this person may not answer; empty when they may."""
    if may_decide(user, revision):
        return ""
    if revision.sent_by_id == user.pk:
        return _("You sent this revision, so somebody else approves it.")
    return _("Owners, producers and reviewers decide.")


def stills_of(board: Storyboard) -> Stills:
    """The pictures of the stored takes, in one query however many there are."""
    stills = newest_stills(board)
    found = {
        shot: reverse("take_still", args=(still.take, still.position))
        for shot, still in stills.by_shot.items()
    }
    return Stills(found, stills.files, stills.latest)


def _picture(revision: Revision, position: int, still: str) -> str:
    if position == 1 and revision.first_frame is not None:
        return reverse("picture", args=[revision.first_frame.key])
    return still


def parts_of(prompt: str, brief: Brief) -> Iterator[Part]:
    """Words and tokens in turn; a token that names nothing attached stays raw."""
    at = 0
    for found in _TOKEN.finditer(prompt):
        names = brief.elements if found[1] == "element" else brief.voices
        number = int(found[2])
        if 1 <= number <= len(names):
            yield Part(prompt[at : found.start()])
            yield Part(names[number - 1].name, found[1])
            at = found.end()
    yield Part(prompt[at:])
