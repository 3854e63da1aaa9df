"""Product and simulator, written apart from the same documents, over many briefs.

What the product calls ready the simulator takes, in every profile and reading; over any boundary
both refuse. A limit that is wrong in one of the two turns this red.
"""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.kling import payloads, profiles
from storyboard.kling.brief import Brief, Reading
from storyboard.kling.simulator import dialects
from storyboard.kling.simulator.judge import Verdict, judge
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.documents.both import IMAGE, TEXT, body, shots
from tests.kling.mutations import MUTATIONS, broken
from tests.kling.orders import NAMES, READINGS, Order, file_of, orders

ROOT = Path(__file__).resolve().parents[2]
many = settings(max_examples=400, derandomize=True, database=None, deadline=None)
some = settings(max_examples=120, derandomize=True, database=None, deadline=None)
few = settings(max_examples=12, derandomize=True, database=None, deadline=None)
own_ids = st.sampled_from(("", "mine-1", "заказ 海", "🚢" * 40))


def errors(brief: Brief, name: str, reading: Reading) -> list[tuple[str, str]]:
    """Code and field of what the product refuses."""
    found = brief.problems(profiles.PROFILES[name], reading)
    return [(problem.code, problem.field) for problem in found if not problem.warning]


def sent(brief: Brief, own_id: str = "") -> dict[str, Any]:
    """The create body as it would go out."""
    return {**brief.payload(file_of), "external_task_id": own_id, "callback_url": ""}


def witness(kind: str, payload: dict[str, Any], name: str, reading: str) -> Verdict:
    """What the simulator makes of a payload. Raises Refusal."""
    return judge(kind, payload, dialects.DIALECTS[name], reading=reading)


def test_what_the_product_calls_ready_the_simulator_takes() -> None:
    met: Counter[tuple[str, ...]] = Counter()

    @many
    @given(orders(), own_ids)
    def holds(order: Order, own_id: str) -> None:
        brief, name, reading = order.brief, order.profile, order.reading
        if errors(brief, name, reading):
            return
        payload = sent(brief, own_id)
        try:
            verdict = witness(brief.endpoint, payload, name, reading)
        except Refusal as refusal:
            raise AssertionError(f"{refusal.message}: {payload}") from refusal
        assert verdict.fails == ""
        assert (verdict.model, verdict.mode) == (brief.model, payload.get("mode", "std"))
        assert verdict.seconds == brief.total_seconds
        assert verdict.external_task_id == (own_id or None)
        met.update(features(order))

    holds()
    missing = EXPECTED - met.keys()
    assert not missing, missing


def features(order: Order) -> Iterator[tuple[str, ...]]:
    """What an order shows of its profile."""
    brief = order.brief
    yield order.profile, order.reading, brief.endpoint, brief.shooting
    asked = {
        "end frame": brief.end_frame,
        "elements": brief.elements,
        "voices": brief.voices,
        "sound": brief.sound,
        "camera": brief.camera,
        "brush": brief.brush,
        "strength": brief.cfg_scale is not None,
        "negative prompt": brief.negative_prompt,
    }
    yield from ((order.profile, order.reading, name) for name, wanted in asked.items() if wanted)


# What must have been met, or the property was about nothing.
EXPECTED = {
    ("official", "documents", TEXT, "custom"),
    ("official", "documents", IMAGE, "custom"),
    ("official", "documents", IMAGE, "intelligent"),
    ("official", "documents", IMAGE, "single"),
    ("official", "map", TEXT, "custom"),
    ("official", "map", TEXT, "single"),
    ("official", "map", IMAGE, "single"),
    ("powertokens", "documents", IMAGE, "custom"),
    ("powertokens", "documents", IMAGE, "single"),
    ("powertokens", "map", IMAGE, "custom"),
    ("gateway004", "documents", IMAGE, "single"),
    ("gateway004", "map", IMAGE, "single"),
    *(
        ("official", "documents", feature)
        for feature in (
            "end frame",
            "elements",
            "voices",
            "sound",
            "camera",
            "brush",
            "strength",
            "negative prompt",
        )
    ),
    ("powertokens", "documents", "end frame"),
    ("powertokens", "documents", "elements"),
    ("gateway004", "documents", "end frame"),
    ("gateway004", "documents", "strength"),
}


@some
@given(orders())
def test_what_the_map_lets_through_the_documents_do(order: Order) -> None:
    if not errors(order.brief, order.profile, "map"):
        assert errors(order.brief, order.profile, "documents") == []


@some
@given(orders())
def test_a_brief_and_its_payload_are_judged_alike(order: Order) -> None:
    brief, profile = order.brief, profiles.PROFILES[order.profile]
    found = payloads.judge(brief.endpoint, profile, sent(brief), order.reading)
    refused = {problem.code for problem in found if not problem.warning}
    expected = {code for code, _field in errors(brief, order.profile, order.reading)}
    if brief.model.endswith("-master"):
        # They take no mode, so none is sent.
        expected.discard("capability.mode")
    assert refused == expected


def test_over_every_boundary_both_refuse() -> None:
    met: Counter[tuple[str, str]] = Counter()

    @some
    @given(orders())
    def holds(order: Order) -> None:
        if errors(order.brief, order.profile, "documents"):
            return
        for mutation, brief in broken(order):
            found = errors(brief, order.profile, "documents")
            assert (mutation.code, mutation.field) in found, (mutation.name, found)
            met[mutation.name, order.profile] += 1
            if not mutation.reaches_kling:
                continue
            try:
                witness(brief.endpoint, sent(brief), order.profile, "documents")
            except Refusal:
                continue
            raise AssertionError(f"the simulator takes {mutation.name}: {brief}")

    holds()
    reached = {name for name, _profile in met}
    assert reached == {mutation.name for mutation in MUTATIONS}


JUNK = st.sampled_from(
    (
        *(None, "", " ", "x", "on", "5", "10", "15", "16", 0, 1, 5, -1, 0.5, 1.5, True, False),
        *("x" * 512, "x" * 2501, "kling-v1", "kling-v2-6", "kling-v3", "pro", "4k", "16:9"),
        *("http://", "https://example.com/a.png", "data:image/png;base64,AAAA", "customize"),
        *([], [{}], ["x"], [None], [{"element_id": 1}], [{"voice_id": "v"}], [{"index": 1}]),
        *({}, {"enabled": 1}, {"type": "simple"}, {"type": "simple", "config": {"pan": 1}}),
        *({"type": "down_back", "config": {"pan": 1}}, [{"mask": "https://example.com/m.png"}]),
    )
)
FIELDS = (
    *("model_name", "model", "image", "image_tail", "multi_shot", "shot_type", "multi_prompt"),
    *("prompt", "negative_prompt", "element_list", "voice_list", "sound", "cfg_scale", "mode"),
    *("static_mask", "dynamic_masks", "camera_control", "aspect_ratio", "duration"),
    *("watermark_info", "callback_url", "external_task_id", "anything_else"),
)


@settings(many, max_examples=1000)
@given(
    st.sampled_from(NAMES),
    st.sampled_from((TEXT, IMAGE)),
    st.sampled_from(READINGS),
    st.booleans(),
    st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=3),
)
def test_what_the_simulator_refuses_the_product_refuses(
    name: str, kind: str, reading: Reading, several: bool, changes: dict[str, Any]
) -> None:
    payload = {**body(kind, name, **(shots(2, 3) if several else {})), **changes}
    found = payloads.judge(kind, profiles.PROFILES[name], payload, reading)
    if not all(problem.warning for problem in found):
        return
    try:
        witness(kind, payload, name, reading)
    except Refusal as refusal:
        said = f"only the simulator refuses: {refusal.message}: {payload}"
        raise AssertionError(said) from refusal


@pytest.mark.parametrize("name", NAMES)
def test_over_real_http_the_process_answers_alike(name: str, tmp_path: Path) -> None:
    with process(name, tmp_path) as client:

        @few
        @given(orders((name,)))
        def holds(order: Order) -> None:
            path = profiles.PROFILES[name].path(order.brief.endpoint)
            if errors(order.brief, name, "documents"):
                return
            answer = client.post(path, json=sent(order.brief))
            assert (answer.status_code, answer.json()["code"]) == (200, 0), answer.text
            for mutation, brief in list(broken(order))[:6]:
                path = profiles.PROFILES[name].path(brief.endpoint)
                answer = client.post(path, json=sent(brief))
                assert answer.status_code in (400, 404), mutation.name
                assert answer.json()["code"] in (1201, 1203), answer.text

        holds()


@contextmanager
def process(name: str, folder: Path) -> Iterator[httpx.Client]:
    """A simulator of one profile as a process of its own, and a client of it."""
    command = [sys.executable, "-m", "storyboard.kling.simulator", "--port", "0"]
    command += ["--state", str(folder / "state"), "--seconds-per-task", "600", "--profile", name]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
        assert found
        headers = {"Authorization": "Bearer mine"}
        with httpx.Client(base_url=found[0], headers=headers, trust_env=False) as client:
            yield client
    finally:
        running.kill()
        running.communicate()
