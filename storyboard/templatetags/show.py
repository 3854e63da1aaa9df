"""How single things are drawn and written; loaded by every screen with {% load show %}."""

from functools import cache
from pathlib import Path
from typing import Protocol

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField, CheckboxInput, RadioSelect, Widget
from django.template.base import Node, NodeList, Parser, Token, VariableNode
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from storyboard.models.stages import Stage

register = template.Library()

# The passes of the top bar, in order. Failed is none: it replaces the word of its pass.
PASSES = tuple(stage for stage in Stage if stage is not Stage.FAILED)
# stage → (class, icon)
_BADGES = {
    Stage.DRAFT: ("", "draft"),
    Stage.IN_REVIEW: ("review", "half"),
    Stage.APPROVED: ("approved", "okc"),
    Stage.GENERATING: ("gen", "spark"),
    Stage.TAKES: ("takes", "film"),
    Stage.PICKED: ("", "star"),
    Stage.FAILED: ("fail", "badc"),
}
_VERDICTS = {"yes": ("y", "okc"), "no": ("n", "badc"), "wait": ("", "clock")}


class Priced(Protocol):
    """An order or a generation: thousandths of a dollar, and whether the list had a row."""

    money_milli: int

    @property
    def has_price(self) -> bool: ...


class Person(Protocol):
    """A member, or anybody else whose str() is a name, with initials and a hue (0–23)."""

    hue: int

    @property
    def initials(self) -> str: ...


class Film(Protocol):
    """A take: its own frame rate as a fraction."""

    rate_num: int
    rate_den: int


@register.simple_tag
def stylesheets() -> SafeString:
    """One joined sheet where collectstatic made it, else every sheet by itself, in order."""
    if getattr(staticfiles_storage, "joins_style_sheets", False):
        return _sheet("css/app.css")
    order = finders.find("css/order.txt")
    names = Path(str(order)).read_text().split() if order else []
    return format_html_join("\n", "{}", ((_sheet(f"css/{name}"),) for name in names))


def _sheet(path: str) -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static(path))


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One icon of the sprite; size "" 16 px, "s" 14 px, "l" 20 px. Never read aloud."""
    return _icon(static("icons.svg"), name, size)


@cache
def _icon(sprite: str, name: str, size: str) -> SafeString:
    """A page holds half a hundred icons of thirty kinds."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" {size}" if size else "",
        sprite,
        name,
    )


@register.tag
def kept(parser: Parser, token: Token) -> Node:
    """{% kept %}…{% endkept %}: drawn once a language; what is within depends on nothing else."""
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    for node in nodes.get_nodes_by_type(VariableNode):
        raise TemplateSyntaxError(f"kept is drawn once for everybody, so it may not hold {node}")
    return Kept(nodes)


class Kept(Node):
    """Words that every page repeats, drawn once and kept by this process."""

    def __init__(self, nodes: NodeList) -> None:
        self.nodes = nodes
        self.drawn: dict[tuple[str | None, bool], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        about = (get_language(), context.autoescape)
        if about not in self.drawn:
            self.drawn[about] = self.nodes.render(Context(autoescape=context.autoescape))
        return self.drawn[about]


@register.simple_tag
def avatar(
    person: Person | None,
    size: str = "",
    *,
    live: bool = False,
    verdict: str = "",
    doing: str = "",
) -> SafeString:
    """A person's initials on their hue; no person means the system.

    verdict "yes", "no" or "wait" adds the mark of their answer, with words for readers aloud;
    `doing` ("writing shot 3") stands after the name and adds a pen.
    """
    name = str(person) if person else _("Greenlight")
    name = f"{name}, {doing}" if doing else name
    hue = f"h{person.hue % 24}" if person else "system"
    classes = " ".join(filter(None, ("av", size, hue, "live" if live else "")))
    return format_html(
        '<span class="{}" title="{}" role="img" aria-label="{}">'
        '<span aria-hidden="true">{}</span>{}</span>',
        classes,
        name,
        _said(name, verdict),
        person.initials if person else "G",
        _pen() if doing else _verdict(verdict),
    )


def _said(name: str, verdict: str) -> str:
    words = {
        "yes": _("%(name)s: approved"),
        "no": _("%(name)s: changes requested"),
        "wait": _("%(name)s: not decided yet"),
    }
    return words[verdict] % {"name": name} if verdict in words else name


def _pen() -> SafeString:
    return format_html('<span class="v">{}</span>', icon("pen"))


def _verdict(verdict: str) -> SafeString:
    if verdict not in _VERDICTS:
        return SafeString("")
    css, name = _VERDICTS[verdict]
    return format_html('<span class="v {}">{}</span>', css, icon(name))


@register.simple_tag
def badge(stage: str, words: str = "") -> SafeString:
    """A status: icon and word, never colour alone. `words` replaces the stage's own word."""
    css, name = _BADGES[Stage(stage)]
    return format_html(
        '<span class="badge {}">{}{}</span>', css, icon(name), words or Stage(stage).label
    )


@register.inclusion_tag("storyboard/_partials/_pass_strip.html")
def pass_strip(stage: str, failed_words: str = "") -> dict[str, object]:
    """The six passes; `stage` is the current one, a value of Stage.

    `failed_words` ("Failed", "Refused") replaces the word of the current pass; the stage
    "failed" is Generating having failed.
    """
    failed = stage == Stage.FAILED or bool(failed_words)
    current = Stage.GENERATING if stage == Stage.FAILED else Stage(stage)
    at = PASSES.index(current)
    steps = [
        {
            "words": (failed_words or Stage.FAILED.label) if failed and n == at else each.label,
            "done": n < at,
            "on": n == at,
            "failed": failed and n == at,
        }
        for n, each in enumerate(PASSES)
    ]
    return {"steps": steps}


@register.inclusion_tag("storyboard/_partials/_field.html")
def field(bound: BoundField) -> dict[str, object]:
    """A whole labelled row of a form: label, control, help, errors."""
    widget = bound.field.widget
    described = " ".join(
        part
        for part in (
            f"{bound.id_for_label}-help" if bound.help_text else "",
            f"{bound.id_for_label}-errors" if bound.errors else "",
        )
        if part
    )
    # The widget is this form's own copy: what is drawn from it later carries the attributes too.
    if described:
        widget.attrs["aria-describedby"] = described
    kind, css = _kind(widget)
    widget.attrs["class"] = css
    if kind == "switch":
        widget.attrs["role"] = "switch"
    return {"field": bound, "kind": kind}


def _kind(widget: Widget) -> tuple[str, str]:
    """How a control is laid out, and the class it carries."""
    if isinstance(widget, CheckboxInput):
        return "switch", "switch"
    if isinstance(widget, RadioSelect):
        return "segment", "sr"
    return "well", "field"


@register.filter
def timecode(at_ms: int, film: Film | None = None) -> str:
    """Whole milliseconds as minutes:seconds:frame at the film's own rate, 24 without a film.

    Frames are counted and cut at the nominal rate (non-drop), so every frame has its own
    timecode. A moment is its frame's start rounded to a millisecond: half of one is put back.
    Keep in step with static/js/timecode.js.
    """
    num, den = (film.rate_num, film.rate_den) if film else (24, 1)
    frames = (2 * int(at_ms) + 1) * num // (2000 * den)
    nominal = max(1, round(num / den))
    seconds, frame = divmod(frames, nominal)
    return f"{seconds // 60:02d}:{seconds % 60:02d}:{frame:02d}"


@register.filter
def clock(ms: int) -> str:
    """Milliseconds as a length for people: 112000 → "1:52"."""
    seconds = int(ms) // 1000
    return f"{seconds // 60}:{seconds % 60:02d}"


@register.filter
def mmss(seconds: int) -> str:
    """Whole seconds as they stand on a shot: 5 → "00:05"."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


@register.filter
def loudness(peaks: bytes) -> str:
    """A take's peaks as the path of an SVG: one unit across for each, 256 high."""
    steps = "".join(f"V{256 - peak}h1" for peak in bytes(peaks))
    return f"M0 256{steps}V256z"


@register.filter
def waveform(peaks: bytes) -> str:
    """How loud a sound is as the path of an SVG: a stroke for each of 64 parts, around 128.

    A sound of which that is not known is drawn as a row of dots.
    """
    bars = bytes(peaks) or bytes(64)
    return "".join(
        f"M{at + 0.5:g} {128 - max(peak, 12) // 2}v{max(peak, 12)}" for at, peak in enumerate(bars)
    )


@register.filter
def money(milli: int | None) -> str:
    """Thousandths of a dollar, rounded up to cents: 2352 → "$2.36"."""
    if milli is None:
        return "–"
    cents = -(-int(milli) // 10)
    return f"${cents // 100:,}.{cents % 100:02d}"


@register.filter
def price(priced: Priced) -> str:
    """The price of an order or a generation, or in words that it is not known."""
    return money(priced.money_milli) if priced.has_price else _("Price unknown")


@register.filter
def units(milli: int | None) -> str:
    """Thousandths of a Kling unit without needless zeros: 16800 → "16.8"."""
    if milli is None:
        return "–"
    whole, rest = divmod(int(milli), 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".")


@register.filter
def dom_id(thing: object, part: str = "") -> str:
    """The id of a thing's drawing: "shot-<key>", or "shot-<key>-errors" for a part of it."""
    name = f"{type(thing).__name__.lower()}-{thing.key}"  # type: ignore[attr-defined]
    return f"{name}-{part}" if part else name


@register.filter
def utf16_length(text: str) -> int:
    """Length as the limits count it: UTF-16 units, as browsers do."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
