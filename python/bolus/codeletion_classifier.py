"""The same network for 1p/19q codeletion in IDH-mutant gliomas, with options of its own."""

import inspect

from bolus._core.model import codeletion_classifier
from bolus.idh_classifier import IDHClassifier

__all__ = ["CodeletionClassifier"]

_IDH = inspect.signature(IDHClassifier.__init__)
_ours = codeletion_classifier().options()
_changed = {
    name: _ours[name]
    for name, parameter in _IDH.parameters.items()
    if name in _ours and parameter.default != _ours[name]
}


class CodeletionClassifier(IDHClassifier):
    """Attention-LSTM that tells 1p/19q-codeleted from intact IDH-mutant gliomas (the second model of Choi et al. 2019).

    An IDHClassifier with other defaults, made for the fewer patients: those of the C++ function ``codeletion_classifier()``.
    All other options, attributes and methods are those of `IDHClassifier`. Train it on IDH-mutant patients alone; label 1, the
    positive class, is codeleted.
    """

    def __init__(self, **options):
        unknown = set(options) - set(_IDH.parameters)
        if unknown:
            raise TypeError(
                f"CodeletionClassifier has no option {', '.join(sorted(unknown))}; its options are those of IDHClassifier"
            )
        super().__init__(**{**_changed, **options})

    # What scikit-learn, and a notebook, reads: the options of IDHClassifier with these defaults.
    __init__.__signature__ = _IDH.replace(
        parameters=[
            parameter.replace(default=_changed.get(name, parameter.default), kind=inspect.Parameter.KEYWORD_ONLY)
            if name != "self"
            else parameter
            for name, parameter in _IDH.parameters.items()
        ]
    )

    def fit(self, X, y=None, groups=None, validation=None, progress=None):
        """As `IDHClassifier.fit`."""
        super().fit(X, y, groups, validation, progress)
        if self.network_.classes == ["wildtype", "mutant"]:  # a Dataset has 0 and 1; these are their names here
            self.network_.classes = ["intact", "codeleted"]
        return self
