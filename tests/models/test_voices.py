"""Voices: recorded, from a take, presets and known ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storyboard.kling import readiness
from storyboard.models import (
    Account,
    Activity,
    Creation,
    Element,
    KeptFile,
    NotAllowedNow,
    Revision,
    Storyboard,
    Team,
    User,
    Voice,
    affected_by_removing,
    usage_of,
)
from storyboard.models.uses import refs_on
from tests import builders


@pytest.fixture
def keeper(team: Team, account: Account, alice: User) -> Voice:
    """Recorded, and ready on the team's account."""
    voice = builders.make_voice("Keeper", team=team, by=alice)
    builders.make_ready(voice, by=alice, kling_id="v-1")
    return voice


def speaking(storyboard: Storyboard, voice: Voice, by: User) -> Storyboard:
    """One shot with sound that the voice speaks in."""
    storyboard.shots.get(position=2).remove(by=by)
    builders.give_first_frame(storyboard, by=by)
    storyboard.rewrite(
        {"model": "kling-v2-6", "mode": "pro", "sound": True, "shooting": "single",
         "total_seconds": 5}, by=by,
    )  # fmt: skip
    shot = storyboard.shots.get()
    shot.rewrite({"prompt": "<<<voice_1>>> says: the light is on.", "seconds": 5}, by=by)
    storyboard.attach_voice(voice, by=by)
    return Storyboard.objects.get(pk=storyboard.pk)


def test_a_recording_is_kept_with_its_facts(keeper: Voice, account: Account) -> None:
    assert (keeper.kind, keeper.seconds) == ("recording", 6.0)
    assert keeper.recording.startswith("voices/")
    [ref] = refs_on([keeper], account)
    assert (ref.kling_id, ref.name) == ("v-1", "Keeper")


def test_a_take_that_is_stored_can_speak(
    approved: Revision, team: Team, alice: User, other_team: Team, charlie: User
) -> None:
    take = builders.make_take(approved, by=alice)
    voice = Voice.from_take("Marit", take, team=team, by=alice)
    assert (voice.kind, voice.take, voice.seconds) == ("take", take, take.duration_ms / 1000)
    with pytest.raises(NotAllowedNow, match="Nothing was added"):
        Voice.from_take("Theirs", take, team=other_team, by=charlie)
    take.stored_at = None
    with pytest.raises(NotAllowedNow, match="not stored yet"):
        Voice.from_take("Late", take, team=team, by=alice)


def test_a_name_kling_would_not_take_is_refused(team: Team, alice: User) -> None:
    recording = KeptFile("voices/aa/aa.wav", 6.0, "aa")
    with pytest.raises(NotAllowedNow, match="this one has 21"):
        Voice.record("A" * 21, recording, team=team, by=alice)
    assert not Voice.objects.exists()


def test_a_renamed_voice_stays_where_it_is(keeper: Voice, account: Account, alice: User) -> None:
    keeper.rename("Old keeper", by=alice)
    [ref] = refs_on([Voice.objects.get()], account)
    assert (ref.kling_id, ref.name) == ("v-1", "Old keeper")
    assert Activity.objects.get(verb="voice.renamed").data["before"] == "Keeper"
    assert list(Voice.objects.all().found("old")) == [keeper]


def test_a_draft_says_what_its_account_does_not_have_yet(
    storyboard: Storyboard, team: Team, alice: User
) -> None:
    board = speaking(storyboard, builders.make_voice("Sailor", team=team, by=alice), alice)
    found = [one for one in readiness.problems(board.brief()) if not one.warning]
    assert [(one.code, one.words) for one in found] == [
        ("voice.not_on_account", "Sailor is not on Simulator yet. Create it there.")
    ]


def test_a_revision_pins_its_voices_and_a_removal_ends_the_approval(
    storyboard: Storyboard, keeper: Voice, alice: User, bob: User
) -> None:
    board = speaking(storyboard, keeper, alice)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    assert revision.voice_pins.get().voice == keeper
    assert usage_of([keeper])[keeper.pk].storyboards == 1
    revision.order.check_matches()
    Creation.objects.update(kling_id="v-2")
    with pytest.raises(NotAllowedNow, match="bound to"):
        revision.order.check_matches()
    Creation.objects.update(kling_id="v-1")
    keeper.remove(by=alice)
    with pytest.raises(NotAllowedNow, match="bound to"):
        Revision.objects.get().order.check_matches()


def test_elements_that_speak_with_it_are_told_before_it_goes(
    team: Team, keeper: Voice, account: Account, alice: User
) -> None:
    element = builders.make_element("Aldous", team=team, by=alice, voice=keeper)
    assert affected_by_removing(keeper).elements == [element]
    keeper.remove(by=alice)
    changed = replace(Element.objects.get().look, name="Older")
    with pytest.raises(NotAllowedNow, match="This voice is not in the library"):
        Element.objects.get().change(changed, by=alice)
    assert element.change(replace(changed, voice=None), by=alice).voice is None
