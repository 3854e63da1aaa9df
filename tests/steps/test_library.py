"""Making elements and voices: one asking is one entry at Kling, whatever happens between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard import tasks
from storyboard.models import (
    Account,
    Activity,
    Creation,
    CreationStatus,
    Element,
    KeptFile,
    Look,
    Team,
    User,
    Voice,
)
from storyboard.models.uses import refs_on
from storyboard.steps import library
from storyboard.steps.owner import me, take_over_from_the_dead
from storyboard.steps.sweep import Due, _due
from tests import builders
from tests.steps import kling
from tests.steps.making import PUBLIC_URL, age, at, entries, free, go

POINTS = (
    "creation.after_claim",
    "creation.after_intent",
    "creation.after_last_byte",
    "creation.after_answer",
    "creation.after_accept",
    "creation.before_ready",
    "creation.after_ready",
)


class Killed(BaseException):
    """As SIGKILL: nothing after it runs."""


@pytest.fixture
def sailor(team: Team, account: Account, alice: User) -> Voice:
    return builders.make_voice("Old sailor", team=team, by=alice)


def test_an_element_is_made_of_its_pictures(keeper: Element, real: Account, alice: User) -> None:
    row = go(keeper.ask_on(real, by=alice))
    assert (row.status, row.attempts) == (CreationStatus.MAKING, 1)
    row = go(row)
    [entry] = entries(real.address, row)
    assert (row.status, row.kling_id, row.words) == ("ready", entry["element_id"], "")
    assert (row.kling_task_id, row.next_at) == (entry["task_id"], None)
    body = entry["body"]
    assert (body["element_name"], body["reference_type"]) == ("Keeper", "image_refer")
    pictures = body["element_image_list"]
    sent = [pictures["frontal_image"], *(each["image_url"] for each in pictures["refer_images"])]
    front, other = keeper.latest.pictures()
    assert [each["sha256"] for each in sent] == [front.sha256, other.sha256]
    said = Activity.objects.filter(team=real.team, project=None, verb__startswith="creation.")
    assert list(said.order_by("pk").values_list("verb", flat=True)) == [
        "creation.asked",
        "creation.ready",
    ]
    [ref] = refs_on([keeper], real)
    assert ref.kling_id == entry["element_id"]


def test_a_voice_comes_first_and_is_bound(
    team: Team, sailor: Voice, real: Account, alice: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    keeper = builders.make_element("Keeper", team=team, by=alice, voice=sailor)
    row = keeper.ask_on(real, by=alice)
    row = go(row)
    assert (row.status, row.words) == ("queued", "Its voice Old sailor is being created on "
                                       "Simulator first.")  # fmt: skip
    voice = sailor.creation_on(real)
    assert voice is not None
    voice = go(voice, times=2)
    row = go(row, times=2)
    assert (row.status, voice.status) == ("ready", "ready")
    [entry] = entries(real.address, row)
    assert entry["body"]["element_voice_id"] == voice.kling_id


def test_an_element_whose_voice_is_nowhere_says_so(
    team: Team, sailor: Voice, real: Account, alice: User
) -> None:
    keeper = builders.make_element("Keeper", team=team, by=alice, voice=sailor)
    row = keeper.ask_on(real, by=alice)
    Creation.objects.filter(voice=sailor).delete()
    row = go(row)
    assert row.status == "failed"
    assert row.words.startswith("Its voice Old sailor is not on Simulator. Nothing was sent")
    assert entries(real.address, row) == []


def test_a_recording_is_lent_to_kling_and_its_sample_is_kept(
    sailor: Voice, real: Account, alice: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    row = go(sailor.ask_on(real, by=alice), times=2)
    [entry] = entries(real.address, row)
    address = entry["body"]["voice_url"]
    assert address.startswith(f"{PUBLIC_URL}/lent/")
    assert address.endswith("/file.wav")
    assert (row.status, row.kling_id) == ("ready", entry["voice_id"])
    sailor.refresh_from_db()
    assert sailor.trial.startswith("voices/")
    assert sailor.trial.endswith(".wav")


def test_an_element_of_a_video_names_the_address_it_is_lent_at(
    team: Team, real: Account, alice: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    film = KeptFile("elements/ab/abcdef.mp4", 5.0, "abcdef")
    walker = Element.add(Look("Walker", "A woman walks", video=film), team=team, by=alice)
    row = go(walker.ask_on(real, by=alice), times=2)
    [entry] = entries(real.address, row)
    assert (row.status, entry["body"]["reference_type"]) == ("ready", "video_refer")
    [video] = entry["body"]["element_video_list"]["refer_videos"]
    assert video["video_url"].startswith(f"{PUBLIC_URL}/lent/")
    assert video["video_url"].endswith("/file.mp4")


def test_without_a_public_address_a_recording_is_refused_before_anything_is_sent(
    sailor: Voice, real: Account, alice: User
) -> None:
    row = go(sailor.ask_on(real, by=alice))
    assert (row.status, row.attempts) == ("failed", 0)
    assert "has no public one. Nothing was sent and the entry is kept." in row.words
    assert entries(real.address, row) == []


def test_pictures_travel_by_address_where_the_account_prefers_it(
    keeper: Element, real: Account, alice: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    real.rewrite(
        by=alice, name=real.name, slots=real.slots, reading=real.reading,
        follows_end_frame_change=False, lends_pictures=True,
    )  # fmt: skip
    row = go(keeper.ask_on(real, by=alice))
    [entry] = entries(real.address, row)
    front = entry["body"]["element_image_list"]["frontal_image"]
    assert front.startswith(f"{PUBLIC_URL}/lent/")


def test_what_kling_refuses_is_told_in_words(team: Team, real: Account, alice: User) -> None:
    element = builders.make_element("[refuse]", team=team, by=alice)
    row = go(element.ask_on(real, by=alice))
    assert (row.status, row.code, row.is_unanswered) == ("failed", "1301", False)
    assert row.words == (
        "Kling's content rules turned this down. Nothing was made and the entry is kept. Change "
        "its pictures, its recording or its words, then create it again."
    )
    assert "content security policy" in row.said


def test_a_making_that_fails_is_told_and_tried_again(
    keeper: Element, real: Account, alice: User
) -> None:
    with kling.fault(real.address, name="making-fails", count=1):
        row = go(keeper.ask_on(real, by=alice), times=2)
    assert (row.status, row.said) == ("failed", "The simulator was told to fail at this one")
    assert row.words.startswith("Kling took this, worked on it and gave up.")
    first = row.external_task_id
    row.retry(by=alice)
    row = go(row, times=2)
    assert row.status == "ready"
    assert row.external_task_id != first
    assert len(entries(real.address, row)) == 1


def test_a_busy_kling_is_asked_later(keeper: Element, real: Account, alice: User) -> None:
    with kling.fault(real.address, name="refuse", value="1302", endpoint="library", count=1):
        row = go(keeper.ask_on(real, by=alice))
    assert (row.status, row.code, row.is_unanswered) == ("queued", "1302", False)
    assert row.words == "Kling asks for fewer requests. It is sent again later."
    assert row.next_at is not None
    assert row.next_at - row.status_at > timedelta(seconds=0.9)  # 10 s at ten times the pace
    assert go(row, times=2).status == "ready"
    assert len(entries(real.address, row)) == 1


def test_trouble_with_the_account_ends_it_and_stops_the_account(
    keeper: Element, real: Account, alice: User
) -> None:
    with kling.fault(real.address, name="refuse", value="1102", endpoint="library", count=1):
        row = go(keeper.ask_on(real, by=alice))
    assert (row.status, row.code) == ("failed", "1102")
    assert row.words.endswith("Buy a pack in Kling's console. Then try again.")
    row.retry(by=alice)
    row = go(row)
    assert row.status == "failed"
    assert row.words.startswith("The account Simulator is stopped: ")
    real.refresh_from_db()
    real.resume(by=alice)
    row.retry(by=alice)
    assert go(row, times=2).status == "ready"


def test_an_account_without_the_right_to_a_library_orders_films_all_the_same(
    keeper: Element, real: Account, alice: User
) -> None:
    with kling.fault(real.address, name="refuse", value="1103", endpoint="library", count=1):
        row = go(keeper.ask_on(real, by=alice))
    assert (row.status, row.code) == ("failed", "1103")
    assert row.words.endswith("Ask Kling for access. Then try again.")
    real.refresh_from_db()
    assert real.tripped_at is None


def test_while_kling_is_out_of_reach_everything_waits_and_only_a_probe_asks(
    keeper: Element, team: Team, real: Account, alice: User
) -> None:
    made = go(keeper.ask_on(real, by=alice))
    asked = builders.make_element("Gull", team=team, by=alice).ask_on(real, by=alice)
    now = timezone.now()
    shut = {"failures": 5, "unreachable_since": now, "probe_at": now + timedelta(seconds=60)}
    Account.objects.filter(pk=real.pk).update(**shut)
    for row in (made, asked):
        after = go(row)
        assert (after.status, after.attempts) == (row.status, row.attempts)
        assert after.words == "Kling cannot be reached. Nothing is lost."
    assert entries(real.address, asked) == []
    Account.objects.update(probe_at=now)
    assert go(made).status == "ready"
    assert not Account.objects.exclude(unreachable_since=None).exists()


def test_an_account_that_is_switched_off_is_asked_nothing(
    keeper: Element, real: Account, alice: User
) -> None:
    row = keeper.ask_on(real, by=alice)
    real.switch_off(by=alice)
    row = go(row)
    assert (row.status, row.attempts) == ("failed", 0)
    assert row.words.startswith("The account Simulator is switched off.")


@pytest.mark.parametrize(
    ("name", "value"), [("error-after", "5000"), ("error-after", "502"), ("reset-after", "")]
)
def test_a_sending_nobody_answered_is_found_in_klings_list(
    keeper: Element, real: Account, alice: User, name: str, value: str
) -> None:
    with kling.fault(real.address, name=name, value=value, endpoint="library", count=1):
        row = go(keeper.ask_on(real, by=alice))
    assert (row.status, row.is_unanswered) == ("uncertain", True)
    row = go(row)
    [entry] = entries(real.address, row)
    assert (row.status, row.attempts, row.kling_task_id) == ("ready", 1, entry["task_id"])


def test_what_never_arrived_is_sent_again_once_that_is_certain(
    keeper: Element, real: Account, alice: User
) -> None:
    with kling.fault(real.address, name="reset-before", endpoint="library", count=1):
        row = go(keeper.ask_on(real, by=alice))
    assert row.status == "uncertain"
    row = go(row, times=3)
    assert (row.status, row.absences) == ("uncertain", 0)  # it may be on its way still
    age(row, seconds=16)  # 150 s at ten times the pace
    row = go(row)
    assert (row.status, row.absences) == ("uncertain", 1)
    row = go(row, times=3)
    assert (row.status, row.attempts) == ("ready", 2)
    assert len(entries(real.address, row)) == 1


def test_what_kling_loses_three_times_is_given_up_in_words(
    keeper: Element, real: Account, alice: User
) -> None:
    row = keeper.ask_on(real, by=alice)
    for _each in range(3):
        with kling.fault(real.address, name="reset-before", endpoint="library", count=1):
            row = go(row)
        age(row, seconds=16)
        row = go(row, times=2)
    assert (row.status, row.attempts) == ("failed", 3)
    assert row.words.startswith("Kling lost this three times")
    row.retry(by=alice)
    assert go(row).status == "uncertain"  # Kling is asked for it before anything is sent


def test_already_there_means_it_was_taken(
    keeper: Element, scripted: kling.ScriptedKling, account: Account, alice: User,
    settings: Settings,
) -> None:  # fmt: skip
    at(scripted.address, account, settings)
    row = keeper.ask_on(account, by=alice)
    exists = kling.error(1201, f"External_task_id {row.external_task_id} already exists")
    listed = kling.task({"external_task_id": row.external_task_id})[1]["data"]
    scripted.script += [exists, (200, {"code": 0, "message": "SUCCEED", "data": [listed]})]
    row = go(row)
    assert (row.status, row.kling_task_id) == ("making", "t-1")
    assert len(scripted.posts) == 1


def test_a_known_making_does_not_fail_because_kling_forgets_it(
    keeper: Element, scripted: kling.ScriptedKling, account: Account, alice: User,
    settings: Settings,
) -> None:  # fmt: skip
    at(scripted.address, account, settings)
    row = keeper.ask_on(account, by=alice)
    scripted.script += [
        lambda _path, body: kling.task(body),
        kling.error(1201, "Task not found by id/external id: t-1"),
        kling.error(5000, http=500),
        None,
    ]
    row = go(row, times=4)
    assert (row.status, len(scripted.posts)) == ("making", 1)
    assert row.words.startswith("Kling cannot be reached.")
    age(row, hours=1)
    row = go(row)
    assert row.status == "failed"
    assert "within an hour" in row.words


def test_an_answer_about_another_entry_is_not_believed(
    keeper: Element, scripted: kling.ScriptedKling, account: Account, alice: User,
    settings: Settings,
) -> None:  # fmt: skip
    at(scripted.address, account, settings)
    scripted.script.append(kling.task({"external_task_id": "somebody-elses"}))
    row = go(keeper.ask_on(account, by=alice))
    assert (row.status, row.kling_task_id) == ("uncertain", "")


@pytest.mark.parametrize("point", POINTS)
def test_killed_there_it_ends_with_one_entry(
    point: str, keeper: Element, real: Account, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = keeper.ask_on(real, by=alice)
    died: list[str] = []

    def die(name: str) -> None:
        if name == point and not died:
            died.append(name)
            raise Killed

    monkeypatch.setattr(library, "crash_point", die)
    for _step in range(8):
        try:
            row = go(row)
        except Killed:
            age(row, seconds=16)
    assert died == [point]
    row.refresh_from_db()
    assert (row.status, len(entries(real.address, row))) == ("ready", 1)
    assert Activity.objects.filter(verb="creation.ready").count() == 1


def test_two_workers_send_once(keeper: Element, real: Account, alice: User) -> None:
    row = keeper.ask_on(real, by=alice)
    assert row.claim("another-worker")
    assert not library.create(row.pk)
    assert entries(real.address, row) == []
    free(row)
    assert library.create(row.pk)


def test_what_a_dead_process_of_this_machine_held_is_free_at_once(
    keeper: Element, real: Account, alice: User
) -> None:
    row = keeper.ask_on(real, by=alice)
    host, boot, _pid, _started, thread = me().rsplit(":", 4)
    row.claim(f"{host}:{boot}:999999:1:{thread}")
    assert not Creation.objects.due().exists()
    take_over_from_the_dead()
    assert list(Creation.objects.due()) == [row]


def test_what_was_asked_for_is_due_and_stepped_by_its_number(
    keeper: Element, real: Account, alice: User
) -> None:
    row = keeper.ask_on(real, by=alice)
    assert _due() == {Due("step_creation", row.pk): 0}
    tasks.step_creation(row.pk)
    assert Creation.objects.get(pk=row.pk).status == "making"
