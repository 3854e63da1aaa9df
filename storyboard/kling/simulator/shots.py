"""What the film is made of: one prompt, or the shots of multi_prompt."""

from dataclasses import dataclass
from typing import Any

from .dialects import IMAGE, Dialect
from .fields import choice, flag, given, length, text
from .refusal import invalid

MAX_SHOT_PROMPT = 512
MAX_SHOTS = 6
LEAST_SHOT_SECONDS = 1


@dataclass(frozen=True)
class Shot:
    """One shot of the film to be made."""

    seconds: int
    prompt: str


def read_shots(
    kind: str,
    body: dict[str, Any],
    seconds: int,
    dialect: Dialect,
    *,
    end_frame_with_shots: bool = False,
) -> tuple[Shot, ...]:
    """The film's shots. Raises Refusal."""
    prompt = text(body, "prompt", dialect.max_prompt)
    required = kind in dialect.prompt_required
    if not flag(body, "multi_shot"):
        return (_one_shot(seconds, prompt, required),)
    shot_type = choice(body, "shot_type", ("customize", "intelligence"), "")
    if not shot_type:
        raise invalid("shot_type is required when multi_shot is true")
    if kind == IMAGE and given(body, "image_tail") and not end_frame_with_shots:
        raise invalid("multi_shot does not support generation from first and end frames")
    if shot_type == "intelligence":
        return (_one_shot(seconds, prompt, required),)
    return _custom_shots(body.get("multi_prompt"), seconds)


def _one_shot(seconds: int, prompt: str, required: bool) -> Shot:
    if required and not prompt.strip():
        raise invalid("prompt must not be empty")
    return Shot(seconds, prompt)


def _custom_shots(listed: Any, seconds: int) -> tuple[Shot, ...]:
    if not isinstance(listed, list) or not listed:
        raise invalid("multi_prompt is required when shot_type is customize")
    if len(listed) > MAX_SHOTS:
        raise invalid(f"multi_prompt: size must be between 1 and {MAX_SHOTS}")
    shots = tuple(_custom_shot(number, entry) for number, entry in enumerate(listed, 1))
    total = sum(shot.seconds for shot in shots)
    if total != seconds:
        raise invalid(f"multi_prompt: durations sum to {total}, but duration is {seconds}")
    return shots


def _custom_shot(number: int, entry: Any) -> Shot:
    where = f"multi_prompt[{number}]"
    if not isinstance(entry, dict):
        raise invalid(f"{where} must be an object")
    index = entry.get("index")
    if isinstance(index, bool) or not isinstance(index, int) or index != number:
        raise invalid(f"{where}: index must start at 1 and be consecutive")
    prompt = entry.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise invalid(f"{where}: prompt must not be empty")
    if length(prompt) > MAX_SHOT_PROMPT:
        raise invalid(f"{where}: prompt: size must be between 1 and {MAX_SHOT_PROMPT}")
    duration = entry.get("duration")
    if not isinstance(duration, str) or not (duration.isascii() and duration.isdigit()):
        raise invalid(f"{where}: duration must be a string of whole seconds")
    if len(duration) > 3 or int(duration) < LEAST_SHOT_SECONDS:
        raise invalid(
            f"{where}: duration must be at least {LEAST_SHOT_SECONDS} and at most the total "
            "duration"
        )
    return Shot(int(duration), prompt)
