"""One line of JSON in, one line of JSON out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.kling.payloads.lines import Answer, answer, too_long
from tests.kling.payload_builders import six_shots


def line(**changes: Any) -> bytes:
    asked = {"endpoint": "image2video", "profile": "official", "payload": six_shots(), **changes}
    return json.dumps({key: value for key, value in asked.items() if value is not ...}).encode()


def told(raw: bytes) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in answer(raw).errors]


def test_an_answer_has_the_agreed_shape() -> None:
    assert answer(line()).line() == b'{"ok": true, "errors": [], "warnings": []}\n'
    body = six_shots(duration=15, tail="\ud800")
    said = answer(line(payload=body)).line()
    assert said.isascii()
    assert said.count(b"\n") == 1
    heard = json.loads(said)
    assert heard["ok"] is False
    assert [sorted(each) for each in heard["errors"]] == [["code", "field", "message"]]
    assert [each["code"] for each in heard["warnings"]] == ["field.unknown"]


def test_advice_alone_is_ok() -> None:
    heard = json.loads(answer(line(payload=six_shots(tail=1))).line())
    assert (heard["ok"], heard["errors"], len(heard["warnings"])) == (True, [], 1)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"", [("line.empty", "")]),
        (b"\n", [("line.empty", "")]),
        (b" \t\r\n", [("line.empty", "")]),
        (b"\xff{}", [("line.encoding", "")]),
        ("{}".encode("utf-16"), [("line.encoding", "")]),
        (b"{", [("line.json", "")]),
        (b"{} {}", [("line.json", "")]),
        (b"{'endpoint': 1}", [("line.json", "")]),
        (b'{"payload": NaN}', [("line.json", "")]),
        (b'{"payload": "a\x01b"}', [("line.json", "")]),
        (b"[" * 100_000, [("line.deep", "")]),
        (b"[]", [("line.object", "")]),
        (b'"text"', [("line.object", "")]),
        (b"null", [("line.object", "")]),
        (line(endpoint=...), [("endpoint.required", "endpoint")]),
        (line(endpoint=7), [("endpoint.unknown", "endpoint")]),
        (line(endpoint="omni-video"), [("endpoint.unknown", "endpoint")]),
        (line(endpoint=[]), [("endpoint.unknown", "endpoint")]),
        (line(profile=...), [("profile.required", "profile")]),
        (line(profile="Official"), [("profile.unknown", "profile")]),
        (line(payload=...), [("payload.required", "payload")]),
        (line(payload=None), [("payload.type", "")]),
        (b"{}", [("endpoint.required", "endpoint"), ("profile.required", "profile"),
                 ("payload.required", "payload")]),
    ],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
def test_a_line_that_asks_nothing_is_told(raw: bytes, wanted: list[tuple[str, str]]) -> None:
    assert told(raw) == wanted


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbf" + line(), line() + b"\r\n", b"  " + line()])
def test_what_editors_add_does_no_harm(raw: bytes) -> None:
    assert answer(raw).problems == ()


def test_a_number_of_many_digits_is_judged() -> None:
    raw = line(payload=six_shots(cfg_scale=7)).replace(
        b'"cfg_scale": 7', b'"cfg_scale": ' + b"7" * 9999
    )
    assert told(raw) == [("cfg_scale.out_of_range", "cfg_scale")]


def test_a_further_key_is_advice() -> None:
    assert [each.code for each in answer(line(id=7)).problems] == ["line.unknown"]


def test_each_profile_and_the_map_can_be_asked_for() -> None:
    body = six_shots(sound="off", voice_list=[{"voice_id": "v"}])
    assert told(line(payload=body, profile="powertokens")) == [("voices.sound_off", "voice_list")]
    assert told(line(payload=body, profile="gateway004")) == [("model.unknown", "model_name")]
    in_map = answer(line(payload=six_shots(voice_list=[{"voice_id": "v"}])), "map")
    assert "capability.voices" in [each.code for each in in_map.errors]


def test_a_line_that_is_not_held_is_told() -> None:
    assert [each.code for each in too_long().errors] == ["line.too_long"]


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    said = answer(raw)
    assert isinstance(said, Answer)
    assert json.loads(said.line())["ok"] is (not said.errors)
