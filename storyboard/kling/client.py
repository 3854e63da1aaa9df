"""Asking Kling over HTTP: create a video, fetch a task, list tasks.

Paths and envelope: Kling API, image to video (Markdown). One client is one account; it keeps no
state between calls, follows no redirect, uses no proxy and tells its credential to nobody.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from .errors import AccountTrouble, KlingError, NotFound, Unclear, Unreachable, error_of
from .guard import AddressRefused, check_address
from .profiles import Endpoint, Profile
from .reports import Report, UnreadableAnswer, parse_task
from .transport import Deadline, GuardedTransport

MOST_ANSWER_BYTES = 1024 * 1024
Trace = Callable[[str, Mapping[str, Any]], None]
_CREDENTIAL = re.compile(r"[!-~]+")
_ABSENT = re.compile(r"Task not found by id/external id\s*:?\s*(?P<value>.*)", re.IGNORECASE)


class KlingClient:
    """One account's way to Kling. A context manager.

    `address` is scheme and host, `credential` an API key sent as Bearer. Each call ends within
    `total_timeout` seconds, from the name server to the last byte of the answer. A given
    `transport` replaces the network; `trace` is told of each event of a call, by httpcore's
    extension of that name. Raises AddressRefused for an address that may not be used,
    AccountTrouble for a credential that cannot be sent.
    """

    def __init__(
        self,
        profile: Profile,
        address: str,
        credential: str,
        *,
        transport: httpx.BaseTransport | None = None,
        connect_timeout: float = 5.0,
        total_timeout: float = 60.0,
        allow_private_hosts: Collection[str] = frozenset(),
        trace: Trace | None = None,
    ) -> None:
        self._profile = profile
        self._base = _checked_base(address, allow_private_hosts)
        self._credential = _checked_credential(credential)
        self._transport = transport
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._allow_private_hosts = allow_private_hosts
        self._extensions = {} if trace is None else {"trace": trace}

    def __repr__(self) -> str:
        return f"KlingClient({self._profile.name!r}, {self._base!r})"

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
        if self._transport is not None:
            self._transport.close()

    def create_video(self, endpoint: Endpoint, body: Mapping[str, Any]) -> Report:
        """Order a video. This costs money.

        Raises Refused, Busy and AccountTrouble when nothing was made, AlreadyExists when it was
        ordered before, Unclear when it may have been made, AddressRefused when nothing was sent.
        """
        report = _report(self._ask("POST", self._profile.path(endpoint), body=body))
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
            answer = self._ask("GET", path)
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
        """One page of the account's tasks: `page` 1 to 1000, `size` 1 to 500."""
        if not (1 <= page <= 1000 and 1 <= size <= 500):
            raise ValueError("page is 1 to 1000 and size 1 to 500")
        path = f"{self._profile.path(endpoint)}?pageNum={page}&pageSize={size}"
        answer = self._ask("GET", path)
        if not isinstance(answer.data, list):
            raise answer.unreadable("the answer is no list of tasks")
        return [_report(_Answer(task, answer.request_id)) for task in answer.data]

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> "_Answer":
        """A good answer; every other outcome is an error of the tree."""
        deadline = Deadline(self._total_timeout)
        try:
            status, content = self._exchange(method, path, body, deadline)
        except httpx.HTTPError as error:
            lost = Unreachable(_summary(error))
        else:
            return self._judged(status, content)
        # Outside the handler, so that nothing is chained: httpx's error holds the request, and
        # the request holds the credential.
        lost.hide(self._credential)
        raise lost

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: Deadline
    ) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self._credential}", "Accept-Encoding": "identity"}
        with (
            httpx.Client(
                transport=self._way(deadline),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(self._total_timeout, connect=self._connect_timeout),
            ) as client,
            client.stream(
                method, self._base + path, headers=headers, json=body, extensions=self._extensions
            ) as answer,
        ):
            return answer.status_code, _read(answer, deadline)

    def _way(self, deadline: Deadline) -> httpx.BaseTransport:
        if self._transport is not None:
            return _Kept(self._transport)
        return GuardedTransport(deadline=deadline, allow_private_hosts=self._allow_private_hosts)

    def _judged(self, status: int, content: bytes) -> "_Answer":
        answer = _envelope(status, content)
        code, message = answer.get("code"), _text(answer.get("message"))
        request_id = _text(answer.get("request_id"))
        known_code = code if isinstance(code, int) and not isinstance(code, bool) else None
        if status == 200 and known_code == 0:
            return _Answer(answer.get("data"), request_id)
        error = error_of(status, known_code, message, request_id)
        error.hide(self._credential)
        raise error


@dataclass(frozen=True)
class _Answer:
    """The `data` of an answer with code 0."""

    data: object
    request_id: str

    def unreadable(self, message: str) -> UnreadableAnswer:
        return UnreadableAnswer(message, http=200, code=0, request_id=self.request_id)


class _Kept(httpx.BaseTransport):
    """A given transport that outlives the calls it serves."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


def _checked_credential(credential: str) -> str:
    if not _CREDENTIAL.fullmatch(credential):
        raise AccountTrouble(
            "the credential cannot be sent",
            words="The account's API key is empty or holds characters no key has. Put a valid API "
            "key into the account.",
        )
    return credential


def _checked_base(address: str, allow_private_hosts: Collection[str]) -> str:
    check_address(address, allow_private_hosts=allow_private_hosts)
    url = httpx.URL(address)
    if url.path not in ("", "/") or url.query or url.fragment:
        raise AddressRefused("The account's address is scheme and host only; leave the path out.")
    return address.rstrip("/")


def _read(answer: httpx.Response, deadline: Deadline) -> bytes:
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_ANSWER_BYTES:
            raise UnreadableAnswer("the answer is longer than 1 MB", http=answer.status_code)
        if deadline.passed:
            raise Unreachable("the answer did not end in time", http=answer.status_code)
    return bytes(content)


def _envelope(status: int, content: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise _not_kling(status) from None
    if not isinstance(answer, dict):
        raise _not_kling(status)
    return answer


def _not_kling(status: int) -> Unclear:
    if status == 200:
        return UnreadableAnswer("the answer cannot be read", http=status)
    return Unclear("the answer is not in Kling's form", http=status)


def _text(value: object) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""


def _report(answer: _Answer) -> Report:
    if not isinstance(answer.data, Mapping):
        raise answer.unreadable("the answer holds no task")
    try:
        return parse_task(answer.data, answer.request_id)
    except UnreadableAnswer as error:
        raise answer.unreadable(error.message) from None


def _says_absent(error: KlingError, asked: str) -> bool:
    if error.code != 1201 or error.http not in (400, 404):
        return False
    said = _ABSENT.fullmatch(error.message.strip())
    return said is not None and said["value"] in ("", asked)


def _summary(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
