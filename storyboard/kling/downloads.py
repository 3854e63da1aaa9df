"""Fetching a result's file from an address Kling gave, treated as hostile.

Every hop is checked anew, only known hosts are spoken to, and no credential or cookie is sent.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urljoin

import httpx

from .errors import KlingError
from .guard import AddressRefused, check_address
from .transport import Deadline, GuardedTransport

MOST_BYTES = 1024**3
MOST_REDIRECTS = 3

__all__ = [
    "AddressRefused",
    "DownloadFailed",
    "Downloaded",
    "LinkDead",
    "TooLarge",
    "UnknownHost",
    "download",
]


class DownloadFailed(KlingError):
    """The file did not arrive whole. Worth another try."""

    default_words = "The file did not arrive whole. The take is kept and fetched again."


class LinkDead(KlingError):
    """The link no longer works (403, 404, 410). Ask for the task again: it may have a new one."""

    default_words = (
        "The link to the file has expired. The take is kept; Kling is asked for a new link."
    )


class TooLarge(KlingError):
    """The file is longer than it may be."""

    default_words = "The file is larger than this server takes. Ask the administrator."


class UnknownHost(KlingError):
    """The file is at a host that is not on the list. Nothing was sent there."""

    def __init__(self, host: str) -> None:
        words = (
            f"The file is at {host}, which is not a known result host. The take is kept at Kling. "
            "Ask the administrator to allow the host, then fetch it again."
        )
        super().__init__(f"unknown result host {host}", words=words)
        self.host = host


@dataclass(frozen=True)
class Downloaded:
    """What arrived: its length in bytes and the SHA-256 (hex) of the bytes."""

    size_bytes: int
    sha256: str


def download(
    url: str,
    target: BinaryIO,
    *,
    result_hosts: Collection[str],
    allow_private_hosts: Collection[str] = frozenset(),
    max_bytes: int = MOST_BYTES,
    connect_timeout: float = 5.0,
    idle_timeout: float = 20.0,
    total_timeout: float = 600.0,
    each_chunk: Callable[[int], None] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Downloaded:
    """Write the file at `url` to `target` as it arrives.

    `result_hosts` are allowed hosts and, with everything below them, domains;
    `allow_private_hosts` are exact `host:port` pairs, allowed as they are. `each_chunk` gets the
    bytes so far. Raises LinkDead, DownloadFailed, TooLarge, UnknownHost, AddressRefused, and
    OSError of `target`.
    """
    deadline = Deadline(total_timeout)
    sink = _Sink(target, max_bytes, deadline, each_chunk)
    timeout = httpx.Timeout(idle_timeout, connect=connect_timeout)
    way = transport or GuardedTransport(deadline=deadline, allow_private_hosts=allow_private_hosts)
    with httpx.Client(
        transport=way, trust_env=False, follow_redirects=False, timeout=timeout
    ) as client:
        for _hop in range(MOST_REDIRECTS + 1):
            _check_host(url, result_hosts, allow_private_hosts)
            client.cookies.clear()
            next_url = _fetch(client, url, sink)
            if next_url is None:
                return sink.downloaded()
            url = next_url
    raise DownloadFailed(f"more than {MOST_REDIRECTS} redirects")


class _Sink:
    """Where the bytes go: counted, digested, capped."""

    def __init__(
        self,
        target: BinaryIO,
        max_bytes: int,
        deadline: Deadline,
        each_chunk: Callable[[int], None] | None,
    ) -> None:
        self._target = target
        self._deadline = deadline
        self._each_chunk = each_chunk
        self._digest = hashlib.sha256()
        self.max_bytes = max_bytes
        self.size_bytes = 0

    def take(self, chunk: bytes) -> None:
        self.size_bytes += len(chunk)
        if self.size_bytes > self.max_bytes:
            raise TooLarge(f"more than {self.max_bytes} bytes")
        if self._deadline.passed:
            raise DownloadFailed("the file did not arrive in time")
        self._target.write(chunk)
        self._digest.update(chunk)
        if self._each_chunk is not None:
            self._each_chunk(self.size_bytes)

    def downloaded(self) -> Downloaded:
        return Downloaded(self.size_bytes, self._digest.hexdigest())


def _check_host(
    url: str, result_hosts: Collection[str], allow_private_hosts: Collection[str]
) -> None:
    checked = check_address(url, allow_private_hosts=allow_private_hosts)
    if checked.may_be_private:
        return
    host = checked.host.removesuffix(".")
    if not any(host == known or host.endswith(f".{known}") for known in result_hosts):
        raise UnknownHost(host)


def _fetch(client: httpx.Client, url: str, sink: _Sink) -> str | None:
    """One hop: the next address of a redirect, or None when the file is in the sink."""
    headers = {"Accept-Encoding": "identity"}
    with _named_failures(), client.stream("GET", url, headers=headers) as answer:
        if answer.status_code in (301, 302, 303, 307, 308):
            return _location(url, answer)
        _check_answer(answer, sink.max_bytes)
        for chunk in answer.iter_bytes():
            sink.take(chunk)
        _check_length(answer, sink.size_bytes)
    return None


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        raise DownloadFailed(f"{type(error).__name__}: {error}") from None


def _location(url: str, answer: httpx.Response) -> str:
    location: str = answer.headers.get("location", "")
    if not location:
        raise DownloadFailed("a redirect without a destination", http=answer.status_code)
    try:
        return urljoin(url, location)
    except ValueError:
        raise AddressRefused("The address cannot be read.") from None


def _check_answer(answer: httpx.Response, max_bytes: int) -> None:
    status = answer.status_code
    if status in (403, 404, 410):
        raise LinkDead("the link no longer works", http=status)
    if status != 200:
        raise DownloadFailed("an answer that is not the file", http=status)
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise DownloadFailed("the file came compressed", http=status)
    length = _told_length(answer)
    if length is not None and length > max_bytes:
        raise TooLarge(f"{length} bytes, at most {max_bytes}", http=status)


def _check_length(answer: httpx.Response, size_bytes: int) -> None:
    length = _told_length(answer)
    if size_bytes == 0 or (length is not None and length != size_bytes):
        told = "an unknown number of" if length is None else str(length)
        raise DownloadFailed(f"{size_bytes} bytes arrived, {told} were told")


def _told_length(answer: httpx.Response) -> int | None:
    told = str(answer.headers.get("content-length", ""))
    return int(told) if told.isascii() and told.isdecimal() else None
