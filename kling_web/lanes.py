"""Four threads for all streams.

Django keeps a thread for each answer until its last byte, and with the thread a database handle:
two hundred open pages would be two hundred of each (docs/decisions/0008). Under /live/ the
synchronous parts of an answer, sign-in and rights, take turns on four threads instead.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

from asgiref.sync import ThreadSensitiveContext

from kling_web.limits import Application, Receive, Scope, Send

LIVE = "/live/"
LANES = 4


def in_lanes(app: Application) -> Application:
    """The same application; answers under /live/ share LANES threads."""
    lanes = cycle(
        [ThreadPoolExecutor(1, thread_name_prefix=f"live-lane-{n}") for n in range(LANES)]
    )

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get("path", "").startswith(LIVE):
            await app(scope, receive, send)
            return
        async with ThreadSensitiveContext(executor=next(lanes)):
            await app(scope, receive, send)

    return door
