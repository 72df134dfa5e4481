"""Networks of others: small ones scripted here, whose answer is known."""

import json

import numpy as np
import pytest
import torch

import bolus
from bolus.segment import (
    SegmenterDescription,
    TorchScriptSegmenter,
    read_segmenter_description,
    write_segmenter_description,
)

BRATS = (0, 1, 2, 4)


class Levels(torch.nn.Module):
    """Four classes by the first channel's intensity: the class whose number is nearest wins."""

    def forward(self, x):
        return torch.cat([-((x[:, :1] - k) ** 2) for k in range(4)], 1)


class Second(torch.nn.Module):
    """Three regions, each where one channel is positive; a list, as with deep supervision."""

    def forward(self, x):
        return [x[:, :3] * 10, x[:, :3, ::2]]


class Small(torch.nn.Module):
    """A convolution net that sees 2 voxels in each direction."""

    def __init__(self, channels=2, outputs=4):
        super().__init__()
        generator = torch.Generator().manual_seed(3)
        self.first = torch.nn.Conv3d(channels, 8, 3, padding=1)
        self.second = torch.nn.Conv3d(8, outputs, 3, padding=1)
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=generator) * 0.3

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


class Broken(torch.nn.Module):
    def __init__(self, how: str):
        super().__init__()
        self.how = how

    def forward(self, x):
        if self.how == "nan":
            return torch.cat([x, x, x, x / 0 - x / 0], 1)[:, :4]
        if self.how == "channels":
            return x
        if self.how == "size":
            return torch.cat([x, x, x, x], 1)[:, :4, 1:]
        if self.how == "fails":
            return x.reshape(7, 11, 13)
        return x


class Words(torch.nn.Module):
    def forward(self, x):
        return "no tensor"


def saved(folder, module, name="net.pt"):
    path = folder / name
    torch.jit.script(module).save(str(path))
    return path


def image(array, affine=None):
    return bolus.Image(np.asfortranarray(array, np.float32), np.eye(4) if affine is None else affine)


def study(arrays, affine=None):
    return bolus.AlignedStudy({name: image(array, affine) for name, array in arrays.items()})


def describe(**options):
    given = {"channels": ["flair"], "normalisation": "none", "patch_size": [8, 8, 8], "labels": BRATS, **options}
    return SegmenterDescription(**given)


@pytest.fixture
def levels():
    return np.random.default_rng(5).integers(0, 4, (13, 11, 9))


def test_each_output_channel_becomes_its_label(tmp_path, levels):
    segmenter = TorchScriptSegmenter(saved(tmp_path, Levels()), describe(name="levels"))
    result = segmenter(study({"flair": levels}))
    np.testing.assert_array_equal(result.array, np.array(BRATS)[levels])
    assert segmenter.name() == "levels" and "levels" in repr(segmenter)
    probabilities = segmenter.probabilities(study({"flair": levels}))
    logits = -((levels[..., None] - np.arange(4.0)) ** 2)
    expected = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    np.testing.assert_allclose(probabilities["ET"].array, expected[..., 3], atol=1e-6)
    np.testing.assert_allclose(probabilities["TC"].array, expected[..., 1] + expected[..., 3], atol=1e-6)
    np.testing.assert_allclose(probabilities["WT"].array, 1 - expected[..., 0], atol=1e-6)


def test_the_key_tells_networks_and_descriptions_apart(tmp_path):
    first = TorchScriptSegmenter(saved(tmp_path, Levels()), describe(name="net"))
    assert first.key() == TorchScriptSegmenter(tmp_path / "net.pt", describe(name="net")).key()
    other_network = TorchScriptSegmenter(saved(tmp_path, Small(1), "other.pt"), describe(name="net"))
    other_threshold = TorchScriptSegmenter(tmp_path / "net.pt", describe(name="net", threshold=0.4))
    assert len({one.key() for one in (first, other_network, other_threshold)}) == 3
    labels = bolus.LabelMap(np.full((3, 3, 3), 4, np.uint8, "F"), np.eye(4))
    own = bolus.segment.GivenLabels(labels)
    assert own.name() == bolus.segment.GivenLabels().name() and own.key() != bolus.segment.GivenLabels().key()


def test_regions_may_overlap_and_the_innermost_wins(tmp_path):
    generator = np.random.default_rng(0)
    arrays = {name: np.sign(generator.standard_normal((9, 9, 9))) for name in ("t1", "t2", "cet1")}
    described = describe(
        channels=["cet1", "t1", "t2"],
        labels=[],
        regions=["WT", "TC", "ET"],
        activation="sigmoid",
        patch_size=[10, 9, 4],
    )
    segmenter = TorchScriptSegmenter(saved(tmp_path, Second()), described)
    result = np.asarray(segmenter(study(arrays)).array)
    whole, core, enhancing = (arrays[name] > 0 for name in ("cet1", "t1", "t2"))
    np.testing.assert_array_equal(result, np.where(enhancing, 4, np.where(core, 1, np.where(whole, 2, 0))))
    probabilities = segmenter.probabilities(study(arrays))
    assert sorted(probabilities) == ["ET", "TC", "WT"]
    np.testing.assert_allclose(probabilities["WT"].array, 1 / (1 + np.exp(-10 * arrays["cet1"])), atol=1e-6)


@pytest.mark.parametrize("orientation", ["RAS", "SPL", "LIA", "ASR"])
def test_the_network_sees_the_images_on_its_axes(tmp_path, orientation):
    """A network that marks where the index along its first axis is small finds that side of the patient."""

    class First(torch.nn.Module):
        def forward(self, x):
            place = torch.arange(x.size(2), dtype=x.dtype).reshape(1, 1, -1, 1, 1) + 0 * x
            return torch.cat([place - 2.5, 2.5 - place], 1)

    shape = {"R": 8, "A": 9, "S": 10}
    # array axes run to S, L and A
    affine = np.array([[0, -1.0, 0, 40], [0, 0, 1.0, -30], [1.0, 0, 0, 5], [0, 0, 0, 1]])
    array = np.random.default_rng(1).standard_normal((shape["S"], shape["R"], shape["A"]))
    described = describe(orientation=orientation, labels=[0, 4], patch_size=[10, 10, 10])
    result = TorchScriptSegmenter(saved(tmp_path, First()), described)(study({"flair": array}, affine))
    np.testing.assert_allclose(result.affine, affine)
    axis, grows = {"R": (1, False), "L": (1, True), "A": (2, True), "S": (0, True)}[orientation[0]]
    index = np.indices(array.shape)[axis]
    # padding to 10 voxels puts (10 - n) // 2 of them before the first
    first = (10 - array.shape[axis]) // 2
    along = (index if grows else array.shape[axis] - 1 - index) + first
    np.testing.assert_array_equal(np.asarray(result.array) == 4, along < 2.5)


@pytest.mark.parametrize("patch", [[64, 64, 64], [16, 14, 12], [16, 40, 12]])
def test_sliding_windows_give_what_the_whole_volume_gives(tmp_path, patch):
    """Where the middle of a patch, weighted most, decides: a net that sees 2 voxels around, patches that overlap by 3/4."""
    generator = np.random.default_rng(2)
    arrays = {name: generator.standard_normal((30, 26, 22)) for name in ("flair", "t1")}
    net = Small()
    described = describe(channels=["flair", "t1"], patch_size=patch, overlap=0.75, activation="none")
    found = TorchScriptSegmenter(saved(tmp_path, net), described).probabilities(study(arrays))["ET"].array
    with torch.no_grad():
        whole = net(torch.tensor(np.stack([arrays["flair"], arrays["t1"]])[None], dtype=torch.float32))[0, 3].numpy()
    inner = (slice(3, -3),) * 3  # at the edge of the volume padding differs
    if patch[0] == 64:
        np.testing.assert_allclose(found[inner], whole[inner], atol=1e-5)
    else:
        assert np.abs(found - whole)[inner].max() < 0.05 * np.abs(whole).max()
        assert np.corrcoef(found[inner].ravel(), whole[inner].ravel())[0, 1] > 0.999


def test_windows_are_placed_and_weighted_as_described(tmp_path):
    """Against the same sum done in numpy: even steps, Gaussian of an eighth of the patch, mirrored along the first axis."""
    arrays = {"flair": np.random.default_rng(4).standard_normal((17, 9, 12))}
    net = Small(channels=1)
    patch = (8, 9, 10)
    described = describe(patch_size=patch, overlap=0.5, activation="none", flips=[0])
    found = TorchScriptSegmenter(saved(tmp_path, net), described).probabilities(study(arrays))
    gauss = [np.exp(-0.5 * ((np.arange(n) - (n - 1) / 2) / (n / 8)) ** 2) for n in patch]
    weight = np.einsum("i,j,k->ijk", *gauss)
    total, sums = np.zeros((17, 9, 12)), np.zeros((4, 17, 9, 12))
    for x in (0, 3, 6, 9):  # 9 voxels in steps of at most 4
        for z in (0, 2):
            part = (slice(x, x + 8), slice(0, 9), slice(z, z + 10))
            tensor = torch.tensor(arrays["flair"][part][None, None], dtype=torch.float32)
            with torch.no_grad():
                output = (net(tensor) + net(tensor.flip(2)).flip(2)) / 2
            total[part] += weight
            sums[(slice(None), *part)] += weight * output[0].numpy()
    np.testing.assert_allclose(found["ET"].array, sums[3] / total, atol=2e-5)
    np.testing.assert_allclose(found["NET"].array, sums[1] / total, atol=2e-5)


def test_the_bits_do_not_depend_on_threads(tmp_path):
    arrays = {name: np.random.default_rng(6).standard_normal((40, 33, 29)) for name in ("flair", "t1")}
    described = describe(channels=["flair", "t1"], patch_size=[16, 16, 16])
    path = saved(tmp_path, Small())
    before = torch.get_num_threads()
    results = []
    for own, outer in ((1, 1), (2, 2), (4, 1), (2, 2)):
        torch.set_num_threads(outer)
        results.append(
            TorchScriptSegmenter(path, described, threads=own).probabilities(study(arrays))["ED"].array.copy()
        )
    torch.set_num_threads(before)
    for other in results[1:]:
        assert np.array_equal(results[0], other)


def test_normalisation(tmp_path):
    class Pass(torch.nn.Module):
        def forward(self, x):
            return torch.cat([x, x], 1)

    array = np.zeros((8, 8, 8))
    array[2:7, 1:6, 3:8] = np.random.default_rng(0).gamma(3, 50, (5, 5, 5))
    path, inside = saved(tmp_path, Pass()), array != 0

    def normalised(**options):
        described = describe(labels=[0, 4], activation="none", **options)
        return TorchScriptSegmenter(path, described).probabilities(study({"flair": array}))["ET"].array

    np.testing.assert_allclose(normalised(normalisation="zscore"), (array - array.mean()) / array.std(), atol=1e-5)
    expected = np.where(inside, (array - array[inside].mean()) / array[inside].std(), 0)
    np.testing.assert_allclose(normalised(normalisation="zscore_nonzero"), expected, atol=1e-5)
    low, high = np.percentile(array[inside], [2, 98])
    expected = np.clip((array - low) / (high - low), 0, 1)
    np.testing.assert_allclose(normalised(normalisation="percentile", percentiles=(2, 98)), expected, atol=1e-5)
    np.testing.assert_allclose(normalised(), array, rtol=1e-6)


def test_the_box_that_is_not_zero(tmp_path):
    """A network that calls everything tumour: outside the box there is background all the same."""

    class Everything(torch.nn.Module):
        def forward(self, x):
            return torch.cat([0 * x - 5, 0 * x + 5], 1)

    array = np.zeros((12, 12, 12))
    array[3:9, 2:6, 4:11] = 1 + np.random.default_rng(0).random((6, 4, 7))
    path = saved(tmp_path, Everything())
    options = {"labels": [0, 2], "normalisation": "zscore_nonzero"}
    cropped = TorchScriptSegmenter(path, describe(crop_to_nonzero=True, **options))(study({"flair": array}))
    assert np.array_equal(np.asarray(cropped.array) == 2, array != 0)
    assert (np.asarray(TorchScriptSegmenter(path, describe(**options))(study({"flair": array})).array) == 2).all()


def test_what_does_not_fit_is_told(tmp_path, levels):
    path = saved(tmp_path, Levels())
    described = describe()
    good = study({"flair": levels})
    with pytest.raises(bolus.IoError, match="no file"):
        TorchScriptSegmenter(tmp_path / "none.pt", described)
    with pytest.raises(bolus.IoError, match="folder"):
        TorchScriptSegmenter(tmp_path, described)
    for content in (b"", b"not a model", path.read_bytes()[:500]):
        (tmp_path / "bad.pt").write_bytes(content)
        with pytest.raises(bolus.FormatError, match=r"TorchScript.*torch\.jit"):
            TorchScriptSegmenter(tmp_path / "bad.pt", described)
    torch.save({"weights": torch.zeros(3)}, tmp_path / "weights.pt")
    with pytest.raises(bolus.FormatError, match="TorchScript"):
        TorchScriptSegmenter(tmp_path / "weights.pt", described)
    with pytest.raises(bolus.OptionError, match="device"):
        TorchScriptSegmenter(path, described, device="abacus")
    with pytest.raises(bolus.OptionError, match="threads"):
        TorchScriptSegmenter(path, described, threads=-1)
    with pytest.raises(bolus.DataError, match="no t2 image"):
        TorchScriptSegmenter(path, describe(channels=["t2"]))(good)
    with pytest.raises(bolus.GeometryError, match="0.9 x 1 x 5.5 mm.*expects 1 x 1 x 1"):
        TorchScriptSegmenter(path, described)(study({"flair": levels}, np.diag([0.9, 1, 5.5, 1])))
    with pytest.raises(bolus.Cancelled):
        TorchScriptSegmenter(path, described)(good, progress=lambda *event: False)
    for wrong, options, match in (
        (np.full((9, 9, 9), np.nan), {}, "729 voxels that are NaN"),
        (np.zeros((9, 9, 9)), {"normalisation": "zscore_nonzero"}, "0 everywhere"),
        (np.full((9, 9, 9), 7), {"normalisation": "zscore_nonzero"}, "constant"),
        (np.zeros((9, 9, 9)), {"crop_to_nonzero": True}, "0 everywhere"),
    ):
        with pytest.raises(bolus.DataError, match=match):
            TorchScriptSegmenter(path, describe(**options))(study({"flair": wrong}))
    for how, kind, match in (
        ("nan", bolus.DataError, "NaN"),
        ("channels", bolus.ShapeError, "4 output channels"),
        ("size", bolus.ShapeError, "patch's size"),
        ("fails", bolus.DataError, "failed: .*shape"),
    ):
        with pytest.raises(kind, match=match):
            TorchScriptSegmenter(saved(tmp_path, Broken(how)), described)(good)
    with pytest.raises(bolus.ShapeError, match="expected a tensor"):
        TorchScriptSegmenter(saved(tmp_path, Words()), described)(good)


def test_descriptions_are_written_and_read(tmp_path):
    described = SegmenterDescription(
        name="nnU-Net",
        channels=["flair", "t1", "cet1", "t2"],
        orientation="SPL",
        spacing=(1, 1, 1.5),
        normalisation="percentile",
        percentiles=(1, 99),
        crop_to_nonzero=True,
        patch_size=(128, 96, 64),
        overlap=0.25,
        labels=BRATS,
        flips=[0, 2],
    )
    path = tmp_path / "net.json"
    write_segmenter_description(path, described)
    assert repr(read_segmenter_description(path)) == repr(described)
    assert json.loads(path.read_text())["channels"] == ["flair", "t1", "cet1", "t2"]
    with pytest.raises(bolus.IoError, match="exists"):
        write_segmenter_description(path, described)
    path.write_text('{"channels": ["flair"], "labels": [0, 4]}')
    short = read_segmenter_description(path)
    assert (short.orientation, short.overlap, list(short.patch_size)) == ("RAS", 0.5, [128, 128, 128])
    segmenter = TorchScriptSegmenter(saved(tmp_path, Levels()), path)
    assert segmenter.description.labels == [0, 4]


@pytest.mark.parametrize(
    ("text", "kind", "match"),
    [
        ("{", bolus.FormatError, "not JSON"),
        ("[1]", bolus.FormatError, "JSON object"),
        ('{"chanels": ["t1"]}', bolus.FormatError, "'chanels' is not known; there are: activation, channels"),
        ('{"channels": "t1"}', bolus.FormatError, "wrong kind"),
        ('{"channels": ["t1"], "spacing": [1, 1]}', bolus.FormatError, "'spacing'"),
        ('{"channels": ["pd"], "labels": [0]}', bolus.OptionError, "'pd'; expected one of 't1'"),
        ('{"channels": ["t1"]}', bolus.OptionError, "neither"),
        ('{"labels": [0, 4]}', bolus.OptionError, "channels is empty"),
    ],
)
def test_damaged_descriptions(tmp_path, text, kind, match):
    path = tmp_path / "net.json"
    path.write_text(text)
    with pytest.raises(kind, match=match):
        read_segmenter_description(path)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"channels": ["t1", "t1"]}, "twice"),
        ({"orientation": "RAR"}, "RAR"),
        ({"spacing": (0, 1, 1)}, "spacing"),
        ({"patch_size": (0, 8, 8)}, "patch_size"),
        ({"overlap": 1.0}, "overlap"),
        ({"threshold": 0.0}, "threshold"),
        ({"percentiles": (99, 1)}, "percentiles"),
        ({"labels": [0, 3]}, "holds 3"),
        ({"labels": [1, 4]}, "background"),
        ({"labels": [0, 4], "regions": ["ET"]}, "both"),
        ({"activation": "sigmoid"}, "sigmoid"),
        ({"labels": [], "regions": ["ET"]}, "softmax"),
        ({"labels": [], "regions": ["ET", "ET"], "activation": "sigmoid"}, "twice"),
        ({"flips": [3]}, "flips"),
    ],
)
def test_impossible_descriptions(options, match):
    with pytest.raises(bolus.OptionError, match=match):
        describe(**options).validate()
