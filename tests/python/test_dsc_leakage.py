"""Leakage correction and dual echo from Python: the OSIPI tumour, simulated truth, bad input, results as Python objects."""

import pickle

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.io
from scipy.optimize import least_squares

import bolus
from bolus.dsc import Baseline, DeltaR2s, DualEcho, DualEchoLeakage, GammaVariate, LeakageCorrection, trapezoid
from bolus.plot.leakage import LeakageDisplay, LeakageRecoveryDisplay

TIMES = 1.5 * np.arange(60)
HEALTHY = np.asarray(GammaVariate(arrival=20.0, peak=6.0)(TIMES))


def running_integral(values, kep=0.0):
    """By the trapezoid rule on the whole integrand, from the second sample on, as a baseline that skips one."""
    result = np.zeros_like(values)
    for t in range(2, len(values)):
        integrand = values[1 : t + 1] * np.exp(-kep * (TIMES[t] - TIMES[1 : t + 1]))
        result[t] = np.trapezoid(integrand, TIMES[1 : t + 1])
    return result


def noisy(curve, seed, voxels=1, snr=50.0):
    generator = np.random.default_rng(seed)
    signal = np.maximum(np.exp(-0.03 * curve)[:, None] + generator.normal(size=(60, voxels)) / snr, 1e-3)
    return -np.log(signal / signal[TIMES < 17].mean(axis=0)) / 0.03


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


OSIPI_BASELINE = Baseline(first=0, last=40)


@pytest.fixture(scope="module")
def study(real_data):
    content = scipy.io.loadmat(real_data / "osipi-dsc" / "dual_echo_tumour.mat")
    scalar = {name: float(content[name].squeeze()) for name in ("TE1", "TE2", "TR")}
    times = scalar["TR"] * np.arange(121)
    echoes = []
    for echo in range(2):
        values = np.column_stack([content[f"{name}_SIt"][echo] for name in ("AIF", "NAWM", "tumor")]).astype(float)
        echoes.append(bolus.CurveSet(names=["AIF", "NAWM", "tumour"], times=times, values=values, quantity="signal"))
    return scalar, echoes


@pytest.fixture(scope="module")
def combined(study):
    scalar, echoes = study
    return DualEcho(first_echo_time=scalar["TE1"], second_echo_time=scalar["TE2"], baseline=OSIPI_BASELINE)(*echoes)


@pytest.fixture(scope="module")
def second(study):
    return DeltaR2s(echo_time=study[0]["TE2"], baseline=OSIPI_BASELINE)(study[1][1])


class TestOsipiTumour:
    """The measured dual-echo tumour of the OSIPI code collection and what its reference code gives."""

    # The reference takes the NAWM of the second echo for both, a bare cumulative sum (so its K2 is per sample, not per second),
    # and all samples from the first on.
    REFERENCE = LeakageCorrection(integral="rectangle", first=0)

    def test_dual_echo(self, study, combined, second):
        fit = self.REFERENCE(combined.delta_r2s, second.values[:, 1])
        assert fit.k1[2] == pytest.approx(1.009946, rel=1e-5)
        assert fit.k2[2] * study[0]["TR"] == pytest.approx(-0.057691, rel=1e-5)

    def test_second_echo_alone(self, study, second):
        fit = self.REFERENCE(second, "NAWM")
        assert fit.k1[2] == pytest.approx(0.194850, rel=1e-5)
        assert fit.k2[2] * study[0]["TR"] == pytest.approx(0.054362, rel=1e-5)

    def test_blood_volume_before_and_after(self, second, combined):
        single = LeakageCorrection(first=0)(second, "NAWM")
        assert single.uncorrected_blood_volume[2] / single.reference_blood_volume == pytest.approx(-3.141, abs=5e-4)
        assert single.blood_volume[2] > 0
        dual = LeakageCorrection(first=0)(combined.delta_r2s, "NAWM")
        before, after = (v[2] / dual.reference_blood_volume for v in (dual.uncorrected_blood_volume, dual.blood_volume))
        assert before > 4  # T2* leakage: too large without T1 to hide it
        assert after == pytest.approx(single_free_of_tail(combined, dual), rel=0.25)

    def test_what_t1_and_t2_star_add_up_to(self, study, second):
        scalar, echoes = study
        echo = DualEcho(first_echo_time=scalar["TE1"], second_echo_time=scalar["TE2"], baseline=OSIPI_BASELINE)
        both = DualEchoLeakage(echoes=echo, correction=LeakageCorrection(first=0))(*echoes, "NAWM")
        alone = LeakageCorrection(first=0)(second, both.curves.delta_r2s.values[:, 1])
        assert both.t2_star.k2[2] + both.t1.k2[2] == pytest.approx(alone.k2[2], rel=1e-9)
        assert both.t2_star.k2[2] < 0 < both.t1.k2[2]

    def test_a_model_that_misses_the_data_is_flagged(self, combined):
        fit = LeakageCorrection(first=0)(combined.delta_r2s, "NAWM")
        assert fit.residual[2] > 5 * fit.noise[2]
        (flag,) = (flag for flag in fit.flags if flag.code == "dsc.leakage.misfit")
        assert "tumour" in flag.message


def single_free_of_tail(combined, fit):
    """First-pass volume over NAWM's, in which hardly anything has leaked yet: independent of any leakage model."""
    times, values = combined.delta_r2s.times, combined.delta_r2s.values
    first = int(np.argmax(values[:, 1] > 0.2 * values[:, 1].max()))
    last = int(np.argmax(values[:, 1])) + 3
    return trapezoid(times, values[:, 2], first, last) / trapezoid(times, values[:, 1], first, last)


def test_recovers_its_own_model():
    for kep in (0.0, 0.02):
        curve = 2.5 * HEALTHY - 0.04 * running_integral(HEALTHY, kep)
        fit = LeakageCorrection(model="bidirectional")(curve, TIMES, HEALTHY)
        assert fit.k1[0] == pytest.approx(2.5, rel=1e-5)
        assert fit.k2[0] == pytest.approx(0.04, rel=1e-4)
        assert fit.kep[0] == pytest.approx(kep, abs=1e-6)
        np.testing.assert_allclose(fit.corrected.values[:, 0], 2.5 * HEALTHY, atol=1e-4)


def test_agrees_with_scipy_on_noisy_curves():
    curves = noisy(2.0 * HEALTHY - 0.03 * running_integral(HEALTHY, 0.02), seed=3, voxels=20)
    fit = LeakageCorrection(model="bidirectional", max_coefficient_of_variation=np.inf)(curves, TIMES, HEALTHY)
    for i, curve in enumerate(curves.T):

        def residual(p, curve=curve):
            return (p[0] * HEALTHY - p[1] * running_integral(HEALTHY, p[2]) - curve)[1:]

        starts = [
            least_squares(residual, (2, 0.03, kep), bounds=([-9, -9, 0], [9, 9, 0.05]), xtol=1e-12)
            for kep in (0.01, 0.03)
        ]
        best = min(starts, key=lambda result: result.cost)
        ours = residual((fit.k1[i], fit.k2[i], fit.kep[i]))
        assert (ours**2).sum() / 2 <= best.cost * (1 + 1e-9)
        assert fit.kep[i] == pytest.approx(best.x[2], abs=1e-5)
        if 1e-4 < best.x[2] < 0.049:
            jacobian = least_squares(residual, best.x, max_nfev=1).jac
            errors = fit.noise[i] * np.sqrt(np.diag(np.linalg.inv(jacobian.T @ jacobian)))
            np.testing.assert_allclose([fit.k1_error[i], fit.k2_error[i], fit.kep_error[i]], errors, rtol=1e-3)


@pytest.mark.parametrize("model", ["unidirectional", "bidirectional"])
def test_simulated_truth_at_snr_50(model):
    kep = 0.02 if model == "bidirectional" else 0.0
    reference = noisy(HEALTHY, 0, voxels=300).mean(axis=1)
    errors = []
    for rcbv in (1.0, 2.5, 4.0):
        for k2 in (-0.05, 0.0, 0.05):
            curves = noisy(rcbv * HEALTHY - k2 * running_integral(HEALTHY, kep), 1, voxels=300)
            fit = LeakageCorrection(model=model)(curves, TIMES, reference)
            errors.append(fit.blood_volume.mean() / fit.reference_blood_volume / rcbv - 1)
    assert np.abs(errors).max() < 0.02


def test_threads_do_not_change_the_result():
    curves = noisy(2 * HEALTHY, 5, voxels=300)
    one, two, four = (LeakageCorrection(model="bidirectional", threads=n)(curves, TIMES, HEALTHY) for n in (1, 2, 4))
    for other in (two, four):
        np.testing.assert_array_equal(one.to_frame().drop(columns="curve"), other.to_frame().drop(columns="curve"))
        np.testing.assert_array_equal(one.corrected.values, other.corrected.values)


def test_inputs_are_not_changed():
    curves, reference = noisy(HEALTHY, 1, voxels=3), HEALTHY.copy()
    before = curves.copy()
    LeakageCorrection()(curves, TIMES, reference)
    np.testing.assert_array_equal(curves, before)
    np.testing.assert_array_equal(reference, HEALTHY)


def curve_set(quantity="delta_r2s", **changes):
    content = {"names": ["ET", "NAWM"], "times": TIMES, "values": np.column_stack([2 * HEALTHY, HEALTHY])} | changes
    return bolus.CurveSet(quantity=quantity, **content)


def test_result_is_a_python_object():
    fit = LeakageCorrection(model="bidirectional")(curve_set(), "NAWM")
    frame = fit.to_frame()
    assert list(frame["curve"]) == ["ET", "NAWM"]
    assert frame["k1"][0] == pytest.approx(2.0)
    assert "2 curves" in repr(fit)
    assert "<table" in fit._repr_html_()
    again = pickle.loads(pickle.dumps(fit))
    np.testing.assert_array_equal(again.k2, fit.k2)
    np.testing.assert_array_equal(again.corrected.values, fit.corrected.values)
    assert again.flags == fit.flags
    step = LeakageCorrection(model="bidirectional", max_kep=0.1, first=2)
    assert repr(pickle.loads(pickle.dumps(step))) == repr(step)


def test_dual_echo_from_python():
    signal = {e: 1000 * np.exp(-e * HEALTHY) * (1 + 0.01 * running_integral(HEALTHY)) for e in (0.01, 0.03)}
    sets = [curve_set("signal", names=["ET"], values=signal[e][:, None]) for e in (0.01, 0.03)]
    step = DualEcho(first_echo_time=0.01, second_echo_time=0.03)
    curves = step(*sets)
    np.testing.assert_allclose(curves.delta_r2s.values[:, 0], HEALTHY, atol=1e-9)
    np.testing.assert_allclose(curves.signal.values[:, 0], 1000 * (1 + 0.01 * running_integral(HEALTHY)), rtol=1e-9)
    assert list(curves.to_frame().columns) == ["time", "ET delta_r2s", "ET signal", "ET t1_delta_r2s"]
    assert "<table" in curves._repr_html_()
    assert pickle.loads(pickle.dumps(curves)).delta_r2s.names == ["ET"]
    both = DualEchoLeakage(echoes=step)(*sets, "ET")
    assert list(both.to_frame().index.get_level_values("part").unique()) == ["t2_star", "t1"]
    assert pickle.loads(pickle.dumps(both)).t1.k2 == pytest.approx(both.t1.k2)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: LeakageCorrection()(curve_set("signal"), "NAWM"), bolus.DataError, "DeltaR2s"),
        (lambda: LeakageCorrection()(curve_set(), "WM"), bolus.DataError, "there are: ET, NAWM"),
        (lambda: LeakageCorrection()(curve_set(), HEALTHY[:-1]), bolus.ShapeError, "59 samples"),
        (lambda: LeakageCorrection()(curve_set(), np.full(60, np.nan)), bolus.DataError, "NaN"),
        (lambda: LeakageCorrection()(curve_set(), np.zeros(60)), bolus.DataError, "0 throughout"),
        (lambda: LeakageCorrection()(curve_set(times=TIMES[::-1]), "NAWM"), bolus.DataError, "increase"),
        (lambda: LeakageCorrection()(np.zeros((0, 3)), np.zeros(0), np.zeros(0)), bolus.DataError, "time point"),
        (lambda: LeakageCorrection()(np.zeros((60, 0)), TIMES, HEALTHY[:3]), bolus.ShapeError, "3 samples"),
        (lambda: LeakageCorrection(model="both"), bolus.OptionError, "bidirectional"),
        (lambda: LeakageCorrection(max_kep=0)(curve_set(), "NAWM"), bolus.OptionError, "max_kep"),
        (
            lambda: DualEcho(second_echo_time=0.03)(curve_set("signal"), curve_set("signal")),
            bolus.DataError,
            "first_echo_time",
        ),
        (
            lambda: DualEcho(first_echo_time=30, second_echo_time=60)(curve_set("signal"), curve_set("signal")),
            bolus.DataError,
            "seconds",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_no_curve_gives_an_empty_result():
    fit = LeakageCorrection(model="bidirectional")(np.zeros((60, 0)), TIMES, HEALTHY)
    assert fit.k1.size == 0
    assert len(fit.to_frame()) == 0
    assert "0 curves" in repr(fit)


def test_nan_curves_are_named():
    values = np.column_stack([HEALTHY, HEALTHY])
    values[7, 1] = np.nan
    with pytest.raises(bolus.DataError, match="curve 1 is not finite at sample 7"):
        LeakageCorrection()(values, TIMES, HEALTHY)


def test_progress_can_stop_it():
    with pytest.raises(bolus.Cancelled):
        LeakageCorrection()(curve_set(), "NAWM", progress=lambda stage, done, total: False)


def test_leakage_display_shows_the_curves_and_k2():
    curve = 2 * HEALTHY - 0.03 * running_integral(HEALTHY)
    fit = LeakageCorrection()(curve, TIMES, HEALTHY)
    _, ax = plt.subplots()
    display = LeakageDisplay.from_fit(fit, curve, truth=2 * HEALTHY, ax=ax)
    assert display.ax_ is ax
    np.testing.assert_array_equal(display.lines_[0].get_ydata(), curve)
    np.testing.assert_allclose(display.lines_[1].get_ydata(), display.lines_[2].get_ydata(), atol=1e-9)
    assert "0.0300" in display.shade_.get_label()
    named = LeakageDisplay.from_fit(LeakageCorrection()(curve_set(), "NAWM"), curve_set(), curve="NAWM")
    np.testing.assert_array_equal(named.measured, HEALTHY)
    with pytest.raises(bolus.ShapeError, match="59"):
        LeakageDisplay(times=TIMES, measured=curve, corrected=curve[:-1])


def test_recovery_display_shows_truth_against_found():
    truth = np.array([1.0, 2.0, 3.0])
    curves = np.outer(HEALTHY, truth) - np.outer(running_integral(HEALTHY), [0.02, -0.02, 0.0])
    fit = LeakageCorrection()(curves, TIMES, HEALTHY)
    after = LeakageRecoveryDisplay.from_fit(fit, truth)
    np.testing.assert_allclose(after.points_.get_offsets(), np.column_stack([truth, truth]), rtol=1e-6)
    before = LeakageRecoveryDisplay.from_fit(fit, truth, corrected=False)
    assert before.found[0] < 1 < 2 < before.found[1]
    np.testing.assert_allclose(after.points_.get_array(), [0.02, -0.02, 0.0], atol=1e-9)
