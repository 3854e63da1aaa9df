"""What Kling will get: the body on the page, the line beside it, and what changed."""

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
from pytest_django import Settings

from storyboard.models import Account, Project, Revision, Storyboard, Team, User
from tests import builders

SignedIn = Callable[[User], Client]


def at(name: str, row: Storyboard | Revision) -> str:
    return reverse(name, args=[row.key])


def text_of(page: str, part: str) -> str:
    """The words of one element, as a browser would copy them."""
    found = re.search(rf'id="{part}"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert found, page
    return html.unescape(found[1])


def body_on(page: str) -> dict[str, object]:
    body: dict[str, object] = json.loads(text_of(page, "wire-body"))
    return body


@pytest.fixture
def read(signed_in: SignedIn, carol: User) -> Callable[[str], str]:
    def get(address: str) -> str:
        answer = signed_in(carol).get(address)
        assert answer.status_code == 200
        return answer.content.decode()

    return get


Read = Callable[[str], str]


def test_the_page_holds_the_exact_body_and_where_it_goes(
    read: Read, storyboard: Storyboard, account: Account
) -> None:
    page = read(at("draft_wire", storyboard))
    body = storyboard.brief().payload(lambda _picture: "")
    assert body_on(page) == body
    line = text_of(page, "wire-line")
    assert line.startswith(f"curl {builders.SIMULATOR}/v1/videos/text2video")
    assert json.dumps(body, ensure_ascii=False) in line
    assert "POST /v1/videos/text2video" in page


def test_no_secret_leaves_the_server(read: Read, storyboard: Storyboard, account: Account) -> None:
    page = read(at("draft_wire", storyboard))
    assert "Bearer $KLING_TOKEN" in text_of(page, "wire-line")
    assert account.credential not in page
    assert "KLING_TOKEN is the API key of Simulator" in page


def test_a_pair_of_keys_is_signed_by_who_sends(
    read: Read, storyboard: Storyboard, account: Account, alice: User
) -> None:
    account.replace_credential("access-1:secret-1", by=alice, auth="pair")
    page = read(at("draft_wire", storyboard))
    assert "a token you sign with the access key and the secret key of Simulator" in page
    assert "access-1" not in page


def test_pictures_are_shortened_on_screen_and_read_from_the_file(
    read: Read, storyboard: Storyboard, alice: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    page = read(at("draft_wire", storyboard))
    shown = str(body_on(page)["image"])
    assert re.fullmatch(
        rf"… \S+\sK?B?\w* of the first frame \(sha256 {picture.sha256[:12]}\)", shown
    )
    assert text_of(page, "wire-line").endswith("--data-binary @the-lamp-night-one.json")
    assert "Download the JSON first" in page
    assert 'for="wire-body"' not in page  # what is shortened is not to be copied


def test_what_is_added_when_it_is_ordered_stands_apart(
    read: Read, storyboard: Storyboard, settings: Settings
) -> None:
    settings.PUBLIC_URL = ""
    page = read(at("draft_wire", storyboard))
    assert "external_task_id" in page
    assert "callback_url" not in page
    assert "external_task_id" not in body_on(page)
    settings.PUBLIC_URL = "https://greenlight.example"
    assert "callback_url" in read(at("draft_wire", storyboard))


def test_a_draft_that_is_not_ready_shows_its_body_and_what_is_wrong(
    read: Read, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rewrite({"total_seconds": 9}, by=alice)
    page = read(at("draft_wire", storyboard))
    assert body_on(page)["duration"] == "9"
    assert "1 thing to fix before this can be sent" in page


def test_a_body_that_cannot_be_made_says_why(
    read: Read, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rewrite({"shooting": "single"}, by=alice)
    page = read(at("draft_wire", storyboard))
    assert "No body can be made" in page
    assert "wire-body" not in page
    assert "wire-line" not in page


def test_without_an_account_there_is_a_body_and_no_line(read: Read, project: Project) -> None:
    board = builders.make_storyboard(project, by=project.team.memberships.first().user)  # type: ignore[union-attr]
    page = read(at("draft_wire", board))
    assert body_on(page)["multi_shot"] is True
    assert "wire-line" not in page
    assert "The team has no account with Kling yet" in page


def test_a_revision_shows_what_it_froze(
    read: Read, revision: Revision, alice: User, account: Account
) -> None:
    frozen = dict(revision.order.form["body"])
    revision.storyboard.rewrite({"negative_prompt": "fog"}, by=alice)
    page = read(at("revision_wire", revision))
    assert body_on(page) == frozen
    assert reverse("export_revision", args=[revision.key]) in page
    assert "No revision was approved before this" in page


def test_what_changed_since_the_last_approved_revision(
    read: Read, approved: Revision, alice: User, team: Team
) -> None:
    board = approved.storyboard
    first, second = board.shots.all()
    first.rewrite({"prompt": "A lighthouse at dawn, wide from the water.", "seconds": 4}, by=alice)
    board.add_shot(by=alice, prompt="The sea.", seconds=1)
    board.rewrite({"mode": "pro", "negative_prompt": "fog"}, by=alice)
    board.attach_element(
        builders.know_element("Keeper", kling_id="7", team=team, by=alice), by=alice
    )
    page = read(at("draft_wire", board))
    assert "What changed since revision 1" in page
    assert '<del><span class="sr">removed: </span>dusk</del>' in page
    assert '<ins><span class="sr">added: </span>dawn</ins>' in page
    assert '<ins><span class="sr">added: </span>The sea.</ins>' in page
    assert '<ins><span class="sr">added: </span>fog</ins>' in page
    assert "<td><del>std 720p</del></td><td><ins>pro 1080p</ins></td>" in page
    assert "<td><del>–</del></td><td><ins>Keeper</ins></td>" in page
    assert "1 shot did not change" in page
    assert f'id="difference-{second.key}"' in page.partition("<details")[2]


def test_a_revision_is_compared_with_the_one_approved_before_it(
    read: Read, approved: Revision, alice: User, bob: User
) -> None:
    approved.storyboard.rewrite({"mode": "pro"}, by=alice)
    later = builders.approve(builders.make_revision(approved.storyboard, by=alice), by=bob)
    page = read(at("revision_wire", later))
    assert "What changed since revision 1" in page
    assert "<ins>pro 1080p</ins>" in page


def test_the_difference_is_a_part_of_the_page(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    answer = signed_in(bob).get(at("draft_difference", storyboard))
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{at('draft_wire', storyboard)}#difference",
    )


def test_prompts_are_words_and_no_markup(read: Read, storyboard: Storyboard, alice: User) -> None:
    shot = storyboard.shots.get(position=1)
    shot.rewrite({"prompt": "</pre><script>alert('1')</script>"}, by=alice)
    page = read(at("draft_wire", storyboard))
    assert "<script>alert" not in page
    assert "'\"'\"'" in text_of(page, "wire-line")


def test_it_costs_the_same_for_one_shot_and_six(
    signed_in: SignedIn, project: Project, account: Account, alice: User
) -> None:
    client, asked = signed_in(alice), []
    for shots in ([("A", 5)], [("A", 1)] * 6):
        board = builders.make_storyboard(project, by=alice, shots=shots)
        with CaptureQueriesContext(connection) as queries:
            client.get(at("draft_wire", board))
        asked.append(len(queries))
    assert asked[0] == asked[1]
