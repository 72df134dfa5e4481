"""ROC side of bolus.evaluate against published figures, scikit-learn and scipy's formulas; awkward tables; bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.integrate
import scipy.stats
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

import bolus
from bolus import evaluate


def cohort(patients=60, windows=1, step=None, seed=0):
    generator = np.random.default_rng(seed)
    mutant = np.repeat(np.arange(patients) % 3 == 0, windows).astype(int)
    number = np.repeat(np.arange(patients), windows)
    shared = np.repeat(generator.normal(size=patients), windows)
    first = mutant + shared + 0.3 * generator.normal(size=number.size)
    second = 0.5 * mutant + shared + generator.normal(size=number.size)
    if step:
        first, second = (np.round(x / step) * step for x in (first, second))
    return mutant, first, second, number


tables = st.lists(st.tuples(st.integers(0, 1), st.integers(-6, 6)), min_size=4, max_size=50).filter(
    lambda rows: 2 <= sum(label for label, _ in rows) <= len(rows) - 2
).map(lambda rows: (np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=float)))  # fmt: skip


def test_published_values(real_data):
    frame = pd.read_csv(real_data / "clinical" / "asah.csv")
    labels = frame.outcome == "Poor"
    published = {"wfns": 0.00146991470882, "ndka": 0.00319081054939, "s100b": 0.00266868245717}
    areas = {"wfns": 0.8236788618, "ndka": 0.6119579946, "s100b": 0.7313685637}
    for column, variance in published.items():
        result = evaluate.DelongAuc()(labels, frame[column])
        assert result.estimate == pytest.approx(areas[column], abs=1e-9)
        assert result.variance == pytest.approx(variance, abs=1e-9)
    comparison = evaluate.CompareModels()(labels, frame[["wfns", "s100b", "ndka"]])
    pairs = {(pair.first, pair.second): pair for pair in comparison.pairs}
    for key, z, p in [
        (("wfns", "s100b"), 2.20898359144, 0.0271757822),
        (("wfns", "ndka"), 2.79777591869, 0.0051455797),
        (("s100b", "ndka"), 1.39077002574, 0.1642951752),
    ]:
        assert pairs[key].statistic == pytest.approx(z, abs=1e-9)
        assert pairs[key].p_value == pytest.approx(p, abs=1e-9)
    assert pairs["wfns", "ndka"].p_adjusted == pytest.approx(3 * 0.0051455797, abs=3e-9)


@settings(deadline=None)
@given(tables)
def test_areas_equal_sklearn_on_awkward_tables(data):
    labels, scores = data
    for max_fpr in (0.2, 0.55, 1.0):
        part = evaluate.partial_auc(labels, scores, 1 - max_fpr, 1)
        fpr, tpr, _ = sklearn.metrics.roc_curve(labels, scores)
        inner = fpr <= max_fpr  # a vertical piece of the curve at the border has no area
        x, y = np.append(fpr[inner], max_fpr), np.append(tpr[inner], np.interp(max_fpr, fpr, tpr))
        assert part.area == pytest.approx(np.trapezoid(y, x), abs=1e-12)
        if max_fpr < 1:
            peer = sklearn.metrics.roc_auc_score(labels, scores, max_fpr=max_fpr)
            assert part.corrected == pytest.approx(peer, abs=1e-12)
    curve = evaluate.precision_recall_curve(labels, scores)
    assert curve.average_precision == pytest.approx(sklearn.metrics.average_precision_score(labels, scores), abs=1e-12)
    precision, recall, thresholds = sklearn.metrics.precision_recall_curve(labels, scores)
    np.testing.assert_allclose(curve.thresholds[1:], thresholds[::-1])
    np.testing.assert_allclose(curve.precision[1:], precision[:-1][::-1], rtol=1e-12)
    np.testing.assert_allclose(curve.recall[1:], recall[:-1][::-1], rtol=1e-12)
    result = evaluate.DelongAuc()(labels, scores)
    assert 0 <= result.low <= result.estimate <= result.high <= 1


def test_precision_recall_area_is_the_integral_over_counts():
    labels, scores, _, _ = cohort(step=0.5)
    curve = evaluate.precision_recall_curve(labels, scores)
    area, tp, fp = 0.0, 0, 0
    for score in np.unique(scores)[::-1]:
        more_tp, more_fp = ((scores == score) & (labels == 1)).sum(), ((scores == score) & (labels == 0)).sum()
        if more_tp:
            area += scipy.integrate.quad(
                lambda t, tp=tp, fp=fp, h=more_fp / more_tp: t / (t + fp + h * (t - tp)), tp, tp + more_tp
            )[0]
        tp, fp = tp + more_tp, fp + more_fp
    assert curve.auc == pytest.approx(area / labels.sum(), abs=1e-9)


def scipy_bca(values, estimate, jackknife, confidence):
    """The formula of scipy.stats.bootstrap (multi-sample) on given replicates and left-out values by sample."""
    share = ((values < estimate).sum() + (values <= estimate).sum()) / (2 * values.size)
    z0 = scipy.stats.norm.ppf(share)
    u = [(len(each) - 1) * (np.mean(each) - each) for each in jackknife]
    a = sum((v**3).sum() / len(v) ** 3 for v in u) / 6 / sum((v**2).sum() / len(v) ** 2 for v in u) ** 1.5
    z = scipy.stats.norm.ppf([(1 - confidence) / 2, (1 + confidence) / 2])
    return z0, a, np.quantile(values, scipy.stats.norm.cdf(z0 + (z0 + z) / (1 - a * (z0 + z))))


METRICS = {
    "auc": lambda y, s: sklearn.metrics.roc_auc_score(y, s),
    "sensitivity": lambda y, s: sklearn.metrics.recall_score(y, s >= 0.6),
    "specificity": lambda y, s: sklearn.metrics.recall_score(y, s >= 0.6, pos_label=0),
    "accuracy": lambda y, s: sklearn.metrics.accuracy_score(y, s >= 0.6),
    "positive_predictive_value": lambda y, s: sklearn.metrics.precision_score(y, s >= 0.6),
    "negative_predictive_value": lambda y, s: sklearn.metrics.precision_score(y, s >= 0.6, pos_label=0),
    "f1": lambda y, s: sklearn.metrics.f1_score(y, s >= 0.6),
    "brier": lambda y, s: sklearn.metrics.brier_score_loss(y, s),
}


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("windows", [1, 3])
@pytest.mark.parametrize("stratified", [True, False])
def test_bca_equals_scipys_formula_on_the_same_resamples(metric, windows, stratified):
    labels, scores, other, patients = cohort(patients=40, windows=windows)
    scores, other = 1 / (1 + np.exp(-scores)), 1 / (1 + np.exp(-other))
    groups = {"patients": patients} if windows > 1 else {}
    step = evaluate.Bootstrap(
        replicates=60, seed=4, interval="bca", metric=metric, threshold=0.6, stratified=stratified
    )
    for result, figure in (
        (step(labels, scores, **groups), lambda rows: METRICS[metric](labels[rows], scores[rows])),
        (
            step.difference(labels, scores, other, **groups),
            lambda rows: METRICS[metric](labels[rows], scores[rows]) - METRICS[metric](labels[rows], other[rows]),
        ),
    ):
        rows = np.arange(labels.size)
        values = np.array([figure(np.repeat(rows, step.resample(labels, r, **groups))) for r in range(60)])
        np.testing.assert_allclose(result.values, values, atol=1e-12)
        assert result.estimate == pytest.approx(figure(rows), abs=1e-12)
        left_out = np.array([figure(rows[patients != p]) for p in range(40)])
        strata = [np.arange(40) % 3 != 0, np.arange(40) % 3 == 0] if stratified else [np.ones(40, bool)]
        if result.interval == "bca":
            z0, a, ends = scipy_bca(result.values, result.estimate, [left_out[s] for s in strata], 0.95)
            assert result.bias == pytest.approx(z0, abs=1e-8)
            assert result.acceleration == pytest.approx(a, abs=1e-8)
            np.testing.assert_allclose([result.low, result.high], ends, atol=1e-8)


def test_brier_needs_probabilities_and_rates_need_a_side():
    with pytest.raises(bolus.DataError, match="probabilities"):
        evaluate.Bootstrap(metric="brier")([0, 1], [0.5, 2])
    with pytest.raises(bolus.DataError, match="does not exist"):
        evaluate.Bootstrap(metric="positive_predictive_value", threshold=9)([0, 0, 1, 1], [1, 2, 3, 4])
    with pytest.raises(bolus.OptionError):
        evaluate.Bootstrap(metric="magic")
    flat = evaluate.Bootstrap(interval="bca")([0, 0, 1, 1], [1, 2, 3, 4])
    assert (flat.low, flat.high) == (1, 1)
    assert "evaluate.bootstrap.no_spread" in [flag.code for flag in flat.flags]


def test_logit_interval_and_clusters():
    labels, scores, _, patients = cohort(patients=120, windows=6)
    result = evaluate.DelongAuc()(labels, scores)
    half = scipy.stats.norm.ppf(0.975) * result.standard_error / (result.estimate * (1 - result.estimate))
    middle = scipy.special.logit(result.estimate)
    np.testing.assert_allclose([result.low, result.high], scipy.special.expit([middle - half, middle + half]))
    clustered = evaluate.DelongAuc()(labels, scores, patients)
    assert clustered.standard_error > 1.5 * result.standard_error
    bootstrap = evaluate.Bootstrap(replicates=4000)(labels, scores, patients)
    assert clustered.standard_error == pytest.approx(bootstrap.standard_error, rel=0.08)


def test_unpaired_is_the_sum_of_variances():
    a, b = cohort(seed=1), cohort(seed=2)
    result = evaluate.CompareAuc().unpaired(a[0], a[1], b[0], b[2])
    one, two = evaluate.DelongAuc()(a[0], a[1]), evaluate.DelongAuc()(b[0], b[2])
    z = (one.estimate - two.estimate) / np.sqrt(one.variance + two.variance)
    assert result.statistic == pytest.approx(z)
    assert result.p_value == pytest.approx(2 * scipy.stats.norm.sf(abs(z)))
    assert evaluate.CompareAuc(method="bootstrap").unpaired(a[0], a[1], b[0], b[2]).p_value == pytest.approx(
        result.p_value, abs=0.05
    )
    with pytest.raises(bolus.DataError, match="both sets"):
        evaluate.CompareAuc().unpaired(a[0], a[1], b[0], b[2], a[3], b[3])


def test_subgroups_and_interaction():
    labels, scores, other, patients = cohort(patients=200)
    groups = np.where(np.arange(200) % 2, "IV", "II-III")
    result = evaluate.CompareSubgroups()(labels, scores, groups)
    one, two = (evaluate.DelongAuc()(labels[groups == g], scores[groups == g]) for g in ("II-III", "IV"))
    z = (one.estimate - two.estimate) / np.sqrt(one.variance + two.variance)
    assert result.statistic == pytest.approx(z**2)
    assert result.p_value == pytest.approx(2 * scipy.stats.norm.sf(abs(z)))
    both = evaluate.CompareSubgroups()(labels, scores, groups, patients, second=other)
    pairs = [evaluate.CompareAuc()(*(x[groups == g] for x in (labels, scores, other))) for g in ("II-III", "IV")]
    z = (pairs[0].difference - pairs[1].difference) / np.hypot(*(p.standard_error for p in pairs))
    assert both.statistic == pytest.approx(z**2)
    groups = groups.astype(object)
    groups[labels == 0][:1]
    lone = np.where(np.arange(200) == 1, "3 T", groups)
    assert "evaluate.subgroup.no_area" in [f.code for f in evaluate.CompareSubgroups()(labels, scores, lone).flags]
    with pytest.raises(bolus.DataError, match="and in group"):
        evaluate.CompareSubgroups()(labels, scores, groups, patients // 2)


def test_folds_pooled_and_each():
    labels, scores, _, _ = cohort(patients=150)
    folds = np.arange(150) // 3 % 5
    result = evaluate.cross_validated_auc(labels, scores, folds)
    expected = [sklearn.metrics.roc_auc_score(labels[folds == f], scores[folds == f]) for f in range(5)]
    np.testing.assert_allclose(result.areas, expected)
    assert result.standard_deviation == pytest.approx(np.std(expected, ddof=1))
    assert result.pooled.estimate == pytest.approx(sklearn.metrics.roc_auc_score(labels, scores))
    shifted = evaluate.cross_validated_auc(labels, scores + 3 * folds, folds)
    assert "evaluate.folds.shifted" in [flag.code for flag in shifted.flags]


def test_band_is_numpys_percentiles_and_holds_the_curve():
    labels, scores, _, patients = cohort(windows=3, step=0.5)
    band = evaluate.RocBand(replicates=50, points=21)(labels, scores, patients)
    step, lines = evaluate.Bootstrap(replicates=50), []
    for replicate in range(50):
        counts = step.resample(labels, replicate, patients)
        fpr, tpr, _ = sklearn.metrics.roc_curve(labels, scores, sample_weight=counts, drop_intermediate=False)
        upper = pd.Series(tpr).groupby(fpr.round(12)).max()
        lines.append(np.interp(band.false_positive_rate, upper.index, upper))
    np.testing.assert_allclose(band.low, np.quantile(lines, 0.025, axis=0), atol=1e-9)
    np.testing.assert_allclose(band.high, np.quantile(lines, 0.975, axis=0), atol=1e-9)


def test_rates_have_intervals():
    matrix = evaluate.ConfusionMatrix(40, 10, 5, 45)
    frame = matrix.intervals().to_frame().set_index("rate")
    peer = scipy.stats.binomtest(45, 50).proportion_ci(method="wilson")
    assert (frame.low.sensitivity, frame.high.sensitivity) == pytest.approx((peer.low, peer.high), abs=1e-9)
    frame = matrix.intervals(method="clopper_pearson").to_frame().set_index("rate")
    peer = scipy.stats.binomtest(40, 50).proportion_ci(method="exact")
    assert (frame.low.specificity, frame.high.specificity) == pytest.approx((peer.low, peer.high), abs=1e-9)
    assert matrix.f1() == pytest.approx(90 / 105)
    assert [flag.code for flag in evaluate.ConfusionMatrix(3, 0, 0, 0).intervals().flags] == [
        "evaluate.confusion.no_rate"
    ] * 2


def test_results_show_themselves_and_pickle():
    labels, first, second, patients = cohort(windows=2)
    results = [
        evaluate.DelongAuc()(labels, first),
        evaluate.CompareAuc()(labels, first, second),
        evaluate.CompareModels()(labels, {"a": first, "b": second, "c": first + second}),
        evaluate.CompareSubgroups()(labels, first, patients % 2),
        evaluate.cross_validated_auc(labels, first, patients % 3 + patients % 2),
        evaluate.partial_auc(labels, first),
        evaluate.precision_recall_curve(labels, first),
        evaluate.RocBand(replicates=20)(labels, first),
        evaluate.OperatingPoint.youden(labels, first, patients),
        evaluate.Bootstrap(replicates=20, metric="f1")(labels, first),
        evaluate.confusion_matrix(labels, first > 0).intervals(),
    ]
    for result in results:
        again = pickle.loads(pickle.dumps(result))
        assert repr(again) == repr(result)
        pd.testing.assert_frame_equal(again.to_frame(), result.to_frame())
        assert "<table" in result._repr_html_()
    with pytest.raises(bolus.DataError, match="very samples"):
        pickle.loads(pickle.dumps(results[8]))(labels, first)
    for step in (evaluate.CompareAuc(method="bootstrap"), evaluate.DelongAuc(interval="normal"), evaluate.RocBand()):
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)


@pytest.mark.parametrize(
    ("labels", "scores", "kind", "text"),
    [
        ([0, 1], [0.1, 0.2], bolus.DataError, "single sample"),
        ([1], [0.1], bolus.DataError, "labels are 1"),
        ([], [], bolus.DataError, "no labels"),
        ([0, 0, 1, 1], [0.1, np.nan, 1, 2], bolus.DataError, "score 1"),
        ([0, 0, 1, 1], [0.1, 1, 2], bolus.ShapeError, "4 labels and 3 scores"),
        ([0, 0, 2, 1], [0.1, 1, 2, 3], bolus.DataError, "label 2 is 2"),
    ],
)
def test_bad_input(labels, scores, kind, text):
    with pytest.raises(kind, match=text):
        evaluate.DelongAuc()(labels, scores)
    with pytest.raises(kind):
        evaluate.CompareAuc()(labels, scores, scores)
