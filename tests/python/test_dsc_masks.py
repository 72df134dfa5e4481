"""Tissue masks against the truth of a phantom."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bolus
from bolus import dsc

SPACING = np.array([3.6, 3.6, 6.0])
SIZE = (60, 60, 12)


def positions():
    index = np.stack(np.meshgrid(*[np.arange(n) for n in SIZE], indexing="ij"), -1)
    return (index - (np.array(SIZE) - 1) / 2) * SPACING


def study(seed=0, snr=50.0):
    """A round tumour in one half of an ellipsoidal brain, and an artery in the other."""
    p = positions()
    affine = np.diag([-SPACING[0], -SPACING[1], SPACING[2], 1.0])
    brain = np.linalg.norm(p / [70, 90, 60], axis=-1) < 1
    r = np.linalg.norm(p - [34, -10, 0], axis=-1) / 22
    labels = np.select([r < 0.3, r < 0.65, r < 1], [1, 4, 2], 0).astype(np.uint8)
    phantom = bolus.simulate.PerfusionPhantom(volumes=60, signal_to_noise=snr, seed=seed)
    return phantom(bolus.LabelMap(labels, affine), bolus.Mask(brain.astype(np.uint8), affine))


@pytest.fixture(scope="module")
def phantom():
    return study()


def codes(flags):
    return {flag.code for flag in flags}


def dice(one, other):
    one, other = one.array > 0, other.array > 0
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def scaled(series, factor):
    return bolus.PerfusionSeries(series.array * np.float32(factor), series.times, series.affine, echo_time=0.03)


class TestBrainMask:
    def test_is_the_phantoms_brain(self, phantom):
        found = dsc.BrainMask()(phantom.series)
        assert dice(found.mask, phantom.brain) > 0.99
        assert found.voxel_count == np.count_nonzero(found.mask.array)
        baseline = phantom.series.array[..., 1:8].mean(axis=-1)[found.mask.array > 0]
        assert found.coefficient_of_variation == pytest.approx(baseline.std() / baseline.mean(), rel=0.05)
        assert found.flags == []

    def test_all_zero_slices_stay_out(self, phantom):
        array = phantom.series.array.copy()
        array[:, :, [0, 1, 11]] = 0
        found = dsc.BrainMask()(bolus.PerfusionSeries(array, phantom.series.times, phantom.series.affine))
        assert not found.mask.array[:, :, [0, 1, 11]].any()
        one, other = found.mask.array[:, :, 2:11], dsc.BrainMask()(phantom.series).mask.array[:, :, 2:11]
        assert (one != other).mean() < 1e-3  # the background level changes a little

    def test_refuses_a_series_without_signal(self, phantom):
        zeros = bolus.PerfusionSeries(np.zeros((4, 4, 2, 10), np.float32), np.arange(10.0))
        with pytest.raises(bolus.DataError, match="positive"):
            dsc.BrainMask()(zeros)
        with pytest.raises(bolus.OptionError):
            dsc.BrainMask(fraction=0)(phantom.series)
        with pytest.raises(bolus.Cancelled):
            dsc.BrainMask(threads=1)(phantom.series, progress=lambda *_: False)


class TestReferenceTissue:
    @pytest.mark.parametrize("seed", [0, 1])
    def test_holds_no_tumour_and_no_artery(self, seed):
        made = study(seed, 30.0)
        enhancing = made.labels.array == 4
        blind = dsc.ReferenceTissue()(made.series, made.brain)
        assert (blind.mask.array[enhancing] > 0).mean() < 0.02
        told = dsc.ReferenceTissue()(made.series, made.brain, made.labels)
        assert not told.mask.array[made.labels.array > 0].any()
        given_vessels = dsc.ReferenceTissue()(made.series, made.brain, made.labels, made.arterial)
        assert not given_vessels.mask.array[made.arterial.array > 0].any()
        assert told.voxel_count > 0.5 * np.count_nonzero(made.brain.array)

    def test_refuses_other_grids_and_empty_masks(self, phantom):
        with pytest.raises(bolus.GeometryError, match="grid"):
            dsc.ReferenceTissue()(phantom.series, bolus.Mask(np.ones((3, 3, 3), np.uint8)))
        with pytest.raises(bolus.DataError, match="no voxel"):
            dsc.ReferenceTissue()(phantom.series, bolus.Mask(np.zeros(SIZE, np.uint8), phantom.series.affine))
        flat = bolus.PerfusionSeries(np.full(SIZE + (20,), 9, np.float32), np.arange(20.0), phantom.series.affine)
        with pytest.raises(bolus.DataError, match="no bolus"):
            dsc.ReferenceTissue()(flat, phantom.brain)


class TestWhiteMatter:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_is_white_and_opposite_the_tumour(self, seed):
        made = study(seed)
        found = dsc.WhiteMatter()(made.series, made.brain, made.labels)
        inside = found.mask.array > 0
        volume = made.blood_volume.array[inside]
        assert (volume < 2.5).mean() > 0.9  # white matter 2, grey matter 4
        assert volume.mean() == pytest.approx(2.0, rel=0.08)
        assert (positions()[inside][:, 0] < 0).all()  # the tumour lies at x > 0
        assert found.flags == []

    def test_without_labels_both_halves_are_used(self, phantom):
        x = positions()[dsc.WhiteMatter()(phantom.series, phantom.brain).mask.array > 0][:, 0]
        assert (x > 0).any() and (x < 0).any()

    def test_doubt_is_flagged(self, phantom):
        found = dsc.WhiteMatter(min_voxels=10**6, max_variation=1e-3)(phantom.series, phantom.brain, phantom.labels)
        assert {"dsc.white_matter.small", "dsc.white_matter.heterogeneous"} <= codes(found.flags)


@given(factor=st.floats(1e-2, 1e4))
@settings(max_examples=6, deadline=None)
def test_scaling_the_signal_changes_no_mask(phantom, factor):
    series = scaled(phantom.series, factor)
    for step, inputs in (
        (dsc.BrainMask(), ()),
        (dsc.ReferenceTissue(), (phantom.brain, phantom.labels)),
        (dsc.WhiteMatter(), (phantom.brain, phantom.labels)),
    ):
        one, other = step(phantom.series, *inputs), step(series, *inputs)
        assert dice(one.mask, other.mask) > 0.999  # float32 rounds differently at the thresholds


def test_masks_do_not_depend_on_threads(phantom):
    for make, inputs in (
        (dsc.BrainMask, ()),
        (dsc.ReferenceTissue, (phantom.brain, phantom.labels)),
        (dsc.WhiteMatter, (phantom.brain, phantom.labels)),
    ):
        results = [make(threads=n)(phantom.series, *inputs) for n in (1, 2, 4)]
        assert all(np.array_equal(r.mask.array, results[0].mask.array) for r in results)


def test_masks_show_and_pickle(phantom):
    found = dsc.BrainMask()(phantom.series)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.mask.array, found.mask.array)
    assert repr(again) == repr(found)
    assert found.to_frame()["voxels"][0] == found.voxel_count
    assert "<table" in found._repr_html_()
    for step in (dsc.BrainMask(fraction=0.3), dsc.ReferenceTissue(above=2), dsc.WhiteMatter(erosion=0)):
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)


def test_masks_are_drawn_over_the_series(phantom, tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    from bolus.plot.masks import TissueMasksDisplay

    brain = dsc.BrainMask()(phantom.series)
    display = TissueMasksDisplay.from_series(
        phantom.series, {"brain": brain, "artery": phantom.arterial}, slices=[4, 6]
    )
    assert len(display.axes_) == 2
    display.figure_.savefig(tmp_path / "masks.png")
    matplotlib.pyplot.close(display.figure_)
    with pytest.raises(bolus.OptionError, match="slices"):
        TissueMasksDisplay.from_series(phantom.series, {"brain": brain}, slices=[99])
    with pytest.raises(bolus.ShapeError, match="grid"):
        TissueMasksDisplay(np.ones((3, 3, 3)), {"brain": np.ones((2, 2, 2))}, [0])
