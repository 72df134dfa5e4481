"""A trained network for plain PyTorch, TorchScript and ONNX.

The network's own file, ``bolus.model.save_checkpoint``, is .safetensors and needs none of this: the user guide shows thirty
lines of PyTorch that read it.
"""

import math
import os
import tempfile
import warnings
from pathlib import Path

import torch
from torch import nn

from bolus._core.core import ConvergenceError, IoError, OptionError
from bolus._core.model import AttentionLSTM

__all__ = ["AttentionLSTMModule", "to_onnx", "to_torchscript", "torch_module"]


class AttentionLSTMModule(nn.Module):
    """The network as a PyTorch module: curves (samples, channels, steps) -> probability (samples,), attention (samples, steps).

    Its state dict has the names of ``AttentionLSTM.weights``. Samples are taken as of full length.

    Parameters
    ----------
    shape : bolus.model.NetworkShape
    """

    def __init__(self, shape):
        super().__init__()
        self.tanh = shape.attention_activation == "tanh"
        filters, states = shape.convolution_channels, 2 * shape.hidden_size
        self.convolution = nn.ModuleList(
            nn.Conv1d(filters if layer else shape.channels, filters, shape.kernel_size, padding=shape.kernel_size // 2)
            for layer in range(shape.convolution_layers)
        )
        self.lstm = nn.LSTM(filters, shape.hidden_size, shape.lstm_layers, batch_first=True, bidirectional=True)
        self.hidden = shape.attention_hidden_size > 0
        self.attention_hidden = nn.Linear(states, shape.attention_hidden_size) if self.hidden else nn.Identity()
        self.attention = nn.Linear(shape.attention_hidden_size if self.hidden else states, 1)
        self.classifier = nn.Linear(states, 1)

    def forward(self, curves):
        """Probability of the positive class and attention."""
        features = curves
        for convolution in self.convolution:
            features = torch.relu(convolution(features))
        states, _ = self.lstm(features.transpose(1, 2))
        hidden = torch.tanh(self.attention_hidden(states)) if self.hidden else states
        scores = self.attention(hidden).squeeze(2)
        if self.tanh:
            scores = torch.tanh(scores)
        attention = torch.softmax(scores, dim=1)
        context = torch.bmm(attention.unsqueeze(1), states).squeeze(1)
        return torch.sigmoid(self.classifier(context).squeeze(1)), attention


def torch_module(network):
    """The network as a PyTorch module in evaluation mode, with its weights.

    Parameters
    ----------
    network : bolus.model.AttentionLSTM, or a fitted bolus.IDHClassifier

    Returns
    -------
    AttentionLSTMModule
    """
    network = _network_of(network)
    module = AttentionLSTMModule(network.shape)
    module.load_state_dict({name: torch.from_numpy(values) for name, values in network.weights.items()})
    return module.eval()


def to_torchscript(network, path, overwrite=False):
    """Write the network as a TorchScript file, read it again and check it against `AttentionLSTM.predict`.

    Parameters
    ----------
    network : bolus.model.AttentionLSTM, or a fitted bolus.IDHClassifier
    path : path-like
    overwrite : bool
        Without it an existing file is an error.

    Returns
    -------
    float
        Largest difference of a probability or an attention weight on test curves.

    Raises
    ------
    IoError
        If the file exists.
    ConvergenceError
        If the file computes something else (more than 1e-5).
    """
    network = _network_of(network)

    def write(file):
        torch.jit.trace(torch_module(network), _curves(network, 3), check_trace=False).save(file)

    def run(file):
        module = torch.jit.load(file)
        return lambda curves: module(curves)

    return _export(network, path, overwrite, write, run)


def to_onnx(network, path, overwrite=False):
    """Write the network as an ONNX file for any number of samples, and check it with onnxruntime.

    Needs ``pip install "bolus[onnx]"``. Inputs: ``curves`` (samples, channels, steps); outputs: ``probability`` (samples,) and
    ``attention`` (samples, steps).

    Parameters
    ----------
    network : bolus.model.AttentionLSTM, or a fitted bolus.IDHClassifier
    path : path-like
    overwrite : bool
        Without it an existing file is an error.

    Returns
    -------
    float
        Largest difference of a probability or an attention weight on test curves.

    Raises
    ------
    ImportError
        Without onnx or onnxruntime.
    IoError, ConvergenceError
        As `to_torchscript`.
    """
    network = _network_of(network)
    try:
        import onnx  # noqa: F401
        import onnxruntime
    except ImportError as error:
        raise ImportError('to_onnx needs onnx and onnxruntime: pip install "bolus[onnx]"') from error

    def write(file):
        torch.onnx.export(
            torch_module(network),
            (_curves(network, 3),),
            file,
            input_names=["curves"],
            output_names=["probability", "attention"],
            dynamic_axes={"curves": {0: "samples"}, "probability": {0: "samples"}, "attention": {0: "samples"}},
            opset_version=17,
            dynamo=False,
        )

    def run(file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        return lambda curves: [torch.from_numpy(part) for part in session.run(None, {"curves": curves.numpy()})]

    return _export(network, path, overwrite, write, run)


def _network_of(network):
    network = getattr(network, "network_", network)
    if not isinstance(network, AttentionLSTM):
        raise OptionError(
            f"network is {type(network).__name__}; expected a bolus.model.AttentionLSTM or a fitted estimator"
        )
    return network


def _curves(network, samples):
    generator = torch.Generator().manual_seed(samples)
    return torch.randn(samples, network.shape.channels, network.steps or 40, generator=generator)


def _export(network, path, overwrite, write, run):
    """Write beside the target, check, and only then put into place."""
    path = Path(path)
    if path.exists() and not overwrite:
        raise IoError(f"{path} exists already; ask for overwriting or choose another name")
    if not path.parent.is_dir():
        raise IoError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    os.close(handle)
    try:
        with (
            warnings.catch_warnings()
        ):  # on the deprecation of TorchScript, and on sizes taken as constant: checked below
            warnings.simplefilter("ignore")
            write(temporary)
            exported = run(temporary)
        worst = 0.0
        for samples in (1, 5):  # another number than it was traced with
            curves = _curves(network, samples)
            with torch.no_grad():
                found = exported(curves)
            expected = network.predict(curves.numpy(), engine="libtorch")
            for ours, theirs in zip((expected.probability, expected.attention), found, strict=True):
                difference = float((torch.from_numpy(ours) - theirs.double()).abs().max())
                worst = max(worst, difference if math.isfinite(difference) else math.inf)
        if worst > 1e-5:
            raise ConvergenceError(
                f"the exported network differs from bolus by {worst}; nothing was written; please report it with the "
                "versions that bolus info shows"
            )
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
    return worst
