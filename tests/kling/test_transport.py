"""The transport against real sockets on loopback: only there can be seen what it connects to."""

import datetime
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from storyboard.kling.client import KlingClient
from storyboard.kling.errors import Unreachable
from storyboard.kling.guard import AddressRefused
from storyboard.kling.profiles import OFFICIAL
from storyboard.kling.transport import Deadline, GuardedTransport

NAME = "results.example.com"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


Serve = Callable[[socket.socket, threading.Event], object]


@contextmanager
def server(serve: Serve) -> Iterator[int]:
    """One connection on loopback, handed to `serve` in a thread, with the event of the end."""
    end = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(2)

        def run() -> None:
            try:
                plug, _ = listening.accept()
                with plug:
                    serve(plug, end)
            except OSError:
                return

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        end.set()
        thread.join(timeout=2)


class Recording(httpcore.NetworkBackend):
    """Notes where it is asked to connect, and refuses."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def connect_tcp(self, host: str, *_args: object, **_options: object) -> httpcore.NetworkStream:
        self.asked.append(host)
        raise httpcore.ConnectError("refused")


def get(url: str, transport: GuardedTransport) -> httpx.Response:
    with httpx.Client(transport=transport, trust_env=False) as client:
        return client.get(url)


def test_the_checked_address_is_connected_to_and_the_name_is_told() -> None:
    heard: list[bytes] = []

    def serve(plug: socket.socket, _end: threading.Event) -> None:
        heard.append(plug.recv(4096))
        plug.sendall(ANSWER)

    with server(serve) as port:
        transport = GuardedTransport(
            deadline=Deadline(2),
            allow_private_hosts=frozenset({f"{NAME}:{port}"}),
            resolver=lambda _host, _port: ["127.0.0.1"],
        )
        assert get(f"http://{NAME}:{port}/a", transport).text == "hi"
    assert f"Host: {NAME}:{port}".encode() in heard[0]


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(minutes=1))
        .not_valid_after(now + datetime.timedelta(minutes=5))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_tls_is_spoken_with_the_name_and_not_the_address(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    ours = ssl.create_default_context(cafile=str(pem))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(pem)
    names: list[str | None] = []
    theirs.sni_callback = lambda _plug, name, _context: names.append(name)

    def serve(plug: socket.socket, _end: threading.Event) -> None:
        with theirs.wrap_socket(plug, server_side=True) as secret:
            secret.recv(4096)
            secret.sendall(ANSWER)

    with server(serve) as port:
        transport = GuardedTransport(
            deadline=Deadline(2),
            allow_private_hosts=frozenset({f"{NAME}:{port}"}),
            resolver=lambda _host, _port: ["127.0.0.1"],
            ssl_context=ours,
        )
        assert get(f"https://{NAME}:{port}/a", transport).text == "hi"
    assert names == [NAME]


def test_a_name_that_turns_private_is_refused_before_anything_is_sent() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    backend = Recording()
    transport = GuardedTransport(
        deadline=Deadline(2), resolver=lambda _host, _port: next(answers), backend=backend
    )
    with pytest.raises(httpx.ConnectError):
        get("https://rebind.example.com/", transport)
    with pytest.raises(AddressRefused, match="private network"):
        get("https://rebind.example.com/", transport)
    assert backend.asked == ["93.184.215.14"]


def test_a_name_with_one_private_address_is_refused() -> None:
    backend = Recording()
    transport = GuardedTransport(
        deadline=Deadline(2),
        resolver=lambda _host, _port: ["93.184.215.14", "10.0.0.1"],
        backend=backend,
    )
    with pytest.raises(AddressRefused):
        get("https://two.example.com/", transport)
    assert backend.asked == []


def test_every_address_of_a_name_is_tried() -> None:
    backend = Recording()
    transport = GuardedTransport(
        deadline=Deadline(2),
        resolver=lambda _host, _port: ["93.184.215.14", "93.184.215.15"],
        backend=backend,
    )
    with pytest.raises(httpx.ConnectError):
        get("https://two.example.com/", transport)
    assert backend.asked == ["93.184.215.14", "93.184.215.15"]


def test_a_refused_address_reaches_no_resolver() -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise AssertionError("asked")

    transport = GuardedTransport(deadline=Deadline(2), resolver=resolver)
    for url in ("http://example.com/", "https://127.0.0.1/", "https://example.com:6379/"):
        with pytest.raises(AddressRefused):
            get(url, transport)


def test_a_name_nobody_knows_is_a_connection_that_failed() -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(httpx.ConnectError, match="unknown"):
        get(
            "https://nowhere.example.com/",
            GuardedTransport(deadline=Deadline(1), resolver=resolver),
        )


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    backend = Recording()
    transport = GuardedTransport(
        deadline=Deadline(1), resolver=lambda _host, _port: ["93.184.215.14"], backend=backend
    )
    with pytest.raises(httpx.ConnectError):
        get("https://example.com/", transport)
    assert backend.asked == ["93.184.215.14"]


def drip(plug: socket.socket, end: threading.Event) -> None:
    plug.recv(65536)
    while not end.wait(0.02):
        plug.sendall(b"H")


def never_read(_plug: socket.socket, end: threading.Event) -> None:
    end.wait(5)


@pytest.mark.parametrize(("serve", "size"), [(drip, 10), (never_read, 8_000_000)])
def test_the_total_deadline_covers_headers_that_drip_and_a_body_nobody_reads(
    serve: Serve, size: int
) -> None:
    with server(serve) as port:
        client = KlingClient(
            OFFICIAL,
            f"http://127.0.0.1:{port}",
            "key",
            total_timeout=0.06,
            allow_private_hosts=frozenset({f"127.0.0.1:{port}"}),
        )
        start = time.monotonic()
        with pytest.raises(Unreachable):
            client.create_video("text2video", {"image": "x" * size})
        assert time.monotonic() - start < 1


def test_the_deadline_is_shorter_than_any_time_out_of_the_client() -> None:
    with server(never_read) as port:
        transport = GuardedTransport(
            deadline=Deadline(0.05), allow_private_hosts=frozenset({f"127.0.0.1:{port}"})
        )
        start = time.monotonic()
        with (
            httpx.Client(transport=transport, timeout=5) as client,
            pytest.raises(httpx.ReadTimeout),
        ):
            client.get(f"http://127.0.0.1:{port}/")
        assert time.monotonic() - start < 1


def test_a_connection_that_is_reset_is_unreachable() -> None:
    with server(lambda plug, _end: plug.close()) as port:
        client = KlingClient(
            OFFICIAL,
            f"http://127.0.0.1:{port}",
            "key",
            total_timeout=1,
            allow_private_hosts=frozenset({f"127.0.0.1:{port}"}),
        )
        with pytest.raises(Unreachable):
            client.create_video("text2video", {})


class Stopped(Exception):
    """A process that ends at an event."""


@pytest.mark.parametrize(
    ("event", "headers", "body"),
    [
        ("send_request_headers.started", False, False),
        ("send_request_body.started", True, False),
        ("send_request_body.complete", True, True),
    ],
)
def test_a_trace_is_told_before_between_and_after_the_bytes_that_leave(
    event: str, headers: bool, body: bool
) -> None:
    arrived = bytearray()

    def serve(plug: socket.socket, _end: threading.Event) -> None:
        while piece := plug.recv(65536):
            arrived.extend(piece)

    def stop(name: str, _facts: object) -> None:
        if name.endswith(event):
            raise Stopped

    with server(serve) as port:
        client = KlingClient(
            OFFICIAL,
            f"http://127.0.0.1:{port}",
            "key",
            allow_private_hosts=frozenset({f"127.0.0.1:{port}"}),
            trace=stop,
        )
        with pytest.raises(Stopped):
            client.create_video("text2video", {"prompt": "a boat"})
    assert (b"POST " in arrived, b"a boat" in arrived) == (headers, body)
