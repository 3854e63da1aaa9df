"""The wall: what is first, what is found, what is counted, what it adds up to."""

from __future__ import annotations

import pytest

from storyboard.access import ROLES_BY_VERB
from storyboard.kling.pricing import quote
from storyboard.models import Project, Revision, Stage, Status, Storyboard, Take, User
from storyboard.models.waiting import Waiting, waiting_for
from storyboard.models.wall import (
    WAITING,
    Card,
    WallAsked,
    cards_of,
    count_stages,
    sums_of,
    wall_of,
)
from tests import builders


def waiting(project: Project, user: User) -> list[Waiting]:
    return waiting_for(user, ROLES_BY_VERB, project=project)


def cards(project: Project, user: User, asked: WallAsked | None = None) -> list[Card]:
    found = waiting(project, user)
    return cards_of(wall_of(project, found, asked), found)


@pytest.fixture
def every_stage(project: Project, account: object, alice: User, bob: User) -> dict[Stage, str]:
    """One storyboard at each stage, by name."""

    def approved(name: str) -> Revision:
        board = builders.make_storyboard(project, by=alice, name=name)
        return builders.approve(builders.make_revision(board, by=alice), by=bob)

    builders.make_storyboard(project, by=alice, name="draft")
    builders.make_revision(builders.make_storyboard(project, by=alice, name="in_review"), by=alice)
    approved("approved")
    builders.bring_to(builders.order(approved("generating"), by=alice), Status.RUNNING)
    builders.make_take(approved("takes"), by=alice)
    take = builders.make_take(approved("picked"), by=alice)
    take.storyboard.pick(take, by=alice)
    builders.bring_to(builders.order(approved("failed"), by=alice), Status.FAILED)
    return {stage: stage.value for stage in Stage}


def test_each_stage_finds_its_own(
    project: Project, alice: User, every_stage: dict[Stage, str]
) -> None:
    for stage, name in every_stage.items():
        found = cards(project, alice, WallAsked(stage=stage))
        assert [(card.storyboard.name, card.stage) for card in found] == [(name, stage)]


def test_the_counts_are_what_the_filters_show(
    project: Project, alice: User, bob: User, every_stage: dict[Stage, str]
) -> None:
    for person in (alice, bob):
        counts = count_stages(project, "", waiting(project, person))
        for stage in ("", WAITING, *Stage.values):
            shown = cards(project, person, WallAsked(stage=stage))
            assert counts.get(stage, 0) == len(shown), stage
        assert counts[WAITING] > 0
    assert count_stages(project, "PICK", waiting(project, bob)) == {"picked": 1, WAITING: 0, "": 1}


def test_a_withdrawn_order_leaves_it_approved(
    project: Project, alice: User, approved: Revision
) -> None:
    builders.cancel(builders.order(approved, by=alice), by=alice)
    assert Storyboard.objects.with_stage().get().stage == Stage.APPROVED


def test_what_waits_is_first_and_two_of_it_are_large(
    project: Project, account: object, alice: User, bob: User
) -> None:
    for n in range(3):
        builders.make_revision(
            builders.make_storyboard(project, by=alice, name=f"Asked {n}"), by=alice
        )
    builders.make_storyboard(project, by=alice, name="Newest")
    found = cards(project, bob)
    assert [card.is_large for card in found] == [True, True, False, False]
    assert found[-1].storyboard.name == "Newest"
    assert not any(card.is_large for card in cards(project, alice))


def test_a_large_card_knows_who_asks_and_who_answered(
    revision: Revision, bob: User, paula: User
) -> None:
    revision.review.request_changes(by=bob, note="Closer.")
    revision.review.request_changes(by=bob, note="Closer still.")
    [card] = cards(revision.storyboard.project, paula)
    assert card.asked is None, "changes are requested: it waits for nobody's decision"
    other = builders.make_revision(
        Storyboard.objects.get(pk=revision.storyboard_id), by=revision.sent_by or paula
    )
    [card] = cards(revision.storyboard.project, paula)
    assert card.asked == other
    assert card.decisions == ()


def test_by_name_puts_nothing_else_first(
    project: Project, account: object, alice: User, bob: User
) -> None:
    builders.make_revision(builders.make_storyboard(project, by=alice, name="zebra"), by=alice)
    builders.make_storyboard(project, by=alice, name="Aldous")
    names = [card.storyboard.name for card in cards(project, bob, WallAsked(by_name=True))]
    assert names == ["Aldous", "zebra"]


def test_what_is_archived_is_not_on_the_wall_and_still_spent(take: Take, alice: User) -> None:
    take.storyboard.archive(by=alice)
    project = take.storyboard.project
    assert cards(project, alice) == []
    sums = sums_of(project)
    assert (sums.takes, sums.film_ms) == (1, take.duration_ms)
    assert (sums.spent_milli, sums.estimate_milli) == (take.generation.money_milli, 0)


def test_the_estimate_is_of_what_was_never_ordered_each_at_its_own_price(
    project: Project, take: Take, alice: User
) -> None:
    boards = [builders.make_storyboard(project, by=alice, name=f"Board {n}") for n in range(4)]
    boards[0].rewrite({"mode": "pro"}, by=alice)
    boards[1].rewrite({"sound": True}, by=alice)
    voice = builders.know_voice("Keeper", kling_id="v1", team=project.team, by=alice)
    for board, prompt in ((boards[2], "He says <<<voice_1>>> softly."), (boards[3], "Silence.")):
        board.rewrite({"model": "kling-v2-6", "mode": "pro", "sound": True}, by=alice)
        board.attach_voice(voice, by=alice)
        board.shots.get(position=1).rewrite({"prompt": prompt}, by=alice)
    each = [quote(Storyboard.objects.get(pk=board.pk).brief()).money_milli for board in boards]
    assert len(set(each)) == 4
    assert sums_of(project).estimate_milli == sum(each)


def test_open_notes_and_stills_of_the_shown_take(take: Take, alice: User, bob: User) -> None:
    [card] = cards(take.storyboard.project, bob)
    assert (card.open_notes, list(card.stills), card.stored_takes) == (0, [1, 2], 1)
