"""The whole client over real HTTP against the witness, which was written apart from it."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storyboard.kling.client import KlingClient
from storyboard.kling.errors import AccountTrouble, AlreadyExists, NotFound, NotOffered, Refused
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, Profile
from storyboard.kling.reports import parse_callback
from storyboard.kling.signatures import is_signed
from storyboard.kling.simulator.desk import Options
from storyboard.kling.simulator.gate import Keys
from storyboard.kling.simulator.letters import SHAPES, Pen
from storyboard.kling.simulator.server import Server
from tests.kling.builders import finished
from tests.kling.simulator.builders import picture

KEY, ACCESS, SECRET = "api-key-kling-1", "access-key-kling-1", "secret-key-kling-1"
ORDER = {"model_name": "kling-v3", "prompt": "Gulls over the pier", "duration": "5"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    options: dict[str, Any] = {"keys": Keys(KEY, ACCESS, SECRET), "seconds_per_task": 0.0}
    started = Server(Options(state=tmp_path / "state", render="tiny", **options), 0)
    started.start()
    yield started
    started.stop()


def client(server: Server, credential: str = KEY, **more: Any) -> KlingClient:
    allowed = frozenset({server.address.partition("//")[2]})
    profile: Profile = more.pop("profile", OFFICIAL)
    return KlingClient(profile, server.address, credential, allow_private_hosts=allowed, **more)


def test_a_video_is_ordered_followed_and_listed_by_a_key_and_by_a_pair(server: Server) -> None:
    for credential, auth in ((KEY, "key"), (f"{ACCESS}:{SECRET}", "pair")):
        kling = client(server, credential, auth=auth)
        made = kling.create_video("text2video", {**ORDER, "external_task_id": f"gl-{auth}"})
        for name in (made.task_id, f"gl-{auth}"):
            assert kling.fetch_task("text2video", name).status == "succeed"
        with pytest.raises(AlreadyExists):
            kling.create_video("text2video", {**ORDER, "external_task_id": f"gl-{auth}"})
        with pytest.raises(NotFound):
            kling.fetch_task("text2video", "gl-nobody")
        assert made.task_id in {report.task_id for report in kling.list_tasks("text2video")}


@pytest.mark.parametrize(
    ("credential", "auth", "code"),
    [("api-key-kling-2", "key", 1002), (f"{ACCESS}:another-secret", "pair", 1002)],
)
def test_another_key_is_turned_away(server: Server, credential: str, auth: str, code: int) -> None:
    with pytest.raises(AccountTrouble) as caught:
        client(server, credential, auth=auth).list_tasks("text2video")
    assert caught.value.code == code


def test_an_element_is_made_found_listed_and_deleted(server: Server) -> None:
    elements = client(server).elements
    still = base64.b64encode(_png()).decode()
    made = elements.create_from_pictures("Keeper", "An old man", front=still, others=[still])
    task = elements.fetch(made.task_id)
    (element,) = task.items
    assert (element.name, element.kind, element.owner != "kling") == ("Keeper", "image", True)
    assert element.id in {item.id for listed in elements.list() for item in listed.items}
    assert elements.presets()[0].items[0].owner == "kling"
    elements.delete(element.id)
    elements.delete(element.id)


def test_a_voice_is_made_found_listed_and_deleted(server: Server) -> None:
    voices = client(server).voices
    made = voices.create_from_recording("Old sailor", voice_url="https://example.com/s.wav")
    task = voices.fetch(made.task_id)
    (voice,) = task.items
    assert voice.name == "Old sailor"
    assert voice.id in {item.id for listed in voices.list() for item in listed.items}
    preset = voices.presets()[0].items[0]
    assert preset.owner == "kling"
    voices.delete(voice.id)
    with pytest.raises(Refused):
        voices.delete(preset.id)


def test_the_account_s_packs_are_told(server: Server) -> None:
    now = int(time.time() * 1000)
    (pack,) = client(server).costs(now - 86_400_000, now)
    assert pack.state == "online"
    assert pack.left_milli is not None
    assert pack.left_milli > 0


@pytest.mark.parametrize("profile", [POWERTOKENS, GATEWAY004])
def test_a_gateway_s_library_is_not_asked_for(server: Server, profile: Profile) -> None:
    with pytest.raises(NotOffered):
        client(server, profile=profile).elements.list()


@pytest.mark.parametrize("shape", SHAPES)
def test_its_callbacks_are_rightly_signed_and_read_and_its_forgeries_are_not(shape: str) -> None:
    old, new = (f"whsec_{base64.b64encode(name * 8).decode()}" for name in (b"old!", b"new!"))
    pen = Pen(shape, (old, new))
    told = finished()
    letter = pen.write("https://a.example/callbacks/kling/x/", told, "msg-1")
    for secret in (old, new):
        assert is_signed(secret, letter.headers, letter.body, now=time.time())
    report = parse_callback(letter.body)
    assert (report.task_id, report.status) == (told["task_id"], "succeed")
    assert report.videos[0].url == told["task_result"]["videos"][0]["url"]
    for how in ("signature", "old"):
        forged = pen.forge(how, letter.url, told, "msg-1")
        assert not is_signed(new, forged.headers, forged.body, now=time.time())


def _png() -> bytes:
    return base64.b64decode(picture(640, 360))
