"""Elements, voices and account costs: what is asked, what is read, what is never asked."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from storyboard.kling.client import KlingClient
from storyboard.kling.errors import KlingError, NotOffered, Refused, Unclear, UnreadableAnswer
from storyboard.kling.library import Element, Pack, Voice
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, Profile
from tests.kling.builders import answer, refusal, task

ADDRESS = "https://api-singapore.klingai.com"
GENERAL = "/v1/general"
KEEPER = {
    "element_id": 829611643369439283,
    "element_name": "Keeper",
    "element_description": "An old lighthouse keeper",
    "reference_type": "image_refer",
    "element_voice_info": {"voice_id": "v-1", "voice_name": "Old sailor"},
    "owned_by": "12345",
    "status": "succeed",
}
SAILOR = {
    "voice_id": "v-1",
    "voice_name": "Old sailor",
    "trial_url": "https://v1-kling.klingai.com/t.mp3",
    "owned_by": "kling",
}


class Kling:
    """Answers by script, or all alike, and keeps what was asked."""

    def __init__(self, *script: httpx.Response, profile: Profile = OFFICIAL) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, str, Any]] = []
        transport = httpx.MockTransport(self._answer)
        self.client = KlingClient(profile, ADDRESS, "api-key-kling-1", transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((request.method, request.url.raw_path.decode(), body))
        return self.script.pop(0)


def made(name: str, *items: object) -> httpx.Response:
    return answer(task(task_status="succeed", task_result={name: list(items)}))


def gone() -> httpx.Response:
    """A delete answers without data."""
    return httpx.Response(200, json={"code": 0, "message": "SUCCEED", "request_id": "req-1"})


def test_an_element_is_made_from_pictures() -> None:
    kling = Kling(answer(task()))
    made_by = kling.client.elements.create_from_pictures(
        "Keeper", "An old man", front="Zg==", others=["https://a/1.png"], external_task_id="el-1"
    )
    assert (made_by.task_id, made_by.status, made_by.items) == (
        "829611643369439283",
        "submitted",
        (),
    )
    body = {
        "element_name": "Keeper",
        "element_description": "An old man",
        "reference_type": "image_refer",
        "element_image_list": {
            "frontal_image": "Zg==",
            "refer_images": [{"image_url": "https://a/1.png"}],
        },
        "external_task_id": "el-1",
    }
    assert kling.asked == [("POST", f"{GENERAL}/advanced-custom-elements", body)]


def test_an_element_is_made_from_a_video() -> None:
    kling = Kling(answer(task()))
    kling.client.elements.create_from_video("Keeper", "An old man", video_url="https://a/v.mp4")
    (_method, _path, body) = kling.asked[0]
    assert body["reference_type"] == "video_refer"
    assert body["element_video_list"] == {"refer_videos": [{"video_url": "https://a/v.mp4"}]}
    assert "element_image_list" not in body


def test_a_voice_is_made_from_a_recording_or_from_a_take() -> None:
    kling = Kling(answer(task()), answer(task()))
    kling.client.voices.create_from_recording("Old sailor", voice_url="https://a/s.wav")
    kling.client.voices.create_from_take("Old sailor", video_id="v-77")
    assert kling.asked == [
        (
            "POST",
            f"{GENERAL}/custom-voices",
            {"voice_name": "Old sailor", "voice_url": "https://a/s.wav"},
        ),
        ("POST", f"{GENERAL}/custom-voices", {"voice_name": "Old sailor", "video_id": "v-77"}),
    ]


def test_what_was_made_is_read() -> None:
    kling = Kling(made("elements", KEEPER), made("voices", SAILOR))
    (element,) = kling.client.elements.fetch("829611643369439283").items
    assert element == Element(
        "829611643369439283", "Keeper", "An old lighthouse keeper", "image", "v-1", "12345", False
    )
    (voice,) = kling.client.voices.fetch("829611643369439283").items
    assert voice == Voice("v-1", "Old sailor", "https://v1-kling.klingai.com/t.mp3", "kling")
    assert [path for _method, path, _body in kling.asked] == [
        f"{GENERAL}/advanced-custom-elements/829611643369439283",
        f"{GENERAL}/custom-voices/829611643369439283",
    ]


def test_pages_are_asked_for_and_presets_have_paths_of_their_own() -> None:
    page = json.loads(made("elements", KEEPER).content)["data"]
    kling = Kling(*[answer([page])] * 2, *[answer([])] * 2)
    assert [len(told.items) for told in kling.client.elements.list(2, 500)] == [1]
    assert kling.client.elements.presets()[0].items[0].name == "Keeper"
    assert kling.client.voices.list(1, 1000) == kling.client.voices.presets() == ()
    assert [path for _method, path, _body in kling.asked] == [
        f"{GENERAL}/advanced-custom-elements?pageNum=2&pageSize=500",
        f"{GENERAL}/advanced-presets-elements?pageNum=1&pageSize=30",
        f"{GENERAL}/custom-voices?pageNum=1&pageSize=1000",
        f"{GENERAL}/presets-voices?pageNum=1&pageSize=30",
    ]


def test_a_making_is_found_by_our_id_on_whichever_page_it_is() -> None:
    pages = [answer([task(task_id=str(place))]) for place in (1, 2)]
    ours = task(task_id="3", task_info={"external_task_id": "el-3"})
    kling = Kling(*pages, answer([ours]))
    found = kling.client.elements.find("el-3")
    assert found is not None
    assert (found.task_id, found.external_task_id) == ("3", "el-3")
    assert [path.rpartition("?")[2] for _method, path, _body in kling.asked] == [
        f"pageNum={number}&pageSize=100" for number in (1, 2, 3)
    ]


def test_a_making_is_absent_only_once_a_page_brings_nothing_new() -> None:
    again = [answer([task(task_id="1")])] * 2
    assert Kling(*again).client.voices.find("vo-1") is None
    assert Kling(answer([])).client.voices.find("vo-1") is None
    with pytest.raises(KlingError):
        Kling(answer([task(task_id="1")]), refusal(500, 5000, "no")).client.voices.find("vo-1")


Call = Callable[[KlingClient], object]


@pytest.mark.parametrize(
    "call",
    [
        lambda kling: kling.elements.list(1, 501),
        lambda kling: kling.elements.list(0),
        lambda kling: kling.voices.list(1001),
        lambda kling: kling.voices.presets(1, 1001),
        lambda kling: kling.elements.fetch(""),
        lambda kling: kling.elements.delete(""),
        lambda kling: kling.voices.delete(""),
        lambda kling: kling.elements.create_from_pictures("K", "d", front="f", others=[]),
        lambda kling: kling.elements.create_from_pictures("K", "d", front="f", others=["o"] * 4),
        lambda kling: kling.elements.create_from_video("K" * 21, "d", video_url="u"),
        lambda kling: kling.elements.create_from_video("K", "d" * 101, video_url="u"),
        lambda kling: kling.elements.create_from_video("K", "", video_url="u"),
        lambda kling: kling.voices.create_from_take("", video_id="v"),
        lambda kling: kling.costs(2, 2),
        lambda kling: kling.costs(-1, 2),
    ],
)
def test_what_kling_cannot_answer_is_not_asked(call: Call) -> None:
    kling = Kling()
    with pytest.raises(ValueError, match=r"page|by an id|by its id|three others|characters|before"):
        call(kling.client)
    assert kling.asked == []


@pytest.mark.parametrize("profile", [POWERTOKENS, GATEWAY004])
@pytest.mark.parametrize(
    "call",
    [
        lambda kling: kling.elements.create_from_video("K", "d", video_url="u"),
        lambda kling: kling.elements.fetch("t-1"),
        lambda kling: kling.elements.list(),
        lambda kling: kling.elements.presets(),
        lambda kling: kling.elements.delete("1"),
        lambda kling: kling.voices.create_from_take("V", video_id="v"),
        lambda kling: kling.voices.fetch("t-1"),
        lambda kling: kling.voices.list(),
        lambda kling: kling.voices.presets(),
        lambda kling: kling.voices.delete("v-1"),
        lambda kling: kling.costs(1, 2),
    ],
)
def test_a_gateway_without_a_library_is_asked_for_none(profile: Profile, call: Call) -> None:
    kling = Kling(profile=profile)
    with pytest.raises(NotOffered) as caught:
        call(kling.client)
    assert "Nothing was sent" in caught.value.words
    assert kling.asked == []


def test_an_element_is_deleted_by_the_first_path() -> None:
    kling = Kling(gone())
    kling.client.elements.delete("42")
    assert kling.asked == [("POST", f"{GENERAL}/delete-advanced-elements", {"element_id": "42"})]


@pytest.mark.parametrize(
    "unknown",
    [refusal(404, 1202, "method"), refusal(400, 1202, "method"), refusal(404, 1203, "not there"),
     httpx.Response(404, text="<html>")],
)  # fmt: skip
def test_where_the_first_path_is_unknown_the_second_deletes(unknown: httpx.Response) -> None:
    kling = Kling(unknown, gone())
    kling.client.elements.delete("42")
    assert [path for _method, path, _body in kling.asked] == [
        f"{GENERAL}/delete-advanced-elements",
        f"{GENERAL}/delete-elements",
    ]


def test_where_neither_path_is_known_that_is_said() -> None:
    kling = Kling(refusal(404, 1202, "method"), refusal(404, 1202, "method"))
    with pytest.raises(Refused):
        kling.client.elements.delete("42")


@pytest.mark.parametrize(
    ("response", "kind"),
    [(refusal(400, 1201, "element_id is invalid"), Refused), (refusal(500, 5000, "no"), Unclear)],
)
def test_another_refusal_tries_no_other_path(
    response: httpx.Response, kind: type[KlingError]
) -> None:
    kling = Kling(response)
    with pytest.raises(kind):
        kling.client.elements.delete("42")
    assert len(kling.asked) == 1


def test_what_is_gone_already_is_deleted() -> None:
    kling = Kling(refusal(400, 1201, "Element already be deleted for id: 42"), gone())
    kling.client.elements.delete("42")
    kling.client.voices.delete("v-1")
    assert kling.asked[1] == ("POST", f"{GENERAL}/delete-voices", {"voice_id": "v-1"})


@pytest.mark.parametrize(
    "response",
    [
        answer(None),
        answer([]),
        answer({}),
        answer(task(task_status="made")),
        answer(task(task_id=7)),
        made("elements"),
        made("elements", "Keeper"),
        made("elements", {}),
        made("elements", {"element_id": True}),
        made("elements", {"element_id": -1}),
        made("voices", SAILOR),
        answer(task(task_id="t-2", task_info={})),
    ],
)
def test_a_shape_that_cannot_be_trusted_is_unreadable(response: httpx.Response) -> None:
    with pytest.raises(UnreadableAnswer) as caught:
        Kling(response).client.elements.fetch("829611643369439283")
    assert caught.value.request_id == "req-1"


def test_a_list_that_is_none_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        Kling(answer(task())).client.voices.list()


def test_what_is_not_told_of_an_element_is_empty() -> None:
    kling = Kling(made("elements", {"element_id": "42", "reference_type": ["x"]}))
    (element,) = kling.client.elements.fetch("greenlight-1").items
    assert element == Element("42", "", "", "", "", "", is_deleted=False)


def test_account_costs_name_the_packs() -> None:
    pack = {
        "resource_pack_name": "Video 5,000",
        "resource_pack_id": "p-1",
        "resource_pack_type": "decreasing_total",
        "total_quantity": 5000.0,
        "remaining_quantity": 118.5,
        "purchase_time": 1,
        "effective_time": 1726124664368,
        "invalid_time": 1727366400000,
        "status": "online",
    }
    kling = Kling(answer({"code": 0, "msg": "", "resource_pack_subscribe_infos": [pack]}))
    assert kling.client.costs(1, 2, pack="Video 5,000") == (
        Pack(
            id="p-1",
            name="Video 5,000",
            kind="decreasing_total",
            state="online",
            total_milli=5_000_000,
            left_milli=118_500,
            starts_ms=1726124664368,
            ends_ms=1727366400000,
        ),
    )
    asked = "/account/costs?start_time=1&end_time=2&resource_pack_name=Video+5%2C000"
    assert kling.asked == [("GET", asked, None)]


def test_an_account_without_packs_has_none() -> None:
    assert Kling(answer({"code": 0})).client.costs(1, 2) == ()


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"code": 1201, "msg": "no"},
        {"resource_pack_subscribe_infos": {}},
        {"resource_pack_subscribe_infos": [7]},
    ],
)
def test_costs_that_cannot_be_read_are_unreadable(data: object) -> None:
    with pytest.raises(UnreadableAnswer):
        Kling(answer(data)).client.costs(1, 2)
