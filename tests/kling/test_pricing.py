import pytest

from storyboard.kling import pricing
from storyboard.kling.capabilities import CELLS, MODELS
from storyboard.kling.pricing import (
    PRICE_LIST_DATE,
    RATES,
    RETIRED_LIST_DATE,
    money_of,
    quote,
    show_money,
    show_price,
    show_units,
)
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
        ("kling-v2-5-turbo", "std", False, 300, 42),
        ("kling-v2-5-turbo", "pro", False, 500, 70),
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


@pytest.mark.parametrize(
    ("model", "std", "pro"),
    [
        ("kling-v1", 28, 98),
        ("kling-v1-5", 56, 98),
        ("kling-v1-6", 56, 98),
        ("kling-v2-1", 56, 98),
        ("kling-v2-master", 280, None),
        ("kling-v2-1-master", 280, None),
    ],
)
def test_a_retired_model_costs_what_its_last_list_said(
    model: str, std: int, pro: int | None
) -> None:
    for mode, money_milli in (("std", std), ("pro", pro)):
        asked = one_shot(model=model, mode=mode, sound=False, total_seconds=10, shots=shots(10))
        price = quote(asked)
        assert price.money_milli == (money_milli or 0) * 10
        assert price.known == (money_milli is not None)
        assert price.units_milli * 14 == price.money_milli * 100
        assert price.listed_on == (RETIRED_LIST_DATE if price.known else PRICE_LIST_DATE)


def test_every_line_says_of_which_day_its_list_is() -> None:
    (line,) = quote(one_shot(model="kling-v1", mode="std", sound=False)).lines
    assert line.listed_on == RETIRED_LIST_DATE == "2026-08-13"
    (line,) = quote(brief()).lines
    assert line.listed_on == PRICE_LIST_DATE == "2026-09-20"


def test_money_that_is_no_exact_number_of_units_makes_no_row() -> None:
    with pytest.raises(ValueError, match="no exact number of units"):
        pricing._in_money(27)


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
    spoken = one_shot(
        "<<<voice_1>>> speaks", model="kling-v3", first_frame=PICTURE, voices=(voice(1),)
    )
    loud = one_shot(model="kling-v2-5-turbo")
    for odd in (
        one_shot(mode="std"), spoken, loud, brief(model="kling-v9"), brief(total_seconds=0)
    ):  # fmt: skip
        price = quote(odd)
        assert (price.known, price.money_milli, price.lines) == (False, 0, ())


def test_one_unit_is_fourteen_cents_in_every_row() -> None:
    for rate in RATES.values():
        assert rate.units_milli * 14 == rate.money_milli * 100


def test_every_priced_row_is_a_model_and_mode_of_the_map() -> None:
    for model, mode, _audio in RATES:
        assert MODELS[model].mode(mode) is not None


def test_what_the_map_allows_has_a_price() -> None:
    """Silence always, sound and voice wherever the map says yes to them."""
    wanted = {
        (model.name, mode.name, "silent") for model in MODELS.values() for mode in model.modes
    }
    asked = {"sound": "sound", "voices": "voice"}
    wanted |= {
        (model, mode, asked[feature])
        for (model, mode, feature, _endpoint), cell in CELLS.items()
        if cell.ok and feature in asked
    }
    assert set(RATES) == wanted


def test_units_come_to_fourteen_cents_each_rounded_up() -> None:
    assert [money_of(units) for units in (0, 1, 1000, 4500)] == [0, 1, 140, 630]


def test_an_unknown_price_is_said_in_words() -> None:
    assert show_price(2352, known=True) == "$2.36"
    assert show_price(0, known=False) == "price unknown"


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
