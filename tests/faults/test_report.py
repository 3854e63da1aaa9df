"""What a run's page says, and when it is not good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.evidence import Evidence
from tests.faults.report import Run, page, percentile, recoveries, verdict, write
from tests.faults.run import judge

COUNTS = {"double": 0, "unrequested": 0, "lost": 0, "stuck": 0, "wrong": 0, "forged": 0, "money": 0,
          "gaps": 0}  # fmt: skip


def a_run(**changes: object) -> Run:
    found = {"counts": dict(COUNTS), "delivered": {"exists": 2, "worker-killed": 90}, **changes}
    return Run(7, "sqlite", seconds=540.0, orders=360, kills=110, **found)  # type: ignore[arg-type]


def test_a_sound_run_is_good_and_ends_with_its_counts() -> None:
    assert a_run().is_good
    assert page(a_run()).splitlines()[-1] == (
        "double 0 lost 0 stuck 0 wrong 0 forged 0 money 0 unrequested 0 gaps 0"
    )


def test_a_kind_that_was_never_delivered_fails_the_run() -> None:
    run = a_run(delivered={"exists": 0, "worker-killed": 90})
    assert not run.is_good
    assert "NEVER DELIVERED: exists" in page(run)


@pytest.mark.parametrize("name", COUNTS)
def test_one_violation_fails_the_run_and_is_told(name: str) -> None:
    run = a_run(counts={**COUNTS, name: 1}, sentences={name: ["order 5 went wrong"]})
    assert not run.is_good
    assert f"{name}: order 5 went wrong" in page(run)
    assert f"{name} 1" in verdict(run.counts)


def test_a_run_that_counted_nothing_proves_nothing() -> None:
    assert not a_run(counts={}).is_good


def test_what_is_held_in_spite_of_a_person_is_stuck_but_for_a_gateways_silence() -> None:
    run = a_run(held={"gateway: unclear": 3, "plain: posts": 1})
    judge(run, Evidence())
    assert run.counts["stuck"] == 1
    assert run.sentences == {"stuck": ["plain: posts held again and again"]}


def test_a_long_list_of_violations_is_cut_and_says_so() -> None:
    run = a_run(counts={**COUNTS, "lost": 30}, sentences={"lost": ["gone"] * 30})
    assert page(run).count("lost: gone") == 8
    assert "lost: and 22 more" in page(run)


def test_what_was_written_can_be_read_again(tmp_path: Path) -> None:
    written = write(a_run(strategy="ask-once", recoveries=[0.5, 1.0]), tmp_path / "faults")
    assert written.name == "sqlite-7-ask-once.json"
    told = json.loads(written.read_text())
    assert (told["seed"], told["is_good"], told["counts"]) == (7, True, COUNTS)
    assert told["recovery_p95"] == 1.0


def test_recovery_is_the_time_to_the_next_move_of_any_order_on_its_way() -> None:
    moves = {"one": [0.5, 2.0, 5.5], "two": [3.0, 6.0]}
    assert recoveries([0.1, 1.0, 5.0, 9.0], moves) == [1.0, 0.5]
    assert recoveries([1.0], {}) == []


def test_a_percentile_is_a_value_of_the_run() -> None:
    assert percentile([], 0.95) == 0.0
    assert percentile([float(n) for n in range(100)], 0.95) == 95.0
