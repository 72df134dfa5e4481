"""The cascade of Wang et al. 2017: its weights, its networks beside two references, and whole cases beside the
original's labels."""

import json
import pickle
import shlex
import shutil
import struct
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest
import torch
from command_line import command, command_process
from safetensors import safe_open
from safetensors.numpy import load_file

import bolus
from bolus import io, pipeline
from bolus.segment import (
    AnisotropicNetwork,
    CascadeSegmenter,
    CascadeWeights,
    SegmentTumour,
    convert_weights,
    load_cascade,
    random_anisotropic_network,
    random_cascade,
    read_brats17_network,
    read_brats17_weights,
    read_tensorflow_checkpoint,
    save_cascade,
)

root = Path(__file__).parents[2]
STAGES = {"WT": "wt32", "TC": "tc32", "ET": "en32"}
VIEWS = {"axial": "", "sagittal": "sg", "coronal": "cr"}


@pytest.fixture(scope="module")
def eager():
    """The port to eager PyTorch that the benchmarks compare with."""
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        import eager_cascade
    finally:
        sys.path.pop(0)
    return eager_cascade


def uneven(network: AnisotropicNetwork, seed: int) -> AnisotropicNetwork:
    """Batch norms and PReLUs that are not those of the start."""
    generator = np.random.default_rng(seed)
    weights = network.weights
    for name, array in weights.items():
        if array.ndim == 1:
            weights[name] = array + 0.3 * generator.standard_normal(array.shape).astype(np.float32)
    return AnisotropicNetwork(network.downsample_twice, weights)


# ------------------------------------------------------------------------------------------------------- TensorFlow's format

CRC_TABLE = []
for _i in range(256):
    _value = _i
    for _ in range(8):
        _value = (_value >> 1) ^ (0x82F63B78 if _value & 1 else 0)
    CRC_TABLE.append(_value)


def masked_crc(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def varint(value: int) -> bytes:
    result = b""
    while value >= 0x80:
        result += bytes([value & 0x7F | 0x80])
        value >>= 7
    return result + bytes([value])


def field(number: int, value) -> bytes:
    if isinstance(value, bytes):
        return varint(number << 3 | 2) + varint(len(value)) + value
    return varint(number << 3) + varint(value)


def table_block(entries: list[tuple[bytes, bytes]]) -> bytes:
    block, restarts, last = b"", [], b""
    for i, (key, value) in enumerate(entries):
        shared = 0
        if i % 16 == 0:
            restarts.append(len(block))
        else:
            while shared < min(len(key), len(last)) and key[shared] == last[shared]:
                shared += 1
        block += varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        last = key
    return block + struct.pack(f"<{len(restarts)}I", *restarts) + struct.pack("<I", len(restarts))


def write_checkpoint(prefix: Path, tensors: dict[str, np.ndarray], per_block: int = 50) -> None:
    """As TensorFlow's BundleWriter does, in blocks of a table and without compression."""
    data, entries = b"", [(b"", field(1, 1) + field(3, field(1, 1)))]
    for name, array in sorted(tensors.items()):
        raw = np.ascontiguousarray(array).tobytes()
        shape = b"".join(field(2, field(1, size)) for size in array.shape)
        kind = {"float32": 1, "int64": 9}[array.dtype.name]
        entry = field(1, kind) + field(2, shape) + field(4, len(data)) + field(5, len(raw))
        entries.append((name.encode(), entry + varint(6 << 3 | 5) + struct.pack("<I", masked_crc(raw))))
        data += raw
    index, handles = b"", []

    def add(block: bytes) -> bytes:
        nonlocal index
        handle = varint(len(index)) + varint(len(block))
        index += block + b"\0" + struct.pack("<I", masked_crc(block + b"\0"))
        return handle

    for begin in range(0, len(entries), per_block):
        part = entries[begin : begin + per_block]
        handles.append((part[-1][0] + b"~", add(table_block(part))))
    footer = add(table_block([])) + add(table_block(handles))
    index += footer.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    Path(f"{prefix}.index").write_bytes(index)
    Path(f"{prefix}.data-00000-of-00001").write_bytes(data)


def original_tensors(network: AnisotropicNetwork, scope: str) -> dict[str, np.ndarray]:
    """A network under the original's names and in its layout, with what its checkpoints hold besides."""
    tensors = {"beta1_power": np.float32(0.5).reshape(()), "global_step": np.int64(3).reshape(())}
    for name, array in network.weights.items():
        layer, *rest = name.split(".")
        if layer.startswith(("fuse", "downsample", "pred_up")):
            layer += "_bn_prelu"
            part = {"conv": "conv_/w", "deconv": "deconv_/w", "prelu": "prelu_acti_/alpha"}.get(rest[0])
            part = part or f"bn_/{'beta' if rest[1] == 'bias' else 'gamma'}"
        elif len(rest) == 1:
            part = "w"
        elif rest[0].startswith("bn"):
            part = f"{rest[0]}/{'beta' if rest[1] == 'bias' else 'gamma'}"
        elif rest[0].startswith("prelu"):
            part = rest[0].replace("prelu", "prelu_acti") + "/alpha"
        else:
            part = rest[0] + "/w"
        value = array.transpose(2, 3, 4, 1, 0) if array.ndim == 5 else array
        tensors[f"{scope}/{layer}/{part}"] = value
        tensors[f"{scope}/{layer}/{part}/Adam"] = np.zeros(2, np.float32)
    tensors[f"{scope}/block1_1/bn_0/moving_mean"] = np.zeros(4, np.float32)
    return tensors


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """A checkpoint of a random network: the network, its tensors, and the path."""
    network = random_anisotropic_network(False, 1)
    tensors = original_tensors(network, "MSNet_EN32")
    path = tmp_path_factory.mktemp("checkpoint") / "model.ckpt"
    write_checkpoint(path, tensors)
    return network, tensors, path


def test_a_checkpoint_is_read_without_tensorflow(checkpoint):
    network, tensors, path = checkpoint
    read = read_tensorflow_checkpoint(path)
    assert set(read) == set(tensors) - {"global_step"}
    for name, array in read.items():
        np.testing.assert_array_equal(array, tensors[name])
    assert read_brats17_network(path) == network
    assert read_brats17_network(f"{path}.index") == network


def test_a_damaged_checkpoint_names_what_is_wrong(checkpoint, tmp_path):
    _, tensors, path = checkpoint
    index = Path(f"{path}.index").read_bytes()
    data = Path(f"{path}.data-00000-of-00001").read_bytes()
    target = tmp_path / "model.ckpt"
    index_path, data_path = Path(f"{target}.index"), Path(f"{target}.data-00000-of-00001")
    with pytest.raises(bolus.IoError, match="no such file"):
        read_tensorflow_checkpoint(target)
    index_path.write_bytes(index)
    with pytest.raises(bolus.IoError, match="data-00000-of-00001"):
        read_tensorflow_checkpoint(target)
    data_path.write_bytes(data[:-1000])
    with pytest.raises(bolus.FormatError, match="tensor 'MSNet_EN32/.*cut short"):
        read_tensorflow_checkpoint(target)
    place = data.index(tensors["MSNet_EN32/block2_1/conv_0/w"].tobytes()) + 5
    data_path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    with pytest.raises(bolus.FormatError, match="'MSNet_EN32/block2_1/conv_0/w' does not fit its CRC-32C"):
        read_tensorflow_checkpoint(target)
    data_path.write_bytes(data)
    generator = np.random.default_rng(0)
    for length in [0, 3, 47, 48, *generator.integers(49, len(index), 60)]:
        index_path.write_bytes(index[:length])
        with pytest.raises(bolus.FormatError):
            read_tensorflow_checkpoint(target)
    for place in generator.integers(0, len(index), 200):  # never a crash; the unused statistics and padding may change
        index_path.write_bytes(
            index[:place] + bytes([index[place] ^ (1 << generator.integers(8))]) + index[place + 1 :]
        )
        try:
            read = read_tensorflow_checkpoint(target)
        except bolus.FormatError:
            continue
        assert set(read) == set(tensors) - {"global_step"}
    index_path.write_bytes(b"not a table" * 100)
    with pytest.raises(bolus.FormatError, match="mark"):
        read_tensorflow_checkpoint(target)


@pytest.mark.parametrize("change", ["missing", "shape", "additional", "not finite", "oversized"])
def test_a_checkpoint_of_something_else_is_refused(checkpoint, tmp_path, change):
    _, tensors, _ = checkpoint
    tensors = dict(tensors)
    name = "MSNet_EN32/fuse2_bn_prelu/bn_/gamma"
    if change == "missing":
        del tensors[name]
    elif change == "shape":
        tensors[name] = np.ones(31, np.float32)
    elif change == "additional":
        tensors["MSNet_EN32/fuse9_bn_prelu/bn_/gamma"] = tensors[name]
    elif change == "not finite":
        tensors[name] = np.full(32, np.nan, np.float32)
    else:
        tensors[name] = np.ones((0, 1 << 40), np.float32)
    write_checkpoint(tmp_path / "model.ckpt", tensors)
    with pytest.raises(bolus.FormatError, match="fuse2|fuse9"):
        read_brats17_network(tmp_path / "model.ckpt")


def test_the_cascade_is_converted_with_licence_and_source(tmp_path):
    with pytest.raises(bolus.IoError, match="msnet_wt32_20000"):
        convert_weights(tmp_path, tmp_path / "cascade.safetensors")
    expected = {}
    for i, (stage, stem) in enumerate(STAGES.items()):
        for k, (view, ending) in enumerate(VIEWS.items()):
            network = random_anisotropic_network(stage != "ET", 3 * i + k)
            write_checkpoint(
                tmp_path / f"msnet_{stem}{ending}_20000.ckpt", original_tensors(network, f"MSNet_{stem.upper()}")
            )
            expected[stage, view] = network
    path = tmp_path / "cascade.safetensors"
    convert_weights(tmp_path, path)
    assert load_cascade(path).networks == expected
    with safe_open(path, "np") as file:
        metadata = file.metadata()
    assert metadata["licence"] == "BSD-3-Clause"
    assert "University College London" in metadata["licence_text"]
    assert "taigw/brats17" in metadata["source"]
    with pytest.raises(bolus.IoError, match="exists"):
        convert_weights(tmp_path, path)
    once = path.read_bytes()
    path.write_bytes(b"of before")
    command("weights", "convert", tmp_path, "-o", path, "--overwrite")
    assert path.read_bytes() == once
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(bolus.FormatError):
        load_cascade(path)


def test_weights_are_plain_values():
    weights = random_cascade(0)
    assert pickle.loads(pickle.dumps(weights)) == weights
    assert CascadeWeights(weights.networks, weights.notes) == weights
    assert "random" in repr(weights)
    networks = weights.networks
    del networks["TC", "coronal"]
    with pytest.raises(bolus.FormatError, match="TC.*coronal"):
        CascadeWeights(networks)
    arrays = networks["WT", "axial"].weights
    assert sum(array.size for array in arrays.values()) == 214470
    assert sum(array.size for array in networks["ET", "axial"].weights.values()) == 204396
    arrays["fuse1.conv.weight"] = arrays["fuse1.conv.weight"][:, :5]
    with pytest.raises(bolus.FormatError, match=r"fuse1\.conv\.weight.*\(32, 5, 3, 1, 1\)"):
        AnisotropicNetwork(True, arrays)
    with pytest.raises(bolus.ShapeError, match="multiples of 4"):
        networks["ET", "axial"].logits(np.zeros((1, 19, 10, 8, 4)))
    with pytest.raises(bolus.DataError, match="finite"):
        networks["ET", "axial"].logits(np.full((1, 19, 8, 8, 4), np.nan))


# ------------------------------------------------------------------------------------------------------------- the networks


@pytest.mark.parametrize("stage", ["WT", "TC", "ET"])
def test_networks_agree_with_an_independent_port(eager, tmp_path, stage):
    cascade = random_cascade(4)
    cascade = CascadeWeights({key: uneven(network, i) for i, (key, network) in enumerate(cascade.networks.items())})
    save_cascade(cascade, tmp_path / "cascade.safetensors")
    prefix = f"{stage}.sagittal."
    arrays = {
        name.removeprefix(prefix): array
        for name, array in load_file(tmp_path / "cascade.safetensors").items()
        if name.startswith(prefix)
    }
    port = eager.EagerNetwork(arrays, stage != "ET", torch.float64)
    images = np.random.default_rng(1).standard_normal((2, 14, 16, 24, 4)).astype(np.float32)
    expected = port(torch.from_numpy(images).double().permute(0, 4, 1, 2, 3)).permute(0, 2, 3, 4, 1).numpy()
    for engine in ("fused", "libtorch"):
        found = cascade.network(stage, "sagittal").logits(images, engine=engine)
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


@pytest.mark.parametrize("engine", ["fused", "libtorch"])
@pytest.mark.parametrize("name", ["en32", "en32sg", "tc32cr", "wt32"])
def test_published_networks_give_the_reference_logits(real_data, name, engine):
    reference = np.load(real_data / "brats17" / "reference" / f"msnet_{name}_20000.npz")
    network = read_brats17_network(real_data / "brats17" / "model17" / f"msnet_{name}_20000.ckpt")
    generator = np.random.default_rng(int(reference["seed"]))
    images = generator.standard_normal(tuple(reference["input_shape"])).astype(np.float32)
    logits = network.logits(images, engine=engine)
    assert logits.shape == tuple(reference["output_shape"])
    probes = logits[tuple(reference["probe_idx"].T)]
    np.testing.assert_allclose(probes, reference["probe_val_f64"], atol=1e-3)
    np.testing.assert_allclose(probes, reference["probe_val"], atol=2e-2)  # TensorFlow's own float32
    assert logits.mean(dtype=np.float64) == pytest.approx(float(reference["mean_f64"]), abs=1e-3)
    assert logits.std(dtype=np.float64) == pytest.approx(float(reference["std_f64"]), abs=1e-3)


def test_there_is_a_test_for_every_reference(real_data):
    names = {path.stem.split("_")[1] for path in (real_data / "brats17" / "reference").glob("msnet_*.npz")}
    assert names == {"en32", "en32sg", "tc32cr", "wt32"}


@pytest.fixture(scope="module")
def published_weights(real_data):
    return read_brats17_weights(real_data / "brats17" / "model17")


def test_all_published_networks_have_the_listed_tensors(real_data, published_weights):
    """Names and shapes as listed with the checkpoints: trained ones are taken over, moving averages are not."""
    folder = real_data / "brats17"
    for (stage, view), network in published_weights.networks.items():
        listed = (
            (folder / "reference" / f"variables_{'enet' if stage == 'ET' else 'wnet'}.txt").read_text().splitlines()
        )
        trained = {}
        for line in listed[1:]:
            name, shape, state = line.split("\t")
            if state == "trained":
                trained[name.split("/", 1)[1]] = json.loads(shape)
        tensors = read_tensorflow_checkpoint(folder / "model17" / f"msnet_{STAGES[stage]}{VIEWS[view]}_20000.ckpt")
        scope = next(name for name in tensors if name.endswith("/block1_1/conv_0/w")).split("/")[0]
        assert len(network.weights) == len(trained) == (110 if stage == "ET" else 125)
        assert sum(array.size for array in network.weights.values()) == (204396 if stage == "ET" else 214470)
        for name, shape in trained.items():
            assert list(tensors[f"{scope}/{name}"].shape) == shape, (stage, view, name)
        taken = sorted(np.sort(array.ravel()).tobytes() for array in network.weights.values())
        assert taken == sorted(np.sort(tensors[f"{scope}/{name}"].ravel()).tobytes() for name in trained)
        moving = [array for name, array in tensors.items() if name.endswith("moving_mean")]
        assert moving and not any(array.any() for array in moving)


@pytest.mark.parametrize("engine", ["fused", "libtorch"])
def test_all_published_networks_agree_with_an_independent_port(eager, published_weights, engine):
    images = np.random.default_rng(2).standard_normal((2, 13, 24, 20, 4)).astype(np.float32)
    for (stage, view), network in published_weights.networks.items():
        port = eager.EagerNetwork(network.weights, stage != "ET", torch.float64)
        expected = port(torch.from_numpy(images).double().permute(0, 4, 1, 2, 3)).permute(0, 2, 3, 4, 1).numpy()
        found = network.logits(images, engine=engine)
        assert np.abs(found - expected).max() < 1e-3, (stage, view)


# --------------------------------------------------------------------------------------------------------------- whole cases


def read_case(real_data: Path, case: str):
    folder = real_data / "brats-cases" / case
    study = bolus.AlignedStudy(
        {name: io.read_image(folder / f"{file}.nii.gz") for name, file in
         [("flair", "flair"), ("t1", "t1"), ("cet1", "t1ce"), ("t2", "t2")]}
    )  # fmt: skip
    labels = {
        name: np.asarray(nibabel.load(folder / file).dataobj)
        for name, file in [("original", "original/labels.nii.gz"), ("consensus", "consensus.nii.gz")]
    }
    return study, labels, json.loads((folder / "original" / "info.json").read_text())


REGIONS = {"WT": (1, 2, 4), "TC": (1, 4), "ET": (4,)}


def dice(a: np.ndarray, b: np.ndarray, region: str) -> float:
    a, b = np.isin(a, REGIONS[region]), np.isin(b, REGIONS[region])
    return 2 * np.count_nonzero(a & b) / (a.sum() + b.sum())


@pytest.mark.slow
def test_published_mode_is_the_original_to_some_voxels(real_data, published_weights):
    study, labels, info = read_case(real_data, "tcga-du-7294")
    found = SegmentTumour(mode="published", noise="numpy", seed=0)(study, published_weights)
    assert np.count_nonzero(found.labels.array != labels["original"]) <= 50
    for box, expected in zip(found.boxes, [info["bbox0_dhw"], info["abs_bbox1"], info["abs_bbox2"]], strict=True):
        assert [list(box.first[::-1]), list(box.last[::-1])] == expected
    for count, key in zip(found.voxels, ["sum_pred1", "sum_pred2", "sum_pred3"], strict=True):
        assert abs(count - info[key]) <= 20
    probability = np.asarray(
        nibabel.load(real_data / "brats-cases/tcga-du-7294/original/stage1_wt_prob255.nii.gz").dataobj
    )
    (z, y, x), (z2, y2, x2) = info["bbox0_dhw"]
    ours = found.whole_tumour.array[x : x2 + 1, y : y2 + 1, z : z2 + 1]
    theirs = probability[x : x2 + 1, y : y2 + 1, z : z2 + 1] if probability.shape == (240, 240, 155) else probability
    brain = study.structural["flair"].array[x : x2 + 1, y : y2 + 1, z : z2 + 1] > 0
    assert np.abs(255 * ours[brain] - theirs[brain]).mean() < 1


@pytest.mark.slow
def test_stable_mode_is_no_worse_than_the_original(real_data, published_weights):
    study, labels, _ = read_case(real_data, "tcga-fg-6692")
    found = SegmentTumour()(study, published_weights)
    for region in REGIONS:
        original = dice(labels["original"], labels["consensus"], region)
        assert dice(found.labels.array, labels["consensus"], region) > original - 0.01
    assert found.volumes.whole_tumour == pytest.approx(np.count_nonzero(found.labels.array) / 1000)
    inside = found.labels.array > 0
    assert found.whole_tumour.array[inside].mean() > 0.8
    assert 0 < found.uncertainty.array.max() <= 0.5
    # Views differ most where the tumour ends.
    assert found.uncertainty.array[inside].mean() > 10 * found.uncertainty.array[~inside].mean()


@pytest.mark.slow
def test_thick_slices_of_a_scanner_give_the_tumour_that_the_atlas_images_give(real_data, published_weights):
    """Slices of 5.5 mm, with skull, as they came from the scanner, beside the consensus on the same patient's other images."""
    from bolus.preprocess import Preprocess, Resample, RigidRegistration

    images = io.read_study(io.find_study(real_data / "tcga-fg-6692"))
    aligned = Preprocess(correct_bias=False, classify_tissue=False)(images).study
    found = SegmentTumour()(aligned, published_weights)  # with the study's own brain mask
    folder = real_data / "brats-cases" / "tcga-fg-6692"
    consensus = io.read_label_map(folder / "consensus.nii.gz")
    for region, measured in [
        ("ET", found.volumes.enhancing),
        ("TC", found.volumes.tumour_core),
        ("WT", found.volumes.whole_tumour),
    ]:
        assert measured == pytest.approx(consensus.volume(region), rel=0.15)
    cet1 = aligned.structural["cet1"]
    brain = bolus.Image(np.where(aligned.brain.array > 0, cet1.array, 0).astype(np.float32), cet1.affine)
    placed = RigidRegistration()(brain, io.read_image(folder / "t1ce.nii.gz"))
    truth = Resample()(consensus, cet1.geometry, placed.transform).array
    for region, least in {"WT": 0.85, "TC": 0.85, "ET": 0.85}.items():
        assert dice(found.labels.array, truth, region) > least
    codes = [flag.code for flag in found.flags]
    assert "segment.tumour.none" not in codes and "segment.not_skull_stripped" not in codes


# ---------------------------------------------------------------------------------------------------------- bad input, options


def small_study(size: int = 16, **images) -> bolus.AlignedStudy:
    generator = np.random.default_rng(0)
    head = np.hypot.reduce(np.indices((size, size, size)) - size / 2 + 0.5) < size / 2 - 1
    arrays = {name: head * (100 + 10 * generator.standard_normal(head.shape)) for name in ("t1", "t2", "flair", "cet1")}
    arrays.update(images)
    return bolus.AlignedStudy({name: bolus.Image(a.astype(np.float32)) for name, a in arrays.items() if a is not None})


@pytest.fixture(scope="module")
def weights():
    return random_cascade(0)


def test_bad_images_are_refused_with_a_reason(weights):
    segment = SegmentTumour()
    ones = np.ones((16, 16, 16))
    nan = ones.copy()
    nan[2, 3, 4] = np.nan
    for images, error, message in [
        ({"t2": None}, bolus.DataError, "no t2 image.*cet1, t1, t2|no t2 image"),
        ({"flair": 0 * ones}, bolus.DataError, "0 everywhere"),
        ({"t1": 5 * ones}, bolus.DataError, "same value"),
        ({"t1": -ones}, bolus.DataError, "no voxel above 0"),
        ({"cet1": nan}, bolus.DataError, "1 voxels that are not finite"),
        ({"t1": np.ones((16, 16, 15))}, bolus.GeometryError, "grid"),
    ]:
        with pytest.raises(error, match=message):
            segment(small_study(**images), weights)
    with pytest.raises(bolus.ShapeError):
        bolus.Image(np.ones((16, 16), np.float32))
    with pytest.raises(bolus.ShapeError):
        bolus.Image(np.ones((16, 16, 16, 2), np.float32))
    with pytest.raises(bolus.GeometryError, match="1 mm"):
        segment(
            bolus.AlignedStudy(
                {n: bolus.Image(i.array, np.diag([1, 1, 5, 1])) for n, i in small_study().structural.items()}
            ),
            weights,
        )
    with pytest.raises(bolus.OptionError, match="mode"):
        SegmentTumour(mode="fast")
    with pytest.raises(bolus.OptionError, match="published"):
        SegmentTumour(noise="numpy")(small_study(), weights)
    with pytest.raises(bolus.Cancelled):
        segment(small_study(), weights, progress=lambda *event: False)


def test_a_missing_image_is_substituted_when_asked(weights):
    found = SegmentTumour(substitute_missing=True)(small_study(cet1=None), weights)
    assert "segment.modality.substituted" in [flag.code for flag in found.flags]
    assert "enhancing" in found.flags[0].message
    with pytest.raises(bolus.DataError, match="neither"):
        SegmentTumour(substitute_missing=True)(small_study(cet1=None, t1=None), weights)


def test_order_of_images_is_by_name_and_a_mask_makes_the_background(weights):
    study = small_study()
    first = SegmentTumour()(study, weights)
    shuffled = bolus.AlignedStudy(dict(reversed(list(study.structural.items()))))
    np.testing.assert_array_equal(SegmentTumour()(shuffled, weights).whole_tumour.array, first.whole_tumour.array)
    # A skull that the mask takes away.
    mask = bolus.Mask((study.structural["flair"].array > 0).astype(np.uint8))
    dirty = {}
    for name, image in study.structural.items():
        array = image.array.copy(order="F")
        array[mask.array == 0] = 300
        dirty[name] = bolus.Image(array)
    masked = SegmentTumour()(bolus.AlignedStudy(dirty), weights, brain=mask)
    np.testing.assert_array_equal(masked.whole_tumour.array, first.whole_tumour.array)
    assert "segment.not_skull_stripped" in [f.code for f in SegmentTumour()(bolus.AlignedStudy(dirty), weights).flags]
    labels = CascadeSegmenter(weights, SegmentTumour(), mask)(bolus.AlignedStudy(dirty))
    np.testing.assert_array_equal(labels.array, first.labels.array)
    # The study's own mask is used where none is given.
    own = SegmentTumour()(bolus.AlignedStudy(dirty, brain=mask), weights)
    np.testing.assert_array_equal(own.whole_tumour.array, first.whole_tumour.array)


def constant_cascade(tumour: bool) -> CascadeWeights:
    """Networks that call everything tumour, or nothing."""
    networks = {}
    for key, network in random_cascade(0).networks.items():
        arrays = network.weights
        # One prediction channel is made 1 everywhere, the last convolution's middle tap turns it into a logit.
        arrays["final_pred.weight"][:] = 0
        if key[0] == "ET":
            arrays["pred_up3_1.bn.weight"][:] = 0
            arrays["pred_up3_1.bn.bias"][:] = 1
        else:
            arrays["pred_up3_2.bn.weight"][:] = 0
            arrays["pred_up3_2.bn.bias"][:] = 1
        arrays["final_pred.weight"][1, 6, 0, 1, 1] = 5 if tumour else -5
        networks[key] = AnisotropicNetwork(network.downsample_twice, arrays)
    return CascadeWeights(networks)


def test_no_tumour_and_all_tumour():
    nothing = SegmentTumour()(small_study(), constant_cascade(False))
    assert not nothing.labels.array.any()
    assert [flag.code for flag in nothing.flags] == ["segment.few_slices", "segment.tumour.none"]
    assert nothing.volumes.whole_tumour == 0
    # A brain up to the border of the images.
    cube = {
        name: 100 + np.random.default_rng(1).standard_normal((20, 20, 20)) for name in ("t1", "t2", "flair", "cet1")
    }
    study, cascade = small_study(20, **cube), constant_cascade(True)
    everything = SegmentTumour()(study, cascade)
    assert "segment.tumour.border" in [flag.code for flag in everything.flags]
    assert everything.volumes.enhancing == 8
    # The original erodes at the border when it closes.
    original = SegmentTumour(mode="published")(study, cascade)
    assert original.volumes.enhancing == pytest.approx(18**3 / 1000)


def bright_cascade(silent_view: str = "") -> CascadeWeights:
    """Networks that mark what is bright: in FLAIR for WT, in T2 for TC, in CET1 for ET. A silent view marks nothing.

    The skip connections carry the image through, all else is 0; one prediction channel is the image again, another 1.
    """
    networks, channel = {}, {"WT": 14, "TC": 17, "ET": 16}
    for (stage, view), network in random_cascade(0).networks.items():
        arrays, c = network.weights, channel[stage]
        for name, array in arrays.items():
            array[:] = 1 if name.endswith((".bn.weight", "prelu.weight")) else 0
        for level in (1, 2, 3, 4):
            arrays[f"fuse{level}.conv.weight"][c, c, 1] = 1
        last = "pred_up3_1" if stage == "ET" else "pred_up3_2"
        arrays[f"{last}.bn.weight"][:], arrays[f"{last}.bn.bias"][:] = 0, 1
        if stage == "ET":
            arrays["pred1.weight"][0, c, 0, 1, 1] = 1
        else:
            arrays["downsample1.conv.weight"][c, c, 0, 0, 0] = 1
            arrays["pred_up1.deconv.weight"][c, 0, 0, :2, :2] = 1  # each pixel of half the size becomes four
        if view != silent_view:
            arrays["final_pred.weight"][1, 0, 0, 1, 1] = 20
        arrays["final_pred.weight"][1, 6, 0, 1, 1] = -30  # from 1.5 standard deviations on
        networks[stage, view] = AnisotropicNetwork(network.downsample_twice, arrays)
    return CascadeWeights(networks)


def cubes(flair=(), t2=(), cet1=(), size: int = 42, margin: int = 5) -> bolus.AlignedStudy:
    """A head in which cubes (first voxel along each axis, width) are bright."""
    generator = np.random.default_rng(3)
    head = np.zeros((size,) * 3, bool)
    head[margin:-margin, margin:-margin, margin:-margin] = True
    images = {}
    for name, marked in {"t1": (), "flair": flair, "t2": t2, "cet1": cet1}.items():
        array = 100 + generator.standard_normal(head.shape)
        for first, width in marked:
            array[tuple(slice(first, first + width) for _ in range(3))] = 200
        images[name] = bolus.Image((array * head).astype(np.float32))
    return bolus.AlignedStudy(images)


def test_what_was_found_is_described():
    """Cubes of known size: labels, volumes, uncertainty and flags."""
    study = cubes(flair=[(8, 16)], t2=[(10, 10)], cet1=[(12, 6)])
    found = SegmentTumour()(study, bright_cascade())
    volumes = [found.volumes.whole_tumour, found.volumes.tumour_core, found.volumes.enhancing]
    assert volumes == pytest.approx([4.096, 1.0, 0.216], rel=0.03)  # edges are seen at half the resolution
    assert [int(found.labels.array[(i,) * 3]) for i in (15, 11, 9, 30)] == [4, 1, 2, 0]
    assert found.flags == [] and found.components == 1
    assert found.uncertainty.array[15, 15, 15] < 1e-3
    # Four votes against two: the standard deviation of 1, 1, 0.
    outvoted = SegmentTumour(mirror=True)(study, bright_cascade("sagittal"))
    assert outvoted.labels.array[15, 15, 15] == 4
    assert outvoted.whole_tumour.array[15, 15, 15] == pytest.approx(2 / 3, abs=1e-3)
    assert outvoted.uncertainty.array[15, 15, 15] == pytest.approx(np.sqrt(2) / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("images", "mode", "flags"),
    [
        (
            {"flair": [(6, 14), (22, 14)], "t2": [(6, 10)], "cet1": [(8, 4)]},
            "stable",
            {"segment.tumour.multifocal", "segment.enhancing.tiny"},
        ),
        (
            {"flair": [(6, 14), (22, 12)], "t2": [(6, 10)], "cet1": [(8, 2)]},
            "stable",
            {"segment.region.dropped", "segment.enhancing.dropped"},
        ),
        # The original fails here.
        ({"flair": [(3, 8), (14, 8)], "size": 24, "margin": 2}, "published", {"segment.region.small"}),
    ],
)
def test_doubts_are_flagged(images, mode, flags):
    found = SegmentTumour(mode=mode)(cubes(**images), bright_cascade())
    assert flags <= {flag.code for flag in found.flags}
    assert found.voxels[0] > 500


def test_results_are_written_and_shown(weights, tmp_path):
    found = SegmentTumour()(small_study(), weights)
    assert list(found.to_frame().region) == ["ET", "NET", "ED", "TC", "WT"]
    assert "TumourSegmentation" in repr(found) and "<table" in found._repr_html_()
    written = pipeline.write_segmentation(found, tmp_path / "out")
    assert [path.name for path in written] == [
        "labels.nii.gz", "whole_tumour.nii.gz", "tumour_core.nii.gz", "enhancing.nii.gz", "uncertainty.nii.gz",
        "segmentation.json",
    ]  # fmt: skip
    np.testing.assert_array_equal(io.read_label_map(written[0]).array, found.labels.array)
    document = json.loads(written[-1].read_text())
    assert document["volumes_ml"]["WT"] == pytest.approx(found.volumes.whole_tumour)
    assert set(document["provenance"]["inputs"]) == {"t1", "t2", "flair", "cet1"}
    assert document["provenance"]["options"]["mode"] == "stable"
    with pytest.raises(bolus.IoError, match="exists"):
        pipeline.write_segmentation(found, tmp_path / "out")


def test_the_command_line_segments_a_study_folder(weights, tmp_path):
    run = command_process
    folder = tmp_path / "study"
    folder.mkdir()
    for name, image in small_study().structural.items():
        io.write_image(folder / f"{name}.nii.gz", image)
    save_cascade(weights, tmp_path / "cascade.safetensors")
    assert "nine segmentation networks" in run("info", tmp_path / "cascade.safetensors")
    output = run("segment", folder, "-w", tmp_path / "cascade.safetensors", "-o", tmp_path / "out", "--seed", 3)
    assert "WT" in output and "not a medical device" in output
    assert json.loads((tmp_path / "out" / "segmentation.json").read_text())["provenance"]["seed"] == 3
    assert "exists" in run("segment", folder, "-w", tmp_path / "cascade.safetensors", "-o", tmp_path / "out", code=1)
    for shape, problem in [((16, 16), "3"), ((16, 16, 16, 2), "3")]:
        bad = tmp_path / f"bad{len(shape)}"
        shutil.copytree(folder, bad)
        nibabel.save(nibabel.Nifti1Image(np.ones(shape, np.float32), np.eye(4)), bad / "flair.nii.gz")
        output = run("segment", bad, "-w", tmp_path / "cascade.safetensors", "-o", tmp_path / "none", code=1)
        assert "flair.nii.gz" in output and problem in output
    assert "msnet_wt32_20000" in run("weights", "convert", folder, "-o", tmp_path / "new.safetensors", code=1).replace(
        "\n", ""
    )


def test_the_options_of_the_command_reach_the_cascade(weights, tmp_path):
    study, out = tmp_path / "study", tmp_path / "out"
    study.mkdir()
    images = small_study().structural
    for name in ("flair", "t2", "cet1"):
        io.write_image(study / f"{name}.nii.gz", images[name])
    brain = np.zeros(images["flair"].array.shape, np.uint8, "F")
    brain[4:-4, 4:-4, 4:-4] = 1
    io.write_mask(tmp_path / "brain.nii.gz", bolus.Mask(brain, images["flair"].affine))
    save_cascade(weights, tmp_path / "cascade.safetensors")
    given = ("segment", study, "-w", tmp_path / "cascade.safetensors", "-o", out, "--brain", tmp_path / "brain.nii.gz")
    assert "t1" in command(*given, code=1)
    command(*given, "--substitute-missing", "--threads", 1, "--mirror")
    options = json.loads((out / "segmentation.json").read_text())["provenance"]["options"]
    assert options["mode"] == "stable" and options["mirror"] == "true"
    aligned = bolus.AlignedStudy({name: images[name] for name in ("flair", "t2", "cet1")})
    found = SegmentTumour(mirror=True, substitute_missing=True)(
        aligned, weights, brain=bolus.Mask(brain, images["flair"].affine)
    )
    assert np.array_equal(io.read_image(out / "whole_tumour.nii.gz").array, found.whole_tumour.array)
    command(*given, "--substitute-missing", "--mode", "published", "--noise", "numpy", "--overwrite")
    options = json.loads((out / "segmentation.json").read_text())["provenance"]["options"]
    assert options["mode"] == "published" and options["noise"] == "numpy"


def test_the_command_line_stops_for_a_correction_in_slicer(tmp_path):
    study, out, weights = tmp_path / "a study", tmp_path / "out", tmp_path / "cascade.safetensors"
    study.mkdir()
    for name, image in cubes(flair=[(6, 12)], t2=[(6, 10)], cet1=[(6, 6)], size=24, margin=3).structural.items():
        io.write_image(study / f"{name}.nii.gz", image)
    save_cascade(bright_cascade(), weights)
    output = command("segment", study, "-w", weights, "-o", out, "--edit", lines=True)
    assert str(out / "labels.seg.nrrd") in output and str(study / "cet1.nii.gz") in output
    automatic = io.read_label_map(out / "labels.nii.gz")
    np.testing.assert_array_equal(io.read_label_map(out / "labels.seg.nrrd").array, automatic.array)

    # As saved by hand; asking for overwriting does not take it away again.
    edited = np.array(automatic.array)
    edited[6:8, 6:12, 6:12] = 2
    io.write_label_map(out / "labels.seg.nrrd", bolus.LabelMap(edited), overwrite=True)
    assert "by hand" in command("segment", study, "-w", weights, "-o", out, "--edit", "--overwrite", code=1)

    # The commands that were printed work as they stand.
    commands = [shlex.split(line) for line in output.splitlines() if line.strip().startswith("bolus ")]
    assert [words[1:3] for words in commands] == [["labels", "compare"], ["labels", "convert"]]
    for words in commands:
        command(*words[1:])
    audit = json.loads((out / "labels.audit.json").read_text())
    changed = int(np.count_nonzero(edited != automatic.array))
    assert audit["changed_voxels"] == changed > 0
    np.testing.assert_array_equal(io.read_label_map(out / "labels.corrected.nii.gz").array, edited)
