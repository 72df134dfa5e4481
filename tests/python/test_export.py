"""The network in plain PyTorch, TorchScript and ONNX; weight files that are not what they should be."""

import json
import struct

import numpy as np
import pytest
import torch

import bolus
from bolus.export import to_onnx, to_torchscript, torch_module
from bolus.model import AttentionLSTM, NetworkShape, load_checkpoint, random_network, save_checkpoint

SHAPES = [
    NetworkShape(),
    NetworkShape(
        channels=3,
        hidden_size=6,
        convolution_channels=7,
        kernel_size=3,
        attention_activation="tanh",
        convolution_layers=2,
        lstm_layers=2,
        attention_hidden_size=5,
    ),
]


@pytest.fixture(params=SHAPES, ids=["published", "deeper"])
def network(request):
    return random_network(request.param, 7)


def test_the_pytorch_module_computes_the_same(network):
    curves = np.random.default_rng(0).normal(size=(50, network.shape.channels, 45)).astype("f4")
    module = torch_module(network)
    assert not module.training
    with torch.no_grad():
        probability, attention = module(torch.from_numpy(curves))
    expected = network.predict(curves)
    np.testing.assert_allclose(probability, expected.probability, atol=1e-6)
    np.testing.assert_allclose(attention, expected.attention, atol=1e-6)
    assert set(module.state_dict()) == set(network.weights)


def test_torchscript(network, tmp_path):
    path = tmp_path / "network.pt"
    assert to_torchscript(network, path) < 1e-6
    curves = torch.randn(7, network.shape.channels, 40)
    with torch.no_grad():
        probability, _ = torch.jit.load(path)(curves)
    np.testing.assert_allclose(probability, network.predict(curves.numpy()).probability, atol=1e-6)
    with pytest.raises(bolus.IoError, match="exists"):
        to_torchscript(network, path)
    to_torchscript(network, path, overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["network.pt"]


@pytest.mark.filterwarnings("ignore")
def test_onnx(network, tmp_path):
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    path = tmp_path / "network.onnx"
    assert to_onnx(network, path) < 1e-6
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    curves = np.random.default_rng(1).normal(size=(9, network.shape.channels, 40)).astype("f4")
    probability, attention = session.run(["probability", "attention"], {"curves": curves})
    expected = network.predict(curves)
    np.testing.assert_allclose(probability, expected.probability, atol=1e-6)
    np.testing.assert_allclose(attention, expected.attention, atol=1e-6)


def test_a_fitted_estimator_can_be_exported(tmp_path):
    X = np.random.default_rng(0).normal(size=(20, 2, 10)).astype("f4")
    clf = bolus.IDHClassifier(hidden_size=3, convolution_channels=3, max_epochs=1).fit(X, np.arange(20) % 2)
    to_torchscript(clf, tmp_path / "clf.pt")
    with torch.no_grad():
        probability, _ = torch_module(clf)(torch.from_numpy(X))
    np.testing.assert_allclose(probability, clf.predict_proba(X)[:, 1], atol=1e-6)


def test_what_cannot_be_exported(tmp_path, monkeypatch):
    with pytest.raises(bolus.OptionError, match="AttentionLSTM"):
        torch_module("network")
    with pytest.raises(bolus.IoError, match="no folder"):
        to_torchscript(random_network(NetworkShape(), 0), tmp_path / "nowhere" / "x.pt")
    monkeypatch.setitem(__import__("sys").modules, "onnxruntime", None)
    with pytest.raises(ImportError, match=r"bolus\[onnx\]"):
        to_onnx(random_network(NetworkShape(), 0), tmp_path / "x.onnx")
    assert list(tmp_path.iterdir()) == []


def test_weights_of_another_architecture_are_told(network):
    weights = network.weights
    other = SHAPES[1] if network.shape == SHAPES[0] else SHAPES[0]
    with pytest.raises(bolus.FormatError, match=r"weights 'convolution|has no weights"):
        AttentionLSTM(other, weights)
    with pytest.raises(bolus.FormatError, match="has no weights 'classifier.bias'"):
        AttentionLSTM(network.shape, {name: value for name, value in weights.items() if name != "classifier.bias"})
    with pytest.raises(bolus.FormatError, match="NaN"):
        AttentionLSTM(network.shape, {**weights, "classifier.bias": np.array([np.nan], "f4")})
    with pytest.raises(bolus.FormatError, match="weight arrays; expected"):
        AttentionLSTM(network.shape, {**weights, "more": np.zeros(3, "f4")})
    with pytest.raises(RuntimeError, match="size mismatch|Missing key"):
        torch_module(random_network(other, 0)).load_state_dict(torch_module(network).state_dict())


def changed_header(content, change):
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    change(header)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content[8 + length :]


def test_hostile_weight_files_are_refused(tmp_path):
    path = tmp_path / "network.safetensors"
    save_checkpoint(random_network(NetworkShape(channels=2, hidden_size=3, convolution_channels=2), 0), path)
    good = path.read_bytes()

    def refused(content, match, kind=bolus.FormatError):
        path.write_bytes(content)
        with pytest.raises(kind, match=match):
            load_checkpoint(path)

    def architecture(**sizes):
        def change(header):
            shape = json.loads(header["__metadata__"]["architecture"])
            header["__metadata__"]["architecture"] = json.dumps(shape | sizes)

        return changed_header(good, change)

    refused(architecture(hidden_size=4), "have the shape")
    refused(architecture(hidden_size=4096, convolution_channels=4096), "have the shape")
    refused(architecture(hidden_size=2**62), "impossible")
    refused(architecture(hidden_size=-3), "whole number")
    refused(architecture(lstm_layers=2), "no weights 'lstm.weight_ih_l1'")
    refused(struct.pack("<Q", 2**63) + good[8:], "header")
    refused(good[: len(good) - 3], "cut short")
    refused(good + b"more", "bytes of weights")
    refused(b"\x80\x04pickle" + good, "header|safetensors")

    def offsets(header):
        header["classifier.bias"]["data_offsets"] = [2**60, 2**60 + 4]

    refused(changed_header(good, offsets), "cut short")

    def newer(header):
        header["__metadata__"]["schema_version"] = "99"

    refused(changed_header(good, newer), "update bolus", bolus.VersionError)
    refused(changed_header(good, lambda header: header.pop("__metadata__")), "metadata")
