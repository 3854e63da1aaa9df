"""Sending for review: the verb that makes a revision, its order and its review."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from storyboard.kling import readiness
from storyboard.kling.brief import Brief
from storyboard.kling.fingerprint import fingerprint, order_form
from storyboard.kling.pricing import quote
from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow
from storyboard.models.pins import cast_words, pin
from storyboard.models.reviews import (
    MOST_TAKES,
    FrozenShot,
    NotReady,
    Order,
    Review,
    Revision,
)
from storyboard.models.storyboards import Storyboard
from storyboard.models.teams import User


@transaction.atomic
def send_for_review(storyboard: Storyboard, *, takes: int, by: User) -> Revision:
    """Freeze the draft as the next revision with its order, and open a review."""
    board = storyboard.locked()
    board.check_not_archived()
    account = _account_of(board)
    # Read once: what the brief names is what the revision pins.
    prefetch_related_objects([board], "element_uses", "voice_uses")
    brief = board.brief()
    found = readiness.problems(brief, account.dialect, account.rules)
    problems = tuple(problem for problem in found if not problem.warning)
    if problems:
        raise NotReady(problems)
    if _waiting(board):
        raise NotAllowedNow(
            _("A revision of this storyboard is in review. Withdraw it before sending another."),
            "in_review",
        )
    revision = _freeze(board, brief, by)
    _price(revision, brief, account, max(1, min(takes, MOST_TAKES)))
    Review.objects.create(revision=revision)
    Activity.append(
        "revision.sent_for_review", by=by, storyboard=board, revision=revision.number,
        revision_key=revision.key, cast=cast_words(brief),
    )  # fmt: skip
    return revision


def _account_of(board: Storyboard) -> Account:
    account = board.project.ordering_account
    if account is None:
        raise NotAllowedNow(
            _(
                "The team has no account with Kling yet, so there is nobody to order from. "
                "An owner adds one; the draft is kept."
            ),
            "no_account",
        )
    account.check_is_on()
    return account


def _waiting(board: Storyboard) -> bool:
    return Review.objects.filter(revision__storyboard=board, state=Review.State.OPEN).exists()


def _freeze(board: Storyboard, brief: Brief, by: User) -> Revision:
    last = board.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    revision = Revision.objects.create(
        storyboard=board,
        number=last + 1,
        brief_json=brief.to_dict(),
        first_frame=board.first_frame,
        end_frame=board.end_frame,
        sent_by=by,
    )
    FrozenShot.objects.bulk_create(
        FrozenShot(
            revision=revision,
            shot_key=shot.key,
            position=shot.position,
            prompt=shot.prompt,
            seconds=shot.seconds,
        )
        for shot in brief.shots
    )
    pin(revision, board)
    return revision


def _price(revision: Revision, brief: Brief, account: Account, takes: int) -> Order:
    form = order_form(
        brief, account_key=account.key, profile=account.dialect, address=account.address
    )
    price = quote(brief)
    return Order.objects.create(
        revision=revision,
        account=account,
        most_takes=takes,
        form=form,
        fingerprint=fingerprint(form),
        units_milli=price.units_milli,
        money_milli=price.money_milli,
        currency=price.currency,
        priced_on=date.fromisoformat(str(price.listed_on)),
    )
