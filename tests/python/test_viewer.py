"""The viewer, driven from Python as a browser would drive it: by the values of its widgets."""

import base64
import io as buffers
import re

import numpy as np
import pytest
from PIL import Image as Picture

import bolus
from bolus import io

widgets = pytest.importorskip("ipywidgets")

SHAPE = (12, 14, 10)
TO_LEFT = np.diag([-2.0, -2.0, 3.0, 1.0])  # LPS: x to the left, y to the back


def volume(affine=TO_LEFT):
    """Every voxel another value."""
    values = np.arange(np.prod(SHAPE), dtype=np.float32).reshape(SHAPE, order="F")
    return bolus.Image(np.asfortranarray(values), affine)


def html_of(viewer):
    return viewer.caption.value + "".join(plane.value for plane in viewer.planes.values())


def drawn(viewer):
    """Grey picture and, where there is one, overlay of each plane."""
    found = []
    for svg in re.findall(r'<svg class="slice".*?</svg>', html_of(viewer)):
        layers = re.findall(r'href="data:image/png;base64,([^"]+)"', svg)
        found.append([np.array(Picture.open(buffers.BytesIO(base64.b64decode(layer)))) for layer in layers])
    return found


def crosses(viewer):
    found = re.findall(r'd="M([\d.]+) 0V\d+M0 ([\d.]+)H\d+"', html_of(viewer))
    return [(float(x) - 0.5, float(y) - 0.5) for x, y in found]


def test_sliders_move_the_planes():
    image = volume()
    viewer = bolus.view(image)
    assert isinstance(viewer, widgets.VBox) and viewer.voxel == (6, 7, 5)
    low, high = viewer.window.value
    viewer.axial.value, viewer.coronal.value, viewer.sagittal.value = 8, 3, 10
    assert viewer.voxel == (10, 3, 8)
    grey = lambda cut: (255 * np.clip((cut.astype(float) - low) / (high - low), 0, 1)).round()  # noqa: E731
    array = image.array
    expected = [array[:, :, 8].T, array[:, 3, :].T[::-1], array[10, :, :].T[::-1]]
    for (picture,), cut in zip(drawn(viewer), expected, strict=True):
        assert np.abs(picture - grey(cut)).max() <= 1
    # Where the planes meet, on each of them.
    assert crosses(viewer) == [(10, 3), (10, 10 - 1 - 8), (3, 10 - 1 - 8)]
    assert f"{array[10, 3, 8]:.4g}" in html_of(viewer)
    viewer.window.value = (low, (low + high) / 2)
    assert all(
        picture[0].mean() > before.mean() for picture, before in zip(drawn(viewer), map(grey, expected), strict=True)
    )


TURNED = np.array([[0, 0, 3.0, 5], [-1.0, 0, 0, 2], [0, 2.0, 0, -9], [0, 0, 0, 1]])


@pytest.mark.parametrize("affine", [np.diag([2.0, 2.0, 3.0, 1.0]), TURNED])
def test_sliders_count_from_right_front_and_below_in_any_orientation(affine):
    viewer = bolus.view(volume(affine))
    point = lambda: affine @ [*viewer.voxel, 1]  # noqa: E731
    for slider, axis, sign in ((viewer.axial, 2, 1), (viewer.coronal, 1, -1), (viewer.sagittal, 0, -1)):
        before = point()
        slider.value += 1
        step = point() - before
        assert sign * step[axis] > 0 and np.count_nonzero(step) == 1
    viewer.voxel = (1, 2, 3)
    assert viewer.voxel == (1, 2, 3)
    with pytest.raises(bolus.OptionError, match="voxel"):
        viewer.voxel = (99, 0, 0)


def test_outlines_and_overlay_can_be_taken_off():
    labels = np.zeros(SHAPE, np.uint8)
    labels[2:5, 3:6, 6:9] = 4
    probability = np.full(SHAPE, np.nan, np.float32)
    probability[2:5, 3:6, 6:9] = 0.75
    viewer = bolus.view(volume(), bolus.LabelMap(labels, TO_LEFT), bolus.Image(probability, TO_LEFT), opacity=0.3)
    assert viewer.voxel == (3, 4, 7)  # where the tumour is
    for (_, overlay), shape in zip(drawn(viewer), ((14, 12), (10, 12), (10, 14)), strict=True):
        assert overlay.shape == (*shape, 4) and (overlay[..., 3] == 255).sum() == 9
    axial = drawn(viewer)[0][1]
    assert (axial[3:6, 2:5, 3] == 255).all()
    assert 'opacity="0.3"' in html_of(viewer) and html_of(viewer).count('stroke="#e83946"') == 3
    assert "probability 0.75" in html_of(viewer)
    viewer.outlines.value = False
    assert 'stroke="#e83946"' not in html_of(viewer)
    viewer.opacity.value = 1
    assert 'opacity="1"' in html_of(viewer)
    viewer.overlay.value = False
    assert all(len(layers) == 1 for layers in drawn(viewer))


def test_another_grid_is_read_at_the_same_point_of_space():
    """Labels of half the resolution, turned the other way, cover the same part of the picture."""
    fine = np.zeros((12, 12, 12), np.float32)
    fine[2:6, 4:8, 6:10] = 1
    image = bolus.Image(np.asfortranarray(fine), np.diag([-1.0, -1.0, 1.0, 1.0]))
    coarse = np.zeros((6, 6, 6), np.uint8)
    coarse[1:3, 2:4, 3:5] = 4
    coarse = coarse[::-1, :, :]  # x to the right
    affine = np.array([[2.0, 0, 0, -10.5], [0, -2.0, 0, -0.5], [0, 0, 2.0, 0.5], [0, 0, 0, 1]])
    viewer = bolus.view(image, probability=bolus.Image(np.where(coarse > 0, 1, np.nan).astype(np.float32), affine))
    viewer.voxel = (3, 5, 7)
    for grey, overlay in drawn(viewer):
        assert np.array_equal(grey > 0, overlay[..., 3] > 0) and (grey > 0).sum() == 16
    viewer = bolus.view(image, bolus.LabelMap(np.ascontiguousarray(coarse), affine))
    assert re.search(r'd="(M2 4h4M2 8h4M2 4v4M6 4v4)"', html_of(viewer))


def series(affine=TO_LEFT, frames=6, simulated=True):
    values = np.zeros((*SHAPE, frames), np.float32, order="F")
    for t in range(frames):
        values[..., t] = volume().array + 10_000 * t * (np.arange(SHAPE[0])[:, None, None] == 4)
    return bolus.PerfusionSeries(values, np.arange(frames) * 1.5, affine, simulated=simulated)


def test_the_curve_is_that_of_the_voxel():
    data = series()
    viewer = bolus.view(data)
    assert viewer.volume.max == 5 and "simulated" in html_of(viewer)
    for voxel, rises in (((4, 3, 2), True), ((5, 3, 2), False)):
        viewer.voxel = voxel
        points = re.search(r'points="([^"]+)"', viewer.curve.value).group(1).split()
        heights = -np.array([float(point.split(",")[1]) for point in points])
        if rises:
            assert np.corrcoef(heights, data.array[voxel])[0, 1] > 0.9999
        else:
            assert np.ptp(heights) == 0
        assert f"voxel ({voxel[0]}, {voxel[1]}, {voxel[2]}) of the series" in viewer.curve.value
    viewer.voxel = (4, 3, 2)
    before = drawn(viewer)[0][0][3, 4]
    marked = re.search(r'class="half" x1="([\d.]+)"', viewer.curve.value).group(1)
    viewer.volume.value = 5
    assert drawn(viewer)[0][0][3, 4] > before
    assert float(re.search(r'class="half" x1="([\d.]+)"', viewer.curve.value).group(1)) > float(marked)


def test_a_study_offers_its_images_and_stays_at_its_point():
    moved = np.eye(4)
    moved[0, 3] = 4.0  # a point of the DSC grid lies 4 mm further left in CET1
    labels = np.zeros(SHAPE, np.uint8)
    labels[5, 6, 4] = 4
    study = bolus.AlignedStudy(
        {"cet1": volume(), "flair": volume()}, series(), bolus.LabelMap(labels, TO_LEFT), perfusion_to_structural=moved
    )
    viewer = bolus.view(study)
    assert set(viewer.picture.options) == {"CET1", "FLAIR", "DSC"}
    viewer.picture.value = "CET1"
    viewer.voxel = (6, 6, 4)
    assert "voxel (4, 6, 4) of the series" in viewer.curve.value  # two voxels of 2 mm less to the left
    viewer.picture.value = "DSC"
    assert viewer.voxel == (4, 6, 4)
    viewer.picture.value = "FLAIR"
    assert viewer.voxel == (6, 6, 4)
    viewer.voxel = (0, 6, 4)
    assert "no voxel" in viewer.curve.value


def test_other_inputs(tmp_path):
    for name, image in (("cet1", volume()), ("t1", volume())):
        io.write_image(tmp_path / f"{name}.nii.gz", image)
    viewer = bolus.view(io.find_study(tmp_path))
    assert set(viewer.picture.options) == {"CET1", "T1"}
    viewer = bolus.view({"<b>a</b>": volume(), "b": series()})
    assert "<b>a</b>" not in html_of(viewer) and viewer.curve.value
    bolus.view(bolus.Mask(np.ones((3, 3, 3), np.uint8)))
    bolus.view(bolus.LabelMap(np.full((3, 3, 3), 4, np.uint8)))
    for fill in (np.nan, 0, np.inf):
        viewer = bolus.view(bolus.Image(np.full((1, 2, 3), fill, np.float32)))
        viewer.axial.value = 2
        assert len(drawn(viewer)) == 3
    with pytest.raises(bolus.OptionError, match="no image to look at in Dataset"):
        bolus.view(bolus.Dataset(np.zeros((2, 1, 3), np.float32)))
    with pytest.raises(bolus.OptionError, match="no image"):
        bolus.view({})
    with pytest.raises(bolus.OptionError, match="opacity"):
        bolus.view(volume(), opacity=2)
