"""An httpx transport that connects only to judged addresses, and never later than a deadline.

It sits on httpcore, which httpx itself stands on, because only there can the address that was
judged be the address that is connected to, and only there can one deadline cover everything from
the name server to the last byte.
"""

import socket
import ssl
import time
from collections.abc import Collection, Iterable, Iterator
from typing import Any, cast

import httpcore
import httpx

from .guard import Resolver, check_address, judged, resolve, resolve_within

# httpcore's own errors, most special first, and what httpx calls them.
_NAMES: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.TimeoutException, httpx.ReadTimeout),
    (httpcore.NetworkError, httpx.ReadError),
    (httpcore.ProtocolError, httpx.RemoteProtocolError),
)


class Deadline:
    """One moment (monotonic) after which everything stops. Starts when it is made."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left; 0 when the moment has passed."""
        return max(0.0, self._end - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the moment has passed."""
        return self.left() == 0.0

    def within(self, seconds: float | None) -> float:
        """The shorter of `seconds` and what is left."""
        return self.left() if seconds is None else min(seconds, self.left())


class GuardedTransport(httpx.BaseTransport):
    """Connects to checked addresses only, without proxies and without keeping connections.

    Each request's address is checked by `guard`; its name is resolved by `resolver`, every
    address judged, and the first that answers is connected to. `deadline` ends whatever is under
    way with a time-out. Raises AddressRefused before anything is sent.
    """

    def __init__(
        self,
        *,
        deadline: Deadline,
        allow_private_hosts: Collection[str] = frozenset(),
        resolver: Resolver = resolve,
        backend: httpcore.NetworkBackend | None = None,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._allow_private_hosts = allow_private_hosts
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context,
            max_keepalive_connections=0,
            network_backend=_GuardedBackend(
                deadline, allow_private_hosts, resolver, backend or httpcore.SyncBackend()
            ),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises httpx.TransportError and AddressRefused."""
        check_address(str(request.url), allow_private_hosts=self._allow_private_hosts)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast(httpx.SyncByteStream, request.stream),
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(asked)
        except _HTTPCORE_ERRORS as error:
            raise _renamed(error) from None
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Stream(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except _HTTPCORE_ERRORS as error:
            raise _renamed(error) from None

    def close(self) -> None:
        self._stream.close()


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(
        self,
        deadline: Deadline,
        allow_private_hosts: Collection[str],
        resolver: Resolver,
        backend: httpcore.NetworkBackend,
    ) -> None:
        self._deadline = deadline
        self._allow_private_hosts = allow_private_hosts
        self._resolver = resolver
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        within = Deadline(self._deadline.within(timeout))
        addresses = self._judged_addresses(host, port, within)
        refusal: Exception = httpcore.ConnectTimeout("no time left to connect")
        for place, address in enumerate(addresses):
            # One address that swallows packets leaves time for the next.
            share = within.left() / (len(addresses) - place)
            if share <= 0:
                break
            try:
                stream = self._backend.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                refusal = error
            else:
                return _TimedStream(stream, self._deadline)
        raise refusal

    def _judged_addresses(self, host: str, port: int, within: Deadline) -> tuple[str, ...]:
        try:
            found = resolve_within(self._resolver, host, port, within.left())
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from None
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from None
        return judged(host, port, found, allow_private_hosts=self._allow_private_hosts)


class _TimedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._wait(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        # httpcore's own write gives each of its many sends the whole time-out anew.
        plug: socket.socket = self._stream.get_extra_info("socket")
        rest = memoryview(buffer)
        while rest:
            wait = self._wait(timeout, httpcore.WriteTimeout)
            try:
                plug.settimeout(wait)
                rest = rest[plug.send(rest) :]
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from None
            except OSError as error:
                raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        wait = self._wait(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, wait)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _wait(self, timeout: float | None, late: type[Exception]) -> float:
        seconds = self._deadline.within(timeout)
        if seconds <= 0:  # a socket given no time would not wait, but fail as if not ready
            raise late("the deadline has passed")
        return seconds


_HTTPCORE_ERRORS = tuple(known for known, _ in _NAMES)


def _renamed(error: Exception) -> httpx.TransportError:
    for known, name in _NAMES:
        if isinstance(error, known):
            return name(str(error))
    raise error
