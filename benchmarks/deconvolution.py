"""Blood flow by deconvolution: bolus beside the methods of the public codes, written here in numpy.

First the OSIPI digital reference object (14 curves, BOLUS_TEST_DATA), then tissue simulated on a fine grid with other arterial
curves, repetition times, noise, residue functions and delays, then delay and dispersion, then the time per curve. Stops if the
standard methods of bolus differ from their numpy counterparts. Prints tables, writes JSON.
"""

import argparse
import csv
import json
import os
import platform
import statistics
import time
from pathlib import Path

import numpy as np
from scipy.special import gammaincc

import bolus
from bolus.dsc import Deconvolution

METHODS = ["transit_times", "ssvd", "csvd", "osvd", "osipi_l_curve", "l_curve", "gcv"]


# The public codes' methods. Flow in 1/s times the sampling interval's unit; curves: samples x n.
def peer_ssvd(arterial: np.ndarray, curves: np.ndarray, step: float, threshold: float = 0.2) -> np.ndarray:
    count = arterial.size
    matrix = step * np.array([[arterial[i - j] if i >= j else 0.0 for j in range(count)] for i in range(count)])
    left, values, right = np.linalg.svd(matrix)
    inverse = np.where(values < threshold * values[0], 0.0, 1.0 / values)
    return (right.T @ (inverse[:, None] * (left.T @ curves))).max(axis=0)


def circulant_residues(arterial: np.ndarray, curves: np.ndarray, step: float):
    count = arterial.size
    column = np.zeros(2 * count)
    column[0] = arterial[0]
    column[1 : count - 1] = (arterial[:-2] + 4 * arterial[1:-1] + arterial[2:]) / 6
    column[count - 1] = (arterial[-2] + 4 * arterial[-1]) / 6
    column[count] = arterial[-1] / 6
    transfer = step * np.fft.fft(column)
    spectrum = np.fft.fft(curves, 2 * count, axis=0)

    def residue(threshold: float) -> np.ndarray:
        kept = np.abs(transfer) >= threshold * np.abs(transfer).max()
        inverse = np.where(kept, 1.0 / np.where(kept, transfer, 1.0), 0.0)
        return np.fft.ifft(inverse[:, None] * spectrum, axis=0).real

    return residue


def peer_csvd(arterial: np.ndarray, curves: np.ndarray, step: float, threshold: float = 0.1) -> np.ndarray:
    return circulant_residues(arterial, curves, step)(threshold).max(axis=0)


def peer_osvd(arterial: np.ndarray, curves: np.ndarray, step: float, limit: float = 0.035) -> np.ndarray:
    residues = circulant_residues(arterial, curves, step)
    flow, done = np.zeros(curves.shape[1]), np.zeros(curves.shape[1], dtype=bool)
    for percent in range(5, 100, 5):
        residue = residues(percent / 100)
        largest = residue.max(axis=0)
        index = np.abs(np.diff(residue, 2, axis=0)).sum(axis=0) / (residue.shape[0] * largest)
        flow[~done] = largest[~done]
        done |= index < limit
        if done.all():
            break
    return flow


def peer_osipi_l_curve(arterial: np.ndarray, curves: np.ndarray, step: float) -> np.ndarray:
    count = arterial.size
    matrix = np.zeros((count, count))
    for i in range(count):
        matrix[i, i] = (2 * arterial[0] + arterial[1]) / 6
        if i > 0:
            matrix[i, 0] = (2 * arterial[i] + arterial[i - 1]) / 6
        for j in range(1, i):
            matrix[i, j] = (4 * arterial[i - j] + arterial[i - j - 1] + arterial[i - j + 1]) / 6
    left, values, right = np.linalg.svd(step * matrix)
    mu = values[0] * 1e-9 * 1e10 ** ((np.arange(400) - 1) / 399)
    total = values**2 + mu[:, None] ** 2
    misfit = (mu[:, None] ** 4 / total**2).sum(axis=1)
    size = (values**2 / total**2).sum(axis=1)
    slope = (-4 * mu[:, None] * values**2 / total**3).sum(axis=1)
    curve = 2 * size * misfit / slope * (mu**2 * slope * misfit + 2 * mu * size * misfit + mu**4 * size * slope)
    curve /= (mu**4 * size**2 + misfit**2) ** 1.5
    corner = next(k for k in range(398, 0, -1) if curve[k] < curve[k - 1] and curve[k] < curve[k + 1])
    damped = values / (values**2 + mu[corner - 1] ** 2)
    return (right.T @ (damped[:, None] * (left.T @ curves))).max(axis=0)


PEERS = {"ssvd": peer_ssvd, "csvd": peer_csvd, "osvd": peer_osvd, "osipi_l_curve": peer_osipi_l_curve}


def flows(method: str, times: np.ndarray, arterial: np.ndarray, curves: np.ndarray) -> np.ndarray:
    return Deconvolution(method=method).prepare(times, arterial)(curves).blood_flow


def reference_object(folder: Path) -> dict:
    with open(folder / "osipi-dsc" / "dsc_data.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    arterial = np.array(rows[0]["C_aif"].split(), dtype=float)
    curves = np.array([row["C_tis"].split() for row in rows], dtype=float).T
    volume, flow = (np.array([float(row[key]) for row in rows]) for key in ("cbv", "cbf"))
    step = float(rows[0]["tr"])
    times = step * np.arange(arterial.size)
    found = {method: flows(method, times, arterial, curves) for method in METHODS}
    for name, peer in PEERS.items():
        np.testing.assert_allclose(found[name], 6000 * peer(arterial, curves, step), rtol=1e-6)
    found_volume = Deconvolution().prepare(times, arterial)(curves).blood_volume
    print(f"\nOSIPI reference object, TR {step} s: CBF in mL/100 mL/min\n")
    print(f"{'CBV':>4}{'truth':>7}" + "".join(f"{method:>15}" for method in METHODS))
    for i in range(flow.size):
        print(f"{volume[i]:4.0f}{flow[i]:7.0f}" + "".join(f"{found[method][i]:15.1f}" for method in METHODS))
    worst = {method: float(np.abs(found[method] / flow - 1).max()) for method in METHODS}
    print(f"{'worst error':>11}" + "".join(f"{100 * worst[method]:13.1f} %" for method in METHODS))
    error = found_volume / (volume + flow * step / 120) - 1
    print(f"CBV against CBV + CBF TR / 120: {100 * error.min():+.1f} to {100 * error.max():+.1f} %")
    return {
        "truth": flow.tolist(),
        "flow": {method: found[method].tolist() for method in METHODS},
        "worst_error": worst,
        "worst_volume_error": float(np.abs(error).max()),
    }


def gamma_variate(t: np.ndarray, arrival: float, alpha: float, beta: float) -> np.ndarray:
    x = np.maximum(t - arrival, 0.0) / (alpha * beta)
    return x**alpha * np.exp(alpha * (1.0 - x))


ARTERIES = {
    "sharp": lambda t: 6 * gamma_variate(t, 15.2, 1.5, 1.8),
    "usual": lambda t: 5 * gamma_variate(t, 15.2, 3, 1.5) + 0.5 * gamma_variate(t, 25.2, 3, 3),
    "broad": lambda t: 4 * gamma_variate(t, 14.1, 4, 1.8) + 0.4 * (1 - np.exp(-np.maximum(t - 26, 0) / 10)),
}
RESIDUES = {
    "exponential": lambda t, transit: np.exp(-t / transit),
    "gamma 3": lambda t, transit: gammaincc(3.0, 3.0 * t / transit),
    "box": lambda t, transit: (t < transit).astype(float),
}


def tissue(artery: str, residue: str, transit: float, delay: float, times: np.ndarray, dispersion: float = 0.0):
    """Arterial samples, and the tissue curve of a blood volume of 3 mL/100 mL, by convolution on a grid of 0.02 s."""
    fine = 0.02
    t = np.arange(0.0, times[-1] + 2 * fine, fine)
    blood = ARTERIES[artery](t)
    response = RESIDUES[residue](t + fine / 2, transit)
    size = 2 * t.size
    spectrum = np.fft.rfft(blood, size) * np.fft.rfft(response, size)
    if dispersion > 0:
        spread = np.exp(-t / dispersion)
        spectrum *= np.fft.rfft(spread / spread.sum(), size)
    curve = np.fft.irfft(spectrum, size)[: t.size] * fine * 0.03 / transit
    return np.interp(times, t, blood), np.interp(times - delay, t, curve, left=0.0)


def simulated(replicates: int) -> list[dict]:
    generator = np.random.default_rng(0)
    errors: dict[tuple, list] = {}
    for artery, step in [("sharp", 1.2), ("usual", 1.5), ("broad", 2.0), ("usual", 2.5)]:
        times = step * np.arange(int(90 / step))
        for residue in RESIDUES:
            for transit in (3.0, 5.0, 8.0, 14.0):
                for delay in (0.0, 0.7, 2.0):
                    blood, clean = tissue(artery, residue, transit, delay, times)
                    for ratio in (20, 50, 100, 200):
                        noise = generator.normal(size=(times.size, replicates)) * clean.max() / ratio
                        for method in METHODS:
                            found = flows(method, times, blood, clean[:, None] + noise) / (180 / transit) - 1
                            for key in [
                                ("all", ""),
                                ("residue", residue),
                                ("TR", step),
                                ("MTT", transit),
                                ("CNR", ratio),
                            ]:
                                errors.setdefault((*key, method), []).append(found)
    print("\nSimulated tissue: bias / root mean square error of CBF in %\n")
    print(f"{'':22}" + "".join(f"{method:>15}" for method in METHODS))
    results = []
    for name, value in dict.fromkeys(key[:2] for key in errors):
        cells = ""
        for method in METHODS:
            error = np.concatenate(errors[name, value, method])
            bias, rms, median = error.mean(), np.sqrt((error**2).mean()), np.median(np.abs(error))
            cells += f"{100 * bias:+8.0f} / {100 * rms:4.0f}"
            results.append({name: value, "method": method, "bias": bias, "rms": rms, "median_error": median})
        print(f"{name} {value}".ljust(22) + cells)
    return results


def delay_and_dispersion() -> list[dict]:
    step = 1.5
    times = step * np.arange(60)
    print("\nCBF with delay and dispersion over that without, MTT 6 s, TR 1.5 s, no noise\n")
    print(f"{'':22}" + "".join(f"{method:>15}" for method in METHODS))
    results = []
    blood, clean = tissue("usual", "exponential", 6.0, 0.0, times)
    base = {method: flows(method, times, blood, clean[:, None])[0] for method in METHODS}
    for delay, dispersion in [(0.5, 0), (1, 0), (2, 0), (3, 0), (-1, 0), (0, 1), (0, 2), (0, 4), (2, 2)]:
        _, curve = tissue("usual", "exponential", 6.0, delay, times, dispersion)
        ratios = {method: float(flows(method, times, blood, curve[:, None])[0] / base[method]) for method in METHODS}
        label = f"delay {delay} s, spread {dispersion} s"
        print(label.ljust(22) + "".join(f"{ratios[method]:15.3f}" for method in METHODS))
        results.append({"delay": delay, "dispersion": dispersion, "ratio": ratios})
    return results


def speed(repeats: int) -> dict:
    step, voxels = 1.5, 20000
    times = step * np.arange(60)
    blood, clean = tissue("usual", "exponential", 5.0, 0.7, times)
    curves = clean[:, None] + np.random.default_rng(1).normal(size=(60, voxels)) * clean.max() / 30
    calls = {f"bolus {method}": (lambda method=method: flows(method, times, blood, curves)) for method in METHODS}
    calls |= {f"numpy {name}": (lambda peer=peer: peer(blood, curves, step)) for name, peer in PEERS.items()}
    taken: dict[str, list] = {name: [] for name in calls}
    for _ in range(repeats):  # by turns, so that a busy moment of the machine meets all of them
        for name, call in calls.items():
            start = time.process_time()
            call()
            taken[name].append(time.process_time() - start)
    print(f"\nProcessor time per curve of 60 samples, {voxels} curves, median of {repeats}, preparation included\n")
    per_curve = {name: 1e6 * statistics.median(values) / voxels for name, values in taken.items()}
    for name, value in per_curve.items():
        print(f"{name:22}{value:8.1f} us")
    return per_curve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--output", default="deconvolution.json", help="where the JSON goes")
    arguments = parser.parse_args()
    report = {
        "benchmark": "deconvolution",
        "bolus": bolus.__version__,
        "numpy": np.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
    if folder := os.environ.get("BOLUS_TEST_DATA"):
        report["reference_object"] = reference_object(Path(folder))
    else:
        print("BOLUS_TEST_DATA is not set: the reference object is left out")
    report["simulated"] = simulated(arguments.replicates)
    report["delay_and_dispersion"] = delay_and_dispersion()
    report["microseconds_per_curve"] = speed(arguments.repeats)
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
