"""Motion of DSC series: poses and region curves after motion correction, and whether a series at rest stays there.

Simulated heads with a bolus, each once at rest and once moving by up to 5 mm and 5 degrees along and about each axis. Moving:
mean distance over the brain between the poses found and the true ones, averaged over the volumes, and of the worst volume; mean
departure of the tumour's region curves from those of the series at rest, the labels brought to where the realigned series lies,
beside that with no correction. At rest: the largest apparent motion of any volume. Prints a table and writes JSON.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np

import bolus
from bolus.preprocess import MotionCorrection, Resample
from bolus.simulate import HeadPhantom, PerfusionPhantom

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
# seed, size, spacing, volumes
CASES = (
    (3, (72, 72, 14), (2.6, 2.6, 6.0), 26),
    (5, (72, 72, 14), (2.6, 2.6, 6.0), 26),
    (7, (80, 80, 16), (2.4, 2.4, 5.5), 32),
    (9, (72, 72, 14), (2.6, 2.6, 6.0), 26),
)


def simulated(seed, size, spacing, volumes, motion, noise):
    head = HeadPhantom(seed=seed, size=[48, 58, 48], spacing=[4.0, 4.0, 4.0])()
    phantom = PerfusionPhantom(
        seed=seed, volumes=volumes, motion_translation=motion, motion_rotation=motion, signal_to_noise=noise
    )
    return phantom(head, HeadPhantom.centred_grid(list(size), list(spacing)))


def pose_errors(study, result) -> np.ndarray:
    """Mean distance over the brain per volume; the reference lies where its volumes lie on average."""
    index = np.argwhere(np.asarray(study.brain.array) != 0)[::7]
    points = np.c_[index, np.ones(len(index))] @ (LPS @ np.array(study.series.affine)).T
    found = [np.array(transform.matrix) for transform in result.transforms]
    truth = [np.asarray(matrix) for matrix in study.motion]
    quiet = range(result.reference_first, result.reference_last)
    first = np.mean([points @ found[t].T @ np.linalg.inv(truth[t]).T for t in quiet], axis=0)
    return np.array(
        [np.linalg.norm(points @ f.T - first @ m.T, axis=1).mean() for f, m in zip(found, truth, strict=True)]
    )


def curves(series, labels) -> np.ndarray:
    """ET, NET, ED and the whole tumour."""
    array, values = np.asarray(series.array), np.asarray(labels.array)
    return np.stack([array[values == value].mean(axis=0) for value in (1, 2, 4)] + [array[values > 0].mean(axis=0)])


def departure(study, rest, result) -> tuple[np.ndarray, np.ndarray]:
    """Per cent, with and without correction."""
    labels = Resample(labels="gaussian")(study.labels, study.series.geometry, result.transforms[0])
    truth = curves(rest.series, study.labels)
    after, before = curves(result.corrected, labels), curves(study.series, study.labels)
    return tuple(100 * np.abs(c / truth - 1).mean(axis=1) for c in (after, before))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--noise", type=float, default=50.0, help="signal-to-noise of white matter before the bolus")
    parser.add_argument("--json", type=Path, default=Path("motion_correction.json"))
    options = parser.parse_args()
    step = MotionCorrection(resampling="always", threads=options.threads)
    rows = []
    print("seed   at rest   moving: mean  worst      ET    NET     ED  whole   uncorrected      voxels")
    for seed, size, spacing, volumes in CASES:
        rest = simulated(seed, size, spacing, volumes, 0.0, options.noise)
        moving = simulated(seed, size, spacing, volumes, 5.0, options.noise)
        still = MotionCorrection(resampling="never", threads=options.threads)(rest.series)
        began = time.perf_counter()
        result = step(moving.series)
        seconds = time.perf_counter() - began
        errors = pose_errors(moving, result)
        after, before = departure(moving, rest, result)
        labels = np.asarray(moving.labels.array)
        row = {
            "seed": seed,
            "size": size,
            "spacing": spacing,
            "volumes": volumes,
            "rest_mm": float(still.displacement.max()),
            "mean_mm": float(errors.mean()),
            "worst_mm": float(errors.max()),
            "departure_percent": after.tolist(),
            "uncorrected_percent": before.tolist(),
            "voxels": [int((labels == value).sum()) for value in (1, 2, 4)],
            "seconds": seconds,
        }
        rows.append(row)
        print(
            f"{seed:4d} {row['rest_mm']:6.3f} mm     {row['mean_mm']:6.3f} {row['worst_mm']:6.3f} mm  "
            + " ".join(f"{value:6.2f}" for value in after)
            + f" %  {before.max():5.2f} %      {row['voxels']}",
            flush=True,
        )
    options.json.write_text(
        json.dumps(
            {"machine": platform.platform(), "bolus": bolus.__version__, "noise": options.noise, "rows": rows}, indent=1
        )
    )


if __name__ == "__main__":
    main()
