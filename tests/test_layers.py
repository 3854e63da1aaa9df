"""Who may import whom: the table of docs/architecture.md, kept as data and walked with ast."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PACKAGE = "storyboard"
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals")
# A name given as text would hide an import from this test.
HIDDEN_IMPORTS = ("import_module", "import_string", "__import__")
# What in kling/ talks over the network, or stands in for Kling.
WIRE = (
    "kling.client",
    "kling.client_library",
    "kling.connection",
    "kling.transport",
    "kling.downloads",
    "kling.simulator",
)


@dataclass(frozen=True)
class Layer:
    """`ours`: our modules it may import besides itself; `never`: refused all the same."""

    ours: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


FREE_OF_DJANGO = ("django", "celery")
RULES = ("kling", "media")
LAYERS: dict[str, Layer] = {
    "kling.simulator": Layer(("media",), (*FREE_OF_DJANGO, "httpx")),
    "kling": Layer((), (*FREE_OF_DJANGO, "kling.simulator")),
    "media": Layer((), FREE_OF_DJANGO),
    "exports": Layer((), FREE_OF_DJANGO),
    "models": Layer(RULES, (*WIRE, "httpx", "celery")),
    "access": Layer(("models",), ("httpx", "celery")),
    "live": Layer(("models",), ("httpx", "celery")),
    "forms": Layer(("models", "access", *RULES), (*WIRE, "httpx", "celery")),
    "views": Layer(
        ("forms", "models", "access", "live", "tasks", "exports", *RULES),
        (*WIRE, "httpx", "celery"),
    ),
    "steps": Layer(("models", *RULES), ("kling.simulator",)),
    "tasks": Layer(("models", "steps"), ("httpx",)),
    "management": Layer(("models", "steps", "tasks", "exports", *RULES), ("httpx",)),
    "admin": Layer(("models",), ("httpx", "celery")),
    "templatetags": Layer(("models", *RULES), (*WIRE, "httpx", "celery")),
    "migrations": Layer(("models",), ("httpx", "celery")),
    "urls": Layer(("views",), ("httpx", "celery")),
    "checks": Layer(("models", *RULES), ("httpx",)),
    "apps": Layer(("checks",), ("httpx", "celery")),
}


def test_every_import_stays_within_its_layer() -> None:
    assert list(complaints(REPOSITORY)) == []


@pytest.mark.parametrize(
    ("path", "code", "complaint"),
    [
        ("views/takes.py", "import httpx", "views/takes.py may not import httpx"),
        (
            "views/takes.py",
            "from storyboard.steps import poll",
            "views/takes.py may not import storyboard.steps.poll",
        ),
        (
            "views/takes.py",
            "from storyboard.kling import client",
            "views/takes.py may not import storyboard.kling.client",
        ),
        (
            "views/takes.py",
            "from ..kling.client import KlingClient",
            "views/takes.py may not import storyboard.kling.client.KlingClient",
        ),
        ("kling/brief.py", "import django.db", "kling/brief.py may not import django.db"),
        (
            "kling/brief.py",
            "from storyboard.media import films",
            "kling/brief.py may not import storyboard.media.films",
        ),
        (
            "kling/client.py",
            "from storyboard.kling.simulator import judge",
            "kling/client.py may not import storyboard.kling.simulator.judge",
        ),
        (
            "kling/simulator/judge.py",
            "from storyboard.kling.brief import Brief",
            "kling/simulator/judge.py may not import storyboard.kling.brief.Brief",
        ),
        (
            "models/reviews.py",
            "if TYPE_CHECKING:\n    from storyboard.views import takes",
            "models/reviews.py may not import storyboard.views.takes",
        ),
        ("access.py", "from celery import app", "access.py may not import celery.app"),
        (
            "models/reviews.py",
            "def approve():\n    import json",
            "models/reviews.py imports json inside the function approve",
        ),
        (
            "models/reviews.py",
            "class Review:\n    async def ask(self):\n        from os import path",
            "models/reviews.py imports os.path inside the function ask",
        ),
        (
            "models/reviews.py",
            "import importlib\nimportlib.import_module('x')",
            "models/reviews.py imports by name with import_module",
        ),
        (
            "models/reviews.py",
            "from django.db.models.signals import post_save",
            "models/reviews.py uses the signal module django.db.models.signals.post_save",
        ),
        (
            "helpers.py",
            "x = 1",
            "helpers.py stands in no layer; add a row to LAYERS in tests/test_layers.py",
        ),
    ],
)
def test_a_planted_violation_is_seen(tmp_path: Path, path: str, code: str, complaint: str) -> None:
    plant(tmp_path, path, code)
    assert list(complaints(tmp_path)) == [complaint]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("views/takes.py", "from storyboard.models import Take\nimport json"),
        ("views/takes.py", "from storyboard.views.shell import shell"),
        ("kling/client.py", "import httpx\nfrom storyboard.kling.errors import KlingError"),
        ("kling/simulator/films.py", "from storyboard.media.render import render_film"),
        ("management/commands/simulate_kling.py", "from storyboard.kling.simulator import main"),
        ("tasks.py", "from celery import shared_task\nfrom storyboard.steps import submit"),
    ],
)
def test_what_is_allowed_raises_no_complaint(tmp_path: Path, path: str, code: str) -> None:
    plant(tmp_path, path, code)
    assert list(complaints(tmp_path)) == []


def plant(root: Path, path: str, code: str) -> None:
    target = root / PACKAGE / path
    target.parent.mkdir(parents=True)
    target.write_text(code)


def complaints(root: Path) -> Iterator[str]:
    """One sentence for each breach, in the order of paths and lines."""
    package = root / PACKAGE
    for path in sorted(package.rglob("*.py")):
        shown = path.relative_to(package).as_posix()
        module = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        name = layer_of(module)
        if name is None and module != PACKAGE:
            yield f"{shown} stands in no layer; add a row to LAYERS in tests/test_layers.py"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        is_package = path.name == "__init__.py"
        yield from complaints_of_tree(tree, shown, module, name, is_package=is_package)


def complaints_of_tree(
    tree: ast.Module, shown: str, module: str, name: str | None, *, is_package: bool
) -> Iterator[str]:
    for node, function in walk(tree):
        if isinstance(node, ast.Call) and called_name(node) in HIDDEN_IMPORTS:
            yield f"{shown} imports by name with {called_name(node)}"
        for target in imported(node, module, is_package=is_package):
            if function:
                yield f"{shown} imports {target} inside the function {function}"
            elif starts_with(target, SIGNALS):
                yield f"{shown} uses the signal module {target}"
            elif not may_import(name, target):
                yield f"{shown} may not import {target}"


def walk(node: ast.AST, function: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Each node with the name of the innermost function it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = function
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = child.name
        yield child, function
        yield from walk(child, inner)


def imported(node: ast.AST, module: str, *, is_package: bool) -> Iterator[str]:
    """Dotted names, relative ones made whole: `from ..kling import client` in a view names
    storyboard.kling.client."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            parts = module.split(".")
            up = node.level - 1 if is_package else node.level
            base = ".".join(filter(None, [*parts[: len(parts) - up], base]))
        yield from (f"{base}.{alias.name}" for alias in node.names)


def may_import(name: str | None, target: str) -> bool:
    if name is None:
        return not starts_with(target, (PACKAGE,))
    layer = LAYERS[name]
    ours = target.removeprefix(f"{PACKAGE}.") if starts_with(target, (PACKAGE,)) else None
    if starts_with(ours or target, layer.never) and layer_of(target) != name:
        return False
    return ours is None or starts_with(ours, (name, *layer.ours))


def layer_of(module: str) -> str | None:
    """The longest row of the table that holds the module."""
    inside = module.removeprefix(f"{PACKAGE}.")
    rows = [name for name in LAYERS if starts_with(inside, (name,))]
    return max(rows, key=len, default=None)


def starts_with(target: str, prefixes: tuple[str, ...]) -> bool:
    return any(target == prefix or target.startswith(f"{prefix}.") for prefix in prefixes)


def called_name(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
