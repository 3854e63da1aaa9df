"""Ordering what no price list names, and what an order came to against what was approved."""

from __future__ import annotations

import pytest
from django.utils import timezone

from storyboard.models import (
    Account,
    Activity,
    Generation,
    NotAllowedNow,
    Order,
    Project,
    Revision,
    Status,
    User,
)
from tests import builders


@pytest.fixture
def unpriced(project: Project, account: Account, alice: User, bob: User) -> Revision:
    return builders.make_unpriced(project, by=alice, approver=bob)


def said() -> list[tuple[str, int | None, str]]:
    rows = Activity.objects.filter(verb__startswith="generation.").order_by("pk")
    return [(row.verb, row.money_milli, row.sentence) for row in rows]


def test_an_order_without_a_row_in_the_list_has_no_price(unpriced: Revision) -> None:
    order = unpriced.order
    assert (order.has_price, order.is_price_known, order.money_milli) == (False, False, 0)


def test_it_is_not_ordered_before_somebody_confirms(unpriced: Revision, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match=r"price is unknown\. Nothing was ordered") as refused:
        unpriced.generate(by=alice)
    assert refused.value.code == "price_unknown"
    assert not Generation.objects.exists()


def test_a_confirmation_orders_it_and_stays_in_the_history(unpriced: Revision, alice: User) -> None:
    generation = unpriced.generate_at_unknown_price(by=alice, slot=1)
    assert (generation.has_price, generation.money_milli) == (False, 0)
    assert said() == [
        ("generation.ordered", None, "ordered take 1 of revision 1"),
        (
            "generation.price_unknown_confirmed",
            None,
            "confirmed that the price of take 1 of revision 1 is unknown",
        ),
    ]
    ordered = Activity.objects.get(verb="generation.ordered")
    assert ordered.data["price"] == "price unknown"
    assert Activity.objects.filter(actor=alice, verb__contains="confirmed").count() == 1


def test_a_known_price_leaves_nothing_to_confirm(approved: Revision, alice: User) -> None:
    assert approved.order.is_price_known
    approved.generate_at_unknown_price(by=alice)
    assert [verb for verb, _money, _words in said()] == ["generation.ordered"]


def test_every_guard_of_an_order_holds_for_one_without_a_price(
    unpriced: Revision, alice: User
) -> None:
    unpriced.generate_at_unknown_price(by=alice, slot=1)
    with pytest.raises(NotAllowedNow, match="already ordered"):
        unpriced.generate_at_unknown_price(by=alice, slot=1)
    Order.objects.update(fingerprint="0" * 64)
    with pytest.raises(NotAllowedNow, match="bound to"):
        Revision.objects.get(pk=unpriced.pk).generate_at_unknown_price(by=alice)
    assert Generation.objects.count() == 1


def test_a_price_that_vanished_from_the_list_is_confirmed_too(
    unpriced: Revision, alice: User
) -> None:
    """Approved with a price, and today's list has no row."""
    Order.objects.update(units_milli=1500, money_milli=210, priced_on=timezone.now().date())
    with pytest.raises(NotAllowedNow, match="price is unknown"):
        Revision.objects.get(pk=unpriced.pk).generate(by=alice)


def test_a_price_that_became_known_is_approved_first(approved: Revision, alice: User) -> None:
    Order.objects.update(units_milli=0, money_milli=0)
    row = Revision.objects.get(pk=approved.pk)
    with pytest.raises(NotAllowedNow, match="known now and was not when this was approved"):
        row.generate_at_unknown_price(by=alice)
    assert not Generation.objects.exists()


@pytest.mark.parametrize(
    ("counted", "otherwise"),
    [
        (None, ""),
        (3000, ""),
        (3300, "0.3 units more than approved."),
        (2000, "1 unit less than approved."),
    ],
)
def test_what_kling_counted_is_held_against_what_was_approved(
    approved: Revision, alice: User, counted: int | None, otherwise: str
) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.STORED)
    generation.final_units_milli = counted
    assert generation.counted_otherwise == otherwise


def test_without_a_price_klings_count_is_priced_by_the_list(
    unpriced: Revision, alice: User
) -> None:
    generation = unpriced.generate_at_unknown_price(by=alice)
    assert (generation.counted_otherwise, generation.charged_milli) == ("", 0)
    generation.final_units_milli = 4500
    assert generation.charged_milli == 630
    assert generation.counted_otherwise == "The price was unknown; by the list this is $0.63."
