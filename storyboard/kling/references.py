"""What a brief points at besides words: pictures, elements, voices, camera and brush."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureRef:
    """A stored picture by the SHA-256 (hex) of its bytes, with its sizes in pixels and bytes.

    `format` is the file's own: `jpeg` or `png`.
    """

    sha256: str
    width: int
    height: int
    size_bytes: int
    format: str


@dataclass(frozen=True)
class PictureLink:
    """A picture somewhere else by its address. It is judged by its form and never fetched."""

    url: str


Picture = PictureRef | PictureLink


@dataclass(frozen=True)
class ElementRef:
    """An element by its id at Kling. `version` counts up with each change of it.

    `missing_on` names the account that does not have it, "" where the account does; `is_coming`
    while it is being created there. Without an id nothing can be ordered with it.
    """

    kling_id: str
    name: str
    version: int = 1
    missing_on: str = ""
    is_coming: bool = False


@dataclass(frozen=True)
class VoiceRef:
    """A voice by its id at Kling; `missing_on` and `is_coming` as of an element."""

    kling_id: str
    name: str
    missing_on: str = ""
    is_coming: bool = False


@dataclass(frozen=True)
class Camera:
    """A camera move. `kind` is Kling's `type`; the six amounts go with `simple`, -10 to 10."""

    kind: str
    horizontal: float = 0.0
    vertical: float = 0.0
    pan: float = 0.0
    tilt: float = 0.0
    roll: float = 0.0
    zoom: float = 0.0


@dataclass(frozen=True)
class Stroke:
    """A masked area and the points it moves through: whole pixels from the bottom left."""

    mask: Picture
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Brush:
    """The motion brush: an area that stands still and up to six that move.

    `painted_on` is the size in pixels of the first frame it was made for, which the points are
    measured on; None where that is not known.
    """

    still: Picture | None = None
    strokes: tuple[Stroke, ...] = ()
    painted_on: tuple[int, int] | None = None
