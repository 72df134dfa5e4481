"""Simulated perfusion with known truth: arterial input, tissue, signal, cohort, 4-D phantom.

Nothing made here says anything about patients::

    cohort = bolus.simulate.CohortSimulator(patients=463, seed=0)()
    X = cohort.dataset()       # windows for the model
    table = cohort.to_frame()  # grade, genotype, age, rCBV ...
"""

from bolus._core.simulate import (
    CohortSimulator,
    Demographics,
    GradientEcho,
    PerfusionPhantom,
    PhantomStudy,
    Relaxivity,
    ScanProtocol,
    SimulatedCohort,
    SimulatedPatient,
    TissueConcentration,
    TissueModel,
    TissueParameters,
    default_scan_protocols,
    shrink_labels,
    shrink_mask,
)

__all__ = [
    "CohortSimulator",
    "Demographics",
    "GradientEcho",
    "PerfusionPhantom",
    "PhantomStudy",
    "Relaxivity",
    "ScanProtocol",
    "SimulatedCohort",
    "SimulatedPatient",
    "TissueConcentration",
    "TissueModel",
    "TissueParameters",
    "default_scan_protocols",
    "shrink_labels",
    "shrink_mask",
]
