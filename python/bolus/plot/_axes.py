"""What every figure shares: axes made on demand, and the finish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def new_axes(ax: Axes | None, width: float, height: float) -> Axes:
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error
    return plt.subplots(figsize=(width, height), layout="constrained")[1] if ax is None else ax


def finish(display: Any, ax: Axes) -> Any:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    display.ax_ = ax
    display.figure_ = ax.figure
    return display
