"""Where the tumour is: the interface of a segmenter, and label maps drawn by hand."""

from bolus._core.segment import GivenLabels, Segmenter, check_labels

__all__ = ["GivenLabels", "Segmenter", "check_labels"]

for _value in (GivenLabels, Segmenter):
    _value.__module__ = __name__
del _value
