"""How loud a film is from start to end, for the lane under the player."""

from __future__ import annotations

from array import array
from itertools import pairwise
from math import log10
from pathlib import Path

import av
from av.audio.frame import AudioFrame

from .films import opened

PARTS = 240
RATE = 8000  # samples a second; loudness needs no more
LOUDEST = 32768
QUIETEST_DB = -48.0  # below the loudest there is; what is quieter counts as silence


def peaks(path: Path, duration_ms: int, parts: int = PARTS) -> bytes:
    """One byte for each of `parts` equal parts of the film, 0 silent to 255 loudest, in decibels.

    Empty where the film has no sound, or nothing but silence. Raises FilmRefused.
    """
    found = [0] * parts
    samples = max(duration_ms * RATE // 1000, 1)
    with opened(path) as (film, _video):
        if not film.streams.audio:
            return b""
        mono = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        at = 0
        for frame in film.decode(film.streams.audio[0]):
            for plain in mono.resample(frame):
                at = _note(found, plain, at, samples)
    heard = bytes(_byte(loudest) for loudest in found)
    return heard if any(heard) else b""


def peaks_of(samples: array[int], parts: int = PARTS) -> bytes:
    """The same of 16-bit samples at hand."""
    found = [0] * parts
    for part in range(parts):
        here = samples[len(samples) * part // parts : len(samples) * (part + 1) // parts]
        found[part] = max(max(here), -min(here)) if here else 0
    heard = bytes(_byte(loudest) for loudest in found)
    return heard if any(heard) else b""


def fewer(peaks: bytes, parts: int) -> bytes:
    """The same sound in fewer parts, each as loud as the loudest it is made of; b"" stays."""
    ends = [len(peaks) * part // parts for part in range(parts + 1)]
    return bytes(max(peaks[start:end]) for start, end in pairwise(ends)) if peaks else b""


def _byte(loudest: int) -> int:
    """Ears hear ratios: half as loud is a step down, wherever one starts."""
    if not loudest:
        return 0
    decibels = 20 * log10(min(loudest, LOUDEST) / LOUDEST)
    return max(0, round(255 * (1 - decibels / QUIETEST_DB)))


def _note(found: list[int], frame: AudioFrame, at: int, samples: int) -> int:
    """Raise the parts this frame lies in; returns the number of the sample after it."""
    heard = array("h", bytes(frame.planes[0])[: 2 * frame.samples])
    parts = len(found)
    while heard and at < samples:
        part = at * parts // samples
        end = -(-(part + 1) * samples // parts)
        here, heard = heard[: end - at], heard[end - at :]
        found[part] = max(found[part], max(here), -min(here))
        at += len(here)
    return at + len(heard)
