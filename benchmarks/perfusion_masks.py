"""Brain, reference tissue and white matter found in a simulated DSC series, against what each voxel holds.

Heads of random anatomy with a tumour, on the grids and at the signal-to-noise ratios of docs/perfusion/masks.md. Prints the
mean and the extremes, and how often the white matter has the true blood volume; writes JSON.
"""

import argparse
import json
from pathlib import Path

import numpy as np

import bolus
from bolus.dsc import BrainMask, ReferenceTissue, WhiteMatter
from bolus.simulate import TISSUE_CLASSES, HeadPhantom, PerfusionPhantom

GRIDS = {
    "1.8 x 1.8 x 6 mm, SNR 50": ((128, 128, 20), (1.8, 1.8, 6.0), 50.0),
    "2 x 2 x 6 mm, SNR 50": ((112, 112, 20), (2.0, 2.0, 6.0), 50.0),
    "4 x 4 x 4 mm, SNR 50": ((56, 56, 32), (4.0, 4.0, 4.0), 50.0),
    "4 x 4 x 4 mm, SNR 25": ((56, 56, 32), (4.0, 4.0, 4.0), 25.0),
}
CLASS = {name: number for number, name in enumerate(TISSUE_CLASSES)}


def measure(seed: int, size: tuple, spacing: tuple, noise: float, threads: int) -> dict[str, float | list[str]]:
    head = HeadPhantom(seed=seed, threads=threads)()
    phantom = PerfusionPhantom(seed=seed, signal_to_noise=noise, threads=threads)
    study = phantom(head, HeadPhantom.centred_grid(size, spacing))
    truth, tumour = study.brain.array > 0, study.labels.array > 0

    def share(mask, *names: str) -> float:
        return float(sum(study.shares[..., CLASS[name]][mask.array > 0] for name in names).mean())

    brain = BrainMask(threads=threads)(study.series)
    found = brain.mask.array > 0
    reference = ReferenceTissue(threads=threads)(study.series, brain.mask, study.labels)
    blind = ReferenceTissue(threads=threads)(study.series, brain.mask)
    white = WhiteMatter(threads=threads)(study.series, brain.mask, study.labels)
    volume = float(study.blood_volume.array[white.mask.array > 0].mean())
    return {
        "brain dice": float(2 * (found & truth).sum() / (found.sum() + truth.sum())),
        "brain sensitivity": float((found & truth).sum() / truth.sum()),
        "reference: tumour voxels": float((tumour & (reference.mask.array > 0)).sum()),
        "reference: vessels %": 100 * share(reference.mask, "artery", "vein"),
        "reference without labels: enhancing %": 100 * share(blind.mask, "enhancing"),
        "white matter share": share(white.mask, "white_matter"),
        "white matter voxels": float(white.voxel_count),
        "blood volume error %": 100 * (volume / phantom.white_matter.blood_volume - 1),
        "flags": sorted({flag.code for flag in white.flags}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--heads", type=int, default=20)
    parser.add_argument("--grids", nargs="+", choices=list(GRIDS), default=list(GRIDS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, default=Path("perfusion_masks.json"))
    arguments = parser.parse_args()
    rows = {}
    for name in arguments.grids:
        rows[name] = [measure(seed, *GRIDS[name], arguments.threads) for seed in range(arguments.heads)]
        print(f"\n{name}, {arguments.heads} heads{'':10}{'mean':>12}{'lowest':>12}{'highest':>12}")
        for quantity in rows[name][0]:
            if quantity != "flags":
                values = np.array([row[quantity] for row in rows[name]])
                print(f"{quantity:40}{values.mean():12.4f}{values.min():12.4f}{values.max():12.4f}")
        errors = np.abs([row["blood volume error %"] for row in rows[name]])
        worst = rows[name][int(errors.argmax())]
        print(
            f"blood volume within 1 %: {(errors <= 1).sum()}, within 13 %: {(errors <= 13).sum()}; "
            f"flags of the worst: {worst['flags']}"
        )
    arguments.json.write_text(
        json.dumps({"claim": "perfusion_masks", "version": bolus.__version__, "heads": rows}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
