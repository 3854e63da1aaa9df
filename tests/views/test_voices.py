"""A voice comes into the library: recorded, from a file, or from one of our takes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import Account, Activity, Storyboard, Take, Team, User, Voice
from storyboard.models.files import files, parts_folder
from tests import builders
from tests.conftest import SignedIn
from tests.media.sounds import tone_file

NO_MICROPHONE = "camera=(), microphone=(), geolocation=(), payment=()"
OWN_MICROPHONE = "camera=(), microphone=(self), geolocation=(), payment=()"


@pytest.fixture(scope="module")
def six_seconds(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """As a browser records it."""
    return tone_file(tmp_path_factory.mktemp("sound") / "a.webm").read_bytes()


def page_of(team: Team) -> str:
    return f"/teams/{team.key}/library/voices/new/"


def takes_of(team: Team) -> str:
    return f"/teams/{team.key}/library/voices/take/"


def send(
    browser: Client, team: Team, sound: bytes, *, script: bool = False, **said: str
) -> HttpResponse:
    came = SimpleUploadedFile("recording.webm", sound, content_type="audio/webm")
    headers = {"HX-Request": "true"} if script else {}
    return browser.post(
        page_of(team), {"name": "Keeper", "recording": came, **said}, headers=headers
    )  # type: ignore[return-value]


def a_take(storyboard: Storyboard, author: User, reviewer: User) -> Take:
    """Seven seconds in which something is heard; two more may be ordered."""
    revision = builders.make_revision(storyboard, by=author, takes=3)
    return speaking(builders.make_take(builders.approve(revision, by=reviewer), by=author))


def speaking(take: Take) -> Take:
    Take.objects.filter(pk=take.pk).update(duration_ms=7000, peaks=bytes([9] * 240))
    take.refresh_from_db()
    return take


@pytest.mark.parametrize("address", [page_of, takes_of])
def test_who_may_and_who_may_not(
    address: object, signed_in: SignedIn, team: Team, bob: User, carol: User, charlie: User
) -> None:
    url = address(team)  # type: ignore[operator]
    assert Client().get(url).status_code == 302
    assert signed_in(charlie).get(url).status_code == 404
    assert signed_in(bob).get(url).status_code == 403
    assert signed_in(bob).post(url).status_code == 403
    assert signed_in(carol).get(url).status_code == 200
    assert signed_in(carol).put(url).status_code == 405


def test_a_recording_becomes_a_voice_that_is_created_on_the_account(
    signed_in: SignedIn, account: Account, alice: User, six_seconds: bytes
) -> None:
    team = account.team
    answer = send(
        signed_in(alice), team, six_seconds, tags="low, Norwegian English", account=account.key
    )
    voice = Voice.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/voices/{voice.key}/")
    assert (voice.name, voice.tags, voice.kind) == (
        "Keeper",
        ["low", "Norwegian English"],
        "recording",
    )
    assert voice.seconds == pytest.approx(6, abs=0.1)
    assert len(bytes(voice.peaks)) == 64
    with files().open(voice.recording) as kept:
        data = kept.read()
    assert voice.recording == f"voices/{voice.sha256[:2]}/{voice.sha256}.wav"
    assert data[:4] == b"RIFF"
    making = voice.creations.get()
    assert (making.account, making.status) == (account, "queued")
    assert Activity.objects.filter(verb="voice.added").count() == 1
    assert list(parts_folder().iterdir()) == [], "nothing is left of what came"


def test_without_an_account_it_is_kept_here_only(
    signed_in: SignedIn, team: Team, alice: User, six_seconds: bytes
) -> None:
    assert send(signed_in(alice), team, six_seconds).status_code == 302
    assert not Voice.objects.get().creations.exists()


def test_a_recording_nobody_can_use_is_refused_and_the_words_stay(
    signed_in: SignedIn, team: Team, alice: User, tmp_path: Path
) -> None:
    short = tone_file(tmp_path / "a.mp3", seconds=3).read_bytes()
    answer = send(signed_in(alice), team, short, tags="low")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kling needs 5 to 30 s. Record or choose a longer one." in page
    assert 'value="Keeper"' in page
    assert 'value="low"' in page
    assert not Voice.objects.exists()
    assert list(parts_folder().iterdir()) == []


def test_a_script_gets_the_form_alone(
    signed_in: SignedIn, team: Team, alice: User, six_seconds: bytes
) -> None:
    answer = send(signed_in(alice), team, six_seconds, script=True, name="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.lstrip().startswith('<form class="panel form voice-form" id="voice-form"')
    assert "Write a name; it stands in the prompts on screen." in page


def test_nothing_chosen_is_said_beside_the_field(
    signed_in: SignedIn, team: Team, alice: User
) -> None:
    answer = signed_in(alice).post(page_of(team), {"name": "Keeper"})
    assert answer.status_code == 422
    assert "Record the voice or choose a file first." in answer.content.decode()


def test_a_body_that_is_too_large_or_says_no_size_is_not_read(
    signed_in: SignedIn, team: Team, alice: User
) -> None:
    browser = signed_in(alice)
    answer = browser.post(page_of(team), {"name": "Keeper"}, CONTENT_LENGTH=str(21 * 1024 * 1024))
    assert answer.status_code == 422
    assert "at most 20 MB can be used" in answer.content.decode()
    answer = browser.post(page_of(team), {"name": "Keeper"}, CONTENT_LENGTH="")
    assert answer.status_code == 422
    assert "did not say how large it is" in answer.content.decode()


def test_a_full_disk_is_said_and_leaves_nothing(
    signed_in: SignedIn,
    team: Team,
    alice: User,
    six_seconds: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_given: object, **_more: object) -> None:
        raise OSError(28, "no room")

    monkeypatch.setattr(type(files()), "keep", full)
    answer = send(signed_in(alice), team, six_seconds)
    assert answer.status_code == 422
    assert "our storage is full or does not answer" in answer.content.decode()
    assert not Voice.objects.exists()
    assert list(parts_folder().iterdir()) == []


def test_the_page_that_records_may_ask_for_the_microphone_and_no_other_may(
    signed_in: SignedIn, team: Team, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    assert browser.get(page_of(team))["Permissions-Policy"] == OWN_MICROPHONE
    assert browser.post(page_of(team), {})["Permissions-Policy"] == OWN_MICROPHONE
    others = ["/", takes_of(team), f"/teams/{team.key}/library/", f"/storyboards/{storyboard.key}/"]
    assert {browser.get(url)["Permissions-Policy"] for url in others} == {NO_MICROPHONE}


def test_a_take_in_which_somebody_speaks_becomes_a_voice(
    signed_in: SignedIn, account: Account, storyboard: Storyboard, alice: User, bob: User
) -> None:
    team = account.team
    take = a_take(storyboard, alice, bob)
    browser = signed_in(alice)
    page = browser.get(takes_of(team)).content.decode()
    assert f'value="{take.key}" checked' in page
    answer = browser.post(
        takes_of(team), {"name": "Keeper", "take": take.key, "account": account.key}
    )
    voice = Voice.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/voices/{voice.key}/")
    assert (voice.take, voice.kind, voice.seconds) == (take, "take", 7.0)
    assert voice.creations.get().account == account


@pytest.mark.parametrize(
    "changed",
    [
        {"peaks": b""},
        {"duration_ms": 4999},
        {"duration_ms": 30_001},
        {"stored_at": None},
    ],
)
def test_takes_of_which_no_voice_can_be_made_are_not_offered(
    changed: dict[str, object],
    signed_in: SignedIn,
    account: Account,
    storyboard: Storyboard,
    alice: User,
    bob: User,
) -> None:
    take = a_take(storyboard, alice, bob)
    Take.objects.filter(pk=take.pk).update(**changed)
    browser = signed_in(alice)
    assert "No take speaks yet" in browser.get(takes_of(account.team)).content.decode()
    answer = browser.post(takes_of(account.team), {"name": "Keeper", "take": take.key})
    assert answer.status_code == 422
    assert not Voice.objects.exists()


def test_another_teams_take_is_none(
    signed_in: SignedIn,
    account: Account,
    storyboard: Storyboard,
    alice: User,
    bob: User,
    charlie: User,
    other_team: Team,
) -> None:
    take = a_take(storyboard, alice, bob)
    answer = signed_in(charlie).post(takes_of(other_team), {"name": "Mine", "take": take.key})
    assert answer.status_code == 422
    assert not Voice.objects.exists()


def test_the_list_of_takes_costs_the_same_for_one_and_for_three(
    signed_in: SignedIn,
    account: Account,
    storyboard: Storyboard,
    alice: User,
    bob: User,
) -> None:
    take = a_take(storyboard, alice, bob)
    browser = signed_in(alice)
    browser.get(takes_of(account.team))
    with CaptureQueriesContext(connection) as one:
        browser.get(takes_of(account.team))
    builders.many(2, lambda _n: speaking(builders.make_take(take.revision, by=alice)))
    with CaptureQueriesContext(connection) as three:
        page = browser.get(takes_of(account.team)).content.decode()
    assert page.count('name="take"') == 3
    assert len(three) == len(one)


def test_a_recording_is_played_whole_and_by_range(
    signed_in: SignedIn, team: Team, alice: User, charlie: User, six_seconds: bytes
) -> None:
    browser = signed_in(alice)
    send(browser, team, six_seconds)
    voice = Voice.objects.get()
    url = f"/voices/{voice.key}/recording/"
    whole = browser.get(url)
    assert (whole.status_code, whole["Content-Type"]) == (200, "audio/wav")
    data = whole.getvalue()
    part = browser.get(url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.getvalue()) == (206, b"RIFF")
    assert len(data) == 44 + 2 * round(voice.seconds * 24_000)
    assert browser.get(f"/voices/{voice.key}/trial/").status_code == 404, "Kling has sent none"
    assert signed_in(charlie).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_film_of_an_element_is_played_by_range_and_by_version(
    signed_in: SignedIn, account: Account, alice: User, charlie: User
) -> None:
    element = builders.make_filmed("Gull", team=account.team, by=alice)
    url = f"/elements/{element.key}/video/1/"
    browser = signed_in(alice)
    part = browser.get(url, headers={"Range": "bytes=990-"})
    assert (part.status_code, part["Content-Type"]) == (206, "video/mp4")
    assert part["Content-Range"] == "bytes 990-999/1000"
    assert browser.get(f"/elements/{element.key}/video/2/").status_code == 404
    pictures = builders.make_element("Marit", team=account.team, by=alice)
    assert browser.get(f"/elements/{pictures.key}/video/1/").status_code == 404
    assert signed_in(charlie).get(url).status_code == 404
