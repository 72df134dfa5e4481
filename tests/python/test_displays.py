"""What Jupyter shows: pictures hold the voxels they should where they should, and nothing from a file becomes markup."""

import base64
import html.parser
import io as buffers
import json
import pickle
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

import browser
import numpy as np
import pytest
from PIL import Image as Picture

import bolus
from bolus import io, notebook, simulate

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&\u202e"


class Page(html.parser.HTMLParser):
    """Tags in their order, attributes, text; and whether every tag is closed."""

    EMPTY = ("img", "br", "hr", "rect", "line", "circle", "path", "image", "polyline", "text")

    def __init__(self, source):
        super().__init__()
        self.tags, self.attributes, self.words, self.open = [], [], [], []
        self.feed(source)
        self.close()
        self.text = " ".join(self.words)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.words.append(data)


def shown(value):
    """The display of a value, as notebooks get it, checked for what holds of each."""
    source = value._repr_html_()
    assert source == notebook.html(value)
    assert len(source.encode()) < 300_000
    assert "could not be drawn" not in source
    page = Page(source)
    assert not page.open
    assert not {"script", "iframe", "object", "embed", "link", "base", "img"} & set(page.tags)
    for name, content in page.attributes:
        assert not name.startswith("on")
        if name in ("href", "src", "xlink:href"):
            assert content.startswith("data:image/png;base64,")
    assert not re.search(r"url\(|@import|https?://", source)
    assert "NaN" not in source and ">nan<" not in source
    return source, page


def pictures(source):
    """Every PNG as an array."""
    return [
        np.array(Picture.open(buffers.BytesIO(base64.b64decode(found))))
        for found in re.findall(r'href="data:image/png;base64,([^"]+)"', source)
    ]


def boxes(source):
    """Width and height in mm of every slice."""
    return [tuple(map(float, found)) for found in re.findall(r'class="slice" viewBox="0 0 (\S+) (\S+)"', source)]


# RAS affines: as NIfTI likes it, as DICOM likes it, and turned with a flip.
AFFINES = {
    "RAS": np.diag([1.0, 2.0, 3.0, 1.0]),
    "LPS": np.diag([-1.0, -2.0, 3.0, 1.0]),
    "PSR": np.array([[0, 0, 3.0, 5], [-1.0, 0, 0, 2], [0, 2.0, 0, -9], [0, 0, 0, 1]]),
}


@pytest.fixture(params=AFFINES)
def space(request):
    return AFFINES[request.param]


def in_patient(affine, shape, voxel):
    """Share of the way to the patient's left, back and head of a voxel, 0 to 1."""
    corners = [affine @ [*corner, 1] for corner in ((0, 0, 0), [n - 1 for n in shape])]
    low, high = np.minimum(*corners)[:3], np.maximum(*corners)[:3]
    right, front, head = (affine @ [*voxel, 1])[:3]
    return (
        1 - (right - low[0]) / (high[0] - low[0]),
        1 - (front - low[1]) / (high[1] - low[1]),
        (head - low[2]) / (high[2] - low[2]),
    )


def expected_places(affine, shape, voxel):
    left, back, head = in_patient(affine, shape, voxel)
    return {"axial": (left, back), "coronal": (left, 1 - head), "sagittal": (back, 1 - head)}


def place_of(picture, wanted):
    rows, columns = np.nonzero(np.all(picture == wanted, axis=-1) if picture.ndim == 3 else picture == wanted)
    assert len(rows) == 1
    return columns[0] / (picture.shape[1] - 1), rows[0] / (picture.shape[0] - 1)


def test_slices_show_the_voxels_in_radiological_convention(space):
    """A marked voxel lies on each plane where a radiologist looks for it: the patient's left on the right."""
    shape = (15, 17, 19)
    labels = np.zeros(shape, np.uint8)
    voxel = (4, 11, 6)
    labels[voxel] = 4
    source, page = shown(bolus.LabelMap(labels, space))
    assert [re.search(r"(\w+) slice", value).group(1) for name, value in page.attributes if name == "aria-label"] == [
        "axial", "coronal", "sagittal",
    ]  # fmt: skip
    expected = expected_places(space, shape, voxel)
    for picture, name in zip(pictures(source), ("axial", "coronal", "sagittal"), strict=True):
        assert place_of(picture, (0xE8, 0x39, 0x46)) == pytest.approx(expected[name]), name
    letters = re.findall(r'paint-order="stroke">(\w)</text>', source)
    assert "".join(letters) == "RLAP" + "RLSI" + "APSI"


def test_grey_values_are_those_of_the_slices(space):
    """Each pixel is its voxel: compared with slices cut by nibabel's own reorientation."""
    import nibabel

    shape = (12, 14, 10)
    values = np.random.default_rng(1).uniform(0, 100, shape).astype(np.float32)
    values[0, 0, 0], values[-1, -1, -1] = 0, 100
    image = bolus.Image(np.asfortranarray(values), space)
    source, _ = shown(image)
    # L, P, S in nibabel's words: axes that grow to the left, the back, the head.
    turned = np.asarray(
        nibabel.Nifti1Image(values, space)
        .as_reoriented(
            nibabel.orientations.ornt_transform(
                nibabel.orientations.io_orientation(space), nibabel.orientations.axcodes2ornt("LPS")
            )
        )
        .dataobj
    )
    # The voxel of the middle, followed through the same turn.
    marker = np.zeros(shape)
    marker[tuple(n // 2 for n in shape)] = 1
    at = np.argwhere(
        np.asarray(
            nibabel.Nifti1Image(marker, space)
            .as_reoriented(
                nibabel.orientations.ornt_transform(
                    nibabel.orientations.io_orientation(space), nibabel.orientations.axcodes2ornt("LPS")
                )
            )
            .dataobj
        )
    )[0]
    expected = [turned[:, :, at[2]].T, turned[:, at[1], :].T[::-1], turned[at[0], :, :].T[::-1]]
    low, high = np.percentile(values[values != 0], (0.5, 99.7))
    low = 0 if low < 0.5 * high else low
    for picture, cut in zip(pictures(source), expected, strict=True):
        grey = (255 * np.clip((cut - low) / (high - low), 0, 1)).round()
        assert picture.shape == grey.shape
        assert np.abs(picture - grey).max() <= 1


def test_voxels_keep_their_aspect(space):
    shape = (12, 14, 10)
    source, _ = shown(bolus.Image(np.ones(shape, np.float32), space))
    mm = np.abs(np.array(space)[:3, :3]) @ np.array(shape)  # along left, back, head
    expected = [(mm[0], mm[1]), (mm[0], mm[2]), (mm[1], mm[2])]
    assert boxes(source) == [pytest.approx(size) for size in expected]
    sizes = re.findall(r'width="([\d.]+)" height="([\d.]+)" preserveAspectRatio="none"', source)
    assert [tuple(map(float, size)) for size in sizes] == [pytest.approx(size) for size in expected]


def test_large_volumes_are_drawn_small():
    values = np.asfortranarray(np.random.default_rng(2).normal(100, 30, (256, 256, 176)).astype(np.float32))
    labels = np.asfortranarray(np.random.default_rng(3).choice([0, 1, 2, 4], (256, 256, 176)).astype(np.uint8))
    image, marks = bolus.Image(values), bolus.LabelMap(labels)
    shown(image)  # noise is what compresses worst, and specks what outlines are longest of
    shown(marks)
    source, _ = shown(bolus.AlignedStudy({"t1": image, "t2": image, "flair": image, "cet1": image}, labels=marks))
    assert max(max(picture.shape) for picture in pictures(source)) <= 160
    assert boxes(source)[0] == pytest.approx((256, 256))
    huge = np.zeros((1400, 4, 4), np.float32, order="F")
    huge[7] = 1000
    source, _ = shown(bolus.Image(huge, np.diag([0.5, 1, 1, 1])))
    assert pictures(source)[0].shape[1] <= 256 and boxes(source)[0] == pytest.approx((700, 4))


def test_outlines_run_around_the_labels():
    """A block of 3 x 2 voxels: four sides, as long as its edges, where it lies."""
    from bolus.drawing.slices import label_outlines

    cut = np.zeros((9, 9), np.uint8)
    cut[2:4, 5:8] = 2
    ((path, colour),) = label_outlines(cut)
    assert colour == "#58acdc"
    sides = {(int(a), int(b), way, int(length)) for a, b, way, length in re.findall(r"M(\d+) (\d+)([hv])(\d+)", path)}
    assert sides == {(5, 2, "h", 3), (5, 4, "h", 3), (5, 2, "v", 2), (8, 2, "v", 2)}
    # At the edge of the slice, and one part within another.
    cut[:] = 0
    cut[0, 0] = 1
    cut[4:7, 4:7] = 2
    cut[5, 5] = 4
    assert len(label_outlines(cut)) == 3
    assert label_outlines(cut)[1][0].count("M") == 4 and label_outlines(cut)[0][0].count("M") == 8
    assert len(label_outlines(np.random.default_rng(0).choice([0, 4], (256, 256)))[0][0]) <= 5000


def test_labels_are_outlined_on_images_of_their_grid_alone():
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[4:8, 5:9, 6:10] = 4
    image = bolus.Image(np.ones((20, 20, 20), np.float32))
    other = bolus.Image(np.ones((10, 10, 10), np.float32), np.diag([2, 2, 2, 1]))
    source, page = shown(io.StudyImages("p", {"cet1": image, "t1": other}, labels=bolus.LabelMap(labels)))
    assert source.count('stroke="#e83946"') == 1
    assert "0.1 mL" in page.text and "CET1" in page.text


def test_each_image_is_cut_at_the_same_point_of_space():
    """The tumour lights up in every picture, also of other grids and through the registration."""
    labels = np.zeros((20, 20, 20), np.uint8)
    labels[4:8, 4:8, 14:16] = 4
    fine = bolus.Image(np.asfortranarray(np.where(labels > 0, 100.0, 1.0).astype(np.float32)))
    coarse = np.ones((10, 10, 10, 2), np.float32, order="F")
    coarse[2:4, 2:4, 7] = 100
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    affine[:3, 3] = [0.5, 0.5, 0.5 - 8]  # 8 mm too low, and the registration knows
    series = bolus.PerfusionSeries(coarse, [0.0, 1.0], affine)
    up = np.eye(4)
    up[2, 3] = 8
    study = bolus.AlignedStudy({"cet1": fine}, series, bolus.LabelMap(labels), perfusion_to_structural=up)
    source, _ = shown(study)
    bright = [(picture == picture.max()).sum() for picture in pictures(source) if picture.max() > picture.min()]
    assert bright == [16, 4]


def test_volumes_of_parts_in_ml():
    labels = np.zeros((10, 10, 10), np.uint8)
    labels[:4, :5, :5] = 2
    labels[6:8, :5, :5] = 4
    _, page = shown(bolus.LabelMap(labels, np.diag([5.0, 4.0, 2.0, 1.0])))
    rows = re.findall(r"\((\w+)\) (\d+) ([\d.]+)", re.sub(r"\s+", " ", page.text))
    assert rows == [
        ("ET", "50", "2.0"),
        ("NET", "0", "0.0"),
        ("ED", "100", "4.0"),
        ("TC", "50", "2.0"),
        ("WT", "150", "6.0"),
    ]


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 5), (40, 3, 1)])
def test_odd_volumes(shape):
    for fill in (0.0, 7.0, -3.0, np.nan, np.inf, -np.inf, 3e38):
        source, _ = shown(bolus.Image(np.full(shape, fill, np.float32)))
        assert len(pictures(source)) == 3
    shown(bolus.LabelMap(np.zeros(shape, np.uint8)))
    shown(bolus.LabelMap(np.full(shape, 4, np.uint8)))
    shown(bolus.Mask(np.zeros(shape, np.uint8)))
    for values in (np.zeros((*shape, 3)), np.full((*shape, 1), np.nan), np.full((*shape, 2), np.inf)):
        shown(bolus.PerfusionSeries(values.astype(np.float32), np.arange(values.shape[3], dtype=float)))


def test_a_series_shows_its_mean_course():
    """A head that falls from 100 to 40 in dark surroundings: the mean is that of the head."""
    values = np.full((12, 12, 6, 5), 1, np.float32, order="F")
    values[3:9, 3:9, 1:5] = [100, 100, 40, 70, 100]
    series = bolus.PerfusionSeries(values, np.arange(5) * 2.0, echo_time=0.03, simulated=True)
    source, page = shown(series)
    assert "simulated" in page.text and "TE 30 ms" in page.text
    line = re.search(r'points="([^"]+)"', source).group(1)
    heights = np.array([float(point.split(",")[1]) for point in line.split()])
    share = (heights - heights[0]) / (heights[2] - heights[0])  # down the page from the highest to the lowest
    assert share == pytest.approx([0, 0, 1, 0.5, 0], abs=0.01)
    ticks = [float(found) for found in re.findall(r'text-anchor="middle">([\d.]+)</text>', source)]
    assert ticks[0] == 0 and 8 in ticks
    assert len(pictures(source)) == 4 and all(picture.shape == (12, 12) for picture in pictures(source))


def test_curves_are_drawn_with_names_and_seconds():
    times = np.arange(0, 60, 1.5)
    values = np.column_stack([np.cos(times), np.sin(times), np.full(len(times), np.nan)])
    curves = bolus.CurveSet(["ET", "WT", HOSTILE], times, values, [10, 20, 0], flags=[bolus.QcFlag("a.b", HOSTILE)])
    source, page = shown(curves)
    lines = re.findall(r'<polyline points="([^"]+)"[^>]*><title>(\w+)</title>', source)
    assert [name for _, name in lines] == ["ET", "WT"]
    for (points, _), values_of in zip(lines, values.T[:2], strict=True):
        drawn = -np.array([float(point.split(",")[1]) for point in points.split()])
        assert np.corrcoef(drawn, values_of)[0, 1] > 0.9999
    assert "time (s)" in page.text and "(missing)" in page.text
    assert "a.b" in page.text and "<script>" in page.text  # as words
    gap = bolus.CurveSet(["x"], [0.0], [[3.0]])
    shown(gap)
    shown(io.PatientCurves(HOSTILE, curves, 1))


def test_text_from_files_stays_text(tmp_path):
    flags = [bolus.QcFlag(HOSTILE, HOSTILE)] * 40
    source, page = shown(bolus.QcFlags(flags))
    assert "&lt;script&gt;" in source and "28 more" in page.text
    assert "\u202e" not in page.text  # nor may it turn the line round
    for name in ("t1", "dsc"):
        (tmp_path / f"a&b {name}.nii.gz").write_bytes(b"")
    study = io.Study("<b>x</b>", {"t1": tmp_path / f"{'x' * 400}<i>.nii.gz"}, perfusion=tmp_path / "<u>dsc.nii")
    source, page = shown(study)
    assert "<b>x</b>" in page.text and "<u>dsc.nii" in page.text and "missing" in page.text
    assert str(tmp_path) not in source  # names of folders may be those of patients
    shown(io.StudyImages(HOSTILE, {"cet1": bolus.Image(np.ones((3, 3, 3), np.float32))}))
    data = bolus.Dataset(np.zeros((4, 1, 5), np.float32), [HOSTILE], [0, 1, 0, 1], [HOSTILE, "a", "b", "c"])
    shown(data)


def test_flags_are_a_list_that_shows_lights():
    curves = bolus.CurveSet(["ET"], [0, 1], [[1.0], [2.0]], flags=[bolus.QcFlag("a", "b")])
    flags = curves.flags
    assert isinstance(flags, list) and isinstance(flags, bolus.QcFlags)
    assert flags == [bolus.QcFlag("a", "b")] and repr(flags) == "[QcFlag(a: b)]"
    assert pickle.loads(pickle.dumps(flags)) == flags and type(pickle.loads(pickle.dumps(flags))) is bolus.QcFlags
    source, _ = shown(flags)
    assert 'class="dot doubtful"' in source
    source, page = shown(bolus.QcFlags())
    assert 'class="dot good"' in source and "nothing doubtful" in page.text
    shown(flags[0])


def network(seed=1, channels=("ET", "NET", "ED", "WT", "AIF")):
    shape = bolus.model.NetworkShape(channels=len(channels))
    weights = bolus.model.random_network(shape, seed).weights
    return bolus.model.AttentionLSTM(shape, weights, list(channels), 45, 1.5)


@pytest.fixture(scope="module")
def cohort():
    return simulate.CohortSimulator(patients=24, seed=3)()


def probabilities(source):
    return [float(found) for found in re.findall(r"<td[^>]*>(\d\.\d{3})</td>", source)]


def test_predictions_show_number_bar_and_interval(cohort):
    data = cohort.dataset()
    ensemble = bolus.model.Ensemble([network(1), network(2), network(3)])
    found = ensemble.predict_patients(data)
    source, page = shown(found)
    assert probabilities(source) == pytest.approx(list(found.probability[:12]), abs=6e-4)
    assert f"{len(found) - 12} more" in re.sub(r"\s+", " ", page.text)
    bars = re.findall(r'M([\d.]+) 4H([\d.]+)"', source)
    members = np.asarray(found.members)[:12]
    assert [float(low) for low, _ in bars] == pytest.approx(list(2 + 96 * members.min(1)), abs=0.06)
    assert [float(high) for _, high in bars] == pytest.approx(list(2 + 96 * members.max(1)), abs=0.06)
    assert page.text.count("not a medical device") == 1
    single = network(1).predict_patients(data)
    source, _ = shown(single)
    assert (
        probabilities(source) == pytest.approx(list(single.probability[:12]), abs=6e-4)
        and 'class="interval"' not in source
    )
    shown(network(1).predict(data.curves[:3]))
    shown(ensemble.predict(data.curves[:3]))


def test_one_patient_shows_scale_curves_attention_and_flags(cohort):
    found = bolus.pipeline.PredictStudy().from_curves(cohort[0].curves, network(), HOSTILE)
    source, page = shown(found)
    assert f"{found.probability:.2f}" in page.text and "leans to" in page.text
    assert source.count('class="window"') == len(found.windows)
    at = float(re.search(r'class="pointer" d="M([\d.]+) 34', source).group(1))
    assert at == pytest.approx(14 + 492 * found.probability, abs=0.06)
    rects = re.findall(r'fill="rgb\(244,146,62\)" fill-opacity="([\d.]+)"', source)
    weights = np.asarray(found.attention.attention)
    assert [float(share) for share in rects] == pytest.approx(
        list(np.clip(weights / weights.mean() / 3, 0, 1)), abs=6e-4
    )
    assert page.text.count("not a medical device") == 1 and "simulated" in page.text
    shown(found.attention)
    shown(cohort[0])


def test_data_and_simulated_cohorts(cohort):
    source, page = shown(cohort)
    mutant = sum(patient.idh_mutant for patient in cohort.patients)
    assert f"{mutant} IDH-mutant" in page.text and "simulated" in page.text and "14 more" in page.text
    data = cohort.dataset()
    source, page = shown(data)
    assert "ET, NET, ED, WT, AIF" in page.text and "simulated" in page.text and "24" in page.text
    line = re.search(r'points="([^"]+)"[^>]*><title>ET, wildtype<', source).group(1)
    mean = np.asarray(data.curves)[np.asarray(data.labels) == 0, 0].mean(axis=0)
    assert np.corrcoef([-float(point.split(",")[1]) for point in line.split()], mean)[0, 1] > 0.9999
    shown(bolus.Dataset(np.zeros((2, 1, 4), np.float32)))
    shown(bolus.Dataset(np.zeros((1, 1, 3), np.float32), labels=[1]))
    shown(bolus.Dataset(np.full((2, 1, 3), 1, np.float32), lengths=[3, 2]))


def test_a_whole_patient_and_a_cohort(tmp_path, cohort):
    pytest.importorskip("pyarrow")
    from bolus.cohort import CohortStore

    store = CohortStore.from_curves(
        tmp_path / "store", (io.PatientCurves(one.id, one.curves, int(one.idh_mutant)) for one in cohort.patients)
    )
    mutant = sum(one.idh_mutant for one in cohort.patients)
    _, page = shown(store)
    assert "24 patients" in page.text and f"{mutant} IDH-mutant" in page.text and "simulated" in page.text
    head = simulate.HeadPhantom(seed=4, size=(48, 58, 44), spacing=(4, 4, 4))()
    grid = simulate.HeadPhantom.centred_grid((40, 48, 12), (5, 5, 11))
    phantom = simulate.PerfusionPhantom(seed=4, volumes=60)(head, grid)
    images = io.StudyImages("x", {"cet1": head.contrast_t1}, phantom.series, head.labels)
    quick = bolus.preprocess.Preprocess(spacing=4, register_images=False, correct_bias=False, classify_tissue=False)
    for value in (head, phantom, images, quick(images).study):
        source, page = shown(value)
        assert "simulated" in page.text
    curves = bolus.pipeline.ExtractCurves()(io.StudyImages("x", {}, phantom.series, phantom.labels, phantom.arterial))
    _, page = shown(curves)
    assert "simulated" in page.text and "mL" in page.text
    source, page = shown(bolus.pipeline.ProbabilityMap()(phantom.series, phantom.labels, curves.signals, network()))
    assert len(pictures(source)) == 3 and all(picture.max() > 0 for picture in pictures(source))
    ensemble = bolus.model.Ensemble([network(1), network(2)])
    result = bolus.predict(images, ensemble, output=tmp_path / "out", preprocess_step=quick, brain=head.brain,
                           patient="p1", report=False)  # fmt: skip
    source, page = shown(result)
    assert f"{result.probability:.2f}" in page.text and "networks of other trainings" in page.text
    assert "three times the average attention" in page.text and page.text.count("not a medical device") == 1
    assert page.text.count(result.flags[0].message) >= 1 and "simulated" in page.text
    members = result.prediction["member_probabilities"]
    low, high = re.search(r'class="interval" d="M([\d.]+) 40v8M[\d.]+ 44H([\d.]+)', source).groups()
    assert [float(low), float(high)] == pytest.approx([14 + 492 * min(members), 14 + 492 * max(members)], abs=0.06)
    until = bolus.predict(images, until="segment", output=tmp_path / "b", preprocess_step=quick, brain=head.brain,
                          report=False)  # fmt: skip
    _, page = shown(until)
    assert "stopped after segment" in page.text
    _widgets(result, head)
    # The files are gone: said, not raised.
    shutil.rmtree(tmp_path / "out")
    assert "could not be drawn" in result._repr_html_() and "PatientResult" in result._repr_html_()


def _widgets(result, head):
    pytest.importorskip("ipywidgets")
    viewer = bolus.view(result)
    assert viewer.picture.options == ("CET1",) and not viewer.overlay.disabled and not viewer.outlines.disabled
    assert all(plane.value.count("data:image/png") == 2 for plane in viewer.planes.values())  # a picture, an overlay
    assert "simulated" in viewer.caption.value


def test_cohort_tables(tmp_path):
    folder = tmp_path / "study"
    folder.mkdir()
    for name in ("t1", "t2", "flair", "cet1", "dsc"):
        (folder / f"{name}.nii.gz").write_bytes(b"")
    table = tmp_path / "cohort.csv"
    table.write_text(
        f"patient,label,folder,note,exclusion\n<b>a</b>,1,{folder},<script>,\nb,0,{folder},,\nc,0,{folder},,<i>no</i>\n"
    )
    for value in (io.read_cohort(table), bolus.Cohort(table)):
        _, page = shown(value)
        assert "1 IDH-mutant" in page.text and "<b>a</b>" in page.text and str(tmp_path) not in page.text
        assert "3 patients, 1 excluded" in page.text and "<i>no</i>" in page.text
    result = bolus.Cohort(table).run(tmp_path / "out")  # of empty files: two fail, one was excluded
    _, page = shown(result)
    assert "2 failed" in page.text and "1 excluded" in page.text and "<b>a</b>" in page.text
    _, page = shown(result.store)
    assert "3 patients" in page.text and "2 failed" in page.text


def test_what_comes_from_dicom_and_from_the_cascade():
    """Stand-ins with the attributes of the real ones, whose makers need files and weights."""
    labels = np.zeros((6, 6, 6), np.uint8)
    labels[2:4, 2:4, 2:4] = 1
    series = bolus.PerfusionSeries(np.ones((6, 6, 6, 3), np.float32), [0.0, 1.0, 2.0])
    flags = [bolus.QcFlag("a.b", HOSTILE)]
    for name, parts, count in (
        ("DicomImage", {"image": bolus.Image(np.ones((6, 6, 6), np.float32))}, 3),
        ("DicomPerfusion", {"series": [series], "names": [HOSTILE]}, 4),
        ("TumourSegmentation", {"labels": bolus.LabelMap(labels)}, 3),
    ):
        source = notebook.html(type(name, (), {**parts, "flags": flags})())
        page = Page(source)
        assert len(pictures(source)) == count and "a.b" in page.text and "could not be drawn" not in source
        assert "script" not in page.tags and "img" not in page.tags
        real = getattr(bolus._core.io if name.startswith("Dicom") else bolus._core.segment, name)
        assert "_repr_html_" in vars(real) and all(hasattr(real, part) for part in (*parts, "flags"))


def test_what_cannot_be_drawn_is_said():
    class Image:  # of that name, and nothing that an image has
        def __repr__(self):
            raise RuntimeError(HOSTILE)

    source = notebook.html(Image())
    page = Page(source)
    assert "script" not in page.tags and "could not be drawn" in page.text
    assert "3" in Page(notebook.html(3)).text


def test_no_other_package_is_needed():
    """Neither matplotlib nor Pillow nor ipywidgets, and the viewer says what to install."""
    program = """
import sys
for name in ("matplotlib", "PIL", "ipywidgets", "IPython"):
    sys.modules[name] = None
import numpy as np, bolus
assert "data:image/png" in bolus.Image(np.ones((4, 4, 4), np.float32))._repr_html_()
assert "polyline" in bolus.CurveSet(["ET"], [0, 1], [[1.0], [2.0]])._repr_html_()
try:
    bolus.view(bolus.Image(np.ones((4, 4, 4), np.float32)))
except ImportError as error:
    assert "pip install 'bolus[viewer]'" in str(error), error
else:
    raise SystemExit("no error")
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_png_is_what_another_reader_reads():
    from bolus.drawing.png import png_bytes

    random = np.random.default_rng(0)
    for shape in ((1, 1), (7, 5), (3, 9, 3), (6, 2, 4)):
        pixels = random.integers(0, 256, shape, np.uint8)
        assert np.array_equal(np.array(Picture.open(buffers.BytesIO(png_bytes(pixels)))), pixels)
    for shape in ((0, 4), (3,), (2, 2, 2)):
        with pytest.raises(bolus.ShapeError, match="picture"):
            png_bytes(np.zeros(shape, np.uint8))


def test_svg_is_well_formed():
    labels = np.zeros((8, 9, 10), np.uint8)
    labels[3:5, 4, 5] = 1
    source, _ = shown(
        io.StudyImages("p", {"cet1": bolus.Image(np.ones((8, 9, 10), np.float32))}, labels=bolus.LabelMap(labels))
    )
    drawn = re.findall(r"<svg.*?</svg>", source)
    assert drawn
    for svg in drawn:
        ET.fromstring(svg)


@browser.needed
@pytest.mark.parametrize("back", ["#ffffff", "#111111"])
def test_a_browser_draws_it_loads_nothing_and_runs_nothing(tmp_path, back):
    labels = np.zeros((30, 30, 30), np.uint8)
    labels[10:20, 10:20, 10:20] = 4
    values = np.random.default_rng(0).uniform(50, 100, (30, 30, 30)).astype(np.float32)
    times = np.arange(40.0)
    curves = bolus.CurveSet(["WT", HOSTILE], times, np.column_stack([np.cos(times / 5), np.sin(times / 5)]),
                            flags=[bolus.QcFlag(HOSTILE, HOSTILE)])  # fmt: skip
    study = io.StudyImages(HOSTILE, {"cet1": bolus.Image(values)}, labels=bolus.LabelMap(labels))
    body = "".join(notebook.html(value) for value in (study, curves, curves.flags))
    ink = "#ffffff" if back == "#111111" else "#000000"
    probe = (
        "<script>window.onload = () => { const told = {loaded: performance.getEntriesByType('resource').map((e) => e.name),"
        "scripts: document.scripts.length, images: document.querySelectorAll('img').length, alerts: window.alerts || 0,"
        "wide: [...document.querySelectorAll('svg.slice')].map((s) => [s.getBoundingClientRect().width,"
        "s.getBoundingClientRect().height]), ink: getComputedStyle(document.querySelector('.bolus .chart text')).fill };"
        "document.body.dataset.told = JSON.stringify(told); };</script>"
    )
    page = tmp_path / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><script>window.alert = () => {{ window.alerts = 1 }}</script>'
        f'<body style="background:{back};color:{ink}">{body}{probe}',
        encoding="utf-8",
    )
    picture = tmp_path / "page.png"
    size = ("--hide-scrollbars", "--window-size=900,1100")
    dom = browser.look(page, tmp_path, *size)
    told = json.loads(html.unescape(re.search(r'data-told="([^"]*)"', dom).group(1)))
    assert told["scripts"] == 2 and told["images"] == 0 and told["alerts"] == 0
    assert all(name.startswith("data:") for name in told["loaded"])
    assert all(width == pytest.approx(height, abs=1) and width > 100 for width, height in told["wide"])
    assert told["ink"] == ("rgb(255, 255, 255)" if back == "#111111" else "rgb(0, 0, 0)")
    browser.run(tmp_path, *size, f"--screenshot={picture}", page.as_uri())
    drawn = np.array(Picture.open(picture).convert("RGB")).astype(int)
    reddish = (drawn[..., 0] > 180) & (drawn[..., 1] < 110) & (drawn[..., 2] < 120)
    assert reddish.sum() > 100  # the outline
