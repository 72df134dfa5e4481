"""Flags of a result together: a list that notebooks show as lights."""

from __future__ import annotations

__all__ = ["QcFlags"]


class QcFlags(list):
    """What is doubtful about a result, as a list of ``bolus.QcFlag``: empty where nothing is."""

    def _repr_html_(self) -> str:
        from bolus import notebook

        return notebook.html(self)


QcFlags.__module__ = "bolus"
