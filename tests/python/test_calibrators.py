"""Calibrated probabilities: the same numbers as scikit-learn."""

import pickle

import numpy as np
import pytest

import bolus
from bolus.evaluate import IsotonicCalibration, PlattCalibration, TemperatureCalibration

sklearn_calibration = pytest.importorskip("sklearn.calibration")
expit = pytest.importorskip("scipy.special").expit


def sample(count, seed, *, ties=False, slope=0.4):
    generator = np.random.default_rng(seed)
    logits = generator.normal(0.5, 3.0, count)
    if ties:
        logits = np.round(logits)
    labels = (generator.random(count) < expit(slope * logits - 0.4)).astype(int)
    labels[:2] = 0, 1
    return labels, logits


@pytest.mark.parametrize("count", [6, 50, 800])
@pytest.mark.parametrize("ties", [False, True])
def test_platt_is_scikit_learns_sigmoid(count, ties):
    labels, logits = sample(count, count, ties=ties)
    theirs = sklearn_calibration._SigmoidCalibration().fit(logits, labels)
    ours = PlattCalibration().fit(labels, logits)
    grid = np.linspace(-10, 10, 41)
    # scikit-learn stops at a looser tolerance
    np.testing.assert_allclose(ours(grid), theirs.predict(grid), atol=2e-4)
    np.testing.assert_allclose([ours.slope, ours.intercept], [-theirs.a_, -theirs.b_], rtol=5e-3, atol=2e-3)
    positives = labels.sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (count - positives + 2))

    def loss(slope, intercept):
        odds = slope * logits + intercept
        return np.sum(np.logaddexp(0, odds) - targets * odds)

    assert loss(ours.slope, ours.intercept) <= loss(-theirs.a_, -theirs.b_) + 1e-9


def test_platt_is_a_logistic_regression_on_smoothed_targets():
    sm = pytest.importorskip("statsmodels.api")
    labels, logits = sample(300, 1)
    positives = labels.sum()
    targets = np.where(labels == 1, (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2))
    fit = sm.GLM(targets, sm.add_constant(logits), family=sm.families.Binomial()).fit(tol=1e-14)
    ours = PlattCalibration().fit(labels, logits)
    np.testing.assert_allclose([ours.intercept, ours.slope], fit.params, rtol=1e-8)


def test_platt_stays_finite_where_classes_are_separated():
    ours = PlattCalibration().fit([0, 0, 1, 1], [-2.0, -1.0, 1.0, 2.0])
    assert 0 < ours.slope < 10
    assert ours.flags == []


@pytest.mark.parametrize("count", [2, 7, 60, 1000])
@pytest.mark.parametrize("ties", [False, True])
def test_isotonic_is_scikit_learns(count, ties):
    from sklearn.isotonic import IsotonicRegression

    labels, logits = sample(count, count + 1, ties=ties and count > 2)
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(logits, labels)
    ours = IsotonicCalibration().fit(labels, logits)
    for points in (logits, np.linspace(-15, 15, 301)):
        np.testing.assert_allclose(ours(points), theirs.predict(points), atol=1e-12)
    assert (np.diff(ours.probabilities) >= 0).all()
    assert [flag.code for flag in ours.flags] == (["evaluate.calibration.few_samples"] if count < 50 else [])


def test_temperature_is_the_minimum_of_the_log_loss():
    minimize = pytest.importorskip("scipy.optimize").minimize_scalar
    labels, logits = sample(500, 3)
    ours = TemperatureCalibration().fit(labels, logits)

    def loss(log_temperature):
        odds = logits / np.exp(log_temperature)
        return np.mean(np.logaddexp(0, odds) - labels * odds)

    theirs = minimize(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-9})
    assert ours.temperature == pytest.approx(np.exp(theirs.x), rel=1e-5)
    assert ours.log_loss_after == pytest.approx(theirs.fun, abs=1e-12)
    assert ours.log_loss_before == pytest.approx(loss(0.0), abs=1e-12)
    if hasattr(sklearn_calibration, "_TemperatureScaling"):
        scaled = sklearn_calibration._TemperatureScaling().fit(logits, labels)
        # the softmax of (-logit, logit) is the sigmoid of twice the logit
        assert 0.5 / scaled.beta_ == pytest.approx(ours.temperature, rel=1e-4)


@pytest.mark.parametrize("step", [PlattCalibration(), IsotonicCalibration(), TemperatureCalibration()])
def test_bad_input_is_told(step):
    with pytest.raises(bolus.DataError, match="all 3 scores are 0.5"):
        step.fit([0, 1, 1], [0.5, 0.5, 0.5])
    with pytest.raises(bolus.DataError, match="both classes"):
        step.fit([1, 1], [0.5, 0.7])
    with pytest.raises(bolus.DataError, match="finite"):
        step.fit([0, 1], [0.5, np.nan])
    with pytest.raises(bolus.ShapeError):
        step.fit([0, 1], [0.5])
    with pytest.raises(bolus.DataError):
        step.fit([], [])
    with pytest.raises(bolus.DataError):
        step.fit([0, 2], [0.5, 0.6])
    labels, logits = sample(60, 5)
    fit = step.fit(labels, logits)
    with pytest.raises(bolus.DataError):
        fit([np.inf])
    assert fit([]).shape == (0,)


@pytest.mark.parametrize("step", [PlattCalibration(), IsotonicCalibration(), TemperatureCalibration()])
def test_fits_are_pickled_and_shown(step):
    labels, logits = sample(60, 5)
    fit = step.fit(labels, logits)
    copy = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(copy(logits), fit(logits))
    assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
    assert len(fit.to_frame()) >= 1
    assert "<table" in fit._repr_html_()
    assert type(fit).__name__ in repr(fit)


def test_the_estimator_can_be_wrapped_by_scikit_learn():
    from sklearn.frozen import FrozenEstimator

    generator = np.random.default_rng(0)
    X = generator.normal(size=(60, 2, 12)).astype("float32")
    y = np.arange(60) % 2
    X[y == 1] += np.linspace(-1, 1, 12, dtype="float32")
    clf = bolus.IDHClassifier(hidden_size=4, convolution_channels=4, max_epochs=3).fit(X[:40], y[:40])
    wrapped = sklearn_calibration.CalibratedClassifierCV(FrozenEstimator(clf), method="sigmoid", ensemble=False)
    wrapped.fit(X[40:], y[40:])
    ours = PlattCalibration().fit(y[40:], clf.decision_function(X[40:]))
    np.testing.assert_allclose(wrapped.predict_proba(X)[:, 1], ours(clf.decision_function(X)), atol=1e-3)
