"""docs/images/arterial_search.png: the arterial search on a simulated head. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

from bolus.dsc import ArterialInput, ArterialSearch
from bolus.plot.arterial import ArterialSearchDisplay
from bolus.simulate import HeadPhantom, PerfusionPhantom


def main() -> None:
    head = HeadPhantom(seed=4, size=[48, 58, 48], spacing=[4.0, 4.0, 4.0])()
    grid = HeadPhantom.centred_grid([80, 96, 18], [2.0, 2.0, 6.0])
    phantom = PerfusionPhantom(seed=4, volumes=50, signal_to_noise=40.0)
    study = phantom(head, grid)
    phantom.signal_to_noise = np.inf
    clean = phantom(head, grid)
    found = ArterialSearch()(study.series, study.brain, study.labels)
    truth = ArterialInput()(clean.series, found.mask).signal  # the chosen voxels without noise
    display = ArterialSearchDisplay.from_selection(found, study.series, study.brain, truth=truth)
    target = Path(__file__).parents[1] / "images" / "arterial_search.png"
    display.figure_.savefig(target, dpi=100, metadata={"Software": None})
    plt.close(display.figure_)


if __name__ == "__main__":
    main()
