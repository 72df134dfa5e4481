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


def labelled(affine):
    """A bright tumour of three parts, off the middle, and the image it is in."""
    array = np.zeros((20, 24, 16), np.uint8)
    array[4:10, 12:20, 5:11] = 2
    array[5:9, 13:18, 6:10] = 1
    array[6:8, 14:18, 7:9] = 4
    return bolus.Image((array > 0).astype(np.float32) + 1, affine), bolus.LabelMap(array, affine)


def test_labels_are_drawn_in_three_planes_through_the_tumour():
    from bolus.plot import LabelOverlayDisplay

    image, labels = labelled(np.diag([-1.0, -1.0, 2.0, 1.0]))  # LPS
    display = LabelOverlayDisplay.from_labels(image, labels)
    assert display.voxel == (7, 16, 8)
    assert [ax.get_title() for ax in display.axes_] == ["axial", "coronal", "sagittal"]
    shapes = [ax.images[0].get_array().shape for ax in display.axes_]
    assert shapes == [(24, 20), (16, 20), (16, 24)]  # rows, columns
    assert all(len(ax.collections) == 3 for ax in display.axes_)
    np.testing.assert_array_equal(display.axes_[0].images[0].get_array(), np.asarray(image.array)[:, :, 8].T)
    assert display.axes_[1].get_ylim()[0] < display.axes_[1].get_ylim()[1]  # superior is up
    assert {text.get_text() for text in display.figure_.legends[0].get_texts()} == {"ET", "NET", "ED"}


def test_labels_look_the_same_in_any_orientation():
    from bolus.plot import LabelOverlayDisplay
    from bolus.preprocess import Reorient

    image, labels = labelled(np.diag([-1.0, -1.0, 2.0, 1.0]))
    straight = LabelOverlayDisplay.from_labels(image, labels, voxel=(6, 14, 7))
    turned = [Reorient("SAR")(value) for value in (image, labels)]  # S, A, R: every axis moved, two turned round
    there = LabelOverlayDisplay.from_labels(*turned, voxel=(7, 23 - 14, 19 - 6))
    for a, b in zip(straight.axes_, there.axes_, strict=True):
        np.testing.assert_array_equal(a.images[0].get_array(), b.images[0].get_array())
        assert a.get_aspect() == pytest.approx(b.get_aspect())


def test_a_second_label_map_is_dashed_and_wrong_input_is_refused():
    from bolus.plot import LabelOverlayDisplay

    image, labels = labelled(np.eye(4))
    display = LabelOverlayDisplay.from_labels(image, labels, other=labels)
    assert all(len(ax.collections) == 6 for ax in display.axes_)
    nothing = bolus.LabelMap(np.zeros((20, 24, 16), np.uint8))
    assert not LabelOverlayDisplay.from_labels(image, nothing).figure_.legends
    with pytest.raises(bolus.ShapeError, match="share a grid"):
        LabelOverlayDisplay.from_labels(image, bolus.LabelMap(np.zeros((2, 2, 2), np.uint8)))
    with pytest.raises(bolus.OptionError, match="voxel"):
        LabelOverlayDisplay.from_labels(image, labels, voxel=(0, 0, 99))
    with pytest.raises(bolus.ShapeError, match="expected 3"):
        LabelOverlayDisplay.from_labels(image, labels, axes=[plt.gca()])
