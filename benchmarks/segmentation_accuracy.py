"""The cascade on whole cases: bolus's modes beside the original's labels and a reference (an expert's, or a consensus).

    python benchmarks/segmentation_accuracy.py cascade.safetensors CASE_FOLDER...

A case folder holds flair, t1, t1ce, t2 and a reference called consensus, or seg; and where known the original's own result, as
original/labels. All .nii.gz. Prints Dice of every mode to both, the original's own Dice to the reference, and voxels
that differ; then the lowest Dice over the cases and over the seeds of the library's own noise.
"""

import argparse
import json
import time
from pathlib import Path

import nibabel
import numpy as np

import bolus
from bolus import io
from bolus.segment import SegmentTumour, load_cascade

FILES = {"flair": "flair", "t1": "t1", "cet1": "t1ce", "t2": "t2"}
REGIONS = {"WT": (1, 2, 4), "TC": (1, 4), "ET": (4,)}
MODES = {
    "published, its stream": {"mode": "published", "noise": "numpy"},
    "published, own stream": {"mode": "published"},
    "stable": {},
    "stable, mirrored": {"mirror": True},
}
SEEDED = ("published, own stream", "stable")  # run with every seed; the others with seed 0


def dice(a: np.ndarray, b: np.ndarray) -> dict[str, float | None]:
    result = {}
    for region, values in REGIONS.items():
        x, y = np.isin(a, values), np.isin(b, values)
        result[region] = float(2 * np.count_nonzero(x & y) / (x.sum() + y.sum())) if y.any() else None
    return result


def shown(scores: dict[str, float | None]) -> str:
    return " ".join("     -" if score is None else f"{score:6.4f}" for score in scores.values())


def read_labels(*paths: Path) -> np.ndarray | None:
    for path in paths:
        if path.exists():
            return np.asarray(nibabel.load(path).dataobj)
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("cases", type=Path, nargs="+")
    parser.add_argument("--modes", nargs="+", choices=list(MODES), default=list(MODES))
    parser.add_argument("--seeds", type=int, default=3, help="of the library's own noise: 0, 1, ...")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    runs = [(mode, seed) for mode in arguments.modes for seed in range(arguments.seeds if mode in SEEDED else 1)]
    weights = load_cascade(arguments.weights)
    rows = []
    print(f"{'case':14} {'mode':22} seed {'to the original':20} {'to the reference':20} {'voxels':>7} {'s':>5}")
    print(f"{'':42} {'WT     TC     ET':20} {'WT     TC     ET':20}")
    for folder in arguments.cases:
        study = bolus.AlignedStudy({n: io.read_image(folder / f"{file}.nii.gz") for n, file in FILES.items()})
        original = read_labels(folder / "original" / "labels.nii.gz")
        reference = read_labels(folder / "consensus.nii.gz", folder / "seg.nii.gz")
        if original is not None and reference is not None:
            print(f"{folder.name:14} {'original':22}      {'':20} {shown(dice(original, reference))}")
        for mode, seed in runs:
            start = time.perf_counter()
            found = SegmentTumour(seed=seed, threads=arguments.threads, **MODES[mode])(study, weights)
            row = {"case": folder.name, "mode": mode, "seed": seed, "seconds": time.perf_counter() - start}
            row["flags"] = [flag.code for flag in found.flags]
            row["volumes_ml"] = {r.region: r.volume_ml for r in found.to_frame().itertuples()}
            labels = found.labels.array
            nothing = dict.fromkeys(REGIONS)
            row["to_original"] = dice(labels, original) if original is not None else nothing
            row["to_reference"] = dice(labels, reference) if reference is not None else nothing
            row["different_voxels"] = int(np.count_nonzero(labels != original)) if original is not None else None
            row["original_to_reference"] = (
                dice(original, reference) if original is not None and reference is not None else None
            )
            rows.append(row)
            print(
                f"{folder.name:14} {mode:22} {seed:4} {shown(row['to_original'])} {shown(row['to_reference'])} "
                f"{row['different_voxels']!s:>7} {row['seconds']:5.1f}",
                flush=True,
            )
    for mode in arguments.modes:
        lowest = {
            which: {
                region: min(
                    (row[which][region] for row in rows if row["mode"] == mode and row[which][region] is not None),
                    default=None,
                )
                for region in REGIONS
            }
            for which in ("to_original", "to_reference")
        }
        print(f"{'lowest':14} {mode:22}      {shown(lowest['to_original'])} {shown(lowest['to_reference'])}")
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
