"""The fused engine from Python: against PyTorch's own path, alone and in company, with lengths, on each instruction set."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

import bolus
from bolus.model import NetworkShape, random_network

SHAPES = [
    NetworkShape(),
    NetworkShape(channels=3, hidden_size=5, convolution_channels=7, kernel_size=3, attention_activation="tanh"),
    NetworkShape(channels=2, hidden_size=6, convolution_layers=2, lstm_layers=2, attention_hidden_size=5),
]


def curves(shape, samples=37, steps=23, seed=0):
    return np.random.default_rng(seed).normal(size=(samples, shape.channels, steps)).astype("f4")


@pytest.mark.parametrize("shape", SHAPES, ids=["paper", "odd", "deep"])
def test_engines_agree(shape):
    network, X = random_network(shape, 1), curves(shape)
    lengths = 1 + np.arange(len(X)) % X.shape[2]
    for options in ({}, {"lengths": lengths}):
        fused = network.predict(X, **options)
        libtorch = network.predict(X, engine="libtorch", **options)
        np.testing.assert_allclose(fused.logit, libtorch.logit, atol=2e-6)
        np.testing.assert_allclose(fused.attention, libtorch.attention, atol=1e-6)
        np.testing.assert_allclose(fused.attention.sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES, ids=["paper", "odd", "deep"])
def test_a_sample_does_not_see_its_neighbours(shape):
    network, X = random_network(shape, 1), curves(shape, samples=101)
    whole = network.predict(X)
    for threads in (1, 2, 4):
        assert (network.predict(X, threads=threads).attention == whole.attention).all()
    order = np.random.default_rng(0).permutation(len(X))
    assert (network.predict(X[order]).logit == whole.logit[order]).all()
    for i in (0, 15, 16, 100):
        assert network.predict(X[i : i + 1]).logit[0] == whole.logit[i]


def test_padding_is_not_read():
    network, X = random_network(SHAPES[2], 1), curves(SHAPES[2])
    lengths = 1 + np.arange(len(X)) % X.shape[2]
    for i, length in enumerate(lengths):
        X[i, :, length:] = np.nan
    padded = network.predict(X, lengths=lengths)
    for i, length in enumerate(lengths):
        alone = network.predict(X[i : i + 1, :, :length])
        assert padded.logit[i] == pytest.approx(alone.logit[0], abs=1e-6)
        np.testing.assert_allclose(padded.attention[i, :length], alone.attention[0], atol=1e-6)
        assert (padded.attention[i, length:] == 0).all()


def test_bad_lengths():
    network, X = random_network(NetworkShape(), 0), curves(NetworkShape(), samples=2)
    for lengths in ([23], [0, 5], [5, 24]):
        with pytest.raises(bolus.ShapeError):
            network.predict(X, lengths=lengths)
    with pytest.raises(bolus.Error):
        network.predict(X, lengths=[-1, 5])


def test_options_are_checked():
    network, X = random_network(NetworkShape(), 0), curves(NetworkShape(), samples=2)
    with pytest.raises(bolus.OptionError, match="engine"):
        network.predict(X, engine="jax")
    with pytest.raises(bolus.OptionError, match="device"):
        network.predict(X, device="tpu")
    if not torch.cuda.is_available():
        with pytest.raises(bolus.OptionError, match="no CUDA"):
            network.predict(X, device="cuda")


PREDICT = """
import numpy as np, bolus
from bolus.model import NetworkShape, random_network
X = np.random.default_rng(0).normal(size=(19, 5, 20))
try:
    print(*random_network(NetworkShape(), 1).predict(X).logit)
except bolus.OptionError as error:
    print(error)
"""


def test_instruction_sets_agree_and_unknown_ones_are_refused():
    def logits(simd):
        environment = os.environ | {"BOLUS_SIMD": simd}
        run = subprocess.run(
            [sys.executable, "-c", PREDICT], env=environment, capture_output=True, text=True, check=True
        )
        return run.stdout

    best = np.array(logits("").split(), float)
    message = logits("mmx")
    assert "BOLUS_SIMD is 'mmx'" in message
    for simd in message.split("this machine has: ")[1].strip().split(", "):
        np.testing.assert_allclose(np.array(logits(simd).split(), float), best, atol=2e-6)
