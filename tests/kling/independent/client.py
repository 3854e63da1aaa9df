"""A client of image to video written from document 001 alone, importing nothing of ours."""

import json
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

PATH = "/v1/videos/image2video"
STATUSES = ("submitted", "processing", "succeed", "failed")


class ImageToVideo:
    """`host` with its scheme, and what goes behind Bearer."""

    def __init__(self, host: str, token: str) -> None:
        self.host = host
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def create(self, **fields: Any) -> dict[str, Any]:
        """Create a task; its `data`, in the shape 001 gives."""
        data = self._ask("POST", PATH, fields)
        assert data["task_status"] in STATUSES
        assert isinstance(data["created_at"], int)
        assert isinstance(data["updated_at"], int)
        return data

    def query(self, name: str) -> dict[str, Any]:
        """One task, by task_id or external_task_id."""
        data: dict[str, Any] = self._ask("GET", f"{PATH}/{urllib.parse.quote(name)}")
        return data

    def page(self, number: int = 1, size: int = 30) -> list[dict[str, Any]]:
        """One page of the tasks."""
        query = urllib.parse.urlencode({"pageNum": number, "pageSize": size})
        tasks: list[dict[str, Any]] = self._ask("GET", f"{PATH}?{query}")
        return tasks

    def wait(self, name: str, seconds: float) -> dict[str, Any]:
        """Ask until the task has ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            task = self.query(name)
            if task["task_status"] in ("succeed", "failed"):
                return task
            time.sleep(0.05)
        raise TimeoutError(name)

    def download(self, task: dict[str, Any], folder: Path) -> list[Path]:
        """Save every video of a task that succeeded."""
        saved = []
        for video in task["task_result"]["videos"]:
            assert float(video["duration"]) > 0
            with self.opener.open(video["url"], timeout=20) as answer:
                target = folder / f"{video['id']}.mp4"
                target.write_bytes(answer.read())
            saved.append(target)
        return saved

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        raw = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.host + path, raw, self.headers, method=method)
        with self.opener.open(request, timeout=20) as answer:
            envelope = json.load(answer)
        assert envelope["code"] == 0, envelope
        assert isinstance(envelope["message"], str)
        assert isinstance(envelope["request_id"], str)
        return envelope["data"]
