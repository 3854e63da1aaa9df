"""Installations of the tests' own: one web process each, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.installation import Installation
from tests.services.shared import TEMPLATE, postgres

__all__ = ["postgres"]


@pytest.fixture(
    scope="module",
    params=[
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.services, pytest.mark.by_hand]),
    ],
)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A team of twenty with a project, and a second process that changes it; no web yet."""
    environment = {}
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        environment["DATABASE_URL"] = server.make_database("live", like=TEMPLATE)
    one = Installation(tmp_path_factory.mktemp(request.param), environment)
    try:
        one.prepare()
        yield one
    finally:
        one.end()


@pytest.fixture
def web(installed: Installation) -> Iterator[Installation]:
    """The same with its web process, fresh for each test."""
    installed.start()
    try:
        yield installed
    finally:
        installed.kill()
