"""Arterial input: automatic search, population, gamma-variate fit, rescaling by the vein, and the figure."""

import csv
import pickle

import numpy as np
import pytest

import bolus
from bolus.dsc import (
    ArterialInput,
    ArterialSearch,
    GammaVariate,
    GammaVariateFit,
    PopulationInput,
    VenousRescaling,
)
from bolus.simulate import HeadPhantom, PerfusionPhantom


@pytest.fixture(scope="module")
def study():
    head = HeadPhantom(seed=2, size=[48, 58, 48], spacing=[4.0, 4.0, 4.0])()
    return PerfusionPhantom(seed=2)(head, HeadPhantom.centred_grid([64, 76, 16], [2.4, 2.4, 6.5]))


@pytest.fixture(scope="module")
def found(study):
    return ArterialSearch()(study.series, study.brain, study.labels)


def codes(result) -> list[str]:
    return [flag.code for flag in result.flags]


@pytest.mark.parametrize("method", ["mouridsen", "peruzzo"])
def test_chosen_voxels_are_arterial(study, method):
    result = ArterialSearch(method=method)(study.series, study.brain, study.labels)
    arterial = np.asarray(study.arterial.array)
    voxels = np.asarray(result.voxels)
    assert arterial[tuple(voxels.T)].mean() >= 0.9
    assert result.quality > 0.5
    assert result.quality == result.parts.overall() == result.parts.to_frame()["value"].min()
    mask = np.asarray(result.mask.array)
    assert mask.sum() == len(voxels) == result.curve.voxel_count
    np.testing.assert_allclose(
        result.curve.signal, np.asarray(study.series.array)[mask != 0].mean(0, dtype=float), rtol=1e-6
    )
    np.testing.assert_allclose(
        result.curve.delta_r2s,
        -np.log(np.asarray(result.curve.signal) / result.curve.baseline.mean) / result.curve.echo_time,
        rtol=1e-9,
        atol=1e-9,
    )


def test_tumour_as_mask_or_labels(study, found):
    same = ArterialSearch()(study.series, study.brain, study.labels.mask("WT"))
    assert same.voxels == found.voxels
    assert found.tumour_count > 0
    assert found.tumour_count + found.searched_count == (np.asarray(study.brain.array) != 0).sum()
    with pytest.raises(TypeError, match="Mask, a LabelMap or None"):
        ArterialSearch()(study.series, study.brain, "tumour")
    with pytest.raises(bolus.DataError, match="tumour"):
        ArterialSearch()(study.series, study.brain, study.brain)


def test_threads_do_not_matter(study, found):
    for threads in (1, 2, 4):
        other = ArterialSearch(threads=threads)(study.series, study.brain, study.labels)
        assert other.voxels == found.voxels
        assert other.candidates == found.candidates
        np.testing.assert_array_equal(other.curve.delta_r2s, found.curve.delta_r2s)


def test_a_brain_without_arteries_has_a_low_quality(study):
    rest = np.asarray(study.brain.array) * (np.asarray(study.artery_share.array) < 0.02)
    result = ArterialSearch()(study.series, bolus.Mask(rest.astype(np.uint8), study.brain.affine), study.labels)
    assert result.quality < 0.5


def test_bad_voxels_and_grids(study, found):
    values = np.array(study.series.array)
    values[:, :, 3] = 0.0
    x, y, z = found.voxels[0]
    values[x, y, z, 4] = np.nan
    broken = bolus.PerfusionSeries(values, study.series.times, study.series.affine, echo_time=0.03)
    result = ArterialSearch()(broken, study.brain, study.labels)
    assert [x, y, z] not in [list(voxel) for voxel in result.voxels]
    assert "dsc.aif.voxels_invalid" in codes(result)
    assert np.isfinite(result.curve.signal).all()
    with pytest.raises(bolus.GeometryError):
        ArterialSearch()(study.series, bolus.Mask(np.ones((3, 3, 3), np.uint8)))
    with pytest.raises(bolus.OptionError, match="method"):
        ArterialSearch(method="manual")
    with pytest.raises(bolus.OptionError, match="fullness"):
        ArterialSearch(fullness=2.0)(study.series, study.brain)
    flat = bolus.PerfusionSeries(np.full_like(values, 100.0), study.series.times, study.series.affine, echo_time=0.03)
    with pytest.raises(bolus.DataError, match="no bolus"):
        ArterialSearch()(flat, study.brain)


def test_without_echo_time(study, found):
    blind = bolus.PerfusionSeries(np.array(study.series.array), study.series.times, study.series.affine)
    result = ArterialSearch()(blind, study.brain, study.labels)
    assert result.voxels == found.voxels
    assert result.curve.echo_time is None
    assert len(result.curve.delta_r2s) == 0
    assert list(result.curve.to_frame().columns) == ["time", "signal"]


def test_results_show_and_pickle(study, found):
    frame = found.to_frame()
    assert list(frame.columns) == ["x", "y", "z", "left_mm", "posterior_mm", "superior_mm"]
    x, y, z = found.voxels[0]
    affine = np.asarray(found.mask.affine) @ [x, y, z, 1]
    np.testing.assert_allclose(frame.iloc[0, 3:], affine[:3] * [-1, -1, 1], atol=1e-9)
    assert "quality" in repr(found)
    assert "<table" in found._repr_html_()
    again = pickle.loads(pickle.dumps(found))
    assert again.voxels == found.voxels
    assert again.parts.height == found.parts.height
    np.testing.assert_array_equal(again.mask.array, found.mask.array)
    search = pickle.loads(pickle.dumps(ArterialSearch(method="peruzzo", voxels=7)))
    assert (search.method, search.voxels) == ("peruzzo", 7)


def test_search_can_be_stopped(study):
    with pytest.raises(bolus.Cancelled):
        ArterialSearch()(study.series, study.brain, progress=lambda stage, done, total: False)


def test_gamma_variate_fit_agrees_with_scipy():
    from scipy.optimize import curve_fit

    times = 1.3 * np.arange(50)
    truth = GammaVariate(arrival=17.0, peak=12.0, alpha=2.6, beta=1.7, recirculation=0.0, equilibrium=0.0)
    curve = np.asarray(truth(times)) + 0.15 * np.random.default_rng(1).normal(size=times.size)
    fit = GammaVariateFit(recirculation=False)(curve, times)
    last = np.flatnonzero(np.asarray(truth(times)) > 0.02)[-1] + 1

    def model(t, arrival, peak, alpha, beta):
        x = np.maximum(t - arrival, 1e-12) / beta
        return peak * np.exp(alpha * (1 + np.log(x / alpha)) - x)

    peer, _ = curve_fit(model, times[1:last], curve[1:last], p0=[15, 10, 3, 1.5])
    mine = np.asarray(fit.fitted)[1:last]
    assert np.abs(mine - model(times[1:last], *peer)).max() < 0.05 * truth.peak
    assert (
        abs(fit.first_pass_integral / truth.first_pass_integral() - 1)
        < 4 * fit.integral_error / fit.first_pass_integral
    )
    assert fit.converged
    assert fit.r_squared > 0.98
    assert list(fit.to_frame()["parameter"]) == ["arrival", "peak", "alpha", "beta"]
    assert "first_pass_integral" in repr(fit)
    assert pickle.loads(pickle.dumps(fit)).curve.alpha == fit.curve.alpha
    with pytest.raises(bolus.DataError, match="no bolus"):
        GammaVariateFit()(np.zeros(50), times)
    with pytest.raises(bolus.ShapeError):
        GammaVariateFit()(curve, times[:-1])


def test_gamma_variate_fit_on_the_reference_arterial_input(real_data):
    """OSIPI's simulated AIF: a gamma variate explains it, and its area is that of the samples."""
    with open(real_data / "osipi-dsc" / "dsc_data.csv", encoding="utf-8") as file:
        curve = np.array(next(csv.DictReader(file))["C_aif"].split(), dtype=float)
    times = 1.243 * np.arange(curve.size)
    fit = GammaVariateFit()(curve, times)
    assert fit.converged
    assert fit.r_squared > 0.97


def test_population_input():
    times = np.arange(0.0, 90.0, 1.5)
    population = PopulationInput(arrival=20.0, echo_time=0.035)
    curve = population(times)
    agent = np.asarray(population.concentration()(times))
    rate = 2.62 * agent + 0.49 * agent**2
    np.testing.assert_allclose(curve.delta_r2s, rate, rtol=1e-12)
    np.testing.assert_allclose(curve.signal, 100 * np.exp(-0.035 * rate), rtol=1e-12)
    assert "dsc.aif.population" in codes(curve)
    with pytest.raises(bolus.DataError):
        PopulationInput(echo_time=35.0)(times)


def test_venous_rescaling(study, found):
    result = VenousRescaling()(study.series, study.brain, found.curve, tumour=study.labels)
    veins = np.asarray(study.vein_share.array)[np.asarray(result.mask.array) != 0]
    assert (veins > 0.1).mean() >= 0.9
    assert result.factor >= 1.0
    np.testing.assert_allclose(result.arterial.delta_r2s, result.factor * np.asarray(found.curve.delta_r2s), rtol=1e-12)
    assert "factor" in repr(result)
    assert pickle.loads(pickle.dumps(result)).factor == result.factor
    by_mask = VenousRescaling()(study.series, study.brain, found.curve, venous=result.mask)
    assert by_mask.factor == result.factor
    with pytest.raises(bolus.GeometryError):
        VenousRescaling()(study.series, study.brain, found.curve, venous=bolus.Mask(np.ones((2, 2, 2), np.uint8)))


def test_arterial_input_of_a_mask(study, found):
    curve = ArterialInput()(study.series, found.mask)
    np.testing.assert_array_equal(curve.delta_r2s, found.curve.delta_r2s)
    other = ArterialInput(echo_time=0.06)(study.series, found.mask)
    np.testing.assert_allclose(2 * np.asarray(other.delta_r2s), curve.delta_r2s, rtol=1e-12, atol=1e-9)


def test_figure(study, found):
    pytest.importorskip("matplotlib").use("agg")
    import matplotlib.pyplot as plt

    from bolus.plot.arterial import ArterialSearchDisplay

    truth = found.curve.signal
    display = ArterialSearchDisplay.from_selection(found, study.series, study.brain, truth=truth)
    assert set(display.axes_) == {"baseline", "highest", "curves"}
    np.testing.assert_array_equal(display.line_.get_ydata(), found.curve.delta_r2s)
    np.testing.assert_allclose(display.truth, display.mean, atol=0.1)  # baselines of two windows
    assert display.chosen.shape == (len(found.voxels), len(study.series.times))
    labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert any("quality" in label for label in labels)
    assert "truth" in labels
    again = ArterialSearchDisplay.from_selection(found, study.series, study.brain)
    assert again.truth is None
    plt.close("all")
