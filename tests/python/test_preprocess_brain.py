"""bolus.preprocess: brain, bias field, tissue and mirror plane, against phantoms, references and SimpleITK."""

import hashlib
import json
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import bolus
from bolus import io, preprocess, segment, simulate

MODALITIES = ("t1", "t2", "flair", "cet1")


def dice(one, two):
    one, two = np.asarray(one) > 0, np.asarray(two) > 0
    return 2 * (one & two).sum() / (one.sum() + two.sum())


@pytest.fixture(scope="module")
def head():
    return simulate.HeadPhantom(seed=11, size=(64, 78, 64), spacing=(3, 3, 3), rotation=0, translation=0)()


def whole_tumour(study):
    return bolus.Mask((study.labels.array > 0).astype(np.uint8), study.labels.affine)


def small_mask(mask_array, affine):
    return bolus.Mask(np.asarray(mask_array, np.uint8), affine)


# --- brain -------------------------------------------------------------------------------------------------------------


# Seeds, contrasts and voxels of the 30 phantoms in docs/imaging/brain.md, thinned.
@pytest.mark.parametrize(
    ("seed", "modality", "thick", "bias"),
    [(200, "cet1", False, 0.2), (204, "t2", True, 0.4), (206, "flair", False, 0.4), (209, "t1", True, 0.2)],
)
def test_brain_of_phantoms_with_tumour(seed, modality, thick, bias):
    options = {"size": (120, 140, 28), "spacing": (1.6, 1.6, 5.5)} if thick else {}
    study = simulate.HeadPhantom(seed=seed, bias=bias, rotation=0, translation=0, **options)()
    image = study.contrast_t1 if modality == "cet1" else getattr(study, modality)
    result = preprocess.BrainExtraction()(image)
    assert dice(result.mask.array, study.brain.array) >= 0.95
    assert result.quality.verdict == "good"
    tumour = study.labels.array > 0
    assert result.mask.array[tumour].mean() > 0.97  # no tumour is cut off
    assert "mL" in repr(result)
    assert result.to_frame().loc[0, "verdict"] == "good"


def test_brain_of_a_stripped_image_is_what_is_left(head):
    stripped = np.where(head.brain.array > 0, head.t1.array, 0).astype(np.float32)
    result = preprocess.BrainExtraction()(bolus.Image(stripped, head.t1.affine))
    assert dice(result.mask.array, head.brain.array) > 0.95


def test_brain_of_a_head_with_a_neck_or_cut_off(head):
    array, affine = np.array(head.t1.array), head.t1.affine
    reference = np.array(head.brain.array)
    step = preprocess.BrainExtraction(resolution=3)
    for name, part in {"below": np.s_[:, :, 22:], "above": np.s_[:, :, :-19], "side": np.s_[16:, :, :]}.items():
        moved = affine.copy()
        moved[:3, 3] += affine[:3, :3] @ [(s.start or 0) for s in part]
        cut = bolus.Image(np.asfortranarray(array[part]), moved)
        result = step(cut)
        assert dice(result.mask.array, reference[part]) > 0.9, name
        codes = {flag.code for flag in result.flags}
        assert (name == "below") or codes & {"preprocess.brain.cut", "preprocess.brain.border"}, name


def test_brain_ignores_scale_and_offset(head):
    step = preprocess.BrainExtraction(resolution=3)
    plain = step(head.flair).mask.array
    scaled = bolus.Image(np.asarray(head.flair.array * 0.001, np.float32, order="F"), head.flair.affine)
    assert dice(step(scaled).mask.array, plain) > 0.999
    lower = bolus.Image(np.asarray(head.flair.array - 500, np.float32, order="F"), head.flair.affine)
    assert dice(step(lower).mask.array, plain) > 0.97


def test_brain_of_an_echo_planar_image():
    head = simulate.HeadPhantom(seed=300, size=(48, 58, 48), spacing=(4, 4, 4), rotation=0, translation=0)()
    grid = simulate.HeadPhantom.centred_grid((96, 112, 24), (2.2, 2.2, 6))
    series = simulate.PerfusionPhantom(volumes=12)(head, grid=grid).series
    mean = bolus.Image(np.asfortranarray(series.array[..., 2:6].mean(axis=3, dtype=np.float32)), series.affine)
    fine = simulate.HeadPhantom(seed=300, size=(96, 112, 24), spacing=(2.2, 2.2, 6), rotation=0, translation=0)()
    assert dice(preprocess.BrainExtraction()(mean).mask.array, fine.brain.array) > 0.9


def test_brain_consensus_and_given_masks(head):
    step = preprocess.BrainExtraction(resolution=3)
    masks = [step(image).mask for image in (head.t1, head.t2, head.flair)]
    joined = preprocess.BrainConsensus()(masks)
    assert dice(joined.mask.array, head.brain.array) > 0.95
    assert joined.flags == []
    wrong = small_mask(np.roll(masks[0].array, 12, axis=0), head.t1.affine)
    outvoted = preprocess.BrainConsensus()([*masks, wrong])
    assert dice(outvoted.mask.array, joined.mask.array) > 0.95
    assert [flag.code for flag in outvoted.flags] == ["preprocess.brain.disagreement"]
    assert "mask 4 of 4" in outvoted.flags[0].message
    given = preprocess.GivenBrainMask(head.brain)
    assert np.array_equal(given(head.t1).array, head.brain.array)
    assert given.name() == "given mask"
    with pytest.raises(bolus.GeometryError, match="grid"):
        given(bolus.Image(np.ones((5, 5, 5), np.float32)))


def test_a_python_class_can_extract_the_brain(head):
    class Bright(preprocess.BrainExtractor):
        def __call__(self, image, progress=None):
            return small_mask(image.array > 400, image.affine)

        def name(self):
            return "bright"

    class Wrong(preprocess.BrainExtractor):
        def __call__(self, image, progress=None):
            return "a mask"

        def name(self):
            return "wrong"

    assert Bright()(head.t1).array.any()
    assert isinstance(Bright(), preprocess.BrainExtractor)
    with pytest.raises(bolus.DataError, match="expected a Mask"):
        preprocess.BrainExtractor.__call__(Wrong(), head.t1)


def test_quality_of_masks(head):
    quality = preprocess.BrainMaskCheck()(head.brain)
    assert quality.verdict == "good" and quality.flags == []
    voxel = abs(np.linalg.det(head.brain.affine[:3, :3])) / 1000
    assert quality.volume == pytest.approx(head.brain.array.sum() * voxel)
    empty = preprocess.BrainMaskCheck()(small_mask(np.zeros(head.brain.array.shape), head.brain.affine))
    assert empty.verdict == "failed" and empty.flags[0].code == "preprocess.brain.empty"
    strict = preprocess.BrainMaskCheck(max_volume=quality.volume - 1)(head.brain)
    assert strict.verdict == "doubtful" and [f.code for f in strict.flags] == ["preprocess.brain.volume"]
    assert quality.to_frame().loc[0, "volume_ml"] == quality.volume
    assert "<table" in quality._repr_html_() and "good" in repr(quality)
    assert pickle.loads(pickle.dumps(preprocess.BrainMaskCheck(min_volume=3))).min_volume == 3


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((0, 0, 0)), None),
        (np.full((40, 40, 40), 3.0), "constant"),
        (np.full((40, 40, 40), np.nan), "NaN"),
        (np.eye(64)[:, :, None], "single slice"),
        (np.pad([[[1.0]]], 1), "at least 4 voxels"),
        (np.pad(np.ones((2, 2, 2)), 30), "expected a head"),
        (-np.pad(np.ones((20, 20, 20)), 10), "head"),
    ],
)
def test_images_without_a_head_are_refused(array, message):
    with pytest.raises((bolus.DataError, bolus.GeometryError), match=message):
        preprocess.BrainExtraction()(bolus.Image(np.asarray(array, np.float32, order="F"), np.diag([2.0, 2, 2, 1])))


def test_brain_options_and_cancelling(head):
    for options in ({"resolution": 0.5}, {"smoothness": 0}, {"edge": 0}, {"margin": 50}, {"threads": -1}):
        with pytest.raises(bolus.OptionError):
            preprocess.BrainExtraction(**options)(head.t1)
    events = []
    preprocess.BrainExtraction(resolution=4)(head.t1, progress=lambda *event: events.append(event))
    assert events[-1][1] == events[-1][2]
    with pytest.raises(bolus.Cancelled):
        preprocess.BrainExtraction()(head.t1, progress=lambda *event: False)
    assert "resolution=2.0" in repr(preprocess.BrainExtraction())


SAME_BITS = """
import hashlib, sys
from bolus import preprocess, simulate
threads = int(sys.argv[1])
head = simulate.HeadPhantom(seed=4, size=(56, 66, 56), spacing=(3.4, 3.4, 3.4), rotation=0, translation=0, threads=threads)()
digest = hashlib.sha256()
brain = preprocess.BrainExtraction(threads=threads, resolution=3)(head.contrast_t1).mask
digest.update(brain.array.tobytes(order="F"))
bias = preprocess.BiasCorrection(threads=threads, iterations=[10, 10])(head.t1, brain)
digest.update(bias.corrected.array.tobytes(order="F"))
maps = preprocess.TissueClassification(threads=threads)(head.t1, brain)
digest.update(maps.white_matter.array.tobytes(order="F"))
plane = preprocess.SymmetrySearch(threads=threads)(head.t1)
digest.update(plane.normal.tobytes() + plane.point.tobytes())
digest.update(preprocess.NormalWhiteMatter(threads=threads)(maps, plane, head.labels).mask.array.tobytes(order="F"))
print(digest.hexdigest())
"""


def test_same_bits_on_any_number_of_threads_and_in_another_process():
    runs = [
        subprocess.run(
            [sys.executable, "-c", SAME_BITS, threads], capture_output=True, text=True, check=True, env=os.environ
        )
        for threads in ("1", "2", "4", "2")
    ]
    assert len({run.stdout for run in runs}) == 1
    assert len(runs[0].stdout.strip()) == hashlib.sha256().digest_size * 2


def real_case(real_data, name):
    return io.read_image(real_data / "tcga-fg-6692" / f"{name}.nii.gz")


def test_brain_of_real_heads(real_data):
    for image, mask in (
        ("tcga-fg-6692/t1c", "tcga-fg-6692/t1c_brain_mask"),
        ("mni152/head_2mm", "mni152/brain_mask_2mm"),
    ):
        result = preprocess.BrainExtraction()(io.read_image(real_data / f"{image}.nii.gz"))
        truth = io.read_image(real_data / f"{mask}.nii.gz")
        assert dice(result.mask.array, truth.array) >= 0.95, image
        assert result.quality.verdict == "good"


# --- bias field --------------------------------------------------------------------------------------------------------


def test_known_field_of_a_phantom_is_recovered():
    head = simulate.HeadPhantom(
        seed=8, size=(80, 96, 80), spacing=(2.4, 2.4, 2.4), bias=0.3, rotation=0, translation=0
    )()
    for modality in ("t1", "cet1"):
        image = head.contrast_t1 if modality == "cet1" else head.t1
        truth = np.asarray(head.bias_fields[modality].array)
        inside = head.brain.array > 0
        result = preprocess.BiasCorrection()(image, head.brain)
        ratio = np.asarray(result.field.array)[inside] / truth[inside]
        assert np.abs(ratio / ratio.mean() - 1).mean() < 0.02, modality
        assert result.corrected.array[inside].mean() == pytest.approx(image.array[inside].mean(), rel=1e-5)


def test_field_is_estimated_once_and_applied_elsewhere(head):
    found = preprocess.BiasCorrection(iterations=[20, 20])(head.t1, head.brain)
    assert np.array_equal(found.spline(head.t1.geometry).array, found.field.array)
    target = preprocess.isotropic_geometry(head.t1.geometry, 4.0)
    resampled = preprocess.Resample()(found.field, target)
    direct = found.spline(target)
    middle = (slice(4, -4),) * 3
    assert np.abs(direct.array[middle] / resampled.array[middle] - 1).max() < 2e-3
    raw = preprocess.Resample()(head.t1, target)
    corrected = preprocess.divide_bias(raw, direct)
    assert np.allclose(corrected.array, np.where(raw.array > 0, raw.array / direct.array, raw.array))
    again = pickle.loads(pickle.dumps(found.spline))
    assert np.array_equal(again(target).array, direct.array)
    with pytest.raises(bolus.GeometryError):
        preprocess.divide_bias(raw, found.field)


def test_field_with_weights_of_0_and_1_equals_that_of_sitk_in_a_smaller_mask(head):
    """SimpleITK's N4 takes no weights; where they are 0 or 1 they are a mask."""
    sitk = pytest.importorskip("SimpleITK")
    inside = (head.brain.array > 0) & (head.labels.array == 0) & (head.t1.array > np.percentile(head.t1.array, 60))
    weights = bolus.Image(np.asfortranarray(inside.astype(np.float32)), head.t1.affine)
    ours = preprocess.BiasCorrection(shrink=1, iterations=[12, 12], tolerance=0.0)(head.t1, head.brain, weights)
    peer = sitk.N4BiasFieldCorrectionImageFilter()
    peer.SetMaximumNumberOfIterations([12, 12])
    peer.SetConvergenceThreshold(0.0)
    image = head.t1.to_sitk()
    peer.Execute(image, sitk.Cast(small_mask(inside, head.t1.affine).to_sitk(), sitk.sitkUInt8))
    theirs = sitk.GetArrayFromImage(peer.GetLogBiasFieldAsImage(image)).T[inside]
    unweighted = preprocess.BiasCorrection(shrink=1, iterations=[12, 12], tolerance=0.0)(head.t1, head.brain)

    def apart(result):
        own = np.log(np.asarray(result.field.array))[inside]
        return np.abs((own - own.mean()) - (theirs - theirs.mean())).max()

    assert apart(ours) < 1e-3 and apart(ours) < 0.1 * apart(unweighted)


# --- tissue, normal white matter, mirror plane --------------------------------------------------------------------------


def test_tissue_and_normal_white_matter(head):
    tumour = whole_tumour(head)
    maps = preprocess.TissueClassification()(head.t1, head.brain, tumour)
    truth = (head.tissue.array == 5) & (tumour.array == 0)
    assert dice(maps.mask(3).array, truth) > 0.9
    total = maps.csf.array + maps.grey_matter.array + maps.white_matter.array
    assert np.allclose(total[maps.labels.array > 0], 1, atol=1e-5) and (total[maps.labels.array == 0] == 0).all()
    assert list(maps.to_frame()["tissue"]) == ["csf", "grey_matter", "white_matter"]
    plane = preprocess.SymmetrySearch()(head.t1, head.brain)
    normal = preprocess.NormalWhiteMatter()(maps, plane, head.labels)
    inside = normal.mask.array > 0
    assert (head.tissue.array[inside] == 5).mean() > 0.98
    assert normal.voxel_count == inside.sum() and normal.flags == []
    x = np.argwhere(tumour.array > 0)[:, 0].mean()
    others = np.argwhere(inside)[:, 0]
    middle = (head.t1.array.shape[0] - 1) / 2
    assert (np.sign(others - middle) == -np.sign(x - middle)).all()


def test_normal_white_matter_is_a_reference_for_perfusion(head):
    """The mask, brought to the grid of the series, is what normalisation takes."""
    maps = preprocess.TissueClassification()(head.t1, head.brain, whole_tumour(head))
    normal = preprocess.NormalWhiteMatter()(maps, preprocess.SymmetrySearch()(head.t1), head.labels)
    target = preprocess.isotropic_geometry(head.t1.geometry, 4.0)
    mask = preprocess.Resample()(normal.mask, target)
    truth = preprocess.Resample()(small_mask(head.tissue.array == 5, head.t1.affine), target)
    assert mask.array.sum() > 100
    assert truth.array[mask.array > 0].mean() > 0.95


def test_tissue_of_mni152(real_data):
    image = io.read_image(real_data / "mni152" / "head_2mm.nii.gz")
    brain = io.read_image(real_data / "mni152" / "brain_mask_2mm.nii.gz")
    truth = io.read_image(real_data / "mni152" / "tissue_2mm.nii.gz").array
    maps = preprocess.TissueClassification()(image, small_mask(brain.array > 0, image.affine))
    for tissue, least in ((1, 0.85), (2, 0.85), (3, 0.87)):
        assert dice(maps.mask(tissue).array, truth == tissue) > least, tissue


def test_tissue_doubts(head):
    flags = {flag.code for flag in preprocess.TissueClassification()(head.t2, head.brain).flags}
    assert flags & {"preprocess.tissue.contrast", "preprocess.tissue.share"}
    for options in ({"iterations": 0}, {"neighbours": -1}, {"bias_width": 3}, {"tolerance": -1}):
        with pytest.raises(bolus.OptionError):
            preprocess.TissueClassification(**options)(head.t1, head.brain)


@pytest.mark.parametrize(("yaw", "roll", "shift"), [(0, 0, 0.0), (12, -7, 9.0), (-15, 10, -12.0)])
def test_mirror_plane_of_a_turned_head(head, yaw, roll, shift):
    def turned(degrees, axis):
        a = np.radians(degrees)
        k = np.cross(np.eye(3), np.asarray(axis, float))
        return np.eye(3) + np.sin(a) * -k + (1 - np.cos(a)) * k @ k

    motion = np.eye(4)  # of the head, LPS
    motion[:3, :3] = turned(yaw, (0, 0, 1)) @ turned(roll, (0, 1, 0))
    motion[:3, 3] = (shift, 3, -4)
    flip = np.diag([-1.0, -1, 1, 1])
    image = bolus.Image(np.array(head.contrast_t1.array, order="F"), flip @ motion @ flip @ head.contrast_t1.affine)
    plane = preprocess.SymmetrySearch()(image)
    normal = motion[:3, 0]
    assert np.degrees(np.arccos(min(1, plane.normal @ normal))) < 1
    assert abs((plane.point - motion[:3, 3]) @ normal) < 1
    assert plane.flags == []
    assert np.allclose(plane.mirrored(plane.mirrored(np.array([1.0, 2, 3]))), [1, 2, 3])
    assert pickle.loads(pickle.dumps(plane)).score == plane.score


def test_mirror_plane_of_what_is_not_symmetric():
    noise = np.random.default_rng(0).normal(100, 20, (40, 40, 40)).astype(np.float32)
    plane = preprocess.SymmetrySearch()(bolus.Image(np.asfortranarray(noise), np.diag([4.0, 4, 4, 1])))
    assert "preprocess.mirror.asymmetric" in {flag.code for flag in plane.flags}
    with pytest.raises(bolus.DataError, match="constant"):
        preprocess.SymmetrySearch()(bolus.Image(np.ones((20, 20, 20), np.float32)))


# --- networks ----------------------------------------------------------------------------------------------------------


def test_a_torchscript_network_extracts_the_brain(head, tmp_path):
    torch = pytest.importorskip("torch")

    class Threshold(torch.nn.Module):
        def forward(self, x):
            return 20.0 * (x - 0.3)

    path = tmp_path / "network.pt"
    torch.jit.script(Threshold()).save(str(path))
    (tmp_path / "network.json").write_text(
        json.dumps(
            {
                "name": "threshold",
                "orientation": "SPL",
                "scaling": "percentile",
                "output": "logit",
                "spacing": [2, 2, 2],
            }
        )
    )
    description = segment.read_brain_network_description(tmp_path / "network.json")
    assert description.threshold == 0.5
    extractor = segment.TorchScriptBrainExtractor(path, description)
    assert isinstance(extractor, preprocess.BrainExtractor) and extractor.name() == "threshold"
    stripped = bolus.Image(
        np.asfortranarray(np.where(head.brain.array > 0, head.t1.array, 0).astype(np.float32)), head.t1.affine
    )
    mask = extractor(stripped)
    assert dice(mask.array, head.brain.array) > 0.9
    assert np.array_equal(extractor(stripped).array, mask.array)
    with pytest.raises(bolus.IoError):
        segment.TorchScriptBrainExtractor(tmp_path / "none.pt", description)
