"""A project's wall and its settings."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from storyboard.models import (
    Account,
    Project,
    Revision,
    Role,
    Status,
    Storyboard,
    Take,
    Team,
    User,
)
from tests import builders
from tests.conftest import SignedIn


def page_of(project: Project) -> str:
    return f"/projects/{project.key}/"


class TestNew:
    def test_it_needs_a_sign_in(self, client: Client, team: Team) -> None:
        assert client.post(f"/teams/{team.key}/projects/new/", {"name": "X"}).status_code == 302
        assert not Project.objects.exists()

    def test_a_form_with_a_name_and_create(
        self, signed_in: SignedIn, carol: User, team: Team
    ) -> None:
        page = signed_in(carol).get(f"/teams/{team.key}/projects/new/").content.decode()
        assert "Name" in page
        assert "Create" in page
        assert 'name="team"' not in page

    def test_creating_leads_to_the_project(
        self, signed_in: SignedIn, carol: User, team: Team
    ) -> None:
        answer = signed_in(carol).post(f"/teams/{team.key}/projects/new/", {"name": " The Keeper "})
        project = Project.objects.get()
        assert (answer.status_code, answer["Location"]) == (302, page_of(project))
        assert (project.name, project.team) == ("The Keeper", team)

    @pytest.mark.parametrize(("name", "words"), [("", "Write a name"), ("x" * 81, "has 81")])
    def test_what_is_no_name_is_422_with_the_text_kept(
        self, signed_in: SignedIn, alice: User, team: Team, name: str, words: str
    ) -> None:
        answer = signed_in(alice).post(f"/teams/{team.key}/projects/new/", {"name": name})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert f'value="{name}"' in answer.content.decode() or not name
        assert not Project.objects.exists()

    def test_among_several_teams_one_is_chosen(
        self, signed_in: SignedIn, alice: User, team: Team
    ) -> None:
        second = Team.start("Second", owner=alice)
        browser = signed_in(alice)
        page = browser.get(f"/teams/{team.key}/projects/new/").content.decode()
        assert f'<option value="{team.key}" selected' in page
        browser.post(f"/teams/{team.key}/projects/new/", {"name": "X", "team": second.key})
        assert Project.objects.get().team == second

    def test_a_team_in_which_one_only_reviews_is_no_choice(
        self, signed_in: SignedIn, alice: User, team: Team, other_team: Team, charlie: User
    ) -> None:
        builders.join(other_team, Role.REVIEWER, alice, by=charlie)
        Team.start("Third", owner=alice)
        answer = signed_in(alice).post(
            f"/teams/{team.key}/projects/new/", {"name": "X", "team": other_team.key}
        )
        assert answer.status_code == 422
        assert not Project.objects.exists()


class TestWall:
    def test_it_needs_a_sign_in(self, client: Client, project: Project) -> None:
        assert client.get(page_of(project)).status_code == 302

    def test_an_empty_project_says_what_a_storyboard_is(
        self, signed_in: SignedIn, alice: User, bob: User, project: Project
    ) -> None:
        page = signed_in(alice).get(page_of(project)).content.decode()
        assert "No storyboards yet" in page
        assert page.count("New storyboard") == 1
        assert "New storyboard" not in signed_in(bob).get(page_of(project)).content.decode()

    def test_a_draft_shows_its_words_its_shots_and_a_labelled_estimate(
        self, signed_in: SignedIn, bob: User, storyboard: Storyboard
    ) -> None:
        page = signed_in(bob).get(page_of(storyboard.project)).content.decode()
        assert "A lighthouse at dusk" in page
        assert '<span class="s3"></span><span class="s2"></span>' in page
        assert "2 shots, 5 s" in page
        assert "$0.42 estimated" in page

    def test_a_take_shows_its_poster_and_what_was_spent(
        self, signed_in: SignedIn, alice: User, take: Take
    ) -> None:
        page = signed_in(alice).get(page_of(take.storyboard.project)).content.decode()
        assert f'src="/takes/{take.key}/poster/"' in page
        assert "$0.42 spent" in page
        assert "estimated" not in page

    def test_a_failed_order_costs_nothing(
        self, signed_in: SignedIn, alice: User, approved: Revision
    ) -> None:
        builders.bring_to(builders.order(approved, by=alice), Status.FAILED)
        page = signed_in(alice).get(page_of(approved.storyboard.project)).content.decode()
        assert "Failed" in page
        assert "spent" not in page

    def test_a_first_frame_stands_in_for_a_take(
        self, signed_in: SignedIn, alice: User, storyboard: Storyboard
    ) -> None:
        picture = builders.give_first_frame(storyboard, by=alice)
        page = signed_in(alice).get(page_of(storyboard.project)).content.decode()
        assert f'src="/pictures/{picture.key}/"' in page

    def test_what_waits_for_the_viewer_comes_first_and_large(
        self, signed_in: SignedIn, alice: User, bob: User, revision: Revision
    ) -> None:
        project = revision.storyboard.project
        builders.make_storyboard(project, by=alice, name="Newer")
        page = signed_in(bob).get(page_of(project)).content.decode()
        assert page.index("The Lamp, night one") < page.index("Newer")
        assert page.count('class="card big"') == 1
        assert f'href="/revisions/{revision.key}/"' in page
        mine = signed_in(alice).get(page_of(project)).content.decode()
        assert mine.index("Newer") < mine.index("The Lamp, night one")
        assert "card big" not in mine

    def test_two_hundred_storyboards_come_in_pages(
        self, signed_in: SignedIn, alice: User, project: Project
    ) -> None:
        builders.many(130, lambda n: Storyboard.start(f"Board {n}", project=project, by=alice))
        browser = signed_in(alice)
        sizes = [
            browser.get(page_of(project), {"page": n}).content.decode().count('class="card"')
            for n in (1, 2, 3, "x", 99)
        ]
        assert sizes == [60, 60, 10, 60, 10]

    def test_archived_storyboards_stand_apart_with_a_way_back(
        self, signed_in: SignedIn, alice: User, bob: User, storyboard: Storyboard
    ) -> None:
        storyboard.archive(by=alice)
        page = signed_in(alice).get(page_of(storyboard.project)).content.decode()
        assert "Archived storyboards" in page
        assert f'action="/storyboards/{storyboard.key}/restore/"' in page
        assert "/restore/" not in signed_in(bob).get(page_of(storyboard.project)).content.decode()

    def test_an_archived_project_says_so_and_offers_no_new_storyboard(
        self, signed_in: SignedIn, alice: User, project: Project
    ) -> None:
        project.archive(by=alice)
        page = signed_in(alice).get(page_of(project)).content.decode()
        assert "This project is archived." in page
        assert "New storyboard" not in page

    def test_one_storyboard_or_many_cost_the_same(
        self, signed_in: SignedIn, bob: User, alice: User, take: Take
    ) -> None:
        project, browser = take.storyboard.project, signed_in(bob)
        with CaptureQueriesContext(
            connection,
        ) as one:
            browser.get(page_of(project))
        for n in range(12):
            board = builders.make_storyboard(project, by=alice, name=f"Board {n}")
            builders.give_first_frame(board, by=alice)
            builders.make_revision(Storyboard.objects.get(pk=board.pk), by=alice)
        with CaptureQueriesContext(connection) as many:
            browser.get(page_of(project))
        assert len(many) == len(one)


class TestPulse:
    def test_nothing_newer_is_204(self, signed_in: SignedIn, alice: User, project: Project) -> None:
        answer = signed_in(alice).get(f"{page_of(project)}pulse/", {"after": "1"})
        assert (answer.status_code, answer.content) == (204, b"")

    def test_something_newer_is_the_cursor_and_the_wall(
        self, signed_in: SignedIn, alice: User, storyboard: Storyboard
    ) -> None:
        project = Project.objects.get(pk=storyboard.project_id)
        answer = signed_in(alice).get(f"{page_of(project)}pulse/", {"after": "1"})
        page = answer.content.decode()
        assert page.lstrip().startswith("<live-pulse")
        assert f'after="{project.serial}"' in page
        for part in ("wall", "stages", "sums"):
            assert f'id="{part}"' in page
        assert "<html" not in page

    @pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40, "²"])
    def test_a_cursor_that_is_none_asks_from_the_beginning(
        self, signed_in: SignedIn, alice: User, project: Project, after: str
    ) -> None:
        answer = signed_in(alice).get(f"{page_of(project)}pulse/", {"after": after})
        assert answer.status_code == 200

    def test_the_page_holds_the_pulse_with_its_serial(
        self, signed_in: SignedIn, alice: User, project: Project
    ) -> None:
        page = signed_in(alice).get(page_of(project)).content.decode()
        stream = f'stream="/live/projects/{project.key}/"'
        assert f'<live-pulse src="{page_of(project)}pulse/" after="1" {stream}>' in page


class TestSettings:
    def test_renaming(self, signed_in: SignedIn, paula: User, project: Project) -> None:
        answer = signed_in(paula).post(f"{page_of(project)}settings/", {"name": "Renamed"})
        assert answer.status_code == 302
        project.refresh_from_db()
        assert project.name == "Renamed"

    def test_an_author_has_no_settings(
        self, signed_in: SignedIn, carol: User, project: Project
    ) -> None:
        browser = signed_in(carol)
        assert browser.get(f"{page_of(project)}settings/").status_code == 403
        assert "Settings</a>" not in browser.get(page_of(project)).content.decode()

    def test_a_name_that_is_none_is_422_and_nothing_changes(
        self, signed_in: SignedIn, alice: User, project: Project
    ) -> None:
        answer = signed_in(alice).post(f"{page_of(project)}settings/", {"name": "y" * 81})
        assert answer.status_code == 422
        assert "y" * 81 in answer.content.decode()
        project.refresh_from_db()
        assert project.name == "The Lighthouse Keeper"

    def test_an_owner_switches_the_second_person_off_and_on(
        self, signed_in: SignedIn, alice: User, project: Project, account: Account
    ) -> None:
        browser, wish = signed_in(alice), {"name": project.name, "no_second_person": "on"}
        assert browser.post(f"{page_of(project)}settings/", wish).status_code == 302
        assert Project.objects.get().no_second_person
        del wish["no_second_person"]
        browser.post(f"{page_of(project)}settings/", wish)
        assert not Project.objects.get().no_second_person

    def test_where_it_is_not_allowed_the_words_say_why_and_nothing_is_saved(
        self, signed_in: SignedIn, alice: User, bob: User, team: Team, project: Project
    ) -> None:
        team.add_account("K", profile="official", address="https://a.b", credential="k", by=alice)
        wish = {"name": "Renamed", "no_second_person": "on"}
        answer = signed_in(alice).post(f"{page_of(project)}settings/", wish)
        assert answer.status_code == 422
        assert "more than one member" in answer.content.decode()
        kept = Project.objects.get()
        assert (kept.name, kept.no_second_person) == ("The Lighthouse Keeper", False)

    def test_a_producer_cannot_switch_it_by_a_direct_post(
        self, signed_in: SignedIn, paula: User, project: Project, account: Account
    ) -> None:
        wish = {"name": project.name, "no_second_person": "on"}
        signed_in(paula).post(f"{page_of(project)}settings/", wish)
        assert not Project.objects.get().no_second_person

    def test_the_account_is_shown_without_its_secret(
        self, signed_in: SignedIn, alice: User, project: Project, account: Account
    ) -> None:
        page = signed_in(alice).get(f"{page_of(project)}settings/").content.decode()
        assert account.address in page
        assert "This is the simulator" in page
        assert "test-key" not in page

    def test_without_an_account_it_says_who_adds_one(
        self, signed_in: SignedIn, alice: User, project: Project
    ) -> None:
        page = signed_in(alice).get(f"{page_of(project)}settings/").content.decode()
        assert "no account with Kling yet" in page


class TestArchive:
    def test_archive_and_restore(self, signed_in: SignedIn, alice: User, project: Project) -> None:
        browser = signed_in(alice)
        assert browser.post(f"{page_of(project)}archive/")["Location"] == "/"
        assert Project.objects.get().archived_at is not None
        assert browser.post(f"{page_of(project)}restore/")["Location"] == page_of(project)
        assert Project.objects.get().archived_at is None

    @pytest.mark.parametrize("verb", ["archive", "restore"])
    def test_only_leaders_and_only_by_post(
        self,
        signed_in: SignedIn,
        alice: User,
        carol: User,
        charlie: User,
        project: Project,
        verb: str,
    ) -> None:
        address = f"{page_of(project)}{verb}/"
        assert signed_in(alice).get(address).status_code == 405
        assert signed_in(carol).post(address).status_code == 403
        assert signed_in(charlie).post(address).status_code == 404
        assert Client().post(address).status_code == 302
        assert Project.objects.get().archived_at is None
