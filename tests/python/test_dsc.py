"""Perfusion steps against numpy, simulated truth and measured data."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bolus
from bolus import dsc

TE = 0.03
STEP = 1.5


def bolus_curve(times, arrival=20.0, depth=40.0, noise=0.0, seed=0):
    """100 with a gamma-variate dip that starts at `arrival` and is deepest 6 s later."""
    x = np.maximum(0.0, (times - arrival) / 6.0)
    return 100.0 - depth * x**3 * np.exp(3.0 * (1.0 - x)) + noise * np.random.default_rng(seed).normal(size=len(times))


def curve_set(*curves, names=None, times=None, quantity="signal"):
    times = STEP * np.arange(len(curves[0])) if times is None else times
    return bolus.CurveSet(
        names or ["ET", "NET", "ED", "WT", "AIF"][: len(curves)], times, np.stack(curves, axis=1), quantity=quantity
    )


def codes(flags):
    return {flag.code for flag in flags}


@pytest.fixture
def times():
    return STEP * np.arange(60)


@pytest.fixture
def study():
    """A 6 x 5 x 4 series with random signal, all labels and an arterial mask."""
    rng = np.random.default_rng(1)
    array = rng.uniform(80, 120, size=(6, 5, 4, 30)).astype(np.float32)
    labels = rng.choice([0, 1, 2, 4], size=(6, 5, 4)).astype(np.uint8)
    arterial = (rng.uniform(size=(6, 5, 4)) < 0.2).astype(np.uint8)
    return array, labels, arterial


def series_of(array, **options):
    return bolus.PerfusionSeries(array, STEP * np.arange(array.shape[3]), **options)


class TestBaseline:
    @pytest.mark.parametrize("noise", [0.0, 0.5, 2.0])
    def test_ends_at_the_true_arrival(self, times, noise):
        late, close = 0, 0
        for seed in range(40):
            arrival = 15.0 + 0.4 * seed
            window = dsc.Baseline()(bolus_curve(times, arrival, 40.0, noise, seed), times)
            assert window.bolus_found
            late += window.arrival_time > arrival + 2.6 * STEP
            close += abs(window.arrival_time - arrival) < 3 * STEP
        assert late == 0
        assert close >= 37

    def test_does_not_depend_on_scale(self, times):
        curve = bolus_curve(times, noise=0.5)
        one, thousand = dsc.Baseline()(curve, times), dsc.Baseline()(1000 * curve, times)
        assert (one.first, one.last, one.arrival) == (thousand.first, thousand.last, thousand.arrival)
        assert thousand.mean == pytest.approx(1000 * one.mean)

    def test_moments_are_numpys(self, times):
        curve = bolus_curve(times, noise=0.5)
        window = dsc.Baseline(first=2, last=10)(curve, times)
        assert window.mean == pytest.approx(curve[2:10].mean())
        assert window.standard_deviation == pytest.approx(curve[2:10].std(ddof=1))

    def test_constant_signal_is_flagged(self, times):
        window = dsc.Baseline()(np.full(60, 5.0), times)
        assert not window.bolus_found
        assert codes(window.flags) == {"dsc.baseline.no_bolus"}
        assert window.mean == 5.0

    def test_refuses_what_it_cannot_use(self, times):
        curve = bolus_curve(times)
        with pytest.raises(bolus.DataError, match="sample 7"):
            dsc.Baseline()(np.where(np.arange(60) == 7, np.nan, curve), times)
        with pytest.raises(bolus.ShapeError):
            dsc.Baseline()(curve, times[:-1])
        with pytest.raises(bolus.DataError):
            dsc.Baseline()([], [])
        with pytest.raises(bolus.OptionError):
            dsc.Baseline(first=50, last=20)(curve, times)
        with pytest.raises(bolus.OptionError):
            dsc.Baseline(threshold=float("nan"))(curve, times)


class TestDeltaR2s:
    def test_is_numpys_formula(self, times):
        curve = bolus_curve(times, noise=0.3)
        step = dsc.DeltaR2s(echo_time=TE)
        window = step.baseline(curve, times)
        result = step(curve_set(curve))
        s0 = curve[window.first : window.last].mean()
        np.testing.assert_allclose(result["ET"], -np.log(curve / s0) / TE, rtol=1e-12, atol=1e-12)
        assert result.quantity == "delta_r2s"

    @given(scale=st.floats(1e-3, 1e6))
    @settings(max_examples=20, deadline=None)
    def test_does_not_depend_on_the_scale_of_the_signal(self, scale):
        curve = bolus_curve(STEP * np.arange(60), noise=0.3)
        step = dsc.DeltaR2s(echo_time=TE)
        np.testing.assert_allclose(step(curve_set(scale * curve))["ET"], step(curve_set(curve))["ET"], atol=1e-9)

    def test_not_positive_signal_is_flagged_and_finite(self, times):
        curve = bolus_curve(times, depth=90.0)
        curve[[17, 18]] = 0.0, -4.0
        result = dsc.DeltaR2s(echo_time=TE)(curve_set(curve))
        assert np.isfinite(result.values).all()
        assert "dsc.signal.not_positive" in codes(result.flags)
        with pytest.raises(bolus.DataError, match="<= 0"):
            dsc.DeltaR2s(echo_time=TE, non_positive="error")(curve_set(curve))

    def test_needs_an_echo_time_in_seconds_and_a_positive_baseline(self, times):
        curves = curve_set(bolus_curve(times))
        with pytest.raises(bolus.DataError, match="echo time"):
            dsc.DeltaR2s()(curves)
        for wrong in (30.0, 0.0, -0.03, float("nan")):
            with pytest.raises(bolus.DataError):
                dsc.DeltaR2s(echo_time=wrong)(curves)
        for constant in (0.0, -3.0):
            with pytest.raises(bolus.DataError):
                dsc.DeltaR2s(echo_time=TE)(curve_set(np.full(60, constant)))
        with pytest.raises(bolus.OptionError, match="floor"):
            dsc.DeltaR2s(non_positive="clip")


class TestRegionCurves:
    def test_are_numpys_means(self, study):
        array, labels, arterial = study
        curves = dsc.RegionCurves()(series_of(array), bolus.LabelMap(labels), bolus.Mask(arterial))
        assert curves.names == ["ET", "NET", "ED", "WT", "AIF"]
        for name, mask in (
            ("ET", labels == 4),
            ("NET", labels == 1),
            ("ED", labels == 2),
            ("WT", labels > 0),
            ("AIF", arterial > 0),
        ):
            np.testing.assert_allclose(curves[name], array[mask].astype(float).mean(axis=0), rtol=1e-12)
            assert curves.voxel_counts[curves.names.index(name)] == mask.sum()

    def test_do_not_depend_on_threads(self, study):
        array, labels, arterial = study
        results = [
            dsc.RegionCurves(threads=n)(series_of(array), bolus.LabelMap(labels), bolus.Mask(arterial)).values
            for n in (1, 2, 4)
        ]
        assert all(np.array_equal(r, results[0]) for r in results)

    def test_missing_region_follows_the_policy(self, study):
        array, labels, _ = study
        labels = np.where(labels == 4, 0, labels)
        curves = dsc.RegionCurves()(series_of(array), bolus.LabelMap(labels))
        np.testing.assert_array_equal(curves["ET"], curves["WT"])
        assert "dsc.region.empty" in codes(curves.flags)
        assert np.isnan(dsc.RegionCurves(empty="not_a_number")(series_of(array), bolus.LabelMap(labels))["ET"]).all()
        with pytest.raises(bolus.DataError, match="ET"):
            dsc.RegionCurves(empty="error")(series_of(array), bolus.LabelMap(labels))
        only = dsc.RegionCurves(regions=["WT", "ED"], empty="error")(series_of(array), bolus.LabelMap(labels))
        assert only.names == ["WT", "ED"]

    def test_nan_voxels_are_left_out_and_flagged(self, study):
        array, labels, _ = study
        broken = array.copy()
        spot = tuple(np.argwhere(labels == 4)[0])
        broken[spot + (11,)] = np.nan
        curves = dsc.RegionCurves()(series_of(broken), bolus.LabelMap(labels))
        keep = labels == 4
        keep[spot] = False
        np.testing.assert_allclose(curves["ET"], array[keep].astype(float).mean(axis=0), rtol=1e-12)
        assert "dsc.region.not_finite" in codes(curves.flags)

    def test_refuses_other_grids_and_no_tumour(self, study):
        array, labels, arterial = study
        series = series_of(array)
        with pytest.raises(bolus.GeometryError, match="grid"):
            dsc.RegionCurves()(series, bolus.LabelMap(labels[:-1]))
        with pytest.raises(bolus.GeometryError):
            dsc.RegionCurves()(series, bolus.LabelMap(labels), bolus.Mask(arterial, np.diag([2.0, 1, 1, 1])))
        with pytest.raises(bolus.DataError, match="tumour"):
            dsc.RegionCurves()(series, bolus.LabelMap(np.zeros_like(labels)))
        with pytest.raises(bolus.DataError, match="arterial"):
            dsc.RegionCurves()(series, bolus.LabelMap(labels), bolus.Mask(np.zeros_like(arterial)))
        with pytest.raises(bolus.OptionError, match="'ET'"):
            dsc.RegionCurves(regions=["necrosis"])
        with pytest.raises(bolus.OptionError):
            dsc.RegionCurves(regions=[])(series, bolus.LabelMap(labels))

    def test_progress_can_stop_it(self, study):
        array, labels, _ = study
        with pytest.raises(bolus.Cancelled):
            dsc.RegionCurves(threads=1)(series_of(array), bolus.LabelMap(labels), progress=lambda *_: False)


def test_arterial_input_reports_quality(times):
    array = np.broadcast_to(bolus_curve(times, depth=70.0, noise=0.2), (2, 2, 1, 60)).astype(np.float32)
    mask = bolus.Mask(np.ones((2, 2, 1), np.uint8))
    curve = dsc.ArterialInput()(series_of(array), mask)
    assert curve.voxel_count == 4
    assert curve.relative_drop == pytest.approx(0.7, abs=0.02)
    assert curve.flags == []
    assert list(curve.to_frame()) == ["time", "signal"]
    flat = dsc.ArterialInput()(series_of(np.full((2, 2, 1, 60), 50, np.float32)), mask)
    assert "dsc.aif.no_drop" in codes(flat.flags)
    with pytest.raises(bolus.DataError):
        dsc.ArterialInput()(series_of(array), bolus.Mask(np.zeros((2, 2, 1), np.uint8)))


def test_z_normalisation_is_scipys(times):
    from scipy.stats import zscore

    curve = bolus_curve(times, noise=1.0)
    np.testing.assert_allclose(dsc.ZNormalisation()(curve_set(curve))["ET"], zscore(curve), atol=1e-12)
    constant = dsc.ZNormalisation()(curve_set(np.full(60, 0.1)))
    assert not constant.values.any()
    assert codes(constant.flags) == {"dsc.normalisation.constant"}


class TestSlidingWindows:
    @given(samples=st.integers(1, 300), count=st.integers(1, 40), length=st.integers(0, 300))
    @settings(max_examples=200, deadline=None)
    def test_always_gives_exactly_count_different_windows(self, samples, count, length):
        windows = dsc.SlidingWindows(count=count, length=length)
        curve = np.arange(samples, dtype=float)
        if samples < count or length > samples - count + 1:
            with pytest.raises(bolus.DataError):
                windows(curve_set(curve))
            return
        data = windows(curve_set(curve), "P")
        assert data.curves.shape[0] == count
        starts = data.curves[:, 0, 0]
        assert len(set(starts)) == count
        assert data.curves[-1, 0, -1] == samples - 1
        if count > 1:
            assert starts[0] == 0
            assert np.diff(starts).max() - np.diff(starts).min() <= 1
        if length:
            assert data.curves.shape[2] == length
        np.testing.assert_array_equal(data.curves[:, 0], starts[:, None] + np.arange(data.curves.shape[2]))
        np.testing.assert_allclose(data.start_times, STEP * starts)

    def test_needs_an_even_time_axis(self, times):
        uneven = times.copy()
        uneven[20] += 0.2
        with pytest.raises(bolus.DataError, match="resample"):
            dsc.SlidingWindows()(curve_set(times, times=uneven))
        jitter = times + 0.002 * np.random.default_rng(0).uniform(size=60)
        assert dsc.SlidingWindows()(curve_set(times, times=jitter)).time_step == pytest.approx(STEP, rel=1e-3)

    def test_joined_datasets_keep_their_order_and_must_agree(self, times):
        windows = dsc.SlidingWindows()
        one, two = windows(curve_set(times), "A", 0), windows(curve_set(-times), "B", 1)
        joined = dsc.join_datasets([one, two])
        assert list(joined.patients) == ["A"] * 8 + ["B"] * 8
        assert list(joined.labels) == [0] * 8 + [1] * 8
        np.testing.assert_array_equal(joined.curves[8:], two.curves)
        with pytest.raises(bolus.DataError):
            dsc.join_datasets([])
        with pytest.raises(bolus.ShapeError):
            dsc.join_datasets([one, windows(curve_set(times, names=["AIF"]), "C", 0)])
        with pytest.raises(bolus.ShapeError):
            dsc.join_datasets([one, windows(curve_set(np.arange(80.0)), "C", 0)])
        with pytest.raises(bolus.DataError):
            dsc.join_datasets([one, windows(curve_set(times, times=2 * times), "C", 0)])
        with pytest.raises(bolus.DataError):
            dsc.join_datasets([one, windows(curve_set(times), "C")])


def test_options_show_and_pickle():
    steps = [
        dsc.Baseline(skip=2, last=9),
        dsc.DeltaR2s(echo_time=TE, baseline=dsc.Baseline(skip=3)),
        dsc.RegionCurves(regions=["WT"], empty="not_a_number"),
        dsc.ArterialInput(saturation=0.2),
        dsc.CurveQuantities(range="first_pass"),
        dsc.ZNormalisation(),
        dsc.SlidingWindows(8),
    ]
    for step in steps:
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
    assert repr(steps[-1]) == "SlidingWindows(count=8, length=0)"
    assert repr(dsc.ZNormalisation()).startswith("ZNormalisation(window='curve', baseline=Baseline(")
    window = dsc.Baseline()(bolus_curve(STEP * np.arange(60)), STEP * np.arange(60))
    assert pickle.loads(pickle.dumps(window)).mean == window.mean
    assert "<table" in window._repr_html_()


def test_osipi_blood_volumes(real_data):
    """14 simulated concentration curves: CBV as their own discretisation has it, CBV + CBF TR / 120."""
    import csv

    with open(real_data / "osipi-dsc" / "dsc_data.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    for row in rows:
        tissue, arterial = (np.array(row[key].split(), float) for key in ("C_tis", "C_aif"))
        step, truth = float(row["tr"]), float(row["cbv"]) + float(row["cbf"]) * float(row["tr"]) / 120
        curves = bolus.CurveSet(
            ["tissue", "AIF"], step * np.arange(len(tissue)), np.stack([tissue, arterial], 1), quantity="delta_r2s"
        )
        found = dsc.CurveQuantities(arterial_channel="AIF")(curves).CBV[0]
        assert found == pytest.approx(100 * np.trapezoid(tissue, dx=step) / np.trapezoid(arterial, dx=step))
        assert found == pytest.approx(truth, rel=0.07), row["label"]  # the noise of the lowest flow alone is 6 %


def test_measured_tumour_curves_become_the_models_input(real_data):
    """A measured DSC curve of a brain tumour, its artery and white matter: TE 30 ms, TR 1.5 s, baseline samples 0 to 39."""
    from scipy.io import loadmat
    from scipy.stats import zscore

    content = loadmat(real_data / "osipi-dsc" / "dual_echo_tumour.mat", squeeze_me=True)
    assert (content["TE2"], content["TR"]) == (TE, STEP)
    times = STEP * np.arange(121)
    for name in ("AIF", "NAWM", "tumor"):
        signal = content[f"{name}_SIt"][1].astype(float)  # the second echo
        curves = bolus.CurveSet([name], times, signal[:, None])
        step = dsc.DeltaR2s(echo_time=TE)
        window = step.baseline(signal, times)
        assert window.bolus_found, name
        assert 40 <= window.last <= 45, (name, window)  # the arterial signal is lowest at sample 47
        fixed = dsc.DeltaR2s(echo_time=TE, baseline=dsc.Baseline(first=0, last=40))(curves)
        np.testing.assert_allclose(fixed[name], -np.log(signal / signal[:40].mean()) / TE, rtol=1e-10, atol=1e-10)
        data = dsc.SlidingWindows()(dsc.ZNormalisation()(curves), "measured")
        assert data.curves.shape == (8, 1, 90)
        np.testing.assert_allclose(data.curves[-1, 0], zscore(signal)[-90:], rtol=1e-5, atol=1e-5)
