"""Segmentations of 3D Slicer, written and read back by slicerio and pynrrd, which share no code with bolus."""

import gzip

import nrrd
import numpy as np
import pytest
import slicerio
from command_line import command

import bolus
from bolus import io

AFFINE = np.array([[0.0, -0.9, 0, 30], [1.1, 0, 0, -20], [0, 0, 5.5, 7], [0, 0, 0, 1]])
TERMS = {
    "ET": ["NCIt", "C113842", "Enhancing Lesion"],
    "NET": ["NCIt", "C81175", "Non-Enhancing Lesion"],
    "ED": ["SCT", "79654002", "Edema"],
}


def labels():
    array = np.zeros((12, 10, 8), np.uint8)
    array[2:9, 2:8, 1:7] = 2
    array[3:7, 3:7, 2:6] = 1
    array[4:6, 4:7, 3:5] = 4
    return bolus.LabelMap(array, AFFINE)


def codes(read):
    return [flag.code for flag in read.flags]


def write_slicer(path, layers, segments, affine=AFFINE, **extra):
    """A file as 3D Slicer writes it; `layers` is (x, y, z) or (layers, x, y, z)."""
    lps = np.diag([-1.0, -1.0, 1.0]) @ affine[:3, :3]
    header = {
        "space": "left-posterior-superior",
        "space origin": np.diag([-1.0, -1.0, 1.0]) @ affine[:3, 3],
        "encoding": "gzip",
        "Segmentation_MasterRepresentation": "Binary labelmap",
        "Segmentation_ReferenceImageExtentOffset": "0 0 0",
        **extra,
    }
    directions = lps.T
    if layers.ndim == 4:
        header["kinds"] = ["list", "domain", "domain", "domain"]
        header["space directions"] = np.vstack([[np.nan] * 3, directions])
    else:
        header["kinds"] = ["domain"] * 3
        header["space directions"] = directions
    for k, segment in enumerate(segments):
        fields = {"ID": f"Segment_{k + 1}", "Layer": 0, "Color": "0.5 0.5 0.5", **segment}
        for key, value in fields.items():
            header[f"Segment{k}_{key}"] = str(value)
    nrrd.write(str(path), layers, header)
    return path


def tags(code):
    term = "^".join(TERMS[code])
    category = "SCT^49755003^Morphologically Altered Structure"
    return f"Segmentation.Status:completed|TerminologyEntry:some list~{category}~{term}~^^~~^^~^^|"


def test_slicerio_finds_the_segments(tmp_path):
    path = tmp_path / "case.seg.nrrd"
    io.write_label_map(path, labels())
    read = slicerio.read_segmentation(str(path))
    assert read["encoding"] == "gzip"
    assert read["masterRepresentation"] == "Binary labelmap"
    by_id = {segment["id"]: segment for segment in read["segments"]}
    assert list(by_id) == ["ET", "NET", "ED"]
    for name, value, full, colour in (
        ("ET", 4, "Enhancing tumour (ET)", [1, 1, 0]),
        ("NET", 1, "Non-enhancing tumour core (NET)", [1, 0, 0]),
        ("ED", 2, "Peritumoural oedema (ED)", [0, 1, 0]),
    ):
        segment = by_id[name]
        assert (segment["labelValue"], segment["layer"], segment["name"], segment["color"]) == (value, 0, full, colour)
        assert segment["terminology"]["type"] == TERMS[name]
        assert segment["terminology"]["category"][:2] == ["SCT", "49755003"]
        assert segment["terminology"]["anatomicRegion"] == ["SCT", "12738006", "Brain"]
        where = np.argwhere(np.asarray(labels().array) == value)
        extent = np.column_stack([where.min(0), where.max(0)]).ravel()
        assert segment["extent"] == extent.tolist()
    np.testing.assert_array_equal(read["voxels"], labels().array)
    np.testing.assert_allclose(read["ijkToLPS"], np.diag([-1, -1, 1, 1]) @ AFFINE, atol=1e-12)


def test_it_comes_back_and_converts_both_ways(tmp_path):
    io.write_label_map(tmp_path / "a.seg.nrrd", labels())
    io.write_label_map(tmp_path / "b.nii.gz", io.read_label_map(tmp_path / "a.seg.nrrd"))
    io.write_label_map(tmp_path / "c.seg.nrrd", io.read_label_map(tmp_path / "b.nii.gz"))
    for name in ("a.seg.nrrd", "b.nii.gz", "c.seg.nrrd"):
        back = io.read_label_map(tmp_path / name)
        np.testing.assert_array_equal(back.array, labels().array)
        np.testing.assert_allclose(back.affine, AFFINE, atol=1e-5)
    read = io.read_segmentation(tmp_path / "a.seg.nrrd")
    assert read.flags == [] and [segment.region for segment in read.segments] == ["ET", "NET", "ED"]
    assert list(read.to_frame().voxels) == [segment.voxels for segment in read.segments]
    assert "Segmentation" in repr(read) and "<table" in read._repr_html_()
    with pytest.raises(bolus.IoError, match="exists"):
        io.write_label_map(tmp_path / "a.seg.nrrd", labels())


def test_slicerio_writes_it_back_with_other_values(tmp_path):
    """As after an edit: values renumbered by the writer, a voxel painted."""
    io.write_label_map(tmp_path / "a.seg.nrrd", labels())
    other = slicerio.read_segmentation(str(tmp_path / "a.seg.nrrd"))
    voxels = other["voxels"]
    for segment, new in zip(other["segments"], (1, 2, 3), strict=True):
        voxels[voxels == segment["labelValue"]] = 100 + new
        segment["labelValue"] = 100 + new
    other["voxels"] = voxels
    voxels[0, 0, 0] = 103
    slicerio.write_segmentation(str(tmp_path / "b.seg.nrrd"), other)
    expected = np.array(labels().array)
    expected[0, 0, 0] = 2
    np.testing.assert_array_equal(io.read_label_map(tmp_path / "b.seg.nrrd").array, expected)


def test_the_study_reader_takes_it(tmp_path):
    io.write_image(tmp_path / "t1.nii.gz", bolus.Image(np.ones((12, 10, 8), np.float32), AFFINE))
    io.write_label_map(tmp_path / "labels.seg.nrrd", labels())
    study = io.read_study(io.find_study(tmp_path))
    assert study.labels.voxel_count("ET") == labels().voxel_count("ET")


@pytest.mark.parametrize(
    ("segment", "region", "flag"),
    [
        ({"Name": "enhancing tumor"}, "ET", False),
        ({"Name": "NCR/NET"}, "NET", False),
        ({"Name": "Peritumoral Edema"}, "ED", False),
        ({"Name": "wholeTumour"}, "WT", False),
        ({"Name": "my favourite", "ID": "NET"}, "NET", True),
        ({"Name": "hot part", "Tags": tags("ET")}, "ET", True),
        (
            {"Name": "edema", "Tags": "TerminologyEntry:x~SCT^85756007^Tissue~SCT^85756007^Tissue~^^~~^^~^^|"},
            "ED",
            False,
        ),
    ],
)
def test_segments_are_recognised(tmp_path, segment, region, flag):
    voxels = np.zeros((6, 5, 4), np.uint8)
    voxels[1:3] = 7
    path = write_slicer(tmp_path / "a.seg.nrrd", voxels, [{"LabelValue": 7, **segment}])
    read = io.read_segmentation(path)
    assert read.segments[0].region == region
    assert ("io.segmentation.renamed" in codes(read)) == flag
    assert read.labels.voxel_count("WT") == 2 * 5 * 4
    assert codes(read).count("io.segmentation.missing") == 3 - (region in ("ET", "NET", "ED"))


def test_contradictions_duplicates_and_strangers_are_errors_that_can_be_settled(tmp_path):
    voxels = np.zeros((6, 5, 4), np.uint8)
    voxels[1], voxels[2] = 1, 2
    one, two = {"Name": "ET", "LabelValue": 1}, {"Name": "ED", "LabelValue": 2}

    def read(*segments, **options):
        return io.read_segmentation(write_slicer(tmp_path / "a.seg.nrrd", voxels, segments), **options)

    with pytest.raises(bolus.DataError, match="ET and ED by its name"):
        read(one | {"ID": "ED"}, two | {"ID": "other"})
    with pytest.raises(bolus.DataError, match="two segments are ET"):
        read(one, one | {"LabelValue": 2})
    with pytest.raises(bolus.DataError, match=r"'vessel' .*none of ET, NET, ED"):
        read(one, {"Name": "vessel", "LabelValue": 2})
    assert read(one, {"Name": "vessel", "LabelValue": 2}, regions={"vessel": None}).labels.voxel_count("WT") == 20
    assert read(one, {"Name": "vessel", "LabelValue": 2}, regions={"Segment_2": "ED"}).labels.voxel_count("ED") == 20
    assert read(one, one | {"LabelValue": 2}, regions={"ET": "ET"}).labels.voxel_count("ET") == 40
    settled = read(one | {"ID": "ED"}, two | {"ID": "other"}, regions={"ED": "ET", "other": "ED"})
    assert settled.labels.voxel_count("ET") == 20
    with pytest.raises(bolus.OptionError, match="'nobody'"):
        read(one, two, regions={"nobody": "ET"})
    empty = read(one, two, {"Name": "Segment_3", "LabelValue": 3})
    assert "io.segmentation.empty_segment" in codes(empty)
    with pytest.raises(bolus.FormatError, match="no segment has"):
        read(one)
    with pytest.raises(bolus.FormatError, match="belong to another segment"):
        read(one, two | {"LabelValue": 1})


def test_overlapping_layers(tmp_path):
    layers = np.zeros((2, 6, 5, 4), np.uint8)
    layers[0, 1:4] = 1  # oedema
    layers[1, 3:5] = 1  # enhancing: shares one plane
    segments = [{"Name": "ED", "LabelValue": 1, "Layer": 0}, {"Name": "ET", "LabelValue": 1, "Layer": 1}]
    path = write_slicer(tmp_path / "a.seg.nrrd", layers, segments)
    with pytest.raises(bolus.DataError, match="ET and ED share 20 voxels"):
        io.read_segmentation(path)
    with pytest.raises(bolus.DataError, match="resolve_overlap"):
        io.read_label_map(path)
    read = io.read_segmentation(path, resolve_overlap=True)
    assert codes(read) == ["io.segmentation.overlap", "io.segmentation.missing"]
    assert (read.labels.voxel_count("ET"), read.labels.voxel_count("ED")) == (40, 40)
    np.testing.assert_allclose(read.labels.affine, AFFINE, atol=1e-9)
    assert slicerio.read_segmentation(str(path))["voxels"].shape == (2, 6, 5, 4)  # the peer agrees that it has layers


def test_nested_regions_of_brats_become_parts(tmp_path):
    layers = np.zeros((3, 6, 5, 4), np.uint8)
    layers[0, 0:5] = layers[1, 1:4] = layers[2, 2:3] = 1
    names = ("whole tumor", "tumor core", "ET")
    segments = [{"Name": name, "LabelValue": 1, "Layer": k} for k, name in enumerate(names)]
    read = io.read_segmentation(write_slicer(tmp_path / "a.seg.nrrd", layers, segments))
    assert "io.segmentation.filled" in codes(read) and "io.segmentation.overlap" not in codes(read)
    assert [read.labels.voxel_count(region) // 20 for region in ("ET", "NET", "ED", "TC", "WT")] == [1, 2, 2, 3, 5]


def test_files_of_old_versions_have_a_layer_per_segment(tmp_path):
    layers = np.zeros((2, 6, 5, 4), np.uint8)
    layers[0, 1], layers[1, 2] = 1, 1
    path = write_slicer(tmp_path / "a.seg.nrrd", layers, [{"Name": "ED"}, {"Name": "ET"}])
    raw = nrrd.read_header(str(path))
    header = {key: value for key, value in raw.items() if not key.endswith("_Layer")}
    nrrd.write(str(path), layers, header)
    read = io.read_segmentation(path)
    assert (read.labels.voxel_count("ET"), read.labels.voxel_count("ED")) == (20, 20)


def test_a_file_that_covers_a_part_is_placed_on_the_grid(tmp_path):
    whole = labels()
    cut = np.asarray(whole.array)[2:9, 2:8, 1:7]
    affine = AFFINE.copy()
    affine[:3, 3] = (AFFINE @ [2, 2, 1, 1])[:3]
    segments = [{"Name": name, "LabelValue": value} for name, value in (("ET", 4), ("NET", 1), ("ED", 2))]
    path = write_slicer(tmp_path / "a.seg.nrrd", np.ascontiguousarray(cut), segments, affine)
    np.testing.assert_array_equal(io.read_segmentation(path, grid=whole.geometry).labels.array, whole.array)
    assert io.read_label_map(path).array.shape == (7, 6, 6)

    affine[0, 3] += 0.4
    path = write_slicer(tmp_path / "b.seg.nrrd", np.ascontiguousarray(cut), segments, affine)
    with pytest.raises(bolus.GeometryError, match="grid asked for"):
        io.read_segmentation(path, grid=whole.geometry)
    other = bolus.LabelMap(np.zeros((4, 4, 4), np.uint8), AFFINE)
    path = write_slicer(tmp_path / "c.seg.nrrd", np.asarray(whole.array), segments)
    with pytest.raises(bolus.GeometryError, match="outside"):
        io.read_segmentation(path, grid=other.geometry)


def test_a_file_without_segments_holds_brats_values(tmp_path):
    path = write_slicer(tmp_path / "a.seg.nrrd", np.asarray(labels().array), [])
    np.testing.assert_array_equal(io.read_label_map(path).array, labels().array)
    array = np.asarray(labels().array).copy()
    array[0, 0, 0] = 3
    with pytest.raises(bolus.DataError, match="holds the value 3"):
        io.read_label_map(write_slicer(tmp_path / "b.seg.nrrd", array, []))


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "a.seg.nrrd"
    io.write_label_map(path, labels())
    whole = path.read_bytes()
    split = whole.index(b"\n\n") + 2
    for end in (10, split - 20, split, split + 5, len(whole) - 4):
        path.write_bytes(whole[:end])
        with pytest.raises((bolus.FormatError, bolus.IoError)):
            io.read_label_map(path)
    huge = whole[:split].replace(b"sizes: 12 10 8", b"sizes: 1200 1000 800")
    path.write_bytes(huge + whole[split:])
    with pytest.raises(bolus.FormatError, match="claims"):
        io.read_label_map(path)
    for field, wrong in (
        (b"LabelValue:=4", b"LabelValue:=x"),
        (b"Segment1_Layer:=0", b"Segment1_Layer:=9"),
        (b"LabelValue:=4", b"LabelValue:=0"),
    ):
        assert field in whole
        path.write_bytes(whole.replace(field, wrong))
        with pytest.raises(bolus.FormatError, match=r"segment \d"):
            io.read_label_map(path)
    path.write_bytes(whole.replace(b"Representation:=Binary labelmap", b"Representation:=Fractional labelmap"))
    with pytest.raises(bolus.FormatError, match="Binary labelmap"):
        io.read_label_map(path)
    path.write_bytes(gzip.compress(b"not an image"))
    with pytest.raises(bolus.FormatError, match="not an NRRD"):
        io.read_label_map(path)
    with pytest.raises(bolus.IoError, match="no file"):
        io.read_label_map(tmp_path / "none.seg.nrrd")
    with pytest.raises(bolus.FormatError, match="seg.nrrd"):
        io.read_segmentation(write_nifti(tmp_path))
    fractional = np.full((3, 3, 3), 0.5, np.float32)
    with pytest.raises(bolus.FormatError, match="integers"):
        io.read_label_map(write_slicer(tmp_path / "f.seg.nrrd", fractional, [{"Name": "ET"}]))
    flat = np.zeros((4, 4), np.uint8)
    nrrd.write(str(tmp_path / "2d.seg.nrrd"), flat)
    with pytest.raises(bolus.ShapeError, match="4 x 4"):
        io.read_label_map(tmp_path / "2d.seg.nrrd")


def write_nifti(folder):
    io.write_label_map(folder / "x.nii.gz", labels())
    return folder / "x.nii.gz"


def test_the_command_line_converts_and_compares(tmp_path):
    io.write_label_map(tmp_path / "automatic.nii.gz", labels())
    command("labels", "convert", tmp_path / "automatic.nii.gz", tmp_path / "edit.seg.nrrd")
    edited = np.array(labels().array)
    edited[0, 0, 0] = 2
    io.write_label_map(tmp_path / "edit.seg.nrrd", bolus.LabelMap(edited, AFFINE), overwrite=True)
    said = command(
        "labels", "compare", tmp_path / "automatic.nii.gz", tmp_path / "edit.seg.nrrd", "-o", tmp_path / "audit.json"
    )
    assert "1 voxels changed" in said
    assert '"changed_voxels": 1' in (tmp_path / "audit.json").read_text()
    command(
        "labels",
        "convert",
        tmp_path / "edit.seg.nrrd",
        tmp_path / "back.nii.gz",
        "--like",
        tmp_path / "automatic.nii.gz",
    )
    np.testing.assert_array_equal(io.read_label_map(tmp_path / "back.nii.gz").array, edited)

    assert "Peritumoural oedema (ED)" in command("info", tmp_path / "edit.seg.nrrd")

    voxels = np.zeros((12, 10, 8), np.uint8)
    voxels[3] = 1
    odd = write_slicer(tmp_path / "odd.seg.nrrd", voxels, [{"Name": "a=b", "LabelValue": 1}])
    command("labels", "convert", odd, tmp_path / "odd.nii.gz", "--region", "a=b=ET")
    assert io.read_label_map(tmp_path / "odd.nii.gz").voxel_count("ET") == 80
    assert "--region is 'a'" in command("labels", "convert", odd, tmp_path / "x.nii.gz", "--region", "a", code=2)
