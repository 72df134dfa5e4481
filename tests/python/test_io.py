"""bolus.io against nibabel and SimpleITK, and on files that are wrong."""

import gzip
import json
import os
import pickle
import struct

import nibabel
import numpy as np
import pandas as pd
import pytest

import bolus
from bolus import io

rng = np.random.default_rng(0)


def oblique_affine(spacing=(0.9, 1.1, 5.5), flip=False):
    a, b, c = 0.3, -0.2, 0.4
    rx = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    ry = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    rz = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    affine = np.eye(4)
    affine[:3, :3] = rz @ ry @ rx @ np.diag([-1 if flip else 1, 1, 1]) @ np.diag(spacing)
    affine[:3, 3] = [-71.3, 12.9, 300.7]
    return affine


def save(path, array, affine=None, **header):
    image = nibabel.Nifti1Image(array, oblique_affine() if affine is None else affine, dtype=array.dtype)
    for name, value in header.items():
        image.header[name] = value
    nibabel.save(image, path)
    return path


def series_file(path, frames=6, step=1.5, units=("mm", "sec"), shape=(5, 4, 3)):
    image = nibabel.Nifti1Image(rng.normal(100, 10, (*shape, frames)).astype(np.float32), oblique_affine())
    image.header.set_xyzt_units(*units)
    image.header["pixdim"][4] = step
    nibabel.save(image, path)
    return path


@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
@pytest.mark.parametrize(
    "dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.float32, np.float64, np.int64]
)
def test_reads_every_number_type_as_nibabel(tmp_path, ending, dtype):
    array = (rng.random((7, 6, 5)) * 100).astype(dtype)
    path = save(tmp_path / ("a" + ending), array)
    image = io.read_image(path)
    assert np.array_equal(image.array, array.astype(np.float32))
    assert np.allclose(image.affine, nibabel.load(path).affine, atol=1e-4)


def test_scaling_is_applied(tmp_path):
    array = rng.integers(-100, 100, (4, 5, 6)).astype(np.int16)
    image = nibabel.Nifti1Image(array, np.eye(4))
    image.header.set_slope_inter(0.25, -3.0)
    image.set_data_dtype(np.int16)
    nibabel.save(image, tmp_path / "a.nii")
    peer = nibabel.load(tmp_path / "a.nii")
    assert np.allclose(io.read_image(tmp_path / "a.nii").array, peer.get_fdata(), rtol=1e-6)


def test_big_endian_is_read(tmp_path):
    array = rng.integers(-1000, 1000, (4, 5, 6)).astype(">i2")
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(">i2")
    nibabel.save(nibabel.Nifti1Image(array, oblique_affine(), header), tmp_path / "a.nii")
    assert nibabel.load(tmp_path / "a.nii").header.endianness == ">"
    assert np.array_equal(io.read_image(tmp_path / "a.nii").array, array.astype(np.float32))


@pytest.mark.parametrize("codes", [(0, 0), (1, 0), (0, 1), (1, 1)])
@pytest.mark.parametrize("flip", [False, True])
def test_orientation_is_that_of_nibabel(tmp_path, codes, flip):
    image = nibabel.Nifti1Image(np.zeros((5, 6, 7), np.int16), oblique_affine(flip=flip))
    image.set_qform(oblique_affine(flip=flip), int(codes[0]))
    image.set_sform(oblique_affine(flip=flip), int(codes[1]))
    nibabel.save(image, tmp_path / "a.nii")
    assert np.allclose(io.read_image(tmp_path / "a.nii").affine, nibabel.load(tmp_path / "a.nii").affine, atol=1e-4)


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_image_round_trip(tmp_path, ending, flip):
    image = bolus.Image(rng.normal(size=(8, 7, 6)).astype(np.float32), oblique_affine(flip=flip))
    path = tmp_path / ("a" + ending)
    io.write_image(path, image)
    back = io.read_image(path)
    assert np.array_equal(back.array, image.array)
    assert image.geometry.difference(back.geometry, 1e-4) == ""


@pytest.mark.parametrize("flip", [False, True])
def test_nibabel_reads_what_is_written(tmp_path, flip):
    image = bolus.Image(rng.normal(size=(8, 7, 6)).astype(np.float32), oblique_affine(flip=flip))
    io.write_image(tmp_path / "a.nii.gz", image)
    peer = nibabel.load(tmp_path / "a.nii.gz")
    assert peer.get_data_dtype() == np.float32
    assert np.array_equal(peer.get_fdata(dtype=np.float32), image.array)
    assert np.allclose(peer.get_sform(), image.affine, atol=1e-4)
    assert np.allclose(peer.get_qform(), image.affine, atol=1e-3)
    assert peer.header.get_xyzt_units()[0] == "mm"


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_sitk_reads_what_is_written(tmp_path, ending):
    sitk = pytest.importorskip("SimpleITK")
    image = bolus.Image(rng.normal(size=(8, 7, 6)).astype(np.float32), oblique_affine())
    io.write_image(tmp_path / ("a" + ending), image)
    peer = sitk.ReadImage(str(tmp_path / ("a" + ending)))
    assert np.array_equal(sitk.GetArrayFromImage(peer).T, image.array)
    assert np.allclose(peer.GetOrigin(), image.geometry.origin, atol=1e-4)
    assert np.allclose(np.reshape(peer.GetDirection(), (3, 3)), image.geometry.direction, atol=1e-5)


def test_same_file_twice_is_the_same_bytes(tmp_path):
    image = bolus.Image(rng.normal(size=(8, 7, 6)).astype(np.float32))
    io.write_image(tmp_path / "a.nii.gz", image)
    io.write_image(tmp_path / "b.nii.gz", image)
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


def test_masks_and_labels_round_trip(tmp_path):
    labels = bolus.LabelMap(rng.choice([0, 1, 2, 4], (5, 6, 7)).astype(np.uint8), oblique_affine())
    io.write_label_map(tmp_path / "labels.nii.gz", labels)
    assert np.array_equal(io.read_label_map(tmp_path / "labels.nii.gz").array, labels.array)
    assert nibabel.load(tmp_path / "labels.nii.gz").get_data_dtype() == np.uint8
    io.write_mask(tmp_path / "mask.nii", labels.mask("WT"))
    assert np.array_equal(io.read_mask(tmp_path / "mask.nii").array, labels.array > 0)


def test_label_values_are_checked(tmp_path):
    array = np.zeros((4, 4, 4))
    array[1, 2, 3] = 3
    with pytest.raises(bolus.DataError, match=r"1 voxels.*: 3;.*\(1, 2, 3\).*4 in BraTS.*change 3 to 4"):
        io.read_label_map(save(tmp_path / "a.nii", array.astype(np.int16)))
    array[1, 2, 3] = 1.5
    with pytest.raises(bolus.DataError, match="nearest neighbour"):
        io.read_label_map(save(tmp_path / "b.nii", array.astype(np.float32)))
    array[1, 2, 3] = -1
    with pytest.raises(bolus.DataError, match="-1"):
        io.read_label_map(save(tmp_path / "c.nii", array.astype(np.int16)))


def test_nan_is_an_error_or_zero_when_asked(tmp_path):
    array = np.ones((4, 5, 6), np.float32)
    array[3, 2, 1] = np.nan
    array[0, 0, 5] = np.inf
    path = save(tmp_path / "a.nii", array)
    with pytest.raises(bolus.DataError, match=r"2 voxels.*\(3, 2, 1\).*non_finite"):
        io.read_image(path)
    image = io.read_image(path, non_finite="zero")
    assert image.array[3, 2, 1] == 0 and image.array[0, 0, 5] == 0 and image.array.sum() == 118
    with pytest.raises(bolus.OptionError, match="'error', 'zero'"):
        io.read_image(path, non_finite="ignore")


def test_missing_folder_and_empty_file(tmp_path):
    with pytest.raises(bolus.IoError, match="no file .*none.nii"):
        io.read_image(tmp_path / "none.nii")
    with pytest.raises(bolus.IoError, match="is a folder"):
        io.read_image(tmp_path)
    (tmp_path / "empty.nii.gz").touch()
    with pytest.raises(bolus.FormatError, match="is empty"):
        io.read_image(tmp_path / "empty.nii.gz")
    with pytest.raises(OSError):
        io.read_image(tmp_path / "none.nii")


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_file_cut_in_half_at_any_place(tmp_path, ending, capfd):
    whole = tmp_path / ("whole" + ending)
    io.write_image(whole, bolus.Image(rng.normal(size=(12, 11, 10)).astype(np.float32)))
    content = whole.read_bytes()
    cut = tmp_path / ("cut" + ending)
    for share in (0.01, 0.05, 0.1, 0.5, 0.9):
        cut.write_bytes(content[: max(1, int(len(content) * share))])
        with pytest.raises(bolus.FormatError, match="cut"):
            io.read_image(cut)
    for missing in (1, 4, 9):
        cut.write_bytes(content[:-missing])
        with pytest.raises(bolus.FormatError, match="cut"):
            io.read_image(cut)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


@pytest.mark.parametrize("ending", [".nii.gz", ".nrrd", ".mha"])
def test_damaged_compressed_data_are_found(tmp_path, ending, capfd):
    path = tmp_path / ("a" + ending)
    io.write_image(path, bolus.Image(rng.normal(size=(12, 11, 10)).astype(np.float32)))
    content = bytearray(path.read_bytes())
    for place in (len(content) // 2, len(content) - 6):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with pytest.raises(bolus.FormatError, match="damaged|ends early"):
            io.read_image(path)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha", ".mhd"])
def test_garbage_is_refused_quietly(tmp_path, ending, capfd):
    path = tmp_path / ("a" + ending)
    for length in (1, 100, 348, 5000):
        path.write_bytes(rng.bytes(length))
        with pytest.raises(bolus.FormatError):
            io.read_image(path)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


@pytest.mark.parametrize("compress", [False, True])
def test_a_header_that_claims_terabytes_is_refused_at_once(tmp_path, compress):
    path = save(tmp_path / "a.nii", np.zeros((4, 4, 4), np.int16))
    content = bytearray(path.read_bytes())
    struct.pack_into("<8h", content, 40, 3, 30000, 30000, 30000, 1, 1, 1, 1)
    path = tmp_path / ("b.nii.gz" if compress else "b.nii")
    path.write_bytes(gzip.compress(bytes(content)) if compress else content)
    with pytest.raises(bolus.FormatError, match="claims"):
        io.read_image(path)


def both_forms(path, shift=0.0, turn=0.0, codes=(1, 1)):
    """sform and qform that differ by a shift along x and a turn about z."""
    image = nibabel.Nifti1Image(np.zeros((20, 21, 22), np.int16), np.diag([1, 1, 2, 1.0]))
    other = image.affine.copy()
    other[0, 3] += shift
    c, s = np.cos(turn), np.sin(turn)
    other[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ other[:3, :3]
    image.set_sform(image.affine, codes[0])
    image.set_qform(other, codes[1])
    nibabel.save(image, path)
    return path


def test_forms_that_disagree_are_flagged(tmp_path):
    flags = lambda **how: [f.code for f in io.image_info(both_forms(tmp_path / "t1.nii", **how)).flags]  # noqa: E731
    assert flags() == [] and flags(shift=0.05) == []
    assert flags(shift=3.0) == ["io.nifti.forms_disagree"] and flags(turn=0.05) == ["io.nifti.forms_disagree"]
    assert flags(shift=3.0, codes=(1, 0)) == [] and flags(codes=(0, 0)) == ["io.nifti.no_orientation"]
    both_forms(tmp_path / "t1.nii", shift=3.0)
    assert np.allclose(io.read_image(tmp_path / "t1.nii").affine, nibabel.load(tmp_path / "t1.nii").affine)
    images = io.read_study(io.find_study(tmp_path))
    assert [f.code for f in images.flags] == ["io.nifti.forms_disagree"] and images.flags[0].message.startswith("t1: ")


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint16, np.int32, np.uint32, np.float32, np.float64])
@pytest.mark.parametrize("kind", ["mha", "compressed", "mhd"])
def test_metaimage_equals_simpleitk(tmp_path, dtype, kind):
    sitk = pytest.importorskip("SimpleITK")
    array = (rng.random((7, 6, 5)) * 100).astype(dtype)
    peer = sitk.GetImageFromArray(array.T)
    peer.SetSpacing((0.9, 1.1, 5.5))
    peer.SetOrigin((-71.3, 12.9, 300.7))
    a, b = oblique_affine(), np.diag([-1, -1, 1])
    peer.SetDirection((b @ a[:3, :3] / np.array([0.9, 1.1, 5.5])).ravel())
    path = tmp_path / ("a.mhd" if kind == "mhd" else "a.mha")
    sitk.WriteImage(peer, str(path), kind == "compressed")
    image = io.read_image(path)
    assert np.array_equal(image.array, array.astype(np.float32))
    assert image.geometry.difference(bolus.Image.from_sitk(sitk.Cast(peer, sitk.sitkFloat32)).geometry, 1e-4) == ""
    assert io.image_info(path).geometry == image.geometry


def meta_image(path, voxels=b"\0" * 48, **fields):
    known = dict(
        ObjectType="Image",
        NDims="3",
        BinaryData="True",
        DimSize="2 3 4",
        ElementSpacing="1 1 2",
        ElementType="MET_SHORT",
        ElementDataFile="LOCAL",
    )
    lines = [
        f"{k} = {v}"
        for k, v in {**known, **fields, "ElementDataFile": fields.get("ElementDataFile", "LOCAL")}.items()
        if v
    ]
    lines.sort(key=lambda line: line.startswith("ElementDataFile"))
    path.write_bytes("\n".join(lines).encode() + b"\n" + voxels)
    return path


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        (dict(DimSize="30000 30000 30000"), bolus.FormatError, "claims"),
        (dict(DimSize="2 3 5"), bolus.FormatError, "claims"),
        (dict(DimSize="2 3"), bolus.FormatError, "DimSize"),
        (dict(DimSize="2 3 -4"), bolus.FormatError, "axis 2 is -4"),
        (dict(DimSize="2 3 x"), bolus.FormatError, "no number"),
        (dict(NDims="2", DimSize="4 6"), (bolus.ShapeError, bolus.FormatError), "3-D|dimensions"),
        (dict(ElementNumberOfChannels="3", DimSize="2 2 2"), bolus.ShapeError, "3 value"),
        (dict(ElementType="MET_OTHER"), bolus.FormatError, "type"),
        (dict(ElementSpacing="0 1 1"), bolus.GeometryError, "spacing"),
        (dict(TransformMatrix="1 0 0 0.5 1 0 0 0 1"), bolus.GeometryError, "orthonormal"),
        (dict(ElementDataFile="../secret.raw"), bolus.FormatError, "another folder"),
        (dict(ElementDataFile="/etc/passwd"), bolus.FormatError, "another folder"),
        (dict(ElementDataFile="LIST"), bolus.FormatError, "several files"),
        (dict(ElementDataFile="gone.raw"), bolus.IoError, "no such file"),
        (dict(CompressedData="True"), bolus.FormatError, "decompressed"),
        (dict(BinaryData="False"), bolus.FormatError, "text"),
        (dict(ObjectType="Tube"), bolus.FormatError, "no image"),
    ],
)
def test_metaimages_that_are_wrong(tmp_path, capfd, fields, error, message):
    assert io.read_image(meta_image(tmp_path / "good.mha")).array.shape == (2, 3, 4)
    with pytest.raises(error, match=message):
        io.read_image(meta_image(tmp_path / "a.mha", **fields))
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


def test_metaimage_with_two_files_is_not_written(tmp_path):
    with pytest.raises(bolus.FormatError, match=r"write \.mha"):
        io.write_image(tmp_path / "a.mhd", bolus.Image(np.zeros((2, 2, 2), np.float32)))


def test_protocol_of_an_image_is_written_and_read(tmp_path):
    image = bolus.Image(rng.normal(size=(4, 5, 6)).astype(np.float32), oblique_affine())
    protocol = io.ImageProtocol(
        echo_time=0.09, repetition_time=8.0, inversion_time=2.4, field_strength=3.0, manufacturer="GE"
    )
    io.write_image(tmp_path / "flair.nii.gz", image, protocol)
    text = json.loads((tmp_path / "flair.json").read_text())
    assert text == {
        "EchoTime": 0.09,
        "RepetitionTime": 8.0,
        "InversionTime": 2.4,
        "MagneticFieldStrength": 3.0,
        "Manufacturer": "GE",
    }
    assert io.image_info(tmp_path / "flair.nii.gz").protocol == protocol
    assert pickle.loads(pickle.dumps(protocol)) == protocol
    with pytest.raises(bolus.IoError, match="exists already"):
        io.write_image(tmp_path / "flair.nii.gz", image, protocol)
    io.write_image(tmp_path / "flair.nii.gz", image, protocol, overwrite=True)
    info = io.image_info(tmp_path / "flair.nii.gz")
    assert info.geometry.difference(image.geometry, 1e-4) == "" and info.volumes == 1


def test_repetition_time_of_a_sidecar_is_from_volume_to_volume(tmp_path):
    """BIDS: RepetitionTime is the time between volumes; TR is RepetitionTimeExcitation where it is another."""
    times = 2.2 * np.arange(4)
    series = bolus.PerfusionSeries(np.ones((3, 3, 3, 4), np.float32), times, echo_time=0.03, repetition_time=0.05)
    io.write_perfusion_series(tmp_path / "a.nii.gz", series)
    text = json.loads((tmp_path / "a.json").read_text())
    assert text["RepetitionTime"] == pytest.approx(2.2) and text["RepetitionTimeExcitation"] == 0.05
    back = io.read_perfusion_series(tmp_path / "a.nii.gz")
    assert back.repetition_time == 0.05 and np.allclose(back.times, times, rtol=1e-6)


def test_masks_and_labels_must_lie_on_the_grid_asked_for(tmp_path):
    grid = bolus.Image(np.zeros((4, 5, 6), np.float32), oblique_affine()).geometry
    io.write_label_map(tmp_path / "a.nii.gz", bolus.LabelMap(np.zeros((4, 5, 6), np.uint8), oblique_affine()))
    io.read_label_map(tmp_path / "a.nii.gz", grid)
    io.read_mask(tmp_path / "a.nii.gz", grid)
    moved = oblique_affine()
    moved[2, 3] += 0.2
    moved = bolus.Geometry.from_affine(moved, [4, 5, 6])
    for reader in (io.read_mask, io.read_label_map):
        with pytest.raises(bolus.GeometryError, match=r"0\.(2|1999\d+) mm apart"):
            reader(tmp_path / "a.nii.gz", moved)
        reader(tmp_path / "a.nii.gz", moved, tolerance=0.5)


def test_a_file_name_that_is_no_text_still_gives_our_error(tmp_path):
    with pytest.raises(bolus.IoError, match="there is no file"):
        io.read_image(os.fsencode(tmp_path) + b"/file\xe9.nii")


def test_constant_and_flat_images(tmp_path):
    path = save(tmp_path / "a.nii", np.full((4, 5, 6), 7, np.int16))
    assert np.all(io.read_image(path).array == 7)
    rgb = np.zeros((4, 5, 6), np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")]))
    nibabel.save(nibabel.Nifti1Image(rgb, np.eye(4)), tmp_path / "rgb.nii")
    with pytest.raises(bolus.FormatError, match="colour"):
        io.read_image(tmp_path / "rgb.nii")
    nibabel.save(nibabel.Nifti1Image(np.zeros((4, 5), np.int16), np.eye(4)), tmp_path / "flat.nii")
    with pytest.raises(bolus.ShapeError, match="3-D"):
        io.read_image(tmp_path / "flat.nii")
    sitk = pytest.importorskip("SimpleITK")
    for name in ("rgb.nrrd", "rgb.mha"):
        sitk.WriteImage(sitk.GetImageFromArray(np.zeros((6, 5, 4, 3), np.uint8), isVector=True), str(tmp_path / name))
        with pytest.raises(bolus.ShapeError):
            io.read_image(tmp_path / name)
    for name in ("flat.nrrd", "flat.mha"):
        sitk.WriteImage(sitk.GetImageFromArray(np.zeros((5, 4), np.uint8)), str(tmp_path / name))
        with pytest.raises((bolus.ShapeError, bolus.GeometryError, bolus.FormatError)):
            io.read_image(tmp_path / name)


def test_a_huge_nrrd_claim_is_refused(tmp_path):
    header = "NRRD0004\ntype: float\ndimension: 3\nsizes: 30000 30000 30000\nendian: little\nencoding: raw\n\n"
    (tmp_path / "a.nrrd").write_bytes(header.encode() + b"\0" * 100)
    with pytest.raises(bolus.FormatError, match="claims"):
        io.read_image(tmp_path / "a.nrrd")


@pytest.mark.parametrize(
    ("offset", "form", "value", "message"),
    [
        (40, "h", 9, "9 dimensions"),
        (40, "h", 0, "0 dimensions"),
        (44, "h", -5, "-5 along axis 1"),
        (70, "h", 128, "data type 128"),
        (108, "f", float("nan"), "byte nan"),
        (344, "3s", b"abc", "no NIfTI mark"),
        (344, "3s", b"ni1", "pair"),
        (0, "i", 540, "NIfTI-2"),
    ],
)
def test_impossible_headers(tmp_path, offset, form, value, message):
    path = save(tmp_path / "a.nii", np.zeros((4, 4, 4), np.int16))
    content = bytearray(path.read_bytes())
    struct.pack_into("<" + form, content, offset, value)
    path.write_bytes(content)
    with pytest.raises(bolus.FormatError, match=message):
        io.read_image(path)


def test_impossible_grids(tmp_path):
    sheared = np.eye(4)
    sheared[0, 1] = 0.4
    with pytest.raises(bolus.GeometryError, match="a.nii: .*sheared"):
        io.read_image(save(tmp_path / "a.nii", np.zeros((4, 4, 4), np.int16), sheared))
    path = save(tmp_path / "b.nii", np.zeros((4, 4, 4), np.int16))
    content = bytearray(path.read_bytes())
    struct.pack_into("<4f", content, 280, float("nan"), 0, 0, 0)
    path.write_bytes(content)
    with pytest.raises(bolus.GeometryError, match="b.nii"):
        io.read_image(path)


def test_dimensions_are_checked(tmp_path):
    with pytest.raises(bolus.ShapeError, match="5 x 4 x 3 x 6.*read_perfusion_series"):
        io.read_image(series_file(tmp_path / "a.nii"))
    with pytest.raises(bolus.ShapeError, match="4-D series"):
        io.read_perfusion_series(save(tmp_path / "b.nii", np.zeros((4, 4, 4), np.int16)))
    with pytest.raises(bolus.ShapeError):
        io.read_image(save(tmp_path / "c.nii", np.zeros((4, 4), np.int16)))
    one = save(tmp_path / "d.nii", np.ones((4, 4, 4, 1), np.int16))
    assert io.read_image(one).array.shape == (4, 4, 4)
    with pytest.raises(bolus.ShapeError):
        io.read_perfusion_series(one)


@pytest.mark.parametrize(("units", "step"), [("sec", 1.5), ("msec", 1500.0), ("usec", 1.5e6)])
def test_time_units_are_honoured(tmp_path, units, step):
    series = io.read_perfusion_series(series_file(tmp_path / "a.nii.gz", step=step, units=("mm", units)))
    assert np.allclose(series.times, 1.5 * np.arange(6), rtol=1e-6)
    peer = nibabel.load(tmp_path / "a.nii.gz")
    assert np.array_equal(series.array, peer.get_fdata(dtype=np.float32))
    assert np.allclose(series.affine, peer.affine, atol=1e-4)
    assert series.echo_time is None


def test_time_step_missing_or_implausible(tmp_path):
    unset = series_file(tmp_path / "a.nii", step=0.0)
    with pytest.raises(bolus.DataError, match="time_step=1.5"):
        io.read_perfusion_series(unset)
    assert io.read_perfusion_series(unset, time_step=2.0).times[1] == 2.0
    with pytest.raises(bolus.DataError, match="how far"):
        io.read_perfusion_series(series_file(tmp_path / "b.nii", step=1.0, units=("mm", "unknown")))
    with pytest.raises(bolus.FormatError, match="milliseconds.*time_step=1.5"):
        io.read_perfusion_series(series_file(tmp_path / "c.nii", step=1500.0))


def test_sidecar_and_what_wins(tmp_path):
    path = series_file(tmp_path / "a.nii.gz", step=0.0)
    sidecar = {"EchoTime": 0.03, "RepetitionTime": 1.25, "FlipAngle": 60, "MagneticFieldStrength": 3}
    (tmp_path / "a.json").write_text(json.dumps(sidecar))
    series = io.read_perfusion_series(path)
    assert (series.echo_time, series.repetition_time, series.flip_angle, series.field_strength) == (0.03, 1.25, 60, 3)
    assert series.times[1] == 1.25
    series = io.read_perfusion_series(path, time_step=2.0, echo_time=0.045)
    assert (series.times[1], series.echo_time, series.repetition_time) == (2.0, 0.045, 1.25)
    (tmp_path / "a.json").write_text(json.dumps({"EchoTime": 30}))
    with pytest.raises(bolus.FormatError, match="EchoTime is 30.*seconds"):
        io.read_perfusion_series(path, time_step=1.0)
    (tmp_path / "a.json").write_text('{"EchoTime": ')
    with pytest.raises(bolus.FormatError, match="a.json is not valid JSON"):
        io.read_perfusion_series(path)
    (tmp_path / "a.json").write_text(json.dumps({"VolumeTiming": [0, 1, 2]}))
    with pytest.raises(bolus.FormatError, match="3 volume times.*6 volumes"):
        io.read_perfusion_series(path)
    (tmp_path / "a.json").write_text(json.dumps({"VolumeTiming": [0, 1, 2, 2, 4, 5]}))
    with pytest.raises(bolus.DataError, match="must increase"):
        io.read_perfusion_series(path)


@pytest.mark.parametrize(
    "values", [{"time_step": 0}, {"time_step": 1500}, {"echo_time": 30}, {"echo_time": -0.03}, {"flip_angle": 400}]
)
def test_values_given_are_checked(tmp_path, values):
    path = series_file(tmp_path / "a.nii")
    with pytest.raises(bolus.OptionError, match=next(iter(values))):
        io.read_perfusion_series(path, **values)


@pytest.mark.parametrize("times", [1.3 * np.arange(5), np.array([0, 1, 2.5, 4, 9.0])])
def test_series_round_trip(tmp_path, times):
    array = rng.normal(100, 5, (4, 5, 3, 5)).astype(np.float32)
    series = bolus.PerfusionSeries(array, times, oblique_affine(), echo_time=0.031, flip_angle=75.0)
    io.write_perfusion_series(tmp_path / "a.nii.gz", series)
    back = io.read_perfusion_series(tmp_path / "a.nii.gz")
    assert np.array_equal(back.array, array)
    assert np.allclose(back.times, times, rtol=1e-6)
    assert (back.echo_time, back.repetition_time, back.flip_angle) == (0.031, None, 75.0)
    assert series.geometry.difference(back.geometry, 1e-4) == ""
    with pytest.raises(bolus.IoError, match="exists already"):
        io.write_perfusion_series(tmp_path / "a.nii.gz", series)


def test_nothing_is_overwritten_unasked(tmp_path):
    image = bolus.Image(np.zeros((3, 3, 3), np.float32))
    io.write_image(tmp_path / "a.nii", image)
    before = (tmp_path / "a.nii").read_bytes()
    other = bolus.Image(np.ones((3, 3, 3), np.float32))
    with pytest.raises(bolus.IoError, match="exists already"):
        io.write_image(tmp_path / "a.nii", other)
    assert (tmp_path / "a.nii").read_bytes() == before
    io.write_image(tmp_path / "a.nii", other, overwrite=True)
    assert io.read_image(tmp_path / "a.nii").array.max() == 1
    assert os.listdir(tmp_path) == ["a.nii"]
    with pytest.raises(bolus.IoError, match="no folder"):
        io.write_image(tmp_path / "none" / "a.nii", image)
    with pytest.raises(bolus.FormatError, match=r"\.dcm"):
        io.write_image(tmp_path / "a.dcm", image)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_no_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(bolus.IoError, match="cannot write"):
        io.write_image(tmp_path / "a.nii", bolus.Image(np.zeros((3, 3, 3), np.float32)))


def make_study(folder, names):
    folder.mkdir(exist_ok=True)
    for name in names:
        path = folder / name
        if "dsc" in name.lower() or "perf" in name.lower():
            series_file(path)
        elif name.lower().endswith((".nii", ".nii.gz")):
            save(
                folder / "made.nii.gz" if name.endswith("gz") else folder / "made.nii", np.zeros((5, 4, 3), np.uint8)
            ).rename(path)
        else:
            path.write_text("")
    return folder


def test_study_is_recognised(tmp_path):
    names = [
        "case_T1.nii.gz",
        "case_t2.NII",
        "sub-01_FLAIR.nii.gz",
        "t1ce.nii",
        "dsc.nii.gz",
        "x_seg.nii.gz",
        "aif.nii",
        "notes.txt",
        "t1c_brain_mask.nii",
    ]
    study = io.find_study(make_study(tmp_path / "P7", names))
    assert study.patient == "P7"
    assert {name: path.name for name, path in study.images.items()} == {
        "t1": "case_T1.nii.gz",
        "t2": "case_t2.NII",
        "flair": "sub-01_FLAIR.nii.gz",
        "cet1": "t1ce.nii",
    }
    assert (study.perfusion.name, study.labels.name, study.arterial_mask.name) == (
        "dsc.nii.gz",
        "x_seg.nii.gz",
        "aif.nii",
    )
    assert list(study.to_frame()["role"]) == ["t1", "t2", "flair", "cet1", "dsc", "labels", "aif"]
    assert pickle.loads(pickle.dumps(study)).images == study.images
    study.perfusion_reading.echo_time = 0.04
    images = io.read_study(study)
    assert set(images.structural) == {"t1", "t2", "flair", "cet1"}
    assert images.perfusion.echo_time == 0.04
    assert images.labels is not None and images.arterial_mask is not None


def test_study_errors(tmp_path):
    with pytest.raises(bolus.IoError, match="no folder"):
        io.find_study(tmp_path / "none")
    with pytest.raises(bolus.DataError, match="cet1: t1c.nii and t1gd.nii.gz"):
        io.find_study(make_study(tmp_path / "two", ["t1c.nii", "t1gd.nii.gz"]))
    with pytest.raises(bolus.DataError, match="notes.txt.*expected t1, t2"):
        io.find_study(make_study(tmp_path / "other", ["notes.txt"]))
    with pytest.raises(bolus.DataError, match="nothing"):
        io.find_study(make_study(tmp_path / "empty", []))
    with pytest.raises(bolus.IoError, match="not a folder"):
        io.find_study(save(tmp_path / "t1.nii", np.zeros((3, 3, 3), np.int16)))


def test_study_parts_must_share_a_space(tmp_path):
    folder = make_study(tmp_path / "a", ["t1.nii", "dsc.nii"])
    save(folder / "labels.nii", np.zeros((9, 9, 9), np.uint8))
    with pytest.raises(bolus.GeometryError, match="labels.nii.*t1: size 9x9x9 and 5x4x3"):
        io.read_study(io.find_study(folder))
    (folder / "labels.nii").unlink()
    moved = oblique_affine()
    moved[0, 3] += 3.0
    save(folder / "aif.nii", np.zeros((5, 4, 3), np.uint8), moved)
    with pytest.raises(bolus.GeometryError, match="arterial mask"):
        io.read_study(io.find_study(folder))


def test_cohort_table(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b, second").mkdir()
    text = '\ufeffPatient,IDH,folder,age,sex,grade,site\r\n"A ""1""",Mutant,a,41.5,f,2,"x\ny"\r\nB,0,"b, second",,M,4,\r\n\r\n'
    (tmp_path / "c.csv").write_bytes(text.encode())
    cohort = io.read_cohort(tmp_path / "c.csv")
    first, second = cohort.rows
    assert (first.patient, first.label, first.age, first.sex, first.grade) == ('A "1"', 1, 41.5, "F", 2)
    assert first.other == {"site": "x\ny"} and first.folder == tmp_path / "a"
    assert (second.patient, second.label, second.age, second.folder.name, second.other) == (
        "B",
        0,
        None,
        "b, second",
        {},
    )
    frame = cohort.to_frame()
    assert list(frame["label"]) == [1, 0] and list(frame.columns)[-1] == "site"
    assert pickle.loads(pickle.dumps(cohort)).rows[0].patient == first.patient


def test_every_problem_of_a_cohort_is_listed_at_once(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text(
        "patient,label,age,grade,folder,sex\nA,1,40,2,,F\nA,0,40,2,,F\nB,,40,2,,F\nC,maybe,forty,5,none,X\n,1,40,2,,F\nD,1\n"
    )
    with pytest.raises(bolus.FormatError) as caught:
        io.read_cohort(path)
    message = str(caught.value)
    for part in (
        "row 3: patient 'A' is already in row 2",
        "row 4: the label is missing",
        "row 5: the label is 'maybe'",
        "row 5: age is 'forty'",
        "row 5: grade is '5'",
        "row 5: there is no folder",
        "row 5: sex is 'X'",
        "row 6: the patient is missing",
        "row 7: found 2 fields",
    ):
        assert part in message
    assert "9 problem(s)" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("name,idh\nA,1\n", "no column 'patient'"),
        ("patient,age\nA,1\n", "no column 'label'"),
        ("patient;label\nA;1\n", "commas, not semicolons"),
        ("patient,label\n", "no patient"),
        ('patient,label\n"A,1\n', "never closed"),
        ('patient,label\n"A"b,1\n', "closing quote"),
        ("patient,label,label\nA,1,1\n", "there twice"),
        ("patient,label\nA,1\0\n", "not a text file"),
    ],
)
def test_cohort_tables_that_are_none(tmp_path, text, message):
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(bolus.FormatError, match=message):
        io.read_cohort(path)


def test_curve_table_round_trip(tmp_path):
    entries = []
    for patient, label in (("A", 1), ('B "x", y', 0), ("C", None)):
        curves = bolus.CurveSet(["ET", "AIF"], np.cumsum(rng.random(7)), rng.normal(size=(7, 2)))
        entries.append(io.PatientCurves(patient, curves, label))
    io.write_curves(tmp_path / "c.csv", entries)
    back = io.read_curves(tmp_path / "c.csv")
    assert [entry.patient for entry in back] == [entry.patient for entry in entries]
    assert [entry.label for entry in back] == [1, 0, None]
    for a, b in zip(entries, back, strict=True):
        assert np.array_equal(a.curves.values, b.curves.values) and np.array_equal(a.curves.times, b.curves.times)
    frame = pd.read_csv(tmp_path / "c.csv")
    assert list(frame.columns) == ["patient", "label", "time", "ET", "AIF"] and len(frame) == 21


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("patient,time\nA,0\n", "FormatError", "at least one curve"),
        ("patient,time,ET\n", "FormatError", "no rows"),
        ("patient,time,ET\nA,0,x\n", "FormatError", "row 2, column 'ET': 'x' is not a number"),
        ("patient,time,ET\nA,0,nan\n", "FormatError", "not a number"),
        ("patient,time,ET\nA,1,1\nA,0,1\n", "DataError", "patient 'A': time must increase"),
        ("patient,time,ET\nA,0,1\nB,0,1\nA,1,1\n", "FormatError", "row 4: patient 'A' was there before"),
        ("patient,time,label,ET\nA,0,1,1\nA,1,0,1\n", "FormatError", "not that of the rows before"),
        ("patient,time,ET\nA,0\n", "FormatError", "found 2 fields"),
    ],
)
def test_curve_tables_that_are_none(tmp_path, text, kind, message):
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(getattr(bolus, kind), match=message):
        io.read_curves(path)


def test_options_show_and_pickle():
    reading = io.PerfusionReading(echo_time=0.03)
    assert "echo_time=0.03" in repr(reading) and "non_finite='error'" in repr(reading)
    assert pickle.loads(pickle.dumps(reading)).echo_time == 0.03


# --- real data ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ge-epi", "siemens-mosaic", "philips-enhanced"])
def test_real_series_equal_nibabel(real_data, name):
    path = next((real_data / "dicom" / name).glob("reference.nii*"))
    peer = nibabel.load(path)
    sidecar = json.loads((path.parent / "reference.json").read_text())
    series = io.read_perfusion_series(path)
    assert np.array_equal(series.array, peer.get_fdata(dtype=np.float32))
    assert np.allclose(series.affine, peer.affine, atol=1e-4)
    assert np.allclose(np.diff(series.times), peer.header.get_zooms()[3], rtol=1e-6)
    assert series.echo_time == pytest.approx(sidecar["EchoTime"])
    assert series.flip_angle == sidecar["FlipAngle"]


def test_real_images_equal_nibabel(real_data):
    for path in sorted((real_data / "tcga-fg-6692").glob("*.nii.gz")):
        peer = nibabel.load(path)
        image = io.read_image(path)
        assert np.array_equal(image.array, peer.get_fdata(dtype=np.float32))
        assert np.allclose(image.affine, peer.affine, atol=1e-4)


def test_real_studies_are_recognised_and_read(real_data):
    study = io.find_study(real_data / "tcga-fg-6692")
    assert set(study.images) == {"t1", "t2", "flair", "cet1"}
    for case in ("tcga-fg-6692", "tcga-du-7294"):
        study = io.find_study(real_data / "brats-cases" / case)
        study.labels = real_data / "brats-cases" / case / "original" / "labels.nii.gz"
        images = io.read_study(study)
        array = nibabel.load(study.labels).get_fdata()
        assert np.array_equal(images.labels.array, array)
        assert images.labels.voxel_count("WT") == (array > 0).sum()
