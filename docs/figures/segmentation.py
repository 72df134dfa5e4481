"""docs/images/segmentation.png: the cascade on thick slices as they came from the scanner, beside the consensus of five
algorithms on the same patient's atlas images. Takes the folder that BOLUS_TEST_DATA names; prints volumes and overlap."""

import os
from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

import bolus
from bolus import io
from bolus.plot import LabelOverlayDisplay
from bolus.preprocess import Preprocess, Resample, RigidRegistration
from bolus.segment import SegmentationMetrics, SegmentTumour, read_brats17_weights


def main() -> None:
    data = Path(os.environ["BOLUS_TEST_DATA"])
    atlas = data / "brats-cases" / "tcga-fg-6692"
    weights = read_brats17_weights(data / "brats17" / "model17")
    images = io.read_study(io.find_study(data / "tcga-fg-6692"))
    consensus = io.read_label_map(atlas / "consensus.nii.gz")
    for correct_bias in (True, False):
        study = Preprocess(correct_bias=correct_bias, classify_tissue=False)(images).study
        found = SegmentTumour()(study, weights)
        cet1 = study.structural["cet1"]
        if correct_bias:  # the same grid both times
            brain = bolus.Image(np.where(study.brain.array > 0, cet1.array, 0).astype(np.float32), cet1.affine)
            transform = RigidRegistration()(brain, io.read_image(atlas / "t1ce.nii.gz")).transform
            placed = Resample()(consensus, cet1.geometry, transform)
        scores = SegmentationMetrics()(found.labels, placed).to_frame().set_index("region")[["dice", "hausdorff95"]]
        scores["mL"] = found.to_frame().set_index("region").volume_ml
        scores["consensus, mL"] = [consensus.volume(region) for region in scores.index]
        print(f"bias field {'corrected' if correct_bias else 'left alone'}\n{scores.round(3)}")
        print([flag.code for flag in found.flags])

    # Around the brain, a little less than half of it before the tumour.
    places = np.argwhere(study.brain.array > 0)
    first, last = places.min(0), places.max(0) + 1
    box = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    affine = np.array(cet1.affine)
    affine[:3, 3] = (affine @ [*first, 1])[:3]
    figure, axes = plt.subplots(2, 3, figsize=(10.5, 7.4), layout="constrained")
    for row, (name, title) in zip(axes, [("flair", "FLAIR"), ("cet1", "CET1")], strict=True):
        image = np.where(study.brain.array > 0, study.structural[name].array, 0)[box]
        display = LabelOverlayDisplay(image, found.labels.array[box], affine, other=placed.array[box])
        display.plot(axes=list(row))
        row[0].set_ylabel(title)
        row[0].set_title(f"{title}, axial", fontsize=9)
    for legend in figure.legends[1:]:
        legend.remove()
    figure.savefig(Path(__file__).parents[1] / "images" / "segmentation.png", dpi=90)
    plt.close(figure)


if __name__ == "__main__":
    main()
