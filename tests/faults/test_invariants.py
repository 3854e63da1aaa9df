"""Each invariant is silent on sound books and speaks of one seeded violation of its own."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from storyboard.models.statuses import MOVES
from tests.faults.evidence import (
    Answer,
    Asked,
    Charge,
    Evidence,
    Feed,
    FileFound,
    Happened,
    Heard,
    Kept,
    Letter,
    Move,
    Ordered,
    Refused,
)
from tests.faults.invariants import EDGES, count, peak_of, violations

NAMES = (
    "double",
    "unrequested",
    "never_billed",
    "lost",
    "wrong",
    "stuck",
    "illegal",
    "money",
    "forged",
    "over_limit",
    "http_5xx",
    "orphans",
    "gaps",
    "corrupt",
)
HOUR = 3600.0


def charge(number: int, **changes: Any) -> Charge:
    plain = Charge(
        external_id=f"ours-{number}",
        task_id=f"task-{number}",
        account="kling/k",
        status="succeed",
        units_milli=1000,
        sha256=f"film-{number}",
        body=f"body-{number}",
        start_ms=number * 1000,
        end_ms=number * 1000 + 500,
    )
    return replace(plain, **changes)


def ordered(number: int, **changes: Any) -> Ordered:
    plain = Ordered(
        key=f"key-{number}",
        external_id=f"ours-{number}",
        task_id=f"task-{number}",
        status="stored",
        hold_reason="",
        final_units_milli=1000,
        body=f"body-{number}",
        order=number,
        slot=1,
        is_signed=True,
    )
    return replace(plain, **changes)


def way(number: int, *statuses: str) -> tuple[Move, ...]:
    """A history through statuses, a second apart from 0."""
    pairs = pairwise(statuses)
    return tuple(
        Move(generation=f"key-{number}", before=before, to=to, at=float(at))
        for at, (before, to) in enumerate(pairs)
    )


def answer(number: int, at: float, verb: str = "GET", outcome: str = "present") -> Asked:
    return Asked(f"key-{number}", verb, outcome, "0", at)


STORED = ("queued", "submitting", "running", "fetching", "stored")
CLEAN = Evidence(
    # One stored in one go, one found again and stored, one failed, one refused.
    charges=(charge(1), charge(2), charge(3, status="failed", sha256="")),
    letters=(
        Letter("task-1", "", 200, is_signed=True),
        Letter("task-1", "token", 404, is_signed=True),
        Letter("task-1", "signature", 401, is_signed=True),
        Letter("task-1", "old", 401, is_signed=True),
        Letter("task-1", "huge", 413, is_signed=True),
        Letter("task-2", "body", 200, is_signed=True),
    ),
    refused=(Refused("kling/k", "ours-2", 1201),),
    orders=(
        ordered(1),
        ordered(2),
        ordered(3, status="failed", final_units_milli=0),
        ordered(4, status="rejected", task_id="", final_units_milli=None),
    ),
    takes=(Kept("key-1", "film-1", 9, "takes/1.mp4"), Kept("key-2", "film-2", 9, "takes/2.mp4")),
    moves=(
        *way(1, *STORED),
        *way(2, "queued", "submitting", "uncertain", "running", "fetching", "stored"),
        *way(3, "queued", "submitting", "running", "failed"),
        *way(4, "queued", "submitting", "rejected"),
    ),
    calls=(
        answer(1, 0.5, "POST", "accepted"),
        answer(1, 1.5),
        answer(2, 1.5),
        answer(2, 2.5),
        answer(3, 0.5, "POST", "accepted"),
        answer(3, 1.5),
        Asked("key-4", "POST", "refused", "1301", 0.5),
    ),
    files=(
        FileFound("takes/1.mp4", "film-1", 9, HOUR, is_named=True),
        FileFound("takes/2.mp4", "film-2", 9, HOUR, is_named=True),
        FileFound("parts/late.part", "half", 4, 60.0, is_named=False),
    ),
    happened=tuple(Happened("project", serial, float(serial)) for serial in range(1, 6)),
    feeds=(
        Feed("project", (Heard(1.1, 1, 0.0), Heard(4.1, 4, 0.0), Heard(5.1, 5, 5.0)), 60.0),
        Feed("project", (Heard(30.0, 5, 29.9),), 60.0),
    ),
    answers=(
        Answer(1.0, "/projects/x/", 200),
        Answer(12.0, "/projects/x/", 500),
        Answer(10.5, "/projects/x/", 500, seconds=1.0),
        Answer(31.0, "/projects/x/", 502),
    ),
    places={"kling/k": 1},
    database_down=((11.0, 13.0),),
    web_down=((30.0, 32.0),),
)


def order_number(number: int, **changes: Any) -> dict[str, Any]:
    """The clean orders with one of them changed."""
    orders = [
        replace(one, **changes) if one.key == f"key-{number}" else one for one in CLEAN.orders
    ]
    return {"orders": tuple(orders)}


def told_otherwise(number: int, *statuses: str) -> dict[str, Any]:
    """The clean histories with another way for one order."""
    others = tuple(move for move in CLEAN.moves if move.generation != f"key-{number}")
    return {"moves": (*others, *way(number, *statuses))}


def more(**added: Any) -> dict[str, Any]:
    """The clean evidence with one more line in one of its books."""
    return {name: (*getattr(CLEAN, name), one) for name, one in added.items()}


LATER = {"start_ms": 90_000, "end_ms": 90_500}
SEEDED: list[tuple[str, dict[str, Any], set[str]]] = [
    # An order that is charged twice is paid twice too.
    ("double", more(charges=charge(1, task_id="task-9", sha256="film-9", **LATER)), {"money"}),
    ("double", order_number(2, order=1), set()),
    ("unrequested", more(charges=charge(9)), set()),
    ("unrequested", more(charges=charge(9, external_id="")), set()),
    (
        "never_billed",
        {"charges": CLEAN.charges[:2]},
        {"wrong", "forged"},  # a task no ledger has, failed
    ),
    (
        "lost",
        {"files": CLEAN.files[1:]},
        set(),
    ),
    (
        "lost",
        {"files": (replace(CLEAN.files[0], sha256="other"), *CLEAN.files[1:])},
        set(),
    ),
    ("lost", {"charges": (*CLEAN.charges[:2], charge(3))}, {"wrong", "money"}),
    ("wrong", more(charges=charge(4, status="failed")), set()),
    ("wrong", {"charges": (charge(1, body="other"), *CLEAN.charges[1:])}, set()),
    ("wrong", order_number(1, task_id="task-2"), set()),
    (
        "wrong",
        {"takes": (Kept("key-1", "film-2", 9, "takes/2.mp4"), CLEAN.takes[1])},
        {"lost"},
    ),
    (
        "wrong",
        {
            **order_number(1, status="lost"),
            **told_otherwise(1, *STORED[:-1], "lost"),
        },
        set(),
    ),
    (
        "stuck",
        {**order_number(1, status="fetching"), **told_otherwise(1, *STORED[:-1])},
        set(),
    ),
    (
        "stuck",
        {**order_number(4, status="held"), **told_otherwise(4, "queued", "submitting", "held")},
        set(),
    ),
    ("illegal", told_otherwise(4, "queued", "rejected"), set()),
    (
        "illegal",
        told_otherwise(3, "queued", "submitting", "running", "failed", "failed"),
        {"forged"},
    ),
    ("illegal", told_otherwise(1, *STORED[:-1]), set()),
    ("illegal", {"moves": CLEAN.moves[1:]}, set()),
    ("money", order_number(1, final_units_milli=2000), set()),
    ("money", order_number(1, final_units_milli=None), set()),
    ("money", order_number(3, final_units_milli=1000), set()),
    ("forged", {"calls": CLEAN.calls[:1] + CLEAN.calls[2:]}, set()),
    ("forged", order_number(4, task_id="forged"), set()),
    ("forged", more(letters=Letter("task-1", "token", 200, is_signed=False)), set()),
    ("forged", more(letters=Letter("task-1", "huge", 200, is_signed=True)), set()),
    ("forged", more(letters=Letter("task-1", "signature", 200, is_signed=True)), set()),
    ("forged", more(letters=Letter("task-1", "old", 200, is_signed=True)), set()),
    ("over_limit", {"charges": (*CLEAN.charges[:2], charge(3, status="failed", start_ms=2400,
                                                           end_ms=2600))}, set()),
    ("over_limit", more(refused=Refused("kling/k", "ours-1", 1303)), set()),
    ("http_5xx", more(answers=Answer(20.0, "/takes/x/", 502)), set()),
    ("http_5xx", more(answers=Answer(31.0, "/takes/x/", 500)), set()),
    ("orphans", more(files=FileFound("takes/9.mp4", "x", 1, 1.0, is_named=False)), set()),
    ("orphans", more(files=FileFound("parts/old.part", "x", 1, 2 * HOUR, is_named=False)), set()),
    ("gaps", more(happened=Happened("project", 6, 6.0)), set()),
    ("gaps", {"feeds": (Feed("project", (Heard(5.0, 5, 0.0), Heard(6.0, 4, 5.5)), 60.0),)}, set()),
    ("gaps", {"feeds": (Feed("project", (Heard(40.0, 5, 0.0),), 60.0),)}, set()),
    ("corrupt", {"integrity": ("row 7 missing from index",)}, set()),
]  # fmt: skip


def test_sound_books_have_no_violation() -> None:
    assert violations(CLEAN) == {name: [] for name in NAMES}
    assert list(count(CLEAN)) == list(NAMES)
    assert count(Evidence()) == dict.fromkeys(NAMES, 0)


@pytest.mark.parametrize(
    ("name", "changes", "besides"),
    SEEDED,
    ids=[f"{name}-{number}" for number, (name, *_rest) in enumerate(SEEDED)],
)
def test_a_violation_is_counted_as_what_it_is(
    name: str, changes: dict[str, Any], besides: set[str]
) -> None:
    counted = count(replace(CLEAN, **changes))
    assert counted[name] > 0
    assert {other for other, number in counted.items() if number} == {name, *besides}


def test_every_invariant_has_a_violation_here() -> None:
    assert {name for name, *_rest in SEEDED} == set(NAMES)


def test_each_charge_beyond_the_first_counts() -> None:
    again = [charge(1, task_id=f"task-9{n}", **LATER) for n in range(3)]
    assert count(replace(CLEAN, charges=(*CLEAN.charges, *again)))["double"] == 3


def test_a_hold_with_a_reason_waits_for_a_person() -> None:
    held = {
        **order_number(4, status="held", hold_reason="account"),
        **told_otherwise(4, "queued", "submitting", "held"),
    }
    assert count(replace(CLEAN, **held))["stuck"] == 0


def test_a_person_may_let_an_order_go_on_without_kling() -> None:
    moves = (
        *way(1, *STORED[:3]),
        Move("key-1", "running", "held", 1.6),
        Move("key-1", "held", "running", 1.7, by_person=True),
        Move("key-1", "running", "fetching", 2.0),
        Move("key-1", "fetching", "stored", 3.0),
    )
    asked_again = answer(1, 1.8)
    others = tuple(move for move in CLEAN.moves if move.generation != "key-1")
    calls = (*CLEAN.calls, asked_again)
    assert not any(count(replace(CLEAN, moves=(*moves, *others), calls=calls)).values())


def test_a_gateway_that_names_no_units_is_not_held_to_them() -> None:
    silent = tuple(replace(one, tells_units=False) for one in CLEAN.charges)
    unknown = order_number(1, final_units_milli=None)
    assert count(replace(CLEAN, charges=silent, **unknown))["money"] == 0


def test_one_order_in_twenty_may_meet_a_full_house() -> None:
    posts = tuple(Asked("key-1", "POST", "refused", "1303", 0.1) for _ in range(18))
    crowded = Refused("kling/k", "ours-1", 1303)
    calls = (*CLEAN.calls, *posts)  # twenty-one in all
    assert count(replace(CLEAN, calls=calls, refused=(crowded,)))["over_limit"] == 0
    assert count(replace(CLEAN, calls=calls, refused=(crowded,) * 2))["over_limit"] == 1


def test_an_unsigned_account_may_hear_what_it_does_not_believe() -> None:
    heard = {
        **order_number(1, is_signed=False),
        **more(letters=Letter("task-1", "old", 200, is_signed=True)),
    }
    assert count(replace(CLEAN, **heard))["forged"] == 0


def test_what_happened_just_before_a_follower_left_is_not_missed() -> None:
    late = Happened("project", 6, 55.0)
    assert count(replace(CLEAN, happened=(*CLEAN.happened, late)))["gaps"] == 0


def test_a_place_that_is_left_is_free_at_that_moment() -> None:
    assert peak_of([charge(1, start_ms=0, end_ms=5), charge(2, start_ms=5, end_ms=9)]) == 1
    assert peak_of([charge(1, start_ms=0, end_ms=6), charge(2, start_ms=5, end_ms=9)]) == 2


def test_the_table_of_moves_says_what_the_product_says() -> None:
    """Two tables, written apart; where they part, one of them is wrong."""
    assert {str(status): {str(to) for to in onward} for status, onward in MOVES.items()} == {
        status: set(onward) for status, onward in EDGES.items()
    }
