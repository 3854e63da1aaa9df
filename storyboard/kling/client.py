"""Asking Kling over HTTP: create a video, fetch a task, list tasks, and what surrounds them.

Paths and envelope: Kling API, image to video (Markdown). One client is one account; it keeps no
state between calls but its token, follows no redirect, uses no proxy and tells its credential to
nobody.
"""

import re
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx

from .auth import Bearer
from .client_library import Elements, Library, Voices
from .connection import Answer, Connection, Trace
from .errors import KlingError, NotFound
from .library import Pack, parse_packs
from .profiles import Auth, Endpoint, Profile
from .reports import Report, UnreadableAnswer, parse_listed, parse_task

__all__ = ["KlingClient", "Trace"]

MOST_PAGES = 1000
MOST_PER_PAGE = 500
_ABSENT = re.compile(r"Task not found by id/external id\s*:?\s*(?P<value>.*)", re.IGNORECASE)


class KlingClient:
    """One account's way to Kling. A context manager.

    `address` is scheme and host. `credential` is an API key sent as Bearer; with `auth` "pair" it
    is `<access key>:<secret key>`, and signs tokens. Each call ends within `total_timeout` seconds,
    from the name server to the last byte of the answer. A given `transport` replaces the network;
    `trace` is told of each event of a call, by httpcore's extension of that name. Raises
    AddressRefused for an address that may not be used, AccountTrouble for a credential that cannot
    be sent.

    `elements` and `voices` are the account's library; their every call, and `costs`, raise
    NotOffered before anything is sent where the dialect has none.
    """

    def __init__(
        self,
        profile: Profile,
        address: str,
        credential: str,
        *,
        auth: Auth = "key",
        transport: httpx.BaseTransport | None = None,
        connect_timeout: float = 5.0,
        total_timeout: float = 60.0,
        allow_private_hosts: Collection[str] = frozenset(),
        trace: Trace | None = None,
    ) -> None:
        self._profile = profile
        self._connection = Connection(
            address,
            Bearer(credential, auth),
            transport=transport,
            connect_timeout=connect_timeout,
            total_timeout=total_timeout,
            allow_private_hosts=allow_private_hosts,
            trace=trace,
        )
        self._library = Library(self._connection, profile)
        self.elements = Elements(self._library)
        self.voices = Voices(self._library)

    def __repr__(self) -> str:
        return f"KlingClient({self._profile.name!r}, {self._connection.base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close a given transport. The client's own connections end with each call."""
        self._connection.close()

    def create_video(self, endpoint: Endpoint, body: Mapping[str, Any]) -> Report:
        """Order a video. This costs money.

        Raises Refused, Busy and AccountTrouble when nothing was made, AlreadyExists when it was
        ordered before, Unclear when it may have been made, AddressRefused when nothing was sent.
        """
        report = _report(self._connection.ask("POST", self._profile.path(endpoint), body=body))
        ours = body.get("external_task_id")
        if ours and report.external_task_id not in (None, ours):
            raise UnreadableAnswer(
                "the answer is about another order", http=200, request_id=report.request_id
            )
        return report

    def fetch_task(self, endpoint: Endpoint, task_id_or_external: str) -> Report:
        """What Kling says about one task, by its task id or our external id.

        Raises NotFound only when Kling says in so many words that it has no such task; any other
        failure is no evidence of absence. An empty id, which would ask for a list, is ValueError.
        """
        if not task_id_or_external:
            raise ValueError("a task is asked for by an id")
        path = f"{self._profile.path(endpoint)}/{quote(task_id_or_external, safe='')}"
        try:
            answer = self._connection.ask("GET", path)
        except KlingError as error:
            if _says_absent(error, task_id_or_external):
                raise NotFound(
                    error.message, http=error.http, code=error.code, request_id=error.request_id
                ) from None
            raise
        report = _report(answer)
        if task_id_or_external not in (report.task_id, report.external_task_id):
            raise UnreadableAnswer(
                "the answer is about another task", http=200, request_id=report.request_id
            )
        return report

    def list_tasks(self, endpoint: Endpoint, page: int = 1, size: int = 30) -> list[Report]:
        """One page of the account's tasks, without videos: `page` 1 to 1000, `size` 1 to 500."""
        if not (1 <= page <= MOST_PAGES and 1 <= size <= MOST_PER_PAGE):
            raise ValueError(f"page is 1 to {MOST_PAGES} and size 1 to {MOST_PER_PAGE}")
        path = f"{self._profile.path(endpoint)}?pageNum={page}&pageSize={size}"
        answer = self._connection.ask("GET", path)
        if not isinstance(answer.data, list):
            raise answer.unreadable("the answer is no list of tasks")
        tasks = (Answer(task, answer.request_id) for task in answer.data)
        return [_report(task, parse_listed) for task in tasks]

    def costs(self, start_ms: int, end_ms: int, *, pack: str = "") -> tuple[Pack, ...]:
        """The account's packs between two moments (Unix milliseconds), by name if one is given.

        Free; Kling asks for at most one such request a second.
        """
        if not 0 <= start_ms < end_ms:
            raise ValueError("the start comes before the end")
        asked: dict[str, object] = {"start_time": start_ms, "end_time": end_ms}
        if pack:
            asked["resource_pack_name"] = pack
        answer = self._library.ask("GET", f"/account/costs?{urlencode(asked)}")
        return parse_packs(answer)


def _report(
    answer: Answer, parse: Callable[[Mapping[str, Any], str], Report] = parse_task
) -> Report:
    if not isinstance(answer.data, Mapping):
        raise answer.unreadable("the answer holds no task")
    try:
        return parse(answer.data, answer.request_id)
    except UnreadableAnswer as error:
        raise answer.unreadable(error.message) from None


def _says_absent(error: KlingError, asked: str) -> bool:
    if error.code != 1201 or error.http not in (400, 404):
        return False
    said = _ABSENT.fullmatch(error.message.strip())
    return said is not None and said["value"] in ("", asked)
