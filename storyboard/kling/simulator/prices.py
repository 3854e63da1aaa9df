"""List prices per second, as Kling's price page had them on 2026-09-20 (one unit = USD 0.14).

The six retired models' rows are those last listed, on 2026-08-13, in USD, turned into units.
"""

MONEY_MILLI_PER_UNIT = 140

# Thousandths of a unit per second: model -> mode -> (silent, with sound, with a named voice).
_RATES: dict[str, dict[str, tuple[int, int, int]]] = {
    "kling-v1": {"std": (200, 200, 200), "pro": (700, 700, 700)},
    "kling-v1-5": {"std": (400, 400, 400), "pro": (700, 700, 700)},
    "kling-v1-6": {"std": (400, 400, 400), "pro": (700, 700, 700)},
    "kling-v2-master": {"std": (2000, 2000, 2000), "pro": (2000, 2000, 2000)},
    "kling-v2-1": {"std": (400, 400, 400), "pro": (700, 700, 700)},
    "kling-v2-1-master": {"std": (2000, 2000, 2000), "pro": (2000, 2000, 2000)},
    "kling-v2-5-turbo": {"std": (300, 300, 300), "pro": (500, 500, 500)},
    # No row for 720P with sound: the 1080P rate stands in for it.
    "kling-v2-6": {"std": (300, 1000, 1200), "pro": (500, 1000, 1200)},
    # No row for voices: they are billed as sound.
    "kling-v3": {
        "std": (600, 900, 900),
        "pro": (800, 1200, 1200),
        "4k": (3000, 3000, 3000),
    },
}


def units_milli(model: str, mode: str, seconds: int, *, sound: bool, voice: bool) -> int:
    """Price of one video in thousandths of a unit; several shots cost no more than one."""
    silent, loud, voiced = _RATES[model][mode]
    if not sound:
        return silent * seconds
    return (voiced if voice else loud) * seconds


def money_milli(units: int) -> int:
    """Thousandths of a US dollar for thousandths of a unit."""
    return units * MONEY_MILLI_PER_UNIT // 1000


def written(milli: int) -> str:
    """A number of thousandths the way Kling writes it: 4500 is "4.5"."""
    return f"{milli // 1000}.{milli % 1000:03}".rstrip("0").rstrip(".")
