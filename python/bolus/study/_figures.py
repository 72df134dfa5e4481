"""Figures of a study, drawn when asked for, from the Display objects of ``bolus.plot``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bolus.plot._axes import new_axes

__all__ = ["FIGURES", "StudyDisplay"]

BLUE, RED, GREY = "#2166ac", "#b2182b", "0.6"
GENOTYPES = {"wildtype": BLUE, "mutant": RED}


class StudyDisplay:
    """A figure of a study.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : array of matplotlib Axes
    displays_ : list
        The Display objects of ``bolus.plot`` in it.
    """

    def __init__(self, figure: Any, displays: list[Any] | None = None):
        self.figure_ = figure
        self.axes_ = np.array(figure.axes)
        self.displays_ = displays or []

    def __repr__(self) -> str:
        return f"StudyDisplay({len(self.axes_)} axes)"


def _subplots(columns: int, width: float, height: float, rows: int = 1) -> tuple[Any, Any]:
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(rows, columns, figsize=(width, height), layout="constrained", squeeze=False)
    return figure, axes


def _title(ax: Any, text: str) -> None:
    ax.set_title(text, loc="left", fontsize="medium")


def _roc_line(ax: Any, labels: Any, scores: Any, name: str, interval: Any = None, **options: Any) -> Any:
    """A ROC curve with an interval that was computed already."""
    from bolus.evaluate import roc_curve
    from bolus.plot import RocCurveDisplay

    curve = roc_curve(labels, scores)
    display = RocCurveDisplay(
        false_positive_rate=curve.false_positive_rate,
        true_positive_rate=curve.true_positive_rate,
        auc=curve.auc(),
        interval=interval,
        name=name,
    )
    return display.plot(ax=ax, **options)


def _interval(study: Any, key: tuple[str, str]) -> tuple[float, float]:
    area = study.performance[key].auc
    return area.low, area.high


def roc(result: Any) -> StudyDisplay:
    """Validation and test, per sample as in the paper and per patient."""
    study = result.study
    figure, axes = _subplots(2, 9.6, 5.0)
    displays = []
    for ax, level in zip(axes[0], ("samples", "patients"), strict=True):
        for name, colour in (("validation", BLUE), ("test", RED)):
            if (name, level) not in study.performance:
                continue
            labels, scores = result.scores_of(name, level)
            displays.append(_roc_line(ax, labels, scores, name, _interval(study, (name, level)), color=colour))
        _title(ax, f"Per {'sample, as in the paper' if level == 'samples' else 'patient'}{result.mark}")
    return StudyDisplay(figure, displays)


def cross_validation(result: Any) -> StudyDisplay:
    """Each fold's held-out samples, and the area of every fold."""
    study = result.study
    figure, axes = _subplots(2, 9.6, 5.0)
    fold = np.asarray(study.cross_validation.fold)
    labels, scores = result.scores_of("cross-validation", "samples")
    displays = []
    for k in np.unique(fold):
        line = _roc_line(
            axes[0][0], labels[fold == k], scores[fold == k], f"fold {k + 1}", linewidth=1.2, color=f"C{int(k) % 10}"
        )
        displays.append(line)
    _title(axes[0][0], f"Held-out samples of each fold{result.mark}")
    ax = axes[0][1]
    areas = study.tables["folds"].auc
    ax.bar(study.tables["folds"]["fold"].astype(str), areas, color=[f"C{i % 10}" for i in range(len(areas))], alpha=0.8)
    ax.axhline(areas.mean(), color="0.2", linewidth=1)
    ax.axhline(0.96, color=GREY, linewidth=1, linestyle="--")
    ax.text(1.01, 0.96, "paper", transform=ax.get_yaxis_transform(), va="center", fontsize="small", color="0.4")
    ax.set(xlabel="Fold", ylabel="AUC", ylim=(min(0.5, areas.min()), 1.0))
    _title(ax, f"Mean {areas.mean():.3f} ± {areas.std():.3f}")
    _tidy(ax)
    return StudyDisplay(figure, displays)


def _tidy(ax: Any) -> None:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def confusion_matrix(result: Any) -> StudyDisplay:
    """Normalised, of the test part and out of fold."""
    from bolus.plot import ConfusionMatrixDisplay

    study = result.study
    names = [name for name in ("validation", "test", "cross-validation") if (name, "samples") in study.performance]
    figure, axes = _subplots(len(names), 3.7 * len(names), 3.8)
    displays = []
    for ax, name in zip(axes[0], names, strict=True):
        counts = study.performance[name, "samples"].confusion.counts().astype(int)
        displays.append(ConfusionMatrixDisplay(counts=counts).plot(ax=ax))
        _title(ax, f"{name}, samples{result.mark}")
    return StudyDisplay(figure, displays)


def comparison(result: Any) -> StudyDisplay:
    """The model beside the logistic regressions, out of fold, per patient."""
    study = result.study
    ax = new_axes(None, 5.4, 5.2)
    y, displays = study.data.labels, []
    lines = [("attention-LSTM", "probability", ("cross-validation", "patients"), RED)]
    for name, colour in (("age + rCBV", BLUE), ("age + enhancement", "#4d9221")):
        if name in study.patients:
            lines.append((f"logistic, {name}", name, (f"logistic regression, {name}", "patients"), colour))
    for name, column, key, colour in lines:
        displays.append(_roc_line(ax, y, study.patients[column], name, _interval(study, key), color=colour))
    _title(ax, f"Out of fold, per patient{result.mark}")
    return StudyDisplay(ax.figure, displays)


def subgroups(result: Any) -> StudyDisplay:
    """AUC of every subgroup with its interval, and ROC curves of the grades."""
    table = result.tables["subgroups"].dropna(subset=["auc"]).iloc[::-1]
    figure, axes = _subplots(2, 10.4, 4.9)
    ax, displays = axes[0][0], []
    whole = result.study.performance["cross-validation", "samples"].auc
    ax.axvspan(whole.low, whole.high, color="0.92", zorder=0)
    ax.axvline(whole.estimate, color="0.5", linewidth=1)
    place = np.arange(len(table))
    ax.hlines(place, table.auc_low, table.auc_high, color=BLUE, linewidth=2)
    ax.plot(table.auc, place, "o", color=BLUE, label="this study")
    if table.paper_auc.notna().any():
        ax.plot(table.paper_auc, place + 0.22, "D", color="0.55", markersize=4, label="paper")
        ax.legend(frameon=False, fontsize="small", loc="lower left")
    names = [f"{row.subgroup} (n = {row.patients}, {row.mutant} mutant)" for row in table.itertuples()]
    ax.set_yticks(place, names, fontsize="small")
    ax.set(xlabel="AUC out of fold, 95 % interval", ylim=(-0.6, len(table) - 0.4))
    _title(ax, f"Subgroups; band: all patients{result.mark}")
    _tidy(ax)
    for level, colour in (("grade II-III", BLUE), ("grade IV", RED)):
        if (level, "samples") in result.study.performance:
            labels, scores = result.scores_of(level, "samples")
            interval = _interval(result.study, (level, "samples"))
            displays.append(_roc_line(axes[0][1], labels, scores, level, interval, color=colour))
    if displays:
        _title(axes[0][1], "By grade, per sample")
    else:
        axes[0][1].remove()
    return StudyDisplay(figure, displays)


def attention(result: Any) -> StudyDisplay:
    """Mean attention of each genotype over the mean curves, and that of one patient of each."""
    from bolus.plot import AttentionDisplay

    study = result.study
    table, displays = study.patients, []
    figure, axes = _subplots(2, 11, 6.4, rows=2)
    for ax_row, mutant in zip(axes, (False, True), strict=True):
        genotype = "mutant" if mutant else "wildtype"
        chosen = table[table.idh_mutant == mutant]
        courses = [_course(study, patient) for patient in chosen.patient]
        curves = [_normalised(study, patient) for patient in chosen.patient]
        alike = {(curve.shape, course.times.size) for curve, course in zip(curves, courses, strict=True)}
        if len(alike) == 1:
            weights = np.mean([course.attention for course in courses], axis=0)
            title = f"IDH-{genotype}, mean of {len(chosen)} patients{result.mark}"
            displays.append(
                _attention(AttentionDisplay, ax_row[0], study, np.mean(curves, axis=0), weights, courses[0].times, title,
                           not mutant)
            )  # fmt: skip
        else:
            ax_row[0].text(0.5, 0.5, "series of unequal length: no mean", ha="center", va="center")
            ax_row[0].set_axis_off()
        # The patient nearest to the paper's example, which rCBV alone could not tell apart (mean rCBV 3.58 and 3.59).
        known = chosen.mean_rcbv if study.data.has("mean_rcbv") else None
        place = int(np.argmin(np.abs(known - 3.58))) if known is not None else len(chosen) // 2
        row = chosen.iloc[place]
        volume = f"rCBV {row.mean_rcbv:.2f}: " if known is not None else ""
        displays.append(
            _attention(AttentionDisplay, ax_row[1], study, curves[place], courses[place].attention, courses[place].times,
                       f"One of them, {volume}probability of mutation {row.probability:.2f}", False)
        )  # fmt: skip
    return StudyDisplay(figure, displays)


def _course(study: Any, patient: str) -> Any:
    from bolus.model import attention_course

    rows = np.flatnonzero(np.asarray(study.data.dataset.patients) == patient)
    weights = np.asarray(study.cross_validation.prediction.attention)[rows]
    return attention_course(study.data.dataset.select(list(rows)), weights)


def _normalised(study: Any, patient: str) -> np.ndarray:
    from bolus.dsc import ZNormalisation

    return np.asarray(ZNormalisation()(study.data.curves[patient]).values).T


def _attention(
    display: Any, ax: Any, study: Any, curves: Any, weights: Any, times: Any, title: str, legend: bool
) -> Any:
    names = next(iter(study.data.curves.values())).names
    steps = min(curves.shape[1], len(times))
    return display.from_predictions(
        curves[:, :steps], weights[:steps], time=times[:steps], channel_names=names, ax=ax, title=title, legend=legend
    )


def rcbv(result: Any) -> StudyDisplay:
    """Box plots of mean rCBV by genotype, and within the grades."""
    from bolus.plot import GroupBoxDisplay

    table = result.study.table
    genotype = {"wildtype": ~table.idh_mutant, "mutant": table.idh_mutant}
    panels = {"All grades": np.ones(len(table), bool)}
    if result.study.data.has("grade"):
        panels |= {"Grade II-III": (table.grade < 4).to_numpy(), "Grade IV": (table.grade == 4).to_numpy()}
    figure, axes = _subplots(len(panels), 3.2 * len(panels) + 0.4, 3.8)
    displays = []
    for ax, (title, among) in zip(axes[0], panels.items(), strict=True):
        boxes = {name: table.mean_rcbv[mask & among].to_numpy() for name, mask in genotype.items()}
        boxes = {name: values for name, values in boxes.items() if len(values)}
        test = "student" if min(map(len, boxes.values())) > 1 and len(boxes) > 1 else "none"
        displays.append(GroupBoxDisplay.from_values(boxes, test=test, ylabel="Mean rCBV", ax=ax))
        ax.set_ylim(0, 1.2 * table.mean_rcbv.max())
        _title(ax, title + (result.mark if title == "All grades" else ""))
    return StudyDisplay(figure, displays)


def calibration(result: Any) -> StudyDisplay:
    """Probabilities against frequencies, and the net benefit of deciding by them."""
    from bolus.plot import CalibrationDisplay, DecisionCurveDisplay

    study = result.study
    figure, axes = _subplots(2, 9.8, 4.6)
    y, score = study.data.labels, study.patients.probability.to_numpy()
    displays = [
        CalibrationDisplay.from_predictions(y, score, ax=axes[0][0]),
        DecisionCurveDisplay.from_predictions(y, score, ax=axes[0][1]),
    ]
    _title(axes[0][0], f"Calibration, out of fold, per patient{result.mark}")
    _title(axes[0][1], "Decision curve")
    return StudyDisplay(figure, displays)


def patterns(result: Any) -> StudyDisplay:
    """Temporal patterns of each genotype, all and by grade."""
    from bolus.plot import PatternProfileDisplay

    study = result.study
    names = [name for name in ("all", "grade II-III", "grade IV") if f"patterns, {name}" in study.found]
    figure, axes = _subplots(len(names), 4.4 * len(names), 3.6)
    displays = []
    for ax, name in zip(axes[0], names, strict=True):
        displays.append(PatternProfileDisplay.from_frequencies(study.found[f"patterns, {name}"], ax=ax))
        title = "All patients" if name == "all" else name[0].upper() + name[1:]
        ax.set_title(title + result.mark, loc="left", fontsize="medium", pad=20)  # the legend lies between
    return StudyDisplay(figure, displays)


def attention_map(result: Any) -> StudyDisplay:
    """Attention of every patient, one row each."""
    from bolus.plot import CohortAttentionDisplay

    display = CohortAttentionDisplay.from_table(result.study.found["patterns"])
    return StudyDisplay(display.figure_, [display])


def faithfulness(result: Any) -> StudyDisplay:
    """The checks that tell whether attention can be trusted."""
    from bolus.plot import FaithfulnessDisplay

    display = FaithfulnessDisplay.from_result(result.study.found["faithfulness"])
    return StudyDisplay(display.figure_, [display])


def codeletion(result: Any) -> StudyDisplay:
    """1p/19q codeletion among the mutants, out of fold."""
    study = result.study
    ax = new_axes(None, 4.8, 4.6)
    interval = _interval(study, ("1p/19q codeletion", "samples"))
    display = _roc_line(ax, *study.found["codeletion"], "1p/19q", interval, color=RED)
    _title(ax, f"1p/19q codeletion in the mutants, out of fold{result.mark}")
    return StudyDisplay(ax.figure, [display])


FIGURES: dict[str, tuple[str, Callable[[Any], StudyDisplay]]] = {
    "roc": ("results", roc),
    "confusion_matrix": ("results", confusion_matrix),
    "cross_validation": ("folds", cross_validation),
    "subgroups": ("subgroups", subgroups),
    "comparison": ("comparison", comparison),
    "rcbv": ("rcbv", rcbv),
    "calibration": ("calibration", calibration),
    "codeletion": ("codeletion", codeletion),
    "attention": ("attention", attention),
    "patterns": ("patterns", patterns),
    "attention_map": ("patterns", attention_map),
    "faithfulness": ("faithfulness", faithfulness),
}
