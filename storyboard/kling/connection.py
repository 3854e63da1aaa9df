"""One question to Kling and its answer: authorization, envelope, and every way it can go wrong."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from .auth import Bearer
from .errors import AccountTrouble, Unclear, Unreachable, error_of, mask
from .guard import check_base
from .reports import UnreadableAnswer, text_of
from .transport import Deadline, GuardedTransport

MOST_ANSWER_BYTES = 1024 * 1024
Trace = Callable[[str, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Answer:
    """The `data` of an answer with code 0; None where it has none."""

    data: object
    request_id: str

    def unreadable(self, message: str) -> UnreadableAnswer:
        """The error for data that cannot be trusted."""
        return UnreadableAnswer(message, http=200, code=0, request_id=self.request_id)


class Connection:
    """An account's address and Authorization. It keeps no connection between questions."""

    def __init__(
        self,
        address: str,
        bearer: Bearer,
        *,
        transport: httpx.BaseTransport | None,
        connect_timeout: float,
        total_timeout: float,
        allow_private_hosts: Collection[str],
        trace: Trace | None,
    ) -> None:
        self.base = check_base(address, allow_private_hosts=allow_private_hosts)
        self._bearer = bearer
        self._transport = transport
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._allow_private_hosts = allow_private_hosts
        self._extensions = {} if trace is None else {"trace": trace}

    def close(self) -> None:
        """Close a given transport."""
        if self._transport is not None:
            self._transport.close()

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """A good answer; every other outcome is an error of the tree, without a secret in it.

        A token turned down for its time is signed anew once and the same request sent once more,
        within the same total time. That is safe for a create: the codes 1003 and 1004 say that
        nobody was let in, so nothing was made.
        """
        deadline = Deadline(self._total_timeout)
        try:
            return self._asked(method, path, body, deadline)
        except AccountTrouble as error:
            helps = error.fresh_token_may_help and not deadline.passed
            if not (helps and self._bearer.renew()):
                raise
        return self._asked(method, path, body, deadline)

    def _asked(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: Deadline
    ) -> Answer:
        try:
            status, content = self._exchange(method, path, body, deadline)
        except httpx.HTTPError as error:
            lost = Unreachable(mask(_summary(error), self._bearer.secrets))
        else:
            return self._judged(status, content)
        # Outside the handler, so that nothing is chained: httpx's error holds the request, and
        # the request holds the credential.
        raise lost

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | None, deadline: Deadline
    ) -> tuple[int, bytes]:
        authorization = f"Bearer {self._bearer.token}"
        headers = {"Authorization": authorization, "Accept-Encoding": "identity"}
        with (
            httpx.Client(
                transport=self._way(deadline),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx.Timeout(self._total_timeout, connect=self._connect_timeout),
            ) as client,
            client.stream(
                method, self.base + path, headers=headers, json=body, extensions=self._extensions
            ) as answer,
        ):
            return answer.status_code, _read(answer, deadline)

    def _way(self, deadline: Deadline) -> httpx.BaseTransport:
        if self._transport is not None:
            return _Kept(self._transport)
        return GuardedTransport(deadline=deadline, allow_private_hosts=self._allow_private_hosts)

    def _judged(self, status: int, content: bytes) -> Answer:
        answer = self._envelope(status, content)
        code, message = answer.get("code"), text_of(answer.get("message"))
        request_id = text_of(answer.get("request_id"))
        known_code = code if isinstance(code, int) and not isinstance(code, bool) else None
        if status == 200 and known_code == 0:
            return Answer(answer.get("data"), request_id)
        raise error_of(status, known_code, message, request_id)

    def _envelope(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            answer = self._masked(json.loads(content))
        except (ValueError, RecursionError):
            raise _not_kling(status) from None
        if not isinstance(answer, dict):
            raise _not_kling(status)
        return answer

    def _masked(self, told: Any) -> Any:
        """The answer without our own secrets, should Kling have repeated them anywhere in it."""
        if isinstance(told, str):
            return mask(told, self._bearer.secrets)
        if isinstance(told, dict):
            return {name: self._masked(value) for name, value in told.items()}
        if isinstance(told, list):
            return [self._masked(value) for value in told]
        return told


class _Kept(httpx.BaseTransport):
    """A given transport that outlives the calls it serves."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._transport.handle_request(request)


def _read(answer: httpx.Response, deadline: Deadline) -> bytes:
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > MOST_ANSWER_BYTES:
            raise UnreadableAnswer("the answer is longer than 1 MB", http=answer.status_code)
        if deadline.passed:
            raise Unreachable("the answer did not end in time", http=answer.status_code)
    return bytes(content)


def _not_kling(status: int) -> Unclear:
    if status == 200:
        return UnreadableAnswer("the answer cannot be read", http=status)
    return Unclear("the answer is not in Kling's form", http=status)


def _summary(error: httpx.HTTPError) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
