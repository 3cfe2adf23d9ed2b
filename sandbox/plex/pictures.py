"""Posters drawn from nothing but a name: an evening sky, a low sun and three ranges of hills."""

from __future__ import annotations

import colorsys
import functools
import math
import struct
import zlib
from hashlib import sha256

SKY = 200  # palette entries of the sky's gradient
SUN, HILLS = SKY, SKY + 1
RANGES = 3
LARGEST = 2000  # pixels

POSTER = (300, 450)
BACKDROP = (640, 360)


@functools.lru_cache(maxsize=256)
def png(name: str, width: int, height: int) -> bytes:
    """A PNG of that size in pixels (each at most LARGEST), the same for the same name."""
    width, height = min(max(width, 1), LARGEST), min(max(height, 1), LARGEST)
    seed = sha256(name.encode()).digest()
    columns = [_column(seed, x, width, height) for x in range(width)]
    rows = b"".join(b"\x00" + bytes(row) for row in zip(*columns, strict=True))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = [(b"IHDR", header), (b"PLTE", _palette(seed)), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _palette(seed: bytes) -> bytes:
    """Deep above and warm at the horizon; the hills darken towards us."""
    hue = (0.48 + 0.60 * seed[0] / 256) % 1  # from sea green over blue and violet to amber
    colours = []
    for step in range(SKY):
        far = step / (SKY - 1)
        turn = (hue + 0.14 * far) % 1
        colours.append(colorsys.hsv_to_rgb(turn, 0.72 - 0.30 * far, 0.22 + 0.62 * far**1.4))
    colours.append(colorsys.hsv_to_rgb((hue + 0.10) % 1, 0.14, 0.98))
    for layer in range(RANGES):
        colours.append(colorsys.hsv_to_rgb(hue, 0.50 + 0.12 * layer, 0.42 - 0.14 * layer))
    return bytes(round(255 * part) for colour in colours for part in colour)


def _column(seed: bytes, x: int, width: int, height: int) -> bytes:
    at = x / width
    tops: list[int] = []
    for layer in range(RANGES):
        wave = math.sin(2 * math.pi * (at * (0.7 + layer * 0.5) + seed[2 + layer] / 256))
        ripple = math.sin(2 * math.pi * (at * (2.3 + layer) + seed[5 + layer] / 256))
        top = 0.60 + 0.13 * layer + 0.06 * wave + 0.018 * ripple
        tops.append(max(int(top * height), tops[-1] if tops else 0))
    horizon = tops[0]
    sky = bytearray(min(y * SKY // max(int(0.70 * height), 1), SKY - 1) for y in range(horizon))
    radius = 0.13 * min(width, height)
    reach = x - width * (0.25 + seed[8] / 512)
    if abs(reach) < radius:
        middle, half = height * (0.34 + seed[9] / 1600), math.sqrt(radius**2 - reach**2)
        start, end = max(int(middle - half), 0), min(int(middle + half), horizon)
        sky[start:end] = bytes([SUN]) * max(end - start, 0)
    ground = b"".join(
        bytes([HILLS + layer]) * (below - top)
        for layer, (top, below) in enumerate(zip(tops, [*tops[1:], height], strict=True))
    )
    return (bytes(sky) + ground)[:height].ljust(height, bytes([HILLS + RANGES - 1]))
