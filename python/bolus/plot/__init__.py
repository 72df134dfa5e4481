"""Figures as Display objects, as in scikit-learn: made by a class method, drawn by ``plot(ax=None)``, shown by the caller."""

from bolus.plot.arterial import ArterialSearchDisplay
from bolus.plot.classifier import AttentionDisplay, ConfusionMatrixDisplay, RocCurveDisplay
from bolus.plot.leakage import LeakageDisplay, LeakageRecoveryDisplay
from bolus.plot.masks import TissueMasksDisplay
from bolus.plot.perfusion import PerfusionMapsDisplay

__all__ = [
    "ArterialSearchDisplay",
    "AttentionDisplay",
    "ConfusionMatrixDisplay",
    "LeakageDisplay",
    "LeakageRecoveryDisplay",
    "PerfusionMapsDisplay",
    "RocCurveDisplay",
    "TissueMasksDisplay",
]
