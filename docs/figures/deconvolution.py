"""docs/images/deconvolution.png: flow and residue functions found in simulated tissue. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

from bolus.dsc import Deconvolution, GammaVariate
from bolus.simulate import TissueModel, TissueParameters

TIMES, CNR, VOXELS = 1.5 * np.arange(60), 50.0, 200
ARTERY = GammaVariate()
METHODS = {
    "transit_times": ("default", "#b2182b"),
    "ssvd": ("sSVD", "#4393c3"),
    "csvd": ("cSVD", "#1b7837"),
    "osvd": ("oSVD", "#e08214"),
    "osipi_l_curve": ("L-curve (OSIPI)", "#777777"),
}


def tissue(flow: float, delay: float, residue: str, generator) -> np.ndarray:
    """Noisy curves of a blood volume of 4 mL/100 mL."""
    parameters = TissueParameters(blood_volume=4.0, mean_transit_time=240.0 / flow, delay=delay, residue=residue)
    clean = np.asarray(TissueModel()(ARTERY, parameters, TIMES).vascular)
    return clean[:, None] + generator.normal(size=(TIMES.size, VOXELS)) * clean.max() / CNR


def main() -> None:
    generator = np.random.default_rng(2)
    operators = {method: Deconvolution(method).prepare(TIMES, ARTERY(TIMES)) for method in METHODS}
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.4, 4.0), layout="constrained")

    flows = np.arange(10.0, 81.0, 10.0)
    curves = [tissue(flow, 1.0, "exponential", generator) for flow in flows]
    for method, (label, colour) in METHODS.items():
        found = np.array([operators[method](curve).blood_flow for curve in curves])
        middle, spread = found.mean(axis=1), found.std(axis=1)
        style = "--" if method == "osvd" else "-"  # it lies on cSVD
        left.plot(flows, middle, style, color=colour, label=label, marker="o", markersize=3.5)
        if method == "transit_times":
            left.fill_between(flows, middle - spread, middle + spread, color=colour, alpha=0.15, linewidth=0)
    left.plot(flows, flows, color="black", linewidth=0.8, linestyle="--", label="truth")
    left.set(xlabel="true CBF in mL/100 mL/min", ylabel="CBF found")
    left.set_title("a  exponential residue, delay 1 s, CBV 4", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=8)

    curve = tissue(40.0, 1.5, "gamma", generator)
    parameters = TissueParameters(blood_volume=4.0, mean_transit_time=6.0, delay=1.5, residue="gamma")
    fine = np.linspace(0.0, 24.0, 481)
    truth = [parameters.residue_at(t - 1.5) for t in fine]
    right.plot(fine, 40.0 * np.array(truth), color="black", linewidth=0.8, linestyle="--")
    for method, (_, colour) in METHODS.items():
        style = "--" if method == "osvd" else "-"
        residue = 6000.0 * operators[method](curve, residues=True).residues.mean(axis=1)
        right.plot(TIMES[:17], residue[:17], style, color=colour, marker="o", markersize=3.5)
    right.axhline(0.0, color="#cccccc", linewidth=0.8, zorder=0)
    right.set(xlabel="time in s", ylabel="CBF R(t) in mL/100 mL/min")
    right.set_title("b  gamma-distributed transit times, delay 1.5 s, CBF 40", loc="left", fontsize=10)
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).parents[1] / "images" / "deconvolution.png", dpi=110)


if __name__ == "__main__":
    main()
