"""A frozen revision: read, decided, and what an open page hears of it."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import (
    Account,
    Generation,
    Project,
    Review,
    Revision,
    Status,
    Storyboard,
    User,
)
from storyboard.models.reviews import Decision
from tests import builders
from tests.views.gates import SignedIn, at, buttons_of, gate_of, page_of

HTMX = {"HX-Request": "true"}
VERBS = ["approve", "request_changes", "withdraw_revision", "generate"]


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


# Reading


def test_everybody_in_the_team_reads_it_without_controls(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    page = page_of(signed_in(bob), revision)
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
    page = page_of(signed_in(alice), revision)
    assert "Something else" not in page
    assert "A lighthouse at dusk, wide from the water." in page
    assert "Draft of revision 2" in page
    assert reverse("storyboard", args=[storyboard.key]) in page


def test_the_order_shows_its_price_its_sum_and_its_fingerprint(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    order = revision.order
    gate = gate_of(page_of(signed_in(bob), revision))
    assert "$0.42" in gate
    assert "5 s × $0.084 = $0.420" in gate
    assert "Up to 2 takes may be ordered, $0.84 in all." in gate
    assert order.fingerprint in gate


def test_names_stand_for_tokens(signed_in: SignedIn, storyboard: Storyboard, alice: User) -> None:
    builders.give_first_frame(storyboard, by=alice)
    team = storyboard.project.team
    element = builders.know_element("Aldous", kling_id="17", team=team, by=alice)
    storyboard.attach_element(element, by=alice)
    storyboard.shots.all()[0].rewrite({"prompt": "See <<<element_1>>> climb."}, by=alice)
    revision = builders.make_revision(storyboard, by=alice)
    page = page_of(signed_in(alice), revision)
    assert "Aldous</span> climb." in page
    assert reverse("picture", args=[revision.first_frame.key]) in page  # type: ignore[union-attr]


# Deciding


def test_the_sender_sees_why_somebody_else_decides(
    signed_in: SignedIn, revision: Revision, alice: User
) -> None:
    page = page_of(signed_in(alice), revision)
    assert "You sent this revision, so somebody else approves it." in page
    assert buttons_of(page) == ["Withdraw"]


def test_a_reviewer_decides_and_an_author_does_not(
    signed_in: SignedIn, revision: Revision, bob: User, carol: User
) -> None:
    assert buttons_of(page_of(signed_in(bob), revision)) == ["Approve", "Request changes"]
    page = page_of(signed_in(carol), revision)
    assert buttons_of(page) == ["Withdraw"]
    assert "Owners, producers and reviewers decide." in page


def test_approving_opens_the_way_to_generate(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    response = signed_in(bob).post(at("approve", revision))
    assert response.status_code == 302
    assert response["Location"] == at("revision", revision) + "#gate"
    page = page_of(signed_in(alice), revision)
    assert "Approved by Bob Okafor" in page
    assert buttons_of(page) == ["Generate"]
    assert '<input type="hidden" name="slot" value="1">' in page


def test_approving_twice_is_approving_once(
    signed_in: SignedIn, revision: Revision, bob: User
) -> None:
    browser = signed_in(bob)
    answers = [browser.post(at("approve", revision)).status_code for _time in range(2)]
    assert answers == [302, 302]
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_nobody_approves_their_own_revision(
    signed_in: SignedIn, revision: Revision, alice: User, headers: dict[str, str]
) -> None:
    response = signed_in(alice).post(at("approve", revision), headers=headers)
    assert response.status_code == 422
    assert "You sent this revision" in response.content.decode()
    assert Review.objects.get().state == Review.State.OPEN


def test_with_no_second_person_the_sender_approves_alone(
    signed_in: SignedIn, revision: Revision, project: Project, alice: User
) -> None:
    project.ask_no_second_person(by=alice)
    browser = signed_in(alice)
    assert "Approve" in buttons_of(page_of(browser, revision))
    browser.post(at("approve", revision))
    assert "alone: no second person asked" in page_of(browser, revision)


def test_asking_for_changes_shows_the_note_and_leads_to_the_draft(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    signed_in(bob).post(at("request_changes", revision), {"note": "Slower.\nMuch slower."})
    page = page_of(signed_in(alice), revision)
    assert "Bob Okafor requested changes" in page
    assert "Slower.\nMuch slower." in page
    assert "Edit the draft" in gate_of(page)
    assert "Generate" not in buttons_of(page)


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
    response = signed_in(bob).post(at("request_changes", revision), {"note": note})
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert f">{note}</textarea>" in page
    assert not Decision.objects.exists()


def test_a_closed_review_refuses_and_keeps_the_note(
    signed_in: SignedIn, approved: Revision, paula: User
) -> None:
    response = signed_in(paula).post(at("request_changes", approved), {"note": "Too late now"})
    assert response.status_code == 422
    assert "This review is closed" in response.content.decode()
    assert Review.objects.get().state == Review.State.APPROVED


def test_withdrawing_takes_the_review_back(
    signed_in: SignedIn, revision: Revision, carol: User
) -> None:
    browser = signed_in(carol)
    assert browser.post(at("withdraw_revision", revision)).status_code == 302
    page = page_of(browser, revision)
    assert "Withdrawn from review" in page
    assert buttons_of(page) == []
    assert browser.post(at("withdraw_revision", revision)).status_code == 422


# An open page


def _cursor(page: str) -> str:
    found = re.search(r'<live-pulse[^>]*after="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_quiet_page_hears_nothing(signed_in: SignedIn, revision: Revision, bob: User) -> None:
    browser = signed_in(bob)
    after = _cursor(page_of(browser, revision))
    pulse = at("revision_pulse", revision)
    assert browser.get(pulse, {"after": after}).status_code == 204
    assert browser.get(pulse, {"after": after.split("-")[0]}).status_code == 204
    assert browser.get(pulse, {"after": "0"}).status_code == 200
    assert browser.get(pulse).status_code == 200


def test_a_decision_reaches_open_pages(
    signed_in: SignedIn, revision: Revision, bob: User, alice: User
) -> None:
    browser = signed_in(alice)
    after = _cursor(page_of(browser, revision))
    signed_in(bob).post(at("approve", revision))
    response = browser.get(at("revision_pulse", revision), {"after": after})
    parts = response.content.decode()
    assert parts.startswith("<live-pulse")
    assert "Generate</button>" in parts
    for part in ("gate", "gate-line", "revision-bar", "passes", "revision-takes", "notices"):
        assert f'id="{part}"' in parts
    assert "hx-swap-oob" not in parts
    assert browser.get(
        at("revision_pulse", revision), {"after": _cursor(parts)}
    ).status_code == 204  # fmt: skip


def test_news_without_a_line_in_the_history_is_news_too(
    signed_in: SignedIn, approved: Revision, ordered: Generation, account: Account, alice: User
) -> None:
    browser = signed_in(alice)
    after = _cursor(page_of(browser, approved))
    Generation.objects.update(words="All places at Kling are taken; it goes next.")
    answer = browser.get(at("revision_pulse", approved), {"after": after})
    assert "All places at Kling are taken" in answer.content.decode()
    after = _cursor(answer.content.decode())
    Account.objects.filter(pk=account.pk).update(unreachable_since=timezone.now())
    answer = browser.get(at("revision_pulse", approved), {"after": after})
    assert "Kling has not answered since" in answer.content.decode()


# Who may come in


@pytest.mark.parametrize("name", ["revision", "revision_pulse"])
def test_reading_is_for_the_team(
    signed_in: SignedIn, revision: Revision, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(charlie).get(at(name, revision)).status_code == 404
    assert Client().get(at(name, revision)).status_code == 302
    assert signed_in(alice).post(at(name, revision)).status_code == 405


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_for_the_team_and_for_posts(
    signed_in: SignedIn, revision: Revision, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(charlie).post(at(name, revision)).status_code == 404
    assert signed_in(alice).get(at(name, revision)).status_code == 405
    anonymous = Client().post(at(name, revision))
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
    assert browser.post(at(name, revision), {"note": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["withdraw_order", "release"])
def test_orders_are_for_those_who_may(
    signed_in: SignedIn, ordered: Generation, bob: User, charlie: User, alice: User, name: str
) -> None:
    assert signed_in(bob).post(at(name, ordered)).status_code == 403
    assert signed_in(charlie).post(at(name, ordered)).status_code == 404
    assert signed_in(alice).get(at(name, ordered)).status_code == 405
    assert Client().post(at(name, ordered)).status_code == 302
    ordered.refresh_from_db()
    assert ordered.status == Status.QUEUED


def test_with_htmx_the_parts_come(signed_in: SignedIn, revision: Revision, bob: User) -> None:
    response = signed_in(bob).post(at("approve", revision), headers=HTMX)
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
        page_of(browser, revision)
    builders.make_take(revision, by=alice)
    builders.make_take(revision, by=alice)
    for _time in range(3):
        again = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
        builders.make_take(again, by=alice)
    with CaptureQueriesContext(connection) as many:
        page_of(browser, revision)
    assert len(many) == len(one)
