"""Deconvolution against the OSIPI reference data, numpy counterparts of the usual methods, and simulated truth."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.io

import bolus
from bolus.dsc import (
    Baseline,
    Deconvolution,
    DeltaR2s,
    GammaVariate,
    TransitTimePrior,
    delta_r2s,
)

METHODS = ["transit_times", "ssvd", "csvd", "osvd", "l_curve", "gcv", "osipi_l_curve"]


@pytest.fixture(scope="module")
def peers():
    """The benchmark's numpy methods and its simulation, which share no code with the library."""
    path = Path(__file__).parents[2] / "benchmarks" / "deconvolution.py"
    spec = importlib.util.spec_from_file_location("deconvolution_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def curves(peers):
    """Times, arterial curve and 40 noisy tissue curves of CBV 3, MTT 6 s (CBF 30) and a delay of 1 s."""
    times = 1.5 * np.arange(60)
    arterial, clean = peers.tissue("usual", "gamma 3", 6.0, 1.0, times)
    noise = np.random.default_rng(0).normal(size=(60, 40)) * clean.max() / 50
    return times, arterial, clean[:, None] + noise


def test_standard_methods_are_those_of_numpy(peers, curves):
    times, arterial, tissue = curves
    for method, peer in peers.PEERS.items():
        found = Deconvolution(method=method).prepare(times, arterial)(tissue)
        np.testing.assert_allclose(found.blood_flow, 6000 * peer(arterial, tissue, 1.5), rtol=1e-7)


def test_methods_differ(curves):
    times, arterial, tissue = curves
    flows = np.array([Deconvolution(method=m).prepare(times, arterial)(tissue).blood_flow.mean() for m in METHODS])
    distance = np.abs(flows[:, None] - flows) / flows
    assert distance[~np.eye(len(METHODS), dtype=bool)].min() > 1e-3


def test_default_is_right_on_simulated_tissue(curves):
    times, arterial, tissue = curves
    found = Deconvolution().prepare(times, arterial)(tissue)
    assert found.blood_flow.mean() == pytest.approx(30.0, rel=0.1)
    assert found.blood_volume.mean() == pytest.approx(3.0, rel=0.03)
    assert found.mean_transit_time.mean() == pytest.approx(6.0, rel=0.12)
    assert found.time_to_maximum.mean() == pytest.approx(1.0, abs=0.5)
    assert np.all(found.states == np.zeros(40))
    assert np.mean(np.abs(found.blood_flow - 30.0) < 2 * found.blood_flow_sd) > 0.8


def test_default_has_less_error_than_the_usual_methods(peers):
    """Over arteries, repetition times, residue functions, transit times, delays and noise."""
    generator = np.random.default_rng(1)
    errors = {method: [] for method in ["transit_times", "ssvd", "csvd", "osvd", "osipi_l_curve"]}
    for artery, step in [("sharp", 1.2), ("usual", 1.5), ("broad", 2.0), ("usual", 2.5)]:
        times = step * np.arange(int(90 / step))
        for residue in peers.RESIDUES:
            for transit in (3.0, 6.0, 12.0):
                for delay in (0.0, 1.7):
                    arterial, clean = peers.tissue(artery, residue, transit, delay, times)
                    for ratio in (20, 60, 200):
                        tissue = clean[:, None] + generator.normal(size=(times.size, 5)) * clean.max() / ratio
                        for method, found in errors.items():
                            found.append(peers.flows(method, times, arterial, tissue) * transit / 180 - 1)
    rms = {method: np.sqrt(np.mean(np.square(found))) for method, found in errors.items()}
    assert rms["transit_times"] < 0.75 * min(value for method, value in rms.items() if method != "transit_times")
    assert abs(np.mean(errors["transit_times"])) < 0.06


def test_measured_tumour_with_the_l_curve_of_the_reference(real_data):
    """The public notebook's figures. It divides the flow by TR a second time, so that ours is 1.5 times larger."""
    data = scipy.io.loadmat(real_data / "osipi-dsc" / "dual_echo_tumour.mat")
    tumour, white, artery = (data[name].astype(float) for name in ("tumor_SIt", "NAWM_SIt", "AIF_SIt"))
    step = 1.5

    def rate(signal: np.ndarray, echo: float) -> np.ndarray:
        return delta_r2s(signal, signal[:40].mean(), echo)

    arterial = rate(artery[0], 0.002)
    reference = rate(white[1], 0.03)
    # Free of T1: ln[(S1 / S1_0) / (S2 / S2_0)] / (TE2 - TE1).
    dual = rate(tumour[1], 0.03 - 0.002) - rate(tumour[0], 0.03 - 0.002)
    running = np.cumsum(reference)
    (k1, k2), *_ = np.linalg.lstsq(np.c_[reference, -running], dual, rcond=None)
    assert k1 == pytest.approx(1.009946, rel=1e-6)
    assert k2 == pytest.approx(-0.057691, rel=1e-5)
    tissue = bolus.CurveSet(["tumour"], step * np.arange(121), (dual + k2 * running)[:, None], quantity="delta_r2s")

    found = Deconvolution(method="osipi_l_curve")(tissue, arterial).estimates
    assert found.blood_volume[0] == pytest.approx(38.176, rel=1e-4)
    assert found.blood_flow[0] / step == pytest.approx(337.6, abs=0.05)  # published digits
    rounded = Deconvolution(method="osipi_l_curve", regularisation=81.8)(tissue, arterial).estimates
    assert rounded.blood_flow[0] / step == pytest.approx(337.67, rel=1e-4)
    assert rounded.mean_transit_time[0] * step == pytest.approx(6.784, rel=1e-4)
    # mu as the notebook's own code finds it, which prints 81.8.
    exact = Deconvolution(method="osipi_l_curve", regularisation=81.82538612)(tissue, arterial).estimates
    assert exact.blood_flow[0] == pytest.approx(found.blood_flow[0], rel=1e-7)


def test_tikhonov_by_cross_validation_is_that_of_numpy(curves):
    times, arterial, tissue = curves
    count, step = 60, 1.5
    # Piecewise linear arterial curve and residue function, as in Sourbron et al. 2007.
    matrix = np.zeros((count, count))
    for i in range(count):
        matrix[i, i] = (2 * arterial[0] + arterial[1]) / 6
        if i > 0:
            matrix[i, 0] = (2 * arterial[i] + arterial[i - 1]) / 6
        for j in range(1, i):
            matrix[i, j] = (4 * arterial[i - j] + arterial[i - j - 1] + arterial[i - j + 1]) / 6
    left, values, right = np.linalg.svd(step * matrix)
    coefficients = left.T @ tissue
    mu = values[0] * np.geomspace(1e-4, 1, 120)
    lost = mu[:, None] ** 2 / (values**2 + mu[:, None] ** 2)
    freedom = 1 - 1.4 * (1 - lost).sum(axis=1) / count
    score = np.where(freedom > 0, 1 / np.maximum(freedom, 1e-15) ** 2, 1e30)[:, None] * (lost**2 @ coefficients**2)
    chosen = mu[score.argmin(axis=0)]
    damped = values[:, None] / (values[:, None] ** 2 + chosen**2) * coefficients
    found = Deconvolution(method="gcv").prepare(times, arterial)(tissue)
    np.testing.assert_allclose(found.blood_flow, 6000 * (right.T @ damped).max(axis=0), rtol=1e-6)


@pytest.fixture(scope="module")
def reference_signals(real_data):
    """Signals of the digital reference object: (shape, CBF in mL/100 mL/min, CBV) -> two curves, and the artery."""
    nibabel = pytest.importorskip("nibabel")
    folder = real_data / "osipi-dsc" / "dro-signal"
    signals = {}
    for shape in (1, 5):
        for flow in range(10, 80, 10):
            name = f"St_disp_0_exponential_lvl_high_delay_0_lvl_high_resfunc_gamma_dist_lambda_{shape}_cbf_{flow}.nii"
            voxels = np.asarray(nibabel.load(folder / name).dataobj, dtype=float).reshape(4, 161)
            signals[shape, flow, 4] = voxels[:2]
            signals[shape, flow / 2, 2] = voxels[2:]
    artery = np.asarray(nibabel.load(folder / "aif.nii").dataobj, dtype=float).ravel()
    return signals, artery


def test_reference_signals_give_their_relaxation_and_order_of_flow(reference_signals, real_data):
    signals, artery = reference_signals
    times = 1.243 * np.arange(161)
    row = (real_data / "osipi-dsc" / "dsc_data.csv").read_text().splitlines()[1].split(",")
    truth = np.array(row[2].split(), dtype=float)
    # The artery's signal was made as 100 exp(-TE 7.0281 C).
    np.testing.assert_allclose(delta_r2s(artery, 100.0, 0.029) / 7.0281, truth, atol=1e-7)
    arterial = delta_r2s(artery, Baseline()(artery, times).mean, 0.029)
    np.testing.assert_allclose(arterial / 7.0281, truth, atol=0.02)

    keys = list(signals)
    values = np.concatenate([signals[key] for key in keys]).T
    curves = DeltaR2s(0.029)(bolus.CurveSet([str(i) for i in range(values.shape[1])], times, values))
    assert curves.values.max(axis=0).min() > 2.0
    for method in METHODS[:4]:
        found = (
            Deconvolution(method=method).prepare(times, arterial)(curves.values).blood_flow.reshape(-1, 2).mean(axis=1)
        )
        by_key = dict(zip(keys, found, strict=True))
        for shape in (1, 5):
            for volume in (4, 2):
                flows = [by_key[key] for key in sorted(key for key in keys if key[0] == shape and key[2] == volume)]
                assert len(flows) == 7
                assert np.all(np.diff(flows) > 0), (method, shape, volume, flows)
                # Proportional to the truth too: the unit of tissue and artery differ by one factor.
                ratio = np.array(flows) / np.arange(1, 8)
                if method == "transit_times":
                    assert ratio.max() / ratio.min() < 1.35, ratio


@pytest.mark.parametrize("method", METHODS)
def test_curves_without_bolus_are_flagged(curves, method):
    times, arterial, tissue = curves
    values = np.c_[np.zeros(60), np.full(60, 0.2), -tissue[:, 0], tissue[:, 0]]
    found = Deconvolution(method=method)(
        bolus.CurveSet(["zero", "constant", "negative", "good"], times, values, quantity="delta_r2s"), arterial
    )
    codes = [flag.code for flag in found.flags]
    assert codes.count("dsc.deconvolution.no_bolus") == 3
    assert np.isfinite(found.to_frame().drop(columns="curve").to_numpy(dtype=float)).all()
    assert np.isfinite(found.estimates.residues).all()
    assert found.estimates.blood_flow[3] > 10


def test_bad_input_is_refused_and_voxels_with_nan_are_marked(curves):
    times, arterial, tissue = curves
    step = Deconvolution()
    with pytest.raises(bolus.DataError, match="never positive"):
        step.prepare(times, np.zeros(60))
    with pytest.raises(bolus.ShapeError):
        step.prepare(times, arterial[:50])
    with pytest.raises(bolus.DataError, match="not even"):
        step.prepare(times + 0.5 * (times > 40), arterial)
    with pytest.raises(bolus.DataError, match="8 to 2000 samples"):
        step.prepare(times[:4], arterial[:4])
    with pytest.raises(bolus.ShapeError, match="expected samples x curves"):
        step.prepare(times, arterial)(tissue.T)
    with pytest.raises(bolus.DataError, match="DeltaR2s"):
        step(bolus.CurveSet(["a"], times, tissue[:, :1]), arterial)
    with pytest.raises(bolus.OptionError, match="osvd"):
        Deconvolution(method="svd")
    with pytest.raises(bolus.OptionError):
        Deconvolution(prior=TransitTimePrior(delay_spread=-1)).prepare(times, arterial)
    broken = tissue.copy()
    broken[3, 1] = np.nan
    found = step.prepare(times, arterial)(broken)
    assert found.states[1] == 3 and found.blood_flow[1] == 0
    good = step.prepare(times, arterial)(tissue)
    np.testing.assert_array_equal(np.delete(found.blood_flow, 1), np.delete(good.blood_flow, 1))


def test_results_print_pickle_and_become_frames(curves):
    times, arterial, tissue = curves
    step = Deconvolution("osvd", oscillation_index=0.05, prior=TransitTimePrior(latest_delay=5.0))
    assert pickle.loads(pickle.dumps(step)).prior.latest_delay == 5.0
    assert "method='osvd'" in repr(step)
    set_ = bolus.CurveSet(["a", "b"], times, tissue[:, :2], quantity="delta_r2s")
    found = Deconvolution()(set_, arterial)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.estimates.residues, found.estimates.residues)
    assert "a: CBV" in repr(found)
    frame = found.to_frame()
    assert list(frame["curve"]) == ["a", "b"]
    np.testing.assert_allclose(frame["mean_transit_time"], 60 * frame["blood_volume"] / frame["blood_flow"])
    assert "<table" in found._repr_html_() and "<table" in found.estimates._repr_html_()
    assert repr(Deconvolution().prepare(times, arterial)) == "DeconvolutionOperator(60 samples)"


@pytest.mark.parametrize("method", METHODS)
def test_residue_function_makes_the_curve_again(peers, method):
    times = 1.2 * np.arange(80)
    arterial, clean = peers.tissue("broad", "gamma 3", 6.0, 2.4, times)
    found = Deconvolution(method=method).prepare(times, arterial)(clean[:, None], residues=True)
    assert found.residues.shape == (80, 1)
    assert 6000 * found.residues.max() == pytest.approx(found.blood_flow[0], rel=0.1)
    again = 1.2 * np.convolve(arterial, found.residues[:, 0])[:80]
    # The rectangle rule starts half a sample early for a residue function that starts at once.
    assert np.linalg.norm(again - clean) < 0.2 * np.linalg.norm(clean)
    assert Deconvolution(method=method).prepare(times, arterial)(clean[:, None]).residues.size == 0


def test_arterial_curve_of_the_simulator_fits():
    times = 1.8 * np.arange(50)
    arterial = GammaVariate()(times)
    found = Deconvolution().prepare(times, arterial)(0.04 * arterial[:, None])
    # Tissue that is artery: all of it, at once.
    assert found.blood_volume[0] == pytest.approx(4.0)
    assert found.mean_transit_time[0] < 2.5
