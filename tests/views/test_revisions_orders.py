"""Ordering from an approved revision, and following the order on its page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from storyboard.kling.errors import CODES
from storyboard.models import (
    Account,
    Activity,
    Generation,
    Order,
    Revision,
    Status,
    Storyboard,
    User,
)
from storyboard.views.spans import clock
from storyboard.views.told import TOLD
from tests import builders
from tests.views.gates import SignedIn, at, buttons_of, gate_of, page_of


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


# Ordering


def test_generate_orders_one_take(signed_in: SignedIn, approved: Revision, carol: User) -> None:
    browser = signed_in(carol)
    response = browser.post(at("generate", approved), {"slot": "1"})
    assert response.status_code == 302
    generation = Generation.objects.get()
    assert (generation.status, generation.ordered_by) == (Status.QUEUED, carol)
    page = page_of(browser, approved)
    assert "Take 1 waits to be sent" in page
    assert buttons_of(page) == ["Generate", "Withdraw"]  # a second take is approved


def test_pressing_generate_twice_orders_one(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    for _time in range(3):
        assert browser.post(at("generate", approved), {"slot": "1"}).status_code == 302
    assert Generation.objects.count() == 1


def test_somebody_elses_take_on_the_button_is_said(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    response = signed_in(carol).post(at("generate", approved), {"slot": "1"})
    assert response.status_code == 422
    assert "already ordered" in response.content.decode()
    assert Generation.objects.count() == 1


def test_not_approved_there_is_no_generate_and_a_post_orders_nothing(
    signed_in: SignedIn, revision: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    assert "Generate" not in buttons_of(page_of(browser, revision))
    response = browser.post(at("generate", revision))
    assert response.status_code == 422
    assert "This revision is not approved. Nothing was ordered." in response.content.decode()
    assert not Generation.objects.exists()


def test_all_takes_ordered_the_button_says_so(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    builders.order(approved, by=alice)
    browser = signed_in(alice)
    page = page_of(browser, approved)
    assert "Generate" not in buttons_of(page)
    assert re.search(r'aria-disabled="true" aria-describedby="generate-why">.*?Generate', page)
    assert "All 2 takes of this revision are ordered." in page
    assert browser.post(at("generate", approved)).status_code == 422


def test_a_price_that_rose_blocks_generate(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    Order.objects.update(money_milli=1)
    page = page_of(signed_in(alice), approved)
    assert "Generate" not in buttons_of(page)
    assert "The price rose since the approval." in page


def test_another_account_address_blocks_generate(
    signed_in: SignedIn, approved: Revision, account: Account, alice: User
) -> None:
    Account.objects.filter(pk=account.pk).update(address="http://127.0.0.1:10")
    page = page_of(signed_in(alice), approved)
    assert "Generate" not in buttons_of(page)
    assert "Something this approval was bound to has changed since" in page


def test_a_reviewer_sees_no_generate(signed_in: SignedIn, approved: Revision, bob: User) -> None:
    page = page_of(signed_in(bob), approved)
    assert "Generate</button>" not in page
    assert signed_in(bob).post(at("generate", approved)).status_code == 403


def test_an_order_is_withdrawn_while_it_waits(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    browser = signed_in(carol)
    assert browser.post(at("withdraw_order", ordered)).status_code == 302
    page = page_of(browser, approved)
    assert "The order was withdrawn" in page
    assert "Generate" in buttons_of(page)


def test_an_order_under_way_cannot_be_withdrawn(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    builders.bring_to(ordered, Status.RUNNING)
    browser = signed_in(alice)
    assert "Withdraw" not in buttons_of(page_of(browser, approved))
    response = browser.post(at("withdraw_order", ordered))
    assert response.status_code == 422
    assert "Kling cannot cancel it" in response.content.decode()


def test_a_held_order_is_released(
    signed_in: SignedIn, approved: Revision, ordered: Generation, paula: User
) -> None:
    builders.bring_to(ordered, Status.HELD)
    browser = signed_in(paula)
    page = page_of(browser, approved)
    assert "Take 1 is held" in page
    assert "An owner puts the account right" in page
    assert "Release" in buttons_of(page)
    assert browser.post(at("release", ordered)).status_code == 302
    ordered.refresh_from_db()
    assert ordered.status == Status.QUEUED


def test_an_author_reads_who_decides_about_a_held_order(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    builders.bring_to(ordered, Status.HELD)
    browser = signed_in(carol)
    page = page_of(browser, approved)
    assert "Release" not in buttons_of(page)
    assert "An owner or a producer decides about a held order." in page
    assert browser.post(at("release", ordered)).status_code == 403


# Following


def _shown(browser: Client, revision: Revision, generation: Generation, status: Status) -> str:
    if status == Status.CANCELLED:
        generation.withdraw(by=generation.ordered_by)  # type: ignore[arg-type]
    else:
        builders.bring_to(generation, status)
    return gate_of(page_of(browser, revision))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_happened_what_is_kept_and_what_to_do(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User, status: Status
) -> None:
    gate = _shown(signed_in(alice), approved, ordered, status)
    facts = {"n": 1, "price": "$0.42", "cost": "$0.42", "model": "kling-v3", "next": 2}
    facts["kept"] = clock(ordered.ended_at or ordered.status_at)
    told = TOLD[status]
    assert str(told.heading) % facts in gate.replace("&#x27;", "'")
    assert str(told.kept) % facts in gate.replace("&#x27;", "'")
    if status != Status.HELD:
        assert str(told.todo) % facts in gate.replace("&#x27;", "'")
    assert "%(" not in gate
    steps = gate[gate.index('class="rules steps"') :]
    assert [name for name in ("Queued", "Sending to Kling", "Generating", "Fetching", "Stored")
            if f"<span>{name}</span>" in steps] == [
        "Queued", "Sending to Kling", "Generating", "Fetching", "Stored"
    ]  # fmt: skip


@pytest.mark.parametrize("status", [Status.FAILED, Status.REJECTED, Status.CANCELLED])
def test_after_a_bad_end_generate_is_there_again(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User, status: Status
) -> None:
    revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
    generation = builders.order(revision, by=alice)
    browser = signed_in(alice)
    assert "Generate" not in buttons_of(page_of(browser, revision))
    _shown(browser, revision, generation, status)
    assert "Generate" in buttons_of(page_of(browser, revision))
    browser.post(at("generate", revision), {"slot": "1"})
    assert Generation.objects.filter(status=Status.QUEUED, retry_of=generation).count() == 1


def test_klings_own_words_come_last_with_code_and_request(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    builders.advance(ordered, Status.SUBMITTING, post_count=1)
    builders.advance(
        ordered,
        Status.REJECTED,
        words="The first frame is too small.",
        kling_code="1201",
        kling_message="Image pixel is <invalid>",
        kling_request_id="req-77",
    )
    gate = gate_of(page_of(signed_in(alice), approved))
    assert "The first frame is too small." in gate
    words = gate[gate.index('class="provider mono"') :]
    assert "code 1201: Image pixel is &lt;invalid&gt;" in words
    assert "request req-77" in words
    assert gate.index("What to do.") < gate.index('class="provider mono"')


def test_a_refusal_says_each_of_its_three_parts_once(
    signed_in: SignedIn, ordered: Generation, alice: User
) -> None:
    words = CODES[1301].words
    builders.advance(ordered, Status.SUBMITTING, post_count=1)
    builders.advance(ordered, Status.REJECTED, words=words, kling_message="risk control")
    page = page_of(signed_in(alice), ordered.order.revision)
    assert "content rules turned this down." in page
    assert page.count("Nothing is charged") == 0, "told once, in our words below"
    assert page.count("nothing is charged") == 1
    history = Activity.objects.get(verb="generation.refused")
    assert history.sentence == "was refused revision 1 by Kling: risk control"


def test_what_kling_counted_for_a_failed_film_is_told(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    gate = _shown(signed_in(alice), approved, ordered, Status.FAILED)
    assert "What Kling charges for a failed film stands in its bill" in gate
    Generation.objects.update(final_units_milli=0)
    gate = gate_of(page_of(signed_in(alice), approved))
    assert "Kling counted 0 units for it." in gate


def test_words_with_a_percent_sign_are_words(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    Generation.objects.update(words="The disk is 99% full %s %(n)s")
    assert "The disk is 99% full %s %(n)s" in page_of(signed_in(alice), approved)


def test_without_history_no_time_is_promised(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    gate = _shown(signed_in(alice), approved, ordered, Status.RUNNING)
    assert "<progress" not in gate
    assert "How long it takes is not known yet" in gate
    assert "You can leave." in gate


def test_the_usual_time_is_the_median_of_takes_like_it(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    for took in (100, 270, 900):
        revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
        take = builders.make_take(revision, by=alice)
        end = timezone.now()
        Generation.objects.filter(pk=take.generation_id).update(
            ended_at=end, last_post_at=end - timedelta(seconds=took)
        )
    revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
    generation = builders.bring_to(builders.order(revision, by=alice), Status.RUNNING)
    sent = Generation.objects.filter(pk=generation.pk)
    sent.update(last_post_at=timezone.now() - timedelta(seconds=112))
    gate = gate_of(page_of(signed_in(alice), revision))
    assert "Of about 4:30, going by the last 3 takes like it" in gate
    assert 'max="270000"' in gate
    assert re.search(r">1:5[2-9]</time-so-far>", gate)
    assert "Longer than usual" not in gate
    sent.update(last_post_at=timezone.now() - timedelta(seconds=541))
    assert "Longer than usual. Still running at kling-v3" in page_of(signed_in(alice), revision)


def test_a_stored_take_is_one_press_away(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    take = builders.make_take(approved, by=alice)
    page = page_of(signed_in(alice), approved)
    assert "Open take 1" in gate_of(page)
    assert reverse("take", args=[take.key]) in gate_of(page)
    assert reverse("take_poster", args=[take.key]) in page


def test_kling_away_is_said_with_since_when(
    signed_in: SignedIn, approved: Revision, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    assert "Kling has not answered" not in page_of(browser, approved)
    since = timezone.now().replace(hour=14, minute=2)
    Account.objects.filter(pk=account.pk).update(unreachable_since=since)
    assert "Kling has not answered since 14:02" in page_of(browser, approved)
    Account.objects.filter(pk=account.pk).update(tripped_at=since, tripped_words="No balance.")
    assert "No balance." in page_of(browser, approved)
