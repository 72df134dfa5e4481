"""Bolus timing, curve quantities, perfusion maps and region statistics."""

import pickle

import numpy as np
import pytest

import bolus
from bolus import dsc, simulate

TE, STEP = 0.03, 1.5


def codes(flags):
    return {flag.code for flag in flags}


def gamma(times, onset=20.0, rise=6.0, height=10.0, alpha=3.0):
    x = np.maximum(0, (times - onset) / rise)
    return height * (x * np.exp(1 - x)) ** alpha


def series_of(array, echo_time=TE, step=STEP):
    times = step * np.arange(array.shape[-1])
    return bolus.PerfusionSeries(np.asarray(array, np.float32), times=times, echo_time=echo_time)


def ones(shape):
    return bolus.Mask(np.ones(shape, np.uint8))


@pytest.fixture(scope="module")
def times():
    return STEP * np.arange(60)


@pytest.fixture(scope="module")
def voxels(times):
    """Signal (x, y, z, t) of tissue that differs in height, delay and width, with noise."""
    generator = np.random.default_rng(4)
    shape = (6, 5, 4, 1)
    onset = 19 + 3 * generator.uniform(size=shape)
    rise = 6 + 2 * generator.uniform(size=shape)
    height = 6 + 12 * generator.uniform(size=shape)
    relaxation = gamma(times, onset, rise, height)
    return (400 * np.exp(-TE * relaxation) + 4 * generator.normal(size=relaxation.shape)).astype(np.float32)


class TestBolusTiming:
    @pytest.mark.parametrize("step", [1.0, 1.5, 2.0])
    @pytest.mark.parametrize("noise", [0, 2, 5])
    def test_finds_arrival_and_peak_of_a_gamma_variate(self, step, noise):
        times = step * np.arange(int(90 / step))
        generator = np.random.default_rng(1)
        arrival, peak = [], []
        for onset in 20 + step * generator.uniform(size=40):
            signal = 500 * np.exp(-TE * gamma(times, onset, 7.0, 15.0)) + noise * generator.normal(size=times.size)
            timing = dsc.BolusTiming()(signal, times)
            assert timing.found
            arrival.append(timing.arrival_time - onset)
            peak.append(timing.peak_time - onset - 7.0)
        assert np.quantile(np.abs(arrival), 0.9) < (0.9 if noise < 5 else 1.3) * step
        assert np.quantile(np.abs(peak), 0.9) < (0.5 if noise < 5 else 1.0) * step

    def test_flags_what_is_wrong(self, times):
        timing = dsc.BolusTiming()
        assert {"dsc.timing.no_bolus"} <= codes(timing(np.full(60, 9.0), times).flags)
        signal = 300 * np.exp(-TE * gamma(times))
        assert not timing(signal, times).flags
        assert {"dsc.timing.truncated", "dsc.timing.no_plateau"} <= codes(timing(signal[:19], times[:19]).flags)
        assert {"dsc.timing.at_start"} <= codes(timing(300 * np.exp(-TE * gamma(times, 0.0)), times).flags)
        with pytest.raises(bolus.DataError, match="increase"):
            timing(signal, times[::-1].copy())
        with pytest.raises(bolus.OptionError):
            dsc.BolusTiming(tail=0)(signal, times)


class TestCurveQuantities:
    def test_are_numpys(self, times):
        signal = 250 * np.exp(-TE * gamma(times, onset=20.3))
        curves = bolus.CurveSet(["ET"], times, signal[:, None])
        measures = dsc.CurveQuantities(echo_time=TE)(curves)
        window = measures.timing[0].baseline
        relaxation = -np.log(signal / signal[window.first : window.last].mean()) / TE
        assert measures.rCBV[0] == pytest.approx(np.trapezoid(relaxation[window.first :], times[window.first :]))
        assert measures.delta_r2s_max[0] == pytest.approx(relaxation.max())
        assert measures.PH[0] == pytest.approx(signal[window.first : window.last].mean() - signal.min())
        assert measures.PSR[0] == pytest.approx(100, abs=1)
        assert measures.nrCBV.size == 0
        frame = measures.to_frame()
        assert list(frame.curve) == ["ET"] and "nrCBV" not in frame
        assert "<table" in measures._repr_html_()
        assert pickle.loads(pickle.dumps(measures)).PSR[0] == measures.PSR[0]

    def test_relate_to_named_curves(self, times):
        signals = [
            300 * np.exp(-TE * gamma(times, onset, 6.0, height)) for onset, height in ((22, 8), (21, 4), (18, 40))
        ]
        curves = bolus.CurveSet(["WT", "NAWM", "AIF"], times, np.stack(signals, 1))
        measures = dsc.CurveQuantities(echo_time=TE, reference_channel="NAWM", arterial_channel="AIF")(curves)
        assert measures.nrCBV[0] == pytest.approx(2, rel=0.02)
        assert measures.CBV[0] == pytest.approx(20, rel=0.02)
        assert measures.delay[0] == pytest.approx(4, abs=0.8)
        assert measures.normalised_PSR[1] == measures.relative_PH[1] == 1
        with pytest.raises(bolus.DataError, match="no curve is called"):
            dsc.CurveQuantities(echo_time=TE, reference_channel="WM")(curves)

    def test_refuse_normalised_curves_and_a_missing_echo_time(self, times):
        curves = bolus.CurveSet(["WT"], times, (300 * np.exp(-TE * gamma(times)))[:, None])
        with pytest.raises(bolus.DataError):
            dsc.CurveQuantities(echo_time=TE)(dsc.ZNormalisation()(curves))
        with pytest.raises(bolus.DataError, match="echo time"):
            dsc.CurveQuantities()(curves)
        with pytest.raises(bolus.OptionError):
            dsc.CurveQuantities(range="half")


class TestPerfusionMaps:
    def test_are_numpys(self, voxels, times):
        series = series_of(voxels)
        maps = dsc.PerfusionMaps(quantities=["rCBV", "PH", "PSR", "snr", "delta_r2s_max", "delta_r2s"])(
            series, ones(voxels.shape[:3])
        )
        timing, double = maps.timing, voxels.astype(float)
        w = timing.baseline
        s0 = double[..., w.first : w.last].mean(-1)
        relaxation = -np.log(double / s0[..., None]) / TE
        np.testing.assert_allclose(maps.delta_r2s.array, relaxation, atol=2e-5)
        volume = np.trapezoid(relaxation[..., w.first :], times[w.first :], axis=-1)
        np.testing.assert_allclose(maps["rCBV"].array, volume, rtol=1e-4)
        np.testing.assert_allclose(maps["snr"].array, s0 / double[..., w.first : w.last].std(-1, ddof=1), rtol=1e-4)
        lowest = double[..., timing.arrival : timing.first_pass_end].min(-1)
        np.testing.assert_allclose(maps["PH"].array, s0 - lowest, rtol=1e-4)
        after = double[..., timing.plateau_first : timing.plateau_last].mean(-1)
        np.testing.assert_allclose(maps["PSR"].array, 100 * (after - lowest) / (s0 - lowest), rtol=1e-3)
        np.testing.assert_allclose(maps["delta_r2s_max"].array, relaxation.max(-1), rtol=1e-4)

    def test_quantities_are_accessed_by_name_and_travel(self, voxels):
        series = series_of(voxels)
        maps = dsc.PerfusionMaps(quantities=["rCBV", "FWHM"])(series, ones(voxels.shape[:3]))
        assert set(maps.images) == {"rCBV", "FWHM"}
        assert "rCBV" in maps and "PSR" not in maps
        assert maps["rCBV"].array.base is not None  # a view, not a copy
        assert np.shares_memory(maps["rCBV"].array, maps.images["rCBV"].array)
        with pytest.raises(bolus.DataError, match="there are: FWHM, rCBV"):
            maps["PSR"]
        with pytest.raises(bolus.OptionError, match="quantity"):
            dsc.PerfusionMaps(quantities=["cbv"])
        again = pickle.loads(pickle.dumps(maps))
        np.testing.assert_array_equal(again["FWHM"].array, maps["FWHM"].array)
        assert again.timing.arrival_time == maps.timing.arrival_time
        frame = maps.to_frame()
        assert list(frame["map"]) == ["FWHM", "rCBV"] and list(frame.unit) == ["s", ""]
        assert "<table" in maps._repr_html_()
        step = dsc.PerfusionMaps(quantities=["PSR"], range="first_pass", timing=dsc.BolusTiming(tail=0.2))
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
        np.testing.assert_allclose(maps["rCBV"].affine, series.affine)

    def test_bad_voxels_are_zero_and_counted(self, voxels):
        array = voxels.copy()
        array[0, 0, 0, 3] = np.nan
        array[1, 0, 0] = 0
        array[2, 0, 0, 17] = -1
        array[:, :, 3] = 0  # a slice without signal
        maps = dsc.PerfusionMaps(quantities=["rCBV", "PSR", "FWHM", "arrival_time"])(
            series_of(array), ones(array.shape[:3])
        )
        assert all(np.isfinite(image.array).all() for image in maps.images.values())
        assert (maps.invalid_count, maps.floored_count) == (2 + 30, 1)
        assert {"dsc.voxel.invalid", "dsc.signal.not_positive"} <= codes(maps.flags)
        states = np.asarray(maps.states.array)
        assert (states[0, 0, 0], states[1, 0, 0], states[2, 0, 0], states[5, 4, 2]) == (4, 4, 2, 1)

    def test_threads_change_nothing(self, voxels):
        quantities = ["rCBV", "arrival_time", "corrected_rCBV", "K2", "PSR", "delta_r2s"]
        mask = ones(voxels.shape[:3])
        results = [
            dsc.PerfusionMaps(quantities=quantities, threads=n)(series_of(voxels), mask, tissue=mask) for n in (1, 2, 4)
        ]
        for other in results[1:]:
            for name, image in results[0].images.items():
                np.testing.assert_array_equal(image.array, other[name].array)
            np.testing.assert_array_equal(results[0].delta_r2s.array, other.delta_r2s.array)

    def test_leakage_and_flow_are_those_of_the_curves(self, voxels, times):
        series, mask = series_of(voxels), ones(voxels.shape[:3])
        artery = np.zeros(voxels.shape[:3], np.uint8)
        artery[0, 0, 0] = 1
        arterial = dsc.ArterialInput()(series, bolus.Mask(artery))
        prepared = dsc.Deconvolution(method="csvd").prepare(times, arterial.delta_r2s)
        maps = dsc.PerfusionMaps(quantities=["K1", "K2", "corrected_rCBV", "CBF", "delay", "delta_r2s"])(
            series, mask, tissue=mask, arterial=arterial, deconvolution=prepared
        )
        curves = maps.delta_r2s.array.reshape(-1, 60).T.astype(float)
        np.testing.assert_allclose(maps.reference, curves.mean(1), atol=1e-4)
        fit = dsc.LeakageCorrection()(curves, times, maps.reference)
        np.testing.assert_allclose(maps["K2"].array.ravel(), fit.k2, atol=2e-5)
        np.testing.assert_allclose(maps["K1"].array.ravel(), fit.k1, atol=2e-4)
        np.testing.assert_allclose(maps["CBF"].array.ravel(), prepared(curves).blood_flow, rtol=1e-4, atol=1e-6)
        assert maps["delay"].array[0, 0, 0] == pytest.approx(0, abs=1e-5)

    def test_two_echoes_take_t1_out(self, times):
        t1 = 1 + 0.2 * np.clip((times - 22) / 20, 0, 1)
        relaxation = gamma(times)
        short = series_of((300 * t1 * np.exp(-0.008 * relaxation))[None, None, None], echo_time=0.008)
        long = series_of((200 * t1 * np.exp(-0.03 * relaxation))[None, None, None], echo_time=0.03)
        maps = dsc.PerfusionMaps(quantities=["rCBV"])(short, ones((1, 1, 1)), second_echo=long)
        assert maps["rCBV"].array[0, 0, 0] == pytest.approx(np.trapezoid(relaxation, times), rel=1e-4)

    def test_refuses_what_it_cannot_use(self, voxels):
        series, mask = series_of(voxels), ones(voxels.shape[:3])
        for name in ("nrCBV", "K2", "CBF", "relative_PH"):
            with pytest.raises(bolus.DataError, match="need"):
                dsc.PerfusionMaps(quantities=[name])(series, mask)
        with pytest.raises(bolus.GeometryError):
            dsc.PerfusionMaps()(series, ones((6, 5, 3)))
        with pytest.raises(bolus.DataError, match="echo time"):
            dsc.PerfusionMaps()(series_of(voxels, echo_time=None), mask)
        with pytest.raises(bolus.DataError, match="no bolus"):
            dsc.PerfusionMaps()(series_of(np.full((2, 2, 1, 60), 50.0)), ones((2, 2, 1)))
        with pytest.raises(bolus.DataError):
            dsc.PerfusionMaps()(series_of(voxels[..., :3]), mask)
        with pytest.raises(bolus.Cancelled):
            dsc.PerfusionMaps()(series, mask, progress=lambda stage, done, total: False)


def test_region_statistics_are_numpys(voxels):
    labels = np.zeros(voxels.shape[:3], np.uint8)
    labels[:3] = 4
    labels[4, 0, 0] = 2
    other = np.zeros_like(labels)
    other[5] = 1
    maps = dsc.PerfusionMaps(quantities=["rCBV", "PSR"])(series_of(voxels), ones(voxels.shape[:3]))
    table = dsc.RegionStatistics(regions=["ET", "NET", "ED"])(
        maps, bolus.LabelMap(labels), {"other": bolus.Mask(other)}
    )
    frame = table.to_frame().set_index(["region", "map"])
    values = maps["rCBV"].array[:3].astype(float)
    row = frame.loc[("ET", "rCBV")]
    assert (row.voxels, row.valid_voxels) == (60, 60)
    assert row["mean"] == pytest.approx(values.mean())
    assert row.standard_deviation == pytest.approx(values.std(ddof=1))
    assert [row.percentile_5, row["median"], row.percentile_95] == pytest.approx(np.percentile(values, [5, 50, 95]))
    assert frame.loc[("NET", "PSR")].voxels == 0 and frame.loc[("ED", "PSR")].voxels == 1
    assert frame.loc[("other", "rCBV")].voxels == 20
    assert {"dsc.region.empty", "dsc.region.small"} <= codes(table.flags)
    assert len(pickle.loads(pickle.dumps(table)).rows) == len(table.rows) == 8
    single = dsc.RegionStatistics()(maps["rCBV"], "volume", masks={"all": ones(voxels.shape[:3])})
    assert single.rows[0].map == "volume" and single.rows[0].valid_count == 120
    with pytest.raises(bolus.GeometryError):
        dsc.RegionStatistics()(maps, masks={"x": ones((2, 2, 2))})
    with pytest.raises(bolus.DataError, match="no region"):
        dsc.RegionStatistics()(maps)


@pytest.fixture(scope="module")
def study():
    return simulate.PerfusionPhantom(seed=3, shrink=(2, 2, 3))(simulate.HeadPhantom(seed=3)())


class TestMapsOfAPhantom:
    def test_finds_what_is_not_given_and_comes_near_the_truth(self, study):
        found = dsc.maps(study.series, ["nrCBV", "corrected_nrCBV", "PSR", "K2", "delay"], labels=study.labels)
        assert found.brain.voxel_count > 1000 and found.white_matter.voxel_count > 100
        assert found.arterial is not None and found.tissue.voxel_count > 100
        truth = study.blood_volume.array
        inside = (
            (np.asarray(found.states.array) == 1) & (truth > 0) & (study.brain.array > 0) & (study.labels.array == 0)
        )
        ratio = truth[inside] / truth[found.white_matter.mask.array > 0].mean()
        assert np.corrcoef(found["nrCBV"].array[inside], ratio)[0, 1] > 0.7
        assert pickle.loads(pickle.dumps(found)).brain.voxel_count == found.brain.voxel_count

    def test_uses_what_is_given(self, study):
        found = dsc.maps(study.series, ["rCBV"], brain=study.brain)
        assert found.brain is None and found.white_matter is None and found.arterial is None
        direct = dsc.PerfusionMaps(quantities=["rCBV"])(study.series, study.brain)
        np.testing.assert_array_equal(found["rCBV"].array, direct["rCBV"].array)


def test_display_draws_slices_of_the_maps(voxels, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    from bolus.plot.perfusion import PerfusionMapsDisplay

    maps = dsc.PerfusionMaps(quantities=["rCBV", "PSR"])(series_of(voxels), ones(voxels.shape[:3]))
    display = PerfusionMapsDisplay.from_maps(maps, slice=1)
    assert len(display.axes_) == 2 and display.axes_[0].get_title() == "rCBV"
    display.figure_.savefig(tmp_path / "maps.png")
    with pytest.raises(bolus.DataError):
        PerfusionMapsDisplay.from_maps(maps, ["K2"])
    with pytest.raises(bolus.ShapeError, match="slice"):
        PerfusionMapsDisplay.from_maps(maps, slice=9)
