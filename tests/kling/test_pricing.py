import pytest

from storyboard.kling.capabilities import MODELS
from storyboard.kling.pricing import PRICE_LIST_DATE, RATES, quote, show_money, show_units
from tests.kling.builders import PICTURE, brief, one_shot, shots, voice


@pytest.mark.parametrize(
    ("model", "mode", "sound", "units_milli", "money_milli"),
    [
        ("kling-v3", "std", False, 600, 84),
        ("kling-v3", "std", True, 900, 126),
        ("kling-v3", "pro", False, 800, 112),
        ("kling-v3", "pro", True, 1200, 168),
        ("kling-v3", "4k", False, 3000, 420),
        ("kling-v3", "4k", True, 3000, 420),
        ("kling-v2-6", "std", False, 300, 42),
        ("kling-v2-6", "pro", False, 500, 70),
        ("kling-v2-6", "pro", True, 1000, 140),
    ],
)
def test_a_take_costs_its_rate_times_its_seconds(
    model: str, mode: str, sound: bool, units_milli: int, money_milli: int
) -> None:
    price = quote(one_shot(model=model, mode=mode, sound=sound, total_seconds=10, shots=shots(10)))
    assert price.known
    assert (price.units_milli, price.money_milli) == (units_milli * 10, money_milli * 10)
    assert price.listed_on == PRICE_LIST_DATE
    (line,) = price.lines
    assert (line.seconds, line.rate_units_milli, line.rate_money_milli) == (
        10,
        units_milli,
        money_milli,
    )


def test_several_shots_cost_no_more_than_one() -> None:
    assert quote(brief()).money_milli == 15 * 168


def test_a_voice_is_billed_only_when_it_is_attached_and_named() -> None:
    named, silent = "The man<<<voice_1>>> says hello", "The man says hello"
    spoken = one_shot(named, first_frame=PICTURE, voices=(voice(1),))
    assert quote(spoken).money_milli == 5 * 168
    unnamed = one_shot(silent, first_frame=PICTURE, voices=(voice(1),))
    assert quote(unnamed).money_milli == 5 * 140
    assert quote(one_shot(named, first_frame=PICTURE)).money_milli == 5 * 140


def test_where_the_list_has_no_row_the_price_is_not_known() -> None:
    for odd in (one_shot(mode="std"), brief(model="kling-v9"), brief(total_seconds=0)):
        price = quote(odd)
        assert (price.known, price.money_milli, price.lines) == (False, 0, ())


def test_one_unit_is_fourteen_cents_in_every_row() -> None:
    for rate in RATES.values():
        assert rate.units_milli * 14 == rate.money_milli * 100


def test_every_priced_row_is_a_model_and_mode_of_the_map() -> None:
    for model, mode, _audio in RATES:
        assert MODELS[model].mode(mode) is not None


@pytest.mark.parametrize(
    ("money_milli", "shown"),
    [(0, "$0.00"), (1, "$0.01"), (2350, "$2.35"), (2352, "$2.36"), (2360, "$2.36"),
     (1_234_567, "$1,234.57")],
)  # fmt: skip
def test_money_is_rounded_up_to_cents(money_milli: int, shown: str) -> None:
    assert show_money(money_milli) == shown


@pytest.mark.parametrize(
    ("units_milli", "shown"),
    [(0, "0 units"), (1000, "1 unit"), (16800, "16.8 units"), (45000, "45 units"),
     (1001, "1.001 units")],
)  # fmt: skip
def test_units_are_shown_exactly(units_milli: int, shown: str) -> None:
    assert show_units(units_milli) == shown
