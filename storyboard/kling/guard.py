"""Which addresses may be spoken to, and a transport that speaks to nothing else.

An address from outside is hostile until checked: https on port 443 only, no user information, a
real host name or a global address. The name is resolved here, every address it has is judged, and
the connection goes to the judged address while TLS and Host keep the name, so a name that changes
its mind between check and connection gains nothing. Private addresses, http and other ports are
for the exact `host:port` pairs an administrator listed.
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import httpx

from .errors import KlingError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], list[str]]

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Never a public host, and not marked private by every Python 3.11: local-use NAT64,
# IPv4-compatible, Teredo, site-local.
_NEVER = tuple(
    ipaddress.IPv6Network(network)
    for network in ("64:ff9b:1::/48", "::/96", "2001::/32", "fec0::/10")
)
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
# What old resolvers read as a number: 2130706433, 0x7f.1, 127.1, 0177.0.0.1.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORTS = {"https": 443, "http": 80}


class AddressRefused(KlingError):
    """An address that must not be spoken to. Nothing was sent there."""

    def __init__(self, words: str) -> None:
        super().__init__(words, words=words)


@dataclass(frozen=True)
class CheckedAddress:
    """An address whose form is allowed. `host` is lower-case ASCII without brackets.

    `may_be_private`: its `host:port` is on the administrator's list.
    """

    url: str
    scheme: str
    host: str
    port: int
    may_be_private: bool


def check_address(
    url: str, *, allow_private_hosts: Collection[str] = frozenset()
) -> CheckedAddress:
    """Judge the form of an address without asking any name server.

    `allow_private_hosts` holds `host:port` pairs (`127.0.0.1:9901`, `[::1]:9901`). Raises
    AddressRefused.
    """
    parsed = _parse(url)
    host = parsed.raw_host.decode("ascii", "replace").lower()
    port = _PORTS.get(parsed.scheme, 0) if parsed.port is None else parsed.port
    if parsed.scheme not in _PORTS:
        raise AddressRefused(f"The address begins with {parsed.scheme or 'nothing'}; use https.")
    if parsed.userinfo:
        raise AddressRefused("The address holds a user name; take it out.")
    if not host:
        raise AddressRefused("The address has no host.")
    if _is_listed(host, port, allow_private_hosts):
        return CheckedAddress(url, parsed.scheme, host, port, may_be_private=True)
    if parsed.scheme != "https" or port != 443:
        raise AddressRefused("The address must be https on port 443.")
    _check_host(host)
    return CheckedAddress(url, parsed.scheme, host, port, may_be_private=False)


def check_base(address: str, *, allow_private_hosts: Collection[str] = frozenset()) -> str:
    """The address of an account, scheme and host alone, without a slash at its end.

    Raises AddressRefused.
    """
    check_address(address, allow_private_hosts=allow_private_hosts)
    if _parse(address).path not in ("", "/") or "?" in address or "#" in address:
        raise AddressRefused("The account's address is scheme and host only; leave the path out.")
    return address.rstrip("/")


def judged(
    host: str, port: int, found: Collection[str], *, allow_private_hosts: Collection[str]
) -> tuple[str, ...]:
    """The addresses a name resolved to, when every one of them may be spoken to.

    Raises AddressRefused when one of them is not global, or when there is none.
    """
    if not found:
        raise AddressRefused(f"{host} has no address.")
    if not _is_listed(host, port, allow_private_hosts):
        for address in found:
            if not is_global(ipaddress.ip_address(address.partition("%")[0])):
                raise AddressRefused(f"{host} leads into a private network.")
    return tuple(found)


def is_global(address: IPAddress) -> bool:
    """Whether an address is on the public internet, looking through IPv4 inside IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_global(inner)
        if any(address in network for network in _NEVER):
            return False
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified
    )


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order, as text. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolver: Resolver, host: str, port: int, seconds: float) -> list[str]:
    """`resolver`'s answer, or TimeoutError after `seconds`; OSError passes through.

    The system's resolver takes no time limit, so it runs in a thread that is left behind.
    """
    answers: SimpleQueue[list[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolver(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=max(seconds, 0))
    except Empty:
        raise TimeoutError(f"{host} was not resolved in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _parse(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        raise AddressRefused("The address cannot be read.") from None


def _is_listed(host: str, port: int, allow_private_hosts: Collection[str]) -> bool:
    pair = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return pair in allow_private_hosts


def _check_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        _check_name(host)
        return
    if not is_global(address):
        raise AddressRefused(f"{host} leads into a private network.")


def _check_name(host: str) -> None:
    name = host.removesuffix(".")
    if not _NAME.fullmatch(name) or len(name) > 253:
        raise AddressRefused(f"{host} is not a host name.")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise AddressRefused(f"{host} is not a host name.")
    if labels[-1] in ("localhost", "localdomain", "local", "internal") or len(labels) == 1:
        raise AddressRefused(f"{host} leads into a private network.")
