"""compose.yaml and the Dockerfile, compared with what the tests start; no engine is asked."""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from storyboard.kling.simulator import cli
from storyboard.management import installation
from tests.journeys.stack import GUNICORN, SERVE, WORKER
from tests.services.nginx import TEMPLATE
from tests.test_docs import names_in_readme

ROOT = Path(__file__).resolve().parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"] == "greenlight"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
# What the official images themselves read.
POSTGRES = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}
NGINX_IMAGE = {"NGINX_ENVSUBST_OUTPUT_DIR"}
SECRETS = ("SECRET_KEY", "CREDENTIAL_KEYS", "POSTGRES_PASSWORD")


def test_the_services_are_these() -> None:
    assert set(OURS) == {"web", "live", "worker", "migrate", "simulator"}
    assert set(SERVICES) == {*OURS, "nginx", "postgres", "redis"}


def normal(command: tuple[str, ...] | list[str]) -> list[str]:
    """A command without what differs from machine to machine: interpreter, node name, numbers."""
    words = [word for word in command if word != "python"]
    words = words[1:] if words[0] == "-m" else words
    if "-n" in words:
        place = words.index("-n")
        words = words[:place] + words[place + 2 :]
    return words


@pytest.mark.parametrize(
    ("service", "started_by_tests"),
    [("web", GUNICORN), ("live", SERVE), ("worker", WORKER)],
)
def test_a_command_is_the_one_the_service_tests_start(
    service: str, started_by_tests: tuple[str, ...]
) -> None:
    assert normal(SERVICES[service]["command"]) == normal(started_by_tests)


def test_the_live_command_is_the_one_of_make_demo() -> None:
    child = normal(list(installation.web(8000).command[1:]))
    assert child[: child.index("--port")] == normal(SERVICES["live"]["command"])


def test_the_worker_has_the_flags_of_make_demo() -> None:
    """All but how many threads, and how much it says."""
    child = list(installation.worker().command)
    flags = child[child.index("-P") : child.index("-n")]
    flags[flags.index("--concurrency") + 1] = "4"
    command = SERVICES["worker"]["command"]
    assert command[command.index("-P") :] == flags


def test_the_simulator_has_the_flags_it_is_started_with() -> None:
    command = SERVICES["simulator"]["command"]
    assert command[:3] == ["python", "manage.py", "simulate_kling"]
    parser = argparse.ArgumentParser(exit_on_error=False)
    cli.add_arguments(parser)
    flags = parser.parse_args(command[3:])
    assert str(flags.state).startswith("/data/")
    check = SERVICES["simulator"]["healthcheck"]["test"]
    assert f"PORT={flags.port}" in check


def test_management_commands_exist() -> None:
    named = {
        service["command"][2] for service in OURS.values() if "manage.py" in service["command"]
    }
    named |= {
        service["healthcheck"]["test"][3]
        for service in OURS.values()
        if "manage.py" in service["healthcheck"].get("test", ())
    }
    own = {path.stem for path in (ROOT / "storyboard/management/commands").glob("*.py")}
    assert named == {"migrate", "simulate_kling", "check_worker"}
    assert named - {"migrate"} <= own


def test_the_image_starts_the_web_by_itself() -> None:
    assert json.loads(directive("CMD")) == SERVICES["web"]["command"]


# Variables


def interpolated() -> set[str]:
    """Names in ${…} anywhere in the file."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"(?<!\$)\$\{([A-Z][A-Z0-9_]*)", text))


def names_of_compose() -> set[str]:
    """The table of variables that compose.yaml alone reads."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Shapes")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", section, re.MULTILINE))


def test_every_variable_asked_for_stands_in_a_table_of_the_readme() -> None:
    assert interpolated() <= names_in_readme() | names_of_compose()


def test_the_table_of_compose_alone_names_nothing_else() -> None:
    assert names_of_compose() == interpolated() - names_in_readme()


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_are_given_settings_we_have(name: str) -> None:
    assert set(OURS[name]["environment"]) <= names_in_readme()


def test_the_other_images_are_given_what_they_read() -> None:
    assert set(SERVICES["postgres"]["environment"]) == POSTGRES
    template = set(re.findall(r"\$\{([A-Z_]+)\}", TEMPLATE.read_text(encoding="utf-8")))
    assert set(SERVICES["nginx"]["environment"]) == template | NGINX_IMAGE
    assert "environment" not in SERVICES["redis"]


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_secret_is_written_into_the_file(name: str) -> None:
    environment = SERVICES[name].get("environment", {})
    for secret in SECRETS:
        value = environment.get(secret, f"${{{secret}:?")
        assert value.startswith(f"${{{secret}:?"), "required, and without a default"
    password = re.search(r"//[^:]+:([^@]+)@", environment.get("DATABASE_URL", ""))
    assert password is None or password[1].startswith("${POSTGRES_PASSWORD:?")


def test_https_is_the_rule_and_nginx_is_the_proxy_that_is_trusted() -> None:
    assert SERVICES["web"]["environment"]["HTTPS"] == SERVICES["nginx"]["environment"]["HTTPS"]
    assert SERVICES["web"]["environment"]["HTTPS"] == "${HTTPS:-true}"
    assert SERVICES["web"]["environment"]["TRUST_PROXY"] == "true"


# Health, order, doors


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_says_whether_it_is_well_or_ends(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    if SERVICES[name].get("restart") == "no":
        assert check == {"disable": True}
    else:
        assert check["test"][0] == "CMD"


def test_ours_begin_when_the_database_is_migrated() -> None:
    for name in ("web", "live", "worker"):
        needs = OURS[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["postgres"]["condition"] == needs["redis"]["condition"] == "service_healthy"
    assert OURS["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_nginx_alone_is_to_be_reached_and_by_this_machine_unless_told_otherwise() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SERVICES["nginx"]["ports"] == ["${HTTP_PORT:-127.0.0.1:8080}:8080"]
    assert SERVICES["nginx"]["environment"]["LISTEN"] == "8080"


def test_nginx_asks_the_ports_ours_listen_on_and_reads_the_films_they_write() -> None:
    port = re.search(r"PORT=(\d+)", DOCKERFILE)
    assert port
    told = SERVICES["nginx"]["environment"]
    assert told["WEB_UPSTREAM"].startswith(f"server web:{port[1]} ")
    assert told["LIVE_UPSTREAM"].startswith(f"server live:{port[1]} ")
    assert "media:/data/media" in SERVICES["worker"]["volumes"]
    assert f"media:{told['MEDIA_ROOT']}:ro" in SERVICES["nginx"]["volumes"]
    template = f"./{TEMPLATE.relative_to(ROOT)}:/etc/nginx/templates/nginx.conf.template:ro"
    assert template in SERVICES["nginx"]["volumes"]
    # The keys lie beside the media, and nginx has no business with them.
    assert not [volume for volume in SERVICES["nginx"]["volumes"] if volume.startswith("data:")]


def test_the_simulator_shares_the_worker_s_loopback_and_starts_only_when_asked_for() -> None:
    simulator = SERVICES["simulator"]
    assert simulator["profiles"] == ["simulator"]
    assert simulator["network_mode"] == "service:worker"
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["simulator"]


@pytest.mark.parametrize("name", sorted({*OURS, "nginx", "redis"}))
def test_what_needs_no_rights_has_none(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", sorted({*OURS, "nginx"}))
def test_everything_of_ours_stops_within_five_seconds(name: str) -> None:
    assert SERVICES[name]["stop_grace_period"] == "5s"


# The image


def directive(name: str) -> str:
    """The last one of this name, continued lines joined."""
    text = DOCKERFILE.replace("\\\n", " ")
    found = re.findall(rf"^{name} +(.+)$", text, re.MULTILINE)
    assert found, name
    return str(found[-1])


def test_the_image_runs_as_nobody_special_and_nginx_as_the_same() -> None:
    assert directive("USER") == "10001:10001" == SERVICES["nginx"]["user"]


def test_the_image_ends_on_term_and_is_asked_whether_it_is_well() -> None:
    assert directive("STOPSIGNAL") == "SIGTERM"
    check = re.search(r"CMD (\[.+\])", directive("HEALTHCHECK"))
    assert check
    assert json.loads(check[1]) == ["python", "-m", "storyboard.management.healthy"]
    assert SERVICES["web"]["healthcheck"]["test"] == ["CMD", *json.loads(check[1])]


def test_the_image_installs_what_the_lock_says_and_carries_no_tools_for_it() -> None:
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    assert [name for _image, name in stages] == ["builder", ""]
    assert "--require-hashes -r /requirements.txt" in DOCKERFILE
    runtime = DOCKERFILE.partition("FROM ")[2].partition("FROM ")[2]
    assert "pip install" not in runtime
    assert "COPY . ." not in runtime


def test_the_image_holds_every_folder_the_product_reads() -> None:
    copied = set(re.findall(r"^COPY (\w[\w.]*) ", DOCKERFILE, re.MULTILINE))
    assert copied == {
        "requirements.txt",
        "manage.py",
        "templates",
        "static",
        "kling_web",
        "storyboard",
    }
