"""Storyboards as files to be kept: the create body and the shot list."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from storyboard.models import Picture, Revision, Storyboard, Team, User
from tests import builders

SignedIn = Callable[[User], Client]


@pytest.fixture
def carols(signed_in: SignedIn, carol: User) -> Client:
    """The author's browser."""
    return signed_in(carol)


def at(name: str, row: Storyboard | Revision, kind: str = "") -> str:
    return reverse(name, args=[row.key]) + (f"?as={kind}" if kind else "")


def state(board: Storyboard) -> Any:
    return Storyboard.objects.get(pk=board.pk).brief()


def test_the_json_is_klings_own_body_with_its_pictures(
    carols: Client, storyboard: Storyboard, alice: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    answer = carols.get(at("export_storyboard", storyboard, "json"))
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"] == 'attachment; filename="the-lamp-night-one.json"'
    body = json.loads(answer.content)
    assert len(base64.b64decode(body["image"])) == picture.size_bytes
    assert body == state(storyboard).payload(lambda _ref: body["image"])


def test_the_list_has_a_line_for_each_shot(
    carols: Client, storyboard: Storyboard, alice: User, team: Team
) -> None:
    storyboard.attach_element(
        builders.know_element("Keeper", kling_id="7", team=team, by=alice), by=alice
    )
    shot = storyboard.shots.get(position=1)
    shot.rewrite({"prompt": '=HYPERLINK("x") <<<element_1>>>'}, by=alice)
    answer = carols.get(at("export_storyboard", storyboard, "csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="the-lamp-night-one.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [row["seconds"] for row in rows] == ["3", "2"]
    assert rows[0]["prompt"] == '\'=HYPERLINK("x") <<<element_1>>>'
    assert rows[0]["elements"] == "Keeper"


def test_another_kind_of_file_is_not_there(carols: Client, storyboard: Storyboard) -> None:
    assert carols.get(at("export_storyboard", storyboard, "exe")).status_code == 404


def test_a_body_that_cannot_be_made_is_said_on_the_page(
    carols: Client, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rewrite({"shooting": "single"}, by=alice)
    answer = carols.get(at("export_storyboard", storyboard))
    assert answer.status_code == 422
    assert "No body can be made" in answer.content.decode()
    assert carols.get(at("export_storyboard", storyboard, "csv")).status_code == 200


def test_a_storage_that_does_not_answer_is_said(
    carols: Client, storyboard: Storyboard, alice: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    Picture.objects.filter(pk=picture.pk).update(file="pictures/gone.jpg")
    answer = carols.get(at("export_storyboard", storyboard))
    assert answer.status_code == 503
    assert "our storage does not answer" in answer.content.decode()


def test_a_revision_comes_out_as_it_was_frozen(
    signed_in: SignedIn, revision: Revision, alice: User, bob: User
) -> None:
    frozen = revision.order.form["body"]
    revision.storyboard.rewrite({"negative_prompt": "fog"}, by=alice)
    answer = signed_in(bob).get(at("export_revision", revision, "json"))
    assert json.loads(answer.content) == frozen
    assert "the-lamp-night-one-1.json" in answer["Content-Disposition"]
    assert (
        b"A lighthouse at dusk"
        in signed_in(bob).get(at("export_revision", revision, "csv")).content
    )
