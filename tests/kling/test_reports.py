import json
from typing import Any

import pytest

from storyboard.kling.reports import (
    Report,
    ReportVideo,
    UnreadableAnswer,
    parse_callback,
    parse_listed,
    parse_task,
)
from tests.kling.builders import finished, task


def test_in_a_list_a_film_may_be_gone() -> None:
    cleared = {**finished(final_unit_deduction="4.5"), "task_result": {"videos": []}}
    with pytest.raises(UnreadableAnswer):
        parse_task(cleared)
    report = parse_listed(cleared, "req-1")
    assert (report.status, report.videos, report.final_units_milli) == ("succeed", (), 4500)
    assert parse_listed(finished()).videos == ()
    with pytest.raises(UnreadableAnswer):
        parse_listed(task(task_status="gone"))


def test_a_submitted_task_is_read() -> None:
    assert parse_task(task(), "req-1") == Report(
        task_id="829611643369439283",
        external_task_id="greenlight-1",
        status="submitted",
        message="",
        videos=(),
        final_units_milli=None,
        created_ms=1722769557708,
        updated_ms=1722769557708,
        request_id="req-1",
    )


def test_a_finished_task_names_its_video_and_what_it_cost() -> None:
    report = parse_task(finished(final_unit_deduction="4.5"))
    assert report.status == "succeed"
    assert report.final_units_milli == 4500
    assert report.videos == (ReportVideo("v1", "https://v1-kling.klingai.com/a.mp4", "", 5041),)


def test_a_failed_task_keeps_kling_s_reason() -> None:
    report = parse_task(task(task_status="failed", task_status_msg="Image pixel is invalid"))
    assert (report.status, report.message) == ("failed", "Image pixel is invalid")
    assert report.videos == ()


@pytest.mark.parametrize(
    "data",
    [
        {},
        task(task_status="succeeded"),
        task(task_status=None),
        task(task_status=["succeed"]),
        task(task_id=""),
        task(task_id=829611643369439283),
        task(task_id=None),
        task(task_id="x" * 201),
        task(task_status="succeed"),
        task(task_status="succeed", task_result={"videos": []}),
        task(task_status="succeed", task_result={"videos": ["https://a"]}),
        task(task_status="succeed", task_result={"videos": [{"id": "v"}]}),
        task(task_status="succeed", task_result={"videos": [{"id": "v", "url": ""}]}),
        task(task_status="succeed", task_result="done"),
    ],
)
def test_a_shape_that_cannot_be_trusted_is_unreadable(data: dict[str, Any]) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_task(data)


@pytest.mark.parametrize(
    ("told", "read"),
    [("2.4", 2400), (1.8, 1800), (3, 3000), ("0", 0), ("0.0001", 1), ("", None), (None, None),
     ("many", None), ("NaN", None), ("-1", None), ("1e99", None), (True, None)],
)  # fmt: skip
def test_the_cost_is_whole_thousandths_or_not_told(told: object, read: int | None) -> None:
    assert parse_task(task(final_unit_deduction=told)).final_units_milli == read


@pytest.mark.parametrize("info", [None, {}, {"external_task_id": ""}, {"external_task_id": 7}, []])
def test_an_external_id_that_is_not_told_is_none(info: object) -> None:
    assert parse_task(task(task_info=info)).external_task_id is None


def test_times_that_are_no_numbers_are_not_told() -> None:
    report = parse_task(task(created_at="today", updated_at=None))
    assert (report.created_ms, report.updated_ms) == (None, None)


def test_what_no_database_can_hold_is_left_out() -> None:
    report = parse_task(task(task_status_msg="no\0pe", created_at=10**30, updated_at=-(10**30)))
    assert (report.message, report.created_ms, report.updated_ms) == ("nope", None, None)


@pytest.mark.parametrize("task_id", ["t" * 65, "a\0b", "a b", "", None, 7, "ä"])
def test_an_id_that_no_task_can_have_is_not_believed(task_id: object) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_task(task(task_id=task_id))


def test_text_that_is_no_text_is_made_one() -> None:
    assert parse_task(task(task_status_msg="half \ud83d")).message == "half ?"


def test_an_answer_may_leave_out_the_request_id_and_the_task_info() -> None:
    report = parse_task({"task_id": "t-1", "task_status": "processing"})
    assert (report.external_task_id, report.request_id) == (None, "")


def test_the_link_of_the_watermarked_film_is_kept() -> None:
    videos = [{"id": "v", "url": "https://a/v.mp4", "watermark_url": "https://a/w.mp4"}]
    report = parse_task(task(task_status="succeed", task_result={"videos": videos}))
    assert report.videos[0].watermark_url == "https://a/w.mp4"


# Callbacks


def new_task(**changes: Any) -> dict[str, Any]:
    """A callback's body of the new generation."""
    return {
        "id": "9001",
        "status": "submitted",
        "message": "",
        "create_time": 1781080778802,
        "update_time": 1781080794151,
        "external_id": "greenlight-1",
        "outputs": [],
        "billing": [],
        **changes,
    }


OUTPUT = {
    "type": "video",
    "id": "v1",
    "url": "https://v1-kling.klingai.com/a.mp4",
    "watermark_url": "https://v1-kling.klingai.com/w.mp4",
    "duration": "5.041",
}


def called(body: object) -> Report:
    return parse_callback(json.dumps(body).encode())


@pytest.mark.parametrize("status", ["submitted", "processing", "failed"])
def test_a_callback_of_either_generation_tells_its_status(status: str) -> None:
    legacy = called(task(task_status=status, task_status_msg="why"))
    assert (legacy.task_id, legacy.status, legacy.message) == ("829611643369439283", status, "why")
    new = called(new_task(status=status, message="why"))
    assert (new.task_id, new.status, new.message) == ("9001", status, "why")
    assert legacy.external_task_id == new.external_task_id == "greenlight-1"


def test_a_success_of_either_generation_names_its_film() -> None:
    assert called(finished()) == parse_task(finished())
    billing = [{"charge_type": "unit", "amount": "1.5"}, {"charge_type": "cash", "amount": "9"}]
    outputs = [{"type": "image", "id": "i"}, OUTPUT]
    report = called(new_task(status="succeeded", outputs=outputs, billing=billing))
    assert report.status == "succeed"
    assert report.videos == (ReportVideo("v1", OUTPUT["url"], OUTPUT["watermark_url"], 5041),)
    assert report.final_units_milli == 1500
    assert (report.created_ms, report.updated_ms) == (1781080778802, 1781080794151)


@pytest.mark.parametrize(
    "billing", [None, [], [{"charge_type": "cash", "amount": "1"}], [{"charge_type": "unit"}], "x"]
)
def test_what_is_not_counted_in_units_is_not_told(billing: object) -> None:
    told = new_task(status="succeeded", outputs=[OUTPUT], billing=billing)
    assert called(told).final_units_milli is None


def test_the_vendor_s_own_example_is_read() -> None:
    body = b'{"id":"1234567890","status":"submitted","message":"","outputs":[]}'
    report = parse_callback(body)
    assert (report.task_id, report.external_task_id) == ("1234567890", None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"\xff\xfe",
        b"[" * 10_000,
        b'{"task_id": "t-1"}',
        b'{"task_id": "t-1", "task_status": "succeeded"}',
        b'{"id": "t-1", "status": "succeed"}',
        b'{"id": "t-1", "status": "done"}',
        b'{"id": "t-1", "status": "succeeded", "outputs": [{"type": "image"}]}',
        b'{"id": 7, "status": "failed"}',
        b'{"status": "failed"}',
    ],
)
def test_a_callback_that_cannot_be_trusted_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        parse_callback(body)
