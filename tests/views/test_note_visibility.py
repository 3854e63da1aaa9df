"""Showing a note to the client and hiding it again, through the browser's own requests."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Note, Revision, Take, User
from tests import builders
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}


def at(name: str, note: Note, on: Take | None = None) -> str:
    return reverse(name, args=[note.key]) + (f"?on={on.key}" if on else "")


def page_of(browser: Client, take: Take) -> str:
    return str(browser.get(reverse("take", args=[take.key])).content.decode())


def entry(page: str, note: Note) -> str:
    """The note's button for it, "" without one."""
    found = re.search(rf'<button[^>]* id="client-{note.key}".*?</button>', page)
    return found[0] if found else ""


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    return Note.add(take, "Hold the last frame.", at_ms=3500, by=bob)


def test_a_note_is_shown_and_hidden(signed_in: SignedIn, note: Note, bob: User) -> None:
    browser = signed_in(bob)
    page = page_of(browser, note.take)
    assert "Show to client" in entry(page, note)
    assert re.search(r'<form id="note-act" method="post"[^>]*><input[^>]*csrf', page)
    assert 'form="note-act"' in entry(page, note)
    response = browser.post(at("show_note", note))
    assert response["Location"] == (
        f"{reverse('take', args=[note.take.key])}?note={note.key}#note-{note.key}"
    )
    page = page_of(browser, note.take)
    assert "Client sees this" in page
    assert "Hide from client" in entry(page, note)
    assert "Show to client" not in page
    assert browser.post(at("hide_note", note)).status_code == 302
    assert "Client sees this" not in page_of(browser, note.take)


def test_with_htmx_the_parts_come(signed_in: SignedIn, note: Note, alice: User) -> None:
    response = signed_in(alice).post(at("show_note", note), headers=HTMX)
    assert response.status_code == 200
    page = response.content.decode()
    assert re.search(r'id="notes"[^>]*hx-swap-oob="true"', page)
    assert "Client sees this" in page
    assert "<html" not in page
    note.refresh_from_db()
    assert note.is_for_client


def test_whose_note_it_is_and_leaders_say_who_sees_it(
    signed_in: SignedIn, note: Note, alice: User, bob: User, carol: User, paula: User
) -> None:
    for person, status in ((carol, 403), (bob, 302), (alice, 302), (paula, 302)):
        browser = signed_in(person)
        for name, is_shown in (("show_note", False), ("hide_note", True)):
            Note.objects.update(is_for_client=is_shown)
            assert bool(entry(page_of(browser, note.take), note)) == (status == 302)
            assert browser.post(at(name, note)).status_code == status
            note.refresh_from_db()
            assert note.is_for_client == (is_shown if status == 403 else not is_shown)


def test_a_reply_has_no_entry_of_its_own(signed_in: SignedIn, note: Note, bob: User) -> None:
    reply = note.reply("Half a second.", by=bob)
    browser = signed_in(bob)
    assert f'id="client-{reply.key}"' not in page_of(browser, note.take)
    for headers in ({}, HTMX):
        response = browser.post(at("show_note", reply), headers=headers)
        assert response.status_code == 422
        assert "Use the note above it." in response.content.decode()


def test_a_carried_note_is_shown_where_it_is_read(
    signed_in: SignedIn, note: Note, alice: User, bob: User
) -> None:
    later = builders.make_take(Revision.objects.get(pk=note.take.revision_id), by=alice)
    browser = signed_in(bob)
    action = re.search(r'formaction="([^"]+)"', entry(page_of(browser, later), note))
    assert action
    response = browser.post(action[1].replace("&amp;", "&"))
    assert response["Location"].startswith(reverse("take", args=[later.key]))
    parts = browser.post(at("hide_note", note, on=later), headers=HTMX).content.decode()
    assert f"from take {note.take.number}" in parts
    assert "Show to client" in entry(parts, note)


def test_of_a_removed_note_the_replies_are_hidden_and_it_is_not_shown(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    note = Note.add(take, "Hold.", by=bob, is_for_client=True)
    note.reply("Half a second?", by=alice)
    note.remove(by=bob)
    browser = signed_in(alice)
    address = f"{reverse('take', args=[take.key])}?notes=resolved"
    assert "Hide from client" in entry(browser.get(address).content.decode(), note)
    browser.post(at("hide_note", note))
    assert not Note.objects.filter(is_for_client=True).exists()
    assert entry(browser.get(address).content.decode(), note) == ""
    response = browser.post(at("show_note", note))
    assert response.status_code == 422
    assert "This note was removed meanwhile." in response.content.decode()


def test_the_history_leads_to_the_note(signed_in: SignedIn, note: Note, bob: User) -> None:
    browser = signed_in(bob)
    for name, words in (("show_note", "showed a note"), ("hide_note", "hid a note")):
        browser.post(at(name, note))
        page = browser.get(
            reverse("project_history", args=[note.take.storyboard.project.key])
        ).content.decode()
        assert words in page
        assert page.count(f"?note={note.key}#note-{note.key}") >= 1
