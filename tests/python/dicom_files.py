"""Synthetic DICOM files as scanners write them, for the tests of bolus.io: values are known voxel by voxel."""

import datetime
import gzip

import numpy as np
import pandas as pd
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

CLASSIC = "1.2.840.10008.5.1.4.1.1.4"
ENHANCED = "1.2.840.10008.5.1.4.1.1.4.1"
SHAPE = (5, 4)  # columns, rows: different, so that a swap shows

# What must never come out again.
PLANTED = {
    "PatientName": "Mustermann^Erika",
    "PatientID": "PID-4711-0815",
    "PatientBirthDate": "19640812",
    "AccessionNumber": "ACC99887766",
    "InstitutionName": "Charlottenhospital",
    "ReferringPhysicianName": "Doktor^Zuweiser",
    "OperatorsName": "Fritz^Operateur",
    "StationName": "STATIONX17",
    "PatientAddress": "Hauptstrasse 5 Musterstadt",
    "OtherPatientIDs": "KV123456789",
    "DeviceSerialNumber": "SN0042424242",
    "StudyID": "STUDYID5551",
}
PLANTED_WORDS = (
    "mustermann erika pid-4711 4711-0815 19640812 acc99887766 charlottenhospital zuweiser operateur stationx17 hauptstrasse "
    "musterstadt kv123456789 sn0042424242 studyid5551 20240229 2024-02-29"
).split()
DAY = datetime.datetime(2024, 2, 29, 10, 20, 30)


def volume(slices=3, time=0, echo=0, shape=SHAPE):
    """Voxels (x, y, z) of one moment: every one different."""
    x, y, z = np.meshgrid(*map(np.arange, (*shape, slices)), indexing="ij")
    return (1000 * echo + 100 * time + 20 * z + 5 * y + x + 7).astype(np.uint16)


def base(plant=False, uid=CLASSIC, study="1.2.3.4", series="1.2.3.4.5", syntax=ExplicitVRLittleEndian):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = uid
    meta.TransferSyntaxUID = syntax
    ds = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID = uid
    ds.SOPInstanceUID = generate_uid()
    meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.StudyInstanceUID = study
    ds.SeriesInstanceUID = series
    ds.Modality = "MR"
    ds.PatientName = "Phantom"
    ds.PatientID = "P1"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = DAY.strftime("%Y%m%d")
    ds.StudyTime = ds.SeriesTime = DAY.strftime("%H%M%S")
    ds.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    ds.SeriesNumber = 4
    ds.SeriesDescription = "ep2d_perf"
    ds.Manufacturer = "GE MEDICAL SYSTEMS"
    ds.ScanningSequence = ["EP", "GR"]
    ds.MagneticFieldStrength = 3
    ds.FlipAngle = 60
    ds.EchoTime = 30
    ds.RepetitionTime = 1500
    ds.SliceThickness = 5
    if plant:
        for name, value in PLANTED.items():
            setattr(ds, name, value)
        ds.SeriesDescription = "ep2d_perf Mustermann 19640812 PID-4711-0815"
        ds.ProtocolName = "Erika 2024-02-29 dsc"
        ds.ImageComments = "Erika Mustermann born 12.08.1964"
        ds.RequestAttributesSequence = Sequence([Dataset()])
        ds.RequestAttributesSequence[0].ScheduledProcedureStepDescription = "MR Mustermann"
        ds.RequestAttributesSequence[0].RequestedProcedureID = "ACC99887766"
        ds.add_new((0x0009, 0x0010), "LO", "SOMEBODY")
        ds.add_new((0x0009, 0x1001), "LO", "Mustermann, Erika")
    return ds


def set_pixels(ds, plane):
    """`plane`: (x, y), or (x, y, frames)."""
    values = np.asarray(plane)
    ds.SamplesPerPixel = 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.Columns, ds.Rows = values.shape[:2]
    ds.BitsAllocated = 16
    ds.BitsStored = 12
    ds.HighBit = 11
    ds.PixelRepresentation = 0
    ds.PixelData = np.ascontiguousarray(values.T.astype("<u2")).tobytes()
    ds["PixelData"].VR = "OW"


def frame_of(angle=0.0, origin=(-10.0, -20.0, 5.0)):
    """Row, column and normal of an oblique plane, and where the stack starts."""
    c, s = np.cos(angle), np.sin(angle)
    row, column = np.array([1.0, 0, 0]), np.array([0.0, c, s])
    return row, column, np.cross(row, column), np.array(origin, float)


def place(ds, z, spacing=6.0, angle=0.0, shear=0.0):
    row, column, normal, origin = frame_of(angle)
    position = origin + normal * spacing * z + column * shear * z
    ds.ImageOrientationPatient = [f"{v:.8f}" for v in (*row, *column)]
    ds.ImagePositionPatient = [f"{v:.6f}" for v in position]
    ds.PixelSpacing = ["2.5", "2.0"]  # between rows, between columns
    ds.SpacingBetweenSlices = spacing


def affine(spacing=6.0, angle=0.0):
    """RAS, of voxel (x, y, z) as the reader has them."""
    row, column, normal, origin = frame_of(angle)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = 2.0 * row, 2.5 * column, spacing * normal, origin
    matrix[:2] *= -1
    return matrix


def clock(seconds):
    return (DAY + datetime.timedelta(seconds=seconds)).strftime("%H%M%S.%f")


def write(folder, datasets, shuffle=True, implicit=False, names=None):
    """Files in an order that says nothing, with names that say nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    order = np.random.default_rng(1).permutation(len(datasets)) if shuffle else range(len(datasets))
    paths = []
    for number, index in enumerate(order):
        ds = datasets[index]
        if implicit:
            ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
        path = folder / (names[index] if names else f"IM{number:04d}")
        pydicom.dcmwrite(path, ds, enforce_file_format=True)
        paths.append(path)
    return paths


def ge_series(volumes=4, slices=3, plant=False, **options):
    """Single frames without temporal tags: one acquisition number, one time; only instance numbers count up."""
    made = []
    for t in range(volumes):
        for z in range(slices):
            ds = base(plant)
            place(ds, z, **options)
            ds.InstanceNumber = t * slices + z + 1
            ds.AcquisitionNumber = 1
            ds.AcquisitionTime = ds.ContentTime = DAY.strftime("%H%M%S")
            ds.NumberOfTemporalPositions = volumes
            set_pixels(ds, volume(slices, t)[:, :, z])
            made.append(ds)
    return made


def timed_series(volumes=4, slices=3, step=1.5, times=None, plant=False, echoes=(30.0,), **options):
    """Single frames with acquisition numbers and times, as Siemens writes them without a mosaic; several echoes of one shot."""
    made = []
    for t in range(volumes):
        for e, te in enumerate(echoes):
            for z in range(slices):
                ds = base(plant)
                ds.Manufacturer = "SIEMENS"
                place(ds, z, **options)
                ds.EchoTime = te
                ds.EchoNumbers = e + 1
                ds.InstanceNumber = (t * len(echoes) + e) * slices + z + 1
                ds.AcquisitionNumber = t + 1
                ds.AcquisitionTime = clock(times[t] if times is not None else t * step)
                ds.ContentTime = clock(60 + 0.003 * t)
                set_pixels(ds, volume(slices, t, e)[:, :, z])
                made.append(ds)
    return made


def philips_series(volumes=4, slices=3, step=1.7, scale=0.004, slope=2.0, intercept=0.0):
    """Slice by slice over all dynamics: temporal identifiers, one acquisition time, private scaling and dynamic begin."""
    made = []
    for z in range(slices):
        for t in range(volumes):
            ds = base()
            ds.Manufacturer = "Philips Medical Systems"
            place(ds, z)
            ds.InstanceNumber = z * volumes + t + 1
            ds.AcquisitionNumber = 3
            ds.AcquisitionTime = DAY.strftime("%H%M%S")
            ds.TemporalPositionIdentifier = t + 1
            ds.NumberOfTemporalPositions = volumes
            ds.RescaleSlope = slope
            ds.RescaleIntercept = intercept
            if scale:
                ds.add_new((0x2005, 0x0010), "LO", "Philips MR Imaging DD 001")
                ds.add_new((0x2005, 0x100E), "FL", scale)
                ds.add_new((0x2005, 0x10A0), "FL", t * step)
            set_pixels(ds, volume(slices, t)[:, :, z])
            made.append(ds)
    return made


def enhanced(volumes=4, slices=3, step=1.5, plant=False, offset=5, maker="SIEMENS"):
    """One multi-frame file; temporal indices that do not start at 1 and have gaps: distinct values count, not the largest."""
    ds = base(plant, uid=ENHANCED)
    ds.Manufacturer = maker
    for name in ("EchoTime", "RepetitionTime", "FlipAngle", "ScanningSequence", "SliceThickness"):
        delattr(ds, name)
    ds.ImageType = ["ORIGINAL", "PRIMARY", "PERFUSION", "NONE"]
    ds.EchoPulseSequence = "GRADIENT"
    ds.EchoPlanarPulseSequence = "YES"
    ds.NumberOfFrames = volumes * slices
    shared, frames = Dataset(), []
    timing = Dataset()
    timing.RepetitionTime, timing.FlipAngle = 1400, 60
    shared.MRTimingAndRelatedParametersSequence = Sequence([timing])
    measures = Dataset()
    measures.PixelSpacing, measures.SliceThickness, measures.SpacingBetweenSlices = ["2.5", "2.0"], 5, 6
    shared.PixelMeasuresSequence = Sequence([measures])
    planes = []
    for t in range(volumes):
        for z in reversed(range(slices)):
            item, content, position, orientation, echo = (Dataset() for _ in range(5))
            helper = Dataset()
            place(helper, z)
            position.ImagePositionPatient = helper.ImagePositionPatient
            orientation.ImageOrientationPatient = helper.ImageOrientationPatient
            content.TemporalPositionIndex = offset + 2 * t
            content.InStackPositionNumber = z + 1
            content.FrameAcquisitionDateTime = DAY.strftime("%Y%m%d") + clock(t * step)
            echo.EffectiveEchoTime = 32.0
            item.FrameContentSequence = Sequence([content])
            item.PlanePositionSequence = Sequence([position])
            item.PlaneOrientationSequence = Sequence([orientation])
            item.MREchoSequence = Sequence([echo])
            frames.append(item)
            planes.append(volume(slices, t)[:, :, z])
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    ds.PerFrameFunctionalGroupsSequence = Sequence(frames)
    set_pixels(ds, np.stack(planes, axis=-1))
    return ds


def mosaic(volumes=3, slices=5, step=2.0, reversed_normal=False):
    """Siemens mosaics of a 3 x 3 layout, with the private header; the slices run against the cross product when asked."""
    made = []
    columns, rows = SHAPE
    for t in range(volumes):
        voxels = volume(slices, t)
        sheet = np.zeros((3 * columns, 3 * rows), np.uint16)
        for z in range(slices):
            sheet[(z % 3) * columns : (z % 3 + 1) * columns, (z // 3) * rows : (z // 3 + 1) * rows] = voxels[:, :, z]
        ds = base()
        ds.Manufacturer = "SIEMENS"
        ds.ImageType = ["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"]
        place(ds, 0)
        row, column, normal, origin = frame_of()
        corner = (
            origin - row * 2.0 * columns - column * 2.5 * rows
        )  # the middle of the mosaic is the middle of the slice
        ds.ImagePositionPatient = [f"{v:.6f}" for v in corner]
        ds.InstanceNumber = ds.AcquisitionNumber = t + 1
        ds.AcquisitionTime = clock(t * step)
        ds.add_new((0x0019, 0x0010), "LO", "SIEMENS MR HEADER")
        ds.add_new((0x0019, 0x100A), "US", slices)
        ds.add_new((0x0029, 0x0010), "LO", "SIEMENS CSA HEADER")
        ds.add_new((0x0029, 0x1010), "OB", csa_header(-normal if reversed_normal else normal))
        set_pixels(ds, sheet)
        made.append(ds)
    return made


def csa_header(normal):
    def word(value):
        return int(value).to_bytes(4, "little")

    out = b"SV10\x04\x03\x02\x01" + word(1) + word(77)
    out += b"SliceNormalVector".ljust(64, b"\0") + word(3) + b"FD\0\0" + word(4) + word(3) + word(77)
    for value in normal:
        text = f"{value:.8f}".encode() + b"\0"
        out += word(len(text)) * 2 + word(77) + word(len(text)) + text.ljust((len(text) + 3) // 4 * 4, b"\0")
    return out


def structural(kind, slices=12, series="1.2.3.4.6", plant=False, minutes=0, **tags):
    """A T1, T2, FLAIR or enhanced T1 as the scanner's headers have them."""
    known = {
        "t1": dict(SeriesDescription="Ax T1 SE", ScanningSequence="SE", EchoTime=10, RepetitionTime=500),
        "cet1": dict(
            SeriesDescription="Ax T1 SE +C",
            ScanningSequence="SE",
            EchoTime=10,
            RepetitionTime=500,
            ContrastBolusAgent="Gadovist",
        ),
        "t2": dict(SeriesDescription="Ax T2 TSE", ScanningSequence="SE", EchoTime=95, RepetitionTime=4500),
        "flair": dict(
            SeriesDescription="Ax FLAIR",
            ScanningSequence=["SE", "IR"],
            EchoTime=120,
            RepetitionTime=9000,
            InversionTime=2500,
        ),
    }
    made = []
    for z in range(slices):
        ds = base(plant, series=series)
        place(ds, z)
        for name, value in {**known[kind], **tags}.items():
            setattr(ds, name, value)
        if plant:
            ds.SeriesDescription = f"{ds.SeriesDescription} Mustermann"
        ds.InstanceNumber = z + 1
        ds.AcquisitionTime = clock(60 * minutes)
        set_pixels(ds, volume(slices)[:, :, z])
        made.append(ds)
    return made


def nothing_planted_in(folder, *more):
    """Asserts that neither names nor content of any file hold what must never come out; returns how many files there are."""
    words = [word.encode() for word in (*PLANTED_WORDS, *more)]
    seen = 0
    for path in sorted(folder.rglob("*")):
        assert not any(word in str(path.relative_to(folder)).lower().encode() for word in words), path
        if not path.is_file():
            continue
        data = path.read_bytes()
        data = (gzip.decompress(data) if path.suffix == ".gz" else data).lower()
        assert not any(word in data for word in words), path
        if path.suffix == ".parquet":  # its pages are packed: what a reader sees
            data = pd.read_parquet(path).to_csv().lower().encode()
            assert not any(word in data for word in words), path
        seen += 1
    return seen
