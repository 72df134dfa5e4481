"""docs/images/masks.png: tissue masks on a simulated head. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt

from bolus.dsc import BrainMask, ReferenceTissue, WhiteMatter
from bolus.plot.masks import TissueMasksDisplay
from bolus.simulate import HeadPhantom, PerfusionPhantom


def main() -> None:
    head = HeadPhantom(seed=7, size=(48, 58, 48), spacing=(4, 4, 4))()
    grid = HeadPhantom.centred_grid((112, 128, 20), (1.8, 1.8, 6))
    study = PerfusionPhantom(seed=7)(head, grid=grid)
    brain = BrainMask()(study.series)
    masks = {
        "brain": brain,
        "reference": ReferenceTissue()(study.series, brain.mask, study.labels),
        "tumour": study.labels.mask("WT"),
        "white matter": WhiteMatter()(study.series, brain.mask, study.labels),
    }
    display = TissueMasksDisplay.from_series(study.series, masks)
    display.figure_.savefig(Path(__file__).parents[1] / "images" / "masks.png", dpi=90)
    plt.close(display.figure_)


if __name__ == "__main__":
    main()
