"""Figures: what they show, and that they leave the user's matplotlib alone."""

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest

import bolus
from bolus.plot import AttentionDisplay, ConfusionMatrixDisplay, RocCurveDisplay


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


LABELS = np.array([0, 0, 1, 1, 0, 1])
SCORES = np.array([0.1, 0.4, 0.35, 0.8, 0.2, 0.9])


def test_roc_shows_the_points_and_the_area():
    display = RocCurveDisplay.from_predictions(LABELS, SCORES, replicates=200, name="model")
    assert display.auc == pytest.approx(8 / 9)  # 8 of 9 pairs are in order
    assert "model: AUC 0.889" in display.line_.get_label()
    np.testing.assert_array_equal(display.line_.get_xdata(), display.false_positive_rate)
    assert display.ax_.get_xlabel() == "1 − specificity"


def test_roc_draws_on_given_axes_with_one_chance_line():
    _, ax = plt.subplots()
    for name in ("a", "b"):
        assert RocCurveDisplay.from_predictions(LABELS, SCORES, replicates=0, name=name, ax=ax).ax_ is ax
    assert len(ax.lines) == 3


def test_roc_from_estimator_takes_the_second_class_as_positive():
    class Peer:
        classes_ = np.array(["mutant", "wildtype"])

        def predict_proba(self, X):
            return np.column_stack([1 - X, X])

        def predict(self, X):
            return self.classes_[(X >= 0.5).astype(int)]

    y = np.where(LABELS == 1, "wildtype", "mutant")
    assert RocCurveDisplay.from_estimator(Peer(), SCORES, y, replicates=0).auc == pytest.approx(8 / 9)
    assert ConfusionMatrixDisplay.from_estimator(Peer(), SCORES, y).counts.tolist() == [[3, 0], [1, 2]]


def test_confusion_matrix_shows_shares_of_the_true_class():
    display = ConfusionMatrixDisplay.from_predictions(LABELS, SCORES >= 0.5)
    texts = [text.get_text() for text in display.ax_.texts]
    assert texts == ["100.0 %\n(3)", "0.0 %\n(0)", "33.3 %\n(1)", "66.7 %\n(2)"]
    np.testing.assert_allclose(display.image_.get_array(), [[1, 0], [1 / 3, 2 / 3]])


def test_attention_is_drawn_at_its_time():
    curves = np.random.default_rng(0).normal(size=(2, 10))
    attention = np.zeros(10)
    attention[7] = 0.5
    display = AttentionDisplay.from_predictions(curves, attention, time=np.arange(10) * 1.5, channel_names=["ET", "WT"])
    left, right, _, _ = display.image_.get_extent()
    column = int(np.argmax(display.image_.get_array()))
    centre = left + (right - left) * (column + 0.5) / 10
    assert centre == pytest.approx(7 * 1.5)
    assert display.image_.get_array().max() == 1.0
    assert [line.get_label() for line in display.lines_] == ["ET", "WT"]
    assert display.ax_.get_xlabel() == "Time (s)"


@pytest.mark.parametrize(
    ("curves", "attention", "error"),
    [
        (np.zeros((2, 5)), np.zeros(4), bolus.ShapeError),
        (np.full((2, 5), np.nan), np.zeros(5), bolus.DataError),
        (np.zeros((2, 5)), np.full(5, np.inf), bolus.DataError),
    ],
)
def test_attention_refuses_what_does_not_fit(curves, attention, error):
    with pytest.raises(error):
        AttentionDisplay(curves=curves, attention=attention)


def test_a_constant_curve_of_one_step_can_be_drawn():
    AttentionDisplay(curves=[[1.0]], attention=[1.0]).plot()


def test_one_class_only_is_an_error_not_an_empty_figure():
    with pytest.raises(bolus.DataError, match="both classes"):
        RocCurveDisplay.from_predictions(np.ones(4, int), SCORES[:4])
