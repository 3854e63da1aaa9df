"""Callbacks as owners read them, and the calls of an order beside its decision."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Call, Generation, Project, Receipt, Revision, Role, Status, Team, User
from storyboard.views.callbacks import MOST_BYTES
from storyboard.views.receipts import PER_PAGE, shown_of
from tests import builders
from tests.views.gates import SignedIn, gate_of, page_of

TASK = b'{"task_id":"task-1","task_status":"processing"}'


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)


def receive(row: Generation, body: bytes = TASK, signature: str = "absent") -> Receipt:
    return Receipt.objects.create(
        generation=row,
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        signature=signature,
    )


def many(row: Generation, count: int) -> None:
    builders.many(count, lambda number: receive(row, TASK + b" " * number))


def page(browser: Client, team: Team, **query: object) -> str:
    response = browser.get(reverse("callbacks", args=[team.key]), query)
    assert response.status_code == 200
    return str(response.content.decode())


def shown(html: str) -> int:
    return html.count('<li class="receipt">')


# The page


def test_an_owner_reads_when_which_order_how_signed_and_what_it_said(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    receipt = receive(ordered, signature="valid")
    html = page(signed_in(alice), team)
    assert f"{timezone.localtime(receipt.received_at):%H:%M:%S}" in html
    assert "The Lamp, night one, revision 1, take 1" in html
    assert f"#order-{ordered.key}" in html
    assert ">processing</span>" in html
    assert "Valid signature" in html
    assert "Not processed yet: Kling is asked at the next look." in html
    assert "&quot;task_status&quot;: &quot;processing&quot;" in html


@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("valid", "Valid signature"),
        ("absent", "Not signed"),
        ("unchecked", "Signature not checked"),
        ("bad", "Not rightly signed"),
    ],
)
def test_how_it_was_signed_is_said(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User, signature: str, words: str
) -> None:
    receive(ordered, signature=signature)
    html = page(signed_in(alice), team)
    assert words in html
    assert ("Refused: nothing was done." in html) == (signature == "bad")


def test_one_from_before_signatures_were_noted_says_nothing_of_its_own(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    receive(ordered, signature="")
    html = page(signed_in(alice), team)
    assert "igned" not in html[html.index('<li class="receipt">') : html.index("</ol>")]


def test_processed_says_when_and_after_the_end_that_it_was_not_needed(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    receipt = receive(ordered)
    Receipt.objects.filter(pk=receipt.pk).update(processed_at=timezone.now())
    browser = signed_in(alice)
    assert "Processed: Kling was asked at " in page(browser, team)
    Receipt.objects.filter(pk=receipt.pk).update(processed_at=None)
    Generation.objects.filter(pk=ordered.pk).update(ended_at=timezone.now())
    assert "Not needed: the order was settled." in page(browser, team)


def test_it_leads_to_the_take_once_that_is_here(
    signed_in: SignedIn, team: Team, approved: Revision, alice: User
) -> None:
    take = builders.make_take(approved, by=alice)
    receive(take.generation)
    assert reverse("take", args=[take.key]) in page(signed_in(alice), team)


def test_newest_first_by_pages_without_a_count(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    many(ordered, PER_PAGE + 3)
    browser = signed_in(alice)
    with CaptureQueriesContext(connection) as seen:
        first = page(browser, team)
    assert not [query for query in seen.captured_queries if "COUNT(" in query["sql"]]
    assert shown(first) == PER_PAGE
    (before,) = re.findall(r"\?before=(\d+)", first)
    last = page(browser, team, before=before)
    assert shown(last) == 3
    assert "before=" not in last
    assert "Newest" in last


def test_past_the_oldest_it_says_so(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    receipt = receive(ordered)
    html = page(signed_in(alice), team, before=receipt.pk)
    assert "Nothing older" in html


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²", "1.5"])
def test_a_place_that_makes_no_sense_is_the_newest_page(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User, before: str
) -> None:
    receive(ordered)
    assert shown(page(signed_in(alice), team, before=before)) == 1


def test_of_one_order_and_its_older_ones_too(
    signed_in: SignedIn, team: Team, ordered: Generation, approved: Revision, alice: User
) -> None:
    other = builders.order(approved, by=alice)
    many(ordered, PER_PAGE + 1)
    receive(other)
    browser = signed_in(alice)
    html = page(browser, team, order=other.key)
    assert shown(html) == 1
    assert "Of one order: The Lamp, night one, revision 1, take 2" in html
    html = page(browser, team, order=ordered.key)
    assert shown(html) == PER_PAGE
    assert re.search(rf"\?before=\d+&amp;order={ordered.key}", html)


def test_an_order_of_others_or_of_nobody_is_404(
    signed_in: SignedIn, team: Team, other_project: Project, alice: User, charlie: User
) -> None:
    board = builders.make_storyboard(other_project, by=charlie)
    revision = builders.make_revision(board, by=charlie)
    bo = builders.make_person("bo@example.com", "Bo")
    builders.join(other_project.team, Role.PRODUCER, bo, by=charlie)
    builders.approve(revision, by=bo)
    theirs = builders.order(Revision.objects.get(pk=revision.pk), by=charlie)
    address = reverse("callbacks", args=[team.key])
    for key in (theirs.key, "A" * 22, "\0"):
        assert signed_in(alice).get(address, {"order": key}).status_code == 404


def test_of_two_teams_of_ones_own_each_keeps_its_orders(
    signed_in: SignedIn, ordered: Generation, alice: User
) -> None:
    receive(ordered)
    second = Team.start("Second", owner=alice)
    browser = signed_in(alice)
    assert "No callbacks yet" in page(browser, second)
    address = reverse("callbacks", args=[second.key])
    assert browser.get(address, {"order": ordered.key}).status_code == 404


def test_owners_alone_read_them(
    signed_in: SignedIn, team: Team, bob: User, carol: User, paula: User, charlie: User
) -> None:
    address = reverse("callbacks", args=[team.key])
    for person in (bob, carol, paula):
        assert signed_in(person).get(address).status_code == 403
    assert signed_in(charlie).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_reading_is_all(signed_in: SignedIn, team: Team, alice: User) -> None:
    assert signed_in(alice).post(reverse("callbacks", args=[team.key])).status_code == 405


def test_nothing_yet_says_why(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://storyboards.example"
    browser = signed_in(alice)
    assert "Without any, each order is asked about anyway" in page(browser, team)
    settings.PUBLIC_URL = ""
    assert "has told Kling no address to call" in page(browser, team)
    html = page(browser, team, order=ordered.key)
    assert "Kling has not called about this order" in html


def test_one_and_twenty_cost_the_same_queries(
    signed_in: SignedIn, team: Team, ordered: Generation, approved: Revision, alice: User
) -> None:
    browser = signed_in(alice)
    receive(ordered)
    page(browser, team)
    with CaptureQueriesContext(connection) as one:
        page(browser, team)
    many(ordered, 60)
    many(builders.order(approved, by=alice), 9)
    with CaptureQueriesContext(connection) as full:
        assert shown(page(browser, team)) == PER_PAGE
    assert len(full) == len(one)


# What came


def body_of(row: Generation, body: bytes) -> str:
    return shown_of(Receipt(generation=row, body=body, signature="absent")).body


def test_json_is_indented(ordered: Generation) -> None:
    assert body_of(ordered, b'{"a":[1,2.5,"\xe7\x81\xaf"]}') == (
        '{\n  "a": [\n    1,\n    2.5,\n    "灯"\n  ]\n}'
    )


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b'{"a":1,"a":2}',
        b'{"a":1e400}',
        b'{"a":2.50}',
        b'{"a":NaN}',
        b"[" * 3000 + b"]" * 3000,
        b"[" * 500 + b"]" * 500,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
    ids=["words", "twice", "endless", "precise", "nan", "deep", "grows", "long number"],
)
def test_what_indenting_would_change_is_shown_as_it_came(ordered: Generation, body: bytes) -> None:
    assert body_of(ordered, body) == body.decode()


@pytest.mark.parametrize(
    "body", [b'"\\ud800"', b"\xff\xfe\x00", b"<script>alert(1)</script>", b"\xe2\x80\xae", b""]
)
def test_any_bytes_make_a_page(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User, body: bytes
) -> None:
    receive(ordered, body)
    html = page(signed_in(alice), team)
    assert shown(html) == 1
    assert "no status" in html
    assert "<script>alert" not in html
    assert "\0" not in html


def test_the_largest_fits(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    receive(ordered, b"<" * MOST_BYTES)
    assert "&lt;" * MOST_BYTES in page(signed_in(alice), team)


@pytest.mark.parametrize(
    "body",
    [
        b'{"url":"https://v.klingai.example/a/b.mp4?sign=s3cret"}',
        b'{"url":"https:\\/\\/v.klingai.example\\/a\\/b.mp4?sign=s3cret"}',
        b"not json https:\\/\\/v.klingai.example\\/a?sign=s3cret",
        b"HTTPS://v.klingai.example?sign=s3cret",
    ],
)
def test_links_to_films_are_not_shown_whole(ordered: Generation, body: bytes) -> None:
    told = body_of(ordered, body)
    assert "s3cret" not in told
    assert "v.klingai.example/…" in told


def test_the_address_of_the_order_is_never_shown(
    signed_in: SignedIn, team: Team, ordered: Generation, alice: User
) -> None:
    token = ordered.callback_token
    receive(ordered, f'{{"callback_url":"https://us.example/callbacks/kling/{token}/"}}'.encode())
    receive(ordered, f'{{"token":"{token}"}}'.encode())
    html = page(signed_in(alice), team)
    assert shown(html) == 2
    assert token not in html


# Beside the order


def test_beside_the_order_an_owner_counts_its_callbacks_and_reads_its_calls(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User, paula: User
) -> None:
    many(ordered, 3)
    call = Call.objects.create(generation=ordered, fence=1, verb="POST")
    call.answered(Call.Outcome.UNKNOWN, http=500, code="5000", request_id="req-7")
    Call.objects.create(generation=ordered, fence=2, verb="GET").answered("absent", http=400)
    gate = gate_of(page_of(signed_in(alice), approved))
    assert ">3 callbacks</a>" in gate
    assert f"?order={ordered.key}" in gate
    assert "POST, HTTP 500, code 5000, request req-7" in gate
    assert "GET, HTTP 400" in gate
    assert "Not found" in gate
    gate = gate_of(page_of(signed_in(paula), approved))
    assert "req-7" in gate
    assert "callbacks</a>" not in gate


def test_authors_and_reviewers_see_neither(
    signed_in: SignedIn, approved: Revision, ordered: Generation, bob: User, carol: User
) -> None:
    receive(ordered)
    Call.objects.create(generation=ordered, fence=1, verb="POST")
    for person in (bob, carol):
        gate = gate_of(page_of(signed_in(person), approved))
        assert "Calls to Kling" not in gate
        assert "callback" not in gate


def test_of_very_many_the_newest_are_read_and_no_number_is_claimed(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    many(ordered, 120)
    for number in range(30):
        Call.objects.create(generation=ordered, fence=number, verb="GET", request_id=f"r-{number}.")
    gate = gate_of(page_of(signed_in(alice), approved))
    assert ">99+ callbacks</a>" in gate
    assert [number for number in range(30) if f"r-{number}." in gate] == [25, 26, 27, 28, 29]


def test_calls_and_callbacks_cost_the_same_queries_for_one_order_and_for_two(
    signed_in: SignedIn, approved: Revision, ordered: Generation, alice: User
) -> None:
    browser = signed_in(alice)
    receive(ordered)
    page_of(browser, approved)
    with CaptureQueriesContext(connection) as one:
        page_of(browser, approved)
    second = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    many(second, 30)
    Call.objects.create(generation=second, fence=1, verb="POST")
    with CaptureQueriesContext(connection) as two:
        page_of(browser, approved)
    kept = [query["sql"] for query in two.captured_queries if "storyboard_receipt" in query["sql"]]
    assert len(kept) == 1
    assert len(two) <= len(one)
