"""The embedded broker's files are whole, and what is not is dropped, not died of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection

from kling_web import doorbell
from kling_web.celery import app


@pytest.fixture
def connect(tmp_path: Path) -> Callable[[], Any]:
    """Channels of connections of their own over one folder, as processes have them."""
    for name in ("queue", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
    }
    return lambda: Connection("filesystem://", transport_options=options).channel()


def test_the_product_uses_it() -> None:
    assert isinstance(app.connection().transport, doorbell.Transport)


def test_half_a_message_is_dropped(connect: Callable[[], Any], tmp_path: Path) -> None:
    channel = connect()
    (tmp_path / "queue" / "0_a.celery.msg").write_text("")
    (tmp_path / "queue" / "0_b.celery.msg").write_text('{"body": "x')
    channel._put("celery", {"n": 1})
    for _ in range(2):
        with pytest.raises(Empty):
            channel._get("celery")
    assert channel._get("celery") == {"n": 1}


def test_torn_bindings_are_written_anew(connect: Callable[[], Any], tmp_path: Path) -> None:
    (tmp_path / "control" / "celery.exchange").write_text("[[")
    channel = connect()
    channel._queue_bind("celery", "celery", "", "celery")
    assert [binding.queue for binding in channel.get_table("celery")] == ["celery"]


def test_many_bind_at_once_and_none_is_lost(connect: Callable[[], Any]) -> None:
    channels = [connect() for _ in range(8)]
    threads = [
        threading.Thread(target=channel._queue_bind, args=("fanout", "", "", f"q{n}"))
        for n, channel in enumerate(channels)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {b.queue for b in channels[0].get_table("fanout")} == {f"q{n}" for n in range(8)}


def test_a_reader_never_sees_half_of_what_a_writer_writes(connect: Callable[[], Any]) -> None:
    writer, reader = connect(), connect()
    payload = {"body": "x" * 50_000}
    thread = threading.Thread(target=lambda: [writer._put("celery", payload) for _ in range(200)])
    thread.start()
    got = 0
    while thread.is_alive() or got < 200:
        try:
            assert reader._get("celery") == payload
        except Empty:
            continue
        got += 1
    thread.join()
    assert got == 200


def test_a_folder_that_was_removed_is_made_anew(connect: Callable[[], Any], tmp_path: Path) -> None:
    channel = connect()
    for name in ("queue", "control"):
        (tmp_path / name).rmdir()
    with pytest.raises(Empty):
        channel._get("celery")
    assert channel._size("celery") == 0
    channel._queue_bind("celery", "celery", "", "celery")
    channel._put("celery", {"n": 1})
    assert [binding.queue for binding in channel.get_table("celery")] == ["celery"]
    assert channel._get("celery") == {"n": 1}


def test_where_no_folder_can_be_a_listener_hears_nothing_and_whoever_rings_is_told(
    connect: Callable[[], Any], tmp_path: Path
) -> None:
    channel = connect()
    for name in ("queue", "control"):
        (tmp_path / name).rmdir()
        (tmp_path / name).touch()
    channel._queue_bind("celery", "celery", "", "celery")
    assert channel.get_table("celery") == []
    assert channel.queue_declare("celery").message_count == 0
    with pytest.raises(Empty):
        channel._get("celery")
    with pytest.raises(OSError, match="queue"):
        channel._put("celery", {"n": 1})


def test_a_worker_never_gives_up_on_its_broker() -> None:
    """Celery ends a worker after a hundred tries, in less than an hour; the sweep ends with it."""
    assert app.conf.broker_connection_max_retries is None
