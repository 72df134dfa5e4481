"""Draws docs/images/head_phantom.png: a simulated head in four contrasts, its tissue map, and DSC frames with true CBV."""

import io
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from PIL import Image

from bolus.simulate import TISSUE_CLASSES, HeadPhantom, PerfusionPhantom

colours = ListedColormap(
    [
        "black",
        "#c9a27e",
        "#f2ead8",
        "#3b6fb6",
        "#8d8d8d",
        "#e8e8e8",
        "#d62728",
        "#ff9d3c",
        "#f7e463",
        "#ff2fd2",
        "#00b7c8",
    ]
)


def main(target: Path) -> None:
    phantom = HeadPhantom(
        seed=4, size=(176, 212, 44), spacing=(1, 1, 4), tumour_centre=(-34, 10, 22), core_radius=17, oedema_width=10
    )
    head = phantom()
    series = PerfusionPhantom(heterogeneity=0.35)(head, HeadPhantom.centred_grid((110, 128, 44), (1.8, 1.8, 4)))
    z = round(float(np.argwhere(head.labels.array > 0)[:, 2].mean()))
    figure, axes = plt.subplots(2, 4, figsize=(9.2, 5.9), layout="constrained", facecolor="white")
    images = [("T1", head.t1), ("T2", head.t2), ("FLAIR", head.flair), ("CET1", head.contrast_t1)]
    for ax, (title, image) in zip(axes[0], images, strict=True):
        ax.imshow(image.array[:, :, z].T, cmap="gray", vmin=0, vmax=1350, interpolation="nearest", aspect=1)
        ax.set_title(title)
    axes[1, 0].imshow(
        head.tissue.array[:, :, z].T, cmap=colours, vmin=-0.5, vmax=len(TISSUE_CLASSES) - 0.5, interpolation="nearest"
    )
    axes[1, 0].set_title("tissue (truth)")
    first, peak = series.series.array[:, :, z, 3].T, series.series.array[:, :, z, 15].T
    for ax, frame, title in ((axes[1, 1], first, "DSC, before"), (axes[1, 2], peak, "DSC, bolus")):
        ax.imshow(frame, cmap="gray", vmin=0, vmax=750, interpolation="nearest")
        ax.set_title(title)
    shown = axes[1, 3].imshow(
        series.blood_volume.array[:, :, z].T, cmap="turbo", vmin=0, vmax=10, interpolation="nearest"
    )
    axes[1, 3].set_title("CBV (truth), mL/100 mL")
    figure.colorbar(shown, ax=axes[1, 3], shrink=0.75)
    for ax in axes.flat:
        ax.axis("off")
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=76)
    Image.open(buffer).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "images" / "head_phantom.png")
