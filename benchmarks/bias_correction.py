"""Bias field: bolus beside SimpleITK's N4 on a phantom with a known field.

At equal parameters, at full resolution and as it comes; one run, the two alternating, on the given threads. The error is the
mean of |found / true - 1| in the brain after both are scaled to the same mean. Prints a table, writes JSON.
"""

import argparse
import json
import platform
import statistics
import time
from pathlib import Path

import numpy as np
import SimpleITK as sitk

import bolus
from bolus import preprocess, simulate

LEVELS = [50, 50, 50, 50]


def sitk_log_field(image, mask, shrink: int, levels: list[int], tolerance: float) -> np.ndarray:
    """Log field at full size: estimated on the shrunk image, rebuilt from its spline."""
    full = sitk.Cast(image.to_sitk(), sitk.sitkFloat32)
    small, small_mask = full, sitk.Cast(mask.to_sitk(), sitk.sitkUInt8)
    if shrink > 1:
        small, small_mask = sitk.Shrink(full, [shrink] * 3), sitk.Shrink(small_mask, [shrink] * 3)
    peer = sitk.N4BiasFieldCorrectionImageFilter()
    peer.SetMaximumNumberOfIterations(levels)
    peer.SetConvergenceThreshold(tolerance)
    peer.Execute(small, small_mask)
    return sitk.GetArrayFromImage(peer.GetLogBiasFieldAsImage(full)).T


def error(field: np.ndarray, truth: np.ndarray, inside: np.ndarray) -> float:
    ratio = field[inside] / truth[inside]
    return float(np.abs(ratio / ratio.mean() - 1).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs=3, default=[96, 116, 96])
    parser.add_argument("--spacing", type=float, nargs=3, default=[2.0, 2.0, 2.0])
    parser.add_argument("--bias", type=float, default=0.3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a small head and few iterations")
    parser.add_argument("--output", type=Path, default=Path("bias_correction.json"))
    options = parser.parse_args()
    levels, size, spacing = LEVELS, options.size, options.spacing
    if options.quick:
        levels, size, spacing = [10, 10], [48, 58, 48], [4.0, 4.0, 4.0]
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(options.threads)
    head = simulate.HeadPhantom(
        seed=1, size=tuple(size), spacing=tuple(spacing), bias=options.bias, rotation=0, translation=0
    )()
    image, mask = head.t1, head.brain
    inside = mask.array > 0
    truth = np.asarray(head.bias_fields["t1"].array)

    def ours(**settings):
        step = preprocess.BiasCorrection(threads=options.threads, **settings)
        return lambda: np.asarray(step(image, mask).field.array)

    def theirs(shrink, tolerance):
        return lambda: np.exp(sitk_log_field(image, mask, shrink, levels, tolerance))

    runs = {
        "SimpleITK, full size": theirs(1, 1e-6),
        "bolus, full size": ours(shrink=1, iterations=levels, tolerance=1e-6),
        "SimpleITK, shrink 4": theirs(4, 1e-6),
        "bolus, as it comes": ours(),
    }
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    fields = {}
    for _ in range(options.repeats):
        for name, run in runs.items():
            start = time.perf_counter()
            fields[name] = run()
            seconds[name].append(time.perf_counter() - start)
    rows = [
        {
            "run": name,
            "seconds": statistics.median(seconds[name]),
            "error_percent": 100 * error(fields[name], truth, inside),
            "correlation_with_sitk_full": float(
                np.corrcoef(np.log(fields[name][inside]), np.log(fields["SimpleITK, full size"][inside]))[0, 1]
            ),
        }
        for name in runs
    ]
    print(f"{'':24s}{'s':>10s}{'error %':>10s}{'correlation':>14s}")
    for row in rows:
        print(
            f"{row['run']:24s}{row['seconds']:10.2f}{row['error_percent']:10.3f}"
            f"{row['correlation_with_sitk_full']:14.6f}"
        )
    peer, own = rows[0], rows[3]
    print(
        f"\nas it comes / SimpleITK at full size: {own['seconds'] / peer['seconds']:.4f} of the time, "
        f"error {own['error_percent'] - peer['error_percent']:+.3f} percentage points"
    )
    options.output.write_text(
        json.dumps(
            {
                "claim": "bias_correction",
                "version": bolus.__version__,
                "machine": platform.processor() or platform.machine(),
                "threads": options.threads,
                "size": size,
                "spacing": spacing,
                "iterations": levels,
                "rows": rows,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
