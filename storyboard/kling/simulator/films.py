"""The films of succeeded tasks: rendered when first fetched, then kept."""

import hashlib
import io
import math
import threading
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageOps

from storyboard.media.render import Scene, render_film
from storyboard.media.tiny import render_tiny

from .store import Store
from .tasks import Task

PIXELS = {"std": 1280 * 720, "pro": 1920 * 1080, "4k": 3840 * 2160}
RATIOS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
SIZES = {"normal": 1.0, "small": 0.25}  # of the sides; small is for tests
TINY = "tiny"  # 160 × 90 whatever was ordered, for tests that need many films
RENDERS = (*SIZES, TINY)
AT_ONCE = 2
WATERMARK = "Simulated"
# Where later shots look closer at the first frame, as parts of its free width and height.
_CLOSER = ((0.5, 0.5), (0.15, 0.3), (0.85, 0.4), (0.3, 0.8), (0.7, 0.15))


@dataclass
class Shelf:
    """Rendered films in `folder`; `size` is one of RENDERS."""

    folder: Path
    store: Store
    size: str = "normal"
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _sha256: dict[str, str] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _room: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(AT_ONCE))

    def film(self, task: Task, *, watermark: bool = False) -> Path:
        """Return the task's film, rendering it if nobody has; two askers wait for one rendering."""
        name = f"{task.task_id}-watermark.mp4" if watermark else f"{task.task_id}.mp4"
        target = self.folder / name
        if target.exists():
            return target
        with self._guard:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock, self._room:
            if not target.exists():
                self._render(task, target, WATERMARK if watermark else "")
        return target

    def sha256(self, task: Task) -> str:
        """The plain film's checksum; "" while nobody has fetched it."""
        target = self.folder / f"{task.task_id}.mp4"
        if task.task_id not in self._sha256 and target.exists():
            with target.open("rb") as film:
                self._sha256[task.task_id] = hashlib.file_digest(film, "sha256").hexdigest()
        return self._sha256.get(task.task_id, "")

    def _render(self, task: Task, target: Path, mark: str) -> None:
        if self.size == TINY:
            render_tiny(target, task.seconds, sound=task.sound, seed=task.task_id + mark)
            return
        picture = self._first_frame(task)
        width, height = frame_size(task, picture, SIZES[self.size])
        scenes = [
            Scene(seconds, prompt, picture and _closer(picture, number))
            for number, (seconds, prompt) in enumerate(task.shots)
        ]
        render_film(
            target,
            scenes,
            width=width,
            height=height,
            sound=task.sound,
            seed=task.task_id,
            mark=mark,
            numbered=True,
        )

    def _first_frame(self, task: Task) -> bytes | None:
        image = task.body.get("image") or task.body.get("image_tail")
        if task.kind != "image2video" or not isinstance(image, dict):
            return None
        return self.store.picture(image["sha256"]).read_bytes()


def frame_size(task: Task, picture: bytes | None, part: float) -> tuple[int, int]:
    """Width and height: the mode's number of pixels, in the ratio asked for or the picture's."""
    ratio = RATIOS["16:9"]
    if picture is not None:
        with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG"]) as opened:
            upright = ImageOps.exif_transpose(opened)
            ratio = upright.width / upright.height
    elif task.kind == "text2video":
        ratio = RATIOS.get(task.body.get("aspect_ratio") or "16:9", ratio)
    pixels = PIXELS[task.mode] * part * part
    return _even(math.sqrt(pixels * ratio)), _even(math.sqrt(pixels / ratio))


def _closer(picture: bytes, number: int) -> bytes:
    """The whole first frame for the first shot, a part of it for each later one."""
    if number == 0:
        return picture
    with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG"]) as opened:
        whole = ImageOps.exif_transpose(opened).convert("RGB")
    whole.thumbnail((2560, 2560))
    left, top = _CLOSER[(number - 1) % len(_CLOSER)]
    width, height = round(whole.width * 0.62), round(whole.height * 0.62)
    x, y = round((whole.width - width) * left), round((whole.height - height) * top)
    out = io.BytesIO()
    whole.crop((x, y, x + width, y + height)).save(out, "JPEG", quality=92)
    return out.getvalue()


def _even(number: float) -> int:
    return max(round(number / 2) * 2, 16)
