"""What is lent to Kling: one file, to whoever has its address, for some hours."""

from __future__ import annotations

import logging
import time

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from storyboard.apps import HideTokens
from storyboard.models import lending
from storyboard.models.files import files
from storyboard.models.lending import LENT_FOR, lend

FILE = "voices/ab/abcdef.wav"

pytestmark = pytest.mark.django_db


def address(file: str = FILE) -> str:
    return reverse("lent", args=lend(file))


@pytest.fixture(autouse=True)
def stored() -> None:
    files().put(b"RIFF" + bytes(96), FILE)


def test_a_recording_is_read_without_signing_in() -> None:
    answer = Client().get(address(), headers={"range": "bytes=0-3"})
    assert (answer.status_code, answer["Content-Type"]) == (206, "audio/wav")
    assert b"".join(answer) == b"RIFF"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_name_says_what_kind_of_file_it_is() -> None:
    assert address().endswith("/file.wav")
    assert address("takes/ab/abcdef.mp4").endswith("/file.mp4")


def test_another_name_or_token_is_not_there() -> None:
    token, name = lend(FILE)
    other = signing.dumps(FILE, salt="another")
    for args in ([token, "file.mp4"], [f"{token}x", name], [other, name], ["x", name]):
        assert Client().get(reverse("lent", args=args)).status_code == 404


def test_what_we_lend_nobody_is_not_there() -> None:
    token = signing.dumps("settings.py", salt=lending._SALT)
    assert Client().get(reverse("lent", args=[token, "file.py"])).status_code == 404


def test_it_is_over_after_some_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    given = address()
    later = time.time() + LENT_FOR.total_seconds()
    monkeypatch.setattr(time, "time", lambda: later - 10)
    assert Client().get(given).status_code == 200
    monkeypatch.setattr(time, "time", lambda: later + 10)
    assert Client().get(given).status_code == 404


def test_only_reading_is_allowed() -> None:
    assert Client().post(address()).status_code == 405


def test_no_log_line_holds_the_address() -> None:
    told = ("%s: %s", ("Not Found", address()))
    line = logging.LogRecord("django.request", logging.WARNING, "", 0, *told, None)
    assert HideTokens().filter(line)
    assert line.getMessage() == "Not Found: /lent/[token]/file.wav"
