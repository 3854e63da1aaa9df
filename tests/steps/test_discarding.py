"""What the library let go of is deleted at Kling, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from storyboard.models import Account, Creation, Element, Team, User, Voice
from storyboard.steps.library import discard
from storyboard.steps.sweep import Due, _due
from tests import builders
from tests.steps import kling
from tests.steps.making import entries, free, go


def test_what_the_library_let_go_of_is_deleted_at_kling(
    keeper: Element, real: Account, alice: User
) -> None:
    row = go(keeper.ask_on(real, by=alice), times=2)
    assert not discard(row.pk)
    keeper.remove(by=alice)
    assert Due("discard_creation", row.pk) in _due()
    assert discard(row.pk)
    row.refresh_from_db()
    assert row.gone_at is not None
    [entry] = entries(real.address, row)
    assert entry["status"] == "deleted"
    assert not discard(row.pk)


def test_a_deletion_that_fails_is_tried_again(keeper: Element, real: Account, alice: User) -> None:
    row = go(keeper.ask_on(real, by=alice), times=2)
    keeper.remove(by=alice)
    with kling.fault(real.address, name="error-before", endpoint="library"):
        assert discard(row.pk)
    row.refresh_from_db()
    assert (row.gone_at, row.deletes) == (None, 1)
    assert row.next_at is not None
    assert row.next_at > timezone.now() + timedelta(seconds=50)
    free(row)
    assert discard(row.pk)
    row.refresh_from_db()
    assert row.gone_at is not None


def test_what_was_removed_while_it_was_made_is_deleted_as_well(
    keeper: Element, real: Account, alice: User
) -> None:
    row = go(keeper.ask_on(real, by=alice))
    keeper.remove(by=alice)
    row = go(row)
    assert row.status == "ready"
    assert discard(row.pk)
    [entry] = entries(real.address, row)
    assert entry["status"] == "deleted"


def test_klings_own_and_what_is_known_by_an_id_are_never_deleted(
    team: Team, account: Account, alice: User
) -> None:
    known = builders.know_element("Gull", kling_id="7", team=team, by=alice)
    preset = Voice.from_preset("Narrator", kling_id="p", account=account, team=team, by=alice)
    for entry in (known, preset):
        entry.remove(by=alice)
    assert _due() == {}
    assert not any(discard(row.pk) for row in Creation.objects.all())


def test_what_was_removed_before_it_was_sent_is_not_sent(
    keeper: Element, real: Account, alice: User
) -> None:
    row = keeper.ask_on(real, by=alice)
    Element.objects.get(pk=keeper.pk).remove(by=alice)
    row = go(row)
    assert (row.status, row.attempts) == ("failed", 0)
    assert row.words.startswith("Keeper is not in the library any more.")
    assert entries(real.address, row) == []


def test_made_again_after_its_voice_was_removed_an_element_has_no_voice(
    team: Team, real: Account, alice: User
) -> None:
    voice = builders.make_voice("Old sailor", team=team, by=alice)
    speaking = builders.make_element("Aldous", team=team, by=alice, voice=voice)
    voice.remove(by=alice)
    row = go(Element.objects.get(pk=speaking.pk).ask_on(real, by=alice), times=2)
    assert row.status == "ready"
    [entry] = entries(real.address, row)
    assert "element_voice_id" not in entry["body"]
