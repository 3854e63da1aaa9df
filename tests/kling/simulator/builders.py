"""Orders, pictures and an asker for the tests of the simulator."""

import base64
import io
from typing import Any

import httpx
from PIL import Image

from storyboard.kling.simulator.server import Server

Body = dict[str, Any]


class Asker:
    """A client of one simulator with one key."""

    def __init__(self, server: Server, key: str) -> None:
        self.server = server
        self.http = httpx.Client(
            base_url=server.address,
            headers={"Authorization": f"Bearer {key}"} if key else {},
            trust_env=False,
            verify=False,
            timeout=20,
        )

    def create(self, body: Body, kind: str = "text2video") -> httpx.Response:
        """POST one order."""
        return self.http.post(f"/v1/videos/{kind}", json=body)

    def ordered(self, body: Body, kind: str = "text2video") -> Body:
        """POST one order that is accepted; its `data`."""
        answer = self.create(body, kind)
        assert answer.status_code == 200, answer.text
        data: Body = answer.json()["data"]
        return data

    def task(self, name: str, kind: str = "text2video") -> Body:
        """GET one task that exists; its `data`."""
        answer = self.http.get(f"/v1/videos/{kind}/{name}")
        assert answer.status_code == 200, answer.text
        data: Body = answer.json()["data"]
        return data

    def ledger(self) -> list[Body]:
        """GET the ledger."""
        lines: list[Body] = self.http.get("/_ledger").json()
        return lines


def single(**changes: Any) -> Body:
    """A good text-to-video order of one shot."""
    return {"model_name": "kling-v3", "prompt": "A boat at dusk", "duration": "3", **changes}


def custom(*shots: tuple[str, str], **changes: Any) -> Body:
    """A good order of custom shots, each (prompt, seconds)."""
    listed = shots or (("A boat", "1"), ("A lamp", "2"))
    return {
        "model_name": "kling-v3",
        "prompt": "",
        "multi_shot": True,
        "shot_type": "customize",
        "multi_prompt": [
            {"index": number, "prompt": prompt, "duration": duration}
            for number, (prompt, duration) in enumerate(listed, 1)
        ],
        "duration": str(sum(int(duration) for _prompt, duration in listed)),
        **changes,
    }


def picture(width: int = 400, height: int = 300, kind: str = "JPEG", colour: str = "teal") -> str:
    """A picture as bare Base64."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def placed(asker: Asker, *faults: Any) -> Body:
    """Set faults while the simulator runs; the answer."""
    answer = asker.http.post("/_faults", json={"set": list(faults)})
    assert answer.status_code == 200, answer.text
    report: Body = answer.json()
    return report


def delivered(asker: Asker) -> dict[str, int]:
    """How often each kind was delivered."""
    counts: dict[str, int] = asker.http.get("/_faults").json()["delivered"]
    return counts
