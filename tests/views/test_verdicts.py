"""Verdicts through the browser's own requests: each shot, the take, the strip, the wall."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import Note, Project, Revision, Status, Storyboard, Take, User
from tests import builders

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
SIX = [("One.", 3), ("Two.", 2), ("Three.", 4), ("Four.", 3), ("Five.", 1), ("Six.", 2)]


def page_of(browser: Client, take: Take) -> str:
    response = browser.get(reverse("take", args=[take.key]))
    assert response.status_code == 200
    return str(response.content.decode())


def part(page: str, name: str) -> str:
    """What stands in the page from this id on, to the end of its element or the next section."""
    return page.partition(f'id="{name}"')[2].partition("</section>")[0]


def shot_of(take: Take, position: int = 1) -> str:
    return str(take.revision.shots.get(position=position).shot_key)


def judge(take: Take, position: int = 1) -> str:
    return reverse("judge_shot", args=[take.key, shot_of(take, position)])


def decide(take: Take, name: str) -> str:
    return reverse(name, args=[take.key])


@pytest.fixture
def six(project: Project, account: object, alice: User, bob: User) -> Take:
    board = builders.make_storyboard(project, by=alice, shots=SIX)
    return builders.make_take(
        builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice
    )


def test_a_shot_is_kept_and_says_who_did(signed_in: SignedIn, take: Take, bob: User) -> None:
    browser = signed_in(bob)
    response = browser.post(judge(take, 2), {"verdict": "keep"})
    assert response.status_code == 302
    assert response["Location"].endswith(f"#shot-verdict-{shot_of(take, 2)}")
    page = page_of(browser, take)
    row = page.partition(f'id="shot-verdict-{shot_of(take, 2)}"')[2].partition("<p")[0]
    assert re.search(r'aria-pressed="true"[^>]*>.*?Keep', row, re.DOTALL)
    assert "You, " in row
    assert "Take back the verdict on shot 2" in row
    assert "</svg>K</i>" in part(page, f"marks-{take.key}")


def test_a_shot_is_redone_with_a_reason(signed_in: SignedIn, take: Take, bob: User) -> None:
    sent = {"verdict": "redo", "reason": "lip_sync", "words": "Late by a beat."}
    response = signed_in(bob).post(judge(take), sent, headers=HTMX)
    assert response.status_code == 200
    parts = response.content.decode()
    assert "<b>Lip sync</b> Late by a beat." in parts
    assert "</svg>R</i>" in parts
    for name in (f"shots-{take.key}", f"marks-{take.key}", "takes", "decide"):
        assert f'id="{name}"' in parts
    assert "<video" not in parts


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"verdict": "redo", "reason": "", "words": "Six fingers."}, "Choose a reason."),
        ({"verdict": "redo", "reason": "ugly", "words": "Six fingers."}, "not one of"),
        ({"verdict": "redo", "reason": "hands", "words": "Six fingers." * 30}, "300"),
        ({"verdict": "burn", "words": "Six fingers."}, "not one of"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_refused_is_said_at_the_shot_with_what_was_typed(
    signed_in: SignedIn, take: Take, bob: User, sent: dict[str, str], words: str,
    headers: dict[str, str],
) -> None:  # fmt: skip
    response = signed_in(bob).post(judge(take), sent, headers=headers)
    assert response.status_code == 422
    page = response.content.decode()
    row = page.partition(f'id="shot-verdict-{shot_of(take)}"')[2].partition("<p")[0]
    assert words in row
    assert 'role="alert"' in row
    assert "Six fingers." in row
    assert not take.verdicts.exists()


def test_a_verdict_is_taken_back(signed_in: SignedIn, take: Take, bob: User, alice: User) -> None:
    take.judge(shot_of(take), "keep", by=alice)
    address = reverse("unjudge_shot", args=[take.key, shot_of(take)])
    assert signed_in(bob).post(address).status_code == 302
    assert not take.verdicts.exists()


def test_an_unknown_shot_changes_nothing(signed_in: SignedIn, take: Take, bob: User) -> None:
    address = reverse("judge_shot", args=[take.key, "unknown"])
    assert signed_in(bob).post(address, {"verdict": "keep"}).status_code == 422
    assert not take.verdicts.exists()


def test_an_author_reads_verdicts_and_has_no_buttons(
    signed_in: SignedIn, take: Take, bob: User, carol: User
) -> None:
    take.judge(shot_of(take), "redo", reason="hands", by=bob)
    page = page_of(signed_in(carol), take)
    row = page.partition(f'id="shot-verdict-{shot_of(take)}"')[2].partition("<p")[0]
    assert "<b>Hands</b>" in row
    assert "Bob" in row
    assert "<form" not in row
    assert signed_in(carol).post(judge(take), {"verdict": "keep"}).status_code == 403


def test_the_page_works_out_what_is_left(
    signed_in: SignedIn, six: Take, bob: User, carol: User
) -> None:
    for position in (1, 2, 5):
        six.judge(shot_of(six, position), "keep", by=bob)
    for position in (3, 4):
        six.judge(shot_of(six, position), "redo", reason="identity", by=bob)
    decision = part(page_of(signed_in(carol), six), "decide")
    assert "Keep 1, 2 and 5. Redo 3 and 4 (7 s). Not judged: 6." in decision
    assert "Estimated $0.59 for one order of 7 s." in decision
    assert reverse("redo_shots", args=[six.key]) in decision
    assert reverse("redo_shots", args=[six.key]) not in page_of(signed_in(bob), six)


def test_the_shots_to_redo_become_a_draft(
    signed_in: SignedIn, six: Take, bob: User, carol: User
) -> None:
    six.judge(shot_of(six, 3), "redo", reason="identity", by=bob)
    response = signed_in(carol).post(reverse("redo_shots", args=[six.key]))
    board = Storyboard.objects.order_by("-pk")[0]
    assert response.status_code == 302
    assert response["Location"] == reverse("storyboard", args=[board.key])
    assert [shot.prompt for shot in board.shots.all()] == ["Three."]
    assert board.name == "The Lamp, night one, redo of take 1"


def test_a_draft_without_those_shots_says_so(
    signed_in: SignedIn, take: Take, bob: User, alice: User
) -> None:
    take.judge(shot_of(take, 2), "redo", reason="identity", by=bob)
    take.storyboard.shots.get(position=2).remove(by=alice)
    response = signed_in(alice).post(reverse("redo_shots", args=[take.key]))
    assert response.status_code == 422
    assert "none of the shots to redo" in response.content.decode()


def test_a_reviewer_approves_and_takes_it_back(signed_in: SignedIn, take: Take, bob: User) -> None:
    browser = signed_in(bob)
    assert "Your turn." in part(page_of(browser, take), "decide")
    response = browser.post(decide(take, "approve_take"))
    assert response.status_code == 302
    assert response["Location"].endswith("#decide")
    decision = part(page_of(browser, take), "decide")
    assert "You approved at" in decision
    assert decide(take, "approve_take") not in decision
    assert browser.post(decide(take, "take_back_decision")).status_code == 302
    assert decide(take, "approve_take") in part(page_of(browser, take), "decide")


def test_a_reviewer_requests_changes_in_words(
    signed_in: SignedIn, take: Take, bob: User, carol: User
) -> None:
    response = signed_in(bob).post(
        decide(take, "request_take_changes"), {"words": "Slower at the end."}, headers=HTMX
    )
    assert response.status_code == 200
    assert "You requested changes at" in response.content.decode()
    decision = part(page_of(signed_in(carol), take), "decide")
    assert "Slower at the end." in decision
    assert "Changes requested" in decision


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_asking_without_words_is_refused_in_place(
    signed_in: SignedIn, take: Take, bob: User, headers: dict[str, str]
) -> None:
    address = decide(take, "request_take_changes")
    response = signed_in(bob).post(address, {"words": " "}, headers=headers)
    assert response.status_code == 422
    decision = part(response.content.decode(), "decide")
    assert "Write what to change" in decision
    assert re.search(r'id="say-changes"[^>]* open', decision)


def test_too_many_words_are_kept_in_the_field(signed_in: SignedIn, take: Take, bob: User) -> None:
    words = "Slower. " * 300
    response = signed_in(bob).post(decide(take, "request_take_changes"), {"words": words})
    assert response.status_code == 422
    assert words.strip() in response.content.decode()
    assert not take.decisions.exists()


def test_an_own_open_note_is_words_enough(signed_in: SignedIn, take: Take, bob: User) -> None:
    Note.add(take, "Slower.", by=bob, at_ms=0)
    browser = signed_in(bob)
    assert "Your open notes are enough." in page_of(browser, take)
    assert browser.post(decide(take, "request_take_changes")).status_code == 302


def test_the_sender_reads_why_they_do_not_decide(
    signed_in: SignedIn, take: Take, alice: User
) -> None:
    browser = signed_in(alice)
    decision = part(page_of(browser, take), "decide")
    assert "You sent revision 1, so somebody else decides." in decision
    assert decide(take, "approve_take") not in decision
    response = browser.post(decide(take, "approve_take"))
    assert response.status_code == 422
    assert "somebody else approves it" in response.content.decode()


def test_an_author_reads_who_decides(signed_in: SignedIn, take: Take, carol: User) -> None:
    decision = part(page_of(signed_in(carol), take), "decide")
    assert "Owners, producers and reviewers decide." in decision
    for name in ("approve_take", "request_take_changes", "take_back_decision"):
        assert decide(take, name) not in decision
        assert signed_in(carol).post(decide(take, name), {"words": "No."}).status_code == 403


def test_picking_is_the_primary_button_once_approved(
    signed_in: SignedIn, take: Take, bob: User, paula: User
) -> None:
    browser = signed_in(paula)
    assert "btn lg primary" not in part(page_of(browser, take), "decide")
    take.approve(by=bob)
    assert "btn lg primary" in part(page_of(browser, take), "decide")
    assert "btn lg primary" not in part(page_of(signed_in(bob), take), "decide")


def test_a_picked_take_is_closed(signed_in: SignedIn, take: Take, alice: User, bob: User) -> None:
    take.approve(by=bob)
    take.storyboard.pick(take, by=alice)
    browser = signed_in(bob)
    decision = part(page_of(browser, take), "decide")
    assert "Picked take" in decision
    assert "<details" not in decision
    assert decide(take, "take_back_decision") not in decision
    assert browser.post(decide(take, "take_back_decision")).status_code == 422


def test_a_film_on_its_way_is_not_decided_and_says_why(
    signed_in: SignedIn, approved: Revision, alice: User, bob: User
) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    take = Take.expect(generation, output_id="v", url="http://127.0.0.1:9/v.mp4")
    decision = part(page_of(signed_in(bob), take), "decide")
    assert "when it is stored and plays" in decision
    assert "<details" not in decision
    assert signed_in(bob).post(decide(take, "approve_take")).status_code == 422


@pytest.mark.parametrize(
    ("level", "words"),
    [("", "Revision 1"), ("info", "1 keep, 1 redo"), ("ok", "Approved"),
     ("bad", "Changes requested"), ("vio", "Picked take")],
)  # fmt: skip
def test_the_strip_says_how_each_take_stands(
    signed_in: SignedIn, take: Take, alice: User, bob: User, level: str, words: str
) -> None:
    if level == "info":
        take.judge(shot_of(take), "keep", by=bob)
        take.judge(shot_of(take, 2), "redo", reason="text", by=bob)
    elif level == "ok":
        take.approve(by=bob)
    elif level == "bad":
        take.request_changes(by=bob, words="Slower.")
    elif level == "vio":
        take.storyboard.pick(take, by=alice)
    strip = part(page_of(signed_in(bob), take), "takes")
    assert re.search(rf'class="l {level}">.*?</svg>{words}<', strip)


def test_an_open_page_hears_of_verdicts(signed_in: SignedIn, take: Take, bob: User) -> None:
    browser = signed_in(bob)
    before = take.storyboard.project.serial
    take.judge(shot_of(take), "keep", by=bob)
    address = reverse("take_pulse", args=[take.key])
    answer = browser.get(address, {"after": before}).content.decode()
    assert f'id="shots-{take.key}"' in answer
    assert 'id="decide"' in answer


def test_verdicts_cost_the_page_no_more_questions(
    signed_in: SignedIn, six: Take, alice: User, bob: User, paula: User
) -> None:
    browser = signed_in(bob)
    page_of(browser, six)
    with CaptureQueriesContext(
        connection,
    ) as few:
        page_of(browser, six)
    for position in range(1, 7):
        six.judge(shot_of(six, position), "keep", by=bob if position % 2 else paula)
    six.approve(by=bob)
    six.approve(by=paula)
    with CaptureQueriesContext(connection) as many:
        page_of(browser, six)
    assert len(many) == len(few)


def test_the_history_tells_of_verdicts_with_their_words(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    take.judge(shot_of(take), "redo", reason="hands", words="Six fingers.", by=bob)
    take.request_changes(by=bob, words="Slower at the end.")
    address = reverse("project_history", args=[take.storyboard.project.key])
    page = signed_in(bob).get(address).content.decode()
    for words in ("asked to redo shot 1 of take 1", "Six fingers.", "Slower at the end."):
        assert words in page


def test_the_projects_numbers_say_what_was_kept(signed_in: SignedIn, take: Take, bob: User) -> None:
    address = reverse("project", args=[take.storyboard.project.key])
    browser = signed_in(bob)
    assert "Shots kept" not in browser.get(address).content.decode()
    take.judge(shot_of(take), "keep", by=bob)
    take.judge(shot_of(take, 2), "redo", reason="hands", by=bob)
    page = browser.get(address).content.decode()
    assert "1 of 2" in page
    assert "2.0 attempts per kept shot" in page
    assert "most often redone for: hands" in page


@pytest.mark.parametrize(
    "name", ["approve_take", "request_take_changes", "take_back_decision", "redo_shots"]
)
def test_verbs_need_a_sign_in_the_team_and_a_post(
    signed_in: SignedIn, take: Take, alice: User, charlie: User, name: str
) -> None:
    address = decide(take, name)
    assert signed_in(charlie).post(address).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    assert Client().post(address)["Location"].startswith(reverse("account_login"))
