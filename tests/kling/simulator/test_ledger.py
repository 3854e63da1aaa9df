"""What is accepted, by whom and how often: keys, ledger, slots, rate."""

import base64
import hashlib
import hmac
import json
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from storyboard.kling.simulator import store
from storyboard.kling.simulator.gate import Keys
from tests.kling.simulator.builders import Asker, custom, picture, single
from tests.kling.simulator.conftest import Start


def code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


def token(secret: str = "shh", **claims: Any) -> str:
    """A JWT as Kling's page makes it, with changed claims; None leaves one out."""
    now = int(time.time())
    whole = {"iss": "ak-1", "exp": now + 1800, "nbf": now - 5, **claims}
    parts = [{"alg": "HS256", "typ": "JWT"}, whole]
    signed = ".".join(packed(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{packed(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def asked(asker: Asker, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return httpx.get(f"{asker.server.address}/v1/videos/text2video", headers=headers)


def test_a_line_tells_key_body_price_and_times(asker: Asker) -> None:
    body = custom(("A boat", "4"), ("A lamp", "6"), mode="pro", sound="on", external_task_id="e-1")
    order = asker.ordered(body)
    (line,) = asker.ledger()
    assert line == {
        "key": "alice-key",
        "external_task_id": "e-1",
        "task_id": order["task_id"],
        "endpoint": "/v1/videos/text2video",
        "body": body,
        "units": "12",
        "price": "1.68",
        "units_milli": 12_000,
        "money_milli": 1_680,
        "tells_units": True,
        "created_at": order["created_at"],
        "updated_at": order["created_at"],
        "done_at": order["created_at"],
        "status": "succeed",
        "cleared": False,
        "sha256": "",
    }


def test_a_film_stands_in_the_ledger_with_its_checksum_once_fetched(asker: Asker) -> None:
    order = asker.ordered(single())
    film = asker.http.get(f"/_files/{order['task_id']}.mp4").content
    (line,) = asker.ledger()
    assert line["sha256"] == hashlib.sha256(film).hexdigest()


def test_pictures_stand_in_the_ledger_as_checksum_and_size(asker: Asker) -> None:
    image = picture()
    raw = base64.b64decode(image)
    asker.ordered(single(image=image, image_tail=""), "image2video")
    (line,) = asker.ledger()
    assert line["endpoint"] == "/v1/videos/image2video"
    assert line["body"]["image"] == {
        "sha256": hashlib.sha256(raw).hexdigest(),
        "size": len(raw),
    }
    assert line["body"]["image_tail"] == ""


@pytest.mark.parametrize(
    ("changes", "units"),
    [
        ({"duration": "5"}, "3"),
        ({"duration": "5", "mode": "pro"}, "4"),
        ({"duration": "5", "mode": "4k"}, "15"),
        ({"duration": "7", "sound": "on"}, "6.3"),
        ({"model_name": "kling-v2-6", "duration": "10"}, "3"),
        ({"model_name": "kling-v2-6", "duration": "10", "mode": "pro"}, "5"),
        ({"model_name": "kling-v2-6", "duration": "5", "mode": "pro", "sound": "on"}, "5"),
        ({"model_name": "kling-v1", "duration": "5"}, "1"),
    ],
)
def test_prices_follow_the_list(asker: Asker, changes: dict[str, str], units: str) -> None:
    asker.ordered(single(**changes))
    assert asker.ledger()[0]["units"] == units


@pytest.mark.parametrize(("prompt", "units"), [("She <<<voice_1>>> speaks", "6"), ("She", "5")])
def test_a_voice_is_charged_only_where_the_prompt_names_it(
    asker: Asker, prompt: str, units: str
) -> None:
    body = single(
        model_name="kling-v2-6",
        mode="pro",
        sound="on",
        duration="5",
        prompt=prompt,
        image=picture(),
        voice_list=[{"voice_id": "v-1"}],
    )
    asker.ordered(body, "image2video")
    assert asker.ledger()[0]["units"] == units


def test_a_repeated_external_task_id_is_refused_by_name(asker: Asker) -> None:
    asker.ordered(single(external_task_id="e-1"))
    again = asker.create(single(external_task_id="e-1", prompt="Another"))
    assert code(again) == (400, 1201)
    assert again.json()["message"] == "External_task_id e-1 already exists"
    across = asker.create(single(external_task_id="e-1", image=picture()), "image2video")
    assert code(across) == (400, 1201)
    assert len(asker.ledger()) == 1


def test_one_that_charges_twice_takes_a_repeated_external_task_id_for_a_new_order(
    start: Start,
) -> None:
    asker = start(charges_twice=True)
    names = {asker.ordered(single(external_task_id="e-1"))["task_id"] for _time in range(2)}
    assert len(names) == 2
    assert [line["external_task_id"] for line in asker.ledger()] == ["e-1", "e-1"]
    found = asker.http.get("/v1/videos/text2video/e-1").json()["data"]
    assert found["task_id"] in names


def test_another_key_may_use_the_same_external_task_id(asker: Asker) -> None:
    asker.ordered(single(external_task_id="e-1"))
    bob = Asker(asker.server, "bob-key")
    bob.ordered(single(external_task_id="e-1"))
    bob.http.close()
    assert [line["key"] for line in asker.ledger()] == ["alice-key", "bob-key"]


def test_empty_external_task_ids_are_absent_and_never_repeat(asker: Asker) -> None:
    for _ in range(2):
        asker.ordered(single(external_task_id="", callback_url=""))
    assert [line["external_task_id"] for line in asker.ledger()] == [None, None]


def test_twenty_orders_at_once_with_one_id_make_one_line(asker: Asker) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: asker.create(single(external_task_id="e-1")), range(20)))
    codes = sorted(code(answer) for answer in answers)
    assert codes == [(200, 0)] + [(400, 1201)] * 19
    assert len(asker.ledger()) == 1


def test_slots_limit_the_tasks_in_flight_of_each_key(start: Start) -> None:
    asker = start(slots=2, seconds_per_task=1.5)
    bob = Asker(asker.server, "bob-key")
    for _ in range(2):
        asker.ordered(single())
    full = asker.create(single(external_task_id="e-1"))
    assert code(full) == (429, 1303)
    assert full.json()["message"] == "parallel task over resource pack limit"
    bob.ordered(single())
    bob.http.close()
    assert len(asker.ledger()) == 3
    time.sleep(1.5)
    asker.ordered(single(external_task_id="e-1"))


def test_twenty_orders_at_once_fill_no_more_than_the_slots(start: Start) -> None:
    asker = start(slots=3, seconds_per_task=60)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: asker.create(single()), range(20)))
    assert sorted(code(answer) for answer in answers) == [(200, 0)] * 3 + [(429, 1303)] * 17


def test_the_rate_limits_the_requests_of_each_key(start: Start) -> None:
    asker = start(rate=1)
    bob = Asker(asker.server, "bob-key")
    answers = [asker.http.get("/v1/videos/text2video") for _ in range(2)]
    assert [code(answer) for answer in answers] == [(200, 0), (429, 1302)]
    assert bob.http.get("/v1/videos/text2video").status_code == 200
    bob.http.close()
    time.sleep(1.05)
    assert asker.http.get("/v1/videos/text2video").status_code == 200


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, (401, 1001)),
        ("", (401, 1001)),
        ("Bearer", (401, 1002)),
        ("Basic abc", (401, 1002)),
        ("Bearer anything", (200, 0)),
    ],
)
def test_an_open_simulator_takes_any_bearer_value(
    asker: Asker, authorization: str | None, expected: tuple[int, int]
) -> None:
    assert code(asked(asker, authorization)) == expected


def test_tokens_of_one_issuer_are_one_account(start: Start) -> None:
    asker = start(key=token(nbf=1))
    asker.ordered(single(external_task_id="e-1"))
    later = Asker(asker.server, token("another-secret", nbf=2))
    assert code(later.create(single(external_task_id="e-1"))) == (400, 1201)
    later.http.close()
    assert [line["key"] for line in asker.ledger()] == ["ak-1"]


def test_with_a_key_only_that_key_is_let_in(start: Start) -> None:
    asker = start(keys=Keys(key="right"))
    assert code(asked(asker, "Bearer right")) == (200, 0)
    wrong = asked(asker, "Bearer wrong")
    assert code(wrong) == (401, 1002)
    assert wrong.json()["message"] == "api key not found"
    assert code(asked(asker, f"Bearer {token()}")) == (401, 1002)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (token(), (200, 0)),
        (token(nbf=int(time.time()) + 600), (401, 1003)),
        (token(exp=int(time.time()) - 1), (401, 1004)),
        (token(exp=None), (401, 1004)),
        (token("other"), (401, 1002)),
        (token(iss="ak-2"), (401, 1002)),
        ("not-a-token", (401, 1002)),
        ("a.b.c", (401, 1002)),
        (token()[:-2] + "~~", (401, 1002)),
    ],
)
def test_with_a_secret_only_tokens_signed_with_it_are_let_in(
    start: Start, sent: str, expected: tuple[int, int]
) -> None:
    asker = start(keys=Keys(access_key="ak-1", secret_key="shh"))
    assert code(asked(asker, f"Bearer {sent}")) == expected


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("not-a-token", "The token was expected to have 3 parts, but got 0"),
        ("a.b", "The token was expected to have 3 parts, but got 2"),
        ("a.b.c", "Authorization is invalid"),
    ],
)
def test_a_token_that_is_none_is_told_so(start: Start, sent: str, words: str) -> None:
    asker = start(keys=Keys(access_key="ak-1", secret_key="shh"))
    assert asked(asker, f"Bearer {sent}").json()["message"] == words


def test_the_ledger_and_health_need_no_key(start: Start) -> None:
    asker = start(keys=Keys(key="right"))
    assert httpx.get(f"{asker.server.address}/_ledger").json() == []
    assert httpx.get(f"{asker.server.address}/healthz").status_code == 200


def test_a_state_folder_from_before_failures_had_words_still_works(
    start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    with sqlite3.connect(folder / "tasks.sqlite3") as old:
        old.execute(store._SCHEMA.replace("fails TEXT", "fails INTEGER"))
    asker = start()
    good, bad = (asker.ordered(single(external_task_id=name))["task_id"] for name in ("a", "b"))
    with sqlite3.connect(folder / "tasks.sqlite3") as old:
        old.execute("UPDATE tasks SET fails = (external_task_id = 'b')")
    assert asker.task(good)["task_status"] == "succeed"
    failed = asker.task(bad)
    assert (failed["task_status"], failed["task_status_msg"]) == ("failed", "The task failed")
