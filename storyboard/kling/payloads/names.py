"""A brief's own field paths in the names of the wire."""

from __future__ import annotations

import re
from functools import lru_cache

_ONE_PROMPT = {"shots": "prompt", "prompt": "prompt", "seconds": "duration"}
_OF_A_SHOT = {"prompt": "prompt", "seconds": "duration"}
_PLAIN = {
    "total_seconds": "duration",
    "model": "model_name",
    "shooting": "multi_shot",
    "first_frame": "image",
    "end_frame": "image_tail",
    "camera": "camera_control",
    "camera.kind": "camera_control.type",
    "brush.still": "static_mask",
    "brush.strokes": "dynamic_masks",
    "watermark": "watermark_info",
}
# Prefixes, the longer first.
_BEGINNINGS = (
    ("brush.strokes[", "dynamic_masks["),
    ("elements", "element_list"),
    ("voices", "voice_list"),
    ("camera.", "camera_control.config."),
)
_SHOT = re.compile(r"shots\[(\d+)\](?:\.(\w+))?")


@lru_cache(maxsize=1024)
def wire_path(path: str, *, several: bool, strokes: bool) -> str:
    """The wire's path for a path of a brief.

    `several`: the shots are sent one by one, in multi_prompt. `strokes`: the brush has some.
    """
    shot = _SHOT.fullmatch(path)
    if path == "shots" or shot:
        return _shot_path(shot, several=several)
    if path == "brush":
        return "dynamic_masks" if strokes else "static_mask"
    if path in _PLAIN:
        return _PLAIN[path]
    for ours, theirs in _BEGINNINGS:
        if path.startswith(ours):
            return (theirs + path.removeprefix(ours)).replace(".points", ".trajectories")
    return path


def _shot_path(shot: re.Match[str] | None, *, several: bool) -> str:
    part = (shot and shot[2]) or ""
    if not several:
        return _ONE_PROMPT.get(part, "prompt")
    if shot is None:
        return "multi_prompt"
    path = f"multi_prompt[{shot[1]}]"
    return f"{path}.{_OF_A_SHOT.get(part, part)}" if part else path
