"""The dialects of Kling's API as data: where it is, what its paths are, what it promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Endpoint = Literal["text2video", "image2video"]
ENDPOINTS: tuple[Endpoint, ...] = ("text2video", "image2video")


@dataclass(frozen=True)
class Profile:
    """One dialect.

    `ask_by_external_id`: whether a task is found by the external id we gave it.
    `duplicate_policy`: `refuses` when a second create with the same external id is turned down
    without a second charge; only then may an unclear order be sent again.
    `result_hosts`: a result is fetched only from these hosts and their subdomains.
    Limits count UTF-16 units.
    """

    name: str
    title: str
    default_address: str
    prefix: str
    path_text2video: str
    path_image2video: str
    ask_by_external_id: Literal["yes", "unknown", "no"]
    duplicate_policy: Literal["refuses", "unknown"]
    result_hosts: tuple[str, ...]
    prompt_limit: int = 2500
    shot_prompt_limit: int = 512
    negative_prompt_limit: int = 2500

    def path(self, endpoint: Endpoint) -> str:
        """The path of an endpoint below the account's address, with its leading slash."""
        own = self.path_image2video if endpoint == "image2video" else self.path_text2video
        return self.prefix + own


# Host and image2video path: Kling API, image to video (Markdown). text2video path: the vendor's
# own client. A repeated external_task_id answers 400/1201 and makes no second task: measured by
# others on text to video, 2026-09-20. Result hosts: the domains of result links in published
# answers (global, China); a result elsewhere holds its generation with an explanation.
OFFICIAL = Profile(
    name="official",
    title="Kling",
    default_address="https://api-singapore.klingai.com",
    prefix="",
    path_text2video="/v1/videos/text2video",
    path_image2video="/v1/videos/image2video",
    ask_by_external_id="yes",
    duplicate_policy="refuses",
    result_hosts=("klingai.com", "kechuangai.com"),
)

PROFILES: Mapping[str, Profile] = MappingProxyType({OFFICIAL.name: OFFICIAL})
