"""Sending for review, deciding, and ordering only what was approved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage

from storyboard.access import may_decide
from storyboard.models import (
    Account,
    Activity,
    Creation,
    Decision,
    Element,
    NotAllowedNow,
    NotReady,
    Order,
    Project,
    Review,
    Revision,
    Role,
    Storyboard,
    Team,
    User,
    send_for_review,
)
from tests import builders


def fresh(revision: Revision) -> Revision:
    return Revision.objects.get(pk=revision.pk)


def test_sending_freezes_shots_under_their_lasting_keys(revision: Revision) -> None:
    drafted = list(revision.storyboard.shots.values_list("key", "position", "prompt", "seconds"))
    frozen = revision.shots.values_list("shot_key", "position", "prompt", "seconds")
    assert list(frozen) == drafted


def test_editing_the_draft_leaves_the_revision(revision: Revision, alice: User) -> None:
    revision.storyboard.shots.get(position=1).rewrite({"prompt": "Else"}, by=alice)
    assert fresh(revision).brief.shots[0].prompt == builders.TWO_SHOTS[0][0]
    assert revision.shots.get(position=1).prompt == builders.TWO_SHOTS[0][0]


def test_the_order_holds_price_date_and_fingerprint(revision: Revision) -> None:
    order = revision.order
    # kling-v3 std without sound: 5 s × 0.6 units, × $0.084 (Kling price list)
    assert (order.units_milli, order.money_milli, order.currency) == (3000, 420, "USD")
    assert order.priced_on.year >= 2026
    order.check_matches()
    order.check_described()
    assert "callback_url" not in order.form["body"]


def test_what_is_not_ready_freezes_nothing(storyboard: Storyboard, alice: User) -> None:
    storyboard.shots.get(position=1).rewrite({"prompt": ""}, by=alice)
    with pytest.raises(NotReady) as caught:
        send_for_review(storyboard, takes=1, by=alice)
    assert caught.value.problems
    assert not Revision.objects.exists()
    assert not Activity.objects.filter(verb="revision.sent_for_review").exists()


def test_a_team_without_an_account_cannot_send(project: Project, alice: User) -> None:
    board = builders.make_storyboard(project, by=alice)
    with pytest.raises(NotAllowedNow, match="no account"):
        send_for_review(board, takes=1, by=alice)


def test_one_review_at_a_time(revision: Revision, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="in review"):
        send_for_review(revision.storyboard, takes=1, by=alice)


def test_revisions_are_numbered_without_a_gap(revision: Revision, alice: User) -> None:
    revision.withdraw(by=alice)
    second = send_for_review(revision.storyboard, takes=1, by=alice)
    assert (revision.number, second.number) == (1, 2)


@pytest.mark.parametrize(("asked", "kept"), [(0, 1), (1, 1), (4, 4), (9, 4)])
def test_takes_are_one_to_four(storyboard: Storyboard, alice: User, asked: int, kept: int) -> None:
    assert send_for_review(storyboard, takes=asked, by=alice).order.most_takes == kept


def test_one_approval_approves(revision: Revision, bob: User) -> None:
    revision.review.approve(by=bob)
    assert revision.review.state == Review.State.APPROVED
    assert revision.review.closed_at is not None
    assert revision.review.decisions.get().verdict == Decision.Verdict.APPROVE


@pytest.mark.parametrize("role", [Role.OWNER, Role.PRODUCER])
def test_nobody_approves_their_own_revision(
    storyboard: Storyboard, team: Team, alice: User, role: Role
) -> None:
    sender = builders.join(team, role, builders.make_person("s@example.com", "Sam"), by=alice)
    revision = builders.make_revision(storyboard, by=sender)
    assert not may_decide(sender, revision)
    with pytest.raises(NotAllowedNow, match="somebody else approves"):
        revision.review.approve(by=sender)
    with pytest.raises(NotAllowedNow, match="You sent this revision"):
        revision.review.request_changes(by=sender, note="Hm")
    assert fresh(revision).review.state == Review.State.OPEN
    assert not Decision.objects.exists()


def test_without_a_second_person_the_approval_is_recorded_as_waived(
    revision: Revision, project: Project, alice: User
) -> None:
    Project.objects.get(pk=project.pk).ask_no_second_person(by=alice)
    review = fresh(revision).review
    review.approve(by=alice)
    assert (review.state, review.waived) == (Review.State.APPROVED, True)
    assert Activity.objects.latest("pk").verb == "review.waived"


def test_requesting_changes_needs_a_note(revision: Revision, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="Write what to change"):
        revision.review.request_changes(by=bob, note="  ")
    assert fresh(revision).review.state == Review.State.OPEN


def test_changes_requested_keep_their_note(revision: Revision, bob: User) -> None:
    revision.review.request_changes(by=bob, note=" Closer on the hands. ")
    assert revision.review.state == Review.State.CHANGES
    assert revision.review.decisions.get().note == "Closer on the hands."


def test_a_persons_last_word_counts(revision: Revision, bob: User) -> None:
    revision.review.request_changes(by=bob, note="Closer.")
    revision.review.approve(by=bob)
    assert revision.review.state == Review.State.APPROVED
    assert revision.review.decisions.count() == 2


def test_changes_requested_by_one_outweigh_the_approval_of_another(
    revision: Revision, bob: User, paula: User
) -> None:
    revision.review.request_changes(by=paula, note="Closer.")
    revision.review.approve(by=bob)
    assert revision.review.state == Review.State.CHANGES
    revision.review.approve(by=paula)
    assert revision.review.state == Review.State.APPROVED


_Verb = Callable[[Revision, User, User], object]
_VERBS: dict[str, _Verb] = {
    "approve": lambda revision, sender, other: revision.review.approve(by=other),
    "request_changes": lambda revision, sender, other: revision.review.request_changes(
        by=other, note="Closer."
    ),
    "withdraw": lambda revision, sender, other: revision.withdraw(by=sender),
    "generate": lambda revision, sender, other: revision.generate(by=sender),
}
_BRING: dict[str, _Verb] = {
    "open": lambda revision, sender, other: None,
    "approved": _VERBS["approve"],
    "changes": _VERBS["request_changes"],
    "withdrawn": _VERBS["withdraw"],
}
# Each state × each verb: the state it ends in, or None where it is refused.
_TABLE: dict[tuple[str, str], str | None] = {
    ("open", "approve"): "approved",
    ("open", "request_changes"): "changes",
    ("open", "withdraw"): "withdrawn",
    ("open", "generate"): None,
    ("approved", "approve"): None,
    ("approved", "request_changes"): None,
    ("approved", "withdraw"): None,
    ("approved", "generate"): "approved",
    ("changes", "approve"): "approved",
    ("changes", "request_changes"): "changes",
    ("changes", "withdraw"): None,
    ("changes", "generate"): None,
    ("withdrawn", "approve"): None,
    ("withdrawn", "request_changes"): None,
    ("withdrawn", "withdraw"): None,
    ("withdrawn", "generate"): None,
}


def test_the_table_is_complete() -> None:
    assert {state for state, _verb in _TABLE} == set(Review.State.values)
    assert len(_TABLE) == len(_BRING) * len(_VERBS)


@pytest.mark.parametrize(("state", "verb"), sorted(_TABLE))
def test_each_state_by_each_verb(
    revision: Revision, alice: User, bob: User, state: str, verb: str
) -> None:
    _BRING[state](revision, alice, bob)
    told, ends = Activity.objects.count(), _TABLE[state, verb]
    if ends is None:
        with pytest.raises(NotAllowedNow):
            _VERBS[verb](fresh(revision), alice, bob)
        assert fresh(revision).review.state == state
        assert Activity.objects.count() == told
    else:
        _VERBS[verb](fresh(revision), alice, bob)
        assert fresh(revision).review.state == ends
        assert Activity.objects.count() == told + 1


def test_generate_orders_at_the_approved_price(approved: Revision, alice: User) -> None:
    generation = approved.generate(by=alice)
    assert (generation.status, generation.money_milli) == ("queued", 420)
    assert generation.ordered_by == alice


def test_a_second_press_of_the_same_button_orders_nothing(approved: Revision, alice: User) -> None:
    approved.generate(by=alice, slot=1)
    with pytest.raises(NotAllowedNow, match="already ordered"):
        approved.generate(by=alice, slot=1)
    assert approved.order.generations.count() == 1


def test_no_more_takes_than_were_approved(approved: Revision, alice: User) -> None:
    approved.generate(by=alice)
    approved.generate(by=alice)
    with pytest.raises(NotAllowedNow, match="already ordered"):
        approved.generate(by=alice)


def test_after_a_failure_the_take_may_be_ordered_again(approved: Revision, alice: User) -> None:
    first = builders.bring_to(builders.order(approved, by=alice), builders.Status.FAILED)
    again = approved.generate(by=alice)
    assert (again.take_slot, again.retry_of) == (first.take_slot, first)


def _readdress(revision: Revision, alice: User) -> None:
    Account.objects.update(address="http://127.0.0.1:10")


def _spoil_the_picture(revision: Revision, alice: User) -> None:
    assert revision.first_frame is not None
    with default_storage.open(revision.first_frame.file, "r+b") as file:
        file.write(b"other bytes")


def _lose_the_picture(revision: Revision, alice: User) -> None:
    assert revision.first_frame is not None
    default_storage.delete(revision.first_frame.file)


def _remove_the_element(revision: Revision, alice: User) -> None:
    Element.objects.get().remove(by=alice)


def _renew_the_element(revision: Revision, alice: User) -> None:
    Creation.objects.update(kling_id="8")


@pytest.mark.parametrize(
    "change",
    [_readdress, _spoil_the_picture, _lose_the_picture, _remove_the_element, _renew_the_element],
)
def test_nothing_is_ordered_once_what_was_approved_has_changed(
    storyboard: Storyboard, alice: User, bob: User, change: Callable[[Revision, User], None]
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    element = builders.know_element("Aldous", kling_id="7", team=storyboard.project.team, by=alice)
    storyboard.attach_element(element, by=alice)
    board = Storyboard.objects.get(pk=storyboard.pk)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    change(revision, alice)
    with pytest.raises(NotAllowedNow, match="bound to"):
        fresh(revision).generate(by=alice)
    assert not Order.objects.get().generations.exists()


def test_a_new_credential_alone_changes_nothing(
    approved: Revision, account: Account, alice: User
) -> None:
    account.set_credential("another")
    assert approved.generate(by=alice).status == "queued"


def test_a_price_that_rose_since_orders_nothing(approved: Revision, alice: User) -> None:
    Order.objects.update(money_milli=419)
    with pytest.raises(NotAllowedNow, match="price rose"):
        fresh(approved).generate(by=alice)


def test_a_price_that_fell_since_orders_at_the_approved_price(
    approved: Revision, alice: User
) -> None:
    Order.objects.update(money_milli=500, units_milli=9000)
    assert fresh(approved).generate(by=alice).money_milli == 500


@pytest.mark.parametrize("what", ["storyboard", "project"])
def test_nothing_archived_is_sent_or_paid_for(approved: Revision, alice: User, what: str) -> None:
    board = approved.storyboard
    (board if what == "storyboard" else board.project).archive(by=alice)
    with pytest.raises(NotAllowedNow, match="archived"):
        approved.generate(by=alice)
    with pytest.raises(NotAllowedNow, match="archived"):
        send_for_review(Storyboard.objects.get(pk=board.pk), takes=1, by=alice)


def test_an_approval_belongs_to_the_account_that_pays_today(
    approved: Revision, team: Team, alice: User
) -> None:
    other = team.add_account(
        "Second", profile="official", address=builders.SIMULATOR, credential="k", by=alice
    )
    Project.objects.filter(pk=approved.storyboard.project_id).update(account=other)
    with pytest.raises(NotAllowedNow, match="Nothing was ordered"):
        fresh(approved).generate(by=alice)
