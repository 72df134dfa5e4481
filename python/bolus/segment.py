"""Where the tumour is: the interface of a segmenter, the cascade of Wang et al. 2017, and label maps drawn by hand."""

from bolus._core.segment import (
    AnisotropicNetwork,
    CascadeSegmenter,
    CascadeWeights,
    GivenLabels,
    SegmentTumour,
    Segmenter,
    TumourSegmentation,
    TumourVolumes,
    VoxelBox,
    check_labels,
    convert_weights,
    load_cascade,
    random_anisotropic_network,
    random_cascade,
    read_brats17_network,
    read_brats17_weights,
    read_tensorflow_checkpoint,
    save_cascade,
)

__all__ = [
    "AnisotropicNetwork",
    "CascadeSegmenter",
    "CascadeWeights",
    "GivenLabels",
    "SegmentTumour",
    "Segmenter",
    "TumourSegmentation",
    "TumourVolumes",
    "VoxelBox",
    "check_labels",
    "convert_weights",
    "load_cascade",
    "random_anisotropic_network",
    "random_cascade",
    "read_brats17_network",
    "read_brats17_weights",
    "read_tensorflow_checkpoint",
    "save_cascade",
]

for _value in (
    AnisotropicNetwork,
    CascadeSegmenter,
    CascadeWeights,
    GivenLabels,
    SegmentTumour,
    Segmenter,
    TumourSegmentation,
    TumourVolumes,
    VoxelBox,
):
    _value.__module__ = __name__
del _value
