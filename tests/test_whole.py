"""Under WSGI a body that was cut on its way stores nothing (through gunicorn: test_gunicorn.py)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse

from kling_web.whole import Body, whole
from storyboard.models import Storyboard, User
from tests import builders

SignedIn = Callable[[User], Client]
BOUNDARY = "a-line-between"


def ask(path: str, body: bytes, cookie: str = "", **environ: str) -> tuple[str, bytes]:
    """Status line and body of the answer of the WSGI door."""
    statuses: list[str] = []

    def start_response(status: str, headers: Any) -> None:
        statuses.append(status)

    asked = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_COOKIE": cookie,
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        **environ,
    }
    answer = b"".join(whole(WSGIHandler())(asked, start_response))
    return statuses[0], answer


def picture_form(token: str) -> bytes:
    """What a browser sends for the first frame."""
    lines = [
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="csrfmiddlewaretoken"',
        "",
        token,
        f"--{BOUNDARY}",
        'Content-Disposition: form-data; name="first_frame"; filename="a.png"',
        "Content-Type: image/png",
        "",
        "",
    ]
    return "\r\n".join(lines).encode() + builders.png() + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.django_db(transaction=True)  # a request of a server's ends with its connection closed
@pytest.mark.parametrize("missing", [0, 1, 60, 300])
def test_an_upload_counts_when_every_declared_byte_came(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, missing: int
) -> None:
    browser = signed_in(alice)
    browser.get(reverse("storyboard", args=[storyboard.key]))
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    form = picture_form(cookies["csrf"])
    status, answer = ask(
        reverse("first_frame", args=[storyboard.key]),
        form[: len(form) - missing],
        "; ".join(f"{name}={value}" for name, value in cookies.items()),
        CONTENT_LENGTH=str(len(form)),
        CONTENT_TYPE=f"multipart/form-data; boundary={BOUNDARY}",
    )
    storyboard.refresh_from_db()
    if missing:
        assert status == "400 Bad Request"
        assert b"arrived cut short, so nothing was changed" in answer
        assert storyboard.first_frame is None
    else:
        assert status == "302 Found"
        assert storyboard.first_frame is not None


@pytest.mark.parametrize("missing", [0, 5])
def test_a_short_form_says_it_was_cut_and_not_that_it_came_from_elsewhere(
    client: Client, db: None, missing: int
) -> None:
    client.get(reverse("account_login"))
    form = urlencode({"login": "alice@example.com", "password": "x" * 30}).encode()
    status, answer = ask(
        reverse("account_login"),
        form[: len(form) - missing],
        f"csrf={client.cookies['csrf'].value}",
        CONTENT_LENGTH=str(len(form)),
        CONTENT_TYPE="application/x-www-form-urlencoded",
    )
    assert status == ("400 Bad Request" if missing else "403 Forbidden")
    assert (b"cut short" in answer) == bool(missing)


def test_a_body_of_unsaid_size_is_refused_unread() -> None:
    status, answer = ask("/", b"", HTTP_TRANSFER_ENCODING="chunked")
    assert status == "411 Length Required"
    assert answer == (
        b"The request did not say how large it is, so it was not read. Nothing was stored.\n"
    )


def test_a_request_without_a_body_passes(db: None) -> None:
    assert ask("/", b"", REQUEST_METHOD="GET")[0] == "302 Found"
    assert ask("/", b"", REQUEST_METHOD="GET", CONTENT_LENGTH="0")[0] == "302 Found"


@pytest.mark.parametrize("size", [-1, None, 3, 100])
def test_a_whole_body_is_read_whatever_is_asked_for(size: int | None) -> None:
    body = Body(io.BytesIO(b"one\ntwo, and the next request"), 7)
    found = b""
    while data := body.read(size):
        found += data
    assert found == b"one\ntwo"


def test_a_whole_body_is_read_by_lines() -> None:
    body = Body(io.BytesIO(b"one\ntwo, and the next request"), 7)
    assert [body.readline(), body.readline(), body.readline()] == [b"one\n", b"two", b""]
    assert Body(io.BytesIO(b"one\n"), 4).readline(2) == b"on"


@pytest.mark.parametrize("reads", ["read", "readline"])
def test_a_body_that_ends_too_early_raises_where_it_ends(reads: str) -> None:
    body = Body(io.BytesIO(b"one\ntwo"), 8)
    assert body.readline() == b"one\n"
    with pytest.raises(BadRequest):
        getattr(body, reads)()


def test_what_is_not_read_is_not_missed() -> None:
    """A view that looks at nothing is not stopped by what did not come."""

    def deaf(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"fine"]

    environ = {"CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"")}
    assert list(whole(deaf)(environ, lambda *_said: None)) == [b"fine"]
