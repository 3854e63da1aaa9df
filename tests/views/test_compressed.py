"""Pages travel compressed, and nothing else is touched."""

from __future__ import annotations

import gzip

from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from storyboard.models import Storyboard, Take, User
from storyboard.views.shell import smaller_pages
from tests.conftest import SignedIn

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_and_its_parts_are_compressed_for_who_takes_it(
    signed_in: SignedIn, alice: User, storyboard: Storyboard
) -> None:
    browser = signed_in(alice)
    for path in (f"/storyboards/{storyboard.key}/", f"/storyboards/{storyboard.key}/pulse/"):
        answer = browser.get(path, headers=GZIP)
        assert answer["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer["Vary"]
        plain = browser.get(path)
        assert "Content-Encoding" not in plain
        assert len(answer.content) < len(plain.content) / 2
        words = gzip.decompress(answer.content).decode()
        assert storyboard.key in words
        assert int(answer["Content-Length"]) == len(answer.content)


def test_a_film_and_a_stream_go_as_they_are(signed_in: SignedIn, alice: User, take: Take) -> None:
    film = signed_in(alice).get(f"/takes/{take.key}/video/", headers=GZIP)
    assert film.status_code == 200
    assert "Content-Encoding" not in film
    request = RequestFactory().get("/", headers=GZIP)
    words = [b"data: 1\n\n" * 100]
    for stream in (
        StreamingHttpResponse(words, content_type="text/event-stream"),
        StreamingHttpResponse(words, content_type="text/html"),
    ):
        assert "Content-Encoding" not in smaller_pages(lambda _asked, it=stream: it)(request)  # type: ignore[misc]
    data = HttpResponse("{}" * 400, content_type="application/json")
    assert "Content-Encoding" not in smaller_pages(lambda _asked: data)(request)


def test_two_answers_of_one_page_differ_in_length(client: Client, db: None) -> None:
    """Else an attacker who has words of his drawn beside a secret could guess it byte by byte."""
    asked = [client.get("/accounts/login/", headers=GZIP) for _ in range(20)]
    assert len({len(answer.content) for answer in asked}) > 5
