"""Perfusion: from a DSC series to curves, blood volume and the model's input.

Every step is a class of options that is called::

    curves = bolus.dsc.RegionCurves(empty="whole_tumour")(series, labels, arterial)
    windows = bolus.dsc.SlidingWindows(count=8)(bolus.dsc.ZNormalisation()(curves), patient="P1")
"""

from bolus._core.dsc import (
    ArterialCurve,
    ArterialInput,
    Baseline,
    BaselineWindow,
    BloodVolumeMap,
    BloodVolumes,
    DeltaR2s,
    RegionCurves,
    RelativeBloodVolume,
    SlidingWindows,
    ZNormalisation,
    delta_r2s,
    join_datasets,
    trapezoid,
)

__all__ = [
    "ArterialCurve",
    "ArterialInput",
    "Baseline",
    "BaselineWindow",
    "BloodVolumeMap",
    "BloodVolumes",
    "DeltaR2s",
    "RegionCurves",
    "RelativeBloodVolume",
    "SlidingWindows",
    "ZNormalisation",
    "delta_r2s",
    "join_datasets",
    "trapezoid",
]
