"""The papers say what the code does: settings, make targets, links."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
# Read by the servers and commands themselves, before or beside the settings.
READ_ELSEWHERE = {"HOST", "PORT", "WEB_PROCESSES"}
PAPERS = [
    *REPOSITORY.glob("*.md"),
    *(REPOSITORY / "docs").rglob("*.md"),
]


def test_every_setting_stands_in_the_readme_and_the_other_way_round() -> None:
    assert names_in_readme() == names_in_settings() | READ_ELSEWHERE


def test_every_setting_stands_in_the_environment_template() -> None:
    template = (REPOSITORY / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z][A-Z0-9_]*)=", template, re.MULTILINE)) == names_in_readme()


def test_every_make_target_is_in_make_help() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    command = ["make", "--no-print-directory", "help"]
    shown = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^  make (\S+) +(.+)$", shown.stdout, re.MULTILINE))
    assert set(listed) == targets
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_to_files_lead_somewhere(paper: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", paper.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (paper.parent / link).exists()] == []


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_make_targets_named_in_words_exist(paper: Path) -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.MULTILINE))
    text = paper.read_text(encoding="utf-8")
    named = re.findall(r"(?:`|^    )(?:[A-Z]+=\S+ )?make ([a-z-]+)", text, re.MULTILINE)
    assert set(named) <= targets


def test_decisions_are_numbered_without_gaps_and_say_three_things() -> None:
    decisions = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]
    for path in decisions:
        parts = re.findall(r"^\*\*(\w+)\.\*\*", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert parts == ["Context", "Decision", "Price"], path.name


def names_in_readme() -> set[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Settings")[2].partition("## ")[0]
    return set(re.findall(r"^\| `([A-Z][A-Z0-9_]*)` \|", section, re.MULTILINE))


def names_in_settings() -> set[str]:
    """First arguments of env("NAME") and env.<type>("NAME", …)."""
    tree = ast.parse((REPOSITORY / "kling_web" / "settings.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        name = node.args[0]
        if isinstance(called, ast.Name) and called.id == "env" and isinstance(name, ast.Constant):
            found.add(str(name.value))
    return found
