"""Progress bars for the ``progress`` argument of long steps: rich in a terminal, tqdm in Jupyter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

__all__ = ["RichProgress", "TqdmProgress"]


class _Bar(ABC):
    """A context manager that is also the callback ``(stage, done, total)``; one bar per stage."""

    def __enter__(self):
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def __call__(self, stage: str, done: int, total: int) -> None:
        """Draw where a stage stands."""

    @abstractmethod
    def close(self) -> None:
        """Take the bars down."""


class RichProgress(_Bar):
    """Bars in a terminal, one per stage; nothing where the output is no terminal.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to draw; standard error when not given, so that results can be piped.
    """

    def __init__(self, console: Any = None):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console or Console(stderr=True),
            transient=True,
        )
        self._tasks: dict[str, Any] = {}

    def __enter__(self):
        if self._bars.console.is_terminal:
            self._bars.start()
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)

    def close(self) -> None:
        self._bars.stop()


class TqdmProgress(_Bar):
    """Bars of tqdm, which draws itself in Jupyter and in terminals.

    Parameters
    ----------
    **options
        Handed on to ``tqdm.auto.tqdm``.
    """

    def __init__(self, **options: Any):
        self._options = options
        self._bars: dict[str, Any] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError("this progress bar needs tqdm: pip install 'bolus[notebook]'") from error
        if stage not in self._bars:
            self._bars[stage] = tqdm(total=total or None, desc=stage, **self._options)
        bar = self._bars[stage]
        bar.update(done - bar.n)

    def close(self) -> None:
        for bar in self._bars.values():
            bar.close()
