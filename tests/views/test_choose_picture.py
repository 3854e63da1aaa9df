"""Choosing a picture: three ways to it, for every place that takes one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from storyboard.media.pictures import clean_picture
from storyboard.models import Picture, Project, Storyboard, Take, Team, User
from storyboard.models.files import files
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


def at(team: Team, to: str, **asked: str) -> str:
    more = "".join(f"&{name}={quote(value)}" for name, value in asked.items())
    return f"{reverse('choose_picture', args=[team.key])}?to={quote(to)}{more}"


def frame_of(board: Storyboard) -> str:
    return reverse("first_frame", args=[board.key])


def keep(team: Team, colour: str) -> Picture:
    return Picture.keep(clean_picture(builders.png(colour=colour)), team=team)


def body(client: Client, address: str, **more: str) -> str:
    response = client.get(address, headers=more or None)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_teams_pictures_stand_newest_first_and_each_is_one_press(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, other_team: Team, carol: User
) -> None:
    first, second = keep(team, "#111"), keep(team, "#222")
    theirs = keep(other_team, "#333")
    page = body(signed_in(carol), at(team, frame_of(storyboard)))
    assert "<html" in page
    assert f'action="{frame_of(storyboard)}"' in page
    assert page.index(f'value="{second.key}"') < page.index(f'value="{first.key}"')
    assert theirs.key not in page
    assert reverse("small_picture", args=[first.key]) in page


def test_a_script_gets_the_dialogs_body(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, carol: User
) -> None:
    client = signed_in(carol)
    for tab in ("upload", "library", "take"):
        page = body(client, at(team, frame_of(storyboard), tab=tab), **SCRIPT)
        assert page.startswith("<picture-choose")
        assert "data-late-body" in page
        assert 'aria-current="page">' in page


def test_every_place_has_its_name_and_shape(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    storyboard.rewrite({"aspect_ratio": "9:16"}, by=alice)
    shot = storyboard.shots.get(position=2)
    slot = reverse("element_picture", args=[team.key, "frontal"])
    for to, title, ratio in (
        (frame_of(storyboard), "First frame", "9:16"),
        (reverse("end_frame", args=[storyboard.key]), "End frame", "9:16"),
        (reverse("shot_picture", args=[shot.key]), "Picture of shot 2", "9:16"),
        (slot, "Picture of an element", ""),
    ):
        page = body(signed_in(alice), at(team, to), **SCRIPT)
        assert f">{title}</h2>" in page
        assert f'data-ratio="{ratio}"' in page


def test_pictures_are_found_by_the_storyboards_they_stand_in(
    signed_in: SignedIn, project: Project, storyboard: Storyboard, team: Team, alice: User
) -> None:
    fog = builders.make_storyboard(project, by=alice, name="Fog over the point")
    first, shot, none = keep(team, "#111"), keep(team, "#222"), keep(team, "#333")
    fog.set_first_frame(first, by=alice)
    fog.shots.get(position=2).set_picture(shot, by=alice)
    client = signed_in(alice)
    page = body(client, at(team, frame_of(storyboard), q="POINT fog"))
    assert first.key in page
    assert shot.key in page
    assert none.key not in page
    page = body(client, at(team, frame_of(storyboard), q="no such \0 thing"))
    assert "No picture found" in page


def test_a_picture_a_revision_froze_is_found_when_the_draft_has_another(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    frozen = builders.give_first_frame(storyboard, by=alice)
    builders.make_revision(storyboard, by=alice)
    storyboard.set_first_frame(keep(team, "#999"), by=alice)
    page = body(signed_in(alice), at(team, frame_of(storyboard), q="lamp"))
    assert frozen.key in page


def test_sixty_a_page(signed_in: SignedIn, storyboard: Storyboard, team: Team, carol: User) -> None:
    Picture.objects.bulk_create(
        Picture(team=team, sha256=f"{n:064}", width=640, height=360, size_bytes=9, file="x.jpg")
        for n in range(61)
    )
    client = signed_in(carol)
    page = body(client, at(team, frame_of(storyboard)))
    assert page.count('name="picture_key"') == 60
    assert "1 to 60 of 61" in page
    page = body(client, at(team, frame_of(storyboard), page="2"))
    assert page.count('name="picture_key"') == 1


def test_sixty_pictures_cost_as_many_queries_as_one(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, carol: User
) -> None:
    client = signed_in(carol)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            body(client, at(team, frame_of(storyboard)))
        return len(asked)

    keep(team, "#123")
    one = cost()
    Picture.objects.bulk_create(
        Picture(team=team, sha256=f"{n:064}", width=640, height=360, size_bytes=9, file="x.jpg")
        for n in range(59)
    )
    assert cost() == one


def test_nothing_yet_is_said(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, carol: User
) -> None:
    client = signed_in(carol)
    assert "No pictures yet" in body(client, at(team, frame_of(storyboard)))
    assert "No takes yet" in body(client, at(team, frame_of(storyboard), tab="take"))


def test_a_take_shows_its_frames(signed_in: SignedIn, take: Take, team: Team, carol: User) -> None:
    to = frame_of(take.storyboard)
    client = signed_in(carol)
    page = body(client, at(team, to, tab="take"))
    assert f"take={take.key}" in page.replace("&amp;", "&")
    page = body(client, at(team, to, tab="take", take=take.key))
    assert reverse("take_video", args=[take.key]) in page
    assert f'max="{take.last_frame}"' in page
    assert f'action="{reverse("take_frame", args=[take.key])}"' in page
    assert client.get(at(team, to, tab="take", take="nobody")).status_code == 404


def test_the_storyboard_before_offers_its_last_frame(
    signed_in: SignedIn, take: Take, team: Team, alice: User
) -> None:
    client, board = signed_in(alice), take.storyboard
    after = builders.make_storyboard(board.project, by=alice, name="The next one")
    page = body(client, at(team, frame_of(after), tab="take"))
    assert "Carry on from The Lamp, night one, take 1" in page
    assert f'name="take" value="{take.key}"' in page
    assert "<seam-view" in page
    assert "No first frame yet" in page
    frame = builders.give_first_frame(after, by=alice)
    page = body(client, at(team, frame_of(after), tab="take"))
    assert reverse("picture", args=[frame.key]) in page
    assert "data-flicker" in page
    for other in (frame_of(board), reverse("end_frame", args=[after.key])):
        assert "Carry on from" not in body(client, at(team, other, tab="take"))


def test_the_picked_take_is_carried_on_rather_than_the_newest(
    signed_in: SignedIn, take: Take, team: Team, alice: User, bob: User
) -> None:
    board = take.storyboard
    board.pick(take, by=alice)
    revision = builders.approve(builders.make_revision(board, by=alice), by=bob)
    newer = builders.make_take(revision, by=alice)
    after = builders.make_storyboard(board.project, by=alice, name="The next one")
    Storyboard.objects.filter(pk=after.pk).update(
        created_at=board.created_at + timedelta(seconds=5)
    )
    page = body(signed_in(alice), at(team, frame_of(after), tab="take"))
    assert newer.number > take.number
    assert f"Carry on from The Lamp, night one, take {take.number}" in page


def test_only_places_that_take_pictures_are_places(
    signed_in: SignedIn, storyboard: Storyboard, other_project: Project, team: Team, alice: User,
    charlie: User,
) -> None:  # fmt: skip
    theirs = builders.make_storyboard(other_project, by=charlie)
    for to in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "javascript:alert(1)",
        reverse("delete_storyboard", args=[storyboard.key]),
        frame_of(theirs),
        reverse("element_picture", args=[other_project.team.key, "frontal"]),
    ):
        assert signed_in(alice).get(at(team, to)).status_code == 404, to


def test_without_a_place_it_leads_to_the_library(
    signed_in: SignedIn, team: Team, carol: User
) -> None:
    address = reverse("choose_picture", args=[team.key])
    assert signed_in(carol).get(address)["Location"] == reverse("library", args=[team.key])


def test_who_may_choose(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User, bob: User, charlie: User
) -> None:
    address = at(team, frame_of(storyboard))
    assert Client().get(address)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).get(address).status_code == 403
    assert signed_in(charlie).get(address).status_code == 404
    assert signed_in(alice).post(address).status_code == 405
    chosen = at(team, frame_of(storyboard), chosen="nobody")
    assert signed_in(alice).get(chosen).status_code == 404


def test_the_small_one_is_small_and_made_once(
    signed_in: SignedIn, team: Team, bob: User, charlie: User
) -> None:
    picture = Picture.keep(clean_picture(builders.png((1_920, 1_080))), team=team)
    address = reverse("small_picture", args=[picture.key])
    response = signed_in(bob).get(address)
    shown = Image.open(BytesIO(b"".join(response.streaming_content)))
    assert (shown.format, shown.size) == ("JPEG", (960, 540))
    assert response["Content-Type"] == "image/jpeg"
    files().put(b"kept", picture.small_file)
    assert b"".join(signed_in(bob).get(address).streaming_content) == b"kept"
    assert signed_in(charlie).get(address).status_code == 404


def test_a_png_is_handed_out_as_one(signed_in: SignedIn, team: Team, bob: User) -> None:
    picture = keep(team, "#456")
    response = signed_in(bob).get(reverse("picture", args=[picture.key]))
    assert response["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert picture.ref.format == "png"
