import base64
import hashlib
import hmac
import json
import traceback

import httpx
import pytest

from storyboard.kling import auth, connection
from storyboard.kling.auth import EARLIER, LIFETIME, MARGIN, Bearer, signed_token
from storyboard.kling.client import KlingClient
from storyboard.kling.errors import AccountTrouble, KlingError
from storyboard.kling.profiles import OFFICIAL
from storyboard.kling.reports import Report
from storyboard.kling.transport import Deadline
from tests.kling.builders import answer, refusal, task

ACCESS = "access-key-canary-1c9d"
SECRET = "secret-key-canary-5e2b"
PAIR = f"{ACCESS}:{SECRET}"
ADDRESS = "https://api-singapore.klingai.com"
NOON = 1_795_262_400.9


def _read(part: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def test_a_pair_signs_a_token_of_exactly_these_parts() -> None:
    header, claims, signature = signed_token(ACCESS, SECRET, now=NOON).split(".")
    assert _read(header) == {"alg": "HS256", "typ": "JWT"}
    assert _read(claims) == {"iss": ACCESS, "exp": int(NOON) + 1800, "nbf": int(NOON) - 5}
    expected = hmac.new(SECRET.encode(), f"{header}.{claims}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == expected
    assert "=" not in signature


def test_a_key_is_sent_as_it_is_and_no_renewing_changes_it() -> None:
    bearer = Bearer("api-key-kling-1")
    assert bearer.token == "api-key-kling-1"
    assert not bearer.renew()
    assert bearer.token == "api-key-kling-1"


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    now = [NOON]
    bearer = Bearer(PAIR, "pair", clock=lambda: now[0])
    first = bearer.token
    now[0] = NOON + LIFETIME - MARGIN
    assert bearer.token == first
    now[0] += 1
    second = bearer.token
    assert second != first
    assert _read(second.split(".")[1])["nbf"] == int(now[0]) - EARLIER


def test_every_token_sent_is_a_secret_and_none_is_printed() -> None:
    now = [NOON]
    bearer = Bearer(PAIR, "pair", clock=lambda: now[0])
    first = bearer.token
    now[0] += 1
    assert bearer.renew()
    second = bearer.token
    assert {ACCESS, SECRET, PAIR, first, second, first.rpartition(".")[2]} <= set(bearer.secrets)
    assert repr(bearer) == "Bearer(pair)"


@pytest.mark.parametrize("pair", ["", ":", "access:", ":secret", "access", "two words:secret"])
def test_half_a_pair_is_the_account_s_trouble(pair: str) -> None:
    with pytest.raises(AccountTrouble) as caught:
        Bearer(pair, "pair")
    assert "into the account" in caught.value.words


class Kling:
    """Answers by script and keeps what was sent."""

    def __init__(self, *script: httpx.Response) -> None:
        self.script = list(script)
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.script.pop(0)

    def create(self, credential: str = PAIR, **changes: object) -> Report:
        transport = httpx.MockTransport(self)
        options = {"auth": "pair", **changes}
        client = KlingClient(OFFICIAL, ADDRESS, credential, transport=transport, **options)  # type: ignore[arg-type]
        return client.create_video("text2video", {"prompt": "Gulls", "external_task_id": "gl-1"})


@pytest.fixture(autouse=True)
def _a_clock_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second later, so that no two tokens are alike."""
    ticks = iter(range(int(NOON), int(NOON) + 1000))
    monkeypatch.setattr(auth.Bearer.__init__, "__kwdefaults__", {"clock": lambda: next(ticks)})


@pytest.mark.parametrize("code", [1003, 1004])
def test_a_token_turned_down_for_its_time_is_signed_anew_and_the_same_order_sent(
    code: int,
) -> None:
    kling = Kling(refusal(401, code, "expired"), answer(task(task_info={})))
    assert kling.create().status == "submitted"
    first, second = kling.sent
    assert first.headers["authorization"] != second.headers["authorization"]
    assert (first.url, first.content) == (second.url, second.content)


def test_a_second_refusal_of_the_token_is_the_answer() -> None:
    kling = Kling(refusal(401, 1004, "expired"), refusal(401, 1004, "expired"))
    with pytest.raises(AccountTrouble) as caught:
        kling.create()
    assert (caught.value.code, caught.value.request_id, len(kling.sent)) == (1004, "req-9", 2)


@pytest.mark.parametrize(
    "first",
    [
        refusal(401, 1000, "no"),
        refusal(401, 1001, "no"),
        refusal(401, 1002, "no"),
        refusal(500, 1004, "a gateway's own page"),
        refusal(429, 1303, "full"),
        refusal(500, 5000, "may have been made"),
        httpx.Response(401, text="expired"),
    ],
)
def test_nothing_else_is_ever_sent_twice(first: httpx.Response) -> None:
    kling = Kling(first)
    with pytest.raises(KlingError):
        kling.create()
    assert len(kling.sent) == 1


def test_an_api_key_that_expired_is_not_sent_again() -> None:
    kling = Kling(refusal(401, 1004, "expired"))
    with pytest.raises(AccountTrouble):
        kling.create("api-key-kling-canary", auth="key")
    assert len(kling.sent) == 1


def test_when_the_time_is_over_no_second_request_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    class Over(Deadline):
        looks = iter([False, True])  # while the answer is read, and after it

        @property
        def passed(self) -> bool:
            return next(self.looks)

    monkeypatch.setattr(connection, "Deadline", Over)
    kling = Kling(refusal(401, 1004, "expired"))
    with pytest.raises(AccountTrouble):
        kling.create()
    assert len(kling.sent) == 1


def test_no_answer_repeats_a_secret_or_a_token() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        said = f"{PAIR} {ACCESS} {SECRET} {request.headers['authorization']}"
        return refusal(400, 1201, said)

    transport = httpx.MockTransport(echo)
    client = KlingClient(OFFICIAL, ADDRESS, PAIR, auth="pair", transport=transport)
    with pytest.raises(KlingError) as caught:
        client.create_video("text2video", {})
    error = caught.value
    assert error.message == "… … … Bearer …"
    told = "".join(traceback.format_exception(error))
    assert not any(secret in told for secret in (ACCESS, SECRET))


def test_a_report_repeats_no_secret_either() -> None:
    told = task(task_status="failed", task_status_msg=f"blame {SECRET}", task_info={})
    assert Kling(answer(told)).create().message == "blame …"
