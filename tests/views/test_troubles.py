"""Each trouble with Kling on the revision's page: what it is, what to do, code and request id."""

from __future__ import annotations

import pytest

from storyboard.kling.errors import CODES, AccountTrouble, Busy, Refused
from storyboard.kling.troubles import (
    BY_CODE,
    FAILED_BY_CONTENT,
    FAILED_BY_PICTURE,
    RETIRED,
    Trouble,
)
from storyboard.models import Generation, Revision, Status, User
from tests import builders
from tests.views.gates import SignedIn, gate_of, page_of


@pytest.fixture
def sending(approved: Revision, alice: User) -> Generation:
    return builders.bring_to(builders.order(approved, by=alice), Status.SUBMITTING)


def _met(row: Generation, to: Status, trouble: Trouble, code: int, **fields: object) -> None:
    builders.advance(
        row,
        to,
        words=trouble.words,
        kling_code=str(code),
        kling_message="Kling's own <words>",
        kling_request_id="req-77",
        **fields,
    )


def _shown(browser_of: SignedIn, alice: User, row: Generation) -> str:
    return gate_of(page_of(browser_of(alice), row.order.revision)).replace("&#x27;", "'")


def _codes(kind: type) -> list[int]:
    return [code for code, known in CODES.items() if issubclass(known.kind, kind)]


@pytest.mark.parametrize("code", _codes(AccountTrouble))
def test_an_accounts_trouble_names_its_remedy_and_who_applies_it(
    signed_in: SignedIn, alice: User, sending: Generation, code: int
) -> None:
    trouble = BY_CODE[code]
    _met(sending, Status.HELD, trouble, code, hold_reason="account", post_count=0)
    gate = _shown(signed_in, alice, sending)
    assert "Take 1 is held" in gate
    assert gate.count(trouble.happened) == gate.count(trouble.todo) == 1
    assert f"{trouble.todo} An owner does that; then release the order and it goes on." in gate
    assert "Nothing was sent and nothing is charged." in gate
    assert f"code {code}: Kling's own &lt;words&gt;" in gate
    assert "request req-77" in gate


@pytest.mark.parametrize("code", _codes(Refused))
def test_a_refusal_names_its_remedy(
    signed_in: SignedIn, alice: User, sending: Generation, code: int
) -> None:
    trouble = BY_CODE[code]
    _met(sending, Status.REJECTED, trouble, code)
    gate = _shown(signed_in, alice, sending)
    assert gate.count(trouble.happened) == gate.count(trouble.todo) == 1
    assert "Nothing is made and nothing is charged." in gate
    assert f"code {code}:" in gate
    assert "request req-77" in gate


def test_a_retired_model_says_so_and_to_choose_another(
    signed_in: SignedIn, alice: User, sending: Generation
) -> None:
    _met(sending, Status.REJECTED, RETIRED, 1201)
    gate = _shown(signed_in, alice, sending)
    assert "Kling has retired this model" in gate
    assert "Choose another model in the draft and send it for review." in gate


@pytest.mark.parametrize("code", _codes(Busy))
def test_what_passes_by_itself_asks_nothing_of_people(
    signed_in: SignedIn, alice: User, sending: Generation, code: int
) -> None:
    trouble = BY_CODE[code]
    _met(sending, Status.QUEUED, trouble, code, post_count=0)
    gate = _shown(signed_in, alice, sending)
    assert gate.count(trouble.happened) == 1
    assert "Nothing to do" in gate
    assert "Nothing is sent and nothing is charged yet." in gate
    assert f"code {code}:" in gate


@pytest.mark.parametrize("code", [5000, 5002])
def test_an_unclear_answer_is_told_with_its_code(
    signed_in: SignedIn, alice: User, sending: Generation, code: int
) -> None:
    _met(sending, Status.UNCERTAIN, BY_CODE[code], code)
    gate = _shown(signed_in, alice, sending)
    assert BY_CODE[code].happened in gate
    assert "it is never ordered twice" in gate
    assert f"code {code}:" in gate


@pytest.mark.parametrize("trouble", [FAILED_BY_CONTENT, FAILED_BY_PICTURE])
def test_a_failed_film_is_explained(
    signed_in: SignedIn, alice: User, sending: Generation, trouble: Trouble
) -> None:
    builders.advance(sending, Status.RUNNING, kling_task_id="t-1")
    _met(sending, Status.FAILED, trouble, 0)
    gate = _shown(signed_in, alice, sending)
    assert "Kling could not make take 1" in gate
    assert gate.count(trouble.happened) == gate.count(trouble.todo) == 1
    assert "code 0: Kling's own &lt;words&gt;" in gate
    assert "request req-77, task t-1" in gate


def test_an_order_held_for_its_address_does_not_ask_for_what_nobody_can_change(
    signed_in: SignedIn, alice: User, sending: Generation
) -> None:
    words = "api.example leads into a private network."
    builders.advance(sending, Status.HELD, words=words, hold_reason="address", post_count=0)
    gate = _shown(signed_in, alice, sending)
    assert "for another one an owner adds an account" in gate
    assert "corrects the address" not in gate
