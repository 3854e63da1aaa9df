"""Faults apart from the wire: how one is written, whom it hits, how often, by which chance."""

from typing import Any

import pytest

from storyboard.kling.simulator.faults import (
    AFTER,
    BEFORE,
    CALLBACK,
    KINDS,
    RESULT,
    Fault,
    Unknown,
    from_json,
    help_on_faults,
    parse,
)
from storyboard.kling.simulator.placed import Faults
from tests.kling.simulator.builders import Asker, delivered, placed, single
from tests.kling.simulator.conftest import Start


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reset-before", Fault("reset-before")),
        ("error-after", Fault("error-after", "5000")),
        ("error-after=5002@create:3", Fault("error-after", "5002", "create", count=3)),
        ("refuse=1102~take-", Fault("refuse", "1102", prefix="take-")),
        ("refuse=1102@query~a-b:1", Fault("refuse", "1102", "query", "a-b", 1)),
        ("callback-drop:0.3", Fault("callback-drop", share=0.3)),
        ("callback-drop:30%", Fault("callback-drop", share=0.3)),
        ("callback-drop:1.0", Fault("callback-drop", share=1.0)),
        ("delay-before=2.5", Fault("delay-before", "2.5")),
        ("callback-duplicate=5", Fault("callback-duplicate", "5")),
        ("result-redirect=http://10.1.2.3/x", Fault("result-redirect", "http://10.1.2.3/x")),
        ("result-redirect=http://[::1]:80:2", Fault("result-redirect", "http://[::1]:80", count=2)),
    ],
)
def test_a_fault_is_written_in_one_word(text: str, fault: Fault) -> None:
    assert parse(text) == fault


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "is not NAME"),
        ("Drop", "is not NAME"),
        ("callback-lose", "no fault is named"),
        ("refuse=5000", "takes"),
        ("refuse=9", "takes"),
        ("reset-before=3", "no value"),
        ("delay-before=soon", "takes seconds"),
        ("delay-before=90000", "takes seconds"),
        ("callback-duplicate=0", "takes times"),
        ("result-redirect=url", "takes"),
        ("result-redirect=ftp://10.0.0.1/", "takes"),
        ("reset-before@nowhere", "does not come at"),
        ("reset-before@callback", "does not come at"),
        ("callback-drop@create", "does not come at"),
        ("callback-drop:0", "at least 1"),
        ("callback-drop:0.0", "above 0"),
        ("callback-drop:101%", "above 0"),
        ({"name": "callback-drop", "count": 1, "share": 0.5}, "count or a share"),
        ({"name": "callback-drop", "count": "1"}, "whole number"),
        ({"name": "callback-drop", "share": True}, "must be a number"),
        ({"name": "callback-drop", "often": 1}, "has no often"),
        ({"value": "1"}, "with a name"),
        (7, "with a name"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_in_words(given: Any, words: str) -> None:
    with pytest.raises(Unknown, match=words):
        from_json(given)


def test_every_kind_has_a_line_in_the_help() -> None:
    for name, kind in KINDS.items():
        assert f"  {name}" in help_on_faults()
        assert kind.words in help_on_faults()


@pytest.mark.parametrize(
    ("text", "moment", "endpoint", "hit"),
    [
        ("reset-before", BEFORE, "create", True),
        ("reset-before", BEFORE, "account", True),
        ("reset-before", BEFORE, "result", False),
        ("reset-before", AFTER, "create", False),
        ("reset-before@result", BEFORE, "result", True),
        ("reset-before@query", BEFORE, "create", False),
        ("reset-before~mine", BEFORE, "create", True),
        ("reset-before~other", BEFORE, "create", False),
        ("result-type", RESULT, "result", True),
        ("callback-drop", CALLBACK, "callback", True),
    ],
)
def test_a_fault_hits_its_moment_endpoint_and_prefix(
    text: str, moment: str, endpoint: str, hit: bool
) -> None:
    assert parse(text).hits(moment, endpoint, "mine-1") is hit


def test_a_count_is_how_often_and_the_first_that_was_set_goes_first() -> None:
    faults = Faults()
    faults.place(parse("refuse=1302:2"))
    faults.place(parse("refuse=1303"))
    labels = [taken(faults) for _time in range(4)]
    assert labels == ["refuse=1302", "refuse=1302", "refuse=1303", "refuse=1303"]


def test_the_same_seed_gives_the_same_shares_and_another_gives_others() -> None:
    runs = [shares(seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]
    assert 30 < sum(runs[0]) < 70


def test_one_faults_chances_do_not_hang_on_another() -> None:
    alone, beside = Faults(3), Faults(3)
    alone.place(parse("refuse=1302:50%"))
    beside.place(parse("refuse=1302:50%"))
    beside.place(parse("callback-drop:50%"))
    mixed = []
    for _time in range(50):
        beside.take(CALLBACK, "callback")
        mixed.append(beside.take(BEFORE, "create") is not None)
    assert mixed == [alone.take(BEFORE, "create") is not None for _time in range(50)]


def test_what_was_never_delivered_is_seen_and_clearing_keeps_the_counts(asker: Asker) -> None:
    report = placed(asker, "refuse=1302@create:1", {"name": "callback-drop", "share": 0.5})
    assert report["delivered"] == {"refuse=1302": 0, "callback-drop": 0}
    assert asker.create(single()).json()["code"] == 1302
    asker.ordered(single())
    report = asker.http.get("/_faults").json()
    assert report["seed"] == 0
    assert report["faults"][0] == {
        "number": 1,
        "name": "refuse",
        "value": "1302",
        "endpoint": "create",
        "prefix": "",
        "count": 1,
        "share": None,
        "offered": 1,
        "delivered": 1,
    }
    cleared = asker.http.post("/_faults", json={"clear": ["callback-drop"]}).json()
    assert [line["name"] for line in cleared["faults"]] == ["refuse"]
    cleared = asker.http.post("/_faults", json={"clear": True, "set": ["hang-before:1"]}).json()
    assert [line["name"] for line in cleared["faults"]] == ["hang-before"]
    assert cleared["delivered"] == {"refuse=1302": 1, "callback-drop": 0, "hang-before": 0}


@pytest.mark.parametrize(
    "asked",
    [
        {"set": ["refuse=1302", "nonsense"]},
        {"set": "refuse=1302"},
        {"clear": "refuse"},
        {"drop": ["refuse=1302"]},
    ],
)
def test_a_change_that_cannot_be_changes_nothing(asker: Asker, asked: dict[str, Any]) -> None:
    placed(asker, "callback-drop")
    answer = asker.http.post("/_faults", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, 1200)
    assert [line["name"] for line in asker.http.get("/_faults").json()["faults"]] == [
        "callback-drop"
    ]


def test_a_prefix_chooses_orders_by_their_own_id_wherever_they_are_named(start: Start) -> None:
    asker = start(faults=(parse("refuse=1103~bad-"),))
    good = asker.ordered(single(external_task_id="good-1"))
    assert asker.create(single(external_task_id="bad-1")).json()["code"] == 1103
    asker.http.post("/_faults", json={"clear": True})
    bad = asker.ordered(single(external_task_id="bad-2"))
    placed(asker, "refuse=1103~bad-", "result-expired~bad-")
    for name in ("bad-2", bad["task_id"]):
        assert asker.http.get(f"/v1/videos/text2video/{name}").json()["code"] == 1103
    asker.task("good-1")
    asker.task(good["task_id"])
    assert asker.http.get("/v1/videos/text2video").status_code == 200
    assert asker.http.get(f"/_files/{bad['task_id']}.mp4").status_code == 403
    assert asker.http.get(f"/_files/{good['task_id']}.mp4").status_code == 200
    assert delivered(asker) == {"refuse=1103": 3, "result-expired=403": 1}


def taken(faults: Faults) -> str:
    one = faults.take(BEFORE, "create")
    assert one is not None
    return one.fault.label


def shares(seed: int) -> list[bool]:
    faults = Faults(seed)
    faults.place(parse("refuse=1302:50%"))
    return [faults.take(BEFORE, "create") is not None for _time in range(100)]
