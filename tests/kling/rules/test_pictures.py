"""Pictures by their bytes and by their address: both sides of every limit."""

from dataclasses import replace

from storyboard.kling.brief import Brief, PictureLink, PictureRef
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, Profile
from tests.kling.builders import PICTURE
from tests.kling.rules.asking import BOTH, LINK, advice, errors, fields, old, sized, v3_from_picture

MEGABYTE = 1024 * 1024


def first(picture: PictureRef | PictureLink) -> Brief:
    return v3_from_picture(first_frame=picture)


def at(profile: Profile, picture: PictureRef | PictureLink) -> Brief:
    """The picture as the first frame of a brief this profile takes."""
    make = old if profile is GATEWAY004 else v3_from_picture
    return make(first_frame=picture)


def linked(address: str) -> Brief:
    return first(PictureLink(address))


def test_a_picture_has_at_least_300_pixels_on_each_side() -> None:
    for profile in (OFFICIAL, POWERTOKENS, GATEWAY004):
        for reading in BOTH:
            for fits in (sized(300, 300), sized(300, 750), sized(750, 300)):
                assert errors(at(profile, fits), profile, reading) == []
            for small in (sized(299, 300), sized(300, 299), sized(299, 299)):
                found = errors(at(profile, small), profile, reading)
                assert found == ["first_frame.too_small"]
    assert fields(first(sized(299, 300)), "first_frame.too_small") == ["first_frame"]


def test_a_picture_s_ratio_is_1_to_2_5_either_way() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for reading in BOTH:
            for fits in (sized(400, 1000), sized(1000, 400)):
                assert errors(at(profile, fits), profile, reading) == []
            for long in (sized(400, 1001), sized(1001, 400)):
                found = errors(at(profile, long), profile, reading)
                assert found == ["first_frame.too_long"]


def test_gateway004_states_no_ratio() -> None:
    long = at(GATEWAY004, sized(1001, 400))
    assert errors(long, GATEWAY004) == []
    assert "first_frame.too_long" in advice(long, GATEWAY004)
    assert errors(long, GATEWAY004, "map") == ["first_frame.too_long"]


def test_a_picture_has_at_most_10_megabytes() -> None:
    for profile in (OFFICIAL, POWERTOKENS, GATEWAY004):
        fits = replace(PICTURE, size_bytes=10 * MEGABYTE)
        assert errors(at(profile, fits), profile) == []
        heavy = replace(PICTURE, size_bytes=10 * MEGABYTE + 1)
        assert errors(at(profile, heavy), profile) == ["first_frame.too_heavy"]


def test_a_picture_is_a_jpeg_or_png() -> None:
    for profile in (OFFICIAL, POWERTOKENS, GATEWAY004):
        for kind in ("jpeg", "jpg", "png", "PNG"):
            assert errors(at(profile, replace(PICTURE, format=kind)), profile) == []
        for kind in ("gif", "webp", "bmp"):
            found = errors(at(profile, replace(PICTURE, format=kind)), profile)
            assert found == ["first_frame.format"]


def test_an_end_frame_is_judged_as_a_first_frame_is() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for picture, code in (
            (sized(299, 300), "end_frame.too_small"),
            (sized(1001, 400), "end_frame.too_long"),
            (replace(PICTURE, size_bytes=10 * MEGABYTE + 1), "end_frame.too_heavy"),
            (PictureLink("https://example.com/a.gif"), "end_frame.format"),
        ):
            turned = v3_from_picture(end_frame=picture)
            assert errors(turned, profile) == [code]
            assert fields(turned, code, profile) == ["end_frame"]


def test_an_address_is_taken_by_its_form_alone() -> None:
    for address in (
        "https://example.com/frame.jpg",
        "http://example.com/frame.jpeg",
        "https://example.com/frame.PNG",
        "HTTPS://EXAMPLE.COM/frame.png",
        "https://example.com",
        "https://example.com/frame",
        "https://example.com/frame.jpg?size=1.gif",
        "https://example.com/frames.gif/1.png",
        "https://example.com/frame.v2",
        "https://example.com:8443/frame.jpg",
        "https://10.0.0.7/frame.jpg",
        "https://localhost/frame.jpg",
        "https://[2001:db8::1]/frame.jpg",
        "https://例え.jp/絵.png",
    ):
        for reading in BOTH:
            assert errors(linked(address), reading=reading) == [], address


def test_an_address_of_another_kind_of_file_is_refused() -> None:
    for kind in ("gif", "webp", "bmp", "tif", "tiff", "svg", "heic", "avif", "mp4", "mov", "GIF"):
        for profile in (OFFICIAL, POWERTOKENS, GATEWAY004):
            odd = at(profile, PictureLink(f"https://example.com/a/frame.{kind}?x=1.jpg"))
            assert errors(odd, profile) == ["first_frame.format"], kind


def test_what_is_no_web_address_is_refused() -> None:
    for address in (
        "",
        "frame.jpg",
        "//example.com/frame.jpg",
        "ftp://example.com/frame.jpg",
        "file:///frame.jpg",
        "javascript:alert(1)",
        "https://",
        "https:///frame.jpg",
        "https://./frame.jpg",
        "https://?frame.jpg",
        "https://example.com/a frame.jpg",
        "https://example.com/\nframe.jpg",
        "https://example.com:99999/frame.jpg",
        "https://[::1/frame.jpg",
    ):
        for reading in BOTH:
            found = errors(linked(address), reading=reading)
            assert found == ["first_frame.link"], address


def test_a_data_prefix_is_refused() -> None:
    for address in ("data:image/png;base64,iVBORw0KGgo=", "DATA:image/jpeg;base64,AAAA"):
        assert errors(linked(address)) == ["first_frame.data_prefix"]


def test_what_no_document_says_of_an_address_is_advice_by_the_documents() -> None:
    start = "https://example.com/"
    fits = start + "x" * (2048 - len(start))
    assert errors(linked(fits), reading="map") == []
    for address, code in (
        (fits + "x", "first_frame.link_too_long"),
        ("https://me:secret@example.com/frame.jpg", "first_frame.link_odd"),
        ("https://me@example.com/frame.jpg", "first_frame.link_odd"),
        ("https://example.com/frame.jpg#top", "first_frame.link_odd"),
    ):
        assert errors(linked(address)) == []
        assert advice(linked(address)) == [code]
        assert errors(linked(address), reading="map") == [code]


def test_a_link_has_no_size_to_judge() -> None:
    assert advice(v3_from_picture(first_frame=LINK, aspect_ratio="9:16")) == []
    assert advice(v3_from_picture(aspect_ratio="9:16")) == ["aspect_ratio.of_frame"]
