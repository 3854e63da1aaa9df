"""What the addresses do: create, query one, query a list, costs, ledger. Answers are `data`."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import prices
from .clock import Clock
from .dialects import DIALECTS
from .faults import Fault
from .fields import given
from .films import Shelf
from .gate import Keys, Pace
from .judge import Verdict, judge
from .library import ELEMENT, VOICE, Library, Noun
from .pictures import take_out
from .records import Records
from .refusal import Refusal, invalid
from .store import Store
from .tasks import TOLD_END, TOLD_SUBMITTED, UNTOLD, Task

PACK_UNITS_MILLI = 5_000_000
MAX_PAGE = 1000
MAX_PAGE_SIZE = 500
DEFAULT_PAGE_SIZE = 30
# Of a video a voice is made from.
SPEAKING_MODEL = "kling-v2-6"
LEAST_SPEAKING_SECONDS = 5


@dataclass(frozen=True)
class Options:
    """How a simulator is to behave; see the command's flags."""

    state: Path
    seconds_per_task: float = 20.0
    keys: Keys = field(default_factory=Keys)
    slots: int | None = None
    rate: float | None = None
    callbacks_anywhere: bool = False
    render: str = "normal"
    charges_twice: bool = False
    profile: str = "official"
    reading: str = "documents"
    follows_end_frame_change: bool = False
    refuse_retired: bool = False
    strict_library: bool = False
    webhook_secrets: tuple[str, ...] = ()
    callback_shape: str = "legacy"
    callback_statuses: tuple[str, ...] = ("processing", "succeed", "failed")
    clock_offset_seconds: float | None = None
    faults: tuple[Fault, ...] = ()
    seed: int = 0


class Desk:
    """One simulator's behaviour, apart from HTTP. `base` is the address it answers at."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.dialect = DIALECTS[options.profile]
        self.base = ""
        again = options.charges_twice or not self.dialect.unique_ids
        self.clock = Clock(options.state, options.clock_offset_seconds)
        self.store = Store(options.state, self.clock, charges_twice=again)
        self.library = Library(
            options.state, options.seconds_per_task, self.clock.now_ms, lambda: self.base
        )
        self.records = Records(options.state)
        self.shelf = Shelf(options.state / "films", self.store, options.render)
        self.pace = Pace(options.rate)
        self.news = threading.Event()

    def close(self) -> None:
        """Leave the state folder to others."""
        self.library.close()
        self.records.close()
        self.store.close()

    def create(self, account: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take an order. Raises Refusal."""
        verdict = judge(
            kind,
            body,
            self.dialect,
            reading=self.options.reading,
            end_frame_with_shots=self.options.follows_end_frame_change,
            refuse_retired=self.options.refuse_retired,
        )
        if self.options.strict_library:
            self._check_library(account, kind, body)
        kept = self._keep_pictures(body)
        task = self._write_down(account, kind, kept, verdict)
        self.news.set()
        return self._without(
            {
                "task_id": task.task_id,
                "task_status": "submitted",
                "task_info": _info(task),
                "created_at": task.created_ms,
                "updated_at": task.created_ms,
            }
        )

    def create_entry(self, noun: Noun, account: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take an element or a voice into the account's library. Raises Refusal."""
        fails = noun.check(body)
        if noun is VOICE and given(body, "video_id"):
            fails = self._check_video(account, body["video_id"]) or fails
        return self.library.create(noun, account, body, self._keep_pictures(body), fails)

    def query(self, account: str, kind: str, name: str) -> dict[str, Any]:
        """One task by either id, where the dialect finds it by its own. Raises Refusal."""
        task = self.store.find(account, kind, name)
        if task is None or not (self.dialect.finds_external_ids or task.task_id == name):
            raise invalid(f"Task not found by id/external id: {name}")
        return self.report(task)

    def listing(self, account: str, kind: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """One page of tasks. Raises Refusal for a page that cannot be."""
        number, size = self.page(query, MAX_PAGE_SIZE)
        return [self.report(task) for task in self.store.page(account, kind, number, size)]

    def page(self, query: Mapping[str, str], most: int) -> tuple[int, int]:
        """The page asked for and how much it holds. Raises Refusal."""
        number = _whole(query, "pageNum", 1, MAX_PAGE, 1)
        return number, _whole(query, "pageSize", 1, most, DEFAULT_PAGE_SIZE)

    def costs(self, account: str, query: Mapping[str, str]) -> dict[str, Any]:
        """The account's one resource pack and what is left of it. Raises Refusal.

        Both times are required, in milliseconds; a pack's name chooses.
        """
        start, end = _moment(query, "start_time"), _moment(query, "end_time")
        if start >= end:
            raise invalid("start_time must be before end_time")
        now = self.clock.now_ms()
        spent = sum(
            task.units_milli
            for task in self.store.ledger()
            if task.account == account and task.status(now) == "succeed"
        )
        pack = {
            "resource_pack_name": "Simulated video pack",
            "resource_pack_id": "simulated-pack-1",
            "resource_pack_type": "decreasing_total",
            "total_quantity": PACK_UNITS_MILLI / 1000,
            "remaining_quantity": max(PACK_UNITS_MILLI - spent, 0) / 1000,
            "purchase_time": start,
            "effective_time": start,
            "invalid_time": end,
            "status": "online",
        }
        asked = query.get("resource_pack_name")
        packs = [pack] if asked in (None, pack["resource_pack_name"]) else []
        return {"code": 0, "msg": "", "resource_pack_subscribe_infos": packs}

    def report(self, task: Task, status: str | None = None) -> dict[str, Any]:
        """The task object, as queries carry it, and callbacks with the status they tell of."""
        now = self.clock.now_ms()
        updated = task.updated_ms(now) if status is None else task.reached_ms(status)
        status = status or task.status(now)
        report: dict[str, Any] = {
            "task_id": task.task_id,
            "task_status": status,
            "task_status_msg": "",
            "task_info": _info(task),
            "watermark_info": {"enabled": task.watermark},
            "created_at": task.created_ms,
            "updated_at": updated,
        }
        if status == "failed":
            report["task_status_msg"] = task.fails
            report["final_unit_deduction"] = "0"
        if status == "succeed":
            report["final_unit_deduction"] = prices.written(task.units_milli)
            report["task_result"] = {"videos": [self._video(task)]}
        return self._without(report)

    def ledger(self) -> list[dict[str, Any]]:
        """Every accepted create since the state folder was made, oldest first."""
        return [self._ledger_line(task) for task in self.store.ledger()]

    def _write_down(self, account: str, kind: str, body: dict[str, Any], verdict: Verdict) -> Task:
        try:
            return self.store.create(
                account,
                kind,
                body,
                verdict,
                task_seconds=self.options.seconds_per_task,
                slots=self.options.slots,
                told=self._told(verdict.callback_url),
            )
        except Refusal as refusal:
            name, now = verdict.external_task_id, self.clock.now_ms()
            self.records.refused(account, name, refusal.code, now)
            raise

    def _ledger_line(self, task: Task) -> dict[str, Any]:
        now, money = self.clock.now_ms(), prices.money_milli(task.units_milli)
        return {
            "key": task.account,
            "external_task_id": task.external_task_id,
            "task_id": task.task_id,
            "endpoint": f"{self.dialect.prefix}/v1/videos/{task.kind}",
            "body": task.body,
            "units": prices.written(task.units_milli),
            "price": prices.written(money),
            "units_milli": task.units_milli,
            "money_milli": money,
            "tells_units": "final_unit_deduction" not in self.dialect.omits,
            "created_at": task.created_ms,
            "updated_at": task.updated_ms(now),
            "done_at": task.done_ms,
            "status": task.status(now),
            "cleared": task.cleared(now),
            "sha256": self.shelf.sha256(task),
        }

    def _told(self, callback_url: str | None) -> int:
        """What nobody needs to be told of a new task."""
        if callback_url is None:
            return TOLD_END
        return UNTOLD if "submitted" in self.options.callback_statuses else TOLD_SUBMITTED

    def _keep_pictures(self, body: dict[str, Any]) -> dict[str, Any]:
        pictures: dict[str, bytes] = {}
        kept: dict[str, Any] = take_out(body, pictures)
        for sha256, data in pictures.items():
            self.store.keep_picture(sha256, data)
        return kept

    def _check_video(self, account: str, name: str) -> str:
        """Why no voice comes of a video, or "" (Kling API, voice customization).

        Raises Refusal for one the account has not made.
        """
        task = self.store.by_task_id(name.removeprefix("v"))
        made = task is not None and task.status(self.clock.now_ms()) == "succeed"
        if task is None or task.account != account or not made:
            raise invalid(f"Video not found for id: {name}")
        if task.model != SPEAKING_MODEL or not task.sound:
            return "The video was not made by V2.6 with sound"
        return "" if task.seconds >= LEAST_SPEAKING_SECONDS else "The video is shorter than 5 s"

    def _check_library(self, account: str, kind: str, body: dict[str, Any]) -> None:
        """Refuse elements and voices nobody has given the account."""
        for noun in (ELEMENT, VOICE):
            known = f"{noun.name}_list" in self.dialect.fields[kind]
            for entry in (body.get(f"{noun.name}_list") or []) if known else []:
                name = str(entry[f"{noun.name}_id"])
                if not self.library.has(noun, account, name):
                    raise invalid(f"{noun.title} id not found: {name}")

    def _without(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Leave out what the dialect's document leaves out."""
        return {name: value for name, value in answer.items() if name not in self.dialect.omits}

    def _video(self, task: Task) -> dict[str, str]:
        video = {
            "id": f"v{task.task_id}",
            "url": f"{self.base}/_files/{task.task_id}.mp4",
            "duration": f"{task.seconds}.0",
        }
        if task.watermark:
            video["watermark_url"] = f"{self.base}/_files/{task.task_id}-watermark.mp4"
        return video


def _info(task: Task) -> dict[str, str]:
    return {"external_task_id": task.external_task_id} if task.external_task_id else {}


def _whole(query: Mapping[str, str], name: str, least: int, most: int, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most):
        raise invalid(f"{name} must be between {least} and {most}")
    return int(text)


def _moment(query: Mapping[str, str], name: str) -> int:
    text = query.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise invalid(f"{name} is required, in milliseconds")
    return int(text)
