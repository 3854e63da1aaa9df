"""Films and pictures in a bucket that speaks S3: private, and checked after each sending."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

from storyboard.models.files import STEP_BYTES, Files

LINK_SECONDS = 300  # no link is given out; should one ever be, it dies soon
IN_MEMORY = 8 * 1024**2
IMPATIENT = Config(connect_timeout=2, read_timeout=3, retries={"total_max_attempts": 1})
GONE = frozenset({"404", "NoSuchKey", "NotFound"})


class BucketTrouble(OSError):
    """The bucket did not do what was asked."""


class BucketFiles(Files, S3Storage):
    """Objects under the same names the disk would have; nobody may read them but we.

    Options are those of django-storages: bucket_name, endpoint_url, region_name, access_key,
    secret_key; without a key, boto looks for one where it always does.
    """

    is_on_disk = False

    def get_default_settings(self) -> dict[str, Any]:
        return {
            **super().get_default_settings(),
            "default_acl": None,  # what the bucket says, and a new bucket says private
            "querystring_auth": True,
            "querystring_expire": LINK_SECONDS,
            "file_overwrite": True,
            "max_memory_size": IN_MEMORY,
            # One thread, so that `each_step` runs where its database connection is.
            "transfer_config": TransferConfig(use_threads=False),
        }

    def __init__(self, **options: Any) -> None:
        style = "path" if options.get("endpoint_url") else "auto"
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": style},
            connect_timeout=5,
            read_timeout=20,
            retries={"mode": "standard", "max_attempts": 3},
            # Checksums of Amazon's own are not understood by every other house; we read back.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(**{"client_config": config, **options})

    @property
    def bucket(self) -> Any:
        """Made anew: boto's resources belong to one thread each, and we have several."""
        return self.connection.Bucket(self.bucket_name)

    def keep(self, path: Path, name: str, *, each_step: Callable[[], None] | None = None) -> None:
        beat = each_step or _nothing
        sha256 = _digest(path)
        if not self._holds(name, path, sha256, beat):
            with _named_troubles(), _Read(path, beat) as file:
                told = self._get_write_parameters(name)
                self.bucket.Object(self._normalize_name(name)).upload_fileobj(
                    file, ExtraArgs=told, Config=self.transfer_config
                )
            if not self._holds(name, path, sha256, beat):
                raise BucketTrouble(f"{name} was sent, and what came back is something else")
        path.unlink()

    def steps(self, name: str, first: int, length: int) -> Generator[bytes]:
        if not length:
            return
        key, last = self._normalize_name(name), first + length - 1
        with _named_troubles():
            answer = self.connection.meta.client.get_object(
                Bucket=self.bucket_name, Key=key, Range=f"bytes={first}-{last}"
            )
            body = answer["Body"]
            try:
                yield from body.iter_chunks(STEP_BYTES)
            finally:
                body.close()

    def check(self) -> None:
        super().check()
        with _named_troubles():
            self._impatient.head_bucket(Bucket=self.bucket_name)

    def exists(self, name: str) -> bool:
        with _named_troubles():
            return bool(super().exists(name))

    def size(self, name: str) -> int:
        with _named_troubles():
            return int(super().size(name))

    def delete(self, name: str) -> None:
        with _named_troubles():
            super().delete(name)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Whole, into memory or a temporary file: for pictures; films go by `steps`."""
        with _named_troubles():
            file: File[bytes] = super()._open(name, mode)
            file.file  # noqa: B018  (fetched here, where its troubles have a name)
        return file

    def _save(self, name: str, content: File[bytes]) -> str:
        with _named_troubles():
            return str(super()._save(name, content))

    @cached_property
    def _impatient(self) -> Any:
        """Asks once and waits for seconds: for whether the bucket is there at all."""
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            use_ssl=self.use_ssl,
            endpoint_url=self.endpoint_url,
            config=self.client_config.merge(IMPATIENT),
            verify=self.verify,
        )

    def _holds(self, name: str, path: Path, sha256: str, beat: Callable[[], None]) -> bool:
        """Whether exactly these bytes are there, by reading every one of them."""
        size_bytes = path.stat().st_size
        try:
            if self.size(name) != size_bytes:
                return False
            digest = hashlib.sha256()
            for chunk in self.steps(name, 0, size_bytes):
                digest.update(chunk)
                beat()
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256


class _Read(io.FileIO):
    """A file that is read out, step by step."""

    def __init__(self, path: Path, beat: Callable[[], None]) -> None:
        super().__init__(path, "rb")
        self.beat = beat

    def read(self, size: int | None = -1, /) -> bytes:
        self.beat()
        return super().read(-1 if size is None else size) or b""


@contextmanager
def _named_troubles() -> Iterator[None]:
    """What boto raises, as the errors a disk would raise."""
    try:
        yield
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code", "")) in GONE:
            raise FileNotFoundError(str(error)) from None
        raise BucketTrouble(str(error)) from None
    except (BotoCoreError, Boto3Error) as error:
        raise BucketTrouble(str(error)) from None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nothing() -> None:
    return
