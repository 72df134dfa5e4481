"""By what finished work is found again: hashes of files, images and plain values."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["digest", "file_hash", "image_hash", "options_text"]


def digest(*parts: Any) -> str:
    """SHA-256 of plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    state = hashlib.sha256()  # that of the core is several times slower
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            state.update(block)
    return state.hexdigest()


def image_hash(value: Any) -> str:
    """SHA-256 of voxels, place, and for a series time and protocol; nothing else of any header."""
    state = hashlib.sha256(np.ascontiguousarray(value.affine).tobytes())
    array = value.array
    state.update(memoryview(np.ascontiguousarray(array.T)).cast("B"))
    state.update(str(array.shape).encode())
    if hasattr(value, "times"):
        state.update(np.ascontiguousarray(value.times).tobytes())
        protocol = (value.echo_time, value.repetition_time, value.flip_angle, value.field_strength, value.simulated)
        state.update(repr(protocol).encode())
    return state.hexdigest()


def options_text(step: Any) -> str:
    """A step's options as text, without what changes no bit of the result."""
    return re.sub(r"cache=(None|'[^']*'|[^,)]*)|threads=\d+", "", repr(step))
