"""Where the tumour is: the interface of a segmenter, label maps drawn by hand, and networks that find the brain."""

from bolus._core.segment import (
    BrainNetworkDescription,
    GivenLabels,
    Segmenter,
    TorchScriptBrainExtractor,
    check_labels,
    read_brain_network_description,
)

__all__ = [
    "BrainNetworkDescription",
    "GivenLabels",
    "Segmenter",
    "TorchScriptBrainExtractor",
    "check_labels",
    "read_brain_network_description",
]

for _value in (BrainNetworkDescription, GivenLabels, Segmenter, TorchScriptBrainExtractor):
    _value.__module__ = __name__
del _value
