"""Signing in works, and is limited, whether or not the cache that processes share is there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.test import Client
from pytest_django import Settings

from kling_web.shared_cache import Cache
from storyboard.models import User
from tests import builders
from tests.services.process import silent_port
from tests.services.redis import Redis

WRONG = "not her password"


def use(settings: Settings, port: int) -> None:
    """From here on the product's cache is the one at this port."""
    address = f"redis://127.0.0.1:{port}/1"
    settings.CACHES = {"default": {"BACKEND": "kling_web.shared_cache.Cache", "LOCATION": address}}
    assert isinstance(caches["default"], Cache)


@pytest.fixture
def redis_of_its_own(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path / "redis").start()
    yield server
    server.stop()


def sign_in(person: User, password: str) -> int:
    return int(
        Client().post("/accounts/login/", {"login": person.email, "password": password}).status_code
    )


def test_people_sign_in_and_guessing_is_limited_without_redis(
    settings: Settings, alice: User
) -> None:
    use(settings, port=1)
    cache.clear()
    assert sign_in(alice, builders.PASSWORD) == 302
    for _guess in range(12):
        sign_in(alice, WRONG)
    assert sign_in(alice, builders.PASSWORD) != 302, "too many guesses: not even the right one"


def test_one_that_never_answers_costs_one_second_in_ten(settings: Settings, alice: User) -> None:
    with silent_port() as port:
        use(settings, port)
        began = time.monotonic()
        cache.clear()
        assert sign_in(alice, builders.PASSWORD) == 302
    assert time.monotonic() - began < 3


@pytest.mark.services
def test_what_was_counted_without_it_is_forgotten_and_it_is_asked_again(
    settings: Settings, redis_of_its_own: Redis
) -> None:
    use(settings, redis_of_its_own.port)
    cache.set("guesses", 3)
    redis_of_its_own.stop()
    assert cache.get("guesses") is None
    cache.set("guesses", 1)
    assert cache.get("guesses") == 1
    redis_of_its_own.start()
    assert cache.get("guesses") == 1, "let alone for a while"
    shared = caches["default"]
    assert isinstance(shared, Cache)
    shared.rest_until = 0.0
    assert cache.get("guesses") is None
    assert cache.add("guesses", 5)
    assert cache.incr("guesses") == 6
    assert cache.get_many(["guesses"]) == {"guesses": 6}
