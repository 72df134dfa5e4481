"""Automatic arterial input: how long it takes, and how often it is right, beside Mouridsen's method in numpy and scikit-learn.

Time: one simulated series of 128 x 128 x 20 voxels and 60 volumes, by turns. Right: simulated heads of random anatomy, tumour,
bolus, protocol and noise; the share of chosen voxels that are arterial, and the peak of dR2* over that of the noise-free mean
of as many arterial voxels, those that fall the deepest of those that do not saturate (a tenth of S0, or three standard
deviations of the noise). Prints tables and writes JSON.
"""

import argparse
import json
import os
import platform
import statistics
import time

import numpy as np
import sklearn
from sklearn.cluster import KMeans

import bolus
from bolus.dsc import ArterialInput, ArterialSearch, BolusTiming, GammaVariate
from bolus.simulate import GradientEcho, HeadPhantom, PerfusionPhantom, Relaxivity


def numpy_mouridsen(series, brain, tumour) -> np.ndarray:
    """Indices of the chosen voxels: Mouridsen et al. 2006 as the OSIPI code collection has it, well vectorised.

    Area in the highest tenth, irregularity in the lowest three quarters, unit area, then twice k-means with five clusters
    seeded by the fifths of the first moment, keeping the earliest.
    """
    times = np.asarray(series.times)
    inside = (np.asarray(brain.array) != 0) & (np.asarray(tumour.array) == 0)
    signal = np.asarray(series.array)[inside]
    timing = BolusTiming()(signal.mean(0, dtype=float), times)
    first, last = timing.baseline.first, timing.baseline.last
    usable = np.flatnonzero((signal > 0).all(1))
    signal = signal[usable]
    curves = -np.log(signal / signal[:, first:last].mean(1, keepdims=True))
    area = np.trapezoid(curves[:, timing.arrival - 2 :], times[timing.arrival - 2 :], axis=1)
    bent = np.gradient(np.gradient(curves, times, axis=1), times, axis=1)
    irregularity = np.trapezoid(bent**2, times, axis=1)
    keep = area >= np.percentile(area, 90)
    keep &= irregularity <= np.percentile(irregularity[keep], 75)
    window = slice(timing.arrival - 1, timing.arrival + 12)
    chosen, curves = usable[keep], curves[keep][:, window]
    curves = curves / np.trapezoid(curves, times[window], axis=1)[:, None]
    for _ in range(2):
        if len(chosen) < 5:
            break
        moment = np.trapezoid(curves * times[window], times[window], axis=1)
        centres = np.array([curves[part].mean(0) for part in np.array_split(np.argsort(moment, kind="stable"), 5)])
        cluster = KMeans(5, init=centres, n_init=1).fit(curves).labels_
        earliest = min(np.unique(cluster), key=lambda k: moment[cluster == k].mean())
        chosen, curves = chosen[cluster == earliest], curves[cluster == earliest]
    return np.argwhere(inside)[chosen]


def tumour_mask(study) -> bolus.Mask:
    return study.labels.mask("WT")


def head_study(seed: int, size, spacing, **options):
    head = HeadPhantom(seed=seed, size=[48, 58, 48], spacing=[4.0, 4.0, 4.0])()
    grid = HeadPhantom.centred_grid(size, spacing)
    phantom = PerfusionPhantom(seed=seed, **options)
    study = phantom(head, grid)
    white = np.asarray(study.truth.values)[0, study.truth.names.index("white_matter")]
    noise = float(white / phantom.signal_to_noise)  # standard deviation
    phantom.signal_to_noise = np.inf
    return study, phantom(head, grid), noise


def random_study(seed: int):
    """A head with its own bolus, protocol and noise, at the resolution of a quick DSC protocol."""
    draw = np.random.default_rng(seed)
    field = float(draw.choice([1.5, 3.0]))
    repetition_time = draw.uniform(1.2, 2.5)
    sequence = GradientEcho(
        echo_time=draw.uniform(0.03, 0.05) if field < 2 else draw.uniform(0.02, 0.04),
        repetition_time=repetition_time,
        flip_angle=draw.uniform(30, 90),
        relaxivity=Relaxivity.at_field(field),
    )
    arterial = GammaVariate(
        arrival=draw.uniform(12, 25),
        peak=1.0,
        alpha=draw.uniform(2.2, 4.2),
        beta=draw.uniform(1.2, 1.9),
        recirculation=draw.uniform(0.12, 0.28),
        recirculation_delay=draw.uniform(8, 13),
        equilibrium=draw.uniform(0.06, 0.12),
    )
    arterial.peak = draw.uniform(32, 52) / arterial.first_pass_integral()
    volumes = int(np.clip(draw.integers(40, 110), 75 / repetition_time, None))
    return head_study(
        seed,
        [72, 84, 18],
        [2.2, 2.2, 6.0],
        sequence=sequence,
        field_strength=field,
        arterial_input=arterial,
        volumes=volumes,
        signal_to_noise=draw.uniform(25, 90),
    )


def judge(voxels: np.ndarray, study, clean, noise: float) -> tuple[float, float]:
    """Share of the voxels that are arterial, and the peak of their mean dR2* over the best possible one."""
    arterial = (np.asarray(study.arterial.array) != 0) & (np.asarray(study.brain.array) != 0)
    purity = arterial[tuple(voxels.T)].mean()
    signal = np.asarray(clean.series.array)[arterial]
    measured = np.asarray(study.series.array)[arterial].min(1)
    saturated = measured <= np.maximum(0.1 * signal[:, 1], 3 * noise)
    order = np.argsort(np.where(saturated, np.inf, signal.min(1) / signal[:, 1]), kind="stable")[: len(voxels)]

    def peak(series, indices) -> float:
        mask = np.zeros(arterial.shape, np.uint8)
        mask[tuple(indices.T)] = 1
        return max(ArterialInput()(series, bolus.Mask(mask, series.affine)).delta_r2s)

    return float(purity), float(peak(study.series, voxels) / peak(clean.series, np.argwhere(arterial)[order]))


def right(phantoms: int) -> dict:
    names = ["mouridsen", "peruzzo", "numpy_mouridsen"]
    results = {name: [] for name in names}
    quality = {"mouridsen": [], "peruzzo": [], "no artery": []}
    for seed in range(phantoms):
        study, clean, noise = random_study(seed)
        for method in names[:2]:
            found = ArterialSearch(method=method)(study.series, study.brain, study.labels)
            results[method].append(judge(np.asarray(found.voxels), study, clean, noise))
            quality[method].append(found.quality)
        chosen = numpy_mouridsen(study.series, study.brain, tumour_mask(study))
        results["numpy_mouridsen"].append(judge(chosen, study, clean, noise))
        rest = np.asarray(study.brain.array) * (np.asarray(study.artery_share.array) < 0.02)
        without = bolus.Mask(rest.astype(np.uint8), study.brain.affine)
        quality["no artery"].append(ArterialSearch()(study.series, without, study.labels).quality)
    summary = {}
    for name, values in results.items():
        purity, peak = np.array(values).T
        summary[name] = {
            "mean_purity": float(purity.mean()),
            "phantoms_with_90_percent_arterial": int((purity >= 0.9).sum()),
            "phantoms_with_peak_within_10_percent": int((np.abs(peak - 1) <= 0.1).sum()),
            "smallest_peak_ratio": float(peak.min()),
            "largest_peak_ratio": float(peak.max()),
        }
    ranges = {name: [float(min(values)), float(max(values))] for name, values in quality.items()}
    return {"phantoms": phantoms, "methods": summary, "quality_range": ranges}


def speed(repeats: int) -> dict:
    study, *_ = head_study(0, [128, 128, 20], [1.8, 1.8, 6.0], volumes=60)
    tumour = tumour_mask(study)
    searches = {
        "mouridsen": ArterialSearch(),
        "mouridsen, 1 thread": ArterialSearch(threads=1),
        "peruzzo": ArterialSearch(method="peruzzo"),
    }
    contenders = {
        name: (lambda search=search: search(study.series, study.brain, study.labels))
        for name, search in searches.items()
    }
    contenders["numpy_mouridsen"] = lambda: numpy_mouridsen(study.series, study.brain, tumour)
    seconds = {name: [] for name in contenders}
    for _ in range(repeats):  # by turns, so that a busy moment of the machine meets all of them
        for name, call in contenders.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {
        "size": [128, 128, 20, 60],
        "brain_voxels": int((np.asarray(study.brain.array) != 0).sum()),
        "seconds": {name: statistics.median(taken) for name, taken in seconds.items()},
        "all_seconds": seconds,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phantoms", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--output", default="arterial_search.json", help="where the JSON goes")
    arguments = parser.parse_args()
    timed = speed(arguments.repeats)
    print(
        f"128 x 128 x 20 x 60, {timed['brain_voxels']} brain voxels, median of {arguments.repeats}, {os.cpu_count()} cores\n"
    )
    for name, taken in timed["seconds"].items():
        print(f"{name:24}{1e3 * taken:10.1f} ms{timed['seconds']['numpy_mouridsen'] / taken:8.1f}x")
    report = {
        "benchmark": "arterial_search",
        "bolus": bolus.__version__,
        "sklearn": sklearn.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "speed": timed,
    }
    if arguments.phantoms:
        report["right"] = found = right(arguments.phantoms)
        print(
            f"\n{arguments.phantoms} random heads{'':9}mean arterial share   >= 90 %   peak within 10 %   smallest, largest"
        )
        for name, values in found["methods"].items():
            print(
                f"{name:24}{values['mean_purity']:14.3f}{values['phantoms_with_90_percent_arterial']:14d}"
                f"{values['phantoms_with_peak_within_10_percent']:15d}"
                f"{values['smallest_peak_ratio']:15.2f}{values['largest_peak_ratio']:9.2f}"
            )
        for name, (low, high) in found["quality_range"].items():
            print(f"quality, {name:15} {low:.2f} to {high:.2f}")
    with open(arguments.output, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=2)


if __name__ == "__main__":
    main()
