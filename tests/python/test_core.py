"""The values: interchange with numpy, torch, nibabel, SimpleITK and ITK, errors, and provenance."""

import gc
import hashlib
import json
import pickle
import subprocess
import sys
import typing

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

import bolus


def oblique_affine() -> np.ndarray:
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", [10, -20, 30], degrees=True).as_matrix() @ np.diag([0.9, 0.9, 5.5])
    affine[:3, 3] = [-80, 40, 12]
    return affine


def test_image_shares_memory_with_numpy():
    voxels = np.arange(60, dtype=np.float32).reshape(3, 4, 5, order="F")
    image = bolus.Image(voxels, oblique_affine())
    image.array[1, 2, 3] = 99
    assert voxels[1, 2, 3] == 99
    assert np.shares_memory(np.asarray(image), voxels)
    assert np.shares_memory(np.from_dlpack(image), voxels)


def test_image_copies_when_type_or_order_differ():
    voxels = np.arange(60).reshape(3, 4, 5)
    image = bolus.Image(voxels)
    np.testing.assert_array_equal(image.array, voxels)
    assert not np.shares_memory(image.array, voxels)


def test_a_view_keeps_the_image_alive():
    view = bolus.Image(np.ones((20, 20, 20), np.float32)).array
    np.testing.assert_array_equal(view, 1)


def test_read_only_memory_is_copied_not_written():
    voxels = np.zeros((2, 2, 2), np.float32, order="F")
    voxels.flags.writeable = False
    image = bolus.Image(voxels)
    image.array[:] = 1
    assert voxels.sum() == 0


def test_nibabel_round_trip():
    image = bolus.Image(np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32), oblique_affine())
    peer = image.to_nibabel()
    np.testing.assert_allclose(peer.affine, oblique_affine(), atol=1e-12)
    back = bolus.Image.from_nibabel(peer)
    np.testing.assert_array_equal(back.array, image.array)
    assert back.geometry == image.geometry


def test_simpleitk_agrees_on_where_a_voxel_lies():
    image = bolus.Image(np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32), oblique_affine())
    peer = image.to_sitk()
    index = (2, 1, 3)
    assert peer.GetPixel(index) == pytest.approx(float(image.array[index]))
    np.testing.assert_allclose(peer.TransformIndexToPhysicalPoint(index), image.geometry.point_of(index), atol=1e-9)
    back = bolus.Image.from_sitk(SimpleITK.Cast(peer, SimpleITK.sitkFloat32))
    np.testing.assert_array_equal(back.array, image.array)
    assert back.geometry.difference(image.geometry, 1e-9) == ""


@settings(max_examples=30, deadline=None)
@given(
    st.tuples(*[st.floats(-180, 180)] * 3),
    st.tuples(*[st.floats(0.1, 10)] * 3),
    st.tuples(*[st.floats(-500, 500)] * 3),
)
def test_geometry_round_trip(angles, spacing, origin):
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() @ np.diag(spacing)
    affine[:3, 3] = origin
    geometry = bolus.Geometry.from_affine(affine, (5, 6, 7))
    np.testing.assert_allclose(geometry.affine, affine, atol=1e-9)
    point = geometry.point_of([1, 2, 3])
    np.testing.assert_allclose(geometry.index_of(point), [1, 2, 3], atol=1e-6)
    np.testing.assert_allclose(nibabel.affines.apply_affine(affine, [1, 2, 3]) * [-1, -1, 1], point, atol=1e-8)


def test_everything_pickles():
    values = [
        bolus.Image(np.ones((2, 3, 4), np.float32), oblique_affine()),
        bolus.LabelMap(np.full((2, 3, 4), 4, np.uint8)),
        bolus.PerfusionSeries(np.ones((2, 3, 4, 5), np.float32), np.arange(5.0), oblique_affine(), echo_time=0.03),
        bolus.CurveSet(["ET"], [0.0, 1.0], [[1.0], [2.0]], [3], "delta_r2s", [bolus.QcFlag("a.b", "c")]),
        bolus.Dataset(np.ones((3, 2, 4)), ["a", "b"], [0, 1, 0], ["p", "q", "p"], [0, 1, 2], 1.5),
        bolus.Geometry((2, 3, 4)),
        bolus.QcFlag("a.b", "c"),
    ]
    for value in values:
        assert repr(pickle.loads(pickle.dumps(value))) == repr(value)


@pytest.mark.parametrize(
    ("make", "error", "also", "says"),
    [
        (lambda: bolus.Image(np.zeros((2, 2))), bolus.ShapeError, ValueError, "3-D array"),
        (lambda: bolus.Image(np.zeros((0, 2, 2))), bolus.GeometryError, ValueError, "size along axis 0 is 0"),
        (
            lambda: bolus.Image(np.zeros((2, 2, 2)), np.zeros((4, 4))),
            bolus.GeometryError,
            ValueError,
            "column of zeros",
        ),
        (lambda: bolus.LabelMap(np.full((2, 2, 2), 3)), bolus.DataError, ValueError, "expected BraTS values"),
        (lambda: bolus.LabelMap(np.full((2, 2, 2), 1.5)), bolus.DataError, ValueError, "not integers"),
        (
            lambda: bolus.LabelMap(np.full((2, 2, 2), 260)),
            bolus.DataError,
            ValueError,
            "not integers between 0 and 255",
        ),
        (lambda: bolus.PerfusionSeries(np.zeros((2, 2, 2, 3)), [0, 1]), bolus.ShapeError, ValueError, "3 volumes but"),
        (lambda: bolus.PerfusionSeries(np.zeros((2, 2, 2, 2)), [1, 0]), bolus.DataError, ValueError, "must increase"),
        (lambda: bolus.CurveSet(["a"], [0, 1], [[1], [np.nan]]), bolus.DataError, ValueError, "not finite at sample 1"),
        (
            lambda: bolus.CurveSet(["a"], [0], [[1]], quantity="x"),
            bolus.OptionError,
            ValueError,
            "'signal', 'delta_r2s'",
        ),
        (lambda: bolus.Dataset(np.zeros((2, 2, 2, 2))), bolus.ShapeError, ValueError, "samples x channels x steps"),
        (lambda: bolus.Dataset(np.full((1, 1, 1), np.inf)), bolus.DataError, ValueError, "NaN or infinite"),
        (lambda: bolus._core.core.file_hash("no/such"), bolus.IoError, OSError, "no/such"),
    ],
)
def test_bad_input_gets_an_error_of_both_kinds_that_says_what(make, error, also, says):
    with pytest.raises(error, match=says) as caught:
        make()
    assert isinstance(caught.value, also)
    assert isinstance(caught.value, bolus.Error)


def test_file_hash_agrees_with_hashlib(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 1000)
    assert bolus._core.core.file_hash(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_provenance_is_json():
    provenance = bolus.Provenance("step", {"a": 'b"'}, {"flair": "0" * 64}, 3, True, [bolus.QcFlag("x", "line\nbreak")])
    parsed = json.loads(provenance.to_json())
    assert parsed["options"] == {"a": 'b"'}
    assert parsed["flags"] == [{"code": "x", "message": "line\nbreak"}]
    assert parsed["seed"] == 3
    assert parsed["simulated"] is True
    assert parsed["bolus_version"] == bolus.__version__


def test_thread_count_comes_from_the_option_then_the_environment(monkeypatch):
    monkeypatch.setenv("BOLUS_NUM_THREADS", "3")
    assert bolus._core.core.resolve_threads(0) == 3
    assert bolus._core.core.resolve_threads(2) == 2
    monkeypatch.setenv("BOLUS_NUM_THREADS", "many")
    with pytest.raises(bolus.OptionError, match="BOLUS_NUM_THREADS"):
        bolus._core.core.resolve_threads(0)


def test_another_torch_version_is_named_in_the_import_error():
    code = (
        "import torch; torch.__version__ = '2.9.1'\n"
        "try:\n    import bolus\nexcept ImportError as error:\n    print(error)"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "2.9.1 is installed" in output
    assert f"built for PyTorch {bolus._build_info.torch_version}" in output


def test_import_does_not_load_heavy_packages():
    code = "import torch, sys; before = set(sys.modules); import bolus; print(*(set(sys.modules) - before))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"sklearn", "pandas", "matplotlib", "scipy", "typer"} & set(loaded)


def series():
    voxels = np.asfortranarray(np.random.default_rng(0).normal(100, 10, (4, 5, 3, 6)).astype(np.float32))
    return bolus.PerfusionSeries(voxels, 1.5 * np.arange(6), oblique_affine(), echo_time=0.03)


def test_itk_shares_memory_both_ways():
    itk = pytest.importorskip("itk")
    image = bolus.Image(
        np.asfortranarray(np.random.default_rng(0).normal(size=(4, 5, 6)).astype(np.float32)), oblique_affine()
    )
    peer = image.to_itk()
    peer.SetPixel([1, 2, 3], 42.0)
    assert image.array[1, 2, 3] == 42.0
    point = np.array(peer.TransformIndexToPhysicalPoint([1, 2, 3]))
    assert np.allclose(point, image.geometry.point_of([1, 2, 3]))
    back = bolus.Image.from_itk(peer)
    assert np.shares_memory(back.array, image.array) and image.geometry.difference(back.geometry) == ""
    values = image.array.copy()
    del image, peer
    gc.collect()
    assert np.array_equal(back.array, values)
    alone = bolus.Image(np.asfortranarray(values), oblique_affine()).to_itk()
    gc.collect()
    assert np.array_equal(itk.array_view_from_image(alone).T, values)
    mask = bolus.Mask(np.asfortranarray((values > 0).astype(np.uint8)), oblique_affine())
    assert np.shares_memory(bolus.Mask.from_itk(mask.to_itk()).array, mask.array)
    with pytest.raises(bolus.ShapeError, match="4-D"):
        bolus.PerfusionSeries.from_itk(alone)


def test_series_go_to_peers_and_back():
    ours = series()
    peer = ours.to_nibabel()
    assert peer.header.get_zooms()[3] == 1.5 and peer.header.get_xyzt_units() == ("mm", "sec")
    back = bolus.PerfusionSeries.from_nibabel(peer, echo_time=0.03)
    assert np.shares_memory(back.array, ours.array) and np.allclose(back.times, ours.times) and back.echo_time == 0.03
    assert np.allclose(back.affine, ours.affine)
    peer.header.set_xyzt_units("mm", "msec")
    assert np.allclose(bolus.PerfusionSeries.from_nibabel(peer).times, ours.times / 1000)
    peer.header.set_xyzt_units("mm", "unknown")
    peer.header["pixdim"][4] = 1
    with pytest.raises(bolus.DataError, match="how far volumes are apart"):
        bolus.PerfusionSeries.from_nibabel(peer)
    assert np.allclose(bolus.PerfusionSeries.from_nibabel(peer, times=[0, 1, 2, 4, 8, 9]).times, [0, 1, 2, 4, 8, 9])
    with pytest.raises(bolus.ShapeError, match="4-D"):
        bolus.PerfusionSeries.from_nibabel(nibabel.Nifti1Image(np.zeros((2, 2, 2), np.float32), np.eye(4)))

    sitk = pytest.importorskip("SimpleITK")
    copy = ours.to_sitk()
    assert copy.GetDimension() == 4 and copy.GetSpacing()[3] == 1.5 and copy.GetPixelID() == sitk.sitkFloat32
    back = bolus.PerfusionSeries.from_sitk(copy)
    assert np.array_equal(back.array, ours.array) and np.allclose(back.times, ours.times)
    assert ours.geometry.difference(back.geometry) == ""

    pytest.importorskip("itk")
    back = bolus.PerfusionSeries.from_itk(ours.to_itk())
    assert np.shares_memory(back.array, ours.array) and np.allclose(back.times, ours.times)
    assert ours.geometry.difference(back.geometry) == ""


def test_torch_shares_memory():
    torch = pytest.importorskip("torch")
    ours = series()
    tensor = torch.from_dlpack(ours)
    tensor[1, 2, 0, 3] = -7.0
    assert ours.array[1, 2, 0, 3] == -7.0 and tuple(tensor.shape) == (4, 5, 3, 6)
    image = bolus.Image(np.asfortranarray(np.zeros((4, 5, 6), np.float32)))
    torch.from_dlpack(image)[0, 1, 2] = 5.0
    assert image.array[0, 1, 2] == 5.0
    made = torch.zeros(6, 5, 4).permute(2, 1, 0)  # x fastest: nothing is copied
    assert np.shares_memory(bolus.Image(made.numpy()).array, made.numpy())


def test_verdicts_are_three_words():
    assert typing.get_args(bolus.Verdict) == ("good", "doubtful", "failed")
    for result in (bolus.preprocess.RegistrationResult, bolus.preprocess.BrainMaskQuality):
        words = typing.get_args(bolus.Verdict)
        assert all(repr(word) in result.verdict.fget.__doc__ for word in words)
