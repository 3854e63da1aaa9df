"""With its films in a bucket, a house is as safe: real workers, a real S3 over HTTP, a death."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import Any

import pytest

from tests.buckets import SECRET
from tests.crash.ground import Ground
from tests.crash.house import House, wait_for

DIES_WITHIN = 90.0
ENDS_WITHIN = 90.0


@pytest.mark.parametrize(
    "at",
    ["pictures.after_rename", pytest.param("store.before_commit", marks=pytest.mark.by_hand)],
)
def test_a_worker_dying_after_its_film_is_in_the_bucket_leaves_one_film_and_one_take(
    at: str, embedded: Ground, tmp_path: Path, s3: Any, s3_server: str
) -> None:
    house, name = _house(embedded, tmp_path / "house", s3, s3_server)
    try:
        dying = house.worker(CRASH_AT=at)
        wait_for(lambda: dying.process.poll() is not None, house.log, DIES_WITHIN)
        assert dying.process.returncode == -9, house.log()
        before = _objects(s3, name)
        assert before
        house.worker()
        wait_for(lambda: _statuses(house) == ["stored"], house.log, ENDS_WITHIN)
    finally:
        house.end()
    [take] = house.rows("select * from storyboard_take")
    [order] = house.rows("select * from storyboard_generation")
    [charge] = house.simulator.charges(order["external_task_id"])
    made = house.simulator.film(charge["task_id"])
    kept = s3.get_object(Bucket=name, Key=take["video"])["Body"].read()
    assert kept == made
    assert hashlib.sha256(made).hexdigest() == take["sha256"]
    assert _objects(s3, name) == before, "the second worker found what the first had sent"
    assert [path.name for path in house.media.iterdir()] == ["parts"]


def _house(ground: Ground, folder: Path, s3: Any, address: str) -> tuple[House, str]:
    """A house with an order in its queue, and the name of its bucket."""
    name = f"films-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name)
    house = ground.with_an_order(folder)
    house.services |= {
        "S3_BUCKET": name,
        "S3_ENDPOINT_URL": address,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "tests",
        "S3_SECRET_ACCESS_KEY": SECRET,
    }
    return house, name


def _objects(s3: Any, name: str) -> list[tuple[str, str]]:
    """Every object with the moment it was last written, so a second writing shows."""
    told = s3.list_objects_v2(Bucket=name).get("Contents", [])
    return sorted((each["Key"], str(each["LastModified"])) for each in told)


def _statuses(house: House) -> list[str]:
    return [row["status"] for row in house.rows("select status from storyboard_generation")]
