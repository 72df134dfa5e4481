"""Figures of the motion of a perfusion series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bolus import OptionError, ShapeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#2166ac", "#1a9641", "#d7191c")


class MotionDisplay:
    """Translation, rotation and framewise displacement over time, with the first pass of the bolus shaded.

    Parameters
    ----------
    times : array (frames,)
        Seconds.
    parameters : array (frames, 6)
        Translation along L, P, S in mm, rotation about them in degrees.
    framewise_displacement : array (frames,)
        mm.
    bolus : (int, int)
        First volume of the first pass and one past its last; equal when there is none.
    threshold : float
        mm of framewise displacement above which a volume counts as moved.

    Attributes
    ----------
    axes_, figure_ : after ``plot``
    """

    axes_: list[Axes]
    figure_: Figure

    def __init__(
        self,
        times: Any,
        parameters: Any,
        framewise_displacement: Any,
        bolus: tuple[int, int] = (0, 0),
        threshold: float = 0.5,
    ) -> None:
        self.times = np.asarray(times, dtype=float)
        self.parameters = np.asarray(parameters, dtype=float)
        self.framewise_displacement = np.asarray(framewise_displacement, dtype=float)
        self.bolus = (int(bolus[0]), int(bolus[1]))
        self.threshold = float(threshold)
        frames = self.times.size
        if self.parameters.shape != (frames, 6) or self.framewise_displacement.shape != (frames,):
            raise ShapeError(
                f"there are {frames} times, parameters of shape {self.parameters.shape} and framewise displacements of "
                f"shape {self.framewise_displacement.shape}; expected ({frames}, 6) and ({frames},)"
            )
        if not 0 <= self.bolus[0] <= self.bolus[1] <= frames:
            raise OptionError(f"bolus is {self.bolus}; expected volumes between 0 and {frames}")

    @classmethod
    def from_result(cls, result: Any, *, threshold: float = 0.5, **options: Any) -> MotionDisplay:
        """Draw what a motion correction found.

        Parameters
        ----------
        result : bolus.preprocess.MotionResult
        threshold : float
            As the correction had it, mm.
        **options
            Passed to ``plot``.
        """
        times = result.corrected.times
        bolus = (result.bolus_first, result.bolus_last)
        return cls(times, result.parameters, result.framewise_displacement, bolus, threshold).plot(**options)

    def plot(self, axes: Sequence[Axes] | None = None) -> MotionDisplay:
        """Draw three panels, one below the other; ``axes`` must be three when given."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError("figures need matplotlib: pip install 'bolus[plot]'") from error

        if axes is None:
            _, made = plt.subplots(3, 1, figsize=(6.4, 5.4), sharex=True, layout="constrained")
            axes = list(made)
        elif len(axes) != 3:
            raise ShapeError(f"there are {len(axes)} axes; expected 3")
        for ax, first, unit in zip(axes[:2], (0, 3), ("translation [mm]", "rotation [degrees]"), strict=True):
            for k, name in enumerate("LPS"):
                ax.plot(self.times, self.parameters[:, first + k], color=COLOURS[k], label=name, linewidth=1.2)
            ax.set_ylabel(unit)
        axes[0].legend(frameon=False, ncols=3, fontsize="small", loc="upper left")
        axes[2].plot(self.times, self.framewise_displacement, color="0.2", linewidth=1.2)
        axes[2].axhline(self.threshold, color="0.6", linestyle="--", linewidth=0.8)
        axes[2].set_ylabel("framewise\ndisplacement [mm]")
        axes[2].set_xlabel("time [s]")
        if self.bolus[0] < self.bolus[1]:
            for ax in axes:
                ax.axvspan(
                    self.times[self.bolus[0]], self.times[self.bolus[1] - 1], color="#fdae61", alpha=0.25, linewidth=0
                )
        self.axes_ = list(axes)
        self.figure_ = axes[0].figure
        return self
