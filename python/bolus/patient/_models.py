"""What finds the tumour and what predicts, in each form that they may be given in, with a key that tells them apart."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from bolus import FormatError, IoError, OptionError, segment
from bolus.model import AttentionLSTM, Ensemble, load_checkpoint, load_ensemble
from bolus.patient._hashes import digest, file_hash

__all__ = ["CascadeFinder", "SegmenterFinder", "find_networks", "network_key", "tumour_finder", "validation_of"]


def find_networks(weights: Any) -> list[AttentionLSTM]:
    """The networks of a file, an ensemble, a fitted classifier, or one by itself. Raises OptionError, FormatError, IoError."""
    if isinstance(weights, AttentionLSTM):
        return [weights]
    if isinstance(weights, Ensemble):
        return list(weights.networks)
    if hasattr(weights, "network_"):
        return [weights.network_]
    if not isinstance(weights, str | os.PathLike):
        raise OptionError(
            f"weights are a {type(weights).__name__}; expected a file, an AttentionLSTM, an Ensemble or a fitted IDHClassifier"
        )
    try:
        return [load_checkpoint(weights)]
    except FormatError as error:
        try:
            return list(load_ensemble(weights).networks)
        except FormatError:
            raise error from None


def network_key(network: AttentionLSTM) -> str:
    """Of everything that a prediction and its report depend on."""
    state = hashlib.sha256()
    for name, array in sorted(network.weights.items()):
        state.update(name.encode() + np.ascontiguousarray(array).tobytes())
    facts = (repr(network.shape), list(network.channel_names), network.steps, network.time_step, network.normalisation)
    return digest(state.hexdigest(), facts, network.simulated, dict(network.notes))


def validation_of(network: AttentionLSTM) -> Any:
    """The network's own validation figures; None where it was saved without."""
    with contextlib.suppress(KeyError, ValueError):
        return json.loads(network.notes["validation"])
    return None


class CascadeFinder:
    """The cascade, from a file or with weights at hand."""

    def __init__(self, weights: Any, substitute_missing: bool, device: str, threads: int):
        self.name = "cascade"
        self.substitute_missing = substitute_missing
        self.step = segment.SegmentTumour(substitute_missing=substitute_missing, device=device, threads=threads)
        if isinstance(weights, str | os.PathLike):
            self.weights = segment.load_cascade(weights)
            self.key = digest("cascade", file_hash(Path(weights)), substitute_missing, device)
        else:
            self.weights = weights
            arrays = hashlib.sha256()
            for place, network in sorted(weights.networks.items()):
                for name, array in sorted(network.weights.items()):
                    arrays.update(f"{place}{name}".encode() + np.ascontiguousarray(array).tobytes())
            self.key = digest("cascade", arrays.hexdigest(), substitute_missing, device)


class SegmenterFinder:
    """Any other segmenter: a TorchScript network by its description, or an object."""

    def __init__(self, segmenter: Any, device: str, threads: int):
        if isinstance(segmenter, str | os.PathLike):
            description = Path(segmenter)
            network = description.with_suffix(".pt")
            if not network.is_file():
                raise IoError(
                    f"there is no network {network} beside the description {description}; put it there under this name"
                )
            self.step = segment.TorchScriptSegmenter(network, description, device, threads)
        else:
            self.step = segmenter
        self.name = self.step.name()
        self.key = digest("segmenter", self.name, self.step.key())


def tumour_finder(
    cascade: Any, segmenter: Any, substitute_missing: bool, device: str, threads: int
) -> CascadeFinder | SegmenterFinder | None:
    """What was asked for to find the tumour; None where labels are to be used. Raises OptionError for two at once."""
    if cascade is not None and segmenter is not None:
        raise OptionError("both a cascade and another segmenter are given; give one of them")
    if cascade is not None:
        return CascadeFinder(cascade, substitute_missing, device, threads)
    return None if segmenter is None else SegmenterFinder(segmenter, device, threads)
