"""PNG files from arrays, with nothing but zlib."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np

from bolus import ShapeError

__all__ = ["png_bytes", "png_uri"]

_COLOUR_TYPE = {1: 0, 3: 2, 4: 6}  # channels to the type in the header: grey, RGB, RGBA


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_bytes(pixels: np.ndarray) -> bytes:
    """A PNG of 8 bits per channel (ISO/IEC 15948).

    Parameters
    ----------
    pixels : array (rows, columns) or (rows, columns, 3 or 4) of uint8
        Grey, RGB or RGBA, the first row on top.

    Raises
    ------
    ShapeError
    """
    pixels = np.asarray(pixels, np.uint8)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[2] not in _COLOUR_TYPE or 0 in pixels.shape:
        raise ShapeError(f"a picture is (rows, columns), with 3 or 4 channels where in colour; found {pixels.shape}")
    rows, columns, channels = pixels.shape
    lines = np.zeros((rows, 1 + columns * channels), np.uint8)  # each begins with its filter: 2, less the line above
    lines[:, 0] = 2
    flat = pixels.reshape(rows, -1)
    lines[0, 1:] = flat[0]
    lines[1:, 1:] = flat[1:] - flat[:-1]
    header = struct.pack(">IIBBBBB", columns, rows, 8, _COLOUR_TYPE[channels], 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines.tobytes(), 6)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def png_uri(pixels: np.ndarray) -> str:
    """The same as a data URI."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(pixels)).decode()
