"""Reading and writing: DICOM, images, label maps, DSC series, study folders, cohort and curve tables.

Images are DICOM series, NIfTI-1 (``.nii``, ``.nii.gz``), NRRD (``.nrrd``) or MetaImage (``.mha``, ``.mhd``), label maps also
segmentations of 3D Slicer (``.seg.nrrd``). Geometry is kept as the file has it; inside, space is LPS in millimetres and time
is in seconds. Files are written as a whole or not at all, and replaced only when asked.
"""

from bolus._core.io import (
    ChosenSeries,
    Cohort,
    CohortRow,
    DeidentifiedFolder,
    DicomFolder,
    DicomImage,
    DicomPerfusion,
    DicomSeries,
    ImageInfo,
    ImageProtocol,
    PatientCurves,
    PerfusionReading,
    Segment,
    Segmentation,
    Study,
    StudyImages,
    UnreadableFile,
    choose_series,
    deidentify,
    find_series,
    find_study,
    image_info,
    read_cohort,
    read_curves,
    read_dicom_image,
    read_dicom_perfusion,
    read_image,
    read_label_map,
    read_mask,
    read_perfusion_series,
    read_segmentation,
    read_study,
    write_curves,
    write_image,
    write_label_map,
    write_mask,
    write_perfusion_series,
)

__all__ = [
    "ChosenSeries",
    "Cohort",
    "CohortRow",
    "DeidentifiedFolder",
    "DicomFolder",
    "DicomImage",
    "DicomPerfusion",
    "DicomSeries",
    "ImageInfo",
    "ImageProtocol",
    "PatientCurves",
    "PerfusionReading",
    "Segment",
    "Segmentation",
    "Study",
    "StudyImages",
    "UnreadableFile",
    "choose_series",
    "curves_of",
    "deidentify",
    "find_series",
    "find_study",
    "image_info",
    "read_cohort",
    "read_curves",
    "read_dicom_image",
    "read_dicom_perfusion",
    "read_image",
    "read_label_map",
    "read_mask",
    "read_perfusion_series",
    "read_segmentation",
    "read_study",
    "write_curves",
    "write_image",
    "write_label_map",
    "write_mask",
    "write_perfusion_series",
]


def curves_of(cohort) -> list[PatientCurves]:
    """Curves of a simulated cohort, for a curve table.

    Parameters
    ----------
    cohort : bolus.simulate.SimulatedCohort

    Returns
    -------
    list of PatientCurves
    """
    return [
        PatientCurves(patient.id, patient.curves, int(patient.demographics.idh_mutant)) for patient in cohort.patients
    ]
