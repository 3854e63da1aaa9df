"""docs/capabilities.md and the support table of README.md are those of the data."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from storyboard.kling.capabilities import CELLS, FEATURES, MODELS
from storyboard.kling.pricing import RATES
from storyboard.kling.profiles import PROFILES
from storyboard.management.capability_pages import (
    COMMAND,
    TITLES,
    page,
    support_table,
    with_support_table,
)

REPOSITORY = Path(__file__).resolve().parent.parent.parent
STALE = f"is not what the capability map says. Run: {COMMAND}"


def test_the_page_is_current() -> None:
    written = (REPOSITORY / "docs" / "capabilities.md").read_text("utf-8")
    assert written == page(), f"docs/capabilities.md {STALE}"


def test_the_support_table_of_the_readme_is_current() -> None:
    readme = (REPOSITORY / "README.md").read_text("utf-8")
    assert readme == with_support_table(readme), f"The support table of README.md {STALE}"


def test_the_command_writes_both(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "docs").mkdir()
    readme = tmp_path / "README.md"
    shutil.copy(REPOSITORY / "README.md", readme)
    readme.write_text(readme.read_text("utf-8").replace("| Sound |", "| Noise |"), "utf-8")
    settings.BASE_DIR = tmp_path
    call_command("write_capabilities")
    assert readme.read_text("utf-8") == (REPOSITORY / "README.md").read_text("utf-8")
    assert (tmp_path / "docs" / "capabilities.md").read_text("utf-8") == page()


def test_a_readme_without_the_markers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"README\.md needs the lines"):
        with_support_table("# Greenlight")


def test_the_page_holds_every_model_feature_reason_source_and_price() -> None:
    text = page()
    for model in MODELS.values():
        section = text.partition(f"## {model.name}\n")[2].partition("\n## ")[0]
        assert all(f"| {TITLES[feature]} |" in section for feature in FEATURES)
        assert (model.retired in section) if model.retired else "Retired" not in section
    for cell in CELLS.values():
        assert f"{cell.source}, {cell.date}" in text
        assert cell.why in text
    for model_name, mode, audio in RATES:
        assert f"| {model_name} | {mode} | {audio} |" in text


def test_the_support_table_says_for_each_cell_what_the_map_says() -> None:
    heads, _rule, *lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in support_table().split("\n")
    ]
    rows = {line[0]: dict(zip(heads[1:], line[1:], strict=True)) for line in lines}
    assert set(heads[1:]) == {name.removeprefix("kling-") for name in MODELS}
    for (model, _mode, feature, _endpoint), cell in CELLS.items():
        said = rows[TITLES[feature]][model.removeprefix("kling-")]
        assert not (cell.ok and said == "–")
    for name, feature in ((name, feature) for name in MODELS for feature in FEATURES):
        any_yes = any(
            cell.ok for place, cell in CELLS.items() if (place[0], place[2]) == (name, feature)
        )
        assert (rows[TITLES[feature]][name.removeprefix("kling-")] != "–") == any_yes
    assert rows["Sound"]["v2-6"] == "pro"
    assert rows["Voices"]["v2-6"] == "pro from picture"
    assert rows["Elements"]["v3"] == "from picture"
    assert rows["Camera control"]["v1"] == "std from text"
    for profile in PROFILES.values():
        on = rows[f"On `{profile.name}`"]
        assert {f"kling-{name}" for name, words in on.items() if words != "–"} == set(
            profile.models
        )
    assert rows["On `gateway004`"]["v1"] == "picture"
