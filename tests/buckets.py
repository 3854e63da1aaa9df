"""A bucket that speaks S3 on the loopback, and the product told to keep its files there."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

SECRET = "of-no-account-anywhere"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """An S3 of the tests' own; yields its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str) -> Any:
    """A client that looks past the product."""
    return boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="us-east-1",
        aws_access_key_id="tests",
        aws_secret_access_key=SECRET,
    )


@pytest.fixture
def bucket(s3: Any, s3_server: str, settings: Settings) -> str:
    """An empty bucket which the product keeps its files in; its name."""
    name = f"films-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    _keep_in(name, s3_server, settings)
    return name


@pytest.fixture
def no_bucket(s3_server: str, settings: Settings) -> None:
    """The product is told of a bucket nobody has."""
    _keep_in(f"none-{secrets.token_hex(6)}", s3_server, settings)


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest) -> str:
    """Both storages in turn: the disk as everywhere, and a bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return str(request.param)


def _keep_in(name: str, address: str, settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storyboard.models.bucket.BucketFiles",
            "OPTIONS": {
                "bucket_name": name,
                "endpoint_url": address,
                "region_name": "us-east-1",
                "access_key": "tests",
                "secret_key": SECRET,
            },
        },
    }
