import pytest

from storyboard.kling.errors import (
    CODES,
    AccountTrouble,
    AlreadyExists,
    Busy,
    KlingError,
    Refused,
    Unclear,
    error_of,
)


@pytest.mark.parametrize(
    ("http", "code", "kind"),
    [
        (401, 1000, AccountTrouble),
        (401, 1001, AccountTrouble),
        (401, 1002, AccountTrouble),
        (401, 1003, AccountTrouble),
        (401, 1004, AccountTrouble),
        (429, 1100, AccountTrouble),
        (429, 1101, AccountTrouble),
        (429, 1102, AccountTrouble),
        (403, 1103, AccountTrouble),
        (400, 1200, Refused),
        (400, 1201, Refused),
        (404, 1202, Refused),
        (404, 1203, Refused),
        (400, 1300, Refused),
        (400, 1301, Refused),
        (429, 1302, Busy),
        (429, 1303, Busy),
        (429, 1304, AccountTrouble),
        (500, 5000, Unclear),
        (503, 5001, Busy),
        (504, 5002, Unclear),
    ],
)
def test_every_documented_code_is_what_it_asks_of_us(
    http: int, code: int, kind: type[KlingError]
) -> None:
    error = error_of(http, code, "Kling's own words", "req-1")
    assert type(error) is kind
    assert (error.http, error.code, error.message, error.request_id) == (
        http,
        code,
        "Kling's own words",
        "req-1",
    )
    assert error.words.endswith(".")


def test_the_table_holds_every_documented_error_code() -> None:
    assert len(CODES) == 21


@pytest.mark.parametrize(
    ("http", "code"),
    [(400, None), (401, None), (429, None), (502, None), (503, None), (400, 9999), (200, 1201),
     (500, 1201), (502, 1303), (500, 5001), (429, 5001), (302, 1000)],
)  # fmt: skip
def test_whatever_is_not_documented_is_unclear(http: int, code: int | None) -> None:
    assert type(error_of(http, code, "")) is Unclear


def test_a_repeated_external_id_is_an_order_accepted_before() -> None:
    error = error_of(400, 1201, "External_task_id gl-1 already exists")
    assert type(error) is AlreadyExists
    assert not isinstance(error, Refused)
    assert type(error_of(400, 1201, "Element already exists")) is Refused


def test_only_a_token_s_time_is_helped_by_a_fresh_token() -> None:
    helped = [
        code
        for code in (1000, 1001, 1002, 1003, 1004)
        if isinstance(error := error_of(401, code, ""), AccountTrouble)
        and error.fresh_token_may_help
    ]
    assert helped == [1003, 1004]


def test_an_error_prints_what_kling_said() -> None:
    error = error_of(400, 1301, "risk control", "req-7")
    assert str(error) == "risk control, HTTP 400, code 1301, request req-7"
    assert repr(error) == "Refused('risk control, HTTP 400, code 1301, request req-7')"
    assert str(KlingError()) == "Kling could not be used. Nothing is lost."


def test_every_kind_has_words_of_its_own() -> None:
    kinds = KlingError.__subclasses__()
    assert len({kind.default_words for kind in kinds if kind.__module__.endswith("errors")}) == 6
