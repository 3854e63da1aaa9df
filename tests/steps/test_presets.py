"""Kling's own library: asked for by a person, read by a worker, kept with its date."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import (
    Account,
    Activity,
    NotAllowedNow,
    Preset,
    PresetList,
    User,
    Voice,
)
from storyboard.models.presets import READ_WITHIN
from storyboard.steps.presets import PER_PAGE, read_presets
from storyboard.steps.trials import fetch_trial, without_trial
from tests.steps import kling
from tests.steps.making import at


def page(*names: str) -> tuple[int, dict[str, object]]:
    """A page of preset voices, as Kling lists them."""
    listed = [
        {
            "task_id": f"t-{name}",
            "task_status": "succeed",
            "task_result": {"voices": [{"voice_id": name, "voice_name": name.title()}]},
        }
        for name in names
    ]
    return 200, {"code": 0, "message": "SUCCEED", "data": listed}


def test_they_are_read_and_kept_with_their_date(real: Account, alice: User) -> None:
    row = PresetList.ask(real, by=alice)
    assert row.is_being_read
    assert read_presets(row.pk)
    row = PresetList.of(real)
    assert (row.is_being_read, row.words) == (False, "")
    assert row.read_at is not None
    assert [one.name for one in row.found("elements", "LIGHTHOUSE cat")] == ["Lighthouse cat"]
    voice = row.get("voices", "preset-voice-0003")
    assert voice is not None
    assert (voice.name, voice.trial_url) == (
        "Old sailor", f"{real.address}/_voices/preset-voice-0003.wav",
    )  # fmt: skip
    assert row.get("voices", "preset-voice-9999") is None
    verbs = Activity.objects.filter(verb__startswith="account.presets").order_by("pk")
    assert [line.sentence for line in verbs] == [
        "asked for Kling's own library on the account Simulator",
        "read Kling's own library on the account Simulator: elements 5, voices 4",
    ]
    assert not read_presets(row.pk)


def test_pages_are_read_to_their_end_and_each_is_kept_once(
    scripted: kling.ScriptedKling, account: Account, alice: User, settings: Settings
) -> None:
    at(scripted.address, account, settings)
    none = (200, {"code": 0, "message": "SUCCEED", "data": []})
    scripted.script += [none, page("a", "b"), page("b", "c"), page("c")]
    read_presets(PresetList.ask(account, by=alice).pk)
    assert [one.kling_id for one in PresetList.of(account).voices] == ["a", "b", "c"]
    assert [path.partition("?")[2] for _method, path, _body in scripted.asked] == [
        f"pageNum={number}&pageSize={PER_PAGE}" for number in (1, 1, 2, 3)
    ]


def test_a_reading_that_fails_keeps_what_was_read_before(real: Account, alice: User) -> None:
    read_presets(PresetList.ask(real, by=alice).pk)
    with kling.fault(real.address, name="error-before", endpoint="library"):
        read_presets(PresetList.ask(real, by=alice).pk)
    row = PresetList.of(real)
    assert row.words == (
        "Kling had an error of its own. What was read before is kept. Ask again later."
    )
    assert (len(row.elements), row.is_being_read) == (5, False)
    assert Activity.objects.filter(verb="account.presets_failed").count() == 1


def test_one_that_is_being_read_is_not_asked_for_twice(real: Account, alice: User) -> None:
    row = PresetList.ask(real, by=alice)
    assert PresetList.ask(real, by=alice).asked_at == row.asked_at
    assert row.begin()
    assert not row.begin()
    assert Activity.objects.filter(verb="account.presets_asked").count() == 1


def test_a_worker_that_ended_leaves_a_list_that_can_be_asked_for_anew(
    real: Account, alice: User
) -> None:
    row = PresetList.ask(real, by=alice)
    row.begin()
    long_ago = timezone.now() - timedelta(seconds=READ_WITHIN + 1)
    PresetList.objects.update(asked_at=long_ago)
    late = PresetList.objects.get()
    assert not late.is_being_read
    again = PresetList.ask(real, by=alice)
    late.record([Preset("1", "Late")], [])  # of whoever was thought to have ended
    assert PresetList.of(real).elements == []
    assert read_presets(again.pk)
    assert len(PresetList.of(real).elements) == 5


def test_the_sweep_takes_what_no_bell_was_heard_for(real: Account, alice: User) -> None:
    row = PresetList.ask(real, by=alice)
    assert not PresetList.due(unheard_for=2.0).exists()
    PresetList.objects.update(asked_at=timezone.now() - timedelta(seconds=3))
    assert list(PresetList.due(unheard_for=2.0)) == [row]
    PresetList.objects.get().begin()
    assert not PresetList.due(unheard_for=2.0).exists()


def test_a_gateway_and_an_account_that_is_off_are_not_asked(
    team: object, account: Account, alice: User
) -> None:
    gateway = account.team.add_account(
        "Gate", profile="powertokens", address="https://api.powertokens.ai", credential="k",
        by=alice,
    )  # fmt: skip
    with pytest.raises(NotAllowedNow, match="offers no library"):
        PresetList.ask(gateway, by=alice)
    account.switch_off(by=alice)
    with pytest.raises(NotAllowedNow, match="switched off"):
        PresetList.ask(account, by=alice)
    assert not PresetList.objects.exists()


def test_the_sample_of_a_preset_voice_is_kept_for_good(real: Account, alice: User) -> None:
    read_presets(PresetList.ask(real, by=alice).pk)
    voice = Voice.from_preset(
        "Old sailor", kling_id="preset-voice-0003", account=real, team=real.team, by=alice
    )
    [waiting] = without_trial()
    assert fetch_trial(waiting.pk)
    voice.refresh_from_db()
    assert voice.trial.startswith("voices/")
    assert not without_trial().exists()


def test_a_sample_that_does_not_come_is_tried_again_and_nobody_waits_for_it(
    real: Account, alice: User
) -> None:
    told = Preset("p-1", "Narrator", trial_url=f"{real.address}/_voices/nobody.wav")
    row = PresetList.ask(real, by=alice)
    row.record([], [told])
    Voice.from_preset("Narrator", kling_id="p-1", account=real, team=real.team, by=alice)
    [waiting] = without_trial()
    assert not fetch_trial(waiting.pk)
    assert list(without_trial()) == [waiting]
    heard = f"{real.address}/_voices/preset-voice-0001.wav"
    PresetList.objects.update(told_voices=[{**asdict(told), "trial_url": heard}])
    assert fetch_trial(waiting.pk)
