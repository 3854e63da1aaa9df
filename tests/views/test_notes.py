"""Notes on a take, through the browser's own requests."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Note, Revision, Status, Take, User
from tests import builders

SignedIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


def _add(take: Take) -> str:
    return reverse("add_note", args=[take.key])


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    return Note.add(take, "Hold the last frame.", at_ms=3500, by=bob)


def test_everybody_in_the_team_may_leave_a_note(
    signed_in: SignedIn, take: Take, bob: User, carol: User, alice: User
) -> None:
    for person in (alice, bob, carol):
        signed_in(person).post(_add(take), {"text": f"From {person}", "at_ms": "1000"})
    assert Note.objects.filter(take=take).count() == 3


def test_the_page_comes_back_at_the_moment_of_the_note(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    response = signed_in(bob).post(_add(take), {"text": "Too fast", "at_ms": "3520"})
    note = Note.objects.get()
    assert note.at_ms == 3500  # the start of its frame, at six frames a second
    assert response.status_code == 302
    assert response["Location"] == (
        f"{reverse('take', args=[take.key])}?note={note.key}#note-{note.key}"
    )


def test_without_scripts_a_person_says_the_second(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    signed_in(bob).post(_add(take), {"text": "Here", "at_ms": "", "at_second": "2.5"})
    assert Note.objects.get().at_ms == 2500
    assert Note.objects.get().shot_key == take.bounds()[0].shot_key


def test_a_moment_past_the_end_is_the_last_frame(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    signed_in(bob).post(_add(take), {"text": "The end", "at_ms": "999999"})
    assert Note.objects.get().at_ms < take.duration_ms
    assert Note.objects.get().shot_key == take.bounds()[-1].shot_key


REFUSED = [
    ({"text": "  ", "at_ms": "0"}, "A note needs words. Nothing was added."),
    ({"text": "kept words", "at_ms": "soon"}, "Enter a whole number"),
    ({"text": "kept words", "at_ms": "-5"}, "greater than or equal to 0"),
    ({"text": "kept words" + "x" * 4000, "at_ms": "0"}, "at most 4000 characters"),
    ({"text": "kept words", "at_ms": "0", "about": "range"}, "A range needs an end."),
    ({"text": "kept words", "at_ms": "3000", "end_ms": "1000"}, "A range ends after it begins."),
    ({"text": "kept words", "at_ms": "0", "about": "scene"}, "Select a valid choice"),
    ({"text": "kept words", "at_ms": "0", "drawing": "[{}]"}, "drawing"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_what_cannot_be_stored_is_said_and_the_words_stay(
    signed_in: SignedIn, take: Take, bob: User, data: dict[str, str], words: str
) -> None:
    response = signed_in(bob).post(_add(take), data)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert data["text"].strip() in page
    assert not Note.objects.exists()


@pytest.mark.parametrize(("data", "words"), REFUSED)
def test_with_htmx_a_refusal_leaves_the_form_and_its_files_alone(
    signed_in: SignedIn, take: Take, bob: User, data: dict[str, str], words: str
) -> None:
    response = signed_in(bob).post(_add(take), data, headers=HTMX)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert re.findall(r' id="([^"]+)"', page) == ["note-text-errors"]
    assert not Note.objects.exists()


def test_a_film_on_its_way_takes_no_notes(
    signed_in: SignedIn, approved: Revision, alice: User
) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    take = Take.expect(generation, output_id="v", url="http://127.0.0.1:9/v")
    response = signed_in(alice).post(_add(take), {"text": "Early", "at_ms": "0"})
    assert response.status_code == 422
    assert not Note.objects.exists()


def test_with_htmx_the_parts_come_and_an_empty_composer(
    signed_in: SignedIn, take: Take, bob: User
) -> None:
    response = signed_in(bob).post(_add(take), {"text": "Too fast", "at_ms": "0"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    for part in ("notes", f"pins-{take.key}", "thread-tabs", "composer", "takes", "thread-said"):
        assert re.search(rf'id="{part}"[^>]*hx-swap-oob="true"', page), part
    assert "<html" not in page
    assert "<video" not in page
    assert page.count('<p class="words">Too fast</p>') == 1


def test_a_note_is_resolved_and_reopened(signed_in: SignedIn, note: Note, alice: User) -> None:
    browser = signed_in(alice)
    response = browser.post(reverse("resolve_note", args=[note.key]))
    assert response.status_code == 302
    note.refresh_from_db()
    assert note.resolved_by == alice
    page = browser.get(reverse("take", args=[note.take.key]) + "?notes=resolved").content.decode()
    assert "Resolved by Alice Moreau" in page
    assert "Hold the last frame." in page
    browser.post(reverse("reopen_note", args=[note.key]))
    note.refresh_from_db()
    assert note.resolved_at is None


def test_resolving_twice_is_resolving_once(signed_in: SignedIn, note: Note, alice: User) -> None:
    browser = signed_in(alice)
    for _time in range(2):
        answer = browser.post(reverse("resolve_note", args=[note.key]), headers=HTMX)
        assert answer.status_code == 200
    activities = note.take.storyboard.activities.filter(verb="note.resolved")
    assert activities.count() == 1


def test_words_are_shown_as_words(signed_in: SignedIn, take: Take, bob: User) -> None:
    evil = "<script>alert(1)</script><b onclick=x>"
    browser = signed_in(bob)
    browser.post(_add(take), {"text": evil, "at_ms": "0"})
    page = browser.get(reverse("take", args=[take.key])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert evil not in page


@pytest.mark.parametrize(
    "name",
    [
        "add_note", "reply_to_note", "edit_note", "resolve_note", "reopen_note", "remove_note",
        "show_note", "hide_note",
    ],
)  # fmt: skip
def test_notes_are_for_the_team_and_for_posts(
    signed_in: SignedIn, note: Note, charlie: User, alice: User, name: str
) -> None:
    key = note.take.key if name == "add_note" else note.key
    address = reverse(name, args=[key])
    data = {"text": "Not mine", "at_ms": "0"}
    assert signed_in(charlie).post(address, data).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    anonymous = Client().post(address, data)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))
    note.refresh_from_db()
    assert (note.resolved_at, note.is_for_client) == (None, False)
    assert Note.objects.count() == 1
