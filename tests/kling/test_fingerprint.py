import hashlib
from dataclasses import replace
from typing import Any

import pytest

from storyboard.kling.brief import Brief
from storyboard.kling.fingerprint import fingerprint, order_form
from storyboard.kling.profiles import OFFICIAL
from tests.kling.builders import PICTURE, brief, element, shots, voice

BASE = brief(first_frame=PICTURE, elements=(element(1),), voices=(voice(1),))


def form(ordered: Brief, **changes: Any) -> dict[str, Any]:
    where = {"account_key": "acc", "profile": OFFICIAL, "address": "https://api.example.com"}
    return order_form(ordered, **{**where, **changes})


def test_the_form_names_account_address_path_and_what_is_sent() -> None:
    made = form(BASE)
    assert (made["account"], made["profile"], made["address"], made["path"]) == (
        "acc",
        "official",
        "https://api.example.com",
        "/v1/videos/image2video",
    )
    assert made["body"]["image"] == f"sha256:{PICTURE.sha256}"
    assert made["body"]["element_list"] == [{"element_id": 901, "version": 1}]
    assert made["body"]["voice_list"] == [{"voice_id": "v-1"}]


def test_the_fingerprint_is_the_sha256_of_canonical_json() -> None:
    canonical = '{"a":[1,"é"],"b":{"c":null,"d":true}}'
    made = fingerprint({"b": {"d": True, "c": None}, "a": [1, "é"]})
    assert made == hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def test_the_same_order_has_the_same_fingerprint() -> None:
    assert fingerprint(form(BASE)) == fingerprint(form(Brief.from_dict(BASE.to_dict())))
    assert fingerprint(form(BASE)) == fingerprint(form(BASE, address="https://api.example.com/"))


def test_a_name_in_the_library_and_the_key_of_a_shot_do_not_count() -> None:
    renamed = replace(BASE, elements=(replace(element(1), name="Other"),))
    rekeyed = replace(BASE, shots=tuple(replace(shot, key="x") for shot in BASE.shots))
    assert fingerprint(form(renamed)) == fingerprint(form(BASE)) == fingerprint(form(rekeyed))


@pytest.mark.parametrize(
    "other",
    [
        form(BASE, account_key="other"),
        form(BASE, address="https://other.example.com"),
        form(BASE, profile=replace(OFFICIAL, name="other")),
        form(BASE, profile=replace(OFFICIAL, prefix="/kling")),
        form(replace(BASE, first_frame=None)),
        form(replace(BASE, first_frame=replace(PICTURE, sha256="b" * 64))),
        form(replace(BASE, elements=(replace(element(1), version=2),))),
        form(replace(BASE, elements=(element(2),))),
        form(replace(BASE, voices=(voice(2),))),
        form(replace(BASE, shots=shots(2, 3, 3, 2, 3, 2))),
        form(replace(BASE, sound=False)),
        form(replace(BASE, mode="std")),
        form(replace(BASE, negative_prompt="blur")),
        form(replace(BASE, watermark=True)),
    ],
)
def test_whatever_kling_would_be_asked_differently_changes_it(other: dict[str, Any]) -> None:
    assert fingerprint(other) != fingerprint(form(BASE))


def test_a_number_json_lacks_has_no_fingerprint() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        fingerprint({"cfg_scale": float("nan")})
