"""How the demo and `manage.py run` prepare themselves; the processes are tested in journeys."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from pytest_django import Settings

from storyboard.management import installation
from storyboard.management.commands import demo
from storyboard.management.demo_data import SignIn
from storyboard.management.machine import LOOPBACK, LockFile, Refused

PLAN = demo.Plan(lock=3, port=8123, simulator_port=9912)


def test_the_demo_never_sees_a_real_installation(tmp_path: Path) -> None:
    around = dict.fromkeys(demo.FOREIGN_SETTINGS, "of the real one") | {"PATH": "/bin"}
    found = demo.demo_environment(around, PLAN, tmp_path, callbacks=False)
    assert "of the real one" not in found.values()
    assert found["PATH"] == "/bin"
    assert found["VAR_DIR"] == str(tmp_path)


def test_every_setting_is_either_the_demo_s_own_or_hidden_or_harmless() -> None:
    own = {"VAR_DIR", "TIME_SCALE", "ALLOW_PRIVATE_HOSTS", "PORT", "PUBLIC_URL"}
    harmless = {"LANGUAGE_CODE", "LOG_LEVEL"}
    template = (Path(__file__).parent.parent / ".env.example").read_text()
    names = {line[1:].partition("=")[0] for line in template.splitlines() if "=" in line}
    assert {name for name in names if name.isupper()} <= {*own, *harmless, *demo.FOREIGN_SETTINGS}


def test_the_demo_calls_its_simulator_alone(tmp_path: Path) -> None:
    found = demo.demo_environment({}, PLAN, tmp_path, callbacks=True)
    assert found["ALLOW_PRIVATE_HOSTS"] == "127.0.0.1:9912"
    assert found["TIME_SCALE"] == "10"
    assert found["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert demo.Plan(**json.loads(found[demo.PLAN_VARIABLE])) == PLAN


def test_without_callbacks_there_is_no_public_url(tmp_path: Path) -> None:
    assert "PUBLIC_URL" not in demo.demo_environment({}, PLAN, tmp_path, callbacks=False)


def test_the_simulator_keeps_its_port_until_somebody_takes_it(tmp_path: Path) -> None:
    note = tmp_path / "simulator-port"
    first = demo.choose_simulator_port(note)
    assert demo.choose_simulator_port(note) == first
    with socket.create_server((LOOPBACK, first)):
        second = demo.choose_simulator_port(note)
    assert second != first
    assert demo.choose_simulator_port(note) == second


def test_reset_removes_the_demo_and_nothing_beside_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    real = tmp_path / "greenlight.sqlite3"
    real.touch()
    (tmp_path / "demo" / "media").mkdir(parents=True)
    demo.reset(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == [real]
    demo.reset(tmp_path / "demo")
    assert "There is no demo data" in capsys.readouterr().out


def test_reset_is_refused_while_the_demo_runs(tmp_path: Path) -> None:
    LockFile(tmp_path / installation.LOCK_NAME).take()
    with pytest.raises(Refused, match="running here already"):
        demo.reset(tmp_path)
    assert tmp_path.exists()


def test_the_ready_words_name_address_people_data_and_log(
    settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    words = demo.ready_words(
        PLAN, [SignIn("a@demo.example", "pass", "owner"), SignIn("bob@demo.example", "word", "x")]
    )
    assert "Greenlight is ready at http://127.0.0.1:8123/" in words
    assert "    a@demo.example    pass  owner\n    bob@demo.example  word  x\n" in words
    assert str(tmp_path / "greenlight.log") in words
    assert "http://127.0.0.1:9912; nothing is paid" in words


def test_static_files_are_collected_again_only_after_a_change(
    settings: Settings, tmp_path: Path
) -> None:
    source = tmp_path / "sources" / "page.css"
    source.parent.mkdir()
    source.write_text("a {}")
    settings.VAR_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source.parent]
    collected = settings.STATIC_ROOT / "page.css"
    installation.collect_static()
    assert collected.read_text() == "a {}"
    collected.unlink()
    installation.collect_static()
    assert not collected.exists()
    source.write_text("a { color: red }")
    installation.collect_static()
    assert collected.read_text() == "a { color: red }"


@pytest.mark.parametrize(
    ("host", "asked"),
    [("", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("192.0.2.7", "192.0.2.7")],
)
def test_the_web_process_is_asked_where_it_listens(
    monkeypatch: pytest.MonkeyPatch, host: str, asked: str
) -> None:
    monkeypatch.setenv("HOST", host)
    assert installation.bound_host() == asked


def test_web_falling_ends_everything_and_the_others_come_back(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["storyboards.example"]
    assert installation.web(8123).vital
    assert not installation.worker().vital
    state = Path("state")
    simulator = installation.simulator(9912, state=state, seconds_per_task=0.5)
    assert simulator.command[-6:] == [
        "--port",
        "9912",
        "--state",
        "state",
        "--seconds-per-task",
        "0.5",
    ]
    assert not simulator.vital
