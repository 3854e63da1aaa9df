"""Briefs and answers for the tests of `storyboard.kling`."""

import json
from dataclasses import replace
from typing import Any

import httpx

from storyboard.kling.brief import Brief, ElementRef, PictureRef, ShotBrief, VoiceRef

PICTURE = PictureRef("a" * 64, 1280, 720, 200_000, "jpeg")


def shots(*seconds: int) -> tuple[ShotBrief, ...]:
    return tuple(
        ShotBrief(f"shot-{position}", position, f"Gulls over the pier, number {position}", length)
        for position, length in enumerate(seconds, start=1)
    )


def brief(**changes: Any) -> Brief:
    """Six shots of 15 s on kling-v3 pro with sound, ready to send."""
    ready = Brief(
        shots=shots(3, 2, 3, 2, 3, 2),
        shooting="custom",
        total_seconds=15,
        model="kling-v3",
        mode="pro",
        aspect_ratio="16:9",
        sound=True,
    )
    return replace(ready, **changes)


def one_shot(prompt: str = "A boat leaves the harbour", **changes: Any) -> Brief:
    """One shot of 5 s on kling-v2-6 pro with sound, ready to send."""
    ready = {
        "shots": (ShotBrief("only", 1, prompt, 5),),
        "shooting": "single",
        "total_seconds": 5,
        "model": "kling-v2-6",
    }
    return brief(**{**ready, **changes})


def with_prompt(prompt: str, **changes: Any) -> Brief:
    """Two shots of 5 s, the second with this prompt."""
    first, second = shots(2, 3)
    return brief(shots=(first, replace(second, prompt=prompt)), total_seconds=5, **changes)


def element(number: int) -> ElementRef:
    return ElementRef(str(900 + number), f"Keeper {number}")


def voice(number: int) -> VoiceRef:
    return VoiceRef(f"v-{number}", f"Old sailor {number}")


def codes(checked: Brief) -> list[str]:
    """The codes of what blocks this brief."""
    return [problem.code for problem in checked.problems() if not problem.warning]


def warnings(checked: Brief) -> list[str]:
    """The codes of the advice on this brief."""
    return [problem.code for problem in checked.problems() if problem.warning]


def task(**changes: Any) -> dict[str, Any]:
    """A task object as Kling tells it, freshly submitted."""
    return {
        "task_id": "829611643369439283",
        "task_status": "submitted",
        "task_info": {"external_task_id": "greenlight-1"},
        "created_at": 1722769557708,
        "updated_at": 1722769557708,
        **changes,
    }


def finished(**changes: Any) -> dict[str, Any]:
    """A task object that succeeded."""
    video = {"id": "v1", "url": "https://v1-kling.klingai.com/a.mp4", "duration": "5.041"}
    return task(task_status="succeed", task_result={"videos": [video]}, **changes)


def answer(data: Any, status: int = 200, code: int = 0, message: str = "SUCCEED") -> httpx.Response:
    """An answer in Kling's envelope."""
    envelope = {"code": code, "message": message, "request_id": "req-1", "data": data}
    return httpx.Response(status, content=json.dumps(envelope).encode())


def refusal(status: int, code: int, message: str) -> httpx.Response:
    """A refusal in Kling's envelope."""
    envelope = {"code": code, "message": message, "request_id": "req-9"}
    return httpx.Response(status, content=json.dumps(envelope).encode())
