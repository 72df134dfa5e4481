"""bolus.preprocess against known motion, nibabel and SimpleITK, on made and on real images."""

import os
import pickle
import subprocess
import sys
import threading

import nibabel
import numpy as np
import pytest

import bolus
from bolus import io, preprocess

sitk = pytest.importorskip("SimpleITK")

rng = np.random.default_rng(0)


def rotation(degrees, axis):
    a = np.radians(degrees)
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k


def transform_about(centre, degrees, axis, shift):
    matrix = np.eye(4)
    matrix[:3, :3] = rotation(degrees, axis)
    matrix[:3, 3] = np.asarray(shift) + centre - matrix[:3, :3] @ centre
    return preprocess.RigidTransform(matrix)


def head(points):
    """A smooth made head: intensity at LPS points (..., 3), with structures that fix all six parameters."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    inside = 1 / (1 + np.exp(((x / 65) ** 2 + (y / 80) ** 2 + (z / 60) ** 2 - 1) * 12))
    value = 60 * inside
    for cx, cy, cz, r, h in (
        (20, 30, 10, 18, 50),
        (-25, 10, -15, 12, -35),
        (5, -40, 20, 15, 40),
        (-20, -30, -20, 10, 60),
        (30, -10, 30, 9, 55),
    ):
        value += h * inside * np.exp(-((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) / (2 * r**2))
    return value


def grid(shape, spacing, direction=None):
    direction = np.eye(3) if direction is None else direction
    origin = -direction @ ((np.array(shape) - 1) * spacing / 2)
    return bolus.Geometry(shape, spacing, origin, direction)


def points_of(geometry):
    index = np.stack(np.meshgrid(*[np.arange(n) for n in geometry.size], indexing="ij"), axis=-1)
    return index * geometry.spacing @ geometry.direction.T + geometry.origin


def sampled(geometry, function):
    return bolus.Image(function(points_of(geometry)).astype(np.float32), geometry.affine)


def mean_distance(a, b, points):
    pa = points @ a.matrix[:3, :3].T + a.matrix[:3, 3]
    pb = points @ b.matrix[:3, :3].T + b.matrix[:3, 3]
    return np.linalg.norm(pa - pb, axis=-1).mean()


def from_sitk_transform(transform):
    """The 4 x 4 matrix of any linear SimpleITK transform."""
    origin = np.array(transform.TransformPoint((0, 0, 0)))
    matrix = np.eye(4)
    matrix[:3, 3] = origin
    for k in range(3):
        matrix[:3, k] = np.array(transform.TransformPoint(np.eye(3)[k].tolist())) - origin
    return matrix


# --- orientation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", ["LPS", "RAS", "LAS", "PSR", "IPR", "SAL", "AIL"])
def test_reorientation_moves_no_voxel_and_comes_back_exactly(orientation):
    affine = np.eye(4)
    affine[:3, :3] = rotation(17, (1, 2, 3)) @ np.diag([1.0, 2.0, 3.0])
    affine[:3, 3] = (5, -7, 11)
    image = bolus.Image(rng.normal(size=(4, 5, 6)).astype(np.float32), affine)
    turned = preprocess.Reorient(orientation)(image)
    assert preprocess.orientation_of(turned.geometry) == orientation
    assert "".join(nibabel.aff2axcodes(turned.affine)) == orientation
    peer = nibabel.Nifti1Image(np.asarray(image.array), image.affine).as_reoriented(
        nibabel.orientations.ornt_transform(
            nibabel.io_orientation(image.affine), nibabel.orientations.axcodes2ornt(orientation)
        )
    )
    assert np.array_equal(peer.get_fdata(dtype=np.float32), turned.array)
    assert np.allclose(peer.affine, turned.affine, atol=1e-9)
    back = preprocess.Reorient(preprocess.orientation_of(image.geometry))(turned)
    assert np.array_equal(back.array, image.array) and np.allclose(back.affine, image.affine, atol=1e-12)


def test_reorientation_of_labels_and_series():
    labels = bolus.LabelMap(rng.choice([0, 1, 2, 4], (3, 4, 5)).astype(np.uint8))
    assert np.array_equal(preprocess.Reorient("LPS")(labels).array, labels.array[::-1, ::-1])
    array = rng.normal(size=(3, 4, 5, 2)).astype(np.float32)
    series = preprocess.Reorient("ARS")(bolus.PerfusionSeries(array, [0, 1], echo_time=0.03))
    assert np.array_equal(series.array, array.transpose(1, 0, 2, 3)) and series.echo_time == 0.03


@pytest.mark.parametrize("orientation", ["", "LP", "LLS", "LRS", "XYZ", "lps"])
def test_impossible_orientations(orientation):
    with pytest.raises(bolus.OptionError, match="one letter each"):
        preprocess.Reorient(orientation)(bolus.Image(np.zeros((2, 2, 2), np.float32)))


# --- transforms --------------------------------------------------------------------------------------------------------


def test_transform_algebra():
    a = transform_about(np.array([3, 4, 5]), 20, (1, 0, 1), (7, 8, 9))
    b = transform_about(np.array([-3, 0, 5]), -35, (0, 1, 1), (1, -2, 3))
    point = np.array([10.0, 20.0, 30.0])
    assert np.allclose(a.compose(b)(point), a(b(point)))
    assert np.allclose(a.inverse()(a(point)), point)
    assert a.rotation_angle() == pytest.approx(20) and b.rotation_angle() == pytest.approx(35)
    assert preprocess.RigidTransform().rotation_angle() == 0
    assert preprocess.RigidTransform(np.diag([1.0, -1, -1, 1])).rotation_angle() == pytest.approx(180)
    flip = np.diag([-1, -1, 1])
    assert np.allclose(a.to_ras()[:3] @ [*(flip @ point), 1], flip @ a(point))
    assert pickle.loads(pickle.dumps(a)) == a


@pytest.mark.parametrize("matrix", [np.diag([2.0, 1, 1, 1]), np.diag([-1.0, 1, 1, 1]), np.full((4, 4), np.nan)])
def test_transforms_that_are_not_rigid(matrix):
    with pytest.raises(bolus.GeometryError):
        preprocess.RigidTransform(matrix)


def test_transform_files(tmp_path):
    transform = transform_about(np.array([3, 4, 5]), 20, (1, 0, 1), (7, 8, 9))
    preprocess.write_transform(tmp_path / "a.tfm", transform)
    assert np.array_equal(preprocess.read_transform(tmp_path / "a.tfm").matrix, transform.matrix)
    assert np.allclose(from_sitk_transform(sitk.ReadTransform(str(tmp_path / "a.tfm"))), transform.matrix)
    with pytest.raises(bolus.IoError, match="exists already"):
        preprocess.write_transform(tmp_path / "a.tfm", transform)
    for kind in (sitk.Euler3DTransform, sitk.VersorRigid3DTransform, sitk.AffineTransform):
        peer = kind(3) if kind is sitk.AffineTransform else kind()
        peer.SetCenter((10, -20, 30))
        peer.SetMatrix(rotation(25, (1, 2, -1)).ravel().tolist())
        peer.SetTranslation((1, 2, 3))
        path = tmp_path / (kind.__name__ + ".tfm")
        sitk.WriteTransform(peer, str(path))
        assert np.allclose(preprocess.read_transform(path).matrix, from_sitk_transform(peer), atol=1e-9)


def test_transform_files_that_are_none(tmp_path):
    path = tmp_path / "a.tfm"
    with pytest.raises(bolus.IoError, match="no file"):
        preprocess.read_transform(path)
    head_line = "#Insight Transform File V1.0\n#Transform 0\n"
    affine = "Transform: AffineTransform_double_3_3\n"
    for text, message in [
        ("hello\n", "not an ITK transform file"),
        (head_line + affine + "Parameters: 1 0 0 0 1 0 0 0 1 0 0 0\n", "ends early"),
        (head_line + affine + "Parameters: 1 0 0\nFixedParameters: 0 0 0\n", "expected 12"),
        (head_line + affine + "Parameters: 1 0 x\nFixedParameters: 0 0 0\n", "not a number"),
        (head_line + affine + "Parameters: 2 0 0 0 1 0 0 0 1 0 0 0\nFixedParameters: 0 0 0\n", "not rigid"),
        (
            head_line + "Transform: BSplineTransform_double_3_3\nParameters: 1\nFixedParameters: 0 0 0\n",
            "BSplineTransform",
        ),
        (head_line + affine + affine, "several"),
    ]:
        path.write_text(text)
        with pytest.raises(bolus.FormatError, match=message):
            preprocess.read_transform(path)


# --- resampling --------------------------------------------------------------------------------------------------------


def test_resampling_equals_sitk():
    geometry = grid((40, 44, 12), np.array([1.1, 0.9, 4.0]), rotation(15, (1, 1, 0)))
    image = bolus.Image(rng.normal(size=geometry.size).astype(np.float32), geometry.affine)
    target = preprocess.isotropic_geometry(grid((35, 40, 10), np.array([1.2, 1.2, 5.0])), 1.0)
    transform = transform_about(np.zeros(3), 12, (0, 1, 2), (2, -3, 1.5))
    peer_transform = sitk.AffineTransform(transform.matrix[:3, :3].ravel().tolist(), transform.matrix[:3, 3].tolist())
    reference = bolus.Image(np.zeros(target.size, np.float32), target.affine).to_sitk()
    for name, interpolator in (("linear", sitk.sitkLinear), ("nearest", sitk.sitkNearestNeighbor)):
        result = preprocess.Resample(name)(image, target, transform)
        peer = sitk.GetArrayFromImage(sitk.Resample(image.to_sitk(), reference, peer_transform, interpolator, 0.0)).T
        assert np.abs(result.array - peer).max() < 1e-5
        for threads in (1, 2, 4):
            assert np.array_equal(
                preprocess.Resample(name, threads=threads)(image, target, transform).array, result.array
            )


def test_resampling_a_linear_image_is_exact():
    geometry = grid((20, 22, 24), np.array([2.0, 1.5, 3.0]))
    image = sampled(geometry, lambda p: p @ [1.0, -2.0, 0.5] + 7)
    target = grid((8, 8, 8), np.array([1.0, 1.0, 1.0]), rotation(33, (1, 2, 3)))
    transform = transform_about(np.zeros(3), 25, (3, 1, 0), (1, 2, 3))
    result = preprocess.Resample()(image, target, transform)
    moved = points_of(target) @ transform.matrix[:3, :3].T + transform.matrix[:3, 3]
    assert np.allclose(result.array, moved @ [1.0, -2.0, 0.5] + 7, atol=1e-3)


def test_resampling_keeps_labels_labels_and_outside_is_zero():
    labels = bolus.LabelMap(rng.choice([1, 2, 4], (9, 9, 9)).astype(np.uint8))
    far = bolus.Geometry((9, 9, 9), (1, 1, 1), (500, 0, 0))
    assert preprocess.Resample()(labels, far).voxel_count("WT") == 0
    assert np.array_equal(preprocess.Resample()(labels, labels.geometry).array, labels.array)
    with pytest.raises(bolus.OptionError, match="'linear', 'bspline'"):
        preprocess.Resample("cubic")


def test_isotropic_geometry_covers_the_same_box():
    geometry = bolus.Geometry((256, 224, 26), (0.9, 0.9, 5.5), (10, 20, 30), rotation(20, (1, 1, 1)))
    fine = preprocess.isotropic_geometry(geometry, 1.0)
    assert list(fine.size) == [230, 202, 143]
    assert np.allclose(fine.point_of([-0.5] * 3), geometry.point_of([-0.5] * 3))
    assert np.allclose(
        fine.point_of(np.array(fine.size) - 0.5), geometry.point_of(np.array(geometry.size) - 0.5), atol=1.0
    )
    with pytest.raises(bolus.OptionError):
        preprocess.isotropic_geometry(geometry, 0.0)


# --- registration ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degrees", "axis", "shift"),
    [
        (0, (0, 0, 1), (0, 0, 0)),
        (12, (1, 2, 1), (10, -8, 12)),
        (-18, (0, 1, -1), (-15, 20, 5)),
        (25, (2, -1, 3), (12, 12, -12)),
    ],
)
@pytest.mark.parametrize("thick", [2.0, 5.5])
def test_known_motion_between_contrasts_is_recovered(degrees, axis, shift, thick):
    fixed = sampled(grid((90, 100, int(150 / thick)), np.array([2.0, 2.0, thick])), head)
    truth = transform_about(np.zeros(3), degrees, axis, shift)
    back = truth.inverse()
    noise = np.random.default_rng(1)

    def other_contrast(points):
        values = head(points @ back.matrix[:3, :3].T + back.matrix[:3, 3])
        return 100 * np.exp(-values / 60) * (values > 5) + noise.normal(0, 1, values.shape)

    moving = sampled(grid((95, 95, 72), np.array([2.1, 2.1, 2.4])), other_contrast)
    result = preprocess.RigidRegistration()(fixed, moving)
    inside = points_of(fixed.geometry)[head(points_of(fixed.geometry)) > 30]
    assert mean_distance(result.transform, truth, inside) < 0.5
    assert result.metric >= result.initial_metric and result.overlap > 0.7
    # This smooth head has too little in it for blocks of their own to be placed: the verdict says so, rightly.
    expected = ("motion", "no_gain", "agreement")
    assert [flag.code for flag in result.flags if not flag.code.endswith(expected)] == []


def small_pair():
    fixed = sampled(grid((40, 44, 30), np.array([4.0, 4.0, 4.5])), head)
    moving = sampled(grid((40, 44, 30), np.array([4.0, 4.0, 4.5])), lambda p: -head(p + [4, -3, 2]))
    return fixed, moving


def test_registration_is_the_same_for_any_threads_and_on_every_run():
    code = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from test_preprocess import small_pair
from bolus import preprocess
result = preprocess.RigidRegistration(threads=int(sys.argv[2]))(*small_pair())
bias = preprocess.BiasCorrection(threads=int(sys.argv[2]))(small_pair()[0])
print(hashlib.sha256(result.transform.matrix.tobytes() + bias.field.array.tobytes(order="F")).hexdigest(), result.metric.hex())
"""
    prints = set()
    for threads in ("1", "2", "4", "1"):
        environment = {**os.environ, "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS": threads}
        prints.add(
            subprocess.run(
                [sys.executable, "-c", code, os.path.dirname(__file__), threads],
                env=environment,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
    assert len(prints) == 1


def test_registrations_side_by_side_do_not_disturb_each_other():
    pair = small_pair()
    alone = preprocess.RigidRegistration()(*pair).transform
    found = [None] * 3

    def work(i):
        found[i] = preprocess.RigidRegistration()(*pair).transform

    threads = [threading.Thread(target=work, args=(i,)) for i in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all(transform == alone for transform in found)


def test_registration_can_be_stopped_and_reports():
    events = []
    preprocess.RigidRegistration()(*small_pair(), progress=lambda *event: events.append(event))
    assert events[-1][1] == events[-1][2] and all(event[0] == "registering" for event in events)
    with pytest.raises(bolus.Cancelled):
        preprocess.RigidRegistration()(*small_pair(), progress=lambda *event: False)


def test_registration_with_a_mask_uses_only_it():
    fixed, moving = small_pair()
    array = np.array(moving.array)
    array[:, :10] = rng.normal(0, 60, array[:, :10].shape)
    mask = bolus.Mask((head(points_of(fixed.geometry)) > 20).astype(np.uint8), fixed.affine)
    result = preprocess.RigidRegistration()(fixed, bolus.Image(array, moving.affine), mask)
    truth = transform_about(np.zeros(3), 0, (0, 0, 1), (-4, 3, -2))
    assert mean_distance(result.transform, truth, points_of(fixed.geometry)[mask.array > 0]) < 1.0
    with pytest.raises(bolus.GeometryError, match="mask"):
        preprocess.RigidRegistration()(fixed, moving, bolus.Mask(np.ones((3, 3, 3), np.uint8)))
    with pytest.raises(bolus.DataError, match="samples"):
        preprocess.RigidRegistration()(fixed, moving, bolus.Mask(np.zeros(fixed.array.shape, np.uint8), fixed.affine))


def test_registration_bad_input(capfd):
    fixed, moving = small_pair()
    constant = bolus.Image(np.full((9, 9, 9), 3, np.float32))
    broken = np.array(moving.array)
    broken[1, 2, 3] = np.nan
    for a, b, message in (
        (fixed, constant, "moving image is constant"),
        (constant, moving, "fixed image is constant"),
        (fixed, bolus.Image(broken, moving.affine), "moving image is NaN"),
    ):
        with pytest.raises(bolus.DataError, match=message):
            preprocess.RigidRegistration()(a, b)
    for options in (
        {"bins": 2},
        {"sampling": 0},
        {"sampling": 1.5},
        {"spacings": []},
        {"sigmas": [1]},
        {"iterations": [0, 1, 1]},
        {"starts": 0},
        {"start_angles": []},
        {"threads": -1},
        {"sigmas": [float("nan")] * 3},
    ):
        with pytest.raises(bolus.OptionError, match=next(iter(options))):
            preprocess.RigidRegistration(**options)(fixed, moving)
    flat = bolus.Image(rng.normal(size=(30, 30, 1)).astype(np.float32))
    with pytest.raises(bolus.DataError, match="30 x 30 x 1 voxels"):
        preprocess.RigidRegistration()(flat, moving)
    captured = capfd.readouterr()
    assert captured.out == "" and captured.err == ""


def test_far_apart_headers_are_brought_together():
    fixed, moving = small_pair()
    affine = np.array(moving.affine)
    affine[:3, 3] += [700, -300, 900]
    result = preprocess.RigidRegistration()(fixed, bolus.Image(np.array(moving.array), affine))
    truth = transform_about(np.zeros(3), 0, (0, 0, 1), (-4 - 700, 3 + 300, -2 + 900))
    assert mean_distance(result.transform, truth, points_of(fixed.geometry)[head(points_of(fixed.geometry)) > 30]) < 1.0
    assert "preprocess.registration.motion" in [flag.code for flag in result.flags]


# --- bias field --------------------------------------------------------------------------------------------------------


def tissue(points):
    """Piecewise constant: what N4 assumes."""
    values = head(points)
    return np.where(values < 10, 0.0, np.where(values < 50, 40.0, np.where(values < 75, 70.0, 100.0)))


def field_at(points):
    x, y, z = np.moveaxis(points / 80, -1, 0)
    return np.exp(0.25 * x - 0.2 * y * y + 0.15 * x * z + 0.1 * y)


def biased_head(geometry=None):
    geometry = geometry or grid((64, 72, 50), np.array([2.5, 2.5, 2.6]))
    noise = np.random.default_rng(3)
    clean = tissue(points_of(geometry))
    array = clean * field_at(points_of(geometry)) * (1 + 0.02 * noise.normal(size=clean.shape))
    return bolus.Image(array.astype(np.float32), geometry.affine), clean


def test_known_field_is_recovered():
    image, clean = biased_head()
    inside = clean > 0
    mask = bolus.Mask(inside.astype(np.uint8), image.affine)
    result = preprocess.BiasCorrection()(image, mask)
    truth = field_at(points_of(image.geometry))[inside]
    field = np.array(result.field.array)[inside]
    error = field / truth / np.mean(field / truth) - 1
    assert np.abs(error).mean() < 0.02
    assert np.corrcoef(np.log(field), np.log(truth))[0, 1] > 0.99
    assert np.mean(result.corrected.array[inside]) == pytest.approx(np.mean(image.array[inside]), rel=1e-5)
    for value in (40.0, 70.0, 100.0):
        part = clean == value
        assert np.std(result.corrected.array[part]) / np.mean(result.corrected.array[part]) < 0.5 * np.std(
            image.array[part]
        ) / np.mean(image.array[part])


@pytest.mark.parametrize("levels", [[30], [20, 20, 20]])
def test_field_equals_that_of_sitk(levels):
    image, clean = biased_head()
    mask = bolus.Mask((clean > 0).astype(np.uint8), image.affine)
    ours = preprocess.BiasCorrection(shrink=1, iterations=levels, tolerance=0.0)(image, mask)
    peer = sitk.N4BiasFieldCorrectionImageFilter()
    peer.SetMaximumNumberOfIterations(levels)
    peer.SetConvergenceThreshold(0.0)
    peer.Execute(image.to_sitk(), sitk.Cast(mask.to_sitk(), sitk.sitkUInt8))
    theirs = sitk.GetArrayFromImage(peer.GetLogBiasFieldAsImage(image.to_sitk())).T[clean > 0]
    own = np.log(np.array(ours.field.array))[clean > 0]
    assert np.corrcoef(own, theirs)[0, 1] > 0.999
    assert np.abs((own - own.mean()) - (theirs - theirs.mean())).max() < 0.02


def test_shrinking_changes_little():
    image, clean = biased_head()
    mask = bolus.Mask((clean > 0).astype(np.uint8), image.affine)
    full = np.array(preprocess.BiasCorrection(shrink=1)(image, mask).field.array)[clean > 0]
    thin = np.array(preprocess.BiasCorrection(shrink=3)(image, mask).field.array)[clean > 0]
    assert np.abs(thin / full - 1).mean() < 0.02


def test_bias_correction_leaves_zero_and_negative_voxels():
    image, _ = biased_head()
    array = np.array(image.array)
    array[0] = -5.0
    result = preprocess.BiasCorrection()(bolus.Image(array, image.affine))
    assert np.array_equal(result.corrected.array[array <= 0], array[array <= 0])
    assert np.isfinite(result.corrected.array).all() and (result.field.array > 0).all()
    for threads in (1, 2, 4):
        again = preprocess.BiasCorrection(threads=threads)(bolus.Image(array, image.affine))
        assert np.array_equal(again.field.array, result.field.array)


def test_bias_correction_bad_input():
    image, _ = biased_head(grid((10, 10, 10), np.array([10.0, 10, 10])))
    for array, message in (
        (np.zeros((5, 5, 5)), "no positive voxel"),
        (np.full((5, 5, 5), -1.0), "no positive voxel"),
        (np.full((5, 5, 5), 2.0), "constant"),
        (np.full((5, 5, 5), np.nan), "NaN"),
    ):
        with pytest.raises(bolus.DataError, match=message):
            preprocess.BiasCorrection()(bolus.Image(array.astype(np.float32)))
    with pytest.raises(bolus.DataError, match="mask"):
        preprocess.BiasCorrection()(image, bolus.Mask(np.zeros((10, 10, 10), np.uint8), image.affine))
    with pytest.raises(bolus.GeometryError, match="mask"):
        preprocess.BiasCorrection()(image, bolus.Mask(np.zeros((3, 3, 3), np.uint8)))
    for options in (
        {"shrink": 0},
        {"iterations": []},
        {"iterations": [-1]},
        {"tolerance": -1},
        {"control_points": 3},
        {"bins": 1},
        {"full_width": 0},
        {"wiener_noise": 0},
    ):
        with pytest.raises(bolus.OptionError, match=next(iter(options))):
            preprocess.BiasCorrection(**options)(image)
    with pytest.raises(bolus.Cancelled):
        preprocess.BiasCorrection()(image, progress=lambda *event: False)
    unsettled = preprocess.BiasCorrection(iterations=[1])(biased_head()[0])
    assert [flag.code for flag in unsettled.flags] == ["preprocess.bias.iterations"]
    assert unsettled.iterations == [1] and "raise iterations" in unsettled.flags[0].message
    whole = bolus.Mask(np.ones((10, 10, 10), np.uint8), image.affine)
    uniform = bolus.Image(np.full((10, 10, 10), 7, np.float32), image.affine)
    assert np.allclose(preprocess.BiasCorrection()(uniform, whole).corrected.array, 7, rtol=1e-5)


def test_foreground_is_otsus():
    image, clean = biased_head()
    mask = preprocess.foreground_mask(image)
    peer = sitk.GetArrayFromImage(sitk.OtsuThreshold(image.to_sitk(), 0, 1, 200)).T
    assert (mask.array != peer).mean() < 0.001
    assert (mask.array[clean > 0]).mean() > 0.9


# --- a whole study -----------------------------------------------------------------------------------------------------


def made_study():
    fixed = sampled(grid((60, 68, 45), np.array([2.8, 2.8, 3.0])), head)
    motions = {"t1": (8, (1, 0, 1), (5, 3, -4)), "flair": (-6, (0, 1, 1), (-4, 6, 2))}
    truth = {name: transform_about(np.zeros(3), *motion) for name, motion in motions.items()}
    truth["dsc"] = transform_about(np.zeros(3), 5, (0, 0, 1), (3, -5, 4))
    structural = {"cet1": fixed}

    def moved(name):
        back = truth[name].inverse()
        return lambda p: 100 - 0.7 * head(p @ back.matrix[:3, :3].T + back.matrix[:3, 3])

    for name in motions:
        structural[name] = sampled(grid((64, 64, 48), np.array([2.8, 2.8, 2.8])), moved(name))
    base = sampled(grid((48, 48, 20), np.array([4.0, 4.0, 6.5])), moved("dsc"))
    series = bolus.PerfusionSeries(
        np.stack([np.array(base.array)] * 4, axis=-1), [0, 1.5, 3, 4.5], base.affine, echo_time=0.03
    )
    labels = np.zeros(fixed.array.shape, np.uint8)
    labels[np.linalg.norm(points_of(fixed.geometry) - [20, 30, 10], axis=-1) < 15] = 4
    images = io.StudyImages("made", structural, series, bolus.LabelMap(labels, fixed.affine))
    return images, truth


def test_study_is_aligned_and_labels_reach_the_series():
    images, truth = made_study()
    result = preprocess.Preprocess(spacing=2.0)(images)
    study = result.study
    inside = points_of(images.structural["cet1"].geometry)[head(points_of(images.structural["cet1"].geometry)) > 30]
    for name in ("t1", "flair"):
        assert mean_distance(result.registrations[name].transform, truth[name], inside) < 0.5
        assert study.structural[name].geometry == study.structural["cet1"].geometry
    assert np.allclose(study.structural["cet1"].geometry.spacing, 2.0)
    to_series = preprocess.RigidTransform(study.perfusion_to_structural).inverse()
    assert mean_distance(to_series, truth["dsc"], inside) < 1.0
    assert np.array_equal(study.perfusion.array, images.perfusion.array)
    carried = preprocess.labels_on_perfusion_grid(study)
    assert carried.geometry == images.perfusion.geometry
    centre = points_of(carried.geometry)[carried.array == 4].mean(axis=0)
    assert np.linalg.norm(centre - truth["dsc"]([20, 30, 10])) < 1.5
    assert carried.volume("ET") == pytest.approx(images.labels.volume("ET"), rel=0.15)  # some 140 voxels of 0.1 mL
    voted = preprocess.labels_on_perfusion_grid(study, labels="gaussian")
    assert np.mean((voted.array > 0) != (carried.array > 0)) < 0.002 and voted.voxel_count("WT") > 100
    with pytest.raises(bolus.OptionError, match="'gaussian'"):
        preprocess.labels_on_perfusion_grid(study, labels="mean")
    assert list(result.to_frame()["image"]) == ["t1", "flair", "dsc", "dsc", "cet1"]


def test_study_that_is_aligned_already_is_only_resampled():
    images, _ = made_study()
    result = preprocess.Preprocess(register_images=False, correct_bias=False, spacing=3.0)(images)
    assert not result.registrations and np.array_equal(result.study.perfusion_to_structural, np.eye(4))
    peer = preprocess.Resample()(
        images.structural["t1"], preprocess.isotropic_geometry(images.structural["cet1"].geometry, 3.0)
    )
    assert np.array_equal(result.study.structural["t1"].array, peer.array)


def test_study_bad_input():
    images, _ = made_study()
    with pytest.raises(bolus.DataError, match="no cet1.*has: t1"):
        preprocess.Preprocess()(io.StudyImages("x", {"t1": images.structural["t1"]}))
    flat = bolus.Image(np.zeros((9, 9, 9), np.float32))
    with pytest.raises(bolus.DataError, match="t2: the moving image is constant"):
        preprocess.Preprocess()(io.StudyImages("x", {"cet1": images.structural["cet1"], "t2": flat}))
    with pytest.raises(bolus.Cancelled):
        preprocess.Preprocess()(images, progress=lambda *event: False)
    other = bolus.LabelMap(np.zeros((9, 9, 9), np.uint8))
    with pytest.raises(bolus.GeometryError, match="labels"):
        preprocess.Preprocess(register_images=False)(
            io.StudyImages("x", {"cet1": images.structural["cet1"]}, None, other)
        )
    with pytest.raises(bolus.DataError, match="no labels"):
        preprocess.labels_on_perfusion_grid(bolus.AlignedStudy({"cet1": flat}))


def test_options_show_and_pickle():
    for step in (
        preprocess.Reorient("RAS"),
        preprocess.Resample("nearest"),
        preprocess.BiasCorrection(shrink=2),
        preprocess.RigidRegistration(seed=3),
        preprocess.Preprocess(spacing=2.0),
    ):
        assert repr(pickle.loads(pickle.dumps(step))) == repr(step)
        assert repr(step).startswith(type(step).__name__ + "(")


# --- real data ---------------------------------------------------------------------------------------------------------


def case(real_data, name):
    return io.read_image(real_data / "tcga-fg-6692" / f"{name}.nii.gz")


def brain_points(real_data):
    mask = io.read_mask(real_data / "tcga-fg-6692" / "t1c_brain_mask.nii.gz")
    return mask, points_of(mask.geometry)[mask.array > 0]


def test_real_registration_agrees_with_its_peers(real_data):
    """Their results, because they take long. ANTsPy 0.6.3, registration(..., "Rigid"), of whole heads, and with
    mask=t1c_brain_mask, random_seed=3 and half of the voxels sampled. SimpleITK 2.5, Mattes with 32 bins of every voxel of
    whole heads, three levels, steps down to 1e-4 (benchmarks/registration_speed.py shows what a quarter of the voxels does)."""
    whole = [
        [0.9890609, 0.1345981, -0.060348, 1.2309747],
        [-0.1391043, 0.987201, -0.0780014, 1.2345825],
        [0.0490767, 0.0855428, 0.9951251, 3.3439756],
    ]
    masked = [
        [0.9885799, 0.1373278, -0.0620557, 1.5139724],
        [-0.1420543, 0.9866572, -0.0795495, 1.3402669],
        [0.0503034, 0.0874564, 0.9948975, 3.3740268],
    ]
    every_voxel = [
        [0.9905922, 0.1255819, -0.0543721, 1.1466214],
        [-0.1296118, 0.988466, -0.0783305, 1.2316299],
        [0.0439081, 0.0846408, 0.9954436, 3.3997785],
    ]
    fixed, moving = case(real_data, "t1c"), case(real_data, "t1")
    mask, points = brain_points(real_data)
    head = preprocess.RigidRegistration()(fixed, moving)
    brain = preprocess.RigidRegistration()(fixed, moving, mask)
    assert mean_distance(head.transform, preprocess.RigidTransform(), points) == pytest.approx(8.58, abs=0.6)
    for found, peer, limit in ((head, whole, 0.3), (brain, masked, 0.3), (head, every_voxel, 0.6)):
        theirs = preprocess.RigidTransform(np.vstack([peer, [0, 0, 0, 1]]))
        assert mean_distance(found.transform, theirs, points) < limit
        assert found.verdict == "good" and found.flags == []


def test_real_registration_does_not_depend_on_the_start(real_data):
    fixed, moving = case(real_data, "t1c"), case(real_data, "t2")
    _, points = brain_points(real_data)
    found = preprocess.RigidRegistration()(fixed, moving).transform
    move = transform_about(points.mean(axis=0), 15, (1, -1, 2), (20, -10, 15))
    affine = np.array(moving.affine)
    moved = np.diag([-1.0, -1, 1, 1]) @ move.matrix @ np.diag([-1.0, -1, 1, 1]) @ affine
    again = preprocess.RigidRegistration()(fixed, bolus.Image(np.array(moving.array), moved)).transform
    assert mean_distance(again, move.compose(found), points) < 1.0


def test_real_bias_field_agrees_with_sitk(real_data):
    image = case(real_data, "t1c")
    mask, _ = brain_points(real_data)
    thin = slice(None, None, 4)
    small = sitk.GetImageFromArray(np.ascontiguousarray(np.array(image.array)[thin, thin].T))
    small_mask = sitk.GetImageFromArray(
        np.ascontiguousarray((mask.array[thin, thin].T > 0) & (image.array[thin, thin].T > 0)).astype(np.uint8)
    )
    peer = sitk.N4BiasFieldCorrectionImageFilter()
    peer.SetMaximumNumberOfIterations([50, 50])
    peer.SetConvergenceThreshold(1e-6)
    peer.Execute(small, small_mask)
    inside = sitk.GetArrayFromImage(small_mask).T > 0
    theirs = sitk.GetArrayFromImage(peer.GetLogBiasFieldAsImage(small)).T[inside]
    options = {"iterations": [50, 50], "tolerance": 1e-6}
    same = preprocess.BiasCorrection(shrink=1, **options)(
        bolus.Image.from_sitk(small), bolus.Mask.from_sitk(small_mask)
    )
    own = np.log(np.array(same.field.array))[inside]
    assert np.corrcoef(own, theirs)[0, 1] > 0.999
    full = preprocess.BiasCorrection(**options)(image, mask)
    own = np.log(np.array(full.field.array)[thin, thin])[inside]
    assert np.corrcoef(own, theirs)[0, 1] > 0.99


def test_real_resampling_equals_sitk(real_data):
    image = case(real_data, "flair")
    target = preprocess.isotropic_geometry(case(real_data, "t1c").geometry)
    transform = transform_about(np.array([0, 0, 40]), 8, (1, 0, 1), (3, -5, 6))
    result = preprocess.Resample()(image, target, transform)
    reference = bolus.Image(np.zeros(target.size, np.float32), target.affine).to_sitk()
    peer_transform = sitk.AffineTransform(transform.matrix[:3, :3].ravel().tolist(), transform.matrix[:3, 3].tolist())
    peer = sitk.GetArrayFromImage(sitk.Resample(image.to_sitk(), reference, peer_transform, sitk.sitkLinear, 0.0)).T
    assert np.abs(result.array - peer).max() < 1e-3 * image.array.max()
    assert np.mean(result.array != 0) > 0.3


def test_real_study_is_aligned(real_data):
    study = io.find_study(real_data / "tcga-fg-6692")
    result = preprocess.Preprocess()(io.read_study(study))
    assert all(found.verdict == "good" for found in result.registrations.values())
    mask, _ = brain_points(real_data)
    truth = np.asarray(preprocess.Resample()(mask, result.study.brain.geometry).array) != 0
    found = np.asarray(result.study.brain.array) != 0
    assert 2 * (truth & found).sum() / (truth.sum() + found.sum()) > 0.95
    images = result.study.structural
    assert all(image.geometry == images["cet1"].geometry for image in images.values())
    assert list(images["cet1"].array.shape) == [230, 201, 143]
    assert all(found.metric > found.initial_metric + 0.1 for found in result.registrations.values())


def test_real_skull_stripped_study_stays_where_it_is(real_data):
    folder = real_data / "brats-cases" / "tcga-du-7294"
    fixed, moving = io.read_image(folder / "t1ce.nii.gz"), io.read_image(folder / "flair.nii.gz")
    result = preprocess.RigidRegistration()(fixed, moving)
    points = points_of(fixed.geometry)[fixed.array > 0][::100]
    assert mean_distance(result.transform, preprocess.RigidTransform(), points) < 2.0
