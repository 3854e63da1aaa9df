"""Pins above the scrubber: each note where it stands, and never more than can be told apart."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import Note, Revision, Take, User
from storyboard.models.carrying import Placed, placed_notes
from storyboard.views.room_pins import MOST, pins_of
from tests import builders
from tests.conftest import SignedIn

MANY = 400


def placed(take: Take) -> tuple[Placed, ...]:
    return placed_notes(take).here


def leave_many(take: Take, count: int, by: User) -> None:
    """As many as are to be gathered, past the limits of one person's patience."""
    first = Note.add(take, "Here", at_ms=0, by=by)
    shot_key = first.shot_key
    Note.objects.bulk_create(
        Note(
            take=take,
            at_ms=take.start_of(number * take.last_frame // count),
            shot_key=shot_key,
            words=f"Note {number}",
            by=by,
            by_name=str(by),
        )
        for number in range(1, count)
    )


def test_a_note_stands_at_its_moment_and_says_whose_it_is(take: Take, bob: User) -> None:
    note = Note.add(take, "Brighter", at_ms=1500, by=bob)
    (pin,) = pins_of(take, placed(take))
    assert (pin.note_key, pin.at_ms, pin.end_ms, pin.person) == (note.key, 1500, None, bob)
    assert pin.words == "Bob Okafor at 00:01:03"
    assert not pin.is_resolved
    assert not pin.is_carried


def test_a_range_has_both_ends_and_is_named_by_its_frames(take: Take, bob: User) -> None:
    Note.add(take, "Hold", at_ms=1000, end_ms=2000, by=bob)
    (pin,) = pins_of(take, placed(take))
    assert (pin.at_ms, pin.end_ms) == (1000, 2000)
    assert pin.words == "Bob Okafor, 00:01:00 to 00:01:05"


def test_a_resolved_one_says_so(take: Take, bob: User) -> None:
    Note.add(take, "Brighter", at_ms=0, by=bob).resolve(by=bob)
    (pin,) = pins_of(take, placed(take))
    assert pin.is_resolved
    assert pin.words.endswith(", resolved")


def test_what_has_no_place_in_the_film_has_no_pin(take: Take, bob: User) -> None:
    Note.add(take, "All of it", by=bob)
    answered = Note.add(take, "Gone", at_ms=1000, by=bob)
    answered.reply("Why?", by=bob)
    answered.remove(by=bob)
    on_shot = Note.add(take, "This shot", shot_key=take.bounds()[1].shot_key, by=bob)
    pins = pins_of(take, placed(take))
    assert [(pin.note_key, pin.at_ms) for pin in pins] == [(on_shot.key, 3000)]


def test_one_from_an_earlier_take_stands_where_its_shot_is_now(
    take: Take, approved: Revision, alice: User, bob: User
) -> None:
    Note.add(take, "Brighter", at_ms=3500, by=bob)
    later = builders.make_take(approved, by=alice)
    (pin,) = pins_of(later, placed(later))
    assert pin.is_carried
    assert pin.words == f"Bob Okafor at 00:03:03, carried over from take {take.number}"


def test_somebody_whose_account_is_gone_keeps_the_initials(take: Take, bob: User) -> None:
    Note.add(take, "Brighter", at_ms=0, by=bob)
    Note.objects.update(by=None)
    (pin,) = pins_of(take, placed(take))
    assert pin.person.initials == "BO"


def test_up_to_the_limit_each_note_has_its_own_pin(take: Take, bob: User) -> None:
    leave_many(take, MOST, bob)
    assert [pin.total for pin in pins_of(take, placed(take))] == [1] * MOST


def test_beyond_it_they_gather_by_place_and_none_is_lost(take: Take, bob: User) -> None:
    leave_many(take, MANY, bob)
    pins = pins_of(take, placed(take))
    assert len(pins) <= MOST
    assert sum(pin.total for pin in pins) == MANY
    assert [pin.at_ms for pin in pins] == sorted({pin.at_ms for pin in pins})
    assert pins[0].words == f"{pins[0].total} notes from 00:00:00"


def test_gathered_notes_lead_to_the_first_that_is_open(take: Take, bob: User) -> None:
    leave_many(take, MANY, bob)
    first, second = Note.objects.order_by("at_ms", "pk")[:2]
    first.resolve(by=bob)
    pin = pins_of(take, placed(take))[0]
    assert pin.note_key == second.key
    assert pin.at_ms == first.at_ms
    assert not pin.is_resolved
    Note.objects.update(resolved_at=first.created_at)
    assert all(pin.is_resolved for pin in pins_of(take, placed(take)))


def test_pins_ask_the_database_for_nothing(take: Take, bob: User) -> None:
    leave_many(take, MANY, bob)
    there = placed(take)
    with CaptureQueriesContext(connection) as asked:
        pins_of(take, there)
    assert len(asked) == 0


@pytest.mark.parametrize("count", [3, MANY])
def test_the_page_draws_them_as_links_to_their_notes(
    signed_in: SignedIn, take: Take, bob: User, count: int
) -> None:
    leave_many(take, count, bob)
    page = signed_in(bob).get(reverse("take", args=[take.key])).content.decode()
    drawn = re.search(r'<div class="pins".*?</div>', page, re.DOTALL)
    assert drawn is not None
    pins = pins_of(take, placed(take))
    links = re.findall(r'href="\?note=([\w-]+)#note-([\w-]+)" data-at-ms="(\d+)"', drawn[0])
    assert links == [(pin.note_key, pin.note_key, str(pin.at_ms)) for pin in pins]
    assert ("data-count" in drawn[0]) == (count == MANY)
