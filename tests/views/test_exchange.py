"""Files into storyboards, and copies of them, through the browser's own requests."""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from storyboard.forms import exchange
from storyboard.forms.pictures import AROUND_A_FILE
from storyboard.kling.brief import Brief
from storyboard.models import (
    Activity,
    Picture,
    Project,
    Revision,
    Storyboard,
    Team,
    User,
)
from storyboard.views import exchange as exchange_views
from storyboard.views.differences import Difference, difference_of
from tests import builders

SignedIn = Callable[[User], Client]
LIST = b"seconds,prompt\n3,A boat\n4,A gull\n"
BODY: dict[str, Any] = {
    "model_name": "kling-v3",
    "prompt": "A boat",
    "duration": "5",
    "mode": "pro",
}


@pytest.fixture
def carols(signed_in: SignedIn, carol: User) -> Client:
    """The author's browser."""
    return signed_in(carol)


def at(name: str, row: Storyboard | Revision | Project, kind: str = "") -> str:
    return reverse(name, args=[row.key]) + (f"?as={kind}" if kind else "")


def send(client: Client, address: str, data: bytes, name: str = "list.csv") -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, data)})


def sealed(answer: Any) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found[1])


def state(board: Storyboard) -> Any:
    return Storyboard.objects.get(pk=board.pk).brief()


# Into a draft


def test_a_file_is_shown_before_anything_changes(carols: Client, storyboard: Storyboard) -> None:
    before, lines = state(storyboard), Activity.objects.count()
    answer = send(carols, at("import_storyboard", storyboard), LIST)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<ins><span class="sr">added: </span>A gull</ins>' in page
    assert "<td><del>5 s</del></td><td><ins>7 s</ins></td>" in page
    assert "Bring it in" in page
    assert (state(storyboard), Activity.objects.count()) == (before, lines)


def test_confirmed_it_becomes_the_draft_and_undo_takes_it_back(
    carols: Client, storyboard: Storyboard, carol: User
) -> None:
    before = state(storyboard)
    address = at("import_storyboard", storyboard)
    answer = carols.post(address, {"sealed": sealed(send(carols, address, LIST))})
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('storyboard', args=[storyboard.key])}#board"
    after = state(storyboard)
    assert [(shot.prompt, shot.seconds) for shot in after.shots] == [("A boat", 3), ("A gull", 4)]
    assert [shot.key for shot in after.shots] == [shot.key for shot in before.shots]
    assert after.total_seconds == 7
    Storyboard.objects.get(pk=storyboard.pk).undo(by=carol)
    assert state(storyboard) == before


def test_a_create_body_replaces_settings_and_frames(carols: Client, storyboard: Storyboard) -> None:
    image = base64.b64encode(builders.png()).decode()
    address = at("import_storyboard", storyboard)
    preview = send(carols, address, json.dumps(BODY | {"image": image}).encode(), "a.json")
    assert Picture.objects.count() == 1
    carols.post(address, {"sealed": sealed(preview)})
    after = state(storyboard)
    assert (after.shooting, after.mode, len(after.shots)) == ("single", "pro", 1)
    assert after.first_frame is not None


def test_errors_are_said_with_their_lines_and_nothing_changes(
    carols: Client, storyboard: Storyboard
) -> None:
    before = state(storyboard)
    data = b"seconds,prompt,camera\n3,A\n3,B\ntwo,C\n"
    answer = send(carols, at("import_storyboard", storyboard), data)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Line 4: seconds are “two”; write a whole number up to 99." in page
    assert "Not taken in, only for reading: camera." in page
    assert "sealed" not in page
    assert state(storyboard) == before


def test_what_is_left_out_is_named(carols: Client, storyboard: Storyboard) -> None:
    data = json.dumps(BODY | {"callback_url": "https://a.example/", "seed": 7}).encode()
    page = send(carols, at("import_storyboard", storyboard), data).content.decode()
    assert "callback_url: Greenlight gives its own when it orders." in page
    assert "seed is not a field of" in page


def test_no_file_is_a_word_at_the_field(carols: Client, storyboard: Storyboard) -> None:
    answer = carols.post(at("import_storyboard", storyboard))
    assert answer.status_code == 422
    assert "Choose a file first" in answer.content.decode()


@pytest.mark.parametrize("declared", [exchange.MOST_BYTES + 1, None])
def test_a_body_too_large_or_of_no_size_is_refused_before_it_is_read(
    carols: Client, storyboard: Storyboard, declared: int | None
) -> None:
    class Untouchable(io.BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("the body was read")

    environment: dict[str, Any] = {
        "CONTENT_LENGTH": "" if declared is None else str(declared),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "wsgi.input": Untouchable(),
    }
    answer = carols.generic("POST", at("import_storyboard", storyboard), **environment)
    assert answer.status_code == 422
    words = "did not say how large" if declared is None else "at most 32 MB can be read"
    assert words in answer.content.decode()


def test_a_file_cut_on_its_way_is_not_taken(carols: Client, storyboard: Storyboard) -> None:
    padding = "x" * (AROUND_A_FILE + 10)
    answer = carols.post(
        at("import_storyboard", storyboard),
        {"file": SimpleUploadedFile("a.csv", LIST), "padding": padding},
    )
    assert answer.status_code == 422
    assert "arrived cut short" in answer.content.decode()


def test_a_draft_changed_since_is_shown_anew(
    carols: Client, storyboard: Storyboard, alice: User
) -> None:
    address = at("import_storyboard", storyboard)
    seal = sealed(send(carols, address, LIST))
    storyboard.shots.get(position=1).rewrite({"prompt": "Her words."}, by=alice)
    answer = carols.post(address, {"sealed": seal})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "The draft changed meanwhile" in page
    assert "Her" in page
    assert state(storyboard).shots[0].prompt == "Her words."
    assert carols.post(address, {"sealed": sealed(answer)}).status_code == 302
    assert state(storyboard).shots[0].prompt == "A boat"


def test_a_draft_changed_while_the_preview_was_drawn_is_left_alone(
    carols: Client, storyboard: Storyboard, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drawn(before: Brief, after: Brief) -> Difference:
        storyboard.shots.get(position=1).rewrite({"prompt": "Her words."}, by=alice)
        return difference_of(before, after)

    address = at("import_storyboard", storyboard)
    with monkeypatch.context() as patched:
        patched.setattr(exchange_views, "difference_of", drawn)
        seal = sealed(send(carols, address, LIST))
    assert carols.post(address, {"sealed": seal}).status_code == 409
    assert state(storyboard).shots[0].prompt == "Her words."


@pytest.mark.parametrize(
    "body",
    [
        b'{"\\ud800": 1, "model_name": "kling-v3", "prompt": "A boat", "duration": "5"}',
        b'{"model_name": "\\ud800", "prompt": "A boat", "duration": "5"}',
    ],
)
def test_half_a_character_in_a_file_is_shown(
    carols: Client, storyboard: Storyboard, body: bytes
) -> None:
    answer = send(carols, at("import_storyboard", storyboard), body, "a.json")
    assert answer.status_code in (200, 422)


def test_a_preview_is_confirmed_by_who_saw_it_where_it_was_shown(
    signed_in: SignedIn, carols: Client, storyboard: Storyboard, project: Project, alice: User
) -> None:
    other = builders.make_storyboard(project, by=alice, name="Other")
    seal = sealed(send(carols, at("import_storyboard", storyboard), LIST))
    for client, board in ((carols, other), (signed_in(alice), storyboard)):
        answer = client.post(at("import_storyboard", board), {"sealed": seal})
        assert answer.status_code == 422
        assert "too old or not yours" in answer.content.decode()
    made_up = carols.post(at("import_storyboard", storyboard), {"sealed": "x:y:z"})
    assert made_up.status_code == 422


def test_an_entry_removed_since_is_said(
    carols: Client, storyboard: Storyboard, alice: User, team: Team
) -> None:
    element = builders.know_element("Keeper", kling_id="7", team=team, by=alice)
    data = json.dumps(BODY | {"element_list": [{"element_id": 7}]}).encode()
    address = at("import_storyboard", storyboard)
    seal = sealed(send(carols, address, data))
    element.remove(by=alice)
    answer = carols.post(address, {"sealed": seal})
    assert answer.status_code == 422
    assert "The library lost 1" in answer.content.decode()


def test_the_same_again_has_nothing_to_confirm(carols: Client, storyboard: Storyboard) -> None:
    data = carols.get(at("export_storyboard", storyboard, "json")).content
    page = send(carols, at("import_storyboard", storyboard), data, "a.json").content.decode()
    assert "Nothing changed." in page
    assert "Bring it in" not in page


def test_an_archived_storyboard_takes_nothing_in(
    carols: Client, storyboard: Storyboard, alice: User
) -> None:
    storyboard.archive(by=alice)
    answer = send(carols, at("import_storyboard", storyboard), LIST)
    assert answer.status_code == 422
    assert "This storyboard is archived." in answer.content.decode()


def test_a_reviewer_may_export_and_not_import(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    client = signed_in(bob)
    assert client.get(at("export_storyboard", storyboard)).status_code == 200
    for name in ("import_storyboard", "duplicate_storyboard"):
        assert client.get(at(name, storyboard)).status_code == 403
        assert client.post(at(name, storyboard)).status_code == 403
    page = client.get(at("storyboard", storyboard)).content.decode()
    assert at("draft_wire", storyboard) in page
    assert at("import_storyboard", storyboard) not in page


@limits(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(
    data=st.binary(max_size=300)
    | st.binary(max_size=100).map(lambda rest: b"{" + rest)
    | st.binary(max_size=100).map(lambda rest: b"seconds,prompt\n" + rest)
    | st.dictionaries(st.sampled_from([*BODY, "image", "element_list"]), st.text(max_size=9)).map(
        lambda body: json.dumps(body).encode()
    )
)
def test_any_file_is_answered(carols: Client, storyboard: Storyboard, data: bytes) -> None:
    answer = send(carols, at("import_storyboard", storyboard), data)
    assert answer.status_code in (200, 422)


# Into a project


def test_a_file_starts_a_storyboard_under_its_own_name(carols: Client, project: Project) -> None:
    address = at("import_into_project", project)
    preview = send(carols, address, LIST, "Night two.csv")
    page = preview.content.decode()
    assert 'value="Night two"' in page
    assert "A gull" in page
    assert Storyboard.objects.count() == 0
    answer = carols.post(address, {"sealed": sealed(preview), "name": "Night two"})
    board = Storyboard.objects.get()
    assert answer["Location"] == reverse("storyboard", args=[board.key])
    assert [shot.prompt for shot in board.shots.all()] == ["A boat", "A gull"]


def test_a_name_is_asked_for_and_the_file_is_kept(carols: Client, project: Project) -> None:
    address = at("import_into_project", project)
    seal = sealed(send(carols, address, LIST))
    answer = carols.post(address, {"sealed": seal, "name": ""})
    assert answer.status_code == 422
    assert "Write a name." in answer.content.decode()
    assert carols.post(address, {"sealed": sealed(answer), "name": "Now"}).status_code == 302


def test_an_archived_project_takes_nothing_in(
    carols: Client, project: Project, alice: User
) -> None:
    project.archive(by=alice)
    answer = send(carols, at("import_into_project", project), LIST)
    assert answer.status_code == 422
    assert "This project is archived." in answer.content.decode()


# Copies


def test_a_copy_goes_into_another_project_of_the_team(
    carols: Client, storyboard: Storyboard, team: Team, alice: User
) -> None:
    target = Project.start("Second film", team=team, by=alice)
    address = at("duplicate_storyboard", storyboard)
    assert 'value="The Lamp, night one, copy"' in carols.get(address).content.decode()
    answer = carols.post(address, {"name": "Night two", "project": target.key})
    copy = Storyboard.objects.get(name="Night two")
    assert answer["Location"] == reverse("storyboard", args=[copy.key])
    assert copy.project == target
    prompts = [shot.prompt for shot in state(storyboard).shots]
    assert [shot.prompt for shot in copy.shots.all()] == prompts


@pytest.mark.parametrize("name", ["", "x" * 81])
def test_a_copy_needs_a_name(carols: Client, storyboard: Storyboard, name: str) -> None:
    said = {"name": name, "project": storyboard.project.key}
    answer = carols.post(at("duplicate_storyboard", storyboard), said)
    assert answer.status_code == 422
    assert Storyboard.objects.count() == 1


def test_a_copy_does_not_leave_the_team(
    carols: Client, storyboard: Storyboard, other_project: Project
) -> None:
    said = {"name": "Copy", "project": other_project.key}
    answer = carols.post(at("duplicate_storyboard", storyboard), said)
    assert answer.status_code == 422
    assert "The team has no such project." in answer.content.decode()


def test_an_archived_project_is_not_offered(
    carols: Client, storyboard: Storyboard, team: Team, alice: User
) -> None:
    target = Project.start("Second film", team=team, by=alice)
    target.archive(by=alice)
    said = {"name": "Copy", "project": target.key}
    assert carols.post(at("duplicate_storyboard", storyboard), said).status_code == 422


def test_an_export_brought_in_exports_the_same_bytes(
    carols: Client, storyboard: Storyboard, project: Project, alice: User
) -> None:

    builders.give_first_frame(storyboard, by=alice)
    first = carols.get(at("export_storyboard", storyboard, "json")).content
    address = at("import_into_project", project)
    preview = send(carols, address, first, "a.json")
    carols.post(address, {"sealed": sealed(preview), "name": "Copy"})
    copy = Storyboard.objects.get(name="Copy")
    assert carols.get(at("export_storyboard", copy, "json")).content == first
