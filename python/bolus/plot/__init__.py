"""Figures as Display objects, as in scikit-learn: made by a class method, drawn by ``plot(ax=None)``, shown by the caller."""

from bolus.plot.classifier import AttentionDisplay, ConfusionMatrixDisplay, RocCurveDisplay

__all__ = ["AttentionDisplay", "ConfusionMatrixDisplay", "RocCurveDisplay"]
