"""Creates, polls, lists and downloads with the published package klingai-api, unmodified.

By hand, see README.md beside this file:
    PYTHONPATH=FOLDER python by_hand_klingai_api.py http://127.0.0.1:PORT ACCESS_KEY SECRET_KEY
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api import Image2VideoModel, KlingAiAPI, Text2VideoModel

PICTURE = "https://example.com/first-frame.png"


def main(address: str, access_key: str, secret_key: str) -> None:
    """Run every call of the package that the simulator answers, and say what came back."""
    KlingAiAPI.base = address
    own_id = f"hand-{time.time_ns()}"
    with KlingAiAPI(access_key, secret_key) as kling:
        text = kling.text2video(
            "A boat at dusk", model_name=Text2VideoModel.kling_v2_6, external_task_id=own_id
        )
        image = kling.image2video(
            PICTURE, prompt="The boat leaves", model_name=Image2VideoModel.kling_v2_6
        )
        for created, query in (
            (text, kling.get_text2video),
            (image, kling.get_image2video),
        ):
            finished = wait(query, created["data"]["task_id"])
            (video,) = finished["task_result"]["videos"]
            film = kling._active_session.get(video["url"])
            film.raise_for_status()
            target = Path(f"{finished['task_id']}.mp4")
            target.write_bytes(film.content)
            print(finished["task_status"], video["duration"], target, len(film.content), "bytes")
        by_own_id = kling.get_text2video(own_id)["data"]
        assert by_own_id["task_id"] == text["data"]["task_id"]
        print(
            "listed:", len(kling.list_text2video()["data"]), len(kling.list_image2video()["data"])
        )


def wait(query: Callable[[str], dict[str, Any]], task_id: str) -> dict[str, Any]:
    """Ask until the task has ended; a minute at most."""
    for _ in range(60):
        task: dict[str, Any] = query(task_id)["data"]
        if task["task_status"] in ("succeed", "failed"):
            return task
        time.sleep(1)
    raise TimeoutError(task_id)


if __name__ == "__main__":
    main(*sys.argv[1:4])
