"""Time axis, outliers, region curves, segments and window mapping against numpy, scipy and statsmodels."""

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bolus
from bolus import dsc

NAMES = ["ET", "NET", "ED", "WT", "AIF"]


def codes(flags):
    return {flag.code for flag in flags}


def passage(times, arrival=20.0, depth=0.5, width=1.8, noise=0.0, seed=0):
    """1000 with a gamma-variate passage, a second one and a tail."""

    def gamma(t, beta):
        x = np.maximum(t, 0) / (3 * beta)
        return x**3 * np.exp(3 * (1 - x))

    tail = 0.08 * (1 - np.exp(-np.maximum(times - arrival, 0) / 8))
    concentration = gamma(times - arrival, width) + 0.15 * gamma(times - arrival - 12, 2 * width)
    signal = 1000 * np.exp(-depth * (concentration + tail))
    return signal + noise * np.random.default_rng(seed).normal(size=len(times))


def patient(times, arrival=20.0, noise=0.0, seed=0):
    depths = [0.6, 0.4, 0.25, 0.4, 1.4]
    delays = [1, 1, 1, 1, 0]
    columns = [
        passage(times, arrival + delay, depth, 1.4 if depth > 1 else 1.9, noise, 5 * seed + k)
        for k, (depth, delay) in enumerate(zip(depths, delays, strict=True))
    ]
    return bolus.CurveSet(NAMES, times, np.stack(columns, 1))


@pytest.fixture
def times():
    return 1.5 * np.arange(60)


def missing_set(times):
    """A patient without ET, whose curve is not a number."""
    array = np.random.default_rng(0).uniform(80, 120, size=(6, 5, 4, len(times)))
    array *= passage(times, noise=3) / 1000
    labels = np.random.default_rng(1).choice([0, 1, 2], size=(6, 5, 4)).astype(np.uint8)
    series = bolus.PerfusionSeries(array.astype(np.float32), times)
    return dsc.RegionCurves(empty="not_a_number")(series, bolus.LabelMap(labels))


class TestMissingCurves:
    def test_are_carried_along_and_refused_where_values_are_needed(self, times):
        curves = missing_set(times)
        assert np.isnan(curves["ET"]).all()
        assert curves.voxel_counts[0] == 0
        assert "dsc.region.empty" in codes(curves.flags)
        for result in (
            dsc.ZNormalisation()(curves),
            dsc.SteadyState()(curves).curves,
            dsc.VolumeOutliers()(curves).curves,
            dsc.Resampling(2.0)(curves),
            dsc.BolusAlignment()(curves).curves,
        ):
            assert np.isnan(result["ET"]).all()
            assert np.isfinite(result["WT"]).all()
        for step in (dsc.SlidingWindows(), dsc.DeltaR2s(0.03)):
            with pytest.raises(bolus.DataError, match="ET is missing"):
                step(curves)
        with pytest.raises(bolus.DataError, match="ET is missing"):
            dsc.BolusSegments(channel="ET")(curves)

    def test_need_a_voxel_count_of_zero(self, times):
        curves = missing_set(times)
        again = bolus.CurveSet(curves.names, times, curves.values, curves.voxel_counts)
        assert np.isnan(again["ET"]).all()
        for counts in (None, [5, *curves.voxel_counts[1:]]):
            with pytest.raises(bolus.DataError, match="ET is not finite"):
                bolus.CurveSet(curves.names, times, curves.values, counts or [])
        partly = curves.values.copy()
        partly[0, 0] = 1
        with pytest.raises(bolus.DataError, match="ET is not finite"):
            bolus.CurveSet(curves.names, times, partly, curves.voxel_counts)

    def test_survive_pickling(self, times):
        curves = missing_set(times)
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(curves)).values, curves.values)


class TestRegionCurves:
    def test_robust_mean_is_statsmodels_huber(self):
        robust = pytest.importorskip("statsmodels.robust")
        rng = np.random.default_rng(3)
        array = rng.normal(100, 5, size=(8, 8, 2, 4)).astype(np.float32)
        array[:2, 0] = 900  # a vessel
        labels = np.full((8, 8, 2), 2, np.uint8)
        curves = dsc.RegionCurves(average="robust_mean", regions=["ED"])(
            bolus.PerfusionSeries(array, np.arange(4.0)), bolus.LabelMap(labels)
        )
        for t in range(4):
            values = array[..., t].ravel().astype(float)
            scale = robust.scale.mad(values)
            expected = robust.norms.estimate_location(values, scale, robust.norms.HuberT(1.345), tol=1e-12, maxiter=500)
            assert curves["ED"][t] == pytest.approx(expected, rel=1e-9)
            assert abs(curves["ED"][t] - 100) < 2

    def test_robust_mean_of_one_voxel_is_the_voxel(self):
        array = np.arange(5, dtype=np.float32).reshape(1, 1, 1, 5) + 7
        curves = dsc.RegionCurves(average="robust_mean", regions=["WT"])(
            bolus.PerfusionSeries(array, np.arange(5.0)), bolus.LabelMap(np.full((1, 1, 1), 4, np.uint8))
        )
        np.testing.assert_array_equal(curves["WT"], np.arange(5) + 7)
        assert "dsc.region.small" in codes(curves.flags)


class TestSteadyState:
    @pytest.mark.parametrize("unsteady", [0, 1, 3, 4])
    def test_drops_what_is_not_steady(self, times, unsteady):
        for seed in range(10):
            curves = patient(times, noise=8, seed=seed)
            values = curves.values.copy()
            values[:unsteady] *= 1 + 0.8 * np.exp(-0.6 * np.arange(unsteady))[:, None]
            found = dsc.SteadyState()(bolus.CurveSet(NAMES, times, values))
            assert found.dropped == unsteady
            np.testing.assert_array_equal(found.curves.times, times[unsteady:])

    def test_series_is_a_view_of_the_rest(self, times):
        array = np.asfortranarray(np.broadcast_to(passage(times), (3, 3, 2, 60)).astype(np.float32))
        array[..., :2] *= 1.4
        series = bolus.PerfusionSeries(array, times, echo_time=0.03)
        steady = dsc.SteadyState()(series)
        assert steady.dropped == 2
        assert np.shares_memory(steady.series.array, series.array)
        np.testing.assert_array_equal(steady.series.array, array[..., 2:])
        assert steady.series.echo_time == 0.03
        again = pickle.loads(pickle.dumps(steady))
        np.testing.assert_array_equal(again.series.array, array[..., 2:])
        assert dsc.SteadyState(volumes=5)(series).series.times[0] == times[5]


class TestResampling:
    def test_monotone_is_scipys_pchip(self, times):
        from scipy.interpolate import PchipInterpolator

        rng = np.random.default_rng(1)
        uneven = np.cumsum(rng.uniform(0.8, 2.0, size=40))
        curves = bolus.CurveSet(["WT"], uneven, passage(uneven, noise=20)[:, None])
        new = np.linspace(uneven[0], uneven[-1], 300)
        found = dsc.Resampling(0.5, anti_alias=False).at(curves, new)
        np.testing.assert_allclose(found["WT"], PchipInterpolator(uneven, curves["WT"])(new), rtol=1e-9)
        linear = dsc.Resampling(0.5, "linear", anti_alias=False).at(curves, new)
        np.testing.assert_allclose(linear["WT"], np.interp(new, uneven, curves["WT"]), rtol=1e-12)

    def test_anti_aliasing_is_the_mean_over_each_new_step(self, times):
        from scipy.interpolate import PchipInterpolator

        curves = bolus.CurveSet(["WT"], times, passage(times, noise=10)[:, None])
        found = dsc.Resampling(4.0)(curves)
        whole = PchipInterpolator(times, curves["WT"])
        for t, value in list(zip(found.times, found["WT"], strict=True))[1:-1]:
            assert value == pytest.approx(whole.integrate(t - 2, t + 2) / 4, rel=1e-9)

    @given(step=st.floats(0.2, 5), scale=st.floats(1e-3, 1e6))
    @settings(max_examples=30, deadline=None)
    def test_scale_passes_through(self, step, scale):
        axis = 1.5 * np.arange(60)
        one = bolus.CurveSet(["WT"], axis, passage(axis)[:, None])
        other = bolus.CurveSet(["WT"], axis, scale * passage(axis)[:, None])
        resample = dsc.Resampling(step)
        np.testing.assert_allclose(resample(other)["WT"], scale * resample(one)["WT"], rtol=1e-9)

    def test_never_extrapolates_in_silence(self, times):
        curves = patient(times)
        with pytest.raises(bolus.DataError, match="hold_edge"):
            dsc.Resampling().at(curves, [-3.0, 0.0])
        held = dsc.Resampling(outside="hold_edge", anti_alias=False).at(curves, [-3.0, 0.0])
        assert held["WT"][0] == held["WT"][1]
        assert "dsc.resampling.extrapolated" in codes(held.flags)
        with pytest.raises(bolus.OptionError):
            dsc.Resampling(0.0)(curves)


class TestBolusAlignment:
    def test_joins_patients_of_different_protocols(self):
        parts, arrivals = [], []
        for step, volumes in ((1.2, 100), (1.6, 70), (2.0, 60), (2.5, 48)):
            curves = patient(step * np.arange(volumes), arrival=18 + 4 * step, noise=3)
            aligned = dsc.BolusAlignment()(curves)
            arrivals.append(aligned.arrival_time - (18 + 4 * step))
            parts.append(dsc.SlidingWindows()(dsc.ZNormalisation()(aligned.curves), f"P{step}", 1))
        joined = bolus.dsc.join_datasets(parts)
        assert joined.curves.shape[0] == 32
        assert np.abs(arrivals).max() < 2.5
        with pytest.raises((bolus.DataError, bolus.ShapeError)):
            dsc.join_datasets([dsc.SlidingWindows()(patient(step * np.arange(60)), "P", 1) for step in (1.2, 2.5)])

    def test_knows_its_arrival_and_where_the_series_ends(self, times):
        aligned = dsc.BolusAlignment(before=9, after=30)(patient(times))
        assert aligned.curves.times[0] == -9
        assert aligned.arrival_time == aligned.timing.arrival_time
        with pytest.raises(bolus.DataError, match="only from"):
            dsc.BolusAlignment(after=300)(patient(times))
        with pytest.raises(bolus.DataError, match="no bolus"):
            dsc.BolusAlignment()(bolus.CurveSet(["WT"], times, np.full((60, 1), 5.0)))


def test_protocol_check_names_what_is_wrong(times):
    array = np.ones((1, 1, 1, 60), np.float32)
    good = dict(echo_time=0.03, repetition_time=1.5, flip_angle=60, field_strength=3)
    check = dsc.ProtocolCheck()
    assert check(bolus.PerfusionSeries(array, times, **good)) == []
    assert codes(check(bolus.PerfusionSeries(array, times))) == {
        f"dsc.protocol.{what}_missing" for what in ("echo_time", "repetition_time", "flip_angle", "field_strength")
    }
    milliseconds = check(bolus.PerfusionSeries(array, times, **(good | {"echo_time": 30, "repetition_time": 1500})))
    assert {"dsc.protocol.echo_time_implausible", "dsc.protocol.step_mismatch"} <= codes(milliseconds)


class TestVolumeOutliers:
    @given(
        step=st.floats(1.0, 2.5),
        arrival=st.floats(10, 30),
        width=st.floats(0.9, 3.0),
        depth=st.floats(0.1, 2.0),
        noise=st.floats(0, 15),
        seed=st.integers(0, 10**6),
    )
    @settings(max_examples=150, deadline=None)
    def test_never_repairs_a_bolus(self, step, arrival, width, depth, noise, seed):
        axis = step * np.arange(50)
        curve = passage(axis, arrival, depth, width, noise, seed)
        found = dsc.VolumeOutliers()(bolus.CurveSet(["AIF"], axis, curve[:, None]))
        assert found.outliers == []
        np.testing.assert_array_equal(found.curves["AIF"], curve)

    def test_finds_what_was_planted(self, times):
        found = planted = wrong = 0
        for seed in range(60):
            rng = np.random.default_rng(seed)
            curves = patient(times, noise=8, seed=seed)
            values = curves.values.copy()
            where = rng.choice(np.r_[1:12, 35:58], size=rng.integers(1, 4), replace=False)
            values[where] *= rng.choice([0.7, 1.2], size=len(where))[:, None]
            outliers = dsc.VolumeOutliers()(bolus.CurveSet(NAMES, times, values)).outliers
            planted += len(where)
            found += len(set(outliers) & set(where))
            wrong += len(set(outliers) - set(where))
        assert found >= 0.93 * planted
        assert wrong == 0

    def test_series_is_repaired_as_a_whole_and_left_alone_when_clean(self, times):
        rng = np.random.default_rng(1)
        scale = rng.uniform(0.5, 1.5, size=(10, 10, 3, 1))
        array = np.asfortranarray(
            (scale * passage(times)).astype(np.float32) + rng.normal(0, 8, (10, 10, 3, 60)).astype(np.float32)
        )
        series = bolus.PerfusionSeries(array, times)
        clean = dsc.VolumeOutliers()(series)
        assert clean.outliers == []
        assert np.shares_memory(clean.series.array, series.array)
        broken = array.copy(order="F")
        broken[..., [5, 40, 41]] *= 0.4
        repaired = dsc.VolumeOutliers()(bolus.PerfusionSeries(broken, times))
        assert repaired.outliers == [5, 40, 41]
        assert codes(repaired.flags) == {"dsc.volume.outlier"}
        np.testing.assert_allclose(repaired.series.array[..., 5], (broken[..., 4] + broken[..., 6]) / 2, rtol=1e-5)
        np.testing.assert_allclose(
            repaired.series.array[..., 40], (2 * broken[..., 39] + broken[..., 42]) / 3, rtol=1e-5
        )
        np.testing.assert_array_equal(repaired.series.array[..., 6:40], broken[..., 6:40])
        assert pickle.loads(pickle.dumps(repaired)).outliers == [5, 40, 41]
        with pytest.raises(bolus.GeometryError):
            dsc.VolumeOutliers()(series, bolus.Mask(np.ones((2, 2, 2), np.uint8)))


class TestZNormalisation:
    def test_by_baseline_is_numpys(self, times):
        curves = bolus.CurveSet(["WT"], times, passage(times, 40, noise=5)[:, None])
        step = dsc.ZNormalisation("baseline", dsc.Baseline(first=2, last=20))
        inside = curves["WT"][2:20]
        np.testing.assert_allclose(step(curves)["WT"], (curves["WT"] - inside.mean()) / inside.std(ddof=1), rtol=1e-9)

    def test_needs_noise_and_signals(self, times):
        with pytest.raises(bolus.DataError, match="noise"):
            dsc.ZNormalisation("baseline")(bolus.CurveSet(["WT"], times, passage(times, 40)[:, None]))
        with pytest.raises(bolus.DataError, match="signal"):
            dsc.ZNormalisation("baseline")(dsc.ZNormalisation()(patient(times)))


class TestSegments:
    @given(arrival=st.floats(8, 40), scale=st.floats(1e-2, 1e5), noise=st.floats(0.5, 10), seed=st.integers(0, 1000))
    @settings(max_examples=50, deadline=None)
    def test_cut_the_series_and_do_not_depend_on_scale(self, arrival, scale, noise, seed):
        axis = 1.5 * np.arange(60)
        curve = passage(axis, arrival, noise=noise, seed=seed)
        one, other = dsc.BolusSegments()(curve, axis), dsc.BolusSegments()(scale * curve, axis)
        assert one.edges == other.edges
        assert one.edges[0] == 0 and one.edges[4] == 60
        assert np.all(np.diff(one.edges) >= 0)
        assert [one.at(t) for t in range(60)] == [
            name
            for name in ("baseline", "downslope", "upslope", "plateau")
            for _ in range(one.first(name), one.last(name))
        ]

    def test_follow_the_true_times(self, times):
        for arrival in (12.0, 20.3, 31.7):
            segments = dsc.BolusSegments(channel="WT")(patient(times, arrival, noise=4))
            start, bottom = times[segments.first("downslope")], times[segments.first("upslope")]
            assert abs(start - (arrival + 1)) < 3.1
            assert abs(bottom - (arrival + 1 + 3 * 1.9)) < 3.1
            assert list(segments.to_frame()["segment"]) == ["baseline", "downslope", "upslope", "plateau"]

    def test_without_a_bolus_all_is_baseline(self, times):
        segments = dsc.BolusSegments()(np.full(60, 4.0), times)
        assert segments.edges == [0, 60, 60, 60, 60]
        assert "dsc.segments.missing" in codes(segments.flags)


class TestWindowMapping:
    @given(samples=st.integers(9, 150), count=st.integers(1, 9), step=st.floats(0.3, 3), first=st.floats(-20, 50))
    @settings(max_examples=60, deadline=None)
    def test_round_trip(self, samples, count, step, first):
        axis = first + step * np.arange(samples)
        values = np.random.default_rng(samples).normal(size=samples)
        windows = dsc.SlidingWindows(count)(bolus.CurveSet(["WT"], axis, values[:, None]), "P")
        mapping = dsc.map_windows(windows)
        covered = mapping.coverage > 0
        assert covered.all()
        offset = samples - len(mapping.times)  # one window may leave the start of the series out
        np.testing.assert_allclose(mapping.times, axis[offset:], rtol=0, atol=1e-6)
        np.testing.assert_allclose(mapping.average(windows.curves[:, 0]), values[offset:], atol=1e-6)
        for k in range(count):
            np.testing.assert_allclose(mapping.window_times(k)[0], windows.start_times[k], atol=1e-6)

    def test_shares_of_segments(self, times):
        curves = patient(times, noise=2)
        windows = dsc.SlidingWindows()(curves, "P")
        mapping, segments = dsc.map_windows(windows), dsc.BolusSegments()(curves)
        attention = np.random.default_rng(0).dirichlet(np.ones(windows.curves.shape[2]), size=8)
        course = mapping.average(attention)
        shares = mapping.segment_shares(course, segments)
        assert shares.sum() == pytest.approx(1)
        edges = segments.edges
        expected = [course[a:b].sum() for a, b in itertools.pairwise(edges)]
        np.testing.assert_allclose(shares, np.array(expected) / course.sum(), rtol=1e-12)
        with pytest.raises(bolus.DataError):
            mapping.segment_shares(-course, segments)
        with pytest.raises(bolus.ShapeError):
            mapping.average(attention[:, 1:])


def test_results_show_and_pickle(times):
    curves = patient(times, noise=4)
    windows = dsc.SlidingWindows()(curves, "P")
    for result in (
        dsc.SteadyState()(curves),
        dsc.VolumeOutliers()(curves),
        dsc.BolusAlignment()(curves),
        dsc.BolusSegments()(curves),
        dsc.map_windows(windows),
    ):
        assert repr(pickle.loads(pickle.dumps(result))) == repr(result)
        assert "<table" in result._repr_html_()
        assert len(result.to_frame()) > 0
    for step in (
        dsc.SteadyState(volumes=2),
        dsc.VolumeOutliers(threshold=7),
        dsc.Resampling(2.0, "linear"),
        dsc.BolusAlignment(channel="WT"),
        dsc.ProtocolCheck(),
        dsc.BolusSegments(channel="ET"),
        dsc.ZNormalisation("baseline"),
        dsc.RegionCurves(average="robust_mean", empty="not_a_number"),
    ):
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
    with pytest.raises(bolus.OptionError, match="hold_edge"):
        dsc.Resampling(outside="extend")


def test_measured_tumour_curves_can_be_timed_segmented_and_checked(real_data):
    """The measured dual-echo DSC curves: TE 30 ms, TR 1.5 s; no volume of them is an outlier."""
    from scipy.io import loadmat

    content = loadmat(real_data / "osipi-dsc" / "dual_echo_tumour.mat", squeeze_me=True)
    axis = 1.5 * np.arange(121)
    signals = np.stack([content[f"{name}_SIt"][1].astype(float) for name in ("NAWM", "tumor", "AIF")], 1)
    curves = bolus.CurveSet(["NAWM", "WT", "AIF"], axis, signals)
    assert dsc.VolumeOutliers()(curves).outliers == []
    assert dsc.VolumeOutliers(share=0)(curves).outliers == []
    assert dsc.SteadyState()(curves).dropped <= 1
    for name in curves.names:
        segments = dsc.BolusSegments(channel=name)(curves)
        assert 55 < axis[segments.first("downslope")] < 75, name
        assert axis[segments.first("plateau")] > axis[segments.first("upslope")], name
    aligned = dsc.BolusAlignment()(curves)
    assert 55 < aligned.arrival_time < 75
