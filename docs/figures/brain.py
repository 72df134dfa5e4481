"""docs/images/brain_extraction.png: the brain found in four contrasts of simulated heads. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

from bolus.preprocess import BrainExtraction
from bolus.simulate import HeadPhantom


def main() -> None:
    head = HeadPhantom(seed=7, rotation=0, translation=0, bias=0.4)()
    truth = np.asarray(head.brain.array)
    thick = HeadPhantom(seed=7, rotation=0, translation=0, size=(180, 216, 30), spacing=(1, 1, 5.5))()
    images = {
        "T1": (head.t1, truth),
        "T2": (head.t2, truth),
        "FLAIR": (head.flair, truth),
        "T1 with contrast medium, 5.5 mm slices": (thick.contrast_t1, np.asarray(thick.brain.array)),
    }
    figure, axes = plt.subplots(2, 4, figsize=(13, 7), layout="constrained")
    for column, (name, (image, inside)) in enumerate(images.items()):
        found = np.asarray(BrainExtraction()(image).mask.array)
        array = np.asarray(image.array)
        spacing = image.geometry.spacing
        tumour = (head if image is not thick.contrast_t1 else thick).labels.array > 0
        z = int(np.argmax(tumour.sum(axis=(0, 1))))
        x = array.shape[0] // 2 - round(12 / spacing[0])
        views = (
            (array[:, :, z], found[:, :, z], inside[:, :, z], spacing[1] / spacing[0]),
            (array[x], found[x], inside[x], spacing[2] / spacing[1]),
        )
        for row, (grey, mask, reference, aspect) in enumerate(views):
            axis = axes[row, column]
            axis.imshow(
                grey.T,
                cmap="gray",
                vmax=np.percentile(array, 99.5),
                aspect=aspect,
                origin="upper" if row == 0 else "lower",
            )
            axis.contour(reference.T, [0.5], colors="tab:cyan", linewidths=1.0)
            axis.contour(mask.T, [0.5], colors="tab:orange", linewidths=1.2)
            axis.set_axis_off()
        axes[0, column].set_title(name, fontsize=10)
    figure.legend(
        handles=[
            plt.Line2D([], [], color="tab:orange", label="found"),
            plt.Line2D([], [], color="tab:cyan", label="truth"),
        ],
        loc="outside lower center",
        ncols=2,
        frameon=False,
    )
    figure.savefig(Path(__file__).parents[1] / "images" / "brain_extraction.png", dpi=90)
    plt.close(figure)


if __name__ == "__main__":
    main()
