"""Pictures: Base64 or an address, which formats, how large, of what shape, and which is needed."""

from tests.kling.documents.both import (
    ABSENT,
    IMAGE,
    LINK,
    OTHER_LINK,
    body,
    errors,
    picture,
    refused,
    taken,
)

TEN_MB = 10 * 1024 * 1024
PROFILES = ("official", "powertokens", "gateway004")
RATIO_PROFILES = ("official", "powertokens")


def test_a_picture_is_bare_base64_or_an_address() -> None:
    for profile in PROFILES:
        taken(IMAGE, profile, image=picture())
        taken(IMAGE, profile, image=LINK)
        taken(IMAGE, profile, image_tail=picture())
        taken(IMAGE, profile, image_tail=OTHER_LINK)
        refused("first_frame.base64", "image", IMAGE, profile, image="not a picture")
    assert errors(IMAGE, body(IMAGE, image="ftp://example.com/a.png"))[0][1] == "image"


def test_base64_carries_no_prefix() -> None:
    for profile in PROFILES:
        for field, code in (("image", "first_frame"), ("image_tail", "end_frame")):
            prefixed = {field: "data:image/png;base64," + picture(kind="PNG")}
            refused(f"{code}.data_prefix", field, IMAGE, profile, **prefixed)
    masked = {"static_mask": "data:image/png;base64," + picture(kind="PNG")}
    refused("brush.mask.data_prefix", "static_mask", IMAGE, **masked)


def test_pictures_are_jpeg_or_png() -> None:
    for profile in PROFILES:
        for field, code in (("image", "first_frame"), ("image_tail", "end_frame")):
            taken(IMAGE, profile, **{field: picture(kind="JPEG")})
            taken(IMAGE, profile, **{field: picture(kind="PNG")})
            refused(f"{code}.format", field, IMAGE, profile, **{field: picture(kind="GIF")})
            refused(f"{code}.format", field, IMAGE, profile, **{field: picture(kind="WEBP")})


def test_a_picture_has_at_most_10_mb() -> None:
    for profile in PROFILES:
        taken(IMAGE, profile, image=picture(kind="PNG", size=TEN_MB))
        heavy = picture(kind="PNG", size=TEN_MB + 1)
        refused("first_frame.too_heavy", "image", IMAGE, profile, image=heavy)
    taken(IMAGE, image_tail=picture(kind="PNG", size=TEN_MB))
    heavy = picture(kind="PNG", size=TEN_MB + 1)
    refused("end_frame.too_heavy", "image_tail", IMAGE, image_tail=heavy)


def test_a_picture_has_at_least_300_pixels_each_way() -> None:
    for profile in PROFILES:
        for field, code in (("image", "first_frame"), ("image_tail", "end_frame")):
            taken(IMAGE, profile, **{field: picture(300, 300)})
            for width, height in ((299, 300), (300, 299)):
                small = {field: picture(width, height)}
                refused(f"{code}.too_small", field, IMAGE, profile, **small)


def test_a_picture_is_at_most_two_and_a_half_times_as_long_as_wide() -> None:
    for profile in RATIO_PROFILES:
        for width, height in ((750, 300), (300, 750)):
            taken(IMAGE, profile, image=picture(width, height))
        for width, height in ((751, 300), (300, 751)):
            slim = picture(width, height)
            refused("first_frame.too_long", "image", IMAGE, profile, image=slim)


def test_an_end_frame_for_powertokens_keeps_the_shape_too() -> None:
    taken(IMAGE, "powertokens", image_tail=picture(750, 300))
    slim = picture(751, 300)
    refused("end_frame.too_long", "image_tail", IMAGE, "powertokens", image_tail=slim)


def test_gateway004_names_no_shape() -> None:
    taken(IMAGE, "gateway004", image=picture(900, 300))


def test_a_first_or_an_end_frame_is_there() -> None:
    for profile in RATIO_PROFILES:
        taken(IMAGE, profile, image_tail=OTHER_LINK)
        taken(IMAGE, profile, image=ABSENT, image_tail=OTHER_LINK)
        for empty in (ABSENT, ""):
            gone = {"image": empty, "image_tail": empty}
            refused("first_frame.required", "image", IMAGE, profile, **gone)


def test_gateway004_needs_the_first_frame_itself() -> None:
    taken(IMAGE, "gateway004", image=LINK)
    gone = {"image": ABSENT, "image_tail": OTHER_LINK}
    refused("first_frame.required", "image", IMAGE, "gateway004", **gone)
    refused("first_frame.required", "image", IMAGE, "gateway004", image=ABSENT)
