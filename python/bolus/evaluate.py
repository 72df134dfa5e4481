"""How good predictions are: ROC, bootstrap intervals, confusion matrix, logistic regression; and splits by patient.

Labels are 0 (IDH-wildtype) or 1 (IDH-mutant, the positive class); a higher score means positive. Where several samples come
from one patient, give ``patients``: they are then drawn, split and folded whole.
"""

from bolus._core.evaluate import (
    BootstrapAuc,
    BootstrapResult,
    ConfusionMatrix,
    FoldIndices,
    LogisticFit,
    LogisticRegression,
    MeasurePerformance,
    PatientFolds,
    PatientSplit,
    Performance,
    RocCurve,
    SplitIndices,
    confusion_matrix,
    roc_auc,
    roc_curve,
    youden_threshold,
)

__all__ = [
    "BootstrapAuc",
    "BootstrapResult",
    "ConfusionMatrix",
    "FoldIndices",
    "LogisticFit",
    "LogisticRegression",
    "MeasurePerformance",
    "PatientFolds",
    "PatientSplit",
    "Performance",
    "RocCurve",
    "SplitIndices",
    "confusion_matrix",
    "roc_auc",
    "roc_curve",
    "youden_threshold",
]
