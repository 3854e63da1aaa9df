"""A brief: everything Kling must be told for one video, checkable and frozen.

Forms, readiness, freezing and the worker all use this one description and its `problems()`.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from . import rules, wire
from .problems import Problem
from .profiles import OFFICIAL, Endpoint, Profile
from .references import (
    Brush,
    Camera,
    ElementRef,
    Picture,
    PictureLink,
    PictureRef,
    Stroke,
    VoiceRef,
)
from .rules.case import Reading

__all__ = [
    "Brief",
    "Brush",
    "Camera",
    "ElementRef",
    "Picture",
    "PictureLink",
    "PictureRef",
    "Problem",
    "Reading",
    "Shooting",
    "ShotBrief",
    "Stroke",
    "VoiceRef",
]

Shooting = Literal["custom", "intelligent", "single"]


@dataclass(frozen=True)
class ShotBrief:
    """One shot: its lasting key, its position from 1, its prompt and its whole seconds."""

    key: str
    position: int
    prompt: str
    seconds: int


@dataclass(frozen=True)
class Brief:
    """One video to be ordered. Shots stand in their order; seconds are whole.

    `shooting`: `custom` sends every shot, `intelligent` one prompt that Kling cuts itself,
    `single` one prompt as one run of camera. A first or end frame makes it image to video.
    """

    shots: tuple[ShotBrief, ...]
    shooting: Shooting
    total_seconds: int
    model: str
    mode: str
    aspect_ratio: str
    sound: bool
    watermark: bool = False
    negative_prompt: str = ""
    first_frame: Picture | None = None
    end_frame: Picture | None = None
    elements: tuple[ElementRef, ...] = ()
    voices: tuple[VoiceRef, ...] = ()
    cfg_scale: float | None = None
    camera: Camera | None = None
    brush: Brush | None = None

    @property
    def endpoint(self) -> Endpoint:
        """`image2video` with a first or an end frame, else `text2video`."""
        return "image2video" if self.first_frame or self.end_frame else "text2video"

    @property
    def shots_seconds(self) -> int:
        """What the shots' seconds add up to."""
        return sum(shot.seconds for shot in self.shots)

    def prompt_limit(self, profile: Profile = OFFICIAL) -> int:
        """How many UTF-16 units each prompt may have under this way of shooting."""
        return rules.prompt_limit(self, profile)

    def problems(
        self, profile: Profile = OFFICIAL, reading: Reading = "map"
    ) -> tuple[Problem, ...]:
        """Every broken rule and every piece of advice, in the order of the rows of readiness.

        In the `documents` reading a rule breaks only where the profile's own documents state it,
        and the rest is advice; in the `map` reading the capability map's cells count as well.
        Raises ValueError on another reading.
        """
        return rules.problems(self, profile, reading)

    def payload(self, picture: Callable[[PictureRef], str]) -> dict[str, Any]:
        """The create body in Kling's names, without `callback_url` and `external_task_id`.

        `picture` gives a stored picture's bare base64; a link is sent as it is. Raises
        ValueError when one prompt has to be sent and there is not exactly one shot.
        """
        return wire.create_body(self, picture)

    def to_dict(self) -> dict[str, Any]:
        """The brief as plain JSON; `from_dict` gives an equal brief."""
        frozen: dict[str, Any] = wire.plain(asdict(self))
        return frozen

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Brief":
        """The brief frozen by `to_dict`. Raises TypeError or KeyError on another shape."""
        return cls(
            **{
                **data,
                "shots": tuple(ShotBrief(**shot) for shot in data["shots"]),
                "first_frame": wire.read_picture(data["first_frame"]),
                "end_frame": wire.read_picture(data["end_frame"]),
                "elements": wire.read_elements(data["elements"]),
                "voices": wire.read_voices(data["voices"]),
                "camera": wire.read_camera(data["camera"]),
                "brush": wire.read_brush(data["brush"]),
            }
        )
