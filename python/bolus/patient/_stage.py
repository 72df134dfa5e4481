"""What a stage is."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

__all__ = ["Stage"]


class Stage(Protocol):
    """One step of a run: what it depends on, and its work."""

    name: str

    def own(self) -> Any:
        """Options, as plain values: another one is asked for where they differ."""

    def upstream(self) -> Any:
        """What it is made from, as plain values: it is done again where they differ."""

    def work(self, staging: Path) -> tuple[dict[str, Any], dict[str, Path]]:
        """Facts for the index, among them ``flags``, and the files by name, which lie in the folder ``staging``."""
