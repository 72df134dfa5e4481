"""From a glioma patient's MRI to the probability of an IDH mutation, with the part of the bolus passage that decided it.

Research software, not a medical device.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bolus import _build_info
from bolus.flags import QcFlags

if TYPE_CHECKING:  # loaded at first use, by __getattr__ below
    from bolus import (
        callbacks,
        cohort,
        demo,
        doctor,
        dsc,
        evaluate,
        export,
        io,
        model,
        notebook,
        patient,
        pipeline,
        plot,
        preprocess,
        progress,
        quality_page,
        segment,
        simulate,
        study,
    )
    from bolus.codeletion_classifier import CodeletionClassifier
    from bolus.cohort import Cohort, CohortStore
    from bolus.idh_classifier import IDHClassifier
    from bolus.notebook import view
    from bolus.patient import predict

__all__ = [
    "AlignedStudy",
    "Cancelled",
    "CodeletionClassifier",
    "Cohort",
    "CohortStore",
    "ConvergenceError",
    "CurveSet",
    "DataError",
    "Dataset",
    "Error",
    "FormatError",
    "Geometry",
    "GeometryError",
    "IDHClassifier",
    "Image",
    "IoError",
    "LabelMap",
    "Mask",
    "OptionError",
    "PerfusionSeries",
    "Provenance",
    "QcFlag",
    "QcFlags",
    "ShapeError",
    "Verdict",
    "VersionError",
    "__version__",
    "callbacks",
    "cmake_prefix_path",
    "cohort",
    "demo",
    "doctor",
    "dsc",
    "evaluate",
    "export",
    "io",
    "model",
    "notebook",
    "patient",
    "pipeline",
    "plot",
    "predict",
    "preprocess",
    "progress",
    "quality_page",
    "segment",
    "simulate",
    "study",
    "view",
]


def _require_matching_torch() -> None:
    """Compare versions before the compiled part is loaded: afterwards there would only be an undefined symbol to read."""
    built = _build_info.torch_version
    if not built:  # built without LibTorch
        return
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            f"bolus needs PyTorch {built}, which is not installed here. Install it with: pip install torch=={built}"
        ) from error
    found = torch.__version__
    if found.split("+")[0].split(".")[:2] != built.split(".")[:2]:
        raise ImportError(
            f"bolus was built for PyTorch {built}, but PyTorch {found} is installed. LibTorch keeps no binary compatibility "
            f"between minor versions: pip install torch=={built}, or build bolus again with: pip install --no-cache-dir "
            "--force-reinstall --no-deps bolus"
        )


_require_matching_torch()

from bolus._core import __version__  # noqa: E402
from bolus._core.core import (  # noqa: E402
    AlignedStudy,
    Cancelled,
    ConvergenceError,
    CurveSet,
    DataError,
    Dataset,
    Error,
    FormatError,
    Geometry,
    GeometryError,
    Image,
    IoError,
    LabelMap,
    Mask,
    OptionError,
    PerfusionSeries,
    Provenance,
    QcFlag,
    ShapeError,
    VersionError,
)

for _value in (AlignedStudy, CurveSet, Dataset, Geometry, Image, LabelMap, Mask, PerfusionSeries, Provenance, QcFlag):
    _value.__module__ = "bolus"
del _value

#: Whether a result can be used as it is, only after a look at it, or not at all; its flags say why.
Verdict = Literal["good", "doubtful", "failed"]

#: Folder to put on CMAKE_PREFIX_PATH so that `find_package(bolus)` finds the C++ library inside this package.
cmake_prefix_path = str(Path(__file__).parent)

_modules = {
    "callbacks",
    "cohort",
    "demo",
    "doctor",
    "dsc",
    "evaluate",
    "export",
    "io",
    "model",
    "notebook",
    "patient",
    "pipeline",
    "plot",
    "preprocess",
    "progress",
    "quality_page",
    "segment",
    "simulate",
    "study",
}


def __getattr__(name: str):
    """Load the modules at first use, so that `import bolus` stays quick and needs no scikit-learn or matplotlib."""
    if name in _modules:
        return importlib.import_module(f"bolus.{name}")
    if name == "IDHClassifier":
        from bolus.idh_classifier import IDHClassifier

        return IDHClassifier
    if name == "CodeletionClassifier":
        from bolus.codeletion_classifier import CodeletionClassifier

        return CodeletionClassifier
    if name in ("Cohort", "CohortStore"):
        return getattr(importlib.import_module("bolus.cohort"), name)
    if name == "predict":
        from bolus.patient import predict

        return predict
    if name == "view":
        from bolus.notebook import view

        return view
    raise AttributeError(f"module 'bolus' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
