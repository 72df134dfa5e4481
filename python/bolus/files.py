"""Writing results: whole files or none, and nothing overwritten unasked."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

from bolus._core.core import FormatError, IoError, write_atomically

__all__ = [
    "figure_bytes",
    "output_folder",
    "read_record",
    "require_own",
    "require_writable",
    "write_figure",
    "write_text",
]


def output_folder(path: str | os.PathLike[str]) -> Path:
    """The folder ``path``, made when it is missing. Raises IoError where that cannot be."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IoError(f"cannot make the folder {folder}: {error.strerror}; choose another place") from error
    if not os.access(folder, os.W_OK):
        raise IoError(f"no permission to write into the folder {folder}; choose another, or ask for the right to write")
    return folder


def require_writable(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Raises IoError now where writing ``path`` would fail after the work: it exists, or its folder is missing."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise IoError(f"{path} exists already; ask for overwriting (--overwrite) or choose another name")
    if path.is_dir():
        raise IoError(f"cannot write {path}: it is a folder; give the name of a file in it")
    if not path.parent.is_dir():
        raise IoError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise IoError(
            f"no permission to write into the folder {path.parent}; choose another, or ask for the right to write"
        )


def write_text(path: str | os.PathLike[str], text: str, *, overwrite: bool = False) -> None:
    """Write a text file whole or not at all. Raises IoError."""
    write_atomically(path, text.encode(), overwrite)


def read_record(path: Path, kind: str, schema: int, what: str) -> dict[str, Any] | None:
    """The JSON object that a run left in its folder; None where there is none.

    Raises
    ------
    IoError, FormatError
        If it cannot be read; if it is damaged, not ``kind``, or of a schema after ``schema``. ``what`` names it in messages.
    """
    try:
        found = json.loads(path.read_text())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise IoError(
            f"cannot read {path}: {error.strerror}; choose another folder, or ask for the right to read"
        ) from error
    except ValueError as error:
        raise FormatError(f"{path} is damaged ({error}); remove the folder, or choose another one") from error
    if not isinstance(found, dict) or found.get("format") != kind:
        raise FormatError(f"{path} is no {what}; choose another folder")
    if found.get("schema", 0) > schema:
        raise FormatError(
            f"{path} is of a later version of bolus ({found.get('bolus')}); update bolus to go on with it"
        )
    return found


def require_own(folder: Path, what: str, overwrite: bool) -> None:
    """Raises IoError where a folder without a record of ours holds anything else, unless ``overwrite``."""
    strange = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".bolus")]
    if strange and not overwrite:
        raise IoError(
            f"{folder} is not empty ({', '.join(sorted(strange)[:4])}) and holds no results of {what}; choose another folder, "
            "or ask for overwriting (--overwrite)"
        )


def figure_bytes(figure: Any, kind: str = "png", dpi: float = 150) -> bytes:
    """A matplotlib figure as PNG or SVG, the same bytes in every run."""
    import matplotlib

    buffer = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    with matplotlib.rc_context({"svg.hashsalt": "bolus"}):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def write_figure(path: str | os.PathLike[str], figure: Any, *, overwrite: bool = False) -> None:
    """Write a matplotlib figure in the format of the ending, without a date in it, and close it. Raises IoError."""
    import matplotlib.pyplot as plt

    data = figure_bytes(figure, Path(path).suffix[1:])
    plt.close(figure)
    write_atomically(path, data, overwrite)
