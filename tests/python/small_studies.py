"""Studies of a few hundred voxels, on which a whole cohort runs in a moment, and how they are run."""

import numpy as np
import pydicom
from dicom_files import base, clock, set_pixels

import bolus
from bolus import io

UID = "1.2.826.0.1.3680043.8.498.4711"

#: A cohort in a process of its own: table, output, worker processes.
PROGRAM = """
import sys, bolus
if __name__ == "__main__":
    options = bolus.pipeline.WriteMaps().options
    options.quantities = ["rCBV", "PH", "PSR"]
    cohort = bolus.Cohort(sys.argv[1], maps=bolus.pipeline.WriteMaps(options=options),
                          preprocess_step=bolus.preprocess.Preprocess(correct_motion=False))
    def progress(stage, done, total):
        print(stage, done, total, flush=True)
    cohort.run(sys.argv[2], workers=int(sys.argv[3]), progress=progress)
"""


def quick_steps():
    """Options with which a patient takes a moment, those of PROGRAM."""
    options = bolus.pipeline.WriteMaps().options
    options.quantities = ["rCBV", "PH", "PSR"]
    return {
        "maps": bolus.pipeline.WriteMaps(options=options),
        "preprocess_step": bolus.preprocess.Preprocess(correct_motion=False),
    }


def phantom(seed, time_step=1.5, volumes=60):
    labels = np.zeros((10, 10, 4), np.uint8)
    labels[2:7, 3:8, 1:4] = 2
    labels[3:6, 4:7, 1:3] = 1
    labels[4:5, 5:6, 1:3] = 4
    affine = np.diag([8.0, 8.0, 8.0, 1.0])
    brain = bolus.Mask(np.ones(labels.shape, np.uint8), affine)
    sequence = bolus.simulate.GradientEcho(repetition_time=time_step)
    return bolus.simulate.PerfusionPhantom(seed=seed, sequence=sequence, volumes=volumes)(
        bolus.LabelMap(labels, affine), brain
    )


def write_study(folder, made, labels=True):
    folder.mkdir()
    io.write_perfusion_series(folder / "dsc.nii.gz", made.series)
    io.write_mask(folder / "aif.nii.gz", made.arterial)
    if labels:
        io.write_label_map(folder / "labels.nii.gz", made.labels)


def write_small_studies(root):
    """Four series with labels and artery, and a table; one study lacks its labels, one patient is excluded."""
    lines = ["patient,label,folder,age,sex,grade,protocol,exclusion,kps"]
    for k in range(4):
        write_study(root / f"Mustermann_{k}", phantom(k + 1), labels=k != 2)
        lines.append(
            f"P-{k},{'mutant' if k % 2 else 'wildtype'},Mustermann_{k},{40 + k},{'FM'[k % 2]},3,{'AB'[k // 2]},,{70 + k}"
        )
    lines.append("P-9,,,51,F,,,no IDH status,")
    (root / "cohort.csv").write_text("\n".join(lines) + "\n")
    return root


def write_planted_dicom(folder, series):
    """Slice by slice, as a scanner does, with everything planted that must never come out again."""
    folder.mkdir()
    array, geometry = series.array, series.geometry
    scale, spacing, origin = 4000 / array.max(), np.asarray(geometry.spacing), np.asarray(geometry.origin)
    for t in range(array.shape[3]):
        for z in range(array.shape[2]):
            ds = base(plant=True, study=f"{UID}.1", series=f"{UID}.2.5")
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{UID}.3.5.{t}.{z}"
            ds.FrameOfReferenceUID = f"{UID}.4"
            ds.Manufacturer, ds.SeriesNumber, ds.SeriesDescription = "SIEMENS", 5, "ep2d perfusion Mustermann"
            ds.EchoTime, ds.RepetitionTime = 30.0, 1500.0
            ds.AcquisitionTime = clock(1500 + np.asarray(series.times)[t])
            ds.AcquisitionNumber, ds.InstanceNumber = t + 1, t * array.shape[2] + z + 1
            ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            ds.ImagePositionPatient = [f"{origin[0]:.4f}", f"{origin[1]:.4f}", f"{origin[2] + z * spacing[2]:.4f}"]
            ds.PixelSpacing, ds.SliceThickness = [spacing[1], spacing[0]], spacing[2]
            ds.SpacingBetweenSlices = spacing[2]
            set_pixels(ds, np.round(np.clip(array[:, :, z, t], 0, None) * scale))
            pydicom.dcmwrite(folder / f"Mustermann_{t:03}{z:03}.dcm", ds, enforce_file_format=True)
