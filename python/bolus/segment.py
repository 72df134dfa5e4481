"""Where the tumour is: the interface of a segmenter, networks of others, label maps drawn or corrected by hand, and metrics."""

from bolus._core.segment import (
    Correction,
    CorrectionAudit,
    GivenLabels,
    LesionScore,
    RegionChange,
    RegionScore,
    SegmentationMetrics,
    SegmentationScores,
    Segmenter,
    SegmenterDescription,
    TorchScriptSegmenter,
    audit_path,
    check_labels,
    label_hash,
    read_segmenter_description,
    write_audit,
    write_segmenter_description,
)

__all__ = [
    "Correction",
    "CorrectionAudit",
    "GivenLabels",
    "LesionScore",
    "RegionChange",
    "RegionScore",
    "SegmentationMetrics",
    "SegmentationScores",
    "Segmenter",
    "SegmenterDescription",
    "TorchScriptSegmenter",
    "audit_path",
    "check_labels",
    "label_hash",
    "read_segmenter_description",
    "write_audit",
    "write_segmenter_description",
]

for _value in (
    Correction,
    CorrectionAudit,
    GivenLabels,
    LesionScore,
    RegionChange,
    RegionScore,
    SegmentationMetrics,
    SegmentationScores,
    Segmenter,
    SegmenterDescription,
    TorchScriptSegmenter,
):
    _value.__module__ = __name__
del _value
