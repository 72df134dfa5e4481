"""Simulated perfusion with known truth: arterial input, tissue, signal, cohort, 4-D phantom.

Nothing made here says anything about patients::

    cohort = bolus.simulate.CohortSimulator(patients=463, seed=0)()
    X = cohort.dataset()       # windows for the model
    table = cohort.to_frame()  # grade, genotype, age, rCBV ...

    head = bolus.simulate.HeadPhantom(seed=1)()           # T1, T2, FLAIR, CET1 with skull, and labels
    study = bolus.simulate.PerfusionPhantom()(head)       # a DSC series on it, with true maps
"""

from bolus._core.simulate import (
    TISSUE_CLASSES,
    CohortSimulator,
    Demographics,
    GradientEcho,
    HeadPhantom,
    HeadStudy,
    PerfusionPhantom,
    PhantomStudy,
    Preload,
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
    "TISSUE_CLASSES",
    "CohortSimulator",
    "Demographics",
    "GradientEcho",
    "HeadPhantom",
    "HeadStudy",
    "PerfusionPhantom",
    "PhantomStudy",
    "Preload",
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
