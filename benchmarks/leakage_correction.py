"""Leakage correction on simulated truth: bolus beside the formulas of other open codes, and its time beside numpy and scipy.

rCBV 1 to 4, K2 -0.05 to 0.05 1/s, without and with back-flux, SNR 50, 500 voxels of each kind. The peers are their formulas in
a few lines here, on the same curves, with the reference each of them would take; a table gives the mean error of rCBV. Stops if
bolus errs by more than 2 % on average.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np
import scipy
from scipy.optimize import least_squares
from scipy.signal import lfilter

import bolus
from bolus.dsc import GammaVariate, LeakageCorrection
from bolus.simulate import TissueModel, TissueParameters

VOLUMES, STEP, ECHO_TIME, SNR, VOXELS = 60, 1.5, 0.030, 50.0, 500
RCBV, K2 = (1.0, 2.0, 3.0, 4.0), (-0.05, -0.025, 0.0, 0.025, 0.05)
TIMES = STEP * np.arange(VOLUMES)
BEFORE = TIMES < 15.0


def trapezoid(values):
    return STEP * (values[1:] + values[:-1]).sum(axis=0) / 2


def leaked(reference, kep, parts=50):
    """The integral of the reference times exp(-kep (t - t')), on a grid fifty times finer than the samples."""
    fine = np.linspace(0.0, TIMES[-1], parts * (VOLUMES - 1) + 1)
    values, step = np.interp(fine, TIMES, reference), fine[1]
    decay, integral = np.exp(-kep * step), np.zeros_like(fine)
    for i in range(1, len(fine)):
        integral[i] = decay * (integral[i - 1] + step * values[i - 1] / 2) + step * values[i] / 2
    return integral[::parts]


def measured(curve, voxels, generator):
    """dR2* of voxels with this curve, measured as signal with noise."""
    signal = np.exp(-ECHO_TIME * curve)[:, None] + generator.normal(size=(VOLUMES, voxels)) / SNR
    signal = np.maximum(signal, 1e-3)
    return -np.log(signal / signal[BEFORE].mean(axis=0)) / ECHO_TIME


# The peers. Each gets curves (times x voxels), the mean of the healthy ones, these themselves, and the arterial curve.


def uncorrected(curves, reference, healthy, arterial):
    return curves


def osipi_before_133(curves, reference, healthy, arterial):
    """First regressor: the voxel's own masked curve, which is 0 where it enhances; the integral is a bare cumulative sum."""
    integral = np.cumsum(reference)
    return curves - np.outer(integral, integral @ curves / (integral @ integral))


def osipi_after_133(curves, reference, healthy, arterial):
    """The mean curve as first regressor; still a bare cumulative sum."""
    integral = np.cumsum(reference)
    coefficients = np.linalg.lstsq(np.column_stack([reference, -integral]), curves, rcond=None)[0]
    return curves + np.outer(integral, coefficients[1])


def osipy(curves, reference, healthy, arterial):
    """AIF and its sum fitted to the difference from the voxels of the lowest peaks, from arrival on; both are taken away."""
    height = healthy.max(axis=0) - healthy[:5].mean(axis=0)
    low = healthy[:, height < np.percentile(height, 25)].mean(axis=1)
    design = np.column_stack([arterial, np.cumsum(arterial) * STEP])
    first = max(0, int(np.argmax(arterial > 0.1 * arterial.max())) - 2)
    coefficients = np.linalg.lstsq(design[first:], (curves - low[:, None])[first:], rcond=None)[0]
    return curves - design @ coefficients


def qiicr(curves, reference, healthy, arterial):
    """AIF as regressor, K1 and K2 cut off at 0, and the whole fit instead of the integral in the corrected curve."""
    integral = np.concatenate([[0], np.cumsum((arterial[1:] + arterial[:-1]) / 2)]) * STEP
    k1, k2 = np.maximum(np.linalg.lstsq(np.column_stack([arterial, -integral]), curves, rcond=None)[0], 0.0)
    return curves + k2 * (np.outer(arterial, k1) - np.outer(integral, k2))


def ours(model):
    def correct(curves, reference, healthy, arterial):
        return LeakageCorrection(model=model)(curves, TIMES, reference).corrected.values

    return correct


METHODS = {
    "uncorrected": uncorrected,
    "OSIPI before PR 133": osipi_before_133,
    "OSIPI after PR 133": osipi_after_133,
    "osipy": osipy,
    "QIICR": qiicr,
    "bolus unidirectional": ours("unidirectional"),
    "bolus bidirectional": ours("bidirectional"),
}


def simulated():
    """Healthy tissue and its artery, both as dR2* in 1/s."""
    arterial = GammaVariate(arrival=20.0)
    tissue = TissueModel()(arterial, TissueParameters(blood_volume=2.0, mean_transit_time=5.0), TIMES)
    healthy = np.asarray(tissue.vascular)
    artery = np.asarray(arterial(TIMES))
    return 6.0 * healthy / healthy.max(), 30.0 * artery / artery.max()


def accuracy(kep):
    generator = np.random.default_rng(0)
    truth, arterial = simulated()
    healthy = measured(truth, VOXELS, generator)
    reference = healthy.mean(axis=1)
    integral = leaked(truth, kep)
    rows = []
    for rcbv in RCBV:
        for k2 in K2:
            curves = measured(rcbv * truth - k2 * integral, VOXELS, generator)
            for name, correct in METHODS.items():
                corrected = correct(curves, reference, healthy, arterial)
                found = trapezoid(corrected) / trapezoid(reference)
                rows.append(
                    {
                        "method": name,
                        "rcbv": rcbv,
                        "k2": k2,
                        "kep": kep,
                        "mean": float(found.mean()),
                        "error": float(found.mean() / rcbv - 1.0),
                        "rms_error": float(np.sqrt(np.mean((found / rcbv - 1.0) ** 2))),
                    }
                )
    return rows


def seconds(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def numpy_grid(curves, reference, points=101):
    """All voxels at once for each kep of a grid, without refinement."""
    best = np.full(curves.shape[1], np.inf)
    found = np.zeros((3, curves.shape[1]))
    for kep in np.linspace(0.0, 0.05, points):
        design = np.column_stack([reference, -exponential(reference, kep)])
        coefficients = np.linalg.pinv(design) @ curves
        left = ((curves - design @ coefficients) ** 2).sum(axis=0)
        better = left < best
        best[better] = left[better]
        found[:2, better], found[2, better] = coefficients[:, better], kep
    return found


def exponential(reference, kep):
    """The integral with back-flux by the trapezoid rule, as a recursive filter."""
    decay = np.exp(-kep * STEP)
    return lfilter([STEP / 2, decay * STEP / 2], [1.0, -decay], reference)


def scipy_bidirectional(curves, reference):
    """Voxel by voxel, K1, K2 and kep by least_squares."""

    def residual(p, curve):
        return p[0] * reference - p[1] * exponential(reference, p[2]) - curve

    bounds = ([-np.inf, -np.inf, 0.0], [np.inf, np.inf, 0.05])
    return [least_squares(residual, (1.0, 0.0, 0.01), args=(curve,), bounds=bounds).x for curve in curves.T]


def speed(repeats):
    generator = np.random.default_rng(1)
    truth, _ = simulated()
    reference = measured(truth, VOXELS, generator).mean(axis=1)
    curves = measured(2.0 * truth - 0.03 * leaked(truth, 0.02), 40_000, generator)
    few = curves[:, :200]
    integral = np.concatenate([[0], np.cumsum((reference[1:] + reference[:-1]) / 2)]) * STEP
    inverse = np.linalg.pinv(np.column_stack([reference, -integral]))

    def numpy_unidirectional():
        k2 = inverse @ curves
        return trapezoid(curves + np.outer(integral, k2[1]))

    single = {"threads": 1}
    contenders = {
        "numpy pinv, unidirectional": (numpy_unidirectional, curves.shape[1]),
        "bolus unidirectional, 1 thread": (
            lambda: LeakageCorrection(**single)(curves, TIMES, reference),
            curves.shape[1],
        ),
        "scipy least_squares, bidirectional": (lambda: scipy_bidirectional(few, reference), few.shape[1]),
        "numpy grid of 101 kep, bidirectional": (lambda: numpy_grid(curves, reference), curves.shape[1]),
        "bolus bidirectional, 1 thread": (
            lambda: LeakageCorrection(model="bidirectional", **single)(curves, TIMES, reference),
            curves.shape[1],
        ),
        "bolus bidirectional, all threads": (
            lambda: LeakageCorrection(model="bidirectional")(curves, TIMES, reference),
            curves.shape[1],
        ),
    }
    times = {name: [] for name in contenders}
    for _ in range(repeats):  # by turns, so that a busy moment of the machine meets all of them
        for name, (call, count) in contenders.items():
            times[name].append(1e6 * seconds(call) / count)
    return {name: statistics.median(values) for name, values in times.items()}


def print_errors(rows, kep):
    print(f"\nmean error of rCBV in %, over rCBV {RCBV[0]:.0f} to {RCBV[-1]:.0f}, kep {kep} 1/s (SNR {SNR:.0f})")
    print(f"{'method':24}" + "".join(f"{f'K2 {k2:+.3f}':>12}" for k2 in K2) + f"{'mean |error|':>14}{'rms/voxel':>11}")
    for name in METHODS:
        mine = [row for row in rows if row["method"] == name]
        cells = [100 * np.mean([row["error"] for row in mine if row["k2"] == k2]) for k2 in K2]
        overall = 100 * np.mean([abs(row["error"]) for row in mine])
        scatter = 100 * np.sqrt(np.mean([row["rms_error"] ** 2 for row in mine]))
        print(f"{name:24}" + "".join(f"{cell:12.1f}" for cell in cells) + f"{overall:14.2f}{scatter:11.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--output", default="leakage_correction.json", help="where the JSON goes")
    arguments = parser.parse_args()
    results = {}
    for kep in (0.0, 0.01, 0.03):
        rows = accuracy(kep)
        print_errors(rows, kep)
        results[str(kep)] = rows
        model = "bolus unidirectional" if kep == 0.0 else "bolus bidirectional"
        error = np.mean([abs(row["error"]) for row in rows if row["method"] == model])
        if error > 0.02:
            raise SystemExit(f"{model} errs by {100 * error:.2f} % on average at kep {kep}")
    times = speed(arguments.repeats)
    print(
        f"\nmicroseconds per curve of {VOLUMES} samples, median of {arguments.repeats} runs by turns, {os.cpu_count()} cores"
    )
    for name, value in times.items():
        print(f"{name:36}{value:10.2f}")
    report = {
        "benchmark": "leakage_correction",
        "bolus": bolus.__version__,
        "scipy": scipy.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "microseconds_per_curve": times,
        "accuracy": results,
    }
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
