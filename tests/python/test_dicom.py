"""DICOM as scanners and archives give it: against dcm2niix, on synthetic series with known voxels, and on broken files."""

import json
import os
import pickle
import shutil
import subprocess
import sys

import dicom_files as dcm
import nibabel
import numpy as np
import pydicom
import pytest

import bolus
from bolus import io


def only(folder):
    """The one series of a folder."""
    found = io.find_series(folder)
    assert len(found.series) == 1, found
    return found.series[0]


def expected(volumes, slices=3, echo=0):
    return np.stack([dcm.volume(slices, t, echo) for t in range(volumes)], axis=-1).astype(np.float32)


def same_place(image, affine, atol=1e-4):
    assert np.allclose(image.affine, affine, atol=atol), image.affine


def as_dcm2niix(image):
    """Voxels and affine with y flipped, as dcm2niix stores them."""
    array = np.asarray(image)[:, ::-1]
    flip = np.eye(4)
    flip[1, 1], flip[1, 3] = -1, array.shape[1] - 1
    return array, image.affine @ flip


# Against dcm2niix.


def test_ge_without_temporal_tags_equals_dcm2niix(real_data):
    folder = real_data / "dicom" / "ge-epi"
    reference = nibabel.load(folder / "reference.nii")
    sidecar = json.loads((folder / "reference.json").read_text())
    found = io.find_series(folder)
    assert len(found.series) == 1 and len(found.series[0].files) == 150
    assert {u.file.name for u in found.unreadable} == {"README-Series.txt", "reference.json", "reference.nii"}
    read = io.read_dicom_perfusion(found.series[0])
    array, affine = as_dcm2niix(read.series[0])
    assert np.array_equal(array, np.asarray(reference.dataobj))
    assert np.allclose(affine, reference.affine, atol=1e-3)
    series = read.series[0]
    assert np.allclose(series.times, sidecar["RepetitionTime"] * np.arange(10), atol=1e-9)
    assert series.echo_time == sidecar["EchoTime"] and series.repetition_time == sidecar["RepetitionTime"]
    assert series.flip_angle == sidecar["FlipAngle"] and series.field_strength == sidecar["MagneticFieldStrength"]
    assert read.protocol.manufacturer == "GE" and not read.flags
    assert any("instance number" in reason for reason in read.reasons)


def test_siemens_mosaic_equals_dcm2niix(real_data):
    folder = real_data / "dicom" / "siemens-mosaic"
    reference = nibabel.load(folder / "reference.nii")
    sidecar = json.loads((folder / "reference.json").read_text())
    read = io.read_dicom_perfusion(only(folder / "mr_0003"))
    array, affine = as_dcm2niix(read.series[0])
    assert np.array_equal(array, np.asarray(reference.dataobj))
    assert np.allclose(affine, reference.affine, atol=1e-3)
    assert np.allclose(read.series[0].times, [0, sidecar["RepetitionTime"]], atol=1e-9)
    assert read.series[0].echo_time == sidecar["EchoTime"]
    assert read.series[0].repetition_time == sidecar["RepetitionTime"]
    assert read.series[0].flip_angle == sidecar["FlipAngle"]


def test_philips_enhanced_equals_dcm2niix(real_data):
    folder = real_data / "dicom" / "philips-enhanced"
    reference = nibabel.load(folder / "reference.nii.gz")
    sidecar = json.loads((folder / "reference.json").read_text())
    read = io.read_dicom_perfusion(only(folder))
    # Control and label images are not one time course: two series of three volumes, one after the other in the reference.
    assert [len(s) for s in read.series] == [3, 3]
    parts = [as_dcm2niix(s) for s in read.series]
    assert np.array_equal(np.concatenate([p[0] for p in parts], axis=-1), reference.get_fdata(dtype=np.float32))
    assert np.allclose(parts[0][1], reference.affine, atol=1e-3)
    for series in read.series:
        assert np.allclose(series.times, [0, 127.5, 255])  # as the frames say
        # dcm2niix spreads the same 255 s over the five steps between six volumes.
        assert series.times[-1] == pytest.approx(5 * sidecar["RepetitionTime"])
        assert series.echo_time == sidecar["EchoTime"] and series.flip_angle == sidecar["FlipAngle"]
        assert series.field_strength == sidecar["MagneticFieldStrength"]
        assert series.repetition_time == 4.25  # (0018,0080); the sidecar's is BIDS's time between volumes
    shown = io.read_dicom_perfusion(only(folder), philips="displayed")
    ratio = np.asarray(read.series[0]) / np.where(np.asarray(shown.series[0]) == 0, np.nan, np.asarray(shown.series[0]))
    assert np.nanmax(abs(ratio * sidecar["PhilipsRescaleSlope"] * sidecar["PhilipsScaleSlope"] - 1)) < 1e-5


@pytest.mark.parametrize("number", range(1, 10))
def test_nine_transfer_syntaxes_are_one_image(real_data, tmp_path, number):
    folder = real_data / "dicom" / "transfer-syntax"
    reference = nibabel.load(folder / "reference.nii")
    shutil.copy(folder / f"{number}.dcm", tmp_path)
    read = io.read_dicom_image(only(tmp_path))
    array, affine = as_dcm2niix(read.image)
    assert np.array_equal(array, np.asarray(reference.dataobj))
    assert np.allclose(affine, reference.affine, atol=1e-3)
    assert read.protocol.echo_time == 0.03 and read.protocol.repetition_time == 3.0


# Synthetic series.


@pytest.mark.parametrize("implicit", [False, True])
def test_ge_series_is_ordered_by_instance_number(tmp_path, implicit):
    dcm.write(tmp_path, dcm.ge_series(), implicit=implicit)
    series = only(tmp_path)
    assert series.volumes == 4 and tuple(series.size) == (5, 4, 3) and series.layout == "single-frame"
    assert np.allclose(series.spacing, (2.0, 2.5, 6.0))
    read = io.read_dicom_perfusion(series)
    assert np.array_equal(read.series[0].array, expected(4))
    same_place(read.series[0], dcm.affine())
    assert np.allclose(read.series[0].times, 1.5 * np.arange(4))
    assert [f.code for f in read.flags] == ["io.dicom.time.from_repetition_time"]


def test_oblique_and_descending_slices(tmp_path):
    dcm.write(tmp_path / "a", dcm.timed_series(angle=0.4))
    read = io.read_dicom_perfusion(only(tmp_path / "a"))
    assert np.array_equal(read.series[0].array, expected(4))
    same_place(read.series[0], dcm.affine(angle=0.4))
    dcm.write(tmp_path / "b", dcm.timed_series(spacing=-6.0))  # acquired from the top: told by position, not by number
    read = io.read_dicom_perfusion(only(tmp_path / "b"))
    assert np.array_equal(read.series[0].array, expected(4)[:, :, ::-1])


def test_two_echoes_come_as_two_series(tmp_path):
    dcm.write(tmp_path, dcm.timed_series(echoes=(30.0, 8.8)))
    series = only(tmp_path)
    assert series.echo_times == [0.0088, 0.03] and series.volumes == 4
    read = io.read_dicom_perfusion(series)
    assert read.names == ["TE 8.8 ms", "TE 30 ms"]
    assert [s.echo_time for s in read.series] == [0.0088, 0.03]
    assert np.array_equal(read.series[0].array, expected(4, echo=1))
    assert np.array_equal(read.series[1].array, expected(4, echo=0))
    assert np.array_equal(read.series[0].times, read.series[1].times)


@pytest.mark.parametrize("scale", [0.004, None])
def test_philips_classic_with_temporal_identifiers(tmp_path, scale):
    dcm.write(tmp_path, dcm.philips_series(scale=scale, slope=2.0, intercept=10.0))
    read = io.read_dicom_perfusion(only(tmp_path))
    stored = expected(4).astype(float)
    scale32 = float(np.float32(scale)) if scale else None
    truth = (stored * 2.0 + 10.0) / (2.0 * scale32) if scale else stored * 2.0 + 10.0
    assert np.allclose(read.series[0].array, truth, rtol=1e-6)
    assert any("temporal position" in reason for reason in read.reasons)
    if scale:
        assert np.allclose(read.series[0].times, 1.7 * np.arange(4), atol=1e-6)
    shown = io.read_dicom_perfusion(only(tmp_path), philips="displayed").series[0]
    assert np.array_equal(shown.array, (stored * 2.0 + 10.0).astype(np.float32))


@pytest.mark.parametrize("maker", ["SIEMENS", "Philips Medical Systems"])
def test_enhanced_multi_frame_counts_distinct_values(tmp_path, maker):
    dcm.write(tmp_path, [dcm.enhanced(maker=maker)])
    series = only(tmp_path)
    assert series.layout == "multi-frame" and series.volumes == 4 and series.echo_times == [0.032]
    read = io.read_dicom_perfusion(series)
    assert np.array_equal(read.series[0].array, expected(4))
    same_place(read.series[0], dcm.affine())
    assert np.allclose(read.series[0].times, 1.5 * np.arange(4))
    assert read.series[0].repetition_time == 1.4 and read.series[0].flip_angle == 60


@pytest.mark.parametrize("reversed_normal", [False, True])
def test_mosaic(tmp_path, reversed_normal):
    dcm.write(tmp_path, dcm.mosaic(reversed_normal=reversed_normal))
    series = only(tmp_path)
    assert series.layout == "mosaic" and tuple(series.size) == (5, 4, 5)
    read = io.read_dicom_perfusion(series)
    truth, affine = expected(3, 5), dcm.affine()
    if reversed_normal:  # the first slice is then the highest
        truth, affine = (
            truth[:, :, ::-1],
            affine @ np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, -4], [0, 0, 0, 1.0]]),
        )
    assert np.array_equal(read.series[0].array, truth)
    same_place(read.series[0], affine)
    assert np.allclose(read.series[0].times, 2.0 * np.arange(3))


def test_times_come_from_the_scanner_not_from_tr(tmp_path):
    dcm.write(tmp_path / "even", dcm.timed_series(6, step=1.9))  # TR says 1.5
    read = io.read_dicom_perfusion(only(tmp_path / "even"))
    assert (
        np.allclose(read.series[0].times, 1.9 * np.arange(6))
        and read.series[0].repetition_time == 1.5
        and not read.flags
    )
    dcm.write(tmp_path / "gap", dcm.timed_series(6, times=[0, 1.5, 3.0, 9.0, 10.5, 12.0]))
    read = io.read_dicom_perfusion(only(tmp_path / "gap"))
    assert np.allclose(read.series[0].times, [0, 1.5, 3.0, 9.0, 10.5, 12.0], atol=1e-6)
    assert [f.code for f in read.flags] == ["io.dicom.time.irregular"]
    given = io.read_dicom_perfusion(only(tmp_path / "gap"), time_step=2.0, echo_time=0.05).series[0]
    assert np.allclose(given.times, 2.0 * np.arange(6)) and given.echo_time == 0.05
    whole = dcm.timed_series(8, times=[0, 1, 3, 4, 6, 7, 9, 10])  # whole seconds of a 1.5 s step
    for ds in whole:
        ds.AcquisitionTime = ds.AcquisitionTime[:6]
    dcm.write(tmp_path / "whole", whole)
    assert np.allclose(io.read_dicom_perfusion(only(tmp_path / "whole")).series[0].times, 1.5 * np.arange(8))


def test_a_series_past_midnight(tmp_path):
    made = dcm.timed_series(4)
    for ds in made:
        ds.AcquisitionTime = ["235959.000", "000000.500", "000002.000", "000003.500"][ds.AcquisitionNumber - 1]
        if ds.AcquisitionNumber > 1:
            ds.AcquisitionDate = "20240301"
    dcm.write(tmp_path / "dated", made)
    assert np.allclose(io.read_dicom_perfusion(only(tmp_path / "dated")).series[0].times, 1.5 * np.arange(4))
    for ds in made:
        del ds.AcquisitionDate
    dcm.write(tmp_path / "undated", made)
    assert np.allclose(io.read_dicom_perfusion(only(tmp_path / "undated")).series[0].times, 1.5 * np.arange(4))


# What is wrong with a series.


def test_missing_slices_are_found(tmp_path):
    made = dcm.timed_series(5, 4)
    dcm.write(tmp_path / "middle", [ds for i, ds in enumerate(made) if i != 6])
    with pytest.raises(bolus.FormatError, match="lacks slices: 1 of 4 in volume 1"):
        io.read_dicom_perfusion(only(tmp_path / "middle"))
    dcm.write(tmp_path / "last", made[:-2])
    read = io.read_dicom_perfusion(only(tmp_path / "last"))
    assert [f.code for f in read.flags] == ["io.dicom.incomplete_volume"] and len(read.series[0]) == 4
    assert np.array_equal(read.series[0].array, expected(5, 4)[..., :4])
    dcm.write(tmp_path / "whole_slice", [ds for i, ds in enumerate(made) if i % 4 != 2])
    with pytest.raises(bolus.FormatError, match=r"12 mm after slice 1"):
        io.read_dicom_perfusion(only(tmp_path / "whole_slice"))


def test_missing_slice_without_temporal_tags(tmp_path):
    made = dcm.ge_series(5, 4)
    dcm.write(tmp_path / "middle", [ds for i, ds in enumerate(made) if i != 6])
    with pytest.raises(bolus.FormatError, match="cannot be told which"):
        io.read_dicom_perfusion(only(tmp_path / "middle"))
    dcm.write(tmp_path / "last", made[:-1])
    read = io.read_dicom_perfusion(only(tmp_path / "last"))
    assert "io.dicom.incomplete_volume" in [f.code for f in read.flags]
    assert np.array_equal(read.series[0].array, expected(5, 4)[..., :4])


def test_files_that_are_there_twice(tmp_path):
    made = dcm.timed_series()
    dcm.write(tmp_path, made)
    dcm.write(tmp_path / "again", made[:5])
    read = io.read_dicom_perfusion(only(tmp_path))
    assert [f.code for f in read.flags] == ["io.dicom.duplicate_files"]
    assert np.array_equal(read.series[0].array, expected(4))


def test_images_that_nothing_tells_apart(tmp_path):
    made = dcm.ge_series()
    for ds in made:
        ds.InstanceNumber = 1
    dcm.write(tmp_path, made)
    with pytest.raises(bolus.FormatError, match="nothing tells them apart"):
        io.read_dicom_perfusion(only(tmp_path))


def test_one_slice_twice_in_an_image(tmp_path):
    made = dcm.structural("t1")
    extra = dcm.structural("t1")[3]
    extra.InstanceNumber = 99
    dcm.write(tmp_path, [*made, extra])
    read = io.read_dicom_image(only(tmp_path))
    assert [f.code for f in read.flags] == ["io.dicom.duplicate_slices"]
    assert np.array_equal(read.image.array, dcm.volume(12))


def test_order_against_the_clock_is_flagged(tmp_path):
    made = dcm.timed_series(4)
    for ds in made:
        ds.TemporalPositionIdentifier = 5 - ds.AcquisitionNumber
    dcm.write(tmp_path, made)
    read = io.read_dicom_perfusion(only(tmp_path))
    assert "io.dicom.order.conflict" in [f.code for f in read.flags]


def broken(change, kind="t1"):
    made = dcm.structural(kind)
    for number, ds in enumerate(made):
        change(ds, number)
    return made


def spread(ds, number):
    dcm.place(ds, number * (1.0 if number < 6 else 1.3))


def localiser(ds, number):
    if number % 3 == 1:
        ds.ImageOrientationPatient = [1, 0, 0, 0, 0, 1]
    if number % 3 == 2:
        ds.ImageOrientationPatient = [0, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda ds, n: dcm.place(ds, n, shear=1.2), bolus.GeometryError, "gantry tilt of 11"),
        (spread, bolus.GeometryError, "uneven distances"),
        (localiser, bolus.GeometryError, "several orientations"),
        (lambda ds, n: n and setattr(ds, "PixelSpacing", [3, 3]), bolus.GeometryError, "different voxel sizes"),
        (lambda ds, n: n and dcm.set_pixels(ds, np.zeros((8, 8))), AssertionError, "DicomFolder"),
    ],
)
def test_series_that_are_no_volume(tmp_path, change, error, message):
    dcm.write(tmp_path, broken(change))
    with pytest.raises(error, match=message):
        io.read_dicom_image(only(tmp_path))


def test_one_slice(tmp_path):
    dcm.write(tmp_path, dcm.structural("t1")[:1])
    series = only(tmp_path)
    assert series.role == "other"
    with pytest.raises(bolus.DataError, match="one slice only"):
        io.read_dicom_image(series)


def test_one_volume_is_no_series_and_a_series_no_image(tmp_path):
    dcm.write(tmp_path / "image", dcm.structural("t1"))
    dcm.write(tmp_path / "series", dcm.timed_series())
    with pytest.raises(bolus.ShapeError, match="read_dicom_image"):
        io.read_dicom_perfusion(only(tmp_path / "image"))
    with pytest.raises(bolus.ShapeError, match="read_dicom_perfusion"):
        io.read_dicom_image(only(tmp_path / "series"))


def test_unreadable_files_are_listed_with_their_reason(tmp_path):
    dcm.write(tmp_path / "deep" / "er", dcm.structural("t1"))
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / ".hidden").write_bytes(b"x" * 500)
    colour = dcm.structural("t1")[0]
    colour.SamplesPerPixel, colour.PhotometricInterpretation = 3, "RGB"
    colour.PixelData = bytes(5 * 4 * 2 * 3)
    flat = dcm.structural("t1")[0]
    del flat.ImageOrientationPatient
    huge = dcm.structural("t1")[0]
    huge.Rows = huge.Columns = 30000
    lost = dcm.structural("t1")[0]
    report = dcm.base()
    dcm.write(tmp_path, [colour, flat, huge, lost, report], names=["colour", "flat", "huge", "lost", "report"])
    whole = (tmp_path / "lost").read_bytes()
    (tmp_path / "lost").write_bytes(whole[:-20])
    (tmp_path / "header").write_bytes(whole[:300])
    found = io.find_series(tmp_path)
    assert len(found.series) == 1 and len(found.series[0].files) == 12
    reasons = {u.file.name: u.reason for u in found.unreadable}
    assert set(reasons) == {"notes.txt", "empty", "colour", "flat", "huge", "lost", "report", "header"}
    assert "colour" in reasons["colour"]
    assert "Image Orientation" in reasons["flat"]
    assert "30000 x 30000" in reasons["huge"] and "cut off" in reasons["huge"]
    assert "cut off" in reasons["lost"] and "cut off" in reasons["header"]
    assert "no voxels" in reasons["report"]
    assert "empty" in reasons["empty"] and "not a DICOM" in reasons["notes.txt"]


@pytest.mark.parametrize("kind", ["empty", "missing", "file"])
def test_folders_that_are_none(tmp_path, kind):
    if kind == "empty":
        found = io.find_series(tmp_path)
        assert not found.series and not found.unreadable
        with pytest.raises(bolus.DataError, match="no series was recognised"):
            io.choose_series(found)
        with pytest.raises(bolus.DataError, match="nothing"):
            io.find_study(tmp_path)
        return
    path = tmp_path / "x"
    if kind == "file":
        path.write_text("")
    with pytest.raises(bolus.IoError, match="no folder|not a folder"):
        io.find_series(path)


# Roles and studies.


def whole_study(folder, plant=False, patient="P1", study="1.2.3.4"):
    series = {
        "t1": dcm.structural("t1", series="1.2.1", plant=plant),
        "t2": dcm.structural("t2", series="1.2.2", plant=plant, minutes=5),
        "flair": dcm.structural("flair", series="1.2.3", plant=plant, minutes=10),
        "dsc": dcm.timed_series(12, 12, plant=plant),
        "cet1": dcm.structural("cet1", series="1.2.5", plant=plant, minutes=30),
    }
    for number, made in enumerate(series.values()):
        for ds in made:
            if not plant:
                ds.PatientID = patient
            ds.StudyInstanceUID = study
            ds.SeriesInstanceUID = f"{study}.{number}"
        dcm.write(folder / f"S{number}", made)
    return series


def test_roles_of_a_study(tmp_path):
    whole_study(tmp_path)
    scout = dcm.structural("t1", slices=9, series="1.9", SeriesDescription="3-plane loc")
    adc = dcm.structural(
        "t2", series="1.10", SeriesDescription="ADC (10^-6 mm2/s)", ImageType=["DERIVED", "PRIMARY", "ADC"]
    )
    bold = dcm.timed_series(12, 12)
    for number, made in enumerate((scout, adc, bold)):
        for ds in made:
            ds.SeriesInstanceUID = f"1.50.{number}"
            if made is bold:
                ds.SeriesDescription = "ep2d_bold_rest"
        dcm.write(tmp_path / f"X{number}", made)
    found = io.find_series(tmp_path)
    assert len(found.series) == 8
    chosen = io.choose_series(found)
    assert set(chosen.series) == {"t1", "t2", "flair", "cet1", "dsc"} and not chosen.flags
    assert chosen.series["t1"].description == "Ax T1 SE" and chosen.series["cet1"].description == "Ax T1 SE +C"
    assert chosen.series["dsc"].volumes == 12
    others = [s for s in found.series if s.role == "other"]
    assert len(others) == 3 and all(s.reasons for s in others)
    assert list(found.to_frame().columns)[:3] == ["number", "role", "confidence"]
    again = pickle.loads(pickle.dumps(found))
    assert [s.description for s in again.series] == [s.description for s in found.series]


def test_a_role_given_by_hand_is_taken(tmp_path):
    whole_study(tmp_path)
    found = io.find_series(tmp_path)
    by_role = {series.role: series for series in found.series}
    by_role["t2"].role, by_role["flair"].role = "other", "t2"
    chosen = io.choose_series(found)
    assert chosen.series["t2"].description == by_role["flair"].description
    assert set(chosen.series) == {"t1", "t2", "cet1", "dsc"}
    by_role["flair"].confidence = 0.1
    assert "t2" not in io.choose_series(found).series
    by_role["flair"].role = "flair"  # said by a person: certain
    assert io.choose_series(found).series["flair"].confidence == 1.0
    with pytest.raises(bolus.OptionError):
        found.series[0].role = "t3"


def test_a_t1_after_the_bolus_is_enhanced(tmp_path):
    series = whole_study(tmp_path)
    shutil.rmtree(tmp_path / "S4")
    after = dcm.structural("t1", minutes=30)
    for ds in after:
        ds.SeriesInstanceUID = "1.2.3.4.77"
    dcm.write(tmp_path / "after", after)
    chosen = io.choose_series(io.find_series(tmp_path))
    assert chosen.series["cet1"].reasons[-1] == "acquired after the bolus passage"
    assert chosen.series["cet1"].confidence < chosen.series["t1"].confidence
    assert [f.code for f in chosen.flags] == ["io.dicom.role.doubtful"]
    assert series


def test_a_dicom_study_is_read_as_a_whole(tmp_path):
    whole_study(tmp_path / "case1")
    labels = np.zeros((5, 4, 12), np.uint8)
    labels[2, 2, 3:6] = 4
    io.write_label_map(tmp_path / "case1" / "labels.nii.gz", bolus.LabelMap(labels, dcm.affine()))
    study = io.find_study(tmp_path / "case1")
    assert study.patient == "case1" and set(study.dicom_images) == {"t1", "t2", "flair", "cet1"}
    assert study.dicom_perfusion.volumes == 12 and study.labels.name == "labels.nii.gz"
    images = io.read_study(pickle.loads(pickle.dumps(study)))
    assert set(images.structural) == {"t1", "t2", "flair", "cet1"}
    assert np.array_equal(images.structural["t2"].array, dcm.volume(12))
    assert np.array_equal(images.perfusion.array, expected(12, 12))
    assert images.labels.voxel_count("ET") == 3 and not images.flags
    assert "DICOM series of 12 files" in study.to_frame()["file"].str.cat(sep=" ")
    # Overruled by hand.
    study.dicom_images = {"t1": study.dicom_images["t2"]}
    assert np.array_equal(io.read_study(study).structural["t1"].array, dcm.volume(12))


def test_a_study_may_mix_files_and_dicom_and_lack_the_dsc(tmp_path):
    whole_study(tmp_path)
    shutil.rmtree(tmp_path / "S3")
    shutil.rmtree(tmp_path / "S0")
    io.write_image(tmp_path / "t1.nii.gz", bolus.Image(np.ones((5, 4, 12), np.float32), dcm.affine()))
    study = io.find_study(tmp_path)
    assert set(study.images) == {"t1"} and set(study.dicom_images) == {"t2", "flair", "cet1"}
    images = io.read_study(study)
    assert images.perfusion is None and len(images.structural) == 4
    study.images = {**study.images, "t2": study.images["t1"]}
    with pytest.raises(bolus.DataError, match="both a file and a DICOM series"):
        io.read_study(study)


def test_dual_echo_in_a_study(tmp_path):
    dcm.write(tmp_path, dcm.timed_series(10, 12, echoes=(2.0, 29.0)))
    images = io.read_study(io.find_study(tmp_path))
    assert images.perfusion.echo_time == 0.029
    assert [s.echo_time for s in images.other_echoes] == [0.002]


def test_two_patients_are_an_error(tmp_path):
    whole_study(tmp_path / "a")
    whole_study(tmp_path / "b", patient="P2", study="1.2.9")
    with pytest.raises(bolus.DataError, match=r"2 patients \(192, 192 files\)") as caught:
        io.find_study(tmp_path)
    assert "P2" not in str(caught.value)


def test_of_two_examinations_the_fuller_is_taken(tmp_path):
    whole_study(tmp_path / "a")
    whole_study(tmp_path / "b", study="1.2.9")
    with pytest.raises(bolus.DataError, match="2 studies"):
        io.find_study(tmp_path)
    shutil.rmtree(tmp_path / "b" / "S4")
    study = io.find_study(tmp_path)
    assert [f.code for f in study.flags] == ["io.dicom.several_studies"]
    assert all("/a/" in str(s.files[0]) for s in study.dicom_images.values())


# Identity.


def all_text(folder):
    """Every byte below a folder that could be read as text, file names included, in lower case."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(path.name)
        if path.is_file():
            parts.append(path.read_bytes().decode("latin-1"))
    return "\n".join(parts).lower()


def no_identity(text):
    text = text.lower()
    return [word for word in dcm.PLANTED_WORDS if word in text]


def test_identity_reaches_no_description_message_or_sidecar(tmp_path, capfd):
    whole_study(tmp_path / "in", plant=True)
    found = io.find_series(tmp_path / "in")
    shown = repr(found) + str([repr(s) for s in found.series]) + found.to_frame().to_string() + found._repr_html_()
    shown += str([(s.reasons, s.description) for s in found.series]) + str(
        pickle.dumps([s.description for s in found.series])
    )
    assert "perf" in shown and "T1 SE +C" in shown
    images = io.read_study(io.find_study(tmp_path / "in"))
    read = io.read_dicom_perfusion(io.choose_series(found).series["dsc"])
    shown += repr(images) + str(images.flags) + str(read.reasons) + str(read.flags) + repr(read.protocol)
    out = tmp_path / "out"
    out.mkdir()
    io.write_perfusion_series(out / "dsc.nii.gz", images.perfusion)
    io.write_image(out / "t1.nii", images.structural["t1"], read.protocol)
    io.write_image(out / "t1.nrrd", images.structural["t1"])
    provenance = bolus.Provenance("read_study", flags=images.flags) if hasattr(bolus, "Provenance") else None
    shown += provenance.to_json() if provenance else ""
    # Errors: each kind of damage.
    for change in (lambda ds: delattr(ds, "ImageOrientationPatient"), lambda ds: setattr(ds, "SamplesPerPixel", 3)):
        made = dcm.structural("t1", plant=True)
        for ds in made:
            change(ds)
        shutil.rmtree(tmp_path / "bad", ignore_errors=True)
        dcm.write(tmp_path / "bad", made)
        shown += str([u.reason for u in io.find_series(tmp_path / "bad").unreadable])
    made = dcm.structural("t1", plant=True)
    dcm.write(tmp_path / "tilt", broken(lambda ds, n: dcm.place(ds, n, shear=1.2)))
    with pytest.raises(bolus.GeometryError) as caught:
        io.read_dicom_image(only(tmp_path / "tilt"))
    shown += str(caught.value)
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err == ""
    assert no_identity(shown) == [] and no_identity(all_text(out)) == []


def test_deidentified_copies(tmp_path, capfd):
    whole_study(tmp_path / "in", plant=True)
    extra = dcm.enhanced(12, plant=True)
    extra.SeriesInstanceUID, extra.StudyInstanceUID = "1.2.8", "1.2.3.4"
    item = extra.PerFrameFunctionalGroupsSequence[0]
    item.FrameContentSequence[0].FrameComments = "Erika Mustermann"
    tiles = dcm.mosaic(reversed_normal=True)
    for ds in tiles:
        ds.PatientName, ds.PatientID, ds.SeriesInstanceUID, ds.StudyInstanceUID = (
            "Mustermann^Erika",
            "PID-4711-0815",
            "1.2.7",
            "1.2.3.4",
        )
    philips = dcm.philips_series()
    for ds in philips:
        ds.PatientName, ds.PatientID, ds.SeriesInstanceUID, ds.StudyInstanceUID = (
            "Mustermann^Erika",
            "PID-4711-0815",
            "1.2.6",
            "1.2.3.4",
        )
    burned = dcm.structural("t1", plant=True)[0]
    burned.BurnedInAnnotation, burned.SeriesInstanceUID = "YES", "1.2.99"
    dcm.write(tmp_path / "in" / "Mustermann_Erika", [extra, burned])
    dcm.write(tmp_path / "in" / "mosaic", tiles)
    dcm.write(tmp_path / "in" / "philips", philips, implicit=True)
    done = io.deidentify(tmp_path / "in", tmp_path / "out", patient="case-007", salt="a")
    assert len(done.written) == 12 * 4 + 144 + 1 + 3 + 12
    assert len(done.left_out) == 1 and "text in its pixels" in done.left_out[0].reason
    text = all_text(tmp_path / "out")
    assert no_identity(text) == []
    assert "1.2.3.4" not in text and "somebody" not in text
    printed = capfd.readouterr()
    assert printed.out == "" and printed.err == ""

    # Everything can still be read, and is the same but for who and when.
    before, after = io.find_series(tmp_path / "in"), io.find_series(tmp_path / "out")
    before = [s for s in before.series if s.files[0].name != "burned" and s.size[2] > 1]
    assert len(before) == len(after.series) == 8
    for a, b in zip(before, after.series, strict=True):
        assert (a.role, a.layout, a.volumes, list(a.size), a.protocol) == (
            b.role,
            b.layout,
            b.volumes,
            list(b.size),
            b.protocol,
        )
        if a.volumes == 1:
            x, y = io.read_dicom_image(a).image, io.read_dicom_image(b).image
        else:
            p, q = io.read_dicom_perfusion(a), io.read_dicom_perfusion(b)
            x, y = p.series[0], q.series[0]
            assert np.allclose(x.times, y.times, atol=1e-5) and p.reasons == q.reasons
        assert np.array_equal(x.array, y.array) and x.geometry.difference(y.geometry) == ""
    # pydicom as a peer: valid files, consistent UIDs, dates moved together.
    files = [pydicom.dcmread(path) for path in done.written]
    assert {str(ds.PatientName) for ds in files} == {"case-007"} and {ds.PatientID for ds in files} == {"case-007"}
    assert {ds.PatientIdentityRemoved for ds in files} == {"YES"}
    assert len({ds.StudyInstanceUID for ds in files}) == 1 and len({ds.SeriesInstanceUID for ds in files}) == 8
    assert len({ds.SOPInstanceUID for ds in files}) == len(files)
    assert all(ds.SOPInstanceUID.startswith("2.25.") and ds.SOPInstanceUID.is_valid for ds in files)
    assert all(ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID for ds in files)
    assert {ds.StudyDate for ds in files} == {"20000101"} and min(ds.StudyTime for ds in files) == "000000"
    # The same salt gives the same UIDs, none others.
    io.deidentify(tmp_path / "in" / "mosaic", tmp_path / "same", salt="a")
    io.deidentify(tmp_path / "in" / "mosaic", tmp_path / "other")
    uid = {
        name: pydicom.dcmread(next((tmp_path / name).rglob("*.dcm"))).SeriesInstanceUID for name in ("same", "other")
    }
    assert uid["same"] in {ds.SeriesInstanceUID for ds in files} and uid["other"] not in {
        ds.SeriesInstanceUID for ds in files
    }


def test_deidentify_keeps_descriptions_when_asked_and_overwrites_nothing(tmp_path):
    dcm.write(tmp_path / "in", dcm.structural("t1", plant=True))
    io.deidentify(tmp_path / "in", tmp_path / "out", keep_descriptions=True)
    assert only(tmp_path / "out").description == "Ax T1 SE ~"
    with pytest.raises(bolus.IoError, match="not an empty folder"):
        io.deidentify(tmp_path / "in", tmp_path / "out")
    (tmp_path / "nothing").mkdir()
    with pytest.raises(bolus.DataError, match="no DICOM image"):
        io.deidentify(tmp_path / "nothing", tmp_path / "out2")
    with pytest.raises(bolus.OptionError, match="letters"):
        io.deidentify(tmp_path / "in", tmp_path / "out3", patient="../x")


def test_deidentified_transfer_syntaxes(real_data, tmp_path):
    reference = nibabel.load(real_data / "dicom" / "transfer-syntax" / "reference.nii")
    for number in (2, 3, 4, 7, 9):
        (tmp_path / f"in{number}").mkdir()
        shutil.copy(real_data / "dicom" / "transfer-syntax" / f"{number}.dcm", tmp_path / f"in{number}")
        io.deidentify(tmp_path / f"in{number}", tmp_path / f"out{number}")
        array, affine = as_dcm2niix(io.read_dicom_image(only(tmp_path / f"out{number}")).image)
        assert np.array_equal(array, np.asarray(reference.dataobj)) and np.allclose(affine, reference.affine, atol=1e-3)
        assert "crlab" not in all_text(tmp_path / f"out{number}")


# Broken files of any kind.

FUZZ = """
import sys, random, pathlib, numpy as np
import bolus
from bolus import io
folder, seed, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
originals = {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.is_file()}
work = folder / "work"
work.mkdir()
readers = {".nii": io.read_image, ".gz": io.read_image, ".nrrd": io.read_image, ".mha": io.read_image}
for step in range(rounds):
    name = rng.choice(sorted(originals))
    data = bytearray(originals[name])
    kind = rng.randrange(4)
    # Headers matter most.
    reach = len(data) if rng.random() < 0.3 else min(len(data), 2500)
    if kind == 0:
        data = data[: rng.randrange(len(data))]
    elif kind == 1:
        for _ in range(rng.randrange(1, 9)):
            data[rng.randrange(reach)] = rng.randrange(256)
    elif kind == 2:
        at = rng.randrange(reach)
        data[at : at + 4] = bytes.fromhex(rng.choice(["ffffffff", "ffffff7f", "00000000", "feff00e0"]))
    else:
        at, size = rng.randrange(reach), rng.randrange(1, 200)
        data[at : at + size] = bytes(rng.randrange(256) for _ in range(rng.randrange(0, 200)))
    path = work / name
    path.write_bytes(bytes(data))
    reader = readers.get(path.suffix)
    try:
        if reader:
            reader(path)
        else:
            for series in io.find_series(work).series:
                try:
                    io.read_dicom_image(series)
                except bolus.ShapeError:
                    io.read_dicom_perfusion(series)
    except bolus.Error as failure:
        assert str(failure)
    path.unlink()
# Not ru_maxrss, which starts from the parent's.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print("peak", int(peak.split()[1]) // 1024)
"""


def fuzz(folder, rounds, seed=1):
    """In a process of its own: a crash, a hang or a memory bomb is a failure of the test, not of the tests."""
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(folder), str(seed), str(rounds)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "BOLUS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stderr == ""  # the library prints nothing
    lines = done.stdout.split()
    assert lines[0] == "peak" and int(lines[1]) < 1500, done.stdout  # MB, torch included
    return done


def small_files(folder):
    image = bolus.Image(np.random.default_rng(0).normal(size=(6, 5, 4)).astype(np.float32), np.diag([1, 2, 3, 1.0]))
    for name in ("a.nii", "b.nii.gz", "c.nrrd", "d.mha"):
        io.write_image(folder / name, image)
    dcm.write(folder, dcm.structural("t1")[:1], names=["plain.dcm"])
    dcm.write(folder, dcm.structural("t1")[:1], names=["implicit.dcm"], implicit=True)
    dcm.write(folder, [dcm.enhanced()], names=["enhanced.dcm"])
    dcm.write(folder, dcm.mosaic(1), names=["mosaic.dcm"])
    dcm.write(folder, dcm.philips_series(1, 1), names=["philips.dcm"])


def test_flipped_and_truncated_bytes_give_errors_of_ours(tmp_path):
    small_files(tmp_path)
    fuzz(tmp_path, 1500)


def test_compressed_garbage_gives_errors_of_ours(real_data, tmp_path):
    for number in (4, 5, 7, 9):
        shutil.copy(real_data / "dicom" / "transfer-syntax" / f"{number}.dcm", tmp_path)
    # Its voxels alone, as the headers were tried above.
    fuzz(tmp_path, 60)
    for number in (4, 5, 7, 9):
        path = tmp_path / f"{number}.dcm"
        data = bytearray(path.read_bytes())
        rng = np.random.default_rng(number)
        start = data.rfind(b"\xe0\x7f\x10\x00") + 60
        messages = []
        for trial in range(12):
            bad = bytearray(data)
            for at in rng.integers(start, len(bad), 5 * (trial + 1)):
                bad[at] = rng.integers(256)
            folder = tmp_path / "one"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            (folder / "x.dcm").write_bytes(bad)
            for series in io.find_series(folder).series:
                try:
                    io.read_dicom_image(series)
                except bolus.Error as failure:
                    messages.append(str(failure))
        assert all("cut off" in text or "damaged" in text for text in messages)
        if number == 5:  # lossless JPEG shows damage; the others have no checksum and may decode to noise
            assert len(messages) >= 11, messages


def test_a_length_that_claims_gigabytes_is_refused_at_once(tmp_path):
    path = dcm.write(tmp_path, dcm.structural("t1")[:1])[0]
    data = bytearray(path.read_bytes())
    at = data.find(b"\xe0\x7f\x10\x00OW") + 8
    data[at : at + 4] = b"\xf0\xff\xff\xff"
    path.write_bytes(data)
    found = io.find_series(tmp_path)
    assert not found.series and "cut off" in found.unreadable[0].reason
