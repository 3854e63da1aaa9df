"""What the addresses do: create, query one, query a list, costs, ledger. Answers are `data`."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import prices
from .films import Shelf
from .gate import Keys, Pace
from .judge import judge
from .pictures import take_out
from .refusal import invalid
from .store import Store, Task, now_ms

PACK_UNITS_MILLI = 5_000_000


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


class Desk:
    """One simulator's behaviour, apart from HTTP. `base` is the address it answers at."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.base = ""
        self.store = Store(options.state, charges_twice=options.charges_twice)
        self.shelf = Shelf(options.state / "films", self.store, options.render)
        self.pace = Pace(options.rate)
        self.news = threading.Event()

    def create(self, account: str, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Take an order. Raises Refusal."""
        verdict = judge(kind, body)
        pictures: dict[str, bytes] = {}
        kept = take_out(body, pictures)
        for sha256, data in pictures.items():
            self.store.keep_picture(sha256, data)
        task = self.store.create(
            account,
            kind,
            kept,
            verdict,
            task_seconds=self.options.seconds_per_task,
            slots=self.options.slots,
            calls_back=verdict.callback_url is not None,
        )
        self.news.set()
        return {
            "task_id": task.task_id,
            "task_status": "submitted",
            "task_info": _info(task),
            "created_at": task.created_ms,
            "updated_at": task.created_ms,
        }

    def query(self, account: str, kind: str, name: str) -> dict[str, Any]:
        """One task by either id. Raises Refusal."""
        task = self.store.find(account, kind, name)
        if task is None:
            raise invalid(f"Task not found by id/external id: {name}")
        return self.report(task)

    def listing(self, account: str, kind: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """One page of tasks. Raises Refusal for a page that cannot be."""
        number = _whole(query, "pageNum", 1, 1000, 1)
        size = _whole(query, "pageSize", 1, 500, 30)
        return [self.report(task) for task in self.store.page(account, kind, number, size)]

    def costs(self, account: str, query: Mapping[str, str]) -> dict[str, Any]:
        """The account's one resource pack and what is left of it. Raises Refusal."""
        start, end = _moment(query, "start_time"), _moment(query, "end_time")
        if start >= end:
            raise invalid("start_time must be before end_time")
        now = now_ms()
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
        return {"code": 0, "msg": "", "resource_pack_subscribe_infos": [pack]}

    def report(self, task: Task) -> dict[str, Any]:
        """The task object, as queries and callbacks carry it."""
        now = now_ms()
        status = task.status(now)
        report: dict[str, Any] = {
            "task_id": task.task_id,
            "task_status": status,
            "task_status_msg": "",
            "task_info": _info(task),
            "watermark_info": {"enabled": task.watermark},
            "created_at": task.created_ms,
            "updated_at": task.updated_ms(now),
        }
        if status == "failed":
            report["task_status_msg"] = "The simulator fails every prompt that holds [fail]"
            report["final_unit_deduction"] = "0"
        if status == "succeed":
            report["final_unit_deduction"] = prices.written(task.units_milli)
            report["task_result"] = {"videos": [self._video(task)]}
        return report

    def ledger(self) -> list[dict[str, Any]]:
        """Every accepted create since the state folder was made, oldest first."""
        now = now_ms()
        return [_ledger_line(task, now) for task in self.store.ledger()]

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


def _ledger_line(task: Task, now: int) -> dict[str, Any]:
    money = prices.money_milli(task.units_milli)
    return {
        "key": task.account,
        "external_task_id": task.external_task_id,
        "task_id": task.task_id,
        "endpoint": f"/v1/videos/{task.kind}",
        "body": task.body,
        "units": prices.written(task.units_milli),
        "price": prices.written(money),
        "units_milli": task.units_milli,
        "money_milli": money,
        "created_at": task.created_ms,
        "updated_at": task.updated_ms(now),
        "done_at": task.done_ms,
        "status": task.status(now),
    }


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
