"""The review room of an archived storyboard: read, with nothing in it that would be refused."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Note, NoteAnswer, Take, User
from storyboard.models.changes import Change, Part
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}
OF_NOTES = (
    "reply_to_note", "edit_note", "resolve_note", "reopen_note", "show_note", "want_note",
    "unwant_note", "answer_note", "take_back_answer",
)  # fmt: skip
OF_TAKES = ("add_note", "approve_take", "request_take_changes", "take_back_decision", "redo_shots",
            "pick", "judge_shot", "unjudge_shot")  # fmt: skip
DATA = {"text": "Kept words.", "at_ms": "0", "words": "Closer.", "verdict": "keep",
        "change": "mode:"}  # fmt: skip


@pytest.fixture
def note(take: Take, alice: User) -> Note:
    """With an answer and a reply, on a take that its writer may judge but not decide on."""
    take.storyboard.rewrite({"mode": "pro"}, by=alice)
    note = Note.add(take, "Hold the last frame.", at_ms=3500, by=alice, is_for_client=True)
    NoteAnswer.give(note, Change(Part.MODE), by=alice)
    note.reply("Half a second.", by=alice)
    take.judge(take.bounds()[0].shot_key, "redo", reason="hands", by=alice)
    return note


@pytest.fixture
def archived(note: Note, alice: User) -> Note:
    note.take.storyboard.archive(by=alice)
    return note


def addresses(note: Note) -> dict[str, str]:
    take = note.take
    shot = take.bounds()[0].shot_key
    of_takes = {
        name: reverse(name, args=[take.key, shot] if "judge" in name else [take.key])
        for name in OF_TAKES
    }
    return of_takes | {name: reverse(name, args=[note.key]) for name in OF_NOTES}


def posts_of(page: str) -> set[str]:
    return {found.partition("?")[0] for found in re.findall(r'(?:action|hx-post)="([^"]+)"', page)}


def page_of(browser: Client, take: Take) -> str:
    return str(browser.get(reverse("take", args=[take.key])).content.decode())


def test_it_says_why_and_offers_nothing_that_is_refused(
    signed_in: SignedIn, archived: Note, alice: User, paula: User
) -> None:
    board = archived.take.storyboard
    for person in (alice, paula):
        page = page_of(signed_in(person), archived.take)
        assert page.count("This storyboard is archived.") == 1
        assert reverse("storyboard", args=[board.key]) in page.partition('id="decide-why"')[2]
        assert posts_of(page).isdisjoint(addresses(archived).values())
        assert "Hold the last frame." in page
        assert "data-draw-tools" not in page
        assert 'data-key="d"' not in page


def test_what_it_leaves_out_is_there_otherwise(
    signed_in: SignedIn, note: Note, alice: User, paula: User
) -> None:
    page = page_of(signed_in(alice), note.take) + page_of(signed_in(paula), note.take)
    assert "is archived" not in page
    left = set(addresses(note).values()) - posts_of(page)
    shown_otherwise = ("reopen_note", "show_note", "unwant_note", "answer_note",
                       "take_back_decision")  # fmt: skip
    assert left == {addresses(note)[name] for name in shown_otherwise}
    assert "data-draw-tools" in page


def test_an_archived_project_says_so_too(signed_in: SignedIn, note: Note, alice: User) -> None:
    project = note.take.storyboard.project
    project.archive(by=alice)
    page = page_of(signed_in(alice), note.take)
    assert "This project is archived." in page
    assert reverse("project", args=[project.key]) in page.partition('id="decide-why"')[2]
    assert posts_of(page).isdisjoint(addresses(note).values())


def test_words_are_still_taken_out_of_sight(
    signed_in: SignedIn, archived: Note, alice: User
) -> None:
    browser = signed_in(alice)
    page = page_of(browser, archived.take)
    for name in ("hide_note", "remove_note"):
        address = reverse(name, args=[archived.key])
        assert address in posts_of(page)
        assert browser.post(address).status_code == 302
    assert not Note.objects.filter(is_for_client=True).exists()
    assert Note.objects.get(parent=None).removed_at is not None


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", [*OF_NOTES, *OF_TAKES])
def test_a_page_opened_before_is_refused_in_words(
    signed_in: SignedIn, archived: Note, paula: User, alice: User, name: str, headers: Any
) -> None:
    person = alice if name == "edit_note" else paula
    response = signed_in(person).post(addresses(archived)[name], DATA, headers=headers)
    assert response.status_code == 422
    page = response.content.decode()
    assert "This storyboard is archived. Nothing was changed. Restore it to go on." in page
    if not headers and name in ("add_note", "reply_to_note", "edit_note"):
        assert DATA["text"] in page


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", ["want_note", "unwant_note", "take_back_answer"])
def test_the_list_of_changes_says_so_where_it_stands(
    signed_in: SignedIn, archived: Note, alice: User, name: str, headers: Any
) -> None:
    address = addresses(archived)[name] + "?on=draft"
    response = signed_in(alice).post(address, headers=headers)
    assert response.status_code == 422
    page = response.content.decode()
    assert page.count("This storyboard is archived. Nothing was changed.") == 1
    assert 'id="to-make-list"' in page


def test_the_list_of_changes_is_read(signed_in: SignedIn, note: Note, alice: User) -> None:
    note.want(by=alice)
    note.take.storyboard.archive(by=alice)
    address = reverse("changes_to_make", args=[note.take.storyboard.key])
    page = signed_in(alice).get(address).content.decode()
    assert "Hold the last frame." in page
    assert posts_of(page).isdisjoint(addresses(note).values())


@pytest.mark.parametrize("name", ["resolve_note", "reopen_note"])
def test_without_scripts_a_refused_act_is_said_on_the_page(
    signed_in: SignedIn, note: Note, alice: User, name: str
) -> None:
    note.remove(by=alice)
    response = signed_in(alice).post(reverse(name, args=[note.key]))
    assert response.status_code == 422
    assert "This note was removed meanwhile." in response.content.decode()
