"""bolus.evaluate against scikit-learn, statsmodels and published figures; invariants; bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression as SklearnLogisticRegression
from sklearn.model_selection import cross_val_score

import bolus
from bolus import evaluate


def cohort(patients=60, windows=4, step=None, seed=0):
    """Labels, scores and patient names; a patient's samples resemble each other; scores rounded to `step`."""
    generator = np.random.default_rng(seed)
    mutant = np.arange(patients) % 3 == 0
    number = np.repeat(np.arange(patients), windows)
    scores = np.repeat(mutant + generator.normal(size=patients), windows) + 0.3 * generator.normal(size=number.size)
    if step:
        scores = np.round(scores / step) * step
    return mutant[number].astype(int), scores, np.array([f"P{p}" for p in number])


labels_and_scores = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-20, 20)), min_size=2, max_size=60
).filter(lambda rows: 0 < sum(label for label, _ in rows) < len(rows)).map(
    lambda rows: (np.array([r[0] for r in rows]), np.array([r[1] for r in rows], dtype=float))
)  # fmt: skip


@pytest.mark.parametrize("step", [None, 0.5])
def test_roc_equals_sklearn(step):
    labels, scores, _ = cohort(step=step)
    curve = evaluate.roc_curve(labels, scores)
    fpr, tpr, thresholds = sklearn.metrics.roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_array_equal(curve.thresholds, thresholds)
    np.testing.assert_allclose(curve.false_positive_rate, fpr, rtol=1e-15)
    np.testing.assert_allclose(curve.true_positive_rate, tpr, rtol=1e-15)
    assert evaluate.roc_auc(labels, scores) == pytest.approx(sklearn.metrics.roc_auc_score(labels, scores), abs=1e-14)
    assert curve.auc() == pytest.approx(evaluate.roc_auc(labels, scores), abs=1e-14)
    best = np.argmax(tpr - fpr)
    assert evaluate.youden_threshold(labels, scores) == thresholds[best]


@given(labels_and_scores)
def test_area_is_unchanged_by_rising_maps_and_order(data):
    labels, scores = data
    area = evaluate.roc_auc(labels, scores)
    assert area == pytest.approx(sklearn.metrics.roc_auc_score(labels, scores), abs=1e-12)
    for mapped in (3.0 * scores - 7.0, np.exp(scores / 5.0), scores**3, np.arctan(scores)):
        assert evaluate.roc_auc(labels, mapped) == area
    order = np.random.default_rng(0).permutation(labels.size)
    assert evaluate.roc_auc(labels[order], scores[order]) == area
    assert evaluate.roc_auc(labels, -scores) == pytest.approx(1.0 - area, abs=1e-15)
    assert evaluate.roc_auc(1 - labels, scores) == pytest.approx(1.0 - area, abs=1e-15)


@settings(deadline=None, max_examples=30)
@given(labels_and_scores, st.integers(0, 2**64 - 1), st.booleans())
def test_every_replicate_equals_sklearn_on_its_resample(data, seed, stratified):
    labels, scores = data
    bootstrap = evaluate.Bootstrap(replicates=20, seed=seed, stratified=stratified)
    try:
        result = bootstrap(labels, scores)
    except bolus.DataError:
        assert not stratified
        return
    assert 0.0 <= result.low <= result.high <= 1.0
    assert result.values.size + result.skipped == 20
    kept = np.setdiff1d(np.arange(20), result.skipped_replicates)
    for replicate, value in zip(kept, result.values, strict=True):
        counts = bootstrap.resample(labels, replicate)
        assert counts.sum() == labels.size
        expected = sklearn.metrics.roc_auc_score(np.repeat(labels, counts), np.repeat(scores, counts))
        assert value == pytest.approx(expected, abs=1e-12)
    for replicate in result.skipped_replicates:
        assert np.unique(np.repeat(labels, bootstrap.resample(labels, replicate))).size == 1


@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("step", [None, 0.5])
def test_clustered_replicates_draw_patients_whole(stratified, step):
    labels, scores, patients = cohort(step=step)
    bootstrap = evaluate.Bootstrap(replicates=100, seed=3, stratified=stratified)
    result = bootstrap(labels, scores, patients)
    for replicate, value in enumerate(result.values):
        counts = bootstrap.resample(labels, replicate, patients)
        assert (counts.reshape(60, 4) == counts.reshape(60, 4)[:, :1]).all()
        assert counts.sum() == labels.size
        if stratified:
            assert counts[labels == 1].sum() == labels.sum()
        expected = sklearn.metrics.roc_auc_score(np.repeat(labels, counts), np.repeat(scores, counts))
        assert value == pytest.approx(expected, abs=1e-12)


def test_interval_is_numpys_percentile_and_close_to_theory():
    labels, scores, _ = cohort(patients=300, windows=1)
    result = evaluate.Bootstrap(replicates=4000, confidence=0.9)(labels, scores)
    np.testing.assert_allclose([result.low, result.high], np.quantile(result.values, [0.05, 0.95]), rtol=1e-14)
    area, positives = result.estimate, labels.sum()
    negatives = labels.size - positives
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)  # Hanley and McNeil 1982
    error = np.sqrt(
        (area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2))
        / (positives * negatives)
    )
    assert result.values.std() == pytest.approx(error, rel=0.15)
    assert result.values.mean() == pytest.approx(area, abs=0.2 * error)


def test_patients_widen_the_interval():
    labels, scores, patients = cohort(patients=120, windows=8)
    by_row, by_patient = evaluate.Bootstrap()(labels, scores), evaluate.Bootstrap()(labels, scores, patients)
    assert by_patient.high - by_patient.low > 1.5 * (by_row.high - by_row.low)


@pytest.mark.parametrize("stratified", [True, False])
def test_threads_change_no_bit(stratified):
    labels, scores, patients = cohort(patients=90)
    results = [
        evaluate.Bootstrap(replicates=500, stratified=stratified, threads=threads)(labels, scores, patients)
        for threads in (1, 2, 4)
    ]
    for other in results[1:]:
        np.testing.assert_array_equal(other.values, results[0].values)
        assert (other.low, other.high) == (results[0].low, results[0].high)


def test_patients_may_be_numbers_text_or_pandas():
    labels, scores, patients = cohort()
    bootstrap = evaluate.Bootstrap(replicates=20)
    number = np.array([int(p[1:]) for p in patients])
    expected = bootstrap(labels, scores, number.astype(str)).values
    series = pd.Series(number.astype(str))
    for same in (
        number,
        number.astype(np.uint16),
        list(map(str, number)),
        series,
        series.astype("category"),
        number.astype(object),
    ):
        np.testing.assert_array_equal(bootstrap(labels, scores, same).values, expected)
    np.testing.assert_array_equal(
        bootstrap(labels.astype(bool), pd.Series(scores), patients).values,
        bootstrap(list(labels), list(scores), list(patients)).values,
    )


def test_confusion_matrix_equals_sklearn():
    labels, scores, _ = cohort()
    predictions = scores > 0.5
    matrix = evaluate.confusion_matrix(labels, predictions)
    np.testing.assert_array_equal(matrix.counts(), sklearn.metrics.confusion_matrix(labels, predictions))
    np.testing.assert_allclose(
        matrix.normalised(), sklearn.metrics.confusion_matrix(labels, predictions, normalize="true"), rtol=1e-14
    )
    assert matrix.accuracy() == pytest.approx(sklearn.metrics.accuracy_score(labels, predictions))
    assert matrix.sensitivity() == pytest.approx(sklearn.metrics.recall_score(labels, predictions))
    assert matrix.specificity() == pytest.approx(sklearn.metrics.recall_score(labels, predictions, pos_label=0))
    assert matrix.positive_predictive_value() == pytest.approx(sklearn.metrics.precision_score(labels, predictions))
    assert matrix.negative_predictive_value() == pytest.approx(
        sklearn.metrics.precision_score(labels, predictions, pos_label=0)
    )


def regression_data(rows=300, seed=1):
    generator = np.random.default_rng(seed)
    x = np.column_stack(
        [generator.normal(50, 15, rows), generator.gamma(2, 1.5, rows), generator.normal(0, 1e-3, rows)]
    )
    odds = 4.0 - 0.08 * x[:, 0] - 0.4 * x[:, 1] + 500 * x[:, 2]
    return x, (generator.random(rows) < 1 / (1 + np.exp(-odds))).astype(int)


def test_logistic_regression_equals_statsmodels():
    api = pytest.importorskip("statsmodels.api")
    x, y = regression_data()
    peer = api.Logit(y, api.add_constant(x)).fit(disp=0, method="newton", tol=1e-12, maxiter=200)
    fit = evaluate.LogisticRegression().fit(x, y)
    np.testing.assert_allclose(np.append(fit.intercept, fit.coefficients), peer.params, rtol=1e-7)
    np.testing.assert_allclose(fit.standard_errors, peer.bse, rtol=1e-6)
    np.testing.assert_allclose(fit.z_values, peer.tvalues, rtol=1e-6)
    np.testing.assert_allclose(fit.p_values, peer.pvalues, rtol=1e-5, atol=1e-15)
    np.testing.assert_allclose(fit.covariance, peer.cov_params(), rtol=1e-5, atol=1e-12)
    assert fit.log_likelihood == pytest.approx(peer.llf, rel=1e-12)
    assert fit.null_log_likelihood == pytest.approx(peer.llnull, rel=1e-8)
    np.testing.assert_allclose(fit.predict_probability(x), peer.predict(), rtol=1e-6)


@pytest.mark.parametrize("ridge", [0.1, 10.0])
def test_ridge_equals_sklearn(ridge):
    x, y = regression_data()
    x[:, 2] *= 1e3
    peer = SklearnLogisticRegression(C=1 / ridge, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x, y)
    fit = evaluate.LogisticRegression(ridge=ridge).fit(x, y)
    np.testing.assert_allclose(fit.coefficients, peer.coef_[0], rtol=1e-6)
    assert fit.intercept == pytest.approx(peer.intercept_[0], rel=1e-6)
    np.testing.assert_allclose(fit.predict_probability(x), peer.predict_proba(x)[:, 1], rtol=1e-6)


def test_logistic_regression_takes_names_from_a_frame():
    x, y = regression_data()
    frame = pd.DataFrame(x, columns=["age", "rCBV", "other"])
    fit = evaluate.LogisticRegression().fit(frame, y)
    assert fit.names == ["age", "rCBV", "other"]
    assert list(fit.to_frame().term) == ["intercept", "age", "rCBV", "other"]
    np.testing.assert_allclose(fit.to_frame().odds_ratio[1:], np.exp(fit.coefficients))
    assert evaluate.LogisticRegression().fit(x, y).names == ["x0", "x1", "x2"]
    assert evaluate.LogisticRegression().fit(x, y, names=["a", "b", "c"]).names == ["a", "b", "c"]


@pytest.mark.parametrize("boundary", [[3.0, 4.0], [3.0, 3.0]])
def test_separation_is_an_error_with_advice(boundary):
    x = np.array([[1.0], [2.0], *[[b] for b in boundary], [5.0], [6.0]])
    y = [0, 0, 0, 1, 1, 1]
    with pytest.raises(bolus.ConvergenceError, match="ridge > 0"):
        evaluate.LogisticRegression().fit(x, y)
    assert np.isfinite(evaluate.LogisticRegression(ridge=1.0).fit(x, y).coefficients).all()


def test_overlap_far_out_is_no_separation():
    x = np.append(np.linspace(0, 1, 50), 1e4)[:, None]
    y = np.append(np.linspace(0, 1, 50) > 0.5, 1).astype(int)
    y[[3, 45]] = 1, 0
    fit = evaluate.LogisticRegression().fit(x, y)
    assert np.isfinite(fit.standard_errors).all()


def names_in(patients, indices):
    return set(np.asarray(patients)[indices])


def test_split_is_by_patient_stratified_and_exact():
    labels, _, patients = cohort(patients=463, windows=8)
    split = evaluate.PatientSplit()(patients, labels)
    parts = [names_in(patients, part) for part in split]
    assert [len(part) for part in parts] == [395, 50, 18]
    assert len(set.union(*parts)) == 463
    for indices in split:
        assert (np.diff(indices) > 0).all()
        share = labels[indices].mean()
        assert abs(share - labels.mean()) * indices.size / 8 < 1
    np.testing.assert_array_equal(np.sort(np.concatenate(list(split))), np.arange(labels.size))
    assert split.to_frame().part.value_counts()["test"] == 18 * 8


@settings(deadline=None, max_examples=40)
@given(st.integers(4, 40), st.integers(1, 4), st.integers(2, 6), st.integers(0, 1000))
def test_folds_hold_for_any_cohort(patients, windows, count, seed):
    labels, _, names = cohort(patients, windows)
    positives = len({name for name, label in zip(names, labels, strict=True) if label})
    folds = evaluate.PatientFolds(folds=count, seed=seed)
    if min(positives, patients - positives) < count:
        with pytest.raises(bolus.DataError, match="fewer than"):
            folds(names, labels)
        return
    made = folds(names, labels)
    order = np.random.default_rng(seed).permutation(labels.size)
    mixed = folds(names[order], labels[order])
    validated = []
    for fold, other in zip(made, mixed, strict=True):
        training, validation = fold
        assert not names_in(names, training) & names_in(names, validation)
        assert set(labels[validation]) == {0, 1} == set(labels[training])
        assert names_in(names, validation) == names_in(names[order], other.validation)
        validated.append(validation)
    np.testing.assert_array_equal(np.sort(np.concatenate(validated)), np.arange(labels.size))


def test_folds_go_to_sklearn_as_they_are():
    x, y = regression_data()
    folds = evaluate.PatientFolds()(np.arange(y.size), y)
    scores = cross_val_score(SklearnLogisticRegression(max_iter=5000), x, y, cv=folds, scoring="roc_auc")
    assert scores.shape == (5,)


def test_areas_on_real_patients_equal_the_published(real_data):
    frame = pd.read_csv(real_data / "clinical" / "asah.csv")
    labels = frame.outcome == "Poor"
    for column, area in (("wfns", 0.8236788618), ("ndka", 0.6119579946), ("s100b", 0.7313685637)):
        assert evaluate.roc_auc(labels, frame[column]) == pytest.approx(area, abs=1e-9)
    # DeLong's variance of wfns, published; the bootstrap estimates the same.
    assert evaluate.Bootstrap(replicates=4000)(labels, frame.wfns).values.var() == pytest.approx(
        0.00146991470882, rel=0.15
    )

    glioma = pd.read_csv(real_data / "clinical" / "ucsf_pdgm.csv")
    assert evaluate.roc_auc(glioma.idh != "wildtype", -glioma.age) == pytest.approx(0.9044372347, abs=1e-9)


GOOD_LABELS, GOOD_SCORES = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
BAD = [
    ([], [], bolus.DataError, "no labels"),
    ([1, 1], [0.1, 0.2], bolus.DataError, "all 2 labels are 1"),
    ([0, 1], [0.1, np.nan], bolus.DataError, "score 1"),
    ([0, 1], [0.1, np.inf], bolus.DataError, "score 1"),
    ([0, 1, 1], [0.1, 0.2], bolus.ShapeError, "3 labels and 2 scores"),
    ([0, 2], [0.1, 0.2], bolus.DataError, "label 1 is 2"),
    ([0, np.nan], [0.1, 0.2], bolus.DataError, "label 1 is nan"),
    (["a", "b"], [0.1, 0.2], bolus.DataError, "expected booleans or integers"),
    ([0, 1], ["a", "b"], bolus.DataError, "not numbers"),
    ([0, 1], [1j, 2j], bolus.DataError, "complex"),
    ([[0, 1]], [0.1, 0.2], bolus.ShapeError, "one-dimensional"),
    ([0, 1], [[0.1], [0.2]], bolus.ShapeError, "one-dimensional"),
    (1, [0.1], bolus.ShapeError, "one-dimensional"),
    ([0, 1], [[0.1], [0.2, 0.3]], bolus.ShapeError, "cannot be made an array"),
    ([0, 1], None, bolus.ShapeError, "one-dimensional"),
]


@pytest.mark.parametrize(("labels", "scores", "kind", "text"), BAD)
@pytest.mark.parametrize(
    "call", [evaluate.roc_curve, evaluate.roc_auc, evaluate.youden_threshold, evaluate.Bootstrap()]
)
def test_bad_labels_and_scores(call, labels, scores, kind, text):
    with pytest.raises(kind, match=text):
        call(labels, scores)
    assert issubclass(kind, ValueError)


@pytest.mark.parametrize(
    ("patients", "kind", "text"),
    [
        (["a", "b", "b", "c"], bolus.DataError, "patient 'b'"),
        (["a", "b"], bolus.ShapeError, "2 patients"),
        (["a", None, "b", "c"], bolus.DataError, "sample 1 is missing"),
        ([1.0, 2.0, np.nan, 3.0], bolus.DataError, "sample 2 is missing"),
        (["a", "", "b", "c"], bolus.DataError, "empty name"),
        ("abcd", bolus.ShapeError, "one-dimensional"),
        ([["a", "b", "c", "d"]], bolus.ShapeError, "one-dimensional"),
    ],
)
def test_bad_patients(patients, kind, text):
    for call in (
        lambda: evaluate.Bootstrap()(GOOD_LABELS, GOOD_SCORES, patients),
        lambda: evaluate.Bootstrap().resample(GOOD_LABELS, 0, patients),
        lambda: evaluate.PatientFolds(folds=2)(patients, GOOD_LABELS),
        lambda: evaluate.PatientSplit(training=2, validation=2, test=0)(patients, GOOD_LABELS),
    ):
        with pytest.raises(kind, match=text):
            call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: evaluate.Bootstrap(replicates=0)(GOOD_LABELS, GOOD_SCORES),
        lambda: evaluate.Bootstrap(confidence=1.5)(GOOD_LABELS, GOOD_SCORES),
        lambda: evaluate.Bootstrap(confidence=np.nan)(GOOD_LABELS, GOOD_SCORES),
        lambda: evaluate.Bootstrap(threads=-1)(GOOD_LABELS, GOOD_SCORES),
        lambda: evaluate.Bootstrap(replicates=5).resample(GOOD_LABELS, 5),
        lambda: evaluate.LogisticRegression(ridge=-1).fit(np.eye(4)[:, :2], GOOD_LABELS),
        lambda: evaluate.LogisticRegression(max_iterations=0).fit(np.eye(4)[:, :2], GOOD_LABELS),
        lambda: evaluate.PatientFolds(folds=1)(list("abcd"), GOOD_LABELS),
        lambda: evaluate.PatientSplit(training=-1, validation=3, test=2)(list("abcd"), GOOD_LABELS),
    ],
)
def test_bad_options(call):
    with pytest.raises(bolus.OptionError):
        call()


def test_replicates_of_one_class_are_counted_and_flagged():
    result = evaluate.Bootstrap(stratified=False)([0, 0, 0, 0, 1], [1, 2, 3, 5, 4])
    assert result.skipped == len(result.skipped_replicates) > 0
    assert result.values.size == 1000 - result.skipped
    assert [flag.code for flag in result.flags] == ["evaluate.bootstrap.skipped"]


def test_rates_that_do_not_exist_are_errors():
    matrix = evaluate.confusion_matrix([0, 0], [0, 0])
    assert matrix.specificity() == 1.0
    for rate in (matrix.sensitivity, matrix.positive_predictive_value, matrix.normalised):
        with pytest.raises(bolus.DataError, match="does not exist"):
            rate()
    with pytest.raises(bolus.DataError):
        evaluate.confusion_matrix([], [])
    with pytest.raises(bolus.DataError, match="prediction 1"):
        evaluate.confusion_matrix([0, 1], [0, 0.7])
    with pytest.raises(bolus.ShapeError):
        evaluate.confusion_matrix([0, 1], [0])


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        (lambda x, y: (np.column_stack([x, np.full(len(x), 3.3)]), y), bolus.DataError, "constant"),
        (lambda x, y: (np.column_stack([x, x[:, 0] - 2 * x[:, 1]]), y), bolus.DataError, "determine each other"),
        (lambda x, y: (np.where(x == x[4, 1], np.nan, x), y), bolus.DataError, "row 4 of column 'x1'"),
        (lambda x, y: (x, np.ones_like(y)), bolus.DataError, "both classes"),
        (lambda x, y: (x, y[:-1]), bolus.ShapeError, "one label for each row"),
        (lambda x, y: (x[:, 0], y), bolus.ShapeError, "two-dimensional"),
        (lambda x, y: (x[:, :0], y), bolus.ShapeError, "no columns"),
        (lambda x, y: (x[:0], y[:0]), bolus.DataError, "no labels"),
        (lambda x, y: (x.astype(str) + "a", y), bolus.DataError, "not numbers"),
    ],
)
def test_bad_regression_input(change, kind, text):
    with pytest.raises(kind, match=text):
        evaluate.LogisticRegression().fit(*change(*regression_data()))


def test_counts_that_do_not_sum_name_both_numbers():
    labels, _, patients = cohort(patients=20)
    with pytest.raises(bolus.DataError, match=r"= 463 patients, but there are 20"):
        evaluate.PatientSplit()(patients, labels)


def test_progress_is_reported_and_can_stop():
    labels, scores, _ = cohort()
    events = []
    evaluate.Bootstrap()(labels, scores, progress=lambda *event: events.append(event))
    assert events
    assert events[0][0] == "bootstrap"
    with pytest.raises(bolus.Cancelled):
        evaluate.Bootstrap()(labels, scores, progress=lambda *event: False)


def test_options_and_results_show_themselves_and_pickle():
    labels, scores, patients = cohort()
    x, y = regression_data()
    steps = [
        evaluate.Bootstrap(seed=7),
        evaluate.LogisticRegression(ridge=0.5),
        evaluate.PatientSplit(),
        evaluate.PatientFolds(3),
    ]
    assert repr(steps[0]) == (
        "Bootstrap(replicates=1000, confidence=0.95, seed=7, stratified=True, threads=0, interval='percentile', "
        "metric='auc', threshold=0.5)"
    )
    assert repr(steps[2]) == "PatientSplit(training=395, validation=50, test=18, seed=0)"
    for step in steps:
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
    results = [
        evaluate.roc_curve(labels, scores),
        evaluate.Bootstrap(stratified=False)([0, 0, 0, 0, 1], [1, 2, 3, 5, 4]),
        evaluate.confusion_matrix(labels, scores > 0),
        evaluate.LogisticRegression().fit(x, y),
        evaluate.PatientFolds()(patients, labels)[0],
        evaluate.PatientSplit(40, 10, 10)(patients, labels),
    ]
    for result in results:
        again = pickle.loads(pickle.dumps(result))
        assert repr(again) == repr(result)
        pd.testing.assert_frame_equal(again.to_frame(), result.to_frame())
        assert "<table" in result._repr_html_()
    assert [flag.code for flag in pickle.loads(pickle.dumps(results[1])).flags] == ["evaluate.bootstrap.skipped"]
