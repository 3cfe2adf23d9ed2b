"""A picture of a person, made small and square by us: nothing of what was sent is ever handed out as it came.

Drawing it anew leaves out where and with what it was taken, and anything that hid behind the picture.
"""

from __future__ import annotations

import io
import struct
import threading
import zlib

from PIL import Image, ImageOps

SIDE = 320
"""Pixels of a side; the largest place shows it at half of that, for sharp screens."""
MOST_PIXELS = 24_000_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error, zlib.error)
_ONE_AT_A_TIME = threading.Lock()  # the largest takes some 200 MB while it is unfolded

Image.MAX_IMAGE_PIXELS = None  # judged below, before anything is unfolded; Pillow would only warn


class NotAPortrait(ValueError):
    """These bytes are no picture that can be shown: of another kind, or broken."""


class TooManyPixels(NotAPortrait):
    """The picture would unfold to more than is taken, however few bytes it has."""


def portrait(body: bytes) -> bytes:
    """A WebP picture of SIDE pixels square, cut from the middle of a JPEG, PNG, WebP or GIF picture.

    Told by its content, whatever its name says. Raises NotAPortrait, TooManyPixels.
    """
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(body), formats=_FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise TooManyPixels
            return _drawn(image)
    except TooManyPixels:
        raise
    except _BROKEN as error:
        raise NotAPortrait from error


def _drawn(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a large JPEG is unfolded at a fraction of its size
    shrink = min(image.width, image.height) // (2 * SIDE)
    small = image.convert("RGBA") if image.mode not in ("RGB", "L") else image
    if shrink > 1:
        small = small.reduce(shrink)
    upright = ImageOps.exif_transpose(small)
    square = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()
