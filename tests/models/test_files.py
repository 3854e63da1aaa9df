"""The storage keeps what it says it keeps: the same on this machine's disk and in a bucket."""

from __future__ import annotations

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import SuspiciousFileOperation
from pytest_django import Settings

from storyboard.models import files as module
from storyboard.models.bucket import BucketFiles, BucketTrouble
from storyboard.models.files import STEP_BYTES, DiskFiles, files, parts_folder
from tests.services.process import silent_port

DATA = os.urandom(STEP_BYTES * 2 + 77)


@pytest.fixture
def part() -> Path:
    path = parts_folder() / "one.part"
    path.write_bytes(DATA)
    return path


def read(name: str, first: int = 0, length: int = len(DATA)) -> bytes:
    return b"".join(files().steps(name, first, length))


# Both


def test_what_is_kept_is_there_whole_and_no_part_is_left(storage: str, part: Path) -> None:
    files().keep(part, "takes/ab/film.mp4")
    assert read("takes/ab/film.mp4") == DATA
    assert files().size("takes/ab/film.mp4") == len(DATA)
    assert list(parts_folder().iterdir()) == []


def test_bytes_come_in_steps_from_anywhere(storage: str, part: Path) -> None:
    files().keep(part, "film.mp4")
    steps = list(files().steps("film.mp4", 5, STEP_BYTES + 10))
    assert b"".join(steps) == DATA[5 : STEP_BYTES + 15]
    assert max(map(len, steps)) <= STEP_BYTES
    assert read("film.mp4", len(DATA) - 1, 1) == DATA[-1:]


def test_keeping_the_same_twice_is_as_good_as_once(storage: str, part: Path) -> None:
    files().keep(part, "film.mp4")
    part.write_bytes(DATA)
    files().keep(part, "film.mp4")
    assert read("film.mp4") == DATA
    assert not part.exists()


def test_a_file_left_short_is_made_whole(storage: str, part: Path) -> None:
    files().put(DATA[:100], "film.mp4")
    files().keep(part, "film.mp4")
    assert read("film.mp4") == DATA


def test_bytes_at_hand_are_kept_as_well(storage: str) -> None:
    files().put(b"a picture", "pictures/aa/p.jpg")
    with files().open("pictures/aa/p.jpg", "rb") as file:
        assert file.read() == b"a picture"
    assert list(parts_folder().iterdir()) == []


def test_what_is_not_there_is_said_in_the_same_way(storage: str) -> None:
    assert not files().exists("nothing.mp4")
    for ask in (files().size, files().open):
        with pytest.raises(FileNotFoundError):
            ask("nothing.mp4")
    with pytest.raises(FileNotFoundError):
        next(files().steps("nothing.mp4", 0, 1))


def test_a_storage_that_is_there_is_found_well(storage: str) -> None:
    files().check()


# The disk


def test_a_name_does_not_lead_out_of_the_disk_s_folder(part: Path) -> None:
    with pytest.raises(SuspiciousFileOperation):
        files().keep(part, "../out.mp4")
    assert part.exists()


def test_on_the_disk_the_file_and_every_new_folder_are_synced(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = module._sync

    def sync(path: Path) -> None:
        synced.append(path.name)
        real(path)

    monkeypatch.setattr(module, "_sync", sync)
    files().keep(part, "takes/ab/film.mp4")
    assert synced == ["media", "takes", "one.part", "ab"]
    assert isinstance(files(), DiskFiles)


def test_a_rename_that_fails_keeps_the_part(part: Path, settings: Settings) -> None:
    (Path(settings.MEDIA_ROOT) / "film.mp4").mkdir()
    with pytest.raises(OSError, match=r"film\.mp4"):
        files().keep(part, "film.mp4")
    assert part.exists()


# The bucket


def test_nothing_in_the_bucket_is_for_everybody(bucket: str, s3: Any, part: Path) -> None:
    files().keep(part, "film.mp4")
    files().put(b"p", "p.jpg")
    for name, kind in (("film.mp4", "video/mp4"), ("p.jpg", "image/jpeg")):
        rights = s3.get_object_acl(Bucket=bucket, Key=name)
        assert [right["Grantee"]["Type"] for right in rights["Grants"]] == ["CanonicalUser"]
        assert s3.head_object(Bucket=bucket, Key=name)["ContentType"] == kind
    assert "X-Amz-Expires=300" in files().url("film.mp4")


def test_what_is_in_the_bucket_already_is_not_sent_again(
    bucket: str, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files().keep(part, "film.mp4")
    part.write_bytes(DATA)
    monkeypatch.setattr(BucketFiles, "_get_write_parameters", None)  # nothing is sent without it
    files().keep(part, "film.mp4")
    assert not part.exists()


def test_what_comes_back_changed_is_not_kept(
    bucket: str, s3: Any, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put_object(Bucket=bucket, Key="film.mp4", Body=os.urandom(len(DATA)))
    monkeypatch.setattr(BucketFiles, "bucket", _Deaf())
    with pytest.raises(BucketTrouble, match="something else"):
        files().keep(part, "film.mp4")
    assert part.read_bytes() == DATA


def test_a_long_sending_tells_that_it_goes_on(bucket: str, part: Path) -> None:
    told: list[int] = []
    files().keep(part, "film.mp4", each_step=lambda: told.append(1))
    assert len(told) >= 3


def test_so_does_a_long_fetching(bucket: str, part: Path) -> None:
    files().keep(part, "film.mp4")
    told: list[int] = []
    with files().at_hand("film.mp4", len(DATA), each_step=lambda: told.append(1)) as path:
        assert path.read_bytes() == DATA
    assert len(told) >= 3
    assert list(parts_folder().iterdir()) == []


def test_a_bucket_nobody_has_is_a_trouble_of_the_storage(no_bucket: None, part: Path) -> None:
    with pytest.raises(OSError, match="bucket"):
        files().keep(part, "film.mp4")
    with pytest.raises(OSError, match=r"404"):
        files().check()
    assert part.exists()


def test_a_bucket_that_does_not_answer_is_a_trouble_of_the_storage(
    bucket: str, part: Path, settings: Settings
) -> None:
    options = settings.STORAGES["default"]["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": options},
    }
    for ask in (files().exists, files().size, files().open, files().delete):
        with pytest.raises(BucketTrouble):
            ask("film.mp4")
    with pytest.raises(BucketTrouble) as caught:
        files().keep(part, "film.mp4")
    assert caught.value.errno != errno.ENOSPC
    assert part.exists()


def test_whether_a_silent_bucket_is_there_is_known_soon(bucket: str, settings: Settings) -> None:
    """Orders and web requests wait for the answer."""
    began = time.monotonic()
    with silent_port() as port:
        options = {**settings.STORAGES["default"]["OPTIONS"]}
        options["endpoint_url"] = f"http://127.0.0.1:{port}"
        default = {**settings.STORAGES["default"], "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": default}
        with pytest.raises(BucketTrouble):
            files().check()
    assert time.monotonic() - began < 8


def test_each_thread_asks_the_bucket_for_itself(bucket: str, part: Path) -> None:
    files().keep(part, "film.mp4")
    mine = files()
    assert isinstance(mine, BucketFiles)

    def asked() -> tuple[int, bool]:
        return mine.size("film.mp4"), mine.bucket.meta.client is here

    here = mine.bucket.meta.client
    with ThreadPoolExecutor(1) as other:
        assert other.submit(asked).result() == (len(DATA), False)
    assert asked() == (len(DATA), True)


class _Deaf:
    """A bucket that says yes and keeps nothing."""

    def Object(self, name: str) -> Any:
        return self

    content_length = len(DATA)

    def upload_fileobj(self, file: Any, **told: Any) -> None:
        file.read()
