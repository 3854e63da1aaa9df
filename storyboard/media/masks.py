"""Masks of the motion brush: judged against the first frame, then written anew in two values.

Kling's documents give a mask's formats, size and ratio and say nothing of its values; white on
black is what its own tool draws. What comes out is a greyscale PNG of exactly the first frame's
size: 255 where the area is, 0 elsewhere.
"""

import hashlib
import io

from PIL import Image, UnidentifiedImageError

from .pictures import MAX_BYTES, MIB, UNREADABLE, CleanPicture, PictureRefused, check_scans, sniff

HALF = 128
_KINDS = ("PNG", "JPEG")


def clean_mask(data: bytes, *, size: tuple[int, int], max_bytes: int = MAX_BYTES) -> CleanPicture:
    """Check a mask for a first frame of `size` (width, height) and write it anew as a PNG.

    Accepts one still PNG or JPEG; the area is what is nearer to white than to black, and what is
    clear counts as black. Raises PictureRefused with one of the codes `empty`, `too_many_bytes`,
    `format`, `scans`, `animated`, `size`, `unreadable`, `nothing_painted`.
    """
    _check_bytes(data, max_bytes)
    area = _area(_decode(data, size))
    if area.getbbox() is None:
        raise PictureRefused(
            "nothing_painted",
            "The mask is empty: nothing in it is white. Paint the area white on black.",
        )
    out = io.BytesIO()
    area.save(out, "PNG", optimize=True)
    written = out.getvalue()
    return CleanPicture(written, *area.size, hashlib.sha256(written).hexdigest(), "png")


def _check_bytes(data: bytes, max_bytes: int) -> None:
    if not data:
        raise PictureRefused("empty", "The file is empty. Choose a PNG mask.")
    if len(data) > max_bytes:
        words = f"The mask has {len(data) / MIB:.1f} MB; at most {max_bytes / MIB:.0f} MB are read."
        raise PictureRefused("too_many_bytes", words)
    kind = sniff(data)
    if kind not in _KINDS:
        article = "an" if kind == "SVG" else "a"
        named = f"The file is {article} {kind}" if kind else "The file is not a known picture"
        raise PictureRefused("format", f"{named}. Choose a PNG or JPEG mask.")
    if kind == "JPEG":
        check_scans(data)


def _decode(data: bytes, size: tuple[int, int]) -> Image.Image:
    """The mask's pixels. Its size is judged before any of them is read."""
    try:
        picture = Image.open(io.BytesIO(data), formats=_KINDS)
        if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
            words = "The mask moves: it holds several frames. Choose a still one."
            raise PictureRefused("animated", words)
        if picture.size != size:
            raise _wrong_size(picture.size, size)
        picture.load()
    except (Image.DecompressionBombError, UnidentifiedImageError, *UNREADABLE):
        words = "The mask is damaged or cut short. Export it again and choose that file."
        raise PictureRefused("unreadable", words) from None
    return picture


def _wrong_size(found: tuple[int, int], wanted: tuple[int, int]) -> PictureRefused:
    is_shape = found[0] * wanted[1] != found[1] * wanted[0]
    advice = "It has another shape: crop it" if is_shape else "Scale it"
    return PictureRefused(
        "size",
        f"The mask is {found[0]} × {found[1]} px and the first frame {wanted[0]} × {wanted[1]} px. "
        f"{advice} to exactly that size.",
    )


def _area(picture: Image.Image) -> Image.Image:
    """255 where it is nearer to white than to black, else 0."""
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        wide = picture if picture.mode == "I" else picture.convert("I")
        return wide.point(lambda value: value * (1 / 257)).convert("L").point(_two_values)
    if not picture.has_transparency_data:
        return picture.convert("L").point(_two_values)
    clear = picture.convert("LA")
    on_black = Image.new("L", picture.size, 0)
    on_black.paste(clear.getchannel("L"), (0, 0), clear.getchannel("A"))
    return on_black.point(_two_values)


_two_values = [0] * HALF + [255] * (256 - HALF)
