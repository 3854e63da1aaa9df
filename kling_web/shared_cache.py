"""What web processes share in Redis, and what stands in for it while it does not answer.

Limits on signing in are counted there. Without it each process counts by itself, as it does where
CACHE_URL is not set: people still sign in, and nobody guesses without a limit.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

# Seconds one question may take, and for which it is let alone after one that failed.
SECONDS = 1.0
REST = 10.0


def _or_own(name: str) -> Callable[..., Any]:
    """The method of Redis, or while that does not answer the one of the process's own memory."""

    def ask(cache: Cache, *args: Any, **options: Any) -> Any:
        if time.monotonic() >= cache.rest_until:
            try:
                return getattr(RedisCache, name)(cache, *args, **options)
            except (RedisError, OSError) as refused:
                cache.rest_until = time.monotonic() + REST
                log.warning("The shared cache does not answer (%s).", type(refused).__name__)
        return getattr(cache.own, name)(*args, **options)

    return ask


class Cache(RedisCache):
    """Redis behind CACHE_URL; never raises for its absence and waits for it once in a while."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {
            "socket_timeout": SECONDS,
            "socket_connect_timeout": SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        options = {**patience, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self.own = LocMemCache("while the shared one is away", params)
        self.rest_until = 0.0

    add = _or_own("add")
    get = _or_own("get")
    set = _or_own("set")
    touch = _or_own("touch")
    delete = _or_own("delete")
    get_many = _or_own("get_many")
    has_key = _or_own("has_key")
    incr = _or_own("incr")
    set_many = _or_own("set_many")
    delete_many = _or_own("delete_many")
    clear = _or_own("clear")
