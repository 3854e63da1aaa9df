"""The dialects of Kling's API as data: where it is, what its paths are, what it promises."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from . import sources

Endpoint = Literal["text2video", "image2video"]
ENDPOINTS: tuple[Endpoint, ...] = ("text2video", "image2video")
Auth = Literal["key", "pair"]


DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "000": sources.IMAGE_TO_VIDEO,
        "001": sources.IMAGE_TO_VIDEO_MARKDOWN,
        "002": sources.KLING_V3_SCHEMA,
        "003": sources.TEXT_TO_VIDEO,
        "004": sources.GATEWAY_SCHEMA,
    }
)


@dataclass(frozen=True)
class DocumentedModel:
    """What a profile's own documents let a model do: wire modes and whole total seconds.

    `sound` is whether sound and voices may be asked for, `cfg_scale` whether it is read.
    """

    modes: tuple[str, ...] = ("std", "pro")
    seconds: tuple[int, ...] = (5, 10)
    sound: bool = False
    cfg_scale: bool = True


@dataclass(frozen=True)
class Profile:
    """One dialect.

    `addresses`: title and address of each known host, the usual one first; none for a gateway
    whose host its document does not say.
    `auth`: a `key` is sent as Bearer; a `pair` of access key and secret key signs a token.
    `documents`: the source names of its authority, strongest first.
    `models`: what its documents say of each model they name.
    `endpoints`: what its documents or published paths have.
    `ask_by_external_id`: whether a task is found by the external id we gave it.
    `duplicate_policy`: `refuses` when a second create with the same external id is turned down
    without a second charge; only then may an unclear order be sent again.
    `has_library`: whether elements, voices and account costs are offered at the documented paths.
    `lists_tasks`: whether its documents promise a list of the account's tasks.
    `result_hosts`: a result is fetched only from these hosts and their subdomains.
    `end_frame_with_shots`: follows the change of 2026-05-07, an end frame with several shots.
    `end_frame_seconds`: the totals an end frame goes with; None: all.
    `unknown_fields`: features of the capability map whose fields its documents do not have.
    `unstated`: rules its documents leave open, by topic: `picture_ratio`, `elements_limit`,
    `camera_config`, `trajectories`. In the `documents` reading both are advice only.
    Limits count UTF-16 units.
    """

    name: str
    title: str
    addresses: tuple[tuple[str, str], ...]
    prefix: str
    auth: tuple[Auth, ...]
    documents: tuple[str, ...]
    models: Mapping[str, DocumentedModel]
    ask_by_external_id: Literal["yes", "unknown", "no"]
    duplicate_policy: Literal["refuses", "unknown"]
    result_hosts: tuple[str, ...]
    endpoints: tuple[Endpoint, ...] = ENDPOINTS
    default_model: str = ""
    has_library: bool = False
    lists_tasks: bool = False
    image_required: bool = False
    prompt_required: bool = True
    end_frame_with_shots: bool = False
    end_frame_seconds: tuple[int, ...] | None = None
    unknown_fields: frozenset[str] = frozenset()
    unstated: frozenset[str] = frozenset()
    prompt_limit: int = 2500
    shot_prompt_limit: int = 512
    negative_prompt_limit: int = 2500

    @property
    def default_address(self) -> str:
        """The usual host, or "" where the account must say it."""
        return self.addresses[0][1] if self.addresses else ""

    @property
    def model_name_required(self) -> bool:
        """Whether a create without a model is refused; otherwise it means `default_model`."""
        return not self.default_model

    def path(self, endpoint: Endpoint) -> str:
        """The path of an endpoint below the account's address, with its leading slash."""
        return f"{self.prefix}/v1/videos/{endpoint}"

    def source(self, endpoint: Endpoint) -> str:
        """The name of the document that rules an endpoint here."""
        rules_text = endpoint == "text2video" and "003" in self.documents
        return DOCUMENTS["003" if rules_text else self.documents[0]]


_FIRST = DocumentedModel()
_SECOND = DocumentedModel(cfg_scale=False)
_V3 = DocumentedModel(modes=("std", "pro", "4k"), seconds=tuple(range(3, 16)), sound=True)

_RESULT_HOSTS = ("klingai.com", "kechuangai.com")

# Hosts: Kling API, image to video (Markdown), and Kling's authentication page. text2video path:
# the vendor's own client. A repeated external_task_id answers 400/1201 and makes no second task:
# measured by others on text to video, 2026-09-20. Result hosts: the domains of result links in
# published answers (global, China); a result elsewhere holds its generation with an explanation.
OFFICIAL = Profile(
    name="official",
    title="Kling",
    addresses=(
        ("Singapore", "https://api-singapore.klingai.com"),
        ("Beijing", "https://api-beijing.klingai.com"),
    ),
    prefix="",
    auth=("key", "pair"),
    documents=("000", "003", "001"),
    models=MappingProxyType(
        {
            "kling-v1": _FIRST,
            "kling-v1-5": _FIRST,
            "kling-v1-6": _FIRST,
            "kling-v2-master": _SECOND,
            "kling-v2-1": _SECOND,
            "kling-v2-1-master": _SECOND,
            "kling-v2-5-turbo": _SECOND,
            "kling-v2-6": DocumentedModel(cfg_scale=False, sound=True),
            "kling-v3": _V3,
        }
    ),
    ask_by_external_id="yes",
    duplicate_policy="refuses",
    result_hosts=_RESULT_HOSTS,
    default_model="kling-v1",
    has_library=True,
    lists_tasks=True,
)

# Kling-v3 image to video schema (PowerTokens): body forwarded, query paths undocumented.
POWERTOKENS = Profile(
    name="powertokens",
    title="PowerTokens",
    addresses=(("PowerTokens", "https://api.powertokens.ai"),),
    prefix="/kling",
    auth=("key",),
    documents=("002",),
    models=MappingProxyType({"kling-v3": _V3}),
    ask_by_external_id="unknown",
    duplicate_policy="unknown",
    result_hosts=(*_RESULT_HOSTS, "powertokens.ai"),
    prompt_required=False,
    unstated=frozenset({"elements_limit", "camera_config", "trajectories"}),
)

# Image to video of a gateway whose document names no host; its text counts, its schema does not.
GATEWAY004 = Profile(
    name="gateway004",
    title="Gateway (kling-v1 to v1-6)",
    addresses=(),
    prefix="/kling",
    auth=("key",),
    documents=("004",),
    models=MappingProxyType({"kling-v1": _FIRST, "kling-v1-5": _FIRST, "kling-v1-6": _FIRST}),
    ask_by_external_id="unknown",
    duplicate_policy="unknown",
    result_hosts=_RESULT_HOSTS,
    endpoints=("image2video",),
    default_model="kling-v1",
    image_required=True,
    prompt_required=False,
    end_frame_seconds=(5,),
    unknown_fields=frozenset(
        {
            "multi_shot",
            "sound",
            "elements",
            "voices",
            "camera_control",
            "motion_brush",
            "watermark",
        }
    ),
    unstated=frozenset({"picture_ratio"}),
    prompt_limit=500,
    negative_prompt_limit=200,
)

PROFILES: Mapping[str, Profile] = MappingProxyType(
    {profile.name: profile for profile in (OFFICIAL, POWERTOKENS, GATEWAY004)}
)
