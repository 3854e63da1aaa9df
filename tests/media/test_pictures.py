"""What people upload: accepted as plain pictures, or refused with words."""

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image, ImageStat

from storyboard.media import pictures
from storyboard.media.pictures import CleanPicture, PictureRefused, clean_picture


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def gradient(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    return Image.linear_gradient("L").resize((width, height)).convert(mode)


def opened(clean: CleanPicture) -> Image.Image:
    picture = Image.open(io.BytesIO(clean.data))
    picture.load()
    return picture


def refused(data: bytes, **options: int) -> PictureRefused:
    with pytest.raises(PictureRefused) as caught:
        clean_picture(data, **options)
    return caught.value


def claiming_png(width: int, height: int) -> bytes:
    """A few bytes of PNG that claim any size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_still_picture_becomes_an_rgb_picture_of_the_same_size(kind: str) -> None:
    clean = clean_picture(encoded(gradient(), kind))
    picture = opened(clean)
    made = "JPEG" if kind == "JPEG" else "PNG"
    assert (picture.format, picture.mode, picture.size) == (made, "RGB", (400, 300))
    assert (clean.width, clean.height, clean.format) == (400, 300, made.lower())


def test_the_checksum_is_of_the_new_bytes() -> None:
    clean = clean_picture(encoded(gradient()))
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()


def test_a_gif_is_named_as_a_gif_whatever_its_name() -> None:
    error = refused(encoded(gradient(), "GIF"))
    assert error.code == "format"
    assert error.words == "The file is a GIF. Choose a JPEG, PNG or WebP picture."


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG"),
        (b"<?xml version='1.0'?>\n<svg/>", "an SVG"),
        (encoded(gradient(), "TIFF"), "a TIFF"),
        (encoded(gradient(), "BMP"), "a BMP"),
        (b"<!DOCTYPE html><p>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "a HEIC or AVIF picture"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a film"),
        (b"just words", "not a known picture"),
    ],
)
def test_other_files_are_named(data: bytes, named: str) -> None:
    error = refused(data)
    assert error.code == "format"
    assert named in error.words


def test_an_empty_file_is_refused() -> None:
    assert refused(b"").code == "empty"


def test_more_bytes_than_allowed_are_refused_with_both_sizes() -> None:
    error = refused(encoded(gradient()) + b"\0" * (11 * 1024 * 1024))
    assert error.code == "too_many_bytes"
    assert error.words == "The picture has 11.0 MB; at most 10 MB can be used."


def test_exactly_the_most_bytes_are_accepted() -> None:
    data = encoded(gradient(), "JPEG")
    padded = data + b"\0" * (10 * 1024 * 1024 - len(data))
    assert clean_picture(padded).width == 400


def test_a_side_of_299_pixels_is_refused_in_words() -> None:
    error = refused(encoded(gradient(299, 400)))
    assert error.code == "too_small"
    assert error.words == "The picture is 299 × 400 px; Kling needs at least 300 px on each side."


def test_a_side_of_300_pixels_is_accepted() -> None:
    assert clean_picture(encoded(gradient(300, 400))).width == 300


@pytest.mark.parametrize("size", [(750, 300), (300, 750)])
def test_a_ratio_of_two_and_a_half_is_accepted(size: tuple[int, int]) -> None:
    clean = clean_picture(encoded(gradient(*size)))
    assert (clean.width, clean.height) == size


@pytest.mark.parametrize("size", [(751, 300), (300, 751)])
def test_a_ratio_beyond_two_and_a_half_is_refused(size: tuple[int, int]) -> None:
    assert refused(encoded(gradient(*size))).code == "ratio"


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_a_moving_picture_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", (320, 320), colour) for colour in ("red", "green", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)
    assert refused(data).code == "animated"


def test_a_second_picture_behind_a_phone_photo_is_left_behind() -> None:
    first, second = gradient(), Image.new("RGB", (400, 300), "red")
    data = encoded(first, "MPO", save_all=True, append_images=[second])
    clean = clean_picture(data)
    assert ImageStat.Stat(opened(clean)).mean == pytest.approx(ImageStat.Stat(first).mean, abs=2)
    assert getattr(opened(clean), "n_frames", 1) == 1


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(30_000, 30_000), (65_535, 65_535), (8_000, 5_001)])
def test_a_header_that_claims_too_many_pixels_is_refused_before_decoding(
    size: tuple[int, int],
) -> None:
    assert refused(claiming_png(*size)).code == "too_many_pixels"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_refused(kind: str) -> None:
    data = encoded(Image.effect_noise((400, 400), 60).convert("RGB"), kind)
    assert refused(data[: len(data) // 2]).code == "unreadable"


def test_a_jpeg_of_too_many_scans_is_refused_before_decoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = encoded(gradient(), "JPEG", progressive=True)
    assert clean_picture(data).width == 400
    monkeypatch.setattr(pictures, "MAX_SCANS", 5)
    assert refused(data).code == "scans"


def test_a_rotated_photo_comes_out_upright_and_without_its_exif() -> None:
    picture = Image.new("RGB", (400, 300), "black")
    picture.paste("white", (0, 0, 200, 300))
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate a quarter turn clockwise to show
    exif[0x010E] = "a secret place"
    clean = clean_picture(encoded(picture, "JPEG", exif=exif))
    shown = opened(clean)
    assert shown.size == (300, 400)
    assert shown.getpixel((150, 20)) > (200, 200, 200)
    assert shown.getpixel((150, 380)) < (50, 50, 50)
    assert not shown.getexif()
    assert b"secret" not in clean.data


def test_bytes_behind_the_picture_and_profiles_are_gone() -> None:
    data = encoded(gradient(), "JPEG", icc_profile=b"junk" * 15_000, comment=b"hidden words")
    clean = clean_picture(data + b"<html><script>alert(1)</script>")
    assert b"script" not in clean.data
    assert b"hidden" not in clean.data
    assert "icc_profile" not in opened(clean).info


def test_sixteen_bit_greys_keep_their_brightness() -> None:
    column = Image.new("I;16", (1, 400))
    for row in range(400):
        column.putpixel((0, row), row * 65_535 // 399)
    clean = clean_picture(encoded(column.resize((400, 400))))
    (mean,) = ImageStat.Stat(opened(clean).convert("L")).mean
    assert mean == pytest.approx(127.5, abs=3)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_other_colour_modes_keep_their_brightness(mode: str) -> None:
    source = gradient(mode=mode)
    kind = "JPEG" if mode == "CMYK" else "PNG"
    clean = clean_picture(encoded(source, kind))
    (expected,) = ImageStat.Stat(source.convert("L")).mean
    (mean,) = ImageStat.Stat(opened(clean).convert("L")).mean
    assert mean == pytest.approx(expected, abs=4)


def test_clear_parts_become_white() -> None:
    picture = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (0, 0, 150, 300))
    shown = opened(clean_picture(encoded(picture)))
    assert shown.getpixel((280, 150)) == (255, 255, 255)
    red, green, _blue = shown.getpixel((20, 150))
    assert red > 190
    assert green < 20


def test_a_picture_that_grows_as_a_jpeg_is_written_smaller() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((600, 600), 90) for _ in range(3)])
    data = encoded(noise, "WEBP", quality=30)
    clean = clean_picture(data, max_bytes=len(data) + 20_000)
    assert len(clean.data) <= len(data) + 20_000
    assert min(clean.width, clean.height) >= 300
