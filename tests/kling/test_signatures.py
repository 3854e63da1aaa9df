import base64
import hashlib
import hmac

import pytest

from storyboard.kling.signatures import TOLERANCE_SECONDS, is_secret, is_signed, says_signed

# The vendor's own example (callback protocol, read on 2026-09-20).
SECRET = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="
BODY = (
    b'{"id":"1234567890","status":"succeeded","message":"",'
    b'"create_time":1781080778802,"update_time":1781080794151}'
)
SIGNATURE = "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4="
AT = 1781080794
HEADERS = {
    "webhook-id": "9876543210",
    "webhook-timestamp": str(AT),
    "webhook-signature": SIGNATURE,
}


def judged(
    secret: str = SECRET, body: bytes = BODY, now: float = AT, **headers: str | None
) -> bool:
    told = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent = {name: value for name, value in told.items() if value is not None}
    return is_signed(secret, sent, body, now=now)


def test_the_vendor_s_own_example_is_signed() -> None:
    assert judged()


@pytest.mark.parametrize("bit", [0, 7, 8 * 40, 8 * len(BODY) - 1])
def test_one_bit_of_the_body_changes_everything(bit: int) -> None:
    flipped = bytearray(BODY)
    flipped[bit // 8] ^= 1 << (bit % 8)
    assert not judged(body=bytes(flipped))


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_id": "9876543211"},
        {"webhook_id": ""},
        {"webhook_id": None},
        {"webhook_timestamp": str(AT + 1)},
        {"webhook_timestamp": f"+{AT}"},
        {"webhook_timestamp": f"{AT}.0"},
        {"webhook_timestamp": "٣" * 10},
        {"webhook_timestamp": "9" * 400},
        {"webhook_timestamp": ""},
        {"webhook_timestamp": None},
        {"webhook_signature": SIGNATURE.replace("U", "V", 1)},
        {"webhook_signature": SIGNATURE.removeprefix("v1,")},
        {"webhook_signature": SIGNATURE.replace("v1", "v2")},
        {"webhook_signature": SIGNATURE[:-1]},
        {"webhook_signature": "v1,"},
        {"webhook_signature": "v1,ä"},
        {"webhook_signature": ""},
        {"webhook_signature": None},
    ],
)
def test_any_header_that_is_not_right_is_not_signed(headers: dict[str, str | None]) -> None:
    assert not judged(**headers)


@pytest.mark.parametrize(
    ("late", "signed"),
    [(-TOLERANCE_SECONDS - 1, False), (-TOLERANCE_SECONDS, True), (TOLERANCE_SECONDS, True),
     (TOLERANCE_SECONDS + 1, False)],
)  # fmt: skip
def test_five_minutes_either_way_and_not_a_second_more(late: int, signed: bool) -> None:
    assert judged(now=AT + late) is signed


@pytest.mark.parametrize(
    "several", [f"v1,{'A' * 43}= {SIGNATURE}", f"{SIGNATURE} v1,old", f"v1a,x {SIGNATURE}"]
)
def test_while_a_secret_is_rotated_any_right_signature_counts(several: str) -> None:
    assert judged(webhook_signature=several)
    assert not judged(webhook_signature=several.replace(SIGNATURE, "v1,new"))


def test_header_names_count_in_any_case() -> None:
    shouted = {name.title(): value for name, value in HEADERS.items()}
    assert is_signed(SECRET, shouted, BODY, now=AT)
    assert says_signed(shouted)
    assert not says_signed({"webhook-id": "1"})


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_not base64!", "whsec_abc", "whsec_ä", "whsec_dGVz\n"]
)
def test_a_secret_of_another_form_signs_nothing(secret: str) -> None:
    assert not is_secret(secret)
    assert not judged(secret)


def test_a_secret_counts_with_and_without_its_prefix_but_only_the_right_one() -> None:
    assert is_secret(SECRET)
    assert judged(SECRET.removeprefix("whsec_"))
    assert not judged("whsec_" + base64.b64encode(b"another secret of the same kind").decode())


def test_the_raw_body_counts_not_what_it_says() -> None:
    body = b"\xff\x00 no text at all"
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = hmac.new(key, f"9876543210.{AT}.".encode() + body, hashlib.sha256).digest()
    assert judged(body=body, webhook_signature=f"v1,{base64.b64encode(signed).decode()}")
