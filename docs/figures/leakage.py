"""docs/images/leakage.png: leakage correction on simulated tissue, with its truth. Run in any folder; prints nothing."""

from pathlib import Path

import matplotlib

matplotlib.use("agg")
import matplotlib.pyplot as plt
import numpy as np

from bolus.dsc import Baseline, GammaVariate, LeakageCorrection
from bolus.plot.leakage import LeakageDisplay, LeakageRecoveryDisplay
from bolus.simulate import GradientEcho, Relaxivity, TissueModel, TissueParameters

TIMES, SNR = 1.5 * np.arange(80), 50.0
ARTERIAL = GammaVariate(arrival=20.0)
REFERENCE_VOLUME = 2.0
WEAK, STRONG = 5.0, 60.0  # r2* of agent outside the vessels, 1/(s mM): below 20 T1 wins here, above it T2*
STEP = LeakageCorrection(model="bidirectional", baseline=Baseline(skip=0))


def relaxation(tissue, extravascular, generator, voxels=1):
    """dR2* of voxels of a tissue, and that of the agent in its vessels alone. TE 30 ms, TR 1.5 s, flip angle 60 degrees."""
    relaxivity = Relaxivity(r2_star_extravascular=extravascular)
    sequence = GradientEcho(echo_time=0.03, repetition_time=1.5, flip_angle=60.0, relaxivity=relaxivity)
    agent = TissueModel()(ARTERIAL, tissue, TIMES)
    signal = np.asarray(sequence.tissue(tissue, agent))[:, None]
    noise = generator.normal(size=(TIMES.size, voxels)) * signal[0] / SNR
    signal = np.maximum(signal + noise, 1e-3)
    before = TIMES < 17.0
    return -np.log(signal / signal[before].mean(axis=0)) / 0.03, relaxivity.r2_star_vascular * np.asarray(
        agent.vascular
    )


def tumour(rcbv, transfer):
    return TissueParameters(
        blood_volume=REFERENCE_VOLUME * rcbv, mean_transit_time=6.0, transfer_constant=transfer, t1=1.3
    )


def main() -> None:
    generator = np.random.default_rng(4)
    white = TissueParameters(blood_volume=REFERENCE_VOLUME)
    reference = relaxation(white, 20.0, generator, voxels=400)[0].mean(axis=1)

    figure, axes = plt.subplots(2, 2, figsize=(9.0, 6.6), layout="constrained")
    for ax, extravascular, title in ((axes[0, 0], WEAK, "a  T1 rules"), (axes[0, 1], STRONG, "b  T2* rules")):
        curves, truth = relaxation(tumour(2.5, 0.06), extravascular, generator, voxels=20)
        curve = curves.mean(axis=1)
        fit = STEP(curve, TIMES, reference)
        before, after = (
            volume[0] / fit.reference_blood_volume for volume in (fit.uncorrected_blood_volume, fit.blood_volume)
        )
        title += f": true rCBV 2.5, before {before:.2f}, after {after:.2f}"
        LeakageDisplay.from_fit(fit, curve, truth=truth, ax=ax, title=title)

    voxels = 300
    rcbv, curves = generator.uniform(1.0, 4.0, voxels), np.empty((TIMES.size, voxels))
    for i in range(voxels):
        tissue = tumour(rcbv[i], generator.uniform(0.0, 0.08))
        curves[:, i] = relaxation(tissue, generator.choice([WEAK, STRONG]), generator)[0][:, 0]
    fit = STEP(curves, TIMES, reference)
    for ax, corrected, title in (
        (axes[1, 0], False, "c  before correction"),
        (axes[1, 1], True, "d  after correction"),
    ):
        LeakageRecoveryDisplay.from_fit(
            fit, rcbv, corrected=corrected, ax=ax, title=title, colour_limit=0.06, limits=(-2.0, 8.0)
        )
    path = Path(__file__).parents[1] / "images" / "leakage.png"
    figure.savefig(path, dpi=90, metadata={"Software": None})


if __name__ == "__main__":
    main()
