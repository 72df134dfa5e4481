"""docs/images/perfusion_maps.png: maps of a simulated head. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")

from bolus.dsc import maps
from bolus.plot.perfusion import PerfusionMapsDisplay
from bolus.simulate import HeadPhantom, PerfusionPhantom

QUANTITIES = ["nrCBV", "corrected_nrCBV", "K2", "PSR", "delta_r2s_max", "time_to_peak", "arrival_time", "FWHM"]


def main() -> None:
    study = PerfusionPhantom(seed=1)(HeadPhantom(seed=1)())
    found = maps(study.series, QUANTITIES, labels=study.labels)
    tumour = (study.labels.array > 0).sum(axis=(0, 1))
    display = PerfusionMapsDisplay.from_maps(found, QUANTITIES, slice=int(tumour.argmax()))
    folder = Path(__file__).parents[1] / "images"
    folder.mkdir(exist_ok=True)
    display.figure_.savefig(folder / "perfusion_maps.png", dpi=68, metadata={"Software": None})


if __name__ == "__main__":
    main()
