"""The editor: its page, sending, name, archive and pulse; settings have a file of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import (
    Account,
    Project,
    Revision,
    Storyboard,
    Take,
    Team,
    User,
)
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


def at(name: str, board: Storyboard) -> str:
    return reverse(name, args=[board.key])


# The page


def test_the_page_holds_every_field_by_its_name(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    page = signed_in(carol).get(at("storyboard", storyboard)).content.decode()
    labels = ("Prompt", "Seconds", "Model", "Shooting", "Sound", "Takes", "Total seconds")
    for label in (*labels, "Negative prompt", "Watermark", "Name"):
        assert f">{label}</label>" in page, label
    for group in ("Mode", "Aspect ratio"):
        assert f">{group}</legend>" in page, group
    assert f'href="{at("camera", storyboard)}"' in page
    assert "<small>First frame</small></label>" in page
    for group in ("Shot 1", "Shot 2"):
        assert f'role="group" aria-label="{group}"' in page
    for button in ("Duplicate", "Move earlier", "Move later", "Remove shot"):
        assert len(re.findall(rf"</svg>{button}<", page)) == 2, button
    for number in (1, 2):
        assert f'aria-label="More about shot {number}"' in page
    assert "Draft of revision 1" in page
    assert "2 of 6 shots" in page
    assert "Ready to send" in page
    assert "$0.42" in page  # 5 s of kling-v3 std without sound
    assert "5 s × $0.084" in page
    assert re.search(r"List of \d+ [A-Z][a-z]{2} 20\d\d\.", page)


def test_a_reviewer_reads_without_controls(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    page = signed_in(bob).get(at("storyboard", storyboard)).content.decode()
    main = page.partition("<main")[2].partition('id="toasts"')[0]
    for everybodys in ("views-switch", "shot-preview"):  # how one looks at it changes nothing
        main = re.sub(f"<{everybodys}.*?</{everybodys}>", "", main, flags=re.DOTALL)
    assert "A lighthouse at dusk" in main
    for control in ("<textarea", "<select", "<input", "Send for review", "Add shot", "Archive"):
        assert control not in main, control


def test_the_editor_names_the_revision_and_the_take(
    signed_in: SignedIn, take: Take, alice: User
) -> None:
    page = signed_in(alice).get(at("storyboard", take.storyboard)).content.decode()
    assert "Draft of revision 2" in page
    assert reverse("revision", args=[take.revision.key]) in page
    assert reverse("take", args=[take.key]) in page
    assert reverse("take_still", args=[take.key, 2]) in page


def test_the_first_shot_shows_the_first_frame(signed_in: SignedIn, take: Take, alice: User) -> None:
    picture = builders.give_first_frame(take.storyboard, by=alice)
    page = signed_in(alice).get(at("storyboard", take.storyboard)).content.decode()
    card = page.partition('aria-label="Shot 1"')[2].partition("<auto-save>")[0]
    assert reverse("picture", args=[picture.key]) in card
    assert "First frame" in card


def test_the_page_costs_the_same_for_more_shots_takes_and_entries(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    client = signed_in(alice)
    client.get(at("storyboard", storyboard))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(at("storyboard", storyboard))
    for n in range(4):
        storyboard.add_shot(by=alice, prompt=f"More {n}.")
    for n in range(20):
        element = builders.know_element(f"Element {n}", kling_id=f"e{n}", team=team, by=alice)
        builders.know_voice(f"Voice {n}", kling_id=f"v{n}", team=team, by=alice)
        if n < 3:
            storyboard.attach_element(element, by=alice)
    with CaptureQueriesContext(connection) as many:
        client.get(at("storyboard", storyboard))
    # The attached elements and their pictures are two reads, however many there are.
    assert len(many) <= len(few) + 2


# Sending


def test_send_for_review_freezes_the_next_revision(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    response = signed_in(carol).post(at("send_for_review", storyboard), {"takes": "3"})
    revision = storyboard.revisions.get()
    assert response["Location"] == reverse("revision", args=[revision.key])
    assert (revision.number, revision.sent_by, revision.order.most_takes) == (1, carol, 3)


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_draft_with_problems_is_not_sent_by_a_direct_post_either(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, headers: dict[str, str]
) -> None:
    storyboard.shots.get(position=2).rewrite({"prompt": "x" * 513}, by=alice)
    address = at("send_for_review", storyboard)
    response = signed_in(alice).post(address, {"takes": "3"}, headers=headers)
    assert response.status_code == 422
    drawn = response.content.decode()
    assert "Nothing was frozen" in drawn
    assert "Shot 2 is 1 character over 512." in drawn
    if not headers:
        assert "<option selected>3</option>" in drawn
    assert not storyboard.revisions.exists()


@pytest.mark.parametrize(
    ("board_says", "shot_says", "words"),
    [
        ({"total_seconds": 6}, {}, "add up to 5 s"),
        ({"total_seconds": 16}, {"seconds": 14}, "3 to 15"),
        ({"shooting": "single"}, {}, "Single shot"),
        ({"negative_prompt": "x" * 2501}, {}, "1 character over 2500"),
        ({}, {"prompt": ""}, "has no prompt"),
    ],
)
def test_each_mistake_is_named_and_not_sent_by_a_direct_post(
    signed_in: SignedIn,
    storyboard: Storyboard,
    alice: User,
    board_says: dict[str, object],
    shot_says: dict[str, object],
    words: str,
) -> None:
    storyboard.rewrite(board_says, by=alice)
    storyboard.shots.get(position=1).rewrite(shot_says, by=alice)
    response = signed_in(alice).post(at("send_for_review", storyboard), {"takes": "1"})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not storyboard.revisions.exists()


def test_2501_characters_of_a_single_shot_are_named_and_not_sent(
    signed_in: SignedIn, project: Project, account: Account, alice: User
) -> None:
    board = builders.make_storyboard(project, by=alice, shots=[("x" * 2501, 5)])
    response = signed_in(alice).post(at("send_for_review", board), {"takes": "1"})
    assert response.status_code == 422
    assert "1 character over 2500" in response.content.decode()
    assert not board.revisions.exists()


def test_a_blocked_send_button_keeps_its_name_and_says_why(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rewrite({"total_seconds": 4}, by=alice)
    page = signed_in(alice).get(at("storyboard", storyboard)).content.decode()
    button = page.partition('<button class="btn lg"')[2]
    for attribute in (
        'id="send"',
        'aria-disabled="true"',
        'aria-describedby="send-why"',
        'data-goto="#set-total_seconds"',
    ):
        assert attribute in button.partition(">")[0]
    assert "Send for review</button>" in button
    assert "Not yet: Shots add up to 5 s, the total is 4" in button


def test_one_review_at_a_time(signed_in: SignedIn, revision: Revision, alice: User) -> None:
    board = revision.storyboard
    client = signed_in(alice)
    assert "Revision 1 is in review." in client.get(at("storyboard", board)).content.decode()
    assert client.post(at("send_for_review", board)).status_code == 422
    assert board.revisions.count() == 1


@pytest.mark.parametrize("takes", ["0", "5", "many"])
def test_takes_outside_one_to_four_are_not_sent(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, takes: str
) -> None:
    response = signed_in(alice).post(at("send_for_review", storyboard), {"takes": takes})
    assert response.status_code == 422
    assert "from 1 to 4" in response.content.decode()
    assert not storyboard.revisions.exists()


def test_without_an_account_nothing_is_sent(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    board = builders.make_storyboard(project, by=alice)
    client = signed_in(alice)
    page = client.get(at("storyboard", board)).content.decode()
    assert "The team has no account with Kling." in page
    assert client.post(at("send_for_review", board)).status_code == 422
    assert not board.revisions.exists()


# Name, archive, delete


def test_create_opens_the_new_draft(signed_in: SignedIn, project: Project, carol: User) -> None:
    address = reverse("new_storyboard", args=[project.key])
    client = signed_in(carol)
    page = client.get(address).content.decode()
    assert ">Name</label>" in page
    assert ">Create</button>" in page
    response = client.post(address, {"name": "Night two"})
    board = project.storyboards.get()
    assert response["Location"] == at("storyboard", board)
    assert (board.name, board.shots.count()) == ("Night two", 1)


def test_a_storyboard_without_a_name_is_not_made(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    address = reverse("new_storyboard", args=[project.key])
    response = signed_in(alice).post(address, {"name": "x" * 81})
    assert response.status_code == 422
    assert "x" * 81 in response.content.decode()
    assert not project.storyboards.exists()


def test_an_archived_project_gets_no_new_storyboard(
    signed_in: SignedIn, project: Project, alice: User
) -> None:
    project.archive(by=alice)
    address = reverse("new_storyboard", args=[project.key])
    response = signed_in(alice).post(address, {"name": "Night two"})
    assert response.status_code == 422
    assert not project.storyboards.exists()


def test_a_storyboard_is_renamed(signed_in: SignedIn, storyboard: Storyboard, alice: User) -> None:
    client = signed_in(alice)
    assert client.post(at("rename_storyboard", storyboard), {"name": "Dawn"}).status_code == 302
    storyboard.refresh_from_db()
    assert storyboard.name == "Dawn"
    response = client.post(at("rename_storyboard", storyboard), {"name": ""})
    assert response.status_code == 422
    assert "Write a name." in response.content.decode()


def test_an_archived_storyboard_is_read_only_until_restored(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    assert client.post(at("archive_storyboard", storyboard)).status_code == 302
    main = client.get(at("storyboard", storyboard)).content.decode().partition("<main")[2]
    assert "This storyboard is archived" in main
    assert "<textarea" not in main
    assert "Send for review" not in main
    assert ">Archive</button>" not in main
    response = client.post(at("rewrite_storyboard", storyboard), {"mode": "pro"})
    assert response.status_code == 422
    assert client.post(at("restore_storyboard", storyboard)).status_code == 302
    assert "<textarea" in client.get(at("storyboard", storyboard)).content.decode()


def test_a_draft_never_sent_can_be_deleted(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    assert (
        at("delete_storyboard", storyboard)
        in client.get(at("storyboard", storyboard)).content.decode()
    )
    response = client.post(at("delete_storyboard", storyboard))
    assert response["Location"] == reverse("project", args=[storyboard.project.key])
    assert not Storyboard.objects.filter(pk=storyboard.pk).exists()


def test_what_was_sent_is_not_deleted(signed_in: SignedIn, revision: Revision, alice: User) -> None:
    board, client = revision.storyboard, signed_in(alice)
    page = client.get(at("storyboard", board)).content.decode()
    assert at("delete_storyboard", board) not in page
    response = client.post(at("delete_storyboard", board))
    assert response.status_code == 422
    assert "Archive it instead." in response.content.decode()


# Pulse


def test_the_pulse_is_silent_until_something_happens(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User
) -> None:
    client = signed_in(bob)
    storyboard.project.refresh_from_db()
    now = storyboard.project.serial
    address = at("storyboard_pulse", storyboard)
    assert client.get(f"{address}?after={now}").status_code == 204
    storyboard.shots.get(position=1).rewrite({"prompt": "Newer."}, by=alice)
    response = client.get(f"{address}?after={now}")
    drawn = response.content.decode()
    assert drawn.lstrip().startswith(f'<live-pulse src="{address}" after="{now + 1}"')
    assert "Newer." in drawn
    assert "<textarea" not in drawn  # a reviewer's parts
    for part in ("passes", "board", "timeline", "gate-head"):
        assert f'id="{part}"' in drawn


def test_a_pulse_without_a_cursor_answers_everything(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).get(f"{at('storyboard_pulse', storyboard)}?after=x")
    assert response.status_code == 200


# Who may


READS = ("storyboard", "storyboard_pulse")
WRITES = (
    "rewrite_storyboard", "make_total", "first_frame", "remove_first_frame", "attach",
    "rename_storyboard", "archive_storyboard", "restore_storyboard", "delete_storyboard",
    "send_for_review", "add_shot",
)  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_who_may_read(
    signed_in: SignedIn, storyboard: Storyboard, bob: User, charlie: User, name: str
) -> None:
    address = at(name, storyboard)
    assert Client().get(address)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).get(address).status_code == 200
    assert signed_in(charlie).get(address).status_code == 404
    assert signed_in(bob).post(address).status_code == 405


@pytest.mark.parametrize("name", WRITES)
def test_who_may_write(
    signed_in: SignedIn, storyboard: Storyboard, bob: User, charlie: User, alice: User, name: str
) -> None:
    address = at(name, storyboard)
    assert Client().post(address)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).post(address).status_code == 403
    assert signed_in(charlie).post(address).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    assert signed_in(alice).post(reverse(name, args=["nobody"])).status_code == 404


def test_who_may_make_a_storyboard(
    signed_in: SignedIn, project: Project, bob: User, charlie: User
) -> None:
    address = reverse("new_storyboard", args=[project.key])
    assert Client().get(address).status_code == 302
    assert signed_in(bob).get(address).status_code == 403
    assert signed_in(charlie).get(address).status_code == 404


def test_the_draft_shows_what_the_reviewer_asked_to_change(
    signed_in: SignedIn, revision: Revision, bob: User, carol: User
) -> None:
    browser, words = signed_in(carol), "The stairs are too long."
    revision.review.request_changes(by=bob, note=words)
    page = browser.get(at("storyboard", revision.storyboard)).content.decode()
    assert "requested changes to revision 1" in page
    assert words in page
    revision.review.approve(by=bob)
    assert words not in browser.get(at("storyboard", revision.storyboard)).content.decode()
