"""Writing results: whole files or none, and nothing overwritten unasked."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from bolus._core.core import IoError, write_atomically

__all__ = ["output_folder", "require_writable", "write_figure", "write_text"]


def output_folder(path: str | os.PathLike[str]) -> Path:
    """The folder ``path``, made when it is missing. Raises IoError where that cannot be."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise IoError(f"cannot make the folder {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK):
        raise IoError(f"no permission to write into the folder {folder}")
    return folder


def require_writable(path: str | os.PathLike[str], overwrite: bool) -> None:
    """Raises IoError now where writing ``path`` would fail after the work: it exists, or its folder is missing."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise IoError(f"{path} exists already; ask for overwriting (--overwrite) or choose another name")
    if path.is_dir():
        raise IoError(f"cannot write {path}: it is a folder")
    if not path.parent.is_dir():
        raise IoError(f"cannot write {path}: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise IoError(f"no permission to write into the folder {path.parent}")


def write_text(path: str | os.PathLike[str], text: str, *, overwrite: bool = False) -> None:
    """Write a text file whole or not at all. Raises IoError."""
    write_atomically(path, text.encode(), overwrite)


def write_figure(path: str | os.PathLike[str], figure: Any, *, overwrite: bool = False) -> None:
    """Write a matplotlib figure in the format of the ending, without a date in it, and close it. Raises IoError."""
    import matplotlib.pyplot as plt

    buffer = io.BytesIO()
    figure.savefig(buffer, format=Path(path).suffix[1:], dpi=150, metadata={"Software": None})
    plt.close(figure)
    write_atomically(path, buffer.getvalue(), overwrite)
