"""What a brief costs by Kling's list: rate times whole requested seconds, line by line.

Everything is whole thousandths: `units_milli` of a video unit, `money_milli` of a US dollar.
Several shots, elements, end frames and watermarks have no row of their own and cost nothing more.
What has no row has no known price: sound on kling-v2-6 std, a voice on kling-v3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .brief import Brief
from .capabilities import MODELS
from .rules import tokens

PRICE_LIST_DATE = "2026-09-20"
RETIRED_LIST_DATE = "2026-08-13"
# One unit is $0.14 by the list; packs may be cheaper.
UNIT_MONEY_MILLI = 140

Audio = Literal["silent", "sound", "voice"]
_AUDIO_WORDS: Mapping[Audio, str] = MappingProxyType(
    {"silent": "no sound", "sound": "sound", "voice": "sound with a voice"}
)


@dataclass(frozen=True)
class Rate:
    """The price of one second, and the day of the list it stands on."""

    units_milli: int
    money_milli: int
    listed_on: str = PRICE_LIST_DATE


def _in_money(money_milli: int) -> Rate:
    """A row of the list of retired models, which names money alone.

    Raises ValueError where the money is no whole number of thousandths of a unit: such a row
    would have no exact price, and belongs out of the table.
    """
    units_milli, rest = divmod(money_milli * 1000, UNIT_MONEY_MILLI)
    if rest:
        raise ValueError(f"{money_milli} thousandths of a dollar are no exact number of units")
    return Rate(units_milli, money_milli, RETIRED_LIST_DATE)


# Kling price list, video: model, mode, audio. The last ten rows: the list when those models
# were still sold; the two masters have no mode, their one row is the 1080p one.
RATES: Mapping[tuple[str, str, Audio], Rate] = MappingProxyType(
    {
        ("kling-v3", "std", "silent"): Rate(600, 84),
        ("kling-v3", "std", "sound"): Rate(900, 126),
        ("kling-v3", "pro", "silent"): Rate(800, 112),
        ("kling-v3", "pro", "sound"): Rate(1200, 168),
        ("kling-v3", "4k", "silent"): Rate(3000, 420),
        ("kling-v3", "4k", "sound"): Rate(3000, 420),
        ("kling-v2-6", "std", "silent"): Rate(300, 42),
        ("kling-v2-6", "pro", "silent"): Rate(500, 70),
        ("kling-v2-6", "pro", "sound"): Rate(1000, 140),
        ("kling-v2-6", "pro", "voice"): Rate(1200, 168),
        ("kling-v2-5-turbo", "std", "silent"): Rate(300, 42),
        ("kling-v2-5-turbo", "pro", "silent"): Rate(500, 70),
        ("kling-v2-master", "std", "silent"): _in_money(280),
        ("kling-v2-1-master", "std", "silent"): _in_money(280),
        ("kling-v2-1", "std", "silent"): _in_money(56),
        ("kling-v2-1", "pro", "silent"): _in_money(98),
        ("kling-v1-6", "std", "silent"): _in_money(56),
        ("kling-v1-6", "pro", "silent"): _in_money(98),
        ("kling-v1-5", "std", "silent"): _in_money(56),
        ("kling-v1-5", "pro", "silent"): _in_money(98),
        ("kling-v1", "std", "silent"): _in_money(28),
        ("kling-v1", "pro", "silent"): _in_money(98),
    }
)


@dataclass(frozen=True)
class QuoteLine:
    """One sum of a quote: whole seconds times a rate of the list of that day."""

    words: str
    seconds: int
    listed_on: str
    rate_units_milli: int
    rate_money_milli: int
    units_milli: int
    money_milli: int


@dataclass(frozen=True)
class Quote:
    """The price of one take. `known` is false, and the sums 0, where the list has no row."""

    units_milli: int
    money_milli: int
    currency: str
    lines: tuple[QuoteLine, ...]
    listed_on: str
    known: bool


def quote(brief: Brief) -> Quote:
    """The price of one take of this brief, by the list its model stands on."""
    audio = _audio(brief)
    rate = RATES.get((brief.model, brief.mode, audio))
    if rate is None or brief.total_seconds < 1:
        return Quote(0, 0, "USD", (), PRICE_LIST_DATE, known=False)
    line = _line(brief, audio, rate)
    return Quote(line.units_milli, line.money_milli, "USD", (line,), rate.listed_on, known=True)


def money_of(units_milli: int) -> int:
    """What units come to by the list, in thousandths of a dollar, rounded up."""
    return -(-units_milli * UNIT_MONEY_MILLI // 1000)


def show_money(money_milli: int) -> str:
    """US dollars for people, rounded up to whole cents: 2353 is `$2.36`."""
    cents = -(-money_milli // 10)
    return f"${cents // 100:,}.{cents % 100:02d}"


def show_price(money_milli: int, *, known: bool) -> str:
    """`$2.36`, or in words that nobody knows."""
    return show_money(money_milli) if known else "price unknown"


def show_units(units_milli: int) -> str:
    """Video units for people, exact: 16800 is `16.8 units`, 1000 is `1 unit`."""
    if units_milli == 1000:
        return "1 unit"
    whole, thousandths = divmod(units_milli, 1000)
    decimals = f"{thousandths:03d}".rstrip("0")
    return f"{whole:,}.{decimals} units" if decimals else f"{whole:,} units"


def _audio(brief: Brief) -> Audio:
    if not brief.sound:
        return "silent"
    # Billed with a voice only when the list is not empty and the prompt names one.
    numbers = range(1, len(brief.voices) + 1)
    return "voice" if tokens.named(brief, "voice").intersection(numbers) else "sound"


def _line(brief: Brief, audio: Audio, rate: Rate) -> QuoteLine:
    mode = MODELS[brief.model].mode(brief.mode)
    title = mode.title if mode else brief.mode
    return QuoteLine(
        words=f"{brief.model} {title}, {_AUDIO_WORDS[audio]}",
        seconds=brief.total_seconds,
        listed_on=rate.listed_on,
        rate_units_milli=rate.units_milli,
        rate_money_milli=rate.money_milli,
        units_milli=rate.units_milli * brief.total_seconds,
        money_milli=rate.money_milli * brief.total_seconds,
    )
