"""What becomes of an order nobody knows the fate of, by what its account's profile promises.

`official` refuses a second order of the same name and finds orders by it, so an order that Kling
does not have goes again. Of the gateways neither is known: nothing is ever sent again by itself,
and only a callback can tell. Each at a simulator of its own dialect, which charges for what it is
sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from storyboard.kling.profiles import PROFILES
from storyboard.models import Account, Generation, Receipt, Status
from storyboard.steps import submit
from tests import builders
from tests.steps import kling
from tests.steps.conftest import Orders, age, go

pytestmark = pytest.mark.django_db

SCALE = 100.0  # a POST is given up after 0.6 s
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
POLICIES = {name: profile.duplicate_policy for name, profile in PROFILES.items()}


class Died(BaseException):
    """What SIGKILL does: nothing after it runs, and what was committed before it stays."""


@dataclass(frozen=True)
class Mishap:
    """Something between us and Kling; `is_taken` is whether Kling has the order then."""

    name: str
    is_taken: bool
    at: Callable[[str], AbstractContextManager[None]]

    def __str__(self) -> str:
        return self.name


def fault(name: str, value: str) -> Callable[[str], AbstractContextManager[None]]:
    return lambda address: kling.fault(address, name=name, value=value, endpoint="create")


def death(at: str) -> Callable[[str], AbstractContextManager[None]]:
    """The worker dies at a named instruction of sending."""

    @contextmanager
    def dying(_address: str) -> Iterator[None]:
        def reached(point: str) -> None:
            if point == at:
                raise Died

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(submit, "crash_point", reached)
            yield

    return dying


NOT_TAKEN = Mishap("killed before", False, death("send.before_first_byte"))
TAKEN = Mishap("5000 after", True, fault("error-after", "5000"))
MISHAPS = (
    Mishap("time-out before", False, fault("hang-before", "")),
    Mishap("time-out after", True, fault("hang-after", "")),
    Mishap("malformed 200", True, fault("malformed", "text")),
    Mishap("killed after", True, death("send.after_answer")),
    NOT_TAKEN,
    TAKEN,
)
# (policy, is_taken) → status, reason, POSTs, charges.
Outcome = tuple[str, str, int, int]
OUTCOMES: dict[tuple[str, bool], Outcome] = {
    ("refuses", True): (Status.STORED, "", 1, 1),
    ("refuses", False): (Status.STORED, "", 2, 1),
    ("unknown", True): (Status.HELD, "unclear", 1, 1),
    ("unknown", False): (Status.HELD, "unclear", 1, 0),
}


@pytest.fixture(scope="module", params=sorted(PROFILES))
def gateway(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """A profile's name, and the address of a simulator that speaks its dialect."""
    state = tmp_path_factory.mktemp(request.param)
    with kling.simulator(state, "--profile", request.param, "--render", "tiny") as address:
        yield request.param, address


@pytest.fixture(autouse=True)
def _quick(settings: Settings) -> None:
    settings.TIME_SCALE = SCALE


def test_every_policy_is_tried() -> None:
    assert {policy for policy, _is_taken in OUTCOMES} == set(POLICIES.values())


@pytest.mark.parametrize("mishap", MISHAPS, ids=str)
def test_an_unclear_order_is_never_charged_twice(
    orders: Orders, gateway: tuple[str, str], settings: Settings, mishap: Mishap
) -> None:
    profile, address = gateway
    charged = len(kling.ledger(address))
    row = _order(orders, profile, address, settings)
    row = _send(row, mishap, address)
    assert row.status in (Status.SUBMITTING, Status.UNCERTAIN)
    assert len(kling.ledger(address)) - charged == mishap.is_taken
    row = _settle(row)
    posts = row.calls.filter(verb="POST").count()
    charges = len(kling.ledger(address)) - charged
    told = (row.status, row.hold_reason, posts, charges)
    assert told == OUTCOMES[POLICIES[profile], mishap.is_taken]


def test_what_a_callback_tells_of_an_unclear_order_brings_it_home(
    orders: Orders, gateway: tuple[str, str], settings: Settings
) -> None:
    """Also where Kling cannot be asked by our name: the id it tells can be asked for."""
    profile, address = gateway
    charged = len(kling.ledger(address))
    row = _send(_order(orders, profile, address, settings), TAKEN, address)
    task_id = kling.ledger(address)[-1]["task_id"]
    Receipt.keep(row.pk, json.dumps({"task_id": task_id, "task_status": "processing"}).encode())
    row = _settle(row)
    assert (row.status, row.kling_task_id) == (Status.STORED, task_id)
    assert row.calls.filter(verb="POST").count() == 1
    assert len(kling.ledger(address)) - charged == 1


@pytest.mark.parametrize("mishap", [TAKEN, NOT_TAKEN], ids=str)
def test_a_released_order_is_asked_for_again_and_sent_only_where_that_is_safe(
    orders: Orders, gateway: tuple[str, str], settings: Settings, mishap: Mishap
) -> None:
    """Whoever releases it says nothing of what Kling has: the policy still decides."""
    profile, address = gateway
    charged = len(kling.ledger(address))
    row = _send(_order(orders, profile, address, settings), mishap, address)
    with kling.fault(address, name="error-before", value="5002", endpoint="query"):
        go(row)
        age(row, hours=25 / SCALE)
        row = go(row)
    assert (row.status, row.hold_reason) == (Status.HELD, "unclear")
    row.release(by=orders.alice)
    row = _settle(row)
    posts = row.calls.filter(verb="POST").count()
    charges = len(kling.ledger(address)) - charged
    told = (row.status, row.hold_reason, posts, charges)
    assert told == OUTCOMES[POLICIES[profile], mishap.is_taken]


def _order(orders: Orders, profile: str, address: str, settings: Settings) -> Generation:
    """One shot of five seconds with a first frame: what every dialect makes."""
    settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(address).netloc})
    reading = Account.Reading.MAP if profile == "official" else Account.Reading.DOCUMENTS
    Account.objects.update(profile=profile, address=address, reading=reading, key_set_at=LONG_AGO)
    orders.project.refresh_from_db()
    orders.project.team.refresh_from_db()
    board = builders.make_storyboard(
        orders.project, by=orders.alice, shots=(("A lamp sways in the wind.", 5),)
    )
    model = "kling-v3" if "kling-v3" in PROFILES[profile].models else "kling-v1"
    board.rewrite({"model": model, "mode": "std", "sound": False}, by=orders.alice)
    builders.give_first_frame(board, by=orders.alice)
    revision = builders.make_revision(board, by=orders.alice)
    revision = builders.approve(revision, by=orders.bob)
    return revision.generate_at_unknown_price(by=orders.alice)


def _send(row: Generation, mishap: Mishap, address: str) -> Generation:
    with mishap.at(address):
        try:
            return go(row)
        except Died:
            return Generation.objects.get(pk=row.pk)


def _settle(row: Generation) -> Generation:
    """Let time pass until nothing more happens by itself."""
    for _look in range(12):
        age(row, seconds=200 / SCALE)
        row = go(row)
        if row.ended_at or row.status == Status.HELD:
            break
    return row
