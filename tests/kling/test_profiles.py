from dataclasses import replace

from storyboard.kling.profiles import ENDPOINTS, OFFICIAL, PROFILES


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
