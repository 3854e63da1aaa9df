"""The three dialects the simulator speaks, each written from its own document.

`official`: source 000 (image to video) and 003 (text to video), then 001 for what those leave
open; kling-v3's enumerations are source 002's. `powertokens`: source 002; its text2video path is
published but not described there, so it is judged as source 003. `gateway004`: source 004, whose
sentences count and not its schema's wider numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEXT, IMAGE = "text2video", "image2video"
KINDS = (TEXT, IMAGE)


@dataclass(frozen=True)
class Model:
    """What the documents let a model do; the defaults are the oldest models' (source 001)."""

    durations: tuple[str, ...] = ("5", "10")
    modes: tuple[str, ...] = ("std", "pro")
    cfg_scale: bool = True
    sound: bool = False


@dataclass(frozen=True)
class Dialect:
    """One dialect. Lengths count UTF-16 units; a kind absent from `fields` has no address.

    `fields`: per kind, what its document names; any other field is ignored.
    `default_model`: what a create without model_name means; None refuses it.
    `mode_names`: further spellings of modes.
    `prompt_required`: the kinds whose prompt may not be empty where one prompt is sent.
    `end_frame_durations`: what an end frame goes with; None: any.
    `details`: whether the document says what cameras and trajectories look like.
    `unique_ids`, `finds_external_ids`: a repeated external_task_id is refused; a task is found
    by it. Neither is promised by a gateway, so neither is done: the harder case for a client.
    `omits`: the parts of an answer it leaves out.
    """

    name: str
    fields: Mapping[str, frozenset[str]]
    models: Mapping[str, Model]
    prefix: str = ""
    default_model: str | None = None
    mode_names: Mapping[str, str] | None = None
    max_prompt: int = 2500
    max_negative_prompt: int = 2500
    max_elements: int | None = 3
    prompt_required: tuple[str, ...] = KINDS
    image_required: bool = False
    ratio_limited: bool = True
    end_frame_durations: tuple[str, ...] | None = None
    details: bool = True
    pairs: bool = False
    library: bool = False
    unique_ids: bool = False
    finds_external_ids: bool = False
    omits: tuple[str, ...] = ()


# A notice of 2026-08 retires these on 2026-09-15; the first was seen refused on 2026-09-20.
RETIRED = (
    "kling-v1",
    "kling-v1-5",
    "kling-v1-6",
    "kling-v2-master",
    "kling-v2-1",
    "kling-v2-1-master",
)

_FIRST, _SECOND = Model(), Model(cfg_scale=False)
_V3 = Model(
    durations=tuple(str(seconds) for seconds in range(3, 16)),
    modes=("std", "pro", "4k"),
    sound=True,
)

_BOTH = frozenset(
    {
        "model_name",
        "multi_shot",
        "shot_type",
        "multi_prompt",
        "prompt",
        "negative_prompt",
        "voice_list",
        "sound",
        "cfg_scale",
        "mode",
        "camera_control",
        "duration",
        "watermark_info",
        "callback_url",
        "external_task_id",
    }
)
# Source 003 speaks of voice_list without listing it; elements and masks it does not know.
_TEXT = _BOTH | {"aspect_ratio"}
_IMAGE = _BOTH | {"image", "image_tail", "element_list", "static_mask", "dynamic_masks"}

OFFICIAL = Dialect(
    name="official",
    fields={TEXT: _TEXT, IMAGE: _IMAGE},
    models={
        "kling-v1": _FIRST,
        "kling-v1-5": _FIRST,
        "kling-v1-6": _FIRST,
        "kling-v2-master": _SECOND,
        "kling-v2-1": _SECOND,
        "kling-v2-1-master": _SECOND,
        "kling-v2-5-turbo": _SECOND,
        "kling-v2-6": Model(cfg_scale=False, sound=True),
        "kling-v3": _V3,
    },
    default_model="kling-v1",
    pairs=True,
    library=True,
    unique_ids=True,
    finds_external_ids=True,
)

POWERTOKENS = Dialect(
    name="powertokens",
    prefix="/kling",
    fields={TEXT: _TEXT, IMAGE: _IMAGE},
    models={"kling-v3": _V3},
    max_elements=None,
    prompt_required=(TEXT,),
    details=False,
    # "If provided", says its document.
    omits=("request_id",),
)

GATEWAY004 = Dialect(
    name="gateway004",
    prefix="/kling",
    fields={
        IMAGE: frozenset(
            {
                "model_name",
                "image",
                "image_tail",
                "prompt",
                "negative_prompt",
                "cfg_scale",
                "mode",
                "duration",
                "callback_url",
            }
        )
    },
    models={"kling-v1": _FIRST, "kling-v1-5": _FIRST, "kling-v1-6": _FIRST},
    default_model="kling-v1",
    # Its schema and its example write the modes with their explanation.
    mode_names={"std (high performance)": "std", "pro (high quality)": "pro"},
    max_prompt=500,
    max_negative_prompt=200,
    prompt_required=(),
    image_required=True,
    ratio_limited=False,
    end_frame_durations=("5",),
    omits=("task_info", "final_unit_deduction"),
)

DIALECTS = {dialect.name: dialect for dialect in (OFFICIAL, POWERTOKENS, GATEWAY004)}
