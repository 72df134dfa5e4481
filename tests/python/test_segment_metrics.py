"""Metrics of segmentations against SimpleITK, scipy and the definitions of MONAI and of the BraTS 2023 evaluation."""

import json

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

import bolus
from bolus.segment import (
    CorrectionAudit,
    SegmentationMetrics,
    audit_path,
    label_hash,
    write_audit,
)

SPACINGS = [(1.0, 1.0, 1.0), (0.898, 0.898, 5.5), (2.0, 0.7, 1.3)]


def blobs(seed, shape=(34, 30, 22), level=0.25, smooth=2.5):
    """Smooth random parts, some of which touch the edge of the image."""
    noise = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), smooth)
    return noise > np.quantile(noise, 1 - level)


def mask(array, spacing=(1, 1, 1)):
    return bolus.Mask(np.asfortranarray(array, np.uint8), np.diag([*spacing, 1.0]))


def surface(array):
    """MONAI's get_mask_edges: the mask without its erosion, outside of the image being background."""
    return array & ~ndimage.binary_erosion(array)


def directed(a, b, spacing):
    """Distances from the surface of a to that of b, as MONAI's get_surface_distance."""
    return ndimage.distance_transform_edt(~surface(b), sampling=spacing)[surface(a)]


def hausdorff(a, b, spacing, percentile):
    """MONAI's compute_hausdorff_distance: the larger of both directions."""
    return max(np.percentile(directed(a, b, spacing), percentile), np.percentile(directed(b, a, spacing), percentile))


def surface_dice(a, b, spacing, tolerance):
    """MONAI's compute_surface_dice without subvoxels."""
    there, back = directed(a, b, spacing), directed(b, a, spacing)
    return ((there <= tolerance).sum() + (back <= tolerance).sum()) / (there.size + back.size)


def brats_2023(predicted, reference, spacing, dilation=3, smallest=50.0):
    """The lesion-wise evaluation of BraTS 2023, step by step; distances by the surface voxels above."""
    touching = np.ones((3, 3, 3))
    parts, _ = ndimage.label(predicted, touching)
    grow = ndimage.generate_binary_structure(3, 2)

    def dilated(a):
        return ndimage.binary_dilation(a, grow, dilation) if dilation else a

    zones, count = ndimage.label(dilated(reference), touching)
    taken, scores, found, missed = set(), [], 0, 0
    for zone in range(1, count + 1):
        lesion = reference & (zones == zone)
        hits = set(np.unique(parts[dilated(lesion)])) - {0}
        taken |= hits
        there = np.isin(parts, list(hits)) if hits else np.zeros_like(lesion)
        if lesion.sum() * np.prod(spacing) <= smallest:
            continue
        found, missed = found + bool(hits), missed + (not hits)
        distance = hausdorff(there, lesion, spacing, 95) if hits else 374.0
        scores.append((2 * (there & lesion).sum() / (there.sum() + lesion.sum()), distance))
    false = len(set(np.unique(parts)) - {0} - taken)
    scores += [(0.0, 374.0)] * false
    dice, distance = np.mean(scores, axis=0) if scores else (1.0, 0.0)
    return found, missed, false, dice, distance


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("seed", range(4))
def test_distances_are_those_of_scipy_and_monai(seed, spacing):
    a, b = blobs(seed), blobs(seed) ^ (blobs(seed + 100, level=0.06))
    score = SegmentationMetrics(tolerance=1.5)(mask(a, spacing), mask(b, spacing))
    assert score.hausdorff95 == pytest.approx(hausdorff(a, b, spacing, 95), rel=1e-6)
    assert score.hausdorff == pytest.approx(hausdorff(a, b, spacing, 100), rel=1e-6)
    assert score.surface_dice == pytest.approx(surface_dice(a, b, spacing, 1.5), abs=1e-12)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_overlap_is_that_of_simpleitk(spacing):
    a, b = blobs(1), blobs(1) ^ blobs(7, level=0.1)
    predicted, reference = mask(a, spacing), mask(b, spacing)
    score = SegmentationMetrics()(predicted, reference)
    measures = sitk.LabelOverlapMeasuresImageFilter()
    measures.Execute(predicted.to_sitk(), reference.to_sitk())
    assert score.dice == pytest.approx(measures.GetDiceCoefficient())
    # SimpleITK calls its first argument the source and its second the target; errors are relative to the target
    assert score.sensitivity == pytest.approx(1 - measures.GetFalseNegativeError())
    assert score.specificity == pytest.approx((~a & ~b).sum() / (~b).sum())
    assert score.predicted_volume == pytest.approx(a.sum() * np.prod(spacing) / 1000)
    assert score.volume_error == pytest.approx((a.sum() - b.sum()) * np.prod(spacing) / 1000)
    assert score.relative_volume_error == pytest.approx(100 * (a.sum() - b.sum()) / b.sum())


def test_the_largest_distance_is_that_of_simpleitk():
    """Whose filter looks at all voxels, not at surfaces: the same thing for two balls."""
    x, y, z = np.indices((30, 30, 30))
    a = (x - 12) ** 2 + (y - 14) ** 2 + (z - 15) ** 2 < 60
    b = (x - 15) ** 2 + (y - 14) ** 2 + 2 * (z - 15) ** 2 < 90
    predicted, reference = mask(a, (1, 1, 2.5)), mask(b, (1, 1, 2.5))
    distance = sitk.HausdorffDistanceImageFilter()
    distance.Execute(predicted.to_sitk(), reference.to_sitk())
    assert SegmentationMetrics()(predicted, reference).hausdorff == pytest.approx(distance.GetHausdorffDistance())


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("dilation", [0, 1, 3])
def test_lesions_are_those_of_brats_2023(spacing, dilation):
    for seed in range(3):
        reference = blobs(seed, shape=(48, 40, 24), level=0.05, smooth=1.6)
        predicted = blobs(seed + 50, shape=(48, 40, 24), level=0.03, smooth=1.6) | (
            reference & blobs(seed + 9, shape=(48, 40, 24), level=0.5, smooth=4)
        )
        score = SegmentationMetrics(lesion_dilation=dilation)(mask(predicted, spacing), mask(reference, spacing))
        found, missed, false, dice, distance = brats_2023(predicted, reference, spacing, dilation)
        assert (score.found_lesions, score.missed_lesions, score.false_lesions) == (found, missed, false)
        assert score.lesion_dice == pytest.approx(dice)
        assert score.lesion_hausdorff95 == pytest.approx(distance, rel=1e-6)
        assert sum(lesion.counted for lesion in score.lesions) == found + missed


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(SPACINGS), st.floats(0.01, 0.6))
def test_metrics_are_symmetric_and_bounded(seed, spacing, level):
    a, b = blobs(seed, (14, 12, 10), level), blobs(seed + 1, (14, 12, 10), level)
    there, back = (SegmentationMetrics()(mask(p, spacing), mask(q, spacing)) for p, q in ((a, b), (b, a)))
    for name in ("dice", "hausdorff95", "hausdorff", "surface_dice"):
        assert getattr(there, name) == getattr(back, name)
    assert there.volume_error == -back.volume_error
    assert 0 <= there.dice <= 1 and 0 <= there.surface_dice <= 1 and there.hausdorff95 <= there.hausdorff
    same = SegmentationMetrics()(mask(a, spacing), mask(a, spacing))
    assert (same.dice, same.hausdorff, same.surface_dice, same.lesion_dice) == (1, 0, 1, 1)


def label_map(seed, spacing=(1, 1, 1)):
    inner, middle, outer = (blobs(seed, level=level) for level in (0.05, 0.12, 0.25))
    array = np.where(inner, 4, np.where(middle, 1, np.where(outer, 2, 0)))
    return bolus.LabelMap(array.astype(np.uint8), np.diag([*spacing, 1.0]))


def test_label_maps_are_compared_region_by_region():
    a, b = label_map(3), label_map(4)
    scores = SegmentationMetrics()(a, b)
    assert scores.regions == ["ET", "TC", "WT", "NET", "ED"]
    assert len(scores) == 5 and scores.flags == []
    for region in scores.regions:
        alone = SegmentationMetrics()(a.mask(region), b.mask(region))
        assert scores[region].hausdorff95 == alone.hausdorff95
        assert scores[region].dice == alone.dice
    frame = scores.to_frame()
    assert list(frame.region) == scores.regions and not frame.isna().any().any()
    assert "<table" in scores._repr_html_() and "TC" in repr(scores)
    assert SegmentationMetrics(regions=["WT"])(a, b)["WT"].dice == scores["WT"].dice
    with pytest.raises(bolus.OptionError, match="TC"):
        SegmentationMetrics(regions=["WT"])(a, b)["TC"]


def test_empty_regions_are_flagged_and_never_nan():
    nothing = bolus.LabelMap(np.zeros((34, 30, 22), np.uint8))
    some = label_map(3)
    for predicted, reference, code in (
        (nothing, nothing, "segment.metrics.both_empty"),
        (some, nothing, "segment.metrics.reference_empty"),
        (nothing, some, "segment.metrics.prediction_empty"),
    ):
        scores = SegmentationMetrics()(predicted, reference)
        assert np.isfinite(scores.to_frame().drop(columns="region").to_numpy(float)).all()
        assert [flag.code for flag in scores.flags] == [code] * 5


def test_comparing_can_be_stopped_and_refuses_other_grids():
    with pytest.raises(bolus.Cancelled):
        SegmentationMetrics()(label_map(1), label_map(1), progress=lambda *event: False)
    with pytest.raises(bolus.GeometryError, match="reference"):
        SegmentationMetrics()(label_map(1), label_map(1, (1, 1, 2)))
    with pytest.raises(bolus.OptionError, match="tolerance"):
        SegmentationMetrics(tolerance=-1)(label_map(1), label_map(1))


@pytest.mark.parametrize(
    ("case", "dice"),
    [
        ("tcga-fg-6692", {"ET": 0.948, "TC": 0.953, "WT": 0.932}),  # computed with the case, by other code
        ("tcga-du-7294", {"ET": 0.0, "TC": 0.927, "WT": 0.938}),  # the reference has no ET
    ],
)
def test_real_tumours(real_data, case, dice):
    """Labels of the original cascade against the consensus of five algorithms."""
    folder = real_data / "brats-cases" / case
    paths = [folder / "original" / "labels.nii.gz", folder / "consensus.nii.gz"]
    scores = SegmentationMetrics()(*(bolus.io.read_label_map(path) for path in paths))
    for region, value in dice.items():
        assert scores[region].dice == pytest.approx(value, abs=6e-4)
    a, b = (np.isin(np.asarray(nibabel.load(path).dataobj), (1, 4)) for path in paths)
    cut = ndimage.find_objects((a | b).astype(int))[0]
    a, b = np.pad(a[cut], 4), np.pad(b[cut], 4)
    assert scores["TC"].hausdorff95 == pytest.approx(hausdorff(a, b, (1, 1, 1), 95), rel=1e-6)
    assert scores["TC"].surface_dice == pytest.approx(surface_dice(a, b, (1, 1, 1), 1.0))
    found, missed, false, lesion_dice, distance = brats_2023(a, b, (1, 1, 1))
    assert (scores["TC"].found_lesions, scores["TC"].missed_lesions, scores["TC"].false_lesions) == (
        found,
        missed,
        false,
    )
    assert scores["TC"].lesion_dice == pytest.approx(lesion_dice)
    assert scores["TC"].lesion_hausdorff95 == pytest.approx(distance, rel=1e-6)
    if case == "tcga-du-7294":
        assert scores["ET"].predicted_voxels == 460 and scores["ET"].sensitivity == 0
        assert "segment.metrics.reference_empty" in [flag.code for flag in scores.flags]


def test_an_audit_says_what_changed(tmp_path):
    automatic = label_map(3, (1, 1, 2))
    array = np.array(automatic.array)
    before = array.copy()
    array[before == 1] = np.where(np.random.default_rng(0).random((before == 1).sum()) < 0.3, 4, 1)
    array[:, :, :3] = 0
    corrected = bolus.LabelMap(array, automatic.affine)
    audit = CorrectionAudit()(automatic, corrected)
    assert audit.changed_voxels == (array != before).sum()
    frame = audit.to_frame().set_index("region")
    for region, values in (("ET", (4,)), ("TC", (1, 4)), ("WT", (1, 2, 4)), ("NET", (1,)), ("ED", (2,))):
        was, now = np.isin(before, values), np.isin(array, values)
        row = frame.loc[region]
        assert (row.added, row.removed) == ((now & ~was).sum(), (was & ~now).sum())
        assert row.dice == pytest.approx(2 * (was & now).sum() / (was.sum() + now.sum()))
        assert row.volume_after == pytest.approx(now.sum() * 2 / 1000)
    assert audit.automatic_hash == label_hash(automatic) != audit.corrected_hash == label_hash(corrected)
    assert "<table" in audit._repr_html_()

    path = audit_path(tmp_path / "labels.seg.nrrd")
    write_audit(path, audit)
    written = json.loads(path.read_text())
    assert path.name == "labels.audit.json"
    assert written["changed_voxels"] == audit.changed_voxels
    assert [row["region"] for row in written["regions"]] == ["ET", "TC", "WT", "NET", "ED"]
    assert set(written) == {"step", "bolus_version", "inputs", "changed_voxels", "regions", "flags"}
    with pytest.raises(bolus.IoError, match="exists"):
        write_audit(path, audit)
    write_audit(path, audit, overwrite=True)
    with pytest.raises(bolus.GeometryError):
        CorrectionAudit()(automatic, label_map(3))


def test_an_audit_refuses_values_that_are_no_labels():
    labels = label_map(3)
    labels.array[0, 0, 0] = 200  # past the check when the map was made
    with pytest.raises(bolus.DataError, match="200"):
        CorrectionAudit()(label_map(3), labels)
