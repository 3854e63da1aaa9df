"""Projects: rename, archive, and the switch for one person alone."""

from __future__ import annotations

import pytest

from storyboard.models import Account, Activity, NotAllowedNow, Project, Team, User


def verbs(project: Project) -> list[str]:
    return list(project.activities.order_by("serial").values_list("verb", flat=True))


def test_a_project_starts_with_one_line_of_history(project: Project) -> None:
    assert verbs(project) == ["project.created"]


def test_renaming_to_the_same_name_is_no_step(project: Project, alice: User) -> None:
    project.rename(project.name, by=alice)
    assert verbs(project) == ["project.created"]


def test_a_project_is_renamed(project: Project, alice: User) -> None:
    project.rename("The Keeper", by=alice)
    project.refresh_from_db()
    assert project.name == "The Keeper"
    assert project.activities.latest("pk").sentence == (
        "renamed the project from The Lighthouse Keeper to The Keeper"
    )


def test_archive_and_restore_are_each_one_step_however_often_pressed(
    project: Project, alice: User
) -> None:
    project.archive(by=alice)
    project.archive(by=alice)
    assert project.archived_at is not None
    project.restore(by=alice)
    project.restore(by=alice)
    assert project.archived_at is None
    assert verbs(project) == ["project.created", "project.archived", "project.restored"]


def test_alone_in_the_team_one_person_may_do_without_a_second(
    project: Project, alice: User
) -> None:
    project.ask_no_second_person(by=alice)
    assert project.waives_second_person
    project.ask_second_person(by=alice)
    assert not project.waives_second_person


def test_with_the_simulator_a_team_may_do_without_a_second(
    project: Project, account: Account, alice: User, bob: User
) -> None:
    project = Project.objects.get(pk=project.pk)
    project.ask_no_second_person(by=alice)
    assert project.waives_second_person


def test_with_a_real_account_two_members_need_a_second_person(
    project: Project, team: Team, alice: User, bob: User
) -> None:
    team.add_account("K", profile="official", address="https://a.example", credential="k", by=alice)
    project = Project.objects.get(pk=project.pk)
    with pytest.raises(NotAllowedNow, match="second person"):
        project.ask_no_second_person(by=alice)
    project.refresh_from_db()
    assert not project.no_second_person


def test_the_switch_counts_only_while_it_is_allowed(
    project: Project, team: Team, alice: User
) -> None:
    team.add_account("K", profile="official", address="https://a.example", credential="k", by=alice)
    project = Project.objects.get(pk=project.pk)
    project.ask_no_second_person(by=alice)
    assert project.waives_second_person
    team.add_member("second@example.com", role="reviewer", by=alice)
    assert not Project.objects.get(pk=project.pk).waives_second_person


def test_a_project_orders_from_its_own_account_else_the_team_default(
    project: Project, account: Account, team: Team, alice: User
) -> None:
    project = Project.objects.get(pk=project.pk)
    assert project.ordering_account == account
    own = team.add_account(
        "Own", profile="official", address="https://a.b", credential="k", by=alice
    )
    project.account = own
    assert project.ordering_account == own


def test_serials_are_counted_per_stream_without_a_gap(
    project: Project, team: Team, alice: User
) -> None:
    other = Project.start("Second", team=team, by=alice)
    project.archive(by=alice)
    other.archive(by=alice)
    project.restore(by=alice)
    assert list(project.activities.order_by("pk").values_list("serial", flat=True)) == [1, 2, 3]
    assert list(other.activities.order_by("pk").values_list("serial", flat=True)) == [1, 2]
    of_team = Activity.objects.filter(team=team, project=None)
    assert list(of_team.order_by("pk").values_list("serial", flat=True)) == [1]
