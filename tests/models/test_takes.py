"""Takes: numbered once, and every moment belongs to a frame and a shot."""

from __future__ import annotations

import pytest

from storyboard.models import Activity, Generation, Revision, Status, Take, User
from tests import builders


def test_a_take_is_numbered_in_its_storyboard_and_only_once(
    approved: Revision, alice: User
) -> None:
    first = builders.make_take(approved, by=alice)
    second = builders.make_take(approved, by=alice)
    again = Take.expect(second.generation, output_id="x", url="https://elsewhere.example/film.mp4")
    assert (first.number, second.number, again.pk) == (1, 2, second.pk)


def test_the_link_of_kling_is_sealed_and_renewed(take: Take) -> None:
    assert b"127.0.0.1" not in bytes(take.sealed_url)
    renewed = Take.expect(take.generation, output_id="", url="https://elsewhere.example/f.mp4")
    assert renewed.url == "https://elsewhere.example/f.mp4"


def test_a_take_is_unfinished_until_it_is_stored(approved: Revision, alice: User) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    assert Take.expect(generation, output_id="1", url="https://a.example/f").stored_at is None


def test_the_shots_share_the_real_duration(take: Take) -> None:
    take.duration_ms = 5042  # five planned seconds came a frame longer
    bounds = take.bounds()
    assert [(b.position, b.start_ms, b.end_ms) for b in bounds] == [(1, 0, 3025), (2, 3025, 5042)]
    assert bounds[0].prompt == builders.TWO_SHOTS[0][0]


@pytest.mark.parametrize(("at_ms", "position"), [(0, 1), (2999, 1), (3000, 2), (9999, 2)])
def test_a_moment_belongs_to_a_shot(take: Take, at_ms: int, position: int) -> None:
    take.duration_ms = 5000
    assert take.shot_at(at_ms).position == position


@pytest.mark.parametrize(
    ("rate", "at_ms", "start_ms"),
    [
        ((24, 1), 0, 0),
        ((24, 1), 6430, 6417),
        ((24, 1), 6417, 6417),
        ((24, 1), -5, 0),
        ((24, 1), 99_999, 13_958),
        ((30000, 1001), 1001, 1001),
        ((25, 1), 1019, 1000),
    ],
)
def test_a_moment_moves_to_the_start_of_its_frame(
    rate: tuple[int, int], at_ms: int, start_ms: int
) -> None:
    take = Take(duration_ms=14_000, rate_num=rate[0], rate_den=rate[1])
    assert take.at_frame(at_ms) == start_ms


def test_every_frame_stays_where_it_is() -> None:
    take = Take(duration_ms=14_000, rate_num=24, rate_den=1)
    starts = [round(frame * 1000 / 24) for frame in range(14 * 24)]
    assert [take.at_frame(start) for start in starts] == starts


def test_a_stored_take_says_so_with_its_size(take: Take) -> None:
    told = Activity.objects.get(verb="take.stored")
    assert told.actor_kind == "system"
    assert "stored take 1 of The Lamp, night one" in told.sentence


def test_a_generation_has_one_take(take: Take) -> None:
    assert Generation.objects.get().take == take


@pytest.mark.parametrize("rate", [(24, 1), (25, 1), (24_000, 1001), (30_000, 1001), (60, 1)])
def test_the_last_frame_is_counted_from_a_rounded_length(rate: tuple[int, int]) -> None:
    for frames in range(1, 500):
        length = round(frames * 1000 * rate[1] / rate[0])
        film = Take(duration_ms=length, rate_num=rate[0], rate_den=rate[1])
        assert film.last_frame == frames - 1
