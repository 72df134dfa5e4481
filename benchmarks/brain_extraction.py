"""Skull stripping: Dice with the truth.

On phantoms with tumour in several contrasts and voxels and, with BOLUS_TEST_DATA, on real heads with reference masks; the real
patient's T1, T2 and FLAIR against the mask of the CET1, moved to them by registration, and the consensus of all four. Prints a
table, writes JSON.
"""

import argparse
import json
import os
import platform
import time
from pathlib import Path

import numpy as np

import bolus
from bolus import io, preprocess, simulate

CONTRASTS = ("cet1", "t1", "t2", "flair")
GRIDS = (
    {"size": (96, 116, 96), "spacing": (2.0, 2.0, 2.0)},
    {"size": (128, 156, 30), "spacing": (1.5, 1.5, 5.5)},
    {"size": (128, 156, 128), "spacing": (1.5, 1.5, 1.5)},
)


def dice(one, two) -> float:
    one, two = np.asarray(one) > 0, np.asarray(two) > 0
    return float(2 * (one & two).sum() / (one.sum() + two.sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phantoms", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("brain_extraction.json"))
    options = parser.parse_args()
    step = preprocess.BrainExtraction(threads=options.threads)
    rows = []

    def measure(name, contrast, image, truth):
        start = time.perf_counter()
        result = step(image)
        rows.append(
            {
                "case": name,
                "contrast": contrast,
                "dice": dice(result.mask.array, truth),
                "volume_ml": result.quality.volume,
                "verdict": result.quality.verdict,
                "seconds": time.perf_counter() - start,
            }
        )
        row = rows[-1]
        print(
            f"{name:28s}{contrast:8s}{row['dice']:8.4f}{row['volume_ml']:9.0f} mL  {row['verdict']:10s}{row['seconds']:6.2f} s",
            flush=True,
        )

    for k in range(options.phantoms):
        head = simulate.HeadPhantom(
            seed=200 + k, bias=0.2 if k % 2 else 0.4, rotation=0, translation=0, **GRIDS[k % len(GRIDS)]
        )()
        for contrast in CONTRASTS:
            measure(
                f"phantom {200 + k}",
                contrast,
                head.contrast_t1 if contrast == "cet1" else getattr(head, contrast),
                head.brain.array,
            )
    if folder := os.environ.get("BOLUS_TEST_DATA"):
        for image, mask, contrast in (
            ("tcga-fg-6692/t1c", "tcga-fg-6692/t1c_brain_mask", "cet1"),
            ("mni152/head_2mm", "mni152/brain_mask_2mm", "t1"),
        ):
            truth = io.read_image(Path(folder) / f"{mask}.nii.gz").array
            measure(image, contrast, io.read_image(Path(folder) / f"{image}.nii.gz"), truth)
        patient = Path(folder) / "tcga-fg-6692"
        cet1, truth = io.read_image(patient / "t1c.nii.gz"), io.read_mask(patient / "t1c_brain_mask.nii.gz")
        structural = {"cet1": cet1}
        for contrast in ("t1", "t2", "flair"):
            image = structural[contrast] = io.read_image(patient / f"{contrast}.nii.gz")
            found = preprocess.RigidRegistration(threads=options.threads)(cet1, image, truth)
            moved = preprocess.Resample()(truth, image.geometry, found.transform.inverse())
            measure(f"tcga-fg-6692/{contrast}", contrast, image, moved.array)
        start = time.perf_counter()
        study = preprocess.Preprocess(correct_bias=False, classify_tissue=False, threads=options.threads)(
            io.StudyImages("tcga-fg-6692", structural)
        )
        joined = study.study.brain
        rows.append(
            {
                "case": "tcga-fg-6692",
                "contrast": "consensus of four, 1 mm",
                "dice": dice(joined.array, preprocess.Resample()(truth, joined.geometry).array),
                "volume_ml": study.brain_quality.volume,
                "verdict": study.brain_quality.verdict,
                "seconds": time.perf_counter() - start,  # with the registrations
            }
        )
        print(f"tcga-fg-6692, consensus of four: {rows[-1]['dice']:.4f}, {rows[-1]['verdict']}")

    for contrast in CONTRASTS:
        found = [row["dice"] for row in rows if row["contrast"] == contrast and row["case"].startswith("phantom")]
        if found:
            print(f"phantoms, {contrast}: mean {np.mean(found):.4f}, lowest {np.min(found):.4f} of {len(found)}")
    options.output.write_text(
        json.dumps(
            {
                "claim": "brain_extraction",
                "version": bolus.__version__,
                "machine": platform.processor() or platform.machine(),
                "threads": options.threads,
                "rows": rows,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
