"""bolus.preprocess: capture range, verdict, resampling kernels and transform files, against known truth and peers."""

import importlib.util
import pickle
from pathlib import Path

import numpy as np
import pytest

import bolus
from bolus import io, preprocess
from bolus.simulate import HeadPhantom

sitk = pytest.importorskip("SimpleITK")

specification = importlib.util.spec_from_file_location(
    "registration_capture", Path(__file__).parents[2] / "benchmarks" / "registration_capture.py"
)
capture = importlib.util.module_from_spec(specification)
specification.loader.exec_module(capture)

rng = np.random.default_rng(0)


def peer_transform(transform):
    return sitk.AffineTransform(transform.matrix[:3, :3].ravel().tolist(), transform.matrix[:3, 3].tolist())


@pytest.fixture(scope="module")
def head():
    return HeadPhantom(seed=11, size=[64, 78, 64], spacing=[3.0, 3.0, 3.0], bias=0.3, signal_to_noise=25.0)()


# --- capture and verdict -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_perturbed_phantoms_are_found_and_good(head, seed):
    modality = capture.MODALITIES[seed]
    points = capture.points_of(head.brain)
    move = capture.random_move(50 + seed, points.mean(axis=0))
    image = {"t1": head.t1, "t2": head.t2, "flair": head.flair}[modality]
    result = preprocess.RigidRegistration()(head.contrast_t1, capture.moved(image, move))
    truth = move.compose(preprocess.RigidTransform(head.misalignment[modality]))
    assert capture.distance(result.transform, truth, points) < 0.5
    assert result.verdict == "good" and result.flags == []
    assert result.metric > result.chance_metric and result.agreement > 0.6
    back = preprocess.RigidRegistration()(capture.moved(image, move), head.contrast_t1)
    assert capture.distance(back.transform.inverse(), truth, points) < 0.7


def test_hopeless_pairs_are_not_good(head):
    other = HeadPhantom(seed=12, size=[64, 78, 64], spacing=[3.0, 3.0, 3.0])()
    register = preprocess.RigidRegistration()
    for moving in (
        other.flair,
        capture.half_missing(head.t1, 0, True, False),
        capture.half_missing(head.t2, 2, False, True),
    ):
        result = register(head.contrast_t1, moving)
        assert result.verdict in ("doubtful", "failed")
        assert {flag.code.rsplit(".", 1)[1] for flag in result.flags} & {"agreement", "coverage", "gain"}
        assert list(result.to_frame()["verdict"]) == [result.verdict]
        assert result.flags[0].code in result.to_frame()["reasons"][0]


def test_mask_restricts_the_metric_after_the_first_pass(head):
    points = capture.points_of(head.brain)
    truth = preprocess.RigidTransform(head.misalignment["flair"])
    found = {}
    for level in (0, 1, 3):
        result = preprocess.RigidRegistration(mask_from_level=level)(head.contrast_t1, head.flair, head.brain)
        assert capture.distance(result.transform, truth, points) < 0.5
        found[level] = result.metric
    whole = preprocess.RigidRegistration()(head.contrast_t1, head.flair)
    assert found[3] == whole.metric and found[1] != whole.metric
    assert pickle.loads(pickle.dumps(whole)).transform == whole.transform


def test_images_that_cannot_be_registered(head):
    register = preprocess.RigidRegistration()
    with pytest.raises(bolus.DataError, match="64 x 78 x 1 voxels.*at least 4"):
        register(head.contrast_t1, bolus.Image(np.asarray(head.t1.array)[:, :, :1].copy(), head.t1.affine))
    with pytest.raises(bolus.DataError, match="constant"):
        register(head.contrast_t1, bolus.Image(np.ones((9, 9, 9), np.float32)))
    broken = np.array(head.t1.array)
    broken[3, 4, 5] = np.nan
    with pytest.raises(bolus.DataError, match="NaN or infinite"):
        register(head.contrast_t1, bolus.Image(broken, head.t1.affine))
    with pytest.raises(bolus.GeometryError, match="mask"):
        register(head.contrast_t1, head.t1, bolus.Mask(np.ones((3, 3, 3), np.uint8)))
    for options in ({"bins": 4}, {"minimum_agreement": 1.0}, {"largest_rotation": 0.0}, {"spacings": [4.0]}):
        with pytest.raises(bolus.OptionError):
            preprocess.RigidRegistration(**options)(head.contrast_t1, head.t1)


def test_real_patient_all_modalities_are_good(real_data):
    folder = real_data / "tcga-fg-6692"
    fixed = io.read_image(folder / "t1c.nii.gz")
    mask = io.read_mask(folder / "t1c_brain_mask.nii.gz")
    points = capture.points_of(mask)
    for seed, modality in enumerate(capture.MODALITIES):
        moving = io.read_image(folder / f"{modality}.nii.gz")
        home = preprocess.RigidRegistration()(fixed, moving)
        assert home.verdict == "good" and home.flags == []
        move = capture.random_move(1100 + seed, points.mean(axis=0))
        again = preprocess.RigidRegistration()(fixed, capture.moved(moving, move))
        assert again.verdict == "good"
        assert capture.distance(again.transform, move.compose(home.transform), points) < 1.0
    lost = preprocess.RigidRegistration()(fixed, io.read_image(real_data / "mni152" / "head_2mm.nii.gz"))
    assert lost.verdict == "failed"


# --- resampling ----------------------------------------------------------------------------------------------------------


def test_bspline_and_sinc_equal_sitk():
    index = np.stack(np.meshgrid(*[np.arange(n) for n in (40, 44, 18)], indexing="ij"), axis=-1)
    array = (100 + 40 * np.sin(index @ [0.3, 0.2, 0.4]) + rng.normal(0, 5, index.shape[:3])).astype(np.float32)
    affine = np.diag([1.1, 0.9, 3.0, 1.0])
    image = bolus.Image(array, affine)
    target = bolus.Geometry((24, 24, 30), (0.8, 0.8, 1.0), (-30, -30, 12))
    move = capture.random_move(3, np.array([-20, -20, 25.0]), 3.0, 12.0)
    reference = bolus.Image(np.zeros(target.size, np.float32), target.affine).to_sitk()
    covered = preprocess.Resample("nearest")(bolus.Image(np.ones_like(array), affine), target, move).array > 0
    assert covered.mean() > 0.5
    for name, interpolator, tolerance in (
        ("linear", sitk.sitkLinear, 1e-3),
        ("bspline", sitk.sitkBSpline3, 2e-3),
        # Theirs does not scale the weights to 1, so that it does not keep a constant image.
        ("windowed_sinc", sitk.sitkLanczosWindowedSinc, 0.02 * 100),
    ):
        own = preprocess.Resample(name, clamp=False)(image, target, move).array
        peer = sitk.GetArrayFromImage(
            sitk.Resample(image.to_sitk(), reference, peer_transform(move), interpolator, 0.0)
        ).T
        assert np.array_equal(own != 0, covered)
        assert np.abs(own - peer)[covered].max() < tolerance, name


def test_clamping_keeps_the_range():
    array = np.zeros((20, 20, 20), np.float32)
    array[10:] = 100
    move = capture.random_move(1, np.zeros(3), 1.0, 5.0)
    for name in ("bspline", "windowed_sinc"):
        kept = preprocess.Resample(name)(bolus.Image(array), bolus.Image(array).geometry, move).array
        free = preprocess.Resample(name, clamp=False)(bolus.Image(array), bolus.Image(array).geometry, move).array
        assert kept.min() >= 0 and kept.max() <= 100 and free.min() < -1 and free.max() > 101
        with pytest.raises(bolus.DataError, match="spread"):
            preprocess.Resample(name)(bolus.Image(np.where(array > 0, np.nan, array)), bolus.Image(array).geometry)
    with pytest.raises(bolus.OptionError, match="'bspline'"):
        preprocess.Resample("cubic")
    with pytest.raises(bolus.OptionError, match="'gaussian'"):
        preprocess.Resample(labels="spline")


def test_labels_by_vote_go_to_what_fills_the_voxel(head):
    labels = head.labels
    coarse = HeadPhantom.centred_grid([48, 56, 20], [4.0, 4.0, 9.0])
    fine = HeadPhantom.centred_grid([192, 224, 180], [1.0, 1.0, 1.0])  # 144 points in each coarse voxel
    points = np.asarray(preprocess.Resample()(labels, fine).array).reshape(48, 4, 56, 4, 20, 9)
    values = np.array([0, 1, 2, 4])
    shares = np.stack([(points == value).mean(axis=(1, 3, 5)) for value in values], axis=-1)
    voted = preprocess.Resample(labels="gaussian")(labels, coarse)
    nearest = preprocess.Resample()(labels, coarse)
    ranked = np.sort(shares, axis=-1)
    clear = ranked[..., -1] - ranked[..., -2] > 0.4
    tumour = shares[..., 0] < 1
    assert clear[tumour].sum() > 30
    assert np.array_equal(np.asarray(voted.array)[clear], values[shares.argmax(axis=-1)][clear])
    most = values[shares.argmax(axis=-1)]
    assert (np.asarray(voted.array) != most)[tumour].sum() < (np.asarray(nearest.array) != most)[tumour].sum()
    filled = (most > 0).sum() * 4 * 4 * 9 / 1000  # 74 voxels; less than the tumour, whose parts are outvoted one by one
    assert voted.volume("WT") == pytest.approx(filled, rel=0.03)

    # The vote makes fewer islands: neighbours agree more often.
    def edges(volume):
        return sum(np.count_nonzero(np.diff(np.asarray(volume.array, np.int16), axis=axis)) for axis in range(3))

    assert edges(voted) < edges(nearest)
    same = preprocess.Resample(labels="gaussian")(labels, labels.geometry)
    assert np.mean(np.asarray(same.array) == np.asarray(labels.array)) > 0.99


# --- transform files -------------------------------------------------------------------------------------------------------


def test_matrix_text_is_what_numpy_and_nibabel_take(tmp_path):
    transform = capture.random_move(4, np.array([5.0, 6.0, 7.0]))
    preprocess.write_matrix_ras(tmp_path / "a.txt", transform)
    matrix = np.loadtxt(tmp_path / "a.txt")
    assert np.array_equal(matrix, transform.to_ras())
    ras = np.array([10.0, -20.0, 30.0])
    assert np.allclose(matrix[:3] @ [*ras, 1], np.array([-1, -1, 1]) * transform(ras * [-1, -1, 1]))
    assert preprocess.read_matrix_ras(tmp_path / "a.txt") == transform
    np.savetxt(tmp_path / "b.mat", matrix, header="made by numpy")
    assert np.allclose(preprocess.read_matrix_ras(tmp_path / "b.mat").matrix, transform.matrix, atol=1e-12)
    with pytest.raises(bolus.IoError, match="exists already"):
        preprocess.write_matrix_ras(tmp_path / "a.txt", transform)
    with pytest.raises(bolus.FormatError, match="ending"):
        preprocess.write_matrix_ras(tmp_path / "a.tfm", transform)
    (tmp_path / "c.txt").write_text("1 0 0\n")
    with pytest.raises(bolus.FormatError, match="3 numbers; expected the 16"):
        preprocess.read_matrix_ras(tmp_path / "c.txt")
