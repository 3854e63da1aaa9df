"""Keep or redo: who said what about a shot of a take, and what is left of the take."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from storyboard.kling.brief import Brief, ShotBrief
from storyboard.kling.pricing import quote
from storyboard.models import (
    Generation,
    NotAllowedNow,
    Project,
    RedoReason,
    ShotVerdict,
    Status,
    Storyboard,
    Take,
    User,
)
from storyboard.models.salvaging import Salvage, redo_brief, salvage_of
from storyboard.models.wall import shots_of
from tests import builders

SIX = [("One.", 3), ("Two.", 2), ("Three.", 4), ("Four.", 3), ("Five.", 1), ("Six.", 2)]


def keys(take: Take) -> list[str]:
    return list(take.revision.shots.values_list("shot_key", flat=True))


def told(take: Take) -> list[str]:
    rows = take.storyboard.activities.filter(verb__startswith="shot.").order_by("pk")
    return [row.sentence for row in rows if row.verb in ("shot.judged", "shot.unjudged")]


@pytest.fixture
def six(project: Project, account: object, alice: User, bob: User) -> Take:
    """A take of six shots."""
    board = builders.make_storyboard(project, by=alice, shots=SIX)
    return builders.make_take(
        builders.approve(builders.make_revision(board, by=alice), by=bob), by=alice
    )


def test_a_shot_is_kept(take: Take, bob: User) -> None:
    take.judge(keys(take)[1], "keep", by=bob)
    row = take.verdicts.get()
    assert (row.shot_key, row.is_keep, row.reason, row.by) == (keys(take)[1], True, "", bob)
    assert told(take) == [f"kept shot 2 of take 1 of {take.storyboard}"]


def test_a_shot_is_redone_for_a_reason_and_words(take: Take, bob: User) -> None:
    take.judge(keys(take)[0], "redo", reason="hands", words=" Six fingers. ", by=bob)
    row = take.verdicts.get()
    assert (row.verdict, row.reason, row.words) == ("redo", "hands", "Six fingers.")
    assert told(take) == [f"asked to redo shot 1 of take 1 of {take.storyboard}: hands"]
    activity = take.storyboard.activities.get(verb="shot.judged")
    assert activity.data["note"] == "Six fingers."


@pytest.mark.parametrize("reason", ["", "ugly"])
def test_redoing_needs_a_reason_of_the_list(take: Take, bob: User, reason: str) -> None:
    with pytest.raises(NotAllowedNow, match="Choose a reason"):
        take.judge(keys(take)[0], "redo", reason=reason, by=bob)
    assert not take.verdicts.exists()


def test_keeping_drops_the_reason(take: Take, bob: User) -> None:
    take.judge(keys(take)[0], "keep", reason="hands", words="Fine.", by=bob)
    assert (take.verdicts.get().reason, take.verdicts.get().words) == ("", "")


def test_the_last_word_wins_and_says_whose_it_replaces(take: Take, alice: User, bob: User) -> None:
    take.judge(keys(take)[0], "redo", reason="camera", by=bob)
    take.judge(keys(take)[0], "keep", by=alice)
    row = take.verdicts.get()
    assert (row.verdict, row.by_name) == ("keep", str(alice))
    assert told(take)[-1].endswith(f"in place of the word of {bob}")
    activity = take.storyboard.activities.filter(verb="shot.judged").last()
    assert activity is not None
    assert (activity.data["before"], activity.data["before_reason"]) == ("redo", "camera")


def test_saying_the_same_again_is_saying_it_once(take: Take, alice: User, bob: User) -> None:
    for person in (bob, bob, alice):
        take.judge(keys(take)[0], "redo", reason="text", by=person)
    assert take.verdicts.get().by == alice
    assert len(told(take)) == 2


def test_a_verdict_is_taken_back(take: Take, alice: User, bob: User) -> None:
    take.judge(keys(take)[0], "keep", by=bob)
    for _time in range(2):
        take.unjudge(keys(take)[0], by=alice)
    assert not take.verdicts.exists()
    assert told(take)[1:] == [
        f"took back the verdict on shot 1 of take 1 of {take.storyboard}, given by {bob}"
    ]


def test_only_shots_of_the_take_are_judged(take: Take, storyboard: Storyboard, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="no such shot"):
        take.judge("another", "keep", by=bob)


def test_what_does_not_play_is_not_judged(approved: object, alice: User, bob: User) -> None:
    order = builders.order(approved, by=alice)  # type: ignore[arg-type]
    generation: Generation = builders.bring_to(order, Status.FETCHING)
    take = Take.expect(generation, output_id="v", url="http://127.0.0.1:9/v.mp4")
    with pytest.raises(NotAllowedNow, match="when it plays"):
        take.judge(keys(take)[0], "keep", by=bob)


@pytest.mark.parametrize(("verdict", "reason"), [("keep", "hands"), ("redo", ""), ("burn", "")])
def test_the_database_holds_no_other_verdict(
    take: Take, bob: User, verdict: str, reason: str
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ShotVerdict.objects.create(
            take=take, shot_key=keys(take)[0], verdict=verdict, reason=reason, by=bob
        )


def test_what_is_left_is_worked_out(six: Take, bob: User) -> None:
    for key in keys(six)[:2]:
        six.judge(key, "keep", by=bob)
    for key in keys(six)[2:4]:
        six.judge(key, "redo", reason="identity", by=bob)
    left = salvage(six)
    assert (left.keep, left.redo, left.unjudged) == ((1, 2), (3, 4), (5, 6))
    assert (left.seconds, left.ordered_seconds) == (7, 7)
    assert left.price is not None
    whole = quote(six.revision.brief)
    assert left.price.money_milli * 15 == whole.money_milli * 7


def test_an_order_is_never_shorter_than_the_model_takes(six: Take, bob: User) -> None:
    six.judge(keys(six)[4], "redo", reason="quality", by=bob)
    left = salvage(six)
    assert (left.seconds, left.ordered_seconds) == (1, 3)


def test_a_model_of_five_or_ten_seconds_costs_the_next_of_them() -> None:
    shots = tuple(ShotBrief(str(n), n, "A lamp.", 3) for n in (1, 2, 3))
    brief = Brief(
        shots=shots, shooting="custom", total_seconds=10, model="kling-v2-6", mode="pro",
        aspect_ratio="16:9", sound=False,
    )  # fmt: skip
    assert redo_brief(brief, shots[:1]).total_seconds == 5
    assert redo_brief(brief, shots[:2]).total_seconds == 10


def test_nothing_and_everything_to_redo_have_no_smaller_order(take: Take, bob: User) -> None:
    assert salvage(take) == Salvage((), (), (1, 2), 0, 0, None)
    for key in keys(take):
        take.judge(key, "redo", reason="policy", by=bob)
    assert salvage(take).price is None


def test_a_frame_away_from_its_shot_is_not_ordered(take: Take) -> None:
    brief = replace(take.revision.brief, first_frame=object(), end_frame=object(), brush=object())  # type: ignore[arg-type]
    first, last = brief.shots
    assert redo_brief(brief, [first]).first_frame is brief.first_frame
    assert redo_brief(brief, [first]).end_frame is None
    assert redo_brief(brief, [last]).first_frame is None
    assert redo_brief(brief, [last]).brush is None
    assert redo_brief(brief, [last]).end_frame is brief.end_frame


def test_the_shots_to_redo_make_a_draft_that_is_ready(six: Take, alice: User, bob: User) -> None:
    for key in (keys(six)[2], keys(six)[4]):
        six.judge(key, "redo", reason="identity", by=bob)
    builders.give_first_frame(six.storyboard, by=alice)
    six = Take.objects.get(pk=six.pk)
    board = six.draft_redo("Again", by=alice)
    board = Storyboard.objects.get(pk=board.pk)
    rows = board.shots.values_list("position", "prompt", "seconds")
    assert list(rows) == [(1, "Three.", 4), (2, "Five.", 1)]
    assert (board.total_seconds, board.first_frame, board.name) == (5, None, "Again")
    assert set(board.shots.values_list("key", flat=True)).isdisjoint(keys(six))
    assert "from shots 3, 5 of" in board.activities.get().sentence
    assert builders.make_revision(board, by=alice).number == 1


def test_one_short_shot_gets_the_seconds_the_model_needs(six: Take, alice: User, bob: User) -> None:
    six.judge(keys(six)[4], "redo", reason="identity", by=bob)
    board = Storyboard.objects.get(pk=six.draft_redo("Again", by=alice).pk)
    assert (board.total_seconds, board.shots.get().seconds, board.shooting) == (3, 3, "single")
    assert builders.make_revision(board, by=alice).number == 1


def test_a_draft_without_those_shots_makes_no_draft(take: Take, alice: User, bob: User) -> None:
    take.judge(keys(take)[1], "redo", reason="identity", by=bob)
    take.storyboard.shots.get(position=2).remove(by=alice)
    with pytest.raises(NotAllowedNow, match="none of the shots"):
        take.draft_redo("Again", by=alice)
    assert Storyboard.objects.count() == 1


def test_the_project_counts_what_was_kept(six: Take, take: Take, alice: User, bob: User) -> None:
    never_made = builders.make_storyboard(six.storyboard.project, by=alice, name="Never made")
    builders.make_revision(never_made, by=alice)
    assert shots_of(six.storyboard.project).attempts == 0
    for key in keys(six)[:3]:
        six.judge(key, "keep", by=bob)
    six.judge(keys(six)[3], "redo", reason="text", by=bob)
    for key in keys(take):
        take.judge(key, "redo", reason="hands", by=alice)
    sums = shots_of(six.storyboard.project)
    assert (sums.made, sums.kept, sums.redone) == (8, 3, 3)
    assert (sums.reason, sums.reason_words) == ("hands", "hands")
    assert round(sums.attempts, 1) == 2.7


def test_every_reason_has_words() -> None:
    assert all(label for _value, label in RedoReason.choices)


def salvage(take: Take) -> Salvage:
    return salvage_of(take.revision.brief, take.verdicts.all())
