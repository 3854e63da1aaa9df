"""Ways over every boundary of a brief, and what the product says to each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from storyboard.kling.brief import Brief, Brush, Camera, PictureRef, ShotBrief, Stroke
from storyboard.kling.references import PictureLink
from tests.kling.builders import element, voice
from tests.kling.orders import AXES, MODELS, NAMES, Order, filled, frame, limit_of


@dataclass(frozen=True)
class Mutation:
    """One way over one boundary: what it makes of a brief, and what the product says to it.

    `on` are the profiles whose documents have the boundary. `breaks` gives None for a brief that
    has not what there is to break. What never goes out, `reaches_kling` says, only the product can
    refuse.
    """

    name: str
    code: str
    field: str
    breaks: Callable[[Brief, str], Brief | None]
    on: tuple[str, ...] = NAMES
    reaches_kling: bool = True


def broken(order: Order) -> Iterator[tuple[Mutation, Brief]]:
    """The brief once for every boundary it can be put over."""
    for mutation in MUTATIONS:
        if order.profile in mutation.on:
            brief = mutation.breaks(order.brief, order.profile)
            if brief is not None:
                yield mutation, brief


def _change(**changes: Any) -> Callable[[Brief, str], Brief]:
    return lambda brief, _name: replace(brief, **changes)


def _prompt(units: int) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, name: str) -> Brief | None:
        if limit_of(name, brief.shooting) != units - 1:
            return None
        first, *others = brief.shots
        return replace(brief, shots=(replace(first, prompt=filled("🚢", units)), *others))

    return breaks


def _no_prompt(brief: Brief, name: str) -> Brief | None:
    if name != "official" and brief.shooting != "custom":
        return None
    first, *others = brief.shots
    return replace(brief, shots=(replace(first, prompt=" "), *others))


def _shots(*seconds: int, total: int = 0) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, _name: str) -> Brief | None:
        if brief.shooting != "custom" or brief.model != "kling-v3":
            return None
        made = tuple(
            ShotBrief(f"shot-{place}", place, f"Number {place}", length)
            for place, length in enumerate(seconds, 1)
        )
        return replace(brief, shots=made, total_seconds=total or sum(seconds))

    return breaks


def _total(seconds: int, *models: str) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, _name: str) -> Brief | None:
        if brief.shooting == "custom" or (models and brief.model not in models):
            return None
        (shot,) = brief.shots
        return replace(brief, shots=(replace(shot, seconds=seconds),), total_seconds=seconds)

    return breaks


def _frame(field: str, picture: PictureRef) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, _name: str) -> Brief | None:
        return None if getattr(brief, field) is None else replace(brief, **{field: picture})

    return breaks


def _heavy(field: str) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, _name: str) -> Brief | None:
        # Ten megabytes take their time: once in a while is enough.
        if getattr(getattr(brief, field), "format", "") != "png":
            return None
        return replace(brief, **{field: frame(kind="png", size=TEN_MB + 1)})

    return breaks


def _text_only(**changes: Any) -> Callable[[Brief, str], Brief | None]:
    return lambda brief, _name: replace(brief, **changes) if not brief.first_frame else None


def _picture_only(**changes: Any) -> Callable[[Brief, str], Brief | None]:
    return lambda brief, _name: replace(brief, **changes) if brief.first_frame else None


def _end_frame_with_shots(brief: Brief, _name: str) -> Brief | None:
    if brief.first_frame is None or brief.shooting == "single":
        return None
    return replace(brief, end_frame=frame(), camera=None, brush=None)


def _long_end(brief: Brief, name: str) -> Brief | None:
    ten = _total(10)(replace(brief, camera=None, brush=None), name)
    return None if ten is None or ten.first_frame is None else replace(ten, end_frame=frame())


def _points(count: int) -> Brush:
    mask = PictureLink("https://example.com/mask.png")
    return Brush(None, (Stroke(mask, tuple((at, at) for at in range(count))),))


def _many_points(brief: Brief, name: str) -> Brief | None:
    five = _total(5)(replace(brief, end_frame=None, camera=None), name)
    return None if five is None or five.first_frame is None else replace(five, brush=_points(78))


def _both_lists(brief: Brief, _name: str) -> Brief | None:
    if brief.first_frame is None or brief.model not in ("kling-v3", "kling-v2-6"):
        return None
    return replace(brief, elements=(element(1),), voices=(voice(1),), sound=True)


def _voices(count: int, *, sound: bool) -> Callable[[Brief, str], Brief | None]:
    def breaks(brief: Brief, _name: str) -> Brief | None:
        if brief.first_frame is None or brief.model not in ("kling-v3", "kling-v2-6"):
            return None
        named = tuple(voice(number) for number in range(count))
        return replace(brief, elements=(), voices=named, sound=sound)

    return breaks


def _silent_model(brief: Brief, _name: str) -> Brief | None:
    if brief.model in ("kling-v3", "kling-v2-6"):
        return None
    return replace(brief, sound=True)


def _mode(brief: Brief, _name: str) -> Brief | None:
    # The masters take no mode, so none is sent.
    return None if brief.model.endswith("-master") else replace(brief, mode="8k")


def _v2_strength(brief: Brief, _name: str) -> Brief | None:
    return replace(brief, cfg_scale=0.5) if brief.model.startswith("kling-v2") else None


OFFICIAL = ("official",)
DETAILED = ("official", "powertokens")
TEN_MB = 10 * 1024 * 1024
_ELEMENTS = tuple(element(number) for number in range(4))
_CAMERA = {"end_frame": None, "brush": None}
_MASK = PictureLink("https://example.com/mask.png")

MUTATIONS = (
    Mutation("seven shots", "shots.too_many", "shots", _shots(*[1] * 7), DETAILED),
    Mutation("no shot", "shots.none", "shots", _shots(total=5), DETAILED),
    Mutation("513 units", "shot.prompt_too_long", "shots[0].prompt", _prompt(513), DETAILED),
    Mutation("2501 units", "shot.prompt_too_long", "shots[0].prompt", _prompt(2501)),
    Mutation("501 units", "shot.prompt_too_long", "shots[0].prompt", _prompt(501)),
    Mutation("no prompt", "shot.prompt_empty", "shots[0].prompt", _no_prompt, DETAILED),
    Mutation("0 s", "shot.seconds_too_few", "shots[0].seconds", _shots(0, 5), DETAILED),
    Mutation(
        "6 of 5 s", "shot.seconds_too_many", "shots[1].seconds", _shots(1, 6, total=5), DETAILED
    ),
    Mutation("4 of 5 s", "shots.sum", "total_seconds", _shots(2, 2, total=5), DETAILED),
    Mutation("6 for 5 s", "shots.sum", "total_seconds", _shots(3, 3, total=5), DETAILED),
    Mutation("16 s", "total.out_of_range", "total_seconds", _total(16)),
    Mutation("2 s", "total.out_of_range", "total_seconds", _total(2)),
    Mutation("6 s", "total.out_of_range", "total_seconds", _total(6, *MODELS["official"][5:])),
    Mutation("another model", "model.unknown", "model", _change(model="kling-v9")),
    Mutation("8k", "mode.unknown", "mode", _mode),
    Mutation(
        "4:3", "aspect_ratio.unknown", "aspect_ratio", _text_only(aspect_ratio="4:3"), DETAILED
    ),
    Mutation("sound before v2-6", "capability.sound", "sound", _silent_model, OFFICIAL),
    Mutation(
        "long negative prompt",
        "negative_prompt_too_long",
        "negative_prompt",
        _change(negative_prompt="x" * 2501),
        DETAILED,
    ),
    Mutation(
        "201 units",
        "negative_prompt_too_long",
        "negative_prompt",
        _change(negative_prompt="x" * 201),
        ("gateway004",),
    ),
    Mutation("1.01", "cfg_scale.out_of_range", "cfg_scale", _change(cfg_scale=1.01)),
    Mutation("-0.01", "cfg_scale.out_of_range", "cfg_scale", _change(cfg_scale=-0.01)),
    Mutation("strength on v2", "capability.cfg_scale", "cfg_scale", _v2_strength, OFFICIAL),
    *(
        mutation
        for field in ("first_frame", "end_frame")
        for mutation in (
            Mutation(f"{field} 299", f"{field}.too_small", field, _frame(field, frame(299, 300))),
            Mutation(f"{field} gif", f"{field}.format", field, _frame(field, frame(kind="gif"))),
            Mutation(
                f"{field} slim",
                f"{field}.too_long",
                field,
                _frame(field, frame(751, 300)),
                DETAILED,
            ),
            Mutation(
                f"{field} heavy",
                f"{field}.too_heavy",
                field,
                _heavy(field),
            ),
        )
    ),
    Mutation(
        "no frame",
        "endpoint.unknown",
        "first_frame",
        _change(first_frame=None, end_frame=None),
        ("gateway004",),
    ),
    Mutation("end frame", "end_frame.multi_shot", "end_frame", _end_frame_with_shots, DETAILED),
    Mutation("10 s", "end_frame.seconds", "total_seconds", _long_end, ("gateway004",)),
    Mutation(
        "4 elements",
        "elements.too_many",
        "elements",
        _picture_only(elements=_ELEMENTS, voices=()),
        OFFICIAL,
    ),
    Mutation("3 voices", "voices.too_many", "voices", _voices(3, sound=True), DETAILED),
    Mutation("silent voice", "voices.sound_off", "voices", _voices(1, sound=False), DETAILED),
    Mutation("both lists", "library.both", "voices", _both_lists, DETAILED),
    Mutation(
        "a dolly",
        "camera.kind_unknown",
        "camera.kind",
        _change(camera=Camera("dolly"), **_CAMERA),
        OFFICIAL,
    ),
    *(
        Mutation(
            f"{axis} {amount}",
            "camera.out_of_range",
            f"camera.{axis}",
            _change(camera=Camera("simple", **{axis: amount}), **_CAMERA),
            OFFICIAL,
        )
        for axis in AXES
        for amount in (-10.1, 10.1)
    ),
    Mutation(
        "two amounts",
        "camera.one_amount",
        "camera",
        _change(camera=Camera("simple", pan=1, tilt=1), **_CAMERA),
        OFFICIAL,
    ),
    Mutation(
        "no amount",
        "camera.one_amount",
        "camera",
        _change(camera=Camera("simple"), **_CAMERA),
        OFFICIAL,
    ),
    Mutation(
        "amount for nothing",
        "camera.amounts_unasked",
        "camera",
        _change(camera=Camera("down_back", pan=1), **_CAMERA),
        OFFICIAL,
        reaches_kling=False,
    ),
    Mutation(
        "brush and camera",
        "direction.together",
        "camera",
        _picture_only(camera=Camera("down_back"), brush=_points(2), end_frame=None),
        DETAILED,
    ),
    Mutation(
        "seven masks",
        "brush.too_many",
        "brush.strokes",
        _picture_only(brush=Brush(None, _points(2).strokes * 7), camera=None, end_frame=None),
        DETAILED,
    ),
    Mutation(
        "one point",
        "brush.points_few",
        "brush.strokes[0].points",
        _picture_only(brush=_points(1), camera=None, end_frame=None),
        OFFICIAL,
    ),
    Mutation("78 points", "brush.points_many", "brush.strokes[0].points", _many_points, OFFICIAL),
    Mutation(
        "a small mask",
        "brush.mask.too_small",
        "brush.still",
        _picture_only(brush=Brush(frame(299, 299)), camera=None, end_frame=None),
        DETAILED,
    ),
)
