"""What Kling says about a task, read with distrust.

Shapes: Kling API, image to video (Markdown), with `final_unit_deduction` and `watermark_url` of
2026-01-23; callbacks of both generations: Kling API, callback protocol.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal, cast, get_args

from .errors import UnreadableAnswer

__all__ = [
    "Report",
    "ReportVideo",
    "Status",
    "UnreadableAnswer",
    "parse_callback",
    "parse_listed",
    "parse_task",
]

Status = Literal["submitted", "processing", "succeed", "failed"]
_STATUSES = get_args(Status)
_TASK_ID = re.compile(r"[!-~]{1,64}")
_MOST_MILLI = 10**12
_MOST_MS = 10**15


@dataclass(frozen=True)
class ReportVideo:
    """One finished video. Links live 30 days. `duration_ms` is None where it is not told."""

    id: str
    url: str
    watermark_url: str
    duration_ms: int | None


@dataclass(frozen=True)
class Report:
    """One task as Kling tells it.

    `message` is Kling's reason where it failed. `final_units_milli` is what was charged, in
    thousandths of a unit, or None where it is not told. Times are Unix milliseconds, UTC.
    `request_id` is that of the answer the report came in; a callback has none.
    """

    task_id: str
    external_task_id: str | None
    status: Status
    message: str
    videos: tuple[ReportVideo, ...]
    final_units_milli: int | None
    created_ms: int | None
    updated_ms: int | None
    request_id: str = ""


def parse_task(data: Mapping[str, Any], request_id: str = "") -> Report:
    """The report in a task object: the `data` of an answer, or the body of a legacy callback.

    Raises UnreadableAnswer where task id, status, or the links of a success cannot be trusted.
    """
    report = parse_listed(data, request_id)
    if report.status != "succeed":
        return report
    return replace(report, videos=_videos(data.get("task_result")))


def parse_listed(data: Mapping[str, Any], request_id: str = "") -> Report:
    """The report in a task of a list, without videos: those of old tasks are cleared by then.

    Raises UnreadableAnswer where task id or status cannot be trusted.
    """
    return Report(
        task_id=task_id_of(data.get("task_id")),
        external_task_id=_external_task_id(data.get("task_info")),
        status=status_of(data.get("task_status")),
        message=text_of(data.get("task_status_msg")),
        videos=(),
        final_units_milli=milli_of(data.get("final_unit_deduction")),
        created_ms=whole_of(data.get("created_at")),
        updated_ms=whole_of(data.get("updated_at")),
        request_id=request_id,
    )


def parse_callback(body: bytes) -> Report:
    """The report in a callback's raw body, of either generation. A hint, never a fact.

    The legacy body has a `task_id`, the new one an `id`. Raises UnreadableAnswer.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableAnswer("the callback cannot be read") from None
    if not isinstance(told, dict):
        raise UnreadableAnswer("the callback is no object")
    return parse_task(told) if "task_id" in told else _new_task(told)


def status_of(value: object) -> Status:
    """One of the four. Raises UnreadableAnswer."""
    if value not in _STATUSES:
        raise UnreadableAnswer("the task has no known status")
    return cast(Status, value)


def task_id_of(value: object) -> str:
    """An id of Kling's as printable text. Raises UnreadableAnswer."""
    # A number beyond 2**53 may have lost digits on its way, so only text is an id.
    if not isinstance(value, str) or not _TASK_ID.fullmatch(value):
        raise UnreadableAnswer("the task has no id")
    return value


def text_of(value: object) -> str:
    """Text that any database can hold; "" for anything else."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def whole_of(value: object) -> int | None:
    """A whole number of sane size, or None."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return cast(int, value) if is_whole and abs(cast(int, value)) < _MOST_MS else None


def milli_of(value: object, rounding: str = ROUND_CEILING) -> int | None:
    """Thousandths of a decimal text or number, or None where it is not one."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    try:
        milli = Decimal(str(value).strip()) * 1000
    except InvalidOperation:
        return None
    if not milli.is_finite() or not 0 <= milli <= _MOST_MILLI:
        return None
    return int(milli.to_integral_value(rounding=rounding))


def _new_task(told: Mapping[str, Any]) -> Report:
    """The new generation's task object: other names, and a status of another tense."""
    said = told.get("status")
    status = status_of("succeed" if said == "succeeded" else said)
    return Report(
        task_id=task_id_of(told.get("id")),
        external_task_id=text_of(told.get("external_id")) or None,
        status=status,
        message=text_of(told.get("message")),
        videos=_outputs(told.get("outputs")) if status == "succeed" else (),
        final_units_milli=_billed(told.get("billing")),
        created_ms=whole_of(told.get("create_time")),
        updated_ms=whole_of(told.get("update_time")),
    )


def _outputs(outputs: object) -> tuple[ReportVideo, ...]:
    listed = outputs if isinstance(outputs, list) else []
    videos = [one for one in listed if isinstance(one, Mapping) and one.get("type") == "video"]
    return _videos({"videos": videos})


def _billed(billing: object) -> int | None:
    """The units of all lines that are counted in units; None where there is none."""
    lines = billing if isinstance(billing, list) else []
    counted = [
        milli_of(line.get("amount"))
        for line in lines
        if isinstance(line, Mapping) and line.get("charge_type") == "unit"
    ]
    known = [milli for milli in counted if milli is not None]
    return sum(known) if known and len(known) == len(counted) else None


def _external_task_id(task_info: object) -> str | None:
    if not isinstance(task_info, Mapping):
        return None
    return text_of(task_info.get("external_task_id")) or None


def _videos(task_result: object) -> tuple[ReportVideo, ...]:
    videos = task_result.get("videos") if isinstance(task_result, Mapping) else None
    if not isinstance(videos, list) or not videos:
        raise UnreadableAnswer("the task succeeded and names no video")
    return tuple(_video(video) for video in videos)


def _video(video: object) -> ReportVideo:
    if not isinstance(video, Mapping):
        raise UnreadableAnswer("a video of the task is not an object")
    url = video.get("url")
    if not isinstance(url, str) or not url.strip():
        raise UnreadableAnswer("a video of the task has no link")
    return ReportVideo(
        id=text_of(video.get("id")),
        url=url,
        watermark_url=text_of(video.get("watermark_url")),
        duration_ms=milli_of(video.get("duration"), ROUND_HALF_UP),
    )
