"""Replies, edits, removals and files of notes, through the browser's own requests."""

from __future__ import annotations

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.models import Note, NoteKind, Take, User
from tests import builders
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}
BOX = {"tool": "box", "colour": "orange", "points": [[0.25, 0.25], [0.5, 0.75]], "words": ""}


def at(name: str, row: Take | Note) -> str:
    return reverse(name, args=[row.key])


def page_of(browser: Client, take: Take, query: str = "") -> str:
    response = browser.get(at("take", take) + query)
    assert response.status_code == 200
    return str(response.content.decode())


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    return Note.add(take, "Hold the last frame.", at_ms=3500, by=bob)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ({"at_ms": "1000", "end_ms": "2000"}, NoteKind.RANGE),
        ({"at_ms": "1000", "end_ms": "2000", "about": "moment"}, NoteKind.MOMENT),
        ({"at_second": "1", "end_second": "2", "about": "range"}, NoteKind.RANGE),
        ({"at_ms": "3500", "about": "shot"}, NoteKind.SHOT),
        ({"at_ms": "3500", "about": "general"}, NoteKind.GENERAL),
        ({}, NoteKind.MOMENT),
    ],
)
def test_a_note_is_about_what_was_chosen(
    signed_in: SignedIn, take: Take, bob: User, data: dict[str, str], kind: str
) -> None:
    signed_in(bob).post(at("add_note", take), {"text": "So.", **data})
    note = Note.objects.get()
    assert note.kind == kind
    if kind == NoteKind.RANGE:
        assert (note.at_ms, note.end_ms) == (1000, 2000)
    if kind == NoteKind.SHOT:
        assert note.shot_key == take.bounds()[1].shot_key


def test_the_chip_says_what_a_note_is_about(signed_in: SignedIn, take: Take, bob: User) -> None:
    Note.add(take, "Range", at_ms=1000, end_ms=2000, by=bob)
    Note.add(take, "Shot", shot_key=take.bounds()[1].shot_key, by=bob)
    Note.add(take, "General", by=bob)
    Note.add(take, "", at_ms=0, drawing=[BOX], by=bob)
    chips = re.findall(r'class="tcx[^"]*"[^>]*>(.*?)</(?:a|span)>', page_of(signed_in(bob), take))
    assert "00:01:00–00:01:05" in chips
    assert "Shot 2" in chips
    assert "General" in chips
    assert "A drawing without words" in page_of(signed_in(bob), take)


def test_a_note_carries_its_drawing_its_files_and_who_may_see_it(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    files = [
        SimpleUploadedFile("storm.png", builders.png((320, 180), "#a63")),
        SimpleUploadedFile("plan.pdf", b"%PDF-1.7 a plan"),
    ]
    data = {"text": "", "at_ms": "0", "drawing": json.dumps([BOX]), "is_for_client": "on"}
    response = signed_in(bob).post(at("add_note", take), data | {"files": files}, headers=HTMX)
    assert response.status_code == 200
    note = Note.objects.get()
    assert note.drawing[0]["tool"] == "box"
    assert note.is_for_client
    assert sorted(file.name for file in note.files.all()) == ["plan.pdf", "storm.png"]
    page = page_of(signed_in(bob), take)
    assert "Client sees this" in page
    for file in note.files.all():
        assert reverse("note_file", args=[file.key]) in page


def test_six_files_are_one_too_many_and_nothing_is_kept(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    files = [SimpleUploadedFile(f"{n}.txt", b"words") for n in range(6)]
    data = {"text": "kept words", "at_ms": "0", "files": files}
    response = signed_in(bob).post(at("add_note", take), data)
    assert response.status_code == 422
    assert "at most 5 files" in response.content.decode()
    assert "kept words" in response.content.decode()
    assert not Note.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", ["add_note", "reply_to_note"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    signed_in: SignedIn, take: Take, note: Note, bob: User, name: str, headers: dict[str, str]
) -> None:
    address = at(name, take if name == "add_note" else note)
    browser = signed_in(bob)
    response = browser.post(
        address, {"text": "x"}, headers=headers, CONTENT_LENGTH=str(60 * 1024 * 1024)
    )
    assert response.status_code == 422
    assert "a note takes at most 5 files of 10 MB" in response.content.decode()
    assert Note.objects.count() == 1


def test_a_reply_stands_under_its_note(signed_in: SignedIn, note: Note, alice: User) -> None:
    browser = signed_in(alice)
    response = browser.post(at("reply_to_note", note), {"text": "Half a second?"})
    reply = Note.objects.get(parent=note)
    assert response.status_code == 302
    assert response["Location"].endswith(f"?note={note.key}#note-{note.key}")
    page = page_of(browser, note.take)
    assert page.index("Hold the last frame.") < page.index(f'id="note-{reply.key}"')
    assert page.index(f'id="note-{reply.key}"') < page.index("Half a second?")
    assert len(re.findall(r'<article class="note[ "]', page)) == 1


def test_a_refused_reply_keeps_its_words_in_an_open_form(
    signed_in: SignedIn, note: Note, alice: User
) -> None:
    words = "kept words" + "x" * 4000
    response = signed_in(alice).post(at("reply_to_note", note), {"text": words})
    page = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'id="reply-{note.key}" open', page)
    assert words in page
    assert page.count("at most 4000 characters") == 1


def test_with_htmx_a_refused_reply_says_so_beside_its_form(
    signed_in: SignedIn, note: Note, alice: User
) -> None:
    response = signed_in(alice).post(at("reply_to_note", note), {"text": " "}, headers=HTMX)
    assert response.status_code == 422
    ids = re.findall(r' id="([^"]+)"', response.content.decode())
    assert ids == [f"reply-errors-{note.key}"]


def test_nobody_replies_to_a_reply(signed_in: SignedIn, note: Note, alice: User) -> None:
    reply = note.reply("Yes.", by=alice)
    response = signed_in(alice).post(at("reply_to_note", reply), {"text": "No."})
    assert response.status_code == 422
    assert Note.objects.count() == 2


def test_ones_own_words_are_edited_and_the_former_ones_stay_readable(
    signed_in: SignedIn, note: Note, bob: User, carol: User
) -> None:
    signed_in(bob).post(at("edit_note", note), {"text": "Hold the last frame longer."})
    note.refresh_from_db()
    assert note.words == "Hold the last frame longer."
    page = page_of(signed_in(carol), note.take)
    assert "edited, 1 former wording" in page
    former = signed_in(carol).get(at("note_wordings", note)).content.decode()
    assert "Hold the last frame." in former
    assert "Hold the last frame longer." in former
    part = signed_in(carol).get(at("note_wordings", note), headers=HTMX).content.decode()
    assert "data-late-body" in part
    assert "<html" not in part


def test_nobody_edits_the_words_of_others(signed_in: SignedIn, note: Note, alice: User) -> None:
    browser = signed_in(alice)
    assert browser.post(at("edit_note", note), {"text": "Mine."}).status_code == 403
    assert at("edit_note", note) not in page_of(browser, note.take)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_edit_changes_nothing(
    signed_in: SignedIn, note: Note, bob: User, headers: dict[str, str]
) -> None:
    response = signed_in(bob).post(at("edit_note", note), {"text": " "}, headers=headers)
    assert response.status_code == 422
    assert "A note needs words." in response.content.decode()
    note.refresh_from_db()
    assert note.words == "Hold the last frame."


def test_leaders_and_the_author_of_a_note_remove_it(
    signed_in: SignedIn, take: Take, alice: User, bob: User, carol: User
) -> None:
    for person, status in ((carol, 403), (bob, 302), (alice, 302)):
        note = Note.add(take, "Gone soon.", at_ms=0, by=bob)
        assert (at("remove_note", note) in page_of(signed_in(person), take)) == (status == 302)
        assert signed_in(person).post(at("remove_note", note)).status_code == status
        assert Note.objects.filter(pk=note.pk).exists() == (status == 403)


def test_of_a_removed_note_with_replies_the_place_stays(
    signed_in: SignedIn, note: Note, alice: User, bob: User
) -> None:
    note.reply("Half a second?", by=alice)
    signed_in(bob).post(at("remove_note", note))
    page = page_of(signed_in(alice), note.take, "?notes=resolved")
    assert "Removed by Bob Okafor" in page
    assert "Half a second?" in page
    assert "Hold the last frame." not in page


def test_what_was_removed_meanwhile_cannot_be_resolved(
    signed_in: SignedIn, note: Note, alice: User, bob: User
) -> None:
    note.reply("Half a second?", by=alice)
    note.remove(by=bob)
    response = signed_in(alice).post(at("resolve_note", note), headers=HTMX)
    assert response.status_code == 422
    assert "This note was removed meanwhile." in response.content.decode()


def test_members_named_in_a_note_are_marked_and_the_words_stay_words(
    signed_in: SignedIn, take: Take, alice: User, bob: User
) -> None:
    Note.add(take, "<b>@Bob Okafor</b> look", at_ms=0, by=alice)
    page = page_of(signed_in(bob), take)
    assert "&lt;b&gt;<mark>@Bob Okafor</mark>&lt;/b&gt; look" in page
    assert f'data-name="{bob}"' in page


def test_without_scripts_the_page_comes_back_with_the_list_as_it_was(
    signed_in: SignedIn, note: Note, bob: User
) -> None:
    browser = signed_in(bob)
    page = page_of(browser, note.take, "?notes=mine&sort=newest")
    action = re.search(rf'action="({at("resolve_note", note)}[^"]*)"', page)
    assert action
    response = browser.post(action[1].replace("&amp;", "&"))
    assert response["Location"] == f"{at('take', note.take)}?notes=mine&sort=newest#notes"


def test_what_somebody_wrote_keeps_their_name_without_their_account(
    signed_in: SignedIn, note: Note, alice: User, bob: User
) -> None:
    Note.objects.filter(pk=note.pk).update(by=None)
    page = page_of(signed_in(alice), note.take)
    assert "Bob Okafor" in page[page.index('id="notes"') :]
