"""documents.toml: every statement has its tests, and every limit is seen by the test it names.

Each limit is shifted by one and alone, the product's as well as the simulator's; a test named for
it that still passes does not depend on it.
"""

import importlib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from storyboard.kling import profiles
from storyboard.kling.simulator import dialects
from storyboard.kling.simulator.refusal import Refusal

ROOT = Path(__file__).resolve().parents[2]
STATEMENTS = tomllib.loads((Path(__file__).parent / "documents.toml").read_text())["statement"]
DOCUMENTS = ("000", "001", "002", "003", "004")
FOLDER = "tests/kling/documents"
LIMITS = sorted(
    {
        (limit, tuple(statement["tests"]))
        for statement in STATEMENTS
        for limit in statement.get("limits", ())
    }
)
# What a shifted limit leads to: a bound that is missed, an answer that is a refusal, an empty list.
FAILURES = (AssertionError, pytest.fail.Exception, Refusal, LookupError, ValueError)


def test_every_document_has_its_statements() -> None:
    assert {statement["document"] for statement in STATEMENTS} == set(DOCUMENTS)
    assert all(statement["says"].endswith(".") and statement["tests"] for statement in STATEMENTS)
    told = [(statement["document"], statement["says"]) for statement in STATEMENTS]
    assert len(told) == len(set(told))


def test_every_test_named_exists_and_takes_nothing() -> None:
    named = {name for statement in STATEMENTS for name in statement["tests"]}
    for name in named:
        assert function(name).__code__.co_argcount == 0, name


def test_every_test_of_the_folder_proves_a_statement() -> None:
    named = {name for statement in STATEMENTS for name in statement["tests"]}
    there = {
        f"{FOLDER}/{path.name}::{name}"
        for path in (ROOT / FOLDER).glob("test_*.py")
        for name in vars(module(path.stem))
        if name.startswith("test_")
    }
    assert there == named


@pytest.mark.parametrize(("limit", "tests"), LIMITS, ids=[limit for limit, _tests in LIMITS])
def test_a_limit_shifted_by_one_is_noticed(
    limit: str, tests: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, path = held(limit)
    shifts = list(shifted(value_at(owner, path)))
    assert shifts, f"{limit} cannot be shifted"
    for value in shifts:
        with monkeypatch.context() as patch:
            put(patch, limit, owner, path, value)
            unnoticed = [name for name in tests if not fails(function(name))]
        assert len(unnoticed) < len(tests), f"{limit} = {value!r} is noticed by none of {tests}"


def held(limit: str) -> tuple[Any, list[str]]:
    """Who holds a limit, and the way to it: a module, a profile or a dialect."""
    kind, _, rest = limit.partition(" ")
    if not rest:
        name, _, constant = limit.partition(":")
        return importlib.import_module(name), [constant]
    name, _, path = rest.partition(" ")
    tables = {"profile": profiles.PROFILES, "dialect": dialects.DIALECTS}
    return tables[kind][name], path.split(".")


def put(patch: pytest.MonkeyPatch, limit: str, owner: Any, path: list[str], value: object) -> None:
    """Set the limit until the patch ends."""
    kind, _, rest = limit.partition(" ")
    name = rest.partition(" ")[0]
    if not rest:
        patch.setattr(owner, path[0], value)
    elif kind == "dialect":
        patch.setitem(dialects.DIALECTS, name, changed(owner, path, value))
    else:
        changed_profile = changed(owner, path, value)
        every = MappingProxyType({**profiles.PROFILES, name: changed_profile})
        patch.setattr(profiles, "PROFILES", every)
        patch.setattr(profiles, name.upper(), changed_profile)


def value_at(owner: Any, path: list[str]) -> Any:
    """What stands at the end of the way."""
    for name in path:
        owner = owner[name] if isinstance(owner, Mapping) else getattr(owner, name)
    return owner


def changed(owner: Any, path: list[str], value: object) -> Any:
    """A copy of the owner in which the value at the end of the way is another."""
    name, *rest = path
    inner = changed(value_at(owner, [name]), rest, value) if rest else value
    if isinstance(owner, Mapping):
        return MappingProxyType({**owner, name: inner})
    assert is_dataclass(owner)
    assert not isinstance(owner, type)
    return replace(owner, **{name: inner})


def shifted(value: Any) -> Iterator[Any]:
    """The value one step to each side; a list less each of its entries, numbers also one more."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        step = 1 if isinstance(value, int) else 0.01
        yield from (value - step, value + step)
    elif isinstance(value, str):
        yield f"{value}-"
    elif isinstance(value, Mapping):
        for name in value:
            yield {other: entry for other, entry in value.items() if other != name}
    else:
        for entry in value:
            yield type(value)(other for other in value if other != entry)
        yield from extended(value)


def extended(value: Any) -> Iterator[Any]:
    """A list of whole numbers, or of their digits, with one more at each end.

    One that holds a single number gets its double: its neighbours may be refused for what they
    are.
    """
    kind = type(next(iter(value)))
    if not isinstance(value, tuple) or not all(str(entry).isdigit() for entry in value):
        return
    numbers = [int(entry) for entry in value]
    if len(numbers) == 1:
        yield (*value, kind(numbers[0] * 2))
        return
    yield (kind(min(numbers) - 1), *value)
    yield (*value, kind(max(numbers) + 1))


def fails(test: Callable[[], None]) -> bool:
    """Whether the test fails."""
    try:
        test()
    except FAILURES:
        return True
    return False


def function(name: str) -> Any:
    """The test of a name `folder/file.py::function`."""
    file, _, of = name.partition("::")
    path = Path(file)
    assert path.parent == Path(FOLDER), name
    return getattr(module(path.stem), of)


def module(stem: str) -> Any:
    """A module of the folder."""
    return importlib.import_module(f"tests.kling.documents.{stem}")
