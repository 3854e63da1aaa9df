from dataclasses import replace

from storyboard.kling.capabilities import FEATURES
from storyboard.kling.profiles import (
    DOCUMENTS,
    ENDPOINTS,
    GATEWAY004,
    OFFICIAL,
    POWERTOKENS,
    PROFILES,
)


def test_paths_begin_with_the_profile_s_own_prefix() -> None:
    assert [OFFICIAL.path(endpoint) for endpoint in ENDPOINTS] == [
        "/v1/videos/text2video",
        "/v1/videos/image2video",
    ]
    gateway = replace(OFFICIAL, prefix="/kling")
    assert gateway.path("text2video") == "/kling/v1/videos/text2video"


def test_profiles_are_found_by_their_name() -> None:
    assert all(PROFILES[name].name == name for name in PROFILES)
    assert PROFILES["official"] is OFFICIAL


def test_an_unclear_official_order_may_be_sent_again() -> None:
    assert (OFFICIAL.ask_by_external_id, OFFICIAL.duplicate_policy) == ("yes", "refuses")


def test_an_unclear_order_at_a_gateway_is_not_sent_again() -> None:
    for profile in (POWERTOKENS, GATEWAY004):
        assert (profile.ask_by_external_id, profile.duplicate_policy) == ("unknown", "unknown")


def test_gateways_have_their_paths_below_kling() -> None:
    assert POWERTOKENS.path("image2video") == "/kling/v1/videos/image2video"
    assert GATEWAY004.path("image2video") == "/kling/v1/videos/image2video"
    assert (POWERTOKENS.endpoints, GATEWAY004.endpoints) == (ENDPOINTS, ("image2video",))


def test_the_usual_address_is_the_first_or_none() -> None:
    assert OFFICIAL.default_address == "https://api-singapore.klingai.com"
    assert [title for title, _ in OFFICIAL.addresses] == ["Singapore", "Beijing"]
    assert GATEWAY004.default_address == ""


def test_only_the_official_host_takes_a_pair_of_keys() -> None:
    assert [profile.auth for profile in (OFFICIAL, POWERTOKENS, GATEWAY004)] == [
        ("key", "pair"),
        ("key",),
        ("key",),
    ]


def test_a_model_is_required_where_the_document_names_no_default() -> None:
    required = [profile.name for profile in PROFILES.values() if profile.model_name_required]
    assert required == ["powertokens"]
    assert {OFFICIAL.default_model, GATEWAY004.default_model} == {"kling-v1"}


def test_each_profile_names_the_document_that_rules_an_endpoint() -> None:
    assert OFFICIAL.source("text2video") == DOCUMENTS["003"]
    assert OFFICIAL.source("image2video") == DOCUMENTS["000"]
    assert {POWERTOKENS.source(endpoint) for endpoint in ENDPOINTS} == {DOCUMENTS["002"]}
    assert GATEWAY004.source("image2video") == DOCUMENTS["004"]


def test_fields_a_document_lacks_are_features_of_the_map() -> None:
    assert GATEWAY004.unknown_fields <= set(FEATURES)
    assert not OFFICIAL.unknown_fields | OFFICIAL.unstated | POWERTOKENS.unknown_fields
