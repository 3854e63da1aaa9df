"""A frozen revision: read, decided, ordered, followed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import (
    Account,
    Generation,
    Order,
    Project,
    Review,
    Revision,
    Status,
    Storyboard,
    User,
)
from storyboard.models.reviews import Decision
from storyboard.views.progress import TOLD
from tests import builders

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
VERBS = ["approve", "request_changes", "withdraw_revision", "generate"]


def _at(name: str, row: Revision | Generation) -> str:
    return reverse(name, args=[row.key])


def _page(browser: Client, revision: Revision) -> str:
    response = browser.get(_at("revision", revision))
    assert response.status_code == 200
    return str(response.content.decode())


def _gate(page: str) -> str:
    return page[page.index('id="gate"') : page.index("</aside>", page.index('id="gate"'))]


def _buttons(page: str) -> list[str]:
    """The names of the gate's buttons that can be pressed."""
    found = re.findall(r"<button([^>]*)>(.*?)</button>", _gate(page), re.DOTALL)
    names = [
        re.sub(r"<[^>]+>", "", words).strip()
        for attributes, words in found
        if 'aria-disabled="true"' not in attributes
    ]
    return sorted(names)


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


# Reading


def test_everybody_in_the_team_reads_it_without_controls(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    page = _page(signed_in(bob), revision)
    assert "Revision 1" in page
    assert "Locked when it went to review on" in page
    assert "sent by Alice Moreau" in page
    assert 'aria-label="Shot 2"' in page
    assert "A lighthouse at dusk, wide from the water." in page
    assert "std 720p" in page
    board = page[page.index('id="board"') : page.index('id="timeline"')]
    for control in ("<input", "<textarea", "<select", "<button"):
        assert control not in board


def test_it_stays_as_it_was_when_the_draft_goes_on(
    signed_in: SignedIn, revision: Revision, storyboard: Storyboard, alice: User
) -> None:
    storyboard.shots.all()[0].rewrite({"prompt": "Something else"}, by=alice)
    storyboard.rewrite({"mode": "pro"}, by=alice)
    page = _page(signed_in(alice), revision)
    assert "Something else" not in page
    assert "A lighthouse at dusk, wide from the water." in page
    assert "Draft of revision 2" in page
    assert reverse("storyboard", args=[storyboard.key]) in page


def test_the_order_shows_its_price_its_sum_and_its_fingerprint(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    order = revision.order
    gate = _gate(_page(signed_in(bob), revision))
    assert "$0.42" in gate
    assert "5 s × $0.084 = $0.420" in gate
    assert "Up to 2 takes may be ordered, $0.84 in all." in gate
    assert order.fingerprint in gate


def test_names_stand_for_tokens(signed_in: SignedIn, storyboard: Storyboard, alice: User) -> None:
    builders.give_first_frame(storyboard, by=alice)
    element = storyboard.project.team.elements.create(name="Aldous", kling_id="17")
    storyboard.attach_element(element, by=alice)
    storyboard.shots.all()[0].rewrite({"prompt": "See <<<element_1>>> climb."}, by=alice)
    revision = builders.make_revision(storyboard, by=alice)
    page = _page(signed_in(alice), revision)
    assert "Aldous</span> climb." in page
    assert reverse("picture", args=[revision.first_frame.key]) in page  # type: ignore[union-attr]


# Deciding


def test_the_sender_sees_why_somebody_else_decides(
    signed_in: SignedIn, revision: Revision, alice: User
) -> None:
    page = _page(signed_in(alice), revision)
    assert "You sent this revision, so somebody else approves it." in page
    assert _buttons(page) == ["Withdraw"]


def test_a_reviewer_decides_and_an_author_does_not(
    signed_in: SignedIn, revision: Revision, bob: User, carol: User
) -> None:
    assert _buttons(_page(signed_in(bob), revision)) == ["Approve", "Request changes"]
    page = _page(signed_in(carol), revision)
    assert _buttons(page) == ["Withdraw"]
    assert "Owners, producers and reviewers decide." in page


def test_approving_opens_the_way_to_generate(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    response = signed_in(bob).post(_at("approve", revision))
    assert response.status_code == 302
    assert response["Location"] == _at("revision", revision) + "#gate"
    page = _page(signed_in(alice), revision)
    assert "Approved by Bob Okafor" in page
    assert _buttons(page) == ["Generate"]
    assert '<input type="hidden" name="slot" value="1">' in page


def test_approving_twice_is_approving_once(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    browser = signed_in(bob)
    answers = [browser.post(_at("approve", revision)).status_code for _time in range(2)]
    assert answers == [302, 302]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nobody_approves_their_own_revision(
    signed_in: SignedIn, revision: Revision, alice: User, headers: dict[str, str]
) -> None:
    response = signed_in(alice).post(_at("approve", revision), headers=headers)
    assert response.status_code == 422
    assert "You sent this revision" in response.content.decode()
    assert Review.objects.get().state == Review.State.OPEN


def test_with_no_second_person_the_sender_approves_alone(
    signed_in: SignedIn, revision: Revision, project: Project, alice: User
) -> None:
    project.ask_no_second_person(by=alice)
    browser = signed_in(alice)
    assert "Approve" in _buttons(_page(browser, revision))
    browser.post(_at("approve", revision))
    assert "alone: no second person asked" in _page(browser, revision)


def test_asking_for_changes_shows_the_note_and_leads_to_the_draft(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    signed_in(bob).post(_at("request_changes", revision), {"note": "Slower.\nMuch slower."})
    page = _page(signed_in(alice), revision)
    assert "Bob Okafor requested changes" in page
    assert "Slower.\nMuch slower." in page
    assert "Edit the draft" in _gate(page)
    assert "Generate" not in _buttons(page)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (" ", "Write what to change. Nothing was sent."),
        ("kept " + "x" * 2000, "at most 2000 characters"),
    ],
)
def test_asking_needs_words_and_keeps_what_was_typed(
    signed_in: SignedIn, revision: Revision, bob: User, note: str, words: str
) -> None:
    response = signed_in(bob).post(_at("request_changes", revision), {"note": note})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f">{note}</textarea>" in page
    assert not Decision.objects.exists()


def test_a_closed_review_refuses_and_keeps_the_note(
    signed_in: SignedIn, approved: Revision, paula: User
) -> None:
    response = signed_in(paula).post(_at("request_changes", approved), {"note": "Too late now"})
    assert response.status_code == 422
    assert "This review is closed" in response.content.decode()
    assert Review.objects.get().state == Review.State.APPROVED


def test_withdrawing_takes_the_review_back(
    signed_in: SignedIn, revision: Revision, carol: User
) -> None:
    browser = signed_in(carol)
    assert browser.post(_at("withdraw_revision", revision)).status_code == 302
    page = _page(browser, revision)
    assert "Withdrawn from review" in page
    assert _buttons(page) == []
    assert browser.post(_at("withdraw_revision", revision)).status_code == 422


# Ordering


def test_generate_orders_one_take(signed_in: SignedIn, approved: Revision, carol: User) -> None:
    browser = signed_in(carol)
    response = browser.post(_at("generate", approved), {"slot": "1"})
    assert response.status_code == 302
    generation = Generation.objects.get()
    assert (generation.status, generation.ordered_by) == (Status.QUEUED, carol)
    page = _page(browser, approved)
    assert "Take 1 waits to be sent" in page
    assert _buttons(page) == ["Generate", "Withdraw"]  # a second take is approved


def test_pressing_generate_twice_orders_one(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    for _time in range(3):
        assert browser.post(_at("generate", approved), {"slot": "1"}).status_code == 302
    assert Generation.objects.count() == 1


def test_somebody_elses_take_on_the_button_is_said(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    response = signed_in(carol).post(_at("generate", approved), {"slot": "1"})
    assert response.status_code == 422
    assert "already ordered" in response.content.decode()
    assert Generation.objects.count() == 1


def test_not_approved_there_is_no_generate_and_a_post_orders_nothing(
    signed_in: SignedIn, revision: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    assert "Generate" not in _buttons(_page(browser, revision))
    response = browser.post(_at("generate", revision))
    assert response.status_code == 422
    assert "This revision is not approved. Nothing was ordered." in response.content.decode()
    assert not Generation.objects.exists()


def test_all_takes_ordered_the_button_says_so(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    builders.order(approved, by=alice)
    browser = signed_in(alice)
    page = _page(browser, approved)
    assert "Generate" not in _buttons(page)
    assert re.search(r'aria-disabled="true" aria-describedby="generate-why">.*?Generate', page)
    assert "All 2 takes of this revision are ordered." in page
    assert browser.post(_at("generate", approved)).status_code == 422


def test_a_price_that_rose_blocks_generate(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    Order.objects.update(money_milli=1)
    page = _page(signed_in(alice), approved)
    assert "Generate" not in _buttons(page)
    assert "The price rose since the approval." in page


def test_another_account_address_blocks_generate(
    signed_in: SignedIn, approved: Revision, account: Account, alice: User
) -> None:
    Account.objects.filter(pk=account.pk).update(address="http://127.0.0.1:10")
    page = _page(signed_in(alice), approved)
    assert "Generate" not in _buttons(page)
    assert "Something this approval was bound to has changed since" in page


def test_a_reviewer_sees_no_generate(signed_in: SignedIn, approved: Revision, bob: User) -> None:
    page = _page(signed_in(bob), approved)
    assert "Generate</button>" not in page
    assert signed_in(bob).post(_at("generate", approved)).status_code == 403


def test_an_order_is_withdrawn_while_it_waits(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    browser = signed_in(carol)
    assert browser.post(_at("withdraw_order", ordered)).status_code == 302
    page = _page(browser, approved)
    assert "The order was withdrawn" in page
    assert "Generate" in _buttons(page)


def test_an_order_under_way_cannot_be_withdrawn(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    builders.bring_to(ordered, Status.RUNNING)
    browser = signed_in(alice)
    assert "Withdraw" not in _buttons(_page(browser, approved))
    response = browser.post(_at("withdraw_order", ordered))
    assert response.status_code == 422
    assert "Kling cannot cancel it" in response.content.decode()


def test_a_held_order_is_released(
    signed_in: SignedIn, approved: Revision, ordered: Generation, carol: User
) -> None:
    builders.bring_to(ordered, Status.HELD)
    browser = signed_in(carol)
    page = _page(browser, approved)
    assert "Take 1 is held" in page
    assert "An owner puts the account right" in page
    assert "Release" in _buttons(page)
    assert browser.post(_at("release", ordered)).status_code == 302
    ordered.refresh_from_db()
    assert ordered.status == Status.QUEUED


# Following


def _shown(browser: Client, revision: Revision, generation: Generation, status: Status) -> str:
    if status == Status.CANCELLED:
        generation.withdraw(by=generation.ordered_by)  # type: ignore[arg-type]
    else:
        builders.bring_to(generation, status)
    return _gate(_page(browser, revision))


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_what_happened_what_is_kept_and_what_to_do(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User, status: Status
) -> None:
    gate = _shown(signed_in(alice), approved, ordered, status)
    facts = {"n": 1, "price": "$0.42", "model": "kling-v3", "next": 2}
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
    assert "Generate" not in _buttons(_page(browser, revision))
    _shown(browser, revision, generation, status)
    assert "Generate" in _buttons(_page(browser, revision))
    browser.post(_at("generate", revision), {"slot": "1"})
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
    gate = _gate(_page(signed_in(alice), approved))
    assert "The first frame is too small." in gate
    words = gate[gate.index('class="provider mono"') :]
    assert "code 1201: Image pixel is &lt;invalid&gt;" in words
    assert "request req-77" in words
    assert gate.index("What to do.") < gate.index('class="provider mono"')


def test_words_with_a_percent_sign_are_words(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    Generation.objects.update(words="The disk is 99% full %s %(n)s")
    assert "The disk is 99% full %s %(n)s" in _page(signed_in(alice), approved)


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
    gate = _gate(_page(signed_in(alice), revision))
    assert "Of about 4:30, going by the last 3 takes like it" in gate
    assert 'max="270000"' in gate
    assert re.search(r">1:5[2-9]</time-so-far>", gate)
    assert "Longer than usual" not in gate
    sent.update(last_post_at=timezone.now() - timedelta(seconds=541))
    assert "Longer than usual. Still running at kling-v3" in _page(signed_in(alice), revision)


def test_a_stored_take_is_one_press_away(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    take = builders.make_take(approved, by=alice)
    page = _page(signed_in(alice), approved)
    assert "Open take 1" in _gate(page)
    assert reverse("take", args=[take.key]) in _gate(page)
    assert reverse("take_poster", args=[take.key]) in page


def test_kling_away_is_said_with_since_when(
    signed_in: SignedIn, approved: Revision, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    assert "Kling has not answered" not in _page(browser, approved)
    since = timezone.now().replace(hour=14, minute=2)
    Account.objects.filter(pk=account.pk).update(unreachable_since=since)
    assert "Kling has not answered since 14:02" in _page(browser, approved)
    Account.objects.filter(pk=account.pk).update(tripped_at=since, tripped_words="No balance.")
    assert "No balance." in _page(browser, approved)


# An open page


def _cursor(page: str) -> str:
    found = re.search(r'<live-pulse[^>]*after="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_quiet_page_hears_nothing(signed_in: SignedIn, revision: Revision, bob: User) -> None:
    browser = signed_in(bob)
    after = _cursor(_page(browser, revision))
    pulse = _at("revision_pulse", revision)
    assert browser.get(pulse, {"after": after}).status_code == 204
    assert browser.get(pulse, {"after": after.split("-")[0]}).status_code == 204
    assert browser.get(pulse, {"after": "0"}).status_code == 200
    assert browser.get(pulse).status_code == 200


def test_a_decision_reaches_open_pages(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    browser = signed_in(alice)
    after = _cursor(_page(browser, revision))
    signed_in(bob).post(_at("approve", revision))
    response = browser.get(_at("revision_pulse", revision), {"after": after})
    parts = response.content.decode()
    assert parts.startswith("<live-pulse")
    assert "Generate</button>" in parts
    for part in ("gate", "gate-line", "revision-bar", "passes", "revision-takes", "notices"):
        assert f'id="{part}"' in parts
    assert "hx-swap-oob" not in parts
    assert browser.get(
        _at("revision_pulse", revision), {"after": _cursor(parts)}
    ).status_code == 204  # fmt: skip


def test_news_without_a_line_in_the_history_is_news_too(
    signed_in: SignedIn, approved: Revision, ordered: Generation, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    after = _cursor(_page(browser, approved))
    Generation.objects.update(words="All places at Kling are taken; it goes next.")
    answer = browser.get(_at("revision_pulse", approved), {"after": after})
    assert "All places at Kling are taken" in answer.content.decode()
    after = _cursor(answer.content.decode())
    Account.objects.filter(pk=account.pk).update(unreachable_since=timezone.now())
    answer = browser.get(_at("revision_pulse", approved), {"after": after})
    assert "Kling has not answered since" in answer.content.decode()


# Who may come in


@pytest.mark.parametrize("name", ["revision", "revision_pulse"])
def test_reading_is_for_the_team(
    signed_in: SignedIn, revision: Revision, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(charlie).get(_at(name, revision)).status_code == 404
    assert Client().get(_at(name, revision)).status_code == 302
    assert signed_in(alice).post(_at(name, revision)).status_code == 405


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_for_the_team_and_for_posts(
    signed_in: SignedIn, revision: Revision, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(charlie).post(_at(name, revision)).status_code == 404
    assert signed_in(alice).get(_at(name, revision)).status_code == 405
    anonymous = Client().post(_at(name, revision))
    assert anonymous["Location"].startswith(reverse("account_login"))
    assert Review.objects.get().state == Review.State.OPEN


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("approve", "carol"),
        ("request_changes", "carol"),
        ("withdraw_revision", "bob"),
        ("generate", "bob"),
    ],
)
def test_the_wrong_role_is_403(
    signed_in: SignedIn, revision: Revision, request: pytest.FixtureRequest, name: str, role: str
) -> None:
    browser = signed_in(request.getfixturevalue(role))
    assert browser.post(_at(name, revision), {"note": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["withdraw_order", "release"])
def test_orders_are_for_those_who_may(
    signed_in: SignedIn, ordered: Generation, bob: User, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(bob).post(_at(name, ordered)).status_code == 403
    assert signed_in(charlie).post(_at(name, ordered)).status_code == 404
    assert signed_in(alice).get(_at(name, ordered)).status_code == 405
    assert Client().post(_at(name, ordered)).status_code == 302
    ordered.refresh_from_db()
    assert ordered.status == Status.QUEUED


def test_with_htmx_the_parts_come(signed_in: SignedIn, revision: Revision, bob: User) -> None:
    response = signed_in(bob).post(_at("approve", revision), headers=HTMX)
    parts = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in parts
    assert re.search(r'id="gate"[^>]*hx-swap-oob="true"', parts)


def test_what_the_page_costs_does_not_grow(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    browser = signed_in(bob)
    revision = builders.approve(builders.make_revision(storyboard, by=alice, takes=4), by=bob)
    builders.make_take(revision, by=alice)
    with CaptureQueriesContext(connection) as one:
        _page(browser, revision)
    builders.make_take(revision, by=alice)
    builders.make_take(revision, by=alice)
    for _time in range(3):
        again = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
        builders.make_take(again, by=alice)
    with CaptureQueriesContext(connection) as many:
        _page(browser, revision)
    assert len(many) == len(one)
