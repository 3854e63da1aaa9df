"""What callbacks say: both shapes, the signature of Kling's page, and what is forged."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path

import pytest

from storyboard.kling.simulator.letters import Pen, key, signed
from tests.kling.simulator.builders import Body, single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.listener import Listener

OLD = "whsec_" + base64.b64encode(b"the secret until today, and more").decode()
NEW = "whsec_" + base64.b64encode(b"the secret from today on, and on").decode()

# The test vector of Kling's callback page.
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)


def test_the_published_vector_is_signed_as_published() -> None:
    assert signed([SECRET], "9876543210", 1781080794, BODY) == {
        "webhook-id": "9876543210",
        "webhook-timestamp": "1781080794",
        "webhook-signature": "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
    }


@pytest.mark.parametrize("secret", ["", "whsec_", "dGVzdA==", "whsec_***", "whsec_dGVzd"])
def test_a_secret_that_is_none_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        key(secret)


def test_without_a_secret_nothing_is_signed(start: Start, listener: Listener) -> None:
    start().ordered(single(callback_url=listener.url))
    listener.statuses(1)
    (headers, _body) = listener.raw[0]
    assert not [name for name in headers if name.lower().startswith("webhook-")]


def test_while_a_secret_is_changed_both_sign_what_is_sent(start: Start, listener: Listener) -> None:
    asker = start(webhook_secrets=(OLD, NEW))
    order = asker.ordered(single(callback_url=listener.url))
    listener.statuses(1)
    headers, body = listener.raw[0]
    name, at = headers["webhook-id"], headers["webhook-timestamp"]
    assert name == f"{order['task_id']}-succeed"
    assert abs(int(at) - time.time()) < 5
    content = f"{name}.{at}.".encode() + body
    assert headers["webhook-signature"].split(" ") == [
        f"v1,{made(secret, content)}" for secret in (OLD, NEW)
    ]
    assert json.loads(body)["task_status"] == "succeed"


def test_signatures_keep_to_real_time_when_the_clock_is_ahead(
    start: Start, listener: Listener
) -> None:
    asker = start(webhook_secrets=(NEW,), clock_offset_seconds=86_400.0)
    asker.ordered(single(callback_url=listener.url))
    listener.statuses(1)
    headers, body = listener.raw[0]
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
    assert json.loads(body)["created_at"] / 1000 - time.time() > 86_000


def test_the_new_shape_tells_a_success(start: Start, listener: Listener) -> None:
    asker = start(callback_shape="new")
    body = single(
        callback_url=listener.url, external_task_id="e-1", watermark_info={"enabled": True}
    )
    task = asker.task(asker.ordered(body)["task_id"])
    assert listener.statuses(1) == ["succeeded"]
    (video,) = task["task_result"]["videos"]
    assert listener.told[0][2] == {
        "id": task["task_id"],
        "status": "succeeded",
        "message": "",
        "create_time": task["created_at"],
        "update_time": task["updated_at"],
        "external_id": "e-1",
        "outputs": [{"type": "video", **video}],
        "billing": [{"charge_type": "unit", "amount": "1.8", "package_type": "video"}],
    }
    assert video["watermark_url"]


def test_the_new_shape_tells_a_failure_with_its_reason(start: Start, listener: Listener) -> None:
    start(callback_shape="new").ordered(single(prompt="[fail]", callback_url=listener.url))
    assert listener.statuses(1) == ["failed"]
    told = listener.told[0][2]
    assert told["message"]
    assert told["outputs"] == []


@pytest.mark.parametrize(
    ("shape", "end", "word"),
    [
        ("legacy", "", "succeed"),
        ("new", "", "succeeded"),
        ("legacy", "[fail]", "failed"),
        ("new", "[fail]", "failed"),
    ],
)
def test_all_four_statuses_can_be_told_each_as_it_was(
    start: Start, listener: Listener, shape: str, end: str, word: str
) -> None:
    statuses = ("submitted", "processing", "succeed", "failed")
    asker = start(seconds_per_task=0.8, callback_shape=shape, callback_statuses=statuses)
    order = asker.ordered(single(prompt=f"A boat {end}", callback_url=listener.url))
    assert listener.statuses(3) == ["submitted", "processing", word]
    updated = [told.get("updated_at") or told["update_time"] for _, _, told in listener.told]
    since = [moment - order["created_at"] for moment in updated]
    assert since == [0, 160, 800]


def test_only_the_statuses_asked_for_are_told(
    start: Start, listener: Listener, tmp_path: Path
) -> None:
    asker = start(callback_statuses=("failed",))
    asker.ordered(single(callback_url=listener.url))
    asker.ordered(single(prompt="[fail]", callback_url=listener.url))
    assert listener.statuses(1) == ["failed"]
    time.sleep(0.15)
    assert len(listener.told) == 1


@pytest.mark.parametrize("how", ["token", "body", "signature", "old", "huge"])
def test_a_forgery_is_wrong_in_one_way_only(how: str) -> None:
    """Apart from what is forged it is as good as the true one: address, body, signature, time."""
    pen = Pen(secrets=(NEW,))
    report = {"task_id": "829", "task_status": "processing", "created_at": 1, "updated_at": 2}
    url = "http://127.0.0.1:1/callbacks/kling/token-of-this-order/"
    true, forged = pen.write(url, report, "829-x"), pen.forge(how, url, report, "829-x")
    assert (forged.url == true.url) is (how != "token")
    assert forged.url.startswith("http://127.0.0.1:1/callbacks/kling/")
    told: Body = json.loads(forged.body)
    assert (told["task_id"] == "829") is (how != "body")
    assert (len(forged.body) > 1024**2) is (how == "huge")
    at = forged.headers["webhook-timestamp"]
    assert (time.time() - int(at) > 300) is (how == "old")
    content = f"{forged.headers['webhook-id']}.{at}.".encode() + forged.body
    right = forged.headers["webhook-signature"] == f"v1,{made(NEW, content)}"
    assert right is (how != "signature")
    assert forged.headers["webhook-id"] != true.headers["webhook-id"]


def made(secret: str, content: bytes) -> str:
    """The signature as the page describes it, apart from the simulator's own code."""
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(raw, content, hashlib.sha256).digest()).decode()
