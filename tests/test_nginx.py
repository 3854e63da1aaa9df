"""The nginx configuration itself, in a real nginx before stand-ins that note what reaches them."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from kling_web.limits import CALLBACK_BYTES, NOTE_BYTES, PAGE_BYTES
from storyboard.models import Take, User
from tests.services.nginx import TEMPLATE, Nginx
from tests.services.process import free_port, own, plain_user
from tests.services.stand_in import Heard, StandIn

pytestmark = pytest.mark.services

TOKEN = "a-token-that-nobody-may-read-in-a-log-of-ours"
FILM = bytes(range(256)) * 400


@dataclass
class Front:
    """nginx before two webs and a live one, with one film in its media folder."""

    nginx: Nginx
    webs: list[StandIn]
    live: StandIn
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.nginx.folder / "access.log"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.nginx.port}"

    def headers_for(self, **sent: str) -> dict[str, str]:
        """What a web is told, in lower case, when somebody sends these headers."""
        headers = {name.replace("_", "-"): value for name, value in sent.items()}
        answer = httpx.get(f"{self.address}/page", headers=headers)
        return {name.lower(): value for name, value in answer.json().items()}

    @property
    def heard(self) -> list[Heard]:
        return [each for web in self.webs for each in web.heard]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    media = own(tmp_path / "media", plain_user())
    (media / "takes/ab").mkdir(parents=True)
    (media / "takes/ab/film.mp4").write_bytes(FILM)
    return tmp_path


@pytest.fixture
def front(folder: Path) -> Iterator[Front]:
    webs, live = [StandIn(), StandIn()], StandIn()
    ports = [web.port for web in webs]
    nginx = Nginx(folder / "nginx", web=ports, live=live.port, media=folder / "media")
    try:
        nginx.start()
        yield Front(nginx, webs, live)
    finally:
        nginx.stop()
        for one in (*webs, live):
            one.end()


def test_pages_go_to_both_webs_and_streams_to_the_live_one(front: Front) -> None:
    for _each in range(12):  # each process of nginx begins with the first web
        assert httpx.get(f"{front.address}/page").status_code == 200
    assert all(web.heard for web in front.webs)
    assert len(front.heard) == 12
    assert front.live.heard == []


def test_the_webs_are_told_by_nginx_alone_who_asks(front: Front) -> None:
    told = front.headers_for(
        Host="storyboards.example:8443",
        X_Forwarded_For="6.6.6.6",
        X_Forwarded_Proto="https",
        X_Forwarded_Host="evil.example",
        X_Forwarded_Port="1",
        X_Real_IP="6.6.6.6",
        Forwarded="for=6.6.6.6;proto=https",
    )
    assert told["host"] == "storyboards.example:8443"
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "http"
    assert not {"x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded"} & set(told)


def test_a_header_with_underscores_cannot_pass_for_ours(front: Front) -> None:
    with closing(socket.create_connection(("127.0.0.1", front.nginx.port), timeout=5)) as line:
        line.sendall(
            b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            b"X_Forwarded_Proto: https\r\n\r\n"
        )
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"https" not in answer


def test_with_https_the_webs_are_told_https(front: Front) -> None:
    front.nginx.stop()
    front.nginx.extra["HTTPS"] = "True"
    front.nginx.start()
    assert front.headers_for()["x-forwarded-proto"] == "https"


def test_a_proxy_before_us_is_believed_when_it_is_named(front: Front) -> None:
    front.nginx.stop()
    front.nginx.extra["OUTER_PROXY"] = "127.0.0.1"
    front.nginx.start()
    told = front.headers_for(X_Forwarded_For="1.1.1.1, 203.0.113.7")
    assert told["x-forwarded-for"] == "203.0.113.7"


def test_a_film_a_view_has_allowed_comes_from_the_folder(front: Front) -> None:
    answer = httpx.get(f"{front.address}/film")
    assert (answer.status_code, answer.content) == (200, FILM)
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Disposition"] == 'inline; filename="take-1.mp4"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "X-Accel-Redirect" not in answer.headers


def test_a_range_of_it_is_206_and_one_beyond_it_416(front: Front) -> None:
    answer = httpx.get(f"{front.address}/film", headers={"Range": "bytes=1000-1009"})
    assert (answer.status_code, answer.content) == (206, FILM[1000:1010])
    assert answer.headers["Content-Range"] == f"bytes 1000-1009/{len(FILM)}"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    beyond = httpx.get(f"{front.address}/film", headers={"Range": f"bytes={len(FILM)}-"})
    assert beyond.status_code == 416


def test_the_tag_of_a_film_keeps_its_range_and_saves_its_bytes(front: Front) -> None:
    tag = httpx.get(f"{front.address}/film").headers["ETag"]
    again = httpx.get(f"{front.address}/film", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    for condition, status in ((tag, 206), ('"another"', 200)):
        headers = {"Range": "bytes=0-3", "If-Range": condition}
        assert httpx.get(f"{front.address}/film", headers=headers).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/_media/takes/ab/film.mp4",
        "/_media/",
        "/_media/../_media/takes/ab/film.mp4",
        "/%5fmedia/takes/ab/film.mp4",
        "//_media/takes/ab/film.mp4",
        "/page/../_media/takes/ab/film.mp4",
    ],
)
def test_the_folder_is_not_to_be_had_from_outside(front: Front, path: str) -> None:
    """Also for who sends the header by which a view allows it."""
    with closing(socket.create_connection(("127.0.0.1", front.nginx.port), timeout=5)) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            "X-Accel-Redirect: /_media/takes/ab/film.mp4\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 404 "), answer[:100]


def test_bodies_are_capped_as_the_embedded_server_caps_them(front: Front) -> None:
    sizes = {
        "/callbacks/kling/x/": CALLBACK_BYTES,
        "/page": PAGE_BYTES,
        "/takes/x/notes/": NOTE_BYTES,
    }
    for path, most in sizes.items():
        taken = httpx.post(f"{front.address}{path}", content=bytes(most), timeout=30)
        assert taken.status_code == 200, (front.nginx.folder / "nginx.log").read_text()
        refused = httpx.post(f"{front.address}{path}", content=bytes(most + 1))
        assert refused.status_code == 413
        assert refused.text.endswith("Nothing was stored.\n")
    assert sorted(size for *_rest, size in front.heard) == sorted(sizes.values())


def test_a_body_in_chunks_reaches_the_web_whole_with_its_size(front: Front) -> None:
    answer = httpx.post(f"{front.address}/page", content=iter([b"one", b"two"]))
    assert answer.status_code == 200
    _method, _path, headers, size = front.heard[0]
    assert (headers["Content-Length"], size) == ("6", 6)


def test_an_upload_that_is_cut_reaches_no_web(front: Front) -> None:
    with closing(socket.create_connection(("127.0.0.1", front.nginx.port), timeout=5)) as line:
        line.sendall(b"POST /page HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90\r\n\r\nhalf")
        line.shutdown(socket.SHUT_WR)
        while line.recv(65536):
            pass
    assert front.heard == []


def test_a_stream_comes_event_by_event(front: Front) -> None:
    with httpx.stream("GET", f"{front.address}/live/projects/x/", timeout=3) as answer:
        assert next(answer.iter_raw()) == b"data: 7\n\n"
        front.live.let_go.set()
    assert front.heard == []


def test_with_a_certificate_it_speaks_http_2(front: Front, folder: Path) -> None:
    key, certificate = self_signed(folder)
    front.nginx.stop()
    front.nginx.extra["LISTEN"] = (
        f"127.0.0.1:{front.nginx.port} ssl http2; "
        f"ssl_certificate {certificate}; ssl_certificate_key {key}"
    )
    front.nginx.start()
    asker = asker_of(certificate)
    asker.set_alpn_protocols(["h2", "http/1.1"])
    address = ("127.0.0.1", front.nginx.port)
    with asker.wrap_socket(socket.create_connection(address), server_hostname="localhost") as line:
        assert line.selected_alpn_protocol() == "h2"
    page = httpx.get(f"https://localhost:{front.nginx.port}/page", verify=asker_of(certificate))
    assert page.json()["X-Forwarded-Proto"] == "https"


def test_a_page_is_asked_of_the_other_web_when_one_is_away(front: Front) -> None:
    front.webs[0].end()
    assert {httpx.get(f"{front.address}/page").status_code for _each in range(4)} == {200}
    assert {httpx.post(f"{front.address}/page").status_code for _each in range(4)} == {200}


def test_a_post_that_was_sent_is_never_sent_again(front: Front) -> None:
    """The second one could order a second film."""
    assert httpx.post(f"{front.address}/hang-up", content=b"x").status_code == 503
    assert len(front.heard) == 1
    assert httpx.get(f"{front.address}/hang-up").status_code == 503
    assert len(front.heard) == 3


def test_when_nothing_answers_the_words_are_ours(front: Front) -> None:
    for web in front.webs:
        web.end()
    answer = httpx.get(f"{front.address}/")
    assert answer.status_code == 503
    assert "<h1>Greenlight does not answer</h1>" in answer.text
    assert "What was saved is kept" in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Server"] == "nginx"
    assert httpx.get(f"{front.address}/_nginx").status_code == 200


def test_the_words_of_readiness_pass_and_a_flood_of_questions_does_not(front: Front) -> None:
    with httpx.Client() as monitor:
        found = [monitor.get(f"{front.address}/readyz").status_code for _each in range(40)]
    assert found[0] == 503
    assert 429 in found
    assert httpx.get(f"{front.address}/page").status_code == 200


def test_an_address_that_is_a_secret_is_in_no_log(front: Front) -> None:
    secrets = [f"/callbacks/kling/{TOKEN}/", f"/accounts/password/reset/key/1-{TOKEN}/"]
    secrets.append(f"/lent/{TOKEN}/file.wav")
    for path in (*secrets, f"/%63allbacks/kling/{TOKEN}", f"/page?next={TOKEN}"):
        assert httpx.post(f"{front.address}{path}", content=b"x").status_code == 200
    httpx.post(f"{front.address}{secrets[0]}", content=bytes(CALLBACK_BYTES + 1))
    for web in front.webs:
        web.end()
    for path in secrets:
        assert httpx.post(f"{front.address}{path}", content=b"x").status_code == 503
    lines = front.log.read_text()
    assert "POST /callbacks/[token] 200" in lines
    assert "POST /accounts/password/reset/key/[token] 200" in lines
    assert "POST /lent/[token] 200" in lines
    assert TOKEN not in lines + (front.nginx.folder / "nginx.log").read_text()


def test_every_variable_of_the_template_is_explained_in_its_head() -> None:
    text = TEMPLATE.read_text()
    head = text.partition("worker_processes")[0]
    explained = set(re.findall(r"^# ([A-Z_]+)  +\S", head, re.MULTILINE))
    assert set(re.findall(r"\$\{([^}]+)\}", text)) == explained


@pytest.mark.django_db(transaction=True)
def test_a_take_is_watched_through_nginx_by_those_who_may(
    live_server: LiveServer,
    settings: Settings,
    folder: Path,
    take: Take,
    alice: User,
    charlie: User,
) -> None:
    settings.ACCEL_REDIRECT = "/_media/"
    film = Path(default_storage.path(take.video)).read_bytes()
    port = int(live_server.url.rpartition(":")[2])
    nginx = Nginx(folder / "nginx", web=[port], live=free_port(), media=folder / "media").start()
    try:
        address = f"http://127.0.0.1:{nginx.port}{reverse('take_video', args=[take.key])}"
        part = httpx.get(address, headers={"Range": "bytes=5-9"}, cookies=session_of(alice))
        assert (part.status_code, part.content) == (206, film[5:10])
        assert part.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert part.headers["Content-Disposition"].startswith("inline; ")
        assert httpx.get(address, cookies=session_of(charlie)).status_code == 404
        assert httpx.get(address).status_code == 302
        direct = httpx.get(f"http://127.0.0.1:{nginx.port}/_media/{take.video}")
        assert direct.status_code == 404
    finally:
        nginx.stop()


def asker_of(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for localhost, readable by nginx's user."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    files = folder / "key.pem", folder / "certificate.pem"
    files[0].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    files[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return files


def session_of(person: User) -> dict[str, str]:
    browser = Client()
    browser.force_login(person)
    return {name: morsel.value for name, morsel in browser.cookies.items()}
