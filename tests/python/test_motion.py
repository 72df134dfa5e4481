"""Motion correction of DSC series against simulated motion under a bolus."""

import pickle

import numpy as np
import pytest

import bolus
from bolus import preprocess
from bolus.plot import MotionDisplay
from bolus.simulate import HeadPhantom, PerfusionPhantom


def simulated(motion, volumes=32, noise=50.0):
    head = HeadPhantom(seed=7, size=[48, 58, 48], spacing=[4.0, 4.0, 4.0])()
    phantom = PerfusionPhantom(
        seed=7, volumes=volumes, motion_translation=motion, motion_rotation=motion, signal_to_noise=noise
    )
    return phantom(head, HeadPhantom.centred_grid([80, 80, 16], [2.4, 2.4, 5.5]))


@pytest.fixture(scope="module")
def moving():
    study = simulated(5.0)
    return study, preprocess.MotionCorrection()(study.series)


def curves(series, labels):
    array = np.asarray(series.array)
    values = np.asarray(labels.array)
    return np.stack([array[values == value].mean(axis=0) for value in (1, 2, 4)] + [array[values > 0].mean(axis=0)])


def test_region_curves_are_those_of_the_series_at_rest(moving):
    study, result = moving
    rest = simulated(0.0)
    # The regions are known in the first volume; the reference lies where the volumes before the bolus lie on average.
    labels = preprocess.Resample(labels="gaussian")(study.labels, study.series.geometry, result.transforms[0])
    truth = curves(rest.series, study.labels)
    departure = np.abs(curves(result.corrected, labels) / truth - 1).mean(axis=1)
    before = np.abs(curves(study.series, study.labels) / truth - 1).mean(axis=1)
    values = np.asarray(labels.array)
    voxels = np.array([np.sum(values == value) for value in (1, 2, 4)] + [np.sum(values > 0)])
    # In small regions what remains is mostly of the resampling: true poses give as much.
    assert np.all(departure < np.where(voxels < 250, 0.015, 0.01)), (departure, voxels)
    assert departure.max() < 0.5 * before.max()


def test_result_tells_what_happened(moving):
    study, result = moving
    frame = result.to_frame()
    assert len(frame) == 32 and {"x", "rotation_z", "framewise_displacement", "during_bolus"} <= set(frame.columns)
    assert np.allclose(frame["time"], study.series.times)
    change = np.diff(result.parameters, axis=0)
    power = np.abs(change[:, :3]).sum(1) + 50 * np.abs(np.radians(change[:, 3:])).sum(1)
    assert np.allclose(result.framewise_displacement[1:], power) and result.framewise_displacement[0] == 0
    assert frame["moved"].sum() == len(result.moved) > 0
    assert result.bolus_first < result.bolus_last and any("during_bolus" in flag.code for flag in result.flags)
    assert result.corrected.geometry == study.series.geometry and result.resampled
    assert 0.5 < result.covered.array.mean() <= 1
    assert "32 volumes" in repr(result) and "<table" in result._repr_html_()
    step = preprocess.MotionCorrection(resampling="never", block=15.0)
    assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
    with pytest.raises(bolus.OptionError, match="'when_needed'"):
        preprocess.MotionCorrection(resampling="sometimes")


def test_motion_is_only_measured_when_asked(moving):
    study, result = moving
    measured = preprocess.MotionCorrection(resampling="never")(study.series)
    assert not measured.resampled and np.shares_memory(measured.corrected.array, study.series.array)
    assert np.array_equal(measured.parameters, result.parameters)


def test_motion_can_be_stopped(moving):
    with pytest.raises(bolus.Cancelled):
        preprocess.MotionCorrection()(moving[0].series, progress=lambda *event: False)


def test_display(moving):
    pytest.importorskip("matplotlib").use("Agg")
    _, result = moving
    display = MotionDisplay.from_result(result)
    assert len(display.axes_) == 3 and display.axes_[0].figure is display.figure_
    assert np.array_equal(display.axes_[0].lines[1].get_ydata(), result.parameters[:, 1])
    with pytest.raises(bolus.ShapeError):
        MotionDisplay([0, 1], np.zeros((3, 6)), [0, 0])
    with pytest.raises(bolus.OptionError):
        MotionDisplay([0, 1], np.zeros((2, 6)), [0, 0], bolus=(1, 5))


def test_motion_of_every_volume_is_found_and_rest_is_rest(moving):
    study, result = moving
    index = np.argwhere(np.asarray(study.brain.array) != 0)[::7]
    points = np.c_[index, np.ones(len(index))] @ (np.diag([-1.0, -1, 1, 1]) @ np.array(study.series.affine)).T
    found = [np.array(transform.matrix) for transform in result.transforms]
    # The reference lies where its volumes lie on average, the truth is against the first volume.
    quiet = range(result.reference_first, result.reference_last)
    first = np.mean([points @ found[t].T @ np.linalg.inv(study.motion[t]).T for t in quiet], axis=0)
    errors = [
        np.linalg.norm(points @ f.T - first @ np.asarray(m).T, axis=1).mean()
        for f, m in zip(found, study.motion, strict=True)
    ]
    assert np.mean(errors) < 0.3
    still = preprocess.MotionCorrection(resampling="never")(simulated(0.0).series)
    assert still.displacement.max() < 0.05
