import pytest

from storyboard.kling.errors import (
    CODES,
    AccountTrouble,
    AlreadyExists,
    Busy,
    KlingError,
    Refused,
    RetiredModel,
    Unclear,
    error_of,
    mask,
)
from storyboard.kling.troubles import (
    BY_CODE,
    FAILED,
    FAILED_BY_CONTENT,
    FAILED_BY_PICTURE,
    FAILED_BY_RETIREMENT,
    RETIRED,
    Trouble,
    of_failure,
    of_words,
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
    assert len({kind.default_words for kind in kinds if kind.__module__.endswith("errors")}) == 7


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_says_what_happened_what_is_kept_and_what_to_do(code: int) -> None:
    trouble = BY_CODE[code]
    error = error_of(CODES[code].http, code, "")
    assert error.words == trouble.words == CODES[code].words
    assert error.advice == trouble.todo
    parts = (trouble.happened, trouble.kept, trouble.todo)
    assert all(part.endswith(".") and part[0].isupper() for part in parts)
    assert len(trouble.words) <= 500


def test_the_words_of_no_two_codes_are_alike() -> None:
    assert len({known.words for known in CODES.values()}) == len(CODES) == len(BY_CODE)


def test_what_stays_refused_is_told_apart_from_what_may_be_sent_again() -> None:
    permanent = {
        code for code, known in CODES.items() if error_of(known.http, code, "").is_permanent
    }
    assert set(CODES) - permanent == {1302, 1303, 5000, 5001, 5002}


GONE = "The model 'kling-v1' has been discontinued and is no longer available."


@pytest.mark.parametrize(
    ("http", "code"), [(400, 1201), (404, 1203), (403, 1103), (400, 1200), (410, 4711)]
)
def test_a_retired_model_is_known_by_its_words_whatever_code_they_come_with(
    http: int, code: int
) -> None:
    error = error_of(http, code, GONE, "req-1")
    assert type(error) is RetiredModel
    assert isinstance(error, Refused)
    assert (error.words, error.advice) == (RETIRED.words, RETIRED.todo)
    assert "retired" in error.words
    assert "Choose another model" in error.advice
    assert (error.code, error.request_id) == (code, "req-1")


@pytest.mark.parametrize(("http", "code"), [(500, 1201), (502, None), (200, 1201), (404, None)])
def test_the_same_words_from_anywhere_else_settle_nothing(http: int, code: int | None) -> None:
    assert type(error_of(http, code, GONE)) is Unclear


@pytest.mark.parametrize(
    ("message", "trouble"),
    [
        ("Failure to pass the risk control system", FAILED_BY_CONTENT),
        ("The prompt violates our content security policy", FAILED_BY_CONTENT),
        ("Image pixel is invalid", FAILED_BY_PICTURE),
        (GONE, FAILED_BY_RETIREMENT),
        ("Internal trouble", FAILED),
        ("", FAILED),
    ],
)
def test_a_failed_task_is_explained_by_kling_s_reason(message: str, trouble: Trouble) -> None:
    assert of_failure(message) is trouble
    assert of_words(trouble.words) is trouble
    assert len(trouble.words) <= 500


def test_words_of_nobody_stand_for_no_trouble() -> None:
    assert of_words("Kling is asked again.") is None
    assert KlingError().advice == ""


def test_secrets_are_masked_and_short_ones_left() -> None:
    assert mask("key api-key-kling-1 of k", ("api-key-kling-1", "k")) == "key … of k"
