"""Figures of a classifier: ROC curve with its band, precision-recall curve, confusion matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bolus.evaluate import Bootstrap, RocBand, confusion_matrix, cross_validated_auc, precision_recall_curve, roc_curve
from bolus.plot._axes import finish, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _positive_scores(estimator: Any, X: Any) -> np.ndarray:
    return np.asarray(estimator.predict_proba(X))[:, 1]


class RocCurveDisplay:
    """Receiver operating characteristic with its area and the area's confidence interval.

    Parameters
    ----------
    false_positive_rate, true_positive_rate : array (n,)
    auc : float
    interval : (float, float), optional
        Confidence limits of the area.
    name : str, optional
        Shown in the legend.
    band : RocBandResult, optional
        Pointwise band of the sensitivity.

    Attributes
    ----------
    ax_, figure_, line_, band_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, false_positive_rate, true_positive_rate, auc, interval=None, name=None, band=None):
        self.band = band
        self.false_positive_rate = false_positive_rate
        self.true_positive_rate = true_positive_rate
        self.auc = auc
        self.interval = interval
        self.name = name

    @classmethod
    def from_predictions(
        cls, labels, scores, *, patients=None, replicates=1000, seed=0, band=False, name=None, ax=None, **line_options
    ):
        """Draw from labels (1 = mutant) and scores; the interval is a bootstrap over patients when ``patients`` is given.

        ``replicates=0`` leaves the interval out; ``band=True`` adds the pointwise band of the sensitivity.
        """
        curve = roc_curve(labels, scores)
        interval = None
        if replicates:
            result = Bootstrap(replicates=replicates, seed=seed)(labels, scores, patients=patients)
            interval = (result.low, result.high)
        shown = RocBand(replicates=replicates or 1000, seed=seed)(labels, scores, patients) if band else None
        display = cls(
            false_positive_rate=curve.false_positive_rate,
            true_positive_rate=curve.true_positive_rate,
            auc=curve.auc(),
            interval=interval,
            name=name,
            band=shown,
        )
        return display.plot(ax=ax, **line_options)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, ax=None, **options):
        """Draw from a fitted classifier and the samples to judge it on."""
        positive = np.asarray(y) == estimator.classes_[1]
        return cls.from_predictions(positive, _positive_scores(estimator, X), name=name, ax=ax, **options)

    @classmethod
    def from_folds(cls, labels, scores, folds, *, patients=None, name="pooled", ax=None, **line_options):
        """Draw out-of-fold scores: each fold's curve thin, that of all scores together thick, with DeLong's interval."""
        labels, scores, folds = (np.asarray(values) for values in (labels, scores, folds))
        areas = cross_validated_auc(labels, scores, folds, patients)
        ax = new_axes(ax, 4.6, 4.4)
        ax.plot([0, 1], [0, 1], color="0.7", linewidth=1, linestyle="--")
        for fold, area in zip(areas.folds, areas.areas, strict=True):
            curve = roc_curve(labels[folds == fold], scores[folds == fold])
            ax.plot(
                curve.false_positive_rate,
                curve.true_positive_rate,
                linewidth=0.9,
                alpha=0.7,
                label=f"fold {fold}: AUC {area:.3f}",
            )
        curve = roc_curve(labels, scores)
        display = cls(
            false_positive_rate=curve.false_positive_rate,
            true_positive_rate=curve.true_positive_rate,
            auc=areas.pooled.estimate,
            interval=(areas.pooled.low, areas.pooled.high),
            name=name,
        )
        return display.plot(ax=ax, **({"color": "black"} | line_options))

    def plot(self, ax: Axes | None = None, *, name: str | None = None, chance_level: bool = True, **line_options: Any):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 4.6, 4.4)
        text = f"AUC {self.auc:.3f}"
        if self.interval is not None:
            text += f" ({self.interval[0]:.3f}–{self.interval[1]:.3f})"
        name = name or self.name
        line_options = {"linewidth": 2, "label": f"{name}: {text}" if name else text} | line_options
        if chance_level and not ax.lines:
            ax.plot([0, 1], [0, 1], color="0.7", linewidth=1, linestyle="--")
        (self.line_,) = ax.plot(self.false_positive_rate, self.true_positive_rate, **line_options)
        self.band_ = None
        if self.band is not None:
            self.band_ = ax.fill_between(
                self.band.false_positive_rate,
                self.band.low,
                self.band.high,
                color=self.line_.get_color(),
                alpha=0.18,
                linewidth=0,
            )
        ax.set(xlabel="1 − specificity", ylabel="Sensitivity", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
        ax.legend(loc="lower right", frameon=False, fontsize="small")
        return finish(self, ax)


class PrecisionRecallDisplay:
    """Precision over recall with the average precision; dashed: the prevalence, which a score without information reaches.

    Parameters
    ----------
    curve : PrecisionRecallCurve
    name : str, optional
        Shown in the legend.

    Attributes
    ----------
    ax_, figure_, line_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, curve, name=None):
        self.curve = curve
        self.name = name

    @classmethod
    def from_predictions(cls, labels, scores, *, name=None, ax=None, **line_options):
        """Draw from labels (1 = mutant) and scores."""
        return cls(curve=precision_recall_curve(labels, scores), name=name).plot(ax=ax, **line_options)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, name=None, ax=None, **options):
        """Draw from a fitted classifier and the samples to judge it on."""
        positive = np.asarray(y) == estimator.classes_[1]
        return cls.from_predictions(positive, _positive_scores(estimator, X), name=name, ax=ax, **options)

    def plot(self, ax: Axes | None = None, *, name: str | None = None, chance_level: bool = True, **line_options: Any):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 4.6, 4.4)
        text = f"average precision {self.curve.average_precision:.3f}"
        name = name or self.name
        line_options = {"linewidth": 2, "label": f"{name}: {text}" if name else text} | line_options
        if chance_level and not ax.lines:
            ax.axhline(self.curve.prevalence, color="0.7", linewidth=1, linestyle="--")
        (self.line_,) = ax.step(self.curve.recall, self.curve.precision, where="pre", **line_options)
        ax.set(
            xlabel="Recall (sensitivity)", ylabel="Precision", xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal"
        )
        ax.legend(loc="lower left", frameon=False, fontsize="small")
        return finish(self, ax)


class ConfusionMatrixDisplay:
    """Confusion matrix, each row as a share of the patients of that true class, with the counts below the shares.

    Attributes
    ----------
    ax_, figure_, image_ : after ``plot``
    """

    ax_: Axes
    figure_: Figure

    def __init__(self, *, counts, class_names=("wildtype", "mutant")):
        self.counts = np.asarray(counts)
        self.class_names = class_names

    @classmethod
    def from_predictions(cls, labels, predictions, *, class_names=("wildtype", "mutant"), ax=None):
        """Draw from true and predicted labels (1 = mutant)."""
        matrix = confusion_matrix(labels, predictions)
        counts = [[matrix.true_negative, matrix.false_positive], [matrix.false_negative, matrix.true_positive]]
        return cls(counts=counts, class_names=class_names).plot(ax=ax)

    @classmethod
    def from_estimator(cls, estimator, X, y, *, class_names=None, ax=None):
        """Draw from a fitted classifier and the samples to judge it on."""
        positive = estimator.classes_[1]
        names = class_names or [str(label) for label in estimator.classes_]
        return cls.from_predictions(
            np.asarray(y) == positive, estimator.predict(X) == positive, class_names=names, ax=ax
        )

    def plot(self, ax: Axes | None = None, *, colour_map: str = "Blues"):
        """Draw on ``ax``, or on new axes. Returns the display."""
        ax = new_axes(ax, 3.8, 3.6)
        totals = self.counts.sum(axis=1, keepdims=True)
        shares = self.counts / np.maximum(totals, 1)
        self.image_ = ax.imshow(shares, cmap=colour_map, vmin=0, vmax=1)
        for (row, column), share in np.ndenumerate(shares):
            text = f"{100 * share:.1f} %\n({self.counts[row, column]})"
            ax.text(column, row, text, ha="center", va="center", color="white" if share > 0.5 else "black")
        ax.set(xticks=[0, 1], yticks=[0, 1], xticklabels=self.class_names, yticklabels=self.class_names)
        ax.set(xlabel="Predicted", ylabel="True")
        return finish(self, ax)
