"""Elements and voices: created with a delay, asked for, listed, deleted, ordered with."""

import base64
import io
import wave
from typing import Any

import httpx
import pytest

from storyboard.kling.simulator.creations import check_element, check_voice
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.simulator.builders import Asker, Body, picture, single
from tests.kling.simulator.conftest import Start

ELEMENTS = "/v1/general/advanced-custom-elements"
ELEMENT_PRESETS = "/v1/general/advanced-presets-elements"
VOICES = "/v1/general/custom-voices"
VOICE_PRESETS = "/v1/general/presets-voices"
FRAME = picture()
FILM = "https://nowhere.invalid/keeper.mp4"


def images(count: int = 1, **changes: Any) -> Body:
    """A good element made of a frontal picture and others."""
    others = [{"image_url": FRAME}] * count
    return {
        "element_name": "Keeper",
        "element_description": "A lighthouse keeper in a blue coat",
        "reference_type": "image_refer",
        "element_image_list": {"frontal_image": FRAME, "refer_images": others},
        **changes,
    }


def film(address: Any = FILM, **changes: Any) -> Body:
    """A good element made of a film."""
    videos = {"refer_videos": [{"video_url": address}]}
    body = images(reference_type="video_refer", element_video_list=videos)
    return {**body, "element_image_list": None, **changes}


def voice(**changes: Any) -> Body:
    """A good voice."""
    return {"voice_name": "Keeper", "voice_url": "https://nowhere.invalid/keeper.wav", **changes}


def made(asker: Asker, path: str, body: Body) -> Body:
    """Create and fetch; the one element or voice."""
    answer = asker.http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    task = asker.http.get(f"{path}/{answer.json()['data']['task_id']}").json()["data"]
    ((result,),) = task["task_result"].values()
    whole: Body = result
    return whole


def error(answer: httpx.Response) -> tuple[int, int, str]:
    body = answer.json()
    return answer.status_code, body["code"], body["message"]


ELEMENT_TAKEN = {
    "the least": images(),
    "three other pictures": images(3),
    "the longest name": images(element_name="x" * 20),
    "the longest name in pairs": images(element_name="🚢" * 10),
    "the longest description": images(element_description="x" * 100),
    "every tag": images(tag_list=[{"tag_id": f"o_{number}"} for number in range(101, 109)]),
    "a voice": images(element_voice_id="v-1"),
    "empty fields": images(element_voice_id="", callback_url="", external_task_id=""),
    "pictures by address": images(
        element_image_list={
            "frontal_image": "https://nowhere.invalid/a.png",
            "refer_images": [{"image_url": "https://nowhere.invalid/b.png"}],
        }
    ),
    "a film": film(),
    "a film with a signature": film("https://nowhere.invalid/keeper.MOV?sign=a.b"),
    "a film without an ending": film("https://nowhere.invalid/film/7"),
}
ELEMENT_REFUSED = {
    "no name": (images(element_name=""), "element_name must not be empty"),
    "a blank name": (images(element_name=" "), "element_name must not be empty"),
    "21 units": (images(element_name="x" * 21), "element_name: size must be between 0 and 20"),
    "11 pairs": (images(element_name="🚢" * 11), "element_name: size must be between 0 and 20"),
    "no description": (images(element_description=None), "element_description must not be"),
    "101 units": (images(element_description="x" * 101), "between 0 and 100"),
    "no type": (images(reference_type=None), "reference_type must not be empty"),
    "an unknown type": (images(reference_type="text_refer"), "'text_refer' is invalid"),
    "no pictures": (images(element_image_list=None), "element_image_list is required"),
    "no other picture": (images(0), "refer_images: size must be between 1 and 3"),
    "four other pictures": (images(4), "refer_images: size must be between 1 and 3"),
    "no front": (
        images(element_image_list={"refer_images": [{"image_url": FRAME}]}),
        "frontal_image must not be empty",
    ),
    "a small front": (
        images(
            element_image_list={
                "frontal_image": picture(299, 300),
                "refer_images": [{"image_url": FRAME}],
            }
        ),
        "at least 300px",
    ),
    "a long picture": (
        images(
            element_image_list={
                "frontal_image": FRAME,
                "refer_images": [{"image_url": picture(751, 300)}],
            }
        ),
        "image_url: aspect ratio",
    ),
    "no film": (film(None), "video_url must not be empty"),
    "no list of films": (film(element_video_list={}), "size must be 1"),
    "two films": (
        film(element_video_list={"refer_videos": [{"video_url": FILM}] * 2}),
        "size must be 1",
    ),
    "a film that is none": (film("https://nowhere.invalid/keeper.avi"), "only .mp4, .mov"),
    "no address": (film("keeper.mp4"), "the URL is not valid"),
    "an unknown tag": (images(tag_list=[{"tag_id": "o_109"}]), "tag_id is invalid"),
    "a tag of another type": (images(tag_list=[{"tag_id": {}}]), "tag_id must be a string"),
    "refused words": (images(element_name="[refuse]"), "content security policy"),
}
VOICE_TAKEN = {
    "an address": voice(),
    "a film": voice(voice_url="", video_id="v829611643369439283"),
    "the longest name": voice(voice_name="x" * 20),
}
VOICE_REFUSED = {
    "no name": (voice(voice_name=None), "voice_name must not be empty"),
    "21 units": (voice(voice_name="x" * 21), "between 0 and 20"),
    "neither source": (voice(voice_url=""), "exactly one of voice_url and video_id"),
    "both sources": (voice(video_id="v1"), "exactly one of voice_url and video_id"),
    "a picture": (voice(voice_url="https://nowhere.invalid/keeper.png"), "only .mp3, .wav"),
    "refused words": (voice(voice_name="[refuse]"), "content security policy"),
}


@pytest.mark.parametrize("body", ELEMENT_TAKEN.values(), ids=ELEMENT_TAKEN.keys())
def test_an_element_is_taken(body: Body) -> None:
    assert check_element(body) == ""


@pytest.mark.parametrize(("body", "words"), ELEMENT_REFUSED.values(), ids=ELEMENT_REFUSED.keys())
def test_an_element_is_refused(body: Body, words: str) -> None:
    with pytest.raises(Refusal, match=words.replace(".", r"\.")):
        check_element(body)


@pytest.mark.parametrize("body", VOICE_TAKEN.values(), ids=VOICE_TAKEN.keys())
def test_a_voice_is_taken(body: Body) -> None:
    assert check_voice(body) == ""


@pytest.mark.parametrize(("body", "words"), VOICE_REFUSED.values(), ids=VOICE_REFUSED.keys())
def test_a_voice_is_refused(body: Body, words: str) -> None:
    with pytest.raises(Refusal, match=words.replace(".", r"\.")):
        check_voice(body)


def test_an_element_answers_with_its_pictures_voice_and_tags(asker: Asker) -> None:
    own = made(asker, VOICES, voice())
    body = images(tag_list=[{"tag_id": "o_102"}], element_voice_id=own["voice_id"])
    element = made(asker, ELEMENTS, body)
    assert isinstance(element["element_id"], int)
    assert element["element_id"] < 2**53
    assert (element["element_name"], element["status"]) == ("Keeper", "succeed")
    assert element["tag_list"] == [{"id": "o_102", "name": "Character"}]
    assert element["element_voice_info"] == own
    assert element["owned_by"] not in ("kling", "alice-key")
    front = element["element_image_list"]["frontal_image"]
    shown = asker.http.get(front)
    assert (shown.content, shown.headers["content-type"]) == (base64.b64decode(FRAME), "image/jpeg")


def test_a_film_of_an_element_is_named_as_it_came(asker: Asker) -> None:
    element = made(asker, ELEMENTS, film())
    assert element["element_video_list"] == {"refer_videos": [{"video_url": FILM}]}
    assert "element_image_list" not in element


@pytest.mark.parametrize(("path", "body"), [(ELEMENTS, images()), (VOICES, voice())])
def test_creations_take_a_quarter_of_a_task(start: Start, path: str, body: Body) -> None:
    asker = start(seconds_per_task=2400)
    order = asker.http.post(path, json={**body, "external_task_id": "mine-1"}).json()["data"]
    assert order["task_status"] == "submitted"
    assert order["task_info"] == {"external_task_id": "mine-1"}
    task = asker.http.get(f"{path}/mine-1").json()["data"]
    assert (task["task_id"], task["task_status"]) == (order["task_id"], "submitted")
    assert "task_result" not in task
    (line,) = asker.http.get("/_library").json()[f"{path.rpartition('-')[2]}"]
    assert line["done_at"] - line["created_at"] == 600_000
    assert (line["key"], line["units_milli"], line["status"]) == ("alice-key", 0, "submitted")
    assert asker.ledger() == []


@pytest.mark.parametrize(
    ("path", "body"),
    [(ELEMENTS, images(element_name="[fail]")), (VOICES, voice(voice_name="[fail]"))],
)
def test_a_creation_may_fail_later(asker: Asker, path: str, body: Body) -> None:
    order = asker.http.post(path, json=body).json()["data"]
    task = asker.http.get(f"{path}/{order['task_id']}").json()["data"]
    assert task["task_status"] == "failed"
    assert "[fail]" in task["task_status_msg"]
    assert "task_result" not in task


@pytest.mark.parametrize(("path", "body"), [(ELEMENTS, images()), (VOICES, voice())])
def test_a_fault_lets_one_creation_fail(asker: Asker, path: str, body: Body) -> None:
    asker.http.post("/_faults", json={"set": ["making-fails~mine-:1"]})
    made_of = [
        asker.http.post(path, json={**body, "external_task_id": name}).json()["data"]["task_id"]
        for name in ("theirs-1", "mine-1", "mine-2")
    ]
    told = [asker.http.get(f"{path}/{task_id}").json()["data"] for task_id in made_of]
    assert [task["task_status"] for task in told] == ["succeed", "failed", "succeed"]
    assert told[1]["task_status_msg"] == "The simulator was told to fail at this one"
    assert asker.http.get("/_faults").json()["delivered"] == {"making-fails": 1}


def test_a_voice_is_made_from_an_own_video_with_sound_of_five_seconds(asker: Asker) -> None:
    def video(**changes: Any) -> str:
        speaking = {"model_name": "kling-v2-6", "duration": "5", "mode": "pro", "sound": "on"}
        order = asker.create(single(**{**speaking, **changes}), "text2video").json()["data"]
        return f"v{order['task_id']}"

    def status(name: str) -> tuple[str, str]:
        order = asker.http.post(VOICES, json=voice(voice_url="", video_id=name)).json()["data"]
        task = asker.http.get(f"{VOICES}/{order['task_id']}").json()["data"]
        return task["task_status"], task["task_status_msg"]

    name = video()
    assert status(name) == ("succeed", "")
    silent = ("failed", "The video was not made by V2.6 with sound")
    assert status(video(sound="off")) == silent
    assert status(video(model_name="kling-v3")) == silent
    body = voice(voice_url="", video_id="v999")
    assert error(asker.http.post(VOICES, json=body)) == (400, 1201, "Video not found for id: v999")
    bob = Asker(asker.server, "bob-key")
    assert error(bob.http.post(VOICES, json={**body, "video_id": name}))[:2] == (400, 1201)
    bob.http.close()


def test_a_voice_can_be_heard(asker: Asker) -> None:
    own = made(asker, VOICES, voice())
    assert set(own) == {"voice_id", "voice_name", "trial_url", "owned_by"}
    sample = asker.http.get(own["trial_url"])
    assert sample.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(sample.content)) as heard:
        assert (heard.getnchannels(), heard.getframerate(), heard.getnframes()) == (1, 8000, 4000)
    assert error(asker.http.get("/_voices/nobody.wav"))[:2] == (404, 1203)
    assert error(asker.http.get(f"/_pictures/{'0' * 64}"))[:2] == (404, 1203)


@pytest.mark.parametrize(
    ("path", "noun", "most"), [(ELEMENT_PRESETS, "element", 500), (VOICE_PRESETS, "voice", 1000)]
)
def test_kling_has_elements_and_voices_of_its_own(
    asker: Asker, path: str, noun: str, most: int
) -> None:
    tasks = asker.http.get(path).json()["data"]
    results = [result for task in tasks for result in task["task_result"][f"{noun}s"]]
    assert len({result[f"{noun}_id"] for result in results}) == len(results) >= 4
    assert {result["owned_by"] for result in results} == {"kling"}
    assert asker.http.get(f"{path}?pageNum=2&pageSize=3").json()["data"] == tasks[3:6]
    assert asker.http.get(f"{path}?pageSize={most}").status_code == 200
    assert error(asker.http.get(f"{path}?pageSize={most + 1}"))[:2] == (400, 1201)


@pytest.mark.parametrize(
    ("path", "body", "most"), [(ELEMENTS, images(), 500), (VOICES, voice(), 1000)]
)
def test_a_list_holds_the_accounts_own(asker: Asker, path: str, body: Body, most: int) -> None:
    assert asker.http.get(path).json()["data"] == []
    names = [asker.http.post(path, json=body).json()["data"]["task_id"] for _time in range(3)]
    bob = Asker(asker.server, "bob-key")
    bob.http.post(path, json=body)
    assert error(bob.http.get(f"{path}/{names[0]}"))[2] == (
        f"Task not found by id/external id: {names[0]}"
    )
    bob.http.close()
    listed = asker.http.get(f"{path}?pageNum=1&pageSize=2").json()["data"]
    assert [task["task_id"] for task in listed] == [names[2], names[1]]
    rest = asker.http.get(f"{path}?pageNum=2&pageSize=2").json()["data"]
    assert [task["task_id"] for task in rest] == [names[0]]
    assert asker.http.get(f"{path}?pageSize={most}").status_code == 200
    for query in ("pageNum=0", "pageNum=1001", "pageSize=0", f"pageSize={most + 1}"):
        assert error(asker.http.get(f"{path}?{query}"))[:2] == (400, 1201)


@pytest.mark.parametrize(
    ("deletion", "path", "noun", "body"),
    [
        ("delete-advanced-elements", ELEMENTS, "element", images()),
        ("delete-elements", ELEMENTS, "element", images()),
        ("delete-voices", VOICES, "voice", voice()),
    ],
)
def test_one_is_deleted_once(asker: Asker, deletion: str, path: str, noun: str, body: Body) -> None:
    name = str(made(asker, path, body)[f"{noun}_id"])
    bob = Asker(asker.server, "bob-key")
    asked = {f"{noun}_id": name}
    foreign = error(bob.http.post(f"/v1/general/{deletion}", json=asked))
    bob.http.close()
    assert foreign == (400, 1201, f"{noun.title()} not found for id: {name}")
    first = asker.http.post(f"/v1/general/{deletion}", json=asked)
    assert first.status_code == 200
    assert set(first.json()) == {"code", "message", "request_id"}
    second = error(asker.http.post(f"/v1/general/{deletion}", json=asked))
    assert second == (400, 1201, f"{noun.title()} already be deleted for id: {name}")
    for odd in ("{}", f'{{"{noun}_id": "\\ud800"}}', f'{{"{noun}_id": []}}'):
        answer = asker.http.post(f"/v1/general/{deletion}", content=odd)
        assert error(answer)[:2] == (400, 1201)
    (line,) = asker.http.get("/_library").json()[f"{noun}s"]
    assert line["status"] == "deleted"


def test_klings_own_cannot_be_deleted(asker: Asker) -> None:
    (preset, *_others) = asker.http.get(VOICE_PRESETS).json()["data"]
    name = preset["task_result"]["voices"][0]["voice_id"]
    answer = asker.http.post("/v1/general/delete-voices", json={"voice_id": name})
    assert error(answer)[:2] == (400, 1201)


@pytest.mark.parametrize(("path", "body"), [(ELEMENTS, images()), (VOICES, voice())])
def test_a_repeated_name_makes_no_second_creation(asker: Asker, path: str, body: Body) -> None:
    named = {**body, "external_task_id": "mine-1"}
    asker.http.post(path, json=named)
    assert error(asker.http.post(path, json=named)) == (
        400,
        1201,
        "External_task_id mine-1 already exists",
    )
    assert len(asker.http.get(path).json()["data"]) == 1


def test_free_ids_are_ordered_with_unless_the_library_is_strict(start: Start) -> None:
    elements = single(image=FRAME, element_list=[{"element_id": 7}])
    speaking = {"model_name": "kling-v2-6", "duration": "5", "mode": "pro", "sound": "on"}
    voices = single(image=FRAME, voice_list=[{"voice_id": "7"}], **speaking)
    asker = start(strict_library=True)
    assert error(asker.create(elements, "image2video")) == (400, 1201, "Element id not found: 7")
    assert error(asker.create(voices, "image2video")) == (400, 1201, "Voice id not found: 7")
    element = made(asker, ELEMENTS, images())["element_id"]
    speaker = made(asker, VOICES, voice())["voice_id"]
    preset = asker.http.get(ELEMENT_PRESETS).json()["data"][0]["task_result"]["elements"][0]
    for name in (element, str(element), preset["element_id"]):
        asker.ordered({**elements, "element_list": [{"element_id": name}]}, "image2video")
    asker.ordered({**voices, "voice_list": [{"voice_id": speaker}]}, "image2video")
    asker.http.post("/v1/general/delete-elements", json={"element_id": str(element)})
    gone = asker.create({**elements, "element_list": [{"element_id": element}]}, "image2video")
    assert error(gone)[:2] == (400, 1201)
    bob = Asker(asker.server, "bob-key")
    assert error(bob.create(voices, "image2video"))[:2] == (400, 1201)
    bob.http.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", ELEMENT_PRESETS),
        ("POST", f"{VOICES}/7"),
        ("GET", "/v1/general/delete-voices"),
        ("POST", "/account/costs"),
    ],
)
def test_a_wrong_method_says_so(asker: Asker, method: str, path: str) -> None:
    assert error(asker.http.request(method, path, json={}))[:2] == (404, 1202)


def test_the_library_outlives_the_simulator(start: Start) -> None:
    asker = start()
    asker.http.post(ELEMENTS, json=images(external_task_id="mine-1"))
    before = asker.http.get(f"{ELEMENTS}/mine-1").json()["data"]
    asker.server.stop()
    again = start()
    after = again.http.get(f"{ELEMENTS}/mine-1").json()["data"]
    assert after["task_id"] == before["task_id"]
    asker.server = again.server
