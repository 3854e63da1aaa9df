"""Held orders: kept waiting for, or given up, by people who know what becomes of the money."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from storyboard.models import Activity, Generation, Revision, Status, User
from tests import builders
from tests.views.gates import SignedIn, at, buttons_of, gate_of, page_of


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


@pytest.fixture
def unsent(ordered: Generation) -> Generation:
    """Held before anything was sent."""
    return builders.bring_to(ordered, Status.HELD)


@pytest.fixture
def paid(ordered: Generation) -> Generation:
    """Held though Kling has it."""
    builders.bring_to(ordered, Status.RUNNING)
    builders.advance(ordered, Status.HELD, wait=86400.0, hold_reason="no_answer")
    return ordered


def test_what_may_be_paid_is_given_up_and_still_asked_about(
    signed_in: SignedIn, approved: Revision, paid: Generation, paula: User
) -> None:
    browser = signed_in(paula)
    gate = gate_of(page_of(browser, approved))
    assert "counts as spent until Kling says otherwise" in gate
    assert "Kling may have it, so $0.42 counts as spent" in gate
    assert "asked once a day for 30 days" in gate
    assert browser.post(at("give_up", paid)).status_code == 302
    paid.refresh_from_db()
    assert (paid.status, paid.hold_reason) == (Status.HELD, "given_up")
    assert paid.next_at is not None
    assert paid.next_at > timezone.now()
    said = Activity.objects.get(verb="generation.given_up")
    assert said.actor == paula
    page = page_of(browser, approved)
    assert "Give up" not in buttons_of(page)
    assert "Release" in buttons_of(page)


def test_what_was_never_sent_is_withdrawn(
    signed_in: SignedIn, approved: Revision, unsent: Generation, alice: User
) -> None:
    browser = signed_in(alice)
    gate = gate_of(page_of(browser, approved))
    assert "Nothing was sent, so nothing is charged." in gate
    assert "counts as spent" not in gate
    assert browser.post(at("give_up", unsent)).status_code == 302
    unsent.refresh_from_db()
    assert unsent.status == Status.CANCELLED
    assert "Generate" in buttons_of(page_of(browser, approved))


def test_where_kling_does_not_answer_one_keeps_waiting(
    signed_in: SignedIn, approved: Revision, paid: Generation, paula: User
) -> None:
    browser = signed_in(paula)
    buttons = buttons_of(page_of(browser, approved))
    assert "Keep waiting" in buttons
    assert "Release" not in buttons
    assert browser.post(at("release", paid)).status_code == 302
    paid.refresh_from_db()
    assert paid.status == Status.RUNNING


def test_a_price_that_is_unknown_is_not_made_up(
    signed_in: SignedIn, approved: Revision, paid: Generation, alice: User
) -> None:
    Generation.objects.filter(pk=paid.pk).update(units_milli=0, money_milli=0)
    gate = gate_of(page_of(signed_in(alice), approved))
    assert "so its price, which is unknown, counts as spent until Kling says otherwise." in gate


def test_authors_and_reviewers_give_nothing_up(
    signed_in: SignedIn, approved: Revision, paid: Generation, bob: User, carol: User
) -> None:
    for person in (bob, carol):
        browser = signed_in(person)
        assert "Give up" not in gate_of(page_of(browser, approved))
        assert browser.post(at("give_up", paid)).status_code == 403
    paid.refresh_from_db()
    assert paid.hold_reason == "no_answer"


def test_a_stranger_finds_no_order(signed_in: SignedIn, paid: Generation, charlie: User) -> None:
    assert signed_in(charlie).post(at("give_up", paid)).status_code == 404
    assert Client().post(at("give_up", paid)).status_code == 302
    assert signed_in(charlie).get(at("give_up", paid)).status_code in (404, 405)
    paid.refresh_from_db()
    assert paid.hold_reason == "no_answer"


def test_it_is_asked_by_post_alone(signed_in: SignedIn, paid: Generation, alice: User) -> None:
    assert signed_in(alice).get(at("give_up", paid)).status_code == 405


def test_what_goes_on_is_not_given_up(
    signed_in: SignedIn, approved: Revision, paid: Generation, alice: User
) -> None:
    """Kling answered while somebody read the question."""
    builders.advance(paid, Status.FETCHING)
    response = signed_in(alice).post(at("give_up", paid))
    assert response.status_code == 422
    assert "This order is not held any more" in response.content.decode()
    paid.refresh_from_db()
    assert paid.status == Status.FETCHING


def test_twice_is_said_and_changes_nothing(
    signed_in: SignedIn, paid: Generation, alice: User
) -> None:
    browser = signed_in(alice)
    assert browser.post(at("give_up", paid)).status_code == 302
    assert browser.post(at("give_up", paid)).status_code == 422
    assert Activity.objects.filter(verb="generation.given_up").count() == 1


def test_htmx_gets_the_parts(signed_in: SignedIn, paid: Generation, alice: User) -> None:
    response = signed_in(alice).post(at("give_up", paid), headers={"hx-request": "true"})
    assert response.status_code == 200
    html = response.content.decode()
    assert 'id="gate"' in html
    assert "<html" not in html
