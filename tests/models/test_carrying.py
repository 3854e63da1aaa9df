"""Notes follow their shot into later takes: at the same offset, on a frame, within the shot."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from storyboard.models import Account, Bound, Note, Project, Revision, Storyboard, Take, User
from storyboard.models.carrying import PlacedNotes, Reel, place, placed_notes, whole
from tests import builders

PLAIN = (24, 1)
NTSC = (24_000, 1001)
FIVE = tuple((f"Shot {letter}, as planned.", 3) for letter in "ABCDE")


def reel(number: int, shots: str, *, ms: int | None = None, rate: tuple[int, int] = PLAIN) -> Reel:
    """A take of shots by name and seconds, `A3 B2`; `ms` where the film came out otherwise."""
    planned = [(each[0], int(each[1:])) for each in shots.split()]
    total = sum(seconds for _key, seconds in planned)
    length = total * 1000 if ms is None else ms
    ends = [round(length * done / total) for done in accumulate(each[1] for each in planned)]
    bounds = [
        Bound(position, key, "", start, end)
        for position, ((key, _s), start, end) in enumerate(
            zip(planned, [0, *ends[:-1]], ends, strict=True), start=1
        )
    ]
    return Reel(Take(pk=number, duration_ms=length, rate_num=rate[0], rate_den=rate[1]), bounds)


def note_on(origin: Reel, at_ms: int, end_ms: int | None = None) -> Note:
    """A note left at a moment, or from there to the end of the frame before `end_ms`."""
    take = origin.take
    first = take.frame_at(at_ms)
    start = take.start_of(first)
    end = None
    if end_ms is not None:
        end = take.end_of(max(first, take.frame_at(end_ms) - 1))
    return Note(pk=1, at_ms=start, end_ms=end, shot_key=origin.bound_at(start).shot_key)


class Case(NamedTuple):
    """From a note in `before` to its shot's position and its times in `after`."""

    before: Reel
    at: int
    end: int | None
    after: Reel
    position: int | None
    then: int
    then_end: int | None


CASES = {
    "nothing changed": Case(
        reel(1, "A3 B2 C4"), 3500, None, reel(2, "A3 B2 C4"), 2, 3500, None
    ),
    "moved to the front": Case(
        reel(1, "A3 B2 C4"), 3500, None, reel(2, "B2 A3 C4"), 1, 500, None
    ),
    "an earlier shot is longer": Case(
        reel(1, "A3 B2 C4"), 3500, None, reel(2, "A5 B2 C4"), 2, 5500, None
    ),
    "its shot is longer": Case(
        reel(1, "A3 B2 C4"), 4500, None, reel(2, "A3 B6 C4"), 2, 4500, None
    ),
    "its shot ends before it now: the last frame": Case(
        reel(1, "A3 B5"), 7000, None, reel(2, "A3 B2"), 2, 4958, None
    ),
    "its shot is gone": Case(
        reel(1, "A3 B2 C4"), 3500, None, reel(2, "A3 C4"), None, 3500, None
    ),
    "the film came out longer": Case(
        reel(1, "A3 B2", ms=5000), 3500, None, reel(2, "A3 B2", ms=5042), 2, 3542, None
    ),
    "the film was split otherwise than planned": Case(
        reel(1, "A3 B2 C5", ms=10042), 5100, None, reel(2, "C5 A3 B2", ms=10000), 1, 42, None
    ),
    "at the very end": Case(
        reel(1, "A3 B2"), 5000, None, reel(2, "B2 A3"), 1, 1958, None
    ),
    "another frame rate": Case(
        reel(1, "A3 B2", rate=PLAIN), 3500, None, reel(2, "A3 B2", rate=(25, 1)), 2, 3520, None
    ),
    "23.976 frames a second": Case(
        reel(1, "A3 B2", ms=5005, rate=NTSC),
        3545,
        None,
        reel(2, "B2 A3", ms=5005, rate=NTSC),
        1,
        542,
        None,
    ),
    "a range within a shot": Case(
        reel(1, "A3 B2 C4"), 3500, 4000, reel(2, "B2 A3 C4"), 1, 500, 1000
    ),
    "a range over a boundary that stays": Case(
        reel(1, "A3 B2 C4"), 4500, 6000, reel(2, "A5 B2 C4"), 2, 6500, 8000
    ),
    "a range whose second shot went to the front": Case(
        reel(1, "A3 B2"), 2500, 4000, reel(2, "B2 A3"), 2, 4500, 5000
    ),
    "a range whose second shot is gone": Case(
        reel(1, "A3 B2 C4"), 2500, 4000, reel(2, "A3 C4"), 1, 2500, 3000
    ),
    "a range cut by a shorter shot: a frame at least": Case(
        reel(1, "A3 B5"), 6000, 8000, reel(2, "A3 B2"), 2, 4958, 5000
    ),
    "a range to the end": Case(
        reel(1, "A3 B2"), 4500, 5000, reel(2, "B2 A3"), 1, 1500, 2000
    ),
    "a range whose shot is gone": Case(
        reel(1, "A3 B2 C4"), 3500, 4000, reel(2, "A3 C4"), None, 3500, 4000
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_note_stands_at_its_shot(case: Case) -> None:
    placed = place(note_on(case.before, case.at, case.end), case.before, case.after)
    assert (placed.position, placed.at_ms, placed.end_ms) == (
        case.position, case.then, case.then_end,
    )  # fmt: skip
    assert placed.is_carried
    assert placed.origin is case.before.take
    assert placed.is_elsewhere is (case.position is None)


def test_a_note_of_the_whole_take_is_carried_as_such() -> None:
    note = Note(pk=1, at_ms=0, shot_key="")
    placed = place(note, reel(1, "A3 B2"), reel(2, "C4"))
    assert (placed.position, placed.at_ms, placed.is_elsewhere) == (None, 0, False)


def test_a_note_of_a_shot_begins_with_it() -> None:
    origin = reel(1, "A3 B2", ms=5042)
    start = origin.take.start_of(origin.take.frames_of(origin.bounds[1])[0])
    note = Note(pk=1, kind=Note.Kind.SHOT, at_ms=start, shot_key="B")
    assert place(note, origin, reel(2, "A3 B2", ms=5042)).at_ms == start
    assert place(note, origin, reel(2, "B2 A3")).at_ms == 0


plans = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.integers(1, 6)),
    min_size=1, max_size=6, unique_by=lambda each: each[0],
)  # fmt: skip
rates = st.sampled_from([PLAIN, NTSC, (25, 1), (30, 1), (30_000, 1001), (60, 1)])


@st.composite
def reels(draw: st.DrawFn, number: int) -> Reel:
    """Films a little longer or shorter than planned, as they come."""
    plan = draw(plans)
    seconds = sum(each[1] for each in plan)
    ms = max(500 * len(plan), seconds * 1000 + draw(st.integers(-400, 400)))
    words = " ".join(f"{key}{each}" for key, each in plan)
    return reel(number, words, ms=ms, rate=draw(rates))


@given(reels(1), reels(2), st.integers(0, 40_000), st.none() | st.integers(0, 40_000))
def test_placed_within_its_shot_on_a_frame(
    before: Reel, after: Reel, at: int, end: int | None
) -> None:
    placed = place(note_on(before, at, end), before, after)
    bound = after.bound_of(placed.shot_key)
    if bound is None:
        assert placed.is_elsewhere
        return
    assert bound.start_ms <= placed.at_ms < bound.end_ms
    assert placed.position == bound.position
    assert after.take.at_frame(placed.at_ms) == placed.at_ms
    if placed.end_ms is not None:
        assert placed.end_ms > placed.at_ms
        assert after.take.frame_at(placed.end_ms) > after.take.frame_at(placed.at_ms)
        assert placed.end_ms <= after.take.end_of(after.take.last_frame)


@given(reels(1), st.integers(0, 40_000), st.none() | st.integers(0, 40_000))
def test_where_nothing_changed_nothing_moves(film: Reel, at: int, end: int | None) -> None:
    note = note_on(film, at, end)
    same = Reel(
        Take(
            pk=2, duration_ms=film.take.duration_ms,
            rate_num=film.take.rate_num, rate_den=film.take.rate_den,
        ),
        film.bounds,
    )  # fmt: skip
    placed = place(note, film, same)
    assert (placed.at_ms, placed.end_ms) == (note.at_ms, note.end_ms)


@given(reels(1), reels(2), st.integers(0, 40_000), st.integers(0, 40_000))
def test_notes_of_a_shot_keep_their_order_and_stand_still(
    before: Reel, after: Reel, one: int, other: int
) -> None:
    notes = sorted((note_on(before, at) for at in (one, other)), key=lambda note: note.at_ms)
    placed = [place(note, before, after) for note in notes]
    if notes[0].shot_key == notes[1].shot_key:
        assert placed[0].at_ms <= placed[1].at_ms
    assert placed == [place(note, before, after) for note in notes]
    for each in placed:
        if each.position is not None:
            again = Note(pk=2, at_ms=each.at_ms, shot_key=each.shot_key)
            still = Reel(
                Take(
                    pk=3, duration_ms=after.take.duration_ms,
                    rate_num=after.take.rate_num, rate_den=after.take.rate_den,
                ),
                after.bounds,
            )  # fmt: skip
            assert place(again, after, still).at_ms == each.at_ms


class Team(NamedTuple):
    """Who made the takes below, and who looked at them."""

    author: User
    reviewer: User


@pytest.fixture
def people(alice: User, bob: User) -> Team:
    return Team(alice, bob)


@pytest.fixture
def board(project: Project, account: Account, alice: User) -> Storyboard:
    """Five shots of three seconds."""
    return builders.make_storyboard(project, by=alice, shots=FIVE)


def shoot(board: Storyboard, people: Team, *, takes: int = 1) -> Take:
    """The next revision of the draft as it stands, approved, and its first take."""
    board = Storyboard.objects.get(pk=board.pk)
    revision = builders.make_revision(board, by=people.author, takes=takes)
    return builders.make_take(builders.approve(revision, by=people.reviewer), by=people.author)


def shots_of(board: Storyboard) -> list[str]:
    return list(board.shots.order_by("position").values_list("key", flat=True))


def words_at(found: PlacedNotes) -> list[tuple[str, int | None]]:
    placed = whole(found.every, Note.objects.with_thread())
    return [(each.note.words, each.position) for each in placed]


def rearrange(board: Storyboard, people: Team) -> None:
    """Shot 5 to the front, shot 3 removed, shot 2 from three seconds to five."""
    by = people.author
    keys = shots_of(board)
    board.shots.get(key=keys[2]).remove(by=by)
    board.shots.get(key=keys[4]).move(1, by=by)
    board.retime({keys[1]: 5}, by=by, total=14)


def test_notes_stand_at_their_shots_in_a_reordered_and_retimed_take(
    board: Storyboard, people: Team
) -> None:
    one = shoot(board, people)
    keys = shots_of(board)
    starts = {bound.shot_key: bound.start_ms for bound in one.bounds()}
    second = Note.add(one, "Slower here.", by=people.reviewer, at_ms=starts[keys[1]] + 1500)
    third = Note.add(one, "Too dark.", by=people.reviewer, at_ms=starts[keys[2]] + 500)
    fifth = Note.add(one, "Hold it.", by=people.reviewer, at_ms=starts[keys[4]] + 2000)
    rearrange(board, people)
    two = shoot(board, people)
    assert [bound.shot_key for bound in two.bounds()] == [keys[4], keys[0], keys[1], keys[3]]

    found = placed_notes(two)
    assert words_at(found) == [("Hold it.", 1), ("Slower here.", 3), ("Too dark.", None)]
    assert [each.note for each in found.here] == [fifth, second]
    assert [each.note for each in found.elsewhere] == [third]
    now = {bound.shot_key: bound.start_ms for bound in two.bounds()}
    frame = 1000 / (two.rate_num / two.rate_den)
    for placed, offset in ((found.here[0], 2000), (found.here[1], 1500)):
        assert placed.is_carried
        assert placed.origin == one
        assert abs(placed.at_ms - now[placed.shot_key] - offset) <= frame
        assert two.shot_at(placed.at_ms).shot_key == placed.shot_key
    assert found.elsewhere[0].at_ms == third.at_ms


def test_an_earlier_take_shows_none_of_a_later_one(board: Storyboard, people: Team) -> None:
    one, two = shoot(board, people), shoot(board, people)
    Note.add(two, "Later.", by=people.reviewer, at_ms=0)
    assert words_at(placed_notes(one)) == []


def test_a_take_made_earlier_but_stored_later_carries_by_its_number(
    board: Storyboard, people: Team
) -> None:
    one, two = shoot(board, people), shoot(board, people)
    Take.objects.filter(pk=one.pk).update(stored_at=two.stored_at.replace(year=2099))  # type: ignore[union-attr]
    Note.add(one, "From the first.", by=people.reviewer, at_ms=0)
    assert words_at(placed_notes(two)) == [("From the first.", 1)]


def test_a_third_take_of_the_same_revision_carries_from_both(
    approved: Revision, people: Team
) -> None:
    one = builders.make_take(approved, by=people.author)
    two = builders.make_take(approved, by=people.author)
    Note.add(one, "First.", by=people.reviewer, at_ms=3500)
    Note.add(two, "Second.", by=people.reviewer, at_ms=1000)
    three = shoot(approved.storyboard, people)
    assert words_at(placed_notes(three)) == [("Second.", 1), ("First.", 2)]
    assert [each.at_ms for each in placed_notes(three).here] == [1000, 3500]


def test_resolved_notes_stay_where_they_were_resolved_until_reopened(
    board: Storyboard, people: Team
) -> None:
    one, two, three = (shoot(board, people) for _ in range(3))
    on_one = Note.add(one, "Closer.", by=people.reviewer, at_ms=0)
    at_once = Note.add(one, "Dealt with.", by=people.reviewer, at_ms=500)
    at_once.resolve(by=people.author, on=one)
    on_one.resolve(by=people.author, on=two)
    assert words_at(placed_notes(two)) == [("Closer.", 1)]
    assert words_at(placed_notes(three)) == []
    assert words_at(placed_notes(one)) == [("Closer.", 1), ("Dealt with.", 1)]
    on_one.reopen(by=people.reviewer)
    assert words_at(placed_notes(three)) == [("Closer.", 1)]


def test_replies_and_removed_notes_are_not_carried(board: Storyboard, people: Team) -> None:
    one, two = shoot(board, people), shoot(board, people)
    kept = Note.add(one, "Closer.", by=people.reviewer, at_ms=0)
    kept.reply("How close?", by=people.author)
    gone = Note.add(one, "Never mind.", by=people.reviewer, at_ms=0)
    gone.reply("Fine.", by=people.author)
    gone.remove(by=people.reviewer)
    assert words_at(placed_notes(two)) == [("Closer.", 1)]
    assert len(placed_notes(one).every) == 2  # its own keeps the place of the removed one


def test_another_storyboards_notes_stay_there(
    board: Storyboard, project: Project, people: Team
) -> None:
    Note.add(shoot(board, people), "Elsewhere.", by=people.reviewer, at_ms=0)
    other = builders.make_storyboard(project, by=people.author, name="Another")
    shoot(other, people)
    assert words_at(placed_notes(shoot(other, people))) == []


def test_general_notes_come_first_and_those_without_a_shot_last(
    board: Storyboard, people: Team
) -> None:
    one = shoot(board, people)
    keys = shots_of(board)
    Note.add(one, "Of shot 3.", by=people.reviewer, shot_key=keys[2])
    Note.add(one, "Of shot 1.", by=people.reviewer, shot_key=keys[0])
    Note.add(one, "In general.", by=people.reviewer)
    rearrange(board, people)
    found = placed_notes(shoot(board, people))
    assert words_at(found) == [("In general.", None), ("Of shot 1.", 2), ("Of shot 3.", None)]
    assert [each.is_elsewhere for each in found.every] == [False, False, True]


def test_what_it_asks_of_the_database_does_not_grow(board: Storyboard, people: Team) -> None:
    one = shoot(board, people)
    Note.add(one, "One.", by=people.reviewer, at_ms=0)
    few = _queries(shoot(board, people))
    for number in range(12):
        Note.add(one, f"Note {number}", by=people.reviewer, at_ms=number * 500)
    rearrange(board, people)
    Note.add(shoot(board, people), "Another take.", by=people.reviewer, at_ms=0)
    assert _queries(shoot(board, people)) == few <= 4


def _queries(take: Take) -> int:
    take = Take.objects.select_related("revision").get(pk=take.pk)
    with CaptureQueriesContext(connection) as asked:
        placed_notes(take)
    return len(asked)
