"""bin/setup on machines that lack something; nothing is installed here."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """bin/setup as a module, working on a folder with two small locks of its own."""
    monkeypatch.syspath_prepend(str(REPOSITORY / "bin"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = importlib.machinery.SourceFileLoader("setup_of_ours", str(REPOSITORY / "bin/setup"))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    module.ROOT = tmp_path  # type: ignore[attr-defined]
    module.VENV = tmp_path / ".venv"  # type: ignore[attr-defined]
    (tmp_path / "requirements.txt").write_text("amqp==5.4.2 \\\n    --hash=sha256:00\nidna==3.20\n")
    (tmp_path / "requirements-dev.txt").write_text("idna==3.20\nmypy==2.4.1\n")
    return module


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A PATH on which apt-get notes what it was asked for and installs nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    asked = tmp_path / "asked"
    tool = folder / "apt-get"
    tool.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return asked


def test_without_venv_it_says_the_apt_line(
    setup: ModuleType,
    apt: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(setup, "has_venv_module", lambda: False)
    with pytest.raises(SystemExit, match="1"):
        setup.main([])
    assert "apt-get install python3-venv" in capsys.readouterr().err
    assert not apt.exists()


def test_without_venv_root_in_ci_installs_it(
    setup: ModuleType, apt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(setup, "is_root", lambda: True)
    monkeypatch.setattr(setup, "has_venv_module", apt.exists)
    setup.require_venv_module()
    assert apt.read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends python3-venv",
    ]


def test_a_missing_browser_fails_in_ci(
    setup: ModuleType,
    apt: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(setup, "is_root", lambda: True)
    with pytest.raises(SystemExit, match="1"):
        setup.find_browser()
    assert "chromium" in apt.read_text()
    assert "Chromium is missing and could not be installed" in capsys.readouterr().err


def test_a_missing_browser_is_named_on_a_machine_of_ones_own(
    setup: ModuleType,
    apt: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(setup, "is_root", lambda: False)
    setup.find_browser()
    assert "sudo apt-get install chromium" in capsys.readouterr().out
    assert not apt.exists()


@pytest.fixture
def servers(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has nginx and never gets the others."""
    missing = ["postgresql", "redis-server"]
    monkeypatch.setattr(setup, "missing_servers", lambda _wanted: missing)


@pytest.mark.usefixtures("servers")
def test_missing_servers_are_installed_by_root_and_their_absence_fails_in_ci(
    setup: ModuleType,
    apt: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setattr(setup, "is_root", lambda: True)
    with pytest.raises(SystemExit, match="1"):
        setup.find_servers(setup.FOR_TESTS)
    assert apt.read_text().splitlines() == [
        "update -qq",
        "install -y -qq --no-install-recommends postgresql redis-server",
    ]
    assert "postgresql redis-server could not be installed" in capsys.readouterr().err


@pytest.mark.usefixtures("servers")
def test_missing_servers_are_named_on_a_machine_of_ones_own(
    setup: ModuleType,
    apt: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", "")
    monkeypatch.setattr(setup, "is_root", lambda: False)
    setup.find_servers(setup.FOR_TESTS)
    assert "sudo apt-get install postgresql redis-server" in capsys.readouterr().out
    assert not apt.exists()


def test_no_service_is_started_by_installing_its_program(
    setup: ModuleType, apt: Path, tmp_path: Path
) -> None:
    tool = tmp_path / "bin" / "apt-get"
    tool.write_text(f'#!/bin/sh\necho "$RUNLEVEL $*" >> {apt}\n')
    setup.apt_install("nginx")
    assert apt.read_text().splitlines()[1] == "1 install -y -qq --no-install-recommends nginx"


def test_a_program_outside_path_is_found_and_a_missing_one_is_named(
    setup: ModuleType, apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    servers = sys.modules["servers"]
    cluster = tmp_path / "postgresql" / "15" / "bin"
    cluster.mkdir(parents=True)
    monkeypatch.setattr(servers, "ELSEWHERE", (str(tmp_path / "postgresql" / "*" / "bin"),))
    assert servers.missing_servers() == ["postgresql", "redis-server", "nginx"]
    for program in (cluster / "postgres", tmp_path / "bin" / "nginx"):
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    assert servers.missing_servers() == ["redis-server"]


def test_an_older_python_is_refused_in_words(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup, "OLDEST", (9, 0))
    with pytest.raises(SystemExit, match="1"):
        setup.main([])
    assert "needs 3.11 or newer" in capsys.readouterr().err


def test_a_changed_lock_is_installed_again(setup: ModuleType) -> None:
    setup.VENV.mkdir()
    assert not setup.is_installed("run")
    setup.stamp("run").write_text(setup.digest("run"))
    assert setup.is_installed("run")
    (setup.ROOT / "requirements.txt").write_text("amqp==5.4.3\n")
    assert not setup.is_installed("run")


def test_a_venv_whose_python_went_away_is_made_again(setup: ModuleType) -> None:
    assert not setup.venv_works()
    setup.venv_python().parent.mkdir(parents=True)
    setup.venv_python().symlink_to("/nowhere/python3")
    assert not setup.venv_works()
    setup.venv_python().unlink()
    setup.venv_python().write_text("#!/bin/sh\nexit 1\n")
    setup.venv_python().chmod(0o755)
    assert not setup.venv_works()


def test_a_failed_install_shows_pip_s_last_words_and_leaves_no_stamp(
    setup: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    setup.venv_python().parent.mkdir(parents=True)
    setup.venv_python().write_text("#!/bin/sh\necho Collecting amqp\necho no such thing\nexit 1\n")
    setup.venv_python().chmod(0o755)
    with pytest.raises(SystemExit, match="1"):
        setup.install(["run"])
    shown = capsys.readouterr()
    assert "Installing 2 packages from requirements.txt" in shown.out
    assert "no such thing" in shown.err
    assert "What was installed is kept" in shown.err
    assert not setup.is_installed("run")


def test_packages_of_both_locks_are_counted_once(setup: ModuleType) -> None:
    assert setup.count_pins(["run", "dev"]) == 3
