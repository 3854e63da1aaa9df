"""The facts of a take: everything that is known of it, and nothing that is secret."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import (
    Call,
    Generation,
    Note,
    Project,
    Receipt,
    Revision,
    Status,
    Take,
    Team,
    User,
)
from tests import builders

SignedIn = Callable[[User], Client]
SECRET_LINK = "http://127.0.0.1:9/secret-link.mp4"


def _page(browser: Client, take: Take) -> str:
    response = browser.get(reverse("take_facts", args=[take.key]))
    assert response.status_code == 200
    return str(response.content.decode())


def _part(page: str, name: str) -> str:
    """A section of the page as words, its markup left out."""
    found = re.search(rf'<section[^>]*id="{name}".*?</section>', page, re.DOTALL)
    assert found is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def _body(page: str) -> dict[str, object]:
    found = re.search(r'id="request-body"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found is not None
    told: dict[str, object] = json.loads(html.unescape(found[1]))
    return told


@pytest.fixture
def pending(approved: Revision, alice: User) -> Take:
    """Made at Kling, not here yet."""
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    return Take.expect(generation, output_id="v", url=SECRET_LINK)


def test_the_request_stands_there_as_it_was_sent(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    page = _page(signed_in(bob), take)
    row = take.generation
    assert _body(page) == {**row.body, "external_task_id": row.external_task_id}
    request = _part(page, "request")
    assert "Simulator, " in request
    assert builders.SIMULATOR in request
    assert "POST /v1/videos/text2video" in request
    assert "Sent 1 time " in request
    assert row.kling_task_id in request


def test_pictures_stand_by_name_size_and_checksum(
    signed_in: SignedIn, project: Project, alice: User, bob: User, account: object
) -> None:
    board = builders.make_storyboard(project, by=alice, shots=[("A lamp.", 5)])
    picture = builders.give_first_frame(board, by=alice)
    take = builders.make_take(
        builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice
    )
    page = _page(signed_in(bob), take)
    image = str(_body(page)["image"])
    assert image.startswith("… first frame, 640 × 360 px, ")
    assert image.endswith(f"SHA-256 {picture.sha256}")
    assert "bytes or as an address" in _part(page, "request")
    assert f'href="{reverse("picture", args=[picture.key])}"' in page
    assert picture.sha256 in _part(page, "origin")


def test_the_address_of_callbacks_is_named_and_not_told(
    signed_in: SignedIn, take: Take, bob: User, settings: Settings
) -> None:
    browser = signed_in(bob)
    page = _page(browser, take)
    assert "callback_url" not in _body(page)
    assert "whether it had one then is not kept" in page
    settings.PUBLIC_URL = "https://film.example"
    assert _body(_page(browser, take))["callback_url"] == "… a secret address of this take alone"
    settings.PUBLIC_URL = ""
    Receipt.keep(take.generation_id, b"{}")
    page = _page(browser, take)
    assert _body(page)["callback_url"] == "… a secret address of this take alone"
    assert "Kling has called it" in page


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_no_secret_stands_on_the_page(
    signed_in: SignedIn,
    take: Take,
    pending: Take,
    team: Team,
    who: str,
    request: pytest.FixtureRequest,
    settings: Settings,
) -> None:
    settings.PUBLIC_URL = "https://film.example"
    account = take.generation.account
    account.set_webhook_secret("whsec_" + "A" * 32, by=take.generation.ordered_by)
    Receipt.keep(take.generation_id, b'{"task_id": "x"}')
    for one in (take, pending):
        page = _page(signed_in(request.getfixturevalue(who)), one)
        row = one.generation
        for secret in (
            row.callback_token,
            row.callback_sha256,
            one.url,
            account.credential,
            "whsec_",
            "A" * 32,
            "/callbacks/kling/",
        ):
            assert secret not in page


def test_it_says_what_it_was_made_from(signed_in: SignedIn, take: Take, bob: User) -> None:
    page = _page(signed_in(bob), take)
    origin = _part(page, "origin")
    assert take.generation.order.fingerprint in origin
    assert "Model kling-v3" in origin
    assert "Shooting Custom shots" in origin
    assert "Elements" not in origin
    assert f'href="{reverse("revision", args=[take.revision.key])}"' in page


def test_elements_stand_with_the_version_and_the_id_they_were_sent_with(
    signed_in: SignedIn, project: Project, team: Team, alice: User, bob: User, account: object
) -> None:
    element = builders.make_element("Aldous", team=team, by=alice)
    builders.make_ready(element, by=alice, kling_id="829836802793406999")
    board = builders.make_storyboard(project, by=alice)
    board.attach_element(element, by=alice)
    builders.give_first_frame(board, by=alice)
    board.refresh_from_db()
    take = builders.make_take(
        builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice
    )
    page = _page(signed_in(bob), take)
    assert "Aldous , version 1 829836802793406999" in _part(page, "origin")
    assert f'href="{reverse("element", args=[element.key])}"' in page


def test_it_says_what_was_approved_what_kling_counted_and_what_it_came_to(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    browser, row = signed_in(bob), take.generation
    cost = _part(_page(browser, take), "cost")
    assert re.search(r"Approved estimate By the list of [^.]+\. 3 \$0\.42", cost)
    assert "Kling counted Kling has named no count. – –" in cost
    assert "It came to As approved, because Kling has named no count. – $0.42" in cost
    Generation.objects.filter(pk=row.pk).update(final_units_milli=2500)
    cost = _part(_page(browser, take), "cost")
    assert "0.5 units less than approved. 2.5 –" in cost
    assert "Kling's count at the approved rate. – $0.35" in cost


def test_what_no_list_prices_says_so(
    signed_in: SignedIn, project: Project, alice: User, bob: User, account: object
) -> None:
    unpriced = builders.make_unpriced(project, by=alice, approver=bob)
    generation = builders.bring_to(unpriced.generate_at_unknown_price(by=alice), Status.FETCHING)
    take = Take.expect(generation, output_id="v", url=SECRET_LINK)
    cost = _part(_page(signed_in(bob), take), "cost")
    assert "Approved estimate The list had no row for it, so its price was unknown. – –" in cost
    assert "$" not in cost


def test_each_step_has_its_time_in_the_viewers_zone(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    bob.time_zone = "Asia/Tokyo"
    bob.save()
    page = _page(signed_in(bob), take)
    times = _part(page, "times")
    assert "Time in Asia/Tokyo" in times
    with timezone.override("Asia/Tokyo"):
        ordered = timezone.localtime(take.generation.ordered_at)
    assert f"{ordered:%H:%M:%S}" in times
    for step in (
        "Review asked for Alice Moreau",
        "Approved",
        "Ordered Alice Moreau",
        "Taken by Kling",
    ):
        assert step in times
    assert "not noted" not in times.replace("Sent to Kling", "")
    assert "Greenlight: " in times


def test_it_names_who_approved_and_who_picked(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    said = _part(_page(browser, take), "said")
    assert "Bob Okafor approved revision 1" in said
    assert "Nobody has picked this take." in said
    take.storyboard.pick(take, by=alice)
    page = _page(browser, take)
    assert "Alice Moreau picked this take" in _part(page, "said")
    other = builders.make_take(take.revision, by=alice)
    take.storyboard.refresh_from_db()
    take.storyboard.pick(other, by=alice)
    assert "Another take is picked now." in _part(_page(browser, take), "said")


def test_the_file_stands_with_its_whole_checksum(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    page = _page(signed_in(bob), take)
    kept = _part(page, "file")
    assert take.sha256 in kept
    assert "96 × 54 px, 6 fps" in kept
    assert "MP4, h264, no sound" in kept
    assert f"{take.size_bytes} bytes" in kept
    assert '<copy-text for="sha256">' in page


def test_a_film_on_its_way_says_so(signed_in: SignedIn, pending: Take, bob: User) -> None:
    page = _page(signed_in(bob), pending)
    assert "Take 1 is not stored: Fetching." in page
    assert "No film is kept here yet." in _part(page, "file")
    assert "Fetched and stored not noted" in _part(page, "times")
    assert reverse("take_download", args=[pending.key]) not in page


def test_a_film_that_was_lost_says_so(signed_in: SignedIn, pending: Take, bob: User) -> None:
    builders.advance(pending.generation, Status.LOST, words="Kling has cleared the film.")
    page = _page(signed_in(bob), pending)
    assert "Take 1 is not stored: Lost." in page
    assert "Kling has cleared the film." in page


def test_the_history_of_the_take_alone(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    other = builders.make_take(take.revision, by=alice)
    Note.add(other, "Of the other take", at_ms=0, by=alice)
    Note.add(take, "Of this take", at_ms=0, by=alice)
    history = _part(_page(signed_in(bob), take), "history")
    assert "Of this take" in history
    assert "Of the other take" not in history
    assert "ordered take 1 of revision 1" in history
    assert "ordered take 2 of revision 1" not in history


def test_notes_are_counted_with_those_of_earlier_takes(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    assert "Notes left here 0 open, 0 resolved From earlier takes none" in _part(
        _page(browser, take), "said-of-it"
    )
    Note.add(take, "Closer", at_ms=0, by=bob)
    done = Note.add(take, "Warmer", at_ms=0, by=bob)
    later = builders.make_take(take.revision, by=alice)
    done.resolve(by=bob, on=later)
    assert "1 open, 1 resolved" in _part(_page(browser, take), "said-of-it")
    told = _part(_page(browser, later), "said-of-it")
    assert "Notes left here 0 open, 0 resolved" in told
    assert "From earlier takes 1 open, 1 resolved here, 0 addressed" in told


def test_verdicts_and_decisions_on_the_take_stand_with_who_said_them(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    browser = signed_in(bob)
    assert "Nobody has decided on this take." in _part(_page(browser, take), "said")
    second = take.revision.shots.get(position=2)
    take.judge(second.shot_key, "redo", reason="hands", words="Six fingers.", by=bob)
    take.request_changes(by=bob, words="Once more, closer.")
    page = _page(browser, take)
    told = _part(page, "said-of-it")
    assert "Shot 1 not judged" in told
    assert "Shot 2 Redo: Hands Six fingers. Bob Okafor" in told
    assert "Bob Okafor requested changes to this take Once more, closer." in _part(page, "said")
    take.take_back(by=bob)
    take.approve(by=bob)
    said = _part(_page(browser, take), "said")
    assert "taken back" in said
    assert "Bob Okafor approved this take" in said


def test_leaders_alone_read_the_calls(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    call = Call.objects.create(generation=take.generation, fence=1, verb="POST")
    call.answered(Call.Outcome.ACCEPTED, http=200, request_id="req-77")
    assert "req-77" in _page(signed_in(alice), take)
    assert "req-77" not in _page(signed_in(bob), take)


def test_only_the_team_reads_it(signed_in: SignedIn, take: Take, charlie: User) -> None:
    address = reverse("take_facts", args=[take.key])
    assert signed_in(charlie).get(address).status_code == 404
    anonymous = Client().get(address)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))


def test_it_is_only_read(signed_in: SignedIn, take: Take, alice: User) -> None:
    address = reverse("take_facts", args=[take.key])
    assert signed_in(alice).post(address).status_code == 405
    assert signed_in(alice).head(address).status_code == 200


def test_what_the_page_costs_does_not_grow(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    browser = signed_in(bob)
    Note.add(take, "First", at_ms=0, by=bob)
    with CaptureQueriesContext(connection) as one:
        _page(browser, take)
    builders.many(90, lambda n: Note.add(take, f"Note {n}", at_ms=10 * n, by=alice))
    builders.make_take(take.revision, by=alice)
    with CaptureQueriesContext(connection) as many:
        page = _page(browser, take)
    assert len(many) == len(one)
    assert "The newest 60 steps" in page
