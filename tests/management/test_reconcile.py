"""manage.py reconcile: what it prints, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from storyboard.management.commands import reconcile as command
from storyboard.models import Account, Generation, Revision, Status, Team, User
from tests import builders
from tests.steps import kling

Out = pytest.CaptureFixture[str]


@pytest.fixture
def scripted() -> Iterator[kling.ScriptedKling]:
    with kling.scripted() as server:
        yield server


@pytest.fixture
def running(
    approved: Revision, scripted: kling.ScriptedKling, alice: User, settings: Settings
) -> Generation:
    """Sent half an hour ago and asked about hours from now."""
    settings.ALLOW_PRIVATE_HOSTS = frozenset({urlsplit(scripted.address).netloc})
    row = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    Account.objects.update(address=scripted.address)
    now = timezone.now()
    Generation.objects.filter(pk=row.pk).update(
        next_at=now + timedelta(hours=3), last_post_at=now - timedelta(minutes=30)
    )
    return Generation.objects.get(pk=row.pk)


def about(row: Generation, status: str, **more: Any) -> object:
    name = {"external_task_id": row.external_task_id}
    return kling.task(name, status, task_id=row.kling_task_id, **more)


def page(*tasks: dict[str, Any]) -> object:
    return 200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": list(tasks)}


def run(*arguments: str) -> None:
    call_command("reconcile", *arguments)


@pytest.mark.django_db
def test_nothing_waits(capsys: Out) -> None:
    run()
    assert capsys.readouterr().out == "Nothing waits for Kling.\n"
    run("--dry-run")
    assert capsys.readouterr().out == "Nothing waits for Kling.\n"


def test_each_order_has_its_lines_and_there_is_a_sum(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    scripted.script.append(about(running, "failed", task_status_msg="The picture is too dark"))
    run()
    begins, head, words, summary = capsys.readouterr().out.splitlines()
    assert begins == (
        "Asking Kling about 1 order; what is not clear at once is followed for up to 240 s."
    )
    assert head == (f"{running.key}  The Lamp, night one, revision 1, take 1: Generating → Failed")
    assert words.startswith("    ")
    assert words.strip()
    assert summary == "1 order asked about: 1 settled."


def test_what_is_not_over_is_said_in_its_own_word(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    scripted.script.append(about(running, "processing"))
    run()
    out = capsys.readouterr().out
    assert "take 1: still Generating\n    Kling has it and is at it." in out
    assert "1 order asked about: 0 settled, 1 generating." in out


def test_what_could_not_be_asked_ends_with_1_and_why(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    scripted.script.append(kling.error(5000, "internal", 500))
    with pytest.raises(SystemExit, match="1"):
        run()
    out = capsys.readouterr().out
    assert "Could not be asked: Kling's answer says nothing about it (HTTP 500, code 5000" in out
    assert "1 generating, 1 could not be asked." in out


def test_stopping_it_is_no_accident(
    running: Generation, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_arguments: object, **_more: object) -> Iterator[object]:
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(command, "reconcile", stopped)
    with pytest.raises(SystemExit, match="130"):
        run()
    assert "Stopped. What was learnt is kept" in capsys.readouterr().err


def test_a_dry_run_asks_nothing(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    before = Generation.objects.values().get()
    run("--dry-run")
    out = capsys.readouterr().out
    assert f"{running.key}  The Lamp, night one, revision 1, take 1: Generating\n" in out
    assert "1 order would be asked about. Nothing was asked." in out
    assert scripted.asked == []
    assert Generation.objects.values().get() == before


def test_of_one_team(
    running: Generation, scripted: kling.ScriptedKling, other_team: Team, team: Team, capsys: Out
) -> None:
    run("--team", other_team.key)
    assert "Nothing waits for Kling." in capsys.readouterr().out
    scripted.script.append(about(running, "processing"))
    run("--team", team.key)
    assert "1 order asked about" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no team with the key nobody"):
        run("--team", "nobody")


def test_an_account_is_compared_by_name_or_key_in_a_table(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    known = {"task_id": running.kling_task_id, "task_status": "processing"}
    moment = int(timezone.now().timestamp() * 1000)
    other = {
        "task_id": "t-9",
        "task_status": "succeed",
        "task_info": {"external_task_id": f"abcd1234-{'0' * 32}"},
        "created_at": moment,
        "final_unit_deduction": "4.5",
    }
    for words in (running.account.name, running.account.key):
        scripted.script += [page(known, other), page(), page()]
        run("--account", words)
        out = capsys.readouterr().out
        assert "text2video: 2 tasks read on 2 pages, to the end (at most 1000 of 100)." in out
        assert "Tasks that are not ours: 1" in out
        assert re.search(
            r"t-9 +\d{4}-\d\d-\d\d \d\d:\d\d UTC  succeed +4.5 units +abcd1234-0{32} +"
            r"another Greenlight, abcd1234",
            out,
        )
        assert "Orders of ours that are not in the list: none" in out


def test_the_same_for_a_program(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    scripted.script += [page({"task_id": "t-9", "task_status": "submitted"}), page(), page()]
    run("--account", running.account.name, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["account"] == {"key": running.account.key, "name": running.account.name}
    assert [each["task_id"] for each in told["not_ours"]] == ["t-9"]
    assert told["not_ours"][0]["created_at"] is None
    assert [each["key"] for each in told["not_listed"]] == [running.key]
    assert told["waiting_and_listed"] == []
    assert [each["trouble"] for each in told["lists"]] == ["", ""]


def test_a_list_that_cannot_be_read_ends_with_1(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    scripted.script += [kling.error(1000, "no such key", 401), page()]
    with pytest.raises(SystemExit, match="1"):
        run("--account", running.account.name)
    out = capsys.readouterr().out
    assert "not to the end" in out
    assert "Nothing is said of this endpoint's orders." in out


def test_what_steers_a_terminal_does_not_come_through(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    name = {"external_task_id": "\x1b[2J\x07" + "x" * 500}
    scripted.script += [
        page({"task_id": "t-9", "task_status": "submitted", "task_info": name}), page(), page(),
    ]  # fmt: skip
    Generation.objects.filter(pk=running.pk).update(words="\x1b[2Jgone")
    run("--account", running.account.name)
    scripted.script.append(kling.error(5000, "\x1b[2J", 500))
    with pytest.raises(SystemExit):
        run()
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "x" * 130 not in out


def test_a_gateway_s_table_says_that_no_list_is_promised(
    running: Generation, scripted: kling.ScriptedKling, capsys: Out
) -> None:
    Account.objects.update(profile="gateway004")
    scripted.script.append((404, "no such page"))
    with pytest.raises(SystemExit, match="1"):
        run("--account", running.account.name)
    out = capsys.readouterr().out
    assert "No document of this profile promises a list of tasks" in out
    assert "HTTP 404" in out


def test_accounts_that_cannot_be_told_apart_are_asked_for_by_key(
    running: Generation, other_team: Team, charlie: User, team: Team,
    scripted: kling.ScriptedKling, capsys: Out,
) -> None:  # fmt: skip
    other_team.add_account(
        running.account.name, profile="official", address=builders.SIMULATOR, credential="k",
        by=charlie,
    )  # fmt: skip
    with pytest.raises(CommandError, match="Several accounts are named"):
        run("--account", running.account.name)
    scripted.script += [page(), page()]
    run("--account", running.account.name, "--team", team.key)
    assert "Tasks that are not ours: none" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no account with the key or name Nobody"):
        run("--account", "Nobody")


@pytest.mark.django_db
@pytest.mark.parametrize("days", ["0", "-1", "3651"])
def test_days_that_cannot_be(account: Account, days: str) -> None:
    with pytest.raises(CommandError, match="--days is 1 to 3650"):
        run("--account", account.name, "--days", days)


@pytest.mark.django_db
def test_json_is_for_lists() -> None:
    with pytest.raises(CommandError, match="--json goes with --account"):
        run("--json")
