"""P6's film of 7.5 MB, and the host it comes from.

    python -m tests.bench.clip PORT CLIP

The host answers each path with the clip and one small box more that spells the path: no two films
have the same bytes.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import av
import httpx

from tests.bench.load import ROOT

SIZE_BYTES = 7_500_000
SECONDS, FPS = 10, 24
WIDTH, HEIGHT = 1920, 1080
BIT_RATE = 5_500_000  # under 7.5 MB in ten seconds; a box nobody reads fills up the rest
SAMPLE_RATE = 48_000
GRAINS = 12  # different pictures of noise, shown again and again
PATIENCE = 20.0


def render_clip(target: Path) -> None:
    """Moving noise over grey, with a silent AAC track: as many bits a second as a film of Kling's.

    Exactly SIZE_BYTES.
    """
    with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        video = film.add_stream("libx264", rate=FPS)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.bit_rate = BIT_RATE
        video.options = {"preset": "ultrafast", "maxrate": str(BIT_RATE), "bufsize": str(BIT_RATE)}
        audio = film.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for frame in _pictures():
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
        for silence in _silence():
            film.mux(audio.encode(silence))
        film.mux(audio.encode(None))
    rest = SIZE_BYTES - target.stat().st_size
    assert rest >= 8, f"the film came out {8 - rest} bytes too large"
    with target.open("ab") as file:
        file.write(_box(bytes(rest - 8)))


@contextmanager
def film_host(clip: Path, port: int) -> Iterator[str]:
    """The host, a process of its own at this port of the loopback; its address."""
    command = [sys.executable, "-m", "tests.bench.clip", str(port), str(clip)]
    address = f"http://127.0.0.1:{port}"
    with subprocess.Popen(command, cwd=ROOT) as child:
        try:
            _wait_for(f"{address}/0.mp4")
            yield address
        finally:
            child.terminate()


def _wait_for(url: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _pictures() -> Iterator[av.VideoFrame]:
    dice = random.Random(7)
    size = WIDTH * HEIGHT
    greys = bytes(96 + number // 4 for number in range(256))
    grains = [dice.randbytes(size).translate(greys) for _ in range(GRAINS)]
    for number in range(SECONDS * FPS):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        luma, blue, red = frame.planes
        luma.update(grains[number % GRAINS])
        for plane in (blue, red):
            plane.update(b"\x80" * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        yield frame


def _silence() -> Iterator[av.AudioFrame]:
    samples = 1024
    for start in range(0, SECONDS * SAMPLE_RATE, samples):
        frame = av.AudioFrame(format="fltp", layout="stereo", samples=samples)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        frame.time_base = Fraction(1, SAMPLE_RATE)
        yield frame


def _box(data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(data), b"free") + data


def serve(port: int, clip: bytes) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            last = _box(self.path.encode())
            self.send_response(200)
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Length", str(len(clip) + len(last)))
            self.end_headers()
            self.wfile.write(clip)
            self.wfile.write(last)

        def log_message(self, format: str, *args: object) -> None:
            return

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    serve(int(sys.argv[1]), Path(sys.argv[2]).read_bytes())
