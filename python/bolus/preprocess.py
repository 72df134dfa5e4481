"""From images as scanned to a study on one 1 mm grid: orientation, registration, motion, bias field, resampling.

Each step can be called by itself; :class:`AlignStudy` calls them in order.
"""

from bolus._core.preprocess import (
    AlignmentResult,
    AlignStudy,
    BiasCorrection,
    BiasCorrectionResult,
    MotionCorrection,
    MotionResult,
    RegistrationResult,
    Reorient,
    Resample,
    RigidRegistration,
    RigidTransform,
    foreground_mask,
    isotropic_geometry,
    labels_on_perfusion_grid,
    orientation_of,
    read_matrix_ras,
    read_transform,
    write_matrix_ras,
    write_transform,
)

__all__ = [
    "AlignStudy",
    "AlignmentResult",
    "BiasCorrection",
    "BiasCorrectionResult",
    "MotionCorrection",
    "MotionResult",
    "RegistrationResult",
    "Reorient",
    "Resample",
    "RigidRegistration",
    "RigidTransform",
    "foreground_mask",
    "isotropic_geometry",
    "labels_on_perfusion_grid",
    "orientation_of",
    "read_matrix_ras",
    "read_transform",
    "write_matrix_ras",
    "write_transform",
]
