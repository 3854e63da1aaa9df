"""An order whose price nobody knows: said everywhere, and confirmed by who may."""

from __future__ import annotations

import pytest

from storyboard.models import (
    Account,
    Activity,
    Generation,
    Order,
    Project,
    Revision,
    Status,
    Storyboard,
    User,
)
from tests import builders
from tests.views.gates import SignedIn, at, buttons_of, gate_of, page_of

CONFIRMED = {"slot": "1", "price_unknown": "on"}


@pytest.fixture
def unpriced(project: Project, account: Account, alice: User, bob: User) -> Revision:
    return builders.make_unpriced(project, by=alice, approver=bob)


def test_the_gate_says_it_in_words_and_asks_who_may_confirm(
    signed_in: SignedIn, unpriced: Revision, alice: User, paula: User
) -> None:
    for person in (alice, paula):
        page = page_of(signed_in(person), unpriced)
        gate = gate_of(page)
        assert "Price unknown" in gate
        assert "$0.00" not in page
        assert 'type="checkbox" id="price-unknown" name="price_unknown" required' in gate
        assert "Generate" in buttons_of(page)


def test_an_author_is_told_who_confirms_it_and_has_no_button(
    signed_in: SignedIn, unpriced: Revision, carol: User
) -> None:
    page = page_of(signed_in(carol), unpriced)
    assert "The price is unknown. An owner or a producer confirms that and orders." in page
    assert "Generate" not in buttons_of(page)
    assert "price_unknown" not in page


def test_an_author_who_posts_it_all_the_same_orders_nothing(
    signed_in: SignedIn, unpriced: Revision, carol: User
) -> None:
    browser = signed_in(carol)
    assert browser.post(at("generate", unpriced), CONFIRMED).status_code == 403
    assert browser.post(at("generate", unpriced), {"slot": "1"}).status_code == 422
    assert not Generation.objects.exists()


def test_without_the_tick_nothing_is_ordered(
    signed_in: SignedIn, unpriced: Revision, alice: User
) -> None:
    response = signed_in(alice).post(at("generate", unpriced), {"slot": "1"})
    assert response.status_code == 422
    assert "its price is unknown. Nothing was ordered." in response.content.decode()
    assert not Generation.objects.exists()


@pytest.mark.parametrize("who", ["alice", "paula"])
def test_an_owner_or_a_producer_confirms_and_orders(
    signed_in: SignedIn, unpriced: Revision, request: pytest.FixtureRequest, who: str
) -> None:
    person = request.getfixturevalue(who)
    browser = signed_in(person)
    for _press in range(2):
        assert browser.post(at("generate", unpriced), CONFIRMED).status_code == 302
    assert Generation.objects.get().ordered_by == person
    confirmed = Activity.objects.get(verb="generation.price_unknown_confirmed")
    assert confirmed.actor == person
    history = browser.get(f"/projects/{unpriced.storyboard.project.key}/history/").content.decode()
    assert "confirmed that the price of take 1 of revision 1 is unknown" in history
    assert "1, 1 price unknown" in history
    builders.bring_to(Generation.objects.get(), Status.RUNNING)
    assert "The order stands: unknown price." in gate_of(page_of(browser, unpriced))


def test_where_the_price_is_known_nobody_is_asked(
    signed_in: SignedIn, approved: Revision, carol: User
) -> None:
    page = page_of(signed_in(carol), approved)
    assert "price_unknown" not in page
    assert "Generate" in buttons_of(page)


def test_the_draft_and_the_wall_say_it_too(
    signed_in: SignedIn, unpriced: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    draft = browser.get(at_draft(unpriced.storyboard)).content.decode()
    assert draft.count("Price unknown") == 2  # the gate, and its line on a phone
    wall = browser.get(f"/projects/{unpriced.storyboard.project.key}/").content.decode()
    assert "<span>price unknown</span>" in wall  # its card
    assert "$0.00, 1 price unknown" in wall  # the sum of what is not ordered


def test_a_gateway_may_ask_another_price_than_the_list(
    signed_in: SignedIn, storyboard: Storyboard, account: Account, alice: User
) -> None:
    words = "This is Kling's own list; PowerTokens may ask another price."
    browser = signed_in(alice)
    assert words not in browser.get(at_draft(storyboard)).content.decode()
    Account.objects.update(profile="powertokens")
    assert words in browser.get(at_draft(storyboard)).content.decode()


def test_a_count_that_differs_is_said_beside_the_price_approved(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    take = builders.make_take(approved, by=alice)
    browser = signed_in(alice)
    Generation.objects.update(final_units_milli=3000)
    assert "than approved" not in page_of(browser, approved)
    Generation.objects.update(final_units_milli=3600)
    gate = gate_of(page_of(browser, approved))
    assert "It cost $0.51: Kling counted 3.6 units. 0.6 units more than approved." in gate
    facts = browser.get(f"/takes/{take.key}/facts/").content.decode()
    assert "0.6 units more than approved." in facts


def test_a_film_whose_price_nobody_ever_named_says_so(
    signed_in: SignedIn, unpriced: Revision, alice: User
) -> None:
    generation = unpriced.generate_at_unknown_price(by=alice)
    builders.bring_to(generation, Status.STORED)
    browser = signed_in(alice)
    assert "It cost an unknown sum, see Kling&#x27;s bill." in page_of(browser, unpriced)
    Generation.objects.update(final_units_milli=1500)
    gate = gate_of(page_of(browser, unpriced))
    assert "The price was unknown; by the list this is $0.21." in gate
    assert Order.objects.get().money_milli == 0


def at_draft(board: Storyboard) -> str:
    return f"/storyboards/{board.key}/"
