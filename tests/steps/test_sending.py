"""How pictures reach Kling: the same order, whether as bytes or by an address."""

from __future__ import annotations

import base64
import hashlib

import pytest
from pytest_django import Settings

from storyboard.models import Account, Generation, Project, User
from storyboard.steps.sending import as_address
from storyboard.steps.submit import wire_body
from tests import builders
from tests.steps.making import PUBLIC_URL


@pytest.fixture
def ordered(project: Project, account: Account, alice: User, bob: User) -> Generation:
    board = builders.make_storyboard(project, by=alice)
    builders.give_first_frame(board, by=alice)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    return builders.order(revision, by=alice)


def prefer_addresses(row: Generation) -> None:
    Account.objects.filter(pk=row.account_id).update(lends_pictures=True)
    row.account.refresh_from_db()


def test_bytes_are_usual(ordered: Generation, settings: Settings) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    sent = base64.b64decode(wire_body(ordered)["image"])
    assert f"sha256:{hashlib.sha256(sent).hexdigest()}" == ordered.body["image"]


def test_by_address_the_order_is_the_same_one(ordered: Generation, settings: Settings) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    prefer_addresses(ordered)
    assert wire_body(ordered)["image"].startswith(f"{PUBLIC_URL}/lent/")
    ordered.order.check_matches()


def test_without_a_public_address_they_go_as_bytes(ordered: Generation, settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    prefer_addresses(ordered)
    assert not wire_body(ordered)["image"].startswith("http")
    assert as_address("pictures/ab/ab.jpg") == ""
