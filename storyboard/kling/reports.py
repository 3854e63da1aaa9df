"""What Kling says about a task, read with distrust.

Shapes: Kling API, image to video (Markdown), with `final_unit_deduction` and `watermark_url` of
2026-01-23.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal, cast, get_args

from .errors import UnreadableAnswer

__all__ = ["Report", "ReportVideo", "Status", "UnreadableAnswer", "parse_task"]

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
    """The report in a task object: the `data` of an answer, or the body of a callback.

    Raises UnreadableAnswer where task id, status, or the links of a success cannot be trusted.
    """
    status = data.get("task_status")
    if status not in _STATUSES:
        raise UnreadableAnswer("the task has no known status")
    return Report(
        task_id=_task_id(data.get("task_id")),
        external_task_id=_external_task_id(data.get("task_info")),
        status=cast(Status, status),
        message=_text(data.get("task_status_msg")),
        videos=_videos(data.get("task_result")) if status == "succeed" else (),
        final_units_milli=_milli(data.get("final_unit_deduction"), ROUND_CEILING),
        created_ms=_whole(data.get("created_at")),
        updated_ms=_whole(data.get("updated_at")),
        request_id=request_id,
    )


def _task_id(value: object) -> str:
    # A number beyond 2**53 may have lost digits on its way, so only text is an id.
    if not isinstance(value, str) or not _TASK_ID.fullmatch(value):
        raise UnreadableAnswer("the task has no id")
    return value


def _external_task_id(task_info: object) -> str | None:
    if not isinstance(task_info, Mapping):
        return None
    return _text(task_info.get("external_task_id")) or None


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
        id=_text(video.get("id")),
        url=url,
        watermark_url=_text(video.get("watermark_url")),
        duration_ms=_milli(video.get("duration"), ROUND_HALF_UP),
    )


def _text(value: object) -> str:
    # No database column of ours is sure to hold the character of number zero.
    return value.replace("\0", "") if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return cast(int, value) if is_whole and abs(cast(int, value)) < _MOST_MS else None


def _milli(value: object, rounding: str) -> int | None:
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
