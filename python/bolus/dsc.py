"""Perfusion: from a DSC series to curves, blood volume and the model's input.

Every step is a class of options that is called::

    curves = bolus.dsc.RegionCurves(empty="whole_tumour")(series, labels, arterial)
    windows = bolus.dsc.SlidingWindows(count=8)(bolus.dsc.ZNormalisation()(curves), patient="P1")
"""

import bolus._core.dsc as _compiled

__all__ = sorted(name for name in dir(_compiled) if not name.startswith("_"))
globals().update({name: getattr(_compiled, name) for name in __all__})
