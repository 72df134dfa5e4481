"""Figures as Display objects, as in scikit-learn: made by a class method, drawn by ``plot(ax=None)``, shown by the caller."""

from bolus.plot.alignment import AlignmentDisplay, OutlineDisplay
from bolus.plot.arterial import ArterialSearchDisplay
from bolus.plot.calibration import CalibrationDisplay, DecisionCurveDisplay
from bolus.plot.explanation import (
    AttentionDisplay,
    CohortAttentionDisplay,
    FaithfulnessDisplay,
    PatternProfileDisplay,
)
from bolus.plot.groups import GroupBoxDisplay
from bolus.plot.labels import LabelOverlayDisplay
from bolus.plot.leakage import LeakageDisplay, LeakageRecoveryDisplay
from bolus.plot.masks import TissueMasksDisplay
from bolus.plot.motion import MotionDisplay
from bolus.plot.perfusion import PerfusionMapsDisplay
from bolus.plot.roc import ConfusionMatrixDisplay, PrecisionRecallDisplay, RocCurveDisplay

__all__ = [
    "AlignmentDisplay",
    "ArterialSearchDisplay",
    "AttentionDisplay",
    "CalibrationDisplay",
    "CohortAttentionDisplay",
    "ConfusionMatrixDisplay",
    "DecisionCurveDisplay",
    "FaithfulnessDisplay",
    "GroupBoxDisplay",
    "LabelOverlayDisplay",
    "LeakageDisplay",
    "LeakageRecoveryDisplay",
    "MotionDisplay",
    "OutlineDisplay",
    "PatternProfileDisplay",
    "PerfusionMapsDisplay",
    "PrecisionRecallDisplay",
    "RocCurveDisplay",
    "TissueMasksDisplay",
]
