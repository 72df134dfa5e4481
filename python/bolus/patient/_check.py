"""What can be known to go wrong with a study is said before the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bolus import DataError
from bolus.patient._models import CascadeFinder

if TYPE_CHECKING:
    from bolus.patient._case import RunOptions

__all__ = ["check_study"]


def check_study(images: Any, options: RunOptions, series_only: bool) -> None:
    """Raises DataError where a study lacks what is asked for, saying what it has and what would help."""
    there = ", ".join([*images.structural, *(["dsc"] if images.perfusion is not None else [])]) or "nothing"
    until = options.until
    if until in ("perfusion", "predict") and images.perfusion is None:
        raise DataError(
            f"the study has no DSC series; it has: {there}. Give one (dsc.nii.gz or DICOM), or stop before: --until segment"
        )
    if not series_only and "cet1" not in images.structural:
        raise DataError(
            "the study has no contrast-enhanced T1 (cet1), onto which everything is brought; it has: "
            f"{there}. Give one, or labels on the grid of the DSC series"
        )
    finder = options.finder
    if isinstance(finder, CascadeFinder) and until != "preprocess" and options.labels is None:
        missing = [name for name in ("t1", "t2", "flair") if name not in images.structural]
        if missing and not finder.substitute_missing:
            raise DataError(
                f"the cascade needs {' and '.join(missing)}, which the study does not have (it has: {there}); give what is "
                "missing, labels of your own (--labels), or let a similar image take its place (--substitute-missing)"
            )
    if until != "preprocess" and finder is None and options.labels is None and images.labels is None:
        raise DataError(
            "nothing tells where the tumour is: give --cascade weights, --segmenter, --labels, or "
            "labels.nii.gz in the study"
        )
    windows = options.make_windows.windows
    for network in options.networks:
        volumes, length = images.perfusion.array.shape[3], windows.length or network.steps
        if length and volumes < length + windows.count - 1:
            raise DataError(
                f"the weights are for another protocol: they look at {windows.count} windows of {length} volumes "
                f"({network.time_step:g} s each), and the series has {volumes}; use weights for such series, or resample its "
                "curves (bolus.dsc.Resampling)"
            )
